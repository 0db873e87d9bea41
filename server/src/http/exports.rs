//! Lists as spreadsheets.

use super::v1::problem::Problem;
use api::context::{Caller, TraceId};
use axum::{
    Extension,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use axum_extra::extract::Query;
use domain::{Ctx, Error, requests};
use model::{Code, requests::RequestFilter};

/// `GET /desk/requests.xlsx`: exactly what the list with the same query shows.
pub async fn requests(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    Query(filter): Query<RequestFilter>,
) -> Response {
    match workbook(&ctx, caller, &filter).await {
        Ok(bytes) => {
            let headers = [
                (header::CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"requests.xlsx\""),
            ];
            (headers, bytes).into_response()
        }
        Err(error) => Problem::from(error.into_failure(Some(trace.0))).into_response(),
    }
}

async fn workbook(ctx: &Ctx, caller: Caller, filter: &RequestFilter) -> Result<Vec<u8>, Error> {
    let actor = caller.0.ok_or(Code::Unauthenticated)?;
    let rows = requests::export(ctx, &actor, filter).await?;
    let (locale, now) = (i18n::locale(actor.lang()), ctx.clock.now());
    // Building a workbook is work for a thread that may block.
    tokio::task::spawn_blocking(move || documents::requests_xlsx(rows.into_iter(), locale, now))
        .await
        .map_err(|e| Error::internal("export", e))?
        .map_err(|e| Error::internal("export", e))
}
