//! Calls of the search and of saved views.

use crate::{
    calls::{Call, Sample, json, of, one, page, sample},
    cast::Setting::{Change, Look},
};
use model::requests::Status as S;
use serde_json::json as value;

pub fn samples(door: &str) -> Vec<Sample> {
    match door {
        "POST /rpc/search/find" => vec![
            sample("house", Look, |_| json(value!({ "query": { "q": "Навои" } }))),
            sample("person", Look, |_| json(value!({ "query": { "q": "Азиз" } }))),
            sample("phone", Look, |_| json(value!({ "query": { "q": "901000001" } }))),
            sample("request", Look, |_| json(value!({ "query": { "q": "#1" } }))),
        ],
        "POST /rpc/views/setup" => one(Look, |_| json(value!({ "list": "requests" }))),
        "POST /rpc/views/create" => one(Change(S::New), |s| {
            json(
                value!({ "command": { "list": "requests", "name": format!("Мой {}", s.view), "query": "status=new" } }),
            )
        }),
        "POST /rpc/views/update" => {
            one(Change(S::New), |s| json(value!({ "id": s.view, "version": 1, "command": { "query": "status=done" } })))
        }
        "POST /rpc/views/delete" => one(Change(S::New), |s| json(value!({ "id": s.view }))),
        "POST /rpc/views/keep" => one(Change(S::New), |s| {
            json(value!({ "command": { "list": "requests", "hidden": ["age"], "default_view": s.view } }))
        }),
        "POST /rpc/requests/bulk" => one(Change(S::New), |s| {
            json(value!({ "command": { "ids": [s.request], "action": { "do": "priority", "priority": "high" } } }))
        }),
        "GET /api/v1/search" => vec![
            sample("house", Look, |_| Call { query: "?q=%D0%9D%D0%B0%D0%B2%D0%BE%D0%B8", ..Call::default() }),
            sample("flat", Look, |_| Call { query: "?q=navoi+12+1", ..Call::default() }),
            sample("person", Look, |_| Call { query: "?q=aziz", ..Call::default() }),
        ],
        "GET /api/v1/views" => one(Look, |_| Call { query: "?list=requests", ..Call::default() }),
        "PUT /api/v1/views" => {
            one(Change(S::New), |s| json(value!({ "list": "requests", "hidden": ["age"], "default_view": s.view })))
        }
        "POST /api/v1/views" => one(Change(S::New), |s| {
            json(value!({ "list": "requests", "name": format!("API {}", s.view), "query": "status=new" }))
        }),
        "PATCH /api/v1/views/{id}" => {
            one(Change(S::New), |s| of(s.view).json(value!({ "query": "status=done" })).header("if-match", "\"1\""))
        }
        "DELETE /api/v1/views/{id}" => one(Change(S::New), |s| of(s.view)),
        "GET /desk/search" => one(Look, |_| page(Call { query: "?q=aziz", ..Call::default() })),
        _ => Vec::new(),
    }
}
