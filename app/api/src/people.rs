//! People: the register, their homes, who is calling, and what is covered.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
// By its module: the macro makes a type of its own for each function, with the same names.
use model::people as of;
use model::{ContactId, Page, Phone, ResidencyId, bulk::Outcome};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::people};

#[server(prefix = "/rpc", endpoint = "people/contacts", input = Json, output = Json)]
pub async fn contacts(filter: of::ContactFilter) -> ApiResult<Page<of::ContactRow>> {
    run(async |ctx, actor| people::contacts(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "people/contact", input = Json, output = Json)]
pub async fn contact(id: ContactId) -> ApiResult<of::ContactCard> {
    run(async |ctx, actor| people::contact(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "people/create_contact", input = Json, output = Json)]
pub async fn create_contact(command: of::CreateContact) -> ApiResult<of::ContactCard> {
    run(async |ctx, actor| people::create_contact(&ctx, &actor, &command, None).await).await
}

#[server(prefix = "/rpc", endpoint = "people/update_contact", input = Json, output = Json)]
pub async fn update_contact(id: ContactId, version: i32, command: of::UpdateContact) -> ApiResult<of::ContactCard> {
    run(async |ctx, actor| people::update_contact(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "people/bulk", input = Json, output = Json)]
pub async fn bulk(command: of::PeopleBulk) -> ApiResult<Vec<Outcome>> {
    run(async |ctx, actor| people::bulk(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "people/add_home", input = Json, output = Json)]
pub async fn add_home(id: ContactId, command: of::AddHome) -> ApiResult<of::HomeCard> {
    run(async |ctx, actor| people::add_home(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "people/update_home", input = Json, output = Json)]
pub async fn update_home(id: ResidencyId, version: i32, command: of::UpdateHome) -> ApiResult<of::HomeCard> {
    run(async |ctx, actor| people::update_home(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "people/reveal", input = Json, output = Json)]
pub async fn reveal(id: ContactId, command: of::Reveal) -> ApiResult<of::Revealed> {
    run(async |ctx, actor| people::reveal(&ctx, &actor, id, command).await).await
}

#[server(prefix = "/rpc", endpoint = "people/call", input = Json, output = Json)]
pub async fn call(phone: Phone) -> ApiResult<of::CallCard> {
    run(async |ctx, actor| people::call(&ctx, &actor, &phone).await).await
}

#[server(prefix = "/rpc", endpoint = "people/privacy", input = Json, output = Json)]
pub async fn privacy() -> ApiResult<of::Privacy> {
    run(async |ctx, actor| people::privacy(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "people/save_privacy", input = Json, output = Json)]
pub async fn save_privacy(version: i32, rules: of::PrivacyRules) -> ApiResult<of::Privacy> {
    run(async |ctx, actor| people::save_privacy(&ctx, &actor, version, &rules).await).await
}
