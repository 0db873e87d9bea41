//! Deadlines: the company's rules, whom it tells, what other rules would change; the clocks of one request.

use super::{
    extract::{Auth, Id, IfMatch, Json},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, response::Response};
use domain::{Ctx, deadlines, requests};
use model::{
    RequestId,
    deadlines::{DeadlineSettings, RequestDeadlines, SaveRules, WaitRequest, Watch, WhatIf, WhatIfResult},
    requests::RequestCard,
};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(settings))
        .routes(routes!(save_rules))
        .routes(routes!(save_watch))
        .routes(routes!(what_if))
        .routes(routes!(of_request))
        .routes(routes!(wait))
}

/// The rules that hold, the editions before them, and who is told of a breach.
#[utoipa::path(
    get, path = "/settings/deadlines", tag = "deadlines", operation_id = "getDeadlineSettings",
    responses((status = 200, description = "The settings; `policy.number` and `watch_version` are for `If-Match`", body = DeadlineSettings))
)]
async fn settings(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<DeadlineSettings>> {
    Ok(Reply(deadlines::settings(&ctx, &actor).await?))
}

/// Makes a new edition of the rules for requests filed from now on; requests that are in keep theirs.
#[utoipa::path(
    put, path = "/settings/deadlines/rules", tag = "deadlines", operation_id = "saveDeadlineRules",
    params(("If-Match" = String, Header, description = "The number of the edition being edited", example = "\"0\"")),
    request_body(content = SaveRules, example = json!({ "rules": [
        { "kind": "emergency", "answer_minutes": 3, "solution_minutes": 240, "counting": "always" },
        { "answer_minutes": 240, "solution_minutes": 1440, "counting": "working" },
    ] })),
    responses(
        (status = 200, description = "Saved", body = DeadlineSettings),
        (status = 409, description = "`conflict`: somebody made an edition meanwhile"),
    )
)]
async fn save_rules(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    IfMatch(number): IfMatch,
    Json(command): Json<SaveRules>,
) -> Answer<Reply<DeadlineSettings>> {
    Ok(Reply(deadlines::save_rules(&ctx, &actor, number, &command).await?))
}

/// Changes when to warn, whom to write to, and when finished work closes by itself.
#[utoipa::path(
    put, path = "/settings/deadlines/watch", tag = "deadlines", operation_id = "saveDeadlineWatch",
    params(("If-Match" = String, Header, description = "`watch_version`", example = "\"1\"")),
    request_body(content = Watch, example = json!({
        "warn_percent": 20, "escalate_roles": ["admin"], "escalate_to": [], "close_after_days": 7,
    })),
    responses(
        (status = 200, description = "Saved", body = DeadlineSettings),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn save_watch(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    IfMatch(version): IfMatch,
    Json(command): Json<Watch>,
) -> Answer<Reply<DeadlineSettings>> {
    Ok(Reply(deadlines::save_watch(&ctx, &actor, version, &command).await?))
}

/// Tries other rules on the requests of the last 90 days. Saves nothing.
#[utoipa::path(
    post, path = "/settings/deadlines/what-if", tag = "deadlines", operation_id = "tryDeadlineRules",
    request_body(content = WhatIf, example = json!({ "rules": [
        { "answer_minutes": 60, "solution_minutes": 480, "counting": "working" },
    ] })),
    responses((status = 200, description = "Broken promises before and after", body = WhatIfResult))
)]
async fn what_if(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<WhatIf>,
) -> Answer<Reply<WhatIfResult>> {
    Ok(Reply(deadlines::what_if(&ctx, &actor, &command).await?))
}

/// The deadlines of a request with the steps by which they were counted.
#[utoipa::path(
    get, path = "/requests/{id}/deadlines", tag = "deadlines", operation_id = "getRequestDeadlines",
    params(("id" = RequestId, Path)),
    responses((status = 200, description = "The deadlines", body = RequestDeadlines))
)]
async fn of_request(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
) -> Answer<Reply<RequestDeadlines>> {
    Ok(Reply(deadlines::of_request(&ctx, &actor, id).await?))
}

/// Stops the clock while the author is asked something, or lets it run again. The author's next comment does so, too.
#[utoipa::path(
    post, path = "/requests/{id}/wait", tag = "deadlines", operation_id = "waitForAuthor",
    params(("id" = RequestId, Path)),
    request_body(content = WaitRequest, example = json!({ "waiting": true, "reason": "When are you at home?" })),
    responses(
        (status = 200, description = "The request", body = RequestCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: the work is put off or over"),
    )
)]
async fn wait(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<WaitRequest>,
) -> Answer<Response> {
    let card: RequestCard = requests::wait(&ctx, &actor, id, &command).await?;
    super::requests::tagged(&card)
}
