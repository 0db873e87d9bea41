//! Staff.

use super::{extract::Auth, problem::Answer};
use axum::{Json as Reply, extract::State};
use domain::{Ctx, people};
use model::staff::StaffRow;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(staff))
}

/// Staff who can be given work, the least loaded first.
#[utoipa::path(
    get, path = "/staff", tag = "people", operation_id = "listStaff",
    responses((status = 200, description = "The staff", body = [StaffRow]))
)]
async fn staff(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<StaffRow>>> {
    Ok(Reply(people::staff(&ctx, &actor).await?))
}
