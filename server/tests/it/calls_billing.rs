//! Calls of tariffs, charges, bills and debts.

use crate::{
    calls::{Call, Sample, bare, form, json, of, one, page, sample},
    cast::{MARK, Scene, Setting},
};
use Setting::{House, Look, Stopped};
use domain::{Actor, Ctx, billing};
use model::{
    AccountId, CorrectionId, RecalculationId, ReliefId, RunId, ServiceId, TariffId,
    billing::{NewRelief, NewTariff, ServiceFacts, StartRun, TariffRule},
};
use platform::ids::new_id;
use serde_json::{Value, json};

/// What a company charges by.
#[derive(Clone, Copy, Debug)]
pub struct Books {
    pub service: ServiceId,
    pub tariff: TariffId,
    pub relief: ReliefId,
    /// Nobody has looked yet.
    pub run: RunId,
    /// Waits for a second person; the admin asked for it.
    pub recalculation: RecalculationId,
    /// The same.
    pub correction: CorrectionId,
}

impl Books {
    /// Objects that nobody has.
    pub fn nothing() -> Self {
        Self {
            service: new_id().into(),
            tariff: new_id().into(),
            relief: new_id().into(),
            run: new_id().into(),
            recalculation: new_id().into(),
            correction: new_id().into(),
        }
    }

    /// Made for these calls.
    pub async fn build(ctx: &Ctx, admin: &Actor, account: AccountId) -> Self {
        let name = format!("{}{MARK}", new_id());
        let facts =
            ServiceFacts { name_ru: name.clone(), name_uz: name.clone(), name_en: name, ..ServiceFacts::default() };
        let service = billing::create_service(ctx, admin, &facts).await.unwrap().id;
        let since = "2026-01-01".parse().unwrap();
        let price = NewTariff {
            service_id: service,
            rule: TariffRule::Unit,
            share_by: None,
            price: model::Money::from_tiyin(100),
            since,
            complex_id: None,
            building_id: None,
            storeys_from: None,
            storeys_to: None,
            has_lift: None,
        };
        let tariff = billing::create_tariff(ctx, admin, &price).await.unwrap().id;
        let relief = NewRelief {
            service_id: None,
            percent_bp: Some(100),
            sum: None,
            since,
            until: None,
            reason: "Указ".to_owned(),
        };
        let relief = billing::create_relief(ctx, admin, account, &relief).await.unwrap().id;
        let month = StartRun { period: since, building_ids: Vec::new() };
        let run = billing::start_run(ctx, admin, &month).await.unwrap().run.id;
        let recalculation = testkit::ask_recalculation(ctx, admin, account, service).await;
        let correction = testkit::ask_correction(ctx, admin, account, service).await;
        Self { service, tariff, relief, run, recalculation, correction }
    }
}

/// Nothing for doors of other features.
pub fn samples(door: &str) -> Vec<Sample> {
    match door.strip_prefix("POST /rpc/billing/") {
        Some(name) => server_function(name),
        None => match door.split_once(" /api/v1/") {
            Some((method, path)) => rest(&format!("{method} {path}")),
            None => plain(door),
        },
    }
}

fn server_function(name: &str) -> Vec<Sample> {
    match name {
        "book" | "runs" | "mine" => one(Look, |_| json(json!({}))),
        "debts" => one(Look, |_| json(json!({ "filter": {} }))),
        "create_service" => one(Look, |_| json(json!({ "command": service() }))),
        "update_service" => {
            one(House, |s| json(json!({ "id": s.registry.books.service, "version": 1, "command": service() })))
        }
        "archive_service" => one(House, |s| json(json!({ "id": s.registry.books.service, "version": 1 }))),
        "create_tariff" => one(House, |s| json(json!({ "command": tariff(s) }))),
        "end_tariff" => one(House, |s| json(json!({ "id": s.registry.books.tariff, "command": end() }))),
        "create_relief" => one(House, |s| json(json!({ "account_id": s.registry.account, "command": relief() }))),
        "end_relief" => one(House, |s| json(json!({ "id": s.registry.books.relief, "command": end() }))),
        "correct" => one(House, |s| json(json!({ "account_id": s.registry.account, "command": correction() }))),
        // As a recalculation.
        "decide_correction" => {
            one(House, |s| json(json!({ "id": s.registry.books.correction, "command": { "approve": true } })))
        }
        "recalculate" => one(House, |s| json(json!({ "account_id": s.registry.account, "command": recalculation(s) }))),
        // Asked for by the admin: only somebody else of their rank may decide.
        "decide_recalculation" => {
            one(House, |s| json(json!({ "id": s.registry.books.recalculation, "command": { "approve": true } })))
        }
        "get_run" => one(Look, |s| json(json!({ "id": s.registry.books.run }))),
        "start_run" => one(House, |s| json(json!({ "command": run(s) }))),
        "post_run" | "undo_run" => vec![
            sample("", Stopped, |s| json(json!({ "id": s.registry.books.run, "version": 3 }))),
            sample("too early", Look, |s| json(json!({ "id": s.registry.books.run, "version": 2 }))),
        ],
        // A month that is not over is refused to whoever may: the others work in this company, too.
        "close_month" => one(Look, |_| json(json!({ "command": { "period": "2099-01-01" } }))),
        "account" => one(Look, |s| json(json!({ "id": s.registry.account }))),
        "month" => one(Look, |s| json(json!({ "id": s.registry.account, "period": "2026-05-01" }))),
        "statement" => {
            one(Look, |s| json(json!({ "id": s.registry.account, "from": "2026-05-01", "to": "2026-05-31" })))
        }
        _ => Vec::new(),
    }
}

fn rest(operation: &str) -> Vec<Sample> {
    match operation {
        "GET tariffs" | "GET charges/runs" | "GET my/bills" | "GET debts" => one(Look, |_| bare()),
        "POST services" => one(Look, |_| json(service())),
        "PUT services/{id}" => one(House, |s| first(of(s.registry.books.service).json(service()))),
        "DELETE services/{id}" => one(House, |s| first(of(s.registry.books.service))),
        "POST tariffs" => one(House, |s| json(tariff(s))),
        "POST tariffs/{id}/end" => one(House, |s| of(s.registry.books.tariff).json(end())),
        "POST accounts/{id}/reliefs" => one(House, |s| of(s.registry.account).json(relief())),
        "POST reliefs/{id}/end" => one(House, |s| of(s.registry.books.relief).json(end())),
        "POST accounts/{id}/corrections" => one(House, |s| of(s.registry.account).json(correction())),
        "POST corrections/{id}/decide" => {
            one(House, |s| of(s.registry.books.correction).json(json!({ "approve": true })))
        }
        "POST accounts/{id}/recalculations" => one(House, |s| of(s.registry.account).json(recalculation(s))),
        "POST recalculations/{id}/decide" => {
            one(House, |s| of(s.registry.books.recalculation).json(json!({ "approve": true })))
        }
        "POST charges/runs" => one(House, |s| json(run(s))),
        "GET charges/runs/{id}" => one(Look, |s| of(s.registry.books.run)),
        "POST charges/runs/{id}/post" | "POST charges/runs/{id}/undo" => vec![
            sample("", Stopped, |s| of(s.registry.books.run).header("if-match", "\"3\"")),
            sample("too early", Look, |s| of(s.registry.books.run).header("if-match", "\"2\"")),
        ],
        "POST charges/close" => one(Look, |_| json(json!({ "period": "2099-01-01" }))),
        "GET accounts/{id}/money" => one(Look, |s| of(s.registry.account)),
        "GET accounts/{id}/bill" => one(Look, |s| Call { query: "?period=2026-05-01", ..of(s.registry.account) }),
        "GET accounts/{id}/statement" | "GET accounts/{id}/statement.pdf" | "GET accounts/{id}/statement.xlsx" => {
            one(Look, |s| Call { query: "?from=2026-05-01&to=2026-05-31", ..of(s.registry.account) })
        }
        "GET accounts/{id}/bill.pdf" => one(Look, |s| Call { query: "?period=2026-05-01", ..of(s.registry.account) }),
        // The account was opened today.
        "POST receipts/print" => {
            one(House, |s| json(json!({ "building_id": s.registry.building, "period": "2026-11-01" })))
        }
        _ => Vec::new(),
    }
}

fn plain(door: &str) -> Vec<Sample> {
    match door {
        "GET /desk/tariffs" | "GET /desk/charges" | "GET /desk/debts" | "GET /my/bills" => one(Look, |_| page(bare())),
        "GET /desk/charges/{id}" => one(Look, |s| page(of(s.registry.books.run))),
        "GET /accounts/{id}/bill.pdf" => one(Look, |s| Call { query: "?period=2026-05-01", ..of(s.registry.account) }),
        "GET /accounts/{id}/statement.pdf" | "GET /accounts/{id}/statement.xlsx" => {
            one(Look, |s| Call { query: "?from=2026-05-01&to=2026-05-31", ..of(s.registry.account) })
        }
        "POST /desk/receipts" => {
            one(House, |s| form(vec![("house", s.registry.building.to_string()), ("month", "2026-11-01".to_owned())]))
        }
        "GET /desk/accounts/{id}" => one(Look, |s| page(of(s.registry.account))),
        _ => Vec::new(),
    }
}

/// The first version of what was just made.
fn first(call: Call) -> Call {
    call.header("if-match", "\"1\"")
}

/// A name of its own each time: names are unique.
fn service() -> Value {
    let name = new_id().to_string();
    json!({ "name_ru": name, "name_uz": name, "name_en": name })
}

fn tariff(scene: &Scene) -> Value {
    json!({ "service_id": scene.registry.books.service, "rule": "area", "price": 100, "since": "2026-05-01" })
}

fn relief() -> Value {
    json!({ "percent_bp": 5_000, "since": "2026-05-01", "reason": "Указ" })
}

/// Nothing was charged in that month.
fn recalculation(scene: &Scene) -> Value {
    json!({
        "service_id": scene.registry.books.service, "from": "2025-05-01", "to": "2025-05-10", "percent_bp": 5_000, "reason": "Отъезд",
    })
}

/// Nobody has that other account.
fn correction() -> Value {
    json!({ "amount": -100, "other": "no-such", "reason": "Ошибка" })
}

fn end() -> Value {
    json!({ "until": "2026-06-01" })
}

fn run(scene: &Scene) -> Value {
    json!({ "period": "2026-05-01", "building_ids": [scene.registry.building] })
}
