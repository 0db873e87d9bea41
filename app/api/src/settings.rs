//! Settings of the company, and the guide of its first day.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
// By its module: the macro makes a type of its own for each function, with the same names.
use model::settings as of;

#[cfg(feature = "ssr")]
use {crate::context::run, domain::settings};

#[server(prefix = "/rpc", endpoint = "settings/profile", input = Json, output = Json)]
pub async fn profile() -> ApiResult<of::CompanyProfile> {
    run(async |ctx, actor| settings::profile(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "settings/save_profile", input = Json, output = Json)]
pub async fn save_profile(version: i32, command: of::SaveProfile) -> ApiResult<of::CompanyProfile> {
    run(async |ctx, actor| settings::save_profile(&ctx, &actor, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "settings/raise_request_number", input = Json, output = Json)]
pub async fn raise_request_number(command: of::RaiseNumber) -> ApiResult<i64> {
    run(async |ctx, actor| settings::raise_request_number(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "settings/languages", input = Json, output = Json)]
pub async fn languages() -> ApiResult<of::Languages> {
    run(async |ctx, actor| settings::languages(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "settings/save_languages", input = Json, output = Json)]
pub async fn save_languages(version: i32, command: of::Offered) -> ApiResult<of::Languages> {
    run(async |ctx, actor| settings::save_languages(&ctx, &actor, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "settings/calendar", input = Json, output = Json)]
pub async fn calendar() -> ApiResult<of::WorkCalendar> {
    run(async |ctx, actor| settings::calendar(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "settings/save_calendar", input = Json, output = Json)]
pub async fn save_calendar(version: i32, command: of::SaveCalendar) -> ApiResult<of::WorkCalendar> {
    run(async |ctx, actor| settings::save_calendar(&ctx, &actor, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "settings/guide", input = Json, output = Json)]
pub async fn guide() -> ApiResult<of::Guide> {
    run(async |ctx, actor| settings::guide(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "settings/dismiss_guide", input = Json, output = Json)]
pub async fn dismiss_guide(dismissed: bool) -> ApiResult<()> {
    run(async |ctx, actor| settings::dismiss_guide(&ctx, &actor, dismissed).await).await
}

#[server(prefix = "/rpc", endpoint = "settings/load_sample", input = Json, output = Json)]
pub async fn load_sample() -> ApiResult<()> {
    run(async |ctx, actor| settings::load_sample(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "settings/remove_sample", input = Json, output = Json)]
pub async fn remove_sample() -> ApiResult<()> {
    run(async |ctx, actor| settings::remove_sample(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "settings/contacts", input = Json, output = Json)]
pub async fn contacts() -> ApiResult<of::CompanyContacts> {
    run(async |ctx, actor| settings::contacts(&ctx, &actor).await).await
}
