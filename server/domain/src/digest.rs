//! The figures of yesterday, told to the managers of a company in the morning.

use crate::{
    Actor, Ctx, Result, Tx,
    notices::{self, Notice, Recipient},
};
use chrono::{DateTime, Days, NaiveDate, TimeZone, Timelike, Utc};
use model::notices::NoticeKind;
use serde_json::{Value, json};

/// From this hour of the company's day on it is told, and until that one it still says something.
const HOURS: std::ops::Range<u32> = 8..12;

/// Tells the managers of every company where it is morning and who were not told yet; says how many people that were.
pub async fn run(ctx: &Ctx) -> Result<u64> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("the morning digest").await?;
    let companies = sqlx::query!(
        "select id, time_zone from companies c
         where exists (select from users u where u.company_id = c.id and u.role = 'admin' and u.blocked_at is null) order by id"
    )
    .fetch_all(&mut *tx)
    .await?;
    drop(tx);
    let mut told = 0;
    for company in companies {
        let here = now.with_timezone(&notices::zone(&company.time_zone));
        if !HOURS.contains(&here.hour()) {
            continue;
        }
        let (day, zone) = (here.date_naive() - Days::new(1), here.timezone());
        // A day that begins in a gap of the clock begins after it.
        let midnight = |day: NaiveDate| {
            (0..24).find_map(|hour| zone.from_local_datetime(&day.and_hms_opt(hour, 0, 0)?).earliest())
        };
        let (Some(from), Some(till)) = (midnight(day), midnight(here.date_naive())) else { continue };
        // One company's trouble is not the others'.
        match tell(ctx, &Actor::system(company.id.into()), day, from.to_utc(), till.to_utc()).await {
            Ok(people) => told += people,
            Err(error) => tracing::error!(%error, company = %company.id, "no morning digest"),
        }
    }
    Ok(told)
}

async fn tell(ctx: &Ctx, actor: &Actor, day: NaiveDate, from: DateTime<Utc>, till: DateTime<Utc>) -> Result<u64> {
    let company = actor.company_id().0;
    let mut tx = ctx.begin(actor).await?;
    let key = format!("{}:{day}", NoticeKind::Digest);
    let managers = sqlx::query_scalar!(
        "select u.id from users u where u.company_id = $1 and u.role = 'admin' and u.blocked_at is null
           and not exists (select from notices n where n.company_id = $1 and n.person_id = u.id and n.key = $2)
         order by u.id",
        company,
        key
    )
    .fetch_all(tx.conn())
    .await?;
    if managers.is_empty() {
        return Ok(0);
    }
    let facts = figures(&mut tx, day, from, till).await?;
    let to: Vec<Recipient> = managers.into_iter().map(|id| Recipient::Staff(id.into())).collect();
    let notice = Notice { kind: NoticeKind::Digest, key, to, about: None, facts, urgent: false, wish: None };
    let told = notices::tell(&mut tx, &notice).await?;
    tx.commit().await?;
    Ok(u64::try_from(told.people).unwrap_or(u64::MAX))
}

/// What was filed and finished on that day, what is late now, what was paid.
async fn figures(tx: &mut Tx, day: NaiveDate, from: DateTime<Utc>, till: DateTime<Utc>) -> Result<Value> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let row = sqlx::query!(
        r#"select
             (select count(*) from requests where company_id = $1 and created_at >= $2 and created_at < $3) as "filed!",
             (select count(*) from requests where company_id = $1 and completed_at >= $2 and completed_at < $3) as "done!",
             (select count(*) from requests where company_id = $1 and paused_since is null and pressing_at < $4
                and status in ('new', 'assigned', 'in_progress', 'deferred', 'returned')) as "overdue!",
             (select coalesce(sum(amount_tiyin), 0)::bigint from payments
                where company_id = $1 and booked_on = $5 and state = 'completed') as "paid!""#,
        company,
        from,
        till,
        now,
        day
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(json!({ "day": day, "filed": row.filed, "done": row.done, "overdue": row.overdue, "sum": row.paid }))
}
