//! What debtors promised, and what they were told.

use crate::{Actor, Ctx, Error, Result, Scope, Tx, billing, error::word, property::today, staff::trimmed};
use model::{
    AccountId, Money, Permission as P,
    billing::{NewPromise, PromiseRow, ReminderRow},
    validate,
};
use platform::ids::new_id;
use serde_json::json;

/// Notes that they promise to pay by a day. Until it is over nobody reminds them; the newest promise counts.
///
/// # Errors
/// `not_found` when the account is not the company's; `invalid` on `/on` when the day is past or a year away.
pub async fn promise(ctx: &Ctx, actor: &Actor, account: AccountId, command: &NewPromise) -> Result<PromiseRow> {
    let scope = actor.scope(P::DebtsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let day = today(&mut tx).await?;
    if command.on < day {
        return Err(Error::field("/on", "in_past"));
    }
    if (command.on - day).num_days() > 366 {
        return Err(Error::field("/on", "out_of_range"));
    }
    let (now, note) = (tx.now(), trimmed(command.note.clone()));
    sqlx::query!(
        "insert into debt_promises (id, company_id, account_id, promised_on, note, created_at, created_by, created_by_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        new_id(),
        scope.company(),
        account.0,
        command.on,
        note,
        now,
        actor.user_id().map(|u| u.0),
        actor.name()
    )
    .execute(tx.conn())
    .await
    .map_err(billing::foreign)?;
    let changes = json!({ "on": [null, command.on], "note": [null, note] });
    tx.audit(crate::audit::Entry {
        action: "account.promise",
        object_type: "account",
        object_id: Some(account.0),
        changes,
    })
    .await?;
    billing::live::account_changed(&mut tx, account).await?;
    tx.commit().await?;
    Ok(PromiseRow { on: command.on, note, author: actor.name().to_owned(), at: now })
}

/// The promises of an account, the newest first.
pub(crate) async fn promises(tx: &mut Tx, scope: &Scope, account: AccountId) -> Result<Vec<PromiseRow>> {
    let rows = sqlx::query!(
        "select promised_on, note, created_by_name, created_at from debt_promises where company_id = $1 and account_id = $2
         order by created_at desc, id desc limit 50",
        scope.company(),
        account.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| PromiseRow { on: r.promised_on, note: r.note, author: r.created_by_name, at: r.created_at })
        .collect())
}

/// What an account was told of its debts, the newest first.
pub(crate) async fn reminders(tx: &mut Tx, scope: &Scope, account: AccountId) -> Result<Vec<ReminderRow>> {
    let rows = sqlx::query!(
        "select step, kind, sent_at, debt_tiyin, days_late, roads, created_by_name from reminders where company_id = $1 and account_id = $2
         order by sent_at desc, id desc limit 100",
        scope.company(),
        account.0
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(ReminderRow {
                step: r.step,
                kind: word(&r.kind)?,
                at: r.sent_at,
                debt: Money::from_tiyin(r.debt_tiyin),
                days_late: r.days_late,
                roads: r.roads.iter().map(|road| word(road)).collect::<Result<_>>()?,
                author: r.created_by_name,
            })
        })
        .collect()
}
