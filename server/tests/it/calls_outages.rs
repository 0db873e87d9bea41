//! Calls of outages, risers, proposals and common problems.

use crate::{
    calls::{Call, Sample, bare, json, of, one, page},
    cast::{Scene, Setting},
};
use Setting::{House, Look};
use serde_json::{Value, json};

/// Nothing for doors of other features.
pub fn samples(door: &str) -> Vec<Sample> {
    match door.strip_prefix("POST /rpc/") {
        Some(name) => server_function(name),
        None => match door.split_once(" /api/v1/") {
            Some((method, path)) => rest(&format!("{method} {path}")),
            None => plain(door),
        },
    }
}

fn server_function(name: &str) -> Vec<Sample> {
    match name {
        "outages/list" => one(Look, |_| json(json!({ "filter": {} }))),
        "outages/counts" | "outages/mine" | "outages/common" | "outages/proposals" | "outages/detector"
        | "settings/contacts" => one(Look, |_| json(json!({}))),
        "outages/get" => one(Look, |s| json(json!({ "id": s.registry.outage }))),
        "outages/create" => one(House, |s| json(json!({ "facts": facts(s) }))),
        "outages/update" => one(House, |s| json(json!({ "id": s.registry.outage, "version": 1, "facts": facts(s) }))),
        "outages/step" => {
            one(House, |s| json(json!({ "id": s.registry.outage, "version": 1, "command": { "action": "end" } })))
        }
        "outages/reach" => one(Look, |s| json(json!({ "places": [{ "building_id": s.building }] }))),
        "outages/house_places" | "outages/risers" => one(Look, |s| json(json!({ "id": s.registry.building }))),
        "outages/link" => {
            one(House, |s| json(json!({ "id": s.registry.outage, "command": { "link": [s.registry.common] } })))
        }
        "outages/finish" => one(House, |s| {
            let command = json!({ "ids": [s.registry.common], "result": "Починили" });
            json(json!({ "id": s.registry.outage, "command": command }))
        }),
        "outages/at" => one(Look, |s| json(json!({ "spot": { "unit": s.unit } }))),
        "outages/call" => {
            one(House, |s| json(json!({ "id": s.registry.outage, "command": { "contact_id": s.contact } })))
        }
        "outages/about_request" => one(Look, |s| json(json!({ "id": s.request }))),
        "outages/join" | "outages/leave" => one(House, |s| json(json!({ "id": s.registry.outage }))),
        "outages/join_common" | "outages/leave_common" => one(House, |s| json(json!({ "id": s.registry.common }))),
        "outages/accept" | "outages/dismiss" => one(House, |s| json(json!({ "id": s.registry.proposal }))),
        // One rule for all who call at once: an old version is refused to whoever may change it.
        "outages/save_detector" => one(Look, |_| json(json!({ "version": -1, "rules": rules() }))),
        "outages/generate_risers" => {
            one(House, |s| json(json!({ "id": s.registry.building, "command": { "resources": ["gas"] } })))
        }
        "outages/create_riser" => {
            one(House, |s| json(json!({ "building_id": s.registry.building, "command": riser(s) })))
        }
        "outages/update_riser" => {
            one(House, |s| json(json!({ "id": s.registry.riser, "version": 1, "command": riser(s) })))
        }
        "outages/archive_riser" => one(House, |s| json(json!({ "id": s.registry.riser, "version": 1 }))),
        _ => Vec::new(),
    }
}

fn rest(operation: &str) -> Vec<Sample> {
    match operation {
        "GET outages"
        | "GET outages/counts"
        | "GET outages/mine"
        | "GET outages/proposals"
        | "GET settings/outage-detector"
        | "GET common-problems"
        | "GET company/contacts" => one(Look, |_| bare()),
        "GET outages/at" => {
            one(Look, |s| Call { query: Box::leak(format!("?unit_id={}", s.unit).into_boxed_str()), ..bare() })
        }
        "POST outages" => one(House, |s| json(facts(s))),
        "POST outages/reach" => one(Look, |s| json(json!({ "places": [{ "building_id": s.building }] }))),
        "GET outages/{id}" => one(Look, |s| of(s.registry.outage)),
        "PATCH outages/{id}" => one(House, |s| first(of(s.registry.outage).json(json!({ "note": "Ждём насос" })))),
        "POST outages/{id}/steps" => one(House, |s| first(of(s.registry.outage).json(json!({ "action": "end" })))),
        "POST outages/{id}/requests" => {
            one(House, |s| of(s.registry.outage).json(json!({ "link": [s.registry.common] })))
        }
        "POST outages/{id}/finish" => {
            one(House, |s| of(s.registry.outage).json(json!({ "ids": [s.registry.common], "result": "Починили" })))
        }
        "POST outages/{id}/calls" => one(House, |s| of(s.registry.outage).json(json!({ "contact_id": s.contact }))),
        "POST outages/{id}/join" | "DELETE outages/{id}/join" => one(House, |s| of(s.registry.outage)),
        "POST outages/proposals/{id}/accept" | "POST outages/proposals/{id}/dismiss" => {
            one(House, |s| of(s.registry.proposal))
        }
        "PUT settings/outage-detector" => one(Look, |_| json(rules()).header("if-match", "\"99\"")),
        "GET buildings/{id}/risers" | "GET buildings/{id}/places" => one(Look, |s| of(s.registry.building)),
        "POST buildings/{id}/risers" => one(House, |s| of(s.registry.building).json(riser(s))),
        "POST buildings/{id}/risers/generate" => {
            one(House, |s| of(s.registry.building).json(json!({ "resources": ["gas"] })))
        }
        "PUT risers/{id}" => one(House, |s| first(of(s.registry.riser).json(riser(s)))),
        "DELETE risers/{id}" => one(House, |s| first(of(s.registry.riser))),
        "POST requests/{id}/join" | "DELETE requests/{id}/join" => one(House, |s| of(s.registry.common)),
        "GET requests/{id}/outages" => one(Look, |s| of(s.request)),
        _ => Vec::new(),
    }
}

fn plain(door: &str) -> Vec<Sample> {
    match door {
        "GET /desk/outages" | "GET /desk/outages/new" => one(Look, |_| page(bare())),
        "GET /desk/outages/{id}" | "GET /desk/outages/{id}/edit" => one(Look, |s| page(of(s.registry.outage))),
        _ => Vec::new(),
    }
}

/// The first version of what was just made.
fn first(call: Call) -> Call {
    call.header("if-match", "\"1\"")
}

fn facts(scene: &Scene) -> Value {
    json!({
        "kind": "emergency", "resource": "cold_water", "starts_at": "2026-05-12T09:00:00Z",
        "places": [{ "building_id": scene.registry.building }],
    })
}

fn riser(scene: &Scene) -> Value {
    json!({ "resource": "heating", "name": "S1", "unit_ids": [scene.registry.unit] })
}

fn rules() -> Value {
    json!({ "minutes": 30, "riser": 2, "entrance": 3, "house": 4, "quiet_hours": 2 })
}
