//! `uk-crm doctor`: checks each dependency, says what is wrong and how to mend it.

use crate::{cli::say, compose::Platform};
use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    amqp::{AmqpError, Broker},
    config::{AmqpConfig, Config},
    sms::{Moderation, Sms},
};
use secrecy::ExposeSecret;
use std::{process::ExitCode, time::Duration};

/// Between two looks at updates that wait.
const MOMENT: Duration = Duration::from_secs(5);
/// Trouble older than this has passed, or Telegram would have met it again.
const FRESH: TimeDelta = TimeDelta::minutes(10);

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
            telegram(&mut report, ctx).await;
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

/// Whether Telegram knows the token, where it delivers and whether that works.
async fn telegram(report: &mut Report, ctx: &domain::Ctx) {
    let config = &ctx.config.telegram;
    let Some(token) = &config.token else { return };
    let mend = "Check UK_TELEGRAM__TOKEN and server.public_url, then run `uk-crm telegram-webhook`.";
    let asked = async {
        let api = bot::BotApi::new(token.expose_secret(), config.api_url.as_deref())?;
        let first = api.webhook().await?;
        if first.waiting == 0 {
            return Ok::<_, bot::BotError>((first, 0));
        }
        // Whether they pile up or are just being delivered shows in a moment.
        tokio::time::sleep(MOMENT).await;
        Ok((api.webhook().await?, first.waiting))
    };
    match asked.await {
        Ok((seen, before)) => match deliveries(&seen, before, ctx.clock.now()) {
            Ok(told) => report.check(&format!("telegram{told}"), Ok(()), mend),
            Err(problem) => report.check("telegram", Err(problem), mend),
        },
        Err(error) => report.check("telegram", Err(error.to_string()), mend),
    }
}

/// What to say of Telegram's deliveries. It tells its last trouble for ever: only a fresh one, or updates that pile up,
/// are a fault; an old one is mentioned with its age.
fn deliveries(seen: &bot::Webhook, before: u32, now: DateTime<Utc>) -> Result<String, String> {
    let Some(url) = &seen.url else { return Err("does not know where to deliver".to_owned()) };
    let trouble = seen.trouble.as_ref().map(|(at, words)| (now - *at, words));
    let told = trouble.map(|(age, words)| format!("its last trouble, {} ago: {words}", ago(age)));
    if before > 0 && seen.waiting > before {
        let told = told.map(|told| format!("; {told}")).unwrap_or_default();
        return Err(format!("{} updates for {url} wait and become more{told}", seen.waiting));
    }
    match (trouble, told) {
        (Some((age, _)), Some(told)) if age < FRESH => Err(format!("delivers to {url}; {told}")),
        (_, told) => Ok(told.map(|told| format!(" ({told})")).unwrap_or_default()),
    }
}

/// How long ago, for the terminal.
pub(crate) fn ago(age: TimeDelta) -> String {
    match age.num_minutes() {
        minutes if minutes < 60 => format!("{} min", minutes.max(0)),
        minutes if minutes < 48 * 60 => format!("{} h", minutes / 60),
        minutes => format!("{} days", minutes / (24 * 60)),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_troubles_of_telegram_are_told_with_their_age_and_only_fresh_ones_are_a_fault() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let seen = |url: Option<&str>, waiting, minutes: Option<i64>| bot::Webhook {
            url: url.map(str::to_owned),
            waiting,
            trouble: minutes.map(|m| (now - TimeDelta::minutes(m), "Connection refused".to_owned())),
        };
        let of = |waiting, before, minutes| deliveries(&seen(Some("https://uk"), waiting, minutes), before, now);
        assert_eq!(of(0, 0, None), Ok(String::new()));
        let old = " (its last trouble, 3 days ago: Connection refused)";
        assert_eq!(of(0, 0, Some(3 * 24 * 60 + 5)), Ok(old.to_owned()));
        assert!(of(0, 0, Some(10)).unwrap().contains("10 min"));
        let fresh = of(0, 0, Some(9)).unwrap_err();
        assert!(fresh.contains("9 min ago: Connection refused") && fresh.contains("https://uk"), "{fresh}");
        assert_eq!(of(7, 7, None), Ok(String::new()), "they are being delivered");
        let more = of(9, 7, Some(47 * 60)).unwrap_err();
        assert!(more.contains("9 updates") && more.contains("47 h ago"), "{more}");
        assert!(deliveries(&seen(None, 0, None), 0, now).is_err());
    }
}
