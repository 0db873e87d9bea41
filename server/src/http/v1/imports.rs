//! Imports of spreadsheets. Pages use the same handlers for the file, the errors and the templates.

use super::{
    extract::{Auth, Id, IfMatch, Json},
    files::read,
    problem::{Answer, Problem},
    routes::{Routes, routes},
    tasks::attachment,
};
use axum::{
    Json as Reply,
    extract::{
        DefaultBodyLimit, Multipart, Path, State,
        multipart::{MultipartError, MultipartRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use documents::TableFormat;
use domain::{
    Ctx, Error,
    imports::{self, NewImport, Sheet},
};
use model::{
    Code, ImportId, Lang, Permission,
    imports::{ImportCard, ImportKind, ImportRow, MAX_BYTES, SetColumns},
};
use serde::Deserialize;
use utoipa::ToSchema;

pub fn routes() -> Routes {
    // The part is read against its own limit.
    let upload = Routes::new().routes(routes!(list, upload)).layer(DefaultBodyLimit::disable());
    upload.merge(
        Routes::new()
            .routes(routes!(get))
            .routes(routes!(set_columns))
            .routes(routes!(check))
            .routes(routes!(start))
            .routes(routes!(undo))
            .routes(routes!(errors))
            .routes(routes!(template)),
    )
}

/// An import with its version as the tag.
struct Tagged(ImportCard);

impl IntoResponse for Tagged {
    fn into_response(self) -> Response {
        let tag = HeaderValue::from_str(&format!("\"{}\"", self.0.version)).ok();
        let mut response = Reply(self.0).into_response();
        response.headers_mut().extend(tag.map(|tag| (header::ETAG, tag)));
        response
    }
}

/// The company's imports, newest first.
#[utoipa::path(
    get, path = "/imports", tag = "imports", operation_id = "listImports",
    responses((status = 200, description = "The last hundred", body = [ImportRow]))
)]
async fn list(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<ImportRow>>> {
    Ok(Reply(imports::list(&ctx, &actor).await?))
}

/// What it is about, and an `.xlsx` or CSV file of at most 20 MB.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "describes the form")]
struct ImportForm {
    kind: ImportKind,
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Takes a spreadsheet in, finds its header and guesses its columns. Nothing is written yet.
#[utoipa::path(
    post, path = "/imports", tag = "imports", operation_id = "createImport",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Taken in", body = ImportCard,
            headers(("Location" = String, description = "Where the import is"), ("ETag" = String, description = "For `If-Match`"))),
        (status = 413, description = "The file is larger than allowed"),
        (status = 422, description = "`not_a_spreadsheet`, `spreadsheet_too_large`, `empty_spreadsheet`, or a part that is not known"),
    )
)]
pub async fn upload(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    form: Result<Multipart, MultipartRejection>,
) -> Answer<Response> {
    // Before megabytes are read.
    actor.scope(Permission::ImportsRun)?;
    let mut form = form.map_err(|refusal| Problem::from(Code::UnsupportedMedia).detail(refusal.body_text()))?;
    let (mut kind, mut file) = (None::<ImportKind>, None::<(String, Vec<u8>)>);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "kind" => {
                let word = field.text().await.map_err(broken)?;
                kind = Some(word.trim().parse().map_err(|()| Error::field("/kind", "unknown"))?);
            }
            "file" => {
                let name = field.file_name().unwrap_or_default().to_owned();
                file = Some((name, read(field, MAX_BYTES).await.map_err(broken)?.ok_or(Code::TooLarge)?));
            }
            other => return Err(Error::field(&format!("/{other}"), "unknown").into()),
        }
    }
    let kind = kind.ok_or_else(|| Error::field("/kind", "required"))?;
    let (file_name, bytes) = file.ok_or_else(|| Error::field("/file", "required"))?;
    let bytes = Bytes::from(bytes);
    let peeked = bytes.clone();
    // Unpacking is work for a thread that may block.
    let sheets = tokio::task::spawn_blocking(move || documents::read::peek(&peeked))
        .await
        .map_err(|e| Error::internal("reading a spreadsheet", e))?
        .map_err(Code::from)?;
    let sheets = sheets.into_iter().map(|s| Sheet { name: s.name, rows: s.rows }).collect();
    let format = if bytes.starts_with(b"PK") { TableFormat::Xlsx } else { TableFormat::Csv };
    let new = NewImport { kind, file_name, bytes, content_type: format.content_type(), sheets };
    let card = imports::create(&ctx, &actor, new).await?;
    let place = [(header::LOCATION, format!("{}/imports/{}", super::BASE, card.id))];
    Ok((StatusCode::CREATED, place, Tagged(card)).into_response())
}

fn broken(error: MultipartError) -> Problem {
    let too_large = error.status() == StatusCode::PAYLOAD_TOO_LARGE;
    Problem::from(if too_large { Code::TooLarge } else { Code::BadRequest }).detail(error.body_text())
}

/// One import: its columns, counts, the first wrong rows, and its running task.
#[utoipa::path(
    get, path = "/imports/{id}", tag = "imports", operation_id = "getImport", params(("id" = ImportId, Path)),
    responses((status = 200, description = "The import", body = ImportCard, headers(("ETag" = String))))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ImportId>) -> Answer<Tagged> {
    Ok(Tagged(imports::get(&ctx, &actor, id).await?))
}

/// Chooses the sheet, the header row and what each column is.
#[utoipa::path(
    put, path = "/imports/{id}/columns", tag = "imports", operation_id = "setImportColumns",
    params(("id" = ImportId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body = SetColumns,
    responses(
        (status = 200, description = "Chosen", body = ImportCard, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile; `illegal_transition`: it has begun to write"),
    )
)]
async fn set_columns(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ImportId>,
    IfMatch(version): IfMatch,
    Json(command): Json<SetColumns>,
) -> Answer<Tagged> {
    Ok(Tagged(imports::set_columns(&ctx, &actor, id, version, &command).await?))
}

/// Checks every row in the background; nothing is written.
#[utoipa::path(
    post, path = "/imports/{id}/check", tag = "imports", operation_id = "checkImport", params(("id" = ImportId, Path)),
    responses(
        (status = 202, description = "Being checked", body = ImportCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: busy, or it has begun to write"),
        (status = 422, description = "A required column is not chosen"),
    )
)]
async fn check(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ImportId>) -> Answer<(StatusCode, Tagged)> {
    Ok((StatusCode::ACCEPTED, Tagged(imports::start_check(&ctx, &actor, id).await?)))
}

/// Writes the good rows in the background; the wrong ones stay for the error file.
#[utoipa::path(
    post, path = "/imports/{id}/run", tag = "imports", operation_id = "runImport", params(("id" = ImportId, Path)),
    responses(
        (status = 202, description = "Being written", body = ImportCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: not checked yet, busy, or over"),
    )
)]
async fn start(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ImportId>) -> Answer<(StatusCode, Tagged)> {
    Ok((StatusCode::ACCEPTED, Tagged(imports::start_run(&ctx, &actor, id).await?)))
}

/// Takes the import back in the background: what it made goes, what it changed is restored, what was touched since stays.
#[utoipa::path(
    post, path = "/imports/{id}/undo", tag = "imports", operation_id = "undoImport", params(("id" = ImportId, Path)),
    responses(
        (status = 202, description = "Being undone", body = ImportCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: it wrote nothing, or is busy"),
    )
)]
async fn undo(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ImportId>) -> Answer<(StatusCode, Tagged)> {
    Ok((StatusCode::ACCEPTED, Tagged(imports::start_undo(&ctx, &actor, id).await?)))
}

/// A workbook.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "describes the answer")]
struct WorkbookFile(Vec<u8>);

const XLSX: &str = TableFormat::Xlsx.content_type();

/// The wrong rows as the file had them, with their reasons: to be corrected and uploaded again.
#[utoipa::path(
    get, path = "/imports/{id}/errors.xlsx", tag = "imports", operation_id = "getImportErrors", params(("id" = ImportId, Path)),
    responses((status = 200, description = "The workbook", body = WorkbookFile, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
)]
pub async fn errors(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ImportId>) -> Answer<Response> {
    let file = imports::error_file(&ctx, &actor, id).await?;
    let (l, now) = (i18n::locale(actor.lang()), ctx.clock.now());
    let bytes =
        tokio::task::spawn_blocking(move || documents::errors_xlsx(&file.titles, file.rows.into_iter(), l, now))
            .await
            .map_err(|e| Error::internal("error file", e))?
            .map_err(|e| Error::internal("error file", e))?;
    Ok(attachment(XLSX, "errors.xlsx", bytes))
}

/// An empty workbook to fill in, with examples and explanations: `people.xlsx`, in the caller's language, or `people.uz.xlsx`.
#[utoipa::path(
    get, path = "/imports/templates/{file}", tag = "imports", operation_id = "getImportTemplate",
    params(("file" = String, Path, description = "`<kind>.xlsx` or `<kind>.<lang>.xlsx`", example = "people.uz.xlsx")),
    responses((status = 200, description = "The workbook", body = WorkbookFile, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
)]
pub async fn template(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    headers: HeaderMap,
    file: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Answer<Response> {
    actor.scope(Permission::ImportsRun)?;
    let file = file.map(|Path(file)| file).unwrap_or_default();
    let mut parts = file.strip_suffix(".xlsx").ok_or(Code::NotFound)?.split('.');
    let kind: ImportKind = parts.next().and_then(|word| word.parse().ok()).ok_or(Code::NotFound)?;
    let asked = parts.next().map(|tag| Lang::parse(tag).ok_or(Code::NotFound)).transpose()?;
    let spoken = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).and_then(Lang::parse);
    let lang = asked.unwrap_or_else(|| {
        if actor.door() == domain::Door::Api { spoken.unwrap_or(actor.lang()) } else { actor.lang() }
    });
    let bytes = documents::template_xlsx(kind, i18n::locale(lang), ctx.clock.now())
        .map_err(|e| Error::internal("template", e))?;
    Ok(attachment(XLSX, &format!("{kind}.xlsx"), bytes))
}
