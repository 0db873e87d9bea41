//! Duties: the schedule, who is there now, and what one shift hands to the next.

use super::{
    extract::{Auth, Id, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, http::StatusCode};
use chrono::NaiveDate;
use domain::{Ctx, shifts};
use model::{
    HandoverId, ShiftId,
    shifts::{AddShift, ChangeShift, CopyWeek, HandOverShift, OnDuty, ShiftFacts, ShiftFilter, ShiftWeek},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(week, add))
        .routes(routes!(now))
        .routes(routes!(copy))
        .routes(routes!(hand_over))
        .routes(routes!(acknowledge))
        .routes(routes!(change, take_away))
}

/// A week of duties, and the hours with no dispatcher.
#[utoipa::path(
    get, path = "/shifts", tag = "shifts", operation_id = "listShifts", params(ShiftFilter),
    responses((status = 200, description = "The week", body = ShiftWeek))
)]
async fn week(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<ShiftFilter>,
) -> Answer<Reply<ShiftWeek>> {
    Ok(Reply(shifts::week(&ctx, &actor, &filter).await?))
}

/// Puts somebody on duty: on one day, or each week on some days. Answers with the week of that day.
#[utoipa::path(
    post, path = "/shifts", tag = "shifts", operation_id = "addShift",
    request_body(content = AddShift, example = json!({
        "user_id": "01980f3e-7c55-7000-8000-000000000001", "duty": "dispatcher", "day": "2026-11-23",
        "starts": "08:00:00", "ends": "20:00:00", "weekdays": [1, 3, 5],
    })),
    responses((status = 201, description = "Planned", body = ShiftWeek))
)]
async fn add(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<AddShift>,
) -> Answer<(StatusCode, Reply<ShiftWeek>)> {
    Ok((StatusCode::CREATED, Reply(shifts::add(&ctx, &actor, &command).await?)))
}

/// Who is on duty now, what stands, and the last hand-overs.
#[utoipa::path(
    get, path = "/shifts/now", tag = "shifts", operation_id = "getOnDuty",
    responses((status = 200, description = "The state of the shift", body = OnDuty))
)]
async fn now(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<OnDuty>> {
    Ok(Reply(shifts::now(&ctx, &actor).await?))
}

/// Makes one week like another: adds what it lacks and takes away what it has too much. A repeat changes nothing.
#[utoipa::path(
    post, path = "/shifts/copy", tag = "shifts", operation_id = "copyShifts",
    request_body(content = CopyWeek, example = json!({ "from": "2026-11-16", "to": "2026-11-23" })),
    responses((status = 200, description = "The week as it is now", body = ShiftWeek))
)]
async fn copy(State(ctx): State<Ctx>, Auth(actor): Auth, Json(command): Json<CopyWeek>) -> Answer<Reply<ShiftWeek>> {
    Ok(Reply(shifts::copy_week(&ctx, &actor, &command).await?))
}

/// Ends the caller's shift: keeps what stands now, with a word to the next.
#[utoipa::path(
    post, path = "/shifts/handovers", tag = "shifts", operation_id = "handOverShift",
    request_body(content = HandOverShift, example = json!({ "note": "The lift in Navoi 12 waits for a part" })),
    responses((status = 201, description = "Handed over", body = OnDuty))
)]
async fn hand_over(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<HandOverShift>,
) -> Answer<(StatusCode, Reply<OnDuty>)> {
    Ok((StatusCode::CREATED, Reply(shifts::hand_over(&ctx, &actor, &command).await?)))
}

/// Takes a shift over from who handed it over.
#[utoipa::path(
    post, path = "/shifts/handovers/{id}/acknowledge", tag = "shifts", operation_id = "acknowledgeHandover",
    params(("id" = HandoverId, Path)),
    responses(
        (status = 200, description = "The caller's now", body = OnDuty),
        (status = 409, description = "`conflict`: somebody took it over already; `own_access`: one's own"),
    )
)]
async fn acknowledge(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<HandoverId>) -> Answer<Reply<OnDuty>> {
    Ok(Reply(shifts::acknowledge(&ctx, &actor, id).await?))
}

/// What a duty becomes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplaceShift {
    /// The day on which it is changed.
    #[schema(value_type = String, example = "2026-11-23")]
    day: NaiveDate,
    /// Also the weeks that follow.
    #[serde(default)]
    following: bool,
    to: ShiftFacts,
}

/// Changes a duty: of one day, or also of the weeks that follow. The weeks before stay as they were.
#[utoipa::path(
    put, path = "/shifts/{id}", tag = "shifts", operation_id = "changeShift", params(("id" = ShiftId, Path)),
    request_body(content = ReplaceShift, example = json!({
        "day": "2026-11-23", "following": true, "to": {
            "user_id": "01980f3e-7c55-7000-8000-000000000001", "duty": "dispatcher", "starts": "08:00:00", "ends": "20:00:00",
        },
    })),
    responses((status = 200, description = "The week of that day; the duty has another id now", body = ShiftWeek))
)]
async fn change(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ShiftId>,
    Json(ReplaceShift { day, following, to }): Json<ReplaceShift>,
) -> Answer<Reply<ShiftWeek>> {
    let command = ChangeShift { id, day, following, to: Some(to) };
    Ok(Reply(shifts::change(&ctx, &actor, &command).await?))
}

/// Which days of a duty.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OnDay {
    #[param(value_type = String, example = "2026-11-23")]
    day: NaiveDate,
    /// Also the weeks that follow.
    #[serde(default)]
    following: bool,
}

/// Takes a duty away: of one day, or also of the weeks that follow.
#[utoipa::path(
    delete, path = "/shifts/{id}", tag = "shifts", operation_id = "removeShift",
    params(("id" = ShiftId, Path), OnDay),
    responses((status = 200, description = "The week of that day", body = ShiftWeek))
)]
async fn take_away(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ShiftId>,
    Query(OnDay { day, following }): Query<OnDay>,
) -> Answer<Reply<ShiftWeek>> {
    let command = ChangeShift { id, day, following, to: None };
    Ok(Reply(shifts::change(&ctx, &actor, &command).await?))
}
