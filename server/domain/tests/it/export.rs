//! Taking a list out of the company.

use domain::{
    Actor, Ctx, Result,
    exports::{self, Rows},
    property, requests, staff,
};
use model::{
    Code, Lang, RequestId, Role,
    audit::AuditFilter,
    exports::{ExportCommand, ExportFormat, ExportList},
    property::{BuildingFacts, BuildingFilter, RegisterFilter},
    requests::{RequestFilter, RequestRow, Status},
    staff::{Skill, StaffAction, StaffBulk, StaffFilter},
};
use testkit::{TestCtx, World};

fn command(list: ExportList, filter: &RequestFilter) -> ExportCommand {
    ExportCommand {
        list,
        format: ExportFormat::Xlsx,
        lang: Lang::Ru,
        columns: Vec::new(),
        requests: filter.clone(),
        text: None,
        units: RegisterFilter::default(),
        payments: Default::default(),
        debts: Default::default(),
        buildings: Default::default(),
        staff: Default::default(),
        audit: Default::default(),
        relation: None,
        has_login: None,
        building_id: None,
        people_sort: None,
        people_reverse: false,
        people_ids: Vec::new(),
    }
}

async fn pages(ctx: &Ctx, actor: &Actor, list: ExportList, filter: &RequestFilter) -> Result<Vec<Rows>> {
    let (send, mut receive) = tokio::sync::mpsc::channel(100);
    exports::read(ctx, actor, &command(list, filter), None, send).await?;
    let mut all = Vec::new();
    while let Some(rows) = receive.recv().await {
        all.push(rows);
    }
    Ok(all)
}

pub(super) async fn taken(ctx: &Ctx, actor: &Actor, filter: &RequestFilter) -> Result<Vec<RequestRow>> {
    let mut all = Vec::new();
    for rows in pages(ctx, actor, ExportList::Requests, filter).await? {
        if let Rows::Requests(rows) = rows {
            all.extend(rows);
        }
    }
    Ok(all)
}

#[tokio::test]
async fn the_export_is_the_whole_list_of_one_company_and_is_remembered() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (resident, desk) = (world.a.resident().await, world.a.dispatcher().await);
    let first = requests::create(&ctx, &resident, &world.a.draft(), None).await.unwrap();
    requests::create(&ctx, &world.b.resident().await, &world.b.draft(), None).await.unwrap();
    // More than one page of the loop.
    let mut db = ctx.database.superuser().await;
    sqlx::query(
        "insert into requests (id, company_id, number, kind, priority, category, source, building_id, address, created_at, updated_at)
         select gen_random_uuid(), r.company_id, 100000 + n, 'regular', 'normal', 'other', 'desk', r.building_id, r.address,
           r.created_at - n % 7 * interval '1 day', r.updated_at
         from requests r, generate_series(1, 2050) n where r.id = $1",
    )
    .bind(first.id.0)
    .execute(&mut db)
    .await
    .unwrap();
    let all = taken(&ctx, &desk, &RequestFilter::default()).await.unwrap();
    assert_eq!(all.len(), 2051);
    assert!(all.is_sorted_by(|a, b| (a.created_at, a.id) > (b.created_at, b.id)));
    let ids: std::collections::HashSet<RequestId> = all.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), 2051);

    let done = RequestFilter { status: vec![Status::Done], ..RequestFilter::default() };
    assert!(taken(&ctx, &desk, &done).await.unwrap().is_empty());
    for nobody in [resident, world.a.plumber().await] {
        let refused = taken(&ctx, &nobody, &RequestFilter::default()).await.unwrap_err();
        assert_eq!(refused.code(), Code::Forbidden);
    }
    let noted: Vec<i64> = sqlx::query_scalar(
        "select (changes->>'rows')::bigint from audit_log where action = 'request.export' and company_id = $1 order by at, id",
    )
    .bind(world.a.id.0)
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(noted, [2051, 0]);
}

#[tokio::test]
async fn lists_are_of_one_company_and_not_for_everybody() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let none = RequestFilter::default();
    let mut seen = Vec::new();
    for company in [&world.a, &world.b] {
        crate::till::busy(&ctx, company).await;
    }
    for list in [
        ExportList::People,
        ExportList::Units,
        ExportList::Staff,
        ExportList::Payments,
        ExportList::Debts,
        ExportList::Buildings,
        ExportList::Audit,
    ] {
        assert_eq!(
            exports::is_longer(&ctx, &desk, &command(list, &none), 1).await.unwrap_err().code(),
            Code::Forbidden
        );
        assert!(!exports::is_longer(&ctx, &admin, &command(list, &none), 1_000).await.unwrap(), "{list:?}");
        for rows in pages(&ctx, &admin, list, &none).await.unwrap() {
            match rows {
                Rows::People(rows) => seen.extend(rows.into_iter().map(|r| r.name)),
                Rows::Units(rows) => seen.extend(rows.into_iter().map(|r| format!("{} {}", r.address, r.number))),
                Rows::Staff(rows) => seen.extend(rows.into_iter().map(|r| r.name)),
                Rows::Payments(rows) => seen.extend(rows.into_iter().map(|r| format!("paid {}", r.address))),
                Rows::Buildings(rows) => seen.extend(rows.into_iter().map(|r| format!("house {}", r.address))),
                Rows::Audit(rows) => seen.extend(rows.into_iter().map(|r| r.actor_name)),
                // What is owed is looked at where bills are printed.
                Rows::Debts(_) => {}
                Rows::Requests(_) => panic!("nobody asked"),
            }
        }
    }
    assert!(seen.iter().any(|s| s == "Навои 12 1") && seen.iter().any(|s| s == "Елена Иванова"), "{seen:?}");
    assert!(seen.iter().all(|s| !s.ends_with("-b")), "{seen:?}");
    assert_eq!(seen.iter().filter(|s| *s == "Навои 12 1").count(), 1);
    assert_eq!(seen.iter().filter(|s| s.starts_with("paid")).count(), 1, "{seen:?}");
    assert_eq!(seen.iter().filter(|s| *s == "house Навои 12").count(), 1, "{seen:?}");
    assert!(exports::is_longer(&ctx, &admin, &command(ExportList::Units, &none), 3).await.unwrap());
    assert!(!exports::is_longer(&ctx, &admin, &command(ExportList::Units, &none), 4).await.unwrap());
}

#[tokio::test]
async fn houses_staff_and_the_audit_are_taken_as_they_are_filtered() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let read = async |command: ExportCommand| {
        let (send, mut receive) = tokio::sync::mpsc::channel(100);
        exports::read(&ctx, &admin, &command, None, send).await.unwrap();
        let mut names = Vec::new();
        while let Some(rows) = receive.recv().await {
            match rows {
                Rows::Buildings(rows) => names.extend(rows.into_iter().map(|r| r.address)),
                Rows::Staff(rows) => names.extend(rows.into_iter().map(|r| r.name)),
                Rows::Audit(rows) => names.extend(rows.into_iter().map(|r| r.action)),
                _ => panic!("another list"),
            }
        }
        names
    };
    let none = RequestFilter::default();
    let houses = BuildingFilter { text: Some("юнус".to_owned()), ..BuildingFilter::default() };
    let command_of = |list| command(list, &none);
    let taken = read(ExportCommand { buildings: houses, ..command_of(ExportList::Buildings) }).await;
    assert_eq!(taken, ["Юнусабад 4, дом 7"]);
    let backwards = BuildingFilter { reverse: true, ..BuildingFilter::default() };
    let taken = read(ExportCommand { buildings: backwards, ..command_of(ExportList::Buildings) }).await;
    assert_eq!(taken.last().map(String::as_str), Some("Навои 12"));
    let desk = StaffFilter { role: Some(Role::Dispatcher), ..StaffFilter::default() };
    let taken = read(ExportCommand { staff: desk, ..command_of(ExportList::Staff) }).await;
    assert_eq!(taken.len(), 1, "{taken:?}");
    // The exports above are in the books, and nothing else of them is a house.
    let of_houses = AuditFilter { object_type: Some("building".to_owned()), ..AuditFilter::default() };
    let taken = read(ExportCommand { audit: of_houses.clone(), ..command_of(ExportList::Audit) }).await;
    assert_eq!(taken, ["building.export", "building.export"]);
    let long = ExportCommand { audit: of_houses, ..command_of(ExportList::Audit) };
    assert!(exports::is_longer(&ctx, &admin, &long, 1).await.unwrap());
    assert!(!exports::is_longer(&ctx, &admin, &long, 2).await.unwrap());
}

#[tokio::test]
async fn a_zone_is_begun_in_the_list_and_whole_in_the_file() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let ids = vec![world.a.plumber_id];
    for n in 1..=4 {
        let facts = BuildingFacts { address: format!("Бобур {n}"), storeys: 3, ..BuildingFacts::default() };
        let building_id = property::create_building(&ctx, &admin, &facts).await.unwrap().id;
        let action = StaffAction::AddBuilding { building_id };
        staff::bulk(&ctx, &admin, &StaffBulk { ids: ids.clone(), action }).await.unwrap();
    }
    let plumbers = StaffFilter { skill: Some(Skill::Plumber), ..StaffFilter::default() };
    let row = staff::list(&ctx, &admin, &plumbers).await.unwrap().remove(0);
    assert_eq!((row.zone.len(), row.zone_more), (3, 2));
    let command = ExportCommand { staff: plumbers, ..command(ExportList::Staff, &RequestFilter::default()) };
    let (send, mut receive) = tokio::sync::mpsc::channel(100);
    exports::read(&ctx, &admin, &command, None, send).await.unwrap();
    let Some(Rows::Staff(rows)) = receive.recv().await else { panic!("another list") };
    assert_eq!(rows[0].zone, ["Бобур 1", "Бобур 2", "Бобур 3", "Бобур 4", "Навои 12"]);
    assert_eq!(rows[0].zone_more, 0);
}

#[tokio::test]
async fn the_chosen_requests_are_taken_and_no_other() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (resident, desk) = (world.a.resident().await, world.a.dispatcher().await);
    let mut filed = Vec::new();
    for _ in 0..3 {
        filed.push(requests::create(&ctx, &resident, &world.a.draft(), None).await.unwrap().id);
    }
    let theirs = requests::create(&ctx, &world.b.resident().await, &world.b.draft(), None).await.unwrap().id;
    let chosen = RequestFilter { ids: vec![filed[2], filed[0], theirs], ..RequestFilter::default() };
    let taken_ids: Vec<RequestId> = taken(&ctx, &desk, &chosen).await.unwrap().iter().map(|row| row.id).collect();
    assert_eq!(taken_ids, [filed[2], filed[0]]);
    let listed = requests::list(&ctx, &desk, &chosen).await.unwrap().items;
    assert_eq!(listed.len(), 2, "the list says the same");
    let crowd = RequestFilter { ids: vec![filed[0]; 501], ..RequestFilter::default() };
    assert_eq!(taken(&ctx, &desk, &crowd).await.unwrap_err().code(), Code::Invalid);
    assert_eq!(requests::list(&ctx, &desk, &crowd).await.unwrap_err().code(), Code::Invalid);
}
