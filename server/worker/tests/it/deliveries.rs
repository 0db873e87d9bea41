//! Notices on their way through the worker, against a Telegram that answers.

use crate::{run_until, states};
use domain::{messages, notices, requests, telegram};
use model::{
    notices::{NoticeChannel, NoticeChoice, NoticeKind, SaveNoticePreferences, SendLetter},
    requests::AssignRequest,
};
use testkit::{TestCtx, World};

/// Without a bot and without an SMS provider in production, a notice tries every road the person wants and says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_tries_every_road_and_ends() {
    let ctx = TestCtx::with(&[("UK_DEV", "false")]).await;
    let world = World::new(&ctx).await;
    let (desk, author) = (world.a.dispatcher().await, world.a.resident().await);
    telegram::chat(&ctx, 7, 77).await.unwrap();
    assert!(telegram::link(&ctx, 7, 77, &world.a.resident.phone).await.unwrap());
    let choices = vec![NoticeChoice { kind: NoticeKind::RequestStep, channel: NoticeChannel::Sms, wanted: true }];
    let wish = SaveNoticePreferences { choices, ..Default::default() };
    notices::save_preferences(&ctx, &author, &wish).await.unwrap();
    let id = requests::create(&ctx, &author, &world.a.draft(), None).await.unwrap().id;
    let command = AssignRequest { assignee_id: world.a.plumber_id, comment: None };
    requests::assign(&ctx, &desk, id, &command).await.unwrap();
    run_until(&ctx, async || {
        let all = states(&ctx).await;
        all.iter().filter(|state| *state == "failed").count() >= 2 && !all.iter().any(|state| state == "queued")
    })
    .await;
    let roads: Vec<_> = messages::outbox(&ctx)
        .await
        .unwrap()
        .into_iter()
        .filter(|d| d.template == "request_step")
        .map(|d| (d.channel, d.state))
        .collect();
    let failed = "failed".to_owned();
    assert_eq!(roads, [(NoticeChannel::Sms, failed.clone()), (NoticeChannel::Telegram, failed)]);
}

#[tokio::test]
async fn a_notice_is_a_letter_with_both_bodies_and_a_way_out() {
    let ctx = TestCtx::with(&[("UK_SERVER__PUBLIC_URL", "https://crm.example.uz")]).await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let mut superuser = ctx.database.superuser().await;
    sqlx::query("update users set email = 'plumber@example.uz' where id = $1")
        .bind(world.a.plumber_id.0)
        .execute(&mut superuser)
        .await
        .unwrap();
    let letter = SendLetter {
        contact_ids: vec![],
        user_ids: vec![world.a.plumber_id],
        title: "Собрание <b>".to_owned(),
        text: "Завтра в семь.".to_owned(),
    };
    notices::send(&ctx, &admin, &letter, None).await.unwrap();
    let delivery = messages::outbox(&ctx).await.unwrap().into_iter().find(|d| d.template == "letter").unwrap();
    let mail = worker::messages::render(&ctx, &delivery).unwrap();
    assert_eq!(mail.subject.as_deref(), Some("Собрание <b>"));
    let (html, stop) = (mail.html.unwrap(), mail.unsubscribe.unwrap());
    assert!(html.contains("Собрание &lt;b&gt;") && html.contains(&stop) && mail.text.contains(&stop));
    assert!(mail.text.starts_with("Завтра в семь."));
    let token = stop.strip_prefix("https://crm.example.uz/u/").unwrap();
    assert_eq!(notices::unsubscriber(&ctx, token).await.unwrap().kind, NoticeKind::Letter);
}
