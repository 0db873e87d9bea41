//! Filing a request as a plain multipart form: works before any WASM has loaded, photos included.

use super::{
    forms::{back, see_other},
    v1::files as photos,
};
use api::context::{Caller, TraceId};
use axum::{
    Extension,
    extract::{Multipart, State},
    response::Response,
};
use domain::{Actor, Ctx, Error, files, property, requests};
use model::{Code, FileId, Phone, requests::CreateRequest};
use std::collections::BTreeMap;

/// Form fields by name; the first of equal names counts.
type Typed = BTreeMap<String, String>;

/// `POST /my/requests`.
pub async fn resident(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    form: Multipart,
) -> Response {
    file(&ctx, caller, trace, form, "/my/new", "/my/requests").await
}

/// `POST /desk/requests`.
pub async fn desk(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    form: Multipart,
) -> Response {
    file(&ctx, caller, trace, form, "/desk/requests/new", "/desk/requests").await
}

async fn file(ctx: &Ctx, caller: Caller, trace: TraceId, form: Multipart, page: &str, pages: &str) -> Response {
    let Some(actor) = caller.0 else {
        return see_other(&format!("/login?{}", super::forms::query(&[("next", page)])));
    };
    let mut typed = Typed::new();
    match create(ctx, &actor, form, &mut typed).await {
        Ok(id) => see_other(&format!("{pages}/{id}?filed=1")),
        Err(error) => {
            let failure = error.into_failure(Some(trace.0));
            let typed: Vec<(&str, &str)> = typed.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            back(page, &failure, &typed)
        }
    }
}

async fn create(ctx: &Ctx, actor: &Actor, form: Multipart, typed: &mut Typed) -> Result<model::RequestId, Error> {
    let uploaded = read(ctx, actor, form, typed).await?;
    // Photos that are in already stay with the form when something else is wrong.
    let mut ids: Vec<String> = typed
        .get("file_ids")
        .map(|s| s.split(',').filter(|s| !s.is_empty()).map(str::to_owned).collect())
        .unwrap_or_default();
    ids.extend(uploaded.iter().map(FileId::to_string));
    typed.insert("file_ids".to_owned(), ids.join(","));
    let mut command = CreateRequest {
        unit_id: parse(typed, "unit_id")?,
        building_id: parse(typed, "building_id")?,
        entrance_id: parse(typed, "entrance_id")?,
        contact_id: parse(typed, "contact_id")?,
        contact_name: text(typed, "contact_name"),
        contact_phone: match text(typed, "contact_phone") {
            Some(phone) => Some(Phone::parse(&phone).ok_or_else(|| Error::field("/contact_phone", "bad_phone"))?),
            None => None,
        },
        category: text(typed, "category")
            .ok_or_else(|| Error::field("/category", "required"))?
            .parse()
            .map_err(|()| Error::field("/category", "unknown"))?,
        source: parse_word(typed, "source")?,
        problem_id: parse(typed, "problem_id")?,
        kind: parse_word(typed, "kind")?,
        priority: parse_word(typed, "priority")?,
        description: typed.get("description").cloned().unwrap_or_default(),
        hidden: text(typed, "hidden").is_some_and(|word| word == "true"),
        file_ids: ids
            .iter()
            .map(|id| id.parse().map_err(|_| Error::field("/file_ids", "unknown")))
            .collect::<Result<_, _>>()?,
    };
    if command.unit_id.is_none()
        && let (Some(building), Some(number)) = (command.building_id, text(typed, "unit_number"))
    {
        let unit = property::unit_by_number(ctx, actor, building, &number).await?;
        command.unit_id = Some(unit.ok_or_else(|| Error::field("/unit_number", "unknown"))?);
    }
    if command.unit_id.is_none()
        && command.entrance_id.is_none()
        && let (Some(building), Some(number)) = (command.building_id, text(typed, "entrance_number"))
    {
        let entrance = match number.parse() {
            Ok(number) => property::entrance_by_number(ctx, actor, building, number).await?,
            Err(_) => None,
        };
        command.entrance_id = Some(entrance.ok_or_else(|| Error::field("/entrance_number", "unknown"))?);
    }
    Ok(requests::create(ctx, actor, &command, None).await?.id)
}

async fn read(ctx: &Ctx, actor: &Actor, mut form: Multipart, typed: &mut Typed) -> Result<Vec<FileId>, Error> {
    let (mut uploaded, limits) = (Vec::new(), &ctx.config.server);
    // Photos may be large each, what is typed only all together.
    let mut room = limits.body_limit_bytes;
    while let Some(field) = form.next_field().await.map_err(|_| Code::BadRequest)? {
        let name = field.name().unwrap_or_default().to_owned();
        let photo = name == "photos";
        let bytes = photos::read(field, if photo { limits.upload_limit_bytes } else { room }).await;
        let bytes = bytes.map_err(|_| Code::BadRequest)?.ok_or(Code::TooLarge)?;
        if photo {
            // An empty file input posts one empty part.
            if !bytes.is_empty() {
                if uploaded.len() == photos::MOST {
                    return Err(Error::field("/file_ids", "too_long"));
                }
                uploaded.push(files::upload(ctx, actor, bytes).await?.id);
            }
        } else {
            room = room.saturating_sub(name.len() + bytes.len());
            if let Ok(value) = String::from_utf8(bytes) {
                typed.entry(name).or_insert(value.replace('\0', ""));
            }
        }
    }
    Ok(uploaded)
}

fn text(typed: &Typed, name: &str) -> Option<String> {
    typed.get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty())
}

fn parse<T: From<uuid::Uuid>>(typed: &Typed, name: &str) -> Result<Option<T>, Error> {
    text(typed, name)
        .map(|v| uuid::Uuid::parse_str(&v).map(T::from).map_err(|_| Error::field(&format!("/{name}"), "unknown")))
        .transpose()
}

fn parse_word<T: std::str::FromStr>(typed: &Typed, name: &str) -> Result<Option<T>, Error> {
    text(typed, name).map(|v| v.parse().map_err(|_| Error::field(&format!("/{name}"), "unknown"))).transpose()
}
