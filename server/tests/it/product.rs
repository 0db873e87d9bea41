//! The real binary in processes of its own.

use crate::app::site;
use serde_json::{Value, json};
use std::{
    net::{SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Output, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    time::{interval, timeout},
};

/// Making a cluster and recovering it take their time on a slow disk.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// An installation; the embedded database and the files on disk unless the settings say otherwise.
pub struct Product {
    pub data: TempDir,
    pub http: reqwest::Client,
    site: TempDir,
    port: u16,
    settings: Vec<(&'static str, String)>,
}

impl Product {
    /// With a small demo city.
    pub async fn seeded(settings: Vec<(&'static str, String)>) -> Self {
        let product = Self::bare(settings);
        let seeded = timeout(DEADLINE, product.command(&["seed", "--apartments", "20"]).status()).await;
        assert!(seeded.expect("the seed does not end").unwrap().success());
        product
    }

    /// With nothing at all.
    pub fn bare(settings: Vec<(&'static str, String)>) -> Self {
        let data = tempfile::tempdir().unwrap();
        // The database runs as another user when we are root.
        std::fs::set_permissions(data.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { data, http, site: site(), port, settings }
    }

    /// Runs a subcommand to its end.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        timeout(DEADLINE, self.command(arguments).output()).await.expect("it does not end").unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_uk-crm"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("UK_DATA_DIR", self.data.path())
            .env("UK_DEV", "true")
            .env("UK_SERVER__HOST", "127.0.0.1")
            .env("UK_SERVER__PORT", self.port.to_string())
            .env("UK_SERVER__SITE_DIR", self.site.path())
            .env("UK_LIMITS__AUTH_PER_MINUTE", "100000")
            .env("UK_LIMITS__API_PER_MINUTE", "1000000")
            .env("UK_LIMITS__WEBHOOK_PER_MINUTE", "100000000")
            .env("UK_LOG__LEVEL", "error")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Starts the server and waits until it serves.
    pub async fn start(&self) -> Child {
        let mut server = self.command(&["all"]).spawn().unwrap();
        let (began, mut again) = (Instant::now(), interval(Duration::from_millis(20)));
        while !self.is_ready().await {
            again.tick().await;
            if let Some(status) = server.try_wait().unwrap() {
                panic!("the server ended: {status}");
            }
            assert!(began.elapsed() < DEADLINE, "the server does not start");
        }
        server
    }

    pub async fn is_ready(&self) -> bool {
        let ready = self.http.get(self.url("/readyz")).send().await;
        ready.is_ok_and(|answer| answer.status().is_success())
    }

    /// Ends the server as Ctrl-C does.
    pub async fn stop(&self, mut server: Child) {
        interrupt(server.id().unwrap());
        let status = timeout(DEADLINE, server.wait()).await.expect("the server does not stop").unwrap();
        assert!(status.success(), "{status}");
    }

    pub fn addr(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr())
    }

    pub async fn token(&self, login: &str) -> String {
        let body = json!({ "login": login, "password": domain::seed::PASSWORD });
        let answer = self.http.post(self.url("/api/v1/auth/login")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let tokens: Value = answer.json().await.unwrap();
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn get(&self, token: &str, path: &str) -> Value {
        let answer = self.http.get(self.url(path)).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// The process of the embedded PostgreSQL, as its own file says.
    pub fn postmaster(&self) -> Option<u32> {
        postmaster(self.data.path())
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        // A test that failed leaves PostgreSQL running, which would outlive its folder.
        if let Some(pid) = self.postmaster() {
            interrupt(pid);
        }
    }
}

fn interrupt(pid: u32) {
    let _ = std::process::Command::new("kill").args(["-INT", &pid.to_string()]).stderr(Stdio::null()).status();
}

fn postmaster(folder: &Path) -> Option<u32> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    entries.into_iter().find_map(|entry| {
        let path = entry.path();
        if path.file_name().is_some_and(|name| name == "postmaster.pid") {
            return std::fs::read_to_string(path).ok()?.lines().next()?.parse().ok();
        }
        if entry.file_type().ok()?.is_dir() { postmaster(&path) } else { None }
    })
}
