//! Companies, for the owner of the system. `POST /auth/company` goes to work in one.

use crate::http::v1::{
    extract::{Auth, Id, Json},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, http::StatusCode};
use domain::{Ctx, companies};
use model::{
    CompanyId,
    property::{CompanyFacts, CompanyRow},
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(list, add)).routes(routes!(update))
}

/// All companies, by name.
#[utoipa::path(
    get, path = "/companies", tag = "companies", operation_id = "listCompanies",
    responses((status = 200, description = "The companies", body = [CompanyRow]))
)]
async fn list(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<CompanyRow>>> {
    Ok(Reply(companies::list(&ctx, &actor).await?))
}

/// Takes a company in.
#[utoipa::path(
    post, path = "/companies", tag = "companies", operation_id = "createCompany", request_body = CompanyFacts,
    responses((status = 201, description = "Made", body = CompanyRow))
)]
async fn add(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<CompanyFacts>,
) -> Answer<(StatusCode, Reply<CompanyRow>)> {
    Ok((StatusCode::CREATED, Reply(companies::add(&ctx, &actor, &command).await?)))
}

/// Replaces a company's name, telephone and language.
#[utoipa::path(
    put, path = "/companies/{id}", tag = "companies", operation_id = "updateCompany", params(("id" = CompanyId, Path)),
    request_body = CompanyFacts,
    responses((status = 200, description = "Changed", body = CompanyRow))
)]
async fn update(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<CompanyId>,
    Json(command): Json<CompanyFacts>,
) -> Answer<Reply<CompanyRow>> {
    Ok(Reply(companies::update(&ctx, &actor, id, &command).await?))
}
