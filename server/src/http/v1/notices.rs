//! What people are told: the caller's own list and wishes, letters to chosen people, and the journal of deliveries.

use super::{
    extract::{Auth, IdempotencyKey, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{Ctx, notices};
use model::{
    NoticeId,
    notices::{
        Deliveries, DeliveryFilter, LetterSent, NoticePreferences, Notices, ReadNotices, SaveNoticePreferences,
        SaveText, SendLetter, TextKind,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(preferences, save_preferences))
        .routes(routes!(deliveries))
        .routes(routes!(send))
        .routes(routes!(templates, save_template))
}

/// Where a page of notices starts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct After {
    /// `next` of the page before.
    #[serde(default)]
    after: Option<NoticeId>,
}

/// What the caller was told, in their language, the newest first.
#[utoipa::path(
    get, path = "/notices", tag = "notices", operation_id = "listNotices", params(After),
    responses((status = 200, description = "Thirty at most; `next` leads to the following ones", body = Notices))
)]
async fn list(State(ctx): State<Ctx>, Auth(actor): Auth, Query(page): Query<After>) -> Answer<Reply<Notices>> {
    let lang = actor.lang();
    let found = notices::list(&ctx, &actor, lang, page.after).await?;
    Ok(Reply(api::notices::in_words(actor.role(), actor.name(), lang, ctx.clock.now(), found)))
}

/// How many are left.
#[derive(Serialize, ToSchema)]
struct Unread {
    unread: i64,
}

/// The caller has read one notice, all about one object, or all when nothing is named.
#[utoipa::path(
    post, path = "/notices/seen", tag = "notices", operation_id = "seeNotices", request_body = ReadNotices,
    responses((status = 200, description = "Noted", body = Unread))
)]
async fn read(State(ctx): State<Ctx>, Auth(actor): Auth, Json(command): Json<ReadNotices>) -> Answer<Reply<Unread>> {
    Ok(Reply(Unread { unread: notices::read(&ctx, &actor, command).await? }))
}

/// What the caller wants to be told, by which channels, and when they sleep.
#[utoipa::path(
    get, path = "/notices/preferences", tag = "notices", operation_id = "getNoticePreferences",
    responses((status = 200, description = "Every kind of the caller's role by every channel", body = NoticePreferences))
)]
async fn preferences(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<NoticePreferences>> {
    Ok(Reply(notices::preferences(&ctx, &actor).await?))
}

/// Changes what is named; the rest stays. Codes and passwords cannot be switched off.
#[utoipa::path(
    patch, path = "/notices/preferences", tag = "notices", operation_id = "saveNoticePreferences",
    request_body(content = SaveNoticePreferences, example = json!({
        "choices": [{ "kind": "bill", "channel": "sms", "wanted": true }],
        "quiet": { "on": true, "from": "22:00:00", "till": "08:00:00" },
    })),
    responses((status = 200, description = "As it is now", body = NoticePreferences))
)]
async fn save_preferences(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<SaveNoticePreferences>,
) -> Answer<Reply<NoticePreferences>> {
    Ok(Reply(notices::save_preferences(&ctx, &actor, &command).await?))
}

/// Did they get it? Deliveries of the company, the newest first.
#[utoipa::path(
    get, path = "/notifications/deliveries", tag = "notices", operation_id = "listDeliveries", params(DeliveryFilter),
    responses((status = 200, description = "Fifty at most", body = Deliveries))
)]
async fn deliveries(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<DeliveryFilter>,
) -> Answer<Reply<Deliveries>> {
    Ok(Reply(notices::deliveries(&ctx, &actor, &filter).await?))
}

/// Writes to chosen people, each by the channels they want.
#[utoipa::path(
    post, path = "/notifications/send", tag = "notices", operation_id = "sendNotification",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe: nobody is written to twice")),
    request_body(content = SendLetter, example = json!({
        "contact_ids": ["01980f3e-7c55-7000-8000-000000000001"], "title": "Собрание", "text": "Завтра в 19:00 во дворе.",
    })),
    responses((status = 202, description = "On its way", body = LetterSent))
)]
async fn send(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    key: IdempotencyKey,
    Json(command): Json<SendLetter>,
) -> Answer<Response> {
    let key = key.of("POST /notifications/send", &command)?;
    let sent = notices::send(&ctx, &actor, &command, key.as_ref()).await?;
    Ok((StatusCode::ACCEPTED, Reply(sent)).into_response())
}

/// The words of messages: the product's, and those the company wrote by channel and language.
#[utoipa::path(
    get, path = "/notifications/templates", tag = "notices", operation_id = "listMessageTexts",
    responses((status = 200, description = "Every kind whose words may be written", body = [TextKind]))
)]
async fn templates(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<TextKind>>> {
    Ok(Reply(api::texts::all(&ctx, &actor).await?))
}

/// Writes the words of one kind for a channel and a language; without `words` the product's are said again.
#[utoipa::path(
    put, path = "/notifications/templates", tag = "notices", operation_id = "saveMessageText",
    request_body(content = SaveText, example = json!({
        "kind": "request_step", "channel": "telegram", "lang": "ru", "version": 0,
        "words": { "title": "Заявка №{number}: {status}", "text": "{address}" },
    })),
    responses(
        (status = 200, description = "The kind as it is now", body = TextKind),
        (status = 409, description = "`conflict`: somebody wrote a newer version meanwhile"),
    )
)]
async fn save_template(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<SaveText>,
) -> Answer<Reply<TextKind>> {
    Ok(Reply(api::texts::write(&ctx, &actor, &command).await?))
}
