//! Click's SHOP-API against its specification; each test names the section it holds.

use crate::till::{SERVICE, Till, account_of, balance, ledger_rows};
use chrono::TimeDelta;
use domain::payments::{
    click::{self, sign_complete, sign_prepare},
    payme,
};
use futures::future::join_all;
use model::payments::{KassaMode, Provider};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testkit::{TestCtx, World};

const SUM: &str = "150750.00";
pub const TIYIN: i64 = 15_075_000;
const TIME: &str = "2026-03-05 14:07:09";

pub struct Desk {
    pub ctx: TestCtx,
    pub world: World,
    pub till: Till,
    pub account: String,
}

pub type Form = BTreeMap<&'static str, String>;

impl Desk {
    pub async fn new() -> Self {
        Self::with(KassaMode::Accumulating).await
    }

    pub async fn with(mode: KassaMode) -> Self {
        Self::of(TestCtx::new().await, mode).await
    }

    pub async fn of(ctx: TestCtx, mode: KassaMode) -> Self {
        let world = World::new(&ctx).await;
        let number = account_of(&ctx, &world.a, world.a.resident.unit).await;
        let till = Till::open(&ctx, &world.a, Provider::Click, mode).await;
        let account = match mode {
            KassaMode::Accumulating => number,
            KassaMode::OneTime => till.bill(&ctx, &world.a, TIYIN).await,
        };
        Self { ctx, world, till, account }
    }

    pub fn prepare_form(&self, trans: i64) -> Form {
        [
            ("click_trans_id", trans.to_string()),
            ("service_id", SERVICE.to_string()),
            ("click_paydoc_id", (trans + 7).to_string()),
            ("merchant_trans_id", self.account.clone()),
            ("amount", SUM.to_owned()),
            ("action", "0".to_owned()),
            ("error", "0".to_owned()),
            ("error_note", "Success".to_owned()),
            ("sign_time", TIME.to_owned()),
        ]
        .into()
    }

    pub fn complete_form(&self, trans: i64, prepare: &Value) -> Form {
        let mut form = self.prepare_form(trans);
        form.insert("action", "1".to_owned());
        form.insert("merchant_prepare_id", prepare.to_string());
        form
    }

    fn signed(&self, mut form: Form) -> Form {
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let prepare = form.get("merchant_prepare_id").map(String::as_str);
        let sign = click::sign(
            get("click_trans_id"),
            get("service_id"),
            &self.till.key,
            get("merchant_trans_id"),
            prepare,
            get("amount"),
            get("action"),
            get("sign_time"),
        );
        form.insert("sign_string", sign);
        form
    }

    async fn raw(&self, body: &str) -> Value {
        click::answer(&self.ctx, Some(self.till.id.0), body.as_bytes()).await.json()
    }

    pub async fn send(&self, form: Form) -> Value {
        let form = self.signed(form);
        let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        self.raw(&body.join("&")).await
    }

    pub async fn code(&self, form: Form) -> i64 {
        self.send(form).await["error"].as_i64().unwrap()
    }

    /// Prepares and gives our number of the attempt.
    pub async fn prepare(&self, trans: i64) -> Value {
        let answer = self.send(self.prepare_form(trans)).await;
        assert_eq!(answer["error"], 0, "{answer}");
        answer["merchant_prepare_id"].clone()
    }

    pub async fn pay(&self, trans: i64) -> Value {
        let prepare = self.prepare(trans).await;
        let answer = self.send(self.complete_form(trans, &prepare)).await;
        assert_eq!(answer["error"], 0, "{answer}");
        prepare
    }

    pub async fn balance(&self) -> i64 {
        balance(&self.ctx, &self.till).await
    }

    pub async fn credits(&self) -> i64 {
        ledger_rows(&self.ctx, &self.till).await
    }
}

pub fn with(mut form: Form, name: &'static str, value: &str) -> Form {
    form.insert(name, value.to_owned());
    form
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// Click 4: the vectors of the signature; it is made of the texts as they came.
#[test]
fn click_4_signatures_are_made_of_raw_texts() {
    for (amount, prepare, complete) in [
        ("150750", "5fcfc9bd8ebf528c8dc5679db8c229f3", "a5a0511af4fbc208d97b6094b25ba529"),
        ("150750.0", "b351f0ae672a2e2ecdedd74b5a701abf", "ccfe2919a1f6fb229bc0935e469037ba"),
        ("150750.00", "a1f656c2da45a542fda5669f55ffbc4f", "da67664a243c7bd3a773b43ec7222be3"),
        ("150750.50", "7f6777c37d204743269dc1aedc4bf7ca", "8a6482c30c78cdad199be5bc1a56c26b"),
    ] {
        let (trans, service, key, account) = ("3647911201", "73438", "TESTSECRET01", "0104500123");
        assert_eq!(sign_prepare(trans, service, key, account, amount, "2026-03-05 14:07:09"), prepare);
        assert_eq!(sign_complete(trans, service, key, account, "9001", amount, "2026-03-05 14:07:31"), complete);
    }
}

/// Click 13: the provider's own suite of fifteen requests, in its order (requests 1 … 15).
#[tokio::test]
async fn click_13_the_suite_of_the_provider() {
    for mode in [KassaMode::Accumulating, KassaMode::OneTime] {
        let mut desk = Desk::with(mode).await;
        // 1, 2, 3
        let mut bad = desk.signed(desk.prepare_form(1));
        bad.insert("sign_string", "0".repeat(32));
        let body: Vec<String> = bad.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect();
        assert_eq!(desk.raw(&body.join("&")).await["error"], -1);
        assert_eq!(desk.code(with(desk.prepare_form(1), "merchant_trans_id", "nobody")).await, -5);
        let prepare = desk.prepare(1).await;
        assert!(prepare.is_i64() && prepare.as_i64().unwrap() > 0 && prepare.as_i64().unwrap() < 1 << 31);
        // 4, 5, 6, 7, 8
        let mut bad = desk.signed(desk.complete_form(1, &prepare));
        bad.insert("sign_string", "f".repeat(32));
        let body: Vec<String> = bad.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect();
        assert_eq!(desk.raw(&body.join("&")).await["error"], -1);
        assert_eq!(desk.code(with(desk.complete_form(1, &prepare), "amount", "300")).await, -2);
        let done = desk.send(desk.complete_form(1, &prepare)).await;
        assert_eq!(
            (&done["error"], &done["merchant_confirm_id"], &done["click_trans_id"]),
            (&json!(0), &prepare, &json!(1))
        );
        assert_eq!(desk.code(desk.complete_form(1, &prepare)).await, -4);
        assert_eq!(desk.code(with(desk.complete_form(1, &prepare), "error", "-5017")).await, -9);
        assert_eq!(
            (desk.balance().await, desk.credits().await),
            (-TIYIN, 1),
            "the credit stays until somebody has asked"
        );
        // 9, 10, 11
        if mode == KassaMode::OneTime {
            desk.account = desk.till.bill(&desk.ctx, &desk.world.a, TIYIN).await;
        }
        let prepare = desk.prepare(2).await;
        assert_eq!(desk.code(desk.complete_form(2, &json!(999_999_999))).await, -6);
        assert_eq!(desk.code(desk.complete_form(2, &prepare)).await, 0);
        // 12 … 15
        if mode == KassaMode::OneTime {
            desk.account = desk.till.bill(&desk.ctx, &desk.world.a, TIYIN).await;
        }
        let prepare = desk.prepare(3).await;
        for _ in 0..2 {
            assert_eq!(desk.code(with(desk.complete_form(3, &prepare), "error", "-5017")).await, -9);
        }
        assert_eq!(desk.code(desk.complete_form(3, &prepare)).await, -9, "cancelled is final");
        assert_eq!((desk.balance().await, desk.credits().await), (-2 * TIYIN, 2));
    }
}

/// Click 8: the order of checks: parameters, signature, action, service, numbers, then the account.
#[tokio::test]
async fn click_8_checks_come_in_order() {
    let desk = Desk::new().await;
    for name in [
        "click_trans_id",
        "service_id",
        "click_paydoc_id",
        "merchant_trans_id",
        "amount",
        "action",
        "error",
        "error_note",
        "sign_time",
        "sign_string",
    ] {
        let mut form = desk.signed(desk.prepare_form(1));
        form.remove(name);
        let body: Vec<String> = form.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect();
        assert_eq!(desk.raw(&body.join("&")).await["error"], -8, "{name} is missing");
    }
    assert_eq!(desk.code(with(desk.prepare_form(1), "action", "1")).await, -8, "Complete without its number");
    assert_eq!(desk.till.calls(&desk.ctx).await, 0, "nothing is kept of what is not signed");
    assert_eq!(desk.code(with(desk.prepare_form(1), "action", "5")).await, -3);
    assert_eq!(desk.code(with(desk.prepare_form(1), "service_id", "1")).await, -8);
    for (name, value) in [
        ("click_trans_id", "1x"),
        ("click_trans_id", "9223372036854775808"),
        ("error", "1.5"),
        ("click_paydoc_id", "+1"),
    ] {
        assert_eq!(desk.code(with(desk.prepare_form(1), name, value)).await, -8, "{name} = {value}");
    }
    assert_eq!(
        desk.code(with(with(desk.prepare_form(1), "merchant_trans_id", "x"), "amount", "y")).await,
        -5,
        "-5 before -2"
    );
    assert_eq!(desk.till.attempts(&desk.ctx).await, 0);
}

/// Click 18: a value that comes twice is taken from neither; what is no text is an error in the request.
#[tokio::test]
async fn click_18_forms_that_play_tricks() {
    let desk = Desk::new().await;
    let form = desk.signed(desk.prepare_form(1));
    let body: Vec<String> = form.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect();
    let body = body.join("&");
    for (what, code) in [
        (format!("{body}&amount=1"), -8),
        (format!("{body}&am%6funt=1"), -8),
        (body.replace("error%5Fnote", "x").replace("error_note=Success", "error_note=%ff"), -8),
        (body.replace("error_note=Success", "error_note=%00"), -8),
        (body.replace("error_note=Success", "error_note=%0"), -8),
        (format!("{body}&something=else"), 0),
    ] {
        assert_eq!(desk.raw(&what).await["error"], code, "{what}");
    }
}

/// Click 11: sums are decimals of soʻm, compared exactly in tiyin.
#[tokio::test]
async fn click_11_sums_are_compared_exactly() {
    let desk = Desk::new().await;
    for (trans, amount) in [
        (1, "0"),
        (2, "0.99"),
        (3, "1e5"),
        (4, "-5"),
        (5, "1,5"),
        (6, "1.234"),
        (7, " 100"),
        (8, "NaN"),
        (9, "99999999999999999999"),
        (10, "100."),
        (11, ".5"),
    ] {
        assert_eq!(desk.code(with(desk.prepare_form(trans), "amount", amount)).await, -2, "{amount}");
    }
    for (trans, amount) in [(20, "1"), (21, "1000"), (22, "33139.73"), (23, "1000.0")] {
        assert_eq!(desk.code(with(desk.prepare_form(trans), "amount", amount)).await, 0, "{amount}");
    }
    // 1000, 1000.0 and 1000.00 are the same sum.
    let prepare = desk.send(with(desk.prepare_form(21), "amount", "1000.00")).await["merchant_prepare_id"].clone();
    assert_eq!(desk.code(with(desk.complete_form(21, &prepare), "amount", "1000.0")).await, 0);
    assert_eq!(desk.balance().await, -100_000);
}

/// Click 9 and 10: one number for each attempt; a repeated Prepare gives the same; numbers belong to their attempt.
#[tokio::test]
async fn click_10_prepare_ids_belong_to_their_attempt() {
    let desk = Desk::new().await;
    let (first, second) = (desk.prepare(1).await, desk.prepare(2).await);
    assert_ne!(first, second);
    assert_eq!(desk.prepare(1).await, first);
    assert_eq!(desk.code(with(desk.prepare_form(1), "amount", "1.00")).await, -2, "another sum for a known attempt");
    assert_eq!(desk.code(desk.complete_form(1, &second)).await, -6, "the number of another attempt");
    let other = account_of(&desk.ctx, &desk.world.a, desk.world.a.neighbour.unit).await;
    assert_eq!(
        desk.code(with(desk.complete_form(1, &first), "merchant_trans_id", &other)).await,
        -6,
        "another account"
    );
    assert_eq!(desk.code(desk.complete_form(9, &first)).await, -6, "an attempt that was never prepared");
    assert_eq!(desk.credits().await, 0);
    assert_eq!(desk.code(with(desk.prepare_form(1), "error", "-1")).await, -9, "Click has given up; it stays prepared");
    assert_eq!(desk.code(desk.complete_form(1, &first)).await, 0);
    assert_eq!(desk.code(desk.prepare_form(1)).await, -4, "the same attempt is confirmed");
    let cancelled = desk.complete_form(2, &second);
    assert_eq!(desk.code(with(cancelled, "error", "-1")).await, -9);
    assert_eq!(desk.code(desk.prepare_form(2)).await, -9);
}

/// Click 10: 64-bit ids come back digit for digit.
#[tokio::test]
async fn click_10_ids_are_exact() {
    let desk = Desk::new().await;
    let trans = 9_007_199_254_740_993;
    let answer = desk.send(desk.prepare_form(trans)).await;
    assert!(answer.to_string().contains("9007199254740993"), "{answer}");
    assert_eq!(answer["merchant_trans_id"], desk.account);
}

/// Click 6: once prepared, a Complete is taken whatever changed meanwhile: the kassa, the account, its hour.
#[tokio::test]
async fn click_6_complete_is_taken_whatever_changed() {
    let desk = Desk::with(KassaMode::OneTime).await;
    let prepare = desk.prepare(1).await;
    desk.till.switch_off(&desk.ctx).await;
    desk.ctx.clock.advance(TimeDelta::hours(30));
    domain::payments::sweep(&desk.ctx).await.unwrap();
    assert_eq!(desk.code(desk.prepare_form(2)).await, -5, "nothing new");
    assert_eq!(desk.code(desk.complete_form(1, &prepare)).await, 0);
    assert_eq!(desk.balance().await, -TIYIN);
}

/// Click 6, 12: a second debit of a paid bill is given back with -9, never settled with -4.
#[tokio::test]
async fn click_12_the_second_debit_of_a_bill_is_given_back() {
    let desk = Desk::with(KassaMode::OneTime).await;
    assert_eq!(desk.code(with(desk.prepare_form(1), "amount", "150750.01")).await, -2);
    let (first, second) = (desk.prepare(1).await, desk.prepare(2).await);
    assert_eq!(desk.code(desk.complete_form(2, &second)).await, 0);
    assert_eq!(desk.code(desk.complete_form(1, &first)).await, -9);
    assert_eq!(desk.code(desk.prepare_form(3)).await, -4, "the bill is paid");
    assert_eq!((desk.balance().await, desk.credits().await), (-TIYIN, 1));
}

/// Click 12: the same bill in Payme and Click at once: whoever came first keeps it.
#[tokio::test]
async fn click_12_payme_and_click_share_one_reservation() {
    let desk = Desk::with(KassaMode::OneTime).await;
    let payme = Till::open(&desk.ctx, &desk.world.a, Provider::Payme, KassaMode::OneTime).await;
    let ask = async |method: &str, id: &str| {
        let params = json!({ "id": id, "time": desk.ctx.clock.now().timestamp_millis(), "amount": TIYIN, "account": { "account": desk.account }, "reason": 1 });
        let body = json!({ "method": method, "id": 1, "params": params }).to_string();
        let reply =
            payme::answer(&desk.ctx, Some(payme.id.0), Some(payme.authorization().as_bytes()), body.as_bytes()).await;
        reply.outcome.map_or_else(|refusal| refusal.fault.code(), |_| 0)
    };
    let prepare = desk.prepare(1).await;
    assert_eq!(ask("CheckPerformTransaction", "a").await, -31051);
    assert_eq!(ask("CreateTransaction", "a").await, -31008);
    assert_eq!(desk.code(with(desk.complete_form(1, &prepare), "error", "-1")).await, -9);
    assert_eq!(ask("CreateTransaction", "a").await, 0);
    assert_eq!(desk.code(desk.prepare_form(2)).await, -9);
    assert_eq!(ask("CancelTransaction", "a").await, 0);
    desk.pay(3).await;
}

/// Click 19: a cancellation after the credit is a dispute: told once, decided by a person.
#[tokio::test]
async fn click_19_a_dispute_is_decided_by_a_person() {
    let desk = Desk::new().await;
    let prepare = desk.pay(1).await;
    for _ in 0..3 {
        assert_eq!(desk.code(with(desk.complete_form(1, &prepare), "error", "-5017")).await, -9);
    }
    let admin = desk.world.a.admin().await;
    let filter = model::payments::PaymentFilter { disputed: true, ..Default::default() };
    let disputed = domain::payments::list(&desk.ctx, &admin, &filter).await.unwrap().items;
    assert_eq!(disputed.len(), 1);
    assert_eq!(desk.till.audited(&desk.ctx).await, ["payment.create", "payment.dispute"]);
    let kept = domain::payments::keep_disputed(&desk.ctx, &admin, disputed[0].id).await.unwrap();
    assert!(!kept.row.disputed);
    assert_eq!(desk.balance().await, -TIYIN);
    assert_eq!(desk.code(desk.complete_form(1, &prepare)).await, -4);
}

/// Click 10: simultaneous copies: one number, one credit, exactly one 0.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn click_10_twenty_at_once_are_one() {
    for mode in [KassaMode::Accumulating, KassaMode::OneTime] {
        let desk = Desk::with(mode).await;
        let prepared = join_all((0..20).map(|_| desk.prepare(1))).await;
        assert!(prepared.iter().all(|id| *id == prepared[0]), "{prepared:?}");
        let codes = join_all((0..20).map(|_| desk.code(desk.complete_form(1, &prepared[0])))).await;
        assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == -4).count(), 19, "{codes:?}");
        assert_eq!((desk.balance().await, desk.credits().await), (-TIYIN, 1));
        assert_eq!(desk.till.attempts(&desk.ctx).await, 1);
    }
}

/// Click 18: without a kassa in the address the service names it, and its own key is wanted.
#[tokio::test]
async fn click_18_the_service_names_the_kassa() {
    let desk = Desk::new().await;
    let form = desk.signed(desk.prepare_form(1));
    let body: Vec<String> = form.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect();
    let answer = click::answer(&desk.ctx, None, body.join("&").as_bytes()).await;
    assert_eq!(answer.json()["error"], 0);
    let foreign = body.join("&").replace(&SERVICE.to_string(), "5");
    assert_eq!(click::answer(&desk.ctx, None, foreign.as_bytes()).await.json()["error"], -8);
}
