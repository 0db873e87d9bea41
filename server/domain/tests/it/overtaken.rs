//! What waits for the morning, or for a worker, and is not true any more when its turn comes.

use crate::{
    billing,
    support::{assign, filed},
};
use chrono::TimeDelta;
use domain::{
    Actor, billing as charges,
    jobs::TellBills,
    messages::{self, Turn},
    outages, requests, telegram,
};
use model::{
    RunId,
    billing::TariffRule,
    notices::NoticeKind as K,
    outages::{OutageFacts, OutageKind, OutagePlace, OutageTexts, Resource},
    requests::{AddComment, EditComment, WatchRequest},
    staff::{UpdateStaff, Visibility},
};
use testkit::{TestCtx, World, move_in, staff_actor};
use uuid::Uuid;

const BOT: i64 = 7;

/// Ids of the deliveries of a kind, the oldest first, with the priority of their jobs.
async fn queued(ctx: &TestCtx, kind: K) -> Vec<(Uuid, i16)> {
    let mut admin = ctx.database.superuser().await;
    sqlx::query_as(
        "select d.id, j.priority from deliveries d
         join graphile_worker.jobs j on j.key = 'deliver:' || d.id where d.template = $1 order by d.created_at, d.id",
    )
    .bind(kind.as_str())
    .fetch_all(&mut admin)
    .await
    .unwrap()
}

async fn chat(ctx: &TestCtx, world: &World, id: i64) {
    telegram::chat(ctx, BOT, id).await.unwrap();
    assert!(telegram::link(ctx, BOT, id, &world.a.resident.phone).await.unwrap());
}

/// What the message would say, if it is still said.
async fn said(ctx: &TestCtx, delivery: Uuid) -> Option<serde_json::Value> {
    match messages::take(ctx, delivery).await.unwrap() {
        Turn::Send(delivery) => Some(delivery.notice.unwrap().facts),
        Turn::Nothing => None,
        Turn::Held(until) => panic!("it is held till {until}"),
    }
}

fn words(body: &str) -> AddComment {
    AddComment { body: body.to_owned(), ..Default::default() }
}

#[tokio::test]
async fn a_comment_goes_out_as_it_is_by_then_or_not_at_all() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, author) = (world.a.dispatcher().await, world.a.resident().await);
    chat(&ctx, &world, 601).await;
    let id = filed(&ctx, &world).await;
    let comment = async |body: &str| {
        let card = requests::comment(&ctx, &desk, id, &words(body)).await.unwrap();
        (card.comments.last().unwrap().id, queued(&ctx, K::Comment).await.pop().unwrap().0)
    };
    let (first, waits) = comment("Мастер придёт в субботу").await;
    let edit = EditComment { body: "Мастер придёт в воскресенье".to_owned() };
    requests::edit_comment(&ctx, &desk, id, first, &edit).await.unwrap();
    assert_eq!(said(&ctx, waits).await.unwrap()["words"], "Мастер придёт в воскресенье");

    let (second, waits) = comment("Должник из двенадцатой").await;
    let list = async || domain::notices::list(&ctx, &author, model::Lang::Ru, None).await.unwrap();
    assert_eq!(list().await.items.len(), 2);
    requests::take_comment_back(&ctx, &desk, id, second).await.unwrap();
    assert_eq!(said(&ctx, waits).await, None);
    let left = list().await;
    assert_eq!((left.items.len(), left.unread), (1, 1), "the list does not keep it either");
}

#[tokio::test]
async fn charges_taken_back_are_told_to_nobody() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    crate::ledger::accounts(&ctx, &world.a).await;
    chat(&ctx, &world, 602).await;
    let lift = billing::service(&ctx, &admin, "Лифт").await;
    let price = billing::price(lift, TariffRule::Unit, 800_000, "2026-01-01");
    charges::create_tariff(&ctx, &admin, &price).await.unwrap();
    let tell = async |run: RunId| {
        charges::tell(&ctx, &TellBills { company_id: world.a.id, run_id: run, after: None }).await.unwrap();
    };
    let run = billing::posted(&ctx, &admin, "2026-10-01").await;
    tell(run.run.id).await;
    let (waits, priority) = queued(&ctx, K::Bill).await[0];
    assert_eq!(priority, 10, "codes and steps do not wait behind bills");
    let back = charges::start_undo(&ctx, &admin, run.run.id, run.run.version).await.unwrap();
    billing::worked(&ctx, &admin, &back).await;
    assert_eq!(said(&ctx, waits).await, None);
    let fresh = billing::posted(&ctx, &admin, "2026-10-01").await;
    tell(fresh.run.id).await;
    let (waits, _) = queued(&ctx, K::Bill).await.pop().unwrap();
    assert!(said(&ctx, waits).await.is_some());
}

#[tokio::test]
async fn a_house_that_is_added_hears_of_the_outage_and_the_others_do_not_hear_it_twice() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, admin) = (world.a.dispatcher().await, world.a.admin().await);
    chat(&ctx, &world, 603).await;
    let other = domain::property::create_building(
        &ctx,
        &admin,
        &model::property::BuildingFacts { address: "Лутфи 3".to_owned(), storeys: 1, ..Default::default() },
    )
    .await
    .unwrap()
    .id;
    let unit = model::property::UnitFacts {
        kind: model::property::UnitKind::Flat,
        number: "1".to_owned(),
        entrance: None,
        floor: None,
        rooms: None,
        area_cm2: None,
        cadastral: None,
    };
    let unit = domain::property::create_unit(&ctx, &admin, other, &unit).await.unwrap().id;
    move_in(&ctx, world.a.id, "Новый житель", "+998901112299", unit).await;
    let at = |building_id| OutagePlace { building_id, entrance_id: None, riser_id: None };
    let mut facts = OutageFacts {
        kind: OutageKind::Emergency,
        resource: Resource::ColdWater,
        starts_at: ctx.clock.now(),
        ends_at: None,
        places: vec![at(world.a.house.id)],
        texts: OutageTexts::default(),
        note: None,
    };
    let card = outages::create(&ctx, &desk, &facts).await.unwrap();
    let before = queued(&ctx, K::Outage).await;
    assert!(
        before.iter().all(|(_, priority)| *priority == 1),
        "water that is off overtakes the news, not the code somebody waits for"
    );
    facts.places.push(at(other));
    let card = outages::update(&ctx, &desk, card.id, card.version, &facts).await.unwrap();
    let after = queued(&ctx, K::Outage).await;
    assert_eq!(after.len(), before.len() + 1);

    // Put off and begun again is news to everybody.
    facts.starts_at = ctx.clock.now() + TimeDelta::hours(2);
    let planned = outages::update(&ctx, &desk, card.id, card.version, &facts).await.unwrap();
    assert_eq!(queued(&ctx, K::Outage).await.len(), after.len() * 2);
    facts.starts_at = ctx.clock.now();
    outages::update(&ctx, &desk, planned.id, planned.version, &facts).await.unwrap();
    assert_eq!(queued(&ctx, K::Outage).await.len(), after.len() * 3);
}

#[tokio::test]
async fn who_was_moved_to_other_work_hears_nothing_of_the_request_they_watched() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, admin) = (world.a.dispatcher().await, world.a.admin().await);
    let id = filed(&ctx, &world).await;
    let worker: Actor = world.a.plumber().await;
    requests::watch(&ctx, &worker, id, &WatchRequest { user_id: None, on: true }).await.unwrap();
    assign(&ctx, &desk, id, world.a.electrician_id).await.unwrap();
    let told = async || {
        let mut db = ctx.database.superuser().await;
        let count: i64 = sqlx::query_scalar("select count(*) from notices where user_id = $1")
            .bind(world.a.plumber_id.0)
            .fetch_one(&mut db)
            .await
            .unwrap();
        count
    };
    let before = told().await;
    requests::comment(&ctx, &desk, id, &AddComment { internal: true, ..words("Звонила") }).await.unwrap();
    assert_eq!(told().await, before + 1);
    let version = domain::staff::get(&ctx, &admin, world.a.plumber_id).await.unwrap().version;
    let narrow = UpdateStaff { visibility: Some(Visibility::Assigned), ..Default::default() };
    domain::staff::update(&ctx, &admin, world.a.plumber_id, version, &narrow).await.unwrap();
    assert!(requests::get(&ctx, &staff_actor(&ctx, "plumber-a").await, id).await.is_err());
    requests::comment(&ctx, &desk, id, &AddComment { internal: true, ..words("Долг 2 млн") }).await.unwrap();
    assert_eq!(told().await, before + 1);
}
