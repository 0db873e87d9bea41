//! Personal accounts and their rule.

use super::{Versioned, merged};
use crate::http::v1::{
    extract::{Auth, Id, IfMatch, Json, Query},
    problem::{Answer, Problem},
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, http::StatusCode, response::IntoResponse};
use domain::{Ctx, property};
use model::{
    AccountId, Code, Page, UnitId,
    property::{AccountFacts, AccountFilter, AccountRow, AccountRule, AccountRuleFacts, OpenAccount},
};
use serde_json::Value;

pub(super) fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(open))
        .routes(routes!(get, update))
        .routes(routes!(rule, set_rule))
}

/// Personal accounts, by number.
#[utoipa::path(
    get, path = "/accounts", tag = "property", operation_id = "listAccounts", params(AccountFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<AccountRow>))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<AccountFilter>,
) -> Answer<Reply<Page<AccountRow>>> {
    Ok(Reply(property::accounts(&ctx, &actor, &filter).await?))
}

/// Opens a personal account for a unit; with `replace` it takes the place of the open one, as on a change of owner.
#[utoipa::path(
    post, path = "/units/{id}/accounts", tag = "property", operation_id = "openAccount", params(("id" = UnitId, Path)),
    request_body = OpenAccount,
    responses((status = 201, description = "Opened", body = AccountRow, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn open(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<UnitId>,
    Json(command): Json<OpenAccount>,
) -> Answer<impl IntoResponse> {
    let row = property::open_account(&ctx, &actor, id, &command).await?;
    Ok((StatusCode::CREATED, Versioned(row.version, row)))
}

/// One personal account.
#[utoipa::path(
    get, path = "/accounts/{id}", tag = "property", operation_id = "getAccount", params(("id" = AccountId, Path)),
    responses((status = 200, description = "The account", body = AccountRow, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<AccountId>) -> Answer<Versioned<AccountRow>> {
    let row = property::account(&ctx, &actor, id).await?;
    Ok(Versioned(row.version, row))
}

/// Corrects an account, closes it by its `closed_on`, or opens it again by `null`.
#[utoipa::path(
    patch, path = "/accounts/{id}", tag = "property", operation_id = "updateAccount",
    params(("id" = AccountId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body(content = AccountFacts, description = "Any part of it", content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "Changed", body = AccountRow, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<AccountId>,
    IfMatch(version): IfMatch,
    Json(patch): Json<Value>,
) -> Answer<Versioned<AccountRow>> {
    let known = property::account(&ctx, &actor, id).await?;
    if known.version != version {
        return Err(Problem::from(Code::Conflict));
    }
    let facts = AccountFacts { number: known.number, opened_on: known.opened_on, closed_on: known.closed_on };
    let row = property::correct_account(&ctx, &actor, id, version, &merged(&facts, patch)?).await?;
    Ok(Versioned(row.version, row))
}

/// How the numbers of new accounts are made.
#[utoipa::path(
    get, path = "/settings/account-rule", tag = "property", operation_id = "getAccountRule",
    responses((status = 200, description = "The rule", body = AccountRule, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn rule(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Versioned<AccountRule>> {
    let rule = property::account_rule(&ctx, &actor).await?;
    Ok(Versioned(rule.version, rule))
}

/// Changes how the numbers of new accounts are made; existing accounts keep theirs.
#[utoipa::path(
    put, path = "/settings/account-rule", tag = "property", operation_id = "setAccountRule",
    params(("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"0\"")),
    request_body = AccountRuleFacts,
    responses(
        (status = 200, description = "Changed", body = AccountRule, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn set_rule(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    IfMatch(version): IfMatch,
    Json(command): Json<AccountRuleFacts>,
) -> Answer<Versioned<AccountRule>> {
    let rule = property::set_account_rule(&ctx, &actor, version, &command).await?;
    Ok(Versioned(rule.version, rule))
}
