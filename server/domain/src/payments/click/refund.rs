//! Giving a payment of Click back: asked → confirmed or refused, or unknown while an answer is missing. The books change
//! only when Click has said yes. Click has no key for repeats, so every call is written down before it goes out, and after
//! one that may have been heard Click is asked how the payment stands before it is called again.

use super::ask::{api, merchant_of};
use crate::{
    Actor, Ctx, Result, Tx,
    audit::Entry,
    events::Audience,
    jobs::ClickRefund as Job,
    payments::book::{self, Which},
};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Code, CompanyId, PaymentId,
    events::Event,
    payments::{ClickAnswer, ClickRefund, ClickWord, RefundState as State},
};
use platform::{
    click::{ClickError, Standing},
    ids::new_id,
};
use serde_json::json;
use uuid::Uuid;

/// Three calls of twenty seconds at most; until then their worker is believed to be at it.
const CALL: TimeDelta = TimeDelta::seconds(70);
/// A refund that nobody works on any more: the job gave up, or never was.
const LOST: TimeDelta = TimeDelta::hours(2);
/// After so long without an answer the desk decides.
const SILENT: TimeDelta = TimeDelta::days(1);

/// Click has nothing to give back, will not, or has not said for too long: the desk gives the money back and takes the
/// payment back at once.
pub(in crate::payments) fn is_left_to_desk(
    word: Option<&ClickWord>,
    refund: Option<&ClickRefund>,
    now: DateTime<Utc>,
) -> bool {
    word.is_some_and(|word| word.answer == ClickAnswer::Failed)
        || refund.is_some_and(|refund| match refund.state {
            State::Refused => true,
            State::Asked | State::Unknown => now - refund.at >= SILENT,
            State::Confirmed => false,
        })
}

/// A worker is at it, or has died a moment ago.
fn is_on_its_way(state: State, called_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    state == State::Asked && called_at.is_some_and(|at| now - at < CALL)
}

/// Asks for a refund, once: a repeat finds the one that is under way. The payment stays as it is until Click says yes.
///
/// # Errors
/// `illegal_transition` when the payment was taken back already.
pub(in crate::payments) async fn begin(tx: &mut Tx, payment: PaymentId, reason: &str) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let (user, name) = (tx.actor().user_id().map(|u| u.0), tx.actor().name().to_owned());
    let state = sqlx::query_scalar!(
        "select state from payments where company_id = $1 and id = $2 for update",
        company,
        payment.0
    )
    .fetch_one(tx.conn())
    .await?;
    if state != "completed" {
        return Err(Code::IllegalTransition.into());
    }
    let id = new_id();
    let fresh = sqlx::query!(
        "insert into click_refunds (id, company_id, payment_id, reason, state, asked_at, asked_by, asked_by_name)
         values ($1, $2, $3, $4, 'asked', $5, $6, $7) on conflict (company_id, payment_id) where state <> 'refused' do nothing",
        id,
        company,
        payment.0,
        reason,
        now,
        user,
        name
    )
    .execute(tx.conn())
    .await?;
    if fresh.rows_affected() == 0 {
        return Ok(());
    }
    tx.enqueue(&Job { company_id: tx.actor().company_id(), refund_id: id }).await?;
    let changes = json!({ "refund": [null, State::Asked], "reason": [null, reason] });
    audit(tx, payment.0, changes).await
}

/// The desk has taken a payment back itself: Click is not called for it any more.
///
/// # Errors
/// `unavailable` while a call is on its way: what Click answers decides.
pub(in crate::payments) async fn leave(tx: &mut Tx, payment: PaymentId) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let open = sqlx::query!(
        "select id, state, called_at from click_refunds
         where company_id = $1 and payment_id = $2 and state in ('asked', 'unknown') for update",
        company,
        payment.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(open) = open else { return Ok(()) };
    let state: State = crate::error::word(&open.state)?;
    if is_on_its_way(state, open.called_at, now) {
        return Err(Code::Unavailable.into());
    }
    decide(tx, open.id, State::Refused, Some("the desk did not wait for Click")).await?;
    audit(tx, payment.0, json!({ "refund": [state, State::Refused] })).await
}

/// A refund in the hands of this worker.
struct Held {
    payment: Uuid,
    reason: String,
    kassa: Uuid,
    paydoc: i64,
    /// A call may have been heard before.
    called: bool,
    /// The desk was told that there is no answer.
    unknown: bool,
}

/// Goes on with a refund until Click has said yes or no.
///
/// # Errors
/// `unavailable` when there is no answer yet: the job is tried again.
pub async fn work(ctx: &Ctx, job: &Job) -> Result<()> {
    let actor = Actor::system(job.company_id);
    let Some(held) = claim(ctx, &actor, job.refund_id).await? else { return Ok(()) };
    let Some(merchant) = merchant_of(ctx, held.kassa).await? else {
        if held.called {
            return later(ctx, &actor, job.refund_id, &held, true, None).await;
        }
        return refuse(ctx, &actor, job.refund_id, &held, "the cash register cannot ask Click any more").await;
    };
    let api = api()?;
    // A proof is good for a moment: each call has its own.
    let now = || ctx.clock.now().timestamp();
    if held.called {
        match api.standing(&merchant, held.paydoc, now()).await {
            Ok(Standing::Failed(_)) => return confirm(ctx, &actor, job.refund_id, &held).await,
            // It was not heard after all.
            Ok(Standing::Paid) => {}
            Ok(Standing::Waiting | Standing::Missing) => {
                return later(ctx, &actor, job.refund_id, &held, true, None).await;
            }
            Err(error) => return later(ctx, &actor, job.refund_id, &held, true, Some(&error.to_string())).await,
        }
    }
    match api.reverse(&merchant, held.paydoc, now()).await {
        Ok(()) => confirm(ctx, &actor, job.refund_id, &held).await,
        Err(ClickError::Refused(why)) => match api.standing(&merchant, held.paydoc, now()).await {
            // Refused because the money went back already, or never came.
            Ok(Standing::Failed(_)) => confirm(ctx, &actor, job.refund_id, &held).await,
            _ => refuse(ctx, &actor, job.refund_id, &held, &why).await,
        },
        Err(ClickError::Transient(why)) => later(ctx, &actor, job.refund_id, &held, held.called, Some(&why)).await,
        Err(ClickError::Unknown(why)) => later(ctx, &actor, job.refund_id, &held, true, Some(&why)).await,
    }
}

/// Writes the call down before it goes out. None when all is said.
async fn claim(ctx: &Ctx, actor: &Actor, id: Uuid) -> Result<Option<Held>> {
    let mut tx = ctx.begin(actor).await?;
    let (company, now) = (actor.company_id().0, tx.now());
    let row = sqlx::query!(
        "select r.state, r.reason, r.called_at, r.payment_id, a.kassa_id, a.click_paydoc_id from click_refunds r
         join payments p on p.company_id = r.company_id and p.id = r.payment_id
         join click_attempts a on a.company_id = p.company_id and a.id = p.provider_id
         where r.company_id = $1 and r.id = $2 for update of r",
        company,
        id
    )
    .fetch_one(tx.conn())
    .await?;
    let state: State = crate::error::word(&row.state)?;
    if !state.is_open() {
        return Ok(None);
    }
    if is_on_its_way(state, row.called_at, now) {
        return Err(Code::Unavailable.into());
    }
    sqlx::query!(
        "update click_refunds set called_at = $3, state = 'asked' where company_id = $1 and id = $2",
        company,
        id,
        now
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(Some(Held {
        payment: row.payment_id,
        reason: row.reason,
        kassa: row.kassa_id,
        paydoc: row.click_paydoc_id,
        called: row.called_at.is_some(),
        unknown: state == State::Unknown,
    }))
}

/// Click gave the money back: the books follow. A payment that was taken back meanwhile is taken back once.
async fn confirm(ctx: &Ctx, actor: &Actor, id: Uuid, held: &Held) -> Result<()> {
    let mut tx = ctx.begin(actor).await?;
    match book::take_back(&mut tx, Which::Id(held.payment.into()), &held.reason).await {
        Ok(_) => {}
        Err(error) if error.code() == Code::IllegalTransition => {}
        Err(error) => return Err(error),
    }
    decide(&mut tx, id, State::Confirmed, None).await?;
    tx.commit().await
}

async fn refuse(ctx: &Ctx, actor: &Actor, id: Uuid, held: &Held, why: &str) -> Result<()> {
    let mut tx = ctx.begin(actor).await?;
    let why: String = why.chars().take(500).collect();
    decide(&mut tx, id, State::Refused, Some(&why)).await?;
    audit(&mut tx, held.payment, json!({ "refund": [State::Asked, State::Refused], "note": [null, why] })).await?;
    tell(&mut tx, held.payment).await?;
    tx.commit().await
}

async fn decide(tx: &mut Tx, id: Uuid, state: State, note: Option<&str>) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update click_refunds set state = $3, note = $4, decided_at = $5 where company_id = $1 and id = $2",
        company,
        id,
        state.as_str(),
        note,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// No answer yet. A call that was surely not heard leaves no trace.
async fn later(ctx: &Ctx, actor: &Actor, id: Uuid, held: &Held, heard: bool, why: Option<&str>) -> Result<()> {
    let mut tx = ctx.begin(actor).await?;
    let why: Option<String> = why.map(|why| why.chars().take(500).collect());
    let done = sqlx::query!(
        "update click_refunds set state = case when $3 then 'unknown' else 'asked' end, note = coalesce($4, note),
           called_at = case when $3 then called_at end
         where company_id = $1 and id = $2 and state in ('asked', 'unknown')",
        actor.company_id().0,
        id,
        heard,
        why
    )
    .execute(tx.conn())
    .await?;
    if heard && !held.unknown && done.rows_affected() > 0 {
        tell(&mut tx, held.payment).await?;
    }
    tx.commit().await?;
    Err(Code::Unavailable.into())
}

/// Gives refunds out again whose job has given up; says how many.
pub async fn resume(ctx: &Ctx) -> Result<usize> {
    let lost = ctx.clock.now() - LOST;
    let mut tx = ctx.db.begin_system("refunds that wait for Click").await?;
    let rows = sqlx::query!(
        "select id, company_id from click_refunds where state in ('asked', 'unknown') and asked_at < $1
           and (called_at is null or called_at < $1) order by asked_at limit 200",
        lost
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in &rows {
        let job = Job { company_id: CompanyId(row.company_id), refund_id: row.id };
        crate::jobs::enqueue(&mut tx, &job).await?;
    }
    tx.commit().await?;
    Ok(rows.len())
}

/// Open pages of the desk look anew.
async fn tell(tx: &mut Tx, payment: Uuid) -> Result<()> {
    let company = tx.actor().company_id().0;
    let of = sqlx::query!(
        "select p.number, p.building_id, a.unit_id from payments p
         join personal_accounts a on a.company_id = p.company_id and a.id = p.account_id
         where p.company_id = $1 and p.id = $2",
        company,
        payment
    )
    .fetch_one(tx.conn())
    .await?;
    let home = Audience::of_home(of.building_id.into(), of.unit_id.into(), Vec::new());
    let event = Event::PaymentRefundChanged { payment_id: payment.into(), number: of.number };
    tx.emit(&event, &Audience { internal: true, ..home }).await
}

async fn audit(tx: &mut Tx, payment: Uuid, changes: serde_json::Value) -> Result<()> {
    tx.audit(Entry { action: "payment.refund_ask", object_type: "payment", object_id: Some(payment), changes }).await
}
