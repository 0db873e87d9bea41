//! News: written and sent at the desk, read by those who were told.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{Lang, NewsId, Page, news as of};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::news};

#[server(prefix = "/rpc", endpoint = "news/list", input = Json, output = Json)]
pub async fn list(filter: of::NewsFilter) -> ApiResult<Page<of::NewsRow>> {
    run(async |ctx, actor| news::list(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "news/get", input = Json, output = Json)]
pub async fn get(id: NewsId) -> ApiResult<of::NewsCard> {
    run(async |ctx, actor| news::get(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "news/create", input = Json, output = Json)]
pub async fn create(facts: of::NewsFacts) -> ApiResult<of::NewsCard> {
    run(async |ctx, actor| news::create(&ctx, &actor, &facts, None).await).await
}

#[server(prefix = "/rpc", endpoint = "news/update", input = Json, output = Json)]
pub async fn update(id: NewsId, version: i32, facts: of::NewsFacts) -> ApiResult<of::NewsCard> {
    run(async |ctx, actor| news::update(&ctx, &actor, id, version, &facts).await).await
}

// Not `send`: the macro makes a type of the name, and `Send` is taken.
#[server(prefix = "/rpc", endpoint = "news/send", input = Json, output = Json)]
pub async fn send_out(id: NewsId, version: i32) -> ApiResult<of::NewsCard> {
    run(async |ctx, actor| news::send(&ctx, &actor, id, version).await).await
}

#[server(prefix = "/rpc", endpoint = "news/cancel", input = Json, output = Json)]
pub async fn cancel(id: NewsId) -> ApiResult<of::NewsCard> {
    run(async |ctx, actor| news::cancel(&ctx, &actor, id).await).await
}

/// Whom it would reach, and what it would cost.
#[server(prefix = "/rpc", endpoint = "news/look", input = Json, output = Json)]
pub async fn look(ask: of::AskAudience) -> ApiResult<of::AudienceLook> {
    run(async |ctx, actor| news::look(&ctx, &actor, &ask).await).await
}

/// What the signed-in person was told, in the language of the page.
#[server(prefix = "/rpc", endpoint = "news/mine", input = Json, output = Json)]
pub async fn mine(lang: Lang) -> ApiResult<Vec<of::MyNews>> {
    run(async |ctx, actor| news::mine(&ctx, &actor, lang).await).await
}

/// One of them; it is read with that.
#[server(prefix = "/rpc", endpoint = "news/open", input = Json, output = Json)]
pub async fn open(id: NewsId, lang: Lang) -> ApiResult<of::MyNews> {
    run(async |ctx, actor| news::open(&ctx, &actor, lang, id).await).await
}
