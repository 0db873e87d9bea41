//! Residents: phone and one-time code.

use crate::support::{code, failure};
use chrono::TimeDelta;
use domain::{
    Ctx, Door,
    auth::{self, DEMO_CODE, Device, Grant},
};
use model::{
    Code, Phone, Role,
    auth::{RequestCode, ResidentLogin},
};
use testkit::{TestCtx, World, last_code, last_message};

async fn ask(ctx: &Ctx, phone: &Phone) -> domain::Result<()> {
    auth::request_code(ctx, &RequestCode { phone: phone.clone() }).await
}

async fn verify(ctx: &Ctx, phone: &Phone, code: &str) -> domain::Result<Grant> {
    let command = ResidentLogin { phone: phone.clone(), code: code.to_owned() };
    auth::verify_code(ctx, &command, &Device::default()).await
}

fn other(code: &str) -> String {
    code.chars().map(|c| if c == '9' { '0' } else { '9' }).collect()
}

#[tokio::test]
async fn the_code_opens_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let phone = &world.a.resident.phone;
    ask(&ctx, phone).await.unwrap();
    let right = last_code(&ctx, phone).await;
    assert_eq!(right.len(), 6);
    let grant = verify(&ctx, phone, &format!(" {right} ")).await.unwrap();
    let me = auth::authenticate(&ctx, &grant.tokens.access_token, Door::Web).await.unwrap();
    assert_eq!((me.role(), me.contact_id()), (Role::Resident, Some(world.a.resident.contact)));
    assert_eq!(code(verify(&ctx, phone, &right).await), Code::WrongCode);
    let mut admin = ctx.database.superuser().await;
    let kept: i64 = sqlx::query_scalar("select count(*) from login_codes").fetch_one(&mut admin).await.unwrap();
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn five_guesses_and_no_more() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let phone = &world.a.resident.phone;
    ask(&ctx, phone).await.unwrap();
    let right = last_code(&ctx, phone).await;
    for _ in 0..4 {
        assert_eq!(code(verify(&ctx, phone, &other(&right)).await), Code::WrongCode);
    }
    assert!(verify(&ctx, phone, &right).await.is_ok(), "the fifth guess may be right");

    ask(&ctx, phone).await.unwrap();
    let right = last_code(&ctx, phone).await;
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (ctx, phone, wrong) = (ctx.ctx.clone(), phone.clone(), other(&right));
        guesses.spawn(async move { code(verify(&ctx, &phone, &wrong).await) });
    }
    assert!(guesses.join_all().await.into_iter().all(|answer| answer == Code::WrongCode));
    assert_eq!(code(verify(&ctx, phone, &right).await), Code::WrongCode, "guessed away");
}

#[tokio::test]
async fn a_code_lives_five_minutes() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let phone = &world.a.resident.phone;
    ask(&ctx, phone).await.unwrap();
    let old = last_code(&ctx, phone).await;
    ctx.clock.advance(TimeDelta::minutes(5));
    assert_eq!(code(verify(&ctx, phone, &old).await), Code::WrongCode);
    ask(&ctx, phone).await.unwrap();
    let fresh = last_code(&ctx, phone).await;
    ctx.clock.advance(TimeDelta::seconds(299));
    assert!(verify(&ctx, phone, &fresh).await.is_ok());
}

#[tokio::test]
async fn asking_tells_nothing_about_who_is_known() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let stranger = Phone::parse("+998 97 777 77 77").unwrap();
    for phone in [&stranger, &world.a.resident.phone] {
        ask(&ctx, phone).await.unwrap();
        ask(&ctx, phone).await.unwrap();
        let third = failure(ask(&ctx, phone).await);
        assert_eq!((third.code, third.retry_after.is_some()), (Code::TooManyRequests, true));
        assert_eq!(code(verify(&ctx, phone, "111").await), Code::Invalid);
        assert_eq!(code(verify(&ctx, phone, "12345678").await), Code::WrongCode);
    }
    assert!(last_message(&ctx, "login_code", stranger.as_str()).await.is_none(), "nobody is written to");
    let mut admin = ctx.database.superuser().await;
    let kept: i64 = sqlx::query_scalar("select count(*) from login_codes").fetch_one(&mut admin).await.unwrap();
    assert_eq!(kept, 2, "both leave the same trace");
}

#[tokio::test]
async fn without_a_home_there_is_no_way_in() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let phone = &world.a.resident.phone;
    let mut admin = ctx.database.superuser().await;
    ask(&ctx, phone).await.unwrap();
    let right = last_code(&ctx, phone).await;
    sqlx::query("update residencies set until_on = '2026-11-01' where contact_id = $1")
        .bind(world.a.resident.contact.0)
        .execute(&mut admin)
        .await
        .unwrap();
    assert_eq!(code(verify(&ctx, phone, &right).await), Code::WrongCode);
}

#[tokio::test]
async fn the_demo_code_opens_only_the_demo() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let demo_mode = ctx.sibling(&[("UK_DEMO", "true")]).await;
    let mut admin = ctx.database.superuser().await;
    sqlx::query("update companies set demo = true where id = $1").bind(world.a.id.0).execute(&mut admin).await.unwrap();
    let (demo, real) = (&world.a.resident.phone, &world.b.resident.phone);
    assert!(verify(&demo_mode, demo, DEMO_CODE).await.is_ok());
    assert_eq!(code(verify(&demo_mode, real, DEMO_CODE).await), Code::WrongCode, "not in a real company");
    assert_eq!(code(verify(&ctx, demo, DEMO_CODE).await), Code::WrongCode, "not without demo mode");

    // Somebody lives in both: the code must not lead into the real company.
    sqlx::query("update users set phone = $1 where id = $2")
        .bind(demo.as_str())
        .bind(world.b.resident.user.0)
        .execute(&mut admin)
        .await
        .unwrap();
    let grant = verify(&demo_mode, demo, DEMO_CODE).await;
    if let Ok(grant) = grant {
        let me = auth::authenticate(&ctx, &grant.tokens.access_token, Door::Web).await.unwrap();
        assert_eq!(me.company_id(), world.a.id);
    }
}
