//! What the company keeps from a resident stays with the company, whichever way they come.

use crate::support::{assign, code, field, filed, step, wrong};
use domain::{Actor, Ctx, deadlines, events, files, notices, outages, privacy, requests};
use model::{
    Code, Lang, Permission as P, RequestId,
    requests::{
        Action, AddComment, Change, CreateRequest, JoinRequests, RateRequest, RequestFilter, Status, UpdateRequest,
    },
};
use testkit::{TestCtx, World, photo};

const WORDS: &str = "Подозрение на врезку";

/// About the resident's own flat and in their name, filed by the desk.
async fn secret(ctx: &Ctx, world: &World, hidden: bool) -> RequestId {
    let desk = world.a.dispatcher().await;
    let shot = files::upload(ctx, &desk, photo()).await.unwrap().id;
    let command = CreateRequest {
        contact_id: Some(world.a.resident.contact),
        description: WORDS.to_owned(),
        hidden,
        file_ids: vec![shot],
        ..world.a.draft()
    };
    requests::create(ctx, &desk, &command, None).await.unwrap().id
}

async fn hide(ctx: &Ctx, world: &World, id: RequestId, hidden: bool) {
    let desk = world.a.dispatcher().await;
    let version = requests::get(ctx, &desk, id).await.unwrap().version;
    let command = UpdateRequest { hidden: Some(hidden), ..Default::default() };
    assert_eq!(requests::update(ctx, &desk, id, version, &command).await.unwrap().hidden, hidden);
}

/// Every way a resident has to a request.
async fn closed(ctx: &Ctx, world: &World, author: &Actor, id: RequestId) {
    let desk = world.a.dispatcher().await;
    let shot = requests::get(ctx, &desk, id).await.unwrap().files[0].id;
    let listed = requests::list(ctx, author, &RequestFilter::default()).await.unwrap().items;
    assert!(listed.iter().all(|row| row.id != id), "list");
    let text = RequestFilter { text: Some("врезку".to_owned()), ..RequestFilter::default() };
    assert!(requests::list(ctx, author, &text).await.unwrap().items.is_empty(), "words");
    assert_eq!(requests::counts(ctx, author).await.unwrap().open(), 0, "counts");
    assert_eq!(code(requests::get(ctx, author, id).await), Code::NotFound, "card");
    for thumb in [false, true] {
        let picture = files::locate(ctx, author, shot, thumb).await;
        assert_eq!(picture.err().map(|e| e.code()), Some(Code::NotFound), "photo");
    }
    let say = AddComment { body: "Что это?".to_owned(), ..Default::default() };
    assert_eq!(code(requests::comment(ctx, author, id, &say).await), Code::NotFound, "comment");
    assert_eq!(code(step(ctx, author, id, Action::Cancel).await), Code::NotFound, "step");
    let rate = RateRequest { stars: 5, reasons: Vec::new(), comment: None };
    assert_eq!(code(requests::rate(ctx, author, id, &rate).await), Code::NotFound, "rate");
    assert_eq!(code(deadlines::of_request(ctx, author, id).await), Code::NotFound, "deadlines");
    let told = notices::list(ctx, author, Lang::Ru, None).await.unwrap();
    assert!(told.items.is_empty(), "notices");
    let own = serde_json::to_string(&privacy::export_own(ctx, author).await.unwrap()).unwrap();
    assert!(!own.contains("врезку") && !own.contains(&id.to_string()), "their own data");
}

#[tokio::test]
async fn a_hidden_request_is_nobodys_but_the_companys() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, worker, author) = (world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await);
    let id = secret(&ctx, &world, true).await;
    let card = requests::get(&ctx, &desk, id).await.unwrap();
    assert_eq!((card.hidden, card.contact_id, card.may_wait), (true, Some(world.a.resident.contact), false));
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    step(&ctx, &worker, id, Action::Start).await.unwrap();
    let say = AddComment { body: "Проверим счётчик".to_owned(), ..Default::default() };
    requests::comment(&ctx, &desk, id, &say).await.unwrap();
    closed(&ctx, &world, &author, id).await;
    while events::publish_batch(&ctx).await.unwrap() > 0 {}
    let heard = async |actor: &Actor, right: P| {
        let scope = actor.scope(right).unwrap();
        let all = events::since(&ctx, &scope, 0).await.unwrap();
        all.iter().filter(|e| e.event.request_id() == Some(id)).count()
    };
    assert_eq!(heard(&author, P::RequestsReadOwn).await, 0, "no event is theirs");
    assert!(heard(&worker, P::RequestsRead).await > 0, "the work goes on");

    // Shown, it is theirs like any other; hidden again, so is what they were told of it meanwhile.
    hide(&ctx, &world, id, false).await;
    requests::comment(&ctx, &desk, id, &say).await.unwrap();
    let card = requests::get(&ctx, &author, id).await.unwrap();
    assert!(card.history.iter().all(|entry| entry.change != Change::Hidden), "not that it was hidden");
    assert!(!notices::list(&ctx, &author, Lang::Ru, None).await.unwrap().items.is_empty());
    hide(&ctx, &world, id, true).await;
    let card = requests::get(&ctx, &desk, id).await.unwrap();
    assert_eq!(card.history.iter().filter(|entry| entry.change == Change::Hidden).count(), 2);
    closed_but_told(&ctx, &author, id).await;
}

/// What was written to them while they saw it stays in their own data; nothing else shows it.
async fn closed_but_told(ctx: &Ctx, author: &Actor, id: RequestId) {
    assert_eq!(code(requests::get(ctx, author, id).await), Code::NotFound);
    assert!(requests::list(ctx, author, &RequestFilter::default()).await.unwrap().items.is_empty());
    assert!(notices::list(ctx, author, Lang::Ru, None).await.unwrap().items.is_empty());
    let own = privacy::export_own(ctx, author).await.unwrap();
    assert!(own.requests.is_empty());
}

#[tokio::test]
async fn what_residents_filed_or_follow_cannot_be_hidden() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, author) = (world.a.dispatcher().await, world.a.resident().await);
    let posing = CreateRequest { hidden: true, ..world.a.draft() };
    assert_eq!(field(requests::create(&ctx, &author, &posing, None).await), wrong("/hidden", "unknown"));
    let own = filed(&ctx, &world).await;
    let command = UpdateRequest { hidden: Some(true), ..Default::default() };
    let refused = requests::update(&ctx, &desk, own, 1, &command).await;
    assert_eq!(field(refused), wrong("/hidden", "filed_by_resident"));
    assert!(requests::get(&ctx, &author, own).await.is_ok());

    // An author follows what their request was joined to.
    let (hidden, shown) = (secret(&ctx, &world, true).await, secret(&ctx, &world, false).await);
    for (main, duplicate) in [(hidden, own), (own, hidden)] {
        let join = JoinRequests { duplicates: vec![duplicate] };
        assert_eq!(field(requests::joined::join(&ctx, &desk, main, &join).await), wrong("/duplicates", "one_hidden"));
    }
    requests::joined::join(&ctx, &desk, shown, &JoinRequests { duplicates: vec![own] }).await.unwrap();
    let version = requests::get(&ctx, &desk, shown).await.unwrap().version;
    let refused = requests::update(&ctx, &desk, shown, version, &command).await;
    assert_eq!(field(refused), wrong("/hidden", "joined_with_others"));
}

#[tokio::test]
async fn a_hidden_problem_of_the_house_is_no_common_one() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, neighbour) = (world.a.dispatcher().await, world.a.neighbour().await);
    let lamp = CreateRequest { unit_id: None, building_id: Some(world.a.house.id), ..world.a.draft() };
    let id = requests::create(&ctx, &desk, &lamp, None).await.unwrap().id;
    outages::join_common(&ctx, &neighbour, id).await.unwrap();
    hide(&ctx, &world, id, true).await;
    assert!(outages::common_problems(&ctx, &neighbour).await.unwrap().is_empty());
    assert_eq!(code(outages::join_common(&ctx, &neighbour, id).await), Code::NotFound);
    // Who had joined hears no more of it.
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    assert_eq!(requests::get(&ctx, &desk, id).await.unwrap().status, Status::Assigned);
    assert!(notices::list(&ctx, &neighbour, Lang::Ru, None).await.unwrap().items.is_empty());
}
