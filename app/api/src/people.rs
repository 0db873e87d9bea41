//! Contacts.

use crate::ApiResult;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{
    ContactId, Page,
    people::{ContactCard, ContactRow},
};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::people};

#[server(prefix = "/rpc", endpoint = "people/contacts", input = Json)]
pub async fn contacts(text: Option<String>, cursor: Option<String>) -> ApiResult<Page<ContactRow>> {
    run(async |ctx, actor| people::contacts(&ctx, &actor, text.as_deref(), cursor.as_deref()).await).await
}

#[server(prefix = "/rpc", endpoint = "people/contact", input = Json)]
pub async fn contact(id: ContactId) -> ApiResult<ContactCard> {
    run(async |ctx, actor| people::contact(&ctx, &actor, id).await).await
}
