//! Calls of payments and kassas.

use crate::{
    calls::{Call, Sample, bare, form, json, of, one, page},
    cast::{Scene, Setting, Stage},
};
use Setting::{House, Look};
use domain::payments;
use model::{
    AccountId, KassaId, Money, PaymentId,
    payments::{KassaFacts, KassaMode, PaymentSource, Provider, RecordPayment, SaveKassa},
};
use platform::ids::new_id;
use serde_json::{Value, json};

/// A kassa of company A, money that came into one of its accounts, and the page of that account.
#[derive(Clone, Copy, Debug)]
pub struct Till {
    pub kassa: KassaId,
    pub payment: PaymentId,
    pub account: AccountId,
    pub number: &'static str,
    pub token: &'static str,
}

impl Till {
    /// What nobody has.
    pub fn nothing() -> Self {
        Self { kassa: new_id().into(), payment: new_id().into(), account: new_id().into(), number: "0", token: "" }
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
        Self { kassa, payment, account, number: number.leak(), token: token.leak() }
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

fn rest(operation: &str) -> Vec<Sample> {
    match operation {
        "GET payments" | "GET payments/totals" | "GET payments/owed" => one(Look, |_| bare()),
        "GET payments/{id}" => one(Look, |s| of(s.registry.till.payment)),
        "POST payments" => one(House, |s| json(money(s))),
        "POST payments/create" => one(Look, |s| json(ask(s))),
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
