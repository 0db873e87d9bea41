//! The PostgreSQL pool and the ways to open a transaction. Nobody gets a bare connection: what a query may see is
//! decided when its transaction begins.

use std::str::FromStr;
use std::time::Duration;

use futures::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Role that serves: no owner, no BYPASSRLS.
const APP_ROLE: &str = "uk_app";
/// Longest wait for a free connection; then the caller answers 503.
const POOL_WAIT: Duration = Duration::from_secs(2);
/// Statements a connection keeps ready, of the thousand the product has: one that goes from screen to screen would plan
/// most of what it asks anew with the driver's 100.
const STATEMENTS: usize = 400;
/// A plan for all values, kept with the statement.
const PLAN_ONCE: &str = "SET LOCAL plan_cache_mode = force_generic_plan";
/// A statement, a lock or a forgotten transaction must not hold others up. A long report raises it with `SET LOCAL`.
const SESSION: &str = "SET statement_timeout = '30s'; SET lock_timeout = '5s'; \
                       SET idle_in_transaction_session_timeout = '60s'; SET timezone = 'UTC'";

/// Why the database could not be used.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The address is malformed.
    #[error("The database address is malformed: {0}.")]
    Address(String),
    /// It does not answer, or refused us.
    #[error("The database cannot be reached: {0}")]
    Unreachable(#[source] sqlx::Error),
    /// The schema is not there yet.
    #[error("The database has no role {APP_ROLE}: run `uk-crm migrate` first.")]
    NotMigrated,
    /// The login may not become the serving role.
    #[error("The login {0} is not a member of the role {APP_ROLE}: log in as {APP_ROLE}, or grant it to {0}.")]
    NotMember(String),
    /// A later version of ours has worked on it.
    #[error(
        "The database was brought on by a newer UK CRM (its step {0} is unknown to this one). \
         Start that version, or restore a backup from before it."
    )]
    Newer(i64),
    /// Made by a build whose steps were others.
    #[error(
        "Step {0} of the database differs from this version's: the data are another build's. \
         Start that build, or run `make clean-data` to begin with an empty database."
    )]
    Altered(i64),
    /// A migration failed.
    #[error("Migrating the database failed: {0}")]
    Migrate(#[source] MigrateError),
    /// Anything a query can fail with.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
}

impl From<MigrateError> for DbError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(step) => Self::Newer(step),
            MigrateError::VersionMismatch(step) => Self::Altered(step),
            other => Self::Migrate(other),
        }
    }
}

/// The pool; cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pool: PgPool,
}

impl Db {
    /// Connects and makes sure that every connection serves as `uk_app`.
    ///
    /// # Errors
    /// When the database is away, refuses us or is not migrated.
    pub async fn connect(url: &SecretString, max: u32) -> Result<Self, DbError> {
        let options = options(url)?;
        // One look first: an error inside the pool would only show as a time-out.
        let mut probe = PgConnection::connect_with(&options).await.map_err(DbError::Unreachable)?;
        let (user, exists): (String, bool) =
            sqlx::query_as("select current_user::text, exists(select from pg_roles where rolname = $1)")
                .bind(APP_ROLE)
                .fetch_one(&mut probe)
                .await?;
        if !exists {
            return Err(DbError::NotMigrated);
        }
        let session = if user == APP_ROLE {
            SESSION.to_owned()
        } else {
            let member: bool =
                sqlx::query_scalar("select pg_has_role($1, 'MEMBER')").bind(APP_ROLE).fetch_one(&mut probe).await?;
            if !member {
                return Err(DbError::NotMember(user));
            }
            format!("SET ROLE {APP_ROLE}; {SESSION}")
        };
        probe.close().await?;
        let pool = PgPoolOptions::new()
            .max_connections(max)
            .acquire_timeout(POOL_WAIT)
            .after_connect(move |connection, _| {
                let session = session.clone();
                Box::pin(async move {
                    connection.execute(AssertSqlSafe(session)).await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await
            .map_err(DbError::Unreachable)?;
        Ok(Self { pool })
    }

    /// Brings the schema up to this binary's version. Safe to repeat and to run from several instances at once.
    ///
    /// # Errors
    /// When the owner cannot log in, a migration fails, or an applied one was changed.
    pub async fn migrate(owner_url: &SecretString) -> Result<(), DbError> {
        let mut owner = PgConnection::connect_with(&options(owner_url)?).await.map_err(DbError::Unreachable)?;
        MIGRATIONS.run_direct(None, &mut owner, false).await?;
        owner.close().await?;
        Ok(())
    }

    /// The embedded migrations, one checksum after the other: what a database made by this binary holds.
    #[must_use]
    pub fn schema() -> Vec<u8> {
        MIGRATIONS.iter().flat_map(|migration| migration.checksum.iter().copied()).collect()
    }

    /// Whether this binary can go on from a database with these steps (version, checksum in hexadecimal).
    ///
    /// # Errors
    /// [`DbError::Newer`] and [`DbError::Altered`] with the first step that does not fit.
    pub fn goes_on_from(steps: &[(i64, String)]) -> Result<(), DbError> {
        for (version, checksum) in steps {
            let ours = MIGRATIONS.iter().find(|step| step.version == *version).ok_or(DbError::Newer(*version))?;
            let ours: String = ours.checksum.iter().map(|byte| format!("{byte:02x}")).collect();
            if ours != *checksum {
                return Err(DbError::Altered(*version));
            }
        }
        Ok(())
    }

    /// Versions of the embedded migrations that the database does not have yet. Empty means ready.
    ///
    /// # Errors
    /// When the owner cannot log in or the list cannot be read.
    pub async fn pending_migrations(owner_url: &SecretString) -> Result<Vec<i64>, DbError> {
        let mut owner = PgConnection::connect_with(&options(owner_url)?).await.map_err(DbError::Unreachable)?;
        let listed: bool =
            sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null").fetch_one(&mut owner).await?;
        let applied: Vec<i64> = if listed {
            sqlx::query_scalar("select version from _sqlx_migrations where success").fetch_all(&mut owner).await?
        } else {
            Vec::new()
        };
        owner.close().await?;
        Ok(MIGRATIONS.iter().map(|migration| migration.version).filter(|version| !applied.contains(version)).collect())
    }

    /// A transaction that sees one company.
    ///
    /// # Errors
    /// When no connection is free in time or the database is away.
    pub async fn begin_tenant(&self, company_id: Uuid) -> Result<Transaction<'static, Postgres>, DbError> {
        // `BEGIN` last: it turns the implicit transaction of the batch into a real one and keeps the setting. Should a
        // statement before it fail, the connection goes back to the pool without an open transaction.
        self.begin(format!("SET LOCAL app.company_id = '{company_id}'; BEGIN")).await
    }

    /// As [`Db::begin_tenant`], where the database refuses every change (SQLSTATE 25006).
    ///
    /// # Errors
    /// As [`Db::begin_tenant`].
    pub async fn begin_tenant_to_read(&self, company_id: Uuid) -> Result<Transaction<'static, Postgres>, DbError> {
        self.begin(format!("SET LOCAL app.company_id = '{company_id}'; BEGIN READ ONLY")).await
    }

    /// As [`Db::begin_tenant`], with a commit that does not wait for the disk: for what may be lost with the last moment
    /// before a crash. The log is written in order, so whoever waits later waits for this, too.
    ///
    /// # Errors
    /// As [`Db::begin_tenant`].
    pub async fn begin_tenant_lazily(&self, company_id: Uuid) -> Result<Transaction<'static, Postgres>, DbError> {
        self.begin(format!("SET LOCAL app.company_id = '{company_id}'; SET LOCAL synchronous_commit = off; BEGIN"))
            .await
    }

    /// As [`Db::begin_tenant`], for what is found by its keys: a plan made once does for every value, and making one each
    /// time costs more than finding the row.
    ///
    /// # Errors
    /// As [`Db::begin_tenant`].
    pub async fn begin_tenant_by_key(&self, company_id: Uuid) -> Result<Transaction<'static, Postgres>, DbError> {
        self.begin(format!("SET LOCAL app.company_id = '{company_id}'; {PLAN_ONCE}; BEGIN")).await
    }

    /// A connection without a company for one statement that calls a function made for that: row-level security shows it
    /// nothing, and it costs no transaction.
    ///
    /// # Errors
    /// As [`Db::begin_tenant`].
    #[allow(clippy::disallowed_methods, reason = "the one way to a connection without a company, for one statement")]
    pub async fn call(&self) -> Result<PoolConnection<Postgres>, DbError> {
        Ok(self.pool.acquire().await?)
    }

    /// A transaction that sees all companies, for logins, relays and schedules. `reason` goes to the log.
    ///
    /// # Errors
    /// As [`Db::begin_tenant`], and when the serving role is not a member of `uk_system`.
    pub async fn begin_system(&self, reason: &'static str) -> Result<Transaction<'static, Postgres>, DbError> {
        tracing::debug!(reason, "cross-company transaction");
        self.begin("SET LOCAL ROLE uk_system; BEGIN".to_owned()).await
    }

    /// A transaction without a company: row-level security shows nothing that belongs to one.
    ///
    /// # Errors
    /// As [`Db::begin_tenant`].
    pub async fn begin_anonymous(&self) -> Result<Transaction<'static, Postgres>, DbError> {
        self.begin("BEGIN".to_owned()).await
    }

    /// Boxed: the way to a connection is compiled here once, not again into everything that begins.
    fn begin(&self, batch: String) -> BoxFuture<'_, Result<Transaction<'static, Postgres>, DbError>> {
        Box::pin(async move { Ok(self.pool.begin_with(AssertSqlSafe(batch)).await?) })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Why not.
    pub async fn ping(&self) -> Result<(), DbError> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    /// The connections of this process.
    #[must_use]
    pub fn load(&self) -> PoolLoad {
        let open = self.pool.size();
        let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
        PoolLoad { open, busy: open.saturating_sub(idle), most: self.pool.options().get_max_connections() }
    }

    /// Takes a lock for this process, on a connection of its own; none while another process has it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn lead(&self, key: i64) -> Result<Option<Lead>, DbError> {
        let mut connection = PgConnection::connect_with(&self.pool.connect_options()).await?;
        let taken: bool =
            sqlx::query_scalar("select pg_try_advisory_lock($1)").bind(key).fetch_one(&mut connection).await?;
        Ok(taken.then_some(Lead { connection }))
    }

    /// Waits for running transactions and closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// The pool itself, only for graphile_worker, which manages its own tables. Business queries never use it.
    #[must_use]
    pub fn pool_for_jobs(&self) -> PgPool {
        self.pool.clone()
    }

    /// Notifications of a channel, on a connection of its own out of the pool; reconnects by itself.
    ///
    /// # Errors
    /// As [`Db::begin_tenant`].
    pub async fn listen(&self, channel: &str) -> Result<PgListener, DbError> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen(channel).await?;
        Ok(listener)
    }
}

/// See [`Db::load`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLoad {
    /// Open now.
    pub open: u32,
    /// Of those, at work.
    pub busy: u32,
    /// As many as may be open.
    pub most: u32,
}

/// A lock of [`Db::lead`]. Dropping it, or losing its connection, gives the lock to the next process.
#[derive(Debug)]
pub struct Lead {
    connection: PgConnection,
}

impl Lead {
    /// Whether the lock is still ours.
    pub async fn holds(&mut self) -> bool {
        self.connection.ping().await.is_ok()
    }
}

fn options(url: &SecretString) -> Result<PgConnectOptions, DbError> {
    let options =
        PgConnectOptions::from_str(url.expose_secret()).map_err(|error| DbError::Address(error.to_string()))?;
    Ok(options.application_name("uk-crm").statement_cache_capacity(STATEMENTS))
}

/// Name of the constraint that refused a statement.
#[must_use]
pub fn constraint_of(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.constraint()
}

/// Whether a row with the same key was there already.
#[must_use]
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
