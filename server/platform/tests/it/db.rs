use std::os::unix::fs::PermissionsExt;

use platform::db::{Db, DbError, constraint_of, is_unique_violation};
use platform::ids::new_id;
use platform::pg::EmbeddedPg;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection, Executor, PgConnection, Postgres, Transaction};

const SCHEMA: &str = "
    do $$ begin
        if not exists (select from pg_roles where rolname = 'uk_system') then create role uk_system nologin; end if;
    end $$;
    revoke uk_system from uk_app;
    grant usage on schema public to uk_app, uk_system;
    create table things (id int constraint things_pk primary key, company_id uuid not null);
    alter table things enable row level security;
    alter table things force row level security;
    grant select, insert on things to uk_app, uk_system;
    create policy tenant on things to uk_app
        using (company_id = (select nullif(current_setting('app.company_id', true), '')::uuid));
    create policy everything on things to uk_system using (true);
";

async fn ids(tx: &mut Transaction<'static, Postgres>) -> Vec<i32> {
    sqlx::query_scalar("select id from things order by id").fetch_all(&mut **tx).await.unwrap()
}

/// Another login on the same socket.
fn login_as(url: &SecretString, login: &str, password: &str) -> SecretString {
    let (_, rest) = url.expose_secret().split_once('@').unwrap();
    format!("postgres://{login}:{password}@{rest}").into()
}

#[tokio::test]
async fn transactions_see_what_they_were_opened_for() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let pg = EmbeddedPg::start(dir.path(), |_| {}).await.unwrap();
    let mut owner = PgConnection::connect(pg.owner_url().expose_secret()).await.unwrap();
    // The product's own migrations need no more rights than the owner has, and may run twice.
    Db::migrate(&pg.owner_url()).await.unwrap();
    Db::migrate(&pg.owner_url()).await.unwrap();
    assert!(Db::pending_migrations(&pg.owner_url()).await.unwrap().is_empty());
    // A later version of ours has been there, or a build with other steps: each has its own sentence.
    let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 values (9999, 'later', true, '', 0)";
    owner.execute(later).await.unwrap();
    assert!(matches!(Db::migrate(&pg.owner_url()).await, Err(DbError::Newer(9999))));
    owner.execute("delete from _sqlx_migrations where version = 9999").await.unwrap();
    owner.execute("update _sqlx_migrations set checksum = '' where version = 1").await.unwrap();
    assert!(matches!(Db::migrate(&pg.owner_url()).await, Err(DbError::Altered(1))));
    owner.execute(SCHEMA).await.unwrap();
    let db = Db::connect(&pg.app_url(), 4).await.unwrap();
    db.ping().await.unwrap();

    // Not allowed to work for all companies: an error, and the connections stay usable.
    for _ in 0..8 {
        db.begin_system("not allowed").await.unwrap_err();
    }
    owner.execute("grant uk_system to uk_app").await.unwrap();
    let (a, b) = (new_id(), new_id());
    let mut tx = db.begin_tenant(a).await.unwrap();
    sqlx::query("insert into things values (1, $1)").bind(a).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = db.begin_tenant(b).await.unwrap();
    sqlx::query("insert into things values (2, $1)").bind(b).execute(&mut *tx).await.unwrap();
    assert_eq!(ids(&mut tx).await, [2]);
    tx.commit().await.unwrap();

    let mut tx = db.begin_tenant(a).await.unwrap();
    assert_eq!(ids(&mut tx).await, [1]);
    let error = sqlx::query("insert into things values (1, $1)").bind(a).execute(&mut *tx).await.unwrap_err();
    assert!(is_unique_violation(&error));
    assert_eq!(constraint_of(&error), Some("things_pk"));
    drop(tx);
    let mut tx = db.begin_tenant(a).await.unwrap();
    sqlx::query("insert into things values (3, $1)").bind(b).execute(&mut *tx).await.unwrap_err();
    drop(tx);

    // Nothing of a company or a role stays on a connection.
    for _ in 0..8 {
        let mut tx = db.begin_system("test").await.unwrap();
        assert_eq!(ids(&mut tx).await, [1, 2]);
        tx.commit().await.unwrap();
        let mut tx = db.begin_anonymous().await.unwrap();
        assert!(ids(&mut tx).await.is_empty());
        let user: String = sqlx::query_scalar("select current_user::text").fetch_one(&mut *tx).await.unwrap();
        assert_eq!(user, "uk_app");
        tx.rollback().await.unwrap();
    }

    let mut listener = db.listen("news").await.unwrap();
    owner.execute("notify news, 'hello'").await.unwrap();
    assert_eq!(listener.recv().await.unwrap().payload(), "hello");
    drop(listener);

    // Another login becomes `uk_app` when it is a member and is told so when not.
    owner.execute("create role guest login password 'guest'; grant connect on database uk_crm to guest").await.unwrap();
    let guest = login_as(&pg.app_url(), "guest", "guest");
    assert!(matches!(Db::connect(&guest, 4).await, Err(DbError::NotMember(_))));
    owner.execute("grant uk_app to guest; grant uk_system to guest").await.unwrap();
    let other = Db::connect(&guest, 4).await.unwrap();
    let mut tx = other.begin_tenant(b).await.unwrap();
    assert_eq!(ids(&mut tx).await, [2]);
    tx.commit().await.unwrap();
    other.close().await;
    let wrong = login_as(&pg.app_url(), "guest", "wrong");
    assert!(matches!(Db::connect(&wrong, 4).await, Err(DbError::Unreachable(_))));
    assert!(matches!(Db::connect(&"nonsense".into(), 4).await, Err(DbError::Address(_))));

    db.close().await;
    owner.close().await.unwrap();
    pg.stop().await.unwrap();
    assert!(matches!(Db::connect(&guest, 4).await, Err(DbError::Unreachable(_))));
}

#[test]
fn steps_of_another_version_or_build_are_told_apart() {
    Db::goes_on_from(&[]).unwrap();
    let step = |version: i64, checksum: &str| [(version, checksum.to_owned())];
    assert!(matches!(Db::goes_on_from(&step(999_999, "00")), Err(DbError::Newer(999_999))));
    assert!(matches!(Db::goes_on_from(&step(1, "00")), Err(DbError::Altered(1))));
}
