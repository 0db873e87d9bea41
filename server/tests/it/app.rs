//! The product behind a real socket, on a database of its own.

use bot::BotApi;
use bytes::Bytes;
use http::{HeaderMap, Method, header};
use reqwest::{RequestBuilder, redirect::Policy};
use secrecy::SecretString;
use serde_json::{Value, json};
use server::{bot_link::BotLink, http::server::Limits, metrics::Meters};
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use testkit::{PASSWORD, Person, TestCtx, World, last_code};
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// What hangs is ended by it. The company of the access matrix hires thousands, and some doors look at everybody.
const DEADLINE: Duration = Duration::from_secs(120);
pub const WEBHOOK_SECRET: &str = "a_secret_for_the_tests";
pub const ACCESS: &str = "__Host-uk_access";
pub const REFRESH: &str = "__Host-uk_refresh";

pub struct TestApp {
    pub world: World,
    pub addr: SocketAddr,
    pub base: String,
    pub http: reqwest::Client,
    pub meters: Meters,
    pub stop: CancellationToken,
    relay: JoinHandle<()>,
    _site: TempDir,
    // Last: the database goes when nobody uses it any more.
    pub ctx: TestCtx,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
        self.relay.abort();
    }
}

/// How a call proves who makes it.
#[derive(Clone, Debug)]
pub enum Pass {
    Nobody,
    Bearer(String),
    /// A browser on one of our own pages.
    Cookies(String),
}

impl TestApp {
    pub async fn new() -> Self {
        let plenty = [
            ("UK_LIMITS__AUTH_PER_MINUTE", "1000000"),
            ("UK_LIMITS__API_PER_MINUTE", "1000000"),
            ("UK_LIMITS__WEBHOOK_PER_MINUTE", "1000000"),
        ];
        Self::with(&plenty).await
    }

    /// With settings as environment variables would give them.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let site = site();
        let mut all = vec![("UK_SERVER__SITE_DIR", site.path().to_str().unwrap())];
        all.extend_from_slice(settings);
        let ctx = TestCtx::with(&all).await;
        let world = World::new(&ctx).await;
        let bot = BotLink {
            // Nobody is there: updates are stored and worked on later.
            api: BotApi::new("7000001:test", Some("http://127.0.0.1:9")).unwrap(),
            secret: SecretString::from(WEBHOOK_SECRET),
            wake: Arc::new(Notify::new()),
            chat_page: None,
        };
        let meters = Meters::default();
        let router = server::http::router(ctx.ctx.clone(), Some(bot), meters.clone()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let limits = Limits::from(&ctx.config.server);
        tokio::spawn(server::http::server::serve(listener, router, limits, stop.clone()));
        let relay = tokio::spawn(domain::events::relay(ctx.ctx.clone()));
        let http = reqwest::Client::builder().redirect(Policy::none()).timeout(DEADLINE).build().unwrap();
        Self { world, addr, base: format!("http://{addr}"), http, meters, stop, relay, _site: site, ctx }
    }

    pub fn request(&self, method: Method, path: &str, pass: &Pass) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match pass {
            Pass::Nobody => request,
            Pass::Bearer(token) => request.bearer_auth(token),
            Pass::Cookies(cookies) => request.header(header::COOKIE, cookies).header(header::ORIGIN, &self.base),
        }
    }

    pub fn get(&self, path: &str, pass: &Pass) -> RequestBuilder {
        self.request(Method::GET, path, pass)
    }

    pub fn post(&self, path: &str, pass: &Pass) -> RequestBuilder {
        self.request(Method::POST, path, pass)
    }

    /// A staff member over REST.
    pub async fn bearer(&self, login: &str) -> Pass {
        let body = json!({ "login": login, "password": PASSWORD });
        let answer = send(self.post("/api/v1/auth/login", &Pass::Nobody).json(&body)).await;
        answer.expect(200);
        Pass::Bearer(answer.json()["access_token"].as_str().unwrap().to_owned())
    }

    /// A staff member in a browser.
    pub async fn browser(&self, login: &str) -> Pass {
        let form = [("login", login), ("password", PASSWORD)];
        let answer = send(self.post("/login", &Pass::Nobody).form(&form)).await;
        answer.expect(303);
        Pass::Cookies(answer.cookies())
    }

    /// A resident in a browser, by the code they were sent.
    pub async fn resident(&self, person: &Person) -> Pass {
        let phone = person.phone.as_str();
        send(self.post("/login/code", &Pass::Nobody).form(&[("phone", phone)])).await.expect(303);
        let code = last_code(&self.ctx, &person.phone).await;
        let answer = send(self.post("/login/verify", &Pass::Nobody).form(&[("phone", phone), ("code", &code)])).await;
        answer.expect(303);
        Pass::Cookies(answer.cookies())
    }

    /// Files a plain request over REST as one of the residents would have it filed.
    pub async fn file(&self, pass: &Pass, description: &str) -> Answer {
        let unit = self.world.a.house.units[0];
        let body = json!({ "unit_id": unit, "category": "plumbing", "description": description });
        let answer = send(self.post("/api/v1/requests", pass).json(&body)).await;
        answer.expect(201);
        answer
    }
}

/// The built browser files, as far as the server looks at them.
pub fn site() -> TempDir {
    let site = tempfile::tempdir().unwrap();
    let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public");
    let pkg = site.path().join("pkg");
    std::fs::create_dir(&pkg).unwrap();
    let code = json!({ "js": "app.0a1b2c3d4e5f.js", "wasm": "app.0a1b2c3d4e5f.wasm" });
    let faces: serde_json::Map<_, _> = app::Face::ALL.iter().map(|f| (f.name().to_owned(), code.clone())).collect();
    let names = json!({ "css": "app.0a1b2c3d4e5f.css", "faces": faces });
    std::fs::write(pkg.join("manifest.json"), names.to_string()).unwrap();
    for name in ["app.0a1b2c3d4e5f.js", "app.0a1b2c3d4e5f.wasm", "app.0a1b2c3d4e5f.css"] {
        std::fs::write(pkg.join(name), "built").unwrap();
    }
    for name in ["sw.js", "favicon.svg", "offline.css"] {
        std::fs::copy(public.join(name), site.path().join(name)).unwrap();
    }
    site
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    // There is no body to wait for behind an upgrade.
    let bytes = if status == 101 { Bytes::new() } else { response.bytes().await.unwrap() };
    Answer { status, headers, bytes }
}

impl Answer {
    #[track_caller]
    pub fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{:?} {}", self.headers, self.text());
        self
    }

    /// A failure as every REST answer tells it.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        self.expect(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body = self.json();
        assert_eq!((&body["code"], &body["status"]), (&json!(code), &json!(status)), "{body}");
        assert_eq!(body["type"], format!("/problems/{code}"));
        assert!(!body["title"].as_str().unwrap().is_empty() && body["trace_id"].is_string(), "{body}");
        body
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|v| v.to_str().unwrap()).unwrap_or_default()
    }

    pub fn set_cookies(&self) -> Vec<String> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|v| v.to_str().unwrap().to_owned()).collect()
    }

    /// What a browser sends next time.
    pub fn cookies(&self) -> String {
        let pairs = self.set_cookies();
        pairs.iter().map(|cookie| cookie.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
    }
}

/// The value of a cookie in a `Cookie` header.
pub fn cookie(pass: &Pass, name: &str) -> String {
    let Pass::Cookies(cookies) = pass else { panic!("no cookies") };
    let found = cookies.split("; ").filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    found.map(|(_, value)| value.to_owned()).unwrap_or_else(|| panic!("no {name} in {cookies}"))
}

/// Gives up on what should have come long ago.
pub async fn in_time<T>(what: &str, wait: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, wait).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}
