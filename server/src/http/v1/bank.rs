//! Statements of the bank and the money on them. The desk's page uploads through the same handler.

use super::{
    extract::{Auth, Id, IdempotencyKey, Json, Query},
    files::read,
    problem::{Answer, Problem},
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::{
        DefaultBodyLimit, Multipart, State,
        multipart::{MultipartError, MultipartRejection},
    },
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    Ctx, Error,
    idempotency::Key,
    payments::bank::{self, Content, MOST_LINES, NewStatement},
};
use model::{
    BankLineId, Code, Page, Permission, StatementId,
    payments::{
        AllocateLine, BankLine, BankLineFilter, RefundPayment, STATEMENT_LIMIT, SetAside, StatementCard,
        StatementFilter, StatementRow, UnmatchedTotals,
    },
};
use platform::tokens::hash_bytes;
use serde::Deserialize;
use std::{collections::BTreeMap, ops::ControlFlow};
use utoipa::ToSchema;

pub fn routes() -> Routes {
    // The part is read against its own limit.
    let upload = Routes::new().routes(routes!(list, upload)).layer(DefaultBodyLimit::disable());
    upload.merge(
        Routes::new()
            .routes(routes!(get))
            .routes(routes!(lines))
            .routes(routes!(totals))
            .routes(routes!(allocate))
            .routes(routes!(set_aside))
            .routes(routes!(release)),
    )
}

/// A form with one file.
pub(super) struct FileForm {
    pub name: String,
    pub bytes: Vec<u8>,
    pub fields: BTreeMap<String, String>,
}

impl FileForm {
    /// Reads the file and those of `known` fields that are there; an empty one is none.
    pub async fn read(form: Result<Multipart, MultipartRejection>, known: &[&str]) -> Answer<Self> {
        let mut form = form.map_err(|refusal| Problem::from(Code::UnsupportedMedia).detail(refusal.body_text()))?;
        let (mut file, mut fields) = (None::<(String, Vec<u8>)>, BTreeMap::new());
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                let title = field.file_name().unwrap_or_default().to_owned();
                file = Some((title, read(field, STATEMENT_LIMIT).await.map_err(broken)?.ok_or(Code::TooLarge)?));
            } else if known.contains(&name.as_str()) {
                let text = field.text().await.map_err(broken)?.trim().to_owned();
                if text.contains('\0') || text.chars().count() > 200 {
                    return Err(Error::field(&format!("/{name}"), "unknown").into());
                }
                if !text.is_empty() {
                    fields.insert(name, text);
                }
            } else {
                return Err(Error::field(&format!("/{name}"), "unknown").into());
            }
        }
        let (name, bytes) = file.ok_or_else(|| Error::field("/file", "required"))?;
        Ok(Self { name, bytes, fields })
    }

    /// What is remembered of this form under its key.
    pub fn keyed(&self, key: IdempotencyKey, call: &str) -> domain::Result<Option<Key>> {
        key.of(call, &(hash_bytes(&self.bytes), &self.fields))
    }
}

fn broken(error: MultipartError) -> Problem {
    let too_large = error.status() == StatusCode::PAYLOAD_TOO_LARGE;
    Problem::from(if too_large { Code::TooLarge } else { Code::BadRequest }).detail(error.body_text())
}

/// The rows of the first sheet that has any, as many as are looked at.
pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Vec<String>>, Code> {
    let sheets = documents::read::peek(bytes)?;
    let sheet = sheets.iter().position(|s| s.rows.iter().flatten().any(|cell| !cell.is_empty())).unwrap_or(0);
    let mut rows = Vec::new();
    documents::read::rows(bytes, sheet, &mut |index, cells| {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        // One more than allowed says that there were too many.
        if index > MOST_LINES {
            rows.resize(MOST_LINES + 1, Vec::new());
            return ControlFlow::Break(());
        }
        rows.resize(index, Vec::new());
        rows.push(cells);
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

fn content(bytes: &[u8]) -> Result<Content, Code> {
    match documents::read::exchange(bytes) {
        Some(text) => Ok(Content::Exchange(text)),
        None => rows(bytes).map(Content::Table),
    }
}

/// A file of the 1C exchange, `.xlsx` or CSV, of at most 20 MB.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "describes the form")]
struct StatementForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// The company's own account, for tables that do not say it; the one of earlier statements when absent.
    #[schema(max_length = 200)]
    bank_account: Option<String>,
}

/// Takes a statement of the bank in. Every incoming line is booked once, whatever is uploaded how often; lines whose
/// purpose names an account without doubt are credited to it, the others wait.
#[utoipa::path(
    post, path = "/payments/bank-statements", tag = "payments", operation_id = "createBankStatement",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe; the same file is the same statement without it, too")),
    request_body(content = StatementForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Taken in", body = StatementCard,
            headers(("Location" = String, description = "Where the statement is"))),
        (status = 409, description = "`period_closed`: new money of a closed month · `idempotency_in_progress`"),
        (status = 413, description = "The file is larger than allowed"),
        (status = 422, description = "`not_a_spreadsheet`, `spreadsheet_too_large`, `empty_spreadsheet`; `invalid` on `/file` (`no_columns`) or `/bank_account` (`required`)"),
    )
)]
pub async fn upload(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    key: IdempotencyKey,
    form: Result<Multipart, MultipartRejection>,
) -> Answer<Response> {
    // Before megabytes are read.
    actor.scope(Permission::PaymentsRecord)?;
    let form = FileForm::read(form, &["bank_account"]).await?;
    let key = form.keyed(key, "POST /bank-statements")?;
    let FileForm { name: file_name, bytes, mut fields } = form;
    // Unpacking is work for a thread that may block.
    let (hash, content) = tokio::task::spawn_blocking(move || (hash_bytes(&bytes), content(&bytes)))
        .await
        .map_err(|e| Error::internal("reading a statement", e))?;
    let new = NewStatement { file_name, hash, content: content?, own_account: fields.remove("bank_account") };
    let card = bank::take(&ctx, &actor, new, key.as_ref()).await?;
    let place = format!("{}/payments/bank-statements/{}", super::BASE, card.row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Reply(card)).into_response())
}

/// Statements of the bank, the newest first, with what became of their money.
#[utoipa::path(
    get, path = "/payments/bank-statements", tag = "payments", operation_id = "listBankStatements", params(StatementFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<StatementRow>))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<StatementFilter>,
) -> Answer<Reply<Page<StatementRow>>> {
    Ok(Reply(bank::statements(&ctx, &actor, &filter).await?))
}

/// One statement with its lines.
#[utoipa::path(
    get, path = "/payments/bank-statements/{id}", tag = "payments", operation_id = "getBankStatement",
    params(("id" = StatementId, Path)),
    responses((status = 200, description = "The statement", body = StatementCard))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<StatementId>) -> Answer<Reply<StatementCard>> {
    Ok(Reply(bank::statement(&ctx, &actor, id).await?))
}

/// Lines of the bank: those that wait for an account, with suggestions, unless others are asked for.
#[utoipa::path(
    get, path = "/payments/bank-lines", tag = "payments", operation_id = "listBankLines", params(BankLineFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<BankLine>))
)]
async fn lines(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<BankLineFilter>,
) -> Answer<Reply<Page<BankLine>>> {
    Ok(Reply(bank::list(&ctx, &actor, &filter).await?))
}

/// How much money waits for an account, and how much was put aside.
#[utoipa::path(
    get, path = "/payments/bank-lines/totals", tag = "payments", operation_id = "totalBankLines",
    responses((status = 200, description = "Sums", body = UnmatchedTotals))
)]
async fn totals(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<UnmatchedTotals>> {
    Ok(Reply(bank::unmatched(&ctx, &actor).await?))
}

/// Gives the money of a line to one or several accounts; what is not given waits on.
#[utoipa::path(
    post, path = "/payments/bank-lines/{id}/allocate", tag = "payments", operation_id = "allocateBankLine",
    params(("id" = BankLineId, Path), ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe: the same key with the same body answers with the same line")),
    request_body(content = AllocateLine, example = json!({ "parts": [{ "account": "0104500123", "amount": 15_075_000 }] })),
    responses(
        (status = 200, description = "Given", body = BankLine),
        (status = 409, description = "`illegal_transition`: nothing of it waits · `idempotency_in_progress`"),
    )
)]
async fn allocate(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<BankLineId>,
    key: IdempotencyKey,
    Json(command): Json<AllocateLine>,
) -> Answer<Reply<BankLine>> {
    let key = key.of("POST /bank-lines/{id}/allocate", &(id, &command))?;
    Ok(Reply(bank::allocate(&ctx, &actor, id, &command, key.as_ref()).await?))
}

/// Puts what is left of a line aside: it is for no account.
#[utoipa::path(
    post, path = "/payments/bank-lines/{id}/set-aside", tag = "payments", operation_id = "setBankLineAside",
    params(("id" = BankLineId, Path)),
    request_body(content = SetAside, example = json!({ "reason": "Interest of the bank" })),
    responses(
        (status = 200, description = "Put aside", body = BankLine),
        (status = 409, description = "`illegal_transition`: nothing of it waits"),
    )
)]
async fn set_aside(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<BankLineId>,
    Json(command): Json<SetAside>,
) -> Answer<Reply<BankLine>> {
    Ok(Reply(bank::set_aside(&ctx, &actor, id, &command).await?))
}

/// Takes back what was done with a line: its payments by reversing entries, its being put aside. All of it waits again.
#[utoipa::path(
    post, path = "/payments/bank-lines/{id}/release", tag = "payments", operation_id = "releaseBankLine",
    params(("id" = BankLineId, Path)),
    request_body(content = RefundPayment, example = json!({ "reason": "Given to the wrong account" })),
    responses(
        (status = 200, description = "Waits again", body = BankLine),
        (status = 409, description = "`illegal_transition`: nothing was done with it"),
    )
)]
async fn release(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<BankLineId>,
    Json(command): Json<RefundPayment>,
) -> Answer<Reply<BankLine>> {
    Ok(Reply(bank::release(&ctx, &actor, id, &command).await?))
}
