//! How staff come, change and go.

use crate::support::{assign, code, field, filed, step, wrong};
use domain::{
    Actor, Door,
    auth::{self, Device},
    companies, requests, settings, staff,
};
use model::{
    Code, Lang, Permission as P, Role, UserId,
    auth::StaffLogin,
    requests::{Action, Change, Status},
    staff::{AcceptInvite, DismissStaff, HandOver, InviteStaff, Skill, StaffFilter, UpdateStaff, Visibility},
};
use testkit::{PASSWORD, TestCtx, World, hire, last_message, staff_actor};

fn invitation(role: Role) -> InviteStaff {
    InviteStaff {
        name: "Новый Сотрудник".to_owned(),
        role,
        phone: None,
        email: None,
        lang: Lang::Ru,
        visibility: None,
        skills: Vec::new(),
        building_ids: Vec::new(),
        complex_ids: Vec::new(),
    }
}

fn token(link: &str) -> String {
    link.rsplit('/').next().unwrap().to_owned()
}

fn acceptance(token: &str, login: &str) -> AcceptInvite {
    AcceptInvite {
        token: token.to_owned(),
        login: login.to_owned(),
        name: "Новый".to_owned(),
        password: PASSWORD.to_owned(),
    }
}

async fn update(
    ctx: &TestCtx,
    actor: &Actor,
    id: UserId,
    command: UpdateStaff,
) -> domain::Result<model::staff::StaffCard> {
    let version = staff::get(ctx, actor, id).await?.version;
    staff::update(ctx, actor, id, version, &command).await
}

fn role(role: Role) -> UpdateStaff {
    UpdateStaff { role: Some(role), ..Default::default() }
}

#[tokio::test]
async fn an_invitation_makes_one_login_as_it_was_written() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let command = InviteStaff {
        email: Some("new@example.uz".to_owned()),
        visibility: Some(Visibility::ZoneSkill),
        skills: vec![Skill::Lift],
        building_ids: vec![world.a.house.id, world.a.house.id],
        ..invitation(Role::Staff)
    };
    let invited = staff::invite(&ctx, &admin, &command).await.unwrap();
    assert!(invited.mailed);
    let mailed = last_message(&ctx, "staff_invite", "new@example.uz").await.unwrap();
    let token = token(&invited.link);
    assert_eq!(mailed["token"], token.as_str());
    let view = staff::invitation(&ctx, &token).await.unwrap();
    assert_eq!((view.company.as_str(), view.role), ("Company a", Role::Staff));
    assert_eq!(staff::invitations(&ctx, &admin).await.unwrap().len(), 1);

    let taken = staff::accept(&ctx, &acceptance(&token, "Plumber-A"), &Device::default()).await;
    assert_eq!(field(taken), wrong("/login", "taken"), "a refusal does not use the link up");
    let grant = staff::accept(&ctx, &acceptance(&token, " Lift.Master "), &Device::default()).await.unwrap();
    let actor = auth::authenticate(&ctx, &grant.tokens.access_token, Door::Web).await.unwrap();
    assert_eq!((actor.role(), actor.company_id()), (Role::Staff, world.a.id));
    let card = staff::get(&ctx, &admin, actor.user_id().unwrap()).await.unwrap();
    assert_eq!((card.visibility, card.skills), (Visibility::ZoneSkill, vec![Skill::Lift]));
    assert_eq!(card.buildings.iter().map(|b| b.id).collect::<Vec<_>>(), [world.a.house.id]);
    assert_eq!(card.login.as_deref(), Some("lift.master"));
    staff_actor(&ctx, "lift.master").await;

    assert_eq!(
        code(staff::accept(&ctx, &acceptance(&token, "again"), &Device::default()).await),
        Code::InvitationEnded
    );
    assert_eq!(code(staff::invitation(&ctx, &token).await), Code::InvitationEnded);
    assert!(staff::invitations(&ctx, &admin).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_link_is_kept_as_a_hash_and_dies_when_told_or_old() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let first = staff::invite(&ctx, &admin, &invitation(Role::Dispatcher)).await.unwrap();
    let mut all = ctx.database.superuser().await;
    let kept: Vec<String> =
        sqlx::query_scalar("select row_to_json(i)::text from staff_invites i").fetch_all(&mut all).await.unwrap();
    let audited: Vec<String> =
        sqlx::query_scalar("select changes::text from audit_log").fetch_all(&mut all).await.unwrap();
    assert!(kept.iter().chain(&audited).all(|row| !row.contains(&token(&first.link))));

    assert_eq!(code(staff::revoke_invite(&ctx, &world.b.admin().await, first.id).await), Code::NotFound);
    staff::revoke_invite(&ctx, &admin, first.id).await.unwrap();
    assert_eq!(code(staff::revoke_invite(&ctx, &admin, first.id).await), Code::NotFound);
    let accept =
        async |link: &str| staff::accept(&ctx, &acceptance(&token(link), "somebody"), &Device::default()).await;
    assert_eq!(code(accept(&first.link).await), Code::InvitationEnded);

    let second = staff::invite(&ctx, &admin, &invitation(Role::Dispatcher)).await.unwrap();
    ctx.clock.advance(chrono::TimeDelta::days(7));
    assert_eq!(code(accept(&second.link).await), Code::InvitationEnded);
    assert_eq!(code(staff::invitation(&ctx, "nonsense-nonsense-nonsense").await), Code::InvitationEnded);
}

#[tokio::test]
async fn of_two_who_take_one_link_one_gets_in() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let invited = staff::invite(&ctx, &world.a.admin().await, &invitation(Role::Staff)).await.unwrap();
    let token = token(&invited.link);
    let device = Device::default();
    let (one, two) = (acceptance(&token, "one"), acceptance(&token, "two"));
    let (one, two) = tokio::join!(staff::accept(&ctx, &one, &device), staff::accept(&ctx, &two, &device));
    assert_eq!([one.is_ok(), two.is_ok()].into_iter().filter(|ok| *ok).count(), 1);
    assert_eq!([one, two].into_iter().find_map(Result::err).unwrap().code(), Code::InvitationEnded);
}

/// The link by which an administrator came is no invitation of theirs: the first day still asks for staff.
#[tokio::test]
async fn a_used_link_is_nobody_who_is_awaited() {
    let ctx = TestCtx::new().await;
    companies::create(&ctx, "Новая", None, Lang::Ru).await.unwrap();
    hire(&ctx, None, Role::SuperAdmin, "root", None).await;
    let root = staff_actor(&ctx, "root").await;
    let staffed = async || settings::guide(&ctx, &root).await.unwrap().staff;
    assert!(!staffed().await);
    let invited = staff::invite(&ctx, &root, &invitation(Role::Admin)).await.unwrap();
    assert!(staffed().await, "somebody is awaited");
    staff::accept(&ctx, &acceptance(&token(&invited.link), "first.admin"), &Device::default()).await.unwrap();
    assert!(!staffed().await, "the administrator is alone");
    staff::invite(&ctx, &root, &invitation(Role::Staff)).await.unwrap();
    assert!(staffed().await);
}

#[tokio::test]
async fn nobody_gives_what_is_not_theirs() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, root) = (world.a.admin().await, world.super_admin().await);
    for wrong_role in [Role::SuperAdmin, Role::Resident] {
        assert_eq!(code(staff::invite(&ctx, &admin, &invitation(wrong_role)).await), Code::Forbidden);
        assert_eq!(code(staff::invite(&ctx, &root, &invitation(wrong_role)).await), Code::Forbidden);
        assert_eq!(code(update(&ctx, &admin, world.a.plumber_id, role(wrong_role)).await), Code::Forbidden);
    }
    for actor in [world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(staff::invite(&ctx, &actor, &invitation(Role::Staff)).await), Code::Forbidden);
        assert_eq!(code(staff::invitations(&ctx, &actor).await), Code::Forbidden);
        assert_eq!(code(staff::block(&ctx, &actor, world.a.electrician_id).await), Code::Forbidden);
        let fire = staff::dismiss(&ctx, &actor, world.a.electrician_id, &DismissStaff::default()).await;
        assert_eq!(code(fire), Code::Forbidden);
        let raise = staff::update(&ctx, &actor, world.a.plumber_id, 1, &role(Role::Admin)).await;
        assert_eq!(code(raise), Code::Forbidden);
    }
    let foreign = InviteStaff { building_ids: vec![world.b.house.id], ..invitation(Role::Staff) };
    assert_eq!(field(staff::invite(&ctx, &admin, &foreign).await), wrong("/building_ids", "unknown"));
    let foreign = UpdateStaff { building_ids: Some(vec![world.b.house.id]), ..Default::default() };
    assert_eq!(field(update(&ctx, &admin, world.a.plumber_id, foreign).await), wrong("/building_ids", "unknown"));
    let level = InviteStaff { visibility: Some(Visibility::Assigned), ..invitation(Role::Dispatcher) };
    assert_eq!(field(staff::invite(&ctx, &admin, &level).await), wrong("/visibility", "out_of_range"));
    // Strangers, residents and the owner of the system are nobody's staff here.
    let nobodies =
        [world.b.plumber_id, world.a.resident.user, root.user_id().unwrap(), UserId(platform::ids::new_id())];
    for id in nobodies {
        assert_eq!(code(staff::get(&ctx, &admin, id).await), Code::NotFound);
        assert_eq!(code(staff::update(&ctx, &admin, id, 1, &role(Role::Staff)).await), Code::NotFound);
        assert_eq!(code(staff::block(&ctx, &admin, id).await), Code::NotFound);
        assert_eq!(code(staff::dismiss(&ctx, &admin, id, &DismissStaff::default()).await), Code::NotFound);
        assert_eq!(code(staff::open_work(&ctx, &admin, id).await), Code::NotFound);
    }
}

#[tokio::test]
async fn one_admin_always_stays_and_nobody_raises_or_locks_themselves() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, root) = (world.a.admin().await, world.super_admin().await);
    let me = admin.user_id().unwrap();
    assert_eq!(code(update(&ctx, &admin, me, role(Role::Dispatcher)).await), Code::OwnAccess);
    assert_eq!(code(staff::block(&ctx, &admin, me).await), Code::OwnAccess);
    assert_eq!(code(staff::dismiss(&ctx, &admin, me, &DismissStaff::default()).await), Code::OwnAccess);
    let zone = UpdateStaff { building_ids: Some(vec![world.a.house.id]), ..Default::default() };
    assert_eq!(code(update(&ctx, &admin, me, zone).await), Code::OwnAccess);
    let name = UpdateStaff { name: Some("Другое Имя".to_owned()), ..Default::default() };
    assert_eq!(update(&ctx, &admin, me, name).await.unwrap().name, "Другое Имя");

    assert_eq!(code(staff::block(&ctx, &root, me).await), Code::LastAdmin);
    assert_eq!(code(staff::dismiss(&ctx, &root, me, &DismissStaff::default()).await), Code::LastAdmin);
    assert_eq!(code(update(&ctx, &root, me, role(Role::Staff)).await), Code::LastAdmin);
    let second = hire(&ctx, Some(world.a.id), Role::Admin, "second-a", None).await;
    let other = staff_actor(&ctx, "second-a").await;
    // Two admins who block each other at once: one of them stays.
    let (one, two) = tokio::join!(staff::block(&ctx, &admin, second), staff::block(&ctx, &other, me));
    let failed: Vec<Code> = [one, two].into_iter().filter_map(Result::err).map(|e| e.code()).collect();
    assert_eq!(failed, [Code::LastAdmin]);
}

#[tokio::test]
async fn edits_are_versioned_and_audited_without_telling_numbers() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let command = UpdateStaff {
        phone: Some(model::Phone::parse("90 765-43-21")),
        email: Some(Some("rustam@mail.uz".to_owned())),
        skills: Some(vec![Skill::Plumber, Skill::Heating]),
        ..Default::default()
    };
    let card = update(&ctx, &admin, world.a.plumber_id, command.clone()).await.unwrap();
    assert_eq!((card.version, card.phone.clone().unwrap().as_str()), (2, "+998907654321"));
    assert_eq!(code(staff::update(&ctx, &admin, world.a.plumber_id, 1, &command).await), Code::Conflict);
    assert_eq!(update(&ctx, &admin, world.a.plumber_id, command).await.unwrap().version, 2, "nothing has changed");
    let emptied = UpdateStaff { phone: Some(None), ..Default::default() };
    assert_eq!(update(&ctx, &admin, world.a.plumber_id, emptied).await.unwrap().phone, None);
    let history =
        domain::audit::of_object(&ctx, &admin, model::audit::ObjectType::User, world.a.plumber_id.0).await.unwrap();
    let first = history.iter().rfind(|row| row.action == "user.update").unwrap();
    let field = |name: &str| first.changes.iter().find(|c| c.field == name).unwrap().new.clone().unwrap();
    assert_eq!(field("phone"), "+998 90 •••-••-21");
    assert_eq!(field("email"), "r•••@mail.uz");
    assert_eq!(field("skills"), "heating, plumber");
    // A dispatcher reads the card, but neither login nor mail.
    let seen = staff::get(&ctx, &world.a.dispatcher().await, world.a.plumber_id).await.unwrap();
    assert_eq!((seen.login, seen.email, seen.may_edit), (None, None, false));
}

#[tokio::test]
async fn a_block_works_at_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let login = StaffLogin { login: "plumber-a".to_owned(), password: PASSWORD.to_owned(), totp: None };
    let grant = auth::login(&ctx, &login, &Device::default()).await.unwrap();
    let mut live = ctx.events.subscribe(&admin.scope(P::StaffRead).unwrap());
    staff::block(&ctx, &admin, world.a.plumber_id).await.unwrap();
    let authenticated = auth::authenticate(&ctx, &grant.tokens.access_token, Door::Web).await;
    assert_eq!(code(authenticated), Code::Unauthenticated);
    assert_eq!(code(auth::refresh(&ctx, &grant.tokens.refresh_token).await), Code::Unauthenticated);
    assert_eq!(code(auth::login(&ctx, &login, &Device::default()).await), Code::WrongCredentials);
    loop {
        match live.next().await {
            domain::events::Heard::Access(user) => {
                assert_eq!(user, world.a.plumber_id);
                break;
            }
            domain::events::Heard::Closed => panic!("nobody was told"),
            _ => {}
        }
    }
    let names = async |all| {
        let rows = staff::list(&ctx, &admin, &StaffFilter { all, ..Default::default() }).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert!(!names(false).await.contains(&world.a.plumber_id) && names(true).await.contains(&world.a.plumber_id));
    staff::unblock(&ctx, &admin, world.a.plumber_id).await.unwrap();
    auth::login(&ctx, &login, &Device::default()).await.unwrap();
    assert_eq!(
        code(auth::authenticate(&ctx, &grant.tokens.access_token, Door::Web).await),
        Code::Unauthenticated,
        "old devices stay out"
    );
}

#[tokio::test]
async fn a_dismissal_hands_everything_over_or_nothing() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk, plumber) = (world.a.admin().await, world.a.dispatcher().await, world.a.plumber().await);
    let (from, to) = (world.a.plumber_id, world.a.electrician_id);
    let mut ids = Vec::new();
    for steps in [&[][..], &[Action::Start], &[Action::Defer], &[Action::Start, Action::Complete]] {
        let id = filed(&ctx, &world).await;
        assign(&ctx, &desk, id, from).await.unwrap();
        for action in steps {
            step(&ctx, &plumber, id, *action).await.unwrap();
        }
        ids.push(id);
    }
    let [given, begun, paused, done] = ids[..] else { panic!() };
    assert_eq!(staff::open_work(&ctx, &admin, from).await.unwrap().len(), 3);

    let plan = |to, except: Vec<HandOver>| DismissStaff { to, except };
    for (bad, pointer) in [
        (plan(Some(from), vec![]), "/to"),
        (plan(Some(world.b.plumber_id), vec![]), "/to"),
        (plan(Some(world.a.resident.user), vec![]), "/to"),
        (plan(None, vec![HandOver { request_id: given, to: Some(world.b.plumber_id) }]), "/except/0/to"),
        (plan(None, vec![HandOver { request_id: done, to: Some(to) }]), "/except/0/request_id"),
    ] {
        assert_eq!(field(staff::dismiss(&ctx, &admin, from, &bad).await), wrong(pointer, "unknown"));
    }
    assert!(staff::get(&ctx, &admin, from).await.unwrap().dismissed_at.is_none(), "all of it or nothing");

    let command = plan(Some(to), vec![HandOver { request_id: begun, to: None }]);
    let card = staff::dismiss(&ctx, &admin, from, &command).await.unwrap();
    assert!(card.dismissed_at.is_some() && card.blocked_at.is_some() && card.buildings.is_empty() && card.load == 0);
    let state = async |id| {
        let card = requests::get(&ctx, &admin, id).await.unwrap();
        (card.status, card.assignee.map(|p| UserId(p.id)), card.history)
    };
    let (status, assignee, history) = state(given).await;
    assert_eq!((status, assignee), (Status::Assigned, Some(to)));
    let moved = history.last().unwrap();
    assert_eq!(
        (moved.change, moved.old.as_deref(), moved.new.as_deref()),
        (Change::Assignee, Some("plumber-a"), Some("electrician-a"))
    );
    let (status, assignee, _) = state(begun).await;
    assert_eq!((status, assignee), (Status::New, None));
    let (status, assignee, _) = state(paused).await;
    assert_eq!((status, assignee), (Status::Deferred, Some(to)));
    let (status, assignee, _) = state(done).await;
    assert_eq!((status, assignee), (Status::Done, Some(from)), "what was done stays theirs");
    assert_eq!(code(requests::get(&ctx, &staff_actor(&ctx, "electrician-a").await, begun).await), Code::NotFound);
    let back = staff::unblock(&ctx, &admin, from).await.unwrap();
    assert!(back.dismissed_at.is_none() && back.buildings.is_empty(), "the zone is given anew");
}
