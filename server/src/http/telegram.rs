//! `POST /telegram/webhook`: store the update, answer at once, work later (integrations spec §1.3).

use crate::bot_link::BotLink;
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    routing::post,
};
use domain::Ctx;
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

pub const PATH: &str = "/telegram/webhook";
/// Telegram's updates are small; anything larger is not one.
const BODY_LIMIT: usize = 1024 * 1024;

pub fn routes(ctx: Ctx, bot: BotLink) -> Router<Ctx> {
    Router::new().route(PATH, post(webhook)).layer(DefaultBodyLimit::max(BODY_LIMIT)).with_state((ctx, bot))
}

async fn webhook(State((ctx, bot)): State<(Ctx, BotLink)>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let given = headers.get("x-telegram-bot-api-secret-token").map(HeaderValue::as_bytes).unwrap_or_default();
    if !bool::from(given.ct_eq(bot.secret.expose_secret().as_bytes())) {
        return StatusCode::UNAUTHORIZED;
    }
    let Some((update_id, chat_id)) = bot::parse_envelope(&body) else { return StatusCode::BAD_REQUEST };
    let Ok(json) = serde_json::from_slice(&body) else { return StatusCode::BAD_REQUEST };
    match domain::telegram::store(&ctx, bot.api.id(), update_id, chat_id, &json).await {
        Ok(_) => {
            bot.wake.notify_one();
            StatusCode::OK
        }
        // Telegram repeats until it hears 200: nothing is lost.
        Err(error) => {
            tracing::error!(%error, "an update could not be stored");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
