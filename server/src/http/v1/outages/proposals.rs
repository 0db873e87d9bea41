//! What the detector proposes, and what it goes by.

use crate::http::v1::{
    BASE,
    extract::{Auth, Id, IfMatch, Json},
    problem::Answer,
    property::Versioned,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::{Ctx, outages};
use model::{
    ProposalId,
    outages::{Detector, DetectorRules, OutageCard, ProposalView},
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .routes(routes!(proposals))
        .routes(routes!(accept))
        .routes(routes!(dismiss))
        .routes(routes!(detector, save_detector))
}

/// What the detector thinks are outages.
#[utoipa::path(
    get, path = "/outages/proposals", tag = "outages", operation_id = "listProposals",
    responses((status = 200, description = "The newest first", body = [ProposalView]))
)]
async fn proposals(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<ProposalView>>> {
    Ok(Reply(outages::proposals(&ctx, &actor).await?))
}

/// It is an outage: makes an emergency with the requests linked.
#[utoipa::path(
    post, path = "/outages/proposals/{id}/accept", tag = "outages", operation_id = "acceptProposal", params(("id" = ProposalId, Path)),
    responses(
        (status = 201, description = "Made", body = OutageCard,
            headers(("Location" = String, description = "Where the outage is"), ("ETag" = String, description = "For `If-Match`"))),
        (status = 409, description = "`conflict`: somebody decided already"),
    )
)]
async fn accept(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ProposalId>) -> Answer<impl IntoResponse> {
    let card = outages::accept(&ctx, &actor, id).await?;
    let place = [(header::LOCATION, format!("{BASE}/outages/{}", card.id))];
    Ok((StatusCode::CREATED, place, Versioned(card.version, card)))
}

/// It is nothing: the detector stays quiet about it for a time.
#[utoipa::path(
    post, path = "/outages/proposals/{id}/dismiss", tag = "outages", operation_id = "dismissProposal", params(("id" = ProposalId, Path)),
    responses(
        (status = 204, description = "Dismissed"),
        (status = 409, description = "`conflict`: somebody decided already"),
    )
)]
async fn dismiss(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ProposalId>) -> Answer<StatusCode> {
    outages::dismiss(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the detector goes by.
#[utoipa::path(
    get, path = "/settings/outage-detector", tag = "outages", operation_id = "getDetector",
    responses((status = 200, description = "The rules", body = Detector, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn detector(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Versioned<Detector>> {
    let detector = outages::detector(&ctx, &actor).await?;
    Ok(Versioned(detector.version, detector))
}

/// Changes what the detector goes by.
#[utoipa::path(
    put, path = "/settings/outage-detector", tag = "outages", operation_id = "saveDetector",
    params(("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body = DetectorRules,
    responses(
        (status = 200, description = "Saved", body = Detector, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn save_detector(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    IfMatch(version): IfMatch,
    Json(rules): Json<DetectorRules>,
) -> Answer<Versioned<Detector>> {
    let detector = outages::save_detector(&ctx, &actor, version, &rules).await?;
    Ok(Versioned(detector.version, detector))
}
