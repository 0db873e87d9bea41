//! Inspection rounds: walked by whom they were given to; what fails becomes a request, once.

use crate::support::{code, failure, field, wrong};
use chrono::NaiveDate;
use domain::{Actor, Ctx, files, requests, rounds};
use model::{
    Code, FileId,
    requests::{Category, Rectangle, RedactPhoto, RequestFilter, Source},
    rounds::{
        Answer, GiveRounds, MarkPoint, PointResult, RoundCard, RoundFilter, RoundState, RouteCard, RouteFacts,
        RoutePoint,
    },
    work::Origin,
};
use testkit::{TestCtx, World, photo};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn facts(world: &World) -> RouteFacts {
    let lamp = RoutePoint {
        building_id: world.a.house.id,
        entrance_id: Some(world.a.house.entrance),
        place: "Подъезд".to_owned(),
        question: "Горит ли свет?".to_owned(),
        answer: Answer::YesNo,
        unit: None,
        photo_required: false,
        category: Category::Electrical,
    };
    let pump = RoutePoint {
        entrance_id: None,
        place: "Насосная".to_owned(),
        question: "Давление".to_owned(),
        answer: Answer::Value,
        unit: Some("бар".to_owned()),
        photo_required: true,
        category: Category::Heating,
        ..lamp.clone()
    };
    RouteFacts { name: "Зима".to_owned(), points: vec![lamp, pump] }
}

async fn route(ctx: &Ctx, world: &World) -> RouteCard {
    rounds::create_route(ctx, &world.a.dispatcher().await, &facts(world)).await.unwrap()
}

/// Given to the electrician for today, who has no zone.
async fn round(ctx: &Ctx, world: &World) -> RoundCard {
    let desk = world.a.dispatcher().await;
    let give = GiveRounds {
        route_id: route(ctx, world).await.id,
        assignee_id: world.a.electrician_id,
        days: vec![day("2026-11-23")],
    };
    let given = rounds::give(ctx, &desk, &give).await.unwrap();
    rounds::get(ctx, &world.a.electrician().await, given[0].id).await.unwrap()
}

fn good() -> MarkPoint {
    MarkPoint { result: PointResult::Good, value: None, note: None, file_id: None }
}

fn broken(note: &str, file_id: Option<FileId>) -> MarkPoint {
    MarkPoint { result: PointResult::Failed, value: Some("0,4".to_owned()), note: Some(note.to_owned()), file_id }
}

async fn shot(ctx: &Ctx, actor: &Actor) -> FileId {
    files::upload(ctx, actor, photo()).await.unwrap().id
}

#[tokio::test]
async fn a_failed_point_becomes_one_request_with_its_photo() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (walker, desk) = (world.a.electrician().await, world.a.dispatcher().await);
    let card = round(&ctx, &world).await;
    let pump = card.points[1].id;
    let mark = async |command: MarkPoint| rounds::mark(&ctx, &walker, pump, &command).await;
    assert_eq!(field(mark(good()).await), wrong("/value", "required"));
    assert_eq!(field(mark(broken(" ", None)).await), wrong("/note", "required"));
    assert_eq!(field(mark(broken("Нет давления", None)).await), wrong("/file_id", "required"));
    let foreign = shot(&ctx, &world.a.plumber().await).await;
    assert_eq!(field(mark(broken("Нет давления", Some(foreign))).await), wrong("/file_id", "unknown"));
    let file = shot(&ctx, &walker).await;
    // Pressed twice on a slow line.
    let (one, two) = tokio::join!(mark(broken("Нет давления", Some(file))), mark(broken("Нет давления", Some(file))));
    let (one, two) = (one.unwrap(), two.unwrap());
    let request = one.points[1].request_id.unwrap();
    assert_eq!(two.points[1].request_id, Some(request));
    let rows = requests::list(&ctx, &desk, &RequestFilter::default()).await.unwrap().items;
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].source, rows[0].category, rows[0].photos), (Source::Round, Category::Heating, 1));
    assert_eq!(rows[0].description, "Насосная. Давление 0,4 бар\nНет давления");
    let seen = requests::get(&ctx, &desk, request).await.unwrap();
    assert_eq!(seen.files.iter().map(|f| f.id).collect::<Vec<_>>(), [file]);
    let origin = Origin::Round { id: card.round.id, name: "Зима".to_owned(), due_on: day("2026-11-23") };
    assert_eq!(seen.work.origin, Some(origin));

    // With a part of it hidden it is another photo, for the round as well.
    let hide = RedactPhoto { rectangles: vec![Rectangle { x: 0, y: 0, w: 500, h: 500 }] };
    let hidden = requests::redact(&ctx, &desk, file, &hide).await.unwrap().id;
    let walked = rounds::get(&ctx, &walker, card.round.id).await.unwrap();
    assert_eq!(walked.points[1].file_id, Some(hidden));

    // Put right, and wrong again: still the same request.
    let fine = MarkPoint { value: Some("2".to_owned()), ..good() };
    assert_eq!(mark(fine).await.unwrap().points[1].request_id, Some(request));
    mark(broken("Опять", None)).await.unwrap();
    assert_eq!(requests::list(&ctx, &desk, &RequestFilter::default()).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_round_ends_when_every_point_was_looked_at() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (walker, desk) = (world.a.electrician().await, world.a.dispatcher().await);
    let card = round(&ctx, &world).await;
    assert_eq!((card.round.state, card.round.points, card.may_cancel), (RoundState::Planned, 2, false));
    assert_eq!(card.points[0].at.entrance, Some(1));
    rounds::mark(&ctx, &walker, card.points[0].id, &good()).await.unwrap();
    let refused = failure(rounds::finish(&ctx, &walker, card.round.id).await);
    assert_eq!((refused.fields[0].code.as_str(), refused.fields[0].limit), ("unmarked", Some(1)));
    let file = shot(&ctx, &walker).await;
    let fine = MarkPoint { value: Some("2,1".to_owned()), file_id: Some(file), ..good() };
    rounds::mark(&ctx, &walker, card.points[1].id, &fine).await.unwrap();
    let done = rounds::finish(&ctx, &walker, card.round.id).await.unwrap();
    assert_eq!((done.round.state, done.round.marked, done.round.failed), (RoundState::Done, 2, 0));
    assert_eq!(code(rounds::mark(&ctx, &walker, card.points[0].id, &good()).await), Code::IllegalTransition);
    assert_eq!(code(rounds::finish(&ctx, &walker, card.round.id).await), Code::IllegalTransition);
    assert_eq!(code(rounds::cancel(&ctx, &desk, card.round.id).await), Code::IllegalTransition);
    // The photo of a good point stays: for the walker and the desk, and through the nightly sweep.
    ctx.clock.advance(chrono::TimeDelta::days(5));
    assert!(files::sweep_orphans(&ctx).await.unwrap().is_empty());
    assert!(files::locate(&ctx, &walker, file, true).await.is_ok());
    assert!(files::locate(&ctx, &desk, file, true).await.is_ok());
    for nobody in [world.a.plumber().await, world.a.resident().await, world.b.admin().await] {
        assert_eq!(code(files::locate(&ctx, &nobody, file, true).await), Code::NotFound);
    }
}

#[tokio::test]
async fn rounds_are_walked_by_their_own_and_seen_by_no_stranger() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let card = round(&ctx, &world).await;
    let (id, point) = (card.round.id, card.points[0].id);
    for stranger in [world.a.plumber().await, world.b.admin().await, world.b.dispatcher().await] {
        assert_eq!(code(rounds::get(&ctx, &stranger, id).await), Code::NotFound);
        assert_eq!(code(rounds::mark(&ctx, &stranger, point, &good()).await), Code::NotFound);
        assert_eq!(code(rounds::finish(&ctx, &stranger, id).await), Code::NotFound);
        assert!(rounds::list(&ctx, &stranger, &RoundFilter::default()).await.unwrap().is_empty());
    }
    assert_eq!(code(rounds::get(&ctx, &world.a.resident().await, id).await), Code::Forbidden);
    assert_eq!(code(rounds::cancel(&ctx, &world.a.electrician().await, id).await), Code::Forbidden);
    assert!(rounds::routes(&ctx, &world.b.admin().await).await.unwrap().is_empty());
    let today = RoundFilter { open: true, until: Some(day("2026-11-23")) };
    assert_eq!(rounds::list(&ctx, &world.a.electrician().await, &today).await.unwrap().len(), 1);
    let yesterday = RoundFilter { until: Some(day("2026-11-22")), ..today.clone() };
    assert!(rounds::list(&ctx, &world.a.electrician().await, &yesterday).await.unwrap().is_empty());
    let desk = world.a.dispatcher().await;
    rounds::cancel(&ctx, &desk, id).await.unwrap();
    assert!(rounds::list(&ctx, &desk, &today).await.unwrap().is_empty());
    assert_eq!(code(rounds::mark(&ctx, &desk, point, &good()).await), Code::IllegalTransition);
}

#[tokio::test]
async fn a_route_is_given_once_a_day_and_edits_leave_rounds_alone() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let route = route(&ctx, &world).await;
    let give = |days: &[&str]| GiveRounds {
        route_id: route.id,
        assignee_id: world.a.plumber_id,
        days: days.iter().map(|d| day(d)).collect(),
    };
    assert_eq!(field(rounds::give(&ctx, &desk, &give(&["2026-11-22"])).await), wrong("/days/0", "in_past"));
    let given = rounds::give(&ctx, &desk, &give(&["2026-11-23", "2026-11-30", "2026-11-23"])).await.unwrap();
    assert_eq!(given.len(), 2);
    assert!(rounds::give(&ctx, &desk, &give(&["2026-11-23"])).await.unwrap().is_empty());
    rounds::cancel(&ctx, &desk, given[0].id).await.unwrap();
    assert_eq!(rounds::give(&ctx, &desk, &give(&["2026-11-23"])).await.unwrap().len(), 1, "taken back, given again");
    let foreign = GiveRounds { assignee_id: world.b.plumber_id, ..give(&["2026-11-24"]) };
    assert_eq!(field(rounds::give(&ctx, &desk, &foreign).await), wrong("/assignee_id", "unknown"));
    let shorter = RouteFacts { points: facts(&world).points[..1].to_vec(), ..facts(&world) };
    let now = rounds::update_route(&ctx, &desk, route.id, route.version, &shorter).await.unwrap();
    assert_eq!(code(rounds::update_route(&ctx, &desk, route.id, route.version, &shorter).await), Code::Conflict);
    assert_eq!(rounds::get(&ctx, &desk, given[1].id).await.unwrap().points.len(), 2);
    let mut elsewhere = facts(&world);
    elsewhere.points[1].building_id = world.b.house.id;
    let refused = rounds::create_route(&ctx, &desk, &elsewhere).await;
    assert_eq!(field(refused), wrong("/points/1/building_id", "unknown"));
    rounds::archive_route(&ctx, &desk, route.id, now.version).await.unwrap();
    assert_eq!(field(rounds::give(&ctx, &desk, &give(&["2026-12-01"])).await), wrong("/route_id", "unknown"));
}
