//! The one thing passed around: every dependency of the use cases. Cheap to clone, no globals.

use crate::{Actor, Result, Tx, classifier::Models, events::EventHub, payments::Register, requests::Counted};
use platform::{
    blobs::Blobs,
    cache::Cache,
    clock::Clock,
    config::Config,
    db::Db,
    limits::RateLimiter,
    mail::Mailer,
    password::Passwords,
    pubsub::PubSub,
    pulse::Pulses,
    push::{Fcm, WebPush},
    sealed::Sealer,
    sms::Sms,
    tokens::Jwt,
};
use std::{ops::Deref, sync::Arc};

/// See the module. Dereferences to its parts.
#[derive(Clone)]
pub struct Ctx(Arc<Parts>);

pub struct Parts {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub cache: Cache,
    pub limits: RateLimiter,
    pub blobs: Blobs,
    pub events: EventHub,
    pub mailer: Option<Mailer>,
    pub sms: Option<Sms>,
    pub push: WebPush,
    pub fcm: Option<Fcm>,
    pub passwords: Passwords,
    pub jwt: Jwt,
    pub sealer: Sealer,
    /// Cash registers with their keys open.
    pub kassas: Register,
    /// What each company's requests are told by.
    pub models: Models,
    /// How many requests of each kind a company has.
    pub counted: Counted,
    /// What is connected beside these, and when it last answered.
    pub pulses: Pulses,
}

impl Deref for Ctx {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Ctx {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Where people reach this server; without a configured address, where it listens.
    pub fn public_address(&self) -> String {
        let server = &self.config.server;
        server.public_url.clone().unwrap_or_else(|| format!("http://127.0.0.1:{}", server.port))
    }

    /// Opens a transaction of the actor's company.
    pub async fn begin(&self, actor: &Actor) -> Result<Tx> {
        Tx::begin(self, actor).await
    }

    /// As [`Ctx::begin`], for what is found by its keys: cheaper where no value changes the plan, wrong for lists.
    pub async fn begin_by_key(&self, actor: &Actor) -> Result<Tx> {
        Tx::begin_by_key(self, actor).await
    }
}

/// Pub/sub is reached through [`EventHub`]; kept here so that composition has one import.
pub type Bus = PubSub;
