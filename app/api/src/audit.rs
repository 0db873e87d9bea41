//! The audit.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    Page,
    audit::{AuditFilter, AuditRow, ObjectType},
};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::audit};

#[server(prefix = "/rpc", endpoint = "audit/list", input = Json, output = Json)]
pub async fn list(filter: AuditFilter) -> ApiResult<Page<AuditRow>> {
    run(async |ctx, actor| audit::list(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "audit/of_object", input = Json, output = Json)]
pub async fn of_object(object_type: ObjectType, id: uuid::Uuid) -> ApiResult<Vec<AuditRow>> {
    run(async |ctx, actor| audit::of_object(&ctx, &actor, object_type, id).await).await
}
