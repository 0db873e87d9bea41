//! Field work on a request: what is checked, used and spent, and the proof that it was done. Reading is in `load`, the
//! company's lists in `catalogue`, the resident's word in `confirm`, prices in `estimates`.

mod catalogue;
mod confirm;
mod estimates;
mod load;
mod origin;
mod proof;
mod rules;
mod times;

pub use catalogue::{archive_checklist, archive_item, checklists, items, save_checklist, save_item};
pub use confirm::confirm;
pub use estimates::{decide, estimate, estimates};
pub(super) use load::{About, load};
pub(crate) use origin::{Planned, file_planned};
pub use rules::{rules, save_rules};

use super::{
    READ, audit, card, party,
    queries::{self, Core},
};
use crate::{Actor, Ctx, Error, Result, Scope, Tx, error::word, events::Audience};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use model::{
    Code, Failure, FieldError, Permission as P, RequestId,
    events::Event,
    requests::{Change, Kind, Party, RequestCard, Status},
    validate,
    work::{FieldWork, RecordWork, WorkPart},
};
use platform::ids::new_id;
use serde_json::{Value, json};
use times::{add_time, start_timer, stop_timers};
use uuid::Uuid;

/// Who may record work: the desk, and whoever it was given to.
pub(super) const WORK: [P; 2] = [P::RequestsUpdate, P::RequestsUpdateOwn];
/// Points on one request; what comes in by mistake must not grow without end.
const MOST_CHECKS: i64 = 100;

/// The day it is in Uzbekistan, which has one zone and no summer time.
pub(crate) fn day_of(at: DateTime<Utc>) -> NaiveDate {
    (at + TimeDelta::hours(5)).date_naive()
}

/// What is recorded about the work on a request.
///
/// # Errors
/// `not_found` for requests out of the reader's scope.
pub async fn get(ctx: &Ctx, actor: &Actor, id: RequestId) -> Result<FieldWork> {
    Ok(super::get(ctx, actor, id).await?.work)
}

/// Records one thing about the work.
///
/// # Errors
/// `illegal_transition` when the request has ended; `invalid` on things the company does not have; `forbidden` when a
/// worker names a colleague's time.
pub async fn record(ctx: &Ctx, actor: &Actor, id: RequestId, command: &RecordWork) -> Result<RequestCard> {
    actor.scope_any(&WORK)?;
    let mut tx = ctx.begin(actor).await?;
    note(&mut tx, actor, id, command).await?;
    let card = card::card(&mut tx, &actor.scope_any(&READ)?, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Records one thing inside the caller's transaction.
pub(super) async fn note(tx: &mut Tx, actor: &Actor, id: RequestId, command: &RecordWork) -> Result<()> {
    let scope = actor.scope_any(&WORK)?;
    validate::check(command)?;
    let core = queries::lock(tx, &scope, id).await?;
    let party = party(actor, &scope, &core)?;
    if !may_work(party, core.status) {
        return Err(Code::IllegalTransition.into());
    }
    let colleague = matches!(command, RecordWork::AddTime { user_id: Some(of), .. } if actor.user_id() != Some(*of));
    if colleague && party != Party::Desk {
        return Err(Code::Forbidden.into());
    }
    let changes = write(tx, id, command).await?;
    if party == Party::Desk && core.assignee_id.is_some() && core.assignee_id != actor.user_id() {
        // Written down in the worker's place: whoever reads the request sees by whom.
        let (old, new) = told(&changes);
        if old.is_some() || new.is_some() {
            queries::history(tx, id, Change::Work, old.as_deref(), new.as_deref(), None).await?;
        }
    }
    tx.emit(
        &core.event(|request_id, number, status| Event::RequestUpdated { request_id, number, status }),
        &Audience { internal: true, ..core.audience() },
    )
    .await?;
    audit(tx, "request.work", id, changes).await
}

/// The worker while the request is open; the desk also corrects what was reported until it is closed.
pub(super) fn may_work(party: Party, status: Status) -> bool {
    match party {
        Party::Executor => status.is_open(),
        Party::Desk => status.is_open() || status == Status::Done,
        Party::Author => false,
    }
}

/// Does it and says what changed, for the audit.
async fn write(tx: &mut Tx, id: RequestId, command: &RecordWork) -> Result<Value> {
    let (company, who, now) = (tx.actor().company_id().0, tx.actor().name().to_owned(), tx.now());
    match command {
        RecordWork::Check { item_id, done } => {
            let text = sqlx::query_scalar!(
                "update request_checks set done_at = case when $4 then coalesce(done_at, $5) end,
                   done_by = case when $4 then coalesce(done_by, $6) end
                 where company_id = $1 and request_id = $2 and id = $3 returning text",
                company,
                id.0,
                item_id,
                done,
                now,
                who
            )
            .fetch_optional(tx.conn())
            .await?
            .ok_or_else(|| Error::field("/item_id", "unknown"))?;
            Ok(
                json!({ "check": [if *done { Value::Null } else { json!(text) }, if *done { json!(text) } else { Value::Null }] }),
            )
        }
        RecordWork::AddCheck { text } => {
            add_checks(tx, id, &[text.trim().to_owned()], true).await?;
            Ok(json!({ "check": [null, text.trim()] }))
        }
        RecordWork::UseChecklist { checklist_id } => {
            let list = sqlx::query!(
                "select name, items from checklists where company_id = $1 and id = $2 and archived_at is null",
                company,
                checklist_id.0
            )
            .fetch_optional(tx.conn())
            .await?
            .ok_or_else(|| Error::field("/checklist_id", "unknown"))?;
            add_checks(tx, id, &list.items, false).await?;
            Ok(json!({ "checklist": [null, list.name] }))
        }
        RecordWork::UseMaterial { material_id, quantity } => {
            let names = sqlx::query_scalar!(
                "insert into request_materials (id, company_id, request_id, material_id, names, unit, price_tiyin,
                   quantity_milli, by_name, at)
                 select $3, $1, $2, id, names, unit, price_tiyin, $5, $6, $7 from catalogue
                 where company_id = $1 and id = $4 and list = 'material' and archived_at is null returning names",
                company,
                id.0,
                new_id(),
                material_id.0,
                quantity.milli(),
                who,
                now
            )
            .fetch_optional(tx.conn())
            .await?
            .ok_or_else(|| Error::field("/material_id", "unknown"))?;
            Ok(json!({ "material": [null, format!("{} × {quantity}", name_for_the_books(&names))] }))
        }
        RecordWork::StartTimer => start_timer(tx, id).await,
        RecordWork::StopTimer => {
            let user = tx.actor().user()?;
            let minutes = stop_timers(tx, id, Some(user)).await?;
            Ok(json!({ "minutes": [null, minutes] }))
        }
        RecordWork::AddTime { minutes, note, user_id } => {
            add_time(tx, id, *minutes, some_text(note.as_deref()), *user_id).await
        }
        RecordWork::AddCost { amount, reason } => {
            sqlx::query!(
                "insert into request_costs (id, company_id, request_id, amount_tiyin, reason, by_name, at)
                 values ($1, $2, $3, $4, $5, $6, $7)",
                new_id(),
                company,
                id.0,
                amount.tiyin(),
                reason.trim(),
                who,
                now
            )
            .execute(tx.conn())
            .await?;
            Ok(json!({ "cost": [null, format!("{amount} ({})", reason.trim())] }))
        }
        RecordWork::Remove { what, id: part } => remove(tx, id, *what, *part).await,
    }
}

/// What a record says in the history, before and after: `material:Труба × 1.5`. A clock that starts says nothing.
fn told(changes: &Value) -> (Option<String>, Option<String>) {
    let said = changes.as_object().and_then(|all| all.iter().find(|(part, _)| part.as_str() != "assignee"));
    let Some((part, values)) = said else { return (None, None) };
    let say = |value: &Value| match value {
        Value::String(text) => Some(format!("{part}:{text}")),
        Value::Number(n) => Some(format!("{part}:{n}")),
        _ => None,
    };
    (say(&values[0]), say(&values[1]))
}

async fn add_checks(tx: &mut Tx, id: RequestId, texts: &[String], added: bool) -> Result<()> {
    let company = tx.actor().company_id().0;
    let there = sqlx::query!(
        r#"select count(*) as "count!", coalesce(max(position), 0) as "last!" from request_checks
           where company_id = $1 and request_id = $2"#,
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if there.count + i64::try_from(texts.len()).unwrap_or(MOST_CHECKS) > MOST_CHECKS {
        return Err(Error::field("/text", "too_long"));
    }
    let ids: Vec<Uuid> = texts.iter().map(|_| new_id()).collect();
    sqlx::query!(
        "insert into request_checks (id, company_id, request_id, position, text, added)
         select n.id, $1, $2, $3 + n.ord::int, n.text, $6
         from unnest($4::uuid[], $5::text[]) with ordinality as n (id, text, ord)",
        company,
        id.0,
        there.last,
        &ids,
        texts,
        added
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn remove(tx: &mut Tx, id: RequestId, what: WorkPart, part: Uuid) -> Result<Value> {
    let company = tx.actor().company_id().0;
    let gone = match what {
        // The company's own list is not the worker's to shorten.
        WorkPart::Check => {
            sqlx::query_scalar!(
                "delete from request_checks where company_id = $1 and request_id = $2 and id = $3 and added returning text",
                company,
                id.0,
                part
            )
            .fetch_optional(tx.conn())
            .await?
        }
        WorkPart::Material => sqlx::query!(
            "delete from request_materials where company_id = $1 and request_id = $2 and id = $3 returning names, quantity_milli",
            company,
            id.0,
            part
        )
        .fetch_optional(tx.conn())
        .await?
        .map(|m| format!("{} × {}", name_for_the_books(&m.names), model::work::Quantity::from_milli(m.quantity_milli))),
        WorkPart::Time => sqlx::query_scalar!(
            "delete from request_times where company_id = $1 and request_id = $2 and id = $3 and minutes is not null returning minutes",
            company,
            id.0,
            part
        )
        .fetch_optional(tx.conn())
        .await?
        .map(|minutes| minutes.unwrap_or_default().to_string()),
        WorkPart::Cost => sqlx::query!(
            "delete from request_costs where company_id = $1 and request_id = $2 and id = $3 returning amount_tiyin, reason",
            company,
            id.0,
            part
        )
        .fetch_optional(tx.conn())
        .await?
        .map(|c| format!("{} ({})", model::Money::from_tiyin(c.amount_tiyin), c.reason)),
    };
    let gone = gone.ok_or_else(|| Error::field("/id", "unknown"))?;
    Ok(json!({ what.as_str(): [gone, null] }))
}

/// The name of a thing in the audit, which speaks the company's language.
fn name_for_the_books(names: &Value) -> String {
    serde_json::from_value::<model::names::Names>(names.clone())
        .map(|names| names.of(model::Lang::Ru).to_owned())
        .unwrap_or_default()
}

fn some_text(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

/// Paid work may have to wait for the resident's yes to its price.
///
/// # Errors
/// `estimate_waits`.
pub(super) async fn may_start(tx: &mut Tx, id: RequestId) -> Result<()> {
    let company = tx.actor().company_id().0;
    let waits = sqlx::query_scalar!(
        r#"select r.kind = 'paid' and not r.hidden and exists(select from work_settings where company_id = $1 and paid_waits)
             and not exists(select from estimates where company_id = $1 and request_id = $2 and state = 'accepted') as "waits!"
           from requests r where r.company_id = $1 and r.id = $2"#,
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if waits { Err(Code::EstimateWaits.into()) } else { Ok(()) }
}

/// Before work is reported as done: its clocks stop, and everything the company wants to see is there.
///
/// # Errors
/// `proof_missing` with every missing thing.
pub(super) async fn before_done(tx: &mut Tx, core: &Core, result: Option<&str>) -> Result<()> {
    stop_timers(tx, core.id, None).await?;
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select kind, coalesce($3, result) as result from requests where company_id = $1 and id = $2",
        company,
        core.id.0,
        result
    )
    .fetch_one(tx.conn())
    .await?;
    let about = About {
        id: core.id,
        number: core.number,
        status: core.status,
        kind: word::<Kind>(&row.kind)?,
        category: core.category,
        result: row.result,
        party: None,
    };
    let missing: Vec<FieldError> = load(tx, &about)
        .await?
        .required
        .iter()
        .filter(|proof| !proof.met)
        .map(|proof| FieldError {
            limit: (proof.open > 0).then_some(proof.open),
            ..FieldError::new(format!("/{}", proof.need), proof.need.code())
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::Failure(Failure { fields: missing, ..Failure::new(Code::ProofMissing) }))
}

/// What comes with a new state: the checklist with a worker, the code with the start; clocks stop with the work, and
/// work that is sent back needs a new word of the resident.
pub(super) async fn moved(tx: &mut Tx, to: &Core) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    if matches!(to.status, Status::Assigned | Status::InProgress) {
        take_checklist(tx, to).await?;
    }
    if to.status == Status::InProgress {
        confirm::make_code(tx, to.id).await?;
    } else {
        stop_timers(tx, to.id, None).await?;
    }
    if to.status == Status::Returned {
        sqlx::query!(
            "update confirmations set superseded_at = $3 where company_id = $1 and request_id = $2 and superseded_at is null",
            company,
            to.id.0,
            now
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// The list of the category, once, for a request that has none.
async fn take_checklist(tx: &mut Tx, core: &Core) -> Result<()> {
    let company = tx.actor().company_id().0;
    let items = sqlx::query_scalar!(
        "select items from checklists c where company_id = $1 and category = $3 and archived_at is null
           and not exists(select from request_checks r where r.company_id = $1 and r.request_id = $2)",
        company,
        core.id.0,
        core.category.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    match items {
        Some(items) => add_checks(tx, core.id, &items, false).await,
        None => Ok(()),
    }
}

/// The right to act on a request's work, with the request locked.
async fn locked(tx: &mut Tx, actor: &Actor, id: RequestId) -> Result<(Scope, Core, Party)> {
    let scope = actor.scope_any(&WORK)?;
    let core = queries::lock(tx, &scope, id).await?;
    let party = party(actor, &scope, &core)?;
    Ok((scope, core, party))
}
