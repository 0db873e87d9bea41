//! Money by hand at the desk: written down, taken back, and what a provider disputes.

use super::book::{self, Incoming, Which};
use crate::{Actor, Ctx, Error, Result, Tx, audit::Entry, idempotency, property};
use chrono::{DateTime, NaiveDate, Utc};
use model::{
    Code, PaymentId, Permission as P,
    auth::Danger,
    payments::{PaymentCard, PaymentSource, RecordPayment, RefundPayment},
    validate,
};
use serde_json::json;

/// Writes down cash, a bank transfer or a payment at a terminal. With a key, saying it twice is saying it once.
///
/// # Errors
/// `invalid`: an account that is not there or closed, a day that has not come, a receipt that was written down already.
pub async fn record(
    ctx: &Ctx,
    actor: &Actor,
    command: &RecordPayment,
    key: Option<&idempotency::Key>,
) -> Result<PaymentCard> {
    let scope = actor.scope(P::PaymentsRecord)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    if let Some(key) = key
        && let idempotency::Claim::Done { body, .. } = idempotency::claim(&mut tx, key).await?
    {
        return Ok(serde_json::from_value(body)?);
    }
    let account = sqlx::query!(
        "select id from personal_accounts where company_id = $1 and number = $2",
        scope.company(),
        command.account.trim()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Error::field("/account", "unknown"))?;
    let today = property::today(&mut tx).await?;
    let day = command.paid_on.unwrap_or(today);
    if day > today {
        return Err(Error::field("/paid_on", "in_future"));
    }
    let (payer, note) = (property::some_text(command.payer.as_deref()), property::some_text(command.note.as_deref()));
    let money = Incoming {
        source: command.source,
        lies_on: None,
        kassa: None,
        provider_id: None,
        reference: command.reference.trim(),
        account_id: account.id,
        bill_id: None,
        amount: command.amount,
        paid_at: if day == today { tx.now() } else { noon(&mut tx, day).await? },
        booked_on: Some(day),
        payer: payer.as_deref(),
        note: note.as_deref(),
    };
    let id = book::credit(&mut tx, &money).await?;
    let card = super::list::card(&mut tx, &scope, id).await?;
    if let Some(key) = key {
        idempotency::store(&mut tx, key, 201, &serde_json::to_value(&card)?).await?;
    }
    tx.commit().await?;
    Ok(card)
}

/// The middle of a day where the company is.
pub(super) async fn noon(tx: &mut Tx, day: NaiveDate) -> Result<DateTime<Utc>> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        r#"select ($2::date + time '12:00') at time zone time_zone as "at!" from companies where id = $1"#,
        company,
        day
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Takes a payment back by a reversing entry. What Payme carried is given back in Payme's own cabinet, which then calls us;
/// Click is asked to give the money back, and the entry follows its yes. Where it cannot be asked, has refused or does not
/// say, the refund is written down at once: somebody makes it by hand.
///
/// # Errors
/// `illegal_transition` when it was taken back already; `refund_at_provider` for Payme; `unavailable` while Click is being
/// called about a refund that nobody waits for any more.
pub async fn refund(ctx: &Ctx, actor: &Actor, id: PaymentId, command: &RefundPayment) -> Result<PaymentCard> {
    let scope = actor.scope(P::PaymentsRefund)?;
    actor.proves(Danger::Refund)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let before = super::list::card(&mut tx, &scope, id).await?;
    if before.click_answers {
        super::click::begin_refund(&mut tx, id, command.reason.trim()).await?;
        let card = super::list::card(&mut tx, &scope, id).await?;
        tx.commit().await?;
        return Ok(card);
    }
    if before.row.source == PaymentSource::Payme {
        return Err(Code::RefundAtProvider.into());
    }
    book::take_back(&mut tx, Which::Id(id), command.reason.trim()).await?;
    if before.row.source == PaymentSource::Click {
        super::click::leave_refund(&mut tx, id).await?;
    }
    let card = super::list::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// The provider was asked, and the money is there: the dispute is over and the credit stays.
///
/// # Errors
/// `illegal_transition` when nothing is disputed.
pub async fn keep_disputed(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<PaymentCard> {
    let scope = actor.scope(P::PaymentsRefund)?;
    let mut tx = ctx.begin(actor).await?;
    let done = sqlx::query!(
        "update payments set disputed_at = null where company_id = $1 and id = $2 and disputed_at is not null",
        scope.company(),
        id.0
    )
    .execute(tx.conn())
    .await?;
    let card = super::list::card(&mut tx, &scope, id).await?;
    if done.rows_affected() == 0 {
        return Err(Code::IllegalTransition.into());
    }
    let changes = json!({ "disputed": [true, false] });
    tx.audit(Entry { action: "payment.dispute", object_type: "payment", object_id: Some(id.0), changes }).await?;
    tx.commit().await?;
    Ok(card)
}
