//! Bills, statements and letters on paper. The same handlers serve the pages (`/accounts/{id}/…`), where a browser shows
//! the file in a tab of its own; a letter may be refused there, which has a door of its own to say it in words.

use super::{
    extract::{Auth, Id, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use documents::{DocumentError, paper};
use domain::{Actor, Ctx, Error, billing, reminders};
use model::{
    AccountId, Lang,
    receipts::{PrintLetters, PrintReceipts},
    tasks::TaskView,
};
use serde::Deserialize;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

/// Papers laid out at once: each keeps a core busy, and the pages have to be served meanwhile.
static PRESSES: Semaphore = Semaphore::const_new(2);

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(bill_pdf))
        .routes(routes!(statement_pdf))
        .routes(routes!(statement_xlsx))
        .routes(routes!(print))
        .routes(routes!(letter))
        .routes(routes!(print_letters))
}

/// The bytes of a paper.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "describes the answer")]
struct Paper(Vec<u8>);

/// Which month, and in which language.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BillQuery {
    /// Any day of the month.
    period: NaiveDate,
    /// The caller's own when absent.
    lang: Option<Lang>,
}

/// One month of an account as it is printed: the numbers of `/accounts/{id}/bill`, with the way to pay. Residents get
/// those of their homes.
#[utoipa::path(
    get, path = "/accounts/{id}/bill.pdf", tag = "billing", operation_id = "getBillPdf",
    params(("id" = AccountId, Path), BillQuery),
    responses((status = 200, description = "The bill", body = Paper, content_type = "application/pdf"))
)]
pub async fn bill_pdf(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<AccountId>,
    Query(query): Query<BillQuery>,
) -> Answer<Response> {
    let receipt = billing::receipt(&ctx, &actor, id, query.period).await?;
    let name = format!("bill-{}-{}.pdf", plain(&receipt.bill.number), receipt.bill.sums.period.format("%Y-%m"));
    let (l, now) = (i18n::locale(query.lang.unwrap_or(actor.lang())), ctx.clock.now());
    let bytes = made(move || paper::receipts_pdf(&[receipt], l, true, now)).await?;
    Ok(shown("application/pdf", "inline", &name, bytes))
}

/// Between which days, and in which language.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatementQuery {
    from: NaiveDate,
    to: NaiveDate,
    /// The caller's own when absent.
    lang: Option<Lang>,
}

/// Everything that moved an account between two days, as it is printed.
#[utoipa::path(
    get, path = "/accounts/{id}/statement.pdf", tag = "billing", operation_id = "getStatementPdf",
    params(("id" = AccountId, Path), StatementQuery),
    responses((status = 200, description = "The statement", body = Paper, content_type = "application/pdf"))
)]
pub async fn statement_pdf(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<AccountId>,
    Query(query): Query<StatementQuery>,
) -> Answer<Response> {
    let of = billing::statement_paper(&ctx, &actor, id, query.from, query.to).await?;
    let name = statement_name(&of.number, &query, "pdf");
    let (l, now) = (i18n::locale(query.lang.unwrap_or(actor.lang())), ctx.clock.now());
    let bytes = made(move || paper::statement_pdf(&of, l, now)).await?;
    Ok(shown("application/pdf", "inline", &name, bytes))
}

/// Everything that moved an account between two days, as a workbook.
#[utoipa::path(
    get, path = "/accounts/{id}/statement.xlsx", tag = "billing", operation_id = "getStatementXlsx",
    params(("id" = AccountId, Path), StatementQuery),
    responses((
        status = 200, description = "The statement", body = Paper,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ))
)]
pub async fn statement_xlsx(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<AccountId>,
    Query(query): Query<StatementQuery>,
) -> Answer<Response> {
    let of = billing::statement_paper(&ctx, &actor, id, query.from, query.to).await?;
    let name = statement_name(&of.number, &query, "xlsx");
    let (l, now) = (i18n::locale(query.lang.unwrap_or(actor.lang())), ctx.clock.now());
    let bytes = made(move || paper::statement_xlsx(&of, l, now)).await?;
    Ok(shown(documents::TableFormat::Xlsx.content_type(), "attachment", &name, bytes))
}

/// Makes the bills of a house in one PDF, in the order of its units. The work goes on in the background; the file is
/// then at `/tasks/{id}/file`.
#[utoipa::path(
    post, path = "/receipts/print", tag = "billing", operation_id = "printBills",
    request_body(content = PrintReceipts, example = json!({
        "building_id": "01890000-0000-7000-8000-000000000000", "period": "2026-10-01", "lang": "uz",
    })),
    responses(
        (status = 201, description = "Begun", body = TaskView),
        (status = 404, description = "`not_found`: the house is not there"),
        (status = 422, description = "`invalid`: the house had no account that month"),
    )
)]
async fn print(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<PrintReceipts>,
) -> Answer<(StatusCode, Reply<TaskView>)> {
    Ok((StatusCode::CREATED, Reply(billing::start_receipts(&ctx, &actor, &command).await?)))
}

/// Which letter, and in which language.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LetterQuery {
    /// Of the ladder of reminders, from 1; the highest letter that is due when absent.
    step: Option<i16>,
    /// The caller's own when absent.
    lang: Option<Lang>,
}

/// A step of the ladder of reminders as a letter on paper: a letter, a letter before claim, a notice of a claim. Nothing
/// is sent and nothing is noted on the ladder.
#[utoipa::path(
    get, path = "/accounts/{id}/letter", tag = "billing", operation_id = "getDebtLetterPdf",
    params(("id" = AccountId, Path), LetterQuery),
    responses(
        (status = 200, description = "The letter", body = Paper, content_type = "application/pdf"),
        (status = 422, description = "`invalid`: the ladder has no such letter, or it is too early for one"),
    )
)]
async fn letter(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<AccountId>,
    Query(query): Query<LetterQuery>,
) -> Answer<Response> {
    Ok(letter_paper(&ctx, &actor, id, &query).await?)
}

/// The letter as a file to look at.
///
/// # Errors
/// As [`reminders::letter`].
pub async fn letter_paper(ctx: &Ctx, actor: &Actor, id: AccountId, query: &LetterQuery) -> Result<Response, Error> {
    let of = reminders::letter(ctx, actor, id, query.step).await?;
    let name = format!("letter-{}-{}.pdf", plain(&of.values.account), of.printed_on);
    let (l, now) = (i18n::locale(query.lang.unwrap_or(actor.lang())), ctx.clock.now());
    let bytes = made(move || paper::letters_pdf(&[of], l, true, now)).await?;
    Ok(shown("application/pdf", "inline", &name, bytes))
}

/// Makes letters to many debtors in one PDF, in the order of houses and homes. The work goes on in the background; the
/// file is then at `/tasks/{id}/file`. Who must not be disturbed is left out.
#[utoipa::path(
    post, path = "/debts/letters", tag = "billing", operation_id = "printDebtLetters",
    request_body(content = PrintLetters, example = json!({
        "building_id": "01890000-0000-7000-8000-000000000000", "older": 60, "step": 3, "lang": "uz",
    })),
    responses(
        (status = 201, description = "Begun", body = TaskView),
        (status = 422, description = "`invalid`: the ladder has no such letter, or nobody is meant"),
    )
)]
async fn print_letters(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<PrintLetters>,
) -> Answer<(StatusCode, Reply<TaskView>)> {
    Ok((StatusCode::CREATED, Reply(reminders::start_letters(&ctx, &actor, &command).await?)))
}

/// Lays a paper out on a thread that may be busy for a while.
async fn made(make: impl FnOnce() -> Result<Vec<u8>, DocumentError> + Send + 'static) -> Result<Vec<u8>, Error> {
    let _press = PRESSES.acquire().await.map_err(|e| Error::internal("paper", e))?;
    let bytes = tokio::task::spawn_blocking(make).await.map_err(|e| Error::internal("paper", e))?;
    bytes.map_err(|e| Error::internal("paper", e))
}

/// A number of an account as a part of a file's name.
fn plain(number: &str) -> String {
    number.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

fn statement_name(number: &str, query: &StatementQuery, kind: &str) -> String {
    format!("statement-{}-{}-{}.{kind}", plain(number), query.from, query.to)
}

/// What is owed changes, and the right to know it may end: no cache keeps a paper.
fn shown(kind: &str, place: &str, name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("{place}; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_cannot_break_out_of_the_header() {
        assert_eq!(plain("01-\"7\r\n№"), "01-_7___");
    }
}
