//! The search box, and lists as people keep them.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    SavedViewId,
    search::{CreateView, Found, KeepList, List, ListSetup, SavedView, SearchQuery, UpdateView},
};

#[cfg(feature = "ssr")]
use {
    crate::context::run,
    domain::{search, views},
};

#[server(prefix = "/rpc", endpoint = "search/find", input = Json, output = Json)]
pub async fn find(query: SearchQuery) -> ApiResult<Found> {
    run(async |ctx, actor| search::search(&ctx, &actor, &query).await).await
}

#[server(prefix = "/rpc", endpoint = "views/setup", input = Json, output = Json)]
pub async fn setup(list: List) -> ApiResult<ListSetup> {
    run(async |ctx, actor| views::setup(&ctx, &actor, list).await).await
}

#[server(prefix = "/rpc", endpoint = "views/create", input = Json, output = Json)]
pub async fn save_view(command: CreateView) -> ApiResult<SavedView> {
    run(async |ctx, actor| views::create(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "views/update", input = Json, output = Json)]
pub async fn change_view(id: SavedViewId, version: i32, command: UpdateView) -> ApiResult<SavedView> {
    run(async |ctx, actor| views::update(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "views/delete", input = Json, output = Json)]
pub async fn drop_view(id: SavedViewId) -> ApiResult<()> {
    run(async |ctx, actor| views::delete(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "views/keep", input = Json, output = Json)]
pub async fn keep(command: KeepList) -> ApiResult<()> {
    run(async |ctx, actor| views::keep(&ctx, &actor, &command).await).await
}
