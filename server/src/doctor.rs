//! `uk-crm doctor`: checks each dependency, says what is wrong and how to mend it.

use crate::{cli::say, compose::Platform};
use anyhow::Result;
use platform::{
    amqp::{AmqpError, Broker},
    config::{AmqpConfig, Config, TelegramConfig},
    sms::{Moderation, Sms},
};
use secrecy::ExposeSecret;
use std::process::ExitCode;

/// Every check runs, whatever the ones before found.
pub async fn run(config: Config) -> Result<ExitCode> {
    let mut report = Report { healthy: true };
    report.check("data folder", writable(&config), "Make the folder writable or set UK_DATA_DIR.");
    report.check("browser files", site(&config), "Build them with `make build`.");
    let port = (config.server.host.clone(), config.server.port);
    let free = std::net::TcpListener::bind((port.0.as_str(), port.1)).map(drop).map_err(|e| e.to_string());
    report.check(&format!("port {}", port.1), free, "Stop what uses it or start with PORT=… .");
    match Platform::start(config).await {
        Err(error) => report.check(
            "database",
            Err(format!("{error:#}")),
            "Check UK_DATABASE__URL, or unset it for the embedded one.",
        ),
        Ok(platform) => {
            let ctx = &platform.ctx;
            report.check(
                "database",
                ctx.db.ping().await.map_err(|e| e.to_string()),
                "Check UK_DATABASE__URL and the server.",
            );
            if let Some(redis) = &platform.redis {
                report.check(
                    "redis",
                    if redis.ping().await { Ok(()) } else { Err("does not answer".to_owned()) },
                    "Check UK_REDIS__URL; without Redis one process works alone.",
                );
            }
            if let Some(url) = &ctx.config.amqp.url {
                broker(&mut report, &ctx.config.amqp, url.expose_secret()).await;
            }
            report.check(
                "files",
                ctx.blobs.check().await.map_err(|e| e.to_string()),
                "Check UK_S3__* or the data folder.",
            );
            if let Some(mailer) = &ctx.mailer {
                report.check("mail", mailer.check().await.map_err(|e| e.to_string()), "Check UK_SMTP__URL.");
            }
            messengers(&mut report, ctx).await;
            telegram(&mut report, &ctx.config.telegram).await;
            platform.stop().await;
        }
    }
    Ok(if report.healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether the broker takes and confirms messages, and what nobody could use.
async fn broker(report: &mut Report, config: &AmqpConfig, url: &str) {
    let mend = "Check UK_AMQP__URL, the broker's memory and its disk; meanwhile jobs run straight from PostgreSQL.";
    let dead = async {
        let broker = Broker::open(config, url).await?;
        let dead = broker.dead().await?;
        broker.close().await;
        Ok::<u32, AmqpError>(dead)
    };
    match dead.await {
        Ok(dead) => report.check(&format!("rabbitmq ({dead} dead letters)"), Ok(()), mend),
        Err(error) => report.check("rabbitmq", Err(error.to_string()), mend),
    }
}

/// SMS providers, their word on our texts, and Firebase. Web Push has nobody to ask.
async fn messengers(report: &mut Report, ctx: &domain::Ctx) {
    for carrier in ctx.sms.iter().flat_map(Sms::carriers) {
        let name = carrier.name();
        let mend = format!("Check UK_{}__* and the account there.", name.to_uppercase());
        match carrier.check().await {
            Ok(Some(left)) => report.check(&format!("sms {name} ({left} left)"), Ok(()), &mend),
            Ok(None) => report.check(&format!("sms {name} (cannot be asked without sending)"), Ok(()), &mend),
            Err(error) => {
                report.check(&format!("sms {name}"), Err(error.to_string()), &mend);
                continue;
            }
        }
        if let Ok(Some(texts)) = worker::templates::standing(carrier).await {
            let waiting = texts.iter().filter(|(_, word)| *word != Some(Moderation::Approved)).count();
            let texts =
                if waiting == 0 { Ok(()) } else { Err(format!("{waiting} of {} are not approved", texts.len())) };
            report.check(
                &format!("texts at {name}"),
                texts,
                "Run `uk-crm sms-templates --submit` and wait for their word.",
            );
        }
    }
    if let Some(fcm) = &ctx.fcm {
        report.check("firebase", fcm.check().await.map_err(|e| e.to_string()), "Check UK_FCM__SERVICE_ACCOUNT.");
    }
}

/// Whether Telegram knows the token, where it delivers and what its last trouble with that was.
async fn telegram(report: &mut Report, config: &TelegramConfig) {
    let Some(token) = &config.token else { return };
    let mend = "Check UK_TELEGRAM__TOKEN and server.public_url, then run `uk-crm telegram-webhook`.";
    let asked = match bot::BotApi::new(token.expose_secret(), config.api_url.as_deref()) {
        Ok(api) => api.webhook().await,
        Err(error) => Err(error),
    };
    let result = match asked {
        Ok((Some(_), None)) => Ok(()),
        Ok((Some(url), Some(trouble))) => Err(format!("delivers to {url}; its last trouble: {trouble}")),
        Ok((None, _)) => Err("does not know where to deliver".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    report.check("telegram", result, mend);
}

struct Report {
    healthy: bool,
}

impl Report {
    fn check(&mut self, what: &str, result: Result<(), String>, mend: &str) {
        match result {
            Ok(()) => say(&format!("✓ {what}")),
            Err(error) => {
                self.healthy = false;
                say(&format!("✗ {what}: {error}\n  → {mend}"));
            }
        }
    }
}

fn writable(config: &Config) -> Result<(), String> {
    std::fs::create_dir_all(&config.data_dir).map_err(|e| e.to_string())?;
    let probe = config.data_dir.join(".probe");
    std::fs::write(&probe, b"ok").and_then(|()| std::fs::remove_file(&probe)).map_err(|e| e.to_string())
}

fn site(config: &Config) -> Result<(), String> {
    let manifest = config.server.site_dir.join("pkg/manifest.json");
    if manifest.is_file() { Ok(()) } else { Err(format!("{} is missing", manifest.display())) }
}
