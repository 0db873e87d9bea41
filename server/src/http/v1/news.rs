//! News: written and sent by the company, read by those who were told.

use super::{
    BASE,
    extract::{Auth, Id, IdempotencyKey, IfMatch, Json, Query},
    problem::Answer,
    property::{Versioned, merged},
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::{Ctx, news};
use model::{
    NewsId, Page,
    news::{AskAudience, AudienceLook, MyNews, NewsCard, NewsFacts, NewsFilter, NewsRow},
};
use serde_json::Value;

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(audience))
        .routes(routes!(mine))
        .routes(routes!(open))
        .routes(routes!(get, update))
        .routes(routes!(send))
        .routes(routes!(cancel))
}

/// What the company wrote, the newest first.
#[utoipa::path(
    get, path = "/news", tag = "news", operation_id = "listNews", params(NewsFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<NewsRow>))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<NewsFilter>,
) -> Answer<Reply<Page<NewsRow>>> {
    Ok(Reply(news::list(&ctx, &actor, &filter).await?))
}

/// Writes a draft. Nobody is told before it is sent.
#[utoipa::path(
    post, path = "/news", tag = "news", operation_id = "createNews",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe")),
    request_body(content = NewsFacts, example = json!({
        "texts": { "ru": { "title": "Воды не будет", "text": "Завтра с 9 до 13 меняем задвижку." } },
        "audience": { "who": "residents", "places": [{ "building_id": "0197a2f0-0000-7000-8000-000000000001" }] },
    })),
    responses((status = 201, description = "Made", body = NewsCard,
        headers(("Location" = String, description = "Where it is"), ("ETag" = String, description = "For `If-Match`"))))
)]
async fn create(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    key: IdempotencyKey,
    Json(facts): Json<NewsFacts>,
) -> Answer<impl IntoResponse> {
    let key = key.of("POST /news", &facts)?;
    let card = news::create(&ctx, &actor, &facts, key.as_ref()).await?;
    let place = [(header::LOCATION, format!("{BASE}/news/{}", card.id))];
    Ok((StatusCode::CREATED, place, Versioned(card.version, card)))
}

/// Whom an audience is now, by which channels it is reached first, and what text messages would cost.
#[utoipa::path(
    post, path = "/news/audience", tag = "news", operation_id = "lookAtAudience", request_body = AskAudience,
    responses((status = 200, description = "How many, and the first of them", body = AudienceLook))
)]
async fn audience(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(ask): Json<AskAudience>,
) -> Answer<Reply<AudienceLook>> {
    Ok(Reply(news::look(&ctx, &actor, &ask).await?))
}

/// What the caller was told and is still news, in their language.
#[utoipa::path(
    get, path = "/news/mine", tag = "news", operation_id = "myNews",
    responses((status = 200, description = "Fifty at most, the newest first", body = [MyNews]))
)]
async fn mine(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<MyNews>>> {
    Ok(Reply(news::mine(&ctx, &actor, actor.lang()).await?))
}

/// One of them. The caller has read it with that.
#[utoipa::path(
    post, path = "/news/{id}/read", tag = "news", operation_id = "readNews", params(("id" = NewsId, Path)),
    responses((status = 200, description = "As they read it", body = MyNews))
)]
async fn open(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<NewsId>) -> Answer<Reply<MyNews>> {
    Ok(Reply(news::open(&ctx, &actor, actor.lang(), id).await?))
}

/// What was written, to whom, and who got it.
#[utoipa::path(
    get, path = "/news/{id}", tag = "news", operation_id = "getNews", params(("id" = NewsId, Path)),
    responses((status = 200, description = "The news with their report", body = NewsCard, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<NewsId>) -> Answer<Versioned<NewsCard>> {
    let card = news::get(&ctx, &actor, id).await?;
    Ok(Versioned(card.version, card))
}

/// Changes a draft. Absent fields stay, `null` empties one.
#[utoipa::path(
    patch, path = "/news/{id}", tag = "news", operation_id = "updateNews",
    params(("id" = NewsId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body(content = NewsFacts, description = "Any part of it", content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "Changed", body = NewsCard, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile; `illegal_transition`: it is on its way, or somebody was told"),
    )
)]
async fn update(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<NewsId>,
    IfMatch(version): IfMatch,
    Json(patch): Json<Value>,
) -> Answer<Versioned<NewsCard>> {
    let known = news::get(&ctx, &actor, id).await?;
    let card = news::update(&ctx, &actor, id, version, &merged(&known.facts, patch)?).await?;
    Ok(Versioned(card.version, card))
}

/// Sends it in fifteen seconds, or at its moment when it has one. Until then it can be taken back without a trace.
#[utoipa::path(
    post, path = "/news/{id}/send", tag = "news", operation_id = "sendNews",
    params(("id" = NewsId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version that is sent", example = "\"3\"")),
    responses(
        (status = 202, description = "It will go out at `due_at`", body = NewsCard, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile; `illegal_transition`: it was sent already"),
    )
)]
async fn send(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<NewsId>,
    IfMatch(version): IfMatch,
) -> Answer<impl IntoResponse> {
    let card = news::send(&ctx, &actor, id, version).await?;
    Ok((StatusCode::ACCEPTED, Versioned(card.version, card)))
}

/// Takes it back: before its moment without a trace, later nobody else hears of it and it is no longer shown.
#[utoipa::path(
    post, path = "/news/{id}/cancel", tag = "news", operation_id = "cancelNews", params(("id" = NewsId, Path)),
    responses(
        (status = 200, description = "Taken back", body = NewsCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: there is nothing to take back"),
    )
)]
async fn cancel(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<NewsId>) -> Answer<Versioned<NewsCard>> {
    let card = news::cancel(&ctx, &actor, id).await?;
    Ok(Versioned(card.version, card))
}
