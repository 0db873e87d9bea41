//! Builds the dependencies from the configuration, and takes them down again.

use crate::cli::say;
use anyhow::{Context, Result};
use domain::{Ctx, classifier::Models, ctx::Parts, events::EventHub, requests::Counted};
use platform::{
    blobs::Blobs,
    cache::Cache,
    clock::Clock,
    config::{Config, Secret},
    db::Db,
    limits::RateLimiter,
    mail::Mailer,
    password::Passwords,
    pg::{EmbeddedPg, KeptPg},
    pubsub::PubSub,
    pulse::Pulses,
    push::{Fcm, WebPush},
    redis_link::RedisLink,
    sealed::Sealer,
    secrets::Secrets,
    sms::Sms,
    tokens::Jwt,
};
use std::time::Instant;

/// Everything that runs below the use cases.
pub struct Platform {
    pub ctx: Ctx,
    pub secrets: Secrets,
    pub redis: Option<RedisLink>,
    pg: Option<KeptPg>,
}

impl Platform {
    /// Starts or reaches every dependency and brings the database to the current schema.
    pub async fn start(config: Config) -> Result<Self> {
        let began = Instant::now();
        std::fs::create_dir_all(&config.data_dir)
            .with_context(|| format!("the data folder {} cannot be made", config.data_dir.display()))?;
        let secrets = Secrets::load_or_create(&config)?;
        let (pg, app_url, owner_url) = database(&config).await?;
        let built = build(config, &secrets, &app_url, &owner_url).await;
        match built {
            Ok((ctx, redis)) => {
                say(&format!("  ✓ database ready ({:.1} s)", began.elapsed().as_secs_f32()));
                Ok(Self { ctx, secrets, redis, pg: pg.map(KeptPg::new) })
            }
            Err(error) => {
                stop_pg(pg.map(KeptPg::new)).await;
                Err(error)
            }
        }
    }

    /// Closes connections and stops the embedded PostgreSQL.
    pub async fn stop(self) {
        self.ctx.db.close().await;
        stop_pg(self.pg).await;
    }
}

async fn stop_pg(pg: Option<KeptPg>) {
    if let Some(pg) = pg
        && let Err(error) = pg.stop().await
    {
        tracing::error!(%error, "the embedded PostgreSQL did not stop; the next start takes it over");
    }
}

async fn database(config: &Config) -> Result<(Option<EmbeddedPg>, Secret, Secret)> {
    match &config.database.url {
        Some(url) => Ok((None, url.clone(), config.database.owner_url.clone().unwrap_or_else(|| url.clone()))),
        None => {
            let pg = EmbeddedPg::start(&config.data_dir, |line| say(&format!("  · {line}"))).await?;
            let (app, owner) = (pg.app_url(), pg.owner_url());
            Ok((Some(pg), app, owner))
        }
    }
}

async fn build(
    config: Config,
    secrets: &Secrets,
    app_url: &Secret,
    owner_url: &Secret,
) -> Result<(Ctx, Option<RedisLink>)> {
    domain::migrate::run(owner_url).await.map_err(|e| anyhow::anyhow!("the database could not be migrated: {e}"))?;
    let db = Db::connect(app_url, config.database.max_connections).await?;
    let redis = config.redis.url.as_ref().map(RedisLink::open).transpose()?;
    let clock = Clock::system();
    let pulses = Pulses::default();
    if let Some(redis) = &redis {
        pulses.show("redis", redis.pulse());
    }
    let push = WebPush::from_config(&config, secrets, clock.clone()).map_err(anyhow::Error::msg)?;
    let fcm = Fcm::from_config(&config, clock.clone()).map_err(anyhow::Error::msg)?;
    let ctx = Ctx::new(Parts {
        db,
        cache: Cache::new(redis.clone()),
        limits: RateLimiter::new(redis.clone(), clock.clone()),
        blobs: Blobs::from_config(&config),
        events: EventHub::new(PubSub::new(redis.clone())),
        mailer: Mailer::from_config(&config),
        sms: Sms::from_config(&config, secrets),
        push,
        fcm,
        passwords: Passwords::new(),
        jwt: Jwt::new(secrets, &config),
        sealer: Sealer::new(secrets)?,
        kassas: domain::payments::Register::default(),
        models: Models::default(),
        counted: Counted::default(),
        pulses,
        clock,
        config,
    });
    Ok((ctx, redis))
}
