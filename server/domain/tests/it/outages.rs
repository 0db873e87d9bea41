//! Outages from the first call to "it works again": whom they concern, what they explain, what the detector proposes.

use crate::support::{code, field, step, wrong};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Actor, audit, events, outages, property, requests};
use model::{
    Code, OutageId, Permission as P, RequestId, UnitId,
    audit::ObjectType,
    events::Event,
    outages::{
        DetectorRules, FinishRequests, GenerateRisers, LinkRequests, OutageAction, OutageCall, OutageFacts,
        OutageFilter, OutageKind, OutagePlace, OutageStatus, OutageStep, OutageTab, OutageTexts, Resource, RiserFacts,
    },
    property::{UnitFacts, UnitKind},
    requests::{Action, Category, CreateRequest, RateRequest, RatingReason, RequestFilter, Status},
};
use testkit::{Company, TestCtx, World, draft, move_in};

fn place(world: &World) -> OutagePlace {
    OutagePlace { building_id: world.a.house.id, entrance_id: None, riser_id: None }
}

fn facts(kind: OutageKind, starts_at: DateTime<Utc>, places: Vec<OutagePlace>) -> OutageFacts {
    OutageFacts {
        kind,
        resource: Resource::ColdWater,
        starts_at,
        ends_at: None,
        places,
        texts: OutageTexts::default(),
        note: None,
    }
}

async fn end(ctx: &TestCtx, desk: &Actor, id: OutageId) {
    let version = outages::get(ctx, desk, id).await.unwrap().version;
    outages::step(ctx, desk, id, version, OutageStep { action: OutageAction::End }).await.unwrap();
}

/// A request about a flat, written down by the desk.
async fn complain(ctx: &TestCtx, desk: &Actor, unit: UnitId, category: Category) -> RequestId {
    let command = CreateRequest { category, ..draft(unit) };
    requests::create(ctx, desk, &command, None).await.unwrap().id
}

#[tokio::test]
async fn an_outage_lives_and_is_in_the_books() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, worker, resident) = (world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await);
    let now = ctx.clock.now();
    let planned = facts(OutageKind::Planned, now + TimeDelta::hours(2), vec![place(&world), place(&world)]);
    let card = outages::create(&ctx, &desk, &planned).await.unwrap();
    assert_eq!((card.status, card.version, card.facts.places.len()), (OutageStatus::Planned, 1, 1), "named once");
    assert_eq!((card.reach.units, card.reach.residents), (3, 2));
    assert_eq!(card.actions, [OutageAction::Start, OutageAction::Cancel]);
    let id = card.id;

    // Prolonging is an edit: of the version that was seen, and only before it is over.
    let longer = OutageFacts { ends_at: Some(now + TimeDelta::hours(6)), ..card.facts.clone() };
    assert_eq!(code(outages::update(&ctx, &desk, id, 7, &longer).await), Code::Conflict);
    let card = outages::update(&ctx, &desk, id, 1, &longer).await.unwrap();
    assert_eq!((card.version, card.facts.ends_at), (2, Some(now + TimeDelta::hours(6))));
    let same = outages::update(&ctx, &desk, id, 2, &longer).await.unwrap();
    assert_eq!(same.version, 2, "nothing changed");
    let backwards = OutageFacts { ends_at: Some(now), ..longer.clone() };
    assert_eq!(field(outages::update(&ctx, &desk, id, 2, &backwards).await), wrong("/ends_at", "out_of_range"));

    let command = OutageStep { action: OutageAction::End };
    assert_eq!(code(outages::step(&ctx, &desk, id, 2, command).await), Code::IllegalTransition);
    let card = outages::step(&ctx, &desk, id, 2, OutageStep { action: OutageAction::Start }).await.unwrap();
    assert_eq!((card.status, card.facts.starts_at), (OutageStatus::Running, now));
    let card = outages::step(&ctx, &desk, id, 3, command).await.unwrap();
    assert_eq!((card.status, card.ended_at, card.may_edit), (OutageStatus::Ended, Some(now), false));
    assert_eq!(code(outages::update(&ctx, &desk, id, 4, &longer).await), Code::IllegalTransition);

    let history = audit::of_object(&ctx, &desk, ObjectType::Outage, id.0).await.unwrap();
    let actions: Vec<_> = history.iter().rev().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["outage.create", "outage.update", "outage.status", "outage.status"]);
    assert_eq!(history[3].object_name.as_deref(), Some("Навои 12"));

    // Reading is for the staff, writing for the desk.
    assert!(outages::get(&ctx, &worker, id).await.unwrap().actions.is_empty());
    assert_eq!(code(outages::create(&ctx, &worker, &planned).await), Code::Forbidden);
    assert_eq!(code(outages::get(&ctx, &resident, id).await), Code::Forbidden);
    let foreign = world.b.dispatcher().await;
    assert_eq!(code(outages::get(&ctx, &foreign, id).await), Code::NotFound);
    assert_eq!(code(outages::step(&ctx, &foreign, id, 4, command).await), Code::NotFound);
}

#[tokio::test]
async fn places_must_be_there() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, now) = (world.a.dispatcher().await, ctx.clock.now());
    let make = async |places| outages::create(&ctx, &desk, &facts(OutageKind::Emergency, now, places)).await;
    assert_eq!(field(make(Vec::new()).await), wrong("/places", "required"));
    let foreign = OutagePlace { building_id: world.b.house.id, entrance_id: None, riser_id: None };
    assert_eq!(field(make(vec![place(&world), foreign]).await), wrong("/places/1/building_id", "unknown"));
    let elsewhere = OutagePlace { entrance_id: Some(world.a.far_house.entrance), ..place(&world) };
    assert_eq!(field(make(vec![elsewhere]).await), wrong("/places/0/entrance_id", "unknown"));
    let nowhere = OutagePlace { riser_id: Some(uuid::Uuid::nil().into()), ..place(&world) };
    assert_eq!(field(make(vec![nowhere]).await), wrong("/places/0/riser_id", "unknown"));
    let past = OutageFacts {
        ends_at: Some(now - TimeDelta::minutes(1)),
        ..facts(OutageKind::Emergency, now - TimeDelta::hours(1), vec![place(&world)])
    };
    assert_eq!(field(outages::create(&ctx, &desk, &past).await), wrong("/ends_at", "in_past"));
    assert_eq!(outages::reach(&ctx, &desk, &[foreign]).await.unwrap().units, 0);
}

/// A house of two entrances with two flats on each of three floors.
async fn tower(ctx: &TestCtx, world: &World) -> (model::BuildingId, Vec<UnitId>) {
    let admin = world.a.admin().await;
    let house = model::property::BuildingFacts {
        address: "Лутфи 3".to_owned(),
        storeys: 3,
        ..model::property::BuildingFacts::default()
    };
    let id = property::create_building(ctx, &admin, &house).await.unwrap().id;
    let mut units = Vec::new();
    for n in 0..12_i16 {
        let unit = UnitFacts {
            kind: UnitKind::Flat,
            number: (n + 1).to_string(),
            entrance: Some(1 + n / 6),
            floor: Some(1 + n % 6 / 2),
            rooms: None,
            area_cm2: None,
            cadastral: None,
        };
        units.push(property::create_unit(ctx, &admin, id, &unit).await.unwrap().id);
    }
    (id, units)
}

#[tokio::test]
async fn closing_a_riser_names_exactly_its_flats() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let (house, units) = tower(&ctx, &world).await;
    let command = GenerateRisers { resources: vec![Resource::ColdWater] };
    assert_eq!(code(outages::generate_risers(&ctx, &desk, house, &command).await), Code::Forbidden);
    let made = outages::generate_risers(&ctx, &admin, house, &command).await.unwrap();
    assert_eq!(made.len(), 4, "two positions in each entrance");
    assert_eq!(code(outages::generate_risers(&ctx, &admin, house, &command).await), Code::InUse);
    let r2 = made.iter().find(|r| r.entrance == Some(1) && r.name == "R2").unwrap();
    let numbers: Vec<_> = r2.units.iter().map(|u| u.number.as_str()).collect();
    assert_eq!(numbers, ["2", "4", "6"]);

    // A neighbour of the riser, one beside it, and one in the other entrance.
    let people = [("+998901110001", units[3]), ("+998901110002", units[4]), ("+998901110003", units[9])];
    let mut actors = Vec::new();
    for (phone, unit) in people {
        let person = move_in(&ctx, world.a.id, "Житель", phone, unit).await;
        actors.push(testkit::resident_actor(&ctx, &person.phone).await);
    }
    let spot = OutagePlace { building_id: house, entrance_id: None, riser_id: Some(r2.id) };
    let off = facts(OutageKind::Emergency, ctx.clock.now(), vec![spot]);
    let card = outages::create(&ctx, &desk, &off).await.unwrap();
    assert_eq!((card.reach.units, card.reach.residents), (3, 1));
    assert_eq!(card.places[0].entrance, Some(1));
    for (n, unit) in units.iter().enumerate() {
        let hit = !outages::at(&ctx, &desk, (*unit).into()).await.unwrap().is_empty();
        assert_eq!(hit, [1, 3, 5].contains(&n), "flat {}", n + 1);
    }
    assert_eq!(outages::mine(&ctx, &actors[0]).await.unwrap().len(), 1);
    assert!(outages::mine(&ctx, &actors[1]).await.unwrap().is_empty());
    let entrances = outages::house_places(&ctx, &desk, house).await.unwrap().entrances;
    let at = async |spot: model::outages::Spot| outages::at(&ctx, &desk, spot).await.unwrap().len();
    assert_eq!((at(house.into()).await, at(entrances[0].id.into()).await, at(entrances[1].id.into()).await), (1, 1, 0));

    // Its water is not another riser's gas.
    let gas = OutageFacts { resource: Resource::Gas, ..off.clone() };
    assert_eq!(field(outages::create(&ctx, &desk, &gas).await), wrong("/places/0/riser_id", "unknown"));
    // Editing a riser changes who is hit; putting it away waits for the outage.
    let fewer = RiserFacts {
        resource: Resource::ColdWater,
        entrance_id: r2.entrance_id,
        name: "R2".to_owned(),
        unit_ids: vec![units[1]],
    };
    let edited = outages::update_riser(&ctx, &admin, r2.id, r2.version, &fewer).await.unwrap();
    assert!(outages::mine(&ctx, &actors[0]).await.unwrap().is_empty());
    assert_eq!(code(outages::update_riser(&ctx, &admin, r2.id, r2.version, &fewer).await), Code::Conflict);
    let taken = RiserFacts { name: " r1 ".to_owned(), ..fewer.clone() };
    assert_eq!(
        field(outages::update_riser(&ctx, &admin, r2.id, edited.version, &taken).await),
        wrong("/name", "taken")
    );
    let strange = RiserFacts { unit_ids: vec![world.a.house.units[0]], ..fewer };
    assert_eq!(
        field(outages::update_riser(&ctx, &admin, r2.id, edited.version, &strange).await),
        wrong("/unit_ids/0", "unknown")
    );
    assert_eq!(code(outages::archive_riser(&ctx, &admin, r2.id, edited.version).await), Code::InUse);
    end(&ctx, &desk, card.id).await;
    outages::archive_riser(&ctx, &admin, r2.id, edited.version).await.unwrap();
    assert_eq!(outages::risers(&ctx, &desk, house).await.unwrap().len(), 3);
    assert_eq!(outages::get(&ctx, &desk, card.id).await.unwrap().places[0].riser.as_deref(), Some("R2"));
}

#[tokio::test]
async fn only_those_it_concerns_hear_of_it() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let entrance = OutagePlace { entrance_id: Some(world.a.house.entrance), ..place(&world) };
    let far = move_in(&ctx, world.a.id, "Далёкий", "+998901110009", world.a.far_house.units[0]).await;
    let far = testkit::resident_actor(&ctx, &far.phone).await;
    let card =
        outages::create(&ctx, &desk, &facts(OutageKind::Emergency, ctx.clock.now(), vec![entrance])).await.unwrap();
    let moved = OutagePlace { building_id: world.a.far_house.id, entrance_id: None, riser_id: None };
    let elsewhere = OutageFacts { places: vec![moved], ..card.facts };
    outages::update(&ctx, &desk, card.id, 1, &elsewhere).await.unwrap();
    end(&ctx, &desk, card.id).await;
    while events::publish_batch(&ctx).await.unwrap() > 0 {}
    let heard = async |actor: &Actor| {
        let scope = actor.scope_any(&[P::RequestsRead, P::RequestsReadOwn]).unwrap();
        let all = events::since(&ctx, &scope, 0).await.unwrap();
        all.iter()
            .filter_map(|e| match &e.event {
                Event::OutageStarted { .. } => Some("started"),
                Event::OutageChanged { .. } => Some("changed"),
                Event::OutageEnded { .. } => Some("ended"),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(heard(&desk).await, ["started", "changed", "ended"]);
    assert_eq!(heard(&world.a.plumber().await).await, ["started", "changed"], "it left his zone");
    assert!(heard(&world.a.electrician().await).await.is_empty(), "no zone");
    assert_eq!(heard(&world.a.resident().await).await, ["started", "changed"]);
    assert_eq!(heard(&far).await, ["changed", "ended"]);
    assert!(heard(&world.b.dispatcher().await).await.is_empty());
    assert!(heard(&world.b.resident().await).await.is_empty());
}

#[tokio::test]
async fn the_clock_starts_and_ends_and_never_twice() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, now) = (world.a.dispatcher().await, ctx.clock.now());
    let (start, stop) = (now + TimeDelta::hours(1), now + TimeDelta::hours(2));
    let planned = OutageFacts { ends_at: Some(stop), ..facts(OutageKind::Planned, start, vec![place(&world)]) };
    let planned = outages::create(&ctx, &desk, &planned).await.unwrap().id;
    let emergency = OutageFacts { ends_at: Some(stop), ..facts(OutageKind::Emergency, now, vec![place(&world)]) };
    let emergency = outages::create(&ctx, &desk, &emergency).await.unwrap().id;
    let status = async |id| outages::get(&ctx, &desk, id).await.unwrap().status;
    assert_eq!(outages::tick(&ctx).await.unwrap(), 0);
    ctx.clock.advance(TimeDelta::minutes(61));
    let (one, two) = tokio::join!(outages::tick(&ctx), outages::tick(&ctx));
    assert_eq!(one.unwrap() + two.unwrap(), 1, "two workers, one start");
    assert_eq!(status(planned).await, OutageStatus::Running);
    ctx.clock.advance(TimeDelta::minutes(60));
    assert_eq!(outages::tick(&ctx).await.unwrap(), 1);
    assert_eq!(outages::tick(&ctx).await.unwrap(), 0);
    assert_eq!(status(planned).await, OutageStatus::Ended);
    // An emergency is over when somebody says so.
    let card = outages::get(&ctx, &desk, emergency).await.unwrap();
    assert_eq!((card.status, card.late), (OutageStatus::Running, true));
    let counts = outages::counts(&ctx, &desk).await.unwrap();
    assert_eq!((counts.running, counts.late, counts.planned), (1, 1, 0));
    // Asleep over the whole of it: it started and it ended.
    let (start, stop) = (ctx.clock.now() + TimeDelta::hours(1), ctx.clock.now() + TimeDelta::hours(2));
    let missed = OutageFacts { ends_at: Some(stop), ..facts(OutageKind::Planned, start, vec![place(&world)]) };
    let missed = outages::create(&ctx, &desk, &missed).await.unwrap().id;
    ctx.clock.advance(TimeDelta::hours(3));
    assert_eq!(outages::tick(&ctx).await.unwrap(), 2);
    assert_eq!(status(missed).await, OutageStatus::Ended);
}

#[tokio::test]
async fn the_journal_has_pages_and_filters() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, now) = (world.a.dispatcher().await, ctx.clock.now());
    let far = OutagePlace { building_id: world.a.far_house.id, entrance_id: None, riser_id: None };
    let mut ids = Vec::new();
    for n in 0..3 {
        let one = facts(OutageKind::Emergency, now - TimeDelta::minutes(n), vec![place(&world)]);
        ids.push(outages::create(&ctx, &desk, &one).await.unwrap().id);
    }
    let lift =
        OutageFacts { resource: Resource::Lift, ..facts(OutageKind::Planned, now + TimeDelta::days(1), vec![far]) };
    let lift = outages::create(&ctx, &desk, &lift).await.unwrap().id;
    end(&ctx, &desk, ids[2]).await;
    let list = async |filter: OutageFilter| {
        let page = outages::list(&ctx, &desk, &filter).await.unwrap();
        (page.items.iter().map(|row| row.id).collect::<Vec<_>>(), page.next)
    };
    let bare = OutageFilter::default;
    assert_eq!(list(bare()).await.0, ids[..2]);
    let (first, next) = list(OutageFilter { limit: Some(1), ..bare() }).await;
    assert_eq!(first, ids[..1]);
    assert_eq!(list(OutageFilter { limit: Some(1), cursor: next, ..bare() }).await, (vec![ids[1]], None));
    assert_eq!(list(OutageFilter { tab: Some(OutageTab::Planned), ..bare() }).await.0, [lift]);
    assert_eq!(list(OutageFilter { tab: Some(OutageTab::Ended), ..bare() }).await.0, [ids[2]]);
    assert!(list(OutageFilter { resource: Some(Resource::Gas), ..bare() }).await.0.is_empty());
    assert!(list(OutageFilter { building_id: Some(world.a.far_house.id), ..bare() }).await.0.is_empty());
    assert_eq!(list(OutageFilter { text: Some("навои".to_owned()), ..bare() }).await.0.len(), 2);
    assert_eq!(
        field(outages::list(&ctx, &desk, &OutageFilter { limit: Some(0), ..bare() }).await),
        wrong("/limit", "out_of_range")
    );
    assert!(outages::list(&ctx, &world.b.dispatcher().await, &bare()).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn requests_of_one_cause_end_together() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, worker, author) = (world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await);
    let units = &world.a.house.units;
    let fresh = requests::create(&ctx, &author, &world.a.draft(), None).await.unwrap().id;
    let begun = complain(&ctx, &desk, units[1], Category::Plumbing).await;
    crate::support::assign(&ctx, &desk, begun, world.a.plumber_id).await.unwrap();
    step(&ctx, &worker, begun, Action::Start).await.unwrap();
    let done = complain(&ctx, &desk, units[2], Category::Plumbing).await;
    crate::support::assign(&ctx, &desk, done, world.a.plumber_id).await.unwrap();
    step(&ctx, &worker, done, Action::Start).await.unwrap();
    step(&ctx, &worker, done, Action::Complete).await.unwrap();
    let gone = complain(&ctx, &desk, units[2], Category::Plumbing).await;
    step(&ctx, &desk, gone, Action::Cancel).await.unwrap();
    let stranger = complain(&ctx, &desk, world.a.far_house.units[0], Category::Plumbing).await;

    let now = ctx.clock.now();
    let outage = outages::create(&ctx, &desk, &facts(OutageKind::Emergency, now, vec![place(&world)])).await.unwrap();
    let similar: Vec<_> = outage.similar.iter().map(|r| r.id).collect();
    assert_eq!(similar, [fresh, begun], "open and of its trade");
    let link = LinkRequests { link: vec![fresh, begun, done, gone], unlink: Vec::new() };
    let card = outages::link(&ctx, &desk, outage.id, &link).await.unwrap();
    assert_eq!((card.requests.len(), card.similar.len()), (4, 0));
    let foreign = world.b.dispatcher().await;
    let theirs = requests::create(&ctx, &foreign, &draft(world.b.house.units[0]), None).await.unwrap().id;
    let refused = LinkRequests { link: vec![theirs], unlink: Vec::new() };
    assert_eq!(field(outages::link(&ctx, &desk, outage.id, &refused).await), wrong("/link/0", "unknown"));
    let about = outages::about_request(&ctx, &desk, fresh).await.unwrap();
    assert_eq!(about.cause.map(|n| n.id), Some(outage.id));
    assert!(about.here.is_empty());

    end(&ctx, &desk, outage.id).await;
    let command = FinishRequests {
        ids: vec![fresh, begun, done, gone, stranger, fresh],
        result: " Пустили воду ".to_owned(),
    };
    assert_eq!(code(outages::finish(&ctx, &worker, outage.id, &command).await), Code::Forbidden);
    let outcomes = outages::finish(&ctx, &desk, outage.id, &command).await.unwrap();
    let told: Vec<_> = outcomes.iter().map(|o| (RequestId(o.id), o.failure.as_ref().map(|f| f.code))).collect();
    let expected = [
        (fresh, None),
        (begun, None),
        (done, None),
        (gone, Some(Code::IllegalTransition)),
        (stranger, Some(Code::NotFound)),
    ];
    assert_eq!(told, expected);
    let card = requests::get(&ctx, &author, fresh).await.unwrap();
    assert_eq!((card.status, card.result.as_deref(), card.may_rate), (Status::Done, Some("Пустили воду"), true));
    assert_eq!(card.assignee.unwrap().name, "dispatcher-a", "nobody had it: the desk took it over");
    let card = requests::get(&ctx, &desk, begun).await.unwrap();
    assert_eq!((card.status, card.assignee.unwrap().name.as_str()), (Status::Done, "plumber-a"));
    assert_eq!(requests::get(&ctx, &desk, done).await.unwrap().status, Status::Closed);
    assert_eq!(requests::get(&ctx, &desk, stranger).await.unwrap().status, Status::New);
    // The author hears it once, not with every step.
    let mut tx = ctx.db.begin_system("look at jobs").await.unwrap();
    let told: i64 = sqlx::query_scalar("select count(*) from notices where kind = 'request_step' and object_id = $1")
        .bind(fresh.0)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn me_too_is_counted_once_and_can_be_taken_back() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, resident, neighbour) = (world.a.dispatcher().await, world.a.resident().await, world.a.neighbour().await);
    let outage = outages::create(&ctx, &desk, &facts(OutageKind::Emergency, ctx.clock.now(), vec![place(&world)]))
        .await
        .unwrap()
        .id;
    assert_eq!(outages::join(&ctx, &resident, outage).await.unwrap().joined, 1);
    let again = outages::join(&ctx, &resident, outage).await.unwrap();
    assert_eq!((again.joined, again.mine), (1, true));
    let call = OutageCall { contact_id: Some(world.a.caller), ..OutageCall::default() };
    outages::call(&ctx, &desk, outage, &call).await.unwrap();
    outages::call(&ctx, &desk, outage, &call).await.unwrap();
    let nobody = outages::call(&ctx, &desk, outage, &OutageCall::default()).await;
    assert_eq!(field(nobody), wrong("/contact_id", "required"));
    let stranger = OutageCall { unit_id: Some(world.b.house.units[0]), ..OutageCall::default() };
    assert_eq!(field(outages::call(&ctx, &desk, outage, &stranger).await), wrong("/unit_id", "unknown"));
    let seen = outages::mine(&ctx, &neighbour).await.unwrap();
    assert_eq!((seen[0].joined, seen[0].mine), (2, false));
    let card = outages::get(&ctx, &desk, outage).await.unwrap();
    let names: Vec<_> = card.joins.iter().filter_map(|j| j.name.as_deref()).collect();
    assert_eq!(names, ["Азиз Каримов", "Пётр Петров"]);
    assert!(outages::get(&ctx, &world.a.plumber().await, outage).await.unwrap().joins.is_empty());
    outages::leave(&ctx, &resident, outage).await.unwrap();
    assert_eq!(code(outages::leave(&ctx, &resident, outage).await), Code::NotFound);
    assert_eq!(code(outages::join(&ctx, &world.b.resident().await, outage).await), Code::NotFound);
    end(&ctx, &desk, outage).await;
    assert_eq!(code(outages::join(&ctx, &resident, outage).await), Code::IllegalTransition);
    assert_eq!(outages::mine(&ctx, &resident).await.unwrap()[0].status, OutageStatus::Ended, "good news for a while");
    ctx.clock.advance(TimeDelta::hours(3));
    assert!(outages::mine(&ctx, &resident).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_neighbour_joins_a_shared_problem_and_learns_nothing_of_the_author() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (author, neighbour, desk) = (world.a.resident().await, world.a.neighbour().await, world.a.dispatcher().await);
    let lamp = CreateRequest {
        unit_id: None,
        building_id: Some(world.a.house.id),
        entrance_id: Some(world.a.house.entrance),
        category: Category::Electrical,
        description: "Тайные слова автора".to_owned(),
        ..world.a.draft()
    };
    let lamp = requests::create(&ctx, &author, &lamp, None).await.unwrap().id;
    let own_flat = requests::create(&ctx, &author, &world.a.draft(), None).await.unwrap().id;
    assert!(outages::common_problems(&ctx, &author).await.unwrap().is_empty(), "one's own is no news");
    let seen = outages::common_problems(&ctx, &neighbour).await.unwrap();
    assert_eq!(seen.len(), 1, "what is in a flat is nobody's business");
    assert_eq!((seen[0].request_id, seen[0].entrance, seen[0].address.as_str()), (lamp, Some(1), "Навои 12"));
    let text = serde_json::to_string(&seen).unwrap();
    for secret in ["Тайные", "Азиз", "Каримов", world.a.resident.phone.as_str()] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert_eq!(outages::join_common(&ctx, &neighbour, lamp).await.unwrap().joined, 1);
    assert_eq!(outages::join_common(&ctx, &neighbour, lamp).await.unwrap().joined, 1);
    assert_eq!(code(outages::join_common(&ctx, &neighbour, own_flat).await), Code::NotFound);
    assert_eq!(code(outages::join_common(&ctx, &author, lamp).await), Code::NotFound);
    assert_eq!(code(outages::join_common(&ctx, &world.b.resident().await, lamp).await), Code::NotFound);
    assert_eq!(code(requests::get(&ctx, &neighbour, lamp).await), Code::NotFound, "joining opens no card");
    assert_eq!(outages::about_request(&ctx, &desk, lamp).await.unwrap().joined, 1);
    assert_eq!(
        requests::list(&ctx, &desk, &RequestFilter::default()).await.unwrap().items.len(),
        2,
        "no second request"
    );

    // Who joined follows it to the end, and is told.
    crate::support::assign(&ctx, &desk, lamp, world.a.plumber_id).await.unwrap();
    let worker = world.a.plumber().await;
    step(&ctx, &worker, lamp, Action::Start).await.unwrap();
    step(&ctx, &worker, lamp, Action::Complete).await.unwrap();
    let seen = outages::common_problems(&ctx, &neighbour).await.unwrap();
    assert_eq!((seen[0].status, seen[0].mine), (Status::Done, true));
    let told = domain::notices::list(&ctx, &neighbour, model::Lang::Ru, None).await.unwrap().items;
    let common = told.iter().filter(|notice| notice.kind == model::notices::NoticeKind::RequestCommon);
    let statuses: Vec<_> = common.map(|notice| notice.facts["status"].as_str().unwrap().to_owned()).collect();
    assert_eq!(statuses, ["done", "in_progress", "assigned"], "each step, the newest first");
    let text = told.iter().map(|notice| notice.facts.to_string()).collect::<String>();
    assert!(!text.contains("Тайные") && !text.contains("Каримов"), "{text}");
    outages::leave_common(&ctx, &neighbour, lamp).await.unwrap();
    assert!(outages::common_problems(&ctx, &neighbour).await.unwrap().is_empty());
    assert_eq!(code(outages::leave_common(&ctx, &neighbour, lamp).await), Code::NotFound);
}

#[tokio::test]
async fn the_detector_proposes_once_and_keeps_its_word() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let (house, units) = tower(&ctx, &world).await;
    outages::generate_risers(&ctx, &admin, house, &GenerateRisers { resources: vec![Resource::ColdWater] })
        .await
        .unwrap();
    let look = async || outages::detect(&ctx, world.a.id, house).await.unwrap();
    let minute = || ctx.clock.advance(TimeDelta::minutes(1));

    let mut filed = Vec::new();
    for n in [1, 3] {
        filed.push(complain(&ctx, &desk, units[n], Category::Plumbing).await);
        minute();
    }
    complain(&ctx, &desk, units[3], Category::Plumbing).await;
    complain(&ctx, &desk, units[5], Category::Cleaning).await;
    assert_eq!(look().await, 0, "two flats are not three");
    filed.push(complain(&ctx, &desk, units[5], Category::Plumbing).await);
    assert_eq!(look().await, 1);
    assert_eq!(look().await, 0, "looking again changes nothing");
    let found = outages::proposals(&ctx, &desk).await.unwrap();
    assert_eq!((found.len(), found[0].requests.len(), found[0].resource), (1, 4, Resource::ColdWater));
    assert_eq!(found[0].places[0].riser.as_deref(), Some("R2"));

    // Another flat of the entrance: the same proposal, wider.
    complain(&ctx, &desk, units[0], Category::Plumbing).await;
    assert_eq!(look().await, 1);
    let grown = outages::proposals(&ctx, &desk).await.unwrap();
    assert_eq!((grown.len(), grown[0].id, grown[0].requests.len()), (1, found[0].id, 5));
    assert_eq!((grown[0].places[0].riser.as_deref(), grown[0].places[0].entrance), (None, Some(1)));
    assert_eq!(outages::counts(&ctx, &desk).await.unwrap().proposals, 1);
    assert_eq!(code(outages::proposals(&ctx, &world.a.plumber().await).await), Code::Forbidden);
    assert_eq!(code(outages::accept(&ctx, &world.b.dispatcher().await, grown[0].id).await), Code::NotFound);

    // Dismissed: quiet, until it has been quiet long enough.
    outages::dismiss(&ctx, &desk, grown[0].id).await.unwrap();
    assert_eq!(code(outages::dismiss(&ctx, &desk, grown[0].id).await), Code::Conflict);
    complain(&ctx, &desk, units[2], Category::Plumbing).await;
    assert_eq!(look().await, 0);
    ctx.clock.advance(TimeDelta::hours(7));
    assert_eq!(look().await, 0, "all that is old by now");
    for unit in &units[..4] {
        complain(&ctx, &desk, *unit, Category::Plumbing).await;
    }
    assert_eq!(look().await, 1);
    let id = outages::proposals(&ctx, &desk).await.unwrap()[0].id;

    // Accepted: the outage with its requests, and the detector has nothing more to say about them.
    let card = outages::accept(&ctx, &desk, id).await.unwrap();
    assert_eq!((card.status, card.facts.kind), (OutageStatus::Running, OutageKind::Emergency));
    assert_eq!((card.requests.len(), card.places[0].entrance), (4, Some(1)));
    assert_eq!(code(outages::accept(&ctx, &desk, id).await), Code::Conflict);
    complain(&ctx, &desk, units[4], Category::Plumbing).await;
    assert_eq!(look().await, 0, "it is known what that is");
    assert!(outages::proposals(&ctx, &desk).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_proposal_nobody_wants_lapses_and_rules_are_the_companys() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let known = outages::detector(&ctx, &desk).await.unwrap();
    assert_eq!(known.rules, DetectorRules::default());
    let strict = DetectorRules { riser: 2, entrance: 2, house: 2, ..known.rules };
    assert_eq!(code(outages::save_detector(&ctx, &desk, known.version, &strict).await), Code::Forbidden);
    let upside_down = DetectorRules { riser: 9, ..known.rules };
    assert_eq!(
        field(outages::save_detector(&ctx, &admin, known.version, &upside_down).await),
        wrong("/riser", "out_of_range")
    );
    let saved = outages::save_detector(&ctx, &admin, known.version, &strict).await.unwrap();
    assert_eq!(code(outages::save_detector(&ctx, &admin, known.version, &strict).await), Code::Conflict);
    assert_eq!(outages::detector(&ctx, &desk).await.unwrap(), saved);
    assert_eq!(outages::detector(&ctx, &world.b.dispatcher().await).await.unwrap().rules, DetectorRules::default());
    for unit in &world.a.house.units[..2] {
        complain(&ctx, &desk, *unit, Category::Heating).await;
    }
    assert_eq!(outages::detect(&ctx, world.a.id, world.a.house.id).await.unwrap(), 1);
    ctx.clock.advance(TimeDelta::hours(25));
    outages::tick(&ctx).await.unwrap();
    assert!(outages::proposals(&ctx, &desk).await.unwrap().is_empty());
}

#[tokio::test]
async fn reasons_go_with_their_stars() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let author = world.a.resident().await;
    let id = crate::support::brought_to(&ctx, &world, Status::Done).await;
    let rate = |stars, reasons: &[RatingReason]| RateRequest { stars, reasons: reasons.to_vec(), comment: None };
    let unfair = rate(5, &[RatingReason::Fast, RatingReason::Rude]);
    assert_eq!(field(requests::rate(&ctx, &author, id, &unfair).await), wrong("/reasons/1", "unknown"));
    let card = requests::rate(&ctx, &author, id, &rate(2, &[RatingReason::Slow, RatingReason::Dirty])).await.unwrap();
    assert_eq!(card.rating_reasons, [RatingReason::Slow, RatingReason::Dirty]);
}

#[tokio::test]
async fn residents_find_the_companys_numbers() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let contacts = domain::settings::contacts(&ctx, &world.a.resident().await).await.unwrap();
    assert_eq!((contacts.name.as_str(), contacts.short_number.as_deref()), ("Company a", Some("1184")));
    assert_eq!(contacts.week.len(), 5);
}

/// A row in every table of outages, for the test of the walls.
pub async fn in_every_table(ctx: &TestCtx, company: &Company) {
    let (admin, resident) = (company.admin().await, company.resident().await);
    let riser = RiserFacts {
        resource: Resource::ColdWater,
        entrance_id: None,
        name: "R1".to_owned(),
        unit_ids: vec![company.resident.unit],
    };
    let riser = outages::create_riser(ctx, &admin, company.house.id, &riser).await.unwrap();
    let spot = OutagePlace { building_id: company.house.id, entrance_id: None, riser_id: Some(riser.id) };
    let outage =
        outages::create(ctx, &admin, &facts(OutageKind::Emergency, ctx.clock.now(), vec![spot])).await.unwrap();
    outages::join(ctx, &resident, outage.id).await.unwrap();
    let common = CreateRequest { unit_id: None, building_id: Some(company.house.id), ..draft(company.resident.unit) };
    let common = requests::create(ctx, &admin, &common, None).await.unwrap().id;
    outages::join_common(ctx, &resident, common).await.unwrap();
    let link = LinkRequests { link: vec![common], unlink: Vec::new() };
    outages::link(ctx, &admin, outage.id, &link).await.unwrap();
    testkit::propose(ctx, company.id, company.house.id, common).await;
    outages::save_detector(ctx, &admin, 0, &DetectorRules::default()).await.unwrap();
}
