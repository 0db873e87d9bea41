//! Residents and other contacts.

use super::{
    extract::{Auth, Id, Query},
    problem::Answer,
};
use axum::{Json as Reply, extract::State};
use domain::{Ctx, people};
use model::{
    ContactId, Page,
    people::{ContactCard, ContactRow},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(residents)).routes(routes!(resident))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ContactFilter {
    /// A piece of the name, or at least three digits of a phone.
    text: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Contacts of the company, newest first, 50 a page.
#[utoipa::path(
    get, path = "/residents", tag = "people", operation_id = "listResidents", params(ContactFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<ContactRow>))
)]
async fn residents(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<ContactFilter>,
) -> Answer<Reply<Page<ContactRow>>> {
    Ok(Reply(people::contacts(&ctx, &actor, filter.text.as_deref(), filter.cursor.as_deref()).await?))
}

/// One contact with phones and homes.
#[utoipa::path(
    get, path = "/residents/{id}", tag = "people", operation_id = "getResident", params(("id" = ContactId, Path)),
    responses((status = 200, description = "The contact", body = ContactCard))
)]
async fn resident(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ContactId>) -> Answer<Reply<ContactCard>> {
    Ok(Reply(people::contact(&ctx, &actor, id).await?))
}
