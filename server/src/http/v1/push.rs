//! Devices that get notifications.

use super::{
    extract::{Auth, Id, Json},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, http::StatusCode};
use domain::{Ctx, push};
use model::{
    PushDeviceId,
    push::{PushDevices, SaveDevice},
};
use serde::Serialize;

pub fn routes() -> Routes {
    Routes::new().routes(routes!(devices, subscribe)).routes(routes!(unsubscribe))
}

/// The device that was added.
#[derive(Serialize, utoipa::ToSchema)]
struct SavedDevice {
    id: PushDeviceId,
}

/// The caller's devices that get notifications, and the key a browser subscribes with.
#[utoipa::path(
    get, path = "/notifications/devices", tag = "notifications", operation_id = "listPushDevices",
    responses((status = 200, description = "The devices, the newest first", body = PushDevices))
)]
async fn devices(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<PushDevices>> {
    Ok(Reply(push::devices(&ctx, &actor).await?))
}

/// Adds the caller's device, or renews it. Devices are told again with each start of the app; they hear nothing once
/// their session has ended.
#[utoipa::path(
    post, path = "/notifications/devices", tag = "notifications", operation_id = "savePushDevice",
    request_body = SaveDevice,
    responses(
        (status = 201, description = "It gets notifications", body = SavedDevice),
        (status = 422, description = "`invalid`: keys that do not read, or a push service that is not known"),
    )
)]
async fn subscribe(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<SaveDevice>,
) -> Answer<(StatusCode, Reply<SavedDevice>)> {
    let id = push::subscribe(&ctx, &actor, &command).await?;
    Ok((StatusCode::CREATED, Reply(SavedDevice { id })))
}

/// Ends the notifications of one of the caller's devices.
#[utoipa::path(
    delete, path = "/notifications/devices/{id}", tag = "notifications", operation_id = "deletePushDevice",
    params(("id" = PushDeviceId, Path)),
    responses((status = 204, description = "It gets no more notifications"))
)]
async fn unsubscribe(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<PushDeviceId>) -> Answer<StatusCode> {
    push::unsubscribe(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
