//! What people are told: to whom, by which road, when, and never twice.

use crate::support::{assign, code, field, filed, step, wrong};
use chrono::{TimeDelta, Timelike};
use domain::{
    Actor,
    idempotency::Key,
    messages::{self, Outcome, Turn},
    notices, outages, telegram,
};
use model::{
    Code, Lang,
    notices::{
        DeliveryFilter, FailReason, NoticeChannel as C, NoticeChoice, NoticeKind as K, NoticeObject, QuietHours,
        ReadNotices, SaveNoticePreferences, SendLetter,
    },
    outages::{OutageFacts, OutageKind, OutagePlace, OutageTexts, Resource},
    requests::Action,
};
use testkit::{Company, TestCtx, World};
use uuid::Uuid;

const BOT: i64 = 7;

async fn list(ctx: &TestCtx, who: &Actor) -> notices::NoticePage {
    notices::list(ctx, who, Lang::Ru, None).await.unwrap()
}

async fn kinds(ctx: &TestCtx, who: &Actor) -> Vec<K> {
    list(ctx, who).await.items.into_iter().map(|notice| notice.kind).collect()
}

/// The resident talks to the bot.
async fn chat(ctx: &TestCtx, company: &Company, id: i64) {
    telegram::chat(ctx, BOT, id).await.unwrap();
    assert!(telegram::link(ctx, BOT, id, &company.resident.phone).await.unwrap());
}

async fn want(ctx: &TestCtx, who: &Actor, kind: K, channel: C, wanted: bool) {
    let choices = vec![NoticeChoice { kind, channel, wanted }];
    let command = SaveNoticePreferences { choices, ..Default::default() };
    notices::save_preferences(ctx, who, &command).await.unwrap();
}

/// Id, channel and state of every delivery of a kind, the oldest first.
async fn deliveries(ctx: &TestCtx, kind: K) -> Vec<(Uuid, String, String)> {
    let mut admin = ctx.database.superuser().await;
    sqlx::query_as("select id, channel, state from deliveries where template = $1 order by created_at, id")
        .bind(kind.as_str())
        .fetch_all(&mut admin)
        .await
        .unwrap()
}

async fn roads(ctx: &TestCtx, kind: K) -> Vec<String> {
    deliveries(ctx, kind).await.into_iter().map(|(_, channel, _)| channel).collect()
}

/// Waiting jobs of a delivery.
async fn jobs(ctx: &TestCtx, delivery: Uuid) -> i64 {
    let mut admin = ctx.database.superuser().await;
    sqlx::query_scalar("select count(*) from graphile_worker._private_jobs where payload ->> 'delivery_id' = $1::text")
        .bind(delivery)
        .fetch_one(&mut admin)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_author_and_the_worker_hear_of_a_step_and_nobody_else_does() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, worker, author) = (world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await);
    let id = filed(&ctx, &world).await;
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    assert_eq!(kinds(&ctx, &author).await, [K::RequestStep]);
    assert_eq!(kinds(&ctx, &worker).await, [K::Assignment]);
    let told = list(&ctx, &author).await;
    assert_eq!((told.unread, told.items[0].about), (1, Some((NoticeObject::Request, id.0))));
    step(&ctx, &desk, id, Action::Start).await.unwrap();
    assert_eq!(list(&ctx, &author).await.unread, 2);

    // Neither the neighbour, nor the desk that did it, nor another company has it, and nobody marks it for another.
    let notice = told.items[0].id;
    for other in [world.a.neighbour().await, desk, world.b.resident().await, world.b.dispatcher().await] {
        assert!(kinds(&ctx, &other).await.is_empty());
        assert_eq!(notices::unread(&ctx, &other).await.unwrap(), 0);
        let one = ReadNotices { id: Some(notice), object_id: None };
        assert_eq!(code(notices::read(&ctx, &other, one).await), Code::NotFound);
        assert_eq!(code(notices::open(&ctx, &other, notice).await), Code::NotFound);
        notices::read(&ctx, &other, ReadNotices { id: None, object_id: Some(id.0) }).await.unwrap();
    }
    assert_eq!(notices::unread(&ctx, &author).await.unwrap(), 2);
    let (kind, about) = notices::open(&ctx, &author, notice).await.unwrap();
    assert_eq!((kind, about), (K::RequestStep, Some((NoticeObject::Request, id.0))));
    assert_eq!(notices::unread(&ctx, &author).await.unwrap(), 1);
    assert_eq!(notices::read(&ctx, &author, ReadNotices::default()).await.unwrap(), 0);
}

#[tokio::test]
async fn choices_decide_the_road() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, author) = (world.a.dispatcher().await, world.a.resident().await);
    let id = filed(&ctx, &world).await;
    // Nobody asked for SMS, and there is no chat: the list alone.
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    assert_eq!(roads(&ctx, K::RequestStep).await, [""; 0]);
    want(&ctx, &author, K::RequestStep, C::Sms, true).await;
    step(&ctx, &desk, id, Action::Start).await.unwrap();
    assert_eq!(roads(&ctx, K::RequestStep).await, ["sms"]);
    // The cheaper road first, and that alone.
    chat(&ctx, &world.a, 501).await;
    step(&ctx, &desk, id, Action::Complete).await.unwrap();
    assert_eq!(roads(&ctx, K::RequestStep).await, ["sms", "telegram"]);
    // Neither in the list nor in the chat.
    want(&ctx, &author, K::RequestStep, C::Telegram, false).await;
    want(&ctx, &author, K::RequestStep, C::InApp, false).await;
    let before = list(&ctx, &author).await.items.len();
    step(&ctx, &desk, id, Action::Return).await.unwrap();
    assert_eq!(roads(&ctx, K::RequestStep).await, ["sms", "telegram", "sms"]);
    assert_eq!(list(&ctx, &author).await.items.len(), before);
    // What is not theirs cannot be switched; codes cannot be switched by anybody.
    for kind in [K::DeadlineBreach, K::Security] {
        let choices = vec![NoticeChoice { kind, channel: C::Email, wanted: false }];
        let command = SaveNoticePreferences { choices, ..Default::default() };
        let refused = notices::save_preferences(&ctx, &author, &command).await;
        assert_eq!(field(refused), wrong("/choices/0/kind", "unknown"));
    }
    let own = notices::preferences(&ctx, &author).await.unwrap();
    assert!(own.wants(K::RequestStep, C::Sms) && !own.wants(K::RequestStep, C::InApp));
    assert!(own.choices.iter().all(|choice| choice.kind.is_for(model::Role::Resident)));
    // The neighbour's wishes are their own.
    let other = notices::preferences(&ctx, &world.a.neighbour().await).await.unwrap();
    assert!(!other.wants(K::RequestStep, C::Sms));
}

#[tokio::test]
async fn at_night_only_what_cannot_wait_goes_out() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, author) = (world.a.dispatcher().await, world.a.resident().await);
    chat(&ctx, &world.a, 502).await;
    let id = filed(&ctx, &world).await;
    // 23:30 in Tashkent.
    ctx.clock.advance(TimeDelta::minutes(11 * 60 + 30));
    let now = ctx.clock.now();
    assert_eq!(now.with_timezone(&chrono_tz::Asia::Tashkent).hour(), 23);
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    let (held, ..) = deliveries(&ctx, K::RequestStep).await[0].clone();
    // The list fills at once; the chat waits for eight o'clock.
    assert_eq!(list(&ctx, &author).await.unread, 1);
    let Turn::Held(until) = messages::take(&ctx, held).await.unwrap() else { panic!("it is night") };
    let morning = until.with_timezone(&chrono_tz::Asia::Tashkent);
    assert_eq!((morning.hour(), morning.minute(), morning.second()), (8, 0, 0));
    assert!(until > now && until - now < TimeDelta::hours(9));
    assert_eq!(jobs(&ctx, held).await, 1, "one job, and that for the morning");

    let facts = OutageFacts {
        kind: OutageKind::Emergency,
        resource: Resource::ColdWater,
        starts_at: now,
        ends_at: None,
        places: vec![OutagePlace { building_id: world.a.house.id, entrance_id: None, riser_id: None }],
        texts: OutageTexts::default(),
        note: None,
    };
    outages::create(&ctx, &desk, &facts).await.unwrap();
    let told = deliveries(&ctx, K::Outage).await;
    // The resident by their chat; the neighbour, who has none, by SMS.
    let mut by: Vec<&str> = told.iter().map(|(_, channel, _)| channel.as_str()).collect();
    by.sort_unstable();
    assert_eq!(by, ["sms", "telegram"]);
    for (delivery, ..) in told {
        assert!(matches!(messages::take(&ctx, delivery).await.unwrap(), Turn::Send(_)));
    }
    ctx.clock.advance(TimeDelta::minutes(8 * 60 + 30));
    let Turn::Send(message) = messages::take(&ctx, held).await.unwrap() else { panic!("it is morning") };
    assert_eq!((message.channel, message.address.as_str()), (C::Telegram, "502"));

    // Who works at night says so.
    let quiet = QuietHours { on: false, ..QuietHours::default() };
    let command = SaveNoticePreferences { quiet: Some(quiet), ..Default::default() };
    assert_eq!(notices::save_preferences(&ctx, &author, &command).await.unwrap().quiet, quiet);
    ctx.clock.advance(TimeDelta::hours(15));
    step(&ctx, &desk, id, Action::Start).await.unwrap();
    let (last, ..) = deliveries(&ctx, K::RequestStep).await.pop().unwrap();
    assert!(matches!(messages::take(&ctx, last).await.unwrap(), Turn::Send(_)));
}

#[tokio::test]
async fn a_closed_road_leads_to_the_next_one_and_a_broken_attempt_is_not_repeated() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, author) = (world.a.dispatcher().await, world.a.resident().await);
    chat(&ctx, &world.a, 503).await;
    chat(&ctx, &world.a, 504).await;
    want(&ctx, &author, K::RequestStep, C::Sms, true).await;
    let id = filed(&ctx, &world).await;
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    let told = deliveries(&ctx, K::RequestStep).await;
    assert_eq!(told.len(), 2, "both chats");
    let refuse = async |delivery: Uuid| {
        assert!(matches!(messages::take(&ctx, delivery).await.unwrap(), Turn::Send(_)));
        messages::finish(&ctx, delivery, Outcome::Failed(FailReason::Refused, "closed")).await.unwrap();
    };
    refuse(told[0].0).await;
    assert_eq!(roads(&ctx, K::RequestStep).await, ["telegram", "telegram"], "the other chat may still work");
    refuse(told[1].0).await;
    assert_eq!(roads(&ctx, K::RequestStep).await, ["telegram", "telegram", "sms"]);
    // The end is the end: saying it again opens no further road.
    messages::finish(&ctx, told[1].0, Outcome::Failed(FailReason::Refused, "closed")).await.unwrap();
    let (sms, ..) = deliveries(&ctx, K::RequestStep).await.pop().unwrap();
    let Turn::Send(message) = messages::take(&ctx, sms).await.unwrap() else { panic!("its turn") };
    assert_eq!(message.address, world.a.resident.phone.as_str(), "the real number, for the moment of sending");

    // The worker dies now. Whoever takes the job next asks the provider whether the SMS is out before sending it.
    assert!(matches!(messages::take(&ctx, sms).await.unwrap(), Turn::Send(_)));
    messages::finish(&ctx, sms, Outcome::Sent).await.unwrap();
    let journal = notices::deliveries(&ctx, &desk, &DeliveryFilter::default()).await.unwrap();
    let reasons: Vec<_> = journal.items.iter().filter_map(|line| line.reason).collect();
    assert_eq!(reasons, [FailReason::Refused, FailReason::Refused]);

    // A newer step overtakes one that waits.
    step(&ctx, &desk, id, Action::Start).await.unwrap();
    let waiting: Vec<Uuid> = deliveries(&ctx, K::RequestStep).await.iter().skip(3).map(|(id, ..)| *id).collect();
    step(&ctx, &desk, id, Action::Complete).await.unwrap();
    for delivery in &waiting {
        assert!(matches!(messages::take(&ctx, *delivery).await.unwrap(), Turn::Nothing));
    }
    let after = deliveries(&ctx, K::RequestStep).await;
    assert!(after.iter().filter(|(id, ..)| waiting.contains(id)).all(|(.., state)| state == "failed"));
    assert_eq!(
        after.iter().filter(|(_, channel, _)| channel == "sms").count(),
        1,
        "what is overtaken takes no other road"
    );
}

/// A chat shows a second copy, and nobody knows whether the first is there: no other road is tried either.
#[tokio::test]
async fn a_chat_is_not_written_to_again_after_an_attempt_that_broke_off() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    chat(&ctx, &world.a, 77).await;
    let author = world.a.resident().await;
    want(&ctx, &author, K::RequestStep, C::Sms, true).await;
    let id = filed(&ctx, &world).await;
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    let (telegram, ..) = deliveries(&ctx, K::RequestStep).await.pop().unwrap();
    assert!(matches!(messages::take(&ctx, telegram).await.unwrap(), Turn::Send(_)));
    assert!(matches!(messages::take(&ctx, telegram).await.unwrap(), Turn::Nothing));
    let journal = notices::deliveries(&ctx, &desk, &DeliveryFilter::default()).await.unwrap();
    let reasons: Vec<_> = journal.items.iter().filter_map(|line| line.reason).collect();
    assert_eq!(reasons, [FailReason::Unconfirmed]);
    assert_eq!(roads(&ctx, K::RequestStep).await, ["telegram"]);
}

#[tokio::test]
async fn letters_by_hand_reach_whom_they_name_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, author) = (world.a.admin().await, world.a.resident().await);
    let letter = SendLetter {
        contact_ids: vec![world.a.resident.contact, world.a.resident.contact, world.a.caller],
        user_ids: vec![world.a.plumber_id],
        title: "Собрание".to_owned(),
        text: "Завтра в семь.".to_owned(),
    };
    let plumber = world.a.plumber().await;
    assert_eq!(code(notices::send(&ctx, &plumber, &letter, None).await), Code::Forbidden);
    assert_eq!(code(notices::send(&ctx, &author, &letter, None).await), Code::Forbidden);
    let key = Key { key: "k".to_owned(), request_hash: vec![1] };
    let sent = notices::send(&ctx, &admin, &letter, Some(&key)).await.unwrap();
    assert_eq!(sent.people, 3);
    assert_eq!(notices::send(&ctx, &admin, &letter, Some(&key)).await.unwrap(), sent);
    assert_eq!(kinds(&ctx, &author).await, [K::Letter]);
    assert_eq!(kinds(&ctx, &world.a.plumber().await).await, [K::Letter]);

    let foreign = SendLetter { contact_ids: vec![world.b.resident.contact], user_ids: vec![], ..letter.clone() };
    assert_eq!(field(notices::send(&ctx, &admin, &foreign, None).await), wrong("/contact_ids/0", "unknown"));
    let nobody = SendLetter { contact_ids: vec![], user_ids: vec![], ..letter };
    assert_eq!(field(notices::send(&ctx, &admin, &nobody, None).await), wrong("/contact_ids", "required"));
    // The journal is the company's own.
    let theirs = notices::deliveries(&ctx, &world.b.admin().await, &DeliveryFilter::default()).await.unwrap();
    assert!(theirs.items.is_empty());
    assert_eq!(code(notices::deliveries(&ctx, &author, &DeliveryFilter::default()).await), Code::Forbidden);
}

#[tokio::test]
async fn a_link_in_a_letter_stops_letters_of_its_kind_and_no_others() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let author = world.a.resident().await;
    let token = notices::unsubscribe_token(&ctx, world.a.id, world.a.resident.contact.0, K::Bill);
    assert_eq!(notices::unsubscriber(&ctx, &token).await.unwrap().kind, K::Bill);
    assert!(notices::preferences(&ctx, &author).await.unwrap().wants(K::Bill, C::Email), "looking stops nothing");
    for _ in 0..2 {
        notices::unsubscribe(&ctx, &token).await.unwrap();
    }
    let own = notices::preferences(&ctx, &author).await.unwrap();
    assert!(!own.wants(K::Bill, C::Email) && own.wants(K::Bill, C::Telegram) && own.wants(K::RequestStep, C::Email));
    let neighbour = notices::preferences(&ctx, &world.a.neighbour().await).await.unwrap();
    assert!(neighbour.wants(K::Bill, C::Email));
    // Nobody signs for others, nor for what cannot be switched off.
    let swapped = token
        .replace(&world.a.resident.contact.0.simple().to_string(), &world.a.neighbour.contact.0.simple().to_string());
    let codes = notices::unsubscribe_token(&ctx, world.a.id, world.a.resident.contact.0, K::Security);
    for bad in [swapped.as_str(), codes.as_str(), "", "a.b.c.d", "{token}"] {
        assert_eq!(code(notices::unsubscribe(&ctx, bad).await), Code::NotFound, "{bad}");
    }
}

#[tokio::test]
async fn who_has_moved_out_hears_no_more_of_the_house() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    chat(&ctx, &world.a, 505).await;
    let id = filed(&ctx, &world).await;
    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    let (waiting, ..) = deliveries(&ctx, K::RequestStep).await[0].clone();
    let mut admin = ctx.database.superuser().await;
    sqlx::query("update residencies set until_on = since_on where contact_id = $1")
        .bind(world.a.resident.contact.0)
        .execute(&mut admin)
        .await
        .unwrap();
    assert!(matches!(messages::take(&ctx, waiting).await.unwrap(), Turn::Nothing), "what waits is not told any more");
    step(&ctx, &desk, id, Action::Start).await.unwrap();
    assert_eq!(deliveries(&ctx, K::RequestStep).await.len(), 1, "and nothing new is");
}
