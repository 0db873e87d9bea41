//! What the stand-in remembers, and the faults it is to play.

use super::fcm;
use platform::clock::Clock;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub(super) type Shared = Arc<Standin>;

pub(super) struct Standin {
    /// Where it is reached: `http://127.0.0.1:8083`.
    pub origin: String,
    pub client: reqwest::Client,
    pub clock: Clock,
    pub firebase: fcm::Keys,
    inner: Mutex<Inner>,
}

#[derive(Default)]
pub(super) struct Inner {
    /// `METHOD /path` of everything that was asked.
    pub calls: Vec<String>,
    waiting: Vec<Waiting>,
    pub texts: Vec<Text>,
    /// Live tokens of Eskiz.
    pub tokens: HashSet<String>,
    pub logins: u32,
    pub refreshes: u32,
    /// Eskiz answers a worn token with 500, as some accounts do.
    pub worn_is_500: bool,
    /// Eskiz takes approved texts only.
    pub moderated: bool,
    pub templates: Vec<(String, String)>,
    pub broke: bool,
    pub browsers: HashMap<String, Browser>,
    pub pushes: Vec<Value>,
    pub grants: HashSet<String>,
    /// Firebase's word on a device: an error code.
    pub devices: BTreeMap<String, String>,
    pub notifications: Vec<Value>,
    serial: u64,
}

/// A text message that was taken.
#[derive(Clone, Serialize)]
pub(super) struct Text {
    pub provider: &'static str,
    pub id: String,
    pub user_sms_id: String,
    pub phone: String,
    pub text: String,
    pub from: String,
    pub callback_url: Option<String>,
    pub status: String,
}

/// A browser that subscribed.
pub(super) struct Browser {
    /// What it is sent is opened with these; what comes for one that keeps them to itself is handed on as it came.
    pub keys: Option<BrowserKeys>,
    pub gone: bool,
}

pub(super) struct BrowserKeys {
    pub private: Vec<u8>,
    pub auth: Vec<u8>,
}

/// Trouble to play.
#[derive(Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Fault {
    Status {
        status: u16,
        retry_after: Option<u64>,
    },
    Slow {
        millis: u64,
    },
    /// Does the work and breaks the connection instead of answering.
    Drop,
}

#[derive(Clone, Deserialize)]
pub(super) struct Waiting {
    /// A piece of the path.
    pub path: String,
    #[serde(default = "one")]
    pub count: u32,
    #[serde(flatten)]
    pub fault: Fault,
}

fn one() -> u32 {
    1
}

impl Standin {
    pub fn new(origin: String) -> Result<Self, &'static str> {
        let firebase = fcm::Keys::generate().ok_or("no keys could be made")?;
        Ok(Self { origin, client: reqwest::Client::new(), clock: Clock::system(), firebase, inner: Mutex::default() })
    }

    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn now(&self) -> i64 {
        self.clock.now().timestamp()
    }
}

impl Inner {
    pub fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    pub fn play(&mut self, waiting: Waiting) {
        self.waiting.push(waiting);
    }

    pub fn fault(&mut self, path: &str) -> Option<Fault> {
        let at = self.waiting.iter().position(|waiting| path.contains(&waiting.path))?;
        let waiting = self.waiting.get_mut(at)?;
        waiting.count = waiting.count.saturating_sub(1);
        let fault = waiting.fault.clone();
        if waiting.count == 0 {
            self.waiting.remove(at);
        }
        Some(fault)
    }
}
