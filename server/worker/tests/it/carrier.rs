//! Jobs over a real RabbitMQ that comes late, is killed in the middle and gets rubbish.

use platform::amqp::Outgoing;
use std::time::{Duration, Instant};
use testkit::{Rabbit, TestCtx, Told};
use tokio::sync::oneshot;

/// Enough that a run takes longer than a kill.
const LETTERS: u32 = 300;
/// Nothing takes this long unless it never comes.
const DEADLINE: Duration = Duration::from_secs(90);

async fn until(ctx: &TestCtx, what: &str, mut ready: impl FnMut(&Told) -> bool) -> Told {
    let began = Instant::now();
    loop {
        let told = ctx.database.told().await;
        if ready(&told) {
            return told;
        }
        assert!(began.elapsed() < DEADLINE, "waited in vain: {what}; {told:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_may_come_late_and_be_killed_and_nothing_is_lost_or_doubled() {
    let mut rabbit = Rabbit::prepared();
    let url = rabbit.url();
    let settings =
        [("UK_DEV", "true"), ("UK_AMQP__URL", url.as_str()), ("UK_AMQP__LEASE_S", "5"), ("UK_AMQP__PATIENCE_S", "1")];
    let ctx = TestCtx::with(&settings).await;
    ctx.database.watch_letters().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = tokio::spawn(worker::run(ctx.ctx.clone(), None, async move { drop(stopped.await) }));

    // Nobody there: PostgreSQL does the work.
    ctx.database.queue_letters(20).await;
    let told = until(&ctx, "without a broker", |told| told.ended == 20 && told.left == 0).await;
    assert_eq!((told.carried, told.straight), (0, 20));

    // It comes, and carries. Those that PostgreSQL still took before the change are the exception.
    rabbit.start().await;
    let mut sent = 20;
    let carries = loop {
        ctx.database.queue_letters(20).await;
        sent += 20;
        let told = until(&ctx, "with a broker", |told| told.ended == sent && told.left == 0).await;
        if told.carried > 0 {
            break told;
        }
    };

    // It is killed in the middle, and comes again with what it had written down.
    ctx.database.queue_letters(LETTERS).await;
    sent += i64::from(LETTERS);
    until(&ctx, "the run to begin", |told| told.carried >= carries.carried + 30).await;
    rabbit.kill();
    rabbit.start().await;
    let told = until(&ctx, "all letters", |told| told.ended == sent && told.left == 0).await;
    assert_eq!((told.doubled, told.begun_again), (0, 0), "{told:?}");
    assert_eq!(told.carried + told.straight, sent, "{told:?}");

    // And carries again, whatever else comes over it.
    let client = rabbit.client().await;
    let begun = told.carried;
    let rubbish: Vec<Outgoing> = [
        "no JSON",
        r#"{"job":1,"task":"no_such_task","attempt":1,"lease":"00000000-0000-0000-0000-000000000000","until":"2100-01-01T00:00:00Z"}"#,
        r#"{"job":0,"task":"deliver","attempt":1,"lease":"00000000-0000-0000-0000-000000000000","until":"2100-01-01T00:00:00Z"}"#,
        // An old copy is no rubbish.
        r#"{"job":0,"task":"deliver","attempt":1,"lease":"00000000-0000-0000-0000-000000000000","until":"2000-01-01T00:00:00Z"}"#,
    ]
    .iter()
    .map(|body| Outgoing { id: "rubbish".to_owned(), kind: "deliver".to_owned(), body: body.as_bytes().to_vec() })
    .collect();
    assert_eq!(client.publish(&rubbish).await.unwrap(), [true; 4]);
    loop {
        ctx.database.queue_letters(20).await;
        sent += 20;
        if until(&ctx, "letters after the kill", |told| told.ended == sent && told.left == 0).await.carried > begun {
            break;
        }
    }
    let began = Instant::now();
    while client.dead().await.unwrap() < 3 {
        assert!(began.elapsed() < DEADLINE, "rubbish did not come to the dead letters");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.send(()).unwrap();
    worker.await.unwrap().unwrap();
    assert_eq!((client.dead().await.unwrap(), client.waiting().await.unwrap()), (3, 0));
    assert_eq!(ctx.database.told().await.doubled, 0);
}
