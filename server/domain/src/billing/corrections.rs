//! A sum booked on an account by hand, against income or against another account: at once, or after a second person's word.

use super::{live, rules};
use crate::{
    Actor, Ctx, Error, Result, Scope, Tx,
    error::word,
    idempotency,
    ledger::{self, Book, Line, NewEntry, Source},
    property::{some_text, today},
};
use chrono::NaiveDate;
use model::{
    AccountId, Code, CorrectionId, Money, Permission as P, ServiceId,
    auth::Danger,
    billing::{CorrectionRow, NewCorrection, RecalculationState as State},
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use uuid::Uuid;

/// Those of an account, on either side, or one of them: what waits for a word first, then the newest.
pub(super) async fn of(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountId,
    only: Option<CorrectionId>,
) -> Result<Vec<CorrectionRow>> {
    let me = tx.actor().user_id().map(|u| u.0);
    let rows = sqlx::query!(
        r#"select c.id, case when c.account_id = $2 then c.amount_tiyin else -c.amount_tiyin end as "amount!",
             s.name_ru as "name_ru?", s.name_uz as "name_uz?", s.name_en as "name_en?", a.number as "other?", c.booked_on, c.state,
             c.reason, c.created_by_name, c.created_by is not distinct from $3::uuid as "own!", c.decided_by_name, c.created_at
           from corrections c left join services s on s.company_id = c.company_id and s.id = c.service_id
           left join personal_accounts a on a.company_id = c.company_id
             and a.id = case when c.account_id = $2 then c.other_id else c.account_id end
           where c.company_id = $1 and (c.account_id = $2 or c.other_id = $2) and ($4::uuid is null or c.id = $4)
           order by (c.state = 'waiting') desc, c.created_at desc, c.id desc limit 100"#,
        scope.company(),
        account.0,
        me,
        only.map(|id| id.0)
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(CorrectionRow {
                id: r.id.into(),
                amount: Money::from_tiyin(r.amount),
                service: super::maybe_name(r.name_ru, r.name_uz, r.name_en),
                other: r.other,
                booked_on: r.booked_on,
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

/// Books a sum on an account; a repeat with the same key answers the same and books nothing. Over the company's limit it waits for [`decide_correction`].
///
/// # Errors
/// `not_found` when the account is not the company's; `invalid` on `/other` and `/service_id` when there is no such one, on
/// `/booked_on` (`in_future`); `back_dating` on a past day without that right; `period_closed`.
pub async fn correct(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    command: &NewCorrection,
    key: Option<&idempotency::Key>,
) -> Result<CorrectionRow> {
    let scope = actor.scope(P::LedgerCorrect)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    if let Some(key) = key
        && let idempotency::Claim::Done { body, .. } = idempotency::claim(&mut tx, key).await?
    {
        return Ok(serde_json::from_value(body)?);
    }
    sqlx::query!("select id from personal_accounts where company_id = $1 and id = $2", scope.company(), account.0)
        .fetch_one(tx.conn())
        .await?;
    let other = other_side(&mut tx, &scope, account, command).await?;
    if let Some(day) = command.booked_on {
        may_book_on(&mut tx, day).await?;
    }
    let limit = rules::load(&mut tx).await?.approve_over.tiyin();
    let state = if command.amount.tiyin().abs() > limit { State::Waiting } else { State::Booked };
    let day = match state {
        State::Booked => Some(command.booked_on.unwrap_or(today(&mut tx).await?)),
        State::Waiting | State::Refused => command.booked_on,
    };
    let (id, now, reason) = (CorrectionId(new_id()), tx.now(), command.reason.trim());
    sqlx::query!(
        "insert into corrections (id, company_id, account_id, other_id, service_id, amount_tiyin, booked_on, reason, state,
           created_at, created_by, created_by_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id.0,
        scope.company(),
        account.0,
        other.map(|o| o.0),
        command.service_id.map(|s| s.0),
        command.amount.tiyin(),
        day,
        reason,
        state.as_str(),
        now,
        actor.user_id().map(|u| u.0),
        actor.name()
    )
    .execute(tx.conn())
    .await?;
    if let (State::Booked, Some(day)) = (state, day) {
        let what = What { id, account, other, service: command.service_id, amount: command.amount, reason };
        book(&mut tx, &what, day).await?;
    }
    let said = json!({ "command": command, "state": state });
    for account in [Some(account), other].into_iter().flatten() {
        tx.record("account.correct", "account", account.0, None, Some(&said)).await?;
    }
    changed(&mut tx, account, other).await?;
    let row = one(&mut tx, &scope, account, id).await?;
    if let Some(key) = key {
        idempotency::store(&mut tx, key, 201, &serde_json::to_value(&row)?).await?;
    }
    tx.commit().await?;
    Ok(row)
}

/// The account with the other side, and whether the service is there.
async fn other_side(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountId,
    command: &NewCorrection,
) -> Result<Option<AccountId>> {
    if let Some(service) = command.service_id {
        if command.other.is_some() {
            return Err(Error::field("/service_id", "unknown"));
        }
        sqlx::query!(
            "select id from services where company_id = $1 and id = $2 and archived_at is null",
            scope.company(),
            service.0
        )
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(|| Error::field("/service_id", "unknown"))?;
    }
    let Some(number) = some_text(command.other.as_deref()) else { return Ok(None) };
    let other = sqlx::query_scalar!(
        "select id from personal_accounts where company_id = $1 and number = $2 and id <> $3",
        scope.company(),
        number,
        account.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Error::field("/other", "unknown"))?;
    Ok(Some(other.into()))
}

/// Said at once, not only when a second person has agreed.
async fn may_book_on(tx: &mut Tx, day: NaiveDate) -> Result<()> {
    let today = today(tx).await?;
    if day > today {
        return Err(Error::field("/booked_on", "in_future"));
    }
    if day < today && !tx.actor().role().can(P::LedgerBackdate) {
        return Err(Code::BackDating.into());
    }
    ledger::still_open(tx, ledger::month_of(day)).await
}

/// What is booked.
struct What<'a> {
    id: CorrectionId,
    account: AccountId,
    other: Option<AccountId>,
    service: Option<ServiceId>,
    amount: Money,
    reason: &'a str,
}

async fn book(tx: &mut Tx, what: &What<'_>, booked_on: NaiveDate) -> Result<()> {
    let less =
        Money::ZERO.checked_sub(what.amount).ok_or_else(|| Error::internal("ledger", "a sum that no number holds"))?;
    let line = |book, account, amount| Line { book, account, service: what.service, kassa: None, amount };
    let against = match what.other {
        Some(other) => line(Book::Receivable, Some(other), less),
        None => line(Book::Income, None, less),
    };
    let entry = NewEntry {
        source: Source::Correction,
        source_id: what.id.0,
        period: ledger::month_of(booked_on),
        booked_on,
        reason: Some(what.reason.to_owned()),
        lines: vec![line(Book::Receivable, Some(what.account), what.amount), against],
    };
    ledger::post(tx, entry).await?;
    Ok(())
}

/// The word of a second person about a large one: booked on its day, or refused.
///
/// # Errors
/// `second_person` for whoever asked for it; `illegal_transition` when somebody has decided; `not_found`; `back_dating` and
/// `period_closed` by the day that was asked for.
pub async fn decide_correction(ctx: &Ctx, actor: &Actor, id: CorrectionId, approve: bool) -> Result<CorrectionRow> {
    let scope = actor.scope(P::LedgerApprove)?;
    if approve {
        actor.proves(Danger::Reversal)?;
    }
    let mut tx = ctx.begin(actor).await?;
    let known = sqlx::query!(
        "select account_id, other_id, service_id, amount_tiyin, booked_on, reason, state, created_by from corrections
         where company_id = $1 and id = $2 for update",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if word::<State>(&known.state)? != State::Waiting {
        return Err(Code::IllegalTransition.into());
    }
    let user = actor.user()?;
    if known.created_by == Some(user.0) {
        return Err(Code::SecondPerson.into());
    }
    let (account, other) = (AccountId(known.account_id), known.other_id.map(AccountId));
    let (state, day) = if approve {
        (State::Booked, Some(known.booked_on.unwrap_or(today(&mut tx).await?)))
    } else {
        (State::Refused, known.booked_on)
    };
    decided(&mut tx, id, state, day, user.0).await?;
    if let (State::Booked, Some(day)) = (state, day) {
        let what = What {
            id,
            account,
            other,
            service: known.service_id.map(Into::into),
            amount: Money::from_tiyin(known.amount_tiyin),
            reason: &known.reason,
        };
        book(&mut tx, &what, day).await?;
    }
    let (before, after) = (json!({ "state": known.state }), json!({ "state": state }));
    for account in [Some(account), other].into_iter().flatten() {
        tx.record("account.correction_decided", "account", account.0, Some(&before), Some(&after)).await?;
    }
    changed(&mut tx, account, other).await?;
    let row = one(&mut tx, &scope, account, id).await?;
    tx.commit().await?;
    Ok(row)
}

async fn decided(tx: &mut Tx, id: CorrectionId, state: State, day: Option<NaiveDate>, by: Uuid) -> Result<()> {
    let (company, now, name) = (tx.actor().company_id().0, tx.now(), tx.actor().name().to_owned());
    sqlx::query!(
        "update corrections set state = $3, booked_on = $4, decided_at = $5, decided_by = $6, decided_by_name = $7
         where company_id = $1 and id = $2",
        company,
        id.0,
        state.as_str(),
        day,
        now,
        by,
        name
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn changed(tx: &mut Tx, account: AccountId, other: Option<AccountId>) -> Result<()> {
    live::account_changed(tx, account).await?;
    match other {
        Some(other) => live::account_changed(tx, other).await,
        None => Ok(()),
    }
}

async fn one(tx: &mut Tx, scope: &Scope, account: AccountId, id: CorrectionId) -> Result<CorrectionRow> {
    of(tx, scope, account, Some(id)).await?.pop().ok_or_else(|| Code::NotFound.into())
}
