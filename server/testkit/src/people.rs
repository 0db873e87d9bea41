//! More people for a [`crate::World`], and a mark that shows whose data somebody sees.

use crate::{
    Person,
    world::{person, user},
};
use domain::Ctx;
use model::{BuildingId, CompanyId, RequestId, Role, SavedViewId, UnitId, UserId};
use platform::ids::new_id;

/// One more staff member; the password is [`crate::PASSWORD`], the mail address `<login>@example.uz`.
pub async fn hire(ctx: &Ctx, company: Option<CompanyId>, role: Role, login: &str, zone: Option<BuildingId>) -> UserId {
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    let id = user(&mut tx, ctx, company, role, login).await;
    if let (Some(company), Some(building)) = (company, zone) {
        sqlx::query("insert into staff_zones (company_id, user_id, building_id) values ($1, $2, $3)")
            .bind(company.0)
            .bind(id.0)
            .bind(building.0)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    id
}

/// One more owner of a flat, with a login.
pub async fn move_in(ctx: &Ctx, company: CompanyId, name: &str, phone: &str, unit: UnitId) -> Person {
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    let moved = person(&mut tx, ctx, company, name, phone, unit).await;
    tx.commit().await.unwrap();
    moved
}

/// Puts a mark on the name of every house and contact of a company.
pub async fn mark(ctx: &Ctx, company: CompanyId, mark: &str) {
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    for sql in [
        "update buildings set address = address || $2 where company_id = $1",
        "update contacts set name = name || $2 where company_id = $1",
    ] {
        sqlx::query(sql).bind(company.0).bind(mark).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// As if a request had been answered and its time had passed long ago.
pub async fn miss_deadline(ctx: &Ctx, request: RequestId) {
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    let sql =
        "update requests set due_at = '2020-01-01', alert_at = '2020-01-01', responded_at = '2020-01-01' where id = $1";
    sqlx::query(sql).bind(request.0).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// A view of the requests that everybody in the company sees.
pub async fn share_view(ctx: &Ctx, company: CompanyId, owner: UserId, name: &str) -> SavedViewId {
    let id = new_id();
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    sqlx::query(
        "insert into saved_views (id, company_id, owner_id, list, name, query, shared, created_at)
         values ($1, $2, $3, 'requests', $4, 'status=new', true, $5)",
    )
    .bind(id)
    .bind(company.0)
    .bind(owner.0)
    .bind(name)
    .bind(ctx.clock.now())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id.into()
}
