//! Brings a database to the current schema: ours, then the job queue's, then the queue's grants.

use crate::{Error, Result, jobs};
use platform::db::Db;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection, PgConnection, postgres::PgPoolOptions};

/// Name of the whole among advisory locks.
const LOCK: i64 = 0x6d69_6772_6174_6500;

/// Runs as the owner; safe to repeat and to run from several processes at once, of which one does it and the others wait.
pub async fn run(owner_url: &SecretString) -> Result<()> {
    let mut owner = PgConnection::connect(owner_url.expose_secret()).await?;
    // Goes with the connection.
    sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut owner).await?;
    Db::migrate(owner_url).await?;
    let pool = PgPoolOptions::new().max_connections(1).connect(owner_url.expose_secret()).await?;
    graphile_worker::WorkerUtils::new(pool.clone(), jobs::SCHEMA)
        .migrate()
        .await
        .map_err(|e| Error::internal("job queue migration", e))?;
    pool.close().await;
    sqlx::raw_sql(GRANTS).execute(&mut owner).await?;
    owner.close().await?;
    Ok(())
}

/// What [`run`] makes of an empty database, as bytes to compare: the same bytes, the same schema.
#[must_use]
pub fn schema() -> Vec<u8> {
    [Db::schema().as_slice(), GRANTS.as_bytes()].concat()
}

/// The queue's tables have row level security without policies: only their owner would see a job.
const GRANTS: &str = "
grant usage on schema graphile_worker to uk_app, uk_system;
grant select, insert, update, delete on all tables in schema graphile_worker to uk_app, uk_system;
grant usage, select, update on all sequences in schema graphile_worker to uk_app, uk_system;
grant execute on all functions in schema graphile_worker to uk_app, uk_system;
do $$ declare t record; begin
  for t in select c.oid::regclass as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname = 'graphile_worker' and c.relrowsecurity
             and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'serve')
  loop execute format('create policy serve on %s to uk_app, uk_system using (true) with check (true)', t.name); end loop;
end $$;";
