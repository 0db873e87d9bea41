//! What people do with money that waits: give it to accounts, put it aside, take back what was done.

use super::lines::{self, Locked};
use crate::{
    Actor, Ctx, Error, Result, Tx,
    audit::Entry,
    idempotency,
    ledger::Book,
    payments::{
        book::{self, Incoming, Which},
        record::noon,
    },
    property,
};
use model::{
    BankLineId, Code, Money, Permission as P,
    auth::Danger,
    payments::{AllocateLine, BankLine, LineState, PaymentSource, RefundPayment, SetAside},
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use uuid::Uuid;

/// A part of a line for an account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub account: Uuid,
    pub tiyin: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// By the number in the purpose, on the day the money came.
    Automatic,
    /// By somebody, today.
    ByHand,
}

async fn lock(tx: &mut Tx, id: BankLineId) -> Result<Locked> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select id, state, number, received_on, left_tiyin, payer, purpose from bank_lines
         where company_id = $1 and id = $2 for update",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Locked {
        id: row.id,
        state: crate::error::word(&row.state)?,
        number: row.number,
        received_on: row.received_on,
        left: row.left_tiyin,
        payer: row.payer,
        purpose: row.purpose,
    })
}

/// A line that still waits whole and was never given to anybody; `None` when somebody was faster.
pub(super) async fn lock_untouched(tx: &mut Tx, id: Uuid) -> Result<Option<Locked>> {
    let locked = lock(tx, id.into()).await?;
    let company = tx.actor().company_id().0;
    let touched = sqlx::query_scalar!(
        r#"select exists (select from bank_allocations where company_id = $1 and line_id = $2) as "touched!""#,
        company,
        id
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Some(locked).filter(|line| line.state == LineState::Waiting && !touched))
}

/// Gives a part of a locked line to an account, as a payment through the bank.
pub(super) async fn give(tx: &mut Tx, line: &Locked, part: Part, how: How) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let id = new_id();
    sqlx::query!(
        "insert into bank_allocations (id, company_id, line_id, amount_tiyin, automatic, created_at) values ($1, $2, $3, $4, $5, $6)",
        id,
        company,
        line.id,
        part.tiyin,
        how == How::Automatic,
        now
    )
    .execute(tx.conn())
    .await?;
    let taken = sqlx::query!(
        "update bank_lines set left_tiyin = left_tiyin - $3, state = case when left_tiyin = $3 then 'allocated' else state end
         where company_id = $1 and id = $2 and state = 'waiting' and left_tiyin >= $3",
        company,
        line.id,
        part.tiyin
    )
    .execute(tx.conn())
    .await?;
    if taken.rows_affected() != 1 {
        return Err(Code::IllegalTransition.into());
    }
    let (day, payer) = (line.received_on, property::some_text(Some(&line.payer)));
    let purpose: String = line.purpose.chars().take(500).collect();
    let note = property::some_text(Some(&purpose));
    let reference = if line.number.is_empty() { day.format("%d.%m.%Y").to_string() } else { line.number.clone() };
    let money = Incoming {
        source: PaymentSource::Bank,
        lies_on: Some(Book::Unallocated),
        kassa: None,
        provider_id: Some(id),
        reference: &reference,
        account_id: part.account,
        bill_id: None,
        amount: Money::from_tiyin(part.tiyin),
        paid_at: noon(tx, day).await?,
        booked_on: (how == How::Automatic).then_some(day),
        payer: payer.as_deref(),
        note: note.as_deref(),
    };
    book::credit(tx, &money).await?;
    Ok(())
}

/// Gives the money of a line to one or several accounts; what is not given waits on. With a key, saying it twice is
/// saying it once.
///
/// # Errors
/// `illegal_transition` when nothing of it waits; `invalid` on `/parts/…/account` (`unknown`) and `/parts/…/amount`
/// (`out_of_range` when more is given than is left).
pub async fn allocate(
    ctx: &Ctx,
    actor: &Actor,
    id: BankLineId,
    command: &AllocateLine,
    key: Option<&idempotency::Key>,
) -> Result<BankLine> {
    let scope = actor.scope(P::PaymentsRecord)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    if let Some(key) = key
        && let idempotency::Claim::Done { body, .. } = idempotency::claim(&mut tx, key).await?
    {
        return Ok(serde_json::from_value(body)?);
    }
    let line = lock(&mut tx, id).await?;
    if line.state != LineState::Waiting {
        return Err(Code::IllegalTransition.into());
    }
    let parts = parts(&mut tx, &line, command).await?;
    // In one order, so that two who share money between the same accounts never wait for each other in a circle.
    let mut ordered = parts.clone();
    ordered.sort_by_key(|part| part.account);
    for part in ordered {
        give(&mut tx, &line, part, How::ByHand).await?;
    }
    let given: Vec<_> =
        command.parts.iter().zip(&parts).map(|(said, part)| given(said.account.trim(), part.tiyin)).collect();
    audit(&mut tx, "bank_line.allocate", id, json!({ "accounts": [null, given.join(", ")] })).await?;
    let line = lines::one(&mut tx, &scope, id).await?;
    if let Some(key) = key {
        idempotency::store(&mut tx, key, 200, &serde_json::to_value(&line)?).await?;
    }
    tx.commit().await?;
    Ok(line)
}

fn given(account: &str, tiyin: i64) -> String {
    format!("{account}: {}", Money::from_tiyin(tiyin))
}

/// The accounts and sums of a command, proven against what is left.
async fn parts(tx: &mut Tx, line: &Locked, command: &AllocateLine) -> Result<Vec<Part>> {
    let company = tx.actor().company_id().0;
    let mut left = line.left;
    let mut parts: Vec<Part> = Vec::with_capacity(command.parts.len());
    for (n, said) in command.parts.iter().enumerate() {
        let account = sqlx::query_scalar!(
            "select id from personal_accounts where company_id = $1 and number = $2",
            company,
            said.account.trim()
        )
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(|| Error::field(&format!("/parts/{n}/account"), "unknown"))?;
        if parts.iter().any(|part| part.account == account) {
            return Err(Error::field(&format!("/parts/{n}/account"), "twice"));
        }
        let tiyin = said.amount.map_or(left, Money::tiyin);
        if tiyin < 1 || tiyin > left {
            return Err(Error::field(&format!("/parts/{n}/amount"), "out_of_range"));
        }
        left -= tiyin;
        parts.push(Part { account, tiyin });
    }
    Ok(parts)
}

/// Puts what is left of a line aside: it is for no account. The money stays in the bank and on nobody's account.
///
/// # Errors
/// `illegal_transition` when nothing of it waits.
pub async fn set_aside(ctx: &Ctx, actor: &Actor, id: BankLineId, command: &SetAside) -> Result<BankLine> {
    let scope = actor.scope(P::PaymentsRecord)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let line = lock(&mut tx, id).await?;
    if line.state != LineState::Waiting {
        return Err(Code::IllegalTransition.into());
    }
    let reason = command.reason.trim();
    sqlx::query!(
        "update bank_lines set state = 'aside', aside_reason = $3 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        reason
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "amount": [null, Money::from_tiyin(line.left)], "reason": [null, reason] });
    audit(&mut tx, "bank_line.aside", id, changes).await?;
    let line = lines::one(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(line)
}

/// Takes back what was done with a line: its payments by reversing entries, its being put aside. All of it waits again.
///
/// # Errors
/// `illegal_transition` when nothing was done with it.
pub async fn release(ctx: &Ctx, actor: &Actor, id: BankLineId, command: &RefundPayment) -> Result<BankLine> {
    let scope = actor.scope(P::PaymentsRefund)?;
    actor.proves(Danger::Refund)?;
    validate::check(command)?;
    let reason = command.reason.trim();
    let mut tx = ctx.begin(actor).await?;
    // All payments before the line, as whoever refunds one of them does.
    let payments = sqlx::query_scalar!(
        "select p.id from payments p join bank_allocations a on a.company_id = p.company_id and a.id = p.provider_id
         where p.company_id = $1 and a.line_id = $2 and p.state = 'completed' order by p.account_id, p.id for update of p",
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    for payment in &payments {
        book::take_back(&mut tx, Which::Id((*payment).into()), reason).await?;
    }
    let line = lock(&mut tx, id).await?;
    if payments.is_empty() && line.state != LineState::Aside {
        return Err(Code::IllegalTransition.into());
    }
    sqlx::query!(
        "update bank_lines set state = 'waiting', aside_reason = null where company_id = $1 and id = $2 and state = 'aside'",
        scope.company(),
        id.0
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "amount": [null, Money::from_tiyin(line.left)], "reason": [null, reason] });
    audit(&mut tx, "bank_line.release", id, changes).await?;
    let line = lines::one(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(line)
}

/// A payment was taken back: when it came from a line of the bank, its money waits there again.
pub(in crate::payments) async fn released(tx: &mut Tx, allocation: Uuid) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "with undone as (
           update bank_allocations set undone_at = $3 where company_id = $1 and id = $2 and undone_at is null
           returning line_id, amount_tiyin
         )
         update bank_lines l set left_tiyin = l.left_tiyin + u.amount_tiyin,
           state = case when l.state = 'allocated' then 'waiting' else l.state end
         from undone u where l.company_id = $1 and l.id = u.line_id",
        company,
        allocation,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn audit(tx: &mut Tx, action: &str, id: BankLineId, changes: serde_json::Value) -> Result<()> {
    tx.audit(Entry { action, object_type: "bank_line", object_id: Some(id.0), changes }).await
}
