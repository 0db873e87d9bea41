//! Staff: login, password, reset by mail.

use crate::support::{code, failure};
use chrono::TimeDelta;
use domain::auth::{self, Device, Grant};
use model::{
    Code,
    auth::{RequestReset, ResetPassword, StaffLogin},
};
use testkit::{PASSWORD, TestCtx, World, last_message};

async fn login(ctx: &domain::Ctx, login: &str, password: &str) -> domain::Result<Grant> {
    let command = StaffLogin { login: login.to_owned(), password: password.to_owned(), totp: None };
    auth::login(ctx, &command, &Device::default()).await
}

#[tokio::test]
async fn unknown_wrong_and_blocked_answer_alike() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let name = world.a.login("dispatcher");
    assert!(
        login(&ctx, &format!(" {} ", name.to_uppercase()), PASSWORD).await.is_ok(),
        "case and blanks do not matter"
    );
    let unknown = failure(login(&ctx, "nobody", PASSWORD).await);
    let wrong = failure(login(&ctx, &name, "wrong-password").await);
    let mut admin = ctx.database.superuser().await;
    sqlx::query("update users set blocked_at = now() where login = $1").bind(&name).execute(&mut admin).await.unwrap();
    let blocked = failure(login(&ctx, &name, PASSWORD).await);
    assert_eq!(unknown.code, Code::WrongCredentials);
    assert_eq!((&unknown, &unknown), (&wrong, &blocked));
    assert_eq!(code(login(&ctx, "", PASSWORD).await), Code::Invalid);
    // A resident has no password to guess.
    assert_eq!(code(login(&ctx, world.a.resident.phone.as_str(), "").await), Code::Invalid);
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let ctx = TestCtx::with(&[("UK_LIMITS__AUTH_PER_MINUTE", "5")]).await;
    let world = World::new(&ctx).await;
    for _ in 0..5 {
        assert_eq!(code(login(&ctx, &world.a.login("admin"), "wrong").await), Code::WrongCredentials);
    }
    let sixth = failure(login(&ctx, &world.a.login("admin"), PASSWORD).await);
    assert_eq!((sixth.code, sixth.retry_after.is_some()), (Code::TooManyRequests, true));
    assert!(login(&ctx, &world.a.login("dispatcher"), PASSWORD).await.is_ok(), "a colleague is not shut out");
    ctx.clock.advance(TimeDelta::minutes(1));
    assert!(login(&ctx, &world.a.login("admin"), PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_mailed_link_sets_a_new_password_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let name = world.a.login("dispatcher");
    let mail = format!("{name}@example.uz");
    let signed_in = login(&ctx, &name, PASSWORD).await.unwrap();
    let ask = async |email: &str| auth::request_reset(&ctx, &RequestReset { email: email.to_owned() }).await;
    ask("nobody@example.uz").await.unwrap();
    assert!(last_message(&ctx, "password_reset", "nobody@example.uz").await.is_none());
    ask(&mail.to_uppercase()).await.unwrap();
    let token = last_message(&ctx, "password_reset", &mail).await.unwrap()["token"].as_str().unwrap().to_owned();
    let reset = async |token: &str, new: &str| {
        auth::reset_password(&ctx, &ResetPassword { token: token.to_owned(), new: new.to_owned() }).await
    };
    assert_eq!(code(reset(&token, "short").await), Code::Invalid);
    assert_eq!(code(reset("not-the-token-that-was-mailed", "another-password").await), Code::WrongCode);
    reset(&token, "another-password").await.unwrap();
    assert_eq!(code(reset(&token, "a-third-password").await), Code::WrongCode);
    assert_eq!(code(auth::refresh(&ctx, &signed_in.tokens.refresh_token).await), Code::Unauthenticated);
    assert_eq!(code(login(&ctx, &name, PASSWORD).await), Code::WrongCredentials);
    assert!(login(&ctx, &name, "another-password").await.is_ok());

    ask(&mail).await.unwrap();
    let token = last_message(&ctx, "password_reset", &mail).await.unwrap()["token"].as_str().unwrap().to_owned();
    ctx.clock.advance(TimeDelta::hours(1));
    assert_eq!(code(reset(&token, "a-third-password").await), Code::WrongCode, "too late");
}
