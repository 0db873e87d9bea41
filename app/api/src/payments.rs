//! Payments, kassas, what is owed and where to pay.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
// By its module: the macro makes a type of its own for each function, with the same names.
use model::payments as of;
use model::{KassaId, Page, PaymentId};

#[cfg(feature = "ssr")]
use {
    crate::context::{run, run_open},
    domain::{idempotency::Key, payments},
};

#[server(prefix = "/rpc", endpoint = "payments/list", input = Json, output = Json)]
pub async fn list(filter: of::PaymentFilter) -> ApiResult<Page<of::PaymentRow>> {
    run(async |ctx, actor| payments::list(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "payments/totals", input = Json, output = Json)]
pub async fn totals(filter: of::PaymentFilter) -> ApiResult<of::PaymentTotals> {
    run(async |ctx, actor| payments::totals(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "payments/get", input = Json, output = Json)]
pub async fn get(id: PaymentId) -> ApiResult<of::PaymentCard> {
    run(async |ctx, actor| payments::get(&ctx, &actor, id).await).await
}

/// A [`filling`](crate::filling) that comes twice is recorded once.
#[server(prefix = "/rpc", endpoint = "payments/record", input = Json, output = Json)]
pub async fn record(filling: Option<String>, command: of::RecordPayment) -> ApiResult<of::PaymentCard> {
    run(async |ctx, actor| {
        let key = filling.map(|word| Key::of_form(&word, "payments/record", &command)).transpose()?;
        payments::record(&ctx, &actor, &command, key.as_ref()).await
    })
    .await
}

#[server(prefix = "/rpc", endpoint = "payments/refund", input = Json, output = Json)]
pub async fn refund(id: PaymentId, command: of::RefundPayment) -> ApiResult<of::PaymentCard> {
    run(async |ctx, actor| payments::refund(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "payments/ask", input = Json, output = Json)]
pub async fn ask(id: PaymentId) -> ApiResult<of::PaymentCard> {
    run(async |ctx, actor| payments::click::ask(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "payments/keep", input = Json, output = Json)]
pub async fn keep(id: PaymentId) -> ApiResult<of::PaymentCard> {
    run(async |ctx, actor| payments::keep_disputed(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "payments/owed", input = Json, output = Json)]
pub async fn owed() -> ApiResult<Vec<of::Owed>> {
    run(async |ctx, actor| payments::owed(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "payments/create", input = Json, output = Json)]
pub async fn create(command: of::CreatePayment) -> ApiResult<of::PaymentLinks> {
    run(async |ctx, actor| payments::create(&ctx, &actor, &command, None).await).await
}

#[server(prefix = "/rpc", endpoint = "payments/page", input = Json, output = Json)]
pub async fn pay_page(token: String) -> ApiResult<of::PayPage> {
    run_open(async |ctx| payments::pay_page(&ctx, &token).await).await
}

#[server(prefix = "/rpc", endpoint = "payments/kassas", input = Json, output = Json)]
pub async fn kassas() -> ApiResult<Vec<of::KassaView>> {
    run(async |ctx, actor| payments::kassas(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "payments/create_kassa", input = Json, output = Json)]
pub async fn create_kassa(command: of::SaveKassa) -> ApiResult<of::KassaView> {
    run(async |ctx, actor| payments::create_kassa(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "payments/update_kassa", input = Json, output = Json)]
pub async fn update_kassa(id: KassaId, version: i32, command: of::SaveKassa) -> ApiResult<of::KassaView> {
    run(async |ctx, actor| payments::update_kassa(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "payments/archive_kassa", input = Json, output = Json)]
pub async fn archive_kassa(id: KassaId, version: i32) -> ApiResult<()> {
    run(async |ctx, actor| payments::archive_kassa(&ctx, &actor, id, version).await).await
}

#[server(prefix = "/rpc", endpoint = "payments/check_kassa", input = Json, output = Json)]
pub async fn check_kassa(id: KassaId) -> ApiResult<Vec<of::KassaCheck>> {
    run(async |ctx, actor| payments::check_kassa(&ctx, &actor, id).await).await
}
