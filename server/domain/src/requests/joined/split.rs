//! One call, two problems: a second request is made of the first.

use super::{links::write_link, merged_into};
use crate::{
    Actor, Ctx, Error, Result, Tx, assignment,
    classifier::About,
    deadlines::steps,
    error::word,
    outages, people,
    property::Located,
    requests::{audit, card, queries, queries::Core, watch},
};
use model::{
    Code, Permission as P, Phone, RequestId,
    events::Event,
    requests::{Change, Kind, LinkKind, Priority, RequestCard, SplitRequest, Status},
    validate,
};
use serde_json::json;
use uuid::Uuid;

/// One call, two problems: makes a second request of the same caller at the same place.
///
/// # Errors
/// `illegal_transition` on a duplicate that was joined; `invalid` on photos that are not the request's.
pub async fn split(ctx: &Ctx, actor: &Actor, id: RequestId, command: &SplitRequest) -> Result<RequestCard> {
    let scope = actor.scope(P::RequestsUpdate)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    if merged_into(&mut tx, id).await?.is_some() {
        return Err(Code::IllegalTransition.into());
    }
    let new = second(&mut tx, &core, command).await?;
    queries::history(&mut tx, new.id, Change::Created, None, Some(Status::New.as_str()), None).await?;
    move_files(&mut tx, &core, &new, command).await?;
    write_link(&mut tx, &new, &core, LinkKind::Split).await?;
    queries::history(&mut tx, id, Change::Split, None, Some(&new.number.to_string()), None).await?;
    tx.emit(
        &new.event(|request_id, number, status| Event::RequestCreated { request_id, number, status }),
        &new.audience(),
    )
    .await?;
    watch::changed(&mut tx, &core).await?;
    audit(&mut tx, "request.split", id, json!({ "split": [null, new.number] })).await?;
    audit(&mut tx, "request.create", new.id, json!({ "number": [null, new.number], "category": [null, new.category] }))
        .await?;
    outages::watch(&mut tx, new.building_id, new.category).await?;
    assignment::on_filed(&mut tx, new.id, command.kind.unwrap_or(Kind::Regular)).await?;
    let card = card::card(&mut tx, &scope, new.id).await?;
    tx.commit().await?;
    Ok(card)
}

async fn second(tx: &mut Tx, core: &Core, command: &SplitRequest) -> Result<Core> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select source, entrance_id, unit_id, address, contact_id, contact_name, contact_phone from requests where company_id = $1 and id = $2",
        company,
        core.id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let kind = command.kind.unwrap_or(Kind::Regular);
    let priority =
        command.priority.unwrap_or(if kind == Kind::Emergency { Priority::Urgent } else { Priority::Normal });
    let new = queries::NewRequest {
        id: platform::ids::new_id().into(),
        about: About { problem: None, auto: false, category: command.category, kind, priority, hours: None },
        source: word(&row.source)?,
        place: Located {
            building_id: core.building_id,
            entrance_id: row.entrance_id.map(Into::into),
            unit_id: row.unit_id.map(Into::into),
            address: row.address,
        },
        person: people::Caller {
            id: row.contact_id.map(Into::into),
            name: row.contact_name,
            phone: row.contact_phone.as_deref().and_then(Phone::parse),
        },
        description: command.description.trim(),
        hidden: core.hidden,
        promised: steps::promise(tx, kind, priority, command.category, core.building_id, None).await?,
    };
    queries::insert(tx, &new).await
}

/// Photos that show the second problem go over to it.
async fn move_files(tx: &mut Tx, from: &Core, to: &Core, command: &SplitRequest) -> Result<()> {
    let ids: Vec<Uuid> = command.file_ids.iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let company = tx.actor().company_id().0;
    // A photo of a comment stays with its comment.
    let moved = sqlx::query!(
        "update files set request_id = $4 where company_id = $1 and request_id = $2 and id = any($3) and comment_id is null",
        company,
        from.id.0,
        &ids,
        to.id.0
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if moved != ids.len() as u64 {
        return Err(Error::field("/file_ids", "unknown"));
    }
    let count = i32::try_from(moved).map_err(|e| Error::internal("photo count", e))?;
    sqlx::query!(
        "update requests set photos = photos + case when id = $2 then -$4::int else $4::int end where company_id = $1 and id = any($3)",
        company,
        from.id.0,
        &[from.id.0, to.id.0],
        count
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
