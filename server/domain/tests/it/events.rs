//! Live events: their order, who hears them, and what a client missed.

use crate::support::{assign, filed, step};
use domain::{
    Scope, events,
    events::{Audience, Heard},
    requests,
};
use model::{
    Permission as P,
    events::{Envelope, Event},
    requests::{Action, AddComment, Status},
};
use platform::ids::new_id;
use testkit::{TestCtx, World};

async fn publish(ctx: &TestCtx) -> usize {
    events::publish_batch(ctx).await.unwrap()
}

async fn missed(ctx: &TestCtx, scope: &Scope, last: i64) -> Vec<Envelope> {
    events::since(ctx, scope, last).await.unwrap().into_iter().filter(|e| !is_notice(e)).collect()
}

/// What somebody is told goes to them alone, beside the events they may see.
fn is_notice(envelope: &Envelope) -> bool {
    matches!(envelope.event, Event::NoticeCreated { .. } | Event::NoticeRead {})
}

#[tokio::test]
async fn the_relay_keeps_the_order_and_a_client_resumes_where_it_was() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, worker) = (world.a.dispatcher().await, world.a.plumber().await);
    let scope = desk.scope(P::RequestsRead).unwrap();
    let mut live = ctx.events.subscribe(&scope);
    let id = filed(&ctx, &world).await;
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    assert!(missed(&ctx, &scope, 0).await.is_empty(), "nothing is told before the relay gave it a place");
    assert!(publish(&ctx).await >= 2);
    let last = events::latest(&ctx, &scope).await.unwrap();
    step(&ctx, &worker, id, Action::Start).await.unwrap();
    step(&ctx, &worker, id, Action::Complete).await.unwrap();
    assert!(publish(&ctx).await >= 2);
    assert_eq!(publish(&ctx).await, 0);

    let all = missed(&ctx, &scope, 0).await;
    assert!(all.iter().map(|e| e.id).is_sorted());
    let states: Vec<_> = all
        .iter()
        .map(|e| match e.event {
            Event::RequestCreated { status, number, .. }
            | Event::RequestAssigned { status, number, .. }
            | Event::RequestStatusChanged { status, number, .. } => (number, status),
            _ => panic!("{e:?}"),
        })
        .collect();
    assert_eq!(states, [(1, Status::New), (1, Status::Assigned), (1, Status::InProgress), (1, Status::Done)]);
    assert_eq!(missed(&ctx, &scope, last).await, all[2..]);
    assert!(missed(&ctx, &scope, all[3].id).await.is_empty());

    // The same came over the live channel, in the same order.
    for expected in &all {
        let heard = loop {
            let Heard::Event(heard) = live.next().await else { panic!("the channel closed") };
            if !is_notice(&heard.event.envelope) {
                break heard;
            }
        };
        assert_eq!(heard.event.envelope, *expected);
        assert_eq!(serde_json::from_slice::<Envelope>(&heard.text).unwrap(), *expected);
        assert_eq!(heard.event.company_id, world.a.id);
    }
}

#[tokio::test]
async fn a_late_commit_comes_after_what_was_published() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let scope = world.a.dispatcher().await.scope(P::RequestsRead).unwrap();
    let id = filed(&ctx, &world).await;
    // An older change that commits only after a younger one was published.
    let mut slow = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
    sqlx::query(
        "insert into outbox_events (id, company_id, type, data, audience, created_at)
         select $1, company_id, 'request.updated', data, audience, created_at - interval '1 minute' from outbox_events",
    )
    .bind(new_id())
    .execute(&mut *slow)
    .await
    .unwrap();
    assert_eq!(publish(&ctx).await, 1);
    let seen = events::latest(&ctx, &scope).await.unwrap();
    slow.commit().await.unwrap();
    assert_eq!(publish(&ctx).await, 1);
    let late = missed(&ctx, &scope, seen).await;
    assert_eq!(late.len(), 1, "a client that saw the younger one still gets it");
    assert_eq!(late[0].event.request_id(), Some(id));
}

#[tokio::test]
async fn everybody_hears_what_they_may_see() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let id = filed(&ctx, &world).await;
    let comment = |internal| AddComment { body: "…".to_owned(), internal, ..Default::default() };
    requests::comment(&ctx, &desk, id, &comment(true)).await.unwrap();
    requests::comment(&ctx, &desk, id, &comment(false)).await.unwrap();
    assign(&ctx, &desk, id, world.a.electrician_id).await.unwrap();
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    step(&ctx, &desk, id, Action::Start).await.unwrap();
    publish(&ctx).await;
    for (actor, permission, count) in [
        (desk, P::RequestsRead, 6),
        (world.super_admin().await, P::RequestsRead, 6),
        // All but the internal comment.
        (world.a.resident().await, P::RequestsReadOwn, 5),
        (world.a.neighbour().await, P::RequestsReadOwn, 0),
        (world.a.plumber().await, P::RequestsRead, 6),
        // Given and taken away again; nothing before and after.
        (world.a.electrician().await, P::RequestsRead, 2),
        (world.b.admin().await, P::RequestsRead, 0),
        (world.b.resident().await, P::RequestsReadOwn, 0),
    ] {
        let heard = missed(&ctx, &actor.scope(permission).unwrap(), 0).await;
        assert_eq!(heard.len(), count, "{}: {heard:?}", actor.name());
        if count == 0 {
            let told = events::since(&ctx, &actor.scope(permission).unwrap(), 0).await.unwrap();
            assert!(told.is_empty(), "{}: {told:?}", actor.name());
        }
    }
}

#[tokio::test]
async fn too_long_a_gap_asks_to_start_anew() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let scope = world.a.dispatcher().await.scope(P::RequestsRead).unwrap();
    filed(&ctx, &world).await;
    let mut tx = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
    sqlx::query(
        "insert into outbox_events (id, company_id, type, data, audience, created_at)
         select gen_random_uuid(), company_id, type, data, audience, created_at + n * interval '1 ms'
         from outbox_events, generate_series(1, 700) n",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let mut published = 0;
    while published < 701 {
        let batch = publish(&ctx).await;
        assert!((1..=200).contains(&batch));
        published += batch;
    }
    let latest = events::latest(&ctx, &scope).await.unwrap();
    assert_eq!(missed(&ctx, &scope, latest - 500).await.len(), 500);
    let anew = missed(&ctx, &scope, latest - 501).await;
    assert_eq!(anew.iter().map(|e| &e.event).collect::<Vec<_>>(), [&Event::Resync {}]);
    assert_eq!(missed(&ctx, &scope, 0).await[0].id, latest, "after it the client is up to date");
    let foreign = world.b.dispatcher().await.scope(P::RequestsRead).unwrap();
    assert!(missed(&ctx, &foreign, 0).await.is_empty());
}

#[test]
fn an_audience_of_another_company_is_never_reached() {
    let text = format!(r#"{{"building_id":"{}","contact_id":null,"assignee_id":null}}"#, new_id());
    let audience: Audience = serde_json::from_str(&text).unwrap();
    let (ours, theirs) = (model::CompanyId(new_id()), model::CompanyId(new_id()));
    let scope = domain::Actor::system(ours).scope(P::RequestsRead).unwrap();
    assert!(scope.hears(ours, &audience));
    assert!(!scope.hears(theirs, &audience));
}
