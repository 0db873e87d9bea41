//! Payments: lists and cards, ways to pay, money by hand, refunds. The providers' own calls are in `http::webhooks`.

use super::{
    extract::{Auth, Id, IdempotencyKey, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Ctx, payments};
use model::{
    Page, PaymentId,
    payments::{
        CreatePayment, Owed, PaymentCard, PaymentFilter, PaymentLinks, PaymentRow, PaymentTotals, RecordPayment,
        RefundPayment,
    },
};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(totals))
        .routes(routes!(owed))
        .routes(routes!(create))
        .routes(routes!(record))
        .routes(routes!(get))
        .routes(routes!(refund))
        .routes(routes!(ask))
}

/// Payments, the newest first: all of the company for who may see them, of their own homes for residents.
#[utoipa::path(
    get, path = "/payments", tag = "payments", operation_id = "listPayments", params(PaymentFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<PaymentRow>))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<PaymentFilter>,
) -> Answer<Reply<Page<PaymentRow>>> {
    Ok(Reply(payments::list(&ctx, &actor, &filter).await?))
}

/// Sums over everything the filter shows; pages do not matter.
#[utoipa::path(
    get, path = "/payments/totals", tag = "payments", operation_id = "totalPayments", params(PaymentFilter),
    responses((status = 200, description = "Sums", body = PaymentTotals))
)]
async fn totals(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<PaymentFilter>,
) -> Answer<Reply<PaymentTotals>> {
    Ok(Reply(payments::totals(&ctx, &actor, &filter).await?))
}

/// The open accounts of the caller's homes with what is owed on each.
#[utoipa::path(
    get, path = "/payments/owed", tag = "payments", operation_id = "owed",
    responses((status = 200, description = "Accounts", body = Vec<Owed>))
)]
async fn owed(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<Owed>>> {
    Ok(Reply(payments::owed(&ctx, &actor).await?))
}

/// Ways to pay a sum into an account: links into the checkouts of Payme and Click, our own page without login, and its
/// address as a QR code.
#[utoipa::path(
    post, path = "/payments/create", tag = "payments", operation_id = "createPayment",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe: the same key with the same body answers with the same links")),
    request_body(content = CreatePayment, example = json!({
        "account_id": "01980f3e-7c55-7000-8000-000000000001", "amount": 15_075_000,
    })),
    responses(
        (status = 201, description = "Where to pay", body = PaymentLinks),
        (status = 404, description = "No such account"),
        (status = 409, description = "`idempotency_in_progress`: the first call with this key still runs"),
    )
)]
async fn create(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    key: IdempotencyKey,
    Json(command): Json<CreatePayment>,
) -> Answer<Response> {
    let key = key.of("POST /payments/create", &command)?;
    let links = payments::create(&ctx, &actor, &command, key.as_ref()).await?;
    Ok((StatusCode::CREATED, Reply(links)).into_response())
}

/// Writes down money that came in past the payment systems: cash, a bank transfer, a terminal.
#[utoipa::path(
    post, path = "/payments", tag = "payments", operation_id = "recordPayment",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe: the same key with the same body answers with the same payment")),
    request_body(content = RecordPayment, example = json!({
        "account": "0104500123", "source": "cash", "amount": 15_075_000, "reference": "000417",
    })),
    responses(
        (status = 201, description = "Credited", body = PaymentCard,
            headers(("Location" = String, description = "Where the payment is"))),
        (status = 409, description = "`idempotency_in_progress`: the first call with this key still runs"),
    )
)]
async fn record(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    key: IdempotencyKey,
    Json(command): Json<RecordPayment>,
) -> Answer<Response> {
    let key = key.of("POST /payments", &command)?;
    let card = payments::record(&ctx, &actor, &command, key.as_ref()).await?;
    let place = format!("{}/payments/{}", super::BASE, card.row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Reply(card)).into_response())
}

/// One payment.
#[utoipa::path(
    get, path = "/payments/{id}", tag = "payments", operation_id = "getPayment", params(("id" = PaymentId, Path)),
    responses((status = 200, description = "The payment", body = PaymentCard))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<PaymentId>) -> Answer<Reply<PaymentCard>> {
    Ok(Reply(payments::get(&ctx, &actor, id).await?))
}

/// Asks Click how a payment stands and keeps the answer on its card. Nothing is moved.
#[utoipa::path(
    post, path = "/payments/{id}/ask", tag = "payments", operation_id = "askClick",
    params(("id" = PaymentId, Path)),
    responses(
        (status = 200, description = "Asked; the answer is in `click`", body = PaymentCard),
        (status = 409, description = "`illegal_transition`: it came through no cash register that Click answers for"),
        (status = 503, description = "`unavailable`: Click does not answer now"),
    )
)]
async fn ask(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<PaymentId>) -> Answer<Reply<PaymentCard>> {
    Ok(Reply(payments::click::ask(&ctx, &actor, id).await?))
}

/// Takes a payment back by a reversing entry. Payments of Payme are given back in Payme's own cabinet. Click is asked to
/// give its payments back (`click_refund`) where the cash register has a user there; the entry follows Click's yes.
#[utoipa::path(
    post, path = "/payments/{id}/refund", tag = "payments", operation_id = "refundPayment",
    params(("id" = PaymentId, Path)),
    request_body(content = RefundPayment, example = json!({ "reason": "Written to the wrong account" })),
    responses(
        (status = 200, description = "Taken back, or Click was asked for it", body = PaymentCard),
        (status = 409, description = "`illegal_transition`: taken back already · `refund_at_provider`: Payme gives it back itself"),
    )
)]
async fn refund(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<PaymentId>,
    Json(command): Json<RefundPayment>,
) -> Answer<Reply<PaymentCard>> {
    Ok(Reply(payments::refund(&ctx, &actor, id, &command).await?))
}
