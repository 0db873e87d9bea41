//! The list of requests: words in any script, order by deadline, many at once; and lists as people keep them.

use crate::support::{brought_to, code, field, filed, step, wrong};
use chrono::TimeDelta;
use domain::{Actor, Ctx, classifier, requests, views};
use model::{
    Code, Permission, RequestId, SavedViewId,
    classifier::ClassifierFilter,
    requests::{
        Action, AddComment, BulkAction, BulkCommand, Category, CreateRequest, Priority, RequestFilter, Sort, Status,
        UpdateRequest,
    },
    search::{CreateView, KeepList, List, UpdateView},
};
use platform::ids::new_id;
use testkit::{TestCtx, World};

async fn numbers(ctx: &Ctx, actor: &Actor, filter: &RequestFilter) -> Vec<i64> {
    requests::list(ctx, actor, filter).await.unwrap().items.iter().map(|row| row.number).collect()
}

/// What changes past the product stands for the cost of counting again: nobody pays it until something happened.
#[tokio::test]
async fn counters_hold_until_something_happens_in_the_company_or_time_has_passed() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, admin) = (world.a.dispatcher().await, world.a.admin().await);
    let news = async |actor: &Actor| requests::counts(&ctx, actor).await.unwrap().new;
    filed(&ctx, &world).await;
    assert_eq!((news(&desk).await, news(&world.b.dispatcher().await).await), (1, 0));
    let mut db = ctx.database.superuser().await;
    sqlx::query("update requests set status = 'cancelled'").execute(&mut db).await.unwrap();
    assert_eq!((news(&desk).await, news(&admin).await), (1, 1), "counted once for everybody who sees the same");
    filed(&ctx, &world).await;
    assert_eq!((news(&desk).await, news(&admin).await), (1, 1), "the new one alone");
    sqlx::query("update requests set status = 'cancelled'").execute(&mut db).await.unwrap();
    ctx.clock.advance(TimeDelta::seconds(10));
    assert_eq!(news(&desk).await, 0);
}

#[tokio::test]
async fn words_are_found_in_any_script_and_by_phone() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, author, worker) = (world.a.dispatcher().await, world.a.resident().await, world.a.plumber().await);
    filed(&ctx, &world).await;
    let call = CreateRequest {
        contact_name: Some("Oʻktamov Sanjar".to_owned()),
        contact_phone: model::Phone::parse("+998 93 777-65-43"),
        description: "100% затопило подвал".to_owned(),
        ..world.a.draft()
    };
    requests::create(&ctx, &desk, &call, None).await.unwrap();
    let found = async |actor: &Actor, text: &str| {
        numbers(&ctx, actor, &RequestFilter { text: Some(text.to_owned()), ..Default::default() }).await
    };
    for (text, wanted) in [
        ("кран", vec![1]),
        ("KRAN na kuxne", vec![1]),
        ("Ўктамов", vec![2]),
        ("oktamov подвал", vec![2]),
        ("777-65-43", vec![2]),
        ("7776", vec![2]),
        ("navoi", vec![2, 1]),
        ("1", vec![2, 1]),
        ("№1", vec![1]),
        ("№2", vec![2]),
        ("100%", vec![2]),
        ("%", vec![]),
        ("_", vec![]),
        ("ничего такого", vec![]),
    ] {
        assert_eq!(found(&desk, text).await, wanted, "{text}");
        // Who sees but a part goes another road to the same rows: all of these lie in the plumber's zone.
        assert_eq!(found(&worker, text).await, wanted, "{text} for the worker");
    }
    assert_eq!(found(&author, "кран").await, [1]);
    assert_eq!(found(&author, "777-65-43").await, [0_i64; 0]);
}

#[tokio::test]
async fn the_most_urgent_stands_first_page_after_page() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.admin().await;
    let mut wanted = Vec::new();
    for (n, days) in [5, 1, 9, 1, 3].into_iter().enumerate() {
        let id = brought_to(&ctx, &world, Status::Assigned).await;
        let due_at = Some(ctx.clock.now() + TimeDelta::days(days));
        let version = requests::get(&ctx, &desk, id).await.unwrap().version;
        let change = UpdateRequest { due_at, ..Default::default() };
        let card = requests::update(&ctx, &desk, id, version, &change).await.unwrap();
        wanted.push((days, n, card.number));
    }
    brought_to(&ctx, &world, Status::Done).await;
    wanted.sort_unstable();
    let wanted: Vec<i64> = wanted.into_iter().map(|(.., number)| number).collect();
    let by_deadline = || RequestFilter { sort: Some(Sort::Due), ..Default::default() };
    let pages = async || {
        let (mut got, mut cursor) = (Vec::new(), None);
        loop {
            let filter = RequestFilter { limit: Some(2), cursor, ..by_deadline() };
            let page = requests::list(&ctx, &desk, &filter).await.unwrap();
            got.extend(page.items.iter().map(|row| row.number));
            cursor = page.next;
            if cursor.is_none() {
                return got;
            }
        }
    };
    assert_eq!(pages().await, wanted, "finished work has no deadline any more");

    // Whoever waits for an answer stands where the answer is due, however far the end of the work is.
    let waits = filed(&ctx, &world).await;
    let far = UpdateRequest { due_at: Some(ctx.clock.now() + TimeDelta::days(30)), ..Default::default() };
    let number = requests::update(&ctx, &desk, waits, 1, &far).await.unwrap().number;
    assert_eq!(pages().await, [vec![number], wanted.clone()].concat());
    // List, chip and counter say the same of it.
    ctx.clock.advance(TimeDelta::hours(23));
    let overdue = RequestFilter { overdue: true, ..by_deadline() };
    assert_eq!(numbers(&ctx, &desk, &overdue).await, [number]);
    assert_eq!(requests::counts(&ctx, &desk).await.unwrap().overdue, 1);
    let first = requests::list(&ctx, &desk, &by_deadline()).await.unwrap().items;
    assert_eq!(first.iter().filter(|row| row.overdue).map(|row| row.number).collect::<Vec<_>>(), [number]);

    let answer = AddComment { body: "Мастер придёт завтра".to_owned(), ..Default::default() };
    requests::comment(&ctx, &desk, waits, &answer).await.unwrap();
    assert_eq!(pages().await, [wanted.clone(), vec![number]].concat());
    assert_eq!(requests::counts(&ctx, &desk).await.unwrap().overdue, 0);

    // The board keeps the same order; finished work, which has none, is there, too.
    let board = requests::board(&ctx, &desk, &by_deadline()).await.unwrap();
    let lane = |status: Status| {
        let column = board.iter().find(|column| column.status == status).unwrap();
        column.rows.iter().map(|row| row.number).collect::<Vec<_>>()
    };
    assert_eq!((lane(Status::Assigned), lane(Status::New)), (wanted.clone(), vec![number]));
    assert_eq!(lane(Status::Done).len(), 1);

    // What is overdue stands in that order by itself, and in the order of coming when that is asked for.
    ctx.clock.advance(TimeDelta::days(4));
    let overdue = || RequestFilter { overdue: true, limit: Some(2), ..Default::default() };
    let (mut got, mut cursor) = (Vec::new(), None);
    loop {
        let page = requests::list(&ctx, &desk, &RequestFilter { cursor, ..overdue() }).await.unwrap();
        got.extend(page.items.iter().map(|row| row.number));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let wanted_overdue = wanted[..3].to_vec();
    assert_eq!(got, wanted_overdue);
    let newest = RequestFilter { sort: Some(Sort::Newest), limit: None, ..overdue() };
    let mut by_coming = wanted_overdue;
    by_coming.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(numbers(&ctx, &desk, &newest).await, by_coming);
}

#[tokio::test]
async fn many_at_once_and_each_for_itself() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, foreign) = (world.a.dispatcher().await, world.b.dispatcher().await);
    let (new, done) = (filed(&ctx, &world).await, brought_to(&ctx, &world, Status::Done).await);
    let missing = RequestId(new_id());
    let run = async |actor: &Actor, ids: &[RequestId], action: BulkAction| {
        requests::bulk(&ctx, actor, &BulkCommand { ids: ids.to_vec(), action }).await
    };
    let told = |outcomes: Vec<model::requests::BulkOutcome>| -> Vec<Option<Code>> {
        outcomes.into_iter().map(|one| one.failure.map(|failure| failure.code)).collect()
    };
    let all = [new, done, missing, new];
    let assigned = run(&desk, &all, BulkAction::Assign { assignee_id: world.a.plumber_id }).await.unwrap();
    assert_eq!(assigned.iter().map(|one| one.id).collect::<Vec<_>>(), [new, done, missing], "each once, in order");
    assert_eq!(told(assigned), [None, Some(Code::IllegalTransition), Some(Code::NotFound)]);
    let urgent = run(&desk, &all, BulkAction::Priority { priority: Priority::Urgent }).await.unwrap();
    assert_eq!(told(urgent), [None, Some(Code::IllegalTransition), Some(Code::NotFound)]);
    let closed = run(&desk, &all, BulkAction::Close).await.unwrap();
    assert_eq!(told(closed), [Some(Code::IllegalTransition), None, Some(Code::NotFound)]);
    let cancelled = run(&desk, &[new], BulkAction::Cancel { reason: "дубль".to_owned() }).await.unwrap();
    assert_eq!(told(cancelled), [None]);
    let card = requests::get(&ctx, &desk, new).await.unwrap();
    assert_eq!(
        (card.status, card.priority, card.reason.as_deref()),
        (Status::Cancelled, Priority::Urgent, Some("дубль"))
    );
    assert!(card.history.len() >= 4, "each step is in the history");

    let strange = run(&foreign, &[new, done], BulkAction::Close).await.unwrap();
    assert_eq!(told(strange), [Some(Code::NotFound), Some(Code::NotFound)]);
    for actor in [world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(run(&actor, &[new], BulkAction::Close).await), Code::Forbidden);
    }
    assert_eq!(field(run(&desk, &[], BulkAction::Close).await), wrong("/ids", "out_of_range"));
    let crowd: Vec<RequestId> = (0..201).map(|_| RequestId(new_id())).collect();
    assert_eq!(field(run(&desk, &crowd, BulkAction::Close).await), wrong("/ids", "out_of_range"));
    let silent = run(&desk, &[new], BulkAction::Cancel { reason: " ".to_owned() }).await;
    assert_eq!(field(silent), wrong("/reason", "required"));
}

fn view(name: &str, shared: bool) -> CreateView {
    CreateView { list: List::Requests, name: name.to_owned(), query: "?status=new&kind=emergency".to_owned(), shared }
}

#[tokio::test]
async fn views_are_kept_shared_and_guarded() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, admin, foreign) = (world.a.dispatcher().await, world.a.admin().await, world.b.admin().await);
    let own = views::create(&ctx, &desk, &view("Аварии", false)).await.unwrap();
    assert_eq!((own.query.as_str(), own.mine, own.may_edit), ("status=new&kind=emergency", true, true));
    assert_eq!(field(views::create(&ctx, &desk, &view("АВАРИИ", true)).await), wrong("/name", "taken"));
    assert_eq!(field(views::create(&ctx, &desk, &view("  ", true)).await), wrong("/name", "required"));
    let shared = views::create(&ctx, &desk, &view("Общий", true)).await.unwrap();
    let names = async |actor: &Actor| -> Vec<String> {
        views::setup(&ctx, actor, List::Requests).await.unwrap().views.into_iter().map(|view| view.name).collect()
    };
    assert_eq!(names(&desk).await, ["Аварии", "Общий"]);
    assert_eq!(names(&admin).await, ["Общий"]);
    assert_eq!(names(&world.a.plumber().await).await, ["Общий"]);
    assert!(names(&foreign).await.is_empty());

    // A super admin's login belongs to no company, yet they keep views where they work.
    let visitor = world.super_admin().await;
    let theirs = views::create(&ctx, &visitor, &view("Проверка", false)).await.unwrap();
    assert!(theirs.mine && names(&visitor).await == ["Проверка", "Общий"]);

    // Not one's own: hidden ones do not exist, shared ones are for those who manage settings.
    let rename = UpdateView { name: Some("Другое".to_owned()), ..Default::default() };
    for (actor, id, refusal) in [
        (&admin, own.id, Code::NotFound),
        (&foreign, own.id, Code::NotFound),
        (&foreign, shared.id, Code::NotFound),
        (&world.a.plumber().await, shared.id, Code::Forbidden),
        (&admin, SavedViewId(new_id()), Code::NotFound),
    ] {
        assert_eq!(code(views::update(&ctx, actor, id, 1, &rename).await), refusal);
        assert_eq!(code(views::delete(&ctx, actor, id).await), refusal);
    }
    assert_eq!(code(views::setup(&ctx, &world.a.resident().await, List::Requests).await), Code::Forbidden);
    assert_eq!(code(views::setup(&ctx, &world.a.plumber().await, List::People).await), Code::Forbidden);
    assert!(admin.role().can(Permission::SettingsManage));
    let renamed = views::update(&ctx, &admin, shared.id, 1, &rename).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.version, renamed.mine), ("Другое", 2, false));
    assert_eq!(code(views::update(&ctx, &desk, shared.id, 1, &rename).await), Code::Conflict);

    // The view a list opens with, and columns.
    let keep = |id| KeepList { list: List::Requests, hidden: vec!["due".to_owned()], default_view: id };
    views::keep(&ctx, &admin, &keep(Some(shared.id))).await.unwrap();
    let setup = views::setup(&ctx, &admin, List::Requests).await.unwrap();
    assert_eq!((setup.default_view, setup.hidden), (Some(shared.id), vec!["due".to_owned()]));
    assert_eq!(field(views::keep(&ctx, &admin, &keep(Some(own.id))).await), wrong("/default_view", "unknown"));
    let mine_only = UpdateView { shared: Some(false), ..Default::default() };
    views::update(&ctx, &desk, shared.id, 2, &mine_only).await.unwrap();
    assert_eq!(views::setup(&ctx, &admin, List::Requests).await.unwrap().default_view, None);
    views::delete(&ctx, &desk, shared.id).await.unwrap();
    assert_eq!(names(&desk).await, ["Аварии"]);
    let mut db = ctx.database.superuser().await;
    let actions: Vec<String> = sqlx::query_scalar("select action from audit_log where object_id = $1 order by at, id")
        .bind(shared.id.0)
        .fetch_all(&mut db)
        .await
        .unwrap();
    assert_eq!(actions, ["view.create", "view.update", "view.update", "view.delete"]);
}

#[tokio::test]
async fn nobody_saves_without_end() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    for n in 0..50 {
        views::create(&ctx, &desk, &view(&format!("Вид {n}"), false)).await.unwrap();
    }
    assert_eq!(field(views::create(&ctx, &desk, &view("Ещё", false)).await), wrong("/name", "out_of_range"));
}

#[tokio::test]
async fn what_the_window_asks_for_is_what_comes() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let known = classifier::list(&ctx, &desk, &ClassifierFilter::default()).await.unwrap();
    let problem = known.problems.iter().find(|p| p.category == Category::Elevator).unwrap().id;
    // 1: a flat; 2: an entrance; 3: somebody's, about a problem; each promised something else.
    filed(&ctx, &world).await;
    let common = CreateRequest { unit_id: None, building_id: Some(world.a.house.id), ..world.a.draft() };
    let entrance = CreateRequest { entrance_id: Some(world.a.house.entrance), ..common.clone() };
    let far = CreateRequest { building_id: Some(world.a.far_house.id), ..common };
    let lift = CreateRequest {
        contact_id: Some(world.a.caller),
        category: Category::Elevator,
        problem_id: Some(problem),
        ..far
    };
    for command in [&entrance, &lift] {
        requests::create(&ctx, &desk, command, None).await.unwrap();
    }
    let due_at = ctx.clock.now() + TimeDelta::days(40);
    let second = RequestFilter { text: Some("№2".to_owned()), ..Default::default() };
    let id = requests::list(&ctx, &desk, &second).await.unwrap().items[0].id;
    let moved = UpdateRequest { due_at: Some(due_at), ..Default::default() };
    requests::update(&ctx, &desk, id, 1, &moved).await.unwrap();
    let all = RequestFilter::default;
    for (filter, wanted) in [
        (RequestFilter { problem_id: Some(problem), ..all() }, vec![3]),
        (RequestFilter { problem_id: Some(model::ProblemId(new_id())), ..all() }, vec![]),
        (RequestFilter { contact_id: Some(world.a.caller), ..all() }, vec![3]),
        (RequestFilter { building_id: Some(world.a.far_house.id), ..all() }, vec![3]),
        (RequestFilter { due_from: Some(due_at), due_to: Some(due_at + TimeDelta::days(1)), ..all() }, vec![2]),
        (RequestFilter { due_to: Some(due_at), ..all() }, vec![3, 1]),
        (RequestFilter { complex_id: Some(model::ComplexId(new_id())), ..all() }, vec![]),
    ] {
        assert_eq!(numbers(&ctx, &desk, &filter).await, wanted, "{filter:?}");
    }
    // The flat lies in that entrance, too.
    let there = RequestFilter { entrance_id: Some(world.a.house.entrance), ..all() };
    assert_eq!(numbers(&ctx, &desk, &there).await, [2, 1]);
}

#[tokio::test]
async fn what_was_sent_back_is_counted_and_found_when_it_is_over() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, worker, author) = (world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await);
    brought_to(&ctx, &world, Status::Closed).await;
    let id = brought_to(&ctx, &world, Status::Returned).await;
    let reopened = RequestFilter { reopened: true, ..Default::default() };
    let returns = async || {
        let rows = requests::list(&ctx, &desk, &reopened).await.unwrap().items;
        rows.iter().map(|row| (row.id, row.returns)).collect::<Vec<_>>()
    };
    assert_eq!(returns().await, [(id, 1)]);
    for (actor, action) in [
        (&worker, Action::Start),
        (&worker, Action::Complete),
        (&author, Action::Return),
        (&worker, Action::Start),
        (&worker, Action::Complete),
        (&desk, Action::Close),
    ] {
        step(&ctx, actor, id, action).await.unwrap();
    }
    assert_eq!(returns().await, [(id, 2)]);
    assert_eq!(requests::get(&ctx, &desk, id).await.unwrap().returns, 2);
    // Putting returned work off and taking it up again is no second return.
    let other = brought_to(&ctx, &world, Status::Returned).await;
    step(&ctx, &desk, other, Action::Defer).await.unwrap();
    assert_eq!(requests::get(&ctx, &desk, other).await.unwrap().returns, 1);
}
