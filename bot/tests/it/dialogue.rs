//! What residents do.

use crate::support::{Stage, text};
use domain::requests::{self, work};
use model::{
    Money, RequestId,
    requests::{
        Action, AssignRequest, CompleteRequest, CreateRequest, Kind, MoveRequest, RequestCard, RequestFilter, Source,
        Status,
    },
    work::{EstimateState, MakeEstimate, NewLine, Quantity},
};
use testkit::photo;

async fn only_request(stage: &Stage) -> RequestCard {
    let desk = stage.world.a.dispatcher().await;
    let page = requests::list(&stage.ctx, &desk, &RequestFilter::default()).await.unwrap();
    assert_eq!(page.items.len(), 1);
    requests::get(&stage.ctx, &desk, page.items[0].id).await.unwrap()
}

async fn assign(stage: &Stage, id: RequestId) {
    let desk = stage.world.a.dispatcher().await;
    let command = AssignRequest { assignee_id: stage.world.a.plumber_id, comment: None };
    requests::assign(&stage.ctx, &desk, id, &command).await.unwrap();
}

async fn finish(stage: &Stage, id: RequestId) {
    let plumber = stage.world.a.plumber().await;
    let start = MoveRequest { action: Action::Start, reason: None, until: None };
    requests::step(&stage.ctx, &plumber, id, &start).await.unwrap();
    let complete = CompleteRequest { result: Some("Кран <заменён>".to_owned()), file_ids: Vec::new() };
    requests::complete(&stage.ctx, &plumber, id, &complete).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_from_the_first_hello_to_the_rating() {
    let mut stage = Stage::new().await;
    stage.run_jobs().await;
    let aziz = stage.resident().await;
    aziz.write("📝 Новая заявка").await;
    aziz.press("Сантехника").await;
    aziz.press("🏠 Навои 12, №1").await;
    aziz.until("Опишите проблему").await;
    aziz.write("Течёт кран <b> & труба").await;
    aziz.photos("на кухне", vec![photo()]).await;
    let draft = aziz.until("Фото: 1").await;
    assert!(text(&draft).contains("Течёт кран <b> & труба\nна кухне"), "{draft}");
    aziz.press("Отправить").await;
    let card = aziz.until("принята").await;
    assert!(text(&card).contains("Срок: 26 ноября 12:01"), "{card}");

    let request = only_request(&stage).await;
    assert_eq!((request.source, request.status, request.files.len()), (Source::Bot, Status::New, 1));
    assert_eq!(request.description, "Течёт кран <b> & труба\nна кухне");
    assert_eq!(request.contact_id, Some(stage.world.a.resident.contact));
    assert_eq!(request.unit_id, Some(stage.world.a.resident.unit));

    assign(&stage, request.id).await;
    let news = aziz.until("назначен исполнитель").await;
    assert!(text(&news).contains("Исполнитель: plumber-a"), "{news}");
    finish(&stage, request.id).await;
    let news = aziz.until("выполнена").await;
    assert!(text(&news).contains("Сделано: Кран <заменён>"), "{news}");
    aziz.press("4 ★").await;
    aziz.until_note("Спасибо").await;
    aziz.until("★★★★☆").await;
    let request = only_request(&stage).await;
    assert_eq!((request.status, request.rating), (Status::Closed, Some(4)));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_own_known_phone_opens_the_door() {
    let stage = Stage::new().await;
    let guest = stage.person("+998939999999").await;
    guest.write("Салом").await;
    guest.until("Tilni tanlang").await;
    guest.press("Oʻzbekcha").await;
    guest.until("telefon raqamingizni yuboring").await;
    guest.write("📝 Yangi ariza").await;
    guest.until("Davom etish uchun").await;
    // A neighbour's contact out of the address book is not theirs to use.
    guest.share(stage.world.a.resident.phone.as_str()).await;
    guest.until("boshqa odamning kontakti").await;
    guest.share_own().await;
    guest.until("+998939999999 raqami hozircha").await;
    assert_eq!(guest.view().await["keyboard"][0][0]["request_contact"], true);
    // The language can be changed before anybody is known.
    guest.write("/start").await;
    guest.press("English").await;
    guest.until("share your own phone number").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_album_is_one_answer_and_ten_photos_are_enough() {
    let stage = Stage::new().await;
    let aziz = stage.resident().await;
    aziz.write("/new").await;
    aziz.press("Лифт").await;
    aziz.press("Общая территория").await;
    aziz.until("Опишите").await;
    let before = aziz.bots().await.len();
    let last = aziz.photos("", vec![photo(); 10]).await;
    stage.worked(last).await;
    aziz.until("Фото: 10").await;
    assert_eq!(aziz.bots().await.len(), before + 1, "{:?}", aziz.bots().await);
    aziz.photos("", vec![photo()]).await;
    aziz.until("не больше 10").await;
    aziz.photos("", vec![b"not a picture".to_vec()]).await;
    aziz.press("Отправить").await;
    aziz.until("принята").await;
    let request = only_request(&stage).await;
    assert_eq!((request.unit_id, request.files.len(), request.address.as_str()), (None, 10, "Навои 12"));
}

#[tokio::test(flavor = "multi_thread")]
async fn work_can_be_sent_back_and_a_request_called_off() {
    let mut stage = Stage::new().await;
    stage.run_jobs().await;
    let aziz = stage.resident().await;
    let desk = stage.world.a.resident().await;
    let first = requests::create(&stage.ctx, &desk, &stage.world.a.draft(), None).await.unwrap();
    assign(&stage, first.id).await;
    finish(&stage, first.id).await;
    aziz.press("Вернуть в работу").await;
    aziz.until("Напишите, что не так").await;
    aziz.write("Снова течёт").await;
    aziz.until("Причина: Снова течёт").await;
    assert_eq!(only_request(&stage).await.status, Status::Returned);

    aziz.write("📋 Мои заявки").await;
    aziz.press(&format!("№{} · Сантехника · Возвращена", first.number)).await;
    aziz.until("Состояние: Возвращена").await;
    // The old card still has its stars; pressing them now changes nothing and says why.
    aziz.press("5 ★").await;
    aziz.until_note("заявка уже в другом состоянии").await;
    assert_eq!(only_request(&stage).await.rating, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_follows_the_person() {
    let stage = Stage::new().await;
    let aziz = stage.resident().await;
    aziz.write("🌐 Язык").await;
    aziz.press("English").await;
    aziz.until("Choose an action").await;
    assert_eq!(aziz.view().await["keyboard"][0][1]["text"], "📋 My requests");
    // The keyboard of the old language may still be on the screen.
    aziz.write("📋 Мои заявки").await;
    aziz.until("No open requests").await;
    let mut tx = stage.ctx.db.begin_system("test").await.unwrap();
    let lang: String = sqlx::query_scalar("select lang from users where id = $1")
        .bind(stage.world.a.resident.user.0)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(lang, "en");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_is_read_and_accepted_in_the_chat() {
    let mut stage = Stage::new().await;
    stage.run_jobs().await;
    let aziz = stage.resident().await;
    let (author, desk) = (stage.world.a.resident().await, stage.world.a.dispatcher().await);
    let paid = CreateRequest { kind: Some(Kind::Paid), ..stage.world.a.draft() };
    let id = requests::create(&stage.ctx, &author, &paid, None).await.unwrap().id;
    let line = |name: &str, soum| NewLine {
        service_id: None,
        name: Some(name.to_owned()),
        price: Money::from_soum(soum),
        quantity: Quantity::from_milli(1500),
    };
    let estimate = MakeEstimate {
        lines: vec![line("Кран <медь>", 100_000), line("Выезд", 20_000)],
        valid_until: "2026-11-30".parse().unwrap(),
        note: None,
    };
    work::estimate(&stage.ctx, &desk, id, &estimate).await.unwrap();
    let news = aziz.until("Смета по заявке").await;
    assert!(text(&news).contains("К оплате: 180\u{202f}000\u{a0}сум"), "{news}");
    assert!(text(&news).contains("Кран <медь>, 1,5 шт"), "{news}");
    aziz.press("Принять смету").await;
    aziz.until_note("Смета принята").await;
    aziz.until("принята").await;
    assert_eq!(only_request(&stage).await.work.estimate.unwrap().state, EstimateState::Accepted);
    // The code the worker will ask for is in the card once they begin.
    assign(&stage, id).await;
    let plumber = stage.world.a.plumber().await;
    let start = MoveRequest { action: Action::Start, reason: None, until: None };
    requests::step(&stage.ctx, &plumber, id, &start).await.unwrap();
    let code = requests::get(&stage.ctx, &author, id).await.unwrap().work.code.unwrap();
    aziz.until(&format!("Код для мастера: {code}")).await;
}
