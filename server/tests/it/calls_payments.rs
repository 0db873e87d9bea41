//! Calls of payments and kassas.

use crate::{
    calls::{Body, Call, Sample, bare, form, json, of, one, page},
    cast::{MARK, Scene, Setting, Stage},
};
use Setting::{House, Look};
use domain::payments::{
    self,
    bank::{self, Content, NewStatement},
    reconcile::{self, NewRegistry},
};
use model::{
    AccountId, BankLineId, DifferenceId, KassaId, Money, PaymentId, ReconciliationId, StatementId,
    payments::{KassaFacts, KassaMode, PaymentSource, Provider, RecordPayment, SaveKassa},
};
use platform::{ids::new_id, tokens::hash_bytes};
use serde_json::{Value, json};

/// A kassa of company A, money that came into one of its accounts, and the page of that account.
#[derive(Clone, Copy, Debug)]
pub struct Till {
    pub kassa: KassaId,
    pub payment: PaymentId,
    pub account: AccountId,
    pub number: &'static str,
    pub token: &'static str,
    pub statement: StatementId,
    /// Money on it that waits.
    pub line: BankLineId,
    /// Money on it that was put aside.
    pub aside: BankLineId,
    pub reconciliation: ReconciliationId,
    pub difference: DifferenceId,
}

impl Till {
    /// What nobody has.
    pub fn nothing() -> Self {
        Self {
            kassa: new_id().into(),
            payment: new_id().into(),
            account: new_id().into(),
            number: "0",
            token: "",
            statement: new_id().into(),
            line: new_id().into(),
            aside: new_id().into(),
            reconciliation: new_id().into(),
            difference: new_id().into(),
        }
    }

    pub async fn build(stage: &Stage, account: AccountId) -> Self {
        let (ctx, admin) = (&stage.app.ctx, stage.actor(crate::cast::Who::Admin));
        let number = domain::property::account(ctx, admin, account).await.unwrap().number;
        let key = format!("key-{}", new_id().simple());
        let command = SaveKassa { facts: facts(), secret: Some(key) };
        let kassa = payments::create_kassa(ctx, admin, &command).await.unwrap().id;
        let money = RecordPayment {
            account: number.clone(),
            source: PaymentSource::Cash,
            amount: Money::from_tiyin(10_000),
            reference: new_id().to_string(),
            paid_on: None,
            payer: None,
            note: None,
        };
        let payment = payments::record(ctx, admin, &money, None).await.unwrap().row.id;
        let ask = model::payments::CreatePayment { account_id: account, amount: Some(Money::from_tiyin(100_000)) };
        let links = payments::create(ctx, admin, &ask, None).await.unwrap();
        let token = links.page.rsplit('/').next().unwrap().to_owned();
        let own = "20208000900123456001";
        let mark = new_id().simple().to_string();
        let rows = [["Дата", "Номер", "Кредит", "Плательщик"].map(str::to_owned).to_vec()].into_iter();
        let lines =
            ["1", "2"].map(|n| vec!["12.05.2025".to_owned(), format!("{n}{mark}"), "10".to_owned(), MARK.to_owned()]);
        let statement = NewStatement {
            file_name: "table.csv".to_owned(),
            hash: hash_bytes(mark.as_bytes()),
            content: Content::Table(rows.chain(lines).collect()),
            own_account: Some(own.to_owned()),
        };
        let statement = bank::take(ctx, admin, statement, None).await.unwrap();
        let reason = model::payments::SetAside { reason: MARK.to_owned() };
        let aside = bank::set_aside(ctx, admin, statement.lines[1].id, &reason).await.unwrap().id;
        let rows = [["Дата", "ID", "Сумма"], ["12.05.2025", mark.as_str(), "10"]];
        let registry = NewRegistry {
            kassa_id: kassa,
            from: None,
            to: None,
            file_name: MARK.to_owned(),
            rows: rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect(),
        };
        let compared = reconcile::reconcile(ctx, admin, registry, None).await.unwrap();
        Self {
            kassa,
            payment,
            account,
            number: number.leak(),
            token: token.leak(),
            statement: statement.row.id,
            line: statement.lines[0].id,
            aside,
            reconciliation: compared.row.id,
            difference: compared.items[0].id,
        }
    }
}

fn facts() -> KassaFacts {
    KassaFacts {
        provider: Provider::Payme,
        name: "Касса".to_owned(),
        mode: KassaMode::Accumulating,
        live: false,
        enabled: true,
        refundable: true,
        buildings: Vec::new(),
        merchant_id: "65f0c1d2e3a4b5c6d7e8f901".to_owned(),
        service_id: None,
        merchant_user_id: None,
        account_field: "account".to_owned(),
        min: Money::from_tiyin(100),
        max: Money::from_tiyin(10_000_000_000),
        busy_code: -31008,
        fiscal: None,
    }
}

/// Nothing for doors of other features.
pub fn samples(door: &str) -> Vec<Sample> {
    if let Some(name) = door.strip_prefix("POST /rpc/bank/") {
        return of_bank(name);
    }
    if let Some(name) = door.strip_prefix("POST /rpc/reconciliations/") {
        return of_reconciliations(name);
    }
    match door.strip_prefix("POST /rpc/payments/") {
        Some(name) => server_function(name),
        None => match door.split_once(" /api/v1/") {
            Some((method, path)) => rest(&format!("{method} {path}")),
            None => plain(door),
        },
    }
}

fn server_function(name: &str) -> Vec<Sample> {
    match name {
        "list" | "totals" => one(Look, |_| json(json!({ "filter": {} }))),
        "get" => one(Look, |s| json(json!({ "id": s.registry.till.payment }))),
        "owed" | "kassas" => one(Look, |_| json(json!({}))),
        // Whoever has the token sees the page: here somebody who made one up.
        "page" => one(Look, |_| json(json!({ "token": "made-up" }))),
        "create" => one(Look, |s| json(json!({ "command": ask(s) }))),
        "record" => one(House, |s| json(json!({ "command": money(s) }))),
        "refund" => one(House, |s| json(json!({ "id": s.registry.till.payment, "command": { "reason": "Ошибка" } }))),
        // Not by Click: refused to whoever may.
        "ask" => one(Look, |s| json(json!({ "id": s.registry.till.payment }))),
        "keep" => one(House, |s| json(json!({ "id": s.registry.till.payment }))),
        "create_kassa" => one(House, |_| json(json!({ "command": save(true) }))),
        "update_kassa" => {
            one(House, |s| json(json!({ "id": s.registry.till.kassa, "version": 1, "command": save(false) })))
        }
        "archive_kassa" => one(House, |s| json(json!({ "id": s.registry.till.kassa, "version": 1 }))),
        "check_kassa" => one(Look, |s| json(json!({ "id": s.registry.till.kassa }))),
        _ => Vec::new(),
    }
}

fn of_bank(name: &str) -> Vec<Sample> {
    match name {
        "statements" | "lines" => one(Look, |_| json(json!({ "filter": {} }))),
        "statement" => one(Look, |s| json(json!({ "id": s.registry.till.statement }))),
        "unmatched" => one(Look, |_| json(json!({}))),
        "find" => one(Look, |s| json(json!({ "text": s.registry.till.number }))),
        "allocate" => one(House, |s| json(json!({ "id": s.registry.till.line, "command": all_of_it(s) }))),
        "set_aside" => one(House, |s| json(json!({ "id": s.registry.till.line, "command": { "reason": "?" } }))),
        "release" => one(House, |s| json(json!({ "id": s.registry.till.aside, "command": { "reason": "?" } }))),
        _ => Vec::new(),
    }
}

fn of_reconciliations(name: &str) -> Vec<Sample> {
    match name {
        "list" => one(Look, |_| json(json!({ "filter": {} }))),
        "get" => one(Look, |s| json(json!({ "id": s.registry.till.reconciliation }))),
        "settle" => one(House, |s| json(json!({ "id": s.registry.till.difference, "command": { "note": "?" } }))),
        "kassas" | "findings" | "look" => one(Look, |_| json(json!({}))),
        _ => Vec::new(),
    }
}

/// A table with the fields that go with it.
fn table(fields: Vec<(&'static str, String)>) -> Call {
    Call { body: Body::Payments(fields), ..bare() }
}

fn all_of_it(scene: &Scene) -> Value {
    json!({ "parts": [{ "account": scene.registry.till.number }] })
}

fn rest(operation: &str) -> Vec<Sample> {
    match operation {
        "GET payments/bank-statements"
        | "GET payments/bank-lines"
        | "GET payments/bank-lines/totals"
        | "GET payments/reconciliations"
        | "GET payments/findings"
        | "POST payments/findings" => one(Look, |_| bare()),
        "GET payments/bank-statements/{id}" => one(Look, |s| of(s.registry.till.statement)),
        "POST payments/bank-statements" => one(Look, |_| table(vec![("bank_account", "20208000".to_owned())])),
        "POST payments/bank-lines/{id}/allocate" => one(House, |s| of(s.registry.till.line).json(all_of_it(s))),
        "POST payments/bank-lines/{id}/set-aside" => {
            one(House, |s| of(s.registry.till.line).json(json!({ "reason": "?" })))
        }
        "POST payments/bank-lines/{id}/release" => {
            one(House, |s| of(s.registry.till.aside).json(json!({ "reason": "?" })))
        }
        "GET payments/reconciliations/{id}" => one(Look, |s| of(s.registry.till.reconciliation)),
        "POST payments/reconciliations" => one(House, |s| table(vec![("kassa_id", s.registry.till.kassa.to_string())])),
        "POST payments/differences/{id}/settle" => {
            one(House, |s| of(s.registry.till.difference).json(json!({ "note": "?" })))
        }
        "GET payments" | "GET payments/totals" | "GET payments/owed" => one(Look, |_| bare()),
        "GET payments/{id}" => one(Look, |s| of(s.registry.till.payment)),
        "POST payments" => one(House, |s| json(money(s))),
        "POST payments/create" => one(Look, |s| json(ask(s))),
        "POST payments/{id}/ask" => one(Look, |s| of(s.registry.till.payment)),
        "POST payments/{id}/refund" => one(House, |s| of(s.registry.till.payment).json(json!({ "reason": "Ошибка" }))),
        // They answer 200 to everybody; who has no key hears so in the body.
        "POST payments/webhook/payme" | "POST payments/webhook/click" => one(Look, |_| json(json!({}))),
        "POST payments/webhook/payme/{id}" | "POST payments/webhook/click/{id}" => {
            one(Look, |s| Call { id: s.registry.till.kassa.to_string(), ..json(json!({})) })
        }
        _ => Vec::new(),
    }
}

fn plain(door: &str) -> Vec<Sample> {
    match door {
        "POST /pay" => one(Look, |s| {
            form(vec![
                ("token", s.registry.till.token.to_owned()),
                ("sum", "1500".to_owned()),
                ("provider", "payme".to_owned()),
            ])
        }),
        "GET /pay/{id}" => one(Look, |_| page(of("made-up"))),
        "GET /desk/payments/{id}" => one(Look, |s| page(of(s.registry.till.payment))),
        "POST /statements" => one(Look, |_| table(vec![("bank_account", "20208000".to_owned())])),
        "POST /registries" => one(House, |s| table(vec![("kassa_id", s.registry.till.kassa.to_string())])),
        "GET /desk/payments/bank/{id}" => one(Look, |s| page(of(s.registry.till.statement))),
        "GET /desk/payments/reconciliation/{id}" => one(Look, |s| page(of(s.registry.till.reconciliation))),
        "GET /desk/payments/bank" | "GET /desk/payments/reconciliation" => one(Look, |_| page(bare())),
        "GET /desk/payments" | "GET /desk/settings/kassas" | "GET /my/pay" => one(Look, |_| page(bare())),
        _ => Vec::new(),
    }
}

fn ask(scene: &Scene) -> Value {
    json!({ "account_id": scene.registry.till.account, "amount": 100_000 })
}

fn money(scene: &Scene) -> Value {
    json!({ "account": scene.registry.till.number, "source": "terminal", "amount": 500, "reference": new_id() })
}

fn save(with_key: bool) -> Value {
    let secret = with_key.then(|| format!("key-{}", new_id().simple()));
    json!({ "facts": facts(), "secret": secret })
}
