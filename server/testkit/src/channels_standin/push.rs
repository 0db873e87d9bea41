//! A push service with browsers behind it: checks who sends (RFC 8292), and opens what is sent with the browser's key.

use super::state::{Browser, BrowserKeys, Shared};
use aws_lc_rs::{
    agreement::{ECDH_P256, PrivateKey},
    signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey},
};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::{push::decrypt, tokens::random_bytes};
use serde_json::{Value, json};

const LARGEST: usize = 4096;
const DAY_S: i64 = 24 * 3600;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/send/{id}", post(send))
}

/// A browser subscribes: it makes its keys and gets an address here.
pub(super) fn subscribe(standin: &Shared) -> Value {
    loop {
        let (private, auth): ([u8; 32], [u8; 16]) = (random_bytes(), random_bytes());
        let public =
            PrivateKey::from_private_key(&ECDH_P256, &private).ok().and_then(|key| key.compute_public_key().ok());
        let Some(public) = public else { continue };
        let mut inner = standin.lock();
        let id = format!("browser-{}", inner.next());
        let endpoint = format!("{}/push/send/{id}", standin.origin);
        let keys = Some(BrowserKeys { private: private.to_vec(), auth: auth.to_vec() });
        inner.browsers.insert(id, Browser { keys, gone: false });
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        return json!({ "endpoint": endpoint, "p256dh": text(public.as_ref()), "auth": text(&auth) });
    }
}

/// A browser with keys of its own gets an address here.
pub(super) fn adopt(standin: &Shared) -> Value {
    let mut inner = standin.lock();
    let id = format!("browser-{}", inner.next());
    let endpoint = format!("{}/push/send/{id}", standin.origin);
    inner.browsers.insert(id, Browser { keys: None, gone: false });
    json!({ "endpoint": endpoint })
}

async fn send(
    State(standin): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let Some(claims) = text("authorization").and_then(claims) else {
        return (StatusCode::FORBIDDEN, "no word of VAPID");
    };
    let left = claims["exp"].as_i64().unwrap_or_default() - standin.now();
    if claims["aud"].as_str() != Some(&standin.origin) {
        return (StatusCode::FORBIDDEN, "the word is for another push service");
    }
    if !(1..=DAY_S).contains(&left) {
        return (StatusCode::FORBIDDEN, "the word lives too long or not at all");
    }
    if !claims["sub"].as_str().is_some_and(|sub| sub.starts_with("mailto:") || sub.starts_with("https://")) {
        return (StatusCode::FORBIDDEN, "nobody to write to");
    }
    let Some(ttl) = text("ttl").and_then(|ttl| ttl.parse::<u64>().ok()) else {
        return (StatusCode::BAD_REQUEST, "no TTL");
    };
    if text("content-encoding") != Some("aes128gcm") || text("content-type") != Some("application/octet-stream") {
        return (StatusCode::BAD_REQUEST, "not aes128gcm");
    }
    let is_topic = |topic: &str| {
        (1..=32).contains(&topic.len()) && topic.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if text("topic").is_some_and(|topic| !is_topic(topic)) {
        return (StatusCode::BAD_REQUEST, "not a topic");
    }
    if body.len() > LARGEST {
        return (StatusCode::PAYLOAD_TOO_LARGE, "too large");
    }
    let mut inner = standin.lock();
    let Some(browser) = inner.browsers.get(&id) else { return (StatusCode::NOT_FOUND, "no such subscription") };
    if browser.gone {
        return (StatusCode::GONE, "the subscription has ended");
    }
    let note: Value = match &browser.keys {
        Some(keys) => match decrypt(&body, &keys.private, &keys.auth) {
            Some(plain) => serde_json::from_slice(&plain).unwrap_or(Value::Null),
            None => return (StatusCode::BAD_REQUEST, "the browser cannot read it"),
        },
        None => Value::Null,
    };
    let key = text("authorization").and_then(|word| word.rsplit_once(", k=")).map(|(_, key)| key);
    inner.pushes.push(json!({
        "browser": id, "note": note, "ttl": ttl, "urgency": text("urgency"), "topic": text("topic"), "bytes": body.len(),
        "contact": claims["sub"], "key": key, "body": URL_SAFE_NO_PAD.encode(&body),
    }));
    (StatusCode::CREATED, "")
}

/// What a signed word says; none when its signature is not of the key it names.
fn claims(authorization: &str) -> Option<Value> {
    let (token, key) = authorization.strip_prefix("vapid t=")?.split_once(", k=")?;
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let json = |text: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, URL_SAFE_NO_PAD.decode(key).ok()?);
    key.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
    json(claims).filter(|_| json(header).is_some_and(|header| header["alg"] == "ES256"))
}
