//! What the payer is told.

use crate::{
    Actor, Ctx, Result, ledger,
    notices::{Notice, Recipient},
};
use model::{
    Code, PaymentId, Permission as P,
    notices::{NoticeKind, NoticeObject},
};
use serde_json::json;

/// Tells the people of a flat that their money has come, or was given back, and what is owed now. Twice is once.
///
/// # Errors
/// `not_found` when there is no such payment.
pub async fn tell(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<()> {
    let scope = actor.scope(P::PaymentsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let row = sqlx::query!(
        r#"select p.account_id, p.account_number, p.amount_tiyin, p.state,
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
    let balance = ledger::balance(&mut tx, row.account_id.into()).await?;
    let notice = Notice {
        kind: NoticeKind::Payment,
        key: format!("payment:{id}:{}", row.state),
        to: row.contacts.into_iter().map(|contact| Recipient::Resident(contact.into())).collect(),
        about: Some((NoticeObject::Payment, id.0)),
        facts: json!({
            "state": row.state, "account": row.account_number, "sum": row.amount_tiyin, "balance": balance.tiyin(),
        }),
        urgent: false,
        wish: None,
    };
    tx.notify(&notice).await?;
    tx.commit().await
}
