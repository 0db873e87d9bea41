//! Inspection rounds and their routes.

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
use domain::{Ctx, rounds};
use model::{
    RoundId, RoundPointId, RouteId,
    rounds::{GiveRounds, MarkPoint, RoundCard, RoundFilter, RoundRow, RouteCard, RouteFacts},
};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(all_routes, create_route))
        .routes(routes!(update_route, archive_route))
        .routes(routes!(list, give))
        .routes(routes!(get))
        .routes(routes!(mark))
        .routes(routes!(finish))
        .routes(routes!(cancel))
}

/// The routes in use with their points.
#[utoipa::path(
    get, path = "/routes", tag = "rounds", operation_id = "listRoutes",
    responses((status = 200, description = "The routes, by name", body = [RouteCard]))
)]
async fn all_routes(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<RouteCard>>> {
    Ok(Reply(rounds::routes(&ctx, &actor).await?))
}

/// Makes a route.
#[utoipa::path(
    post, path = "/routes", tag = "rounds", operation_id = "createRoute", request_body = RouteFacts,
    responses((status = 201, description = "Made", body = RouteCard, headers(("Location" = String))))
)]
async fn create_route(State(ctx): State<Ctx>, Auth(actor): Auth, Json(command): Json<RouteFacts>) -> Answer<Response> {
    let route = rounds::create_route(&ctx, &actor, &command).await?;
    let place = [(header::LOCATION, format!("{BASE}/routes/{}", route.id))];
    Ok((StatusCode::CREATED, place, Reply(route)).into_response())
}

/// Replaces a route. Rounds that were given out keep their points.
#[utoipa::path(
    put, path = "/routes/{id}", tag = "rounds", operation_id = "updateRoute",
    params(("id" = RouteId, Path), ("If-Match" = String, Header, description = "The version being edited", example = "\"3\"")),
    request_body = RouteFacts,
    responses(
        (status = 200, description = "Changed", body = RouteCard),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update_route(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RouteId>,
    IfMatch(version): IfMatch,
    Json(command): Json<RouteFacts>,
) -> Answer<Reply<RouteCard>> {
    Ok(Reply(rounds::update_route(&ctx, &actor, id, version, &command).await?))
}

/// Takes a route out of use.
#[utoipa::path(
    delete, path = "/routes/{id}", tag = "rounds", operation_id = "archiveRoute",
    params(("id" = RouteId, Path), ("If-Match" = String, Header, description = "The version being put away", example = "\"3\"")),
    responses(
        (status = 204, description = "Put away"),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn archive_route(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RouteId>,
    IfMatch(version): IfMatch,
) -> Answer<StatusCode> {
    rounds::archive_route(&ctx, &actor, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The newest rounds: all of the company for the desk, their own for workers.
#[utoipa::path(
    get, path = "/rounds", tag = "rounds", operation_id = "listRounds", params(RoundFilter),
    responses((status = 200, description = "At most 200 rounds", body = [RoundRow]))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<RoundFilter>,
) -> Answer<Reply<Vec<RoundRow>>> {
    Ok(Reply(rounds::list(&ctx, &actor, &filter).await?))
}

/// Gives a route to somebody for some days; a day they have it already is passed over.
#[utoipa::path(
    post, path = "/rounds", tag = "rounds", operation_id = "giveRounds", request_body = GiveRounds,
    responses((status = 201, description = "The rounds that were made", body = [RoundRow]))
)]
async fn give(State(ctx): State<Ctx>, Auth(actor): Auth, Json(command): Json<GiveRounds>) -> Answer<Response> {
    Ok((StatusCode::CREATED, Reply(rounds::give(&ctx, &actor, &command).await?)).into_response())
}

/// One round with its points and what was found.
#[utoipa::path(
    get, path = "/rounds/{id}", tag = "rounds", operation_id = "getRound", params(("id" = RoundId, Path)),
    responses((status = 200, description = "The round", body = RoundCard))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RoundId>) -> Answer<Reply<RoundCard>> {
    Ok(Reply(rounds::get(&ctx, &actor, id).await?))
}

/// Says what was found at a point. A failed one becomes a request, once.
#[utoipa::path(
    post, path = "/round-points/{id}", tag = "rounds", operation_id = "markPoint", params(("id" = RoundPointId, Path)),
    request_body(content = MarkPoint, example = json!({ "result": "failed", "note": "The lamp is broken" })),
    responses(
        (status = 200, description = "The round with the mark", body = RoundCard),
        (status = 409, description = "`illegal_transition`: the round is over"),
    )
)]
async fn mark(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RoundPointId>,
    Json(command): Json<MarkPoint>,
) -> Answer<Reply<RoundCard>> {
    Ok(Reply(rounds::mark(&ctx, &actor, id, &command).await?))
}

/// Ends a round when every point was looked at.
#[utoipa::path(
    post, path = "/rounds/{id}/finish", tag = "rounds", operation_id = "finishRound", params(("id" = RoundId, Path)),
    responses(
        (status = 200, description = "Finished", body = RoundCard),
        (status = 409, description = "`illegal_transition`: the round is over"),
        (status = 422, description = "`invalid`: some points are not marked"),
    )
)]
async fn finish(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RoundId>) -> Answer<Reply<RoundCard>> {
    Ok(Reply(rounds::finish(&ctx, &actor, id).await?))
}

/// Takes a round back; what was found stays.
#[utoipa::path(
    post, path = "/rounds/{id}/cancel", tag = "rounds", operation_id = "cancelRound", params(("id" = RoundId, Path)),
    responses(
        (status = 200, description = "Taken back", body = RoundCard),
        (status = 409, description = "`illegal_transition`: the round is over"),
    )
)]
async fn cancel(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RoundId>) -> Answer<Reply<RoundCard>> {
    Ok(Reply(rounds::cancel(&ctx, &actor, id).await?))
}
