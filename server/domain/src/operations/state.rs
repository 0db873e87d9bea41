//! Messages, events, dependencies, the database.

use super::look;
use crate::{Ctx, Result, error::word};
use chrono::TimeDelta;
use model::operations::{DatabaseState, DeliveryCount, Dependency, DependencyName, OutboxLag, SlowQuery};
use platform::{pulse::Beat, sms::Sms};

/// Statements shown.
const SLOWEST: i64 = 10;
/// Letters of a statement that are shown.
const WORDS: i32 = 300;

/// Messages of the last 24 hours by channel, state and reason.
pub async fn deliveries(ctx: &Ctx) -> Result<Vec<DeliveryCount>> {
    let mut tx = look(ctx).await?;
    let rows = sqlx::query!(
        r#"select channel, state, case when state = 'failed' then split_part(error, ':', 1) end as reason,
             count(*) as "count!"
           from deliveries where created_at >= $1 group by 1, 2, 3 order by 1, 2, 4 desc"#,
        ctx.clock.now() - TimeDelta::hours(24)
    )
    .fetch_all(&mut *tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(DeliveryCount {
                channel: word(&row.channel)?,
                state: word(&row.state)?,
                reason: row.reason.and_then(|reason| reason.parse().ok()),
                count: row.count,
            })
        })
        .collect()
}

/// Events that the relay has not handed out.
pub async fn outbox(ctx: &Ctx) -> Result<OutboxLag> {
    let mut tx = look(ctx).await?;
    let row = sqlx::query!(
        r#"select count(*) as "waiting!", min(created_at) as oldest_at from outbox_events where seq is null"#
    )
    .fetch_one(&mut *tx)
    .await?;
    Ok(OutboxLag { waiting: row.waiting, oldest_at: row.oldest_at })
}

/// What is leaned on, as this process last met it. PostgreSQL is asked at once.
pub(super) async fn dependencies(ctx: &Ctx) -> Vec<Dependency> {
    use DependencyName as N;
    let now = ctx.clock.now();
    let database = match ctx.db.ping().await {
        Ok(()) => Beat { ok_at: Some(now), ..Beat::default() },
        Err(error) => Beat { failed_at: Some(now), error: Some(error.to_string()), ..Beat::default() },
    };
    let mut all = vec![(N::Postgres, database), (N::Files, ctx.blobs.pulse().read())];
    all.extend(ctx.mailer.as_ref().map(|mailer| (N::Mail, mailer.pulse().read())));
    all.extend(ctx.fcm.as_ref().map(|fcm| (N::Fcm, fcm.pulse().read())));
    let carriers = ctx.sms.iter().flat_map(Sms::carriers).map(|carrier| (carrier.name(), carrier.pulse().read()));
    let named = carriers.chain(ctx.pulses.read());
    all.extend(named.filter_map(|(name, beat)| Some((name.parse().ok()?, beat))));
    all.sort_by_key(|(name, _)| *name);
    let row =
        |(name, beat): (N, Beat)| Dependency { name, ok_at: beat.ok_at, failed_at: beat.failed_at, error: beat.error };
    all.into_iter().map(row).collect()
}

pub(super) async fn database(ctx: &Ctx) -> Result<DatabaseState> {
    let mut tx = look(ctx).await?;
    let size_bytes = sqlx::query_scalar!(r#"select database_size() as "size!""#).fetch_one(&mut *tx).await?;
    let counted = sqlx::query_scalar!(r#"select to_regclass('pg_stat_statements') is not null as "there!""#)
        .fetch_one(&mut *tx)
        .await?;
    // Others' statements are hidden from `uk_system`; the login itself sees those of its own connections.
    sqlx::query("set local role none").execute(&mut *tx).await?;
    // The statistics are an extension that not every installation has; else what takes long right now.
    let slowest = if counted {
        "select left(regexp_replace(query, '\\s+', ' ', 'g'), $2), calls, round(mean_exec_time)::bigint
         from pg_stat_statements s join pg_database d on d.oid = s.dbid
         where d.datname = current_database() and mean_exec_time >= 100
           and query <> '<insufficient privilege>'
         order by total_exec_time desc limit $1"
    } else {
        "select left(regexp_replace(query, '\\s+', ' ', 'g'), $2), null::bigint,
           round(extract(epoch from clock_timestamp() - query_start) * 1000)::bigint
         from pg_stat_activity
         where datname = current_database() and state = 'active' and pid <> pg_backend_pid()
           and backend_type = 'client backend' and clock_timestamp() - query_start > interval '1 second'
         order by query_start limit $1"
    };
    let rows: Vec<(String, Option<i64>, i64)> =
        sqlx::query_as(slowest).bind(SLOWEST).bind(WORDS).fetch_all(&mut *tx).await?;
    let load = ctx.db.load();
    Ok(DatabaseState {
        size_bytes,
        connections_busy: load.busy.into(),
        connections: load.open.into(),
        connections_max: load.most.into(),
        slow: rows.into_iter().map(|(text, calls, millis)| SlowQuery { text, calls, millis }).collect(),
    })
}
