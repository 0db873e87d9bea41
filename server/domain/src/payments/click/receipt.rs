//! Fiscal receipts of payments that came through Click. The lines go out after the commit, by a job: no payment waits for
//! them. Click has no key for repeats, so after a call that may have been heard the receipt is looked for before the lines
//! are sent again.

use super::ask::{api, merchant_of};
use crate::{Actor, Ctx, Result, Tx, jobs::ClickReceipt as Job, payments::register::Kassa};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Code, CompanyId, Money, PaymentId,
    payments::{Fiscal, FiscalState as State},
};
use platform::click::ClickError;
use serde_json::{Value, json};
use uuid::Uuid;

/// Three calls of twenty seconds at most; until then their worker is believed to be at it.
const CALL: TimeDelta = TimeDelta::seconds(70);
/// Click may still be making a receipt from lines whose answer was lost; until then they are not sent again.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);
/// A receipt that nobody works on any more: the job gave up, or never was.
const LOST: TimeDelta = TimeDelta::hours(2);
const GIVEN_BACK: &str = "the payment was given back before";
/// What is not made by then somebody has to look at in Click's cabinet.
const FORGOTTEN: TimeDelta = TimeDelta::days(30);

/// Asks for the receipt of a payment that is being credited, where the kassa has its fiscal lines and may call Click.
pub(super) async fn begin(tx: &mut Tx, kassa: &Kassa, payment: PaymentId, amount: Money) -> Result<()> {
    let Some(fiscal) = kassa.fiscal.as_ref().filter(|_| kassa.merchant_user_id.is_some()) else { return Ok(()) };
    let (company, now) = (tx.actor().company_id(), tx.now());
    let tax_id =
        sqlx::query_scalar!("select tax_id from companies where id = $1", company.0).fetch_one(tx.conn()).await?;
    let state = if tax_id.is_some() { State::Due } else { State::NoTaxId };
    let lines = lines(fiscal, amount.tiyin(), tax_id.as_deref().unwrap_or_default());
    sqlx::query!(
        "insert into click_receipts (company_id, payment_id, state, lines, asked_at, decided_at)
         values ($1, $2, $3, $4, $5, $6)",
        company.0,
        payment.0,
        state.as_str(),
        lines,
        now,
        (state == State::NoTaxId).then_some(now)
    )
    .execute(tx.conn())
    .await?;
    if state == State::Due {
        tx.enqueue(&Job { company_id: company, payment_id: payment }).await?;
    }
    Ok(())
}

/// One line for the whole sum: no bill of several services is behind it. The names are Click's, the sums are tiyin.
pub(super) fn lines(fiscal: &Fiscal, tiyin: i64, tax_id: &str) -> Value {
    // A company has nine digits, a person fourteen.
    let whose = if tax_id.len() == 14 { json!({ "PINFL": tax_id }) } else { json!({ "TIN": tax_id }) };
    json!([{
        "Name": fiscal.title, "SPIC": fiscal.code, "PackageCode": fiscal.package,
        "GoodPrice": tiyin, "Price": tiyin, "Amount": 1,
        "VAT": vat(tiyin, i64::from(fiscal.vat_percent)), "VATPercent": fiscal.vat_percent,
        "CommissionInfo": whose,
    }])
}

/// The tax within a sum, half a tiyin and more counts as one.
pub(super) fn vat(tiyin: i64, percent: i64) -> i64 {
    let (tiyin, percent) = (i128::from(tiyin), i128::from(percent));
    let whole = 100 + percent;
    i64::try_from((2 * tiyin * percent + whole) / (2 * whole)).unwrap_or(i64::MAX)
}

/// A receipt in the hands of this worker.
struct Held {
    state: State,
    kassa: Uuid,
    paydoc: i64,
    lines: Value,
    tiyin: i64,
    /// The last call that may have been heard.
    tried_at: Option<DateTime<Utc>>,
    /// The money has not been given back.
    paid: bool,
}

/// Goes on with a receipt until it is made or refused.
///
/// # Errors
/// `unavailable` when there is no receipt yet: the job is tried again.
pub async fn work(ctx: &Ctx, job: &Job) -> Result<()> {
    let (actor, id) = (Actor::system(job.company_id), job.payment_id);
    let Some(held) = claim(ctx, &actor, id).await? else { return Ok(()) };
    let Some(merchant) = merchant_of(ctx, held.kassa).await? else {
        return refuse(ctx, &actor, id, "the cash register cannot ask Click any more").await;
    };
    let api = api()?;
    // A proof is good for a moment: each call has its own.
    let now = || ctx.clock.now().timestamp();
    if held.state != State::Due {
        match api.receipt(&merchant, held.paydoc, now()).await {
            Ok(Some(url)) => return made(ctx, &actor, id, &url).await,
            // Lines that Click has are not sent twice: they could become two receipts.
            Ok(None) if held.state == State::Sent => return later(ctx, &actor, id, State::Sent, None).await,
            Ok(None) if held.tried_at.is_some_and(|at| ctx.clock.now() - at < PATIENCE) => {
                return later(ctx, &actor, id, State::Unknown, None).await;
            }
            Ok(None) if !held.paid => return refuse(ctx, &actor, id, GIVEN_BACK).await,
            Ok(None) => {}
            Err(error) => return later(ctx, &actor, id, held.state, Some(&error.to_string())).await,
        }
    }
    match api.submit_items(&merchant, held.paydoc, &held.lines, held.tiyin, now()).await {
        Ok(()) => {}
        Err(ClickError::Refused(why)) => {
            return match api.receipt(&merchant, held.paydoc, now()).await {
                // Refused because there is one already, or it is being made.
                Ok(Some(url)) => made(ctx, &actor, id, &url).await,
                Ok(None) if held.state == State::Unknown => later(ctx, &actor, id, State::Sent, Some(&why)).await,
                Ok(None) => refuse(ctx, &actor, id, &why).await,
                Err(_) => later(ctx, &actor, id, State::Unknown, Some(&why)).await,
            };
        }
        Err(ClickError::Transient(why)) => return later(ctx, &actor, id, held.state, Some(&why)).await,
        Err(ClickError::Unknown(why)) => {
            tried(ctx, &actor, id).await?;
            return later(ctx, &actor, id, State::Unknown, Some(&why)).await;
        }
    }
    match api.receipt(&merchant, held.paydoc, now()).await {
        Ok(Some(url)) => made(ctx, &actor, id, &url).await,
        Ok(None) | Err(_) => later(ctx, &actor, id, State::Sent, None).await,
    }
}

/// Takes a receipt in hand before any call goes out. None when all is said.
async fn claim(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<Option<Held>> {
    let mut tx = ctx.begin(actor).await?;
    let (company, now) = (actor.company_id().0, tx.now());
    let row = sqlx::query!(
        "select r.state, r.lines, r.held_at, r.tried_at, p.state as payment, p.amount_tiyin, a.kassa_id, a.click_paydoc_id
         from click_receipts r
         join payments p on p.company_id = r.company_id and p.id = r.payment_id
         join click_attempts a on a.company_id = p.company_id and a.id = p.provider_id
         where r.company_id = $1 and r.payment_id = $2 for update of r",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let known: State = crate::error::word(&row.state)?;
    if !known.is_open() {
        return Ok(None);
    }
    if row.held_at.is_some_and(|at| now - at < CALL) {
        return Err(Code::Unavailable.into());
    }
    // Whoever held it has died: what it sent may have been heard.
    let state = if known == State::Due && row.held_at.is_some() { State::Unknown } else { known };
    if state == State::Due && row.payment != "completed" {
        decide(&mut tx, id, State::Refused, Some(GIVEN_BACK)).await?;
        tx.commit().await?;
        return Ok(None);
    }
    sqlx::query!(
        "update click_receipts set held_at = $3, state = $4 where company_id = $1 and payment_id = $2",
        company,
        id.0,
        now,
        state.as_str()
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(Some(Held {
        state,
        kassa: row.kassa_id,
        paydoc: row.click_paydoc_id,
        lines: row.lines,
        tiyin: row.amount_tiyin,
        tried_at: row.tried_at.or(row.held_at),
        paid: row.payment == "completed",
    }))
}

/// There is a receipt: whoever paid sees it.
async fn made(ctx: &Ctx, actor: &Actor, id: PaymentId, url: &str) -> Result<()> {
    let mut tx = ctx.begin(actor).await?;
    decide(&mut tx, id, State::Made, None).await?;
    // Shown to the resident, so it must lead where a browser is safe; nothing is fetched from it.
    if url.starts_with("https://") && url.len() <= 500 {
        sqlx::query!(
            "update payments set receipt_url = $3 where company_id = $1 and id = $2",
            actor.company_id().0,
            id.0,
            url
        )
        .execute(tx.conn())
        .await?;
    }
    tx.commit().await
}

async fn refuse(ctx: &Ctx, actor: &Actor, id: PaymentId, why: &str) -> Result<()> {
    let mut tx = ctx.begin(actor).await?;
    decide(&mut tx, id, State::Refused, Some(why)).await?;
    tx.commit().await
}

async fn decide(tx: &mut Tx, id: PaymentId, state: State, note: Option<&str>) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update click_receipts set state = $3, note = $4, decided_at = $5, held_at = null
         where company_id = $1 and payment_id = $2",
        company,
        id.0,
        state.as_str(),
        note.map(short),
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A call went out and nothing came back.
async fn tried(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<()> {
    let mut tx = ctx.begin(actor).await?;
    let (company, now) = (actor.company_id().0, tx.now());
    sqlx::query!(
        "update click_receipts set tried_at = $3 where company_id = $1 and payment_id = $2",
        company,
        id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// No receipt yet.
async fn later(ctx: &Ctx, actor: &Actor, id: PaymentId, state: State, why: Option<&str>) -> Result<()> {
    let mut tx = ctx.begin(actor).await?;
    sqlx::query!(
        "update click_receipts set state = $3, note = coalesce($4, note), held_at = null
         where company_id = $1 and payment_id = $2 and state in ('due', 'unknown', 'sent')",
        actor.company_id().0,
        id.0,
        state.as_str(),
        why.map(short)
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await?;
    Err(Code::Unavailable.into())
}

fn short(words: &str) -> String {
    words.chars().take(500).collect()
}

/// Gives receipts out again whose job has given up; says how many.
pub async fn resume(ctx: &Ctx) -> Result<usize> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("receipts that wait for Click").await?;
    let rows = sqlx::query!(
        "select payment_id, company_id from click_receipts where state in ('due', 'unknown', 'sent')
           and asked_at < $1 and asked_at > $2 and (held_at is null or held_at < $1) order by asked_at limit 200",
        now - LOST,
        now - FORGOTTEN
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in &rows {
        let job = Job { company_id: CompanyId(row.company_id), payment_id: row.payment_id.into() };
        crate::jobs::enqueue(&mut tx, &job).await?;
    }
    tx.commit().await?;
    Ok(rows.len())
}
