//! Play Mobile (smsxabar). A message is taken or it is not; a repeat with the same number is ignored there, and how it
//! went on is not told.

use std::fmt;

use reqwest::Client;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{Message, SmsError};
use crate::config::{PlayMobileConfig, Secret};
use crate::outward::{call, client};

pub(super) struct PlayMobile {
    http: Client,
    base: String,
    login: String,
    password: Secret,
    sender: String,
}

impl fmt::Debug for PlayMobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlayMobile({})", self.base)
    }
}

impl PlayMobile {
    pub fn from_config(settings: &PlayMobileConfig) -> Result<Option<Self>, String> {
        let (Some(login), Some(password)) = (&settings.login, &settings.password) else { return Ok(None) };
        Ok(Some(Self {
            http: client()?,
            base: settings.url.trim_end_matches('/').to_owned(),
            login: login.clone(),
            password: password.clone(),
            sender: settings.sender.clone(),
        }))
    }

    pub async fn send(&self, message: &Message) -> Result<String, SmsError> {
        let id = message.id.to_string();
        let body = json!({ "messages": [{
            "recipient": message.phone,
            "message-id": id,
            "sms": { "originator": self.sender, "content": { "text": message.text } },
        }] });
        let request = self.http.post(format!("{}/broker-api/send", self.base)).json(&body);
        let answer = call(request.basic_auth(&self.login, Some(self.password.expose_secret()))).await?;
        match answer.status {
            200..=399 => Ok(id),
            429 => Err(SmsError::Transient(answer.words())),
            400 => Err(coded(&answer.json()).unwrap_or_else(|| SmsError::Refused(answer.words()))),
            401..=499 => Err(SmsError::Refused(answer.words())),
            _ => Err(SmsError::Unknown(answer.words())),
        }
    }
}

/// Their numbered refusals.
fn coded(json: &Value) -> Option<SmsError> {
    let code = json["error-code"].as_i64().or_else(|| json["error-code"].as_str()?.parse().ok())?;
    let words = json["error-description"].as_str().unwrap_or_default();
    let why = format!("error {code} {words}").trim_end().to_owned();
    Some(match code {
        // Their own trouble, or no channel right now.
        100 | 103 => SmsError::Transient(why),
        202 => SmsError::Permanent(why),
        _ => SmsError::Refused(why),
    })
}
