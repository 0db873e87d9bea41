//! Who sees what: own, assigned, in the zone, the whole company, and never another company.

use crate::support::{assign, code, field, filed, step, wrong};
use domain::{Actor, Ctx, people, property, requests};
use model::{
    Code, RequestId,
    people::ContactFilter,
    requests::{Action, AddComment, Moment, RateRequest, RequestFilter, UpdateRequest},
};
use testkit::{TestCtx, World};

/// The answers of every use case about one request.
async fn answers(ctx: &Ctx, actor: &Actor, id: RequestId, world: &World) -> Vec<(&'static str, Option<Code>)> {
    let err = |result: domain::Result<_>| result.err().map(|e: domain::Error| e.code());
    let comment = |internal| AddComment { body: "?".to_owned(), internal, ..Default::default() };
    vec![
        ("get", err(requests::get(ctx, actor, id).await)),
        ("comment", err(requests::comment(ctx, actor, id, &comment(false)).await)),
        ("internal", err(requests::comment(ctx, actor, id, &comment(true)).await)),
        ("files", err(requests::add_files(ctx, actor, id, &[model::FileId(id.0)], Moment::Before).await)),
        ("update", err(requests::update(ctx, actor, id, 0, &UpdateRequest::default()).await)),
        ("assign", err(assign(ctx, actor, id, world.a.plumber_id).await)),
        ("start", err(step(ctx, actor, id, Action::Start).await)),
        ("complete", err(requests::complete(ctx, actor, id, &Default::default()).await)),
        (
            "rate",
            err(requests::rate(ctx, actor, id, &RateRequest { stars: 1, reasons: Vec::new(), comment: None }).await),
        ),
    ]
}

async fn listed(ctx: &Ctx, actor: &Actor) -> usize {
    requests::list(ctx, actor, &RequestFilter::default()).await.unwrap().items.len()
}

#[tokio::test]
async fn strangers_meet_the_same_silence() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let id = filed(&ctx, &world).await;
    let missing = RequestId(platform::ids::new_id());
    for actor in [
        world.b.admin().await,
        world.b.dispatcher().await,
        world.b.plumber().await,
        world.b.resident().await,
        world.a.neighbour().await,
        world.a.electrician().await,
    ] {
        let here = answers(&ctx, &actor, id, &world).await;
        assert_eq!(
            here,
            answers(&ctx, &actor, missing, &world).await,
            "{} can tell foreign from missing",
            actor.name()
        );
        for (call, answer) in here {
            let answer = answer.unwrap_or_else(|| panic!("{} may {call}", actor.name()));
            assert!(matches!(answer, Code::NotFound | Code::Forbidden), "{} {call}: {answer}", actor.name());
        }
        assert_eq!(listed(&ctx, &actor).await, 0, "{}", actor.name());
        assert_eq!(requests::counts(&ctx, &actor).await.unwrap().new, 0, "{}", actor.name());
    }
    let untouched = requests::get(&ctx, &world.a.admin().await, id).await.unwrap();
    assert!(untouched.comments.is_empty() && untouched.version == 1);
}

#[tokio::test]
async fn the_desk_and_the_author_see_it() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let id = filed(&ctx, &world).await;
    for actor in [
        world.super_admin().await,
        world.a.admin().await,
        world.a.dispatcher().await,
        world.a.resident().await,
        world.a.plumber().await,
    ] {
        assert!(requests::get(&ctx, &actor, id).await.is_ok(), "{}", actor.name());
        assert_eq!(listed(&ctx, &actor).await, 1, "{}", actor.name());
    }
}

#[tokio::test]
async fn a_zone_lets_look_and_an_assignment_lets_act() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (desk, plumber, electrician) =
        (world.a.dispatcher().await, world.a.plumber().await, world.a.electrician().await);
    let id = filed(&ctx, &world).await;
    let card = requests::get(&ctx, &plumber, id).await.unwrap();
    assert!(card.actions.is_empty() && !card.may_edit);
    assert_eq!(code(step(&ctx, &plumber, id, Action::Start).await), Code::NotFound, "in the zone, but not theirs");
    assert_eq!(code(requests::get(&ctx, &electrician, id).await), Code::NotFound);

    assign(&ctx, &desk, id, world.a.electrician_id).await.unwrap();
    assert_eq!(requests::get(&ctx, &electrician, id).await.unwrap().actions, [Action::Start, Action::Defer]);
    step(&ctx, &electrician, id, Action::Start).await.unwrap();
    assert_eq!(requests::counts(&ctx, &electrician).await.unwrap().mine, 1);

    assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    assert_eq!(code(requests::get(&ctx, &electrician, id).await), Code::NotFound, "it was taken away");
}

#[tokio::test]
async fn residents_file_only_for_their_homes() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let resident = world.a.resident().await;
    let create = async |unit| field(requests::create(&ctx, &resident, &testkit::draft(unit), None).await);
    for unit in [world.a.neighbour.unit, world.a.house.units[2], world.a.far_house.units[0], world.b.resident.unit] {
        assert_eq!(create(unit).await, wrong("/unit_id", "unknown"));
    }
    let building = |id| model::requests::CreateRequest { unit_id: None, building_id: Some(id), ..world.a.draft() };
    requests::create(&ctx, &resident, &building(world.a.house.id), None).await.unwrap();
    let far = requests::create(&ctx, &resident, &building(world.a.far_house.id), None).await;
    assert_eq!(field(far), wrong("/building_id", "unknown"));
    // A resident speaks for themselves, whatever they claim.
    let posing = model::requests::CreateRequest {
        contact_id: Some(world.a.neighbour.contact),
        contact_name: Some("Сосед".to_owned()),
        ..world.a.draft()
    };
    let card = requests::create(&ctx, &resident, &posing, None).await.unwrap();
    assert_eq!(card.contact_id, Some(world.a.resident.contact));
    assert_eq!(card.contact_name.as_deref(), Some("Азиз Каримов"));
}

#[tokio::test]
async fn who_moved_out_loses_the_home() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let resident = world.a.resident().await;
    assert_eq!(property::homes(&ctx, &resident).await.unwrap().len(), 1);
    let mut admin = ctx.database.superuser().await;
    sqlx::query("update residencies set until_on = '2026-11-22' where contact_id = $1")
        .bind(world.a.resident.contact.0)
        .execute(&mut admin)
        .await
        .unwrap();
    assert!(property::homes(&ctx, &resident).await.unwrap().is_empty());
    let filed = requests::create(&ctx, &resident, &world.a.draft(), None).await;
    assert_eq!(field(filed), wrong("/unit_id", "unknown"));
}

#[tokio::test]
async fn registers_are_for_those_who_need_them() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    for (actor, sees_people) in [
        (world.super_admin().await, true),
        (world.a.admin().await, true),
        (world.a.dispatcher().await, true),
        (world.a.plumber().await, false),
        (world.a.resident().await, false),
    ] {
        let contacts = people::contacts(&ctx, &actor, &ContactFilter::default()).await;
        let card = people::contact(&ctx, &actor, world.a.caller).await;
        let staff = domain::staff::list(&ctx, &actor, &model::staff::StaffFilter::default()).await;
        if sees_people {
            assert_eq!(contacts.unwrap().items.len(), 3, "the other company's are not among them");
            assert_eq!(card.unwrap().name, "Пётр Петров");
            assert_eq!(staff.unwrap().len(), 4);
        } else {
            assert_eq!((code(contacts), code(card), code(staff)), (Code::Forbidden, Code::Forbidden, Code::Forbidden));
        }
        let foreign = people::contact(&ctx, &actor, world.b.caller).await;
        assert_eq!(code(foreign), if sees_people { Code::NotFound } else { Code::Forbidden });
        let house = property::building(&ctx, &actor, world.b.house.id).await;
        let resident = actor.role() == model::Role::Resident;
        assert_eq!(code(house), if resident { Code::Forbidden } else { Code::NotFound });
    }
    let desk = world.a.dispatcher().await;
    assert_eq!(property::find_places(&ctx, &desk, "навои 2").await.unwrap()[0].unit_id, Some(world.a.house.units[1]));
    let by_phone =
        people::contacts(&ctx, &desk, &ContactFilter { text: Some("90 100-00-02".to_owned()), ..Default::default() })
            .await;
    assert_eq!(by_phone.unwrap().items[0].id, world.a.neighbour.contact);
}
