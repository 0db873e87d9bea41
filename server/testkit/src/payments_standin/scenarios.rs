//! The checklists of both providers.

use super::{
    play::{Play, Report, Stage, Wanted as W},
    wire::{Kassa, Proof},
};
use anyhow::Result;
use model::payments::{KassaMode, Provider};
use serde_json::{Value, json};
use std::{future::Future, pin::Pin, time::SystemTime};

type Played<'a> = Pin<Box<dyn Future<Output = Result<Report>> + Send + 'a>>;

/// One entry of a checklist. Each wants an account that can be paid; with bills a fresh one.
pub struct Scenario {
    pub name: &'static str,
    pub title: &'static str,
    pub provider: Provider,
    pub run: for<'a> fn(&'a Kassa, &'a Play) -> Played<'a>,
}

/// Everything that can be played.
pub const SCENARIOS: [Scenario; 10] = [
    Scenario {
        name: "payme-auth",
        title: "Payme: wrong and missing authorisation",
        provider: Provider::Payme,
        run: |k, p| Box::pin(payme_auth(k, p)),
    },
    Scenario {
        name: "payme-input",
        title: "Payme: wrong sum, unknown account",
        provider: Provider::Payme,
        run: |k, p| Box::pin(payme_input(k, p)),
    },
    Scenario {
        name: "payme-cancel",
        title: "Payme, scenario 1: create, cancel before performing",
        provider: Provider::Payme,
        run: |k, p| Box::pin(payme_cancel(k, p)),
    },
    Scenario {
        name: "payme-refund",
        title: "Payme, scenario 2: create, perform, cancel after performing",
        provider: Provider::Payme,
        run: |k, p| Box::pin(payme_refund(k, p)),
    },
    Scenario {
        name: "payme-pay",
        title: "Payme: a plain payment",
        provider: Provider::Payme,
        run: |k, p| Box::pin(payme_pay(k, p)),
    },
    Scenario {
        name: "payme-mixed",
        title: "Payme: calls out of order",
        provider: Provider::Payme,
        run: |k, p| Box::pin(payme_mixed(k, p)),
    },
    Scenario {
        name: "click-first",
        title: "Click 1–8: refusals, payment, repeats, late cancellation",
        provider: Provider::Click,
        run: |k, p| Box::pin(click_first(k, p)),
    },
    Scenario {
        name: "click-second",
        title: "Click 9–11: a second payment, a foreign number",
        provider: Provider::Click,
        run: |k, p| Box::pin(click_second(k, p)),
    },
    Scenario {
        name: "click-pay",
        title: "Click: a plain payment",
        provider: Provider::Click,
        run: |k, p| Box::pin(click_pay(k, p)),
    },
    Scenario {
        name: "click-third",
        title: "Click 12–15: cancelled by Click",
        provider: Provider::Click,
        run: |k, p| Box::pin(click_third(k, p)),
    },
];

/// The scenario of a name.
pub fn by_name(name: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|scenario| scenario.name == name)
}

/// Milliseconds since 1970, as Payme counts.
#[allow(clippy::disallowed_methods, reason = "a provider has a clock of its own")]
fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

const ACCOUNT: W<'static> = W::Error(-31099, -31050);

impl Stage<'_> {
    async fn ask(&mut self, method: &str, params: Value, wanted: W<'_>) -> Result<Value> {
        self.payme(Proof::Good, method, params, wanted).await
    }

    fn check(&self) -> Value {
        json!({ "amount": self.play.tiyin, "account": self.payee() })
    }

    fn creation(&self, id: &str, time: i64) -> Value {
        json!({ "id": id, "time": time, "amount": self.play.tiyin, "account": self.payee() })
    }
}

async fn payme_auth(kassa: &Kassa, play: &Play) -> Result<Report> {
    let mut stage = Stage::new(kassa, play);
    for proof in [Proof::Wrong, Proof::Missing] {
        let id = Stage::payme_id();
        for (method, params) in [
            ("CheckPerformTransaction", stage.check()),
            ("CreateTransaction", stage.creation(&id, now())),
            ("PerformTransaction", json!({ "id": id })),
            ("CheckTransaction", json!({ "id": id })),
            ("CancelTransaction", json!({ "id": id, "reason": 1 })),
            ("GetStatement", json!({ "from": 0, "to": now() })),
        ] {
            stage.payme(proof, method, params, W::Error(-32504, -32504)).await?;
        }
    }
    Ok(stage.report)
}

async fn payme_input(kassa: &Kassa, play: &Play) -> Result<Report> {
    let mut stage = Stage::new(kassa, play);
    stage.ask("CheckPerformTransaction", stage.check(), W::Allowed).await?;
    let wrong = if kassa.mode == KassaMode::OneTime { play.tiyin + 1 } else { i64::MAX };
    let nobody = json!({ (kassa.field.clone()): "no-such-account" });
    let sum = json!({ "amount": wrong, "account": stage.payee() });
    let who = json!({ "amount": play.tiyin, "account": nobody });
    for (params, wanted) in [(sum, W::Error(-31001, -31001)), (who, ACCOUNT)] {
        stage.ask("CheckPerformTransaction", params.clone(), wanted).await?;
        let mut create = params;
        (create["id"], create["time"]) = (Stage::payme_id().into(), now().into());
        stage.ask("CreateTransaction", create, wanted).await?;
    }
    for method in ["PerformTransaction", "CheckTransaction"] {
        stage.ask(method, json!({ "id": Stage::payme_id() }), W::Error(-31003, -31003)).await?;
    }
    stage.ask("NoSuchMethod", json!({}), W::Error(-32601, -32601)).await?;
    Ok(stage.report)
}

async fn payme_cancel(kassa: &Kassa, play: &Play) -> Result<Report> {
    let mut stage = Stage::new(kassa, play);
    let (id, time) = (Stage::payme_id(), now());
    stage.ask("CheckPerformTransaction", stage.check(), W::Allowed).await?;
    let first = stage.ask("CreateTransaction", stage.creation(&id, time), W::Result("state", 1)).await?;
    let again = stage.ask("CreateTransaction", stage.creation(&id, time), W::Result("state", 1)).await?;
    stage.must("both Create answers", first["result"] == again["result"]);
    stage.ask("CheckTransaction", json!({ "id": id }), W::Result("state", 1)).await?;
    let other = stage.creation(&Stage::payme_id(), now());
    if kassa.mode == KassaMode::OneTime {
        stage.ask("CreateTransaction", other, W::Error(-31008, -31008)).await?;
        stage.ask("CheckPerformTransaction", stage.check(), ACCOUNT).await?;
    } else {
        let second = other["id"].clone();
        stage.ask("CreateTransaction", other, W::Result("state", 1)).await?;
        stage.ask("CancelTransaction", json!({ "id": second, "reason": 3 }), W::Result("state", -1)).await?;
    }
    let first = stage.ask("CancelTransaction", json!({ "id": id, "reason": 3 }), W::Result("state", -1)).await?;
    let again = stage.ask("CancelTransaction", json!({ "id": id, "reason": 3 }), W::Result("state", -1)).await?;
    stage.must("both Cancel answers", first["result"] == again["result"]);
    stage.ask("CheckTransaction", json!({ "id": id }), W::Result("reason", 3)).await?;
    stage.ask("PerformTransaction", json!({ "id": id }), W::Error(-31008, -31008)).await?;
    Ok(stage.report)
}

async fn payme_refund(kassa: &Kassa, play: &Play) -> Result<Report> {
    let mut stage = Stage::new(kassa, play);
    let (id, time) = (Stage::payme_id(), now());
    stage.ask("CheckPerformTransaction", stage.check(), W::Allowed).await?;
    stage.ask("CreateTransaction", stage.creation(&id, time), W::Result("state", 1)).await?;
    let first = stage.ask("PerformTransaction", json!({ "id": id }), W::Result("state", 2)).await?;
    let again = stage.ask("PerformTransaction", json!({ "id": id }), W::Result("state", 2)).await?;
    stage.must("both Perform answers", first["result"] == again["result"]);
    stage.ask("CheckTransaction", json!({ "id": id }), W::Result("state", 2)).await?;
    stage.ask("CreateTransaction", stage.creation(&id, time), W::Error(-31008, -31008)).await?;
    if kassa.mode == KassaMode::OneTime {
        stage.ask("CheckPerformTransaction", stage.check(), ACCOUNT).await?;
        stage.ask("CreateTransaction", stage.creation(&Stage::payme_id(), now()), W::Error(-31099, -31008)).await?;
    }
    let first = stage.ask("CancelTransaction", json!({ "id": id, "reason": 5 }), W::Result("state", -2)).await?;
    let again = stage.ask("CancelTransaction", json!({ "id": id, "reason": 5 }), W::Result("state", -2)).await?;
    stage.must("both Cancel answers", first["result"] == again["result"]);
    stage.ask("CheckTransaction", json!({ "id": id }), W::Result("reason", 5)).await?;
    let statement = stage.ask("GetStatement", json!({ "from": time, "to": time }), W::Statement).await?;
    let rows = statement["result"]["transactions"].as_array().cloned().unwrap_or_default();
    stage.must("the statement has the transaction", rows.iter().any(|row| row["id"] == id && row["state"] == -2));
    Ok(stage.report)
}

async fn payme_pay(kassa: &Kassa, play: &Play) -> Result<Report> {
    let mut stage = Stage::new(kassa, play);
    let id = Stage::payme_id();
    stage.ask("CheckPerformTransaction", stage.check(), W::Allowed).await?;
    stage.ask("CreateTransaction", stage.creation(&id, now()), W::Result("state", 1)).await?;
    stage.ask("PerformTransaction", json!({ "id": id }), W::Result("state", 2)).await?;
    Ok(stage.report)
}

/// Perform and Cancel before Create, Perform after Cancel: nothing of it may move money.
async fn payme_mixed(kassa: &Kassa, play: &Play) -> Result<Report> {
    // A copy whose answer nobody reads could arrive after its successors, and the order is the point here.
    let play = &Play { drop_answers: false, ..play.clone() };
    let mut stage = Stage::new(kassa, play);
    let (id, time) = (Stage::payme_id(), now());
    let unknown = W::Error(-31003, -31003);
    stage.ask("PerformTransaction", json!({ "id": id }), unknown).await?;
    stage.ask("CancelTransaction", json!({ "id": id, "reason": 1 }), unknown).await?;
    stage.ask("CreateTransaction", stage.creation(&id, time), W::Result("state", 1)).await?;
    stage.ask("CancelTransaction", json!({ "id": id, "reason": 1 }), W::Result("state", -1)).await?;
    stage.ask("PerformTransaction", json!({ "id": id }), W::Error(-31008, -31008)).await?;
    stage.ask("CreateTransaction", stage.creation(&id, time), W::Error(-31008, -31008)).await?;
    let old = now() - 43_300_000;
    stage.ask("CreateTransaction", stage.creation(&Stage::payme_id(), old), W::Error(-31008, -31008)).await?;
    Ok(stage.report)
}

/// A failure of Click's own, as its tester names it.
const FAILED: i32 = -5017;

async fn click_first(kassa: &Kassa, play: &Play) -> Result<Report> {
    let mut stage = Stage::new(kassa, play);
    let (id, sum) = (Stage::click_id(), play.tiyin);
    stage.click(id, None, sum, 0, Proof::Wrong, W::Click(-1)).await?;
    stage.click_for("no-such-order", id, None, sum, 0, Proof::Good, W::Click(-5)).await?;
    let prepared = stage.click(id, None, sum, 0, Proof::Good, W::Click(0)).await?["merchant_prepare_id"].clone();
    let number = Some(&prepared);
    stage.click(id, number, sum, 0, Proof::Wrong, W::Click(-1)).await?;
    stage.click(id, number, 30_000, 0, Proof::Good, W::Click(-2)).await?;
    stage.click(id, number, sum, 0, Proof::Good, W::Click(0)).await?;
    stage.click(id, number, sum, 0, Proof::Good, W::Click(-4)).await?;
    stage.click(id, number, sum, FAILED, Proof::Good, W::Click(-9)).await?;
    Ok(stage.report)
}

async fn click_second(kassa: &Kassa, play: &Play) -> Result<Report> {
    let mut stage = Stage::new(kassa, play);
    let (id, sum) = (Stage::click_id(), play.tiyin);
    let prepared = stage.click(id, None, sum, 0, Proof::Good, W::Click(0)).await?["merchant_prepare_id"].clone();
    stage.click(id, Some(&json!(999_999_999)), sum, 0, Proof::Good, W::Click(-6)).await?;
    stage.click(id, Some(&prepared), sum, 0, Proof::Good, W::Click(0)).await?;
    Ok(stage.report)
}

async fn click_pay(kassa: &Kassa, play: &Play) -> Result<Report> {
    let mut stage = Stage::new(kassa, play);
    let (id, sum) = (Stage::click_id(), play.tiyin);
    let prepared = stage.click(id, None, sum, 0, Proof::Good, W::Click(0)).await?["merchant_prepare_id"].clone();
    stage.click(id, Some(&prepared), sum, 0, Proof::Good, W::Click(0)).await?;
    Ok(stage.report)
}

async fn click_third(kassa: &Kassa, play: &Play) -> Result<Report> {
    let mut stage = Stage::new(kassa, play);
    let (id, sum) = (Stage::click_id(), play.tiyin);
    let prepared = stage.click(id, None, sum, 0, Proof::Good, W::Click(0)).await?["merchant_prepare_id"].clone();
    for _ in 0..2 {
        stage.click(id, Some(&prepared), sum, FAILED, Proof::Good, W::Click(-9)).await?;
    }
    stage.click(id, Some(&prepared), sum, 0, Proof::Good, W::Click(-9)).await?;
    Ok(stage.report)
}
