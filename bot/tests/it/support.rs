//! A stand-in process, a webhook route, and people who chat.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use bot::BotApi;
use domain::{Ctx, telegram};
use serde_json::{Value, json};
use std::{
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use testkit::{TestCtx, World, telegram_standin};
use tokio::{
    net::TcpListener,
    sync::{Notify, oneshot},
    task::JoinHandle,
};

const SECRET: &str = "a_secret_for_the_tests";
const TOKEN: &str = "7000001:standin";

/// Not a test: the process that [`Standin::start`] runs.
#[test]
fn standin_process() {
    let Ok(port) = std::env::var("STANDIN_PORT") else { return };
    let webhook_url = std::env::var("STANDIN_WEBHOOK").ok();
    let options = telegram_standin::Options {
        token: TOKEN.to_owned(),
        webhook_url,
        secret: Some(SECRET.to_owned()),
        phones: Vec::new(),
    };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await.unwrap();
        tokio::select! {
            served = telegram_standin::serve(options, listener) => served.unwrap(),
            () = telegram_standin::orphaned() => {}
        }
    });
}

pub struct Standin {
    process: Child,
    pub base: String,
    client: reqwest::Client,
}

impl Drop for Standin {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Standin {
    async fn start(webhook: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "support::standin_process", "--nocapture"])
            .env("STANDIN_PORT", port.to_string())
            .env("STANDIN_WEBHOOK", webhook)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let standin = Self { process, base: format!("http://127.0.0.1:{port}"), client: reqwest::Client::new() };
        eventually("the stand-in", async || standin.client.get(&standin.base).send().await.ok()).await;
        standin
    }

    pub async fn get(&self, path: &str) -> Value {
        self.client.get(format!("{}/control/{path}", self.base)).send().await.unwrap().json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.client.post(format!("{}/control/{path}", self.base)).json(&body).send().await.unwrap();
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {body}");
        body
    }

    pub async fn fault(&self, fault: Value) {
        self.post("faults", fault).await;
    }

    /// Waits until the planned faults have been played.
    pub async fn faults_met(&self) {
        eventually("the fault", async || (self.get("info").await["faults"] == 0).then_some(())).await;
    }
}

/// Everything but the people.
pub struct Stage {
    pub standin: Standin,
    pub api: BotApi,
    pub world: World,
    wake: Arc<Notify>,
    inbox: Option<(JoinHandle<()>, oneshot::Sender<()>)>,
    worker: Option<oneshot::Sender<()>>,
    // Last: the database goes when nobody uses it any more.
    pub ctx: TestCtx,
}

impl Stage {
    pub async fn new() -> Self {
        let ctx = TestCtx::new().await;
        let world = World::new(&ctx).await;
        let wake = Arc::new(Notify::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let webhook = format!("http://{}/telegram/webhook", listener.local_addr().unwrap());
        let route =
            Router::new().route("/telegram/webhook", post(webhook_route)).with_state((ctx.ctx.clone(), wake.clone()));
        tokio::spawn(async move { axum::serve(listener, route).await.unwrap() });
        let standin = Standin::start(&webhook).await;
        let api = BotApi::new(TOKEN, Some(&standin.base)).unwrap();
        let mut stage = Self { standin, api, world, wake, inbox: None, worker: None, ctx };
        stage.work();
        stage
    }

    /// Starts working the inbox.
    pub fn work(&mut self) {
        self.inbox = Some(self.another_inbox());
    }

    /// An inbox as another instance would run it.
    pub fn another_inbox(&self) -> (JoinHandle<()>, oneshot::Sender<()>) {
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move { drop(stopped.await) };
        let inbox = bot::work_inbox(self.ctx.ctx.clone(), self.api.clone(), self.wake.clone(), shutdown);
        (tokio::spawn(inbox), stop)
    }

    /// Ends it as `kill -9` would.
    pub async fn kill(&mut self) {
        let (task, _stop) = self.inbox.take().unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    }

    /// Ends it politely.
    pub async fn stop(&mut self) {
        let (task, stop) = self.inbox.take().unwrap();
        stop.send(()).unwrap();
        task.await.unwrap();
    }

    /// Starts the job worker. The resident signs in before it: it sends codes away, and a code sent is a code forgotten.
    pub async fn run_jobs(&mut self) {
        self.world.a.resident().await;
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move { drop(stopped.await) };
        tokio::spawn(worker::run(self.ctx.ctx.clone(), Some(self.api.clone()), shutdown));
        self.worker = Some(stop);
    }

    /// A person with a phone, who has not written yet.
    pub async fn person(&self, phone: &str) -> Talker<'_> {
        let chat = self.standin.post("chat", json!({ "first_name": "Aziz", "phone": phone, "lang": "ru" })).await;
        Talker { stage: self, chat: chat["chat_id"].as_i64().unwrap() }
    }

    /// The resident of the test world, in Russian, linked and at the menu.
    pub async fn resident(&self) -> Talker<'_> {
        let talker = self.person(self.world.a.resident.phone.as_str()).await;
        talker.write("/start").await;
        talker.press("Русский").await;
        talker.until("поделитесь своим номером").await;
        talker.share_own().await;
        talker.until("Готово").await;
        talker
    }

    /// Waits until an update was worked on; gives back its outcome.
    pub async fn worked(&self, update_id: i64) -> String {
        eventually("the end of an update", async || {
            let mut tx = self.ctx.db.begin_system("test").await.unwrap();
            sqlx::query_scalar::<_, String>(
                "select outcome from telegram_inbox where update_id = $1 and done_at is not null",
            )
            .bind(update_id)
            .fetch_optional(&mut *tx)
            .await
            .unwrap()
        })
        .await
    }
}

async fn webhook_route(State((ctx, wake)): State<(Ctx, Arc<Notify>)>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let given = headers.get("x-telegram-bot-api-secret-token").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !bot::verify_secret(SECRET, given) {
        return StatusCode::UNAUTHORIZED;
    }
    let (id, chat) = bot::parse_envelope(&body).unwrap();
    telegram::store(&ctx, 7_000_001, id, chat, &serde_json::from_slice(&body).unwrap()).await.unwrap();
    wake.notify_one();
    StatusCode::OK
}

/// Somebody in a chat with the bot.
pub struct Talker<'a> {
    pub stage: &'a Stage,
    pub chat: i64,
}

impl Talker<'_> {
    pub async fn write(&self, text: &str) -> i64 {
        update_id(&self.stage.standin.post("send_text", json!({ "chat_id": self.chat, "text": text })).await)
    }

    pub async fn share_own(&self) -> i64 {
        update_id(&self.stage.standin.post("send_contact", json!({ "chat_id": self.chat })).await)
    }

    pub async fn share(&self, phone: &str) {
        self.stage.standin.post("send_contact", json!({ "chat_id": self.chat, "phone": phone })).await;
    }

    pub async fn photos(&self, caption: &str, photos: Vec<Vec<u8>>) -> i64 {
        let mut form =
            reqwest::multipart::Form::new().text("chat_id", self.chat.to_string()).text("caption", caption.to_owned());
        for bytes in photos {
            form = form.part("photo", reqwest::multipart::Part::bytes(bytes).file_name("photo.jpg"));
        }
        let url = format!("{}/control/send_photo", self.stage.standin.base);
        update_id(&self.stage.standin.client.post(url).multipart(form).send().await.unwrap().json().await.unwrap())
    }

    /// Presses the newest button whose words hold `label`, as soon as there is one.
    pub async fn press(&self, label: &str) -> i64 {
        let (message, data) = eventually(label, async || {
            let view = self.view().await;
            view["messages"].as_array().unwrap().iter().rev().find_map(|message| {
                let buttons = message["buttons"].as_array()?.iter().flat_map(|row| row.as_array().unwrap());
                let button = buttons.clone().find(|b| b["text"].as_str().unwrap().contains(label))?;
                Some((message["message_id"].clone(), button["callback_data"].clone()))
            })
        })
        .await;
        let press = json!({ "chat_id": self.chat, "message_id": message, "data": data });
        update_id(&self.stage.standin.post("press", press).await)
    }

    pub async fn view(&self) -> Value {
        self.stage.standin.get(&format!("chat/{}", self.chat)).await
    }

    /// Waits for words of the bot.
    pub async fn until(&self, words: &str) -> Value {
        let found = eventually(words, async || self.bots().await.into_iter().rev().find(|m| text(m).contains(words)));
        found.await
    }

    /// Waits for a note over a button.
    pub async fn until_note(&self, words: &str) {
        eventually(words, async || {
            let view = self.view().await;
            view["notes"].as_array().unwrap().iter().any(|n| n.as_str().unwrap().contains(words)).then_some(())
        })
        .await;
    }

    /// What the bot wrote, oldest first.
    pub async fn bots(&self) -> Vec<Value> {
        let view = self.view().await;
        view["messages"].as_array().unwrap().iter().filter(|m| m["from_bot"] == true).cloned().collect()
    }
}

pub fn text(message: &Value) -> &str {
    message["text"].as_str().unwrap()
}

fn update_id(reply: &Value) -> i64 {
    reply["update_id"].as_i64().unwrap_or_else(|| panic!("{reply}"))
}

/// Asks until there is an answer; fails after half a minute.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "waited in vain for: {what}");
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}
