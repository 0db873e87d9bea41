//! Forms as Click would never fill them in.

use super::{
    Aim, CASES, Fields, LIMIT, Raw, Shot, any_bytes, books_hold, cut, cuts, fire, kinds, payme::odd_json, play, rounds,
    twisted, twists,
};
use crate::{app::TestApp, webhooks::CLICK};
use domain::payments::click;
use model::payments::Provider;
use proptest::{prelude::*, sample::select};
use serde_json::Value;
use std::cell::Cell;
use tokio::runtime::Handle;

const FIELDS: [&str; 13] = [
    "click_trans_id",
    "service_id",
    "click_paydoc_id",
    "merchant_trans_id",
    "merchant_prepare_id",
    "amount",
    "action",
    "error",
    "error_note",
    "sign_time",
    "sign_string",
    "unknown",
    "",
];
const ODD_TEXTS: [&str; 20] = [
    "",
    "0",
    "1",
    "2",
    "-1",
    "-5017",
    "00000000000000000001",
    "+1",
    " 1",
    "1e3",
    "١٢٣",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "2147483648",
    "0.001",
    "99999999999999999.99",
    "150750,00",
    "a\u{0}b",
    "line\r\nline",
];

fn odd_texts() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![
        6 => select(ODD_TEXTS.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        2 => ".{0,80}".prop_map(String::into_bytes),
        2 => any_bytes(40),
        1 => (1usize..30_000).prop_map(|length| vec![b'7'; length]),
    ]
    .boxed()
}

/// A form with everything escaped that may be.
fn form(fields: &Fields) -> Vec<u8> {
    let escaped = |bytes: &[u8]| {
        let one = |byte: &u8| {
            if byte.is_ascii_alphanumeric() { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
        };
        bytes.iter().map(one).collect::<String>()
    };
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", escaped(name.as_bytes()), escaped(value)));
    pairs.collect::<Vec<_>>().join("&").into_bytes()
}

/// The signature over the texts as they stand now: past the key nothing but the fields decides.
fn signed(mut fields: Fields, key: &str) -> Fields {
    let read = |name: &str| {
        let found = fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    };
    let text = |name: &str| read(name).unwrap_or_default();
    let (action, prepare) = (text("action"), read("merchant_prepare_id"));
    let sign = click::sign(
        &text("click_trans_id"),
        &text("service_id"),
        key,
        &text("merchant_trans_id"),
        prepare.as_deref().filter(|_| action != "0"),
        &text("amount"),
        &action,
        &text("sign_time"),
    );
    fields
        .iter_mut()
        .filter(|(name, _)| name == "sign_string")
        .for_each(|(_, value)| *value = sign.clone().into_bytes());
    fields
}

/// A call of Click about an attempt, the second one with the number that was given.
fn click_fields(aim: &Aim, trans: u64, prepare: Option<i64>, amount: &str, error: &str) -> Fields {
    let mut fields = vec![
        ("click_trans_id", trans.to_string()),
        ("service_id", aim.till.service.to_string()),
        ("click_paydoc_id", trans.to_string()),
        ("merchant_trans_id", aim.account.clone()),
        ("amount", amount.to_owned()),
        ("action", if prepare.is_some() { "1" } else { "0" }.to_owned()),
        ("error", error.to_owned()),
        ("error_note", "Success".to_owned()),
        ("sign_time", "2026-11-23 12:00:00".to_owned()),
        ("sign_string", String::new()),
    ];
    fields.extend(prepare.map(|id| ("merchant_prepare_id", id.to_string())));
    fields.into_iter().map(|(name, value)| (name.to_owned(), value.into_bytes())).collect()
}

/// Calls as Click makes them, bent a little; `prepared` are attempts that wait for their second call.
fn calls(aim: &Aim, round: u64, prepared: &[(u64, i64)]) -> BoxedStrategy<Vec<u8>> {
    let mut calls = Vec::new();
    for (trans, prepare) in prepared {
        for error in ["0", "-5017"] {
            calls.push(click_fields(aim, *trans, Some(*prepare), SUM, error));
        }
        calls.push(click_fields(aim, *trans, None, SUM, "0"));
        calls.push(click_fields(aim, *trans, Some(*prepare), "1.00", "0"));
    }
    calls.extend((0..40).map(|n| click_fields(aim, first(round) + 500 + n, None, SUM, "0")));
    let key = aim.till.key.clone();
    (select(calls), twists(odd_texts(), &FIELDS, 3), prop::bool::weighted(0.8), cuts())
        .prop_map(move |(fields, twists, sign, cuts)| {
            let fields = signed(fields, &key);
            let bent = twisted(fields, &twists);
            cut(form(&if sign { signed(bent, &key) } else { bent }), &cuts)
        })
        .boxed()
}

fn shots(aim: &Aim, round: u64, prepared: &[(u64, i64)]) -> BoxedStrategy<Shot> {
    let bodies = prop_oneof![
        8 => calls(aim, round, prepared),
        1 => any_bytes(600),
        1 => "[a-z_=&%+0-9]{0,200}".prop_map(String::into_bytes),
        1 => odd_json(),
        1 => (1usize..LIMIT / 4).prop_map(|times| b"a=1&".repeat(times)),
        1 => (LIMIT - 100..LIMIT + 10_000).prop_map(|length| vec![b'&'; length]),
    ];
    (aim.paths(), kinds(), bodies)
        .prop_map(|(path, kind, body)| Shot { path, authorization: None, kind, body: Raw(body) })
        .boxed()
}

const SUM: &str = "150750.00";

/// The number of the first attempt of a round.
fn first(round: u64) -> u64 {
    1 + (round % 1_000_000_000) * 1000
}

/// Attempts that wait for their second call.
async fn prepare(app: &TestApp, aim: &Aim, round: u64) -> Vec<(u64, i64)> {
    let mut prepared = Vec::new();
    for trans in (first(round)..).take(16) {
        let body = form(&signed(click_fields(aim, trans, None, SUM, "0"), &aim.till.key));
        let path = format!("{CLICK}/{}", aim.till.id);
        let shot = Shot { path, authorization: None, kind: "application/x-www-form-urlencoded", body: Raw(body) };
        let answer = fire(app, &shot).await.unwrap().unwrap();
        assert_eq!(answer["error"], 0, "{answer}");
        prepared.push((trans, answer["merchant_prepare_id"].as_i64().unwrap()));
    }
    prepared
}

/// An answer of Click's kind that is not a failure of ours. Says whether it is a success.
fn word(answer: &Value) -> Result<bool, TestCaseError> {
    let code = answer["error"].as_i64();
    prop_assert!(code.is_some_and(|code| (-9..=0).contains(&code) && code != -7), "{answer}");
    prop_assert!(answer["error_note"].as_str().is_some_and(|words| !words.is_empty()), "{answer}");
    Ok(code == Some(0))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_comes_click_hears_its_own_words() {
    let app = TestApp::new().await;
    let aim = Aim::new(&app, Provider::Click).await;
    let (mut calls, results) = (0u64, Cell::new(0u64));
    for round in rounds() {
        let prepared = prepare(&app, &aim, round).await;
        play(round, &shots(&aim, round, &prepared), |shot| {
            let answer = Handle::current().block_on(fire(&app, shot))?;
            let done = answer.map_or(Ok(false), |answer| word(&answer))?;
            results.set(results.get() + u64::from(done));
            Ok(())
        });
        calls += u64::from(CASES);
    }
    assert!(results.get() > 0, "no call got through to the books");
    books_hold(&app).await;
    eprintln!("Click: {calls} calls, {} done, the rest refused", results.get());
}
