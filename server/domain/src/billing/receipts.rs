//! Bills and statements as they are printed: the numbers of the screen, whom the money goes to, who pays, and the way
//! to the page where it is paid. A house is printed by a task, receipt by receipt, as of one moment.

use super::{
    bills::{READ, month_of, statement_of},
    next_month,
};
use crate::{
    Actor, Ctx, Error, Result, Scope, Tx,
    audit::Entry,
    ledger, payments,
    property::today,
    tasks::{self, Beat, Running},
};
use chrono::NaiveDate;
use model::{
    AccountId, Money, Permission as P, Phone,
    billing::MonthBill,
    receipts::{Issuer, PrintReceipts, Receipt, StatementPaper},
    tasks::{TaskKind, TaskView},
    validate,
};
use serde_json::json;
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

/// Receipts made into one part of a file: enough that its fonts weigh little, few enough to be ready in a second or two.
const PART: usize = 40;

/// One month of an account as it is printed.
///
/// # Errors
/// `not_found` when the account is not the company's, or not of the caller's home.
pub async fn receipt(ctx: &Ctx, actor: &Actor, id: AccountId, period: NaiveDate) -> Result<Receipt> {
    let scope = actor.scope_any(&READ)?;
    let mut tx = ctx.begin(actor).await?;
    let bill = month_of(&mut tx, &scope, id, period).await?;
    let (issuer, day) = (issuer(&mut tx, &scope).await?, today(&mut tx).await?);
    printed(ctx, &mut tx, &scope, issuer, day, bill).await
}

/// Everything that moved an account between two days, as it is printed.
///
/// # Errors
/// As [`super::statement`].
pub async fn statement_paper(
    ctx: &Ctx,
    actor: &Actor,
    id: AccountId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<StatementPaper> {
    let scope = actor.scope_any(&READ)?;
    let mut tx = ctx.begin(actor).await?;
    let statement = statement_of(&mut tx, &scope, id, from, to).await?;
    let day = today(&mut tx).await?;
    let about = about(&mut tx, &scope, day, id).await?;
    Ok(StatementPaper {
        issuer: issuer(&mut tx, &scope).await?,
        account_id: id,
        number: about.number,
        address: about.address,
        payer: about.payer,
        printed_on: day,
        statement,
    })
}

/// Asks for the receipts of a house in one file; they are made in the background.
///
/// # Errors
/// `not_found` when the house is not the company's; `invalid` on `/building_id` when it had no account that month.
pub async fn start_receipts(ctx: &Ctx, actor: &Actor, command: &PrintReceipts) -> Result<TaskView> {
    let scope = actor.scope(P::PaymentsRead)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    house(&mut tx, &scope, command).await?;
    if accounts(&mut tx, &scope, command).await?.is_empty() {
        return Err(Error::field("/building_id", "not_charged"));
    }
    let command = PrintReceipts { lang: Some(command.lang.unwrap_or(actor.lang())), ..command.clone() };
    let id = tasks::start(&mut tx, TaskKind::Receipts, None, &serde_json::to_value(&command)?).await?;
    let task = tasks::view(&mut tx, id).await?;
    tx.commit().await?;
    Ok(task)
}

/// Reads the receipts of a house and sends them on, part by part, as fast as they are taken; the order is that of the
/// units as people count them. Returns the address of the house for the name of the file.
pub async fn read_receipts(
    ctx: &Ctx,
    run: &Running,
    command: &PrintReceipts,
    take: Sender<Vec<Receipt>>,
) -> Result<(Beat, String)> {
    let actor = run.actor();
    let scope = actor.scope(P::PaymentsRead)?;
    let mut tx = ctx.begin(actor).await?;
    // All receipts are of one moment.
    sqlx::query("set transaction isolation level repeatable read").execute(tx.conn()).await?;
    let address = house(&mut tx, &scope, command).await?;
    let ids = accounts(&mut tx, &scope, command).await?;
    let (issuer, day) = (issuer(&mut tx, &scope).await?, today(&mut tx).await?);
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let (mut done, total) = (0, count(ids.len()));
    for some in ids.chunks(PART) {
        let mut part = Vec::with_capacity(some.len());
        for id in some {
            let bill = month_of(&mut tx, &scope, *id, command.period).await?;
            part.push(printed(ctx, &mut tx, &scope, issuer.clone(), day, bill).await?);
        }
        let taken = take.send(part).await.is_ok();
        done += some.len();
        if run.tick(ctx, count(done), Some(total)).await? == Beat::Cancel {
            return Ok((Beat::Cancel, address));
        }
        // Whoever makes the file has failed and says why.
        if !taken {
            break;
        }
    }
    let changes = json!({ "rows": done, "period": ledger::month_of(command.period) });
    let house = Some(command.building_id.0);
    tx.audit(Entry { action: "building.print", object_type: "building", object_id: house, changes }).await?;
    tx.commit().await?;
    Ok((Beat::GoOn, address))
}

/// The address of a house of the company.
async fn house(tx: &mut Tx, scope: &Scope, command: &PrintReceipts) -> Result<String> {
    let address = sqlx::query_scalar!(
        "select address from buildings where company_id = $1 and id = $2",
        scope.company(),
        command.building_id.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(address)
}

/// The accounts that a house had in a month.
async fn accounts(tx: &mut Tx, scope: &Scope, command: &PrintReceipts) -> Result<Vec<AccountId>> {
    let month = ledger::month_of(command.period);
    let ids = sqlx::query_scalar!(
        "select a.id from personal_accounts a join units u on u.company_id = a.company_id and u.id = a.unit_id
         where a.company_id = $1 and u.building_id = $2 and a.opened_on < $4 and (a.closed_on is null or a.closed_on > $3)
         order by u.sort_key, u.id, a.number, a.id",
        scope.company(),
        command.building_id.0,
        month,
        next_month(month)?
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(AccountId).collect())
}

/// Whom the money goes to.
pub(crate) async fn issuer(tx: &mut Tx, scope: &Scope) -> Result<Issuer> {
    let row = sqlx::query!(
        "select name, legal_name, tax_id, bank_account, bank_name, bank_code, address, phone from companies where id = $1",
        scope.company()
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Issuer {
        name: row.name,
        legal_name: row.legal_name,
        tax_id: row.tax_id,
        bank_account: row.bank_account,
        bank_name: row.bank_name,
        bank_code: row.bank_code,
        address: row.address,
        phone: row.phone.as_deref().and_then(Phone::parse),
    })
}

/// What a paper says of an account beside its money.
pub(crate) struct About {
    number: String,
    address: String,
    pub closed: bool,
    balance: Money,
    pub payer: Option<String>,
}

pub(crate) async fn about(tx: &mut Tx, scope: &Scope, day: NaiveDate, id: AccountId) -> Result<About> {
    let row = sqlx::query!(
        r#"select a.number, b.address || ', №' || u.number as "address!", coalesce(a.closed_on <= $3, false) as "closed!",
             m.balance_tiyin, p.id as "payer_id?", p.name as "payer?"
           from personal_accounts a join units u on u.company_id = a.company_id and u.id = a.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           join account_balances m on m.company_id = a.company_id and m.account_id = a.id
           left join lateral (select c.id, c.name from residencies r
             join contacts c on c.company_id = r.company_id and c.id = r.contact_id
             where r.company_id = a.company_id and r.unit_id = a.unit_id and r.until_on is null
             order by r.relation <> 'owner', r.since_on, r.id limit 1) p on true
           where a.company_id = $1 and a.id = $2"#,
        scope.company(),
        id.0,
        day
    )
    .fetch_one(tx.conn())
    .await?;
    // Whoever rents a flat need not learn the whole name of its owner.
    let known = |payer: Uuid| scope.own_contact().is_none_or(|own| own.0 == payer);
    let payer = row.payer.zip(row.payer_id).map(|(name, id)| if known(id) { name } else { payments::mask(&name) });
    Ok(About {
        number: row.number,
        address: row.address,
        closed: row.closed,
        balance: Money::from_tiyin(row.balance_tiyin),
        payer,
    })
}

async fn printed(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &Scope,
    issuer: Issuer,
    day: NaiveDate,
    bill: MonthBill,
) -> Result<Receipt> {
    let about = about(tx, scope, day, bill.account_id).await?;
    let pay = if about.closed { None } else { Some(payments::mark(ctx, bill.account_id)?) };
    Ok(Receipt { issuer, bill, payer: about.payer, printed_on: day, balance: about.balance, pay })
}
