//! Requests that belong together: joined and taken out, split, linked, found before they are filed; and calls.

use crate::support::{assign, brought_to, code, field, filed, step, wrong};
use domain::{Actor, Ctx, calls, files, requests};
use model::{
    Code, Lang, Phone, RequestId,
    notices::NoticeObject,
    requests::{
        Action, AddComment, CallDirection, CallFilter, CallResult, Category, CreateRequest, JoinRequests, LinkKind,
        LinkRequest, Nearness, RecordCall, RecordControl, RequestFilter, SimilarQuery, SplitRequest, Status,
        WatchRequest,
    },
};
use platform::ids::new_id;
use testkit::{TestCtx, World, draft, photo};

fn words(body: &str) -> AddComment {
    AddComment { body: body.to_owned(), ..Default::default() }
}

/// The neighbour's request, with a photo and a word of theirs.
async fn neighbours(ctx: &Ctx, world: &World) -> (Actor, RequestId) {
    let neighbour = testkit::resident_actor(ctx, &world.a.neighbour.phone).await;
    let shot = files::upload(ctx, &neighbour, photo()).await.unwrap().id;
    let command = CreateRequest { file_ids: vec![shot], ..draft(world.a.neighbour.unit) };
    let id = requests::create(ctx, &neighbour, &command, None).await.unwrap().id;
    requests::comment(ctx, &neighbour, id, &words("У меня тоже")).await.unwrap();
    (neighbour, id)
}

fn join(ids: &[RequestId]) -> JoinRequests {
    JoinRequests { duplicates: ids.to_vec() }
}

#[tokio::test]
async fn a_duplicate_ends_and_its_author_follows_the_main_request() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, author, worker) = (world.a.dispatcher().await, world.a.resident().await, world.a.plumber().await);
    let main = filed(&ctx, &world).await;
    let (neighbour, duplicate) = neighbours(&ctx, &world).await;
    requests::watch(&ctx, &worker, duplicate, &WatchRequest { user_id: None, on: true }).await.unwrap();
    let card = requests::joined::join(&ctx, &desk, main, &join(&[duplicate])).await.unwrap();
    // The staff see both talks, all photos and everybody who watched.
    assert_eq!(card.together.joined.iter().map(|r| r.id).collect::<Vec<_>>(), [duplicate]);
    let other = card.together.joined[0].number;
    assert_eq!(card.comments.iter().map(|c| c.from_number).collect::<Vec<_>>(), [Some(other)]);
    assert_eq!((card.files.len(), card.together.watchers.len()), (1, 1));
    assert!(files::locate(&ctx, &worker, card.files[0].id, true).await.is_ok());
    // The main's author learns nothing of the neighbour.
    let theirs = requests::get(&ctx, &author, main).await.unwrap();
    assert!(theirs.comments.is_empty() && theirs.files.is_empty() && theirs.together.joined.is_empty());
    assert_eq!(code(files::locate(&ctx, &author, card.files[0].id, true).await.map(|_| ())), Code::NotFound);
    // The duplicate is over, and its author sees the work go on, not whose request it is.
    let number = card.number;
    let seen = async || requests::get(&ctx, &neighbour, duplicate).await.unwrap();
    let ended = seen().await;
    assert_eq!((ended.status, ended.actions.len()), (Status::Cancelled, 0));
    let told = ended.together.main.unwrap();
    assert_eq!((told.number, told.status, told.id, told.assignee), (number, Status::New, None, None));
    assign(&ctx, &desk, main, world.a.plumber_id).await.unwrap();
    step(&ctx, &worker, main, Action::Start).await.unwrap();
    assert_eq!(seen().await.together.main.unwrap().status, Status::InProgress);
    let told = domain::notices::list(&ctx, &neighbour, Lang::En, None).await.unwrap();
    assert_eq!(told.items.len(), 3, "that theirs was joined, then each step of the work");
    assert!(told.items.iter().all(|notice| notice.about == Some((NoticeObject::Request, duplicate.0))));
    assert_eq!(code(requests::get(&ctx, &neighbour, main).await), Code::NotFound);
    // The desk is led from one to the other.
    assert_eq!(requests::get(&ctx, &desk, duplicate).await.unwrap().together.main.unwrap().id, Some(main));

    // Out again: everything is where it was.
    let back = requests::joined::take_out(&ctx, &desk, duplicate).await.unwrap();
    assert_eq!((back.status, back.together.main, back.closed_at), (Status::New, None, None));
    let card = requests::get(&ctx, &desk, main).await.unwrap();
    assert!(card.together.joined.is_empty() && card.together.watchers.is_empty() && card.comments.is_empty());
    assert_eq!(code(requests::joined::take_out(&ctx, &desk, duplicate).await), Code::IllegalTransition);
    let changes: Vec<&str> = card.history.iter().map(|h| h.change.as_str()).collect();
    assert!(changes.contains(&"joined") && changes.contains(&"taken_out"), "{changes:?}");
}

#[tokio::test]
async fn what_cannot_be_joined_is_refused_as_a_whole() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let (main, open) = (filed(&ctx, &world).await, filed(&ctx, &world).await);
    let done = brought_to(&ctx, &world, Status::Done).await;
    let foreign = requests::create(&ctx, &world.b.resident().await, &world.b.draft(), None).await.unwrap().id;
    let refuse = async |to: RequestId, ids: &[RequestId]| requests::joined::join(&ctx, &desk, to, &join(ids)).await;
    assert_eq!(code(refuse(main, &[open, done]).await), Code::IllegalTransition);
    assert_eq!(requests::get(&ctx, &desk, open).await.unwrap().status, Status::New, "all of them or none");
    assert_eq!(field(refuse(main, &[main]).await), wrong("/duplicates", "unknown"));
    assert_eq!(code(refuse(main, &[foreign]).await), Code::NotFound);
    assert_eq!(code(refuse(main, &[new_id().into()]).await), Code::NotFound);
    refuse(main, &[open]).await.unwrap();
    assert_eq!(code(refuse(open, &[filed(&ctx, &world).await]).await), Code::IllegalTransition, "no chains");
    let third = filed(&ctx, &world).await;
    assert_eq!(field(refuse(third, &[main]).await), wrong("/duplicates", "has_duplicates"));
    for actor in [world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(requests::joined::join(&ctx, &actor, main, &join(&[third])).await), Code::Forbidden);
        assert_eq!(code(requests::joined::take_out(&ctx, &actor, open).await), Code::Forbidden);
    }
    assert_eq!(code(requests::joined::take_out(&ctx, &world.b.dispatcher().await, open).await), Code::NotFound);
}

#[tokio::test]
async fn joined_from_any_open_state_and_back() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let main = filed(&ctx, &world).await;
    for status in Status::ALL.iter().copied().filter(|status| status.is_open()) {
        let id = brought_to(&ctx, &world, status).await;
        requests::joined::join(&ctx, &desk, main, &join(&[id])).await.unwrap();
        assert_eq!(requests::get(&ctx, &desk, id).await.unwrap().status, Status::Cancelled, "{status}");
        let back = requests::joined::take_out(&ctx, &desk, id).await.unwrap();
        assert_eq!(back.status, status);
    }
}

#[tokio::test]
async fn one_call_becomes_two_requests() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, author) = (world.a.dispatcher().await, world.a.resident().await);
    let shots = [
        files::upload(&ctx, &author, photo()).await.unwrap().id,
        files::upload(&ctx, &author, photo()).await.unwrap().id,
    ];
    let command = CreateRequest { file_ids: shots.to_vec(), ..world.a.draft() };
    let first = requests::create(&ctx, &author, &command, None).await.unwrap();
    let split = |file_ids| SplitRequest {
        category: Category::Electrical,
        kind: None,
        priority: None,
        description: "Искрит розетка".to_owned(),
        file_ids,
    };
    let second = requests::joined::split(&ctx, &desk, first.id, &split(vec![shots[1]])).await.unwrap();
    assert_eq!((second.address.as_str(), second.contact_id), (first.address.as_str(), first.contact_id));
    assert_eq!((second.category, second.status, second.source), (Category::Electrical, Status::New, first.source));
    assert_eq!(second.files.iter().map(|f| f.id).collect::<Vec<_>>(), [shots[1]]);
    assert_eq!(second.together.links[0].kind, LinkKind::Split);
    let old = requests::get(&ctx, &desk, first.id).await.unwrap();
    assert_eq!(old.files.iter().map(|f| f.id).collect::<Vec<_>>(), [shots[0]]);
    assert!(old.together.links[0].inbound && old.together.links[0].request.id == second.id);
    // Its author sees both.
    assert_eq!(requests::list(&ctx, &author, &RequestFilter::default()).await.unwrap().items.len(), 2);
    let again = requests::joined::split(&ctx, &desk, first.id, &split(vec![shots[1]])).await;
    assert_eq!(field(again), wrong("/file_ids", "unknown"));
    assert_eq!(code(requests::joined::split(&ctx, &author, first.id, &split(vec![])).await), Code::Forbidden);
}

#[tokio::test]
async fn links_stand_in_both_requests() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let (one, two) = (filed(&ctx, &world).await, filed(&ctx, &world).await);
    let to = |other_id, kind| LinkRequest { other_id, kind };
    requests::joined::link(&ctx, &desk, one, &to(two, LinkKind::Cause)).await.unwrap();
    let card = requests::joined::link(&ctx, &desk, two, &to(one, LinkKind::Related)).await.unwrap();
    assert_eq!(card.together.links.len(), 1, "the second link of the same two replaces the first");
    assert_eq!((card.together.links[0].kind, card.together.links[0].inbound), (LinkKind::Related, false));
    assert!(requests::get(&ctx, &desk, one).await.unwrap().together.links[0].inbound);
    assert_eq!(
        field(requests::joined::link(&ctx, &desk, one, &to(one, LinkKind::Related)).await),
        wrong("/other_id", "unknown")
    );
    let foreign = requests::create(&ctx, &world.b.resident().await, &world.b.draft(), None).await.unwrap().id;
    assert_eq!(code(requests::joined::link(&ctx, &desk, one, &to(foreign, LinkKind::Related)).await), Code::NotFound);
    let card = requests::joined::unlink(&ctx, &desk, one, two).await.unwrap();
    assert!(card.together.links.is_empty());
    assert!(card.history.iter().any(|h| h.change.as_str() == "unlink"));
}

#[tokio::test]
async fn the_like_of_a_new_request_is_found() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, admin) = (world.a.dispatcher().await, world.a.admin().await);
    let file = async |unit, category| {
        let command = CreateRequest { category, ..draft(unit) };
        requests::create(&ctx, &admin, &command, None).await.unwrap().id
    };
    let (home, far) = (&world.a.house, &world.a.far_house);
    let same_flat = file(home.units[0], Category::Electrical).await;
    let same_trouble = file(home.units[1], Category::Plumbing).await;
    file(home.units[1], Category::Cleaning).await;
    file(far.units[0], Category::Plumbing).await;
    let ended = file(home.units[0], Category::Plumbing).await;
    step(&ctx, &desk, ended, Action::Reject).await.unwrap();
    let query = SimilarQuery { unit_id: Some(home.units[0]), category: Some(Category::Plumbing), ..Default::default() };
    let found = requests::joined::similar(&ctx, &desk, &query).await.unwrap();
    let told: Vec<_> = found.iter().map(|s| (s.request.id, s.nearness, s.same_category)).collect();
    assert_eq!(told, [(same_flat, Nearness::Unit, false), (same_trouble, Nearness::Entrance, true)]);
    let but = SimilarQuery { except: Some(same_flat), ..query };
    assert_eq!(requests::joined::similar(&ctx, &desk, &but).await.unwrap().len(), 1);
    let house = SimilarQuery { building_id: Some(home.id), category: Some(Category::Plumbing), ..Default::default() };
    assert_eq!(requests::joined::similar(&ctx, &desk, &house).await.unwrap()[0].request.id, same_trouble);
    ctx.clock.advance(chrono::TimeDelta::days(15));
    assert!(requests::joined::similar(&ctx, &desk, &query).await.unwrap().is_empty(), "old trouble is another one");
    assert!(requests::joined::similar(&ctx, &world.b.dispatcher().await, &query).await.unwrap().is_empty());
    assert_eq!(code(requests::joined::similar(&ctx, &world.a.resident().await, &query).await), Code::Forbidden);
}

#[tokio::test]
async fn a_call_back_settles_what_waits_for_it() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    let (open, done) = (filed(&ctx, &world).await, brought_to(&ctx, &world, Status::Done).await);
    let waiting = RequestFilter { control: true, ..Default::default() };
    let count = async || requests::counts(&ctx, &desk).await.unwrap().control;
    assert_eq!(count().await, 1);
    let call = |reached, satisfied| RecordControl {
        reached, satisfied, note: "Перезвонить вечером".to_owned()
    };
    let card = requests::control::record(&ctx, &desk, done, &call(false, None)).await.unwrap();
    assert!(card.together.awaits_control && !card.together.control[0].reached);
    assert_eq!(requests::list(&ctx, &desk, &waiting).await.unwrap().items.len(), 1);
    let card = requests::control::record(&ctx, &desk, done, &call(true, Some(false))).await.unwrap();
    assert_eq!((card.status, card.together.awaits_control), (Status::Done, false));
    assert_eq!((card.together.control.len(), card.together.control[0].satisfied), (2, Some(false)));
    assert_eq!((count().await, requests::list(&ctx, &desk, &waiting).await.unwrap().items.len()), (0, 0));
    assert_eq!(
        code(requests::control::record(&ctx, &desk, open, &call(true, Some(true))).await),
        Code::IllegalTransition
    );
    assert_eq!(
        field(requests::control::record(&ctx, &desk, done, &call(true, None)).await),
        wrong("/satisfied", "required")
    );
    assert_eq!(
        field(requests::control::record(&ctx, &desk, done, &call(false, Some(true))).await),
        wrong("/satisfied", "unknown")
    );
    // Work done a second time waits for a second call.
    step(&ctx, &desk, done, Action::Return).await.unwrap();
    step(&ctx, &desk, done, Action::Start).await.unwrap();
    step(&ctx, &desk, done, Action::Complete).await.unwrap();
    assert_eq!(count().await, 1);
    assert_eq!(
        code(requests::control::record(&ctx, &world.a.plumber().await, done, &call(true, Some(true))).await),
        Code::Forbidden
    );
}

#[tokio::test]
async fn the_call_journal() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, admin) = (world.a.dispatcher().await, world.a.admin().await);
    let id = filed(&ctx, &world).await;
    let call = |result| RecordCall {
        direction: CallDirection::In,
        at: None,
        phone: Phone::parse("+998901112233"),
        contact_id: None,
        contact_name: Some("Сосед сверху".to_owned()),
        request_id: None,
        result,
        note: "100% недоволен".to_owned(),
    };
    let first = calls::record(&ctx, &desk, &call(CallResult::Answered)).await.unwrap();
    ctx.clock.advance(chrono::TimeDelta::minutes(1));
    let about = RecordCall {
        request_id: Some(id),
        contact_id: Some(world.a.resident.contact),
        phone: None,
        contact_name: None,
        direction: CallDirection::Out,
        ..call(CallResult::Request)
    };
    let second = calls::record(&ctx, &admin, &about).await.unwrap();
    assert!(second.request_number.is_some() && second.contact_name.is_some());
    let found = async |filter: CallFilter| {
        calls::list(&ctx, &desk, &filter).await.unwrap().items.into_iter().map(|c| c.id).collect::<Vec<_>>()
    };
    let any = CallFilter::default;
    assert_eq!(found(any()).await, [second.id, first.id]);
    assert_eq!(found(CallFilter { text: Some("111-22".to_owned()), ..any() }).await, [first.id]);
    assert_eq!(
        found(CallFilter { text: Some("100%".to_owned()), direction: Some(CallDirection::In), ..any() }).await,
        [first.id]
    );
    assert_eq!(found(CallFilter { text: Some("сосед".to_owned()), ..any() }).await, [first.id]);
    assert!(found(CallFilter { text: Some("_".to_owned()), ..any() }).await.is_empty());
    assert_eq!(found(CallFilter { request_id: Some(id), ..any() }).await, [second.id]);
    assert_eq!(found(CallFilter { author_id: admin.user_id(), ..any() }).await, [second.id]);
    let page = calls::list(&ctx, &desk, &CallFilter { limit: Some(1), ..any() }).await.unwrap();
    let rest = calls::list(&ctx, &desk, &CallFilter { limit: Some(1), cursor: page.next, ..any() }).await.unwrap();
    assert_eq!((rest.items[0].id, rest.next), (first.id, None));

    let later = RecordCall { at: Some(ctx.clock.now() + chrono::TimeDelta::hours(1)), ..call(CallResult::Other) };
    assert_eq!(field(calls::record(&ctx, &desk, &later).await), wrong("/at", "in_future"));
    let nobody = RecordCall { phone: None, contact_name: Some(" ".to_owned()), ..call(CallResult::Other) };
    assert_eq!(field(calls::record(&ctx, &desk, &nobody).await), wrong("/phone", "required"));
    let foreign = world.b.dispatcher().await;
    let theirs = RecordCall { request_id: Some(id), ..call(CallResult::Other) };
    assert_eq!(field(calls::record(&ctx, &foreign, &theirs).await), wrong("/request_id", "unknown"));
    assert!(calls::list(&ctx, &foreign, &any()).await.unwrap().items.is_empty());
    assert_eq!(code(calls::list(&ctx, &world.a.plumber().await, &any()).await), Code::Forbidden);
}
