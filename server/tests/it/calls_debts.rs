//! Calls of the rules of bills, penalties and reminders of debts.

use crate::{
    calls::{Call, Sample, bare, form, json, of, one, page, sample},
    cast::{Scene, Setting},
};
use Setting::{House, Look, Rules, Stopped};
use domain::{Actor, Ctx, billing, penalties, reminders};
use model::{
    AccountId, PenaltyId, RunId, WaiverId,
    billing::{SaveReminderRules, StartPenaltyRun},
};
use platform::ids::new_id;
use serde_json::{Value, json};

/// What paying late came to.
#[derive(Clone, Copy, Debug)]
pub struct Late {
    /// Nobody has looked yet.
    pub run: RunId,
    /// Small enough to be forgiven by one.
    pub penalty: PenaltyId,
    /// Of another month; waits for a second person, and the admin asked for it.
    pub waiver: WaiverId,
    /// Owes since April, and nothing is being decided.
    pub debtor: AccountId,
}

impl Late {
    /// Objects that nobody has.
    pub fn nothing() -> Self {
        Self { run: new_id().into(), penalty: new_id().into(), waiver: new_id().into(), debtor: new_id().into() }
    }

    /// Made for these calls.
    pub async fn build(ctx: &Ctx, admin: &Actor, account: AccountId, debtor: AccountId) -> Self {
        let month = StartPenaltyRun { period: "2026-01-01".parse().unwrap() };
        let run = penalties::start_run(ctx, admin, &month).await.unwrap().run.id;
        let (penalty, waiver) = testkit::penalise(ctx, admin, account, run).await;
        testkit::owe(ctx, admin, debtor).await;
        Self { run, penalty, waiver, debtor }
    }
}

/// Editions of what a company has one of, as they are now.
#[derive(Clone, Copy, Debug)]
pub struct Versions {
    bills: i32,
    ladder: i32,
}

impl Versions {
    /// Of companies that have none of their own yet.
    pub const NONE: Self = Self { bills: 0, ladder: 0 };

    /// Those of the company of this admin.
    pub async fn read(ctx: &Ctx, admin: &Actor) -> Self {
        let bills = billing::rules(ctx, admin).await.unwrap().rules.version;
        Self { bills, ladder: reminders::rules(ctx, admin).await.unwrap().version }
    }
}

/// Without a ladder nobody can be reminded.
pub async fn give_ladder(ctx: &Ctx, admin: &Actor) {
    let ladder: SaveReminderRules = serde_json::from_value(ladder()).unwrap();
    reminders::save_rules(ctx, admin, 0, &ladder).await.unwrap();
}

/// Nothing for doors of other features.
pub fn samples(door: &str) -> Vec<Sample> {
    if let Some(name) = door.strip_prefix("POST /rpc/penalties/") {
        return penalties_rpc(name);
    }
    if let Some(name) = door.strip_prefix("POST /rpc/reminders/") {
        return reminders_rpc(name);
    }
    match door.split_once(" /api/v1/") {
        Some((method, path)) => rest(&format!("{method} {path}")),
        None => plain(door),
    }
}

fn penalties_rpc(name: &str) -> Vec<Sample> {
    match name {
        "rules" | "runs" => one(Look, |_| json(json!({}))),
        "save_rules" => one(Rules, |s| json(json!({ "version": s.versions.bills, "command": rules() }))),
        "create_rule" => vec![
            sample("", Look, |_| json(json!({ "command": terms(28) }))),
            sample("before the bill", Look, |_| json(json!({ "command": terms(1) }))),
        ],
        "forecast" => one(Look, |_| json(json!({ "command": terms(28) }))),
        "get_run" => one(Look, |s| json(json!({ "id": s.registry.late.run }))),
        "start_run" => one(House, |_| json(json!({ "command": { "period": "2026-02-01" } }))),
        "post_run" | "undo_run" => vec![
            sample("", Stopped, |s| json(json!({ "id": s.registry.late.run, "version": 3 }))),
            sample("too early", Look, |s| json(json!({ "id": s.registry.late.run, "version": 2 }))),
        ],
        "waive" => {
            one(House, |s| json(json!({ "id": s.registry.late.penalty, "command": { "reason": "Банк не работал" } })))
        }
        // Asked for by the admin: only somebody else of their rank may decide.
        "decide_waiver" => {
            one(House, |s| json(json!({ "id": s.registry.late.waiver, "command": { "approve": true } })))
        }
        "set_payer" => {
            one(House, |s| json(json!({ "account_id": s.registry.account, "command": { "payer": "legal" } })))
        }
        _ => Vec::new(),
    }
}

fn reminders_rpc(name: &str) -> Vec<Sample> {
    match name {
        "rules" => one(Look, |_| json(json!({}))),
        "save_rules" => one(Rules, |s| json(json!({ "version": s.versions.ladder, "command": ladder() }))),
        "look" => one(Look, |s| json(json!({ "command": remind(s) }))),
        "remind" => one(House, |s| json(json!({ "command": remind(s) }))),
        "promise" => one(House, |s| json(json!({ "account_id": s.registry.account, "command": promise() }))),
        _ => Vec::new(),
    }
}

fn rest(operation: &str) -> Vec<Sample> {
    match operation {
        "GET billing/rules" | "GET penalties/runs" | "GET debts/ladder" => one(Look, |_| bare()),
        "PUT billing/rules" => one(Rules, |s| json(rules()).header("if-match", format!("\"{}\"", s.versions.bills))),
        "POST penalties/rules" => {
            vec![sample("", Look, |_| json(terms(28))), sample("before the bill", Look, |_| json(terms(1)))]
        }
        "POST penalties/rules/forecast" => one(Look, |_| json(terms(28))),
        "POST penalties/runs" => one(House, |_| json(json!({ "period": "2026-02-01" }))),
        "GET penalties/runs/{id}" => one(Look, |s| of(s.registry.late.run)),
        "POST penalties/runs/{id}/post" | "POST penalties/runs/{id}/undo" => vec![
            sample("", Stopped, |s| of(s.registry.late.run).header("if-match", "\"3\"")),
            sample("too early", Look, |s| of(s.registry.late.run).header("if-match", "\"2\"")),
        ],
        "POST penalties/{id}/waive" => {
            one(House, |s| of(s.registry.late.penalty).json(json!({ "reason": "Банк не работал" })))
        }
        "POST waivers/{id}/decide" => one(House, |s| of(s.registry.late.waiver).json(json!({ "approve": true }))),
        "PUT accounts/{id}/payer" => one(House, |s| of(s.registry.account).json(json!({ "payer": "legal" }))),
        "PUT debts/ladder" => one(Rules, |s| json(ladder()).header("if-match", format!("\"{}\"", s.versions.ladder))),
        "POST debts/remind/look" => one(Look, |s| json(remind(s))),
        "GET accounts/{id}/letter" => one(Look, |s| Call { query: "?step=2", ..of(s.registry.late.debtor) }),
        "POST debts/letters" => one(Look, |s| json(json!({ "account_ids": [s.registry.late.debtor] }))),
        "POST debts/remind" => one(House, |s| json(remind(s))),
        "POST accounts/{id}/promises" => one(House, |s| of(s.registry.account).json(promise())),
        _ => Vec::new(),
    }
}

fn plain(door: &str) -> Vec<Sample> {
    match door {
        "GET /desk/settings/billing" => one(Look, |_| page(bare())),
        "GET /accounts/{id}/letter" => one(Look, |s| Call { query: "?step=2", ..of(s.registry.late.debtor) }),
        "POST /desk/letters" => one(Look, |s| form(vec![("accounts", s.registry.late.debtor.to_string())])),
        "GET /desk/charges/penalties/{id}" => one(Look, |s| page(of(s.registry.late.run))),
        _ => Vec::new(),
    }
}

fn rules() -> Value {
    json!({ "due_day": 15, "warn_percent": 30, "approve_over": 100_000_000 })
}

/// Later than every penalty that is booked.
fn terms(due_day: i16) -> Value {
    json!({ "since": "2027-05-01", "due_day": due_day, "person_rate": 1_000, "legal_rate": 4_000, "cap_bp": 5_000 })
}

fn ladder() -> Value {
    let text = json!({ "ru": "{name}", "uz": "{name}", "en": "{name}" });
    let step = |kind: &str, days| json!({ "kind": kind, "days": days, "wish": "any", "text": text });
    json!({ "enabled": false, "least": 0, "skip_weekends": false, "steps": [step("message", 5), step("letter", 30)] })
}

fn remind(scene: &Scene) -> Value {
    json!({ "account_ids": [scene.registry.account] })
}

fn promise() -> Value {
    json!({ "on": "2026-12-01" })
}
