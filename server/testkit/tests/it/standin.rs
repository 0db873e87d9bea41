//! Starts the stand-in and asks it what it saw.

use chrono::Utc;
use platform::clock::Clock;
use serde_json::{Value, json};
use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use testkit::TestCtx;

pub struct Standin {
    process: Child,
    pub base: String,
    http: reqwest::Client,
}

impl Drop for Standin {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Standin {
    pub async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(env!("CARGO_BIN_EXE_channels-standin"))
            .args(["--port", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let standin = Self { process, base: format!("http://127.0.0.1:{port}"), http: reqwest::Client::new() };
        let began = Instant::now();
        while standin.http.get(format!("{}/control/state", standin.base)).send().await.is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "the stand-in does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        standin
    }

    /// The product with everything pointed here, and with the time of this machine: words it signs are looked at by
    /// another process.
    pub async fn product(&self, more: &[(&str, &str)]) -> TestCtx {
        let (eskiz, playmobile) = (format!("{}/eskiz", self.base), format!("{}/playmobile", self.base));
        let (fcm, account) = (format!("{}/fcm", self.base), self.get("fcm/account").await.to_string());
        let mut settings = vec![
            ("UK_SERVER__PUBLIC_URL", "https://crm.example.uz"),
            ("UK_ESKIZ__URL", eskiz.as_str()),
            ("UK_ESKIZ__EMAIL", "office@example.uz"),
            ("UK_ESKIZ__PASSWORD", "eskiz-password"),
            ("UK_ESKIZ__CALLBACK_SECRET", "a_secret_for_the_tests"),
            ("UK_ESKIZ__PART_PRICE", "11500"),
            ("UK_PLAYMOBILE__URL", playmobile.as_str()),
            ("UK_PLAYMOBILE__LOGIN", "ukcrm"),
            ("UK_PLAYMOBILE__PASSWORD", "playmobile-password"),
            ("UK_PUSH__HOSTS", self.base.as_str()),
            ("UK_PUSH__CONTACT", "mailto:office@example.uz"),
            ("UK_FCM__URL", fcm.as_str()),
            ("UK_FCM__SERVICE_ACCOUNT", account.as_str()),
        ];
        settings.extend_from_slice(more);
        let ctx = TestCtx::with(&settings).await;
        let gap = Clock::system().now().signed_duration_since::<Utc>(ctx.clock.now());
        ctx.clock.advance(gap);
        ctx
    }

    pub async fn get(&self, what: &str) -> Value {
        let answer = self.http.get(format!("{}/control/{what}", self.base)).send().await.unwrap();
        answer.json().await.unwrap()
    }

    pub async fn tell(&self, what: &str, body: Value) -> Value {
        let answer = self.http.post(format!("{}/control/{what}", self.base)).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{what}: {}", answer.status());
        answer.json().await.unwrap_or(Value::Null)
    }

    /// Trouble for the next call whose path holds `path`.
    pub async fn trouble(&self, path: &str, fault: Value) {
        let mut body = fault;
        body["path"] = json!(path);
        self.tell("faults", body).await;
    }

    pub async fn list(&self, what: &str) -> Vec<Value> {
        self.get("state").await[what].as_array().unwrap().clone()
    }
}
