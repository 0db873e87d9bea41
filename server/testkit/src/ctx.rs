//! The product's context on a database of its own, with a clock that stands still.

use crate::TestDb;
use chrono::{DateTime, Utc};
use domain::{Ctx, classifier::Models, ctx::Parts, events::EventHub, requests::Counted};
use platform::{
    blobs::Blobs,
    cache::Cache,
    clock::Clock,
    config::Config,
    db::Db,
    limits::RateLimiter,
    password::Passwords,
    pubsub::PubSub,
    pulse::Pulses,
    push::{Fcm, WebPush},
    sealed::Sealer,
    secrets::Secrets,
    sms::Sms,
    tokens::Jwt,
};
use secrecy::SecretString;
use std::ops::Deref;
use tempfile::TempDir;

/// A Monday at noon in Tashkent; where every test's clock starts.
pub const START: &str = "2026-11-23T07:00:00Z";

/// Dereferences to [`Ctx`].
pub struct TestCtx {
    pub ctx: Ctx,
    // Fields drop in this order: connections first, then the database, then the files.
    pub database: TestDb,
    pub dir: TempDir,
}

impl Deref for TestCtx {
    type Target = Ctx;
    fn deref(&self) -> &Ctx {
        &self.ctx
    }
}

impl TestCtx {
    /// An empty database and the embedded default for everything else.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With settings as environment variables would give them.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        // Already there when several tests share a process.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let (database, dir) = (TestDb::new().await, tempfile::tempdir().unwrap());
        let ctx = Ctx::new(parts(&database.app_url(), &dir, settings).await);
        Self { ctx, database, dir }
    }

    /// A second process on the same database, files and keys, with other settings.
    pub async fn sibling(&self, settings: &[(&str, &str)]) -> Ctx {
        let mut parts = parts(&self.database.app_url(), &self.dir, settings).await;
        parts.clock = self.clock.clone();
        Ctx::new(parts)
    }

    /// The product on a database that lies elsewhere, as it stands there.
    pub async fn elsewhere(app_url: String) -> (Ctx, TempDir) {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        (Ctx::new(parts(&app_url.into(), &dir, &[]).await), dir)
    }
}

async fn parts(url: &SecretString, dir: &TempDir, settings: &[(&str, &str)]) -> Parts {
    let mut vars = vec![
        ("UK_DATA_DIR".to_owned(), dir.path().to_str().unwrap().to_owned()),
        // Tests sign in more often than people; the throttle has a test of its own.
        ("UK_LIMITS__AUTH_PER_MINUTE".to_owned(), "1000".to_owned()),
    ];
    vars.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let config = Config::load_from(None, vars).unwrap();
    let secrets = Secrets::load_or_create(&config).unwrap();
    let clock = Clock::fixed(START.parse::<DateTime<Utc>>().unwrap());
    Parts {
        db: Db::connect(url, 8).await.unwrap(),
        cache: Cache::new(None),
        limits: RateLimiter::new(None, clock.clone()),
        blobs: Blobs::from_config(&config),
        events: EventHub::new(PubSub::new(None)),
        mailer: None,
        sms: Sms::from_config(&config, &secrets),
        push: WebPush::from_config(&config, &secrets, clock.clone()).unwrap(),
        fcm: Fcm::from_config(&config, clock.clone()).unwrap(),
        passwords: Passwords::new(),
        jwt: Jwt::new(&secrets, &config),
        sealer: Sealer::new(&secrets).unwrap(),
        kassas: domain::payments::Register::default(),
        models: Models::default(),
        counted: Counted::default(),
        pulses: Pulses::default(),
        clock,
        config,
    }
}
