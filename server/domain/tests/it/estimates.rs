//! Estimates of paid work: exact sums, one standing answer, and work that waits for it.

use crate::support::{assign, code, field, step, wrong};
use chrono::{NaiveDate, TimeDelta};
use domain::{
    Ctx, events,
    requests::{self, work},
};
use model::{
    CatalogueId, Code, Money, Permission as P, RequestId,
    events::Event,
    names::Names,
    requests::{Action, Change, CreateRequest, Kind, Status},
    work::{Catalogue, DecideEstimate, EstimateState, MakeEstimate, NewLine, Quantity, SaveItem, SaveWorkRules, Unit},
};
use testkit::{TestCtx, World};

async fn paid(ctx: &Ctx, world: &World) -> RequestId {
    let command = CreateRequest { kind: Some(Kind::Paid), ..world.a.draft() };
    let id = requests::create(ctx, &world.a.resident().await, &command, None).await.unwrap().id;
    assign(ctx, &world.a.dispatcher().await, id, world.a.plumber_id).await.unwrap();
    id
}

async fn service(ctx: &Ctx, world: &World, tiyin: i64) -> CatalogueId {
    let command = SaveItem {
        list: Catalogue::Service,
        names: Names {
            ru: "Замена крана".to_owned(), uz: "Kran almashtirish".to_owned(), en: String::new()
        },
        unit: Unit::Piece,
        price: Money::from_tiyin(tiyin),
        category: None,
    };
    work::save_item(ctx, &world.a.admin().await, None, &command).await.unwrap().id
}

fn until(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn listed(service_id: CatalogueId, milli: i64) -> NewLine {
    NewLine { service_id: Some(service_id), name: None, price: None, quantity: Quantity::from_milli(milli) }
}

fn own(name: &str, tiyin: i64) -> NewLine {
    NewLine {
        service_id: None,
        name: Some(name.to_owned()),
        price: Some(Money::from_tiyin(tiyin)),
        quantity: Quantity::ONE,
    }
}

fn made(lines: Vec<NewLine>) -> MakeEstimate {
    MakeEstimate { lines, valid_until: until("2026-11-30"), note: None }
}

fn answer(version: i32, accept: bool) -> DecideEstimate {
    DecideEstimate { version, accept, reason: Some("Дорого".to_owned()) }
}

#[tokio::test]
async fn sums_are_exact_and_the_resident_answers_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (worker, desk, resident) = (world.a.plumber().await, world.a.dispatcher().await, world.a.resident().await);
    let tap = service(&ctx, &world, 12_345_678).await;
    let id = paid(&ctx, &world).await;
    let card = work::estimate(&ctx, &worker, id, &made(vec![listed(tap, 1500), own("Кран", 1)])).await.unwrap();
    let first = card.work.estimate.unwrap();
    assert_eq!(first.lines.iter().map(|l| l.total.tiyin()).collect::<Vec<_>>(), [18_518_517, 1]);
    assert_eq!((first.total, first.version, first.state), (Money::from_tiyin(18_518_518), 1, EstimateState::Sent));

    let card = work::estimate(&ctx, &desk, id, &made(vec![listed(tap, 1000)])).await.unwrap();
    assert_eq!(card.work.estimate.as_ref().unwrap().version, 2);
    assert!(!card.work.may_decide && requests::get(&ctx, &resident, id).await.unwrap().work.may_decide);
    assert_eq!(
        code(work::decide(&ctx, &resident, id, &answer(1, true)).await),
        Code::EstimateEnded,
        "read the newer one"
    );
    for stranger in [&world.a.neighbour().await, &world.b.resident().await] {
        assert_eq!(code(work::decide(&ctx, stranger, id, &answer(2, true)).await), Code::NotFound);
    }
    for staff in [&worker, &desk, &world.a.admin().await, &world.super_admin().await] {
        assert_eq!(code(work::decide(&ctx, staff, id, &answer(2, true)).await), Code::Forbidden);
    }
    let card = work::decide(&ctx, &resident, id, &answer(2, true)).await.unwrap();
    let standing = card.work.estimate.unwrap();
    assert_eq!((standing.state, standing.reason), (EstimateState::Accepted, None));
    assert_eq!(standing.decided_by.as_deref(), Some("Азиз Каримов"));
    assert_eq!(code(work::decide(&ctx, &resident, id, &answer(2, false)).await), Code::EstimateEnded);
    let all = work::estimates(&ctx, &desk, id).await.unwrap();
    assert_eq!(all.iter().map(|e| e.state).collect::<Vec<_>>(), [EstimateState::Accepted, EstimateState::Replaced]);
    assert_eq!(code(work::estimates(&ctx, &world.b.admin().await, id).await), Code::NotFound);

    events::publish_batch(&ctx).await.unwrap();
    let heard = events::since(&ctx, &resident.scope(P::RequestsReadOwn).unwrap(), 0).await.unwrap();
    let count = |wanted: fn(&Event) -> bool| heard.iter().filter(|e| wanted(&e.event)).count();
    assert_eq!(count(|e| matches!(e, Event::RequestEstimateSent { .. })), 2);
    assert_eq!(count(|e| matches!(e, Event::RequestEstimateAccepted { .. })), 1);
    let told = card
        .history
        .iter()
        .filter(|h| h.change == Change::Estimate)
        .map(|h| h.new.clone().unwrap())
        .collect::<Vec<_>>();
    assert_eq!(told, ["sent", "sent", "accepted"]);
}

#[tokio::test]
async fn paid_work_waits_where_the_company_says_so() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (worker, resident) = (world.a.plumber().await, world.a.resident().await);
    let rules = SaveWorkRules { rules: Vec::new(), paid_waits: true };
    work::save_rules(&ctx, &world.a.admin().await, 1, &rules).await.unwrap();
    let id = paid(&ctx, &world).await;
    assert!(requests::get(&ctx, &worker, id).await.unwrap().work.start_waits);
    assert_eq!(code(step(&ctx, &worker, id, Action::Start).await), Code::EstimateWaits);
    work::estimate(&ctx, &worker, id, &made(vec![own("Кран", 5_000_000)])).await.unwrap();
    assert_eq!(code(step(&ctx, &worker, id, Action::Start).await), Code::EstimateWaits);
    let card = work::decide(&ctx, &resident, id, &answer(1, false)).await.unwrap();
    assert_eq!(card.work.estimate.unwrap().reason.as_deref(), Some("Дорого"));
    assert_eq!(code(step(&ctx, &worker, id, Action::Start).await), Code::EstimateWaits);
    work::estimate(&ctx, &worker, id, &made(vec![own("Кран", 4_000_000)])).await.unwrap();
    work::decide(&ctx, &resident, id, &answer(2, true)).await.unwrap();
    assert_eq!(step(&ctx, &worker, id, Action::Start).await.unwrap().status, Status::InProgress);
    // Other work does not wait.
    let plain = crate::support::brought_to(&ctx, &world, Status::Assigned).await;
    assert_eq!(step(&ctx, &worker, plain, Action::Start).await.unwrap().status, Status::InProgress);
}

#[tokio::test]
async fn an_estimate_is_for_paid_work_and_lives_until_its_day() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (worker, resident, desk) = (world.a.plumber().await, world.a.resident().await, world.a.dispatcher().await);
    let plain = crate::support::brought_to(&ctx, &world, Status::Assigned).await;
    let one = made(vec![own("Кран", 1)]);
    assert_eq!(field(work::estimate(&ctx, &worker, plain, &one).await), wrong("/kind", "not_paid"));
    let id = paid(&ctx, &world).await;
    let make = async |command: MakeEstimate| field(work::estimate(&ctx, &desk, id, &command).await);
    assert_eq!(
        make(MakeEstimate { valid_until: until("2026-11-22"), ..one.clone() }).await,
        wrong("/valid_until", "in_past")
    );
    let nameless = NewLine { name: None, ..own("", 1) };
    assert_eq!(make(made(vec![own("Кран", 1), nameless])).await, wrong("/lines/1/name", "required"));
    let priceless = NewLine { price: None, ..own("Кран", 1) };
    assert_eq!(make(made(vec![priceless])).await, wrong("/lines/0/price", "required"));
    let pipe = crate::fieldwork::material(&ctx, &world, 1).await;
    assert_eq!(
        make(made(vec![listed(pipe, 1000)])).await,
        wrong("/lines/0/service_id", "unknown"),
        "a material is not sold"
    );
    assert_eq!(code(work::estimate(&ctx, &world.a.electrician().await, id, &one).await), Code::NotFound);
    assert_eq!(code(work::estimate(&ctx, &resident, id, &one).await), Code::Forbidden);
    work::estimate(&ctx, &desk, id, &one).await.unwrap();
    // 30 November is the last day; it ends at midnight in Tashkent.
    ctx.clock.advance(TimeDelta::days(7) + TimeDelta::hours(11));
    assert!(requests::get(&ctx, &resident, id).await.unwrap().work.may_decide);
    ctx.clock.advance(TimeDelta::hours(2));
    let seen = requests::get(&ctx, &resident, id).await.unwrap().work;
    assert!(seen.estimate.unwrap().expired && !seen.may_decide);
    assert_eq!(code(work::decide(&ctx, &resident, id, &answer(1, true)).await), Code::EstimateEnded);
}
