//! Outages (отключения): the journal, risers, whom an outage concerns, the requests it explains, the detector that
//! proposes one, and the common problems that neighbours join.

mod card;
mod clock;
mod common;
mod concern;
mod detection;
mod detector;
mod links;
mod list;
mod places;
mod proposals;
mod queries;
mod risers;
mod rules;

pub use clock::tick;
pub use common::{common_problems, join_common, leave_common};
pub use concern::{about_request, at, call, concerning, join, leave, mine};
pub use detection::detect;
pub use links::{finish, link};
pub use places::{house_places, reach};
pub use proposals::{accept, dismiss, proposals};
pub use risers::{archive_riser, create_riser, generate_risers, risers, update_riser};
pub use rules::{detector, save_detector};

pub(crate) use common::tell_joined;
pub(crate) use detection::watch;

use crate::{
    Actor, Ctx, Error, Result, Tx,
    events::Audience,
    notices::{Notice, Recipient},
    paging,
};
use chrono::{DateTime, Utc};
use model::{
    Code, Cursor, OutageId, Page, Permission as P,
    events::Event,
    notices::{NoticeKind, NoticeObject},
    outages::{OutageCard, OutageCounts, OutageFacts, OutageFilter, OutageRow, OutageStatus, OutageStep, status_at},
    validate,
};
use platform::ids::new_id;
use queries::Core;
use serde::Serialize;
use serde_json::json;

/// The journal: what runs, what is planned, or what is over.
///
/// # Errors
/// `invalid` on a cursor that is not ours or a limit outside 1–100.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: &OutageFilter) -> Result<Page<OutageRow>> {
    let scope = actor.scope(P::OutagesRead)?;
    let limit = paging::limit(filter.limit, 50, 100)?;
    let cursor = paging::cursor(filter.cursor.as_deref())?;
    let mut tx = ctx.begin(actor).await?;
    let items = list::page(&mut tx, &scope, filter, cursor, paging::and_one(limit)).await?;
    Ok(paging::cut(items, limit, |last| Cursor { at: last.starts_at, id: last.id.0 }.encode()))
}

/// Counters of the journal's tabs.
pub async fn counts(ctx: &Ctx, actor: &Actor) -> Result<OutageCounts> {
    let scope = actor.scope(P::OutagesRead)?;
    let mut tx = ctx.begin(actor).await?;
    let mut counts = list::counts(&mut tx, &scope).await?;
    if !actor.role().can(P::OutagesManage) {
        counts.proposals = 0;
    }
    Ok(counts)
}

/// One outage with the requests it explains.
///
/// # Errors
/// `not_found` for missing and foreign ones alike.
pub async fn get(ctx: &Ctx, actor: &Actor, id: OutageId) -> Result<OutageCard> {
    let scope = actor.scope(P::OutagesRead)?;
    let mut tx = ctx.begin(actor).await?;
    card::card(&mut tx, &scope, id).await
}

/// Writes an outage down: planned when it begins later, running otherwise.
///
/// # Errors
/// `invalid` with the wrong fields: a place that is not there, an end that has passed.
pub async fn create(ctx: &Ctx, actor: &Actor, facts: &OutageFacts) -> Result<OutageCard> {
    let scope = actor.scope(P::OutagesManage)?;
    let mut tx = ctx.begin(actor).await?;
    let id = begin(&mut tx, facts).await?;
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Writes an outage down inside the caller's transaction.
pub(crate) async fn begin(tx: &mut Tx, facts: &OutageFacts) -> Result<OutageId> {
    let facts = clean(tx, facts, None).await?;
    let core = Core { id: new_id().into(), version: 1, status: status_at(facts.starts_at, tx.now()), facts };
    queries::insert(tx, &core).await?;
    let after = Said::of(tx, &core).await?;
    tx.record("outage.create", "outage", core.id.0, None, Some(&after)).await?;
    tell(tx, &core, None).await?;
    Ok(core.id)
}

/// Replaces what is known of an outage that is not over; moving its end prolongs it. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `illegal_transition` when it is over.
pub async fn update(ctx: &Ctx, actor: &Actor, id: OutageId, version: i32, facts: &OutageFacts) -> Result<OutageCard> {
    let scope = actor.scope(P::OutagesManage)?;
    let mut tx = ctx.begin(actor).await?;
    let before = queries::lock(&mut tx, &scope, id).await?;
    if before.version != version {
        return Err(Code::Conflict.into());
    }
    if !before.status.is_live() {
        return Err(Code::IllegalTransition.into());
    }
    let facts = clean(&mut tx, facts, before.facts.ends_at).await?;
    let status = status_at(facts.starts_at, tx.now());
    let old = Said::of(&mut tx, &before).await?;
    let heard = queries::audience(&mut tx, &before).await?;
    let after = Core { status, facts, ..before.clone() };
    queries::update(&mut tx, &after).await?;
    let new = Said::of(&mut tx, &after).await?;
    if tx.record("outage.update", "outage", id.0, Some(&old), Some(&new)).await? {
        queries::touch(&mut tx, id).await?;
        tell_both(&mut tx, &after, Some(before.status), Some(heard)).await?;
    }
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Starts, ends or cancels an outage. `version` is the one the reader saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `illegal_transition` when the step makes no sense now.
pub async fn step(ctx: &Ctx, actor: &Actor, id: OutageId, version: i32, command: OutageStep) -> Result<OutageCard> {
    let scope = actor.scope(P::OutagesManage)?;
    let mut tx = ctx.begin(actor).await?;
    let before = queries::lock(&mut tx, &scope, id).await?;
    if before.version != version {
        return Err(Code::Conflict.into());
    }
    let to = before.status.after(command.action).ok_or(Code::IllegalTransition)?;
    move_to(&mut tx, before, to).await?;
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Brings an outage into a state, with its audit and events.
async fn move_to(tx: &mut Tx, before: Core, to: OutageStatus) -> Result<Core> {
    let now = tx.now();
    let old = Said::of(tx, &before).await?;
    let mut after = Core { status: to, ..before.clone() };
    if to == OutageStatus::Running && after.facts.starts_at > now {
        after.facts.starts_at = now;
    }
    queries::update(tx, &after).await?;
    queries::touch(tx, after.id).await?;
    let new = Said::of(tx, &after).await?;
    tx.record("outage.status", "outage", after.id.0, Some(&old), Some(&new)).await?;
    tell(tx, &after, Some(before.status)).await?;
    Ok(after)
}

/// What is written, checked and in the form in which it is kept. An end that has passed is refused unless it was there
/// before.
async fn clean(tx: &mut Tx, facts: &OutageFacts, old_end: Option<DateTime<Utc>>) -> Result<OutageFacts> {
    let mut facts = facts.clone();
    let trim = |text: &mut Option<String>| {
        *text = text.take().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    };
    trim(&mut facts.texts.ru);
    trim(&mut facts.texts.uz);
    trim(&mut facts.texts.en);
    trim(&mut facts.note);
    let mut seen = std::collections::HashSet::new();
    facts.places.retain(|place| seen.insert(*place));
    validate::check(&facts)?;
    if facts.ends_at.is_some_and(|end| end <= tx.now()) && facts.ends_at != old_end {
        return Err(Error::field("/ends_at", "in_past"));
    }
    places::check(tx, &facts).await?;
    Ok(facts)
}

/// Tells those it concerns.
async fn tell(tx: &mut Tx, core: &Core, from: Option<OutageStatus>) -> Result<()> {
    tell_both(tx, core, from, None).await
}

/// Tells those it concerns, and those it concerned before.
async fn tell_both(tx: &mut Tx, core: &Core, from: Option<OutageStatus>, before: Option<Audience>) -> Result<()> {
    let mut audience = queries::audience(tx, core).await?;
    if let Some(before) = before {
        audience.buildings.push(before.building_id);
        audience.buildings.extend(before.buildings);
        audience.contacts.extend(before.contacts);
        audience.categories.extend(before.categories);
    }
    let (outage_id, status) = (core.id, core.status);
    let event = match status {
        OutageStatus::Running if from != Some(OutageStatus::Running) => Event::OutageStarted { outage_id, status },
        OutageStatus::Ended | OutageStatus::Cancelled => Event::OutageEnded { outage_id, status },
        OutageStatus::Planned | OutageStatus::Running => Event::OutageChanged { outage_id, status },
    };
    tx.emit(&event, &audience).await?;
    tell_residents(tx, core).await
}

/// Tells everybody whose home is hit, by whatever reaches them: by night, too. Each state is told once to each of them:
/// new facts of it are seen where one looks, and a house that was added hears it like the others.
async fn tell_residents(tx: &mut Tx, core: &Core) -> Result<()> {
    let facts = &core.facts;
    let stage = queries::stage(tx, core.id).await?;
    let notice = Notice {
        kind: NoticeKind::Outage,
        key: format!("outage:{}:{}:{stage}", core.id, core.status),
        to: queries::residents(tx, core).await?.into_iter().map(Recipient::Resident).collect(),
        about: Some((NoticeObject::Outage, core.id.0)),
        facts: json!({
            "kind": facts.kind, "resource": facts.resource, "status": core.status, "starts_at": facts.starts_at,
            "ends_at": facts.ends_at, "texts": facts.texts,
        }),
        urgent: true,
        wish: None,
    };
    tx.notify(&notice).await
}

/// What the audit keeps of an outage.
#[derive(Serialize)]
struct Said {
    outage_kind: String,
    resource: String,
    outage_status: String,
    starts_at: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
    places: Vec<String>,
    text_ru: Option<String>,
    text_uz: Option<String>,
    text_en: Option<String>,
    note: Option<String>,
}

impl Said {
    async fn of(tx: &mut Tx, core: &Core) -> Result<Self> {
        let facts = &core.facts;
        let names = queries::names(tx, &facts.places).await?;
        Ok(Self {
            outage_kind: facts.kind.to_string(),
            resource: facts.resource.to_string(),
            outage_status: core.status.to_string(),
            starts_at: facts.starts_at,
            ends_at: facts.ends_at,
            places: names.iter().map(places::plain).collect(),
            text_ru: facts.texts.ru.clone(),
            text_uz: facts.texts.uz.clone(),
            text_en: facts.texts.en.clone(),
            note: facts.note.clone(),
        })
    }
}
