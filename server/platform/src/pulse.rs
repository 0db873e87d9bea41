//! When a dependency last answered and when it last did not, noted by whoever called it. Of this process only.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::clock::Clock;

/// Of an error's words so many letters are kept.
const WORDS: usize = 300;

/// The pulse of one dependency; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Pulse(Arc<Marks>);

#[derive(Debug, Default)]
struct Marks {
    /// Milliseconds since 1970; zero for never.
    ok: AtomicI64,
    failed: AtomicI64,
    why: Mutex<String>,
}

/// What a pulse says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beat {
    /// It last answered.
    pub ok_at: Option<DateTime<Utc>>,
    /// It last did not.
    pub failed_at: Option<DateTime<Utc>>,
    /// Why not.
    pub error: Option<String>,
}

impl Pulse {
    /// It answered, whatever it said.
    pub fn beat(&self) {
        self.0.ok.store(now(), Ordering::Relaxed);
    }

    /// It did not answer, or not as it should.
    pub fn miss(&self, why: &dyn std::fmt::Display) {
        let words = why.to_string().chars().take(WORDS).collect();
        *self.0.why.lock().unwrap_or_else(PoisonError::into_inner) = words;
        self.0.failed.store(now(), Ordering::Relaxed);
    }

    /// Notes how a call went and hands its result on.
    ///
    /// # Errors
    /// Those of the call.
    pub fn note<T, E: std::fmt::Display>(&self, result: Result<T, E>, down: impl Fn(&E) -> bool) -> Result<T, E> {
        match &result {
            Err(error) if down(error) => self.miss(error),
            _ => self.beat(),
        }
        result
    }

    /// What it says now.
    #[must_use]
    pub fn read(&self) -> Beat {
        let at = |mark: &AtomicI64| {
            Some(mark.load(Ordering::Relaxed)).filter(|ms| *ms > 0).and_then(DateTime::from_timestamp_millis)
        };
        let failed_at = at(&self.0.failed);
        let why = || self.0.why.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Beat { ok_at: at(&self.0.ok), failed_at, error: failed_at.map(|_| why()) }
    }
}

/// Pulses of what is connected beside the use cases (Redis, Telegram, a broker), and when this process started.
#[derive(Clone, Debug)]
pub struct Pulses {
    started_at: DateTime<Utc>,
    named: Arc<Mutex<BTreeMap<&'static str, Pulse>>>,
}

impl Default for Pulses {
    fn default() -> Self {
        Self { started_at: Clock::system().now(), named: Arc::default() }
    }
}

impl Pulses {
    /// Has the pulse shown under a name; the last one under a name holds.
    pub fn show(&self, name: &'static str, pulse: Pulse) {
        self.named.lock().unwrap_or_else(PoisonError::into_inner).insert(name, pulse);
    }

    /// All of them as they are now.
    #[must_use]
    pub fn read(&self) -> Vec<(&'static str, Beat)> {
        let named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        named.iter().map(|(name, pulse)| (*name, pulse.read())).collect()
    }

    /// When this process started.
    #[must_use]
    pub fn started_at(&self) -> DateTime<Utc> {
        self.started_at
    }
}

fn now() -> i64 {
    Clock::system().now().timestamp_millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pulse_keeps_the_last_of_both() {
        let (pulse, pulses) = (Pulse::default(), Pulses::default());
        pulses.show("mail", pulse.clone());
        assert_eq!(pulses.read(), [("mail", Beat::default())]);
        pulse.note::<(), _>(Err("no such mailbox"), |_| false).unwrap_err();
        assert!(pulse.read().ok_at.is_some(), "a refusal is an answer");
        pulse.note::<(), _>(Err("no answer"), |_| true).unwrap_err();
        let beat = pulses.read().remove(0).1;
        assert_eq!(beat.error.as_deref(), Some("no answer"));
        assert!(beat.ok_at.is_some() && beat.failed_at.is_some());
    }
}
