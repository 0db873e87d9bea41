//! The reader takes anything and never panics; the table of states.

use super::{
    rules::{self, CANCELLED, CREATED, PERFORMED, REFUNDED, Stored, TIMED_OUT, Verdict},
    wire::{Call, Fault, Method, TIMEOUT_MS, number_of, storable},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn stored(state: i16) -> Stored {
    Stored {
        id: uuid::Uuid::nil(),
        number: 5123,
        payme_id: "a".to_owned(),
        payme_time: 1_700_000_000_000,
        amount: 500,
        account: json!({ "account": "1" }),
        account_id: uuid::Uuid::nil(),
        bill_id: None,
        state,
        reason: None,
        create_time: 1_700_000_000_100,
        perform_time: 0,
        cancel_time: 0,
        receivers: None,
    }
}

/// Payme 7: the whole table of states.
#[test]
fn payme_7_the_table_of_states() {
    let (time, soon, late) = (1_700_000_000_000, 1_700_000_000_000 + TIMEOUT_MS, 1_700_000_000_001 + TIMEOUT_MS);
    let account = json!({ "account": "1" });
    let refuse = Verdict::Refuse(Fault::State);
    let expire = Verdict::Expire(Fault::State);
    for (state, now, create, perform, cancel) in [
        (CREATED, soon, Verdict::Stored, Verdict::Credit, Verdict::Cancel(CANCELLED, 3)),
        (CREATED, late, expire, expire, Verdict::Cancel(CANCELLED, TIMED_OUT)),
        (PERFORMED, soon, refuse, Verdict::Stored, Verdict::Cancel(REFUNDED, 3)),
        (PERFORMED, late, refuse, Verdict::Stored, Verdict::Cancel(REFUNDED, 3)),
        (CANCELLED, late, refuse, refuse, Verdict::Stored),
        (REFUNDED, late, refuse, refuse, Verdict::Stored),
    ] {
        let known = stored(state);
        assert_eq!(rules::create(&known, time, 500, &account, now), create, "create in {state}");
        assert_eq!(rules::perform(&known, now), perform, "perform in {state}");
        assert_eq!(rules::cancel(&known, 3, true, now), cancel, "cancel in {state}");
    }
    assert_eq!(rules::cancel(&stored(PERFORMED), 3, false, soon), Verdict::Refuse(Fault::CannotCancel));
    assert_eq!(rules::create(&stored(CREATED), time, 501, &account, soon), refuse);
    assert_eq!(rules::create(&stored(CREATED), time, 501, &account, late), expire, "late comes before other values");
}

/// Payme 13.2: the names of fiscal data are kept like its values: what no column holds is refused.
#[test]
fn payme_13_2_names_that_no_column_holds_are_refused() {
    let read = |name: &str| {
        let data = json!({ "status_code": 0, name: "x" });
        let call =
            json!({ "method": "SetFiscalData", "params": { "id": "a", "type": "PERFORM", "fiscal_data": data } });
        Call::read(call.to_string().as_bytes())
    };
    assert!(read("message").is_ok());
    for name in ["a\u{0}b", "line\n", "x".repeat(101).as_str()] {
        assert_eq!(read(name).unwrap_err().1.fault, Fault::FiscalFields, "{name:?}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,70}".prop_map(Value::from),
        prop::sample::select(vec!["PERFORM", "CANCEL", "account", "id"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".{0,12}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

const METHODS: [&str; 8] = [
    "CheckPerformTransaction",
    "CreateTransaction",
    "PerformTransaction",
    "CancelTransaction",
    "CheckTransaction",
    "GetStatement",
    "SetFiscalData",
    "",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = Call::read(&body);
    }

    #[test]
    fn any_json_is_read_or_refused(value in any_json()) {
        let _ = Call::read(value.to_string().as_bytes());
        let _ = (number_of(&value, "account"), storable(&value));
    }

    /// Whatever the fields are: the id of the call comes back, and an accepted call holds only what columns can hold.
    #[test]
    fn any_fields_are_read_or_refused(
        method in prop::sample::select(METHODS.to_vec()),
        id in any::<i64>(),
        fields in prop::collection::btree_map(
            prop::sample::select(vec!["id", "time", "amount", "account", "reason", "from", "to", "type", "fiscal_data"]),
            any_json(), 0..9),
    ) {
        let body = json!({ "method": method, "id": id, "params": fields }).to_string();
        match Call::read(body.as_bytes()) {
            Ok(call) => {
                prop_assert_eq!(call.id, json!(id));
                let Method::Perform { id } = &call.method else { return Ok(()) };
                prop_assert!((1..=64).contains(&id.len()) && !id.chars().any(char::is_control));
            }
            Err((echoed, refusal)) => {
                prop_assert_eq!(echoed, json!(id));
                prop_assert!(refusal.fault.code() < 0);
            }
        }
    }

    /// Deep nesting is refused, not a stack overflow.
    #[test]
    fn deep_nesting_is_refused(depth in 200usize..20_000) {
        let body = format!("{{\"method\":\"PerformTransaction\",\"params\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        prop_assert_eq!(Call::read(body.as_bytes()).unwrap_err().1.fault, Fault::Parse);
    }
}
