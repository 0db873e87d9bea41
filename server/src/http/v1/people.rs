//! Residents and other contacts, their homes, and who is calling.

use super::{
    BASE,
    extract::{Auth, Id, IdempotencyKey, IfMatch, Json, Query},
    problem::Answer,
    property::Versioned,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::{Ctx, people};
use model::{
    ContactId, Page, Phone, ResidencyId,
    people::{
        AddHome, CallCard, ContactCard, ContactFilter, ContactRow, CreateContact, HomeCard, Privacy, PrivacyRules,
        Reveal, Revealed, UpdateContact, UpdateHome,
    },
};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update))
        .routes(routes!(homes, add_home))
        .routes(routes!(update_home))
        .routes(routes!(reveal))
        .routes(routes!(call))
        .routes(routes!(privacy, save_privacy))
}

/// Contacts of the company, newest first, 50 a page. Secrets are covered.
#[utoipa::path(
    get, path = "/residents", tag = "people", operation_id = "listResidents", params(ContactFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<ContactRow>))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<ContactFilter>,
) -> Answer<Reply<Page<ContactRow>>> {
    Ok(Reply(people::contacts(&ctx, &actor, &filter).await?))
}

/// Takes a person into the register, with or without a home. A login is not made: a resident makes one with the phone.
#[utoipa::path(
    post, path = "/residents", tag = "people", operation_id = "createResident",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe: the same key with the same body answers with the same person")),
    request_body(content = CreateContact, example = json!({
        "name": "Каримова Азиза", "phones": ["+998901234567", "+998712000000"], "channel": "telegram",
        "home": { "unit_id": "01980f3e-7c55-7000-8000-000000000001", "relation": "owner", "share": "1/3" },
    })),
    responses(
        (status = 201, description = "Made", body = ContactCard,
            headers(("Location" = String, description = "Where the person is"), ("ETag" = String, description = "For `If-Match`"))),
        (status = 409, description = "`idempotency_in_progress`: the first call with this key still runs"),
    )
)]
async fn create(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    key: IdempotencyKey,
    Json(command): Json<CreateContact>,
) -> Answer<impl IntoResponse> {
    let key = key.of("POST /residents", &command)?;
    let card = people::create_contact(&ctx, &actor, &command, key.as_ref()).await?;
    let place = [(header::LOCATION, format!("{BASE}/residents/{}", card.id))];
    Ok((StatusCode::CREATED, place, Versioned(card.version, card)))
}

/// One contact with phones and homes. Secrets are covered.
#[utoipa::path(
    get, path = "/residents/{id}", tag = "people", operation_id = "getResident", params(("id" = ContactId, Path)),
    responses((status = 200, description = "The contact", body = ContactCard, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ContactId>) -> Answer<Versioned<ContactCard>> {
    let card = people::contact(&ctx, &actor, id).await?;
    Ok(Versioned(card.version, card))
}

/// Changes a contact: absent fields stay as they are, `null` empties one.
#[utoipa::path(
    patch, path = "/residents/{id}", tag = "people", operation_id = "updateResident",
    params(("id" = ContactId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body(content = UpdateContact, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "Changed", body = ContactCard, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ContactId>,
    IfMatch(version): IfMatch,
    Json(command): Json<UpdateContact>,
) -> Answer<Versioned<ContactCard>> {
    let card = people::update_contact(&ctx, &actor, id, version, &command).await?;
    Ok(Versioned(card.version, card))
}

/// Homes of a contact: those of today, then former ones.
#[utoipa::path(
    get, path = "/residents/{id}/residencies", tag = "people", operation_id = "listResidencies", params(("id" = ContactId, Path)),
    responses((status = 200, description = "The homes", body = [HomeCard]))
)]
async fn homes(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ContactId>) -> Answer<Reply<Vec<HomeCard>>> {
    Ok(Reply(people::homes_of(&ctx, &actor, id).await?))
}

/// Gives a contact a home. The shares of a unit's owners are at most one together; they are exact.
#[utoipa::path(
    post, path = "/residents/{id}/residencies", tag = "people", operation_id = "createResidency", params(("id" = ContactId, Path)),
    request_body(content = AddHome, example = json!({ "unit_id": "01980f3e-7c55-7000-8000-000000000001", "relation": "owner", "share": "33.333" })),
    responses((status = 201, description = "Made", body = HomeCard, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn add_home(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ContactId>,
    Json(command): Json<AddHome>,
) -> Answer<impl IntoResponse> {
    let home = people::add_home(&ctx, &actor, id, &command).await?;
    Ok((StatusCode::CREATED, Versioned(home.version, home)))
}

/// Changes a home, or ends it with `until`: absent fields stay as they are, `null` empties one.
#[utoipa::path(
    patch, path = "/residencies/{id}", tag = "people", operation_id = "updateResidency",
    params(("id" = ResidencyId, Path), ("If-Match" = String, Header, description = "The `version` being edited", example = "\"3\"")),
    request_body(content = UpdateHome, content_type = "application/merge-patch+json", example = json!({ "until": "2026-11-30" })),
    responses(
        (status = 200, description = "Changed", body = HomeCard, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update_home(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ResidencyId>,
    IfMatch(version): IfMatch,
    Json(command): Json<UpdateHome>,
) -> Answer<Versioned<HomeCard>> {
    let home = people::update_home(&ctx, &actor, id, version, &command).await?;
    Ok(Versioned(home.version, home))
}

/// Uncovers one secret of a contact. A right of its own; the audit remembers who looked at which field.
#[utoipa::path(
    post, path = "/residents/{id}/reveal", tag = "people", operation_id = "revealResident", params(("id" = ContactId, Path)),
    request_body(content = Reveal, example = json!({ "field": "passport" })),
    responses(
        (status = 200, description = "The value", body = Revealed),
        (status = 403, description = "The caller may not uncover secrets"),
        (status = 404, description = "There is no such contact, or nothing behind the cover"),
    )
)]
async fn reveal(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ContactId>,
    Json(command): Json<Reveal>,
) -> Answer<impl IntoResponse> {
    let revealed = people::reveal(&ctx, &actor, id, command).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Reply::<Revealed>(revealed)))
}

/// Who is calling: everybody with a number, their homes, open and recent requests. An unknown number has an empty card.
#[utoipa::path(
    get, path = "/calls/{id}", tag = "people", operation_id = "getCall",
    params(("id" = String, Path, description = "The number", example = "+998901234567")),
    responses((status = 200, description = "The card", body = CallCard))
)]
async fn call(State(ctx): State<Ctx>, Auth(actor): Auth, Id(phone): Id<Phone>) -> Answer<Reply<CallCard>> {
    Ok(Reply(people::call(&ctx, &actor, &phone).await?))
}

/// What the company covers, and from whom.
#[utoipa::path(
    get, path = "/settings/privacy", tag = "people", operation_id = "getPrivacy",
    responses((status = 200, description = "The rules", body = Privacy, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn privacy(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Versioned<Privacy>> {
    let privacy = people::privacy(&ctx, &actor).await?;
    Ok(Versioned(privacy.version, privacy))
}

/// Changes what the company covers. Telephones that are there are sealed, or opened, in the background.
#[utoipa::path(
    put, path = "/settings/privacy", tag = "people", operation_id = "savePrivacy",
    params(("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"1\"")),
    request_body = PrivacyRules,
    responses(
        (status = 200, description = "Changed", body = Privacy, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn save_privacy(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    IfMatch(version): IfMatch,
    Json(rules): Json<PrivacyRules>,
) -> Answer<Versioned<Privacy>> {
    let privacy = people::save_privacy(&ctx, &actor, version, &rules).await?;
    Ok(Versioned(privacy.version, privacy))
}
