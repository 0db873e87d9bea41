//! Text messages. Providers are tried in a configured order by `domain::sms`, which keeps what became of each try; here
//! is how each of them is spoken to.

mod eskiz;
mod parts;
mod playmobile;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::config::{Config, Secret, SmsProvider, is_webhook_secret};
use crate::outward::{Silence, form_pairs};
use crate::pulse::Pulse;
use crate::secrets::Secrets;

pub use eskiz::{Moderation, Template};
pub use parts::{Size, fold, size};

/// One message on its way.
#[derive(Clone, Debug)]
pub struct Message {
    /// Ours; providers are told it, so that a repeat can be recognised.
    pub id: Uuid,
    /// `998901234567`.
    phone: String,
    text: String,
}

impl Message {
    /// A text to a number of Uzbekistan (`+998…`). Other countries are refused: nobody here lives there, and numbers that
    /// cost a fortune do.
    ///
    /// # Errors
    /// [`SmsError::Permanent`] when the number is none of ours or the text is empty.
    pub fn new(id: Uuid, phone: &str, text: &str) -> Result<Self, SmsError> {
        let digits = phone.strip_prefix("+998").filter(|d| d.len() == 9 && d.bytes().all(|b| b.is_ascii_digit()));
        let Some(digits) = digits else {
            return Err(SmsError::Permanent("not a phone number of Uzbekistan".to_owned()));
        };
        if text.trim().is_empty() {
            return Err(SmsError::Permanent("there is no text".to_owned()));
        }
        Ok(Self { id, phone: format!("998{digits}"), text: fold(text) })
    }

    /// The text as it goes out.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is paid for.
    #[must_use]
    pub fn size(&self) -> Size {
        size(&self.text)
    }
}

/// Why a message was not sent. Only after [`SmsError::Unknown`] it may still arrive.
#[derive(Debug, thiserror::Error)]
pub enum SmsError {
    /// Will never work, with nobody.
    #[error("the message was refused: {0}")]
    Permanent(String),
    /// This provider does not take it: the text is not approved, there is no money, the login is wrong.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// Not taken now: the provider is away or busy.
    #[error("the message could not be sent now: {0}")]
    Transient(String),
    /// Whether it was taken is not known; ask [`Carrier::find`] before sending it again.
    #[error("the provider did not say whether it took the message: {0}")]
    Unknown(String),
}

impl SmsError {
    /// The provider is away, or will not serve us; a message that nobody would take says nothing of it.
    fn is_theirs(&self) -> bool {
        !matches!(self, Self::Permanent(_))
    }
}

impl From<Silence> for SmsError {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::Unheard(why) => Self::Transient(why),
            Silence::Unanswered(why) => Self::Unknown(why),
        }
    }
}

/// What became of a message whose sending got no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It was taken and has this number there.
    Taken(String),
    /// It was not.
    Nowhere,
    /// The provider has no way to ask, and ignores a repeat of the same message.
    RepeatIsHarmless,
}

/// How a message stands on its way to the telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Still going, or a word we do not know.
    OnTheWay,
    /// It is on the telephone.
    Delivered,
    /// It never will be.
    Failed,
}

impl Progress {
    /// Of a provider's word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word.trim().to_ascii_uppercase().as_str() {
            "DELIVERED" | "DELIVRD" => Self::Delivered,
            "REJECTED" | "REJECTD" | "UNDELIVERABLE" | "UNDELIVERED" | "UNDELIV" | "EXPIRED" | "DELETED" | "FAILED" => {
                Self::Failed
            }
            _ => Self::OnTheWay,
        }
    }
}

/// A delivery report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The message's number at the provider.
    pub provider_id: String,
    /// The provider's word.
    pub word: String,
}

impl Report {
    /// Reads Eskiz's call, which comes as JSON or as a form. None when it names no message or no state.
    #[must_use]
    pub fn eskiz(body: &[u8]) -> Option<Self> {
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let json = serde_json::from_slice::<serde_json::Value>(body).ok();
        let pairs = if json.is_none() { form_pairs(body) } else { Vec::new() };
        let field = |name: &str| match &json {
            Some(json) => text(&json[name]),
            None => pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.clone()),
        };
        let found = |name: &str| field(name).filter(|text| (1..=100).contains(&text.len()));
        Some(Self { provider_id: found("request_id").or_else(|| found("message_id"))?, word: found("status")? })
    }
}

/// The configured providers; cheap to clone.
#[derive(Clone, Debug)]
pub struct Sms {
    carriers: Arc<[Carrier]>,
    /// Parts a day over all of them.
    pub daily_parts: u32,
    report_secret: Secret,
}

impl Sms {
    /// None when no provider has a login. [`Config::load`] has already refused settings in part.
    #[must_use]
    pub fn from_config(config: &Config, secrets: &Secrets) -> Option<Self> {
        let mut carriers = Vec::new();
        for provider in &config.sms.order {
            let made = match provider {
                SmsProvider::Eskiz => eskiz::Eskiz::from_config(config, &callback_secret(config, secrets))
                    .map(|client| client.map(Client::Eskiz)),
                SmsProvider::PlayMobile => {
                    playmobile::PlayMobile::from_config(&config.playmobile).map(|client| client.map(Client::PlayMobile))
                }
            };
            let part_price = match provider {
                SmsProvider::Eskiz => config.eskiz.part_price,
                SmsProvider::PlayMobile => config.playmobile.part_price,
            };
            match made {
                Ok(Some(client)) => {
                    carriers.push(Carrier { provider: *provider, part_price, client, pulse: Pulse::default() });
                }
                Ok(None) => {}
                Err(problem) => tracing::error!(problem, provider = provider.as_str(), "an SMS provider is off"),
            }
        }
        (!carriers.is_empty()).then(|| Self {
            carriers: carriers.into(),
            daily_parts: config.sms.daily_parts,
            report_secret: callback_secret(config, secrets),
        })
    }

    /// The secret part of the address that delivery reports come to.
    #[must_use]
    pub fn report_secret(&self) -> &Secret {
        &self.report_secret
    }

    /// In the order they are tried.
    #[must_use]
    pub fn carriers(&self) -> &[Carrier] {
        &self.carriers
    }

    /// The one of this name, when it is configured.
    #[must_use]
    pub fn carrier(&self, name: &str) -> Option<&Carrier> {
        self.carriers.iter().find(|carrier| carrier.name() == name)
    }
}

/// One provider.
#[derive(Debug)]
pub struct Carrier {
    provider: SmsProvider,
    /// Tiyin for one part.
    pub part_price: i64,
    client: Client,
    pulse: Pulse,
}

#[derive(Debug)]
enum Client {
    Eskiz(eskiz::Eskiz),
    PlayMobile(playmobile::PlayMobile),
}

impl Carrier {
    /// `eskiz` or `playmobile`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.provider.as_str()
    }

    /// Hands a message over; the answer is its number there.
    ///
    /// # Errors
    /// Who may be asked next, and whether at once.
    pub async fn send(&self, message: &Message) -> Result<String, SmsError> {
        let sent = match &self.client {
            Client::Eskiz(client) => client.send(message).await,
            Client::PlayMobile(client) => client.send(message).await,
        };
        self.pulse.note(sent, SmsError::is_theirs)
    }

    /// When the provider last served us.
    #[must_use]
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    /// Looks for a message whose sending at `around` got no answer.
    ///
    /// # Errors
    /// As [`Carrier::send`].
    pub async fn find(&self, id: Uuid, around: DateTime<Utc>) -> Result<Found, SmsError> {
        match &self.client {
            Client::Eskiz(client) => client.find(id, around).await,
            Client::PlayMobile(_) => Ok(Found::RepeatIsHarmless),
        }
    }

    /// The provider's word on a message it took; none when it does not tell.
    ///
    /// # Errors
    /// As [`Carrier::send`].
    pub async fn progress(&self, provider_id: &str) -> Result<Option<String>, SmsError> {
        match &self.client {
            Client::Eskiz(client) => {
                let status = client.status(provider_id).await;
                self.pulse.note(status, SmsError::is_theirs).map(Some)
            }
            Client::PlayMobile(_) => Ok(None),
        }
    }

    /// Whether the login is good; what is left on the account, in the provider's words.
    ///
    /// # Errors
    /// As [`Carrier::send`].
    pub async fn check(&self) -> Result<Option<String>, SmsError> {
        match &self.client {
            Client::Eskiz(client) => {
                let left = client.balance().await;
                self.pulse.note(left, SmsError::is_theirs).map(Some)
            }
            // There is no call without an effect.
            Client::PlayMobile(_) => Ok(None),
        }
    }

    /// The texts the provider has seen, with its word on each; none when it approves no texts.
    ///
    /// # Errors
    /// As [`Carrier::send`].
    pub async fn templates(&self) -> Result<Option<Vec<Template>>, SmsError> {
        match &self.client {
            Client::Eskiz(client) => client.templates().await.map(Some),
            Client::PlayMobile(_) => Ok(None),
        }
    }

    /// Asks the provider to approve a text.
    ///
    /// # Errors
    /// As [`Carrier::send`].
    pub async fn submit_template(&self, text: &str) -> Result<(), SmsError> {
        match &self.client {
            Client::Eskiz(client) => client.submit_template(text).await,
            Client::PlayMobile(_) => Ok(()),
        }
    }
}

fn callback_secret(config: &Config, secrets: &Secrets) -> Secret {
    let made = || {
        let hex: String = secrets.derived("eskiz callback").iter().map(|byte| format!("{byte:02x}")).collect();
        Secret::from(hex)
    };
    config.eskiz.callback_secret.clone().unwrap_or_else(made)
}

/// A sentence about settings that cannot work.
pub(crate) fn check(config: &Config) -> Result<(), String> {
    use secrecy::ExposeSecret;

    let (eskiz, playmobile) = (&config.eskiz, &config.playmobile);
    if eskiz.email.is_some() != eskiz.password.is_some() {
        return Err("eskiz.email and eskiz.password belong together: set both, or neither.".to_owned());
    }
    if playmobile.login.is_some() != playmobile.password.is_some() {
        return Err("playmobile.login and playmobile.password belong together: set both, or neither.".to_owned());
    }
    if eskiz.part_price < 0 || playmobile.part_price < 0 {
        return Err("eskiz.part_price and playmobile.part_price are tiyin, 0 or more.".to_owned());
    }
    match &eskiz.callback_secret {
        Some(secret) if !is_webhook_secret(secret.expose_secret()) => {
            Err("eskiz.callback_secret must have 16 to 256 characters from A-Z a-z 0-9 _ -.".to_owned())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_abroad_cost_nothing() {
        let made = |phone| Message::new(Uuid::nil(), phone, "Toʻlov");
        assert_eq!(made("+998901234567").unwrap().phone, "998901234567");
        assert_eq!(made("+998901234567").unwrap().text(), "To'lov");
        for phone in ["+79001234567", "998901234567", "+99890123456", "+9989012345678", "+99890123456x", ""] {
            assert!(matches!(made(phone), Err(SmsError::Permanent(_))), "{phone}");
        }
        assert!(Message::new(Uuid::nil(), "+998901234567", " ").is_err());
    }

    #[test]
    fn reports_come_as_json_and_as_forms() {
        let both = Some(Report { provider_id: "a-1".to_owned(), word: "DELIVERED".to_owned() });
        assert_eq!(Report::eskiz(br#"{"request_id":"a-1","status":"DELIVERED","sms_count":"1"}"#), both);
        assert_eq!(Report::eskiz(b"request_id=a-1&status=DELIVERED&country=UZ"), both);
        assert_eq!(Report::eskiz(br#"{"request_id":17,"status":"NEW"}"#).unwrap().provider_id, "17");
        for odd in [&b""[..], b"{}", b"[]", b"\xff\xfe", br#"{"request_id":"a"}"#, b"status=NEW"] {
            assert_eq!(Report::eskiz(odd), None);
        }
        assert_eq!(Progress::of("delivrd"), Progress::Delivered);
        assert_eq!(Progress::of("PARTDELIVERED"), Progress::OnTheWay);
        assert_eq!(Progress::of("EXPIRED"), Progress::Failed);
    }
}
