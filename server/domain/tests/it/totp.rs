//! The second factor of staff.

use crate::support::code;
use chrono::TimeDelta;
use domain::{
    Actor,
    auth::{self, Device, Grant},
};
use model::{
    Code,
    auth::{StaffLogin, TotpConfirm},
};
use testkit::{PASSWORD, TestCtx, World, staff_actor};

struct Setting {
    ctx: TestCtx,
    login: String,
    admin: Actor,
    secret: String,
    recovery: Vec<String>,
}

impl Setting {
    /// An admin with the second factor on.
    async fn new() -> Self {
        let ctx = TestCtx::new().await;
        let world = World::new(&ctx).await;
        let login = world.a.login("admin");
        let admin = staff_actor(&ctx, &login).await;
        let setup = auth::totp_setup(&ctx, &admin).await.unwrap();
        let wrong = auth::totp_confirm(&ctx, &admin, &confirm("no-code")).await;
        assert_eq!(code(wrong), Code::WrongCode);
        let right = platform::totp::code(&setup.secret, ctx.clock.now().timestamp()).unwrap();
        let recovery = auth::totp_confirm(&ctx, &admin, &confirm(&right)).await.unwrap().codes;
        Self { ctx, login, admin, secret: setup.secret, recovery }
    }

    fn code(&self) -> String {
        platform::totp::code(&self.secret, self.ctx.clock.now().timestamp()).unwrap()
    }

    async fn login(&self, totp: Option<&str>) -> domain::Result<Grant> {
        let command =
            StaffLogin { login: self.login.clone(), password: PASSWORD.to_owned(), totp: totp.map(str::to_owned) };
        auth::login(&self.ctx, &command, &Device::default()).await
    }
}

fn confirm(code: &str) -> TotpConfirm {
    TotpConfirm { code: code.to_owned() }
}

#[tokio::test]
async fn the_code_is_asked_for_and_works_once() {
    let it = Setting::new().await;
    assert!(auth::me(&it.ctx, &it.admin).await.unwrap().totp);
    assert_eq!(code(it.login(None).await), Code::TotpRequired);
    assert_eq!(code(it.login(Some(" ")).await), Code::TotpRequired);
    assert_eq!(code(it.login(Some(&it.code())).await), Code::WrongCode, "it confirmed the set-up already");
    it.ctx.clock.advance(TimeDelta::seconds(30));
    let fresh = it.code();
    assert!(it.login(Some(&fresh)).await.is_ok());
    assert_eq!(code(it.login(Some(&fresh)).await), Code::WrongCode, "a replay");
}

#[tokio::test]
async fn the_same_code_twice_at_once_opens_one_session() {
    let it = Setting::new().await;
    it.ctx.clock.advance(TimeDelta::seconds(30));
    let fresh = it.code();
    let (one, two) = tokio::join!(it.login(Some(&fresh)), it.login(Some(&fresh)));
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
}

#[tokio::test]
async fn a_wrong_password_does_not_tell_about_the_second_factor() {
    let it = Setting::new().await;
    let command = StaffLogin { login: it.login.clone(), password: "wrong".to_owned(), totp: None };
    let answer = auth::login(&it.ctx, &command, &Device::default()).await;
    assert_eq!(code(answer), Code::WrongCredentials);
}

#[tokio::test]
async fn recovery_codes_work_once_each() {
    let it = Setting::new().await;
    assert_eq!(it.recovery.len(), 10);
    assert!(it.login(Some(&it.recovery[0])).await.is_ok());
    assert_eq!(code(it.login(Some(&it.recovery[0])).await), Code::WrongCode);
    assert!(it.login(Some(&it.recovery[1])).await.is_ok());
}

#[tokio::test]
async fn it_is_turned_off_with_a_code_of_it() {
    let it = Setting::new().await;
    assert_eq!(code(auth::totp_disable(&it.ctx, &it.admin, &confirm("no-code")).await), Code::WrongCode);
    it.ctx.clock.advance(TimeDelta::seconds(30));
    auth::totp_disable(&it.ctx, &it.admin, &confirm(&it.code())).await.unwrap();
    assert!(it.login(None).await.is_ok());
}

#[tokio::test]
async fn residents_have_none() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let resident = world.a.resident().await;
    assert_eq!(code(auth::totp_setup(&ctx, &resident).await), Code::Forbidden);
}

#[tokio::test]
async fn the_secret_is_not_readable_in_the_database() {
    let it = Setting::new().await;
    let mut admin = it.ctx.database.superuser().await;
    let sealed: Vec<u8> = sqlx::query_scalar("select totp_secret from users where login = $1")
        .bind(&it.login)
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert!(!sealed.windows(8).any(|part| it.secret.as_bytes().windows(8).any(|secret| secret == part)));
}
