//! Parameters of a call, however they were sent: JSON, a form, or multipart with files.

use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, Multipart, Request},
    http::header::CONTENT_TYPE,
};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Telegram's limit for uploads.
const LIMIT: usize = 50 * 1024 * 1024;

#[derive(Default)]
pub(super) struct Params {
    pub values: Map<String, Value>,
    pub files: HashMap<String, Bytes>,
}

impl Params {
    pub async fn read(request: Request) -> Result<Self, String> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let mut params = Self::default();
        if kind.starts_with("multipart/form-data") {
            let mut parts = Multipart::from_request(request, &()).await.map_err(|e| e.to_string())?;
            while let Some(part) = parts.next_field().await.map_err(|e| e.to_string())? {
                let name = part.name().unwrap_or_default().to_owned();
                let is_file = part.file_name().is_some();
                let bytes = part.bytes().await.map_err(|e| e.to_string())?;
                if is_file {
                    params.files.insert(name, bytes);
                } else {
                    params.values.insert(name, value(&String::from_utf8_lossy(&bytes)));
                }
            }
            return Ok(params);
        }
        let query = request.uri().query().unwrap_or_default().to_owned();
        let bytes = to_bytes(request.into_body(), LIMIT).await.map_err(|e| e.to_string())?;
        params.form(query.as_bytes());
        if kind.starts_with("application/x-www-form-urlencoded") {
            params.form(&bytes);
        } else if !bytes.is_empty() {
            params.values.extend(serde_json::from_slice::<Map<String, Value>>(&bytes).map_err(|e| e.to_string())?);
        }
        Ok(params)
    }

    fn form(&mut self, bytes: &[u8]) {
        // `Url` reads pairs the same way and is there already.
        let Ok(mut url) = reqwest::Url::parse("http://form") else { return };
        url.set_query(Some(&String::from_utf8_lossy(bytes)));
        self.values.extend(url.query_pairs().map(|(name, text)| (name.into_owned(), value(&text))));
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_str()
    }

    /// A number, also when it came as text.
    pub fn number(&self, name: &str) -> Option<i64> {
        let value = self.values.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    /// An object or a list, also when it came as JSON in text.
    pub fn json(&self, name: &str) -> Option<Value> {
        let value = self.values.get(name)?;
        match value.as_str() {
            Some(text) => serde_json::from_str(text).ok(),
            None => Some(value.clone()),
        }
    }
}

fn value(text: &str) -> Value {
    Value::String(text.to_owned())
}
