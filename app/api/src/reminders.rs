//! Reminders to who owes.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
// By its module: the macro makes a type of its own for each function, with the same names.
use model::AccountId;
use model::billing as of;

#[cfg(feature = "ssr")]
use {crate::context::run, domain::reminders};

#[server(prefix = "/rpc", endpoint = "reminders/rules", input = Json, output = Json)]
pub async fn rules() -> ApiResult<of::ReminderRules> {
    run(async |ctx, actor| reminders::rules(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "reminders/save_rules", input = Json, output = Json)]
pub async fn save_rules(version: i32, command: of::SaveReminderRules) -> ApiResult<of::ReminderRules> {
    run(async |ctx, actor| reminders::save_rules(&ctx, &actor, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "reminders/look", input = Json, output = Json)]
pub async fn look(command: of::RemindNow) -> ApiResult<of::ReminderLook> {
    run(async |ctx, actor| reminders::look(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "reminders/remind", input = Json, output = Json)]
pub async fn remind(command: of::RemindNow) -> ApiResult<of::ReminderLook> {
    run(async |ctx, actor| reminders::remind(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "reminders/promise", input = Json, output = Json)]
pub async fn promise(account_id: AccountId, command: of::NewPromise) -> ApiResult<of::PromiseRow> {
    run(async |ctx, actor| reminders::promise(&ctx, &actor, account_id, &command).await).await
}
