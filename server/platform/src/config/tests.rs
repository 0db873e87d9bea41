use std::io::Write;

use super::*;

fn load(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load_from(None, vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn sentence(vars: &[(&str, &str)]) -> String {
    load(vars).unwrap_err().to_string()
}

#[test]
fn nothing_configured_is_the_embedded_default() {
    let config = load(&[]).unwrap();
    assert_eq!(config.server.port, 8080);
    assert_eq!(config.server.upload_limit_bytes, 15 * 1024 * 1024);
    assert_eq!(config.data_dir, Path::new(".data"));
    assert!(config.database.url.is_none() && config.redis.url.is_none() && config.s3.endpoint.is_none());
    assert_eq!(
        (config.limits.auth_per_minute, config.limits.api_per_minute, config.limits.webhook_per_minute),
        (5, 100, 1000)
    );
    assert_eq!(config.telegram.mode, TelegramMode::Off);
    assert!(!config.is_dev());
}

#[test]
fn variables_override_and_keep_their_type() {
    let config = load(&[
        ("UK_SERVER__PORT", "9000"),
        ("PORT", "9100"),
        ("UK_DATA_DIR", "/srv/uk"),
        ("UK_DEMO", "true"),
        ("UK_CACHE", "/tmp/x"),
        ("HOME", "/root"),
        ("UK_REDIS__URL", ""),
        ("UK_DATABASE__URL", "postgres://a:b@h/d"),
        ("UK_AUTH__JWT_SECRET", "0123"),
        ("UK_LIMITS__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
    ])
    .unwrap();
    assert_eq!(config.server.port, 9100);
    assert_eq!(config.data_dir, Path::new("/srv/uk"));
    assert!(config.is_dev());
    assert_eq!(config.auth.jwt_secret.unwrap().expose_secret(), "0123");
    assert_eq!(config.limits.trusted_proxies, ["10.0.0.0/8", "::1"]);
}

#[test]
fn unknown_variables_are_refused_by_name() {
    let text = sentence(&[("UK_SERVER__PRT", "1")]);
    assert!(text.contains("UK_SERVER__PRT") && text.contains("`prt`") && text.contains("port"), "{text}");
    let text = sentence(&[("UK_SEVER__PORT", "1")]);
    assert!(text.contains("UK_SEVER__PORT") && text.contains("`sever`"), "{text}");
    let text = sentence(&[("UK_SERVER__PORT", "many")]);
    assert!(text.contains("UK_SERVER__PORT") && text.contains("server.port"), "{text}");
    let text = sentence(&[("UK_LOG__FORMAT", "xml")]);
    assert!(text.contains("pretty") && text.contains("json"), "{text}");
}

#[test]
fn the_file_overrides_defaults_and_is_named_in_errors() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "[server]\nport = 7000").unwrap();
    assert_eq!(Config::load_from(Some(file.path()), []).unwrap().server.port, 7000);
    writeln!(file, "colour = 1").unwrap();
    let text = Config::load_from(Some(file.path()), []).unwrap_err().to_string();
    assert!(text.contains("colour") && text.contains(file.path().to_str().unwrap()), "{text}");
}

#[test]
fn partial_configuration_is_refused() {
    let text = sentence(&[("UK_S3__ENDPOINT", "http://localhost:9000")]);
    assert!(text.contains("s3.bucket") && text.contains("s3.secret_key"), "{text}");
    assert!(sentence(&[("UK_DATABASE__OWNER_URL", "postgres://o@h/d")]).contains("database.url"));
    assert!(sentence(&[("UK_TELEGRAM__TOKEN", "1:a")]).contains("public_url"));
    assert!(sentence(&[("UK_AUTH__FIELD_KEY", "x")]).contains("index_key"));
    assert!(sentence(&[("UK_LIMITS__TRUSTED_PROXIES", "10.0.0.0/33")]).contains("10.0.0.0/33"));
    assert!(sentence(&[("UK_REDIS__URL", "localhost")]).contains("redis://"));
    assert!(sentence(&[("UK_SMTP__URL", "http://x")]).contains("smtp.url"));
    assert!(sentence(&[("UK_AMQP__URL", "localhost:5672")]).contains("amqps://"));
    let text = sentence(&[("UK_AMQP__URL", "amqp://u:hunter2@h:port/%2f")]);
    assert!(text.contains("amqp.url") && !text.contains("hunter2"), "{text}");
    let few = [("UK_AMQP__URL", "amqp://h/%2f"), ("UK_DATABASE__MAX_CONNECTIONS", "4")];
    assert!(sentence(&few).contains("max_connections"));
    assert!(sentence(&[("UK_METRICS__LISTEN", "0.0.0.0:9464")]).contains("metrics.token"));
}

#[test]
fn silence_is_longer_than_the_heartbeat_and_a_request() {
    let idle = |seconds: &str| load(&[("UK_SERVER__IDLE_TIMEOUT_S", seconds), ("UK_SERVER__REQUEST_TIMEOUT_S", "20")]);
    for short in ["0", "20", "25"] {
        let text = idle(short).unwrap_err().to_string();
        assert!(text.contains("server.idle_timeout_s must be more than 25"), "{text}");
    }
    assert_eq!(idle("26").unwrap().server.idle_timeout_s, 26);
    assert!(sentence(&[("UK_SERVER__REQUEST_TIMEOUT_S", "76")]).contains("server.request_timeout_s"));
    load(&[("UK_SERVER__REQUEST_TIMEOUT_S", "75")]).unwrap();
}

#[test]
fn secrets_do_not_show_in_debug() {
    let config = load(&[
        ("UK_DATABASE__URL", "postgres://a:hunter2@h/d"),
        ("UK_AUTH__JWT_SECRET", "hunter2"),
        ("UK_AMQP__URL", "amqp://a:hunter2@h/%2f"),
    ])
    .unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}

/// `uk-crm.toml` shows every setting as `#key = value`: uncommented it must parse, and what has a default must equal it.
#[test]
fn the_shipped_file_documents_every_setting() {
    let text = include_str!("../../../../uk-crm.toml");
    let bare: String = text
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase()) => rest,
            _ => line,
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let shipped: Value = Figment::from(Toml::string(&bare)).extract().unwrap();
    let defaults: Value = Figment::from(Toml::string(DEFAULTS)).extract().unwrap();
    let keys = |value: &Value| -> Vec<(String, Value)> {
        let dict = value.as_dict().unwrap();
        dict.iter()
            .flat_map(|(name, value)| match value.as_dict() {
                Some(section) => section.iter().map(|(key, value)| (format!("{name}.{key}"), value.clone())).collect(),
                None => vec![(name.clone(), value.clone())],
            })
            .collect()
    };
    let shipped = keys(&shipped);
    for (path, value) in keys(&defaults) {
        let found =
            shipped.iter().find(|(name, _)| *name == path).unwrap_or_else(|| panic!("{path} is not documented"));
        assert_eq!(found.1, value, "{path}");
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bare.as_bytes()).unwrap();
    Config::load_from(Some(file.path()), []).unwrap();
}

#[test]
fn the_store_has_one_origin_for_browsers() {
    let store = |endpoint: &str, public: &[(&'static str, &'static str)]| {
        let keys = [("UK_S3__BUCKET", "b"), ("UK_S3__ACCESS_KEY", "a"), ("UK_S3__SECRET_KEY", "s")];
        let vars: Vec<_> =
            [("UK_S3__ENDPOINT", endpoint)].into_iter().chain(keys).chain(public.iter().copied()).collect();
        load(&vars).unwrap().s3.origin().map(str::to_owned)
    };
    assert_eq!(load(&[]).unwrap().s3.origin(), None);
    assert_eq!(store("http://store:9000", &[]).unwrap(), "http://store:9000");
    assert_eq!(
        store("http://store:9000", &[("UK_S3__PUBLIC_ENDPOINT", "https://f.example.uz/s3")]).unwrap(),
        "https://f.example.uz"
    );
}
