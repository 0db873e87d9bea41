//! Several people at one request: nothing anybody typed is lost, everybody is told what concerns them and nothing else.

use crate::support::{assign, brought_to, code, failure, field, filed, step, wrong};
use chrono::TimeDelta;
use domain::{Actor, Ctx, files, requests};
use model::{
    Code, FileId, Lang, RequestId, Role,
    notices::{NoticeKind, NoticeObject},
    requests::{
        Action, AddComment, BulkAction, BulkCommand, BulkUndo, Category, Change, EditComment, Priority, RequestCard,
        RequestFilter, SaveReply, SetResponsible, Status, UpdateRequest, WatchRequest,
    },
    staff::{UpdateStaff, Visibility},
};
use platform::ids::new_id;
use testkit::{TestCtx, World, hire, photo, staff_actor};

fn words(body: &str, internal: bool) -> AddComment {
    AddComment { body: body.to_owned(), internal, ..Default::default() }
}

fn text(description: &str) -> UpdateRequest {
    UpdateRequest { description: Some(description.to_owned()), ..Default::default() }
}

async fn upload(ctx: &Ctx, actor: &Actor) -> FileId {
    files::upload(ctx, actor, photo()).await.unwrap().id
}

#[tokio::test]
async fn edits_of_different_fields_both_hold_and_of_one_field_are_told_by_name() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (one, two) = (world.a.dispatcher().await, world.a.admin().await);
    let id = filed(&ctx, &world).await;
    let seen = requests::get(&ctx, &one, id).await.unwrap().version;
    let first = requests::update(&ctx, &one, id, seen, &text("Течёт стояк")).await.unwrap();
    // The second looked before the first wrote.
    let urgent = UpdateRequest { priority: Some(Priority::Urgent), ..Default::default() };
    let merged = requests::update(&ctx, &two, id, seen, &urgent).await.unwrap();
    assert_eq!((merged.description.as_str(), merged.priority), ("Течёт стояк", Priority::Urgent));
    assert_eq!(merged.version, first.version + 1);
    // The same words are no quarrel.
    requests::update(&ctx, &two, id, seen, &text("Течёт стояк")).await.unwrap();
    // Other words are, and nothing of the edit is done, not even what would fit.
    let both = UpdateRequest { category: Some(Category::Heating), ..text("Капает кран") };
    let refused = failure(requests::update(&ctx, &two, id, seen, &both).await);
    assert_eq!(refused.code, Code::Conflict);
    assert_eq!(
        refused.fields.iter().map(|f| (f.pointer.as_str(), f.code.as_str())).collect::<Vec<_>>(),
        [("/description", "changed")]
    );
    let now = requests::get(&ctx, &one, id).await.unwrap();
    assert_eq!((now.description.as_str(), now.category), ("Течёт стояк", Category::Plumbing));
    // A version that never was tells nothing of what was seen.
    for nonsense in [0, -1, now.version + 5] {
        assert_eq!(code(requests::update(&ctx, &one, id, nonsense, &urgent).await), Code::Conflict);
    }
    // Somebody else's step is no edit: the words still fit.
    let seen = now.version;
    assign(&ctx, &two, id, world.a.plumber_id).await.unwrap();
    requests::update(&ctx, &one, id, seen, &text("Течёт стояк, второй этаж")).await.unwrap();
}

/// What a dispatcher does when told of a conflict: looks at both values and keeps both.
async fn write_down(ctx: &Ctx, actor: &Actor, id: RequestId, mark: &str) {
    let mut card = requests::get(ctx, actor, id).await.unwrap();
    loop {
        let command = text(&format!("{} {mark}", card.description));
        match requests::update(ctx, actor, id, card.version, &command).await {
            Ok(_) => return,
            Err(error) => {
                let refused = error.into_failure(None);
                assert_eq!(refused.code, Code::Conflict, "{refused:?}");
                assert_eq!(refused.fields[0].pointer, "/description");
                card = requests::get(ctx, actor, id).await.unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_dispatchers_at_one_request_lose_nothing() {
    const ROUNDS: usize = 25;
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    hire(&ctx, Some(world.a.id), Role::Dispatcher, "second-a", None).await;
    let people = [world.a.dispatcher().await, staff_actor(&ctx, "second-a").await];
    let id = filed(&ctx, &world).await;
    let work = async |n: usize| {
        let me = &people[n];
        for round in 0..ROUNDS {
            write_down(&ctx, me, id, &format!("[{n}.{round}]")).await;
            requests::comment(&ctx, me, id, &words(&format!("({n}.{round})"), round % 2 == 0)).await.unwrap();
            // Each has a field of their own as well, edited on what was seen at the start of the round.
            let seen = requests::get(&ctx, me, id).await.unwrap().version;
            let own = if n == 0 {
                UpdateRequest { priority: Some(Priority::ALL[round % 4]), ..Default::default() }
            } else {
                UpdateRequest { category: Some(Category::ALL[round % 8]), ..Default::default() }
            };
            requests::update(&ctx, me, id, seen, &own).await.unwrap();
        }
    };
    tokio::join!(work(0), work(1));
    let card = requests::get(&ctx, &people[0], id).await.unwrap();
    for n in 0..2 {
        for round in 0..ROUNDS {
            assert!(card.description.contains(&format!("[{n}.{round}]")), "lost [{n}.{round}]: {}", card.description);
            let said = format!("({n}.{round})");
            assert_eq!(card.comments.iter().filter(|c| c.body == said).count(), 1, "{said}");
        }
    }
    assert_eq!(card.priority, Priority::ALL[(ROUNDS - 1) % 4]);
    assert_eq!(card.category, Category::ALL[(ROUNDS - 1) % 8]);
}

#[tokio::test]
async fn a_comment_may_be_mended_for_half_an_hour_and_what_it_said_is_kept() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, admin, author) = (world.a.dispatcher().await, world.a.admin().await, world.a.resident().await);
    let id = filed(&ctx, &world).await;
    let card = requests::comment(&ctx, &desk, id, &words("Придём завтра", false)).await.unwrap();
    let said = &card.comments[0];
    assert!(said.may_edit && said.mine);
    let edit = EditComment { body: "Придём сегодня".to_owned() };
    let card = requests::edit_comment(&ctx, &desk, id, said.id, &edit).await.unwrap();
    assert_eq!(card.comments[0].body, "Придём сегодня");
    assert!(card.comments[0].edited_at.is_some());
    let kept = requests::comment_versions(&ctx, &admin, id, said.id).await.unwrap();
    assert_eq!(kept.iter().map(|v| v.body.as_str()).collect::<Vec<_>>(), ["Придём завтра"]);
    // Others may not, whatever their rank; residents are not shown the versions.
    assert_eq!(code(requests::edit_comment(&ctx, &admin, id, said.id, &edit).await), Code::NotFound);
    assert_eq!(code(requests::take_comment_back(&ctx, &author, id, said.id).await), Code::NotFound);
    assert_eq!(code(requests::comment_versions(&ctx, &author, id, said.id).await), Code::Forbidden);
    let blank = EditComment { body: " ".to_owned() };
    assert_eq!(field(requests::edit_comment(&ctx, &desk, id, said.id, &blank).await), wrong("/body", "required"));

    ctx.clock.advance(TimeDelta::minutes(31));
    assert_eq!(code(requests::edit_comment(&ctx, &desk, id, said.id, &edit).await), Code::IllegalTransition);
    assert_eq!(code(requests::take_comment_back(&ctx, &desk, id, said.id).await), Code::IllegalTransition);
    assert!(!requests::get(&ctx, &desk, id).await.unwrap().comments[0].may_edit);
}

#[tokio::test]
async fn a_comment_taken_back_takes_its_photos_along() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let author = world.a.resident().await;
    let desk = world.a.dispatcher().await;
    let id = filed(&ctx, &world).await;
    let photo = upload(&ctx, &author).await;
    let shown = AddComment { file_ids: vec![photo], ..Default::default() };
    let card = requests::comment(&ctx, &author, id, &shown).await.unwrap();
    assert_eq!(card.comments[0].file_ids, [photo]);
    assert_eq!(card.files.iter().map(|f| f.id).collect::<Vec<_>>(), [photo]);
    assert_eq!(
        field(requests::comment(&ctx, &author, id, &words("  ", false)).await),
        wrong("/body", "required"),
        "without a photo something must be said"
    );
    let card = requests::take_comment_back(&ctx, &author, id, card.comments[0].id).await.unwrap();
    assert!(card.comments[0].deleted_at.is_some() && card.comments[0].body.is_empty());
    assert!(card.files.is_empty() && card.comments[0].file_ids.is_empty());
    assert_eq!(code(files::locate(&ctx, &desk, photo, false).await.map(|_| ())), Code::NotFound);
    let rows = requests::list(&ctx, &desk, &RequestFilter::default()).await.unwrap().items;
    assert_eq!((rows[0].comments, rows[0].photos, rows[0].awaits_answer), (0, 0, false));
}

#[tokio::test]
async fn residents_see_no_photo_of_an_internal_comment() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, author, worker) = (world.a.dispatcher().await, world.a.resident().await, world.a.plumber().await);
    let id = filed(&ctx, &world).await;
    let photo = upload(&ctx, &desk).await;
    let note =
        AddComment { file_ids: vec![photo], internal: true, body: "Смета".to_owned(), ..Default::default() };
    requests::comment(&ctx, &desk, id, &note).await.unwrap();
    let card = requests::get(&ctx, &author, id).await.unwrap();
    assert!(card.files.is_empty() && card.comments.is_empty());
    assert_eq!(code(files::locate(&ctx, &author, photo, true).await.map(|_| ())), Code::NotFound);
    assert_eq!(requests::get(&ctx, &worker, id).await.unwrap().files.len(), 1);
    assert!(files::locate(&ctx, &worker, photo, true).await.is_ok());
}

async fn row(ctx: &Ctx, actor: &Actor, id: RequestId) -> model::requests::RequestRow {
    let rows = requests::list(ctx, actor, &RequestFilter::default()).await.unwrap().items;
    rows.into_iter().find(|row| row.id == id).unwrap()
}

#[tokio::test]
async fn unread_and_unanswered_are_counted_for_each() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, admin, author) = (world.a.dispatcher().await, world.a.admin().await, world.a.resident().await);
    let (id, quiet) = (filed(&ctx, &world).await, filed(&ctx, &world).await);
    let unanswered = RequestFilter { unanswered: true, ..Default::default() };
    let unread = RequestFilter { unread: true, ..Default::default() };
    let found = async |actor: &Actor, filter: &RequestFilter| {
        requests::list(&ctx, actor, filter).await.unwrap().items.into_iter().map(|r| r.id).collect::<Vec<_>>()
    };
    assert!(found(&desk, &unread).await.is_empty());
    requests::comment(&ctx, &author, id, &words("Когда придёте?", false)).await.unwrap();
    assert_eq!(found(&desk, &unanswered).await, [id]);
    assert_eq!(found(&desk, &unread).await, [id]);
    assert_eq!(requests::counts(&ctx, &desk).await.unwrap().unanswered, 1);
    let shown = row(&ctx, &desk, id).await;
    assert!(shown.unread_public && !shown.unread_internal && shown.awaits_answer);
    assert!(!row(&ctx, &desk, quiet).await.unread_public);
    // One has read it, another has not; to read is not to answer.
    ctx.clock.advance(TimeDelta::seconds(1));
    requests::read(&ctx, &desk, id).await.unwrap();
    assert!(!row(&ctx, &desk, id).await.unread_public);
    assert!(row(&ctx, &admin, id).await.unread_public);
    assert!(found(&desk, &unread).await.is_empty() && found(&admin, &unread).await == [id]);
    assert!(requests::get(&ctx, &admin, id).await.unwrap().comments[0].unread);
    assert!(!requests::get(&ctx, &desk, id).await.unwrap().comments[0].unread);
    // A word among colleagues is no answer to the resident.
    ctx.clock.advance(TimeDelta::seconds(1));
    requests::comment(&ctx, &admin, id, &words("Кто свободен?", true)).await.unwrap();
    assert_eq!(found(&desk, &unanswered).await, [id]);
    let shown = row(&ctx, &desk, id).await;
    assert!(!shown.unread_public && shown.unread_internal);
    requests::comment(&ctx, &desk, id, &words("Через час", false)).await.unwrap();
    assert!(found(&desk, &unanswered).await.is_empty());
    assert_eq!(requests::counts(&ctx, &admin).await.unwrap().unanswered, 0);
    // Taken back, the question stands again.
    let last = requests::get(&ctx, &desk, id).await.unwrap().comments.into_iter().find(|c| c.mine).unwrap();
    requests::take_comment_back(&ctx, &desk, id, last.id).await.unwrap();
    assert_eq!(found(&desk, &unanswered).await, [id]);
    // Also after the work is over somebody waits for a word.
    let done = brought_to(&ctx, &world, Status::Closed).await;
    requests::comment(&ctx, &author, done, &words("Опять течёт", false)).await.unwrap();
    assert_eq!(requests::counts(&ctx, &desk).await.unwrap().unanswered, 2);
    // The resident is told nothing of who has read what.
    let theirs = row(&ctx, &author, id).await;
    assert!(!theirs.awaits_answer && !theirs.unread_internal);
}

async fn told(ctx: &domain::Ctx, who: &domain::Actor) -> domain::notices::NoticePage {
    domain::notices::list(ctx, who, Lang::Ru, None).await.unwrap()
}

#[tokio::test]
async fn who_is_named_is_told_once_and_must_see_the_request() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, admin, worker) = (world.a.dispatcher().await, world.a.admin().await, world.a.plumber().await);
    let (author, foreign) = (world.a.resident().await, world.b.dispatcher().await);
    let id = filed(&ctx, &world).await;
    let plumber = world.a.plumber_id;
    let call = AddComment { mentions: vec![plumber, plumber], ..words("@plumber-a взгляните", true) };
    let card = requests::comment(&ctx, &desk, id, &call).await.unwrap();
    assert_eq!(card.comments[0].mentions.iter().map(|p| p.id).collect::<Vec<_>>(), [plumber.0]);
    let page = told(&ctx, &worker).await;
    assert_eq!(page.unread, 1);
    assert_eq!((page.items[0].kind, page.items[0].about), (NoticeKind::Mention, Some((NoticeObject::Request, id.0))));
    assert!(told(&ctx, &admin).await.items.is_empty());
    requests::read(&ctx, &worker, id).await.unwrap();
    let page = told(&ctx, &worker).await;
    assert_eq!((page.unread, page.items.len()), (0, 1), "who has read the talk has seen the notice");

    for nobody in [world.a.resident.user, foreign.user_id().unwrap(), new_id().into()] {
        let call = AddComment { mentions: vec![nobody], ..words("?", true) };
        assert_eq!(field(requests::comment(&ctx, &desk, id, &call).await), wrong("/mentions/0", "unknown"));
    }
    // A mention opens no doors.
    let version = domain::staff::get(&ctx, &admin, plumber).await.unwrap().version;
    let narrow = UpdateStaff { visibility: Some(Visibility::Assigned), ..Default::default() };
    domain::staff::update(&ctx, &admin, plumber, version, &narrow).await.unwrap();
    assert_eq!(field(requests::comment(&ctx, &desk, id, &call).await), wrong("/mentions/0", "unknown"));
    let worker = staff_actor(&ctx, "plumber-a").await;
    assert!(told(&ctx, &worker).await.items.is_empty(), "what is seen no more is told no more");
    // Residents name nobody.
    let call = AddComment { mentions: vec![desk.user_id().unwrap()], ..words("Позовите", false) };
    assert_eq!(field(requests::comment(&ctx, &author, id, &call).await), wrong("/mentions/0", "unknown"));
    assert!(told(&ctx, &author).await.items.iter().all(|notice| notice.kind != NoticeKind::Mention));
}

#[tokio::test]
async fn watchers_and_the_responsible_hear_what_happens() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, admin, worker, author) =
        (world.a.dispatcher().await, world.a.admin().await, world.a.plumber().await, world.a.resident().await);
    let id = filed(&ctx, &world).await;
    let me = |on| WatchRequest { user_id: None, on };
    let card = requests::watch(&ctx, &worker, id, &me(true)).await.unwrap();
    assert!(card.together.watching);
    requests::watch(&ctx, &worker, id, &me(true)).await.unwrap();
    let over = SetResponsible { user_id: admin.user_id() };
    let card = requests::set_responsible(&ctx, &desk, id, &over).await.unwrap();
    assert_eq!(card.together.responsible.as_ref().map(|p| p.id), admin.user_id().map(|u| u.0));
    assert_eq!(card.together.watchers.len(), 1, "watching twice is watching");
    assert_eq!(told(&ctx, &admin).await.items[0].kind, NoticeKind::Involved);

    assign(&ctx, &desk, id, world.a.electrician_id).await.unwrap();
    step(&ctx, &desk, id, Action::Start).await.unwrap();
    requests::comment(&ctx, &author, id, &words("Спасибо", false)).await.unwrap();
    for who in [&worker, &admin] {
        let kinds: Vec<_> = told(&ctx, who).await.items.into_iter().map(|n| n.kind).collect();
        assert!(kinds.contains(&NoticeKind::Followed) && kinds.contains(&NoticeKind::Comment), "{kinds:?}");
    }
    assert!(told(&ctx, &desk).await.items.is_empty(), "nobody is told of their own doing");
    // Filters by both.
    let mine = RequestFilter { watching: true, ..Default::default() };
    for (who, found) in [(&worker, 1), (&admin, 1), (&desk, 0)] {
        assert_eq!(requests::list(&ctx, who, &mine).await.unwrap().items.len(), found);
    }
    // A worker follows for themselves only; a resident not at all.
    let other = WatchRequest { user_id: admin.user_id(), on: true };
    assert_eq!(code(requests::watch(&ctx, &worker, id, &other).await), Code::Forbidden);
    assert_eq!(code(requests::watch(&ctx, &author, id, &me(true)).await), Code::Forbidden);
    assert_eq!(code(requests::set_responsible(&ctx, &worker, id, &over).await), Code::Forbidden);
    let card = requests::watch(&ctx, &worker, id, &me(false)).await.unwrap();
    assert!(!card.together.watching && card.together.watchers.is_empty());
    // The resident sees none of it.
    let theirs = requests::get(&ctx, &author, id).await.unwrap();
    assert_eq!(theirs.together, Default::default());
    assert!(!theirs.history.iter().any(|h| matches!(h.change.as_str(), "responsible" | "watcher")));
}

fn reply(title: &str, shared: bool) -> SaveReply {
    SaveReply {
        title: title.to_owned(),
        ru: "Заявка №{number} ({address}) принята, {name}. Мастер: {assignee}.".to_owned(),
        uz: "№{number} ariza qabul qilindi.".to_owned(),
        en: String::new(),
        shared,
    }
}

#[tokio::test]
async fn ready_replies_speak_the_residents_language() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, admin, worker) = (world.a.dispatcher().await, world.a.admin().await, world.a.plumber().await);
    let id = filed(&ctx, &world).await;
    let own = requests::replies::create(&ctx, &desk, &reply("Моё", false)).await.unwrap();
    let shared = requests::replies::create(&ctx, &admin, &reply("Принято", true)).await.unwrap();
    assert_eq!(code(requests::replies::create(&ctx, &desk, &reply("Общее", true)).await), Code::Forbidden);
    assert_eq!(field(requests::replies::create(&ctx, &desk, &reply("МОЁ", false)).await), wrong("/title", "taken"));
    let empty = SaveReply { title: "Пусто".to_owned(), ..Default::default() };
    assert_eq!(field(requests::replies::create(&ctx, &desk, &empty).await), wrong("/ru", "required"));
    assert_eq!(requests::replies::list(&ctx, &worker).await.unwrap().len(), 1, "own replies are nobody else's");

    let number = requests::get(&ctx, &desk, id).await.unwrap().number;
    let filled = requests::replies::filled(&ctx, &desk, id).await.unwrap();
    assert_eq!(filled.iter().map(|f| f.id).collect::<Vec<_>>(), [own.id, shared.id]);
    assert!(filled[0].body.starts_with(&format!("Заявка №{number} (Навои")), "{}", filled[0].body);
    assert!(filled[0].body.ends_with("Мастер: {assignee}."), "nobody is assigned yet: {}", filled[0].body);
    let mut tx = ctx.db.begin_system("speak uzbek").await.unwrap();
    sqlx::query("update contacts set lang = 'uz' where id = $1")
        .bind(world.a.resident.contact.0)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let filled = requests::replies::filled(&ctx, &desk, id).await.unwrap();
    assert_eq!(filled[1].body, format!("№{number} ariza qabul qilindi."));
    assert_eq!(shared.body(Lang::En), shared.ru);

    let changed = SaveReply { ru: "Иначе".to_owned(), ..reply("Принято", true) };
    assert_eq!(code(requests::replies::update(&ctx, &desk, shared.id, 1, &changed).await), Code::Forbidden);
    let newer = requests::replies::update(&ctx, &admin, shared.id, 1, &changed).await.unwrap();
    assert_eq!((newer.version, newer.ru.as_str()), (2, "Иначе"));
    assert_eq!(code(requests::replies::update(&ctx, &admin, shared.id, 1, &changed).await), Code::Conflict);
    assert_eq!(code(requests::replies::delete(&ctx, &worker, own.id).await), Code::NotFound);
    assert_eq!(code(requests::replies::delete(&ctx, &world.b.admin().await, shared.id).await), Code::NotFound);
    requests::replies::delete(&ctx, &desk, own.id).await.unwrap();
    assert_eq!(requests::replies::list(&ctx, &desk).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_done_to_many_is_taken_back_where_the_graph_allows() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let ids = [filed(&ctx, &world).await, filed(&ctx, &world).await];
    assign(&ctx, &desk, ids[0], world.a.electrician_id).await.unwrap();
    let run = async |action| {
        let command = BulkCommand { ids: ids.to_vec(), action };
        requests::bulk(&ctx, &desk, &command).await.unwrap()
    };
    let back = async |outcomes: Vec<model::requests::BulkOutcome>| {
        let steps: Vec<_> = outcomes.into_iter().filter_map(|one| Some((one.id, one.undo?))).collect();
        let undone = requests::undo(&ctx, &desk, &steps).await.unwrap();
        assert!(undone.iter().all(|one| one.failure.is_none()), "{undone:?}");
        undone.len()
    };
    let card = async |n: usize| -> RequestCard { requests::get(&ctx, &desk, ids[n]).await.unwrap() };

    assert_eq!(back(run(BulkAction::Priority { priority: Priority::Urgent }).await).await, 2);
    assert_eq!(card(0).await.priority, Priority::Normal);
    assert_eq!(back(run(BulkAction::Comment { body: "Едем".to_owned(), internal: false }).await).await, 2);
    assert!(card(1).await.comments[0].deleted_at.is_some());
    // Who had a worker gets that one back, who had none is free again.
    assert_eq!(back(run(BulkAction::Assign { assignee_id: world.a.plumber_id }).await).await, 2);
    assert_eq!(card(0).await.assignee.map(|p| p.id), Some(world.a.electrician_id.0));
    assert_eq!((card(1).await.status, card(1).await.assignee), (Status::New, None));
    let responsible = BulkAction::Responsible { user_id: desk.user_id() };
    assert_eq!(back(run(responsible).await).await, 2);
    assert_eq!(card(1).await.together.responsible, None);
    let join = BulkCommand { ids: vec![ids[1]], action: BulkAction::Join { into: ids[0] } };
    let joined = requests::bulk(&ctx, &desk, &join).await.unwrap();
    assert_eq!(card(1).await.together.main.and_then(|main| main.id), Some(ids[0]));
    assert_eq!(back(joined).await, 1);
    assert_eq!(card(1).await.together.main, None);

    let tomorrow = Some(ctx.clock.now() + TimeDelta::days(1));
    let defer = BulkAction::Defer { reason: "Ждём деталь".to_owned(), until: tomorrow };
    let put_off = run(defer.clone()).await;
    assert_eq!((card(0).await.status, card(0).await.deferred_until), (Status::Deferred, tomorrow));
    assert_eq!(back(put_off).await, 2);
    assert_eq!((card(0).await.status, card(1).await.status), (Status::Assigned, Status::New));
    assert_eq!(card(0).await.paused, None, "the clock goes on");
    assign(&ctx, &desk, ids[1], world.a.plumber_id).await.unwrap();
    run(defer).await;
    let started = run(BulkAction::Start).await;
    assert!(started.iter().all(|one| one.failure.is_none()), "both have somebody: {started:?}");
    assert_eq!(back(started).await, 2);
    let again = card(0).await;
    assert_eq!((again.status, again.deferred_until), (Status::Deferred, tomorrow));
    assert_eq!(again.reason.as_deref(), Some("Ждём деталь"));
    // What is finished is told and counted: there is no way back.
    run(BulkAction::Start).await;
    for action in [BulkAction::Complete, BulkAction::Return { reason: "Течёт".to_owned() }, BulkAction::Start] {
        let told = run(action.clone()).await;
        assert!(told.iter().all(|one| one.failure.is_none() && one.undo.is_none()), "{action:?}: {told:?}");
    }
    let silent =
        BulkCommand { ids: ids.to_vec(), action: BulkAction::Comment { body: " ".to_owned(), internal: true } };
    assert_eq!(field(requests::bulk(&ctx, &desk, &silent).await), wrong("/body", "required"));
}

#[tokio::test]
async fn a_step_is_taken_back_by_whoever_took_it_before_anything_follows() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, admin, worker) = (world.a.dispatcher().await, world.a.admin().await, world.a.plumber().await);
    let plumber = world.a.plumber_id;
    let give = async |id| {
        ctx.clock.advance(TimeDelta::minutes(1));
        let command = BulkCommand { ids: vec![id], action: BulkAction::Assign { assignee_id: plumber } };
        requests::bulk(&ctx, &desk, &command).await.unwrap().remove(0).undo.unwrap()
    };
    let undo = async |who: &Actor, id: RequestId, step: &BulkUndo| {
        let told = requests::undo(&ctx, who, &[(id, step.clone())]).await.unwrap().remove(0);
        told.failure.map(|failure| failure.code)
    };
    let refused = Some(Code::IllegalTransition);
    let id = filed(&ctx, &world).await;
    let back = give(id).await;
    assert_eq!(back, BulkUndo::Back { to: Status::New, until: None, worker: Some(plumber) });
    assert_eq!(undo(&admin, id, &back).await, refused, "somebody else's step");
    let elsewhere = BulkUndo::Back { to: Status::Deferred, until: None, worker: Some(plumber) };
    assert_eq!(undo(&desk, id, &elsewhere).await, refused, "it was not there");
    let other = BulkUndo::Back { to: Status::New, until: None, worker: Some(world.a.electrician_id) };
    assert_eq!(undo(&desk, id, &other).await, refused, "somebody else's hands");
    assert_eq!(undo(&desk, id, &back).await, None);
    let card = requests::get(&ctx, &desk, id).await.unwrap();
    assert_eq!((card.status, card.assignee.clone(), card.responded_at), (Status::New, None, None));
    let last: Vec<_> = card.history.iter().rev().take(2).map(|h| (h.change, h.new.clone())).collect();
    assert_eq!(last, [(Change::Status, Some("new".to_owned())), (Change::Assignee, None)], "a step of its own");

    let back = give(id).await;
    step(&ctx, &worker, id, Action::Start).await.unwrap();
    assert_eq!(undo(&desk, id, &back).await, refused, "the work has begun");
    let late = filed(&ctx, &world).await;
    let back = give(late).await;
    ctx.clock.advance(TimeDelta::minutes(31));
    assert_eq!(undo(&desk, late, &back).await, refused, "too long ago");
}
