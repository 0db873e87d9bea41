//! What the payer is told.

use crate::{Actor, Ctx, Result, ledger};
use model::{
    Code, ContactId, Money, PaymentId, Permission as P,
    payments::{PaymentSource, PaymentState},
};

/// A payment as the people of its flat hear of it.
#[derive(Clone, Debug)]
pub struct PaymentNotice {
    pub contacts: Vec<ContactId>,
    pub account: String,
    pub amount: Money,
    pub source: PaymentSource,
    pub state: PaymentState,
    /// Above zero is still owed.
    pub balance: Money,
    pub receipt_url: Option<String>,
}

/// What to say of a payment as it stands now.
///
/// # Errors
/// `not_found` when there is no such payment.
pub async fn notice(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<PaymentNotice> {
    let scope = actor.scope(P::PaymentsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let row = sqlx::query!(
        r#"select p.account_id, p.account_number, p.amount_tiyin, p.source, p.state, p.receipt_url,
             array(select r.contact_id from residencies r
               where r.company_id = $1 and r.unit_id = a.unit_id and r.until_on is null order by r.contact_id) as "contacts!"
           from payments p join personal_accounts a on a.company_id = p.company_id and a.id = p.account_id
           where p.company_id = $1 and p.id = $2"#,
        scope.company(),
        id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::NotFound)?;
    Ok(PaymentNotice {
        contacts: row.contacts.into_iter().map(Into::into).collect(),
        account: row.account_number,
        amount: Money::from_tiyin(row.amount_tiyin),
        source: crate::error::word(&row.source)?,
        state: crate::error::word(&row.state)?,
        balance: ledger::balance(&mut tx, row.account_id.into()).await?,
        receipt_url: row.receipt_url,
    })
}
