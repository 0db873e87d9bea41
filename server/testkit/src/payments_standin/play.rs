//! A scenario being played: each call written down with what was wanted and what came.

use super::wire::{Heard, Kassa, Line as Wire, Proof, click_fields};
use anyhow::Result;
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// What is played, and how roughly.
#[derive(Clone, Debug)]
pub struct Play {
    /// A payable account, or a fresh bill where the kassa takes bills.
    pub account: String,
    pub tiyin: i64,
    /// Each call so many times at once; all answers must agree.
    pub repeat: usize,
    /// Between calls.
    pub delay: Duration,
    /// Before each call the same one is sent whose answer nobody reads.
    pub drop_answers: bool,
}

impl Play {
    pub fn new(account: &str, tiyin: i64) -> Self {
        Self { account: account.to_owned(), tiyin, repeat: 1, delay: Duration::ZERO, drop_answers: false }
    }
}

/// One call of a report.
#[derive(Clone, Debug)]
pub struct Line {
    pub call: String,
    pub wanted: String,
    pub got: String,
    pub good: bool,
}

/// How a scenario went.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub lines: Vec<Line>,
}

impl Report {
    pub fn good(&self) -> bool {
        self.lines.iter().all(|line| line.good)
    }
}

/// A scenario at work.
pub(super) struct Stage<'a> {
    http: reqwest::Client,
    pub kassa: &'a Kassa,
    pub play: &'a Play,
    pub report: Report,
    calls: i64,
}

impl<'a> Stage<'a> {
    pub fn new(kassa: &'a Kassa, play: &'a Play) -> Self {
        Self { http: reqwest::Client::new(), kassa, play, report: Report::default(), calls: 0 }
    }

    fn wire(&self) -> Wire<'_> {
        Wire { http: &self.http, kassa: self.kassa }
    }

    /// A transaction of Payme nobody has seen.
    pub fn payme_id() -> String {
        Uuid::now_v7().simple().to_string()[8..].to_owned()
    }

    /// An attempt of Click nobody has seen.
    pub fn click_id() -> i64 {
        i64::try_from(Uuid::now_v7().as_u128() & 0x7fff_ffff_ffff_ffff).unwrap_or(i64::MAX)
    }

    pub fn payee(&self) -> Value {
        json!({ (self.kassa.field.clone()): self.play.account })
    }

    /// Calls Payme's way; repeats must agree with the first answer.
    pub async fn payme(&mut self, proof: Proof, method: &str, params: Value, wanted: Wanted<'_>) -> Result<Value> {
        tokio::time::sleep(self.play.delay).await;
        if self.play.drop_answers && proof == Proof::Good {
            self.wire().payme_and_hang_up(method, &params).await?;
        }
        self.calls += 1;
        let id = self.calls;
        let (wire, params_ref) = (self.wire(), &params);
        let all = join_all((0..self.play.repeat.max(1)).map(|_| wire.payme(proof, method, params_ref, id))).await;
        let all = all.into_iter().collect::<Result<Vec<Heard>>>()?;
        let call = format!("{method} {params}");
        let answer = self.judge(call, &all, wanted);
        Ok(answer)
    }

    /// Calls Click's way. Of copies sent at once one does the work; the others hear that it is done.
    pub async fn click(
        &mut self,
        trans: i64,
        prepare: Option<&Value>,
        tiyin: i64,
        error: i32,
        proof: Proof,
        wanted: Wanted<'_>,
    ) -> Result<Value> {
        self.click_for(&self.play.account.clone(), trans, prepare, tiyin, error, proof, wanted).await
    }

    #[allow(clippy::too_many_arguments, reason = "as many as the form has fields")]
    pub async fn click_for(
        &mut self,
        account: &str,
        trans: i64,
        prepare: Option<&Value>,
        tiyin: i64,
        error: i32,
        proof: Proof,
        wanted: Wanted<'_>,
    ) -> Result<Value> {
        tokio::time::sleep(self.play.delay).await;
        let fields = click_fields(self.kassa, trans, account, tiyin, prepare, error, proof);
        if self.play.drop_answers && proof == Proof::Good && prepare.is_none() {
            self.wire().click_and_hang_up(&fields).await?;
        }
        // A repeated Complete has another answer by the protocol, so only Prepare is sent in copies.
        let copies = if prepare.is_none() { self.play.repeat.max(1) } else { 1 };
        let (wire, fields_ref) = (self.wire(), &fields);
        let all = join_all((0..copies).map(|_| wire.click(fields_ref))).await;
        let all = all.into_iter().collect::<Result<Vec<Heard>>>()?;
        let shown: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let name = if prepare.is_some() { "Complete" } else { "Prepare" };
        Ok(self.judge(format!("{name} {}", shown.join("&")), &all, wanted))
    }

    fn judge(&mut self, call: String, all: &[Heard], wanted: Wanted<'_>) -> Value {
        let Some(first) = all.first() else { return Value::Null };
        let agree = all.iter().all(|other| other.body == first.body);
        let good = first.status == 200 && agree && wanted.fits(&first.body);
        let more = if agree {
            String::new()
        } else {
            format!(" — copies disagree: {:?}", all.iter().map(|h| &h.body).collect::<Vec<_>>())
        };
        let got = format!("HTTP {} {}{more}", first.status, first.body);
        self.report.lines.push(Line { call, wanted: wanted.to_string(), got, good });
        first.body.clone()
    }

    /// Something that must hold between answers.
    pub fn must(&mut self, what: &str, good: bool) {
        self.report.lines.push(Line { call: what.to_owned(), wanted: "equal".to_owned(), got: good.to_string(), good });
    }
}

/// What an answer must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted<'a> {
    /// A result of Payme with this member.
    Result(&'a str, i64),
    Allowed,
    Statement,
    /// An error of Payme within these bounds.
    Error(i64, i64),
    /// The code of Click.
    Click(i64),
}

impl Wanted<'_> {
    fn fits(self, body: &Value) -> bool {
        let result = &body["result"];
        let one = body.get("result").is_some() != body.get("error").is_some();
        match self {
            Self::Result(name, value) => one && result[name] == value,
            Self::Allowed => one && result["allow"] == true,
            Self::Statement => one && result["transactions"].is_array(),
            Self::Error(from, to) => {
                let error = &body["error"];
                let said =
                    ["ru", "uz", "en"].iter().all(|l| error["message"][l].as_str().is_some_and(|t| !t.is_empty()));
                one && said && error["code"].as_i64().is_some_and(|code| (from..=to).contains(&code))
            }
            Self::Click(code) => body["error"] == code && body["error_note"].is_string(),
        }
    }
}

impl std::fmt::Display for Wanted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Result(name, value) => write!(f, "{name}: {value}"),
            Self::Allowed => f.write_str("allow: true"),
            Self::Statement => f.write_str("transactions"),
            Self::Error(from, to) if from == to => write!(f, "error {from}"),
            Self::Error(from, to) => write!(f, "error {from} … {to}"),
            Self::Click(code) => write!(f, "error {code}"),
        }
    }
}
