//! Prepare and Complete, each in the caller's transaction. Locks: the attempt, the bill, the books.

use super::{
    receipt,
    rules::{self, Stored, Verdict},
    wire::{Call, Form, Note, Reply},
};
use crate::{
    Ctx, Result, Tx,
    audit::Entry,
    payments::{
        accounts,
        book::{self, Incoming},
        register::Kassa,
    },
};
use chrono::TimeDelta;
use model::{
    Money,
    payments::{KassaMode, PaymentSource},
};
use platform::ids::new_id;
use serde_json::json;
use uuid::Uuid;

/// How long a bill is kept for an attempt that says nothing more. Its Complete is taken later, too.
const HOLD: TimeDelta = TimeDelta::hours(1);

pub(super) async fn run(tx: &mut Tx, kassa: &Kassa, form: &Form, call: &Call) -> Result<Reply> {
    match call.complete {
        Some(prepare_id) => complete(tx, kassa, form, call, prepare_id).await,
        None => prepare(tx, kassa, form, call).await,
    }
}

async fn prepare(tx: &mut Tx, kassa: &Kassa, form: &Form, call: &Call) -> Result<Reply> {
    let known = lock(tx, kassa, call.click_trans_id).await?;
    let target = accounts::find(tx, kassa, &call.account, known.is_none()).await?;
    let Some(target) = target.filter(|target| !target.closed) else { return Ok(form.reply(Note::NoAccount)) };
    if call.error < 0 {
        return Ok(form.reply(Note::Cancelled));
    }
    if let Some(stored) = known {
        return Ok(repeat(form, call, &stored));
    }
    // What was begun is finished; nothing new is begun.
    if !kassa.open {
        return Ok(form.reply(Note::NoAccount));
    }
    if let Some(bill) = &target.bill {
        if bill.paid {
            return Ok(form.reply(Note::Paid));
        }
        if let Some(holder) = bill.holder
            && !is_attempt(tx, holder).await?
        {
            // Payme is paying it at this moment.
            return Ok(form.reply(Note::Cancelled));
        }
    }
    let good = match (kassa.mode, &target.bill, call.amount) {
        (KassaMode::OneTime, Some(bill), Some(amount)) => bill.amount.tiyin() == amount,
        (_, _, Some(amount)) => (kassa.min.tiyin()..=kassa.max.tiyin()).contains(&amount),
        (_, _, None) => false,
    };
    let Some(amount) = call.amount.filter(|_| good) else { return Ok(form.reply(Note::Amount)) };
    let (own, now) = (new_id(), tx.now());
    let made = sqlx::query_scalar!(
        "insert into click_attempts (id, company_id, kassa_id, click_trans_id, click_paydoc_id, merchant_trans_id,
           account_id, bill_id, amount_tiyin, state, prepared_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'prepared', $10)
         on conflict (kassa_id, click_trans_id) do nothing returning prepare_id",
        own,
        kassa.company_id.0,
        kassa.id.0,
        call.click_trans_id,
        call.click_paydoc_id,
        call.account,
        target.account_id,
        target.bill.as_ref().map(|bill| bill.id),
        amount,
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(prepare_id) = made else {
        // Somebody was quicker with the same call; it is committed by now.
        return Ok(match lock(tx, kassa, call.click_trans_id).await? {
            Some(stored) => repeat(form, call, &stored),
            None => form.reply(Note::Failed),
        });
    };
    if let Some(bill) = &target.bill {
        accounts::hold(tx, bill.id, own, now + HOLD).await?;
    }
    Ok(Reply { prepare_id: Some(prepare_id), ..form.reply(Note::Success) })
}

fn repeat(form: &Form, call: &Call, stored: &Stored) -> Reply {
    match rules::prepare(stored, &call.account, call.amount) {
        Verdict::Say(note) => form.reply(note),
        _ => Reply { prepare_id: Some(stored.prepare_id), ..form.reply(Note::Success) },
    }
}

/// Whether a bill is kept by Click rather than by Payme: the payer has tried again.
async fn is_attempt(tx: &mut Tx, holder: Uuid) -> Result<bool> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        r#"select exists(select from click_attempts where company_id = $1 and id = $2) as "is!""#,
        company,
        holder
    )
    .fetch_one(tx.conn())
    .await?)
}

async fn complete(tx: &mut Tx, kassa: &Kassa, form: &Form, call: &Call, prepare_id: i32) -> Result<Reply> {
    let bound = |stored: &Stored| stored.prepare_id == prepare_id && stored.merchant_trans_id == call.account;
    let stored = lock(tx, kassa, call.click_trans_id).await?.filter(bound);
    let Some(stored) = stored else { return Ok(form.reply(Note::NoTransaction)) };
    match rules::complete(&stored, call.error, call.amount) {
        Verdict::Say(note) => Ok(form.reply(note)),
        Verdict::Cancel => {
            cancel(tx, &stored, call).await?;
            Ok(form.reply(Note::Cancelled))
        }
        Verdict::Dispute => {
            dispute(tx, &stored, call).await?;
            Ok(form.reply(Note::Cancelled))
        }
        Verdict::Credit | Verdict::Stored => {
            if let Some(bill) = stored.bill_id
                && !accounts::settle(tx, bill).await?
            {
                // Another payment was first: Click gives this money back.
                cancel(tx, &stored, call).await?;
                return Ok(form.reply(Note::Cancelled));
            }
            credit(tx, kassa, &stored, call).await?;
            Ok(Reply { confirm_id: Some(stored.prepare_id), ..form.reply(Note::Success) })
        }
    }
}

async fn credit(tx: &mut Tx, kassa: &Kassa, stored: &Stored, call: &Call) -> Result<()> {
    let (company, now) = (kassa.company_id.0, tx.now());
    sqlx::query!(
        "update click_attempts set state = 'confirmed', confirmed_at = $3, error = 0 where company_id = $1 and id = $2",
        company,
        stored.id,
        now
    )
    .execute(tx.conn())
    .await?;
    let reference = stored.click_paydoc_id.to_string();
    let money = Incoming {
        source: PaymentSource::Click,
        lies_on: None,
        kassa: Some(kassa.id.0),
        provider_id: Some(stored.id),
        reference: &reference,
        account_id: stored.account_id,
        bill_id: stored.bill_id,
        // What was promised in Prepare; the same as now, or we would not be here.
        amount: Money::from_tiyin(stored.amount),
        paid_at: now,
        booked_on: None,
        payer: None,
        note: None,
    };
    if call.click_paydoc_id != stored.click_paydoc_id {
        tracing::warn!(attempt = %stored.id, "Click gave another payment number in Complete");
    }
    let payment = book::credit(tx, &money).await?;
    receipt::begin(tx, kassa, payment, money.amount).await
}

async fn cancel(tx: &mut Tx, stored: &Stored, call: &Call) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update click_attempts set state = 'cancelled', cancelled_at = $3, error = $4, error_note = $5
         where company_id = $1 and id = $2",
        company,
        stored.id,
        now,
        call.error,
        call.error_note
    )
    .execute(tx.conn())
    .await?;
    if let Some(bill) = stored.bill_id {
        accounts::release(tx, bill, stored.id).await?;
    }
    Ok(())
}

/// A word against a payment that was credited. It is not signed, so it takes no money back: somebody asks Click.
async fn dispute(tx: &mut Tx, stored: &Stored, call: &Call) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update click_attempts set disputed_at = $3, error = $4, error_note = $5 where company_id = $1 and id = $2",
        company,
        stored.id,
        now,
        call.error,
        call.error_note
    )
    .execute(tx.conn())
    .await?;
    let payment = sqlx::query_scalar!(
        "update payments set disputed_at = $3 where company_id = $1 and provider_id = $2 and state = 'completed' returning id",
        company,
        stored.id,
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    if let Some(payment) = payment {
        tracing::warn!(%payment, error = call.error, "Click disputes a payment");
        let changes =
            json!({ "disputed": [false, true], "reason": [null, format!("{} {}", call.error, call.error_note)] });
        tx.audit(Entry { action: "payment.dispute", object_type: "payment", object_id: Some(payment), changes })
            .await?;
    }
    Ok(())
}

/// The attempt of this kassa, kept from others until the end.
async fn lock(tx: &mut Tx, kassa: &Kassa, click_trans_id: i64) -> Result<Option<Stored>> {
    Ok(sqlx::query_as!(
        Stored,
        "select id, prepare_id, click_trans_id, click_paydoc_id, merchant_trans_id, account_id, bill_id,
           amount_tiyin as amount, state, disputed_at
         from click_attempts where company_id = $1 and kassa_id = $2 and click_trans_id = $3 for update",
        kassa.company_id.0,
        kassa.id.0,
        click_trans_id
    )
    .fetch_optional(tx.conn())
    .await?)
}

/// Bills that nobody keeps any more are free; says how many.
pub(crate) async fn release_due(ctx: &Ctx) -> Result<u64> {
    let mut tx = ctx.db.begin_system("bills that nobody pays any more").await?;
    let freed = sqlx::query!(
        "update bills set holder = null, held_until = null where held_until < $1 and state = 'open'",
        ctx.clock.now()
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    tx.commit().await?;
    Ok(freed)
}
