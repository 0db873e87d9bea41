//! Payme's Merchant API against its specification; each test names the section it holds.

use crate::till::{Till, account_of, balance, ledger_rows};
use chrono::TimeDelta;
use domain::payments::payme::{self, TIMEOUT_MS};
use futures::future::join_all;
use model::payments::{KassaMode, Provider};
use serde_json::{Value, json};
use testkit::{TestCtx, World};

pub const SUM: i64 = 15_075_000;

pub struct Desk {
    pub ctx: TestCtx,
    pub till: Till,
    pub account: String,
}

impl Desk {
    pub async fn new() -> Self {
        let ctx = TestCtx::new().await;
        let world = World::new(&ctx).await;
        let account = account_of(&ctx, &world.a, world.a.resident.unit).await;
        let till = Till::open(&ctx, &world.a, Provider::Payme, KassaMode::Accumulating).await;
        Self { ctx, till, account }
    }

    /// A kassa that takes bills, and one bill of [`SUM`].
    pub async fn one_time() -> Self {
        let ctx = TestCtx::new().await;
        let world = World::new(&ctx).await;
        account_of(&ctx, &world.a, world.a.resident.unit).await;
        let till = Till::open(&ctx, &world.a, Provider::Payme, KassaMode::OneTime).await;
        let account = till.bill(&ctx, &world.a, SUM).await;
        Self { ctx, till, account }
    }

    pub fn now(&self) -> i64 {
        self.ctx.clock.now().timestamp_millis()
    }

    pub async fn raw(&self, authorization: Option<&str>, body: &[u8]) -> payme::Reply {
        payme::answer(&self.ctx, Some(self.till.id.0), authorization.map(str::as_bytes), body).await
    }

    pub async fn reply(&self, method: &str, params: Value) -> payme::Reply {
        let body = json!({ "method": method, "params": params, "id": 7 }).to_string();
        let reply = self.raw(Some(&self.till.authorization()), body.as_bytes()).await;
        assert_eq!(reply.id, 7, "the answer belongs to this call");
        reply
    }

    pub async fn ok(&self, method: &str, params: Value) -> Value {
        self.reply(method, params).await.outcome.unwrap_or_else(|refusal| panic!("{method}: {refusal:?}"))
    }

    pub async fn code(&self, method: &str, params: Value) -> i32 {
        match self.reply(method, params).await.outcome {
            Ok(result) => panic!("{method} succeeded: {result}"),
            Err(refusal) => refusal.fault.code(),
        }
    }

    pub fn account(&self) -> Value {
        json!({ "account": self.account })
    }

    pub fn check_params(&self) -> Value {
        json!({ "amount": SUM, "account": self.account() })
    }

    pub fn params(&self, id: &str) -> Value {
        json!({ "id": id, "time": self.now(), "amount": SUM, "account": self.account() })
    }

    pub async fn create(&self, id: &str) -> Value {
        self.ok("CreateTransaction", self.params(id)).await
    }

    pub async fn perform(&self, id: &str) -> Value {
        self.ok("PerformTransaction", json!({ "id": id })).await
    }

    pub async fn cancel(&self, id: &str, reason: i32) -> Value {
        self.ok("CancelTransaction", json!({ "id": id, "reason": reason })).await
    }

    pub async fn check(&self, id: &str) -> Value {
        self.ok("CheckTransaction", json!({ "id": id })).await
    }

    pub async fn balance(&self) -> i64 {
        balance(&self.ctx, &self.till).await
    }

    pub async fn credits(&self) -> i64 {
        ledger_rows(&self.ctx, &self.till).await
    }
}

pub fn id(n: u32) -> String {
    format!("{n:024x}")
}

/// Payme 3: every failure of the key is -32504, for every method, known or not, and before anything else is judged.
#[tokio::test]
async fn payme_3_who_does_not_know_the_key_hears_32504_whatever_they_ask() {
    let desk = Desk::new().await;
    let good = desk.till.authorization();
    let wrong = payme::authorization("another-key-of-the-same-length-here");
    let stranger = good.replacen("UGF5Y29t", "UGF5Y29u", 1);
    let doors =
        [None, Some("Bearer x"), Some("Basic ???"), Some(wrong.as_str()), Some(stranger.as_str()), Some("Basic")];
    let bodies = [
        json!({ "method": "CheckPerformTransaction", "id": 1, "params": desk.check_params() }).to_string(),
        json!({ "method": "PerformTransaction", "id": 1, "params": { "id": id(1) } }).to_string(),
        json!({ "method": "Nonsense", "id": 1, "params": {} }).to_string(),
        "not json".to_owned(),
    ];
    for door in doors {
        for body in &bodies {
            let reply = desk.raw(door, body.as_bytes()).await;
            assert_eq!(reply.outcome.unwrap_err().fault.code(), -32504, "{door:?} {body}");
        }
    }
    assert_eq!(desk.till.calls(&desk.ctx).await, 0, "strangers leave nothing behind");
}

/// Payme 3: keys hold signs of every kind, also colons; the header is split at its first one. Payme 16: a key is tried
/// against one kassa only, and without a kassa in the address it finds its own.
#[tokio::test]
async fn payme_3_awkward_keys_and_addresses_without_a_kassa() {
    let desk = Desk::new().await;
    let body = json!({ "method": "CheckPerformTransaction", "id": 1, "params": desk.check_params() }).to_string();
    let bare = payme::answer(&desk.ctx, None, Some(desk.till.authorization().as_bytes()), body.as_bytes()).await;
    assert_eq!(bare.outcome.unwrap()["allow"], true);
    let key = "A:b%c@d&e?f^g(h)i*j+k=l~m<n>o0123456";
    assert_eq!(payme::authorization(key), "Basic UGF5Y29tOkE6YiVjQGQmZT9mXmcoaClpKmoraz1sfm08bj5vMDEyMzQ1Ng==");
    desk.till.change_key(&desk.ctx, key).await;
    assert_eq!(desk.raw(Some(&payme::authorization(key)), body.as_bytes()).await.outcome.unwrap()["allow"], true);
    let old = desk.raw(Some(&desk.till.authorization()), body.as_bytes()).await;
    assert_eq!(old.outcome.unwrap_err().fault.code(), -32504, "the old key is worth nothing at once");
}

/// Payme 2, 4, 6: what a call must look like.
#[tokio::test]
async fn payme_6_broken_calls_have_their_codes() {
    let desk = Desk::new().await;
    let door = desk.till.authorization();
    let long_id = "x".repeat(101);
    for (body, code, echoed) in [
        ("{".to_owned(), -32700, Value::Null),
        ("".to_owned(), -32700, Value::Null),
        ("[]".to_owned(), -32600, Value::Null),
        ("\"x\"".to_owned(), -32600, Value::Null),
        (json!({ "id": 3 }).to_string(), -32600, json!(3)),
        (json!({ "id": 3, "method": 5, "params": {} }).to_string(), -32600, json!(3)),
        (json!({ "id": 3, "method": "PerformTransaction" }).to_string(), -32600, json!(3)),
        (json!({ "id": 3, "method": "PerformTransaction", "params": [] }).to_string(), -32600, json!(3)),
        (json!({ "id": 3, "method": "PerformTransaction", "params": { "id": 5 } }).to_string(), -32600, json!(3)),
        (json!({ "id": 3, "method": "perform", "params": {} }).to_string(), -32601, json!(3)),
        (json!({ "id": 3, "method": "ChangePassword", "params": { "password": "x" } }).to_string(), -32601, json!(3)),
        (json!({ "id": {}, "method": "PerformTransaction", "params": {} }).to_string(), -32600, Value::Null),
        (json!({ "id": long_id, "method": "PerformTransaction", "params": {} }).to_string(), -32600, Value::Null),
    ] {
        let reply = desk.raw(Some(&door), body.as_bytes()).await;
        assert_eq!((reply.outcome.unwrap_err().fault.code(), reply.id), (code, echoed), "{body}");
    }
    let unknown = json!({ "id": 3, "method": "Nonsense", "params": {} }).to_string();
    let refusal = desk.raw(Some(&door), unknown.as_bytes()).await.outcome.unwrap_err();
    assert_eq!(refusal.data.as_deref(), Some("Nonsense"), "the method is named in data");
}

/// Payme 4: amounts are whole tokens of tiyin; texts, fractions and exponents are no amounts.
#[tokio::test]
async fn payme_4_amounts_are_whole_numbers() {
    let desk = Desk::new().await;
    for (amount, code) in [
        ("\"15075000\"", -32600),
        ("15075000.0", -32600),
        ("15075e3", -32600),
        ("true", -32600),
        ("null", -32600),
        ("9223372036854775808", -31001),
        ("0", -31001),
        ("-1", -31001),
        ("9223372036854775807", -31001),
    ] {
        let body = format!(
            r#"{{"id":1,"method":"CheckPerformTransaction","params":{{"amount":{amount},"account":{{"account":"{}"}}}}}}"#,
            desk.account
        );
        let reply = desk.raw(Some(&desk.till.authorization()), body.as_bytes()).await;
        assert_eq!(reply.outcome.unwrap_err().fault.code(), code, "{amount}");
    }
}

/// Payme 5.1: an account that is there and a sum within the limits are allowed; nothing is stored or reserved.
#[tokio::test]
async fn payme_5_1_check_perform_allows_and_refuses() {
    let desk = Desk::new().await;
    let allowed = desk.ok("CheckPerformTransaction", desk.check_params()).await;
    assert_eq!(allowed["allow"], true);
    assert!(allowed.get("detail").is_none(), "no half-filled fiscal lines: {allowed}");
    let with = |amount: i64, account: Value| json!({ "amount": amount, "account": account });
    for (params, code) in [
        (with(99, desk.account()), -31001),
        (with(10_000_000_001, desk.account()), -31001),
        (with(SUM, json!({ "account": "no-such" })), -31050),
        (with(SUM, json!({ "account": "" })), -31050),
        (with(SUM, json!({ "account": "a\u{0}b" })), -31050),
        (with(SUM, json!({ "account": "x".repeat(65) })), -31050),
        (with(SUM, json!({})), -31050),
        (with(SUM, json!("text")), -32600),
    ] {
        assert_eq!(desk.code("CheckPerformTransaction", params.clone()).await, code, "{params}");
        let mut create = params;
        create["id"] = json!(id(1));
        create["time"] = json!(desk.now());
        assert_eq!(desk.code("CreateTransaction", create.clone()).await, code, "{create}");
    }
    let refusal =
        desk.reply("CheckPerformTransaction", with(SUM, json!({ "account": "no" }))).await.outcome.unwrap_err();
    assert_eq!(refusal.data.as_deref(), Some("account"), "data names the field at fault");
    assert_eq!(desk.till.transactions(&desk.ctx).await, 0);
}

/// Payme 13.1: with codes configured the check carries one line for the whole sum.
#[tokio::test]
async fn payme_13_1_fiscal_lines_add_up_to_the_sum() {
    let desk = Desk::new().await;
    desk.till.set_fiscal(&desk.ctx).await;
    let answer = desk.ok("CheckPerformTransaction", desk.check_params()).await;
    let item = &answer["detail"]["items"][0];
    assert_eq!(answer["detail"]["receipt_type"], 0);
    assert_eq!((&item["price"], &item["count"]), (&json!(SUM), &json!(1)));
    assert_eq!(item["code"], "00702001001000001", "leading zeros stay");
    assert_eq!((&item["package_code"], &item["vat_percent"]), (&json!("123456"), &json!(12)));
}

/// Payme 15, scenario 1, with the repeats of 10: Create twice, Check, a second transaction, Cancel twice.
#[tokio::test]
async fn payme_15_scenario_1_create_and_cancel_before_performing() {
    let desk = Desk::new().await;
    let params = desk.params(&id(1));
    let first = desk.ok("CreateTransaction", params.clone()).await;
    assert_eq!(first["state"], 1);
    assert!(first["transaction"].is_string(), "a text, not a number: {first}");
    desk.ctx.clock.advance(TimeDelta::milliseconds(1500));
    assert_eq!(desk.ok("CreateTransaction", params).await, first, "a repeat answers as the first time");
    let checked = desk.check(&id(1)).await;
    assert_eq!((&checked["perform_time"], &checked["cancel_time"]), (&json!(0), &json!(0)));
    assert_eq!((&checked["reason"], &checked["state"]), (&Value::Null, &json!(1)));
    assert_eq!((&checked["create_time"], &checked["transaction"]), (&first["create_time"], &first["transaction"]));
    // Payme 8: an accumulating account takes any number of transactions at once.
    assert_eq!(desk.create(&id(2)).await["state"], 1);
    let cancelled = desk.cancel(&id(1), 3).await;
    assert_eq!(cancelled["state"], -1);
    desk.ctx.clock.advance(TimeDelta::milliseconds(700));
    assert_eq!(desk.cancel(&id(1), 5).await, cancelled, "the stored answer");
    let checked = desk.check(&id(1)).await;
    assert_eq!((&checked["reason"], &checked["perform_time"]), (&json!(3), &json!(0)), "the first reason stays");
    assert_eq!(desk.code("PerformTransaction", json!({ "id": id(1) })).await, -31008);
    assert_eq!((desk.balance().await, desk.credits().await), (0, 0));
}

/// Payme 15, scenario 2: Create, Perform twice, Check, Cancel after performing twice.
#[tokio::test]
async fn payme_15_scenario_2_perform_and_refund() {
    let desk = Desk::new().await;
    desk.create(&id(1)).await;
    desk.ctx.clock.advance(TimeDelta::milliseconds(1234));
    let performed = desk.perform(&id(1)).await;
    assert_eq!((&performed["state"], &performed["perform_time"]), (&json!(2), &json!(desk.now())));
    desk.ctx.clock.advance(TimeDelta::milliseconds(500));
    assert_eq!(desk.perform(&id(1)).await, performed);
    assert_eq!((desk.balance().await, desk.credits().await), (-SUM, 1));
    // A late repeat of Create after Perform is refused (10).
    assert_eq!(desk.code("CreateTransaction", desk.params(&id(1))).await, -31008);
    let refunded = desk.cancel(&id(1), 5).await;
    assert_eq!(refunded["state"], -2);
    desk.ctx.clock.advance(TimeDelta::milliseconds(500));
    assert_eq!(desk.cancel(&id(1), 5).await, refunded);
    let checked = desk.check(&id(1)).await;
    assert_eq!(checked["perform_time"], performed["perform_time"], "the perform time stays");
    assert_eq!((&checked["cancel_time"], &checked["reason"]), (&refunded["cancel_time"], &json!(5)));
    assert_eq!(desk.code("PerformTransaction", json!({ "id": id(1) })).await, -31008);
    // Payme 12: the reversal is an entry of its own, once.
    assert_eq!((desk.balance().await, desk.credits().await), (0, 2));
    assert_eq!(desk.till.told(&desk.ctx).await, ["payment.completed", "payment.refunded"]);
    assert_eq!(desk.till.audited(&desk.ctx).await, ["payment.create", "payment.refund"]);
}

/// Payme 5.2 … 5.5: what nobody has created.
#[tokio::test]
async fn payme_6_unknown_transactions_are_31003() {
    let desk = Desk::new().await;
    for (method, params) in [
        ("PerformTransaction", json!({ "id": id(9) })),
        ("CancelTransaction", json!({ "id": id(9), "reason": 1 })),
        ("CheckTransaction", json!({ "id": id(9) })),
        ("CheckTransaction", json!({ "id": "x".repeat(65) })),
        ("CheckTransaction", json!({ "id": "a\u{0}" })),
    ] {
        assert_eq!(desk.code(method, params).await, -31003, "{method}");
    }
    assert_eq!(desk.code("CancelTransaction", json!({ "id": id(9) })).await, -32600, "a reason is required");
    assert_eq!(desk.code("CancelTransaction", json!({ "id": id(9), "reason": "1" })).await, -32600);
}

/// Payme 5.2: the same id with another sum, time or account changes nothing.
#[tokio::test]
async fn payme_5_2_a_known_id_with_other_values_is_refused() {
    let desk = Desk::new().await;
    let params = desk.params(&id(1));
    let first = desk.ok("CreateTransaction", params.clone()).await;
    for (name, value) in [
        ("amount", json!(SUM + 1)),
        ("time", json!(desk.now() + 1)),
        ("account", json!({ "account": desk.account, "x": 1 })),
    ] {
        let mut other = params.clone();
        other[name] = value;
        assert_eq!(desk.code("CreateTransaction", other).await, -31008, "{name}");
    }
    assert_eq!(desk.ok("CreateTransaction", params).await, first);
}

/// Payme 5.4: used up means -31007, and nothing changes.
#[tokio::test]
async fn payme_5_4_a_kassa_without_refunds_answers_31007() {
    let desk = Desk::new().await;
    desk.create(&id(1)).await;
    desk.perform(&id(1)).await;
    desk.till.forbid_refunds(&desk.ctx).await;
    assert_eq!(desk.code("CancelTransaction", json!({ "id": id(1), "reason": 5 })).await, -31007);
    assert_eq!(desk.check(&id(1)).await["state"], 2);
    assert_eq!(desk.balance().await, -SUM);
}

/// Payme 9: twelve hours from Payme's own time, not a millisecond less; then -1 with reason 4, in every method.
#[tokio::test]
async fn payme_9_time_out_counts_from_the_time_of_payme() {
    for method in ["CreateTransaction", "PerformTransaction", "CheckTransaction", "CancelTransaction"] {
        let desk = Desk::new().await;
        let params = desk.params(&id(1));
        desk.ok("CreateTransaction", params.clone()).await;
        desk.ctx.clock.advance(TimeDelta::milliseconds(TIMEOUT_MS));
        assert_eq!(desk.check(&id(1)).await["state"], 1, "the last millisecond still counts");
        desk.ctx.clock.advance(TimeDelta::milliseconds(1));
        match method {
            "CreateTransaction" => assert_eq!(desk.code(method, params).await, -31008),
            "PerformTransaction" => assert_eq!(desk.code(method, json!({ "id": id(1) })).await, -31008),
            "CheckTransaction" => assert_eq!(desk.check(&id(1)).await["state"], -1),
            _ => assert_eq!(desk.cancel(&id(1), 3).await["state"], -1),
        }
        let checked = desk.check(&id(1)).await;
        assert_eq!((&checked["state"], &checked["reason"]), (&json!(-1), &json!(4)), "{method}");
        assert_eq!(desk.cancel(&id(1), 4).await["cancel_time"], checked["cancel_time"]);
        assert_eq!(desk.credits().await, 0);
    }
}

/// Payme 9, 17: a new id that is older than twelve hours is not taken; the sweeper cancels what nobody asks about.
#[tokio::test]
async fn payme_9_old_times_are_refused_and_the_sweeper_cancels() {
    let desk = Desk::new().await;
    let mut params = desk.params(&id(1));
    params["time"] = json!(desk.now() - TIMEOUT_MS - 1);
    assert_eq!(desk.code("CreateTransaction", params).await, -31008);
    desk.create(&id(2)).await;
    assert_eq!(domain::payments::sweep(&desk.ctx).await.unwrap(), 0);
    desk.ctx.clock.advance(TimeDelta::milliseconds(TIMEOUT_MS + 1));
    assert_eq!(domain::payments::sweep(&desk.ctx).await.unwrap(), 1);
    assert_eq!(domain::payments::sweep(&desk.ctx).await.unwrap(), 0, "once");
    let rows = desk.ok("GetStatement", json!({ "from": 0, "to": i64::MAX })).await;
    assert_eq!((&rows["transactions"][0]["state"], &rows["transactions"][0]["reason"]), (&json!(-1), &json!(4)));
}

/// Payme 11: by Payme's time, both bounds included, in order, all states, none that failed.
#[tokio::test]
async fn payme_11_the_statement() {
    let desk = Desk::new().await;
    let empty = desk.ok("GetStatement", json!({ "from": 0, "to": desk.now() })).await;
    assert_eq!(empty, json!({ "transactions": [] }));
    let start = desk.now();
    for (n, at) in [(1, start + 30), (2, start + 10), (3, start + 20)] {
        let mut params = desk.params(&id(n));
        params["time"] = json!(at);
        params["account"]["note"] = json!("as it came");
        desk.ok("CreateTransaction", params).await;
    }
    let mut failed = desk.params(&id(4));
    failed["amount"] = json!(1);
    desk.code("CreateTransaction", failed).await;
    desk.perform(&id(2)).await;
    desk.cancel(&id(3), 1).await;
    let ids = async |from: i64, to: i64| {
        let rows = desk.ok("GetStatement", json!({ "from": from, "to": to })).await;
        let rows = rows["transactions"].as_array().unwrap().clone();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(start + 10, start + 30).await, [id(2), id(3), id(1)]);
    assert_eq!(ids(start + 20, start + 20).await, [id(3)], "equal bounds are a legal range");
    assert!(ids(start + 30, start + 10).await.is_empty(), "a reversed range is empty");
    assert_eq!(desk.code("GetStatement", json!({ "from": "0", "to": 1 })).await, -32600);
    assert_eq!(desk.code("GetStatement", json!({ "to": 1 })).await, -32600);
    let rows = desk.ok("GetStatement", json!({ "from": 0, "to": i64::MAX })).await;
    let performed = &rows["transactions"][0];
    assert_eq!(performed["account"]["note"], "as it came");
    assert_eq!(
        (&performed["amount"], &performed["state"], &performed["cancel_time"]),
        (&json!(SUM), &json!(2), &json!(0))
    );
    assert_eq!((&performed["reason"], &performed["receivers"]), (&Value::Null, &Value::Null));
    assert!(performed["transaction"].is_string() && performed["perform_time"].as_i64().unwrap() > 0);
}

/// Payme 13.2: fiscal data of both kinds is kept apart, changes neither state nor money, and shows only safe links.
#[tokio::test]
async fn payme_13_2_set_fiscal_data() {
    let desk = Desk::new().await;
    desk.create(&id(1)).await;
    desk.perform(&id(1)).await;
    let fiscal = |kind: &str, url: &str| {
        json!({ "id": id(1), "type": kind, "fiscal_data": { "receipt_id": 121, "status_code": 0, "message": "accepted",
            "terminal_id": "EP000000000025", "fiscal_sign": "800031554082", "qr_code_url": url, "date": "20220706221021" } })
    };
    let done = json!({ "success": true });
    assert_eq!(desk.ok("SetFiscalData", fiscal("PERFORM", "javascript:alert(1)")).await, done);
    assert_eq!(desk.till.receipt(&desk.ctx).await, None);
    assert_eq!(desk.ok("SetFiscalData", fiscal("PERFORM", "https://ofd.soliq.uz/check?t=1")).await, done);
    assert_eq!(desk.ok("SetFiscalData", fiscal("CANCEL", "https://ofd.soliq.uz/check?t=2")).await, done);
    assert_eq!(desk.till.receipt(&desk.ctx).await.as_deref(), Some("https://ofd.soliq.uz/check?t=1"));
    let mut text_id = fiscal("PERFORM", "https://ofd.soliq.uz/check?t=1");
    text_id["fiscal_data"]["receipt_id"] = json!("121");
    assert_eq!(desk.ok("SetFiscalData", text_id).await, done);
    let mut unknown = fiscal("PERFORM", "https://x.uz");
    unknown["id"] = json!(id(2));
    assert_eq!(desk.code("SetFiscalData", unknown).await, -32001);
    assert_eq!(desk.code("SetFiscalData", fiscal("OTHER", "https://x.uz")).await, -32602);
    assert_eq!(desk.code("SetFiscalData", json!({ "id": id(1), "type": "PERFORM" })).await, -32602);
    assert_eq!((desk.check(&id(1)).await["state"].clone(), desk.balance().await), (json!(2), -SUM));
}

/// Payme 8: a bill takes exactly its sum, once, and is kept while it is being paid.
#[tokio::test]
async fn payme_8_a_bill_is_paid_once() {
    let desk = Desk::one_time().await;
    let mut wrong = desk.check_params();
    wrong["amount"] = json!(SUM + 1);
    assert_eq!(desk.code("CheckPerformTransaction", wrong).await, -31001);
    assert_eq!(desk.ok("CheckPerformTransaction", desk.check_params()).await["allow"], true);
    let first = desk.create(&id(1)).await;
    assert_eq!(desk.ok("CreateTransaction", desk.params(&id(1))).await, first, "its own repeat is no competitor");
    assert_eq!(desk.code("CheckPerformTransaction", desk.check_params()).await, -31051);
    assert_eq!(desk.code("CreateTransaction", desk.params(&id(2))).await, -31008, "the sandbox wants -31008");
    desk.cancel(&id(1), 1).await;
    assert_eq!(desk.create(&id(3)).await["state"], 1, "free again");
    desk.perform(&id(3)).await;
    assert_eq!(desk.code("CheckPerformTransaction", desk.check_params()).await, -31052);
    assert_eq!(desk.code("CreateTransaction", desk.params(&id(4))).await, -31008);
    assert_eq!(desk.balance().await, -SUM);
    desk.cancel(&id(3), 5).await;
    assert_eq!(desk.create(&id(5)).await["state"], 1, "given back, the bill waits again");
}

/// Payme 9: a bill whose payer went away is free after twelve hours, also before the sweeper came.
#[tokio::test]
async fn payme_9_a_forgotten_bill_can_be_paid_by_somebody_else() {
    let desk = Desk::one_time().await;
    desk.create(&id(1)).await;
    desk.ctx.clock.advance(TimeDelta::milliseconds(TIMEOUT_MS + 1));
    assert_eq!(desk.create(&id(2)).await["state"], 1);
    assert_eq!(desk.check(&id(1)).await["reason"], 4);
    desk.perform(&id(2)).await;
    assert_eq!(desk.balance().await, -SUM);
}

/// Payme 16: another company's key, and another kassa's transaction.
#[tokio::test]
async fn payme_16_kassas_see_nothing_of_each_other() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let account = account_of(&ctx, &world.a, world.a.resident.unit).await;
    let (a, b) = (
        Till::open(&ctx, &world.a, Provider::Payme, KassaMode::Accumulating).await,
        Till::open(&ctx, &world.b, Provider::Payme, KassaMode::Accumulating).await,
    );
    let mine = Desk { ctx, till: a, account: account.clone() };
    mine.create(&id(1)).await;
    let foreign = json!({ "method": "CheckTransaction", "id": 7, "params": { "id": id(1) } }).to_string();
    let answer = payme::answer(&mine.ctx, Some(b.id.0), Some(b.authorization().as_bytes()), foreign.as_bytes()).await;
    assert_eq!(answer.outcome.unwrap_err().fault.code(), -31003);
    let key = b.authorization();
    let key_of_b = payme::answer(&mine.ctx, Some(mine.till.id.0), Some(key.as_bytes()), foreign.as_bytes()).await;
    assert_eq!(key_of_b.outcome.unwrap_err().fault.code(), -32504);
    let pay = json!({ "method": "CheckPerformTransaction", "id": 7, "params": { "amount": SUM, "account": { "account": account } } });
    let other =
        payme::answer(&mine.ctx, Some(b.id.0), Some(b.authorization().as_bytes()), pay.to_string().as_bytes()).await;
    assert_eq!(other.outcome.unwrap_err().fault.code(), -31050, "an account of company A is nobody's for B");
}

/// A kassa that was switched off, and one for other houses, take nothing new; what was begun is finished.
#[tokio::test]
async fn a_kassa_that_is_off_finishes_what_it_began() {
    let desk = Desk::new().await;
    desk.create(&id(1)).await;
    desk.till.switch_off(&desk.ctx).await;
    assert_eq!(desk.code("CheckPerformTransaction", desk.check_params()).await, -31054);
    assert_eq!(desk.code("CreateTransaction", desk.params(&id(2))).await, -31054);
    assert_eq!(desk.perform(&id(1)).await["state"], 2);
    assert_eq!(desk.balance().await, -SUM);
}

/// Payme 10: the same call twenty times at once: one row, one credit, one answer for all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payme_10_twenty_at_once_are_one() {
    for desk in [Desk::new().await, Desk::one_time().await] {
        let params = desk.params(&id(1));
        let created = join_all((0..20).map(|_| desk.ok("CreateTransaction", params.clone()))).await;
        assert!(created.iter().all(|answer| *answer == created[0]), "{created:#?}");
        assert_eq!(desk.till.transactions(&desk.ctx).await, 1);
        let performed = join_all((0..20).map(|_| desk.perform("000000000000000000000001"))).await;
        assert!(performed.iter().all(|answer| *answer == performed[0]), "{performed:#?}");
        assert_eq!((desk.balance().await, desk.credits().await), (-SUM, 1));
        let refunded = join_all((0..20).map(|_| desk.cancel("000000000000000000000001", 5))).await;
        assert!(refunded.iter().all(|answer| *answer == refunded[0]), "{refunded:#?}");
        assert_eq!((desk.balance().await, desk.credits().await), (0, 2));
    }
}

/// Payme 10: Cancel may overtake Perform; whichever commits first decides, and the books follow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payme_10_perform_and_cancel_race_to_one_end() {
    let desk = Desk::new().await;
    for n in 1..=10 {
        let id = id(n);
        desk.create(&id).await;
        let perform = async { desk.reply("PerformTransaction", json!({ "id": id })).await.outcome.is_ok() };
        let (performed, cancelled) = tokio::join!(perform, desk.cancel(&id, 1));
        let state = desk.check(&id).await["state"].as_i64().unwrap();
        assert_eq!(state, if performed { -2 } else { -1 });
        assert_eq!(cancelled["state"], state);
    }
    assert_eq!(desk.balance().await, 0);
}

/// Two payers of one bill at once: one wins, the other hears that it is busy.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payme_8_two_payers_of_one_bill() {
    let desk = Desk::one_time().await;
    let replies = join_all((1..=8).map(|n| desk.reply("CreateTransaction", desk.params(&id(n))))).await;
    let won = replies.iter().filter(|reply| reply.outcome.is_ok()).count();
    let busy = replies.iter().filter(|r| r.outcome.as_ref().is_err_and(|e| e.fault.code() == -31008)).count();
    assert_eq!((won, busy), (1, 7), "{replies:#?}");
}

/// The raw call is kept with its answer, and the key is in neither.
#[tokio::test]
async fn payme_16_calls_are_kept_without_the_key() {
    let desk = Desk::new().await;
    desk.create(&id(1)).await;
    desk.code("PerformTransaction", json!({ "id": id(2) })).await;
    let kept = desk.till.kept(&desk.ctx).await;
    assert_eq!(kept.len(), 2);
    assert!(kept[0].0.contains("CreateTransaction") && kept[0].1["result"]["state"] == 1, "{kept:#?}");
    assert_eq!(kept[1].1["error"]["code"], -31003);
    assert!(kept.iter().all(|(body, answer)| !body.contains("Basic") && !answer.to_string().contains("Basic")));
}
