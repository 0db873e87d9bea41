//! The four levels of what a staff member sees, over every way to a request. Whatever a level does not show answers
//! as what nobody has.

use crate::support::{assign, code, field, wrong};
use domain::{Actor, events, files, requests, staff};
use model::{
    BuildingId, Code, Permission as P, RequestId, Role, UserId,
    events::Event,
    requests::{AddComment, Category, CreateRequest, Moment, RequestFilter, UpdateRequest},
    staff::{UpdateStaff, Visibility},
};
use std::collections::BTreeSet;
use testkit::{TestCtx, World, draft, hire, photo, staff_actor};

/// Requests that differ in house, trade and assignee.
struct Case {
    ctx: TestCtx,
    world: World,
    /// House of the zone, plumbing.
    near_pipe: RequestId,
    /// House of the zone, electricity.
    near_wire: RequestId,
    /// Another house, plumbing.
    far_pipe: RequestId,
    /// Another house, cleaning, but given to the plumber.
    given: RequestId,
}

impl Case {
    async fn new() -> Self {
        let ctx = TestCtx::new().await;
        let world = World::new(&ctx).await;
        let desk = world.a.admin().await;
        let file = async |house: &testkit::House, category| {
            let photo = files::upload(&ctx, &desk, photo()).await.unwrap().id;
            let command = CreateRequest { category, file_ids: vec![photo], ..draft(house.units[0]) };
            requests::create(&ctx, &desk, &command, None).await.unwrap().id
        };
        let near_pipe = file(&world.a.house, Category::Plumbing).await;
        let near_wire = file(&world.a.house, Category::Electrical).await;
        let far_pipe = file(&world.a.far_house, Category::Plumbing).await;
        let given = file(&world.a.far_house, Category::Cleaning).await;
        assign(&ctx, &desk, given, world.a.plumber_id).await.unwrap();
        while events::publish_batch(&ctx).await.unwrap() > 0 {}
        Self { near_pipe, near_wire, far_pipe, given, ctx, world }
    }

    fn all(&self) -> [RequestId; 4] {
        [self.near_pipe, self.near_wire, self.far_pipe, self.given]
    }

    async fn set(&self, who: UserId, command: UpdateStaff) {
        let admin = self.world.a.admin().await;
        let version = staff::get(&self.ctx, &admin, who).await.unwrap().version;
        staff::update(&self.ctx, &admin, who, version, &command).await.unwrap();
    }

    /// What every way shows must be exactly `wanted`.
    async fn sees(&self, actor: &Actor, wanted: &[RequestId], what: &str) {
        let ctx = &self.ctx;
        let wanted: BTreeSet<RequestId> = wanted.iter().copied().collect();
        let listed = requests::list(ctx, actor, &RequestFilter::default()).await.unwrap();
        assert_eq!(listed.items.iter().map(|r| r.id).collect::<BTreeSet<_>>(), wanted, "{what}: list");
        let counted = requests::counts(ctx, actor).await.unwrap();
        assert_eq!(usize::try_from(counted.open()).unwrap(), wanted.len(), "{what}: counts");
        if actor.role().can(P::RequestsExport) {
            let exported = crate::export::taken(ctx, actor, &RequestFilter::default()).await.unwrap();
            assert_eq!(exported.iter().map(|r| r.id).collect::<BTreeSet<_>>(), wanted, "{what}: export");
        }
        let scope = actor.scope(P::RequestsRead).unwrap();
        let heard = events::since(ctx, &scope, 0).await.unwrap();
        assert_eq!(
            heard.iter().filter_map(|e| e.event.request_id()).collect::<BTreeSet<_>>(),
            wanted,
            "{what}: events"
        );
        let admin = self.world.a.admin().await;
        for id in self.all() {
            let file = requests::get(ctx, &admin, id).await.unwrap().files[0].id;
            let card = requests::get(ctx, actor, id).await;
            let picture = files::locate(ctx, actor, file, false).await;
            let say = AddComment { body: "Слово".to_owned(), internal: true, ..Default::default() };
            if wanted.contains(&id) {
                assert_eq!(card.unwrap().id, id, "{what}");
                assert!(picture.is_ok(), "{what}: file");
                continue;
            }
            assert_eq!(code(card), Code::NotFound, "{what}: get");
            assert_eq!(picture.err().map(|e| e.code()), Some(Code::NotFound), "{what}: file");
            assert_eq!(code(requests::comment(ctx, actor, id, &say).await), Code::NotFound, "{what}: comment");
            assert_eq!(
                code(requests::add_files(ctx, actor, id, &[model::FileId(id.0)], Moment::Before).await),
                Code::NotFound,
                "{what}: add files"
            );
            if actor.role() == Role::Dispatcher {
                let facts = UpdateRequest { description: Some("Иначе".to_owned()), ..Default::default() };
                assert_eq!(code(requests::update(ctx, actor, id, 1, &facts).await), Code::NotFound, "{what}: update");
                assert_eq!(
                    code(assign(ctx, actor, id, self.world.a.plumber_id).await),
                    Code::NotFound,
                    "{what}: assign"
                );
            }
        }
    }
}

#[tokio::test]
async fn each_level_shows_its_own_and_nothing_else() {
    let case = Case::new().await;
    let plumber = case.world.a.plumber_id;
    let levels = [
        (Visibility::Company, case.all().to_vec()),
        (Visibility::Zone, vec![case.near_pipe, case.near_wire, case.given]),
        (Visibility::ZoneSkill, vec![case.near_pipe, case.given]),
        (Visibility::Assigned, vec![case.given]),
    ];
    for (level, wanted) in levels {
        case.set(plumber, UpdateStaff { visibility: Some(level), ..Default::default() }).await;
        let actor = staff_actor(&case.ctx, "plumber-a").await;
        case.sees(&actor, &wanted, level.as_str()).await;
        // Looking wider never lets act wider.
        for id in [case.near_pipe, case.far_pipe] {
            let done = requests::complete(&case.ctx, &actor, id, &Default::default()).await;
            assert_eq!(code(done), Code::NotFound, "{level}");
        }
    }
}

#[tokio::test]
async fn a_trade_without_a_zone_and_a_zone_without_a_trade_show_nothing() {
    let case = Case::new().await;
    let plumber = case.world.a.plumber_id;
    let level = Some(Visibility::ZoneSkill);
    case.set(plumber, UpdateStaff { visibility: level, skills: Some(Vec::new()), ..Default::default() }).await;
    case.sees(&staff_actor(&case.ctx, "plumber-a").await, &[case.given], "no trade").await;
    let none = UpdateStaff {
        skills: Some(vec![model::staff::Skill::Plumber]),
        building_ids: Some(Vec::new()),
        ..Default::default()
    };
    case.set(plumber, none).await;
    case.sees(&staff_actor(&case.ctx, "plumber-a").await, &[case.given], "no zone").await;
}

#[tokio::test]
async fn a_dispatcher_of_a_zone_works_in_it_only() {
    let case = Case::new().await;
    let (ctx, a) = (&case.ctx, &case.world.a);
    let id = hire(ctx, Some(a.id), Role::Dispatcher, "zoned-a", Some(a.house.id)).await;
    case.sees(&staff_actor(ctx, "zoned-a").await, &case.all(), "a dispatcher as usual").await;
    case.set(id, UpdateStaff { visibility: Some(Visibility::Zone), ..Default::default() }).await;
    let actor = staff_actor(ctx, "zoned-a").await;
    case.sees(&actor, &[case.near_pipe, case.near_wire], "a dispatcher of a zone").await;
    let elsewhere = requests::create(ctx, &actor, &draft(a.far_house.units[0]), None).await;
    assert_eq!(field(elsewhere), wrong("/unit_id", "unknown"));
    let house = |id: BuildingId| CreateRequest { unit_id: None, building_id: Some(id), ..draft(a.house.units[0]) };
    let elsewhere = requests::create(ctx, &actor, &house(a.far_house.id), None).await;
    assert_eq!(field(elsewhere), wrong("/building_id", "unknown"));
    requests::create(ctx, &actor, &house(a.house.id), None).await.unwrap();
}

#[tokio::test]
async fn a_complex_in_the_zone_brings_its_houses_also_later_ones() {
    let case = Case::new().await;
    let mut admin = case.ctx.database.superuser().await;
    let complex = platform::ids::new_id();
    sqlx::query("insert into complexes (id, company_id, name) values ($1, $2, 'ЖК')")
        .bind(complex)
        .bind(case.world.a.id.0)
        .execute(&mut admin)
        .await
        .unwrap();
    let command =
        UpdateStaff { complex_ids: Some(vec![complex.into()]), building_ids: Some(Vec::new()), ..Default::default() };
    case.set(case.world.a.plumber_id, command).await;
    case.sees(&staff_actor(&case.ctx, "plumber-a").await, &[case.given], "an empty complex").await;
    sqlx::query("update buildings set complex_id = $1 where id = $2")
        .bind(complex)
        .bind(case.world.a.house.id.0)
        .execute(&mut admin)
        .await
        .unwrap();
    let wanted = [case.near_pipe, case.near_wire, case.given];
    case.sees(&staff_actor(&case.ctx, "plumber-a").await, &wanted, "a house of the complex").await;
}

#[tokio::test]
async fn who_loses_a_request_by_its_category_sees_it_go() {
    let case = Case::new().await;
    case.set(case.world.a.plumber_id, UpdateStaff { visibility: Some(Visibility::ZoneSkill), ..Default::default() })
        .await;
    let plumber = staff_actor(&case.ctx, "plumber-a").await;
    let scope = plumber.scope(P::RequestsRead).unwrap();
    let last = events::latest(&case.ctx, &scope).await.unwrap();
    let change = async |category| {
        let desk = case.world.a.dispatcher().await;
        let version = requests::get(&case.ctx, &desk, case.near_pipe).await.unwrap().version;
        let facts = UpdateRequest { category: Some(category), ..Default::default() };
        requests::update(&case.ctx, &desk, case.near_pipe, version, &facts).await.unwrap();
        while events::publish_batch(&case.ctx).await.unwrap() > 0 {}
    };
    change(Category::Yard).await;
    let heard = events::since(&case.ctx, &scope, last).await.unwrap();
    assert!(matches!(heard[..], [model::events::Envelope { event: Event::RequestUpdated { .. }, .. }]), "{heard:?}");
    change(Category::Cleaning).await;
    assert_eq!(events::since(&case.ctx, &scope, heard[0].id).await.unwrap(), [], "it is not theirs any more");
}
