//! `kill -9` in the middle of work: what was acknowledged is there, what was not can be repeated safely.

use crate::app::site;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use std::{
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    sync::Notify,
    time::{interval, timeout},
};

const CALLS: usize = 200;
const AT_ONCE: usize = 40;
/// Acknowledged calls after which the plug is pulled.
const ENOUGH: usize = 60;
/// Making a cluster and recovering it take their time on a slow disk.
const DEADLINE: Duration = Duration::from_secs(120);

struct Product {
    data: TempDir,
    site: TempDir,
    port: u16,
    http: reqwest::Client,
}

impl Product {
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
            .env("UK_LIMITS__API_PER_MINUTE", "100000")
            .env("UK_LOG__LEVEL", "warn")
            .current_dir(self.data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Starts the server and waits until it serves.
    async fn start(&self) -> Child {
        let mut server = self.command(&["all"]).spawn().unwrap();
        let began = Instant::now();
        let mut again = interval(Duration::from_millis(50));
        loop {
            again.tick().await;
            if let Some(status) = server.try_wait().unwrap() {
                panic!("the server ended: {status}");
            }
            let ready = self.http.get(self.url("/readyz")).send().await;
            if ready.is_ok_and(|answer| answer.status().is_success()) {
                return server;
            }
            assert!(began.elapsed() < DEADLINE, "the server does not start");
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    async fn token(&self) -> String {
        let body = json!({ "login": "dispatcher", "password": domain::seed::PASSWORD });
        let answer = self.http.post(self.url("/api/v1/auth/login")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let tokens: Value = answer.json().await.unwrap();
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    async fn get(&self, token: &str, path: &str) -> Value {
        let answer = self.http.get(self.url(path)).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// The id of the request when the server acknowledged it.
    async fn file(&self, token: &str, building: &str, n: usize) -> Option<String> {
        let body = json!({ "building_id": building, "category": "yard", "description": text(n) });
        let call = self
            .http
            .post(self.url("/api/v1/requests"))
            .bearer_auth(token)
            .header("idempotency-key", text(n))
            .json(&body);
        let answer = call.send().await.ok().filter(|answer| answer.status() == 201)?;
        let card: Value = answer.json().await.ok()?;
        Some(card["id"].as_str().unwrap().to_owned())
    }

    async fn stop(&self, mut server: Child) {
        interrupt(server.id().unwrap());
        let status = timeout(DEADLINE, server.wait()).await.expect("the server does not stop").unwrap();
        assert!(status.success(), "{status}");
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        // A test that failed leaves PostgreSQL running, which would outlive its folder.
        if let Some(pid) = postmaster(self.data.path()) {
            interrupt(pid);
        }
    }
}

fn interrupt(pid: u32) {
    let _ = std::process::Command::new("kill").args(["-INT", &pid.to_string()]).stderr(Stdio::null()).status();
}

/// The process of the embedded PostgreSQL, as its own file says.
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

fn text(n: usize) -> String {
    format!("crash-{n:03}")
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_is_done_twice() {
    let data = tempfile::tempdir().unwrap();
    // The database runs as another user when we are root.
    std::fs::set_permissions(data.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
    let product = Arc::new(Product { data, site: site(), port: free_port(), http });
    let seeded = timeout(DEADLINE, product.command(&["seed", "--apartments", "20"]).status()).await;
    assert!(seeded.expect("the seed does not end").unwrap().success());

    let mut server = product.start().await;
    let token = product.token().await;
    let building = product.get(&token, "/api/v1/buildings").await["items"][0]["id"].as_str().unwrap().to_owned();
    let (done, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let calls = {
        let (product, token, building, enough) = (product.clone(), token.clone(), building.clone(), enough.clone());
        tokio::spawn(async move {
            let calls = stream::iter(0..CALLS).map(|n| {
                let (product, token, building, done, enough) = (&product, &token, &building, &done, &enough);
                async move {
                    let id = product.file(token, building, n).await;
                    if id.is_some() && done.fetch_add(1, Ordering::Relaxed) + 1 == ENOUGH {
                        enough.notify_one();
                    }
                    id
                }
            });
            calls.buffered(AT_ONCE).collect::<Vec<Option<String>>>().await
        })
    };
    timeout(DEADLINE, enough.notified()).await.expect("the server does not work");
    server.start_kill().unwrap();
    server.wait().await.unwrap();
    let answers = calls.await.unwrap();
    let acknowledged = answers.iter().flatten().count();
    assert!((ENOUGH..CALLS).contains(&acknowledged), "{acknowledged} of {CALLS} were acknowledged");

    let server = product.start().await;
    let token = product.token().await;
    for (n, id) in answers.iter().enumerate() {
        let Some(id) = id else { continue };
        let card = product.get(&token, &format!("/api/v1/requests/{id}")).await;
        assert_eq!(card["description"], text(n));
    }
    // Whether the lost answer belonged to a done call or not: a repeat makes it exactly one.
    for (n, id) in answers.iter().enumerate() {
        let again = product.file(&token, &building, n).await.unwrap_or_else(|| panic!("{} is refused", text(n)));
        assert!(id.as_ref().is_none_or(|id| *id == again), "{} was filed twice", text(n));
    }
    for n in 0..CALLS {
        let found = product.get(&token, &format!("/api/v1/requests?text={}", text(n))).await;
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{}", text(n));
    }
    product.stop(server).await;
    assert_eq!(postmaster(product.data.path()), None, "PostgreSQL still runs");
}
