//! Who is told of a request: its author, and whoever was given it.

use super::queries::Core;
use crate::{
    Result, Tx,
    notices::{Notice, Recipient},
};
use model::{
    Role,
    notices::{NoticeKind, NoticeObject},
};
use serde_json::Value;

/// What every notice of a request says of it.
pub(super) struct Facts {
    pub address: String,
    /// An emergency wakes people.
    pub urgent: bool,
    /// How often it has changed: the same news of the same state is told once.
    pub version: i32,
}

pub(super) async fn facts(tx: &mut Tx, core: &Core) -> Result<Facts> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select address, kind, version from requests where company_id = $1 and id = $2",
        company,
        core.id.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Facts { address: row.address, urgent: row.kind == "emergency", version: row.version })
}

/// A notice about a request, with its number and address beside what `more` says.
pub(super) fn notice(
    core: &Core,
    facts: &Facts,
    kind: NoticeKind,
    key: String,
    to: Vec<Recipient>,
    more: &Value,
) -> Notice {
    let mut all = serde_json::json!({ "number": core.number.to_string(), "address": facts.address });
    if let (Some(all), Some(more)) = (all.as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    Notice {
        kind,
        key,
        to,
        about: Some((NoticeObject::Request, core.id.0)),
        facts: all,
        urgent: facts.urgent,
        wish: None,
    }
}

/// Tells the author, as long as they live where it is about.
pub(super) async fn author(tx: &mut Tx, core: &Core, kind: NoticeKind, more: Value) -> Result<()> {
    let Some(contact) = at_home(tx, core).await? else { return Ok(()) };
    let facts = facts(tx, core).await?;
    let mut more = more;
    let mut key = format!("{kind}:{}:{}:{}", core.id, core.status, facts.version);
    match kind {
        NoticeKind::RequestStep => more["status"] = core.status.as_str().into(),
        // Each comment and each estimate is news of its own.
        _ => key = format!("{kind}:{}:{}", core.id, more["key"].as_str().unwrap_or_default()),
    }
    tx.notify(&notice(core, &facts, kind, key, vec![Recipient::Resident(contact)], &more)).await
}

/// Tells the author of a duplicate, under its own number, where the request stands that it was joined to.
pub(super) async fn follower(tx: &mut Tx, duplicate: &Core, main: &Core) -> Result<()> {
    let Some(contact) = at_home(tx, duplicate).await? else { return Ok(()) };
    let facts = facts(tx, main).await?;
    let key = format!("request_step:{}:{}:{}:{}", duplicate.id, main.id, main.status, facts.version);
    let more = serde_json::json!({ "status": main.status });
    let to = vec![Recipient::Resident(contact)];
    tx.notify(&notice(duplicate, &facts, NoticeKind::RequestStep, key, to, &more)).await
}

/// The author, while they live where it is about.
async fn at_home(tx: &mut Tx, core: &Core) -> Result<Option<model::ContactId>> {
    let Some(contact) = core.contact_id else { return Ok(None) };
    let (company, unit, building) = (tx.actor().company_id().0, core.unit_id.map(|u| u.0), core.building_id.0);
    let at_home = sqlx::query_scalar!(
        r#"select exists (
             select from residencies h join units u on u.company_id = h.company_id and u.id = h.unit_id
             where h.company_id = $1 and h.contact_id = $2 and h.until_on is null
               and (u.id = $3 or ($3::uuid is null and u.building_id = $4))) as "so!""#,
        company,
        contact.0,
        unit,
        building
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(at_home.then_some(contact))
}

/// Tells a worker that work is theirs now, unless they took it themselves.
pub(super) async fn assignee(tx: &mut Tx, core: &Core) -> Result<()> {
    let Some(worker) = core.assignee_id.filter(|worker| tx.actor().user_id() != Some(*worker)) else { return Ok(()) };
    let facts = facts(tx, core).await?;
    let more = serde_json::json!({ "category": core.category });
    let key = format!("assignment:{}:{}", core.id, facts.version);
    let notice = notice(core, &facts, NoticeKind::Assignment, key, vec![Recipient::Staff(worker)], &more);
    tx.notify(&notice).await
}

/// Tells the author that somebody of the company has written to them.
pub(super) async fn written(tx: &mut Tx, core: &Core, comment: model::CommentId, words: &str) -> Result<()> {
    if tx.actor().role() == Role::Resident {
        return Ok(());
    }
    let person = tx.actor().name().to_owned();
    let more = serde_json::json!({ "key": comment, "person": person, "words": words });
    author(tx, core, NoticeKind::Comment, more).await
}

/// Asks the author something that the work waits for.
pub(super) async fn asked(tx: &mut Tx, core: &Core, question: &str) -> Result<()> {
    // Each question is news of its own.
    let key = format!("question-{}", tx.now().timestamp_micros());
    let more = serde_json::json!({ "key": key, "person": tx.actor().name(), "words": question });
    author(tx, core, NoticeKind::Comment, more).await
}
