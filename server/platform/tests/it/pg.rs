use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use platform::pg::{EmbeddedPg, KeptPg, PgError};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection, PgConnection};

use crate::support::eventually;

fn quiet(_: &str) {}

async fn connect(url: &SecretString) -> PgConnection {
    PgConnection::connect(url.expose_secret()).await.unwrap()
}

async fn count(pg: &EmbeddedPg) -> i64 {
    let mut owner = connect(&pg.owner_url()).await;
    sqlx::query_scalar("select count(*) from t").fetch_one(&mut owner).await.unwrap()
}

/// One long story instead of many clusters: making one takes seconds.
#[tokio::test]
async fn a_cluster_lives_through_kills_and_restarts() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let pg = EmbeddedPg::start(dir.path(), quiet).await.unwrap();
    assert!(!pg.was_adopted());

    // Two at once are refused with a sentence.
    let text = EmbeddedPg::start(dir.path(), quiet).await.unwrap_err().to_string();
    assert!(text.contains("Another uk-crm") && text.contains(&std::process::id().to_string()), "{text}");

    // The owner makes tables, the application does not see them by itself; durability is on.
    let mut owner = connect(&pg.owner_url()).await;
    sqlx::query("create table t (id int primary key)").execute(&mut owner).await.unwrap();
    sqlx::query("insert into t values (1)").execute(&mut owner).await.unwrap();
    let durable: bool =
        sqlx::query_scalar("select current_setting('fsync')::bool and current_setting('synchronous_commit') = 'on'")
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert!(durable);
    let lower: String = sqlx::query_scalar("select lower('ЎЗБЕК Ж')").fetch_one(&mut owner).await.unwrap();
    assert_eq!(lower, "ўзбек ж");
    let mut app = connect(&pg.app_url()).await;
    sqlx::query("select * from t").execute(&mut app).await.unwrap_err();
    sqlx::query("create table u ()").execute(&mut app).await.unwrap_err();
    let inherits: bool =
        sqlx::query_scalar("select rolinherit or rolsuper or rolbypassrls from pg_roles where rolname = current_user")
            .fetch_one(&mut app)
            .await
            .unwrap();
    assert!(!inherits);
    let secrets = std::fs::metadata(dir.path().join("postgres.secrets")).unwrap();
    assert_eq!(secrets.permissions().mode() & 0o777, 0o600);

    // kill -9 with connections open: the data is there afterwards.
    let killed = pg.pid();
    assert!(Command::new("kill").args(["-9", &killed.to_string()]).status().unwrap().success());
    drop((pg, owner, app));
    let pg = EmbeddedPg::start(dir.path(), quiet).await.unwrap();
    assert_ne!(pg.pid(), killed);
    assert_eq!(count(&pg).await, 1);

    // The server outlives a killed uk-crm and is adopted, then stopped by the new one.
    let survivor = pg.pid();
    drop(pg);
    let pg = EmbeddedPg::start(dir.path(), quiet).await.unwrap();
    assert!(pg.was_adopted());
    assert_eq!(pg.pid(), survivor);
    assert_eq!(count(&pg).await, 1);

    // Killed under somebody who watches over it, it comes again; and it is stopped with them.
    let url = pg.owner_url();
    let kept = KeptPg::new(pg);
    assert!(Command::new("kill").args(["-9", &survivor.to_string()]).status().unwrap().success());
    eventually("end of the server", || async { (!running(survivor)).then_some(()) }).await;
    eventually("the server again", || async { PgConnection::connect(url.expose_secret()).await.ok() }).await;
    kept.stop().await.unwrap();
    PgConnection::connect(url.expose_secret()).await.unwrap_err();

    // A left-over pid file that names a stranger is no obstacle.
    std::fs::write(dir.path().join("postgres/data/postmaster.pid"), "1\n/elsewhere\n0\n5432\n/tmp\n\n").unwrap();
    let pg = EmbeddedPg::start(dir.path(), quiet).await.unwrap();
    assert_eq!(count(&pg).await, 1);
    pg.stop().await.unwrap();

    // A cluster of another version, and lost passwords, give one clear sentence.
    let version = dir.path().join("postgres/data/PG_VERSION");
    let real = std::fs::read_to_string(&version).unwrap();
    std::fs::write(&version, "9\n").unwrap();
    let text = EmbeddedPg::start(dir.path(), quiet).await.unwrap_err().to_string();
    assert!(text.contains("PostgreSQL 9") && text.contains("make clean-data"), "{text}");
    std::fs::write(&version, real).unwrap();
    std::fs::remove_file(dir.path().join("postgres.secrets")).unwrap();
    assert!(matches!(EmbeddedPg::start(dir.path(), quiet).await, Err(PgError::Passwords { .. })));
}

/// A killed child of ours stays a zombie until it is waited for; it runs no more.
fn running(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn long_paths_get_a_short_socket_and_hidden_folders_another_place() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let data = dir.path().join("a-folder-with-a-rather-long-name".repeat(3));
    let said = std::sync::Mutex::new(Vec::new());
    let pg = EmbeddedPg::start(&data, |line| said.lock().unwrap().push(line.to_owned())).await.unwrap();
    connect(&pg.app_url()).await.close().await.unwrap();
    let url = pg.app_url().expose_secret().to_owned();
    pg.stop().await.unwrap();
    let pointer = data.join("postgres.location");
    if std::fs::read_to_string("/proc/self/status").unwrap().contains("Uid:\t0\t0") {
        // Only root hands over to an account that cannot come in.
        let elsewhere = std::fs::read_to_string(pointer).unwrap();
        assert!(elsewhere.starts_with("/var/lib/uk-crm/"), "{elsewhere}");
        assert!(said.lock().unwrap().iter().any(|line| line.contains("lives in")));
        std::fs::remove_dir_all(elsewhere.trim()).unwrap();
    } else {
        assert!(url.contains("host=%2Ftmp%2Fuk-crm-"), "{url}");
    }
}
