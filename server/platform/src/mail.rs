//! Outgoing mail over SMTP. Without a configured server the caller captures mail instead.

use std::time::Duration;

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;

use crate::config::{Config, SmtpConfig};
use crate::pulse::Pulse;

/// For each step of the SMTP conversation.
const TIMEOUT: Duration = Duration::from_secs(15);

/// One message. `to` is `name@host` or `Name <name@host>`.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Recipient.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Plain text; always there.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// Names the letter: sent twice with one id it is one letter (`Message-ID`).
    pub id: Option<uuid::Uuid>,
    /// An address that stops letters of this kind with one press, without a login (RFC 8058).
    pub unsubscribe: Option<String>,
}

/// `List-Unsubscribe`.
#[derive(Clone)]
struct Unsubscribe(String);

impl Header for Unsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }
    fn parse(s: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(s.to_owned()))
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// `List-Unsubscribe-Post`: the link wants a POST with this body, and nothing else.
#[derive(Clone)]
struct OneClick;

impl Header for OneClick {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

/// Why a message was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Will never work: a malformed address or a final refusal.
    #[error("the message was refused: {0}")]
    Permanent(String),
    /// May work later: the server is away or busy.
    #[error("the message could not be sent now: {0}")]
    Transient(String),
}

impl MailError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Transient(_))
    }
}

/// Sends mail through the configured server; cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer {
    smtp: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    pulse: Pulse,
}

impl Mailer {
    /// None when no server is configured. [`Config::load`] has already refused malformed settings.
    #[must_use]
    pub fn from_config(config: &Config) -> Option<Self> {
        match build(&config.smtp) {
            Ok(mailer) => mailer,
            Err(problem) => {
                tracing::error!(problem, "mail is off");
                None
            }
        }
    }

    /// Sends one message and waits for the server's word.
    ///
    /// # Errors
    /// Whether another attempt makes sense.
    pub async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let permanent = |error: &dyn std::fmt::Display| MailError::Permanent(error.to_string());
        let to: Mailbox = mail.to.parse().map_err(|error| permanent(&error))?;
        let mut draft = Message::builder().from(self.from.clone()).to(to).subject(&mail.subject);
        if let Some(id) = mail.id {
            draft = draft.message_id(Some(format!("<{id}@{}>", self.from.email.domain())));
        }
        if let Some(link) = &mail.unsubscribe {
            draft = draft.header(Unsubscribe(format!("<{link}>"))).header(OneClick);
        }
        let message = match &mail.html {
            Some(html) => draft.multipart(MultiPart::alternative_plain_html(mail.text.clone(), html.clone())),
            None => draft.body(mail.text.clone()),
        }
        .map_err(|error| permanent(&error))?;
        let sent = match self.smtp.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(permanent(&error)),
            Err(error) => Err(MailError::Transient(error.to_string())),
        };
        self.pulse.note(sent, MailError::is_transient)
    }

    /// When the server last answered.
    #[must_use]
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    /// Whether the server answers and takes our login.
    ///
    /// # Errors
    /// [`MailError::Transient`] when it does not.
    pub async fn check(&self) -> Result<(), MailError> {
        let answer = match self.smtp.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(MailError::Transient("the server does not answer".to_owned())),
            Err(error) => Err(MailError::Transient(error.to_string())),
        };
        self.pulse.note(answer, MailError::is_transient)
    }
}

/// A sentence about settings that cannot work.
pub(crate) fn check(config: &SmtpConfig) -> Result<(), String> {
    let from: Result<Mailbox, _> = config.from.parse();
    from.map_err(|_| format!("smtp.from: `{}` is not a mail address.", config.from))?;
    let Some(url) = &config.url else { return Ok(()) };
    AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
        .map(|_| ())
        .map_err(|_| "smtp.url must look like smtps://user:password@host or smtp://host:port?tls=required.".to_owned())
}

fn build(config: &SmtpConfig) -> Result<Option<Mailer>, String> {
    let Some(url) = &config.url else { return Ok(None) };
    let from = config.from.parse().map_err(|_| "smtp.from is malformed".to_owned())?;
    let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
        .map_err(|error| error.to_string())?
        .timeout(Some(TIMEOUT))
        .build();
    Ok(Some(Mailer { smtp, from, pulse: Pulse::default() }))
}
