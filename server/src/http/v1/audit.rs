//! The audit.

use super::{
    extract::{Auth, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State};
use domain::{Ctx, audit};
use model::{
    Page,
    audit::{AuditFilter, AuditRow},
};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(list))
}

/// Who did what, when, through which door; the newest first.
#[utoipa::path(
    get, path = "/audit", tag = "audit", operation_id = "listAudit", params(AuditFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<AuditRow>))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<AuditFilter>,
) -> Answer<Reply<Page<AuditRow>>> {
    Ok(Reply(audit::list(&ctx, &actor, &filter).await?))
}
