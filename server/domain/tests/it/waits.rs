//! Whoever waits too long for a lock is told to come back, not that something is broken.

use domain::Error;
use model::Code;
use testkit::TestCtx;

#[tokio::test]
async fn a_lock_that_is_not_given_in_time_is_no_fault_of_ours() {
    let ctx = TestCtx::new().await;
    let mut first = ctx.db.begin_system("test").await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(42)").execute(&mut *first).await.unwrap();
    let mut second = ctx.db.begin_system("test").await.unwrap();
    sqlx::query("set local lock_timeout = '10ms'").execute(&mut *second).await.unwrap();
    let late = sqlx::query("select pg_advisory_xact_lock(42)").execute(&mut *second).await.unwrap_err();
    assert_eq!(Error::from(late).code(), Code::Unavailable);
}
