//! Who gets a request, and why.

use crate::support::{code, field, wrong};
use chrono::TimeDelta;
use domain::{Actor, Ctx, assignment, classifier, requests, shifts};
use model::{
    Code, RequestId, UserId,
    assignment::{AddRule, By, Mode, Modes},
    classifier::{ClassifierFilter, ProblemFacts},
    requests::{Category, Change, CreateRequest, Kind, Status},
    shifts::{AddShift, Duty},
    staff::Skill,
};
use testkit::{TestCtx, World};

/// Puts somebody on duty each day, round the clock.
async fn on_duty(ctx: &Ctx, admin: &Actor, user_id: UserId, duty: Duty) {
    let eight = chrono::NaiveTime::from_hms_opt(8, 0, 0).unwrap();
    let command = AddShift {
        user_id,
        duty,
        day: ctx.clock.now().date_naive() - TimeDelta::days(1),
        starts: eight,
        ends: eight,
        weekdays: (1..=7).collect(),
        until: None,
        note: None,
    };
    shifts::add(ctx, admin, &command).await.unwrap();
}

async fn file(ctx: &Ctx, world: &World, kind: Kind, category: Category) -> RequestId {
    let command = CreateRequest { kind: Some(kind), category, ..world.a.draft() };
    requests::create(ctx, &world.a.dispatcher().await, &command, None).await.unwrap().id
}

async fn waiting_jobs(ctx: &TestCtx) -> i64 {
    let mut admin = ctx.database.superuser().await;
    sqlx::query_scalar("select count(*) from graphile_worker.jobs where task_identifier = 'assign_new'")
        .fetch_one(&mut admin)
        .await
        .unwrap()
}

#[tokio::test]
async fn an_emergency_finds_the_plumber_on_shift() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    // Without a schedule nobody is there.
    let lonely = file(&ctx, &world, Kind::Emergency, Category::Plumbing).await;
    assert_eq!(waiting_jobs(&ctx).await, 1, "an emergency is on its way at once");
    assert!(!assignment::assign_new(&ctx, world.a.id, lonely).await.unwrap());
    assert_eq!(requests::get(&ctx, &desk, lonely).await.unwrap().status, Status::New);
    on_duty(&ctx, &admin, world.a.plumber_id, Duty::Field).await;
    // A shift has begun: what waited finds somebody.
    assert_eq!(assignment::assign_waiting(&ctx).await.unwrap(), 1);
    let card = requests::get(&ctx, &desk, lonely).await.unwrap();
    assert_eq!((card.status, card.assignee.as_ref().unwrap().id), (Status::Assigned, world.a.plumber_id.0));
    let why = card.assignment.as_ref().unwrap();
    assert_eq!((why.by, why.skill, why.in_zone, why.on_shift), (By::Skill, Some(Skill::Plumber), true, true));
    let told = card.history.iter().find(|h| h.change == Change::Chosen).unwrap();
    assert_eq!(serde_json::from_str::<model::assignment::Explanation>(told.new.as_deref().unwrap()).unwrap(), *why);
    assert!(told.actor.is_empty(), "the system did it");
    // The author sees who comes, not how the company chooses.
    let resident = world.a.resident().await;
    let own = CreateRequest { kind: Some(Kind::Emergency), ..world.a.draft() };
    let own = requests::create(&ctx, &resident, &own, None).await.unwrap();
    assert!(assignment::assign_new(&ctx, world.a.id, own.id).await.unwrap());
    let seen = requests::get(&ctx, &resident, own.id).await.unwrap();
    assert!(seen.assignee.is_some() && seen.assignment.is_none());
    assert!(seen.history.iter().all(|h| h.change != Change::Chosen));
    // Taken over by hand, the reason is gone.
    let card = crate::support::assign(&ctx, &desk, lonely, world.a.electrician_id).await.unwrap();
    assert_eq!(card.assignment, None);
    assert!(!assignment::assign_new(&ctx, world.a.id, lonely).await.unwrap(), "people were faster");
}

#[tokio::test]
async fn the_dispatcher_on_duty_is_the_last_resort() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    on_duty(&ctx, &admin, desk.user_id().unwrap(), Duty::Dispatcher).await;
    // The electrician looks after no house.
    on_duty(&ctx, &admin, world.a.electrician_id, Duty::Field).await;
    let id = file(&ctx, &world, Kind::Emergency, Category::Electrical).await;
    assert!(assignment::assign_new(&ctx, world.a.id, id).await.unwrap());
    let card = requests::get(&ctx, &desk, id).await.unwrap();
    assert_eq!(card.assignee.as_ref().unwrap().id, desk.user_id().unwrap().0);
    assert_eq!(card.assignment.unwrap().by, By::Duty);
}

#[tokio::test]
async fn the_setting_of_each_kind_decides() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    on_duty(&ctx, &admin, world.a.plumber_id, Duty::Field).await;
    let regular = file(&ctx, &world, Kind::Regular, Category::Plumbing).await;
    assert_eq!(waiting_jobs(&ctx).await, 0);
    assert!(!assignment::assign_new(&ctx, world.a.id, regular).await.unwrap(), "it is only suggested");
    let proposal = assignment::proposal(&ctx, &desk, regular).await.unwrap().unwrap();
    assert_eq!(proposal.user_id, world.a.plumber_id);
    let modes = Modes { emergency: Mode::Off, regular: Mode::Auto, paid: Mode::Off, warranty: Mode::Off };
    let saved = assignment::save_modes(&ctx, &admin, 1, &modes).await.unwrap();
    assert_eq!((saved.version, saved.modes, saved.has_shifts), (2, modes, true));
    assert_eq!(code(assignment::save_modes(&ctx, &admin, 1, &modes).await), Code::Conflict);
    assert!(assignment::assign_new(&ctx, world.a.id, regular).await.unwrap());
    let emergency = file(&ctx, &world, Kind::Emergency, Category::Plumbing).await;
    assert!(!assignment::assign_new(&ctx, world.a.id, emergency).await.unwrap());
    assert_eq!(assignment::proposal(&ctx, &desk, emergency).await.unwrap(), None);
    assert_eq!(assignment::assign_waiting(&ctx).await.unwrap(), 0);
    // The other company's own way is untouched.
    assert_eq!(assignment::settings(&ctx, &world.b.admin().await).await.unwrap().modes, Modes::default());
    for actor in [desk, world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(assignment::settings(&ctx, &actor).await), Code::Forbidden);
        assert_eq!(code(assignment::save_modes(&ctx, &actor, 2, &modes).await), Code::Forbidden);
        assert_eq!(code(assignment::add_rule(&ctx, &actor, &AddRule::default()).await), Code::Forbidden);
        assert_eq!(code(assignment::replay(&ctx, &actor).await), Code::Forbidden);
    }
}

#[tokio::test]
async fn the_narrowest_rule_holds() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let id = file(&ctx, &world, Kind::Regular, Category::Plumbing).await;
    let first = async || assignment::proposals(&ctx, &desk, id).await.unwrap().remove(0);
    assert_eq!(first().await.user_id, world.a.plumber_id);
    // A trade for the category, then a person for the house.
    let trade = AddRule { category: Some(Category::Plumbing), skill: Some(Skill::Electrician), ..AddRule::default() };
    let saved = assignment::add_rule(&ctx, &admin, &trade).await.unwrap();
    let rule = saved.rules[0].id;
    let chosen = first().await;
    assert_eq!((chosen.user_id, chosen.why.by), (world.a.electrician_id, By::Rule));
    let here = AddRule { building_id: Some(world.a.house.id), user_id: Some(world.a.plumber_id), ..AddRule::default() };
    assignment::add_rule(&ctx, &admin, &here).await.unwrap();
    let chosen = first().await;
    assert_eq!((chosen.user_id, chosen.why.by, chosen.fits), (world.a.plumber_id, By::Rule, true));
    assert_eq!(field(assignment::add_rule(&ctx, &admin, &here).await), wrong("/category", "taken"));
    for (bad, pointer, why) in [
        (AddRule::default(), "/category", "required"),
        (AddRule { category: Some(Category::Yard), ..AddRule::default() }, "/user_id", "required"),
        (AddRule { skill: Some(Skill::Lift), ..trade.clone() }, "/category", "taken"),
        (AddRule { user_id: Some(world.a.plumber_id), ..trade.clone() }, "/skill", "twice"),
        (AddRule { building_id: Some(world.b.house.id), ..trade.clone() }, "/building_id", "unknown"),
        (AddRule { user_id: Some(world.b.plumber_id), skill: None, ..trade.clone() }, "/user_id", "unknown"),
    ] {
        assert_eq!(field(assignment::add_rule(&ctx, &admin, &bad).await), wrong(pointer, why));
    }
    assert_eq!(code(assignment::remove_rule(&ctx, &world.b.admin().await, rule).await), Code::NotFound);
    assert_eq!(assignment::remove_rule(&ctx, &admin, rule).await.unwrap().rules.len(), 1);
}

#[tokio::test]
async fn a_problem_has_its_usual_assignee() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let all = classifier::list(&ctx, &desk, &ClassifierFilter::default()).await.unwrap();
    let tap = all.problems.iter().find(|p| p.category == Category::Plumbing).unwrap();
    let facts = ProblemFacts {
        names: tap.names.clone(),
        kind: tap.kind,
        priority: tap.priority,
        hours: None,
        skill: None,
        assignee_id: Some(world.a.electrician_id),
        hidden: false,
    };
    classifier::update_problem(&ctx, &admin, tap.id, 1, &facts).await.unwrap();
    let command = CreateRequest { problem_id: Some(tap.id), ..world.a.draft() };
    let id = requests::create(&ctx, &desk, &command, None).await.unwrap().id;
    let first = assignment::proposals(&ctx, &desk, id).await.unwrap().remove(0);
    assert_eq!((first.user_id, first.why.by), (world.a.electrician_id, By::Usual));
    // Everybody who can be given work is there once, and nobody of the other company.
    let ids: Vec<UserId> =
        assignment::proposals(&ctx, &desk, id).await.unwrap().into_iter().map(|p| p.user_id).collect();
    assert_eq!(ids.len(), 4);
    assert!(!ids.contains(&world.b.plumber_id));
    assert_eq!(code(assignment::proposals(&ctx, &world.b.dispatcher().await, id).await), Code::NotFound);
    for actor in [world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(assignment::proposals(&ctx, &actor, id).await), Code::Forbidden);
    }
}

#[tokio::test]
async fn the_past_is_replayed_and_not_touched() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    assert_eq!(assignment::replay(&ctx, &admin).await.unwrap().assigned, 0);
    let (one, two) = (
        file(&ctx, &world, Kind::Regular, Category::Plumbing).await,
        file(&ctx, &world, Kind::Regular, Category::Plumbing).await,
    );
    ctx.clock.advance(TimeDelta::minutes(90));
    crate::support::assign(&ctx, &desk, one, world.a.plumber_id).await.unwrap();
    crate::support::assign(&ctx, &desk, two, world.a.electrician_id).await.unwrap();
    let before = requests::get(&ctx, &desk, two).await.unwrap();
    let replay = assignment::replay(&ctx, &admin).await.unwrap();
    assert_eq!((replay.assigned, replay.found, replay.same, replay.same_skill), (2, 2, 1, 0));
    assert_eq!((replay.median_wait, replay.waited_hour, replay.differences.len()), (90, 2, 1));
    assert_eq!((replay.differences[0].id, replay.differences[0].system.name.as_str()), (two, "plumber-a"));
    assert_eq!(requests::get(&ctx, &desk, two).await.unwrap(), before);
    // Three months later it is forgotten.
    ctx.clock.advance(TimeDelta::days(91));
    assert_eq!(assignment::replay(&ctx, &admin).await.unwrap().assigned, 0);
}
