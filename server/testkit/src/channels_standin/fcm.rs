//! Google's token endpoint and Firebase's send: checks the signature of the service account and the shape of messages.

use super::state::Shared;
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::KeySize,
    signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey},
};
use axum::{
    Form, Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use std::collections::HashMap;

const PROJECT: &str = "uk-crm-standin";
const EMAIL: &str = "push@uk-crm-standin.iam.gserviceaccount.com";
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const LARGEST: usize = 4096;

/// The keys of the service account: the public half stays here, the private one goes into its JSON.
pub(super) struct Keys {
    public: Vec<u8>,
    private: String,
}

impl Keys {
    pub fn generate() -> Option<Self> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).ok()?;
        let der: Pkcs8V1Der<'_> = pair.as_der().ok()?;
        let private =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der.as_ref()));
        Some(Self { public: pair.public_key().as_ref().to_vec(), private })
    }

    pub fn account(&self, origin: &str) -> Value {
        json!({
            "type": "service_account", "project_id": PROJECT, "client_email": EMAIL, "private_key": self.private,
            "private_key_id": "standin-1", "token_uri": format!("{origin}/fcm/token"),
        })
    }
}

pub(super) fn routes() -> Router<Shared> {
    // The name ends with `messages:send`, which is no pattern of a router.
    Router::new().route("/token", post(token)).route("/v1/projects/{project}/{call}", post(send))
}

async fn token(State(standin): State<Shared>, Form(fields): Form<HashMap<String, String>>) -> Response {
    let refuse = |why: &str| {
        (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant", "error_description": why }))).into_response()
    };
    if fields.get("grant_type").is_none_or(|grant| grant != GRANT) {
        return refuse("the grant type is another");
    }
    let claims = fields.get("assertion").and_then(|assertion| claims(&standin, assertion));
    let Some(claims) = claims else { return refuse("the signature is not of this account") };
    let (iat, exp) = (claims["iat"].as_i64().unwrap_or_default(), claims["exp"].as_i64().unwrap_or_default());
    if claims["iss"] != EMAIL || claims["scope"] != SCOPE || claims["aud"] != format!("{}/fcm/token", standin.origin) {
        return refuse("issuer, scope or audience is wrong");
    }
    if exp - iat > 3600 || exp <= standin.now() {
        return refuse("it lives too long or not at all");
    }
    let mut inner = standin.lock();
    let token = format!("ya29.standin-{}", inner.next());
    inner.grants.insert(token.clone());
    Json(json!({ "access_token": token, "expires_in": 3599, "token_type": "Bearer" })).into_response()
}

fn claims(standin: &Shared, assertion: &str) -> Option<Value> {
    let (signed, signature) = assertion.rsplit_once('.')?;
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &standin.firebase.public);
    key.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?).ok()
}

/// An error as Google writes it, with Firebase's own code inside.
fn error(http: u16, status: &str, code: Option<&str>) -> Response {
    let details: Vec<Value> = code
        .map(|code| json!({ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code }))
        .into_iter()
        .collect();
    let body = json!({ "error": { "code": http, "message": "refused", "status": status, "details": details } });
    (StatusCode::from_u16(http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(body)).into_response()
}

async fn send(
    State(standin): State<Shared>,
    Path((project, call)): Path<(String, String)>,
    headers: HeaderMap,
    body: String,
) -> Response {
    if (project.as_str(), call.as_str()) != (PROJECT, "messages:send") {
        return error(404, "NOT_FOUND", None);
    }
    let bearer = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()?.strip_prefix("Bearer "));
    let mut inner = standin.lock();
    if !bearer.is_some_and(|token| inner.grants.contains(token)) {
        return error(401, "UNAUTHENTICATED", None);
    }
    let json: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
    let message = &json["message"];
    let texts = message["data"].as_object().is_none_or(|data| data.values().all(Value::is_string));
    let Some(token) = message["token"].as_str().filter(|_| texts && body.len() <= LARGEST) else {
        return error(400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT"));
    };
    match inner.devices.get(token).map(String::as_str) {
        Some("UNREGISTERED") => return error(404, "NOT_FOUND", Some("UNREGISTERED")),
        Some("SENDER_ID_MISMATCH") => return error(403, "PERMISSION_DENIED", Some("SENDER_ID_MISMATCH")),
        Some("QUOTA_EXCEEDED") => return error(429, "RESOURCE_EXHAUSTED", Some("QUOTA_EXCEEDED")),
        Some("UNAVAILABLE") => return error(503, "UNAVAILABLE", Some("UNAVAILABLE")),
        Some("INTERNAL") => return error(500, "INTERNAL", Some("INTERNAL")),
        Some("THIRD_PARTY_AUTH_ERROR") => return error(401, "UNAUTHENTICATED", Some("THIRD_PARTY_AUTH_ERROR")),
        // Withdraws every token once.
        Some("EXPIRE") => {
            inner.devices.remove(token);
            inner.grants.clear();
            return error(401, "UNAUTHENTICATED", None);
        }
        _ => {}
    }
    let name = format!("projects/{PROJECT}/messages/{}", inner.next());
    inner.notifications.push(message.clone());
    Json(json!({ "name": name })).into_response()
}
