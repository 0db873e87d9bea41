//! Rules of bills, penalties for paying late, reminders of debts.

use super::{
    extract::{Auth, Id, IfMatch, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, http::StatusCode};
use domain::{Ctx, billing, penalties, reminders};
use model::{
    AccountId, BuildingId, PenaltyId, RunId, WaiverId,
    billing::{
        BillingSettings, DecideRecalculation, NewPromise, PenaltyForecast, PenaltyRow, PenaltyRunCard, PenaltyRunRow,
        PenaltyTerms, PromiseRow, RemindNow, ReminderLook, ReminderRules, SaveBillingRules, SaveReminderRules,
        SetPayer, StartPenaltyRun, WaivePenalty,
    },
};
use serde::Deserialize;
use utoipa::IntoParams;

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(rules, save_rules))
        .routes(routes!(create_rule))
        .routes(routes!(forecast))
        .routes(routes!(runs, start_run))
        .routes(routes!(get_run))
        .routes(routes!(post_run))
        .routes(routes!(undo_run))
        .routes(routes!(waive))
        .routes(routes!(decide_waiver))
        .routes(routes!(set_payer))
        .routes(routes!(ladder, save_ladder))
        .routes(routes!(look))
        .routes(routes!(remind))
        .routes(routes!(promise))
}

/// The rules of bills, with all editions of what paying late costs.
#[utoipa::path(
    get, path = "/billing/rules", tag = "billing", operation_id = "getBillingRules",
    responses((status = 200, description = "The rules; editions with the newest month first", body = BillingSettings))
)]
async fn rules(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<BillingSettings>> {
    Ok(Reply(billing::rules(&ctx, &actor).await?))
}

/// Replaces the rules of bills.
#[utoipa::path(
    put, path = "/billing/rules", tag = "billing", operation_id = "saveBillingRules",
    params(("If-Match" = String, Header, description = "`version` of the rules, `\"0\"` while there are none", example = "\"0\"")),
    request_body(content = SaveBillingRules, example = json!({ "due_day": 15, "warn_percent": 30, "approve_over": 100_000_000 })),
    responses(
        (status = 200, description = "Saved", body = BillingSettings),
        (status = 409, description = "`conflict`: somebody changed them meanwhile"),
    )
)]
async fn save_rules(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    IfMatch(version): IfMatch,
    Json(command): Json<SaveBillingRules>,
) -> Answer<Reply<BillingSettings>> {
    Ok(Reply(billing::save_rules(&ctx, &actor, version, &command).await?))
}

/// Makes an edition of what paying late costs. Editions are never changed; without one nothing is charged.
#[utoipa::path(
    post, path = "/penalties/rules", tag = "billing", operation_id = "createPenaltyRule",
    request_body(content = PenaltyTerms, example = json!({
        "since": "2026-12-01", "due_day": 15, "grace_days": 0, "person_rate": 1_000, "legal_rate": 4_000, "cap_bp": 5_000,
    })),
    responses(
        (status = 201, description = "Made", body = BillingSettings),
        (status = 409, description = "`period_closed`: its first month is closed"),
    )
)]
async fn create_rule(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<PenaltyTerms>,
) -> Answer<(StatusCode, Reply<BillingSettings>)> {
    Ok((StatusCode::CREATED, Reply(penalties::create_rule(&ctx, &actor, &command).await?)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ForecastQuery {
    /// `next` of the part before.
    after: Option<BuildingId>,
}

/// What the last whole month would have cost by an edition, some houses a call: go on with `next` and add up. Nothing is
/// written.
#[utoipa::path(
    post, path = "/penalties/rules/forecast", tag = "billing", operation_id = "forecastPenalties",
    params(ForecastQuery),
    request_body(content = PenaltyTerms, example = json!({
        "since": "2026-12-01", "due_day": 15, "grace_days": 0, "person_rate": 1_000, "legal_rate": 4_000, "cap_bp": 5_000,
    })),
    responses((status = 200, description = "The sum of these houses, with the largest accounts", body = PenaltyForecast))
)]
async fn forecast(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(query): Query<ForecastQuery>,
    Json(command): Json<PenaltyTerms>,
) -> Answer<Reply<PenaltyForecast>> {
    Ok(Reply(penalties::forecast(&ctx, &actor, &command, query.after).await?))
}

/// The runs of penalties.
#[utoipa::path(
    get, path = "/penalties/runs", tag = "billing", operation_id = "listPenaltyRuns",
    responses((status = 200, description = "The newest month first", body = [PenaltyRunRow]))
)]
async fn runs(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<PenaltyRunRow>>> {
    Ok(Reply(penalties::runs(&ctx, &actor).await?))
}

/// Looks at the penalties of a month that is over, without booking them. The work goes on in the background.
#[utoipa::path(
    post, path = "/penalties/runs", tag = "billing", operation_id = "previewPenalties",
    request_body(content = StartPenaltyRun, example = json!({ "period": "2026-10-01" })),
    responses(
        (status = 201, description = "Begun", body = PenaltyRunCard),
        (status = 409, description = "`period_closed`"),
    )
)]
async fn start_run(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<StartPenaltyRun>,
) -> Answer<(StatusCode, Reply<PenaltyRunCard>)> {
    Ok((StatusCode::CREATED, Reply(penalties::start_run(&ctx, &actor, &command).await?)))
}

/// One run: sums by house, the largest accounts with their arithmetic, how far the work is.
#[utoipa::path(
    get, path = "/penalties/runs/{id}", tag = "billing", operation_id = "getPenaltyRun",
    params(("id" = RunId, Path)),
    responses((status = 200, description = "The run", body = PenaltyRunCard))
)]
async fn get_run(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RunId>) -> Answer<Reply<PenaltyRunCard>> {
    Ok(Reply(penalties::get_run(&ctx, &actor, id).await?))
}

/// Books the penalties, counted anew with what was paid meanwhile. What is booked already stays as it is.
#[utoipa::path(
    post, path = "/penalties/runs/{id}/post", tag = "billing", operation_id = "postPenalties",
    params(("id" = RunId, Path), ("If-Match" = String, Header, description = "`version`", example = "\"3\"")),
    responses(
        (status = 200, description = "Begun", body = PenaltyRunCard),
        (status = 409, description = "`illegal_transition`, `period_closed` or `conflict`"),
    )
)]
async fn post_run(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RunId>,
    IfMatch(version): IfMatch,
) -> Answer<Reply<PenaltyRunCard>> {
    Ok(Reply(penalties::start_post(&ctx, &actor, id, version).await?))
}

/// Takes a run of penalties back while its month is open.
#[utoipa::path(
    post, path = "/penalties/runs/{id}/undo", tag = "billing", operation_id = "undoPenalties",
    params(("id" = RunId, Path), ("If-Match" = String, Header, description = "`version`", example = "\"5\"")),
    responses(
        (status = 200, description = "Begun", body = PenaltyRunCard),
        (status = 409, description = "`illegal_transition`, `period_closed` or `conflict`"),
    )
)]
async fn undo_run(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RunId>,
    IfMatch(version): IfMatch,
) -> Answer<Reply<PenaltyRunCard>> {
    Ok(Reply(penalties::start_undo(&ctx, &actor, id, version).await?))
}

/// Forgives a penalty. A large sum waits for a second person.
#[utoipa::path(
    post, path = "/penalties/{id}/waive", tag = "billing", operation_id = "waivePenalty",
    params(("id" = PenaltyId, Path)),
    request_body(content = WaivePenalty, example = json!({ "reason": "The bank was closed" })),
    responses(
        (status = 201, description = "`booked`, or `waiting` over the company's limit", body = PenaltyRow),
        (status = 409, description = "`already_reversed`: it is forgiven, or somebody has asked for it"),
    )
)]
async fn waive(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<PenaltyId>,
    Json(command): Json<WaivePenalty>,
) -> Answer<(StatusCode, Reply<PenaltyRow>)> {
    Ok((StatusCode::CREATED, Reply(penalties::waive(&ctx, &actor, id, &command).await?)))
}

/// The word of a second person about a penalty that may be forgiven.
#[utoipa::path(
    post, path = "/waivers/{id}/decide", tag = "billing", operation_id = "decideWaiver",
    params(("id" = WaiverId, Path)),
    request_body(content = DecideRecalculation, example = json!({ "approve": true })),
    responses(
        (status = 200, description = "Booked or refused", body = PenaltyRow),
        (status = 409, description = "`second_person`: they asked for it themselves; `illegal_transition`: somebody has decided"),
    )
)]
async fn decide_waiver(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<WaiverId>,
    Json(command): Json<DecideRecalculation>,
) -> Answer<Reply<PenaltyRow>> {
    Ok(Reply(penalties::decide_waiver(&ctx, &actor, id, command.approve).await?))
}

/// Says whether a natural person or a legal entity has to pay an account.
#[utoipa::path(
    put, path = "/accounts/{id}/payer", tag = "billing", operation_id = "setPayer",
    params(("id" = AccountId, Path)),
    request_body(content = SetPayer, example = json!({ "payer": "legal" })),
    responses((status = 204, description = "Said; without a payer the kind of the unit decides"))
)]
async fn set_payer(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<AccountId>,
    Json(command): Json<SetPayer>,
) -> Answer<StatusCode> {
    penalties::set_payer(&ctx, &actor, id, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The ladder of reminders.
#[utoipa::path(
    get, path = "/debts/ladder", tag = "billing", operation_id = "getReminderLadder",
    responses((status = 200, description = "The ladder; without steps while nobody has made one", body = ReminderRules))
)]
async fn ladder(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<ReminderRules>> {
    Ok(Reply(reminders::rules(&ctx, &actor).await?))
}

/// Replaces the ladder of reminders.
#[utoipa::path(
    put, path = "/debts/ladder", tag = "billing", operation_id = "saveReminderLadder",
    params(("If-Match" = String, Header, description = "`version`, `\"0\"` while there is none", example = "\"0\"")),
    request_body(content = SaveReminderRules, example = json!({
        "enabled": true, "least": 1_000_000, "skip_weekends": true, "steps": [{
            "kind": "message", "days": 5, "wish": "any",
            "text": { "ru": "{name}, долг {debt}: {link}", "uz": "{name}, qarz {debt}: {link}", "en": "{name}, you owe {debt}: {link}" },
        }],
    })),
    responses(
        (status = 200, description = "Saved", body = ReminderRules),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn save_ladder(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    IfMatch(version): IfMatch,
    Json(command): Json<SaveReminderRules>,
) -> Answer<Reply<ReminderRules>> {
    Ok(Reply(reminders::save_rules(&ctx, &actor, version, &command).await?))
}

/// Who would be reminded, of what; nothing is sent.
#[utoipa::path(
    post, path = "/debts/remind/look", tag = "billing", operation_id = "lookAtReminders",
    request_body(content = RemindNow, example = json!({ "account_ids": ["01890000-0000-7000-8000-000000000000"] })),
    responses((status = 200, description = "Each account, with why it would be left out, and the first text", body = ReminderLook))
)]
async fn look(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<RemindNow>,
) -> Answer<Reply<ReminderLook>> {
    Ok(Reply(reminders::look(&ctx, &actor, &command).await?))
}

/// Reminds some accounts now. Who must not be disturbed is left out; nobody is reminded twice on one day.
#[utoipa::path(
    post, path = "/debts/remind", tag = "billing", operation_id = "remindOfDebts",
    request_body(content = RemindNow, example = json!({ "account_ids": ["01890000-0000-7000-8000-000000000000"] })),
    responses((status = 200, description = "What was sent", body = ReminderLook))
)]
async fn remind(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<RemindNow>,
) -> Answer<Reply<ReminderLook>> {
    Ok(Reply(reminders::remind(&ctx, &actor, &command).await?))
}

/// Notes a promise to pay. Until its day is over nobody reminds them.
#[utoipa::path(
    post, path = "/accounts/{id}/promises", tag = "billing", operation_id = "createPromise",
    params(("id" = AccountId, Path)),
    request_body(content = NewPromise, example = json!({ "on": "2026-12-10", "note": "After the salary" })),
    responses((status = 201, description = "Noted", body = PromiseRow))
)]
async fn promise(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<AccountId>,
    Json(command): Json<NewPromise>,
) -> Answer<(StatusCode, Reply<PromiseRow>)> {
    Ok((StatusCode::CREATED, Reply(reminders::promise(&ctx, &actor, id, &command).await?)))
}
