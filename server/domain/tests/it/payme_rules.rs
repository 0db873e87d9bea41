//! Payme's rules one by one, each test named by its section.

use crate::payme::{Desk, SUM, id};
use chrono::TimeDelta;
use domain::payments::payme::{TIMEOUT_MS, authorization};
use model::payments::FiscalState;
use serde_json::{Value, json};

const LATE: TimeDelta = TimeDelta::milliseconds(TIMEOUT_MS + 1);

/// Payme 4: times have 13 digits, ids are texts, whole numbers are no texts.
#[tokio::test]
async fn payme_4_times_and_ids_have_their_form() {
    let desk = Desk::new().await;
    for (name, value) in [
        ("time", json!(1_700_000_000)),
        ("time", json!(17_000_000_000_000_i64)),
        ("time", json!(desk.now().to_string())),
        ("time", Value::Null),
        ("id", json!(5)),
        ("id", Value::Null),
        ("account", json!([])),
    ] {
        let mut params = desk.params(&id(1));
        params[name] = value;
        assert_eq!(desk.code("CreateTransaction", params.clone()).await, -32600, "{params}");
    }
    assert_eq!(desk.till.transactions(&desk.ctx).await, 0);
}

/// Payme 5.2: what is created is kept, waits, and credits nothing; our own number is a text.
#[tokio::test]
async fn payme_5_2_a_transaction_is_kept_and_credits_nothing() {
    let desk = Desk::new().await;
    let created = desk.create(&id(1)).await;
    assert_eq!((&created["state"], &created["create_time"]), (&json!(1), &json!(desk.now())));
    assert!(created["transaction"].as_str().is_some_and(|number| !number.is_empty()), "{created}");
    assert!(created.get("receivers").is_none_or(Value::is_null), "the company is the only receiver: {created}");
    assert_eq!(desk.till.transactions(&desk.ctx).await, 1);
    assert_eq!((desk.balance().await, desk.credits().await), (0, 0));
}

/// Payme 5.2: a known id is judged by its state, then by its time, then by what it says; only an unknown one by the account
/// and the sum.
#[tokio::test]
async fn payme_5_2_decisions_come_in_order() {
    let desk = Desk::new().await;
    let with = |n: u32, name: &str, value: Value| {
        let mut params = desk.params(&id(n));
        params[name] = value;
        params
    };
    let nobody = || json!({ "account": "nobody" });
    for n in 1..=4 {
        desk.create(&id(n)).await;
    }
    assert_eq!(desk.code("CreateTransaction", with(1, "account", nobody())).await, -31008, "known: no -31050");
    assert_eq!(desk.code("CreateTransaction", with(1, "amount", json!(1))).await, -31008, "known: no -31001");
    desk.perform(&id(2)).await;
    desk.cancel(&id(3), 1).await;
    for n in [2, 3] {
        assert_eq!(desk.code("CreateTransaction", desk.params(&id(n))).await, -31008, "{n}");
        assert_eq!(desk.code("CreateTransaction", with(n, "account", nobody())).await, -31008, "{n}");
    }
    desk.ctx.clock.advance(LATE);
    assert_eq!(desk.code("CreateTransaction", with(4, "amount", json!(1))).await, -31008);
    let late = desk.check(&id(4)).await;
    assert_eq!((&late["state"], &late["reason"]), (&json!(-1), &json!(4)));
    assert_eq!(desk.code("CreateTransaction", with(5, "account", nobody())).await, -31050);
    assert_eq!(desk.code("CreateTransaction", with(5, "amount", json!(1))).await, -31001);
}

/// Payme 5.3: every way a Perform can go, and the credit that belongs to it.
#[tokio::test]
async fn payme_5_3_perform_credits_once() {
    let desk = Desk::new().await;
    let perform = async |n: u32| desk.code("PerformTransaction", json!({ "id": id(n) })).await;
    assert_eq!(perform(1).await, -31003, "unknown");
    desk.create(&id(1)).await;
    desk.ctx.clock.advance(TimeDelta::milliseconds(300));
    let done = desk.perform(&id(1)).await;
    assert_eq!((&done["state"], &done["perform_time"]), (&json!(2), &json!(desk.now())));
    assert!(done["transaction"].is_string());
    assert_eq!((desk.balance().await, desk.credits().await), (-SUM, 1));
    desk.ctx.clock.advance(LATE);
    assert_eq!(desk.perform(&id(1)).await, done, "a repeat after the time-out says the same, too");
    assert_eq!((desk.balance().await, desk.credits().await), (-SUM, 1));
    desk.create(&id(2)).await;
    desk.cancel(&id(2), 2).await;
    assert_eq!(perform(2).await, -31008, "cancelled");
    desk.cancel(&id(1), 5).await;
    assert_eq!(perform(1).await, -31008, "given back");
    desk.create(&id(3)).await;
    desk.ctx.clock.advance(LATE);
    assert_eq!(perform(3).await, -31008, "too late");
    assert_eq!(desk.check(&id(3)).await["reason"], 4);
    assert_eq!((desk.balance().await, desk.credits().await), (0, 2));
}

/// Payme 5.4: before the credit -1, after it -2; a repeat is the stored answer.
#[tokio::test]
async fn payme_5_4_cancel_before_and_after_the_credit() {
    let desk = Desk::new().await;
    desk.create(&id(1)).await;
    desk.create(&id(2)).await;
    desk.perform(&id(2)).await;
    for (n, state, balance) in [(1, -1, -SUM), (2, -2, 0)] {
        let cancelled = desk.cancel(&id(n), 3).await;
        assert_eq!((&cancelled["state"], &cancelled["cancel_time"]), (&json!(state), &json!(desk.now())));
        assert!(cancelled["transaction"].is_string());
        desk.ctx.clock.advance(TimeDelta::seconds(1));
        assert_eq!(desk.cancel(&id(n), 5).await, cancelled);
        assert_eq!(desk.check(&id(n)).await["reason"], 3, "the first reason stays");
        assert_eq!(desk.balance().await, balance);
    }
}

/// Payme 5.5: all that is known of a transaction in each state; what has not happened is 0, no reason is null.
#[tokio::test]
async fn payme_5_5_check_says_what_is_kept() {
    let desk = Desk::new().await;
    let created = desk.create(&id(1)).await;
    let seen = async || {
        let checked = desk.check(&id(1)).await;
        assert_eq!(checked["create_time"], created["create_time"]);
        assert_eq!(checked["transaction"], created["transaction"]);
        ["state", "perform_time", "cancel_time", "reason"].map(|name| checked[name].clone())
    };
    assert_eq!(seen().await, [json!(1), json!(0), json!(0), Value::Null]);
    desk.ctx.clock.advance(TimeDelta::seconds(2));
    let performed = desk.perform(&id(1)).await["perform_time"].clone();
    assert_eq!(seen().await, [json!(2), performed.clone(), json!(0), Value::Null]);
    desk.ctx.clock.advance(TimeDelta::seconds(2));
    let cancelled = desk.cancel(&id(1), 5).await["cancel_time"].clone();
    assert_eq!(seen().await, [json!(-2), performed, cancelled, json!(5)]);
}

/// Payme 6: what is wrong with the account is in the range for it, and `data` names the field.
#[tokio::test]
async fn payme_6_account_errors_name_their_field() {
    let desk = Desk::one_time().await;
    let refused = async |params: Value| {
        let refusal = desk.reply("CheckPerformTransaction", params).await.outcome.unwrap_err();
        assert_eq!(refusal.data.as_deref(), Some("account"));
        let code = refusal.fault.code();
        assert!((-31099..=-31050).contains(&code), "{code}");
        code
    };
    assert_eq!(refused(json!({ "amount": SUM, "account": { "account": "B0" } })).await, -31050);
    desk.create(&id(1)).await;
    assert_eq!(refused(desk.check_params()).await, -31051);
    desk.perform(&id(1)).await;
    assert_eq!(refused(desk.check_params()).await, -31052);
    desk.till.switch_off(&desk.ctx).await;
    assert_eq!(refused(desk.check_params()).await, -31054);
}

/// Payme 6: a failure of ours is -32400 and changes nothing; the repeat succeeds once.
#[tokio::test]
async fn payme_6_after_a_failure_of_ours_the_repeat_succeeds() {
    let desk = Desk::new().await;
    desk.create(&id(1)).await;
    let mut db = desk.ctx.database.superuser().await;
    sqlx::query("alter table payments add constraint away check (false) not valid").execute(&mut db).await.unwrap();
    assert_eq!(desk.code("PerformTransaction", json!({ "id": id(1) })).await, -32400);
    assert_eq!(desk.check(&id(1)).await["state"], 1);
    assert_eq!((desk.balance().await, desk.credits().await), (0, 0));
    sqlx::query("alter table payments drop constraint away").execute(&mut db).await.unwrap();
    assert_eq!(desk.perform(&id(1)).await["state"], 2);
    assert_eq!((desk.balance().await, desk.credits().await), (-SUM, 1));
}

/// Payme 7, 8: another transaction on the same account is welcome whatever became of the first; on a bill it is not while
/// the first waits or is done.
#[tokio::test]
async fn payme_7_another_transaction_on_the_same_account() {
    for (desk, waiting, done) in [(Desk::new().await, None, None), (Desk::one_time().await, Some(-31051), Some(-31052))]
    {
        let asked = async |n: u32| {
            let check = desk.reply("CheckPerformTransaction", desk.check_params()).await.outcome;
            let create = desk.reply("CreateTransaction", desk.params(&id(n))).await.outcome;
            let refused = check.err().map(|refusal| refusal.fault.code());
            assert_eq!(refused.map(|_| -31008), create.err().map(|refusal| refusal.fault.code()));
            refused
        };
        desk.create(&id(1)).await;
        assert_eq!(asked(2).await, waiting, "the first waits");
        desk.perform(&id(1)).await;
        assert_eq!(asked(3).await, done, "the first is done");
        desk.cancel(&id(1), 5).await;
        assert_eq!(asked(4).await, None, "the first was given back");
        desk.cancel(&id(4), 1).await;
        assert_eq!(asked(5).await, None, "the one before was cancelled");
    }
}

/// Payme 10: a repeat is answered from what is kept, under the id of the call that came now.
#[tokio::test]
async fn payme_10_a_repeat_is_answered_under_its_own_id() {
    let desk = Desk::new().await;
    let params = desk.params(&id(1));
    let first = desk.ok("CreateTransaction", params.clone()).await;
    desk.ctx.clock.advance(TimeDelta::minutes(5));
    let body = json!({ "method": "CreateTransaction", "params": params, "id": 99 }).to_string();
    let again = desk.raw(Some(&authorization(&desk.till.key)), body.as_bytes()).await;
    assert_eq!((again.id, again.outcome.unwrap()), (json!(99), first));
    desk.perform(&id(1)).await;
    assert_eq!(desk.code("CreateTransaction", params).await, -31008, "a late repeat after the credit");
}

/// Payme 12: any whole number is a reason, and the first one is kept.
#[tokio::test]
async fn payme_12_reasons_are_kept_as_they_come() {
    let desk = Desk::new().await;
    for (n, reason) in (1..).zip([1, 2, 3, 4, 5, 10, 7, -1]) {
        desk.create(&id(n)).await;
        assert_eq!(desk.cancel(&id(n), reason).await["state"], -1);
        assert_eq!(desk.check(&id(n)).await["reason"], reason);
    }
    desk.create(&id(20)).await;
    for reason in [Value::Null, json!("5"), json!(5.5), json!(true)] {
        let params = json!({ "id": id(20), "reason": reason });
        assert_eq!(desk.code("CancelTransaction", params).await, -32600);
    }
    assert_eq!(desk.check(&id(20)).await["state"], 1);
}

/// Payme 12: a refund is the whole sum, as an entry of its own, once however often it is asked for; nothing is removed.
#[tokio::test]
async fn payme_12_a_refund_is_booked_once() {
    let desk = Desk::new().await;
    desk.create(&id(1)).await;
    desk.perform(&id(1)).await;
    for _ in 0..4 {
        assert_eq!(desk.cancel(&id(1), 5).await["state"], -2);
    }
    assert_eq!((desk.balance().await, desk.credits().await), (0, 2));
    assert_eq!(domain::ledger::check(&desk.ctx).await.unwrap(), []);
}

/// Payme 13.2: the desk sees whether the receipt was registered, and in Payme's words why not.
#[tokio::test]
async fn payme_13_2_the_desk_sees_what_was_not_registered() {
    let desk = Desk::new().await;
    desk.create(&id(1)).await;
    desk.perform(&id(1)).await;
    assert_eq!(desk.till.fiscal(&desk.ctx).await, None);
    let told = async |code: i64, message: &str| {
        let data = json!({ "receipt_id": 1, "status_code": code, "message": message });
        let params = json!({ "id": id(1), "type": "PERFORM", "fiscal_data": data });
        assert_eq!(desk.ok("SetFiscalData", params).await, json!({ "success": true }));
        desk.till.fiscal(&desk.ctx).await.map(|fiscal| (fiscal.state, fiscal.note))
    };
    assert_eq!(told(-1, "no such code").await, Some((FiscalState::Refused, Some("no such code".to_owned()))));
    assert_eq!(told(0, "accepted").await, Some((FiscalState::Made, None)), "a repeat overwrites");
}
