//! Firebase Cloud Messaging, HTTP v1: a token for our service account, then one call for each device.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Client;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{Handling, PushError, Urgency};
use crate::clock::Clock;
use crate::config::{Config, Secret};
use crate::outward::{Answer, call, client};
use crate::pulse::Pulse;

const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const ASSERTION_LIVES_S: i64 = 3600;
/// Their limit for a whole message.
const LIMIT: usize = 4096;
/// Their longest time to keep a message.
const LONGEST: Duration = Duration::from_secs(2_419_200);
/// How long to wait when too much was sent and no time is named.
const QUOTA_PAUSE: Duration = Duration::from_secs(60);

/// What appears on the device.
#[derive(Clone, Copy, Debug)]
pub struct Notification<'a> {
    /// First line.
    pub title: &'a str,
    /// The rest.
    pub body: &'a str,
    /// Page that a tap opens.
    pub url: &'a str,
    /// One with the same tag replaces it on screen.
    pub tag: &'a str,
}

#[derive(Deserialize)]
struct Account {
    project_id: String,
    client_email: String,
    private_key: String,
    private_key_id: String,
    token_uri: String,
}

/// Sends to Android apps; cheap to clone.
#[derive(Clone)]
pub struct Fcm(Arc<Inner>);

struct Inner {
    http: Client,
    base: String,
    account: Account,
    signer: RsaKeyPair,
    clock: Clock,
    /// With the moment (Unix seconds) it is to be renewed. Held while a new one is fetched: one call, however many wait.
    token: Mutex<Option<(Secret, i64)>>,
    pulse: Pulse,
}

impl fmt::Debug for Fcm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fcm({})", self.0.account.project_id)
    }
}

impl Fcm {
    /// None when no service account is configured.
    ///
    /// # Errors
    /// A sentence when it cannot be used.
    pub fn from_config(config: &Config, clock: Clock) -> Result<Option<Self>, String> {
        let Some(setting) = &config.fcm.service_account else { return Ok(None) };
        let (account, signer) = read(&text(setting)?)?;
        let base = config.fcm.url.trim_end_matches('/').to_owned();
        let inner =
            Inner { http: client()?, base, account, signer, clock, token: Mutex::new(None), pulse: Pulse::default() };
        Ok(Some(Self(Arc::new(inner))))
    }

    /// Sends one notification to a device's token and waits for Firebase's word.
    ///
    /// # Errors
    /// Whether the token is gone, or another attempt makes sense.
    pub async fn send(&self, device: &str, what: &Notification<'_>, handling: &Handling<'_>) -> Result<(), PushError> {
        self.0.pulse.note(self.hand_over(device, what, handling).await, PushError::is_theirs)
    }

    /// When Firebase last served us.
    #[must_use]
    pub fn pulse(&self) -> &Pulse {
        &self.0.pulse
    }

    async fn hand_over(&self, device: &str, what: &Notification<'_>, handling: &Handling<'_>) -> Result<(), PushError> {
        let ttl = handling.ttl.min(LONGEST).as_secs();
        let priority = if handling.urgency == Urgency::High { "HIGH" } else { "NORMAL" };
        let mut android =
            json!({ "priority": priority, "ttl": format!("{ttl}s"), "notification": { "tag": what.tag } });
        if let Some(about) = handling.about {
            android["collapse_key"] = about.into();
        }
        let body = json!({ "message": {
            "token": device,
            "notification": { "title": what.title, "body": what.body },
            "data": { "url": what.url, "tag": what.tag },
            "android": android,
        } });
        if body.to_string().len() > LIMIT {
            return Err(PushError::Permanent("the message is too long".to_owned()));
        }
        let url = format!("{}/v1/projects/{}/messages:send", self.0.base, self.0.account.project_id);
        let mut worn = None;
        loop {
            let token = self.token(worn.as_ref()).await?;
            let answer = call(self.0.http.post(&url).bearer_auth(token.expose_secret()).json(&body)).await?;
            if answer.is_success() {
                return Ok(());
            }
            let error = answer.json()["error"].clone();
            // A token may be withdrawn early: one more try with a new one.
            if answer.status == 401 && fcm_code(&error).is_none() && worn.is_none() {
                worn = Some(token);
                continue;
            }
            return Err(refusal(&answer, &error));
        }
    }

    /// Whether Google knows our service account.
    ///
    /// # Errors
    /// As [`Fcm::send`].
    pub async fn check(&self) -> Result<(), PushError> {
        self.0.pulse.note(self.token(None).await, PushError::is_theirs).map(|_| ())
    }

    async fn token(&self, worn: Option<&Secret>) -> Result<Secret, PushError> {
        let mut kept = self.0.token.lock().await;
        let now = self.0.clock.now().timestamp();
        if let Some((token, renew_at)) = kept.as_ref()
            && now < *renew_at
            && worn.is_none_or(|worn| worn.expose_secret() != token.expose_secret())
        {
            return Ok(token.clone());
        }
        let assertion = self.assertion(now)?;
        let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &assertion)];
        let answer = call(self.0.http.post(&self.0.account.token_uri).form(&form)).await?;
        let json = answer.json();
        match (json["access_token"].as_str(), answer.status) {
            (Some(text), 200..=299) => {
                let lives = json["expires_in"].as_i64().unwrap_or(ASSERTION_LIVES_S).max(60);
                let token = Secret::from(text);
                *kept = Some((token.clone(), now + lives * 8 / 10));
                Ok(token)
            }
            (_, 400..=428 | 430..=499) => Err(PushError::Ours(answer.words())),
            _ => Err(PushError::Transient { why: answer.words(), after: answer.retry_after }),
        }
    }

    fn assertion(&self, now: i64) -> Result<String, PushError> {
        let account = &self.0.account;
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": account.private_key_id });
        let claims = json!({
            "iss": account.client_email, "scope": SCOPE, "aud": account.token_uri, "iat": now, "exp": now + ASSERTION_LIVES_S,
        });
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let mut signature = vec![0; self.0.signer.public_modulus_len()];
        self.0
            .signer
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| PushError::Ours("the key of the service account does not sign".to_owned()))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// Firebase's own code, which says more than Google's.
fn fcm_code(error: &Value) -> Option<&str> {
    error["details"].as_array()?.iter().find_map(|detail| detail["errorCode"].as_str())
}

fn refusal(answer: &Answer, error: &Value) -> PushError {
    let status = error["status"].as_str().unwrap_or_default();
    let code = fcm_code(error).unwrap_or(status);
    let message = error["message"].as_str().unwrap_or_default();
    let why = format!("{} {code} {message}", answer.status).trim_end().to_owned();
    let names_token =
        || error["details"].to_string().contains("message.token") || message.contains("registration token");
    match (code, answer.status) {
        ("UNREGISTERED", _) => PushError::Gone(why),
        ("SENDER_ID_MISMATCH", _) => {
            tracing::error!(why, "a device belongs to another Firebase project");
            PushError::Gone(why)
        }
        ("INVALID_ARGUMENT", _) | (_, 400) if names_token() => PushError::Gone(why),
        ("INVALID_ARGUMENT", _) | (_, 400) => PushError::Permanent(why),
        ("QUOTA_EXCEEDED" | "RESOURCE_EXHAUSTED", _) | (_, 429) => {
            PushError::Transient { why, after: Some(answer.retry_after.unwrap_or(QUOTA_PAUSE)) }
        }
        // A 404 without their code is the project's, not the device's.
        (_, 401 | 403 | 404) => PushError::Ours(why),
        (_, 400..=499) => PushError::Permanent(why),
        _ => PushError::Transient { why, after: answer.retry_after },
    }
}

/// A sentence about a setting that cannot work. A file may come later; what is written out must read now.
pub(super) fn check(setting: &Secret) -> Result<(), String> {
    let text = setting.expose_secret().trim();
    if text.starts_with('{') { read(text).map(|_| ()) } else { Ok(()) }
}

fn text(setting: &Secret) -> Result<String, String> {
    let text = setting.expose_secret().trim();
    if text.starts_with('{') {
        return Ok(text.to_owned());
    }
    std::fs::read_to_string(text).map_err(|error| format!("fcm.service_account: {text} cannot be read: {error}."))
}

fn read(text: &str) -> Result<(Account, RsaKeyPair), String> {
    let account: Account = serde_json::from_str(text)
        .map_err(|_| "fcm.service_account is not the JSON of a service account.".to_owned())?;
    let signer = der(&account.private_key).and_then(|der| RsaKeyPair::from_pkcs8(&der).ok());
    let signer = signer.ok_or("fcm.service_account: the private key does not read.")?;
    Ok((account, signer))
}

/// The bytes of a PEM text.
fn der(pem: &str) -> Option<Vec<u8>> {
    let body = pem.split("-----BEGIN PRIVATE KEY-----").nth(1)?.split("-----END PRIVATE KEY-----").next()?;
    STANDARD.decode(body.split_whitespace().collect::<String>()).ok()
}
