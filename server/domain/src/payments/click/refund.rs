//! Giving a payment of Click back: asked → confirmed or refused, or unknown while an answer is missing. The books change
//! only when Click has said yes. Click has no key for repeats, so every call is written down before it goes out, and after
//! one that may have been heard Click is asked how the payment stands before it is called again.

use super::ask::{api, merchant_of};
use crate::{
    Actor, Ctx, Result, Tx,
    audit::Entry,
    jobs::ClickRefund as Job,
    payments::book::{self, Which},
};
use chrono::TimeDelta;
use model::{Code, CompanyId, PaymentId, payments::RefundState as State};
use platform::{
    click::{ClickError, Standing},
    ids::new_id,
};
use serde_json::json;
use uuid::Uuid;

/// A call takes twenty seconds at most; until then its worker is believed to be at it.
const CALL: TimeDelta = TimeDelta::seconds(30);
/// A refund that nobody works on any more: the job gave up, or never was.
const LOST: TimeDelta = TimeDelta::hours(2);

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

/// A refund in the hands of this worker.
struct Held {
    payment: Uuid,
    reason: String,
    kassa: Uuid,
    paydoc: i64,
    /// A call may have been heard before.
    called: bool,
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
            return later(ctx, &actor, job.refund_id, true, None).await;
        }
        return refuse(ctx, &actor, job.refund_id, &held, "the cash register cannot ask Click any more").await;
    };
    let (api, now) = (api()?, ctx.clock.now().timestamp());
    if held.called {
        match api.standing(&merchant, held.paydoc, now).await {
            Ok(Standing::Failed(_)) => return confirm(ctx, &actor, job.refund_id, &held).await,
            // It was not heard after all.
            Ok(Standing::Paid) => {}
            Ok(Standing::Waiting | Standing::Missing) => return later(ctx, &actor, job.refund_id, true, None).await,
            Err(error) => return later(ctx, &actor, job.refund_id, true, Some(&error.to_string())).await,
        }
    }
    match api.reverse(&merchant, held.paydoc, now).await {
        Ok(()) => confirm(ctx, &actor, job.refund_id, &held).await,
        Err(ClickError::Refused(why)) => refuse(ctx, &actor, job.refund_id, &held, &why).await,
        Err(ClickError::Transient(why)) => later(ctx, &actor, job.refund_id, held.called, Some(&why)).await,
        Err(ClickError::Unknown(why)) => later(ctx, &actor, job.refund_id, true, Some(&why)).await,
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
    // Another worker is at it, or has died a moment ago.
    if state == State::Asked && row.called_at.is_some_and(|at| now - at < CALL) {
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
async fn later(ctx: &Ctx, actor: &Actor, id: Uuid, heard: bool, why: Option<&str>) -> Result<()> {
    let mut tx = ctx.begin(actor).await?;
    let why: Option<String> = why.map(|why| why.chars().take(500).collect());
    sqlx::query!(
        "update click_refunds set state = case when $3 then 'unknown' else 'asked' end, note = coalesce($4, note),
           called_at = case when $3 then called_at end where company_id = $1 and id = $2",
        actor.company_id().0,
        id,
        heard,
        why
    )
    .execute(tx.conn())
    .await?;
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

async fn audit(tx: &mut Tx, payment: Uuid, changes: serde_json::Value) -> Result<()> {
    tx.audit(Entry { action: "payment.refund_ask", object_type: "payment", object_id: Some(payment), changes }).await
}
