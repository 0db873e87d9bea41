//! Calls of news and of the company's own words for messages.

use crate::{
    calls::{Sample, bare, json, of, one, page},
    cast::Setting::{House, Look},
};
use domain::{Actor, Ctx, jobs::SendNews, news};
use model::{
    NewsId,
    news::{NewsAudience, NewsFacts, NewsText, NewsTexts, NewsWho},
};
use serde_json::{Value, json as value};
use testkit::hurry;

fn written() -> NewsFacts {
    let ru = NewsText { title: "Собрание".to_owned(), text: "Завтра в семь.".to_owned() };
    NewsFacts {
        texts: NewsTexts { ru, uz: None, en: None },
        audience: NewsAudience { who: NewsWho::Everybody, places: Vec::new(), debt_from: None },
        important: false,
        planned_at: None,
        expires_at: None,
    }
}

pub async fn draft(ctx: &Ctx, by: &Actor) -> NewsId {
    news::create(ctx, by, &written(), None).await.unwrap().id
}

/// News on their way, which have reached nobody yet.
pub async fn sent(ctx: &Ctx, by: &Actor) -> NewsId {
    let card = news::create(ctx, by, &written(), None).await.unwrap();
    news::send(ctx, by, card.id, card.version).await.unwrap();
    card.id
}

/// News that went out to everybody: once, for all who look.
pub async fn told(ctx: &Ctx, by: &Actor) -> NewsId {
    let id = sent(ctx, by).await;
    hurry(ctx, id).await;
    news::run(ctx, &SendNews { company_id: by.company_id(), news_id: id }).await.unwrap();
    id
}

pub fn samples(door: &str) -> Vec<Sample> {
    if let Some(name) = door.strip_prefix("POST /rpc/") {
        return server_function(name);
    }
    match door {
        "GET /api/v1/news" | "GET /api/v1/news/mine" | "GET /api/v1/notifications/templates" => one(Look, |_| bare()),
        "POST /api/v1/news" => one(House, |_| json(facts())),
        "POST /api/v1/news/audience" => one(Look, |_| json(ask())),
        "GET /api/v1/news/{id}" => one(Look, |s| of(s.registry.news)),
        "POST /api/v1/news/{id}/read" => one(Look, |s| of(s.registry.news)),
        "PATCH /api/v1/news/{id}" => {
            one(House, |s| of(s.registry.draft).json(value!({ "important": true })).header("if-match", "\"1\""))
        }
        "POST /api/v1/news/{id}/send" => one(House, |s| of(s.registry.draft).header("if-match", "\"1\"")),
        "POST /api/v1/news/{id}/cancel" => one(House, |s| of(s.registry.news)),
        // One text for all who call at once: an old version is refused to whoever may write it.
        "PUT /api/v1/notifications/templates" => one(Look, |_| json(save())),
        "GET /desk/news"
        | "GET /desk/news/new"
        | "GET /desk/news/deliveries"
        | "GET /desk/settings/texts"
        | "GET /my/news" => one(Look, |_| page(bare())),
        "GET /desk/news/{id}" | "GET /my/news/{id}" => one(Look, |s| page(of(s.registry.news))),
        _ => Vec::new(),
    }
}

fn server_function(name: &str) -> Vec<Sample> {
    match name {
        "news/list" => one(Look, |_| json(value!({ "filter": {} }))),
        "news/get" => one(Look, |s| json(value!({ "id": s.registry.news }))),
        "news/create" => one(House, |_| json(value!({ "facts": facts() }))),
        "news/update" => one(House, |s| json(value!({ "id": s.registry.draft, "version": 1, "facts": facts() }))),
        "news/send" => one(House, |s| json(value!({ "id": s.registry.draft, "version": 1 }))),
        "news/cancel" => one(House, |s| json(value!({ "id": s.registry.news }))),
        "news/look" => one(Look, |_| json(value!({ "ask": ask() }))),
        "news/mine" => one(Look, |_| json(value!({ "lang": "ru" }))),
        "news/open" => one(Look, |s| json(value!({ "id": s.registry.news, "lang": "ru" }))),
        "texts/list" => one(Look, |_| json(value!({}))),
        "texts/save" => one(Look, |_| json(value!({ "command": save() }))),
        "texts/history" | "texts/try_out" => one(Look, |_| json(value!({ "key": key() }))),
        "texts/preview" => {
            one(Look, |_| json(value!({ "key": key(), "words": { "title": "№{number}", "text": "{status}" } })))
        }
        _ => Vec::new(),
    }
}

fn facts() -> Value {
    value!(written())
}

fn ask() -> Value {
    value!({ "audience": { "who": "residents" } })
}

fn key() -> Value {
    value!({ "kind": "bill", "channel": "sms", "lang": "ru" })
}

fn save() -> Value {
    value!({ "kind": "bill", "channel": "sms", "lang": "ru", "version": 99, "words": { "title": "a", "text": "{sum}" } })
}
