//! News about money for the pages that show it.

use crate::{Result, Tx, events::Audience};
use chrono::NaiveDate;
use model::{AccountId, Code, RunId, events::Event};
use uuid::Uuid;

/// Something about one account is new: for the desk, and for who lives there now.
pub(crate) async fn account_changed(tx: &mut Tx, account: AccountId) -> Result<()> {
    let company = tx.actor().company_id().0;
    let place = sqlx::query!(
        r#"select u.id, u.building_id, array(select r.contact_id from residencies r
             where r.company_id = $1 and r.unit_id = u.id and r.until_on is null) as "residents!"
           from personal_accounts a join units u on u.company_id = a.company_id and u.id = a.unit_id
           where a.company_id = $1 and a.id = $2"#,
        company,
        account.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::NotFound)?;
    let audience = Audience::of_home(place.building_id.into(), place.id.into(), place.residents);
    tx.emit(&Event::AccountChanged { account_id: account }, &audience).await
}

/// What a run did with some houses: for the desk, and for everybody who lives there.
pub(crate) async fn charged(
    tx: &mut Tx,
    run_id: RunId,
    period: NaiveDate,
    houses: &[Uuid],
    undone: bool,
) -> Result<()> {
    let Some(audience) = Audience::of_houses(houses) else { return Ok(()) };
    let event = match undone {
        false => Event::ChargesPosted { run_id, period },
        true => Event::ChargesUndone { run_id, period },
    };
    tx.emit(&event, &audience).await
}
