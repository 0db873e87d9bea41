//! Jobs that died and are revived; runs of schedules.

use crate::run_until;
use domain::operations;
use model::operations::{RunOutcome, Schedule};
use testkit::{TestCtx, World};

async fn dead(ctx: &TestCtx, root: &domain::Actor) -> i64 {
    operations::overview(ctx, root).await.unwrap().dead.unwrap().total
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_job_runs_once_it_is_revived() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let root = world.super_admin().await;
    let mut db = ctx.database.superuser().await;
    let id: i64 = sqlx::query_scalar(
        "select id from graphile_worker.add_job('seal_phones', json_build_object('company_id', $1::uuid))",
    )
    .bind(world.a.id.0)
    .fetch_one(&mut db)
    .await
    .unwrap();
    sqlx::query("update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'away' where id = $1")
        .bind(id)
        .execute(&mut db)
        .await
        .unwrap();
    assert_eq!(dead(&ctx, &root).await, 1);
    operations::retry(&ctx, &root, id).await.unwrap();
    let there = "select exists(select from graphile_worker.jobs where id = $1)";
    run_until(&ctx, async || !sqlx::query_scalar::<_, bool>(there).bind(id).fetch_one(&mut db).await.unwrap()).await;
    assert_eq!(dead(&ctx, &root).await, 0);
}

/// One look at the clock gave each slot one job: four a second, whatever was waiting.
#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_does_not_wait_for_the_clock() {
    let ctx = TestCtx::with(&[("UK_DEV", "true")]).await;
    World::new(&ctx).await;
    let mut db = ctx.database.superuser().await;
    let letters = "with made as (insert into deliveries (id, channel, address, template, lang, params, created_at)
         select gen_random_uuid(), 'email', 'reader@example.uz', 'password_reset', 'ru', '{\"name\": \"R\", \"token\": \"t\"}', now()
         from generate_series(1, 400) returning id)
       select count(graphile_worker.add_job('deliver', json_build_object('delivery_id', id))) from made";
    sqlx::query(letters).execute(&mut db).await.unwrap();
    let left = "select count(*) from deliveries where state <> 'captured'";
    run_until(&ctx, async || sqlx::query_scalar::<_, i64>(left).fetch_one(&mut db).await.unwrap() == 0).await;
}

/// What the clock would queue.
#[tokio::test(flavor = "multi_thread")]
async fn the_run_of_a_schedule_is_written_down() {
    let ctx = TestCtx::new().await;
    let root = World::new(&ctx).await.super_admin().await;
    let mut db = ctx.database.superuser().await;
    sqlx::query("select graphile_worker.add_job($1)")
        .bind(Schedule::SweepDaily.as_str())
        .execute(&mut db)
        .await
        .unwrap();
    let last = async || {
        let all = operations::overview(&ctx, &root).await.unwrap().schedules.unwrap();
        all.into_iter().find(|row| row.name == Schedule::SweepDaily).unwrap().last
    };
    run_until(&ctx, async || last().await.is_some_and(|run| run.ended_at.is_some())).await;
    let run = last().await.unwrap();
    assert_eq!((run.outcome, run.done, run.error), (RunOutcome::Succeeded, Some(0), None));
}
