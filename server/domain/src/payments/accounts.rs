//! What a payer may name: a personal account, or a bill. Looked up inside the kassa's own company and houses only.

use super::Kassa;
use crate::{Result, Tx, property};
use chrono::{DateTime, Utc};
use model::{Money, payments::KassaMode};
use uuid::Uuid;

/// Where the money of a call goes.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub account_id: Uuid,
    /// The account was closed, or the bill called off.
    pub closed: bool,
    pub bill: Option<Bill>,
    pub address: String,
}

/// A bill that is paid once.
#[derive(Clone, Debug)]
pub(super) struct Bill {
    pub id: Uuid,
    pub amount: Money,
    pub paid: bool,
    /// Who is paying it at this moment.
    pub holder: Option<Uuid>,
}

/// Longer is nobody's account.
const LONGEST: usize = 64;

/// Whether a text can be the number of an account or a bill at all.
pub(super) fn is_plain(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// What `text` names for this kassa; nothing when it is unknown here. A bill stays locked until the end of the
/// transaction when `lock` is set.
pub(super) async fn find(tx: &mut Tx, kassa: &Kassa, text: &str, lock: bool) -> Result<Option<Target>> {
    if !is_plain(text) {
        return Ok(None);
    }
    match kassa.mode {
        KassaMode::Accumulating => account(tx, kassa, text).await,
        KassaMode::OneTime => bill(tx, kassa, text, lock).await,
    }
}

async fn account(tx: &mut Tx, kassa: &Kassa, number: &str) -> Result<Option<Target>> {
    let row = sqlx::query!(
        r#"select a.id, a.closed_on, u.building_id, b.address || ', №' || u.number as "address!"
           from personal_accounts a
           join units u on u.company_id = a.company_id and u.id = a.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           where a.company_id = $1 and a.number = $2"#,
        kassa.company_id.0,
        number
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row.filter(|row| kassa.serves(row.building_id)) else { return Ok(None) };
    let closed = match row.closed_on {
        Some(day) => day <= property::today(tx).await?,
        None => false,
    };
    Ok(Some(Target { account_id: row.id, closed, bill: None, address: row.address }))
}

async fn bill(tx: &mut Tx, kassa: &Kassa, number: &str, lock: bool) -> Result<Option<Target>> {
    if lock {
        sqlx::query!(
            "select id from bills where company_id = $1 and number = $2 for update",
            kassa.company_id.0,
            number
        )
        .fetch_optional(tx.conn())
        .await?;
    }
    let now = tx.now();
    let row = sqlx::query!(
        r#"select i.id, i.account_id, i.amount_tiyin, i.state, i.holder, i.held_until, u.building_id,
             b.address || ', №' || u.number as "address!"
           from bills i
           join personal_accounts a on a.company_id = i.company_id and a.id = i.account_id
           join units u on u.company_id = a.company_id and u.id = a.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           where i.company_id = $1 and i.number = $2"#,
        kassa.company_id.0,
        number
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row.filter(|row| kassa.serves(row.building_id)) else { return Ok(None) };
    let held = row.held_until.is_some_and(|until| until > now);
    let bill = Bill {
        id: row.id,
        amount: Money::from_tiyin(row.amount_tiyin),
        paid: row.state == "paid",
        holder: row.holder.filter(|_| held),
    };
    Ok(Some(Target {
        account_id: row.account_id,
        closed: row.state == "cancelled",
        bill: Some(bill),
        address: row.address,
    }))
}

/// Keeps a bill for one transaction.
pub(super) async fn hold(tx: &mut Tx, bill: Uuid, holder: Uuid, until: DateTime<Utc>) -> Result<()> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "update bills set holder = $3, held_until = $4 where company_id = $1 and id = $2",
        company,
        bill,
        holder,
        until
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Lets a bill go that this transaction kept.
pub(super) async fn release(tx: &mut Tx, bill: Uuid, holder: Uuid) -> Result<()> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "update bills set holder = null, held_until = null where company_id = $1 and id = $2 and holder = $3",
        company,
        bill,
        holder
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The bill is paid. `false` when another payment was first.
pub(super) async fn settle(tx: &mut Tx, bill: Uuid) -> Result<bool> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let done = sqlx::query!(
        "update bills set state = 'paid', paid_at = $3, holder = null, held_until = null
         where company_id = $1 and id = $2 and state <> 'paid'",
        company,
        bill,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The money was given back: the bill waits again.
pub(super) async fn reopen(tx: &mut Tx, bill: Uuid) -> Result<()> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "update bills set state = 'open', paid_at = null where company_id = $1 and id = $2 and state = 'paid'",
        company,
        bill
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
