//! Calls of what people are told and want to be told.

use crate::{
    calls::{Sample, bare, json, of, one, page, sample},
    cast::Setting::{Change, Look},
};
use model::requests::Status as S;
use serde_json::json as value;

pub fn samples(door: &str) -> Vec<Sample> {
    if let Some(name) = door.strip_prefix("POST /rpc/notices/") {
        return server_function(name);
    }
    match door {
        "GET /api/v1/notices" => one(Look, |_| bare()),
        "POST /api/v1/notices/seen" => vec![
            sample("all", Change(S::New), |_| json(value!({}))),
            sample("of a request", Change(S::New), |s| json(value!({ "object_id": s.request }))),
            sample("nobody's", Change(S::New), |s| json(value!({ "id": s.contact }))),
        ],
        "GET /api/v1/notices/preferences" => one(Look, |_| bare()),
        "PATCH /api/v1/notices/preferences" => one(Change(S::New), |_| {
            json(value!({ "choices": [
            { "kind": "letter", "channel": "email", "wanted": true },
        ] }))
        }),
        "GET /api/v1/notifications/deliveries" => vec![
            sample("all", Look, |_| bare()),
            sample("of a request", Look, |s| crate::calls::Call { query: "?object_id=", ..bare() }.about(s)),
        ],
        "POST /api/v1/notifications/send" => vec![
            sample("a resident", Change(S::New), |s| {
                json(value!({ "contact_ids": [s.contact], "title": "Собрание", "text": "Завтра в семь." }))
            }),
            sample("a worker", Change(S::New), |s| {
                json(value!({ "user_ids": [s.worker], "title": "Собрание", "text": "Завтра в семь." }))
            }),
        ],
        // A link that was not signed here; a signed one needs no login by design (`leaks.rs` holds what it may do).
        "GET /u/{token}" | "POST /u/{token}" => one(Look, |_| bare()),
        // Nobody's notice: one's own leads to what it is about.
        "GET /notices/{id}" => one(Look, |s| of(s.contact)),
        "GET /desk/notices" | "GET /my/notices" | "GET /work/notices" => one(Look, |_| page(bare())),
        _ => Vec::new(),
    }
}

fn server_function(name: &str) -> Vec<Sample> {
    match name {
        "unread" | "preferences" => one(Look, |_| json(value!({}))),
        "list" => one(Look, |_| json(value!({ "lang": "ru", "after": null }))),
        "read" => one(Change(S::New), |_| json(value!({ "command": {} }))),
        "save_preferences" => one(Change(S::New), |_| {
            json(value!({ "command": { "choices": [{ "kind": "letter", "channel": "sms", "wanted": true }] } }))
        }),
        "journal" => one(Look, |_| json(value!({ "filter": {} }))),
        _ => Vec::new(),
    }
}
