//! Who may run a job that travels over a broker.

use domain::{
    Ctx,
    leases::{self, Claim, Pointer, Taken},
};
use std::time::Duration;
use testkit::TestCtx;
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(60);
const ONE: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

async fn sent(ctx: &Ctx) -> Vec<Pointer> {
    leases::send_out(ctx, &["deliver"], 10, LEASE).await.unwrap()
}

async fn taken(ctx: &Ctx, pointer: &Pointer, consumer: Uuid) -> Taken {
    match leases::claim(ctx, pointer, consumer, false).await.unwrap() {
        Claim::Ours(taken) => taken,
        other => panic!("{other:?}"),
    }
}

async fn is_old(ctx: &Ctx, pointer: &Pointer) -> bool {
    matches!(leases::claim(ctx, pointer, OTHER, false).await.unwrap(), Claim::Old)
}

/// Attempts made and the error of the only job.
async fn job(ctx: &TestCtx) -> (i16, Option<String>) {
    let mut superuser = ctx.database.superuser().await;
    sqlx::query_as("select attempts, last_error from graphile_worker._private_jobs")
        .fetch_one(&mut superuser)
        .await
        .unwrap()
}

#[tokio::test]
async fn of_all_copies_of_a_message_one_runs_the_job() {
    let ctx = TestCtx::new().await;
    ctx.database.queue_letters(3).await;
    assert!(leases::send_out(&ctx, &["assign_new"], 10, LEASE).await.unwrap().is_empty(), "another kind");
    let pointers = sent(&ctx).await;
    assert_eq!(pointers.len(), 3);
    assert!(sent(&ctx).await.is_empty(), "each goes out once");
    let first = taken(&ctx, &pointers[0], ONE).await;
    assert!(!first.last && first.payload["delivery_id"].is_string());
    assert!(is_old(&ctx, &pointers[0]).await, "somebody is at it");
    assert!(leases::renew(&ctx, &first).await.unwrap() && leases::finish(&ctx, &first).await.unwrap());
    assert!(!leases::finish(&ctx, &first).await.unwrap(), "it is gone");
    // A first copy without a job is odd; one that comes again, or too late, is not.
    assert!(matches!(leases::claim(&ctx, &pointers[0], ONE, false).await.unwrap(), Claim::Missing));
    assert!(matches!(leases::claim(&ctx, &pointers[0], ONE, true).await.unwrap(), Claim::Old));
    let late = Pointer { until: "2020-01-01T00:00:00Z".parse().unwrap(), ..pointers[0].clone() };
    assert!(is_old(&ctx, &late).await);
    // What the broker did not take goes out again, and the message that came all the same is old.
    leases::take_back(&ctx, &pointers[1..]).await.unwrap();
    assert_eq!(sent(&ctx).await.len(), 2);
    assert!(is_old(&ctx, &pointers[1]).await);
}

#[tokio::test]
async fn a_lost_job_is_given_out_again_and_its_old_worker_can_write_nothing() {
    let ctx = TestCtx::new().await;
    ctx.database.queue_letters(1).await;
    // The message was lost: no attempt was made.
    let lost = sent(&ctx).await.remove(0);
    assert_eq!(leases::free_lost(&ctx, LEASE).await.unwrap(), 0, "its time is not over");
    assert_eq!(leases::free_lost(&ctx, Duration::ZERO).await.unwrap(), 1);
    assert_eq!(job(&ctx).await, (0, None));
    // The worker was lost: that was one.
    let pointer = sent(&ctx).await.remove(0);
    assert!(is_old(&ctx, &lost).await);
    let slow = taken(&ctx, &pointer, ONE).await;
    assert_eq!(leases::free_lost(&ctx, Duration::ZERO).await.unwrap(), 1);
    assert_eq!(job(&ctx).await, (1, Some("the worker was lost".to_owned())));
    let again = sent(&ctx).await.remove(0);
    assert_eq!(again.attempt, 2);
    let new = taken(&ctx, &again, OTHER).await;
    assert!(!leases::renew(&ctx, &slow).await.unwrap(), "it is not theirs any more");
    assert!(!leases::fail(&ctx, &slow, "late").await.unwrap() && !leases::finish(&ctx, &slow).await.unwrap());
    // Our own end is no attempt; a failure is, and waits.
    leases::give_back(&ctx, &new).await.unwrap();
    assert_eq!(job(&ctx).await.0, 1);
    let pointer = sent(&ctx).await.remove(0);
    let new = taken(&ctx, &pointer, OTHER).await;
    assert!(leases::fail(&ctx, &new, "no answer").await.unwrap());
    assert_eq!(job(&ctx).await, (2, Some("no answer".to_owned())));
    assert!(sent(&ctx).await.is_empty(), "the next attempt has its time");
}

#[tokio::test]
async fn a_job_whose_place_was_taken_is_not_run() {
    let ctx = TestCtx::new().await;
    ctx.database.queue_letters(1).await;
    let pointer = sent(&ctx).await.remove(0);
    let mut superuser = ctx.database.superuser().await;
    sqlx::query(
        "select graphile_worker.add_job('deliver', payload, job_key => key, max_attempts => 12)
                 from graphile_worker._private_jobs",
    )
    .execute(&mut superuser)
    .await
    .unwrap();
    assert!(is_old(&ctx, &pointer).await);
    assert_eq!(job(&ctx).await, (0, None), "only the newer one is there");
    assert_eq!(sent(&ctx).await.len(), 1);
}
