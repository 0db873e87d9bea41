//! Taking a list out of the company.

use domain::requests;
use model::{
    Code, RequestId,
    requests::{RequestFilter, Status},
};
use testkit::{TestCtx, World};

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
    let all = requests::export(&ctx, &desk, &RequestFilter::default()).await.unwrap();
    assert_eq!(all.len(), 2051);
    assert!(all.is_sorted_by(|a, b| (a.created_at, a.id) > (b.created_at, b.id)));
    let ids: std::collections::HashSet<RequestId> = all.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), 2051);

    let done = RequestFilter { status: vec![Status::Done], ..RequestFilter::default() };
    assert!(requests::export(&ctx, &desk, &done).await.unwrap().is_empty());
    for nobody in [resident, world.a.plumber().await] {
        let refused = requests::export(&ctx, &nobody, &RequestFilter::default()).await.unwrap_err();
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
