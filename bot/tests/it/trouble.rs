//! What goes wrong between Telegram, the network and us.

use crate::support::{Stage, Talker, eventually, text};
use domain::{requests, telegram};
use model::requests::{AssignRequest, RequestFilter};
use serde_json::json;

async fn count(stage: &Stage) -> usize {
    let desk = stage.world.a.dispatcher().await;
    requests::list(&stage.ctx, &desk, &RequestFilter::default()).await.unwrap().items.len()
}

async fn assigned_request(stage: &Stage) -> i64 {
    let author = stage.world.a.resident().await;
    let request = requests::create(&stage.ctx, &author, &stage.world.a.draft(), None).await.unwrap();
    let command = AssignRequest { assignee_id: stage.world.a.plumber_id, comment: None };
    requests::assign(&stage.ctx, &stage.world.a.dispatcher().await, request.id, &command).await.unwrap();
    request.number
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_delivery_is_ignored() {
    let stage = Stage::new().await;
    let aziz = stage.resident().await;
    let update = aziz.write("📋 Мои заявки").await;
    assert_eq!(stage.worked(update).await, "done");
    let before = aziz.bots().await.len();
    let again = stage.standin.post("repeat", json!({ "update_id": update })).await;
    assert_eq!(again["taken"], true);
    let marker = aziz.write("/start").await;
    stage.worked(marker).await;
    assert_eq!(aziz.bots().await.len(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_without_the_secret_is_refused() {
    let stage = Stage::new().await;
    let webhook = stage.standin.get("info").await["webhook"].as_str().unwrap().to_owned();
    let forged = reqwest::Client::new().post(webhook).json(&json!({ "update_id": 1 })).send().await.unwrap();
    assert_eq!(forged.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_neither_loses_nor_doubles() {
    let mut stage = Stage::new().await;
    let chat = stage.resident().await.chat;
    for (write, press) in [(Some("/new"), None), (None, Some("Сантехника")), (None, Some("🏠")), (Some("Течёт"), None)]
    {
        let aziz = Talker { stage: &stage, chat };
        let update = match (write, press) {
            (Some(words), _) => aziz.write(words).await,
            (_, press) => aziz.press(press.unwrap()).await,
        };
        stage.worked(update).await;
    }
    // The request is filed, but the answer about it hangs when the process dies.
    stage.standin.fault(json!({ "kind": "slow", "delay_ms": 60_000, "method": "editMessageText" })).await;
    let update = Talker { stage: &stage, chat }.press("Отправить").await;
    stage.standin.faults_met().await;
    assert_eq!(count(&stage).await, 1);
    stage.kill().await;
    // What arrives meanwhile waits its turn.
    Talker { stage: &stage, chat }.write("📋 Мои заявки").await;
    stage.work();
    assert_eq!(stage.worked(update).await, "done");
    let aziz = Talker { stage: &stage, chat };
    aziz.until("принята").await;
    aziz.until("Ваши заявки").await;
    assert_eq!(count(&stage).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_the_inbox_without_doubling() {
    let mut stage = Stage::new().await;
    let (second, stop) = stage.another_inbox();
    let chat = stage.resident().await.chat;
    // Slow work gives the other process time to find the same update.
    stage.standin.fault(json!({ "kind": "slow", "delay_ms": 2500, "method": "sendMessage" })).await;
    let aziz = Talker { stage: &stage, chat };
    let update = aziz.write("📋 Мои заявки").await;
    stage.worked(update).await;
    // The first one leaves: the second takes over.
    stage.stop().await;
    Talker { stage: &stage, chat }.write("/new").await;
    Talker { stage: &stage, chat }.until("Выберите раздел").await;
    stop.send(()).unwrap();
    second.await.unwrap();
    let bots = Talker { stage: &stage, chat }.bots().await;
    assert_eq!(bots.iter().filter(|m| text(m).contains("Открытых заявок нет")).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn telegrams_limits_and_lost_answers_are_waited_out() {
    let stage = Stage::new().await;
    let aziz = stage.resident().await;
    stage.standin.fault(json!({ "kind": "throttle", "retry_after": 1, "count": 2, "method": "sendMessage" })).await;
    aziz.write("📋 Мои заявки").await;
    aziz.until("Открытых заявок нет").await;
    stage.standin.fault(json!({ "kind": "drop", "method": "sendMessage" })).await;
    let update = aziz.write("/new").await;
    assert_eq!(stage.worked(update).await, "done");
    aziz.until("Выберите раздел").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_chat_is_left_alone_until_it_opens() {
    let mut stage = Stage::new().await;
    stage.run_jobs().await;
    let chat = stage.resident().await.chat;
    let contact = stage.world.a.resident.contact;
    // Nobody told us: the notice finds the door closed.
    let blocked = stage.standin.post("block", json!({ "chat_id": chat, "blocked": true })).await;
    stage.worked(blocked["update_id"].as_i64().unwrap()).await;
    assert!(telegram::chats_of(&stage.ctx, contact).await.unwrap().is_empty());
    telegram::set_blocked(&stage.ctx, chat, false).await.unwrap();
    assigned_request(&stage).await;
    eventually("the closed chat", async || {
        telegram::chats_of(&stage.ctx, contact).await.unwrap().is_empty().then_some(())
    })
    .await;
    let opened = stage.standin.post("block", json!({ "chat_id": chat, "blocked": false })).await;
    stage.worked(opened["update_id"].as_i64().unwrap()).await;
    assert_eq!(telegram::chats_of(&stage.ctx, contact).await.unwrap().len(), 1);
    let number = assigned_request(&stage).await;
    let aziz = Talker { stage: &stage, chat };
    aziz.until(&format!("По заявке №{number} назначен исполнитель")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bot_does_not_know_is_set_aside() {
    let stage = Stage::new().await;
    let aziz = stage.resident().await;
    for update in [
        json!({ "something_new": { "chat": { "id": aziz.chat } } }),
        json!({ "message": { "message_id": 1, "date": 1, "chat": { "id": -5, "type": "group", "title": "x" }, "text": "hi",
            "from": { "id": 5, "is_bot": false, "first_name": "x" } } }),
    ] {
        let raw = stage.standin.post("raw", json!({ "chat_id": aziz.chat, "update": update })).await;
        assert_eq!(stage.worked(raw["update_id"].as_i64().unwrap()).await, "skipped");
    }
    // A step of a version that is gone starts over and says so.
    let mut chat = telegram::chat(&stage.ctx, stage.api.id(), aziz.chat).await.unwrap();
    chat.dialogue = json!({ "v": 77, "step": "whatever" });
    telegram::save_chat(&stage.ctx, &chat).await.unwrap();
    aziz.write("Привет").await;
    let last = aziz.until("начатое не сохранилось").await;
    assert!(text(&last).contains("заново"));
    aziz.until("Выберите действие").await;
}
