//! Documents of a building or of the company. Pages use the same handlers under `/documents`.

use super::Versioned;
use crate::http::v1::{
    extract::{Auth, Id, IfMatch, Json, Query},
    files,
    problem::{Answer, Problem},
    routes::{Routes, routes},
};
use api::context::Caller;
use axum::{
    Extension, Json as Reply,
    extract::{
        DefaultBodyLimit, Multipart, State,
        multipart::{MultipartError, MultipartRejection},
    },
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    Ctx, Error,
    property::{self, DocumentFile, NewFile},
};
use model::{
    BuildingId, Code, DocumentId,
    property::{DOCUMENT_LIMIT, DocumentFacts, DocumentFilter, DocumentRow},
};
use serde::Deserialize;
use std::{collections::HashMap, fmt::Write as _};
use utoipa::ToSchema;

/// The words beside a file, all together.
const WORDS: usize = 8 << 10;

pub(super) fn routes() -> Routes {
    // Parts are read one by one, each against its own limit.
    let upload = Routes::new().routes(routes!(create)).routes(routes!(replace)).layer(DefaultBodyLimit::disable());
    upload.merge(
        Routes::new()
            .routes(routes!(list))
            .routes(routes!(mine))
            .routes(routes!(update, delete))
            .routes(routes!(download)),
    )
}

/// A PDF, a JPEG, PNG or WebP picture, or an office file without macros, up to 20 MB.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "describes the form")]
struct DocumentForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    visibility: model::property::Visibility,
    /// Absent for a document of the whole company.
    building_id: Option<BuildingId>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "describes the form")]
struct FileForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// The documents of a building, or of the company itself, the latest first.
#[utoipa::path(
    get, path = "/documents", tag = "documents", operation_id = "listDocuments", params(DocumentFilter),
    responses((status = 200, description = "The documents", body = [DocumentRow]))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<DocumentFilter>,
) -> Answer<Reply<Vec<DocumentRow>>> {
    Ok(Reply(property::documents(&ctx, &actor, &filter).await?))
}

/// What the signed-in resident may read: documents of the company and of their houses.
#[utoipa::path(
    get, path = "/documents/mine", tag = "documents", operation_id = "listMyDocuments",
    responses((status = 200, description = "The documents", body = [DocumentRow]))
)]
async fn mine(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<DocumentRow>>> {
    Ok(Reply(property::my_documents(&ctx, &actor).await?))
}

/// Takes a document in.
#[utoipa::path(
    post, path = "/documents", tag = "documents", operation_id = "createDocument",
    request_body(content = DocumentForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Kept", body = DocumentRow, headers(("ETag" = String, description = "For `If-Match`"))),
        (status = 413, description = "The file is larger than 20 MB"),
        (status = 422, description = "`bad_file` on `/file` when it is of another kind, or a wrong field"),
    )
)]
pub async fn create(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    form: Result<Multipart, MultipartRejection>,
) -> Answer<Response> {
    let (words, file) = read(form).await?;
    let building = words.get("building_id").filter(|id| !id.is_empty());
    let building = building.map(|id| id.parse().map_err(|_| Error::field("/building_id", "unknown"))).transpose()?;
    let visibility = words.get("visibility").ok_or_else(|| Error::field("/visibility", "required"))?;
    let facts = DocumentFacts {
        title: words.get("title").cloned().unwrap_or_default(),
        visibility: visibility.parse().map_err(|()| Error::field("/visibility", "unknown"))?,
    };
    let row = property::create_document(&ctx, &actor, building, &facts, file).await?;
    Ok((StatusCode::CREATED, Versioned(row.version, row)).into_response())
}

/// Puts another file in the place of a document's.
#[utoipa::path(
    post, path = "/documents/{id}/file", tag = "documents", operation_id = "replaceDocument",
    params(("id" = DocumentId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being replaced", example = "\"3\"")),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "Replaced", body = DocumentRow, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
        (status = 413, description = "The file is larger than 20 MB"),
    )
)]
pub async fn replace(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<DocumentId>,
    IfMatch(version): IfMatch,
    form: Result<Multipart, MultipartRejection>,
) -> Answer<Response> {
    let (_, file) = read(form).await?;
    let row = property::replace_document(&ctx, &actor, id, version, file).await?;
    Ok(Versioned(row.version, row).into_response())
}

/// The words of a form and its one file.
async fn read(form: Result<Multipart, MultipartRejection>) -> Answer<(HashMap<String, String>, NewFile)> {
    let mut form = form.map_err(|refusal| Problem::from(Code::UnsupportedMedia).detail(refusal.body_text()))?;
    let (mut words, mut file) = (HashMap::new(), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => {
                let file_name = field.file_name().unwrap_or_default().to_owned();
                let bytes = files::read(field, DOCUMENT_LIMIT).await.map_err(broken)?.ok_or(Code::TooLarge)?;
                file = Some(NewFile { file_name, bytes });
            }
            "title" | "visibility" | "building_id" => {
                let bytes = files::read(field, WORDS).await.map_err(broken)?.ok_or(Code::TooLarge)?;
                let text = String::from_utf8(bytes).map_err(|_| Error::field(&format!("/{name}"), "unknown"))?;
                if text.contains('\0') {
                    return Err(Error::field(&format!("/{name}"), "unknown").into());
                }
                words.insert(name, text);
            }
            _ => return Err(Error::field(&format!("/{name}"), "unknown").into()),
        }
    }
    let file = file.filter(|f| !f.bytes.is_empty()).ok_or_else(|| Error::field("/file", "required"))?;
    Ok((words, file))
}

fn broken(error: MultipartError) -> Problem {
    let too_large = error.status() == StatusCode::PAYLOAD_TOO_LARGE;
    Problem::from(if too_large { Code::TooLarge } else { Code::BadRequest }).detail(error.body_text())
}

/// Changes a document's title and who may read it.
#[utoipa::path(
    put, path = "/documents/{id}", tag = "documents", operation_id = "updateDocument",
    params(("id" = DocumentId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body = DocumentFacts,
    responses(
        (status = 200, description = "Changed", body = DocumentRow, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<DocumentId>,
    IfMatch(version): IfMatch,
    Json(command): Json<DocumentFacts>,
) -> Answer<Versioned<DocumentRow>> {
    let row = property::update_document(&ctx, &actor, id, version, &command).await?;
    Ok(Versioned(row.version, row))
}

/// Removes a document and its file.
#[utoipa::path(
    delete, path = "/documents/{id}", tag = "documents", operation_id = "deleteDocument",
    params(("id" = DocumentId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being removed", example = "\"3\"")),
    responses(
        (status = 204, description = "Removed"),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn delete(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<DocumentId>,
    IfMatch(version): IfMatch,
) -> Answer<StatusCode> {
    property::delete_document(&ctx, &actor, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A document's bytes.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "describes the answer")]
struct Document(Vec<u8>);

/// A document's file, always as a download. A public one needs no signing in.
#[utoipa::path(
    get, path = "/documents/{id}/file", tag = "documents", operation_id = "getDocument", security((), ("bearer" = [])),
    params(("id" = DocumentId, Path)),
    responses((status = 200, description = "The file", body = Document, content_type = "*/*"))
)]
pub async fn download(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Id(id): Id<DocumentId>,
) -> Answer<Response> {
    let DocumentFile { file_name, content_type, bytes } = property::document_file(&ctx, caller.0.as_ref(), id).await?;
    let kind = HeaderValue::from_str(&content_type).map_err(|e| Error::internal("content type", e))?;
    let place = HeaderValue::from_str(&disposition(&file_name)).map_err(|e| Error::internal("file name", e))?;
    // The right to read it may end any moment, so no cache keeps it.
    let safe = [
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (header::CONTENT_DISPOSITION, place),
        (header::CONTENT_TYPE, kind),
    ];
    Ok((safe, bytes).into_response())
}

/// The name twice: in ASCII for old programs, and as it is (RFC 6266).
fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let encoded = name.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    });
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_header() {
        assert_eq!(
            disposition("Смета \"1\".pdf"),
            "attachment; filename=\"_____ _1_.pdf\"; filename*=UTF-8''%D0%A1%D0%BC%D0%B5%D1%82%D0%B0%20%221%22.pdf"
        );
    }
}
