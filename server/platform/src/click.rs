//! Click's Merchant API: what we ask Click, beside what Click asks us. Each call proves itself by the kassa's key and the
//! time. There is no key of a repeat there: after a call without an answer one asks how the payment stands before calling again.

use std::fmt;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use reqwest::{Client, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::outward::{Answer, Silence, call, client};

/// The service of one kassa, with what it proves itself by.
#[derive(Clone, Debug)]
pub struct Merchant {
    /// Where Click answers, without a stroke at the end.
    pub base: String,
    pub service_id: i64,
    pub user_id: String,
    pub secret: SecretString,
}

/// How a payment stands at Click.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The money is with the company.
    Paid,
    /// Neither done nor failed.
    Waiting,
    /// It failed or was given back; in Click's words.
    Failed(String),
    /// Click knows no such payment.
    Missing,
}

/// Why a call did not do what it was for. Only after [`ClickError::Unknown`] it may have been done.
#[derive(Debug, thiserror::Error)]
pub enum ClickError {
    /// Heard and refused, in Click's words.
    #[error("Click refused: {0}")]
    Refused(String),
    /// Not heard, or too busy.
    #[error("Click could not be asked now: {0}")]
    Transient(String),
    /// No answer, or one that says nothing.
    #[error("Click did not say what became of it: {0}")]
    Unknown(String),
}

impl From<Silence> for ClickError {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::Unheard(why) => Self::Transient(why),
            Silence::Unanswered(why) => Self::Unknown(why),
        }
    }
}

/// The client; cheap to clone.
#[derive(Clone)]
pub struct ClickApi(Client);

impl fmt::Debug for ClickApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClickApi")
    }
}

impl ClickApi {
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new() -> Result<Self, String> {
        client().map(Self)
    }

    /// How a payment stands, by Click's number of it.
    ///
    /// # Errors
    /// See [`ClickError`]; asking moves nothing.
    pub async fn standing(&self, of: &Merchant, payment: i64, now: i64) -> Result<Standing, ClickError> {
        let url = format!("{}/payment/status/{}/{payment}", of.base, of.service_id);
        let answer = call(signed(self.0.get(url), of, now)).await?;
        if answer.status == 404 {
            return Ok(Standing::Missing);
        }
        let said = heard(&answer)?;
        let state = said["payment_status"].as_i64().or_else(|| said["payment_status"].as_str()?.parse().ok());
        match state {
            Some(2) => Ok(Standing::Paid),
            Some(0 | 1) => Ok(Standing::Waiting),
            Some(state) if state < 0 => Ok(Standing::Failed(format!("{state} {}", note(&said)).trim_end().to_owned())),
            _ => Err(ClickError::Unknown(answer.words())),
        }
    }

    /// Gives a payment back to whoever paid. The whole of it: Click knows no part.
    ///
    /// # Errors
    /// See [`ClickError`].
    pub async fn reverse(&self, of: &Merchant, payment: i64, now: i64) -> Result<(), ClickError> {
        let url = format!("{}/payment/reversal/{}/{payment}", of.base, of.service_id);
        heard(&call(signed(self.0.delete(url), of, now)).await?).map(drop)
    }

    /// Tells Click the lines of the fiscal receipt of a payment by card. `items` are in Click's names; every sum is tiyin.
    ///
    /// # Errors
    /// See [`ClickError`].
    pub async fn submit_items(
        &self,
        of: &Merchant,
        payment: i64,
        items: &Value,
        tiyin: i64,
        now: i64,
    ) -> Result<(), ClickError> {
        let url = format!("{}/payment/ofd_data/submit_items", of.base);
        let body = json!({
            "service_id": of.service_id, "payment_id": payment, "items": items,
            "received_ecash": 0, "received_cash": 0, "received_card": tiyin,
        });
        heard(&call(signed(self.0.post(url), of, now).json(&body)).await?).map(drop)
    }

    /// Where the fiscal receipt of a payment is; nothing while there is none.
    ///
    /// # Errors
    /// See [`ClickError`]; asking moves nothing.
    pub async fn receipt(&self, of: &Merchant, payment: i64, now: i64) -> Result<Option<String>, ClickError> {
        let url = format!("{}/payment/ofd_data/{}/{payment}", of.base, of.service_id);
        let answer = call(signed(self.0.get(url), of, now)).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        place(&answer)
    }
}

fn signed(request: RequestBuilder, of: &Merchant, now: i64) -> RequestBuilder {
    request.header("Accept", "application/json").header("Auth", auth(of, now))
}

/// `merchant_user_id:digest:timestamp`.
fn auth(of: &Merchant, now: i64) -> String {
    let proof = digest(&SHA1_FOR_LEGACY_USE_ONLY, format!("{now}{}", of.secret.expose_secret()).as_bytes());
    let hex: String = proof.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}:{hex}:{now}", of.user_id)
}

/// An answer that says the call worked.
fn heard(answer: &Answer) -> Result<Value, ClickError> {
    let said = answer.json();
    let code = said["error_code"].as_i64().or_else(|| said["error_code"].as_str()?.parse().ok());
    match (answer.status, code) {
        (200..=299, Some(0)) => Ok(said),
        (200..=299, Some(code)) => Err(ClickError::Refused(format!("{code} {}", note(&said)).trim_end().to_owned())),
        // A proof that does not fit, by a key or a clock of ours, moves nothing and can be mended.
        (401 | 429, _) => Err(ClickError::Transient(answer.words())),
        (400..=499, _) => Err(ClickError::Refused(answer.words())),
        _ => Err(ClickError::Unknown(answer.words())),
    }
}

/// The address in an answer about a receipt; such an answer need not say that the call worked.
fn place(answer: &Answer) -> Result<Option<String>, ClickError> {
    let said = answer.json();
    let silent = answer.is_success() && said.is_object() && said["error_code"].is_null();
    let said = if silent { said } else { heard(answer)? };
    Ok(said["qrCodeURL"].as_str().map(str::trim).filter(|url| !url.is_empty()).map(str::to_owned))
}

fn note(said: &Value) -> String {
    said["error_note"].as_str().unwrap_or_default().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Click 15: the vector of the proof.
    #[test]
    fn click_15_a_call_proves_itself_as_the_vector_says() {
        let of = Merchant {
            base: String::new(),
            service_id: 73_438,
            user_id: "3333".to_owned(),
            secret: "TESTSECRET01".into(),
        };
        assert_eq!(auth(&of, 1_772_701_629), "3333:e462430d80897ab7ee8bf1cd271abc6f6d7da25e:1772701629");
    }

    /// Click 15: `error_code` 0 means that the call worked; every other answer is no yes.
    #[test]
    fn click_15_only_a_plain_yes_is_a_yes() {
        let answer = |status, body: &str| heard(&Answer { status, retry_after: None, body: body.as_bytes().to_vec() });
        assert!(answer(200, r#"{"error_code":0,"payment_id":7}"#).is_ok());
        let refused = answer(200, r#"{"error_code":-31,"error_note":"Too late"}"#);
        assert!(matches!(refused, Err(ClickError::Refused(why)) if why == "-31 Too late"));
        assert!(matches!(answer(403, "no"), Err(ClickError::Refused(_))));
        assert!(matches!(answer(429, ""), Err(ClickError::Transient(_))));
        for (status, body) in [(200, ""), (200, "{}"), (500, r#"{"error_code":0}"#), (502, "gateway")] {
            assert!(matches!(answer(status, body), Err(ClickError::Unknown(_))), "{status} {body}");
        }
    }

    /// Click 16: where a receipt is; none yet is no failure.
    #[test]
    fn click_16_a_receipt_is_an_address_or_not_there_yet() {
        let answer = |status, body: &str| place(&Answer { status, retry_after: None, body: body.as_bytes().to_vec() });
        for body in [
            r#"{"paymentId":7,"qrCodeURL":"https://ofd.uz/1"}"#,
            r#"{"error_code":0,"paymentId":7,"qrCodeURL":" https://ofd.uz/1 "}"#,
        ] {
            assert_eq!(answer(200, body).unwrap().as_deref(), Some("https://ofd.uz/1"), "{body}");
        }
        for body in [r#"{"paymentId":7,"qrCodeURL":""}"#, r#"{"paymentId":7,"qrCodeURL":null}"#, r#"{"error_code":0}"#]
        {
            assert_eq!(answer(200, body).unwrap(), None, "{body}");
        }
        assert!(matches!(answer(200, r#"{"error_code":-5,"error_note":"No"}"#), Err(ClickError::Refused(_))));
        assert!(matches!(answer(200, "gateway"), Err(ClickError::Unknown(_))));
        assert!(matches!(answer(429, ""), Err(ClickError::Transient(_))));
        assert!(matches!(answer(502, "{}"), Err(ClickError::Unknown(_))));
    }
}
