//! JSON-RPC as Payme would never speak it.

use super::{
    Aim, CASES, Fields, LIMIT, Raw, Shot, any_bytes, books_hold, cut, cuts, fire, kinds, play, rounds, twisted, twists,
};
use crate::app::TestApp;
use domain::payments::payme;
use model::payments::Provider;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};
use std::cell::Cell;
use tokio::runtime::Handle;

const ODD_JSON: [&str; 24] = [
    "null",
    "true",
    "{}",
    "[]",
    "\"\"",
    "0",
    "-1",
    "-0.0",
    "1.5",
    "1e2",
    "1e400",
    "01",
    "NaN",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    r#""\u0000""#,
    r#""\ud800""#,
    r#""\uffff\u202e""#,
    r#""15075000""#,
    r#""' or 1=1 --""#,
    "'x'",
    "",
];
/// Names, as they are written in JSON.
const NAMES: [&str; 16] = [
    "id",
    "method",
    "params",
    "amount",
    "account",
    "time",
    "reason",
    "from",
    "to",
    "type",
    "fiscal_data",
    "status_code",
    r"\u0000",
    "",
    "__proto__",
    r"\ud800",
];

fn object(fields: &Fields) -> Vec<u8> {
    let mut text = b"{".to_vec();
    for (n, (name, value)) in fields.iter().enumerate() {
        if n > 0 {
            text.push(b',');
        }
        text.extend_from_slice(format!("\"{name}\":").as_bytes());
        text.extend_from_slice(value);
    }
    text.push(b'}');
    text
}

/// Values of every type, right and wrong, small, deep and long.
pub(super) fn odd_json() -> BoxedStrategy<Vec<u8>> {
    let leaf = prop_oneof![
        4 => select(ODD_JSON.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        1 => any::<i64>().prop_map(|n| n.to_string().into_bytes()),
        1 => any::<f64>().prop_map(|n| n.to_string().into_bytes()),
        1 => ".{0,40}".prop_map(|text| json!(text).to_string().into_bytes()),
    ];
    let nested = leaf.prop_recursive(4, 32, 6, |inner| {
        let names = select(NAMES.to_vec()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6)
                .prop_map(|items| [&b"["[..], &items.join(&b','), &b"]"[..]].concat()),
            prop::collection::vec((names, inner), 0..6).prop_map(|fields| object(&fields)),
        ]
    });
    prop_oneof![
        20 => nested,
        1 => (1usize..30_000).prop_map(|depth| ["[".repeat(depth), "]".repeat(depth)].concat().into_bytes()),
        1 => (1usize..8_000).prop_map(|depth| [r#"{"a":"#.repeat(depth), "1".to_owned(), "}".repeat(depth)].concat().into_bytes()),
        1 => (1usize..70_000).prop_map(|length| format!("\"{}\"", "я".repeat(length / 2)).into_bytes()),
    ]
    .boxed()
}

const METHODS: [&str; 8] = [
    "CheckPerformTransaction",
    "CreateTransaction",
    "PerformTransaction",
    "CancelTransaction",
    "CheckTransaction",
    "GetStatement",
    "SetFiscalData",
    "ChangePassword",
];

/// Calls as Payme makes them about a handful of transactions, each bent a little.
fn calls(aim: &Aim, round: u64) -> BoxedStrategy<Vec<u8>> {
    let (account, now) = (aim.account.clone(), aim.now_ms);
    let sums = prop_oneof![4 => Just(15_075_000_i64), 1 => any::<i64>()];
    let bends = (twists(odd_json(), &NAMES, 2), twists(odd_json(), &NAMES, 3), twists(odd_json(), &NAMES, 3), cuts());
    (select(METHODS.to_vec()), 0u8..8, sums, bends)
        .prop_map(move |(method, n, sum, (outer, inner, deep, cuts))| {
            let field = |name: &str, value: String| (name.to_owned(), value.into_bytes());
            let text = |name: &str, value: &str| field(name, json!(value).to_string());
            let id = text("id", &format!("{round:016x}{n:08x}"));
            let amount = field("amount", sum.to_string());
            let payer = twisted(vec![text("account", &account)], &deep);
            let payer = ("account".to_owned(), object(&payer));
            let params = match method {
                "CheckPerformTransaction" => vec![amount, payer],
                "CreateTransaction" => vec![id, field("time", (now + i64::from(n)).to_string()), amount, payer],
                "CancelTransaction" => vec![id, field("reason", "5".to_owned())],
                "GetStatement" => vec![field("from", (now - 1000).to_string()), field("to", (now + 1000).to_string())],
                "SetFiscalData" => {
                    let receipt = vec![
                        field("receipt_id", "121".to_owned()),
                        field("status_code", "0".to_owned()),
                        text("message", "accepted"),
                        text("qr_code_url", "https://ofd.example.uz/check"),
                    ];
                    let receipt = ("fiscal_data".to_owned(), object(&twisted(receipt, &deep)));
                    vec![id, text("type", "PERFORM"), receipt]
                }
                _ => vec![id],
            };
            let params = object(&twisted(params, &inner));
            let call = vec![text("method", method), field("id", "7".to_owned()), ("params".to_owned(), params)];
            cut(object(&twisted(call, &outer)), &cuts)
        })
        .boxed()
}

fn shots(aim: &Aim, round: u64) -> BoxedStrategy<Shot> {
    let bodies = prop_oneof![
        8 => calls(aim, round),
        1 => odd_json(),
        1 => any_bytes(600),
        1 => (LIMIT - 100..LIMIT + 10_000).prop_map(|length| vec![b' '; length]),
    ];
    let key = payme::authorization(&aim.till.key).into_bytes();
    let keys = prop_oneof![
        12 => Just(Some(Raw(key))),
        1 => Just(None::<Raw>),
        1 => ".{0,30}".prop_map(|key| Some(Raw(payme::authorization(&key).into_bytes()))),
        1 => any_bytes(60).prop_map(|header| Some(Raw(header))),
    ];
    (aim.paths(), keys, kinds(), bodies)
        .prop_map(|(path, authorization, kind, body)| Shot { path, authorization, kind, body: Raw(body) })
        .boxed()
}

/// An answer by JSON-RPC: a result, or an error in three languages that is not a failure of ours. Says whether it is a
/// result.
fn word(answer: &Value) -> Result<bool, TestCaseError> {
    prop_assert_eq!(&answer["jsonrpc"], "2.0");
    let (result, error) = (answer.get("result"), answer.get("error"));
    prop_assert!(result.is_some() != error.is_some(), "one of the two: {answer}");
    let Some(error) = error else { return Ok(true) };
    prop_assert!(error["code"].as_i64().is_some_and(|code| code < 0 && code != -32400), "{answer}");
    for lang in ["ru", "uz", "en"] {
        prop_assert!(error["message"][lang].as_str().is_some_and(|words| !words.is_empty()), "{answer}");
    }
    Ok(false)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_comes_payme_hears_its_own_words() {
    let app = TestApp::new().await;
    let aim = Aim::new(&app, Provider::Payme).await;
    let (mut calls, results) = (0u64, Cell::new(0u64));
    for round in rounds() {
        play(round, &shots(&aim, round), |shot| {
            let answer = Handle::current().block_on(fire(&app, shot))?;
            let done = answer.map_or(Ok(false), |answer| word(&answer))?;
            results.set(results.get() + u64::from(done));
            Ok(())
        });
        calls += u64::from(CASES);
    }
    assert!(results.get() > 0, "no call got through to the books");
    books_hold(&app).await;
    eprintln!("Payme: {calls} calls, {} done, the rest refused", results.get());
}
