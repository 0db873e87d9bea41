//! The bot's words and buttons: what each resident can reach with them, as one table.
//!
//! A cell says what the bot showed (`*` something of company A) and what became of the request. Buttons are forged:
//! anybody can send any button's data.

use crate::cast::{MARK, Setting, Stage, Who};
use bot::BotApi;
use domain::{requests, telegram};
use model::{
    Lang,
    requests::{RequestFilter, Status},
};
use serde_json::{Value, json};
use std::{
    fmt::Write,
    sync::atomic::{AtomicI64, Ordering},
};
use testkit::telegram_standin::{self, Options};
use tokio::net::TcpListener;

/// What a request that was filed in a talk says.
const DUG: &str = "Яма во дворе";
const BOT: i64 = 7_000_001;

struct Telegram<'a> {
    stage: &'a Stage,
    api: BotApi,
    base: String,
    next: AtomicI64,
}

impl<'a> Telegram<'a> {
    async fn start(stage: &'a Stage) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(telegram_standin::serve(Options::default(), listener));
        let api = BotApi::new(&Options::default().token, Some(&base)).unwrap();
        Self { stage, api, base, next: AtomicI64::new(1) }
    }

    /// A chat; its phone belongs to the bot's words, so it is linked as after sharing it.
    async fn chat(&self, who: Who) -> i64 {
        let http = &self.stage.app.http;
        let opened = http.post(format!("{}/control/chat", self.base)).json(&json!({ "first_name": "A", "lang": "ru" }));
        let opened: Value = opened.send().await.unwrap().json().await.unwrap();
        let id = opened["chat_id"].as_i64().unwrap();
        let (ctx, world) = (&self.stage.app.ctx, &self.stage.app.world);
        let mut chat = telegram::chat(ctx, BOT, id).await.unwrap();
        chat.lang = Some(Lang::Ru);
        telegram::save_chat(ctx, &chat).await.unwrap();
        let person = match who {
            Who::Author => &world.a.resident,
            Who::Neighbour => &world.a.neighbour,
            Who::ResidentB => &world.b.resident,
            _ => return id,
        };
        assert!(telegram::link(ctx, BOT, id, &person.phone).await.unwrap());
        id
    }

    /// Works on an update to its end.
    async fn hear(&self, chat: i64, what: &str) {
        let update_id = self.next.fetch_add(1, Ordering::Relaxed);
        let from = json!({ "id": chat, "is_bot": false, "first_name": "A" });
        let place = json!({ "id": chat, "type": "private", "first_name": "A" });
        let message = |text: &str| json!({ "message_id": 1, "date": 0, "chat": place, "from": from, "text": text });
        let body = match what.strip_prefix("press ") {
            Some(data) => json!({ "update_id": update_id, "callback_query": {
                "id": "1", "from": from, "chat_instance": "1", "data": data, "message": message("?"),
            } }),
            None => json!({ "update_id": update_id, "message": message(what) }),
        };
        let update = telegram::Update { bot_id: BOT, update_id, chat_id: Some(chat), body };
        bot::handle(&self.stage.app.ctx, &self.api, &update).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    }

    async fn said(&self, chat: i64) -> String {
        let view = self.stage.app.http.get(format!("{}/control/chat/{chat}", self.base)).send().await.unwrap();
        view.text().await.unwrap()
    }
}

#[tokio::test]
async fn every_word_and_button_for_every_resident() {
    let stage = Stage::new().await;
    let telegram = Telegram::start(&stage).await;
    let who = [Who::Nobody, Who::Author, Who::Neighbour, Who::ResidentB];
    let mut table = format!("{:34}{}\n", "", who.map(|who| format!(" | {:14}", who.title())).concat().trim_end());
    let talks: [(&str, Status, &[&str]); 9] = [
        ("/start", Status::New, &["/start"]),
        ("/mine", Status::New, &["/mine"]),
        ("/new", Status::New, &["/new"]),
        ("/language", Status::New, &["/language"]),
        ("open", Status::New, &["press 1.open.{id}"]),
        ("rate", Status::Done, &["press 1.rate.{id}.5"]),
        ("cancel with a reason", Status::New, &["press 1.step.{id}.cancel", "так надо"]),
        ("start (the worker's)", Status::Assigned, &["press 1.step.{id}.start"]),
        (
            "a request for the author's flat",
            Status::New,
            &["/new", "press 1.cat.yard", "press 1.unit.{unit}", DUG, "press 1.send"],
        ),
    ];
    for (name, status, words) in talks {
        write!(table, "{name:34}").unwrap();
        for who in who {
            let scene = stage.scene(Setting::Change(status), None).await;
            let (chat, before) = (telegram.chat(who).await, filed(&stage).await);
            for word in words {
                let id = |id: uuid::Uuid| id.simple().to_string();
                let word = word.replace("{id}", &id(scene.request.0)).replace("{unit}", &id(scene.unit.0));
                telegram.hear(chat, &word).await;
            }
            let star = if telegram.said(chat).await.contains(MARK.trim()) { "*" } else { "" };
            assert!(star.is_empty() || !who.is_stranger(), "{name} shows company A to {}", who.title());
            let now = requests::get(&stage.app.ctx, stage.actor(Who::Dispatcher), scene.request).await.unwrap().status;
            let mut moved = if now == status { String::new() } else { format!(" → {now}") };
            if filed(&stage).await > before {
                moved.push_str(" filed");
            }
            assert!(moved.is_empty() || who == Who::Author, "{name} by {}", who.title());
            write!(table, " | {:14}", format!("{star}{moved}").trim()).unwrap();
        }
        table.truncate(table.trim_end_matches(' ').len());
        table.push('\n');
    }
    insta::assert_snapshot!("bot", table);
}

/// How many requests were filed in a talk so far.
async fn filed(stage: &Stage) -> usize {
    let filter = RequestFilter { text: Some(DUG.to_owned()), ..RequestFilter::default() };
    requests::list(&stage.app.ctx, stage.actor(Who::Dispatcher), &filter).await.unwrap().items.len()
}
