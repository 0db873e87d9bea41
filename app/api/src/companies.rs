//! Companies: for the owner of the system.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    CompanyId,
    property::{CompanyFacts, CompanyRow},
};

#[cfg(feature = "ssr")]
use {
    crate::context::run,
    domain::{auth, companies},
};

#[server(prefix = "/rpc", endpoint = "companies/list", input = Json, output = Json)]
pub async fn list() -> ApiResult<Vec<CompanyRow>> {
    run(async |ctx, actor| companies::list(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "companies/add", input = Json, output = Json)]
pub async fn add(command: CompanyFacts) -> ApiResult<CompanyRow> {
    run(async |ctx, actor| companies::add(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "companies/update", input = Json, output = Json)]
pub async fn update(id: CompanyId, command: CompanyFacts) -> ApiResult<CompanyRow> {
    run(async |ctx, actor| companies::update(&ctx, &actor, id, &command).await).await
}

/// Works in another company from the next call on.
#[server(prefix = "/rpc", endpoint = "companies/enter", input = Json, output = Json)]
pub async fn enter(id: CompanyId) -> ApiResult<()> {
    run(async |ctx, actor| auth::switch_company(&ctx, &actor, id).await).await
}
