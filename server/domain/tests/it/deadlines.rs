//! The two clocks of requests, from the company's rules to the letter after a breach.

use crate::support::{assign, brought_to, code, field, filed, step, wrong};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::{Actor, Ctx, deadlines, requests, settings};
use model::{
    Code, RequestId, Role,
    deadlines::{Clock, Counting, PauseReason, Rule, SaveRules, Stretch, WaitRequest, Watch, usual_rules},
    requests::{
        Action, AddComment, Category, Change, CreateRequest, Kind, MoveRequest, Priority, RateRequest, RequestCard,
        RequestFilter, Status, UpdateRequest,
    },
    settings::{Lunch, SaveCalendar, SpecialDay, WorkDay},
};
use testkit::{TestCtx, World, draft};

/// Tashkent time of the week in which tests live; their clock starts on Monday 23 November 2026 at noon.
fn at(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    let day = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    day.and_hms_opt(hour, minute, 0).unwrap().and_utc() - TimeDelta::hours(5)
}

fn go_to(ctx: &TestCtx, when: DateTime<Utc>) {
    let step = when - ctx.clock.now();
    assert!(step >= TimeDelta::zero(), "time runs forward");
    ctx.clock.advance(step);
}

fn rule(kind: Option<Kind>, answer: i32, solution: i32, counting: Counting) -> Rule {
    Rule {
        kind,
        complex_id: None,
        category: None,
        priority: None,
        answer_minutes: answer,
        solution_minutes: solution,
        counting,
    }
}

async fn file(ctx: &Ctx, actor: &Actor, world: &World, kind: Kind) -> RequestCard {
    let command = CreateRequest { kind: Some(kind), ..draft(world.a.house.units[0]) };
    requests::create(ctx, actor, &command, None).await.unwrap()
}

async fn overdue(ctx: &Ctx, actor: &Actor) -> Vec<i64> {
    let filter = RequestFilter { overdue: true, ..RequestFilter::default() };
    let rows = requests::list(ctx, actor, &filter).await.unwrap().items;
    assert_eq!(requests::counts(ctx, actor).await.unwrap().overdue, i64::try_from(rows.len()).unwrap());
    rows.iter().map(|row| row.number).collect()
}

/// The explanation of the solution's clock adds up to the stored due time.
async fn explained(ctx: &Ctx, actor: &Actor, id: RequestId) -> Vec<Stretch> {
    let card = requests::get(ctx, actor, id).await.unwrap();
    let told = deadlines::of_request(ctx, actor, id).await.unwrap();
    let promise = told.promises.iter().find(|p| p.clock == Clock::Solution).unwrap();
    assert_eq!(Some(promise.due_at), card.due_at);
    let steps = promise.explanation.clone().expect("a counted time is explained");
    let counted: TimeDelta = steps.steps.iter().filter(|s| s.stretch == Stretch::Counted).map(|s| s.to - s.from).sum();
    assert_eq!(counted.num_minutes(), i64::from(steps.minutes));
    assert_eq!(steps.steps.last().unwrap().to, promise.due_at);
    steps.steps.into_iter().map(|s| s.stretch).collect()
}

#[tokio::test]
async fn rules_are_the_managers_and_each_companys_own() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let command = SaveRules { rules: vec![rule(None, 60, 600, Counting::Working)] };
    for actor in [world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(deadlines::settings(&ctx, &actor).await), Code::Forbidden);
        assert_eq!(code(deadlines::save_rules(&ctx, &actor, 0, &command).await), Code::Forbidden);
        assert_eq!(code(deadlines::save_watch(&ctx, &actor, 1, &Watch::default()).await), Code::Forbidden);
    }
    let admin = world.a.admin().await;
    let usual = deadlines::settings(&ctx, &admin).await.unwrap();
    assert_eq!((usual.policy.number, &usual.policy.rules, usual.no_hours), (0, &usual_rules(), false));
    assert_eq!((usual.watch_version, &usual.watch), (1, &Watch::default()));
    let saved = deadlines::save_rules(&ctx, &admin, 0, &command).await.unwrap();
    assert_eq!((saved.policy.number, &saved.policy.rules), (1, &command.rules));
    assert_eq!(saved.policy.author.as_deref(), Some(admin.name()));
    assert_eq!(code(deadlines::save_rules(&ctx, &admin, 0, &command).await), Code::Conflict);
    // The same again is no new edition.
    assert_eq!(deadlines::save_rules(&ctx, &admin, 1, &command).await.unwrap().policy.number, 1);
    assert_eq!(deadlines::settings(&ctx, &world.b.admin().await).await.unwrap().policy.number, 0);

    let both = |rules: Vec<Rule>| SaveRules { rules };
    let only = rule(Some(Kind::Paid), 1, 2, Counting::Always);
    assert_eq!(
        field(deadlines::save_rules(&ctx, &admin, 1, &both(vec![only.clone()])).await),
        wrong("/rules", "required")
    );
    let twice = both(vec![only.clone(), rule(None, 1, 2, Counting::Always), only]);
    assert_eq!(field(deadlines::save_rules(&ctx, &admin, 1, &twice).await), wrong("/rules/2/kind", "taken"));
    let mut foreign = rule(None, 1, 2, Counting::Always);
    foreign.complex_id = Some(uuid::Uuid::from_u128(7).into());
    let foreign = both(vec![rule(None, 1, 2, Counting::Always), foreign]);
    assert_eq!(field(deadlines::save_rules(&ctx, &admin, 1, &foreign).await), wrong("/rules/1/complex_id", "unknown"));
    let stranger = Watch { escalate_to: vec![world.b.plumber_id], ..Watch::default() };
    assert_eq!(field(deadlines::save_watch(&ctx, &admin, 1, &stranger).await), wrong("/escalate_to/0", "unknown"));
}

#[tokio::test]
async fn a_request_keeps_the_edition_it_was_filed_under() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    go_to(&ctx, at(23, 16, 40));
    let rules = vec![
        rule(Some(Kind::Emergency), 3, 60, Counting::Always),
        Rule { category: Some(Category::Elevator), ..rule(None, 30, 120, Counting::Working) },
        rule(None, 60, 8 * 60, Counting::Working),
    ];
    deadlines::save_rules(&ctx, &admin, 0, &SaveRules { rules }).await.unwrap();
    let old = file(&ctx, &desk, &world, Kind::Regular).await;
    assert_eq!((old.respond_by, old.due_at), (Some(at(23, 17, 40)), Some(at(24, 16, 40))));
    let short = SaveRules { rules: vec![rule(None, 10, 60, Counting::Always)] };
    deadlines::save_rules(&ctx, &admin, 1, &short).await.unwrap();
    let new = file(&ctx, &desk, &world, Kind::Regular).await;
    assert_eq!(new.due_at, Some(at(23, 17, 40)));
    assert_eq!(requests::get(&ctx, &desk, old.id).await.unwrap().due_at, old.due_at);
    let told = deadlines::of_request(&ctx, &desk, old.id).await.unwrap();
    assert_eq!((told.policy, told.rule.map(|r| r.solution_minutes)), (Some(1), Some(480)));

    // Another kind of request has another rule of its own edition, and history says so.
    let change = UpdateRequest { category: Some(Category::Elevator), ..UpdateRequest::default() };
    let card = requests::update(&ctx, &desk, old.id, 1, &change).await.unwrap();
    assert_eq!((card.respond_by, card.due_at), (Some(at(23, 17, 10)), Some(at(24, 9, 40))));
    assert!(card.history.iter().any(|entry| entry.change == Change::Due));
    assert_eq!(explained(&ctx, &desk, old.id).await, [Stretch::Counted, Stretch::Closed, Stretch::Counted]);
    let change = UpdateRequest { kind: Some(Kind::Emergency), ..UpdateRequest::default() };
    let card = requests::update(&ctx, &desk, old.id, card.version, &change).await.unwrap();
    assert_eq!(card.due_at, Some(at(23, 17, 40)));

    // What is named by hand stays, whatever else changes.
    let change = UpdateRequest { due_at: Some(at(27, 12, 0)), ..UpdateRequest::default() };
    let card = requests::update(&ctx, &desk, old.id, card.version, &change).await.unwrap();
    let change = UpdateRequest { priority: Some(Priority::Urgent), ..UpdateRequest::default() };
    let card = requests::update(&ctx, &desk, old.id, card.version, &change).await.unwrap();
    assert_eq!(card.due_at, Some(at(27, 12, 0)));
    let told = deadlines::of_request(&ctx, &desk, old.id).await.unwrap();
    let promise = told.promises.iter().find(|p| p.clock == Clock::Solution).unwrap();
    assert!(promise.by_hand && promise.explanation.is_none());
}

#[tokio::test]
async fn the_first_answer_is_the_companys() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, worker, author) = (world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await);
    let comment = |internal| AddComment { body: "Здравствуйте".to_owned(), internal, ..Default::default() };
    let id = filed(&ctx, &world).await;
    let minute = || ctx.clock.advance(TimeDelta::minutes(1));
    minute();
    requests::comment(&ctx, &author, id, &comment(false)).await.unwrap();
    requests::comment(&ctx, &desk, id, &comment(true)).await.unwrap();
    assert_eq!(requests::get(&ctx, &desk, id).await.unwrap().responded_at, None, "neither the author nor a note");
    minute();
    let first = ctx.clock.now();
    requests::comment(&ctx, &worker, id, &comment(false)).await.unwrap();
    minute();
    let card = assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    assert_eq!(card.responded_at, Some(first), "only the first counts");

    let id = filed(&ctx, &world).await;
    minute();
    let card = assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    assert_eq!(card.responded_at, Some(ctx.clock.now()));
    let id = filed(&ctx, &world).await;
    let card = step(&ctx, &author, id, Action::Cancel).await.unwrap();
    assert_eq!(card.responded_at, None, "the author's own step is no answer");
    let id = filed(&ctx, &world).await;
    assert!(step(&ctx, &desk, id, Action::Reject).await.unwrap().responded_at.is_some());
}

#[tokio::test]
async fn waiting_for_the_resident_stops_the_clock() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk, worker, author) =
        (world.a.admin().await, world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await);
    go_to(&ctx, at(23, 16, 40));
    let rules = SaveRules { rules: vec![rule(None, 60, 8 * 60, Counting::Working)] };
    deadlines::save_rules(&ctx, &admin, 0, &rules).await.unwrap();
    let id = filed(&ctx, &world).await;
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    let ask = |text: Option<&str>| WaitRequest { waiting: true, reason: text.map(str::to_owned) };
    let enough = WaitRequest { waiting: false, reason: None };
    assert_eq!(field(requests::wait(&ctx, &worker, id, &ask(Some(" "))).await), wrong("/reason", "required"));
    assert_eq!(code(requests::wait(&ctx, &author, id, &ask(Some("?"))).await), Code::Forbidden);
    assert_eq!(code(requests::wait(&ctx, &world.a.neighbour().await, id, &ask(Some("?"))).await), Code::Forbidden);
    assert_eq!(code(requests::wait(&ctx, &world.b.dispatcher().await, id, &ask(Some("?"))).await), Code::NotFound);

    go_to(&ctx, at(24, 10, 0));
    let card = requests::wait(&ctx, &worker, id, &ask(Some("Когда Вы дома?"))).await.unwrap();
    assert_eq!((card.paused, card.paused_since), (Some(PauseReason::WaitingResident), Some(at(24, 10, 0))));
    assert_eq!(card.waiting_for.as_deref(), Some("Когда Вы дома?"));
    let seen = requests::get(&ctx, &author, id).await.unwrap();
    assert_eq!(seen.waiting_for.as_deref(), Some("Когда Вы дома?"), "the author reads the question");
    let told = domain::notices::list(&ctx, &author, model::Lang::Ru, None).await.unwrap();
    let asked = told.items.iter().filter(|notice| notice.facts.to_string().contains("Когда Вы дома?"));
    assert_eq!(asked.count(), 1, "and is told of it");
    assert!(seen.history.iter().any(|entry| entry.change == Change::Waiting));
    // Asking twice is asking once.
    assert_eq!(requests::wait(&ctx, &desk, id, &ask(Some("Ну?"))).await.unwrap().version, card.version);
    // Nobody else's word is the answer.
    requests::comment(&ctx, &desk, id, &AddComment { body: "Ждём".to_owned(), internal: false, ..Default::default() })
        .await
        .unwrap();
    assert!(requests::get(&ctx, &desk, id).await.unwrap().paused.is_some());

    go_to(&ctx, at(24, 12, 0));
    requests::comment(
        &ctx,
        &author,
        id,
        &AddComment { body: "Дома".to_owned(), internal: false, ..Default::default() },
    )
    .await
    .unwrap();
    let card = requests::get(&ctx, &desk, id).await.unwrap();
    assert_eq!((card.paused, card.waiting_for.clone(), card.due_at), (None, None, Some(at(25, 9, 40))));
    let stretches = explained(&ctx, &desk, id).await;
    assert!(stretches.contains(&Stretch::Paused { reason: PauseReason::WaitingResident }));

    // By hand, and by going on without the answer.
    requests::wait(&ctx, &desk, id, &ask(Some("Какой этаж?"))).await.unwrap();
    go_to(&ctx, at(24, 12, 30));
    let card = requests::wait(&ctx, &desk, id, &enough).await.unwrap();
    assert_eq!((card.paused, card.due_at), (None, Some(at(25, 10, 10))));
    requests::wait(&ctx, &worker, id, &ask(Some("Можно войти?"))).await.unwrap();
    go_to(&ctx, at(24, 13, 0));
    let card = step(&ctx, &worker, id, Action::Start).await.unwrap();
    assert_eq!((card.paused, card.due_at), (None, Some(at(25, 10, 40))));
    explained(&ctx, &desk, id).await;
    let told = deadlines::of_request(&ctx, &desk, id).await.unwrap();
    assert_eq!(told.pauses.len(), 3);
    for status in [Status::Deferred, Status::Done, Status::Closed] {
        let id = brought_to(&ctx, &world, status).await;
        assert_eq!(code(requests::wait(&ctx, &desk, id, &ask(Some("?"))).await), Code::IllegalTransition, "{status}");
    }
}

#[tokio::test]
async fn work_that_is_put_off_comes_back_on_its_day() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, author) = (world.a.dispatcher().await, world.a.resident().await);
    let emergency = file(&ctx, &desk, &world, Kind::Emergency).await;
    let (taken, nobodys) = (emergency.id, filed(&ctx, &world).await);
    assign(&ctx, &desk, taken, world.a.plumber_id).await.unwrap();
    let defer = |until| MoveRequest { action: Action::Defer, reason: Some("нет детали".to_owned()), until };
    go_to(&ctx, at(23, 14, 0));
    let card = requests::step(&ctx, &desk, taken, &defer(Some(at(25, 9, 0)))).await.unwrap();
    assert_eq!((card.paused, card.paused_since), (Some(PauseReason::Deferred), Some(at(23, 14, 0))));
    // Two of four hours are gone; the rest begins on the day.
    assert_eq!(card.due_at, Some(at(25, 11, 1)));
    requests::step(&ctx, &desk, nobodys, &defer(None)).await.unwrap();

    go_to(&ctx, at(24, 23, 0));
    assert_eq!(overdue(&ctx, &desk).await, [0_i64; 0], "what is put off does not stand under overdue");
    assert_eq!(deadlines::tick(&ctx).await.unwrap().returned, 0);
    go_to(&ctx, at(25, 9, 0));
    // Several workers look at the same minute.
    let (a, b, c) = tokio::join!(deadlines::tick(&ctx), deadlines::tick(&ctx), deadlines::tick(&ctx));
    assert_eq!(a.unwrap().returned + b.unwrap().returned + c.unwrap().returned, 1);
    let card = requests::get(&ctx, &desk, taken).await.unwrap();
    assert_eq!((card.status, card.deferred_until, card.paused), (Status::Assigned, None, None));
    assert_eq!((card.reason, card.due_at), (None, Some(at(25, 11, 1))));
    let back = card.history.last().unwrap();
    assert_eq!((back.actor.as_str(), back.new.as_deref()), ("", Some("assigned")), "nobody did it");
    explained(&ctx, &desk, taken).await;
    assert_eq!(requests::get(&ctx, &author, nobodys).await.unwrap().status, Status::Deferred, "without a day it stays");
    assert_eq!(deadlines::tick(&ctx).await.unwrap().returned, 0);

    // Without a worker it is new again.
    requests::step(&ctx, &desk, nobodys, &MoveRequest { action: Action::Assign, ..defer(None) }).await.unwrap_err();
    let id = filed(&ctx, &world).await;
    requests::step(&ctx, &desk, id, &defer(Some(at(25, 9, 30)))).await.unwrap();
    go_to(&ctx, at(25, 9, 31));
    assert_eq!(deadlines::tick(&ctx).await.unwrap().returned, 1);
    assert_eq!(requests::get(&ctx, &desk, id).await.unwrap().status, Status::New);
}

#[tokio::test]
async fn done_late_is_frozen_when_it_is_done() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, worker, author) = (world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await);
    let id = file(&ctx, &author, &world, Kind::Emergency).await.id;
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    step(&ctx, &worker, id, Action::Start).await.unwrap();
    go_to(&ctx, at(23, 15, 0));
    let due = step(&ctx, &worker, id, Action::Complete).await.unwrap().due_at.unwrap();
    assert_eq!(due, at(23, 16, 1));
    // A day until the resident looks: not the worker's time.
    go_to(&ctx, at(24, 15, 0));
    let card = step(&ctx, &author, id, Action::Return).await.unwrap();
    assert_eq!((card.late, card.overdue, card.due_at), (false, false, Some(at(24, 16, 1))));
    step(&ctx, &worker, id, Action::Start).await.unwrap();
    go_to(&ctx, at(24, 16, 30));
    assert_eq!(overdue(&ctx, &desk).await, [card.number]);
    let card = step(&ctx, &worker, id, Action::Complete).await.unwrap();
    assert_eq!((card.late, card.overdue), (true, false));
    explained(&ctx, &desk, id).await;
    requests::rate(&ctx, &author, id, &RateRequest { stars: 4, reasons: Vec::new(), comment: None }).await.unwrap();
    let late = RequestFilter { late: true, ..RequestFilter::default() };
    let rows = requests::list(&ctx, &desk, &late).await.unwrap().items;
    assert_eq!(rows.iter().map(|row| (row.id, row.late, row.status)).collect::<Vec<_>>(), [(id, true, Status::Closed)]);
}

#[tokio::test]
async fn a_missed_answer_is_overdue_and_a_near_one_is_soon() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let soon = async || {
        let filter = RequestFilter { soon: true, ..RequestFilter::default() };
        let rows = requests::list(&ctx, &desk, &filter).await.unwrap().items;
        assert!(rows.iter().all(|row| row.due_soon && !row.overdue));
        assert_eq!(requests::counts(&ctx, &desk).await.unwrap().soon, i64::try_from(rows.len()).unwrap());
        rows.iter().map(|row| row.number).collect::<Vec<_>>()
    };
    let none = [0_i64; 0];
    // Three minutes to answer, four hours to finish; a fifth of either is near.
    let card = file(&ctx, &desk, &world, Kind::Emergency).await;
    assert_eq!((soon().await, overdue(&ctx, &desk).await), (none.to_vec(), none.to_vec()));
    go_to(&ctx, card.soon_at.unwrap());
    assert_eq!((soon().await, overdue(&ctx, &desk).await), (vec![card.number], none.to_vec()));
    go_to(&ctx, card.respond_by.unwrap() + TimeDelta::seconds(1));
    assert_eq!((soon().await, overdue(&ctx, &desk).await), (none.to_vec(), vec![card.number]), "nobody has answered");
    let seen = requests::get(&ctx, &desk, card.id).await.unwrap();
    assert!(seen.overdue && !seen.due_soon && seen.due_at > Some(ctx.clock.now()));
    // Whoever takes it up has answered, late; now the work counts.
    let card = assign(&ctx, &desk, card.id, world.a.plumber_id).await.unwrap();
    assert!(!card.overdue && card.soon_at < card.due_at);
    assert_eq!((soon().await, overdue(&ctx, &desk).await), (none.to_vec(), none.to_vec()));
    go_to(&ctx, card.soon_at.unwrap());
    assert_eq!(soon().await, [card.number]);
    let ask = WaitRequest { waiting: true, reason: Some("Вы дома?".to_owned()) };
    requests::wait(&ctx, &desk, card.id, &ask).await.unwrap();
    assert_eq!(soon().await, none, "the clock stands still");
    requests::wait(&ctx, &desk, card.id, &WaitRequest { waiting: false, reason: None }).await.unwrap();
    assert_eq!(soon().await, [card.number]);
    go_to(&ctx, card.due_at.unwrap() + TimeDelta::minutes(1));
    assert_eq!((soon().await, overdue(&ctx, &desk).await), (none.to_vec(), vec![card.number]));
}

#[tokio::test]
async fn unrated_work_closes_by_itself() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk, author) = (world.a.admin().await, world.a.dispatcher().await, world.a.resident().await);
    let id = brought_to(&ctx, &world, Status::Done).await;
    ctx.clock.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    assert_eq!(deadlines::tick(&ctx).await.unwrap().closed, 0);
    ctx.clock.advance(TimeDelta::seconds(2));
    let (a, b) = tokio::join!(deadlines::tick(&ctx), deadlines::tick(&ctx));
    assert_eq!(a.unwrap().closed + b.unwrap().closed, 1);
    let card = requests::get(&ctx, &author, id).await.unwrap();
    assert_eq!((card.status, card.may_rate), (Status::Closed, true), "a mark is welcome later, too");

    let id = brought_to(&ctx, &world, Status::Done).await;
    let watch = Watch { close_after_days: 0, ..Watch::default() };
    deadlines::save_watch(&ctx, &admin, 1, &watch).await.unwrap();
    ctx.clock.advance(TimeDelta::days(30));
    assert_eq!(deadlines::tick(&ctx).await.unwrap().closed, 0);
    let watch = Watch { close_after_days: 2, ..Watch::default() };
    deadlines::save_watch(&ctx, &admin, 2, &watch).await.unwrap();
    assert_eq!(deadlines::tick(&ctx).await.unwrap().closed, 1);
    assert_eq!(requests::get(&ctx, &desk, id).await.unwrap().status, Status::Closed);
}

async fn events(ctx: &TestCtx) -> Vec<(String, String)> {
    let mut admin = ctx.database.superuser().await;
    sqlx::query_as(
        "select type, data->>'clock' from outbox_events where type in ('request.due_soon', 'request.overdue') order by created_at, id",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap()
}

async fn letters(ctx: &TestCtx) -> Vec<(String, String)> {
    let mut admin = ctx.database.superuser().await;
    sqlx::query_as(
        "select template, address from deliveries where template like 'deadline%' and channel = 'email' order by template, address",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap()
}

async fn mail(ctx: &TestCtx, user: model::UserId, address: &str) {
    let mut admin = ctx.database.superuser().await;
    sqlx::query("update users set email = $2 where id = $1")
        .bind(user.0)
        .bind(address)
        .execute(&mut admin)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_missed_deadline_is_told_once_for_each_clock() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    mail(&ctx, admin.user_id().unwrap(), "admin@example.uz").await;
    mail(&ctx, desk.user_id().unwrap(), "desk@example.uz").await;
    mail(&ctx, world.a.plumber_id, "plumber@example.uz").await;
    mail(&ctx, world.b.admin().await.user_id().unwrap(), "foreign@example.uz").await;
    let command = Watch { escalate_to: vec![desk.user_id().unwrap()], ..Watch::default() };
    deadlines::save_watch(&ctx, &admin, 1, &command).await.unwrap();
    // Three minutes to answer, four hours to finish.
    let id = file(&ctx, &world.a.resident().await, &world, Kind::Emergency).await.id;
    let look = async |minutes: i64| {
        ctx.clock.advance(TimeDelta::minutes(minutes));
        let (a, b, c, d) =
            tokio::join!(deadlines::tick(&ctx), deadlines::tick(&ctx), deadlines::tick(&ctx), deadlines::tick(&ctx));
        [a, b, c, d].map(|done| done.unwrap().told).iter().sum::<usize>()
    };
    assert_eq!(look(0).await, 0);
    assert_eq!(look(3).await, 1, "a minute before the answer is late");
    assert_eq!(look(1).await, 1);
    assert_eq!(look(1).await, 0);
    let told = |kind: &str, clock: &str| (kind.to_owned(), clock.to_owned());
    let mut wanted = vec![told("request.due_soon", "answer"), told("request.overdue", "answer")];
    assert_eq!(events(&ctx).await, wanted);
    let to = |template: &str, name: &str| (template.to_owned(), format!("{name}@example.uz"));
    // Nobody is at work on it yet, so the dispatchers were warned.
    let breaches = [to("deadline_breach", "admin"), to("deadline_breach", "desk")];
    assert_eq!(letters(&ctx).await, [&breaches[..], &[to("deadline_warning", "desk")]].concat());

    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    assert_eq!(look(180).await, 0);
    assert_eq!(look(10).await, 1, "a fifth of four hours is left");
    assert_eq!(letters(&ctx).await.last(), Some(&to("deadline_warning", "plumber")));
    // A pause moves the end; the warning is not said again.
    let ask = WaitRequest { waiting: true, reason: Some("Вы дома?".to_owned()) };
    requests::wait(&ctx, &desk, id, &ask).await.unwrap();
    assert_eq!(look(600).await, 0, "the clock stands still");
    requests::wait(&ctx, &desk, id, &WaitRequest { waiting: false, reason: None }).await.unwrap();
    assert_eq!(look(10).await, 0);
    assert_eq!(look(40).await, 1);
    assert_eq!(look(2000).await, 0);
    wanted.extend([told("request.due_soon", "solution"), told("request.overdue", "solution")]);
    assert_eq!(events(&ctx).await, wanted);
    assert_eq!(letters(&ctx).await.len(), 6);
    let audience: serde_json::Value = {
        let mut admin = ctx.database.superuser().await;
        sqlx::query_scalar("select audience from outbox_events where type = 'request.overdue' limit 1")
            .fetch_one(&mut admin)
            .await
            .unwrap()
    };
    assert_eq!(audience["internal"], true, "residents do not hear of it");
}

#[tokio::test]
async fn a_worker_who_slept_tells_of_the_breach_alone() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    file(&ctx, &world.a.resident().await, &world, Kind::Emergency).await;
    ctx.clock.advance(TimeDelta::days(1));
    assert_eq!(deadlines::tick(&ctx).await.unwrap().told, 2);
    let kinds: Vec<String> = events(&ctx).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["request.overdue", "request.overdue"]);
    assert_eq!(deadlines::tick(&ctx).await.unwrap().told, 0);
}

#[tokio::test]
async fn a_new_holiday_moves_open_work_and_nothing_that_is_over() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let over = brought_to(&ctx, &world, Status::Done).await;
    let open = filed(&ctx, &world).await;
    let before = requests::get(&ctx, &desk, open).await.unwrap().due_at.unwrap();
    let hour = |h| NaiveTime::from_hms_opt(h, 0, 0).unwrap();
    let lunch = Some(Lunch { from: hour(13), to: hour(14) });
    let week = (1..=5).map(|weekday| WorkDay { weekday, opens: hour(9), closes: hour(18), lunch }).collect();
    let holiday =
        SpecialDay { day: NaiveDate::from_ymd_opt(2026, 11, 25).unwrap(), works: false, name: "Хайит".to_owned() };
    let calendar = SaveCalendar { week, special: vec![holiday] };
    settings::save_calendar(&ctx, &admin, 1, &calendar).await.unwrap();
    let card = requests::get(&ctx, &desk, open).await.unwrap();
    assert_eq!(card.due_at, Some(before + TimeDelta::days(1)), "a holiday in the middle is a day more");
    let stretches = explained(&ctx, &desk, open).await;
    assert!(stretches.contains(&Stretch::Holiday { name: "Хайит".to_owned() }));
    assert_eq!(requests::get(&ctx, &desk, over).await.unwrap().due_at, Some(before));
    explained(&ctx, &desk, over).await;

    // A week without work: counted round the clock, and the page says so.
    settings::save_calendar(&ctx, &admin, 2, &SaveCalendar { week: Vec::new(), special: Vec::new() }).await.unwrap();
    let card = requests::get(&ctx, &desk, open).await.unwrap();
    assert_eq!((card.due_at.unwrap() - card.created_at).num_hours(), 24);
    assert!(deadlines::settings(&ctx, &admin).await.unwrap().no_hours);
    explained(&ctx, &desk, open).await;
}

#[tokio::test]
async fn deadlines_are_explained_to_whoever_sees_the_request() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let id = filed(&ctx, &world).await;
    for actor in [world.a.dispatcher().await, world.a.resident().await] {
        let told = deadlines::of_request(&ctx, &actor, id).await.unwrap();
        assert_eq!(told.promises.iter().map(|p| p.clock).collect::<Vec<_>>(), [Clock::Answer, Clock::Solution]);
        assert_eq!((told.policy, told.rule), (Some(0), usual_rules().last().cloned()));
    }
    for actor in [world.a.neighbour().await, world.b.dispatcher().await, world.b.admin().await] {
        assert_eq!(code(deadlines::of_request(&ctx, &actor, id).await), Code::NotFound);
    }
    assert_eq!(world.a.admin().await.role(), Role::Admin);
}

/// The ledger of pauses is history: nobody rewrites it.
#[tokio::test]
async fn pauses_and_editions_are_never_rewritten() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let rules = SaveRules { rules: vec![rule(None, 60, 600, Counting::Working)] };
    deadlines::save_rules(&ctx, &world.a.admin().await, 0, &rules).await.unwrap();
    for sql in [
        "update request_pauses set to_at = now()",
        "delete from request_pauses",
        "update deadline_policies set rules = '[]'",
        "delete from deadline_policies",
        "delete from request_alerts",
        "update work_calendars set week = '[]'",
    ] {
        let mut tx = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
        let refused = sqlx::query(sql).execute(&mut *tx).await.unwrap_err();
        assert!(refused.to_string().contains("permission denied"), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn other_rules_are_tried_on_what_has_happened() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk, worker) = (world.a.admin().await, world.a.dispatcher().await, world.a.plumber().await);
    let finish = async |kind, minutes| {
        let id = file(&ctx, &desk, &world, kind).await.id;
        assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
        step(&ctx, &worker, id, Action::Start).await.unwrap();
        ctx.clock.advance(TimeDelta::minutes(minutes));
        step(&ctx, &worker, id, Action::Complete).await.unwrap().number
    };
    // Three hours of a Monday afternoon: an emergency in time, and a usual one.
    let quick = finish(Kind::Emergency, 90).await;
    finish(Kind::Regular, 90).await;
    let open = file(&ctx, &desk, &world, Kind::Emergency).await.number;
    ctx.clock.advance(TimeDelta::hours(5));
    let try_out = |rules| model::deadlines::WhatIf { rules };

    let same = deadlines::what_if(&ctx, &admin, &try_out(usual_rules())).await.unwrap();
    assert_eq!((same.total.requests, same.changed_total, same.cut), (3, 0, false));
    assert_eq!((same.total.solution_before, same.total.solution_after), (1, 1), "the open one is late already");
    assert_eq!((same.total.answer_before, same.rows.len()), (1, 2));

    let strict =
        vec![rule(Some(Kind::Emergency), 1, 60, Counting::Always), rule(None, 240, 24 * 60, Counting::Working)];
    let found = deadlines::what_if(&ctx, &admin, &try_out(strict)).await.unwrap();
    assert_eq!((found.total.solution_before, found.total.solution_after), (1, 2));
    let changed: Vec<_> = found.changed.iter().map(|c| (c.number, c.clock, c.breaks)).collect();
    assert_eq!(changed, [(quick, Clock::Solution, true)]);
    let loose = vec![rule(None, 600, 60_000, Counting::Working)];
    let found = deadlines::what_if(&ctx, &admin, &try_out(loose)).await.unwrap();
    assert_eq!((found.total.answer_after, found.total.solution_after), (0, 0));
    assert!(found.changed.iter().all(|c| c.number == open && !c.breaks) && found.changed_total == 2);
    // Nothing was saved, and only managers may look.
    assert_eq!(deadlines::settings(&ctx, &admin).await.unwrap().policy.number, 0);
    assert_eq!(code(deadlines::what_if(&ctx, &desk, &try_out(usual_rules())).await), Code::Forbidden);
    assert_eq!(
        field(deadlines::what_if(&ctx, &admin, &try_out(usual_rules()[..1].to_vec())).await),
        wrong("/rules", "required")
    );
    // The other company's requests are its own.
    assert_eq!(
        deadlines::what_if(&ctx, &world.b.admin().await, &try_out(usual_rules())).await.unwrap().total.requests,
        0
    );
    ctx.clock.advance(TimeDelta::days(91));
    assert_eq!(deadlines::what_if(&ctx, &admin, &try_out(usual_rules())).await.unwrap().total.requests, 0);
}
