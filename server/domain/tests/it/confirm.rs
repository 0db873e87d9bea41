//! Dangerous actions need a proof of the last minutes.

use crate::support::{code, failure, field, wrong};
use chrono::TimeDelta;
use domain::{
    Actor, Ctx, Door,
    auth::{self, Device},
    exports, payments, privacy, staff,
};
use model::{
    Code, Role,
    auth::{ConfirmSelf, Danger, PROOF_MINUTES, StaffLogin, TotpConfirm},
    exports::{ExportCommand, ExportFormat, ExportList},
    payments::RefundPayment,
    privacy::ErasePerson,
    staff::UpdateStaff,
};
use testkit::{PASSWORD, TestCtx, World};

fn password(text: &str) -> ConfirmSelf {
    ConfirmSelf { password: Some(text.to_owned()), ..ConfirmSelf::default() }
}

/// Signs in, and comes back after `minutes` with the tokens that are good then.
async fn later(ctx: &Ctx, login: &str, minutes: i64) -> Actor {
    let command = StaffLogin { login: login.to_owned(), password: PASSWORD.to_owned(), totp: None };
    let grant = auth::login(ctx, &command, &Device::default()).await.unwrap();
    ctx.clock.advance(TimeDelta::minutes(minutes));
    again(ctx, &auth::refresh(ctx, &grant.tokens.refresh_token).await.unwrap()).await
}

async fn again(ctx: &Ctx, grant: &auth::Grant) -> Actor {
    auth::authenticate(ctx, &grant.tokens.access_token, Door::Web).await.unwrap()
}

fn people() -> ExportCommand {
    serde_json::from_value(serde_json::json!({ "list": ExportList::People, "format": ExportFormat::Csv, "lang": "ru" }))
        .unwrap()
}

#[tokio::test]
async fn an_old_session_is_asked_before_what_is_dangerous_and_not_before_the_rest() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let name = world.a.login("admin");
    let fresh = later(&ctx, &name, PROOF_MINUTES).await;
    assert!(auth::proven(&fresh, Danger::ExportPeople).is_ok(), "to the minute");
    let old = later(&ctx, &name, PROOF_MINUTES + 1).await;
    for danger in Danger::ALL {
        assert_eq!(code(auth::proven(&old, *danger)), Code::ConfirmNeeded, "{danger}");
    }
    let worker = world.a.plumber_id;
    let contact = world.a.resident.contact;
    let erase = ErasePerson { confirm: "nobody".to_owned() };
    let back = RefundPayment { reason: "mistake".to_owned() };
    let nothing = model::PaymentId(uuid::Uuid::nil());
    assert_eq!(code(staff::block(&ctx, &old, worker).await), Code::ConfirmNeeded);
    assert_eq!(code(privacy::erase(&ctx, &old, contact, &erase).await), Code::ConfirmNeeded);
    assert_eq!(code(privacy::export(&ctx, &old, contact).await), Code::ConfirmNeeded);
    assert_eq!(code(payments::refund(&ctx, &old, nothing, &back).await), Code::ConfirmNeeded);
    assert_eq!(code(exports::is_longer(&ctx, &old, &people(), 1).await), Code::ConfirmNeeded);
    assert_eq!(code(exports::start(&ctx, &old, &people()).await), Code::ConfirmNeeded);
    assert_eq!(code(auth::totp_setup(&ctx, &old).await), Code::ConfirmNeeded);
    // A name is not dangerous; a role is, and the address that a new password is sent to.
    let version = staff::get(&ctx, &old, worker).await.unwrap().version;
    let named = UpdateStaff { name: Some("Новое Имя".to_owned()), ..UpdateStaff::default() };
    let version = staff::update(&ctx, &old, worker, version, &named).await.unwrap().version;
    let raised = UpdateStaff { role: Some(Role::Dispatcher), ..UpdateStaff::default() };
    assert_eq!(code(staff::update(&ctx, &old, worker, version, &raised).await), Code::ConfirmNeeded);
    let mailed = UpdateStaff { email: Some(Some("thief@mail.uz".to_owned())), ..UpdateStaff::default() };
    assert_eq!(code(staff::update(&ctx, &old, worker, version, &mailed).await), Code::ConfirmNeeded);
    // Who may not, is not asked who they are.
    let desk = later(&ctx, &world.a.login("dispatcher"), 60).await;
    assert_eq!(code(staff::block(&ctx, &desk, worker).await), Code::Forbidden);
    // A job that was started goes on: it acts without a session.
    assert!(exports::is_longer(&ctx, &Actor::system(world.a.id), &people(), 1_000).await.is_ok());
}

#[tokio::test]
async fn a_password_proves_for_ten_minutes_and_only_this_session() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let name = world.a.login("admin");
    let command = StaffLogin { login: name.clone(), password: PASSWORD.to_owned(), totp: None };
    let here = auth::login(&ctx, &command, &Device::default()).await.unwrap();
    let there = auth::login(&ctx, &command, &Device::default()).await.unwrap();
    ctx.clock.advance(TimeDelta::minutes(PROOF_MINUTES + 1));
    let old = again(&ctx, &here).await;
    assert_eq!(field(auth::confirm(&ctx, &old, &password("wrong")).await), wrong("/password", "wrong_secret"));
    assert_eq!(field(auth::confirm(&ctx, &old, &password("")).await), wrong("/password", "required"));
    assert_eq!(code(auth::proven(&again(&ctx, &here).await, Danger::Refund)), Code::ConfirmNeeded);
    auth::confirm(&ctx, &old, &password(PASSWORD)).await.unwrap();
    assert!(auth::proven(&again(&ctx, &here).await, Danger::Refund).is_ok());
    assert_eq!(code(auth::proven(&again(&ctx, &there).await, Danger::Refund)), Code::ConfirmNeeded);
    let here = auth::refresh(&ctx, &here.tokens.refresh_token).await.unwrap();
    ctx.clock.advance(TimeDelta::minutes(PROOF_MINUTES));
    assert!(auth::proven(&again(&ctx, &here).await, Danger::Refund).is_ok(), "a renewed token keeps the proof");
    ctx.clock.advance(TimeDelta::seconds(1));
    assert_eq!(code(auth::proven(&again(&ctx, &here).await, Danger::Refund)), Code::ConfirmNeeded);
    // Residents have no password, and are never asked.
    let resident = world.a.resident().await;
    assert_eq!(code(auth::confirm(&ctx, &resident, &password(PASSWORD)).await), Code::Forbidden);
    let noted: i64 =
        sqlx::query_scalar("select count(*) from audit_log where action = 'user.prove' and company_id = $1")
            .bind(world.a.id.0)
            .fetch_one(&mut ctx.database.superuser().await)
            .await
            .unwrap();
    assert_eq!(noted, 1);
}

#[tokio::test]
async fn a_code_proves_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let setup = auth::totp_setup(&ctx, &admin).await.unwrap();
    let now = || platform::totp::code(&setup.secret, ctx.clock.now().timestamp()).unwrap();
    auth::totp_confirm(&ctx, &admin, &TotpConfirm { code: now() }).await.unwrap();
    ctx.clock.advance(TimeDelta::minutes(1));
    let command = ConfirmSelf { totp: Some(now()), ..ConfirmSelf::default() };
    auth::confirm(&ctx, &admin, &command).await.unwrap();
    assert_eq!(field(auth::confirm(&ctx, &admin, &command).await), wrong("/totp", "wrong_secret"));
    let strange = ConfirmSelf { totp: Some("000000".to_owned()), ..ConfirmSelf::default() };
    assert_eq!(field(auth::confirm(&ctx, &admin, &strange).await), wrong("/totp", "wrong_secret"));
}

#[tokio::test]
async fn guesses_are_counted_with_those_of_signing_in() {
    let ctx = TestCtx::with(&[("UK_LIMITS__AUTH_PER_MINUTE", "5")]).await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    for _ in 0..4 {
        assert_eq!(code(auth::confirm(&ctx, &admin, &password("wrong")).await), Code::Invalid);
    }
    let refused = failure(auth::confirm(&ctx, &admin, &password(PASSWORD)).await);
    assert_eq!((refused.code, refused.retry_after.is_some()), (Code::TooManyRequests, true));
    ctx.clock.advance(TimeDelta::minutes(1));
    assert!(auth::confirm(&ctx, &admin, &password(PASSWORD)).await.is_ok());
}
