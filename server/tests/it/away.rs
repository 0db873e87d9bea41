//! What the product leans on is taken away in turn: what does not need it goes on, what does says so and loses nothing,
//! and everything heals by itself. (The broker has tests of its own in the worker, the providers of messages in the
//! testkit, events between several servers in `several`.)

use crate::{
    app::{Answer, send},
    product::{DEADLINE, Product},
    socket::Socket,
};
use domain::{payments::payme, seed::payments::PAYME};
use reqwest::{
    RequestBuilder, Response,
    header::{ACCEPT, ACCEPT_LANGUAGE, COOKIE},
    multipart::{Form, Part},
    redirect::Policy,
};
use serde_json::{Value, json};
use std::{fs, process::Command, time::Duration, time::Instant};
use testkit::{MailSink, Redis, Store, photo};
use tokio::time::interval;

const READER: &str = "dispatcher@demo.example";

/// A dispatcher at work.
struct Desk<'p> {
    product: &'p Product,
    token: String,
    building: String,
}

impl<'p> Desk<'p> {
    async fn signed_in(product: &'p Product) -> Self {
        let token = product.token("dispatcher").await;
        let houses = product.get(&token, "/api/v1/buildings").await;
        Self { product, token, building: houses["items"][0]["id"].as_str().unwrap().to_owned() }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.product.http.get(self.product.url(path)).bearer_auth(&self.token)
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.product.http.post(self.product.url(path)).bearer_auth(&self.token)
    }

    fn login(&self) -> RequestBuilder {
        let body = json!({ "login": "admin", "password": domain::seed::PASSWORD });
        self.product.http.post(self.product.url("/api/v1/auth/login")).json(&body)
    }

    /// Asks for a new password; the letter goes to [`READER`].
    async fn forgets(&self) {
        let body = json!({ "email": READER });
        assert!(self.post("/api/v1/auth/password/forgot").json(&body).send().await.unwrap().status().is_success());
    }

    fn upload(&self) -> RequestBuilder {
        self.post("/api/v1/files").multipart(Form::new().part("photos", Part::bytes(photo()).file_name("p.jpg")))
    }

    /// What Payme hears: that nobody knows this payment, unless we are in trouble.
    async fn payme(&self) -> Value {
        let body = json!({ "method": "CheckTransaction", "id": 1, "params": { "id": "65f0c1d2e3a4b5c6d7e8f999" } });
        let call = self.product.http.post(self.product.url("/api/v1/payments/webhook/payme"));
        let answer =
            call.header("authorization", payme::authorization(PAYME.1)).body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json::<Value>().await.unwrap()["error"]["code"].clone()
    }

    /// Signs in, looks, files a request, takes a payment; the id of the request.
    async fn works(&self) -> String {
        assert_eq!(self.login().send().await.unwrap().status(), 200);
        assert_eq!(self.get("/api/v1/requests").send().await.unwrap().status(), 200);
        assert_eq!(self.payme().await, -31003);
        let body = json!({ "building_id": self.building, "category": "yard", "description": "Упал фонарь" });
        let answer = self.post("/api/v1/requests").json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Hears of a new request, whatever is missing.
    async fn hears(&self, socket: &mut Socket) {
        let id = self.works().await;
        loop {
            let event = socket.next().await;
            if event["type"] == "request.created" && event["data"]["request_id"] == *id {
                return;
            }
        }
    }
}

/// A dispatcher's browser: its session, and nothing that follows or remembers by itself.
struct Browser<'p> {
    product: &'p Product,
    http: reqwest::Client,
    cookies: String,
}

impl<'p> Browser<'p> {
    async fn signed_in(product: &'p Product) -> Self {
        let http =
            reqwest::Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(20)).build().unwrap();
        let form = [("login", "dispatcher"), ("password", domain::seed::PASSWORD)];
        let answer = send(http.post(product.url("/login")).form(&form)).await;
        answer.expect(303);
        Self { product, http, cookies: answer.cookies() }
    }

    fn open(&self, path: &str, more: &str) -> RequestBuilder {
        let call = self.http.get(self.product.url(path)).header(COOKIE, format!("{}{more}", self.cookies));
        call.header(ACCEPT, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    }

    /// What is shown while the database is away: words in the reader's language that come again by themselves.
    async fn sees_that_it_is_away(&self) {
        let again = |page: &Answer| {
            page.expect(503);
            assert_eq!((page.header("content-type"), page.header("retry-after")), ("text/html; charset=utf-8", "5"));
            assert!(page.text().contains("<meta http-equiv=\"refresh\" content=\"5\">"), "{}", page.text());
            page.text()
        };
        assert!(again(&send(self.open("/desk", "")).await).contains("Сервис ненадолго недоступен"));
        let uzbek = self.open("/desk/requests?overdue=true", "; i18n_pref_locale=uz").header(ACCEPT_LANGUAGE, "en");
        assert!(again(&send(uzbek).await).contains("Xizmat vaqtincha ishlamayapti"));
        let english = self.open("/profile", "").header(ACCEPT_LANGUAGE, "de, en;q=0.5");
        assert!(again(&send(english).await).contains("The service is away for a moment"));
        let style = send(self.open("/offline.css", "")).await;
        assert!(style.expect(200).header("content-type").starts_with("text/css"));

        // What a form sent cannot be asked for again by a page; programs go on reading JSON.
        let post = |path: &str| {
            let call = self.http.post(self.product.url(path)).header(COOKIE, &self.cookies);
            call.header("origin", self.product.url("")).header(ACCEPT, "text/html,*/*;q=0.8")
        };
        let form = send(post("/desk/requests").form(&[("description", "Упал фонарь")])).await;
        assert_eq!(form.expect(503).header("content-type"), "text/html; charset=utf-8");
        assert!(!form.text().contains("http-equiv"), "{}", form.text());
        send(post("/rpc/anything").json(&json!({}))).await.problem(503, "unavailable");
        send(self.open("/api/v1/requests", "")).await.problem(503, "unavailable");
    }
}

/// What the owner of the system reads about the product.
async fn operations(product: &Product, owner: &str) -> Value {
    product.get(owner, "/api/v1/operations").await
}

/// How many messages could be sent now, and how many failed and will be tried again.
fn letters(seen: &Value) -> (i64, i64) {
    let queue = seen["queues"].as_array().unwrap().iter().find(|queue| queue["task"] == "deliver");
    queue.map_or((0, 0), |queue| (queue["ready"].as_i64().unwrap(), queue["retrying"].as_i64().unwrap()))
}

/// Says that it works later, in words and in seconds.
async fn later(call: RequestBuilder) {
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status(), 503, "{}", answer.url());
    assert!(answer.headers().contains_key("retry-after"), "{}", answer.url());
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "unavailable");
}

/// Waits for what comes by itself.
async fn until(what: &str, mut come: impl AsyncFnMut() -> bool) {
    let (began, mut again) = (Instant::now(), interval(Duration::from_millis(50)));
    while !come().await {
        assert!(began.elapsed() < DEADLINE, "waited in vain: {what}");
        again.tick().await;
    }
}

async fn id_of(answer: Response) -> String {
    assert_eq!(answer.status(), 201);
    answer.json::<Value>().await.unwrap()[0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_away_is_missed_by_nobody_else_and_everything_heals() {
    let (mut redis, mut store, mut mail) = (Redis::started(), Store::started().await, MailSink::started().await);
    let mut settings = store.settings();
    settings.extend([
        ("UK_REDIS__URL", redis.url()),
        ("UK_SMTP__URL", mail.url()),
        ("UK_SMTP__FROM", "UK CRM <noreply@example.uz>".to_owned()),
    ]);
    let product = Product::seeded(settings).await;
    let server = product.start().await;
    let desk = Desk::signed_in(&product).await;
    let bearer = format!("Bearer {}", desk.token);
    let Ok(mut socket) = Socket::at(product.addr(), "", &[("authorization", &bearer)]).await else { panic!("refused") };
    desk.hears(&mut socket).await;
    let picture = id_of(desk.upload().send().await.unwrap()).await;
    let browser = Browser::signed_in(&product).await;
    let owner = product.token("owner").await;
    let seen = operations(&product, &owner).await;
    for part in ["queues", "dead", "schedules", "deliveries", "outbox", "database"] {
        assert!(!seen[part].is_null(), "{part} cannot be read");
    }
    assert!(seen["database"]["size_bytes"].as_i64() > Some(1_000_000), "{}", seen["database"]);

    // Without Redis: one process needs nobody to pass events on, and is ready.
    redis.kill();
    desk.hears(&mut socket).await;
    id_of(desk.upload().send().await.unwrap()).await;
    assert!(product.is_ready().await);
    redis.start();
    desk.hears(&mut socket).await;

    // Without files: photos wait, the request itself is saved.
    store.kill();
    desk.hears(&mut socket).await;
    later(desk.upload()).await;
    assert!(product.is_ready().await);
    store.start();
    until("the files", async || desk.upload().send().await.unwrap().status() == 201).await;
    let shown = desk.get(&format!("/api/v1/files/{picture}")).send().await.unwrap();
    assert_eq!((shown.status().as_u16(), &shown.bytes().await.unwrap()[..2]), (200, &[0xff, 0xd8][..]));

    // Without mail: the letter is tried, waits, and comes once.
    mail.kill().await;
    desk.forgets().await;
    until("a letter that failed", async || letters(&operations(&product, &owner).await).1 > 0).await;
    let seen = operations(&product, &owner).await;
    let post = seen["dependencies"].as_array().unwrap().iter().find(|row| row["name"] == "mail").unwrap();
    assert!(post["failed_at"].is_string() && post["error"].is_string(), "{post}");
    desk.hears(&mut socket).await;
    assert_eq!(mail.taken_for(READER), 0, "it was tried while nobody took it");
    mail.start().await;
    until("the letter", async || mail.taken_for(READER) > 0).await;

    // Without the database: everybody hears so in time, and providers call again. It cannot come back while its heart is gone.
    let before = desk.works().await;
    let heart = product.data.path().join("postgres/data/global/pg_control");
    let hidden = heart.with_extension("hidden");
    fs::rename(&heart, &hidden).unwrap();
    let killed = product.postmaster().unwrap();
    assert!(Command::new("kill").args(["-9", &killed.to_string()]).status().unwrap().success());
    until("the end of the database", async || !product.is_ready().await).await;
    later(desk.login()).await;
    later(desk.get("/api/v1/requests")).await;
    later(desk.upload()).await;
    assert_eq!(desk.payme().await, -32400);
    let click =
        product.http.post(product.url("/api/v1/payments/webhook/click")).body("service_id=1").send().await.unwrap();
    assert_eq!((click.status().as_u16(), click.json::<Value>().await.unwrap()["error"].clone()), (200, json!(-8)));
    assert_eq!(product.http.get(product.url("/healthz")).send().await.unwrap().status(), 200);
    browser.sees_that_it_is_away().await;
    fs::rename(&hidden, &heart).unwrap();
    until("the database", async || product.is_ready().await).await;
    assert_ne!(product.postmaster(), Some(killed));
    assert_eq!(desk.get(&format!("/api/v1/requests/{before}")).send().await.unwrap().status(), 200);
    desk.hears(&mut socket).await;

    send(browser.open("/desk", "")).await.expect(200);

    // The job of the first letter ended before the database did: only the second one comes, after everything that waited.
    assert_eq!(mail.taken_for(READER), 1, "a letter comes once");
    desk.forgets().await;
    until("the second letter", async || mail.taken_for(READER) > 1).await;
    until("the end of the queue", async || letters(&operations(&product, &owner).await) == (0, 0)).await;
    assert_eq!(mail.taken_for(READER), 2, "a letter comes once");
    product.stop(server).await;
    assert_eq!(product.postmaster(), None, "PostgreSQL still runs");
}
