//! Web Push: an encrypted body to an address the browser gave.
//!
//! That address is chosen by the client, so it is called only when it belongs to a known push service: a subscription
//! must not become a way to make this server call others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use reqwest::{Client, Url};
use sha2::{Digest, Sha256};

use super::encrypt::{PLAINTEXT_LIMIT, encrypt};
use super::vapid::VapidKey;
use super::{Handling, PushError};
use crate::clock::Clock;
use crate::config::Config;
use crate::outward::{call, client};
use crate::secrets::Secrets;

/// A word lives for a day at most; it is made anew when half of that is over.
const WORD_LIVES_S: i64 = 12 * 3600;
const WORD_IS_KEPT_S: i64 = 6 * 3600;
/// There are a handful of push services.
const WORDS: usize = 64;

/// What a browser gave when it subscribed.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The address; who knows it can try to send.
    pub endpoint: String,
    /// Its public key, 65 bytes.
    pub p256dh: Vec<u8>,
    /// Its secret, 16 bytes.
    pub auth: Vec<u8>,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscription(…)")
    }
}

impl Subscription {
    /// From the three texts of a browser. None when a key has the wrong form.
    #[must_use]
    pub fn parse(endpoint: &str, p256dh: &str, auth: &str) -> Option<Self> {
        // Some libraries pad.
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok();
        let (p256dh, auth) = (decode(p256dh)?, decode(auth)?);
        let fits = p256dh.len() == 65 && p256dh[0] == 4 && auth.len() == 16;
        // Also proves that the key is a point of the curve.
        (fits && encrypt(b"", &p256dh, &auth).is_some()).then(|| Self { endpoint: endpoint.to_owned(), p256dh, auth })
    }
}

/// Which push services may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts(Vec<Host>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Exactly(String),
    /// With the dot in front.
    Below(String),
    Origin(String),
}

impl Hosts {
    /// From the configuration.
    ///
    /// # Errors
    /// A sentence about the first entry that does not read.
    pub fn parse(entries: &[String]) -> Result<Self, String> {
        let host = |entry: &String| {
            let bad = || {
                format!("push.hosts: `{entry}` is neither a host (`*.example.com`) nor an origin (`http://host:port`).")
            };
            if entry.contains("://") {
                let url = Url::parse(entry).map_err(|_| bad())?;
                let plain = url.path() == "/" && url.query().is_none();
                return if plain { Ok(Host::Origin(url.origin().ascii_serialization())) } else { Err(bad()) };
            }
            let (name, below) = match entry.strip_prefix("*.") {
                Some(name) => (name, true),
                None => (entry.as_str(), false),
            };
            let fits = name.contains('.') && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
            match (fits, below) {
                (false, _) => Err(bad()),
                (true, true) => Ok(Host::Below(format!(".{}", name.to_ascii_lowercase()))),
                (true, false) => Ok(Host::Exactly(name.to_ascii_lowercase())),
            }
        };
        entries.iter().map(host).collect::<Result<_, _>>().map(Self)
    }

    /// Whether an address belongs to one of them: with TLS on the usual port, or at an origin that is named.
    #[must_use]
    pub fn allow(&self, endpoint: &str) -> bool {
        let Ok(url) = Url::parse(endpoint) else { return false };
        if !url.username().is_empty() || url.password().is_some() {
            return false;
        }
        let Some(host) = url.host_str() else { return false };
        let usual = url.scheme() == "https" && url.port().is_none();
        self.0.iter().any(|known| match known {
            Host::Exactly(name) => usual && host == name,
            Host::Below(tail) => usual && host.ends_with(tail.as_str()),
            Host::Origin(origin) => url.origin().ascii_serialization() == *origin,
        })
    }
}

/// Sends to browsers; cheap to clone.
#[derive(Clone, Debug)]
pub struct WebPush(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    http: Client,
    key: VapidKey,
    hosts: Hosts,
    contact: String,
    clock: Clock,
    /// For each push service: our signed word and when it was made.
    words: Mutex<HashMap<String, (String, i64)>>,
}

impl WebPush {
    /// With the installation's key. [`Config::load`] has already refused malformed settings.
    ///
    /// # Errors
    /// A sentence about what is wrong.
    pub fn from_config(config: &Config, secrets: &Secrets, clock: Clock) -> Result<Self, String> {
        let key = match &config.push.vapid_key {
            Some(setting) => VapidKey::from_setting(setting)?,
            None => VapidKey::derived(secrets).ok_or("no key for push could be made")?,
        };
        let https = config.server.public_url.clone().filter(|url| url.starts_with("https://"));
        let contact = config.push.contact.clone().or(https).unwrap_or_else(|| mailto(&config.smtp.from));
        let hosts = Hosts::parse(&config.push.hosts)?;
        Ok(Self(Arc::new(Inner { http: client()?, key, hosts, contact, clock, words: Mutex::default() })))
    }

    /// The installation's key.
    #[must_use]
    pub fn key(&self) -> &VapidKey {
        &self.0.key
    }

    /// Whether an address is one of a known push service.
    #[must_use]
    pub fn allows(&self, endpoint: &str) -> bool {
        self.0.hosts.allow(endpoint)
    }

    /// Sends one notification and waits for the push service's word.
    ///
    /// # Errors
    /// Whether the subscription is gone, or another attempt makes sense.
    pub async fn send(&self, to: &Subscription, text: &[u8], handling: &Handling<'_>) -> Result<(), PushError> {
        if !self.allows(&to.endpoint) {
            return Err(PushError::Gone("its address is of no push service we know".to_owned()));
        }
        if text.len() > PLAINTEXT_LIMIT {
            return Err(PushError::Permanent(format!("{} bytes are too much", text.len())));
        }
        let ours = || PushError::Ours("the message could not be signed or sealed".to_owned());
        let body = encrypt(text, &to.p256dh, &to.auth).ok_or_else(ours)?;
        let mut request = self
            .0
            .http
            .post(&to.endpoint)
            .header("TTL", handling.ttl.as_secs())
            .header("Urgency", handling.urgency.as_str())
            .header("Content-Encoding", "aes128gcm")
            .header("Content-Type", "application/octet-stream")
            .header("Authorization", self.word(&to.endpoint).ok_or_else(ours)?);
        if let Some(about) = handling.about {
            request = request.header("Topic", topic(about));
        }
        let answer = call(request.body(body)).await?;
        match answer.status {
            200..=299 => Ok(()),
            404 | 410 => Err(PushError::Gone(answer.words())),
            413 => Err(PushError::Permanent(answer.words())),
            429 | 408 => Err(PushError::Transient { why: answer.words(), after: answer.retry_after }),
            400..=499 => Err(PushError::Ours(answer.words())),
            _ => Err(PushError::Transient { why: answer.words(), after: answer.retry_after }),
        }
    }

    /// Our signed word for the push service of an address.
    fn word(&self, endpoint: &str) -> Option<String> {
        let audience = Url::parse(endpoint).ok()?.origin().ascii_serialization();
        let now = self.0.clock.now().timestamp();
        let mut words = self.0.words.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((word, made)) = words.get(&audience)
            && (0..WORD_IS_KEPT_S).contains(&(now - made))
        {
            return Some(word.clone());
        }
        let word = self.0.key.authorization(&audience, now + WORD_LIVES_S, &self.0.contact)?;
        if words.len() >= WORDS {
            words.clear();
        }
        words.insert(audience, (word.clone(), now));
        Some(word)
    }
}

/// At most 32 letters of an alphabet that allows no meaning: what the message is about must not be read off it.
fn topic(about: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(about.as_bytes())[..18])
}

/// `Name <a@b>` as `mailto:a@b`.
fn mailto(sender: &str) -> String {
    let address = sender.rsplit_once('<').map_or(sender, |(_, rest)| rest.trim_end().trim_end_matches('>'));
    format!("mailto:{}", address.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_push_services_are_called() {
        let hosts = ["fcm.googleapis.com", "*.push.apple.com", "http://127.0.0.1:9000"].map(str::to_owned);
        let hosts = Hosts::parse(&hosts).unwrap();
        for good in
            ["https://fcm.googleapis.com/fcm/send/abc", "https://web.push.apple.com/Q", "http://127.0.0.1:9000/push/1"]
        {
            assert!(hosts.allow(good), "{good}");
        }
        for bad in [
            "http://fcm.googleapis.com/x",
            "https://fcm.googleapis.com:8443/x",
            "https://fcm.googleapis.com.evil.uz/x",
            "https://evil.uz/fcm.googleapis.com",
            "https://user@fcm.googleapis.com/x",
            "https://push.apple.com.evil.uz/x",
            "https://xpush.apple.com/x",
            "http://127.0.0.1:9001/push",
            "https://127.0.0.1:9000/push",
            "http://169.254.169.254/latest",
            "file:///etc/passwd",
            "not an address",
            "",
        ] {
            assert!(!hosts.allow(bad), "{bad}");
        }
        for entry in ["localhost", "*", "*.", "a b.com", "http://x.uz/path", "ftp:x"] {
            assert!(Hosts::parse(&[entry.to_owned()]).is_err(), "{entry}");
        }
    }

    #[test]
    fn a_topic_is_short_and_says_nothing() {
        let made = topic("request:0198");
        assert!(made.len() <= 32 && !made.contains("request") && made != topic("request:0199"));
        assert_eq!(mailto("UK CRM <noreply@example.uz>"), "mailto:noreply@example.uz");
        assert_eq!(mailto("noreply@example.uz"), "mailto:noreply@example.uz");
    }
}
