//! The classifier: what requests are about, and what a text seems to be about.

use super::{
    extract::{Auth, Id, IfMatch, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Ctx, classifier};
use model::{
    ProblemId,
    classifier::{
        AddProblem, Classifier, ClassifierFilter, OrderProblems, PlaceFacts, PlaceRow, ProblemFacts, ProblemRow,
        SuggestProblem, Suggestion,
    },
};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(suggest))
        .routes(routes!(add_problem))
        .routes(routes!(update_problem))
        .routes(routes!(order))
        .routes(routes!(add_place))
        .routes(routes!(update_place))
}

/// A problem with the version to edit as its tag.
struct Tagged(ProblemRow);

impl IntoResponse for Tagged {
    fn into_response(self) -> Response {
        ([(header::ETAG, format!("\"{}\"", self.0.version))], Reply(self.0)).into_response()
    }
}

/// Places and problems in the company's order. Only these triples of place, category and problem may be chosen.
#[utoipa::path(
    get, path = "/classifier", tag = "classifier", operation_id = "getClassifier", params(ClassifierFilter),
    responses((status = 200, description = "The classifier", body = Classifier))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<ClassifierFilter>,
) -> Answer<Reply<Classifier>> {
    Ok(Reply(classifier::list(&ctx, &actor, &filter).await?))
}

/// What a text is about, told by its words in Russian and Uzbek of both scripts. Empty when they say too little.
#[utoipa::path(
    post, path = "/classifier/suggest", tag = "classifier", operation_id = "suggestProblem", request_body = SuggestProblem,
    responses((status = 200, description = "Up to three problems, the likeliest first", body = [Suggestion]))
)]
async fn suggest(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<SuggestProblem>,
) -> Answer<Reply<Vec<Suggestion>>> {
    Ok(Reply(classifier::suggest(&ctx, &actor, &command).await?))
}

/// Adds a problem of the company's own.
#[utoipa::path(
    post, path = "/classifier/problems", tag = "classifier", operation_id = "addProblem", request_body = AddProblem,
    responses((status = 201, description = "Added", body = ProblemRow, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn add_problem(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<AddProblem>,
) -> Answer<(StatusCode, Tagged)> {
    Ok((StatusCode::CREATED, Tagged(classifier::add_problem(&ctx, &actor, &command).await?)))
}

/// Renames or hides a problem, and sets what it brings to a request.
#[utoipa::path(
    put, path = "/classifier/problems/{id}", tag = "classifier", operation_id = "updateProblem",
    params(("id" = ProblemId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body = ProblemFacts,
    responses(
        (status = 200, description = "Changed", body = ProblemRow, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update_problem(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ProblemId>,
    IfMatch(version): IfMatch,
    Json(command): Json<ProblemFacts>,
) -> Answer<Tagged> {
    Ok(Tagged(classifier::update_problem(&ctx, &actor, id, version, &command).await?))
}

/// Puts problems into an order among themselves; all others stay where they are.
#[utoipa::path(
    put, path = "/classifier/order", tag = "classifier", operation_id = "orderProblems", request_body = OrderProblems,
    responses((status = 204, description = "Ordered"))
)]
async fn order(State(ctx): State<Ctx>, Auth(actor): Auth, Json(command): Json<OrderProblems>) -> Answer<StatusCode> {
    classifier::order_problems(&ctx, &actor, &command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Adds a place of the company's own.
#[utoipa::path(
    post, path = "/classifier/places", tag = "classifier", operation_id = "addPlace", request_body = PlaceFacts,
    responses((status = 201, description = "Added", body = PlaceRow))
)]
async fn add_place(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<PlaceFacts>,
) -> Answer<(StatusCode, Reply<PlaceRow>)> {
    Ok((StatusCode::CREATED, Reply(classifier::add_place(&ctx, &actor, &command).await?)))
}

/// Renames or hides a place; hiding takes its problems out of sight too.
#[utoipa::path(
    put, path = "/classifier/places/{id}", tag = "classifier", operation_id = "updatePlace",
    params(("id" = String, Path, description = "The key of the place")), request_body = PlaceFacts,
    responses((status = 200, description = "Changed", body = PlaceRow))
)]
async fn update_place(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Path(key): Path<String>,
    Json(command): Json<PlaceFacts>,
) -> Answer<Reply<PlaceRow>> {
    Ok(Reply(classifier::update_place(&ctx, &actor, &key, &command).await?))
}
