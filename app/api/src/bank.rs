//! Statements of the bank, reconciliation with providers. Files go through `POST /statements` and `POST /registries`.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
// By its module: the macro makes a type of its own for each function, with the same names.
use model::payments as of;
use model::{BankLineId, DifferenceId, Page, ReconciliationId, StatementId};

#[cfg(feature = "ssr")]
use {
    crate::context::run,
    domain::payments::{bank, reconcile},
};

#[server(prefix = "/rpc", endpoint = "bank/statements", input = Json, output = Json)]
pub async fn statements(filter: of::StatementFilter) -> ApiResult<Page<of::StatementRow>> {
    run(async |ctx, actor| bank::statements(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "bank/statement", input = Json, output = Json)]
pub async fn statement(id: StatementId) -> ApiResult<of::StatementCard> {
    run(async |ctx, actor| bank::statement(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "bank/lines", input = Json, output = Json)]
pub async fn lines(filter: of::BankLineFilter) -> ApiResult<Page<of::BankLine>> {
    run(async |ctx, actor| bank::list(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "bank/unmatched", input = Json, output = Json)]
pub async fn unmatched() -> ApiResult<of::UnmatchedTotals> {
    run(async |ctx, actor| bank::unmatched(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "bank/find", input = Json, output = Json)]
pub async fn find_accounts(text: String) -> ApiResult<Vec<of::Suggestion>> {
    run(async |ctx, actor| bank::find_accounts(&ctx, &actor, &text).await).await
}

#[server(prefix = "/rpc", endpoint = "bank/allocate", input = Json, output = Json)]
pub async fn allocate(id: BankLineId, command: of::AllocateLine) -> ApiResult<of::BankLine> {
    run(async |ctx, actor| bank::allocate(&ctx, &actor, id, &command, None).await).await
}

#[server(prefix = "/rpc", endpoint = "bank/set_aside", input = Json, output = Json)]
pub async fn set_aside(id: BankLineId, command: of::SetAside) -> ApiResult<of::BankLine> {
    run(async |ctx, actor| bank::set_aside(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "bank/release", input = Json, output = Json)]
pub async fn release(id: BankLineId, command: of::RefundPayment) -> ApiResult<of::BankLine> {
    run(async |ctx, actor| bank::release(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "reconciliations/list", input = Json, output = Json)]
pub async fn reconciliations(filter: of::ReconciliationFilter) -> ApiResult<Page<of::ReconciliationRow>> {
    run(async |ctx, actor| reconcile::list(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "reconciliations/get", input = Json, output = Json)]
pub async fn reconciliation(id: ReconciliationId) -> ApiResult<of::ReconciliationCard> {
    run(async |ctx, actor| reconcile::get(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "reconciliations/settle", input = Json, output = Json)]
pub async fn settle(id: DifferenceId, command: of::SettleDifference) -> ApiResult<of::ReconciliationCard> {
    run(async |ctx, actor| reconcile::settle(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "reconciliations/kassas", input = Json, output = Json)]
pub async fn kassa_names() -> ApiResult<Vec<of::KassaName>> {
    run(async |ctx, actor| reconcile::kassa_names(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "reconciliations/findings", input = Json, output = Json)]
pub async fn findings() -> ApiResult<of::Findings> {
    run(async |ctx, actor| reconcile::findings(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "reconciliations/look", input = Json, output = Json)]
pub async fn look() -> ApiResult<of::Findings> {
    run(async |ctx, actor| reconcile::look(&ctx, &actor).await).await
}
