//! What the list of requests is narrowed by.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    Lang,
    requests::narrow::{Choice, Chosen, Named, Narrow},
};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::requests::narrow};

#[server(prefix = "/rpc", endpoint = "narrow/choices", input = Json, output = Json)]
pub async fn choices(lang: Lang, of: Narrow, text: String, chosen: String) -> ApiResult<Vec<Choice>> {
    run(async |ctx, actor| narrow::choices(&ctx, &actor, lang, of, &text, &chosen).await).await
}

#[server(prefix = "/rpc", endpoint = "narrow/names", input = Json, output = Json)]
pub async fn names(lang: Lang, chosen: Chosen) -> ApiResult<Named> {
    run(async |ctx, actor| narrow::names(&ctx, &actor, lang, &chosen).await).await
}
