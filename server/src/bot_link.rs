//! Connects the bot: the API client, the wake-up of its inbox, and the stand-in process when one is asked for.

use crate::compose::Platform;
use anyhow::{Context, Result};
use bot::BotApi;
use platform::config::TelegramMode;
use secrecy::{ExposeSecret, SecretString};
use std::{process::Stdio, sync::Arc};
use tokio::{process::Command, sync::Notify};
use tokio_util::sync::CancellationToken;

const STANDIN_TOKEN: &str = "7000001:standin";

#[derive(Clone)]
pub struct BotLink {
    pub api: BotApi,
    pub secret: SecretString,
    pub wake: Arc<Notify>,
    /// Where a person can chat with the bot without Telegram.
    pub chat_page: Option<String>,
}

/// The bot, when the configuration has one.
pub async fn start(platform: &Platform, stop: &CancellationToken) -> Result<Option<BotLink>> {
    let config = &platform.ctx.config;
    let secret = platform.secrets.telegram_webhook.clone();
    let link = |api: BotApi, chat_page| {
        platform.ctx.pulses.show("telegram", api.pulse().clone());
        BotLink { api, secret: secret.clone(), wake: Arc::new(Notify::new()), chat_page }
    };
    match config.telegram.mode {
        TelegramMode::Off => Ok(None),
        TelegramMode::Webhook => {
            let token = config.telegram.token.as_ref().context("telegram.token is missing")?;
            let api = BotApi::new(token.expose_secret(), config.telegram.api_url.as_deref())?;
            Ok(Some(link(api, None)))
        }
        TelegramMode::Standin => {
            let port = config.server.port.checked_add(1).context("no port is left for the Telegram stand-in")?;
            let base = format!("http://127.0.0.1:{port}");
            spawn_standin(port, config.server.port, secret.expose_secret(), stop)?;
            let api = BotApi::new(STANDIN_TOKEN, Some(&base))?;
            Ok(Some(link(api, Some(base))))
        }
    }
}

/// Starts the stand-in that lies beside our own binary; it ends with us.
fn spawn_standin(port: u16, own_port: u16, secret: &str, stop: &CancellationToken) -> Result<()> {
    let binary = std::env::current_exe()?.with_file_name("telegram-standin");
    let mut child = Command::new(&binary)
        .args(["--port", &port.to_string()])
        .args(["--webhook-url", &format!("http://127.0.0.1:{own_port}/telegram/webhook")])
        .args(["--secret", secret])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| {
            format!("the Telegram stand-in {} does not start; build it with `make build`", binary.display())
        })?;
    let stop = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            status = child.wait() => tracing::error!(?status, "the Telegram stand-in ended"),
            () = stop.cancelled() => { let _ = child.kill().await; }
        }
    });
    Ok(())
}
