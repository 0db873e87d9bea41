//! More people for a [`crate::World`], and a mark that shows whose data somebody sees.

use crate::{
    Person,
    world::{person, user},
};
use domain::Ctx;
use model::{BuildingId, CompanyId, ProposalId, RequestId, Role, SavedViewId, UnitId, UserId};
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

/// An open proposal of the detector about a house, with one request in it.
pub async fn propose(ctx: &Ctx, company: CompanyId, building: BuildingId, request: RequestId) -> ProposalId {
    let id = new_id();
    let mut tx = ctx.db.begin_system("test world").await.unwrap();
    sqlx::query(
        "insert into outage_proposals (id, company_id, building_id, category, first_at, last_at, created_at)
         values ($1, $2, $3, 'plumbing', $4, $4, $4)",
    )
    .bind(id)
    .bind(company.0)
    .bind(building.0)
    .bind(ctx.clock.now())
    .execute(&mut *tx)
    .await
    .unwrap();
    for sql in [
        "insert into outage_proposal_places (company_id, proposal_id) select $1, $2 where $3::uuid is not null",
        "insert into outage_proposal_requests (company_id, proposal_id, request_id) values ($1, $2, $3)",
    ] {
        sqlx::query(sql).bind(company.0).bind(id).bind(request.0).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    id.into()
}
