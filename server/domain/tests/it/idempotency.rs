//! A call that is repeated is done once.

use crate::support::code;
use domain::{idempotency::Key, requests};
use model::{Code, requests::RequestFilter};
use testkit::{TestCtx, World};

fn key(name: &str, body: &str) -> Key {
    Key { key: name.to_owned(), request_hash: body.as_bytes().to_vec() }
}

#[tokio::test]
async fn a_repeat_answers_with_the_first_request() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (resident, neighbour) = (world.a.resident().await, world.a.neighbour().await);
    let create = async |name: &str, body: &str| {
        requests::create(&ctx, &resident, &world.a.draft(), Some(&key(name, body))).await
    };
    let first = create("k1", "body").await.unwrap();
    let again = create("k1", "body").await.unwrap();
    assert_eq!(first, again);
    assert_eq!(code(create("k1", "another body").await), Code::IdempotencyMismatch);
    assert_ne!(create("k2", "body").await.unwrap().id, first.id);
    // Keys belong to the person who sent them.
    let other =
        requests::create(&ctx, &neighbour, &testkit::draft(world.a.neighbour.unit), Some(&key("k1", "x"))).await;
    assert_ne!(other.unwrap().id, first.id);
    assert_eq!(requests::list(&ctx, &resident, &RequestFilter::default()).await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn a_refused_call_leaves_its_key_free() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let resident = world.a.resident().await;
    let mut command = world.a.draft();
    command.unit_id = Some(world.a.neighbour.unit);
    assert_eq!(code(requests::create(&ctx, &resident, &command, Some(&key("k", "1"))).await), Code::Invalid);
    requests::create(&ctx, &resident, &world.a.draft(), Some(&key("k", "2"))).await.unwrap();
}

#[tokio::test]
async fn two_at_once_make_one_request() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let resident = world.a.resident().await;
    for round in 0..10 {
        let (name, command) = (format!("round {round}"), world.a.draft());
        let key = key(&name, "body");
        let (one, two) = tokio::join!(
            requests::create(&ctx, &resident, &command, Some(&key)),
            requests::create(&ctx, &resident, &command, Some(&key)),
        );
        assert_eq!(one.unwrap().id, two.unwrap().id);
    }
    assert_eq!(requests::list(&ctx, &resident, &RequestFilter::default()).await.unwrap().items.len(), 10);
}
