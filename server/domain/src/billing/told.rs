//! Residents hear that a month was charged.

use crate::{
    Actor, Ctx, Result,
    jobs::TellBills,
    notices::{Notice, Recipient},
};
use chrono::Months;
use model::{
    Permission as P,
    notices::{NoticeKind, NoticeObject},
};
use serde_json::json;

/// Accounts told in one transaction.
const MOST: i64 = 200;

/// Tells the people of the next accounts of a run what they were charged, and queues the rest. A run that was taken back
/// meanwhile is no news; neither is a month long gone that is entered late.
pub async fn tell(ctx: &Ctx, job: &TellBills) -> Result<usize> {
    let actor = Actor::system(job.company_id);
    let scope = actor.scope(P::ChargesManage)?;
    let mut tx = ctx.begin(&actor).await?;
    let run = sqlx::query!(
        r#"select r.period, r.state, ($3::timestamptz at time zone c.time_zone)::date as "today!"
           from charge_runs r join companies c on c.id = r.company_id where r.company_id = $1 and r.id = $2"#,
        scope.company(),
        job.run_id.0,
        ctx.clock.now()
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(run) = run.filter(|run| run.state == "posted" && run.period + Months::new(3) > run.today) else {
        return Ok(0);
    };
    let accounts = sqlx::query!(
        r#"select l.account_id, a.number, sum(l.amount_tiyin)::bigint as "sum!",
             array(select h.contact_id from residencies h where h.company_id = $1 and h.unit_id = a.unit_id and h.until_on is null) as "contacts!"
           from charge_lines l join personal_accounts a on a.company_id = l.company_id and a.id = l.account_id
           where l.company_id = $1 and l.run_id = $2 and l.undone_at is null and ($3::uuid is null or l.account_id > $3)
           group by l.account_id, a.number, a.unit_id order by l.account_id limit $4"#,
        scope.company(),
        job.run_id.0,
        job.after,
        MOST
    )
    .fetch_all(tx.conn())
    .await?;
    let told = accounts.len();
    let mut last = job.after;
    for account in accounts {
        last = Some(account.account_id);
        let notice = Notice {
            kind: NoticeKind::Bill,
            key: format!("bill:{}:{}", job.run_id, account.account_id),
            to: account.contacts.into_iter().map(|contact| Recipient::Resident(contact.into())).collect(),
            about: Some((NoticeObject::Account, account.account_id)),
            facts: json!({ "run": job.run_id, "month": run.period, "sum": account.sum, "account": account.number }),
            urgent: false,
            wish: None,
        };
        tx.notify(&notice).await?;
    }
    if i64::try_from(told).is_ok_and(|told| told == MOST) {
        tx.enqueue(&TellBills { company_id: job.company_id, run_id: job.run_id, after: last }).await?;
    }
    tx.commit().await?;
    Ok(told)
}
