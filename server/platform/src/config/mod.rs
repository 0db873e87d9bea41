//! Configuration: built-in defaults, then `uk-crm.toml`, then the environment (`UK_SECTION__KEY`).
//!
//! Nothing configured means the embedded default: a private PostgreSQL, files on disk, everything else in process.
//! A misspelt setting is refused, never ignored.

mod load;

pub(crate) use load::is_webhook_secret;

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

/// Seconds between the signs of life that open pages (WebSockets, HTTP/2) are asked for.
pub const HEARTBEAT_S: u64 = 25;

/// Text that must never be shown; its `Debug` is redacted.
pub type Secret = SecretString;

/// The whole configuration of one process.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// HTTP server.
    pub server: ServerConfig,
    /// Folder of everything the product keeps itself: cluster, files, keys.
    pub data_dir: PathBuf,
    /// Fill an empty database with demo data and show the demo logins.
    pub demo: bool,
    /// Development mode without demo data; see [`Config::is_dev`].
    pub dev: bool,
    /// PostgreSQL; no address means the embedded cluster.
    pub database: DatabaseConfig,
    /// Redis; no address means in process.
    pub redis: RedisConfig,
    /// RabbitMQ; no address means that jobs run straight from PostgreSQL.
    pub amqp: AmqpConfig,
    /// S3; no endpoint means the local disk.
    pub s3: S3Config,
    /// Mail; no address means that mail is captured.
    pub smtp: SmtpConfig,
    /// Text messages: which providers, in which order, how many.
    pub sms: SmsConfig,
    /// SMS through Eskiz; no login means not.
    pub eskiz: EskizConfig,
    /// SMS through Play Mobile; no login means not.
    pub playmobile: PlayMobileConfig,
    /// Notifications to browsers.
    pub push: PushConfig,
    /// Notifications to Android apps; no service account means not.
    pub fcm: FcmConfig,
    /// Telegram bot.
    pub telegram: TelegramConfig,
    /// Payment systems.
    pub payments: PaymentsConfig,
    /// Sessions and keys.
    pub auth: AuthConfig,
    /// Rate limits.
    pub limits: LimitsConfig,
    /// Numbers for Prometheus; no address means not.
    pub metrics: MetricsConfig,
    /// Logging.
    pub log: LogConfig,
}

impl Config {
    /// Whether conveniences for development (demo logins, captured mail page, relaxed cookies) may be on.
    #[must_use]
    pub fn is_dev(&self) -> bool {
        self.demo || self.dev
    }
}

/// Where and how the HTTP server listens. Times in seconds, sizes in bytes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address to listen on.
    pub host: String,
    /// Port to listen on; the variable `PORT` overrides it. 0 takes a free one.
    pub port: u16,
    /// Address people type, without a trailing slash.
    pub public_url: Option<String>,
    /// Time for a client to send its first byte, and each request head.
    pub header_timeout_s: u64,
    /// Time nothing may move on a connection: more than [`HEARTBEAT_S`], and no less than a request may take.
    pub idle_timeout_s: u64,
    /// Time budget of one request.
    pub request_timeout_s: u64,
    /// Time for running requests to finish at shutdown.
    pub drain_timeout_s: u64,
    /// Largest request body.
    pub body_limit_bytes: usize,
    /// Largest uploaded file.
    pub upload_limit_bytes: usize,
    /// Folder with the built browser files.
    pub site_dir: PathBuf,
}

/// PostgreSQL.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://…` the product serves with.
    pub url: Option<Secret>,
    /// `postgres://…` of the owner, for `migrate`.
    pub owner_url: Option<Secret>,
    /// Size of the pool.
    pub max_connections: u32,
}

/// Redis.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisConfig {
    /// `redis://…` or `unix:///path`.
    pub url: Option<Secret>,
}

/// RabbitMQ.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmqpConfig {
    /// `amqp://…` or `amqps://…` with user, password and virtual host.
    pub url: Option<Secret>,
    /// Name of the queue; its dead letters go to the one with `.dead` behind.
    pub queue: String,
    /// Jobs that one worker process takes at once.
    pub prefetch: u16,
    /// Seconds after which a job that was sent and not finished is given out again.
    pub lease_s: u64,
    /// Seconds without the broker after which jobs run straight from PostgreSQL.
    pub patience_s: u64,
}

/// S3-compatible storage.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Config {
    /// `http(s)://…` as this process reaches it.
    pub endpoint: Option<String>,
    /// Region that requests are signed for.
    pub region: String,
    /// Bucket.
    pub bucket: Option<String>,
    /// Access key id.
    pub access_key: Option<Secret>,
    /// Secret access key.
    pub secret_key: Option<Secret>,
    /// `http(s)://…` as browsers reach it; the endpoint when absent.
    pub public_endpoint: Option<String>,
}

impl S3Config {
    /// Where browsers fetch files, as an origin for content policies; `None` without a store.
    pub fn origin(&self) -> Option<&str> {
        let url = self.public_endpoint.as_deref().or(self.endpoint.as_deref())?;
        let host = url.find("://")? + 3;
        let path = url.get(host..)?.find('/').map_or(url.len(), |at| host + at);
        url.get(..path)
    }
}

/// Outgoing mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// `smtps://user:password@host` or `smtp://host:port?tls=required`.
    pub url: Option<Secret>,
    /// Sender.
    pub from: String,
}

/// Text messages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsConfig {
    /// Names of the providers in the order they are tried; those without a login are passed over.
    pub order: Vec<SmsProvider>,
    /// Parts of messages a day, over all providers and companies. 0 sends none.
    pub daily_parts: u32,
}

/// Who carries SMS.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum SmsProvider {
    /// notify.eskiz.uz.
    Eskiz,
    /// send.smsxabar.uz.
    PlayMobile,
}

impl SmsProvider {
    /// As it is written in the configuration and kept with each message.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eskiz => "eskiz",
            Self::PlayMobile => "playmobile",
        }
    }
}

/// Eskiz.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EskizConfig {
    /// `http(s)://…` of the API.
    pub url: String,
    /// Login of the account.
    pub email: Option<String>,
    /// Password of the account's API.
    pub password: Option<Secret>,
    /// Name or number that people see as the sender.
    pub sender: String,
    /// Price of one part in tiyin.
    pub part_price: i64,
    /// Part of the address that delivery reports come to; made by us when absent.
    pub callback_secret: Option<Secret>,
}

/// Play Mobile.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlayMobileConfig {
    /// `http(s)://…` of the API.
    pub url: String,
    /// Login.
    pub login: Option<String>,
    /// Password.
    pub password: Option<Secret>,
    /// Name or number that people see as the sender.
    pub sender: String,
    /// Price of one part in tiyin.
    pub part_price: i64,
}

/// Web Push.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushConfig {
    /// `mailto:` or `https:` address where push services reach us.
    pub contact: Option<String>,
    /// Private key (base64url of 32 bytes); made by us when absent.
    pub vapid_key: Option<Secret>,
    /// Hosts of push services, `*.` for those below one; an origin (`http://127.0.0.1:9000`) is taken as it stands.
    pub hosts: Vec<String>,
}

/// Firebase Cloud Messaging.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FcmConfig {
    /// `http(s)://…` of the API.
    pub url: String,
    /// The service account's JSON, or the path of the file with it.
    pub service_account: Option<Secret>,
}

/// Telegram bot.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelegramConfig {
    /// Bot token.
    pub token: Option<Secret>,
    /// How updates arrive. Not set means `webhook` with a token and `off` without.
    #[serde(default)]
    pub mode: TelegramMode,
    /// Address of the Bot API, when it is not Telegram's own.
    pub api_url: Option<String>,
    /// Secret that Telegram repeats in each delivery; made and kept by us when absent.
    pub webhook_secret: Option<Secret>,
    /// Name of the bot without `@`, for links.
    pub bot_username: Option<String>,
}

/// Payment systems; the keys themselves belong to the companies' cash registers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentsConfig {
    /// `http(s)://…` of the simulator that checkout links of test cash registers lead to.
    pub simulator_url: Option<String>,
    /// `http(s)://…` of Click's Merchant API, for the live cash registers; test ones ask the simulator.
    pub click_url: String,
    /// Start the simulator that lies beside our own binary.
    pub simulator: bool,
}

/// How Telegram updates arrive.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum TelegramMode {
    /// No bot.
    #[default]
    Off,
    /// Telegram calls us.
    Webhook,
    /// A local server speaks the Bot API.
    Standin,
}

/// Sessions and keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthConfig {
    /// Life of an access token, minutes.
    pub access_minutes: u32,
    /// Life of a session without use, days.
    pub refresh_days: u32,
    /// Key of access tokens, 32 characters or more.
    pub jwt_secret: Option<Secret>,
    /// Keys of encrypted columns: base64 of 32 bytes, several separated by commas; the first seals, all open.
    pub field_key: Option<Secret>,
    /// Key of blind indexes: base64 of 32 bytes. Goes with `field_key` and never changes.
    pub index_key: Option<Secret>,
}

/// Requests a minute, and whose word about client addresses counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    /// Login and code requests by address.
    pub auth_per_minute: u32,
    /// API requests by user.
    pub api_per_minute: u32,
    /// Webhook deliveries by provider.
    pub webhook_per_minute: u32,
    /// Proxies whose `X-Forwarded-For` is believed: addresses or CIDR networks.
    pub trusted_proxies: Vec<String>,
}

/// Numbers for Prometheus, on a listener of their own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsConfig {
    /// Address and port of `/metrics`; a loopback address, or one with a token.
    pub listen: Option<SocketAddr>,
    /// What Prometheus shows as `Authorization: Bearer …`.
    pub token: Option<Secret>,
}

/// Logging.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// Shape of a line.
    pub format: LogFormat,
    /// Filter in `tracing` syntax, such as `info` or `info,sqlx=warn`.
    pub level: String,
}

/// Shape of a log line.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For collectors.
    Json,
}

/// Why the configuration was refused; each is a sentence for the person who wrote it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file named by `UK_CONFIG` is not there.
    #[error("The configuration file {0} named by UK_CONFIG does not exist.")]
    NoFile(PathBuf),
    /// The file or one of its settings does not parse.
    #[error("{file}: {problem}")]
    File {
        /// Path of the file.
        file: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// An environment variable is unknown or has a wrong value.
    #[error("Environment variable {name}: {problem}")]
    Variable {
        /// Name of the variable.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// Settings that do not fit together.
    #[error("{0}")]
    Invalid(String),
}
