//! Notifications to devices: browsers over Web Push, Android apps over Firebase.

mod encrypt;
mod fcm;
mod vapid;
mod web;

use std::time::Duration;

use crate::config::Config;

pub use encrypt::{PLAINTEXT_LIMIT, decrypt};
pub use fcm::{Fcm, Notification};
pub use vapid::VapidKey;
pub use web::{Hosts, Subscription, WebPush};

/// How much a device may be woken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// News.
    Low,
    /// A request moved.
    Normal,
    /// Somebody's water runs.
    High,
}

impl Urgency {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// How a notification is to be treated on its way.
#[derive(Clone, Copy, Debug)]
pub struct Handling<'a> {
    /// How long it is worth keeping for a device that is off.
    pub ttl: Duration,
    /// How much the device may be woken for it.
    pub urgency: Urgency,
    /// A later one about the same replaces one that waits.
    pub about: Option<&'a str>,
}

/// Why a notification was not sent.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The device is not reached this way any more: forget the subscription.
    #[error("the subscription is gone: {0}")]
    Gone(String),
    /// This message will never go; the subscription is good.
    #[error("the notification was refused: {0}")]
    Permanent(String),
    /// Our keys or settings are not accepted: nothing goes to anybody there until they are mended.
    #[error("the service refuses this installation: {0}")]
    Ours(String),
    /// May work later, no earlier than after the time when one is given.
    #[error("the notification could not be sent now: {why}")]
    Transient {
        /// What was said.
        why: String,
        /// Asked for by the service.
        after: Option<Duration>,
    },
}

impl PushError {
    /// The service is away, or will not serve us; what it says of one device says nothing of it.
    fn is_theirs(&self) -> bool {
        matches!(self, Self::Ours(_) | Self::Transient { .. })
    }
}

impl From<crate::outward::Silence> for PushError {
    fn from(silence: crate::outward::Silence) -> Self {
        Self::Transient { why: silence.to_string(), after: None }
    }
}

/// A sentence about settings that cannot work.
pub(crate) fn check(config: &Config) -> Result<(), String> {
    let push = &config.push;
    if let Some(contact) = &push.contact
        && !(contact.starts_with("mailto:") || contact.starts_with("https://"))
    {
        return Err("push.contact must begin with mailto: or https://.".to_owned());
    }
    if let Some(key) = &push.vapid_key {
        VapidKey::from_setting(key)?;
    }
    Hosts::parse(&push.hosts)?;
    if let Some(account) = &config.fcm.service_account {
        fcm::check(account)?;
    }
    Ok(())
}
