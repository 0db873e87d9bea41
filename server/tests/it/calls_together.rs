//! Calls of what several people do on the same requests.

use crate::{
    calls::{Call, Sample, bare, json, of, one, page, sample},
    cast::{
        Scene,
        Setting::{Change, Look},
    },
};
use model::requests::Status as S;
use serde_json::{Value, json as value};

pub fn samples(door: &str) -> Vec<Sample> {
    if let Some(name) = door.strip_prefix("POST /rpc/") {
        return server_function(name);
    }
    if let Some(found) = door.split_once(" /api/v1/") {
        return rest(&format!("{} {}", found.0, found.1));
    }
    match door {
        "GET /desk/print/{kind}" => vec![
            sample("sheet", Look, |s| Call { id: "sheet".to_owned(), query: "?ids=", ..bare() }.about(s)),
            sample("unknown", Look, |_| Call { id: "poster".to_owned(), ..bare() }),
        ],
        "GET /desk/calls" | "GET /desk/settings/replies" => one(Look, |_| page(bare())),
        _ => Vec::new(),
    }
}

fn server_function(name: &str) -> Vec<Sample> {
    match name {
        "talk/edit" => one(Change(S::Assigned), |s| {
            json(value!({ "id": s.request, "comment": s.comment, "command": { "body": "Иначе" } }))
        }),
        "talk/take_back" => one(Change(S::Assigned), |s| json(value!({ "id": s.request, "comment": s.comment }))),
        "talk/versions" => one(Look, |s| json(value!({ "id": s.request, "comment": s.comment }))),
        "talk/read" => one(Change(S::Assigned), |s| json(value!({ "id": s.request }))),
        "talk/responsible" => {
            one(Change(S::Assigned), |s| json(value!({ "id": s.request, "command": { "user_id": s.worker } })))
        }
        "talk/watch" => vec![
            sample("oneself", Change(S::Assigned), |s| json(value!({ "id": s.request, "command": { "on": true } }))),
            sample("somebody", Change(S::Assigned), |s| {
                json(value!({ "id": s.request, "command": { "user_id": s.worker, "on": true } }))
            }),
        ],
        "replies/list" => one(Look, |_| json(value!({}))),
        "replies/filled" => one(Look, |s| json(value!({ "id": s.request }))),
        "replies/create" => vec![
            sample("own", Change(S::New), |s| json(value!({ "command": reply(s, false) }))),
            sample("shared", Change(S::New), |s| json(value!({ "command": reply(s, true) }))),
        ],
        "replies/update" => {
            one(Change(S::New), |s| json(value!({ "id": s.reply, "version": 1, "command": reply(s, true) })))
        }
        "replies/delete" => one(Change(S::New), |s| json(value!({ "id": s.reply }))),
        "together/similar" => one(Look, |s| json(value!({ "query": { "unit_id": s.unit, "category": "plumbing" } }))),
        "together/link" => one(Change(S::New), |s| {
            json(value!({ "id": s.request, "command": { "other_id": s.other, "kind": "related" } }))
        }),
        "together/unlink" => one(Change(S::New), |s| json(value!({ "id": s.request, "other": s.other }))),
        "together/join" => {
            one(Change(S::New), |s| json(value!({ "id": s.request, "command": { "duplicates": [s.other] } })))
        }
        "together/take_out" => one(Change(S::New), |s| json(value!({ "id": s.joined }))),
        "together/split" => one(Change(S::New), |s| json(value!({ "id": s.request, "command": second() }))),
        "together/board" => one(Look, |_| json(value!({ "filter": {} }))),
        "together/bulk_undo" => {
            one(Change(S::New), |s| json(value!({ "steps": [[s.request, { "priority": { "priority": "low" } }]] })))
        }
        "together/control" => one(Change(S::Done), |s| {
            json(value!({ "id": s.request, "command": { "reached": true, "satisfied": true } }))
        }),
        "calls/list" => one(Look, |_| json(value!({ "filter": {} }))),
        "calls/record" => one(Change(S::New), |s| json(value!({ "command": call(s) }))),
        _ => Vec::new(),
    }
}

fn rest(operation: &str) -> Vec<Sample> {
    match operation {
        "POST requests/bulk" => vec![
            sample("priority", Change(S::New), |s| {
                json(value!({ "ids": [s.request], "action": { "do": "priority", "priority": "high" } }))
            }),
            sample("start", Change(S::Assigned), |s| json(value!({ "ids": [s.request], "action": { "do": "start" } }))),
        ],
        "POST requests/bulk/undo" => one(Change(S::New), |s| {
            json(value!({ "steps": [{ "id": s.request, "undo": { "priority": { "priority": "low" } } }] }))
        }),
        "GET requests/board" => one(Look, |_| bare()),
        "GET requests/{id}/comments/{comment_id}/versions" => one(Look, |s| of(s.request).and(s.comment)),
        "PATCH requests/{id}/comments/{comment_id}" => {
            one(Change(S::Assigned), |s| of(s.request).and(s.comment).json(value!({ "body": "Иначе" })))
        }
        "DELETE requests/{id}/comments/{comment_id}" => one(Change(S::Assigned), |s| of(s.request).and(s.comment)),
        "POST requests/{id}/read" => one(Change(S::Assigned), |s| of(s.request)),
        "POST requests/{id}/responsible" => {
            one(Change(S::Assigned), |s| of(s.request).json(value!({ "user_id": s.worker })))
        }
        "POST requests/{id}/watch" => one(Change(S::Assigned), |s| of(s.request).json(value!({ "on": true }))),
        "GET replies" => one(Look, |_| bare()),
        "POST replies" => one(Change(S::New), |s| json(reply(s, true))),
        "PUT replies/{id}" => one(Change(S::New), |s| of(s.reply).json(reply(s, true)).header("if-match", "\"1\"")),
        "DELETE replies/{id}" => one(Change(S::New), |s| of(s.reply)),
        "GET requests/{id}/replies" => one(Look, |s| of(s.request)),
        "GET requests/similar" => one(Look, |_| bare()),
        "POST requests/{id}/links" => {
            one(Change(S::New), |s| of(s.request).json(value!({ "other_id": s.other, "kind": "cause" })))
        }
        "DELETE requests/{id}/links/{other_id}" => one(Change(S::New), |s| of(s.request).and(s.other)),
        "POST requests/{id}/duplicates" => {
            one(Change(S::New), |s| of(s.request).json(value!({ "duplicates": [s.other] })))
        }
        "POST requests/{id}/take_out" => one(Change(S::New), |s| of(s.joined)),
        "POST requests/{id}/split" => one(Change(S::New), |s| of(s.request).json(second())),
        "POST requests/{id}/control" => {
            one(Change(S::Done), |s| of(s.request).json(value!({ "reached": false, "note": "Занято" })))
        }
        "GET calls" => one(Look, |_| bare()),
        "POST calls" => one(Change(S::New), |s| json(call(s))),
        _ => Vec::new(),
    }
}

fn reply(scene: &Scene, shared: bool) -> Value {
    value!({ "title": format!("Ответ {}", scene.request), "ru": "Заявка №{number}", "shared": shared })
}

fn second() -> Value {
    value!({ "category": "electrical", "description": "Искрит" })
}

fn call(scene: &Scene) -> Value {
    value!({ "direction": "in", "contact_id": scene.contact, "request_id": scene.request, "result": "answered" })
}
