//! Imports of spreadsheets. The file itself goes through `POST /imports`.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    ImportId,
    imports::{ImportCard, ImportRow, SetColumns},
};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::imports};

#[server(prefix = "/rpc", endpoint = "imports/list", input = Json, output = Json)]
pub async fn list() -> ApiResult<Vec<ImportRow>> {
    run(async |ctx, actor| imports::list(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "imports/get", input = Json, output = Json)]
pub async fn get(id: ImportId) -> ApiResult<ImportCard> {
    run(async |ctx, actor| imports::get(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "imports/set_columns", input = Json, output = Json)]
pub async fn choose(id: ImportId, version: i32, command: SetColumns) -> ApiResult<ImportCard> {
    run(async |ctx, actor| imports::set_columns(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "imports/check", input = Json, output = Json)]
pub async fn check(id: ImportId) -> ApiResult<ImportCard> {
    run(async |ctx, actor| imports::start_check(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "imports/run", input = Json, output = Json)]
pub async fn start(id: ImportId) -> ApiResult<ImportCard> {
    run(async |ctx, actor| imports::start_run(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "imports/undo", input = Json, output = Json)]
pub async fn undo(id: ImportId) -> ApiResult<ImportCard> {
    run(async |ctx, actor| imports::start_undo(&ctx, &actor, id).await).await
}
