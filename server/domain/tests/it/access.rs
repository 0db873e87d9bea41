//! How residents get in and leave.

use crate::support::{code, field, wrong};
use chrono::TimeDelta;
use domain::{
    Actor, Door,
    access::{self, Entered, Taker},
    auth::{self, Device},
    property, requests,
};
use model::{
    Code, Lang, Phone, UnitId,
    access::{
        AcceptResidentInvite, ApplicationFilter, ApplicationRow, ApplicationState, ApplyHome, ApproveApplication,
        AttachHome, EndResidency, InviteResident, Likeness, RejectApplication, ResidentInviteFilter, ResidentInvited,
        SaveAccessRules,
    },
    auth::ResidentLogin,
    people::Relation,
    property::OpenAccount,
    requests::RequestFilter,
};
use testkit::{TestCtx, World, draft, last_code, last_message, move_in, resident_actor};

const STRANGER: &str = "+998935550001";

fn phone(text: &str) -> Phone {
    Phone::parse(text).unwrap()
}

/// Proves a phone that has no login.
pub(super) async fn proven(ctx: &TestCtx, number: &str) -> String {
    access::request_code(ctx, &phone(number), Lang::Ru, &Device::default()).await.unwrap();
    let command = ResidentLogin { phone: phone(number), code: last_code(ctx, &phone(number)).await };
    match access::verify(ctx, &command, &Device::default()).await.unwrap() {
        Entered::Proven(token) => token,
        Entered::SignedIn(_) => panic!("{number} has a login"),
    }
}

fn wish(house: &str, flat: &str) -> ApplyHome {
    ApplyHome {
        name: "Нигора Саидова".to_owned(),
        house: house.to_owned(),
        building_id: None,
        flat: flat.to_owned(),
        relation: Relation::Owner,
        note: None,
    }
}

async fn apply(ctx: &TestCtx, token: &str, house: &str, flat: &str) -> domain::Result<model::ApplicationId> {
    access::apply(ctx, token, Lang::Ru, &wish(house, flat), &Device::default()).await
}

async fn queue(ctx: &TestCtx, desk: &Actor) -> Vec<ApplicationRow> {
    access::applications(ctx, desk, &ApplicationFilter::default()).await.unwrap().items
}

async fn actor(ctx: &TestCtx, grant: &auth::Grant) -> Actor {
    auth::authenticate(ctx, &grant.tokens.access_token, Door::Web).await.unwrap()
}

#[tokio::test]
async fn a_stranger_applies_and_sees_nothing_until_somebody_lets_them_in() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let token = proven(&ctx, STRANGER).await;
    assert!(access::state(&ctx, &token).await.unwrap().applications.is_empty());
    // Both companies have such a house.
    assert_eq!(field(apply(&ctx, &token, "Navoiy 12", "3").await), wrong("/house", "several"));
    assert_eq!(field(apply(&ctx, &token, "Навои 99", "3").await), wrong("/house", "unknown"));
    assert_eq!(field(apply(&ctx, &token, "12", "3").await), wrong("/house", "unknown"), "a number alone is no house");
    let houses = access::houses(&ctx, &token, "ул. Навоий, дом 12").await.unwrap();
    assert_eq!(houses.len(), 2);
    assert!(houses.iter().any(|h| h.id == world.a.house.id && h.company == "Company a"));
    let chosen = ApplyHome { building_id: Some(world.a.house.id), ..wish("", " 3 ") };
    let id = access::apply(&ctx, &token, Lang::Uz, &chosen, &Device::default()).await.unwrap();
    let again = access::apply(&ctx, &token, Lang::Uz, &chosen, &Device::default()).await.unwrap();
    assert_eq!(id, again, "asking twice is asking once");
    let state = access::state(&ctx, &token).await.unwrap();
    assert_eq!((state.applications.len(), state.has_access), (1, false));
    assert_eq!(state.applications[0].state, ApplicationState::Waiting);
    // The proof is no login, and there is none by the phone.
    assert_eq!(code(access::enter(&ctx, &token, &Device::default()).await), Code::Forbidden);
    assert!(auth::authenticate(&ctx, &token, Door::Web).await.is_err());
    // The other company hears nothing of it; a dispatcher may not decide.
    assert!(queue(&ctx, &world.b.admin().await).await.is_empty());
    let dispatcher = world.a.dispatcher().await;
    let none = ApproveApplication::default();
    assert_eq!(code(access::approve(&ctx, &dispatcher, id, &none).await), Code::Forbidden);
    assert_eq!(code(access::approve(&ctx, &world.b.admin().await, id, &none).await), Code::NotFound);
    let waiting = queue(&ctx, &admin).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!((waiting[0].unit_id, waiting[0].alike.len()), (Some(world.a.house.units[2]), 0));
    assert_eq!(access::waiting(&ctx, &admin).await.unwrap(), 1);
    access::approve(&ctx, &admin, id, &none).await.unwrap();
    assert_eq!(code(access::approve(&ctx, &admin, id, &none).await), Code::ApplicationDecided);
    assert!(last_message(&ctx, "application_approved", STRANGER).await.is_some());
    let state = access::state(&ctx, &token).await.unwrap();
    assert!(state.has_access && state.applications[0].state == ApplicationState::Approved);
    let resident = actor(&ctx, &access::enter(&ctx, &token, &Device::default()).await.unwrap()).await;
    let homes = property::homes(&ctx, &resident).await.unwrap();
    assert_eq!(homes.iter().map(|h| h.unit_id).collect::<Vec<_>>(), [world.a.house.units[2]]);
    assert_eq!(code(access::enter(&ctx, &token, &Device::default()).await), Code::Unauthenticated, "used up");
}

#[tokio::test]
async fn the_desk_is_told_who_it_may_be_and_the_login_moves() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let old = world.a.resident().await;
    let token = proven(&ctx, STRANGER).await;
    let name = "Karimov Aziz".to_owned();
    let command = ApplyHome { name, building_id: Some(world.a.house.id), ..wish("", "1") };
    let id = access::apply(&ctx, &token, Lang::Ru, &command, &Device::default()).await.unwrap();
    let alike = queue(&ctx, &admin).await[0].alike.clone();
    assert_eq!(alike.len(), 1);
    assert_eq!((alike[0].contact_id, alike[0].has_login), (world.a.resident.contact, true));
    assert_eq!(alike[0].why, [Likeness::Home, Likeness::Name]);
    let foreign = ApproveApplication { contact_id: Some(world.b.resident.contact), ..Default::default() };
    assert_eq!(field(access::approve(&ctx, &admin, id, &foreign).await), wrong("/contact_id", "unknown"));
    let known = ApproveApplication { contact_id: Some(world.a.resident.contact), ..Default::default() };
    access::approve(&ctx, &admin, id, &known).await.unwrap();
    assert!(!auth::is_alive(&ctx, &old).await.unwrap(), "the old number's devices are signed out");
    let now = actor(&ctx, &access::enter(&ctx, &token, &Device::default()).await.unwrap()).await;
    assert_eq!(now.contact_id(), Some(world.a.resident.contact));
    assert_eq!(property::homes(&ctx, &now).await.unwrap().len(), 1, "they lived there already");
}

#[tokio::test]
async fn a_phone_that_is_somebodys_login_opens_nothing_else() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let token = proven(&ctx, STRANGER).await;
    let id = apply(&ctx, &token, "Юнусабад 4, дом 7", "1").await;
    assert_eq!(field(id), wrong("/house", "several"), "both companies have it");
    let command = ApplyHome { building_id: Some(world.a.far_house.id), ..wish("", "404") };
    let id = access::apply(&ctx, &token, Lang::Ru, &command, &Device::default()).await.unwrap();
    // Nobody knows the flat: the desk has to say which it is.
    let none = ApproveApplication::default();
    assert_eq!(field(access::approve(&ctx, &admin, id, &none).await), wrong("/flat", "required"));
    let odd = ApproveApplication { flat: Some("405".to_owned()), ..Default::default() };
    assert_eq!(field(access::approve(&ctx, &admin, id, &odd).await), wrong("/flat", "unknown"));
    // Meanwhile the phone became somebody else's login.
    move_in(&ctx, world.a.id, "Other", STRANGER, world.a.house.units[2]).await;
    let there = ApproveApplication { flat: Some("1".to_owned()), ..Default::default() };
    assert_eq!(code(access::approve(&ctx, &admin, id, &there).await), Code::PhoneInUse);
    let reject = RejectApplication { reason: "Не живёт здесь".to_owned() };
    access::reject(&ctx, &admin, id, &reject).await.unwrap();
    let own = &access::state(&ctx, &token).await.unwrap().applications[0];
    assert_eq!((own.state, own.reason.as_deref()), (ApplicationState::Rejected, Some("Не живёт здесь")));
}

#[tokio::test]
async fn applications_and_codes_have_limits() {
    let ctx = TestCtx::with(&[("UK_LIMITS__AUTH_PER_MINUTE", "1000")]).await;
    let world = World::new(&ctx).await;
    let token = proven(&ctx, STRANGER).await;
    let to = |flat: &str| ApplyHome { building_id: Some(world.a.house.id), ..wish("", flat) };
    for flat in ["1", "2", "3"] {
        access::apply(&ctx, &token, Lang::Ru, &to(flat), &Device::default()).await.unwrap();
    }
    assert_eq!(code(access::apply(&ctx, &token, Lang::Ru, &to("4"), &Device::default()).await), Code::TooManyRequests);
    // Taking one back makes room for one more, until the day is full.
    for (n, flat) in ["4", "5"].iter().enumerate() {
        let waiting = access::state(&ctx, &token).await.unwrap().applications;
        let first = waiting.iter().find(|a| a.state == ApplicationState::Waiting).unwrap().id;
        access::cancel(&ctx, &token, first, &Device::default()).await.unwrap();
        assert_eq!(
            code(access::cancel(&ctx, &token, first, &Device::default()).await),
            Code::ApplicationDecided,
            "{n}"
        );
        access::apply(&ctx, &token, Lang::Ru, &to(flat), &Device::default()).await.unwrap();
    }
    let waiting = access::state(&ctx, &token).await.unwrap().applications;
    access::cancel(&ctx, &token, waiting[0].id, &Device::default()).await.unwrap();
    assert_eq!(code(access::apply(&ctx, &token, Lang::Ru, &to("6"), &Device::default()).await), Code::TooManyRequests);
    // Codes to a stranger: ten a day.
    let other = phone("+998935550009");
    for _ in 0..10 {
        access::request_code(&ctx, &other, Lang::Ru, &Device::default()).await.unwrap();
        ctx.clock.advance(TimeDelta::minutes(1));
    }
    assert_eq!(code(access::request_code(&ctx, &other, Lang::Ru, &Device::default()).await), Code::TooManyRequests);
    // A company may close the door.
    let closed = SaveAccessRules { accept_applications: false, attach_at_once: true };
    let admin = world.a.admin().await;
    assert_eq!(code(access::save_rules(&ctx, &admin, 2, &closed).await), Code::Conflict);
    assert_eq!(access::save_rules(&ctx, &admin, 1, &closed).await.unwrap().version, 2);
    ctx.clock.advance(TimeDelta::days(2));
    let refused = access::apply(&ctx, &token, Lang::Ru, &to("1"), &Device::default()).await;
    assert_eq!(code(refused), Code::ApplicationsClosed);
    assert_eq!(access::houses(&ctx, &token, "Навои 12").await.unwrap().len(), 1, "only the other company's");
}

fn into(unit: UnitId, relation: Relation) -> InviteResident {
    InviteResident { unit_id: Some(unit), relation: Some(relation), ..Default::default() }
}

fn token_of(invited: &ResidentInvited) -> String {
    invited.link.rsplit('/').next().unwrap().to_owned()
}

pub(super) fn taking(token: &str, name: &str) -> AcceptResidentInvite {
    AcceptResidentInvite { token: token.to_owned(), name: Some(name.to_owned()) }
}

#[tokio::test]
async fn an_invitation_lets_one_person_in_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let unit = world.a.house.units[2];
    let dispatcher = world.a.dispatcher().await;
    assert_eq!(code(access::invite(&ctx, &dispatcher, &into(unit, Relation::Tenant)).await), Code::Forbidden);
    let foreign = into(world.b.house.units[0], Relation::Tenant);
    assert_eq!(field(access::invite(&ctx, &admin, &foreign).await), wrong("/unit_id", "unknown"));
    let nobody = InviteResident { contact_id: Some(world.b.caller), ..Default::default() };
    assert_eq!(field(access::invite(&ctx, &admin, &nobody).await), wrong("/contact_id", "unknown"));
    let homeless = InviteResident { contact_id: Some(world.a.caller), ..Default::default() };
    assert_eq!(field(access::invite(&ctx, &admin, &homeless).await), wrong("/contact_id", "no_home"));
    let invited = access::invite(&ctx, &admin, &into(unit, Relation::Tenant)).await.unwrap();
    assert!(invited.qr.contains("<svg") && !invited.qr.contains(&token_of(&invited)));
    let view = access::invitation(&ctx, &invited.code.to_lowercase()).await.unwrap();
    assert_eq!((view.address.as_deref(), view.known), (Some("Навои 12, №3"), false));
    let filter = ResidentInviteFilter::default();
    assert_eq!(access::invitations(&ctx, &admin, &filter).await.unwrap().len(), 1);
    assert!(access::invitations(&ctx, &world.b.admin().await, &filter).await.unwrap().is_empty());
    let proof = proven(&ctx, STRANGER).await;
    let device = Device::default();
    let accept = async |token: &str, name: &str| {
        access::accept(&ctx, Taker::Proof(&proof), Lang::Uz, &taking(token, name), &device).await
    };
    assert_eq!(field(accept(&invited.code, " ").await), wrong("/name", "required"));
    let tenant = actor(&ctx, &accept(&invited.code, "Ольга Ким").await.unwrap()).await;
    assert_eq!(tenant.name(), "Ольга Ким");
    assert_eq!(property::homes(&ctx, &tenant).await.unwrap()[0].unit_id, unit);
    for used in [invited.code.clone(), token_of(&invited)] {
        assert_eq!(code(access::invitation(&ctx, &used).await), Code::InvitationEnded);
        let again = access::accept(&ctx, Taker::Resident(&tenant), Lang::Ru, &taking(&used, "X"), &device).await;
        assert_eq!(code(again), Code::InvitationEnded);
    }
    // Taken back, and too old.
    let two = access::invite(&ctx, &admin, &into(unit, Relation::Tenant)).await.unwrap();
    assert_eq!(code(access::revoke_invite(&ctx, &world.b.admin().await, two.id).await), Code::NotFound);
    access::revoke_invite(&ctx, &admin, two.id).await.unwrap();
    assert_eq!(code(access::invitation(&ctx, &two.code).await), Code::InvitationEnded);
    let three = access::invite(&ctx, &admin, &into(unit, Relation::Tenant)).await.unwrap();
    ctx.clock.advance(TimeDelta::days(15));
    assert_eq!(code(access::invitation(&ctx, &three.code).await), Code::InvitationEnded);
}

#[tokio::test]
async fn an_owner_invites_who_lives_with_them_and_nobody_else() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let owner = world.a.resident().await;
    let home = world.a.house.units[0];
    let invite = async |command: InviteResident| access::invite(&ctx, &owner, &command).await;
    assert_eq!(field(invite(into(home, Relation::Owner)).await), wrong("/relation", "out_of_range"));
    assert_eq!(field(invite(into(world.a.house.units[1], Relation::Tenant)).await), wrong("/unit_id", "unknown"));
    let contact = InviteResident { contact_id: Some(world.a.neighbour.contact), ..into(home, Relation::Tenant) };
    assert_eq!(code(invite(contact).await), Code::Forbidden);
    let invited = invite(into(home, Relation::Relative)).await.unwrap();
    assert_eq!(access::my_homes(&ctx, &owner).await.unwrap().invitations.len(), 1);
    let neighbour = world.a.neighbour().await;
    assert_eq!(code(access::revoke_invite(&ctx, &neighbour, invited.id).await), Code::NotFound);
    // Somebody who lives here already takes it up as they are: one more home, no other login.
    let device = Device::default();
    access::accept(&ctx, Taker::Resident(&neighbour), Lang::Ru, &taking(&invited.code, ""), &device).await.unwrap();
    let homes = access::my_homes(&ctx, &neighbour).await.unwrap().homes;
    assert_eq!(homes.len(), 2);
    let here = homes.iter().find(|h| h.unit_id == home).unwrap();
    assert_eq!((here.relation, here.may_invite), (Relation::Relative, false));
    // Whoever leaves takes their invitations along.
    let last = invite(into(home, Relation::Tenant)).await.unwrap();
    access::leave(&ctx, &owner, home).await.unwrap();
    assert_eq!(code(access::invitation(&ctx, &last.code).await), Code::InvitationEnded);
}

/// The far flat's account, and an owner of it.
async fn with_account(ctx: &TestCtx, world: &World) {
    let admin = world.a.admin().await;
    let command = OpenAccount { number: Some("00-777".to_owned()), ..OpenAccount::default() };
    property::open_account(ctx, &admin, world.a.far_house.units[0], &command).await.unwrap();
    move_in(ctx, world.a.id, "Юлдашев Рустам Ахмедович", "+998901110001", world.a.far_house.units[0]).await;
}

fn named(account: &str, last_name: &str) -> AttachHome {
    AttachHome { account: account.to_owned(), last_name: last_name.to_owned(), relation: Relation::Tenant, ask: false }
}

#[tokio::test]
async fn a_home_is_attached_by_account_and_name_and_guesses_are_counted() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    with_account(&ctx, &world).await;
    let resident = world.a.resident().await;
    let attach = async |who: &Actor, command: AttachHome| access::attach(&ctx, who, &command).await;
    assert_eq!(code(attach(&world.a.admin().await, named("00777", "Юлдашев")).await), Code::Forbidden);
    // Another company's resident with the right words finds nothing.
    assert_eq!(code(attach(&world.b.resident().await, named("00777", "Юлдашев")).await), Code::NoSuchAccount);
    assert_eq!(code(attach(&resident, named("00777", "Рустам")).await), Code::NoSuchAccount);
    assert_eq!(code(attach(&resident, named("00778", "Юлдашев")).await), Code::NoSuchAccount);
    assert!(attach(&resident, named(" 00 777 ", "yoʻldosheva")).await.unwrap().at_once, "any script, any sex");
    assert_eq!(access::my_homes(&ctx, &resident).await.unwrap().homes.len(), 2);
    // Five guesses a day.
    attach(&resident, named("1", "X")).await.unwrap_err();
    attach(&resident, named("2", "X")).await.unwrap_err();
    assert_eq!(code(attach(&resident, named("3", "X")).await), Code::TooManyRequests);
    ctx.clock.advance(TimeDelta::days(1) + TimeDelta::seconds(1));
    assert_eq!(code(attach(&resident, named("3", "X")).await), Code::NoSuchAccount);
}

#[tokio::test]
async fn what_does_not_fit_or_is_claimed_goes_to_the_desk() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    with_account(&ctx, &world).await;
    let (resident, admin) = (world.a.resident().await, world.a.admin().await);
    let asks = AttachHome { ask: true, ..named("00777", "Чужой") };
    assert!(!access::attach(&ctx, &resident, &asks).await.unwrap().at_once);
    // Right words, but ownership is claimed under a name the company does not know them by.
    let claims = AttachHome { relation: Relation::Owner, ..named("00777", "Юлдашев") };
    assert!(!access::attach(&ctx, &resident, &claims).await.unwrap().at_once);
    let waiting = queue(&ctx, &admin).await;
    assert_eq!(waiting.len(), 2);
    assert_eq!((waiting[0].account.as_deref(), waiting[0].unit_id), (Some("00777"), Some(world.a.far_house.units[0])));
    access::withdraw(&ctx, &resident, waiting[1].id).await.unwrap();
    let neighbour = world.a.neighbour().await;
    assert_eq!(code(access::withdraw(&ctx, &neighbour, waiting[0].id).await), Code::NotFound);
    access::approve(&ctx, &admin, waiting[0].id, &ApproveApplication::default()).await.unwrap();
    assert_eq!(access::my_homes(&ctx, &resident).await.unwrap().homes.len(), 2);
    // A company that wants to see for itself gets every wish, right or wrong, and says nothing about which.
    let slow = SaveAccessRules { accept_applications: true, attach_at_once: false };
    access::save_rules(&ctx, &admin, 1, &slow).await.unwrap();
    for last_name in ["Юлдашев", "Чужой"] {
        assert!(!access::attach(&ctx, &neighbour, &named("00777", last_name)).await.unwrap().at_once);
    }
}

#[tokio::test]
async fn leaving_a_home_closes_it_at_once() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    with_account(&ctx, &world).await;
    let (resident, admin) = (world.a.resident().await, world.a.admin().await);
    let own = requests::create(&ctx, &resident, &world.a.draft(), None).await.unwrap().id;
    access::attach(&ctx, &resident, &named("00777", "Юлдашев")).await.unwrap();
    let resident = resident_actor(&ctx, &world.a.resident.phone).await;
    let second = requests::create(&ctx, &resident, &draft(world.a.far_house.units[0]), None).await.unwrap().id;
    let command = EndResidency { contact_id: world.a.resident.contact, unit_id: world.a.far_house.units[0] };
    assert_eq!(code(access::end_residency(&ctx, &resident, &command).await), Code::Forbidden);
    assert_eq!(code(access::end_residency(&ctx, &world.b.admin().await, &command).await), Code::NotFound);
    access::end_residency(&ctx, &admin, &command).await.unwrap();
    assert_eq!(code(access::end_residency(&ctx, &admin, &command).await), Code::NotFound);
    ctx.clock.advance(TimeDelta::minutes(1));
    // Still signed in for the other home; what hung on this one is gone, also what they filed themselves.
    let resident = resident_actor(&ctx, &world.a.resident.phone).await;
    assert_eq!(code(requests::get(&ctx, &resident, second).await), Code::NotFound);
    let listed = requests::list(&ctx, &resident, &RequestFilter::default()).await.unwrap().items;
    assert_eq!(listed.iter().map(|r| r.id).collect::<Vec<_>>(), [own]);
    access::leave(&ctx, &resident, world.a.house.units[0]).await.unwrap();
    assert!(!auth::is_alive(&ctx, &resident).await.unwrap(), "the last home takes the login along");
    let command = ResidentLogin { phone: world.a.resident.phone.clone(), code: "111111".to_owned() };
    let back = auth::verify_code(&ctx, &command, &Device::default()).await;
    assert_eq!(code(back.map(|_| ())), Code::WrongCode);
}
