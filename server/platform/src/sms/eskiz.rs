//! Eskiz (notify.eskiz.uz). Logging in gives a token of about thirty days; an expired one is answered with 401, and by
//! some accounts with 500. Texts must be approved; delivery reports come to an address we name with each message.

use std::fmt;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use reqwest::{Client, Method, RequestBuilder};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{Found, Message, SmsError};
use crate::config::{Config, Secret};
use crate::outward::{Answer, call, client};

/// Their times are Tashkent's.
const ZONE: FixedOffset = match FixedOffset::east_opt(5 * 3600) {
    Some(zone) => zone,
    None => unreachable!(),
};
/// A message is looked for this far around the moment it was sent.
const AROUND: TimeDelta = TimeDelta::minutes(15);
const PAGE: usize = 100;
const PAGES: usize = 20;

/// Their word on a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moderation {
    /// May be sent.
    Approved,
    /// Somebody there looks at it.
    Waiting,
    /// May not be sent.
    Rejected,
}

/// A text they have seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// As it was submitted.
    pub text: String,
    /// Their word on it.
    pub moderation: Moderation,
}

pub(super) struct Eskiz {
    http: Client,
    base: String,
    email: String,
    password: Secret,
    sender: String,
    callback: Option<Secret>,
    /// Held while a new one is fetched: one login, however many messages wait.
    token: Mutex<Option<Secret>>,
}

impl fmt::Debug for Eskiz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Eskiz({})", self.base)
    }
}

/// A token, and whether it was made for this very call.
struct Token {
    text: Secret,
    fresh: bool,
}

impl Eskiz {
    pub fn from_config(config: &Config, callback_secret: &Secret) -> Result<Option<Self>, String> {
        let settings = &config.eskiz;
        let (Some(email), Some(password)) = (&settings.email, &settings.password) else { return Ok(None) };
        let callback = config.server.public_url.as_ref().map(|address| {
            Secret::from(format!("{address}/api/v1/notifications/webhook/eskiz/{}", callback_secret.expose_secret()))
        });
        Ok(Some(Self {
            http: client()?,
            base: settings.url.trim_end_matches('/').to_owned(),
            email: email.clone(),
            password: password.clone(),
            sender: settings.sender.clone(),
            callback,
            token: Mutex::new(None),
        }))
    }

    pub async fn send(&self, message: &Message) -> Result<String, SmsError> {
        let id = message.id.to_string();
        let mut form = vec![
            ("mobile_phone", message.phone.as_str()),
            ("message", message.text.as_str()),
            ("from", self.sender.as_str()),
            ("user_sms_id", id.as_str()),
        ];
        if let Some(callback) = &self.callback {
            form.push(("callback_url", callback.expose_secret()));
        }
        let answer = self.asked(|| self.to(Method::POST, "message/sms/send").form(&form)).await?;
        match answer.status {
            200..=299 => {}
            429 => return Err(SmsError::Transient(answer.words())),
            400..=499 => return Err(SmsError::Refused(said(&answer))),
            _ => return Err(SmsError::Unknown(answer.words())),
        }
        let json = answer.json();
        match (&json["id"], json["status"].as_str()) {
            (Value::String(id), _) if !id.is_empty() => Ok(id.clone()),
            (Value::Number(id), _) => Ok(id.to_string()),
            (_, Some("error")) => Err(SmsError::Refused(said(&answer))),
            _ => Err(SmsError::Unknown(answer.words())),
        }
    }

    pub async fn find(&self, id: Uuid, around: DateTime<Utc>) -> Result<Found, SmsError> {
        let id = id.to_string();
        let day = |at: DateTime<Utc>| at.with_timezone(&ZONE).format("%Y-%m-%d %H:%M").to_string();
        let (from, to) = (day(around - AROUND), day(around + AROUND));
        for page in 1..=PAGES {
            let (page, size) = (page.to_string(), PAGE.to_string());
            let form = [
                ("start_date", from.as_str()),
                ("to_date", to.as_str()),
                ("page_size", size.as_str()),
                ("page", page.as_str()),
                ("count", "0"),
            ];
            let answer = self.asked(|| self.to(Method::POST, "message/sms/get-user-messages").form(&form)).await?;
            if !answer.is_success() {
                return Err(SmsError::Unknown(answer.words()));
            }
            let json = answer.json();
            let rows = json["data"]["result"].as_array().or_else(|| json["data"]["data"].as_array());
            let Some(rows) = rows else { return Err(SmsError::Unknown(answer.words())) };
            if let Some(row) = rows.iter().find(|row| row["user_sms_id"].as_str() == Some(&id)) {
                return Ok(Found::Taken(word(&row["id"])));
            }
            if rows.len() < PAGE {
                return Ok(Found::Nowhere);
            }
        }
        // So much traffic that we could not look through it: better late than twice.
        Err(SmsError::Unknown("too many messages to look through".to_owned()))
    }

    pub async fn status(&self, provider_id: &str) -> Result<String, SmsError> {
        // Their numbers are UUIDs; anything else must not reach into the address.
        if !provider_id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(SmsError::Permanent("not a number of theirs".to_owned()));
        }
        let path = format!("message/sms/status_by_id/{provider_id}");
        let answer = self.asked(|| self.to(Method::GET, &path)).await?;
        let json = answer.json();
        let row = if json["data"].is_object() { &json["data"] } else { &json };
        match row["status"].as_str() {
            Some(word) if answer.is_success() => Ok(word.to_owned()),
            _ => Err(SmsError::Transient(answer.words())),
        }
    }

    pub async fn balance(&self) -> Result<String, SmsError> {
        let answer = self.asked(|| self.to(Method::GET, "user/get-limit")).await?;
        match &answer.json()["data"]["balance"] {
            Value::Null => Err(SmsError::Transient(answer.words())),
            balance => Ok(word(balance)),
        }
    }

    pub async fn templates(&self) -> Result<Vec<Template>, SmsError> {
        let answer = self.asked(|| self.to(Method::GET, "user/templates")).await?;
        let json = answer.json();
        let rows = json["result"].as_array().or_else(|| json["data"].as_array());
        let Some(rows) = rows.filter(|_| answer.is_success()) else {
            return Err(SmsError::Transient(answer.words()));
        };
        let template = |row: &Value| {
            let text = row["original_text"].as_str().or_else(|| row["template"].as_str())?;
            let moderation = match row["status"].as_str()? {
                "service" | "reklama" => Moderation::Approved,
                "rejected" => Moderation::Rejected,
                _ => Moderation::Waiting,
            };
            Some(Template { text: text.to_owned(), moderation })
        };
        Ok(rows.iter().filter_map(template).collect())
    }

    pub async fn submit_template(&self, text: &str) -> Result<(), SmsError> {
        let form = [("template", text)];
        let answer = self.asked(|| self.to(Method::POST, "user/template").form(&form)).await?;
        match answer.status {
            200..=299 => Ok(()),
            400..=428 | 430..=499 => Err(SmsError::Refused(said(&answer))),
            _ => Err(SmsError::Transient(answer.words())),
        }
    }

    fn to(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/api/{path}", self.base))
    }

    /// Makes a call with a token, once more with a new one when the old is no longer good.
    async fn asked(&self, request: impl Fn() -> RequestBuilder) -> Result<Answer, SmsError> {
        let token = self.token(None).await?;
        let answer = call(request().bearer_auth(token.text.expose_secret())).await?;
        let worn = match answer.status {
            401 => !token.fresh,
            // A worn token may look like their fault. A call without an effect tells the two apart, so that nothing
            // that was taken is sent twice.
            500 if !token.fresh => !self.is_good(&token).await?,
            _ => false,
        };
        if !worn {
            return match answer.status {
                401 => Err(SmsError::Refused(said(&answer))),
                _ => Ok(answer),
            };
        }
        let token = self.token(Some(&token)).await?;
        let answer = call(request().bearer_auth(token.text.expose_secret())).await?;
        match answer.status {
            401 => Err(SmsError::Refused(said(&answer))),
            _ => Ok(answer),
        }
    }

    async fn is_good(&self, token: &Token) -> Result<bool, SmsError> {
        let asked = call(self.to(Method::GET, "auth/user").bearer_auth(token.text.expose_secret())).await;
        // The first call got an answer: what became of it is no clearer than before.
        let answer = asked.map_err(|silence| SmsError::Unknown(silence.to_string()))?;
        Ok(answer.is_success())
    }

    /// The token that is kept, or a new one when there is none or `worn` is still the one.
    async fn token(&self, worn: Option<&Token>) -> Result<Token, SmsError> {
        let mut kept = self.token.lock().await;
        let is_worn = |text: &Secret| worn.is_some_and(|w| w.text.expose_secret() == text.expose_secret());
        if let Some(text) = kept.as_ref().filter(|text| !is_worn(text)) {
            return Ok(Token { text: text.clone(), fresh: worn.is_some() });
        }
        let renewed = match kept.take() {
            Some(old) => self.refresh(&old).await,
            None => None,
        };
        let text = match renewed {
            Some(text) => text,
            None => self.login().await?,
        };
        *kept = Some(text.clone());
        Ok(Token { text, fresh: true })
    }

    /// None when it does not work: the login decides.
    async fn refresh(&self, old: &Secret) -> Option<Secret> {
        let answer = call(self.to(Method::PATCH, "auth/refresh").bearer_auth(old.expose_secret())).await.ok()?;
        token_of(&answer).filter(|_| answer.is_success())
    }

    async fn login(&self) -> Result<Secret, SmsError> {
        let form = [("email", self.email.as_str()), ("password", self.password.expose_secret())];
        // Nothing was sent yet: whatever goes wrong here is no doubt about the message.
        let answer = call(self.to(Method::POST, "auth/login").form(&form))
            .await
            .map_err(|silence| SmsError::Transient(silence.to_string()))?;
        match (token_of(&answer), answer.status) {
            (Some(token), 200..=299) => Ok(token),
            (_, 400..=428 | 430..=499) => Err(SmsError::Refused(format!("the login is refused: {}", said(&answer)))),
            _ => Err(SmsError::Transient(answer.words())),
        }
    }
}

fn token_of(answer: &Answer) -> Option<Secret> {
    answer.json()["data"]["token"].as_str().filter(|text| !text.is_empty()).map(Secret::from)
}

/// What they say in words, without the rest of the answer.
fn said(answer: &Answer) -> String {
    match &answer.json()["message"] {
        Value::String(text) => format!("{} {text}", answer.status),
        Value::Null => answer.words(),
        other => format!("{} {}", answer.status, json!(other)),
    }
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
