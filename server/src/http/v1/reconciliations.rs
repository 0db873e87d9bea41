//! Our books beside a provider's registry, and what the daily look finds. The desk's page uploads through the same handler.

use super::{
    bank::{FileForm, rows},
    extract::{Auth, Id, IdempotencyKey, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::{DefaultBodyLimit, Multipart, State, multipart::MultipartRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use domain::{
    Ctx, Error,
    payments::reconcile::{self, NewRegistry},
};
use model::{
    DifferenceId, KassaId, Page, Permission, ReconciliationId,
    payments::{Findings, ReconciliationCard, ReconciliationFilter, ReconciliationRow, SettleDifference},
};
use serde::Deserialize;
use utoipa::ToSchema;

pub fn routes() -> Routes {
    // The part is read against its own limit.
    let upload = Routes::new().routes(routes!(list, upload)).layer(DefaultBodyLimit::disable());
    upload.merge(Routes::new().routes(routes!(get)).routes(routes!(settle)).routes(routes!(findings, look)))
}

/// A registry from the cabinet of Payme or Click: a table with the number, the sum, the time and the state of each
/// payment, `.xlsx` or CSV, of at most 20 MB.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "describes the form")]
struct RegistryForm {
    kassa_id: KassaId,
    /// The first day it is about; the first of the file when absent.
    from: Option<NaiveDate>,
    /// The last day it is about; the last of the file when absent.
    to: Option<NaiveDate>,
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Compares a registry with what we have. Nothing is mended by itself: each difference waits for a person.
#[utoipa::path(
    post, path = "/payments/reconciliations", tag = "payments", operation_id = "createReconciliation",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe: the same key with the same file answers with the same comparison")),
    request_body(content = RegistryForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Compared", body = ReconciliationCard,
            headers(("Location" = String, description = "Where the comparison is"))),
        (status = 409, description = "`idempotency_in_progress`: the first call with this key still runs"),
        (status = 413, description = "The file is larger than allowed"),
        (status = 422, description = "`not_a_spreadsheet`, `spreadsheet_too_large`, `empty_spreadsheet`; `invalid` on `/file` (`no_columns`), `/from`, `/to`"),
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
    let form = FileForm::read(form, &["kassa_id", "from", "to"]).await?;
    let key = form.keyed(key, "POST /reconciliations")?;
    let day = |name: &str| -> Result<Option<NaiveDate>, Error> {
        let text = form.fields.get(name);
        text.map(|text| text.parse().map_err(|_| Error::field(&format!("/{name}"), "unknown"))).transpose()
    };
    let (from, to) = (day("from")?, day("to")?);
    let kassa_id = form.fields.get("kassa_id").ok_or_else(|| Error::field("/kassa_id", "required"))?;
    let kassa_id = kassa_id.parse().map_err(|_| Error::field("/kassa_id", "unknown"))?;
    let FileForm { name: file_name, bytes, .. } = form;
    // Unpacking is work for a thread that may block.
    let rows = tokio::task::spawn_blocking(move || rows(&bytes))
        .await
        .map_err(|e| Error::internal("reading a registry", e))??;
    let new = NewRegistry { kassa_id, from, to, file_name, rows };
    let card = reconcile::reconcile(&ctx, &actor, new, key.as_ref()).await?;
    let place = format!("{}/payments/reconciliations/{}", super::BASE, card.row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Reply(card)).into_response())
}

/// Comparisons, the newest first.
#[utoipa::path(
    get, path = "/payments/reconciliations", tag = "payments", operation_id = "listReconciliations", params(ReconciliationFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<ReconciliationRow>))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<ReconciliationFilter>,
) -> Answer<Reply<Page<ReconciliationRow>>> {
    Ok(Reply(reconcile::list(&ctx, &actor, &filter).await?))
}

/// One comparison with every difference it found.
#[utoipa::path(
    get, path = "/payments/reconciliations/{id}", tag = "payments", operation_id = "getReconciliation",
    params(("id" = ReconciliationId, Path)),
    responses((status = 200, description = "The comparison", body = ReconciliationCard))
)]
async fn get(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ReconciliationId>,
) -> Answer<Reply<ReconciliationCard>> {
    Ok(Reply(reconcile::get(&ctx, &actor, id).await?))
}

/// Says how a difference ended. No money moves by this.
#[utoipa::path(
    post, path = "/payments/differences/{id}/settle", tag = "payments", operation_id = "settleDifference",
    params(("id" = DifferenceId, Path)),
    request_body(content = SettleDifference, example = json!({ "note": "Payme has given it back to the payer" })),
    responses(
        (status = 200, description = "Settled: the comparison it belongs to", body = ReconciliationCard),
        (status = 409, description = "`illegal_transition`: somebody has said so before"),
    )
)]
async fn settle(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<DifferenceId>,
    Json(command): Json<SettleDifference>,
) -> Answer<Reply<ReconciliationCard>> {
    Ok(Reply(reconcile::settle(&ctx, &actor, id, &command).await?))
}

/// What the daily look found without a file: transactions that stand still, payments that are not where they should be.
#[utoipa::path(
    get, path = "/payments/findings", tag = "payments", operation_id = "listPaymentFindings",
    responses((status = 200, description = "The last look", body = Findings))
)]
async fn findings(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Findings>> {
    Ok(Reply(reconcile::findings(&ctx, &actor).await?))
}

/// Looks now instead of at night.
#[utoipa::path(
    post, path = "/payments/findings", tag = "payments", operation_id = "lookAtPayments",
    responses((status = 200, description = "What was found", body = Findings))
)]
async fn look(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Findings>> {
    Ok(Reply(reconcile::look(&ctx, &actor).await?))
}
