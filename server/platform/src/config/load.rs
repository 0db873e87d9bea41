//! Reads, merges and checks the configuration.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::Kind;
use figment::providers::{Format, Serialized, Toml};
use figment::value::Value;
use secrecy::ExposeSecret;

use super::{Config, ConfigError, HEARTBEAT_S, S3Config, TelegramMode};

const DEFAULTS: &str = include_str!("defaults.toml");
const FILE: &str = "uk-crm.toml";
/// Variables of ours that are no settings: where the file is, and the build cache of the scripts.
const NOT_SETTINGS: [&str; 2] = ["UK_CONFIG", "UK_CACHE"];
/// The pool also serves the job runner and the listener; below this they would starve each other.
const MIN_CONNECTIONS: u32 = 4;
/// With a second job runner and a second listener.
const MIN_CONNECTIONS_WITH_BROKER: u32 = 8;
/// Names have 255 bytes, and `.dead` comes behind.
const LONGEST_QUEUE: usize = 200;

impl Config {
    /// Reads the defaults, the file (`UK_CONFIG`, else `./uk-crm.toml` when present) and the environment.
    ///
    /// # Errors
    /// One sentence about the first setting that is unknown, malformed or does not fit the others.
    pub fn load() -> Result<Self, ConfigError> {
        let file = match std::env::var_os("UK_CONFIG").map(PathBuf::from) {
            Some(path) if !path.is_file() => return Err(ConfigError::NoFile(path)),
            Some(path) => Some(path),
            None => Some(PathBuf::from(FILE)).filter(|path| path.is_file()),
        };
        // Variables that are not UTF-8 cannot be ours.
        let vars =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::load_from(file.as_deref(), vars)
    }

    /// As [`Config::load`], from the given file and variables only.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_from(
        file: Option<&Path>,
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let defaults = Figment::from(Toml::string(DEFAULTS));
        let mut merged = defaults.clone();
        if let Some(path) = file {
            let read = Figment::from(Toml::file_exact(path));
            // Tried alone first, so that the message can name the culprit.
            defaults
                .clone()
                .merge(read.clone())
                .extract::<Self>()
                .map_err(|error| ConfigError::File { file: path.to_owned(), problem: explain(error) })?;
            merged = merged.merge(read);
        }
        // An empty variable counts as not set: compose files pass on what the host does not have.
        let ours = |(name, text): &(String, String)| is_setting(name) && !text.trim().is_empty();
        let mut vars: Vec<_> = vars.into_iter().filter(ours).collect();
        // `PORT` last: it is what hosting platforms set, over anything in the image.
        vars.sort_by_key(|(name, _)| (name == "PORT", name.clone()));
        for (name, text) in vars {
            let path = setting_path(&name);
            let value = typed(&defaults, &path, &text);
            let one = Serialized::default(&path, value);
            defaults
                .clone()
                .merge(one.clone())
                .extract::<Self>()
                .map_err(|error| ConfigError::Variable { name: name.clone(), problem: explain(error) })?;
            merged = merged.merge(one);
        }
        let mode_chosen = merged.find_value("telegram.mode").is_ok();
        let mut config: Self = merged.extract().map_err(|error| ConfigError::Invalid(explain(error)))?;
        if !mode_chosen && config.telegram.token.is_some() {
            config.telegram.mode = TelegramMode::Webhook;
        }
        if let Some(url) = &mut config.server.public_url {
            url.truncate(url.trim_end_matches('/').len());
        }
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let database = &self.database;
        if database.owner_url.is_some() && database.url.is_none() {
            return refuse(
                "database.owner_url is set without database.url: set both, or neither for the embedded database.",
            );
        }
        for (name, url) in [("database.url", &database.url), ("database.owner_url", &database.owner_url)] {
            scheme(name, url.as_ref().map(ExposeSecret::expose_secret), &["postgres://", "postgresql://"])?;
        }
        self.check_times()?;
        if database.max_connections < MIN_CONNECTIONS {
            return refuse(format!("database.max_connections must be at least {MIN_CONNECTIONS}."));
        }
        if self.redis.url.as_ref().is_some_and(|url| url.expose_secret().starts_with("rediss://")) {
            return refuse(
                "redis.url: TLS (rediss://) is not built in; use redis:// on a private network or a local TLS tunnel.",
            );
        }
        scheme(
            "redis.url",
            self.redis.url.as_ref().map(ExposeSecret::expose_secret),
            &["redis://", "unix://", "redis+unix://"],
        )?;
        self.check_amqp()?;
        let http = ["http://", "https://"];
        scheme("server.public_url", self.server.public_url.as_deref(), &http)?;
        scheme("telegram.api_url", self.telegram.api_url.as_deref(), &http)?;
        scheme("eskiz.url", Some(&self.eskiz.url), &http)?;
        scheme("playmobile.url", Some(&self.playmobile.url), &http)?;
        scheme("fcm.url", Some(&self.fcm.url), &http)?;
        check_s3(&self.s3)?;
        scheme("payments.click_url", Some(&self.payments.click_url), &http)?;
        scheme("payments.simulator_url", self.payments.simulator_url.as_deref(), &http)?;
        self.check_telegram()?;
        crate::mail::check(&self.smtp).map_err(ConfigError::Invalid)?;
        crate::sms::check(self).map_err(ConfigError::Invalid)?;
        crate::push::check(self).map_err(ConfigError::Invalid)?;
        let auth = &self.auth;
        if auth.access_minutes == 0 || auth.refresh_days == 0 {
            return refuse("auth.access_minutes and auth.refresh_days must be at least 1.");
        }
        if auth.field_key.is_some() != auth.index_key.is_some() {
            return refuse(
                "auth.field_key and auth.index_key belong together: set both, or neither to keep them in the data folder.",
            );
        }
        let limits = &self.limits;
        if [limits.auth_per_minute, limits.api_per_minute, limits.webhook_per_minute].contains(&0) {
            return refuse("limits: a limit of 0 would refuse everybody; use at least 1.");
        }
        if let Some(bad) = limits.trusted_proxies.iter().find(|entry| !is_network(entry)) {
            return refuse(format!(
                "limits.trusted_proxies: `{bad}` is neither an address nor a network such as 10.0.0.0/8."
            ));
        }
        let metrics = &self.metrics;
        if metrics.token.as_ref().is_some_and(|token| token.expose_secret().len() < 16) {
            return refuse("metrics.token must have at least 16 characters.");
        }
        if metrics.token.is_none() && metrics.listen.is_some_and(|at| !at.ip().is_loopback()) {
            return refuse("metrics.listen: an address that others reach needs metrics.token.");
        }
        Ok(())
    }

    fn check_times(&self) -> Result<(), ConfigError> {
        let server = &self.server;
        if server.idle_timeout_s <= HEARTBEAT_S {
            return refuse(format!(
                "server.idle_timeout_s must be more than {HEARTBEAT_S}: open pages are asked for a sign of life every \
                 {HEARTBEAT_S} seconds, and would be cut off in between."
            ));
        }
        if server.idle_timeout_s < server.request_timeout_s {
            return refuse(
                "server.idle_timeout_s must not be less than server.request_timeout_s: nothing moves while a request is \
                 worked on.",
            );
        }
        Ok(())
    }

    fn check_amqp(&self) -> Result<(), ConfigError> {
        let amqp = &self.amqp;
        let url = amqp.url.as_ref().map(ExposeSecret::expose_secret);
        scheme("amqp.url", url, &["amqp://", "amqps://"])?;
        if url.is_some_and(|url| crate::amqp::uri(url).is_none()) {
            return refuse(
                "amqp.url is malformed: amqp://user:password@host:5672/%2f, with special characters as %xx.",
            );
        }
        if url.is_some() && self.database.max_connections < MIN_CONNECTIONS_WITH_BROKER {
            return refuse(format!(
                "database.max_connections must be at least {MIN_CONNECTIONS_WITH_BROKER} with amqp.url."
            ));
        }
        if amqp.queue.is_empty() || amqp.queue.len() > LONGEST_QUEUE || !amqp.queue.is_ascii() {
            return refuse(format!("amqp.queue must be 1 to {LONGEST_QUEUE} Latin letters."));
        }
        if amqp.prefetch == 0 || amqp.lease_s < 2 || amqp.patience_s == 0 {
            return refuse("amqp.prefetch and amqp.patience_s must be at least 1, amqp.lease_s at least 2.");
        }
        Ok(())
    }

    fn check_telegram(&self) -> Result<(), ConfigError> {
        let telegram = &self.telegram;
        if telegram.mode == TelegramMode::Webhook {
            if telegram.token.is_none() {
                return refuse("telegram.mode = \"webhook\" needs telegram.token.");
            }
            if self.server.public_url.is_none() {
                return refuse(
                    "telegram.mode = \"webhook\" needs server.public_url: Telegram must know where to call.",
                );
            }
        }
        match &telegram.webhook_secret {
            Some(secret) if telegram.mode != TelegramMode::Off && !is_webhook_secret(secret.expose_secret()) => {
                refuse("telegram.webhook_secret must have 16 to 256 characters from A-Z a-z 0-9 _ -.")
            }
            _ => Ok(()),
        }
    }
}

fn check_s3(s3: &S3Config) -> Result<(), ConfigError> {
    let parts = [
        ("s3.endpoint", s3.endpoint.is_some()),
        ("s3.bucket", s3.bucket.is_some()),
        ("s3.access_key", s3.access_key.is_some()),
        ("s3.secret_key", s3.secret_key.is_some()),
    ];
    let names = |there: bool| {
        let found: Vec<_> = parts.iter().filter(|part| part.1 == there).map(|part| part.0).collect();
        found.join(", ")
    };
    let some = parts.iter().any(|part| part.1) || s3.public_endpoint.is_some();
    if some && !parts.iter().all(|part| part.1) {
        return refuse(format!(
            "S3 is configured in part: {} missing. Set all four, or none to keep files on the local disk.",
            names(false)
        ));
    }
    let http = ["http://", "https://"];
    scheme("s3.endpoint", s3.endpoint.as_deref(), &http)?;
    scheme("s3.public_endpoint", s3.public_endpoint.as_deref(), &http)
}

fn refuse<T>(sentence: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError::Invalid(sentence.into()))
}

fn scheme(name: &str, url: Option<&str>, allowed: &[&str]) -> Result<(), ConfigError> {
    match url {
        Some(url) if !allowed.iter().any(|prefix| url.len() > prefix.len() && url.starts_with(prefix)) => {
            refuse(format!("{name} must begin with {}.", allowed.join(" or ")))
        }
        _ => Ok(()),
    }
}

fn is_network(entry: &str) -> bool {
    let (address, bits) = entry.split_once('/').map_or((entry, None), |(address, bits)| (address, Some(bits)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most))
}

pub(crate) fn is_webhook_secret(secret: &str) -> bool {
    (16..=256).contains(&secret.len()) && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn is_setting(name: &str) -> bool {
    name == "PORT" || (name.starts_with("UK_") && !NOT_SETTINGS.contains(&name))
}

/// `UK_SERVER__PUBLIC_URL` -> `server.public_url`.
fn setting_path(name: &str) -> String {
    match name.strip_prefix("UK_") {
        Some(rest) => rest.to_ascii_lowercase().replace("__", "."),
        None => "server.port".to_owned(),
    }
}

/// Environment text in the type of the default. Settings without a default are text, so that a password of digits stays
/// one; the only number among them is named here.
fn typed(defaults: &Figment, path: &str, text: &str) -> Value {
    let plain = Value::from(text.to_owned());
    let parsed = || match text.trim().parse::<Value>() {
        Ok(value) => value,
        Err(never) => match never {},
    };
    match defaults.find_value(path) {
        Ok(Value::Array(..)) if !text.trim_start().starts_with('[') => {
            let items: Vec<Value> = text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| Value::from(item.to_owned()))
                .collect();
            Value::from(items)
        }
        Ok(Value::String(..)) | Err(_) => plain,
        Ok(_) => parsed(),
    }
}

fn explain(error: figment::Error) -> String {
    let place = error.path.join(".");
    match &error.kind {
        Kind::UnknownField(field, expected) => {
            let inside = place.rsplit_once('.').map_or("", |(section, _)| section);
            let inside =
                if place == *field || inside.is_empty() { "there".to_owned() } else { format!("in [{inside}]") };
            format!("there is no setting `{field}`; {inside} may be: {}.", expected.join(", "))
        }
        Kind::UnknownVariant(value, expected) => {
            format!("`{place}` cannot be `{value}`; it may be: {}.", expected.join(", "))
        }
        Kind::InvalidType(found, expected) | Kind::InvalidValue(found, expected) => {
            format!("`{place}` should be {expected}, not {found}.")
        }
        _ if place.is_empty() => format!("{error}."),
        kind => format!("`{place}`: {kind}."),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
