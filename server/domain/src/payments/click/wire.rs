//! What Click sends and hears. The form is decoded by hand and every value stays the text that came, because the
//! signature is made of those texts.

use md5::{Digest, Md5};
use serde_json::{Value, json};
use std::fmt::Write;
use subtle::ConstantTimeEq;

/// What an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    Success,
    Sign,
    Amount,
    Action,
    Paid,
    NoAccount,
    NoTransaction,
    /// Our own part failed: the only "try again".
    Failed,
    Request,
    Cancelled,
}

impl Note {
    pub const fn code(self) -> i32 {
        match self {
            Self::Success => 0,
            Self::Sign => -1,
            Self::Amount => -2,
            Self::Action => -3,
            Self::Paid => -4,
            Self::NoAccount => -5,
            Self::NoTransaction => -6,
            Self::Failed => -7,
            Self::Request => -8,
            Self::Cancelled => -9,
        }
    }

    /// The usual words; Click's support looks for them, so they are the same in every language.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::Sign => "SIGN CHECK FAILED!",
            Self::Amount => "Incorrect parameter amount",
            Self::Action => "Action not found",
            Self::Paid => "Already paid",
            Self::NoAccount => "User does not exist",
            Self::NoTransaction => "Transaction does not exist",
            Self::Failed => "Failed to update user",
            Self::Request => "Error in request from click",
            Self::Cancelled => "Transaction cancelled",
        }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub note: Note,
    /// Exactly as many digits as came.
    pub click_trans_id: Option<i64>,
    pub merchant_trans_id: Option<String>,
    pub prepare_id: Option<i32>,
    pub confirm_id: Option<i32>,
}

impl Reply {
    /// An answer to a call that was not even read.
    pub const fn bare(note: Note) -> Self {
        Self { note, click_trans_id: None, merchant_trans_id: None, prepare_id: None, confirm_id: None }
    }

    pub fn json(&self) -> Value {
        let mut answer = json!({ "error": self.note.code(), "error_note": self.note.words() });
        if let Some(id) = self.click_trans_id {
            answer["click_trans_id"] = id.into();
        }
        if let Some(id) = &self.merchant_trans_id {
            answer["merchant_trans_id"] = id.as_str().into();
        }
        if let Some(id) = self.prepare_id {
            answer["merchant_prepare_id"] = id.into();
        }
        if let Some(id) = self.confirm_id {
            answer["merchant_confirm_id"] = id.into();
        }
        answer
    }
}

/// A call as its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    click_trans_id: String,
    service_id: String,
    click_paydoc_id: String,
    merchant_trans_id: String,
    merchant_prepare_id: Option<String>,
    amount: String,
    action: String,
    error: String,
    error_note: String,
    sign_time: String,
    sign_string: String,
}

/// A call whose numbers read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub click_trans_id: i64,
    pub click_paydoc_id: i64,
    pub account: String,
    /// Not there when it is no sum.
    pub amount: Option<i64>,
    pub error: i32,
    pub error_note: String,
    /// `Complete` with the number that `Prepare` gave.
    pub complete: Option<i32>,
}

const FIELDS: usize = 11;

impl Form {
    /// Reads a form. A missing value, one that comes twice, or one that is no text is an error in the request.
    pub fn read(body: &[u8]) -> Result<Self, Note> {
        const NAMES: [&str; FIELDS] = [
            "click_trans_id",
            "service_id",
            "click_paydoc_id",
            "merchant_trans_id",
            "merchant_prepare_id",
            "amount",
            "action",
            "error",
            "error_note",
            "sign_time",
            "sign_string",
        ];
        let mut found: [Option<String>; FIELDS] = Default::default();
        for pair in body.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            let at = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
            let (name, value) = (decode(&pair[..at])?, decode(pair.get(at + 1..).unwrap_or_default())?);
            let Some(slot) = NAMES.iter().position(|known| *known == name) else { continue };
            if found[slot].replace(value).is_some() {
                return Err(Note::Request);
            }
        }
        let [trans, service, paydoc, account, prepare, amount, action, error, note, time, sign] = found;
        let must = |value: Option<String>| value.filter(|text| !text.is_empty()).ok_or(Note::Request);
        let form = Self {
            click_trans_id: must(trans)?,
            service_id: must(service)?,
            click_paydoc_id: must(paydoc)?,
            merchant_trans_id: must(account)?,
            merchant_prepare_id: prepare.filter(|text| !text.is_empty()),
            amount: must(amount)?,
            action: must(action)?,
            error: must(error)?,
            // The note may be empty, but it is there.
            error_note: note.ok_or(Note::Request)?,
            sign_time: must(time)?,
            sign_string: must(sign)?,
        };
        if form.action == "1" && form.merchant_prepare_id.is_none() {
            return Err(Note::Request);
        }
        Ok(form)
    }

    pub fn service(&self) -> Option<i64> {
        integer(&self.service_id).filter(|id| *id > 0)
    }

    /// Whether the signature fits, over the texts as they came.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let prepare = match self.action.as_str() {
            "0" => None,
            // Complete has it; for other actions no formula is known: with what came.
            _ => self.merchant_prepare_id.as_deref(),
        };
        let expected = sign(
            &self.click_trans_id,
            &self.service_id,
            secret,
            &self.merchant_trans_id,
            prepare,
            &self.amount,
            &self.action,
            &self.sign_time,
        );
        self.sign_string.len() == 32
            && bool::from(self.sign_string.to_ascii_lowercase().as_bytes().ct_eq(expected.as_bytes()))
    }

    /// The call with its numbers read; `service` is the one of the kassa.
    pub fn call(&self, service: Option<i64>) -> Result<Call, Note> {
        let complete = match self.action.as_str() {
            "0" => false,
            "1" => true,
            _ => return Err(Note::Action),
        };
        if self.service().is_none() || self.service() != service {
            return Err(Note::Request);
        }
        let id = |text: &str| integer(text).ok_or(Note::Request);
        let prepare = match &self.merchant_prepare_id {
            Some(text) if complete => Some(i32::try_from(id(text)?).map_err(|_| Note::NoTransaction)?),
            _ => None,
        };
        let error = i32::try_from(id(&self.error)?).map_err(|_| Note::Request)?;
        Ok(Call {
            click_trans_id: id(&self.click_trans_id)?,
            click_paydoc_id: id(&self.click_paydoc_id)?,
            account: self.merchant_trans_id.clone(),
            amount: tiyin(&self.amount),
            error,
            error_note: self.error_note.chars().filter(|c| !c.is_control()).take(500).collect(),
            complete: prepare,
        })
    }

    /// An answer to this call, with its ids where they read.
    pub fn reply(&self, note: Note) -> Reply {
        Reply {
            note,
            click_trans_id: integer(&self.click_trans_id),
            merchant_trans_id: Some(self.merchant_trans_id.clone()).filter(|text| text.len() <= 64),
            prepare_id: None,
            confirm_id: None,
        }
    }
}

/// The signature of a Prepare.
pub fn sign_prepare(trans: &str, service: &str, secret: &str, account: &str, amount: &str, time: &str) -> String {
    sign(trans, service, secret, account, None, amount, "0", time)
}

/// The signature of a Complete.
pub fn sign_complete(
    trans: &str,
    service: &str,
    secret: &str,
    account: &str,
    prepare: &str,
    amount: &str,
    time: &str,
) -> String {
    sign(trans, service, secret, account, Some(prepare), amount, "1", time)
}

/// The formula of both: the texts in order, without anything between.
pub fn sign(
    trans: &str,
    service: &str,
    secret: &str,
    account: &str,
    prepare: Option<&str>,
    amount: &str,
    action: &str,
    time: &str,
) -> String {
    let mut hash = Md5::new();
    for part in [trans, service, secret, account, prepare.unwrap_or_default(), amount, action, time] {
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().fold(String::with_capacity(32), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// One text of a form. What is not UTF-8, or has control characters that no column can hold, is no text.
fn decode(raw: &[u8]) -> Result<String, Note> {
    let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter().copied();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = bytes.next().and_then(hex).ok_or(Note::Request)?;
                let low = bytes.next().and_then(hex).ok_or(Note::Request)?;
                high * 16 + low
            }
            byte => byte,
        });
    }
    let text = String::from_utf8(out).map_err(|_| Note::Request)?;
    if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n')) { Err(Note::Request) } else { Ok(text) }
}

/// A whole number without sign tricks, spaces or plus.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.len() <= 19 && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// A sum in soʻm with at most two decimals, in tiyin.
pub(super) fn tiyin(text: &str) -> Option<i64> {
    let (whole, part) = match text.split_once('.') {
        Some((whole, part)) if (1..=2).contains(&part.len()) => (whole, part),
        Some(_) => return None,
        None => (text, ""),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 17 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(part)
}
