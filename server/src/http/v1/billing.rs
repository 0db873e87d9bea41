//! Services, tariffs, monthly runs, bills and debts.

use super::{
    extract::{Auth, Id, IdempotencyKey, IfMatch, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, http::StatusCode};
use chrono::NaiveDate;
use domain::{Ctx, billing};
use model::{
    AccountId, CorrectionId, RecalculationId, ReliefId, RunId, ServiceId, TariffId,
    billing::{
        AccountMoney, CloseMonth, CorrectionRow, DebtFilter, Debts, DecideRecalculation, EndTariff, MonthBill, MyBill,
        NewCorrection, NewRecalculation, NewRelief, NewTariff, RecalculationRow, ReliefRow, RunCard, Runs,
        ServiceFacts, ServiceRow, StartRun, Statement, TariffBook, TariffRow,
    },
};
use serde::Deserialize;

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(book))
        .routes(routes!(create_service))
        .routes(routes!(update_service, archive_service))
        .routes(routes!(create_tariff))
        .routes(routes!(end_tariff))
        .routes(routes!(create_relief))
        .routes(routes!(end_relief))
        .routes(routes!(recalculate))
        .routes(routes!(decide_recalculation))
        .routes(routes!(correct))
        .routes(routes!(decide_correction))
        .routes(routes!(runs, start_run))
        .routes(routes!(get_run))
        .routes(routes!(post_run))
        .routes(routes!(undo_run))
        .routes(routes!(close_month))
        .routes(routes!(account))
        .routes(routes!(month))
        .routes(routes!(statement))
        .routes(routes!(mine))
        .routes(routes!(debts))
}

/// Services with all editions of their prices.
#[utoipa::path(
    get, path = "/tariffs", tag = "billing", operation_id = "getTariffs",
    responses((status = 200, description = "Services in the order of bills, editions with the newest first", body = TariffBook))
)]
async fn book(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<TariffBook>> {
    Ok(Reply(billing::book(&ctx, &actor).await?))
}

/// Makes a service.
#[utoipa::path(
    post, path = "/services", tag = "billing", operation_id = "createService",
    request_body(content = ServiceFacts, example = json!({
        "name_ru": "Содержание жилья", "name_uz": "Uy-joyni saqlash", "name_en": "Upkeep", "vat_percent": 0,
    })),
    responses((status = 201, description = "Made", body = ServiceRow))
)]
async fn create_service(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<ServiceFacts>,
) -> Answer<(StatusCode, Reply<ServiceRow>)> {
    Ok((StatusCode::CREATED, Reply(billing::create_service(&ctx, &actor, &command).await?)))
}

/// Replaces what is known of a service.
#[utoipa::path(
    put, path = "/services/{id}", tag = "billing", operation_id = "updateService",
    params(("id" = ServiceId, Path), ("If-Match" = String, Header, description = "`version`", example = "\"1\"")),
    request_body(content = ServiceFacts, example = json!({
        "name_ru": "Содержание жилья", "name_uz": "Uy-joyni saqlash", "name_en": "Upkeep", "vat_percent": 12,
    })),
    responses(
        (status = 200, description = "Saved", body = ServiceRow),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update_service(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ServiceId>,
    IfMatch(version): IfMatch,
    Json(command): Json<ServiceFacts>,
) -> Answer<Reply<ServiceRow>> {
    Ok(Reply(billing::update_service(&ctx, &actor, id, version, &command).await?))
}

/// Puts a service away; old bills keep it.
#[utoipa::path(
    delete, path = "/services/{id}", tag = "billing", operation_id = "archiveService",
    params(("id" = ServiceId, Path), ("If-Match" = String, Header, description = "`version`", example = "\"1\"")),
    responses(
        (status = 204, description = "Put away"),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn archive_service(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ServiceId>,
    IfMatch(version): IfMatch,
) -> Answer<StatusCode> {
    billing::archive_service(&ctx, &actor, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a new edition of a price. Editions are never changed.
#[utoipa::path(
    post, path = "/tariffs", tag = "billing", operation_id = "createTariff",
    request_body(content = NewTariff, example = json!({
        "service_id": "01890000-0000-7000-8000-000000000000", "rule": "area", "price": 150_000, "since": "2026-12-01",
    })),
    responses(
        (status = 201, description = "Made", body = TariffRow),
        (status = 404, description = "`not_found`: the service, complex or house is not there"),
        (status = 409, description = "`period_closed`: its first month is closed"),
    )
)]
async fn create_tariff(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<NewTariff>,
) -> Answer<(StatusCode, Reply<TariffRow>)> {
    Ok((StatusCode::CREATED, Reply(billing::create_tariff(&ctx, &actor, &command).await?)))
}

/// Ends an edition before a month.
#[utoipa::path(
    post, path = "/tariffs/{id}/end", tag = "billing", operation_id = "endTariff",
    params(("id" = TariffId, Path)),
    request_body(content = EndTariff, example = json!({ "until": "2027-01-01" })),
    responses(
        (status = 200, description = "Ended", body = TariffRow),
        (status = 409, description = "`period_closed`: it would change a month that is closed"),
    )
)]
async fn end_tariff(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<TariffId>,
    Json(command): Json<EndTariff>,
) -> Answer<Reply<TariffRow>> {
    Ok(Reply(billing::end_tariff(&ctx, &actor, id, &command).await?))
}

/// Gives an account a relief.
#[utoipa::path(
    post, path = "/accounts/{id}/reliefs", tag = "billing", operation_id = "createRelief",
    params(("id" = AccountId, Path)),
    request_body(content = NewRelief, example = json!({ "percent_bp": 5_000, "since": "2026-12-01", "reason": "Disability, group 1" })),
    responses(
        (status = 201, description = "Given", body = ReliefRow),
        (status = 409, description = "`period_closed`: it would change a month that is closed"),
    )
)]
async fn create_relief(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<AccountId>,
    Json(command): Json<NewRelief>,
) -> Answer<(StatusCode, Reply<ReliefRow>)> {
    Ok((StatusCode::CREATED, Reply(billing::create_relief(&ctx, &actor, id, &command).await?)))
}

/// Ends a relief before a month.
#[utoipa::path(
    post, path = "/reliefs/{id}/end", tag = "billing", operation_id = "endRelief",
    params(("id" = ReliefId, Path)),
    request_body(content = EndTariff, example = json!({ "until": "2027-01-01" })),
    responses(
        (status = 204, description = "Ended"),
        (status = 409, description = "`period_closed`: it would change a month that is closed"),
    )
)]
async fn end_relief(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ReliefId>,
    Json(command): Json<EndTariff>,
) -> Answer<StatusCode> {
    billing::end_relief(&ctx, &actor, id, &command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes off a part of what a month was charged. A large sum waits for a second person.
#[utoipa::path(
    post, path = "/accounts/{id}/recalculations", tag = "billing", operation_id = "createRecalculation",
    params(("id" = AccountId, Path)),
    request_body(content = NewRecalculation, example = json!({
        "service_id": "01890000-0000-7000-8000-000000000000", "from": "2026-10-05", "to": "2026-10-18",
        "percent_bp": 10_000, "reason": "Away, by the certificate of the hospital",
    })),
    responses((status = 201, description = "`booked`, or `waiting` over the company's limit", body = RecalculationRow))
)]
async fn recalculate(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<AccountId>,
    Json(command): Json<NewRecalculation>,
) -> Answer<(StatusCode, Reply<RecalculationRow>)> {
    Ok((StatusCode::CREATED, Reply(billing::recalculate(&ctx, &actor, id, &command).await?)))
}

/// The word of a second person about a recalculation that waits.
#[utoipa::path(
    post, path = "/recalculations/{id}/decide", tag = "billing", operation_id = "decideRecalculation",
    params(("id" = RecalculationId, Path)),
    request_body(content = DecideRecalculation, example = json!({ "approve": true })),
    responses(
        (status = 200, description = "Booked or refused", body = RecalculationRow),
        (status = 409, description = "`second_person`: they asked for it themselves; `illegal_transition`: somebody has decided"),
    )
)]
async fn decide_recalculation(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RecalculationId>,
    Json(command): Json<DecideRecalculation>,
) -> Answer<Reply<RecalculationRow>> {
    Ok(Reply(billing::decide_recalculation(&ctx, &actor, id, command.approve).await?))
}

/// Books a sum on an account by hand, against income or against another account. A large sum waits for a second person.
#[utoipa::path(
    post, path = "/accounts/{id}/corrections", tag = "billing", operation_id = "createCorrection",
    params(("id" = AccountId, Path), ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
        pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe: the same key with the same body answers with the same correction")),
    request_body(content = NewCorrection, example = json!({
        "amount": -15_075_000, "other": "0104500123", "reason": "Paid into the wrong account",
    })),
    responses(
        (status = 201, description = "`booked`, or `waiting` over the company's limit", body = CorrectionRow),
        (status = 409, description = "`period_closed`: the month of that day is closed; `idempotency_in_progress`"),
    )
)]
async fn correct(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<AccountId>,
    key: IdempotencyKey,
    Json(command): Json<NewCorrection>,
) -> Answer<(StatusCode, Reply<CorrectionRow>)> {
    let key = key.of("POST /accounts/{id}/corrections", &(id, &command))?;
    Ok((StatusCode::CREATED, Reply(billing::correct(&ctx, &actor, id, &command, key.as_ref()).await?)))
}

/// The word of a second person about a correction that waits.
#[utoipa::path(
    post, path = "/corrections/{id}/decide", tag = "billing", operation_id = "decideCorrection",
    params(("id" = CorrectionId, Path)),
    request_body(content = DecideRecalculation, example = json!({ "approve": true })),
    responses(
        (status = 200, description = "Booked or refused", body = CorrectionRow),
        (status = 409, description = "`second_person`: they asked for it themselves; `illegal_transition`: somebody has decided"),
    )
)]
async fn decide_correction(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<CorrectionId>,
    Json(command): Json<DecideRecalculation>,
) -> Answer<Reply<CorrectionRow>> {
    Ok(Reply(billing::decide_correction(&ctx, &actor, id, command.approve).await?))
}

/// The monthly runs and how far the books are closed.
#[utoipa::path(
    get, path = "/charges/runs", tag = "billing", operation_id = "listChargeRuns",
    responses((status = 200, description = "The newest month first", body = Runs))
)]
async fn runs(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Runs>> {
    Ok(Reply(billing::runs(&ctx, &actor).await?))
}

/// Looks at a month without booking it. The work goes on in the background.
#[utoipa::path(
    post, path = "/charges/runs", tag = "billing", operation_id = "previewCharges",
    request_body(content = StartRun, example = json!({ "period": "2026-11-01" })),
    responses(
        (status = 201, description = "Begun", body = RunCard),
        (status = 409, description = "`period_closed`"),
    )
)]
async fn start_run(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<StartRun>,
) -> Answer<(StatusCode, Reply<RunCard>)> {
    Ok((StatusCode::CREATED, Reply(billing::start_run(&ctx, &actor, &command).await?)))
}

/// One run: sums by service and house, what looks wrong, how far the work is.
#[utoipa::path(
    get, path = "/charges/runs/{id}", tag = "billing", operation_id = "getChargeRun",
    params(("id" = RunId, Path)),
    responses((status = 200, description = "The run", body = RunCard))
)]
async fn get_run(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RunId>) -> Answer<Reply<RunCard>> {
    Ok(Reply(billing::get_run(&ctx, &actor, id).await?))
}

/// Books what was looked at. What is booked already stays as it is.
#[utoipa::path(
    post, path = "/charges/runs/{id}/post", tag = "billing", operation_id = "postCharges",
    params(("id" = RunId, Path), ("If-Match" = String, Header, description = "`version`", example = "\"3\"")),
    responses(
        (status = 200, description = "Begun", body = RunCard),
        (status = 409, description = "`illegal_transition`, `period_closed` or `conflict`"),
    )
)]
async fn post_run(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RunId>,
    IfMatch(version): IfMatch,
) -> Answer<Reply<RunCard>> {
    Ok(Reply(billing::start_post(&ctx, &actor, id, version).await?))
}

/// Takes a run back while its month is open.
#[utoipa::path(
    post, path = "/charges/runs/{id}/undo", tag = "billing", operation_id = "undoCharges",
    params(("id" = RunId, Path), ("If-Match" = String, Header, description = "`version`", example = "\"5\"")),
    responses(
        (status = 200, description = "Begun", body = RunCard),
        (status = 409, description = "`illegal_transition`, `period_closed` or `conflict`"),
    )
)]
async fn undo_run(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RunId>,
    IfMatch(version): IfMatch,
) -> Answer<Reply<RunCard>> {
    Ok(Reply(billing::start_undo(&ctx, &actor, id, version).await?))
}

/// Closes a month and all before it. There is no way back.
#[utoipa::path(
    post, path = "/charges/close", tag = "billing", operation_id = "closeMonth",
    request_body(content = CloseMonth, example = json!({ "period": "2026-10-01" })),
    responses(
        (status = 200, description = "Closed", body = Runs),
        (status = 409, description = "`in_use`: a run of it is under way"),
        (status = 422, description = "`invalid`: the month is not over"),
    )
)]
async fn close_month(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<CloseMonth>,
) -> Answer<Reply<Runs>> {
    Ok(Reply(billing::close_month(&ctx, &actor, &command).await?))
}

/// What an account owes, month by month.
#[utoipa::path(
    get, path = "/accounts/{id}/money", tag = "billing", operation_id = "getAccountMoney",
    params(("id" = AccountId, Path)),
    responses((status = 200, description = "The account", body = AccountMoney))
)]
async fn account(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<AccountId>) -> Answer<Reply<AccountMoney>> {
    Ok(Reply(billing::account(&ctx, &actor, id).await?))
}

/// Which month.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct MonthQuery {
    /// Any day of it.
    period: NaiveDate,
}

/// One month of an account, each line with what it was counted from. Residents see those of their homes.
#[utoipa::path(
    get, path = "/accounts/{id}/bill", tag = "billing", operation_id = "getBill",
    params(("id" = AccountId, Path), MonthQuery),
    responses((status = 200, description = "The bill", body = MonthBill))
)]
async fn month(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<AccountId>,
    Query(query): Query<MonthQuery>,
) -> Answer<Reply<MonthBill>> {
    Ok(Reply(billing::month(&ctx, &actor, id, query.period).await?))
}

/// Between which days.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct SpanQuery {
    from: NaiveDate,
    to: NaiveDate,
}

/// Everything that moved an account between two days. Residents see those of their homes.
#[utoipa::path(
    get, path = "/accounts/{id}/statement", tag = "billing", operation_id = "getStatement",
    params(("id" = AccountId, Path), SpanQuery),
    responses((status = 200, description = "The statement", body = Statement))
)]
async fn statement(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<AccountId>,
    Query(query): Query<SpanQuery>,
) -> Answer<Reply<Statement>> {
    Ok(Reply(billing::statement(&ctx, &actor, id, query.from, query.to).await?))
}

/// What the homes of the caller owe.
#[utoipa::path(
    get, path = "/my/bills", tag = "billing", operation_id = "listMyBills",
    responses((status = 200, description = "One for each open account", body = [MyBill]))
)]
async fn mine(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<MyBill>>> {
    Ok(Reply(billing::mine(&ctx, &actor).await?))
}

/// Debts by age: all houses with their sums, a page of accounts with the largest debt first.
#[utoipa::path(
    get, path = "/debts", tag = "billing", operation_id = "listDebts", params(DebtFilter),
    responses((status = 200, description = "The debts", body = Debts))
)]
async fn debts(State(ctx): State<Ctx>, Auth(actor): Auth, Query(filter): Query<DebtFilter>) -> Answer<Reply<Debts>> {
    Ok(Reply(billing::debts(&ctx, &actor, &filter).await?))
}
