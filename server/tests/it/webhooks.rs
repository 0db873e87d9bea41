//! Payme and Click through the real door: always 200, in their own words, whatever comes.

use crate::{
    app::{Answer, Pass, TestApp, in_time, send},
    socket::Socket,
};
use domain::payments::{self, payme};
use http::Method;
use model::{
    KassaId, Money,
    payments::{KassaFacts, KassaMode, Provider, SaveKassa},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub const PAYME: &str = "/api/v1/payments/webhook/payme";
pub const CLICK: &str = "/api/v1/payments/webhook/click";

/// A kassa of company A.
pub struct Till {
    pub id: KassaId,
    pub key: String,
    pub service: i64,
}

pub async fn kassa(app: &TestApp, provider: Provider, mode: KassaMode) -> Till {
    let admin = app.world.a.admin().await;
    let (key, service) = (format!("key-{}", platform::ids::new_id().simple()), 500);
    let facts = KassaFacts {
        provider,
        name: "Касса".to_owned(),
        mode,
        live: false,
        enabled: true,
        refundable: true,
        buildings: Vec::new(),
        merchant_id: "65f0c1d2e3a4b5c6d7e8f901".to_owned(),
        service_id: (provider == Provider::Click).then_some(service),
        merchant_user_id: None,
        account_field: "account".to_owned(),
        min: Money::from_tiyin(100),
        max: Money::from_tiyin(10_000_000_000),
        busy_code: -31008,
        fiscal: None,
    };
    let command = SaveKassa { facts, secret: Some(key.clone()) };
    let id = payments::create_kassa(&app.ctx, &admin, &command).await.unwrap().id;
    Till { id, key, service }
}

/// The account of the resident's flat.
pub async fn account(app: &TestApp) -> (model::AccountId, String) {
    let (admin, unit) = (app.world.a.admin().await, app.world.a.resident.unit);
    let command = model::property::OpenAccount { number: Some("0104500123".to_owned()), ..Default::default() };
    let row = domain::property::open_account(&app.ctx, &admin, unit, &command).await.unwrap();
    (row.id, row.number)
}

async fn call(app: &TestApp, till: &Till, method: &str, params: Value) -> Answer {
    let request = app.post(PAYME, &Pass::Nobody).header("authorization", payme::authorization(&till.key));
    let body = json!({ "method": method, "params": params, "id": 1 }).to_string();
    send(request.header("content-type", "text/json; charset=UTF-8").body(body)).await
}

fn code(answer: &Answer) -> i64 {
    answer.expect(200);
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    let body = answer.json();
    for lang in ["ru", "uz", "en"] {
        assert!(body["error"]["message"][lang].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    }
    assert!(body.get("result").is_none(), "one of the two: {body}");
    body["error"]["code"].as_i64().unwrap()
}

/// Payme 2: the HTTP status is always 200, also for what HTTP has a status of its own for.
#[tokio::test]
async fn payme_2_everything_is_answered_with_200() {
    let app = TestApp::new().await;
    let till = kassa(&app, Provider::Payme, KassaMode::Accumulating).await;
    let paths = [PAYME.to_owned(), format!("{PAYME}/{}", till.id)];
    for path in &paths {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            assert_eq!(code(&send(app.request(method.clone(), path, &Pass::Nobody)).await), -32300, "{method}");
        }
        send(app.request(Method::HEAD, path, &Pass::Nobody)).await.expect(200);
        assert_eq!(code(&send(app.post(path, &Pass::Nobody)).await), -32504, "no header, no body");
        let large = app.post(path, &Pass::Nobody).body("x".repeat(70 * 1024));
        assert_eq!(code(&send(large).await), -32600, "a body too large");
    }
    for path in [
        format!("{PAYME}/nonsense"),
        format!("{PAYME}/{}/more", till.id),
        format!("{PAYME}/{}", platform::ids::new_id()),
    ] {
        let request = app.post(&path, &Pass::Nobody).header("authorization", payme::authorization(&till.key));
        assert_eq!(code(&send(request.body("{}")).await), -32504, "{path}");
    }
    let good = |body: &'static str| {
        app.post(PAYME, &Pass::Nobody).header("authorization", payme::authorization(&till.key)).body(body)
    };
    assert_eq!(code(&send(good("{")).await), -32700);
    assert_eq!(code(&send(good("\u{0}\u{1}")).await), -32700);
    let cookie = app.browser("admin-a").await;
    let from_elsewhere = app.post(PAYME, &cookie).header("origin", "https://evil.example").body("{}");
    assert_eq!(code(&send(from_elsewhere).await), -32504, "cookies mean nothing here");
}

/// A caller that is still writing when it is refused hears why, and goes on over the same connection.
#[tokio::test]
async fn a_call_to_nobody_is_read_to_its_end() {
    let app = TestApp::new().await;
    for path in [format!("{PAYME}/nonsense"), format!("{CLICK}/nonsense")] {
        let mut line = TcpStream::connect(app.addr).await.unwrap();
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 60000\r\nexpect: 100-continue\r\n\r\n");
        let half = vec![b'x'; 30_000];
        let mut heard = vec![0; 25];
        for _ in 0..2 {
            line.write_all(head.as_bytes()).await.unwrap();
            // Only a server that means to read the body asks for it.
            in_time("the server to read", line.read_exact(&mut heard)).await.unwrap();
            assert!(heard.starts_with(b"HTTP/1.1 100"), "{path}: {}", heard.escape_ascii());
            line.write_all(&half).await.unwrap();
            line.write_all(&half).await.unwrap();
            let mut answer = Vec::new();
            while !answer.ends_with(b"}") {
                let got = in_time("the answer", line.read_buf(&mut answer)).await.unwrap();
                assert!(got > 0, "{path}: the line was closed after {}", answer.escape_ascii());
            }
            assert!(answer.starts_with(b"HTTP/1.1 200"), "{path}: {}", answer.escape_ascii());
        }
    }
}

/// Payme 2: the content type of Payme and the usual one are read alike, with `jsonrpc` and without it; an answer holds the
/// id of its call, and one of result and error.
#[tokio::test]
async fn payme_2_content_types_and_members() {
    let app = TestApp::new().await;
    let till = kassa(&app, Provider::Payme, KassaMode::Accumulating).await;
    let (_, number) = account(&app).await;
    for kind in ["text/json; charset=UTF-8", "text/json", "application/json", "application/json; charset=utf-8"] {
        for mut body in [json!({}), json!({ "jsonrpc": "2.0" })] {
            body["method"] = json!("CheckPerformTransaction");
            body["params"] = json!({ "amount": 500, "account": { "account": number } });
            body["id"] = json!(31);
            let request = app.post(PAYME, &Pass::Nobody).header("authorization", payme::authorization(&till.key));
            let answer = send(request.header("content-type", kind).body(body.to_string())).await;
            let answer = answer.expect(200).json();
            assert_eq!((&answer["id"], &answer["result"]["allow"]), (&json!(31), &json!(true)), "{kind}");
            assert!(answer.get("error").is_none(), "one of the two: {answer}");
        }
    }
}

/// Payme 2: too many calls are a failure of ours to Payme, not a status.
#[tokio::test]
async fn payme_2_too_many_calls_are_answered_with_200() {
    let app = TestApp::with(&[("UK_LIMITS__WEBHOOK_PER_MINUTE", "5")]).await;
    let mut codes = Vec::new();
    for _ in 0..8 {
        codes.push(code(&send(app.post(PAYME, &Pass::Nobody).body("{}")).await));
    }
    assert_eq!(codes.iter().filter(|code| **code == -32400).count(), 3, "{codes:?}");
}

/// Payme 6: when the database is away it is -32400, within the time a provider waits.
#[tokio::test]
async fn payme_6_without_a_database_it_is_a_failure() {
    let app = TestApp::new().await;
    let till = kassa(&app, Provider::Payme, KassaMode::Accumulating).await;
    let params = json!({ "amount": 500, "account": { "account": "1" } });
    assert_eq!(code(&call(&app, &till, "CheckPerformTransaction", params.clone()).await), -31050);
    app.ctx.db.close().await;
    assert_eq!(code(&call(&app, &till, "CheckPerformTransaction", params).await), -32400);
    let click = send(app.post(CLICK, &Pass::Nobody).body("service_id=1")).await;
    assert_eq!(click.expect(200).json()["error"], -8);
}

/// Click 3: 200 with the code in `error`, whatever comes.
#[tokio::test]
async fn click_3_everything_is_answered_with_200() {
    let app = TestApp::new().await;
    let till = kassa(&app, Provider::Click, KassaMode::Accumulating).await;
    for path in [CLICK.to_owned(), format!("{CLICK}/{}", till.id), format!("{CLICK}/nonsense")] {
        for request in [
            app.get(&path, &Pass::Nobody),
            app.post(&path, &Pass::Nobody),
            app.post(&path, &Pass::Nobody).body("x".repeat(70 * 1024)),
            app.post(&path, &Pass::Nobody).json(&json!({ "action": 0 })),
        ] {
            let answer = send(request).await;
            assert_eq!(answer.expect(200).json()["error"], -8, "{path}");
            assert!(answer.header("content-type").starts_with("application/json"));
        }
    }
}

/// Money is told to the desk and to who lives there, and to nobody else.
#[tokio::test]
async fn who_hears_of_a_payment() {
    let app = TestApp::new().await;
    let till = kassa(&app, Provider::Payme, KassaMode::Accumulating).await;
    let (_, number) = account(&app).await;
    let token = |pass: &Pass| match pass {
        Pass::Bearer(token) => token.clone(),
        Pass::Cookies(_) | Pass::Nobody => panic!("no token"),
    };
    let (admin, dispatcher) = (app.bearer("admin-a").await, app.bearer("dispatcher-a").await);
    let mut desk = Socket::greeted(&app, &token(&admin)).await;
    let mut other = Socket::greeted(&app, &token(&dispatcher)).await;
    let id = "5305e3bab097f420a62ced0b";
    let time = app.ctx.clock.now().timestamp_millis();
    let create = json!({ "id": id, "time": time, "amount": 500_000, "account": { "account": number } });
    let created = call(&app, &till, "CreateTransaction", create).await;
    assert_eq!(created.expect(200).json()["result"]["state"], 1, "{}", created.text());
    let performed = call(&app, &till, "PerformTransaction", json!({ "id": id })).await;
    assert_eq!(performed.expect(200).json()["result"]["state"], 2);
    let event = desk.next().await;
    assert_eq!((&event["type"], &event["data"]["amount"]), (&json!("payment.completed"), &json!(500_000)));
    // The dispatcher, who may see what an account owes and no payments, hears that it changed and of no payment.
    app.file(&dispatcher, "после оплаты").await;
    assert_eq!(other.next().await["type"], "account.changed");
    assert_eq!(other.next().await["type"], "request.created");
    let listed = send(app.get("/api/v1/payments", &admin)).await;
    assert_eq!(listed.expect(200).json()["items"][0]["reference"], id);
    let resident = app.resident(&app.world.a.resident).await;
    let own = send(app.get("/my/pay", &resident)).await;
    assert!(own.expect(200).text().contains("5\u{202f}000"), "the payment and the advance are on the resident's page");
}

/// The page of a receipt's link: small, without login, and its button leads to the provider.
#[tokio::test]
async fn the_page_of_a_link_is_small_and_leads_to_the_provider() {
    let app = TestApp::new().await;
    kassa(&app, Provider::Payme, KassaMode::Accumulating).await;
    let (id, number) = account(&app).await;
    let admin = app.bearer("admin-a").await;
    let ask = || json!({ "account_id": id, "amount": 15_075_000 });
    let create =
        |key: &str| app.post("/api/v1/payments/create", &admin).header("idempotency-key", key.to_owned()).json(&ask());
    let links = send(create("k1")).await;
    let links = links.expect(201).json();
    assert_eq!(send(create("k1")).await.expect(201).json(), links, "the same key, the same answer");
    assert!(links["qr_svg"].as_str().unwrap().contains("<svg"));
    let path = links["page"].as_str().unwrap();
    let path = &path[path.find("/pay/").unwrap()..];
    let page = send(app.get(path, &Pass::Nobody)).await;
    let text = page.expect(200).text();
    assert!(text.contains(&number) && text.contains("А••• К•••") && !text.contains("Каримов"), "{text}");
    assert!(text.len() <= 40 * 1024 && !text.contains(".wasm"), "{} bytes", text.len());
    let token = path.trim_start_matches("/pay/");
    let pay = |sum: &str, provider: &str| {
        let form = [("token", token.to_owned()), ("sum", sum.to_owned()), ("provider", provider.to_owned())];
        app.post("/pay", &Pass::Nobody).header("origin", &app.base).form(&form)
    };
    let on = send(pay("150 750,50", "payme")).await;
    assert!(on.expect(200).text().contains("https://test.paycom.uz/bT0"), "{}", on.text());
    for (sum, provider) in [("сто", "payme"), ("0", "payme"), ("5", "click"), ("999999999999", "payme"), ("5", "x")]
    {
        let back = send(pay(sum, provider)).await;
        let place = back.expect(303).header("location").to_owned();
        assert!(place.starts_with(&format!("{path}?")) && place.contains("error=invalid"), "{place}");
        send(app.get(&place, &Pass::Nobody)).await.expect(200);
    }
    let gone = send(app.get("/pay/AAAA", &Pass::Nobody)).await;
    assert!(!gone.text().contains("Company a"), "{}", gone.text());
}

/// An answer is lost on the way and the accountant presses again: the money is there once, and says so instead of a refusal.
/// Corrected and sent, it is other money.
#[tokio::test]
async fn a_form_that_is_sent_again_is_the_same_money() {
    let app = TestApp::new().await;
    let (id, number) = account(&app).await;
    let admin = app.browser("admin-a").await;
    let record = async |filling: Option<&str>, reference: &str| {
        let command = json!({ "account": number, "source": "cash", "amount": 500_000, "reference": reference });
        let mut body = json!({ "command": command });
        if let Some(filling) = filling {
            body["filling"] = json!(filling);
        }
        let answer = send(app.post("/rpc/payments/record", &admin).json(&body)).await;
        answer.expect(200).json()["id"].as_str().unwrap().to_owned()
    };
    let first = record(Some("one"), "417").await;
    assert_eq!(record(Some("one"), "417").await, first);
    let other = [record(Some("one"), "418").await, record(Some("two"), "419").await, record(None, "420").await];
    assert!(other.iter().all(|id| *id != first), "{other:?}");
    let correct = async |filling: &str| {
        let command = json!({ "amount": -10_000, "reason": "Пересчёт" });
        let body = json!({ "filling": filling, "account_id": id, "command": command });
        send(app.post("/rpc/billing/correct", &admin).json(&body)).await.expect(200).json()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = correct("one").await;
    assert_eq!(correct("one").await, first);
    assert_ne!(correct("two").await, first);
}
