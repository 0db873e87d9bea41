//! Two server processes behind one Redis: what happens at one is heard at the other, also around an outage of Redis.

use crate::{app::site, socket::Socket};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    process::Stdio,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use testkit::{PASSWORD, Redis, TestCtx, World};
use tokio::process::{Child, Command};

/// Nothing takes this long unless it never comes.
const DEADLINE: Duration = Duration::from_secs(60);

/// One of the processes.
struct Instance {
    addr: SocketAddr,
    http: reqwest::Client,
    _process: Child,
    _site: TempDir,
}

impl Instance {
    async fn started(ctx: &TestCtx, redis: &Redis) -> Self {
        let addr = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let site = site();
        let process = Command::new(env!("CARGO_BIN_EXE_uk-crm"))
            .arg("serve")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("UK_DATA_DIR", ctx.dir.path())
            .env("UK_DATABASE__URL", ctx.database.app_url().expose_secret())
            .env("UK_DATABASE__OWNER_URL", ctx.database.owner_url().expose_secret())
            .env("UK_REDIS__URL", redis.url())
            .env("UK_SERVER__HOST", "127.0.0.1")
            .env("UK_SERVER__PORT", addr.port().to_string())
            .env("UK_SERVER__SITE_DIR", site.path())
            .env("UK_DEV", "true")
            .env("UK_LOG__LEVEL", "error")
            .current_dir(ctx.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let http = reqwest::Client::builder().timeout(DEADLINE).build().unwrap();
        let instance = Self { addr, http, _process: process, _site: site };
        let began = Instant::now();
        loop {
            let ready = instance.http.get(instance.url("/readyz")).send().await;
            if ready.is_ok_and(|answer| answer.status().is_success()) {
                return instance;
            }
            assert!(began.elapsed() < DEADLINE, "the server does not start");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    async fn token(&self) -> String {
        let body = json!({ "login": "dispatcher-a", "password": PASSWORD });
        let answer = self.http.post(self.url("/api/v1/auth/login")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned()
    }

    /// Files a request; its id.
    async fn file(&self, token: &str, world: &World) -> Value {
        let unit = world.a.house.units[0];
        let body = json!({ "unit_id": unit, "category": "plumbing", "description": "течёт" });
        let request = self.http.post(self.url("/api/v1/requests")).bearer_auth(token).json(&body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.json::<Value>().await.unwrap()["id"].clone()
    }

    /// A connection that has heard everything up to `since`, or begins now.
    async fn socket(&self, token: &str, since: Option<i64>) -> Socket {
        let (bearer, query) = (format!("Bearer {token}"), since.map(|id| format!("?since={id}")).unwrap_or_default());
        let Ok(mut socket) = Socket::at(self.addr, &query, &[("authorization", &bearer)]).await else {
            panic!("refused")
        };
        if since.is_none() {
            assert_eq!(socket.next().await["type"], "hello");
        }
        socket
    }
}

/// The next event of this kind.
async fn next(socket: &mut Socket, kind: &str) -> Value {
    loop {
        let event = socket.next().await;
        if event["type"] == kind {
            return event;
        }
    }
}

/// Which request was filed next.
async fn filed(socket: &mut Socket) -> Value {
    next(socket, "request.created").await["data"]["request_id"].clone()
}

#[tokio::test]
async fn what_happens_at_one_is_heard_at_the_other_also_around_an_outage_of_redis() {
    let (ctx, mut redis) = (TestCtx::new().await, Redis::started());
    let world = World::new(&ctx).await;
    let (one, other) = (Instance::started(&ctx, &redis).await, Instance::started(&ctx, &redis).await);
    let token = one.token().await;
    let (mut here, mut there) = (one.socket(&token, None).await, other.socket(&token, None).await);
    let first = other.file(&token, &world).await;
    assert_eq!((filed(&mut here).await, filed(&mut there).await), (first.clone(), first));
    let second = one.file(&token, &world).await;
    let heard = next(&mut there, "request.created").await;
    assert_eq!((&filed(&mut here).await, &heard["data"]["request_id"]), (&second, &second));
    let seen = heard["id"].as_i64().unwrap();
    // Redis dies: work goes on at both. An event is heard at once where it is published, elsewhere when Redis is back.
    redis.kill();
    let mut missed = Vec::new();
    for at in [&one, &other, &one] {
        missed.push(at.file(&token, &world).await);
    }
    // It comes back empty: everybody is told to look again, and who resumes gets everything, in order and once.
    redis.start();
    for (at, socket) in [(&one, &mut here), (&other, &mut there)] {
        next(socket, "resync").await;
        let mut again = at.socket(&token, Some(seen)).await;
        for id in &missed {
            assert_eq!(&filed(&mut again).await, id);
        }
    }
    // What is new travels as before, or they are told once more to look again.
    let last = one.file(&token, &world).await;
    for socket in [&mut here, &mut there] {
        loop {
            let event = socket.next().await;
            if event["type"] == "resync" || event["data"]["request_id"] == last {
                break;
            }
        }
    }
}
