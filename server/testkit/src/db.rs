//! A database of its own for each test, cloned from a template that holds the current schema.

use secrecy::SecretString;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::{
    fs::File,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Serialises what touches the whole server: template, roles, sweeping.
const LOCK: i64 = 7100;

/// Dropped with its value; what a killed test leaves behind is swept by the next one.
#[derive(Debug)]
pub struct TestDb {
    name: String,
}

impl TestDb {
    /// A fresh clone of the template; the first caller after a schema change makes the template.
    pub async fn new() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let name = format!("uk_test_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let mut admin = PgConnection::connect(&url("postgres", "postgres")).await.unwrap();
        let template = template(&mut admin).await;
        run(&mut admin, format!("drop database if exists {name}")).await;
        run(&mut admin, format!("create database {name} template {template} owner uk_owner")).await;
        // As in the embedded cluster, and not copied from a template: nobody has rights on the database by being anybody.
        run(
            &mut admin,
            format!(
                "revoke all on database {name} from public; grant connect on database {name} to uk_app; \
                 grant temporary on database {name} to uk_system"
            ),
        )
        .await;
        admin.close().await.unwrap();
        Self { name }
    }

    /// For serving: the login that row-level security binds.
    pub fn app_url(&self) -> SecretString {
        url("uk_app", &self.name).into()
    }

    /// For migrations.
    pub fn owner_url(&self) -> SecretString {
        url("uk_owner", &self.name).into()
    }

    /// Sees everything: for looking at what the product wrote, never for the product itself.
    pub async fn superuser(&self) -> PgConnection {
        PgConnection::connect(&url("postgres", &self.name)).await.unwrap()
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        // A runtime of its own: the test's may be shutting down.
        let name = std::mem::take(&mut self.name);
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut admin = PgConnection::connect(&url("postgres", "postgres")).await.unwrap();
                run(&mut admin, format!("drop database if exists {name} with (force)")).await;
            });
        });
        if dropped.join().is_err() {
            eprintln!("a test database could not be dropped; the next run sweeps it");
        }
    }
}

async fn run(connection: &mut PgConnection, sql: String) {
    connection.execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// The name of the template of this schema, made if it is not there.
async fn template(admin: &mut PgConnection) -> String {
    let name = format!("uk_tmpl_{:016x}", schema_hash());
    run(admin, format!("select pg_advisory_lock({LOCK})")).await;
    sweep(admin).await;
    if !exists(admin, &name).await {
        let making = format!("{name}_making");
        run(admin, format!("drop database if exists {making} with (force)")).await;
        let owner = "do $$ begin if not exists (select from pg_roles where rolname = 'uk_owner')
                     then create role uk_owner login createrole; end if; end $$";
        run(admin, owner.to_owned()).await;
        run(admin, format!("create database {making} owner uk_owner")).await;
        domain::migrate::run(&url("uk_owner", &making).into()).await.unwrap();
        run(admin, "alter role uk_app login".to_owned()).await;
        run(admin, format!("alter database {making} rename to {name}")).await;
    }
    run(admin, format!("select pg_advisory_unlock({LOCK})")).await;
    name
}

async fn exists(admin: &mut PgConnection, name: &str) -> bool {
    sqlx::query_scalar("select exists(select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(admin)
        .await
        .unwrap()
}

/// Drops the databases of test processes that are gone.
async fn sweep(admin: &mut PgConnection) {
    let names: Vec<String> = sqlx::query_scalar("select datname from pg_database where datname like 'uk\\_test\\_%'")
        .fetch_all(&mut *admin)
        .await
        .unwrap();
    for name in names {
        let pid = name.split('_').nth(2).unwrap_or_default();
        if Path::new("/proc/self").exists() && !Path::new("/proc").join(pid).exists() {
            // The server may still be dropping it for a process that was just killed.
            let sql = AssertSqlSafe(format!("drop database if exists {name} with (force)"));
            if let Err(error) = admin.execute(sql).await {
                eprintln!("{name} was not swept: {error}");
            }
        }
    }
}

/// Changes with every migration and with the grants that follow them. Of what is compiled in, not of the files beside
/// us: a test built before a migration was edited must not leave the old schema under the new one's name.
fn schema_hash() -> u64 {
    let mut hasher = DefaultHasher::new();
    domain::migrate::schema().hash(&mut hasher);
    hasher.finish()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn url(role: &str, database: &str) -> String {
    format!("postgres://{role}@localhost/{database}?host={}", server())
}

/// The socket folder of the throw-away server, started when it is not running.
fn server() -> &'static str {
    static SERVER: OnceLock<String> = OnceLock::new();
    SERVER.get_or_init(|| {
        // Tests start in many processes at once; one of them starts the server.
        let lock = File::create(std::env::temp_dir().join("uk-crm-devdb.lock")).unwrap();
        lock.lock().unwrap();
        let said = Command::new(root().join("scripts/devdb.sh")).arg("start").output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let url = String::from_utf8(said.stdout).unwrap();
        url.trim().split_once("host=").unwrap().1.to_owned()
    })
}
