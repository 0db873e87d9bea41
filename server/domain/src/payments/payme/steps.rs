//! The methods, each in the caller's transaction. Locks are taken in one order: the transaction, the bill, the books.

use super::{
    rules::{self, CANCELLED, CREATED, PERFORMED, Stored, TIMED_OUT, Verdict},
    wire::{self, Fault, Method, Refusal, TIMEOUT_MS},
};
use crate::{
    Actor, Ctx, Result, Tx,
    payments::{
        accounts::{self, Target},
        book::{self, Incoming, Which},
        register::Kassa,
    },
};
use chrono::{DateTime, Utc};
use model::{
    Money,
    payments::{Fiscal, KassaMode, PaymentSource},
};
use platform::ids::new_id;
use serde_json::{Value, json};
use uuid::Uuid;

/// What the provider hears.
type Said = Result<Value, Refusal>;

pub(super) async fn run(tx: &mut Tx, kassa: &Kassa, method: &Method) -> Result<Said> {
    match method {
        Method::CheckPerform { amount, account } => check_perform(tx, kassa, *amount, account).await,
        Method::Create { id, time, amount, account } => create(tx, kassa, id, *time, *amount, account).await,
        Method::Perform { id } => perform(tx, kassa, id).await,
        Method::Cancel { id, reason } => cancel(tx, kassa, id, *reason).await,
        Method::Check { id } => check(tx, kassa, id).await,
        Method::Statement { from, to } => statement(tx, kassa, *from, *to).await,
        Method::Fiscal { id, cancel, data } => fiscal(tx, kassa, id, *cancel, data).await,
    }
}

fn ms(moment: DateTime<Utc>) -> i64 {
    moment.timestamp_millis()
}

/// Whether this account can be paid this sum; nothing is kept or reserved.
async fn check_perform(tx: &mut Tx, kassa: &Kassa, amount: i64, account: &Value) -> Result<Said> {
    let target = match admit(tx, kassa, amount, account, false).await? {
        Ok(target) => target,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Some(bill) = &target.bill {
        if bill.paid {
            return Ok(Err(Refusal::about(Fault::Paid, &kassa.account_field)));
        }
        if bill.holder.is_some() {
            return Ok(Err(Refusal::about(Fault::Busy, &kassa.account_field)));
        }
    }
    let mut answer = json!({ "allow": true, "additional": { "address": target.address } });
    if let Some(fiscal) = &kassa.fiscal {
        answer["detail"] = detail(fiscal, amount);
    }
    Ok(Ok(answer))
}

/// One line for the whole sum: no bill of several services is behind it.
pub(super) fn detail(fiscal: &Fiscal, amount: i64) -> Value {
    json!({ "receipt_type": 0, "items": [{
        "title": fiscal.title, "price": amount, "count": 1, "code": fiscal.code,
        "package_code": fiscal.package, "vat_percent": fiscal.vat_percent,
    }] })
}

/// The checks of `CheckPerformTransaction`, up to the sum.
async fn admit(
    tx: &mut Tx,
    kassa: &Kassa,
    amount: i64,
    account: &Value,
    lock: bool,
) -> Result<Result<Target, Refusal>> {
    let refuse = |fault| Ok(Err(Refusal::about(fault, &kassa.account_field)));
    if !kassa.open {
        return refuse(Fault::Shut);
    }
    let found = match wire::number_of(account, &kassa.account_field).filter(|_| wire::storable(account)) {
        Some(number) => accounts::find(tx, kassa, &number, lock).await?,
        None => None,
    };
    let Some(target) = found else { return refuse(Fault::NoAccount) };
    if target.closed {
        return refuse(Fault::Closed);
    }
    let good = match (kassa.mode, &target.bill) {
        (KassaMode::OneTime, Some(bill)) => bill.amount.tiyin() == amount,
        _ => (kassa.min.tiyin()..=kassa.max.tiyin()).contains(&amount),
    };
    Ok(if good { Ok(target) } else { Err(Refusal::new(Fault::Amount)) })
}

async fn create(tx: &mut Tx, kassa: &Kassa, id: &str, time: i64, amount: i64, account: &Value) -> Result<Said> {
    if let Some(stored) = lock(tx, kassa, id).await? {
        return again(tx, stored, time, amount, account).await;
    }
    let target = match admit(tx, kassa, amount, account, true).await? {
        Ok(target) => target,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let now = ms(tx.now());
    if rules::expired(time, now) {
        return Ok(Err(Refusal::new(Fault::State)));
    }
    if let Some(bill) = &target.bill {
        if bill.paid {
            return Ok(Err(Refusal::new(Fault::State)));
        }
        if bill.holder.is_some() {
            // The same call may have come twice at once: then the other one keeps the bill.
            return match lock(tx, kassa, id).await? {
                Some(stored) => again(tx, stored, time, amount, account).await,
                None => Ok(Err(Refusal::about(Fault::BusyAs(kassa.busy_code), &kassa.account_field))),
            };
        }
        give_up_late(tx, bill.id).await?;
    }
    let own = new_id();
    let made = sqlx::query!(
        "insert into payme_transactions (id, company_id, kassa_id, payme_id, payme_time, amount_tiyin, account,
           account_id, bill_id, state, create_time)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)
         on conflict (kassa_id, payme_id) do nothing returning number",
        own,
        kassa.company_id.0,
        kassa.id.0,
        id,
        time,
        amount,
        account,
        target.account_id,
        target.bill.as_ref().map(|bill| bill.id),
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(made) = made else {
        // Somebody was quicker with the same call; it is committed by now.
        return match lock(tx, kassa, id).await? {
            Some(stored) => again(tx, stored, time, amount, account).await,
            None => Ok(Err(Refusal::new(Fault::Failure))),
        };
    };
    if let Some(bill) = &target.bill {
        let until = DateTime::from_timestamp_millis(time.saturating_add(TIMEOUT_MS)).unwrap_or(tx.now());
        accounts::hold(tx, bill.id, own, until).await?;
    }
    Ok(Ok(created(now, made.number, CREATED)))
}

fn created(create_time: i64, number: i64, state: i16) -> Value {
    json!({ "create_time": create_time, "transaction": number.to_string(), "state": state })
}

async fn again(tx: &mut Tx, stored: Stored, time: i64, amount: i64, account: &Value) -> Result<Said> {
    Ok(match rules::create(&stored, time, amount, account, ms(tx.now())) {
        Verdict::Stored => Ok(created(stored.create_time, stored.number, stored.state)),
        Verdict::Expire(fault) => {
            give_up(tx, stored, TIMED_OUT).await?;
            Err(Refusal::new(fault))
        }
        Verdict::Refuse(fault) => Err(Refusal::new(fault)),
        Verdict::Credit | Verdict::Cancel(..) => Err(Refusal::new(Fault::Failure)),
    })
}

async fn perform(tx: &mut Tx, kassa: &Kassa, id: &str) -> Result<Said> {
    let Some(mut stored) = lock(tx, kassa, id).await? else { return Ok(Err(Refusal::new(Fault::NoTransaction))) };
    match rules::perform(&stored, ms(tx.now())) {
        Verdict::Refuse(fault) => return Ok(Err(Refusal::new(fault))),
        Verdict::Expire(fault) => {
            give_up(tx, stored, TIMED_OUT).await?;
            return Ok(Err(Refusal::new(fault)));
        }
        Verdict::Credit => {
            stored.state = PERFORMED;
            stored.perform_time = ms(tx.now()).max(stored.create_time);
            save(tx, &stored).await?;
            if let Some(bill) = stored.bill_id {
                accounts::settle(tx, bill).await?;
            }
            let money = Incoming {
                source: PaymentSource::Payme,
                lies_on: None,
                kassa: Some(kassa.id.0),
                provider_id: Some(stored.id),
                reference: &stored.payme_id,
                account_id: stored.account_id,
                bill_id: stored.bill_id,
                amount: Money::from_tiyin(stored.amount),
                paid_at: tx.now(),
                booked_on: None,
                payer: None,
                note: None,
            };
            book::credit(tx, &money).await?;
        }
        Verdict::Stored | Verdict::Cancel(..) => {}
    }
    Ok(Ok(json!({
        "transaction": stored.number.to_string(), "perform_time": stored.perform_time, "state": stored.state,
    })))
}

async fn cancel(tx: &mut Tx, kassa: &Kassa, id: &str, reason: i32) -> Result<Said> {
    let Some(mut stored) = lock(tx, kassa, id).await? else { return Ok(Err(Refusal::new(Fault::NoTransaction))) };
    match rules::cancel(&stored, reason, kassa.refundable, ms(tx.now())) {
        Verdict::Refuse(fault) => return Ok(Err(Refusal::new(fault))),
        Verdict::Cancel(CANCELLED, reason) => stored = give_up(tx, stored, reason).await?,
        Verdict::Cancel(state, reason) => {
            stored.state = state;
            stored.reason = Some(reason);
            stored.cancel_time = ms(tx.now()).max(stored.perform_time);
            save(tx, &stored).await?;
            give_back(tx, &stored, reason).await?;
        }
        Verdict::Stored | Verdict::Expire(_) | Verdict::Credit => {}
    }
    Ok(Ok(json!({
        "transaction": stored.number.to_string(), "cancel_time": stored.cancel_time, "state": stored.state,
    })))
}

/// Takes the credit back, unless the desk has done so already: then the provider only agrees.
async fn give_back(tx: &mut Tx, stored: &Stored, reason: i32) -> Result<()> {
    match book::take_back(tx, Which::Provider(stored.id), &format!("Payme: {reason}")).await {
        Ok(_) => Ok(()),
        Err(error) if error.code() == model::Code::IllegalTransition => Ok(()),
        Err(error) => Err(error),
    }
}

/// A transaction that will not be performed any more; its bill is free again.
async fn give_up(tx: &mut Tx, mut stored: Stored, reason: i32) -> Result<Stored> {
    stored.state = CANCELLED;
    stored.reason = Some(reason);
    stored.cancel_time = ms(tx.now()).max(stored.create_time);
    save(tx, &stored).await?;
    if let Some(bill) = stored.bill_id {
        accounts::release(tx, bill, stored.id).await?;
    }
    Ok(stored)
}

/// Whoever kept a bill longer than they may is cancelled before somebody else takes it.
async fn give_up_late(tx: &mut Tx, bill: Uuid) -> Result<()> {
    let company = tx.actor().company_id().0;
    let waiting = sqlx::query_as!(
        Stored,
        r#"select id, number, payme_id, payme_time, amount_tiyin as amount, account, account_id, bill_id, state,
             reason, create_time, perform_time, cancel_time, receivers
           from payme_transactions where company_id = $1 and bill_id = $2 and state = 1 for update"#,
        company,
        bill
    )
    .fetch_optional(tx.conn())
    .await?;
    if let Some(stored) = waiting {
        give_up(tx, stored, TIMED_OUT).await?;
    }
    Ok(())
}

async fn check(tx: &mut Tx, kassa: &Kassa, id: &str) -> Result<Said> {
    let Some(mut stored) = lock(tx, kassa, id).await? else { return Ok(Err(Refusal::new(Fault::NoTransaction))) };
    if stored.is_late(ms(tx.now())) {
        stored = give_up(tx, stored, TIMED_OUT).await?;
    }
    Ok(Ok(json!({
        "create_time": stored.create_time, "perform_time": stored.perform_time, "cancel_time": stored.cancel_time,
        "transaction": stored.number.to_string(), "state": stored.state, "reason": stored.reason,
    })))
}

/// Everything that was created in Payme between two moments, both included.
async fn statement(tx: &mut Tx, kassa: &Kassa, from: i64, to: i64) -> Result<Said> {
    let rows = sqlx::query_as!(
        Stored,
        r#"select id, number, payme_id, payme_time, amount_tiyin as amount, account, account_id, bill_id, state,
             reason, create_time, perform_time, cancel_time, receivers
           from payme_transactions where company_id = $1 and kassa_id = $2 and payme_time between $3 and $4
           order by payme_time, payme_id"#,
        kassa.company_id.0,
        kassa.id.0,
        from,
        to
    )
    .fetch_all(tx.conn())
    .await?;
    let rows: Vec<Value> = rows
        .into_iter()
        .map(|t| {
            json!({
                "id": t.payme_id, "time": t.payme_time, "amount": t.amount, "account": t.account,
                "create_time": t.create_time, "perform_time": t.perform_time, "cancel_time": t.cancel_time,
                "transaction": t.number.to_string(), "state": t.state, "reason": t.reason, "receivers": t.receivers,
            })
        })
        .collect();
    Ok(Ok(json!({ "transactions": rows })))
}

/// The receipt of the tax office. It changes neither state nor money.
async fn fiscal(tx: &mut Tx, kassa: &Kassa, id: &str, cancel: bool, data: &Value) -> Result<Said> {
    let (company, kassa) = (kassa.company_id.0, kassa.id.0);
    let known = sqlx::query_scalar!(
        "update payme_transactions set fiscal_perform = case when $4 then fiscal_perform else $5 end,
           fiscal_cancel = case when $4 then $5 else fiscal_cancel end
         where company_id = $1 and kassa_id = $2 and payme_id = $3 returning id",
        company,
        kassa,
        id,
        cancel,
        data
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(known) = known else { return Ok(Err(Refusal::new(Fault::NoReceipt))) };
    // Shown to the resident, so it must lead where a browser is safe; nothing is fetched from it.
    let url = data.get("qr_code_url").and_then(Value::as_str).filter(|u| u.starts_with("https://") && u.len() <= 500);
    if let Some(url) = url.filter(|_| !cancel) {
        sqlx::query!(
            "update payments set receipt_url = $3 where company_id = $1 and provider_id = $2",
            company,
            known,
            url
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(Ok(json!({ "success": true })))
}

/// The transaction of this kassa, kept from others until the end.
async fn lock(tx: &mut Tx, kassa: &Kassa, id: &str) -> Result<Option<Stored>> {
    Ok(sqlx::query_as!(
        Stored,
        r#"select id, number, payme_id, payme_time, amount_tiyin as amount, account, account_id, bill_id, state,
             reason, create_time, perform_time, cancel_time, receivers
           from payme_transactions where company_id = $1 and kassa_id = $2 and payme_id = $3 for update"#,
        kassa.company_id.0,
        kassa.id.0,
        id
    )
    .fetch_optional(tx.conn())
    .await?)
}

async fn save(tx: &mut Tx, stored: &Stored) -> Result<()> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "update payme_transactions set state = $3, reason = $4, perform_time = $5, cancel_time = $6
         where company_id = $1 and id = $2",
        company,
        stored.id,
        stored.state,
        stored.reason,
        stored.perform_time,
        stored.cancel_time
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Cancels what waited too long, some at a time; says how many.
pub(crate) async fn expire_due(ctx: &Ctx, most: i64) -> Result<usize> {
    let due = ms(ctx.clock.now()).saturating_sub(TIMEOUT_MS);
    let mut tx = ctx.db.begin_system("transactions of Payme that waited too long").await?;
    let rows: Vec<(Uuid, Uuid)> = sqlx::query!(
        "select company_id, id from payme_transactions where state = 1 and payme_time < $1 order by payme_time limit $2",
        due,
        most
    )
    .fetch_all(&mut *tx)
    .await?
    .into_iter()
    .map(|row| (row.company_id, row.id))
    .collect();
    drop(tx);
    let mut expired = 0;
    for (company, id) in rows {
        let mut tx = ctx.begin(&Actor::system(company.into())).await?;
        let stored = sqlx::query_as!(
            Stored,
            r#"select id, number, payme_id, payme_time, amount_tiyin as amount, account, account_id, bill_id, state,
                 reason, create_time, perform_time, cancel_time, receivers
               from payme_transactions where company_id = $1 and id = $2 for update"#,
            company,
            id
        )
        .fetch_optional(tx.conn())
        .await?;
        // Performed or cancelled meanwhile: then there is nothing left to do.
        if let Some(stored) = stored.filter(|stored| stored.is_late(ms(tx.now()))) {
            give_up(&mut tx, stored, TIMED_OUT).await?;
            expired += 1;
        }
        tx.commit().await?;
    }
    Ok(expired)
}
