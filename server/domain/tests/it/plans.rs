//! Planned work makes its requests once, whoever runs the schedule and however late.

use crate::support::{code, field, wrong};
use chrono::{NaiveDate, TimeDelta};
use domain::{Ctx, jobs::RunPlan, plans, requests};
use model::{
    Code, PlanId,
    plans::{PlanCard, PlanFacts, PlanPlace, Rhythm, Season},
    requests::{Category, RequestFilter, RequestRow, Source, Status},
    staff::Skill,
    work::{Origin, SaveChecklist},
};
use testkit::{TestCtx, World};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Every Monday in both houses; the tests begin on a Monday.
fn weekly(world: &World) -> PlanFacts {
    let place = |building_id| PlanPlace { building_id, entrance_id: None };
    PlanFacts {
        title: "Обход подвала".to_owned(),
        description: "Осмотреть трубы".to_owned(),
        category: Category::Plumbing,
        rhythm: Rhythm::Week { every: 1, weekday: 1 },
        season: None,
        starts_on: day("2026-11-23"),
        lead_days: 0,
        assignee_id: None,
        skill: None,
        checklist_id: None,
        places: vec![place(world.a.house.id), place(world.a.far_house.id)],
    }
}

async fn made(ctx: &Ctx, world: &World) -> Vec<RequestRow> {
    let page = requests::list(ctx, &world.a.dispatcher().await, &RequestFilter::default()).await.unwrap();
    page.items
}

async fn plan(ctx: &Ctx, world: &World, facts: &PlanFacts) -> PlanCard {
    plans::create(ctx, &world.a.dispatcher().await, facts).await.unwrap()
}

#[tokio::test]
async fn two_workers_at_once_make_each_request_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let card = plan(&ctx, &world, &weekly(&world)).await;
    assert_eq!(card.next[..2], ["2026-11-23", "2026-11-30"].map(day));
    let other = ctx.sibling(&[]).await;
    let (a, b, c, d) = tokio::join!(plans::run(&ctx), plans::run(&other), plans::run(&ctx), plans::run(&other));
    assert_eq!([a, b, c, d].into_iter().map(Result::unwrap).sum::<usize>(), 2);
    let rows = made(&ctx, &world).await;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.source == Source::Plan && row.status == Status::New));
    assert_eq!(rows[0].description, "Обход подвала\nОсмотреть трубы");
    assert_eq!(rows[0].due_at.unwrap().to_rfc3339(), "2026-11-23T13:00:00+00:00");
    let seen = requests::get(&ctx, &world.a.dispatcher().await, rows[0].id).await.unwrap();
    let origin = Origin::Plan { id: card.id, title: "Обход подвала".to_owned(), due_on: day("2026-11-23") };
    assert_eq!(seen.work.origin, Some(origin));

    // Even when a plan forgets how far it came, no date is made twice.
    let mut owner = ctx.database.superuser().await;
    sqlx::query("update plans set handled_until = '2026-11-22'").execute(&mut owner).await.unwrap();
    assert_eq!(plans::run(&ctx).await.unwrap(), 0);
    assert_eq!(made(&ctx, &world).await.len(), 2);
    let card = plans::get(&ctx, &world.a.dispatcher().await, card.id).await.unwrap();
    assert_eq!((card.made.len(), card.next[0]), (2, day("2026-11-30")));
}

#[tokio::test]
async fn a_plan_that_was_saved_does_not_wait_for_the_hour() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let waiting = async || -> Vec<String> {
        let mut owner = ctx.database.superuser().await;
        let sql = "select key from graphile_worker.jobs where task_identifier = 'run_plan' order by key";
        sqlx::query_scalar(sql).fetch_all(&mut owner).await.unwrap()
    };
    let card = plan(&ctx, &world, &weekly(&world)).await;
    let job = RunPlan { company_id: world.a.id, plan_id: card.id };
    assert_eq!(waiting().await, [format!("plan:{}", card.id)]);
    assert_eq!(plans::run_plan(&ctx, &job).await.unwrap(), 2);
    assert_eq!(plans::run_plan(&ctx, &job).await.unwrap(), 0);
    assert_eq!(plans::run(&ctx).await.unwrap(), 0);
    // Changed while it rests: there is nothing to make.
    let rested = plans::pause(&ctx, &desk, card.id, card.version, true).await.unwrap();
    ctx.clock.advance(TimeDelta::days(7));
    assert_eq!(plans::run_plan(&ctx, &job).await.unwrap(), 0);
    plans::pause(&ctx, &desk, card.id, rested.version, false).await.unwrap();
    assert_eq!(plans::run_plan(&ctx, &job).await.unwrap(), 2);
    assert_eq!(waiting().await.len(), 1, "jobs of one plan are one");
}

#[tokio::test]
async fn requests_come_ahead_of_their_day_and_late_ones_only_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let facts = PlanFacts { lead_days: 3, starts_on: day("2026-11-24"), ..weekly(&world) };
    let facts = PlanFacts { places: facts.places[..1].to_vec(), ..facts };
    plan(&ctx, &world, &facts).await;
    ctx.clock.advance(TimeDelta::days(3));
    assert_eq!(plans::run(&ctx).await.unwrap(), 0, "Thursday: Monday is four days away");
    ctx.clock.advance(TimeDelta::days(1));
    assert_eq!(plans::run(&ctx).await.unwrap(), 1);
    assert_eq!(made(&ctx, &world).await[0].due_at.unwrap().to_rfc3339(), "2026-11-30T13:00:00+00:00");
    // Nothing ran for weeks: of 7, 14 and 21 December the newest is made up for, due today.
    ctx.clock.advance(TimeDelta::days(26));
    assert_eq!(plans::run(&ctx).await.unwrap(), 1);
    let rows = made(&ctx, &world).await;
    assert_eq!((rows.len(), rows[0].due_at.unwrap().to_rfc3339()), (2, "2026-12-23T13:00:00+00:00".to_owned()));
    assert_eq!(plans::run(&ctx).await.unwrap(), 0);
}

#[tokio::test]
async fn a_rest_is_not_made_up_for() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let card = plan(&ctx, &world, &PlanFacts { starts_on: day("2026-01-05"), ..weekly(&world) }).await;
    assert_eq!(plans::run(&ctx).await.unwrap(), 2, "the year before the plan was written down is past");
    let rested = plans::pause(&ctx, &desk, card.id, card.version, true).await.unwrap();
    assert!(rested.paused && rested.next.is_empty());
    assert_eq!(code(plans::pause(&ctx, &desk, card.id, card.version, false).await), Code::Conflict);
    ctx.clock.advance(TimeDelta::days(16));
    assert_eq!(plans::run(&ctx).await.unwrap(), 0);
    let on = plans::pause(&ctx, &desk, card.id, rested.version, false).await.unwrap();
    assert_eq!(on.next[0], day("2026-12-14"));
    assert_eq!(plans::run(&ctx).await.unwrap(), 0, "30 November and 7 December passed while it rested");
    ctx.clock.advance(TimeDelta::days(5));
    assert_eq!(plans::run(&ctx).await.unwrap(), 2);
    let now = plans::get(&ctx, &desk, card.id).await.unwrap();
    plans::archive(&ctx, &desk, card.id, now.version).await.unwrap();
    ctx.clock.advance(TimeDelta::days(7));
    assert_eq!(plans::run(&ctx).await.unwrap(), 0);
    assert!(plans::list(&ctx, &desk).await.unwrap().is_empty());
}

#[tokio::test]
async fn work_goes_to_whom_it_is_meant_for_with_its_checklist() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let list =
        SaveChecklist {
            name: "Подвал".to_owned(), category: None, items: vec!["Трубы".to_owned(), "Свет".to_owned()]
        };
    let list = requests::work::save_checklist(&ctx, &world.a.admin().await, None, &list).await.unwrap();
    let by_skill = PlanFacts { skill: Some(Skill::Plumber), checklist_id: Some(list.id), ..weekly(&world) };
    plan(&ctx, &world, &by_skill).await;
    let by_name = PlanFacts {
        title: "Щиты".to_owned(),
        assignee_id: Some(world.a.electrician_id),
        places: by_skill.places[..1].to_vec(),
        ..weekly(&world)
    };
    plan(&ctx, &world, &by_name).await;
    assert_eq!(plans::run(&ctx).await.unwrap(), 3);
    let rows = made(&ctx, &world).await;
    assert!(rows.iter().all(|row| row.status == Status::Assigned));
    let to = |title: &str| {
        rows.iter()
            .filter(|r| r.description.starts_with(title))
            .map(|r| r.assignee.clone().unwrap().id)
            .collect::<Vec<_>>()
    };
    assert_eq!(to("Обход"), [world.a.plumber_id.0, world.a.plumber_id.0]);
    assert_eq!(to("Щиты"), [world.a.electrician_id.0]);
    let one = rows.iter().find(|r| r.description.starts_with("Обход")).unwrap().id;
    let seen = requests::get(&ctx, &world.a.plumber().await, one).await.unwrap().work.checklist;
    assert_eq!(seen.iter().map(|c| c.text.as_str()).collect::<Vec<_>>(), ["Трубы", "Свет"]);
}

#[tokio::test]
async fn wrong_plans_are_refused_field_by_field() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let make = async |facts: PlanFacts| field(plans::create(&ctx, &desk, &facts).await);
    let good = weekly(&world);
    let foreign = PlanPlace { building_id: world.b.house.id, entrance_id: None };
    assert_eq!(
        make(PlanFacts { places: vec![good.places[0], foreign], ..good.clone() }).await,
        wrong("/places/1", "unknown")
    );
    let strange_entrance = PlanPlace { building_id: world.a.house.id, entrance_id: Some(world.a.far_house.entrance) };
    assert_eq!(make(PlanFacts { places: vec![strange_entrance], ..good.clone() }).await, wrong("/places/0", "unknown"));
    assert_eq!(make(PlanFacts { places: vec![good.places[0]; 2], ..good.clone() }).await, wrong("/places/1", "twice"));
    assert_eq!(
        make(PlanFacts { assignee_id: Some(world.b.plumber_id), ..good.clone() }).await,
        wrong("/assignee_id", "unknown")
    );
    let both = PlanFacts { assignee_id: Some(world.a.plumber_id), skill: Some(Skill::Lift), ..good.clone() };
    assert_eq!(make(both).await, wrong("/skill", "twice"));
    let never = PlanFacts {
        rhythm: Rhythm::Month { every: 12, day: 1 },
        season: Some(Season { from: 3, to: 4 }),
        ..good.clone()
    };
    assert_eq!(make(never).await, wrong("/season", "no_dates"));
    assert!(plans::list(&ctx, &desk).await.unwrap().is_empty());
}

#[tokio::test]
async fn plans_belong_to_the_desk_of_their_company() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let card = plan(&ctx, &world, &weekly(&world)).await;
    let foreign = world.b.admin().await;
    assert_eq!(code(plans::get(&ctx, &foreign, card.id).await), Code::NotFound);
    assert_eq!(code(plans::update(&ctx, &foreign, card.id, card.version, &weekly(&world)).await), Code::NotFound);
    assert_eq!(code(plans::archive(&ctx, &foreign, card.id, card.version).await), Code::NotFound);
    assert!(plans::list(&ctx, &foreign).await.unwrap().is_empty());
    for nobody in [world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(plans::list(&ctx, &nobody).await), Code::Forbidden);
        assert_eq!(code(plans::get(&ctx, &nobody, PlanId(card.id.0)).await), Code::Forbidden);
    }
    let renamed = PlanFacts { title: "Иначе".to_owned(), ..weekly(&world) };
    let desk = world.a.dispatcher().await;
    let now = plans::update(&ctx, &desk, card.id, card.version, &renamed).await.unwrap();
    assert_eq!((now.facts.title.as_str(), now.version), ("Иначе", card.version + 1));
    assert_eq!(code(plans::update(&ctx, &desk, card.id, card.version, &renamed).await), Code::Conflict);
    // A house that leaves takes its work with it and stops no other.
    let admin = world.a.admin().await;
    let house = domain::property::building(&ctx, &admin, world.a.far_house.id).await.unwrap();
    domain::property::set_building_archived(&ctx, &admin, world.a.far_house.id, house.version, true).await.unwrap();
    assert_eq!(plans::run(&ctx).await.unwrap(), 1);
}
