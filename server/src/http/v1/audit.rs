//! The audit.

use super::{
    extract::{Auth, Query},
    problem::Answer,
};
use axum::{Json as Reply, extract::State};
use domain::{Ctx, audit};
use model::{
    Page,
    audit::{AuditFilter, AuditRow},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list))
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
