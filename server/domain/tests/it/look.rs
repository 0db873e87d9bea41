//! Looking at the product as another person: who may, what it shows, that it changes nothing, and how it ends.

use crate::support::{code, field, wrong};
use chrono::TimeDelta;
use domain::{
    Actor, Ctx, Door,
    auth::{self, Device, Grant},
    notices, requests, staff,
};
use model::{
    Code, ContactId, Lang, UserId,
    auth::{ChangePassword, ConfirmSelf, Danger, LOOK_MINUTES, LookAs, PROOF_MINUTES, StaffLogin},
    notices::ReadNotices,
    requests::RequestFilter,
};
use testkit::{PASSWORD, TestCtx, World};
use uuid::Uuid;

fn at_contact(contact: ContactId) -> LookAs {
    LookAs { contact_id: Some(contact), reason: "не видит счёт".to_owned(), ..LookAs::default() }
}

fn at_user(user: UserId) -> LookAs {
    LookAs { user_id: Some(user), reason: "не видит заявку".to_owned(), ..LookAs::default() }
}

async fn signed_in(ctx: &Ctx, login: &str) -> Grant {
    let command = StaffLogin { login: login.to_owned(), password: PASSWORD.to_owned(), totp: None };
    auth::login(ctx, &command, &Device::default()).await.unwrap()
}

async fn actor(ctx: &Ctx, grant: &Grant) -> domain::Result<Actor> {
    auth::authenticate(ctx, &grant.tokens.access_token, Door::Web).await
}

async fn refresh(ctx: &Ctx, grant: &Grant) -> domain::Result<Grant> {
    auth::refresh(ctx, &grant.tokens.refresh_token).await
}

async fn look(ctx: &Ctx, by: &Actor, command: &LookAs) -> domain::Result<Grant> {
    auth::look_as(ctx, by, command, &Device::default()).await
}

#[tokio::test]
async fn nobody_looks_who_may_not_and_at_nobody_above_or_outside() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, resident) = (world.a.admin().await, world.a.resident.contact);
    for stranger in [world.a.dispatcher().await, world.a.plumber().await, world.a.neighbour().await] {
        assert_eq!(code(look(&ctx, &stranger, &at_contact(resident)).await), Code::Forbidden);
        assert_eq!(code(auth::may_look_as(&ctx, &stranger, &at_contact(resident)).await), Code::Forbidden);
    }
    let foreign = world.b.admin().await;
    assert_eq!(code(look(&ctx, &foreign, &at_contact(resident)).await), Code::NotFound);
    assert_eq!(code(look(&ctx, &foreign, &at_user(world.a.plumber_id)).await), Code::NotFound);
    assert_eq!(code(look(&ctx, &admin, &at_contact(world.a.caller)).await), Code::NotFound, "no login");
    assert_eq!(code(look(&ctx, &admin, &at_user(admin.user_id().unwrap())).await), Code::Forbidden);
    let root = world.super_admin().await;
    assert_eq!(code(look(&ctx, &admin, &at_user(root.user_id().unwrap())).await), Code::NotFound);
    let silent = LookAs { reason: "  ".to_owned(), ..at_contact(resident) };
    assert_eq!(field(look(&ctx, &admin, &silent).await), wrong("/reason", "required"));
    let nobody = LookAs { contact_id: None, ..at_contact(resident) };
    assert_eq!(field(look(&ctx, &admin, &nobody).await), wrong("/user_id", "required"));
    let both = LookAs { user_id: Some(world.a.plumber_id), ..at_contact(resident) };
    assert_eq!(field(look(&ctx, &admin, &both).await), wrong("/user_id", "required"));
    staff::block(&ctx, &admin, world.a.electrician_id).await.unwrap();
    assert_eq!(field(look(&ctx, &admin, &at_user(world.a.electrician_id)).await), wrong("/user_id", "cannot_sign_in"));
    // An old proof is not enough.
    let grant = signed_in(&ctx, &world.a.login("admin")).await;
    ctx.clock.advance(TimeDelta::minutes(PROOF_MINUTES + 1));
    let old = actor(&ctx, &grant).await.unwrap();
    assert_eq!(code(auth::may_look_as(&ctx, &old, &at_contact(resident)).await), Code::ConfirmNeeded);
    assert_eq!(code(look(&ctx, &old, &at_contact(resident)).await), Code::ConfirmNeeded);
    auth::confirm(&ctx, &old, &ConfirmSelf { password: Some(PASSWORD.to_owned()), ..ConfirmSelf::default() })
        .await
        .unwrap();
    let proven = actor(&ctx, &grant).await.unwrap();
    assert!(auth::may_look_as(&ctx, &proven, &at_contact(resident)).await.is_ok());
}

#[tokio::test]
async fn a_look_shows_what_the_person_sees_and_changes_nothing() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, resident) = (world.a.admin().await, world.a.resident().await);
    let filed = requests::create(&ctx, &resident, &world.a.draft(), None).await.unwrap().id;
    let looked = actor(&ctx, &look(&ctx, &admin, &at_contact(world.a.resident.contact)).await.unwrap()).await.unwrap();
    assert_eq!((looked.user_id(), looked.role()), (resident.user_id(), resident.role()));
    let me = auth::me(&ctx, &looked).await.unwrap();
    assert_eq!(me.looking.map(|real| real.name).as_deref(), Some(admin.name()));
    assert!(auth::me(&ctx, &resident).await.unwrap().looking.is_none());
    let seen = requests::list(&ctx, &looked, &RequestFilter::default()).await.unwrap();
    assert_eq!(seen.items.iter().map(|row| row.id).collect::<Vec<_>>(), vec![filed]);
    assert!(requests::get(&ctx, &looked, filed).await.is_ok());
    // Nothing in the person's name: neither in the company's books nor on the login.
    assert_eq!(code(requests::create(&ctx, &looked, &world.a.draft(), None).await), Code::LookingAs);
    assert_eq!(code(notices::read(&ctx, &looked, ReadNotices::default()).await), Code::LookingAs);
    assert_eq!(code(auth::end_other_sessions(&ctx, &looked).await), Code::LookingAs);
    auth::set_lang(&ctx, &looked, Lang::Uz).await.unwrap();
    assert_eq!(auth::me(&ctx, &resident).await.unwrap().lang, resident.lang());
    let plumber = actor(&ctx, &look(&ctx, &admin, &at_user(world.a.plumber_id)).await.unwrap()).await.unwrap();
    let password = ChangePassword { current: PASSWORD.to_owned(), new: "another-password-2".to_owned() };
    assert_eq!(code(auth::change_password(&ctx, &plumber, &password).await), Code::LookingAs);
    assert_eq!(code(auth::totp_setup(&ctx, &plumber).await), Code::LookingAs);
    assert_eq!(code(auth::proven(&plumber, Danger::Totp)), Code::LookingAs);
    assert_eq!(requests::list(&ctx, &resident, &RequestFilter::default()).await.unwrap().items.len(), 1);
    // No device of the person's own.
    assert!(auth::sessions(&ctx, &resident).await.unwrap().iter().all(|s| Some(s.id) != looked.session_id()));
}

/// Action, who, as what, whom, and why.
type Row = (String, Option<Uuid>, String, Option<Uuid>, Option<String>);

#[tokio::test]
async fn the_history_of_the_person_names_who_really_looked() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let looked = actor(&ctx, &look(&ctx, &admin, &at_contact(world.a.resident.contact)).await.unwrap()).await.unwrap();
    auth::logout(&ctx, &looked).await.unwrap();
    let rows: Vec<Row> = sqlx::query_as(
        "select action, actor_id, actor_role, object_id, changes->>'reason' from audit_log
         where action like 'contact.look%' order by at, id",
    )
    .fetch_all(&mut ctx.database.superuser().await)
    .await
    .unwrap();
    let (who, whom) = (admin.user_id().map(|u| u.0), Some(world.a.resident.contact.0));
    let row = |action: &str, reason: Option<&str>| {
        (action.to_owned(), who, "admin".to_owned(), whom, reason.map(str::to_owned))
    };
    assert_eq!(rows, vec![row("contact.look_as", Some("не видит счёт")), row("contact.look_end", None)]);
}

#[tokio::test]
async fn a_look_ends_at_its_hour_with_a_return_and_with_the_own_session() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let own = signed_in(&ctx, &world.a.login("admin")).await;
    let admin = actor(&ctx, &own).await.unwrap();
    let command = at_user(world.a.plumber_id);
    // Refreshing does not make it longer.
    let first = look(&ctx, &admin, &command).await.unwrap();
    ctx.clock.advance(TimeDelta::minutes(LOOK_MINUTES - 10));
    let second = refresh(&ctx, &first).await.unwrap();
    assert!(second.refresh_expires_in <= 600, "{}", second.refresh_expires_in);
    assert!(actor(&ctx, &second).await.is_ok());
    ctx.clock.advance(TimeDelta::minutes(10));
    assert_eq!(code(actor(&ctx, &second).await), Code::Unauthenticated);
    assert_eq!(code(refresh(&ctx, &second).await), Code::Unauthenticated);
    // A stolen token ends this family and not the own one.
    let own = refresh(&ctx, &own).await.unwrap();
    auth::confirm(
        &ctx,
        &actor(&ctx, &own).await.unwrap(),
        &ConfirmSelf { password: Some(PASSWORD.to_owned()), ..ConfirmSelf::default() },
    )
    .await
    .unwrap();
    let admin = actor(&ctx, &own).await.unwrap();
    let stolen = look(&ctx, &admin, &command).await.unwrap();
    let next = refresh(&ctx, &stolen).await.unwrap();
    let last = refresh(&ctx, &next).await.unwrap();
    ctx.clock.advance(TimeDelta::minutes(1));
    assert_eq!(code(refresh(&ctx, &stolen).await), Code::SessionRevoked);
    assert_eq!(code(actor(&ctx, &last).await), Code::Unauthenticated);
    assert!(actor(&ctx, &own).await.is_ok());
    // Coming back ends it and nothing else.
    let left = look(&ctx, &admin, &command).await.unwrap();
    auth::logout(&ctx, &actor(&ctx, &left).await.unwrap()).await.unwrap();
    assert_eq!(code(refresh(&ctx, &left).await), Code::Unauthenticated);
    assert!(actor(&ctx, &own).await.is_ok());
    // Signing out oneself ends what was opened from there.
    let open = look(&ctx, &admin, &command).await.unwrap();
    let looked = actor(&ctx, &open).await.unwrap();
    assert!(auth::is_alive(&ctx, &looked).await.unwrap());
    auth::logout(&ctx, &admin).await.unwrap();
    assert!(!auth::is_alive(&ctx, &looked).await.unwrap());
    assert_eq!(code(actor(&ctx, &open).await), Code::Unauthenticated);
    assert_eq!(code(refresh(&ctx, &open).await), Code::Unauthenticated);
}
