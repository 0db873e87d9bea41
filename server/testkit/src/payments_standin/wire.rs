//! One call as the providers make it.

use anyhow::{Context, Result};
use domain::payments::{click, payme};
use model::payments::{KassaMode, Provider};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// A provider does not wait for ever.
const PATIENCE: Duration = Duration::from_secs(30);

/// A contract with a merchant: what the provider's own books hold.
#[derive(Clone, Debug)]
pub struct Kassa {
    pub provider: Provider,
    /// Payme: the id of the kassa; Click: the service.
    pub id: String,
    pub key: String,
    /// Payme's name of the account.
    pub field: String,
    pub mode: KassaMode,
    /// The whole address of the merchant's endpoint.
    pub endpoint: String,
}

/// An answer as it came.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub status: u16,
    pub body: Value,
}

/// How a call proves who makes it, or fails to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    Good,
    Wrong,
    Missing,
}

pub(super) struct Line<'a> {
    pub http: &'a reqwest::Client,
    pub kassa: &'a Kassa,
}

impl Line<'_> {
    pub async fn payme(&self, proof: Proof, method: &str, params: &Value, id: i64) -> Result<Heard> {
        let body = json!({ "method": method, "params": params, "id": id }).to_string();
        let request =
            self.http.post(&self.kassa.endpoint).header("content-type", "text/json; charset=UTF-8").body(body);
        self.send(match self.payme_key(proof) {
            Some(header) => request.header("authorization", header),
            None => request,
        })
        .await
    }

    fn payme_key(&self, proof: Proof) -> Option<String> {
        match proof {
            Proof::Good => Some(payme::authorization(&self.kassa.key)),
            Proof::Wrong => Some(payme::authorization("not-the-key-of-this-kassa-at-all-ooo")),
            Proof::Missing => None,
        }
    }

    /// Sends a call and goes away before the answer.
    pub async fn payme_and_hang_up(&self, method: &str, params: &Value) -> Result<()> {
        let body = json!({ "method": method, "params": params, "id": 1 }).to_string();
        let key = self.payme_key(Proof::Good).unwrap_or_default();
        self.hang_up("text/json", &format!("Authorization: {key}\r\n"), &body).await
    }

    pub async fn click(&self, fields: &[(&str, String)]) -> Result<Heard> {
        self.send(self.http.post(&self.kassa.endpoint).form(fields)).await
    }

    pub async fn click_and_hang_up(&self, fields: &[(&str, String)]) -> Result<()> {
        let body = self.http.post(&self.kassa.endpoint).form(fields).build()?;
        let body = body.body().and_then(|b| b.as_bytes()).unwrap_or_default();
        let text = String::from_utf8_lossy(body).into_owned();
        self.hang_up("application/x-www-form-urlencoded", "", &text).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Heard> {
        let answer = request.timeout(PATIENCE).send().await.context("the merchant does not answer")?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        Ok(Heard { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) })
    }

    async fn hang_up(&self, kind: &str, more: &str, body: &str) -> Result<()> {
        let rest = self.kassa.endpoint.strip_prefix("http://").context("answers are dropped over plain HTTP only")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let mut stream = TcpStream::connect(host).await?;
        let head = format!(
            "POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{more}\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        Ok(())
    }
}

/// The fields of a Click call, signed.
pub(super) fn click_fields(
    kassa: &Kassa,
    trans: i64,
    account: &str,
    tiyin: i64,
    prepare: Option<&Value>,
    error: i32,
    proof: Proof,
) -> Vec<(&'static str, String)> {
    let amount = format!("{}.{:02}", tiyin / 100, tiyin % 100);
    let (trans, time) = (trans.to_string(), "2026-03-05 14:07:09".to_owned());
    let action = if prepare.is_some() { "1" } else { "0" };
    let number = prepare.map(|id| id.as_i64().map_or_else(|| id.to_string(), |n| n.to_string()));
    let key = if proof == Proof::Good { &kassa.key } else { "not-the-key" };
    let sign = click::sign(&trans, &kassa.id, key, account, number.as_deref(), &amount, action, &time);
    let mut fields = vec![
        ("click_trans_id", trans.clone()),
        ("service_id", kassa.id.clone()),
        ("click_paydoc_id", trans),
        ("merchant_trans_id", account.to_owned()),
        ("amount", amount),
        ("action", action.to_owned()),
        ("error", error.to_string()),
        ("error_note", if error == 0 { "Success" } else { "Failed" }.to_owned()),
        ("sign_time", time),
        ("sign_string", sign),
    ];
    if let Some(number) = number {
        fields.push(("merchant_prepare_id", number));
    }
    fields
}
