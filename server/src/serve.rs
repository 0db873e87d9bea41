//! Runs the product until it is told to stop: HTTP, event relay, jobs, bot; then drains and closes in order.

use crate::{bot_link, cli::say, compose::Platform, demo, http, metrics, simulator};
use anyhow::{Context, Result};
use platform::config::Config;
use std::time::Duration;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// Before a failed job worker is started again.
const RESTART: Duration = Duration::from_secs(5);

/// What this process does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    All,
    Http,
    Worker,
}

pub async fn run(mut config: Config, parts: Parts) -> Result<()> {
    simulator::address(&mut config);
    // The port is taken first: a second start on one machine is told at once, before it touches anything.
    let address = (config.server.host.clone(), config.server.port);
    let listener = match parts {
        Parts::Worker => None,
        _ => Some(TcpListener::bind((address.0.as_str(), address.1)).await.with_context(|| {
            format!(
                "port {} on {} is taken. Stop what uses it, or start with PORT={} make run",
                address.1,
                address.0,
                address.1 + 1
            )
        })?),
    };
    let platform = Platform::start(config).await?;
    let outcome = work(&platform, listener, parts).await;
    platform.stop().await;
    outcome
}

async fn work(platform: &Platform, listener: Option<TcpListener>, parts: Parts) -> Result<()> {
    let ctx = platform.ctx.clone();
    if ctx.config.demo {
        demo::ensure(&ctx).await?;
    }
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    if parts != Parts::Worker {
        simulator::start(&ctx.config, &stop)?;
    }
    let bot = bot_link::start(platform, &stop).await?;
    let meters = metrics::Meters::default();
    if let Some(at) = ctx.config.metrics.listen {
        let listener = TcpListener::bind(at).await.with_context(|| format!("metrics.listen: {at} is taken"))?;
        let routes = metrics::routes(ctx.clone(), meters.clone());
        let (metrics_stop, limits) = (stop.clone(), http::server::Limits::from(&ctx.config.server));
        tasks.spawn(async move {
            http::server::serve(listener, routes, limits, metrics_stop).await;
            Ok(())
        });
    }
    if parts != Parts::Http {
        let (ctx, api, worker_stop) = (ctx.clone(), bot.as_ref().map(|b| b.api.clone()), stop.clone());
        tasks.spawn(async move {
            let once = || worker::run(ctx.clone(), api.clone(), worker_stop.clone().cancelled_owned());
            keep_running(once, &worker_stop, RESTART).await;
            Ok(())
        });
    }
    if let Some(bot) = &bot
        && parts != Parts::Worker
    {
        let inbox = bot::work_inbox(ctx.clone(), bot.api.clone(), bot.wake.clone(), stop.clone().cancelled_owned());
        tasks.spawn(async move {
            inbox.await;
            Ok(())
        });
    }
    if let Some(listener) = listener {
        let at = listener.local_addr()?;
        let relay = domain::events::relay(ctx.clone());
        let relay_stop = stop.clone();
        tasks.spawn(async move {
            tokio::select! { () = relay => {}, () = relay_stop.cancelled() => {} }
            Ok(())
        });
        let router = http::router(ctx.clone(), bot.clone(), meters.clone())?;
        let (server_stop, limits) = (stop.clone(), http::server::Limits::from(&ctx.config.server));
        tasks.spawn(async move {
            http::server::serve(listener, router, limits, server_stop).await;
            Ok(())
        });
        announce(&ctx, at, bot.as_ref())?;
    } else {
        say("✓ working off jobs; Ctrl-C stops");
    }
    let outcome = tokio::select! {
        () = signal() => Ok(()),
        Some(ended) = tasks.join_next() => ended.context("a task died").and_then(|r| r).and(Err(anyhow::anyhow!("a part of the server ended by itself"))),
    };
    say("▸ Stopping: finishing running requests");
    stop.cancel();
    let drain = Duration::from_secs(ctx.config.server.drain_timeout_s + 2);
    if tokio::time::timeout(drain, async { while tasks.join_next().await.is_some() {} }).await.is_err() {
        tracing::warn!("some work did not finish in time");
        tasks.abort_all();
    }
    outcome
}

fn announce(ctx: &domain::Ctx, at: std::net::SocketAddr, bot: Option<&bot_link::BotLink>) -> Result<()> {
    if ctx.config.demo {
        demo::print(ctx)?;
    }
    if let Some(chat) = bot.and_then(|b| b.chat_page.as_deref()) {
        say(&format!("  Telegram stand-in: {chat}"));
    }
    if let Some(url) = ctx.config.payments.simulator_url.as_deref() {
        say(&format!("  Payments simulator: {url}"));
    }
    say(&format!(
        "✓ UK CRM is at http://{}:{}  (Ctrl-C stops)",
        if at.ip().is_unspecified() { "127.0.0.1".to_owned() } else { at.ip().to_string() },
        at.port()
    ));
    Ok(())
}

/// Runs a part again whenever it fails, until `stop`: jobs wait in the database, so a bad minute of it must not take
/// the doors down as well.
async fn keep_running<F>(mut part: impl FnMut() -> F, stop: &CancellationToken, pause: Duration)
where
    F: Future<Output = Result<()>>,
{
    loop {
        let ended = part().await;
        if stop.is_cancelled() {
            return;
        }
        match ended {
            Ok(()) => tracing::error!("the job worker ended by itself; starting it again"),
            Err(error) => tracing::error!(error = format!("{error:#}"), "the job worker failed; starting it again"),
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Ctrl-C or a polite kill.
async fn signal() {
    let mut term = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(term) => term,
        Err(error) => {
            tracing::error!(%error, "SIGTERM cannot be heard");
            return;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test]
    async fn a_failed_part_is_started_again_until_it_is_told_to_stop() {
        let (stop, runs) = (CancellationToken::new(), Cell::new(0));
        let part = || async {
            runs.set(runs.get() + 1);
            match runs.get() {
                1 => Err(anyhow::anyhow!("pool timed out")),
                2 => Ok(()),
                _ => {
                    stop.cancel();
                    Ok(())
                }
            }
        };
        keep_running(part, &stop, Duration::ZERO).await;
        assert_eq!(runs.get(), 3);
    }
}
