//! Search and saved views.

use super::{
    BASE,
    extract::{Auth, Id, IfMatch, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Ctx, search, views};
use model::{
    SavedViewId,
    search::{CreateView, Found, KeepList, List, ListSetup, SavedView, SearchQuery, UpdateView},
};
use serde::Deserialize;
use utoipa::IntoParams;

pub fn routes() -> Routes {
    Routes::new().routes(routes!(find)).routes(routes!(list, create, keep)).routes(routes!(update, delete))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OfList {
    list: List,
}

/// A view with its version as the tag for `If-Match`.
fn tagged(view: SavedView) -> impl IntoResponse {
    ([(header::ETAG, format!("\"{}\"", view.version))], Reply(view))
}

/// Finds people, phones, flats, houses, accounts, requests and staff: in any script, in the wrong keyboard layout,
/// with a slip of the finger. Workers find requests within their reach.
#[utoipa::path(
    get, path = "/search", tag = "search", operation_id = "search", params(SearchQuery),
    responses((status = 200, description = "What was found, by kind, the likeliest first", body = Found))
)]
async fn find(State(ctx): State<Ctx>, Auth(actor): Auth, Query(query): Query<SearchQuery>) -> Answer<Reply<Found>> {
    Ok(Reply(search::search(&ctx, &actor, &query).await?))
}

/// The caller's views of a list and those shared with them.
#[utoipa::path(
    get, path = "/views", tag = "search", operation_id = "listViews", params(OfList),
    responses((status = 200, description = "The views, and how the caller keeps the list", body = ListSetup))
)]
async fn list(State(ctx): State<Ctx>, Auth(actor): Auth, Query(of): Query<OfList>) -> Answer<Reply<ListSetup>> {
    Ok(Reply(views::setup(&ctx, &actor, of.list).await?))
}

/// Keeps how the caller wants a list: which columns are hidden and which view it opens with.
#[utoipa::path(
    put, path = "/views", tag = "search", operation_id = "keepList", request_body(content = KeepList, example = json!({
        "list": "requests", "hidden": ["age"], "default_view": null,
    })),
    responses((status = 204, description = "Kept"))
)]
async fn keep(State(ctx): State<Ctx>, Auth(actor): Auth, Json(command): Json<KeepList>) -> Answer<StatusCode> {
    views::keep(&ctx, &actor, &command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Saves a view of a list.
#[utoipa::path(
    post, path = "/views", tag = "search", operation_id = "createView", request_body(content = CreateView, example = json!({
        "list": "requests", "name": "Emergencies", "query": "kind=emergency", "shared": true,
    })),
    responses((status = 201, description = "Saved", body = SavedView,
        headers(("Location" = String, description = "Where the view is"), ("ETag" = String, description = "For `If-Match`"))))
)]
async fn create(State(ctx): State<Ctx>, Auth(actor): Auth, Json(command): Json<CreateView>) -> Answer<Response> {
    let view = views::create(&ctx, &actor, &command).await?;
    let place = [(header::LOCATION, format!("{BASE}/views/{}", view.id))];
    Ok((StatusCode::CREATED, place, tagged(view)).into_response())
}

/// Renames, changes or shares a view: one's own, or a shared one with the right to settings.
#[utoipa::path(
    patch, path = "/views/{id}", tag = "search", operation_id = "updateView",
    params(("id" = SavedViewId, Path), ("If-Match" = String, Header, description = "The `ETag` of the view that was seen")),
    request_body = UpdateView,
    responses(
        (status = 200, description = "Changed", body = SavedView, headers(("ETag" = String, description = "For the next edit"))),
        (status = 409, description = "`conflict`: somebody changed the view meanwhile"),
    )
)]
async fn update(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<SavedViewId>,
    IfMatch(version): IfMatch,
    Json(command): Json<UpdateView>,
) -> Answer<Response> {
    Ok(tagged(views::update(&ctx, &actor, id, version, &command).await?).into_response())
}

/// Deletes a view.
#[utoipa::path(
    delete, path = "/views/{id}", tag = "search", operation_id = "deleteView", params(("id" = SavedViewId, Path)),
    responses((status = 204, description = "Gone"))
)]
async fn delete(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<SavedViewId>) -> Answer<StatusCode> {
    views::delete(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
