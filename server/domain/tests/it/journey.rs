//! A request from the leaking tap to five stars.

use crate::support::{assign, brought_to, code, failure, field, filed, step, wrong};
use chrono::TimeDelta;
use domain::{events, files, requests};
use model::{
    Code, Permission as P,
    events::Event,
    requests::{
        Action, AddComment, Category, Change, CompleteRequest, CreateRequest, Kind, Moment, MoveRequest, Priority,
        RateRequest, RatingReason, RequestFilter, Source, Status, UpdateRequest,
    },
};
use std::collections::BTreeSet;
use testkit::{TestCtx, World, photo};

#[tokio::test]
async fn everybody_plays_their_part() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (resident, desk, worker) = (world.a.resident().await, world.a.dispatcher().await, world.a.plumber().await);
    let tick = || ctx.clock.advance(TimeDelta::minutes(10));

    let before = files::upload(&ctx, &resident, photo()).await.unwrap();
    let command = CreateRequest { file_ids: vec![before.id], ..world.a.draft() };
    let filed = requests::create(&ctx, &resident, &command, None).await.unwrap();
    let id = filed.id;
    assert_eq!((filed.number, filed.version, filed.status, filed.source), (1, 1, Status::New, Source::App));
    assert_eq!(filed.address, "Навои 12, №1");
    assert_eq!(filed.entrance_id, Some(world.a.house.entrance));
    assert_eq!(filed.contact_name.as_deref(), Some("Азиз Каримов"));
    assert_eq!(filed.contact_phone.as_ref(), Some(&world.a.resident.phone));
    // Three working days from Monday noon are Thursday noon; the next full minute counts.
    assert_eq!((filed.due_at.unwrap() - filed.created_at).num_hours(), 72);
    assert_eq!(filed.files.len(), 1);
    assert_eq!(filed.actions, [Action::Cancel]);
    assert!(filed.building_hint.is_none(), "the hint is for the company");
    assert_eq!(requests::counts(&ctx, &desk).await.unwrap().new, 1);

    tick();
    let card = assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    assert_eq!((card.status, card.version), (Status::Assigned, 2));
    assert_eq!(card.assignee.unwrap().name, "plumber-a");
    assert_eq!(card.building_hint.as_deref(), Some("Ключ у дворника"));

    tick();
    let card = step(&ctx, &worker, id, Action::Start).await.unwrap();
    assert_eq!(card.actions, [Action::Complete, Action::Defer]);
    let note = |body: &str, internal| AddComment { body: body.to_owned(), internal, ..Default::default() };
    requests::comment(&ctx, &worker, id, &note("Нужна прокладка 1/2", true)).await.unwrap();
    requests::comment(&ctx, &worker, id, &note("Буду через час", false)).await.unwrap();
    let card = requests::comment(&ctx, &resident, id, &note("Жду", false)).await.unwrap();
    assert_eq!(card.comments.iter().map(|c| c.body.as_str()).collect::<Vec<_>>(), ["Буду через час", "Жду"]);
    assert_eq!(card.comments.iter().map(|c| c.mine).collect::<Vec<_>>(), [false, true]);

    tick();
    let after = files::upload(&ctx, &worker, photo()).await.unwrap();
    let done =
        CompleteRequest { result: Some("Заменил прокладку".to_owned()), file_ids: vec![after.id] };
    let card = requests::complete(&ctx, &worker, id, &done).await.unwrap();
    assert_eq!((card.status, card.completed_at), (Status::Done, Some(ctx.clock.now())));
    assert_eq!(card.files.iter().map(|f| f.moment).collect::<Vec<_>>(), [Moment::Before, Moment::After]);

    tick();
    let card = step(&ctx, &resident, id, Action::Return).await.unwrap();
    assert_eq!((card.status, card.completed_at, card.reason.as_deref()), (Status::Returned, None, Some("так надо")));
    assert_eq!(requests::counts(&ctx, &desk).await.unwrap().returned, 1);
    tick();
    step(&ctx, &worker, id, Action::Start).await.unwrap();
    tick();
    let card = step(&ctx, &worker, id, Action::Complete).await.unwrap();
    assert_eq!(card.result.as_deref(), Some("Заменил прокладку"), "a second report without words keeps the first");

    tick();
    let card = requests::get(&ctx, &resident, id).await.unwrap();
    assert!(card.may_rate && card.actions == [Action::Return]);
    let rate = RateRequest { stars: 5, reasons: vec![RatingReason::Fast], comment: Some("Спасибо".to_owned()) };
    let card = requests::rate(&ctx, &resident, id, &rate).await.unwrap();
    assert_eq!((card.status, card.rating, card.closed_at), (Status::Closed, Some(5), Some(ctx.clock.now())));
    assert!(!card.may_rate && card.actions.is_empty());
    assert_eq!(code(requests::rate(&ctx, &resident, id, &rate).await), Code::IllegalTransition);

    let card = requests::get(&ctx, &desk, id).await.unwrap();
    assert_eq!(card.comments.len(), 3);
    // What the words told it is about has a test of its own.
    let told = card.history.iter().filter(|h| h.change != Change::Problem);
    let steps: Vec<_> = told.map(|h| (h.change, h.new.as_deref().unwrap_or_default(), h.actor.as_str())).collect();
    let status = |to, who| (Change::Status, to, who);
    assert_eq!(
        steps,
        [
            (Change::Created, "new", "Азиз Каримов"),
            (Change::Assignee, "plumber-a", "dispatcher-a"),
            status("assigned", "dispatcher-a"),
            status("in_progress", "plumber-a"),
            status("done", "plumber-a"),
            status("returned", "Азиз Каримов"),
            status("in_progress", "plumber-a"),
            status("done", "plumber-a"),
            (Change::Rating, "5", "Азиз Каримов"),
            status("closed", "Азиз Каримов"),
        ]
    );
    assert_eq!(card.version, 8, "each change counts, comments do not");
    let row = &requests::list(&ctx, &desk, &RequestFilter::default()).await.unwrap().items[0];
    assert_eq!((row.photos, row.comments, row.rating), (2, 3, Some(5)));
    let counts = requests::counts(&ctx, &desk).await.unwrap();
    assert_eq!((counts.open(), counts.done), (0, 0));

    events::publish_batch(&ctx).await.unwrap();
    let told: Vec<&str> = events::since(&ctx, &desk.scope(P::RequestsRead).unwrap(), 0)
        .await
        .unwrap()
        .iter()
        .map(|e| match e.event {
            Event::RequestCreated { .. } => "created",
            Event::RequestAssigned { .. } => "assigned",
            Event::RequestStatusChanged { .. } => "moved",
            Event::RequestCommented { .. } => "commented",
            Event::RequestRated { .. } => "rated",
            _ => "other",
        })
        .collect();
    let expected = "created assigned moved commented commented commented moved moved moved moved rated";
    assert_eq!(told.join(" "), expected);

    // The author is told of what others did, and not of what they did themselves.
    let mut admin = ctx.database.superuser().await;
    let steps: i64 = sqlx::query_scalar("select count(*) from notices where kind = 'request_step'")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert_eq!(steps, 5);
    let audited: Vec<String> = sqlx::query_scalar("select action from audit_log where object_id = $1 order by at, id")
        .bind(id.0)
        .fetch_all(&mut admin)
        .await
        .unwrap();
    assert_eq!(audited.len(), 11, "{audited:?}");
}

#[tokio::test]
async fn the_desk_files_for_callers() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let common = CreateRequest {
        unit_id: None,
        building_id: Some(world.a.house.id),
        entrance_id: Some(world.a.house.entrance),
        contact_id: Some(world.a.caller),
        kind: Some(Kind::Emergency),
        category: Category::Elevator,
        description: "  Застряли в лифте  ".to_owned(),
        ..world.a.draft()
    };
    let card = requests::create(&ctx, &desk, &common, None).await.unwrap();
    assert_eq!((card.source, card.priority, card.address.as_str()), (Source::Desk, Priority::Urgent, "Навои 12"));
    assert_eq!((card.contact_name.as_deref(), card.description.as_str()), (Some("Пётр Петров"), "Застряли в лифте"));
    assert_eq!((card.due_at.unwrap() - card.created_at).num_hours(), 4);

    let called = CreateRequest { source: Some(Source::Call), ..common };
    assert_eq!(requests::create(&ctx, &desk, &called, None).await.unwrap().source, Source::Call);
    let posing = CreateRequest { source: Some(Source::Call), ..world.a.draft() };
    let refused = requests::create(&ctx, &world.a.resident().await, &posing, None).await;
    assert_eq!(field(refused), wrong("/source", "unknown"), "a resident who writes did not call");

    let stranger = CreateRequest {
        contact_name: Some("Прохожий".to_owned()),
        contact_phone: Some(world.b.resident.phone.clone()),
        ..world.a.draft()
    };
    let card = requests::create(&ctx, &desk, &stranger, None).await.unwrap();
    assert_eq!((card.contact_id, card.contact_name.as_deref()), (None, Some("Прохожий")));

    let create = async |command: CreateRequest| field(requests::create(&ctx, &desk, &command, None).await);
    assert_eq!(create(CreateRequest { unit_id: None, ..world.a.draft() }).await, wrong("/building_id", "required"));
    assert_eq!(
        create(CreateRequest { unit_id: Some(world.b.resident.unit), ..world.a.draft() }).await,
        wrong("/unit_id", "unknown")
    );
    assert_eq!(
        create(CreateRequest { contact_id: Some(world.b.caller), ..world.a.draft() }).await,
        wrong("/contact_id", "unknown")
    );
    assert_eq!(
        create(CreateRequest { description: " ".to_owned(), ..world.a.draft() }).await,
        wrong("/description", "required")
    );
    let long = CreateRequest { description: "я".repeat(4001), ..world.a.draft() };
    assert_eq!(create(long).await, wrong("/description", "too_long"));
}

#[tokio::test]
async fn edits_meet_conflicts_and_leave_a_trace() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let id = filed(&ctx, &world).await;
    let edit =
        UpdateRequest { priority: Some(Priority::High), category: Some(Category::Heating), ..Default::default() };
    let card = requests::update(&ctx, &desk, id, 1, &edit).await.unwrap();
    assert_eq!((card.version, card.priority, card.category), (2, Priority::High, Category::Heating));
    let other = UpdateRequest { priority: Some(Priority::Low), ..Default::default() };
    assert_eq!(code(requests::update(&ctx, &desk, id, 1, &other).await), Code::Conflict);
    let same = requests::update(&ctx, &desk, id, 2, &edit).await.unwrap();
    assert_eq!(same.version, 2, "nothing changed");
    let changes: Vec<_> = same.history.iter().map(|h| (h.change, h.old.as_deref(), h.new.as_deref())).collect();
    assert!(changes.contains(&(Change::Priority, Some("normal"), Some("high"))), "{changes:?}");
    assert!(changes.contains(&(Change::Category, Some("plumbing"), Some("heating"))), "{changes:?}");
    let seen = requests::get(&ctx, &world.a.resident().await, id).await.unwrap();
    assert!(seen.history.iter().all(|h| h.change == Change::Created), "residents do not see the desk's edits");

    let closed = brought_to(&ctx, &world, Status::Closed).await;
    let version = requests::get(&ctx, &desk, closed).await.unwrap().version;
    assert_eq!(code(requests::update(&ctx, &desk, closed, version, &edit).await), Code::IllegalTransition);
}

#[tokio::test]
async fn a_deferral_has_an_end_in_the_future() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let id = filed(&ctx, &world).await;
    let defer =
        |until| MoveRequest {
            action: Action::Defer, reason: Some("Ждём деталь".to_owned()), until: Some(until)
        };
    let past = requests::step(&ctx, &desk, id, &defer(ctx.clock.now())).await;
    assert_eq!(field(past), wrong("/until", "in_past"));
    let until = ctx.clock.now() + TimeDelta::days(2);
    let card = requests::step(&ctx, &desk, id, &defer(until)).await.unwrap();
    assert_eq!((card.status, card.deferred_until), (Status::Deferred, Some(until)));
    let blank = MoveRequest { action: Action::Cancel, reason: Some("  ".to_owned()), until: None };
    assert_eq!(field(requests::step(&ctx, &desk, id, &blank).await), wrong("/reason", "required"));
    let card = assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    assert_eq!((card.status, card.deferred_until), (Status::Assigned, None));
}

#[tokio::test]
async fn work_goes_only_to_staff_who_can_take_it() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let id = filed(&ctx, &world).await;
    for nobody in [world.a.resident.user, world.b.plumber_id] {
        assert_eq!(field(assign(&ctx, &desk, id, nobody).await), wrong("/assignee_id", "unknown"));
    }
    let mut admin = ctx.database.superuser().await;
    sqlx::query("update users set blocked_at = now() where id = $1")
        .bind(world.a.plumber_id.0)
        .execute(&mut admin)
        .await
        .unwrap();
    assert_eq!(field(assign(&ctx, &desk, id, world.a.plumber_id).await), wrong("/assignee_id", "unknown"));
}

#[tokio::test]
async fn photos_belong_to_who_uploaded_them_until_attached() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (resident, neighbour, foreign) =
        (world.a.resident().await, world.a.neighbour().await, world.b.resident().await);
    let mine = files::upload(&ctx, &resident, photo()).await.unwrap();
    assert!(files::locate(&ctx, &resident, mine.id, true).await.unwrap().key.ends_with(".thumb.jpg"));
    for other in [&neighbour, &foreign, &world.a.admin().await] {
        assert_eq!(code(files::locate(&ctx, other, mine.id, false).await), Code::NotFound);
    }
    let with = |unit, ids: &[model::FileId]| CreateRequest { file_ids: ids.to_vec(), ..testkit::draft(unit) };
    let theft = requests::create(&ctx, &neighbour, &with(world.a.neighbour.unit, &[mine.id]), None).await;
    assert_eq!(field(theft), wrong("/file_ids", "unknown"));
    let theft = requests::create(&ctx, &foreign, &with(world.b.resident.unit, &[mine.id]), None).await;
    assert_eq!(field(theft), wrong("/file_ids", "unknown"));
    assert!(requests::list(&ctx, &neighbour, &RequestFilter::default()).await.unwrap().items.is_empty(), "rolled back");

    let card = requests::create(&ctx, &resident, &with(world.a.resident.unit, &[mine.id]), None).await.unwrap();
    let twice = requests::create(&ctx, &resident, &with(world.a.resident.unit, &[mine.id]), None).await;
    assert_eq!(field(twice), wrong("/file_ids", "unknown"));
    assert!(files::locate(&ctx, &world.a.dispatcher().await, mine.id, false).await.is_ok());
    assert_eq!(code(files::locate(&ctx, &neighbour, mine.id, false).await), Code::NotFound);
    assert_eq!(code(files::locate(&ctx, &world.b.admin().await, mine.id, false).await), Code::NotFound);

    let more = files::upload(&ctx, &resident, photo()).await.unwrap();
    let card = requests::add_files(&ctx, &resident, card.id, &[more.id], Moment::Before).await.unwrap();
    assert_eq!(card.files.len(), 2);
    assert_eq!(code(files::upload(&ctx, &resident, b"%PDF".to_vec()).await), Code::NotAnImage);

    let orphan = files::upload(&ctx, &resident, photo()).await.unwrap();
    ctx.clock.advance(TimeDelta::days(4));
    assert!(files::sweep_orphans(&ctx).await.unwrap().is_empty(), "a step without a signal may still name it");
    ctx.clock.advance(TimeDelta::hours(1));
    let swept = files::sweep_orphans(&ctx).await.unwrap();
    assert_eq!(swept.len(), 2);
    assert!(swept.iter().all(|key| key.contains(&orphan.id.to_string())));
}

#[tokio::test]
async fn numbers_are_unique_when_fifty_file_at_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let resident = world.a.resident().await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (ctx, resident, command) = (ctx.ctx.clone(), resident.clone(), world.a.draft());
        calls.spawn(async move { requests::create(&ctx, &resident, &command, None).await.unwrap().number });
    }
    let numbers: BTreeSet<i64> = calls.join_all().await.into_iter().collect();
    assert_eq!(numbers, (1..=50).collect());
    // Another company counts for itself.
    let other = requests::create(&ctx, &world.b.resident().await, &world.b.draft(), None).await.unwrap();
    assert_eq!(other.number, 1);
}

#[tokio::test]
async fn pages_follow_one_another_without_gap() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (resident, desk) = (world.a.resident().await, world.a.dispatcher().await);
    for n in 0..7 {
        // Pairs share a moment: the id decides.
        if n % 2 == 0 {
            ctx.clock.advance(TimeDelta::seconds(1));
        }
        requests::create(&ctx, &resident, &world.a.draft(), None).await.unwrap();
    }
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let filter = RequestFilter { limit: Some(3), cursor, ..Default::default() };
        let page = requests::list(&ctx, &desk, &filter).await.unwrap();
        seen.extend(page.items.iter().map(|row| row.number));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 7);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 7);
    let with = |change: fn(&mut RequestFilter)| {
        let mut filter = RequestFilter::default();
        change(&mut filter);
        filter
    };
    for (filter, count) in [
        (with(|f| f.text = Some("№3".into())), 1),
        (with(|f| f.text = Some("кран".into())), 7),
        (with(|f| f.text = Some("100%".into())), 0),
        (with(|f| f.status = vec![Status::Done]), 0),
        (with(|f| f.unassigned = true), 7),
        (with(|f| f.overdue = true), 0),
        (with(|f| f.category = vec![Category::Plumbing, Category::Yard]), 7),
    ] {
        assert_eq!(requests::list(&ctx, &desk, &filter).await.unwrap().items.len(), count, "{filter:?}");
    }
    ctx.clock.advance(TimeDelta::hours(73));
    let overdue = with(|f| f.overdue = true);
    assert_eq!(requests::list(&ctx, &desk, &overdue).await.unwrap().items.len(), 7);
    assert_eq!(requests::counts(&ctx, &desk).await.unwrap().overdue, 7);
    for (pointer, filter) in
        [("limit", with(|f| f.limit = Some(101))), ("cursor", with(|f| f.cursor = Some("nonsense".into())))]
    {
        assert!(failure(requests::list(&ctx, &desk, &filter).await).field(pointer).is_some());
    }
}
