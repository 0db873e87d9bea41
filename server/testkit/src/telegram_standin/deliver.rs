//! Deliveries to the webhook: in order for each chat, repeated until answered with 2xx.

use super::state::{Shared, Standin};
use reqwest::StatusCode;
use serde_json::Value;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// Pauses before repeats; the last one for ever. Telegram's own are longer.
const PAUSES: [u64; 5] = [200, 500, 1000, 2000, 5000];

/// The queue of one chat.
pub(super) fn start(standin: Shared, life: u64) -> UnboundedSender<(i64, Value)> {
    let (queue, mut waiting) = unbounded_channel::<(i64, Value)>();
    tokio::spawn(async move {
        while let Some((_, update)) = waiting.recv().await {
            let mut pauses = PAUSES.iter().chain(std::iter::repeat(&PAUSES[PAUSES.len() - 1]));
            while !once(&standin, &update).await {
                let pause = pauses.next().copied().unwrap_or(1000);
                tokio::time::sleep(Duration::from_millis(pause)).await;
                if standin.lock().life != life {
                    return;
                }
            }
            let mut inner = standin.lock();
            if inner.life != life {
                return;
            }
            inner.webhook.pending = inner.webhook.pending.saturating_sub(1);
        }
    });
    queue
}

/// One attempt; `true` when it was taken.
pub(super) async fn once(standin: &Standin, update: &Value) -> bool {
    let webhook = standin.lock().webhook.clone();
    let Some(url) = webhook.url else { return false };
    let mut call = standin.client.post(url).json(update);
    if let Some(secret) = webhook.secret {
        call = call.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    let problem = match call.send().await.map(|answer| answer.status()) {
        Ok(status) if status.is_success() => return true,
        Ok(status) => format!("Wrong response from the webhook: {}", reason(status)),
        Err(_) => "Connection failed".to_owned(),
    };
    let at = standin.now();
    standin.lock().webhook.last_error = Some((at, problem));
    false
}

fn reason(status: StatusCode) -> String {
    format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default())
}
