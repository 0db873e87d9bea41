//! Refresh families: rotation, lost answers, theft, ends.

use crate::support::code;
use chrono::TimeDelta;
use domain::{
    Actor, Door,
    auth::{self, Device, Grant},
};
use model::{
    Code,
    auth::{ChangePassword, StaffLogin},
};
use testkit::{PASSWORD, TestCtx, World};

async fn login(ctx: &TestCtx, world: &World) -> Grant {
    let command = StaffLogin { login: world.a.login("dispatcher"), password: PASSWORD.to_owned(), totp: None };
    let device = Device { user_agent: "Firefox".to_owned(), ip: "192.0.2.1".to_owned(), ..Device::default() };
    auth::login(ctx, &command, &device).await.unwrap()
}

async fn refresh(ctx: &TestCtx, grant: &Grant) -> domain::Result<Grant> {
    auth::refresh(ctx, &grant.tokens.refresh_token).await
}

async fn actor(ctx: &TestCtx, grant: &Grant) -> domain::Result<Actor> {
    auth::authenticate(ctx, &grant.tokens.access_token, Door::Api).await
}

#[tokio::test]
async fn each_refresh_makes_the_next_pair() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let mut grant = login(&ctx, &world).await;
    let session = grant.session_id;
    for _ in 0..5 {
        ctx.clock.advance(TimeDelta::minutes(20));
        assert_eq!(code(actor(&ctx, &grant).await), Code::Unauthenticated, "the access token has expired");
        let next = refresh(&ctx, &grant).await.unwrap();
        assert_eq!(next.session_id, session);
        assert_ne!(next.tokens.refresh_token, grant.tokens.refresh_token);
        let who = actor(&ctx, &next).await.unwrap();
        assert_eq!((who.company_id(), who.door()), (world.a.id, Door::Api));
        grant = next;
    }
    assert_eq!(code(auth::refresh(&ctx, "no such token").await), Code::Unauthenticated);
    assert_eq!(code(auth::authenticate(&ctx, "nonsense", Door::Web).await), Code::Unauthenticated);
    // Unused for longer than a session lives.
    ctx.clock.advance(TimeDelta::days(400));
    assert_eq!(code(refresh(&ctx, &grant).await), Code::Unauthenticated);
}

#[tokio::test]
async fn a_lost_answer_is_not_a_theft() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let first = login(&ctx, &world).await;
    ctx.clock.advance(TimeDelta::minutes(20));
    let lost = refresh(&ctx, &first).await.unwrap();
    ctx.clock.advance(TimeDelta::minutes(5));
    let second = refresh(&ctx, &first).await.unwrap();
    assert!(actor(&ctx, &second).await.is_ok());
    ctx.clock.advance(TimeDelta::minutes(5));
    assert!(refresh(&ctx, &second).await.is_ok());
    // The pair that never arrived is of no use to whoever finds it.
    assert!(refresh(&ctx, &lost).await.is_err());
}

#[tokio::test]
async fn a_stolen_token_ends_the_session() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (stolen, other_device) = (login(&ctx, &world).await, login(&ctx, &world).await);
    ctx.clock.advance(TimeDelta::minutes(20));
    let honest = refresh(&ctx, &stolen).await.unwrap();
    ctx.clock.advance(TimeDelta::minutes(20));
    let honest = refresh(&ctx, &honest).await.unwrap();
    ctx.clock.advance(TimeDelta::minutes(1));
    assert!(actor(&ctx, &honest).await.is_ok());
    assert_eq!(code(refresh(&ctx, &stolen).await), Code::SessionRevoked);
    assert_eq!(code(refresh(&ctx, &honest).await), Code::Unauthenticated, "nobody knows who is who any more");
    assert_eq!(code(actor(&ctx, &honest).await), Code::Unauthenticated, "at once, not when the token expires");
    assert!(refresh(&ctx, &other_device).await.is_ok(), "other devices stay");
}

#[tokio::test]
async fn two_tabs_refresh_in_the_same_moment() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let grant = login(&ctx, &world).await;
    ctx.clock.advance(TimeDelta::minutes(20));
    let mut tabs = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (ctx, token) = (ctx.ctx.clone(), grant.tokens.refresh_token.clone());
        tabs.spawn(async move { auth::refresh(&ctx, &token).await.unwrap() });
    }
    let grants = tabs.join_all().await;
    ctx.clock.advance(TimeDelta::seconds(5));
    for grant in &grants {
        assert!(actor(&ctx, grant).await.is_ok());
        assert!(refresh(&ctx, grant).await.is_ok());
    }
}

#[tokio::test]
async fn logging_out_works_at_once_and_only_here() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (here, there) = (login(&ctx, &world).await, login(&ctx, &world).await);
    let me = actor(&ctx, &here).await.unwrap();
    let listed = auth::sessions(&ctx, &me).await.unwrap();
    assert_eq!(listed.iter().filter(|s| s.current).map(|s| s.id).collect::<Vec<_>>(), [here.session_id]);
    assert!(listed.len() == 2 && listed.iter().all(|s| s.user_agent == "Firefox" && s.ip == "192.0.2.1"));
    auth::logout(&ctx, &me).await.unwrap();
    assert_eq!(code(actor(&ctx, &here).await), Code::Unauthenticated);
    assert_eq!(code(refresh(&ctx, &here).await), Code::Unauthenticated);
    assert!(!auth::is_alive(&ctx, &me).await.unwrap());
    assert!(actor(&ctx, &there).await.is_ok());
}

#[tokio::test]
async fn the_other_devices_can_be_signed_out() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (here, there) = (login(&ctx, &world).await, login(&ctx, &world).await);
    let neighbour = world.a.neighbour().await;
    auth::end_other_sessions(&ctx, &actor(&ctx, &here).await.unwrap()).await.unwrap();
    assert!(actor(&ctx, &here).await.is_ok());
    assert_eq!(code(actor(&ctx, &there).await), Code::Unauthenticated);
    assert!(auth::is_alive(&ctx, &neighbour).await.unwrap(), "other people's stay");
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (here, there) = (login(&ctx, &world).await, login(&ctx, &world).await);
    let me = actor(&ctx, &here).await.unwrap();
    let change = |current: &str| ChangePassword { current: current.to_owned(), new: "a-new-password".to_owned() };
    assert_eq!(code(auth::change_password(&ctx, &me, &change("wrong")).await), Code::Invalid);
    assert!(actor(&ctx, &there).await.is_ok());
    auth::change_password(&ctx, &me, &change(PASSWORD)).await.unwrap();
    assert!(actor(&ctx, &here).await.is_ok());
    assert_eq!(code(actor(&ctx, &there).await), Code::Unauthenticated);
    assert_eq!(code(refresh(&ctx, &there).await), Code::Unauthenticated);
}

#[tokio::test]
async fn a_blocked_user_is_out_at_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let grant = login(&ctx, &world).await;
    let me = actor(&ctx, &grant).await.unwrap();
    let mut admin = ctx.database.superuser().await;
    let block = "update users set blocked_at = now() where login = $1";
    sqlx::query(block).bind(world.a.login("dispatcher")).execute(&mut admin).await.unwrap();
    assert_eq!(code(actor(&ctx, &grant).await), Code::Unauthenticated);
    assert_eq!(code(refresh(&ctx, &grant).await), Code::Unauthenticated);
    assert!(!auth::is_alive(&ctx, &me).await.unwrap());
}

#[tokio::test]
async fn a_super_admin_goes_to_work_elsewhere() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let command = StaffLogin { login: "root".to_owned(), password: PASSWORD.to_owned(), totp: None };
    let grant = auth::login(&ctx, &command, &Device::default()).await.unwrap();
    let root = actor(&ctx, &grant).await.unwrap();
    assert_eq!(root.company_id(), world.a.id);
    auth::switch_company(&ctx, &root, world.b.id).await.unwrap();
    assert_eq!(actor(&ctx, &grant).await.unwrap().company_id(), world.b.id);
    let nowhere = auth::switch_company(&ctx, &root, model::CompanyId(platform::ids::new_id())).await;
    assert_eq!(code(nowhere), Code::NotFound);
    let admin = world.a.admin().await;
    assert_eq!(code(auth::switch_company(&ctx, &admin, world.b.id).await), Code::Forbidden);
}
