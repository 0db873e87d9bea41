//! How the product is doing: dead jobs, schedules, cleaning up, the morning digest.

use crate::support::{brought_to, code, filed};
use chrono::TimeDelta;
use domain::{cleanup, digest, operations, payments};
use model::{
    Code, Money, Role,
    notices::NoticeKind,
    operations::{DependencyName, RunOutcome, Schedule, ScheduleRow},
    payments::{PaymentSource, RecordPayment},
    requests::Status,
};
use serde_json::Value;
use sqlx::PgConnection;
use testkit::{TestCtx, World};

/// A job that was tried to the end.
async fn dead_job(db: &mut PgConnection, task: &str, error: &str) -> i64 {
    let id: i64 = sqlx::query_scalar("select id from graphile_worker.add_job($1, '{\"company_id\": \"a\"}')")
        .bind(task)
        .fetch_one(&mut *db)
        .await
        .unwrap();
    sqlx::query("update graphile_worker._private_jobs set attempts = max_attempts, last_error = $2 where id = $1")
        .bind(id)
        .bind(error)
        .execute(db)
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn a_dead_job_is_shown_revived_or_discarded_by_the_owner_of_the_system_alone() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (root, admin) = (world.super_admin().await, world.a.admin().await);
    let mut db = ctx.database.superuser().await;
    let lost = dead_job(&mut db, "tell_bills", "the database was away").await;
    let twin = dead_job(&mut db, "tell_bills", "the database was away").await;
    let hopeless = dead_job(&mut db, "detect_outage", "no such house").await;

    for actor in [&admin, &world.a.dispatcher().await] {
        assert_eq!(code(operations::overview(&ctx, actor).await), Code::Forbidden);
        assert_eq!(code(operations::retry(&ctx, actor, lost).await), Code::Forbidden);
        assert_eq!(code(operations::retry_all(&ctx, actor, "tell_bills").await), Code::Forbidden);
        assert_eq!(code(operations::discard(&ctx, actor, lost).await), Code::Forbidden);
    }
    let seen = operations::overview(&ctx, &root).await.unwrap();
    let dead = seen.dead.unwrap();
    assert_eq!((dead.total, dead.items.len()), (3, 3));
    let job = dead.items.iter().find(|job| job.id == lost).unwrap();
    assert_eq!((job.task.as_str(), job.error.as_deref()), ("tell_bills", Some("the database was away")));
    assert_eq!(job.payload, r#"{"company_id": "a"}"#);
    let queue = |all: &[model::operations::TaskQueue]| all.iter().find(|q| q.task == "tell_bills").cloned().unwrap();
    assert_eq!((queue(&seen.queues.unwrap()).dead), 2);

    assert_eq!(operations::retry(&ctx, &root, lost).await.unwrap().jobs, 1);
    assert_eq!(code(operations::retry(&ctx, &root, lost).await), Code::NotFound, "it is alive");
    assert_eq!(code(operations::discard(&ctx, &root, lost).await), Code::NotFound, "it is alive");
    assert_eq!(operations::retry_all(&ctx, &root, "tell_bills").await.unwrap().jobs, 1, "{twin}");
    assert_eq!(operations::retry_all(&ctx, &root, "tell_bills").await.unwrap().jobs, 0);
    let now = queue(&operations::queues(&ctx).await.unwrap());
    assert_eq!((now.ready, now.dead), (2, 0));
    assert!(now.oldest_ready_at.is_some());

    operations::discard(&ctx, &root, hopeless).await.unwrap();
    assert_eq!(code(operations::discard(&ctx, &root, hopeless).await), Code::NotFound);
    let done: Vec<(String, Value)> =
        sqlx::query_as("select action, changes from audit_log where object_type = 'job' order by at, id")
            .fetch_all(&mut db)
            .await
            .unwrap();
    let actions: Vec<&str> = done.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["job.retry", "job.retry", "job.discard"]);
    assert_eq!(done[2].1, serde_json::json!({ "task": "detect_outage", "jobs": [hopeless] }));
}

#[tokio::test]
async fn a_job_that_cannot_succeed_is_dead_without_further_attempts() {
    let ctx = TestCtx::new().await;
    let root = World::new(&ctx).await.super_admin().await;
    let mut db = ctx.database.superuser().await;
    let id: i64 = sqlx::query_scalar("select id from graphile_worker.add_job('tell_bills', '{}', max_attempts => 12)")
        .fetch_one(&mut db)
        .await
        .unwrap();
    let taken =
        "update graphile_worker._private_jobs set attempts = 1, locked_at = now(), locked_by = 'w' where id = $1";
    sqlx::query(taken).bind(id).execute(&mut db).await.unwrap();
    operations::give_up(&ctx, id).await.unwrap();
    let dead = async || operations::overview(&ctx, &root).await.unwrap().dead.unwrap();
    assert_eq!(dead().await.total, 0, "its attempt has not ended");
    let given_back = "update graphile_worker._private_jobs set locked_at = null, locked_by = null where id = $1";
    sqlx::query(given_back).bind(id).execute(&mut db).await.unwrap();
    assert_eq!(dead().await.items[0].id, id);
    assert_eq!(operations::retry(&ctx, &root, id).await.unwrap().jobs, 1);
}

#[tokio::test]
async fn the_overview_knows_events_messages_and_dependencies() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let root = world.super_admin().await;
    filed(&ctx, &world).await;
    let seen = operations::overview(&ctx, &root).await.unwrap();
    let outbox = seen.outbox.unwrap();
    assert!(outbox.waiting > 0 && outbox.oldest_at.is_some());
    assert!(seen.deliveries.unwrap().iter().all(|row| row.count > 0));
    let database = seen.database.unwrap();
    assert!(database.size_bytes > 1_000_000 && database.connections_max == 8);
    let postgres = seen.dependencies.iter().find(|row| row.name == DependencyName::Postgres).unwrap();
    assert_eq!(postgres.is_down(), Some(false));
    let files = seen.dependencies.iter().find(|row| row.name == DependencyName::Files).unwrap();
    assert_eq!(files.is_down(), None, "nobody has used it yet");
    while domain::events::publish_batch(&ctx).await.unwrap() > 0 {}
    assert_eq!(operations::outbox(&ctx).await.unwrap().waiting, 0);
}

#[tokio::test]
async fn a_statement_that_takes_long_is_shown_while_it_runs() {
    let ctx = TestCtx::new().await;
    let root = World::new(&ctx).await.super_admin().await;
    let db = ctx.db.clone();
    let slow = tokio::spawn(async move {
        let mut tx = db.begin_anonymous().await.unwrap();
        sqlx::query("select pg_sleep(25)").execute(&mut *tx).await
    });
    let found = loop {
        let database = operations::overview(&ctx, &root).await.unwrap().database.unwrap();
        if let Some(query) = database.slow.into_iter().find(|query| query.text.contains("pg_sleep")) {
            break query;
        }
        assert!(!slow.is_finished(), "it ran to its end and was never shown");
    };
    assert!(found.millis >= 1000 && found.calls.is_none(), "{found:?}");
    slow.abort();
}

async fn row(ctx: &TestCtx, root: &domain::Actor, name: Schedule) -> ScheduleRow {
    let all = operations::overview(ctx, root).await.unwrap().schedules.unwrap();
    assert_eq!(all.len(), Schedule::ALL.len());
    all.into_iter().find(|row| row.name == name).unwrap()
}

#[tokio::test]
async fn runs_of_schedules_are_written_down_also_those_that_fail() {
    let ctx = TestCtx::new().await;
    let root = World::new(&ctx).await.super_admin().await;
    let name = Schedule::PlansRun;
    assert_eq!(row(&ctx, &root, name).await.last, None);

    operations::record(&ctx, name, async { Ok::<_, domain::Error>(Some(7)) }).await.unwrap();
    let run = row(&ctx, &root, name).await.last.unwrap();
    assert_eq!((run.outcome, run.done, run.failures), (RunOutcome::Succeeded, Some(7), 0));
    assert_eq!(run.succeeded_at, run.ended_at);
    let well = run.succeeded_at;

    ctx.clock.advance(TimeDelta::minutes(60));
    for _ in 0..2 {
        ctx.clock.advance(TimeDelta::seconds(1));
        let failed = operations::record(&ctx, name, async { Err::<Option<u64>, _>("no plans today") }).await;
        assert_eq!(failed, Err("no plans today"), "the worker must hear of it");
    }
    let late = row(&ctx, &root, name).await;
    let run = late.last.unwrap();
    assert_eq!((run.outcome, run.failures, run.done), (RunOutcome::Failed, 2, None));
    assert_eq!((run.error.as_deref(), run.succeeded_at), (Some("no plans today"), well));
    assert!(!late.late && late.next_at > ctx.clock.now());

    // Broken off in the middle: nobody wrote the end.
    ctx.clock.advance(TimeDelta::seconds(1));
    let mut broken = Box::pin(operations::record(&ctx, name, std::future::pending::<Result<Option<u64>, String>>()));
    let begun = async {
        while row(&ctx, &root, name).await.last.unwrap().outcome != RunOutcome::Running {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! { _ = &mut broken => unreachable!("it never ends"), () = begun => {} }
    drop(broken);
    ctx.clock.advance(TimeDelta::minutes(120));
    assert!(row(&ctx, &root, name).await.late, "two starts were missed");
    operations::record(&ctx, name, async { Ok::<_, String>(None) }).await.unwrap();
    let run = row(&ctx, &root, name).await.last.unwrap();
    assert_eq!((run.outcome, run.failures), (RunOutcome::Succeeded, 0));
}

#[tokio::test]
async fn cleaning_up_forgets_what_is_old_and_nothing_else() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    filed(&ctx, &world).await;
    while domain::events::publish_batch(&ctx).await.unwrap() > 0 {}
    let mut db = ctx.database.superuser().await;
    let (old, fresh) = (dead_job(&mut db, "tell_bills", "x").await, dead_job(&mut db, "tell_bills", "x").await);
    // The queue keeps its own time.
    sqlx::query(
        "update graphile_worker._private_jobs set run_at = $2::timestamptz - interval '91 days',
           updated_at = $2::timestamptz - interval '91 days' where id = $1",
    )
    .bind(old)
    .bind(ctx.clock.now())
    .execute(&mut db)
    .await
    .unwrap();
    sqlx::query("update graphile_worker._private_jobs set run_at = $2, updated_at = $2 where id = $1")
        .bind(fresh)
        .bind(ctx.clock.now())
        .execute(&mut db)
        .await
        .unwrap();
    for (id, days) in [(1, 8), (2, 6)] {
        sqlx::query(
            "insert into telegram_inbox (bot_id, update_id, body, received_at, done_at) values (7, $1, '{}', $2, $2)",
        )
        .bind(id)
        .bind(ctx.clock.now() - TimeDelta::days(days))
        .execute(&mut db)
        .await
        .unwrap();
    }
    let swept = cleanup::run(&ctx).await.unwrap();
    assert_eq!((swept.events, swept.keys, swept.updates, swept.jobs), (0, 0, 1, 1), "{swept:?}");
    let left: Vec<i64> = sqlx::query_scalar("select id from graphile_worker.jobs where task_identifier = 'tell_bills'")
        .fetch_all(&mut db)
        .await
        .unwrap();
    assert_eq!(left, [fresh]);

    ctx.clock.advance(TimeDelta::days(15));
    // Not handed out yet, however old: it must not be lost.
    sqlx::query(
        "update outbox_events set published_at = null, seq = null where id = (select id from outbox_events limit 1)",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let events: i64 = sqlx::query_scalar("select count(*) from outbox_events").fetch_one(&mut db).await.unwrap();
    let swept = cleanup::run(&ctx).await.unwrap();
    assert_eq!((swept.events, swept.updates), (events.unsigned_abs() - 1, 1), "{swept:?}");
    assert_eq!(cleanup::run(&ctx).await.unwrap().total(), 0);
}

#[tokio::test]
async fn managers_hear_the_figures_of_yesterday_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    assert!(NoticeKind::of_role(Role::Admin).any(|kind| kind == NoticeKind::Digest));
    assert!(NoticeKind::of_role(Role::Dispatcher).all(|kind| kind != NoticeKind::Digest));
    crate::ledger::accounts(&ctx, &world.a).await;
    let late = filed(&ctx, &world).await;
    brought_to(&ctx, &world, Status::Done).await;
    testkit::miss_deadline(&ctx, late).await;
    let mut db = ctx.database.superuser().await;
    let account: String =
        sqlx::query_scalar("select number from personal_accounts where company_id = $1 order by number limit 1")
            .bind(world.a.id.0)
            .fetch_one(&mut db)
            .await
            .unwrap();
    let cash = RecordPayment {
        account,
        source: PaymentSource::Cash,
        amount: Money::from_soum(250).unwrap(),
        reference: "7".to_owned(),
        paid_on: None,
        payer: None,
        note: None,
    };
    payments::record(&ctx, &admin, &cash, None).await.unwrap();
    assert_eq!(digest::run(&ctx).await.unwrap(), 0, "noon is no morning");

    // 07:59 of the next day, then past eight.
    ctx.clock.advance(TimeDelta::minutes(19 * 60 + 59) - TimeDelta::seconds(1));
    assert_eq!(digest::run(&ctx).await.unwrap(), 0);
    ctx.clock.advance(TimeDelta::minutes(2));
    // Filed today, so it is not of yesterday.
    filed(&ctx, &world).await;
    assert_eq!(digest::run(&ctx).await.unwrap(), 2, "one manager in each company");
    ctx.clock.advance(TimeDelta::minutes(30));
    assert_eq!(digest::run(&ctx).await.unwrap(), 0, "once a day");
    let told = "select n.facts from notices n where n.kind = 'digest' and n.company_id = $1";
    let facts: Vec<Value> = sqlx::query_scalar(told).bind(world.a.id.0).fetch_all(&mut db).await.unwrap();
    let expected = serde_json::json!({ "day": "2026-11-23", "filed": 2, "done": 1, "overdue": 1, "sum": 25_000 });
    assert_eq!(facts, [expected]);
    let other: Vec<Value> = sqlx::query_scalar(told).bind(world.b.id.0).fetch_all(&mut db).await.unwrap();
    assert_eq!((&other[0]["filed"], &other[0]["sum"]), (&0.into(), &0.into()), "a company hears its own figures");

    ctx.clock.advance(TimeDelta::days(1));
    assert_eq!(digest::run(&ctx).await.unwrap(), 2, "and again the next morning");
}
