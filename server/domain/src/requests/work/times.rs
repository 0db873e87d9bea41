//! The clocks of the work, and time entered by hand.

use crate::{Error, Result, Tx, requests::queries};
use chrono::TimeDelta;
use model::{RequestId, UserId};
use platform::ids::new_id;
use serde_json::{Value, json};

/// The minutes of whoever records them, or of a colleague: then the line keeps who wrote it down.
pub(super) async fn add_time(
    tx: &mut Tx,
    id: RequestId,
    minutes: i32,
    note: Option<String>,
    of: Option<UserId>,
) -> Result<Value> {
    let (company, me, who, now) =
        (tx.actor().company_id().0, tx.actor().user()?, tx.actor().name().to_owned(), tx.now());
    let (user, name, entered_by) = match of.filter(|user| *user != me) {
        Some(user) => {
            let name = queries::assignee(tx, user).await?.ok_or_else(|| Error::field("/user_id", "unknown"))?;
            (user, name, Some(who))
        }
        None => (me, who, None),
    };
    sqlx::query!(
        "insert into request_times (id, company_id, request_id, user_id, by_name, by_hand, started_at, minutes, note, entered_by)
         values ($1, $2, $3, $4, $5, true, $6, $7, $8, $9)",
        new_id(),
        company,
        id.0,
        user.0,
        name,
        now - TimeDelta::minutes(i64::from(minutes)),
        minutes,
        note,
        entered_by
    )
    .execute(tx.conn())
    .await?;
    Ok(match entered_by {
        Some(_) => json!({ "minutes": [null, minutes], "assignee": [null, name] }),
        None => json!({ "minutes": [null, minutes] }),
    })
}

/// One clock for each pair of hands: one that runs elsewhere stops.
pub(super) async fn start_timer(tx: &mut Tx, id: RequestId) -> Result<Value> {
    let (company, user, who, now) =
        (tx.actor().company_id().0, tx.actor().user()?, tx.actor().name().to_owned(), tx.now());
    sqlx::query!(
        "update request_times set minutes = least(14400, greatest(1, ceil(extract(epoch from $3 - started_at) / 60)))::int
         where company_id = $1 and user_id = $2 and minutes is null and request_id <> $4",
        company,
        user.0,
        now,
        id.0
    )
    .execute(tx.conn())
    .await?;
    // A second press finds the clock running.
    sqlx::query!(
        "insert into request_times (id, company_id, request_id, user_id, by_name, by_hand, started_at)
         values ($1, $2, $3, $4, $5, false, $6) on conflict (company_id, user_id) where minutes is null do nothing",
        new_id(),
        company,
        id.0,
        user.0,
        who,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(json!({ "timer": [false, true] }))
}

/// Stops the clocks of a request, or only somebody's; tells how many minutes they counted.
pub(super) async fn stop_timers(tx: &mut Tx, id: RequestId, user: Option<UserId>) -> Result<i64> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let stopped = sqlx::query_scalar!(
        r#"update request_times set minutes = least(14400, greatest(1, ceil(extract(epoch from $3 - started_at) / 60)))::int
           where company_id = $1 and request_id = $2 and minutes is null and ($4::uuid is null or user_id = $4)
           returning minutes as "minutes!""#,
        company,
        id.0,
        now,
        user.map(|u| u.0)
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(stopped.into_iter().map(i64::from).sum())
}
