//! Calls to services of others: time-outs, bounded answers, and whether a call that failed may have been heard.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(20);
/// Longer answers are none of what we ask for.
const ANSWER_LIMIT: usize = 1024 * 1024;
/// How much of an answer in plain words is kept as the reason of a failure.
const REASON: usize = 200;

/// A client for one service. Its addresses are configured, so redirects are not followed: they would carry secrets
/// elsewhere.
pub(crate) fn client() -> Result<Client, String> {
    Client::builder()
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .redirect(Policy::none())
        .user_agent("uk-crm")
        .build()
        .map_err(|_| "TLS could not be set up".to_owned())
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub retry_after: Option<Duration>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or(serde_json::Value::Null)
    }

    /// Status and the beginning of the body, for people.
    pub fn words(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(REASON).collect();
        format!("{} {text}", self.status).trim_end().to_owned()
    }
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Silence {
    /// The other side never heard the call.
    #[error("it is not reached: {0}")]
    Unheard(String),
    /// It may have heard it and done what was asked.
    #[error("it did not answer: {0}")]
    Unanswered(String),
}

/// Makes a call. Words of a failure never hold its address: addresses may be secrets.
pub(crate) async fn call(request: RequestBuilder) -> Result<Answer, Silence> {
    let mut response = request.send().await.map_err(silence)?;
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(silence)? {
        if body.len() + piece.len() > ANSWER_LIMIT {
            break;
        }
        body.extend_from_slice(&piece);
    }
    Ok(Answer { status, retry_after, body })
}

fn silence(error: reqwest::Error) -> Silence {
    let unheard = error.is_connect() || error.is_builder();
    let error = error.without_url();
    // The outer words only say that something failed; the cause says what.
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(deeper) = cause {
        words = deeper.to_string();
        cause = deeper.source();
    }
    if unheard { Silence::Unheard(words) } else { Silence::Unanswered(words) }
}

/// Pairs of a form, as `name=value&…`.
pub(crate) fn form_pairs(body: &[u8]) -> Vec<(String, String)> {
    // An address reads pairs the same way.
    let Ok(mut url) = reqwest::Url::parse("http://form") else { return Vec::new() };
    url.set_query(Some(&String::from_utf8_lossy(body)));
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}
