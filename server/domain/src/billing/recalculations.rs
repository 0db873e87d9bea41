//! Taking off what was charged for days of absence or poor quality: booked at once, or after a second person's word.

use super::{live, rules};
use crate::{
    Actor, Ctx, Error, Result, Scope, Tx,
    error::word,
    ledger::{self, Book, Line, NewEntry, Source},
    property::today,
};
use model::{
    AccountId, Code, Money, Permission as P, RecalculationId, ServiceId,
    auth::Danger,
    billing::{NewRecalculation, RecalculationRow, RecalculationState, recalculated},
    validate,
};
use platform::ids::new_id;
use serde_json::json;

/// Those of an account, the newest first.
pub(super) async fn of(tx: &mut Tx, scope: &Scope, account: AccountId) -> Result<Vec<RecalculationRow>> {
    let me = tx.actor().user_id().map(|u| u.0);
    let rows = sqlx::query!(
        r#"select r.id, s.name_ru, s.name_uz, s.name_en, r.from_on, r.to_on, r.percent_bp, r.month_days, r.charged_tiyin, r.amount_tiyin, r.state,
             r.reason, r.created_by_name, r.created_by is not distinct from $3::uuid as "own!", r.decided_by_name, r.created_at
           from recalculations r join services s on s.company_id = r.company_id and s.id = r.service_id
           where r.company_id = $1 and r.account_id = $2 order by r.created_at desc, r.id desc limit 100"#,
        scope.company(),
        account.0,
        me
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(RecalculationRow {
                id: r.id.into(),
                service: super::name(r.name_ru, r.name_uz, r.name_en),
                from: r.from_on,
                to: r.to_on,
                percent_bp: r.percent_bp,
                month_days: r.month_days,
                charged: Money::from_tiyin(r.charged_tiyin),
                amount: Money::from_tiyin(r.amount_tiyin),
                state: word(&r.state)?,
                reason: r.reason,
                author: r.created_by_name,
                own: r.own,
                decided_by: r.decided_by_name,
                created_at: r.created_at,
            })
        })
        .collect()
}

/// Takes off a part of what a month was charged. Over the company's limit it waits for [`decide_recalculation`].
///
/// # Errors
/// `not_found` when the account is not the company's; `invalid` on `/service_id` (`not_charged`) when the service was
/// not charged in that month, on `/to` when the days are not in order or not of one month, on `/percent_bp` when more
/// would be taken off than was charged.
pub async fn recalculate(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    command: &NewRecalculation,
) -> Result<RecalculationRow> {
    let scope = actor.scope(P::LedgerCorrect)?;
    validate::check(command)?;
    let period = ledger::month_of(command.from);
    if command.to < command.from || ledger::month_of(command.to) != period {
        return Err(Error::field("/to", "out_of_range"));
    }
    let mut tx = ctx.begin(actor).await?;
    // One at a time for an account: together they never take off more than was charged.
    sqlx::query!(
        "select id from personal_accounts where company_id = $1 and id = $2 for update",
        scope.company(),
        account.0
    )
    .fetch_one(tx.conn())
    .await?;
    let line = sqlx::query!(
        r#"select l.amount_tiyin, l.month_days, (select coalesce(sum(r.amount_tiyin), 0)::bigint from recalculations r where r.company_id = $1
             and r.account_id = $2 and r.service_id = $3 and r.period = $4 and r.state <> 'refused') as "off!"
           from charge_lines l where l.company_id = $1 and l.account_id = $2 and l.service_id = $3 and l.period = $4 and l.undone_at is null"#,
        scope.company(),
        account.0,
        command.service_id.0,
        period
    )
    .fetch_optional(tx.conn())
    .await?
    .filter(|line| line.amount_tiyin > 0)
    .ok_or_else(|| Error::field("/service_id", "not_charged"))?;
    let days = (command.to - command.from).num_days() + 1;
    let charged = Money::from_tiyin(line.amount_tiyin);
    let amount = recalculated(charged, days, i64::from(line.month_days), command.percent_bp)
        .filter(|sum| *sum > Money::ZERO && sum.tiyin() <= line.amount_tiyin - line.off)
        .ok_or_else(|| Error::field("/percent_bp", "out_of_range"))?;
    let limit = rules::load(&mut tx).await?.approve_over.tiyin();
    let state = if amount.tiyin() > limit { RecalculationState::Waiting } else { RecalculationState::Booked };
    let (id, now) = (RecalculationId(new_id()), tx.now());
    sqlx::query!(
        "insert into recalculations (id, company_id, account_id, service_id, period, from_on, to_on, percent_bp, month_days, charged_tiyin,
           amount_tiyin, reason, state, created_at, created_by, created_by_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        id.0,
        scope.company(),
        account.0,
        command.service_id.0,
        period,
        command.from,
        command.to,
        command.percent_bp,
        line.month_days,
        charged.tiyin(),
        amount.tiyin(),
        command.reason.trim(),
        state.as_str(),
        now,
        actor.user_id().map(|u| u.0),
        actor.name()
    )
    .execute(tx.conn())
    .await?;
    if state == RecalculationState::Booked {
        book(&mut tx, id, account, command.service_id, amount, command.reason.trim()).await?;
    }
    tx.record(
        "account.recalculate",
        "account",
        account.0,
        None,
        Some(&json!({ "command": command, "amount": amount, "state": state })),
    )
    .await?;
    live::account_changed(&mut tx, account).await?;
    let row = of(&mut tx, &scope, account).await?.into_iter().find(|r| r.id == id).ok_or(Code::NotFound)?;
    tx.commit().await?;
    Ok(row)
}

/// Books it today: closed months stay as they are.
async fn book(
    tx: &mut Tx,
    id: RecalculationId,
    account: AccountId,
    service: ServiceId,
    amount: Money,
    reason: &str,
) -> Result<()> {
    let booked_on = today(tx).await?;
    let off = Money::ZERO.checked_sub(amount).ok_or_else(|| Error::internal("ledger", "a sum that no number holds"))?;
    let line = |book, account, amount| Line { book, account, service: Some(service), kassa: None, amount };
    let entry = NewEntry {
        source: Source::Correction,
        source_id: id.0,
        period: ledger::month_of(booked_on),
        booked_on,
        reason: Some(reason.to_owned()),
        lines: vec![line(Book::Receivable, Some(account), off), line(Book::Income, None, amount)],
    };
    ledger::post(tx, entry).await?;
    Ok(())
}

/// The word of a second person about a large one: booked today, or refused.
///
/// # Errors
/// `second_person` for whoever asked for it; `illegal_transition` when somebody has decided; `not_found`.
pub async fn decide_recalculation(
    ctx: &Ctx,
    actor: &Actor,
    id: RecalculationId,
    approve: bool,
) -> Result<RecalculationRow> {
    let scope = actor.scope(P::LedgerApprove)?;
    if approve {
        actor.proves(Danger::Reversal)?;
    }
    let mut tx = ctx.begin(actor).await?;
    let known = sqlx::query!(
        "select account_id, service_id, amount_tiyin, reason, state, created_by from recalculations where company_id = $1 and id = $2 for update",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if word::<RecalculationState>(&known.state)? != RecalculationState::Waiting {
        return Err(Code::IllegalTransition.into());
    }
    let user = actor.user()?;
    if known.created_by == Some(user.0) {
        return Err(Code::SecondPerson.into());
    }
    let state = if approve { RecalculationState::Booked } else { RecalculationState::Refused };
    let (account, now) = (AccountId(known.account_id), tx.now());
    sqlx::query!(
        "update recalculations set state = $3, decided_at = $4, decided_by = $5, decided_by_name = $6 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        state.as_str(),
        now,
        user.0,
        actor.name()
    )
    .execute(tx.conn())
    .await?;
    if approve {
        let amount = Money::from_tiyin(known.amount_tiyin);
        book(&mut tx, id, account, known.service_id.into(), amount, &known.reason).await?;
    }
    let (before, after) = (json!({ "state": known.state }), json!({ "state": state }));
    tx.record("account.recalculation_decided", "account", account.0, Some(&before), Some(&after)).await?;
    live::account_changed(&mut tx, account).await?;
    let row = of(&mut tx, &scope, account).await?.into_iter().find(|r| r.id == id).ok_or(Code::NotFound)?;
    tx.commit().await?;
    Ok(row)
}
