//! Services, tariffs, monthly runs, bills and debts.

use crate::{ApiResult, codec::Json};
use chrono::NaiveDate;
use leptos::prelude::*;
// By its module: the macro makes a type of its own for each function, with the same names.
use model::billing as of;
use model::{AccountId, CorrectionId, RecalculationId, ReliefId, RunId, ServiceId, TariffId};

#[cfg(feature = "ssr")]
use {
    crate::context::run,
    domain::{billing, idempotency::Key},
};

#[server(prefix = "/rpc", endpoint = "billing/book", input = Json, output = Json)]
pub async fn book() -> ApiResult<of::TariffBook> {
    run(async |ctx, actor| billing::book(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/create_service", input = Json, output = Json)]
pub async fn create_service(command: of::ServiceFacts) -> ApiResult<of::ServiceRow> {
    run(async |ctx, actor| billing::create_service(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/update_service", input = Json, output = Json)]
pub async fn update_service(id: ServiceId, version: i32, command: of::ServiceFacts) -> ApiResult<of::ServiceRow> {
    run(async |ctx, actor| billing::update_service(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/archive_service", input = Json, output = Json)]
pub async fn archive_service(id: ServiceId, version: i32) -> ApiResult<()> {
    run(async |ctx, actor| billing::archive_service(&ctx, &actor, id, version).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/create_tariff", input = Json, output = Json)]
pub async fn create_tariff(command: of::NewTariff) -> ApiResult<of::TariffRow> {
    run(async |ctx, actor| billing::create_tariff(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/end_tariff", input = Json, output = Json)]
pub async fn end_tariff(id: TariffId, command: of::EndTariff) -> ApiResult<of::TariffRow> {
    run(async |ctx, actor| billing::end_tariff(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/create_relief", input = Json, output = Json)]
pub async fn create_relief(account_id: AccountId, command: of::NewRelief) -> ApiResult<of::ReliefRow> {
    run(async |ctx, actor| billing::create_relief(&ctx, &actor, account_id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/end_relief", input = Json, output = Json)]
pub async fn end_relief(id: ReliefId, command: of::EndTariff) -> ApiResult<()> {
    run(async |ctx, actor| billing::end_relief(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/recalculate", input = Json, output = Json)]
pub async fn recalculate(account_id: AccountId, command: of::NewRecalculation) -> ApiResult<of::RecalculationRow> {
    run(async |ctx, actor| billing::recalculate(&ctx, &actor, account_id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/decide_recalculation", input = Json, output = Json)]
pub async fn decide_recalculation(
    id: RecalculationId,
    command: of::DecideRecalculation,
) -> ApiResult<of::RecalculationRow> {
    run(async |ctx, actor| billing::decide_recalculation(&ctx, &actor, id, command.approve).await).await
}

/// A [`filling`](crate::filling) that comes twice is corrected once.
#[server(prefix = "/rpc", endpoint = "billing/correct", input = Json, output = Json)]
pub async fn correct(
    filling: Option<String>,
    account_id: AccountId,
    command: of::NewCorrection,
) -> ApiResult<of::CorrectionRow> {
    run(async |ctx, actor| {
        let key = filling.map(|word| Key::of_form(&word, "billing/correct", &(account_id, &command))).transpose()?;
        billing::correct(&ctx, &actor, account_id, &command, key.as_ref()).await
    })
    .await
}

#[server(prefix = "/rpc", endpoint = "billing/decide_correction", input = Json, output = Json)]
pub async fn decide_correction(id: CorrectionId, command: of::DecideRecalculation) -> ApiResult<of::CorrectionRow> {
    run(async |ctx, actor| billing::decide_correction(&ctx, &actor, id, command.approve).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/runs", input = Json, output = Json)]
pub async fn runs() -> ApiResult<of::Runs> {
    run(async |ctx, actor| billing::runs(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/get_run", input = Json, output = Json)]
pub async fn get_run(id: RunId) -> ApiResult<of::RunCard> {
    run(async |ctx, actor| billing::get_run(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/start_run", input = Json, output = Json)]
pub async fn start_run(command: of::StartRun) -> ApiResult<of::RunCard> {
    run(async |ctx, actor| billing::start_run(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/post_run", input = Json, output = Json)]
pub async fn post_run(id: RunId, version: i32) -> ApiResult<of::RunCard> {
    run(async |ctx, actor| billing::start_post(&ctx, &actor, id, version).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/undo_run", input = Json, output = Json)]
pub async fn undo_run(id: RunId, version: i32) -> ApiResult<of::RunCard> {
    run(async |ctx, actor| billing::start_undo(&ctx, &actor, id, version).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/close_month", input = Json, output = Json)]
pub async fn close_month(command: of::CloseMonth) -> ApiResult<of::Runs> {
    run(async |ctx, actor| billing::close_month(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/account", input = Json, output = Json)]
pub async fn account(id: AccountId) -> ApiResult<of::AccountMoney> {
    run(async |ctx, actor| billing::account(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/month", input = Json, output = Json)]
pub async fn month(id: AccountId, period: NaiveDate) -> ApiResult<of::MonthBill> {
    run(async |ctx, actor| billing::month(&ctx, &actor, id, period).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/statement", input = Json, output = Json)]
pub async fn statement(id: AccountId, from: NaiveDate, to: NaiveDate) -> ApiResult<of::Statement> {
    run(async |ctx, actor| billing::statement(&ctx, &actor, id, from, to).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/mine", input = Json, output = Json)]
pub async fn mine() -> ApiResult<Vec<of::MyBill>> {
    run(async |ctx, actor| billing::mine(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "billing/debts", input = Json, output = Json)]
pub async fn debts(filter: of::DebtFilter) -> ApiResult<of::Debts> {
    run(async |ctx, actor| billing::debts(&ctx, &actor, &filter).await).await
}
