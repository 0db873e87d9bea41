//! Calls of getting in and leaving, and of personal data.

use crate::{
    calls::{Call, Sample, bare, form, json, of, one, page, sample},
    cast::{Need, Scene, Setting},
};
use Setting::{Account, Change, Look};
use model::requests::Status as S;
use serde_json::{Value, json as value};

/// Nothing for doors of other features.
pub fn samples(door: &str) -> Vec<Sample> {
    if let Some(name) = door.strip_prefix("POST /rpc/") {
        return functions(name);
    }
    match door {
        "GET /api/v1/applications" => {
            vec![
                sample("waiting", Change(S::New), |_| bare()),
                sample("all", Change(S::New), |_| Call { query: "?all=true", ..bare() }),
            ]
        }
        "POST /api/v1/applications/{id}/approve" => {
            one(Change(S::New), |s| of(s.application).json(value!({ "unit_id": s.unit })))
        }
        "POST /api/v1/applications/{id}/reject" => one(Change(S::New), |s| of(s.application).json(why())),
        "GET /api/v1/access-rules" => one(Look, |_| bare()),
        // A version nobody has: who may save is told of the conflict.
        "PUT /api/v1/access-rules" => one(Look, |_| json(rules()).header("if-match", "\"0\"")),
        "GET /api/v1/resident-invitations" => one(Change(S::New), |_| bare()),
        "POST /api/v1/resident-invitations" => vec![
            sample("contact", Change(S::New), |s| json(value!({ "contact_id": s.contact }))),
            sample("unit", Change(S::New), |s| json(value!({ "unit_id": s.unit, "relation": "tenant" }))),
        ],
        "POST /api/v1/resident-invitations/bulk" => one(Change(S::New), |s| json(many(s))),
        "DELETE /api/v1/resident-invitations/{id}" => one(Change(S::New), |s| of(s.resident_invite)),
        "POST /api/v1/residencies/end" => one(Change(S::New), |s| json(ends(s))),
        "GET /api/v1/me/homes" | "GET /api/v1/me/data" => one(Look, |_| bare()),
        "POST /api/v1/me/homes" => one(Account(Need::Nothing), |_| {
            json(value!({ "account": "0", "last_name": "Никто", "relation": "tenant" }))
        }),
        "DELETE /api/v1/me/homes/{id}" => one(Account(Need::Nothing), |s| of(s.unit)),
        "DELETE /api/v1/me/applications/{id}" => one(Change(S::New), |s| of(s.application)),
        "POST /api/v1/me/forget" => one(Account(Need::Nothing), |_| bare()),
        "GET /api/v1/residents/{id}/data" => one(Look, |s| of(s.contact)),
        // Not the name: who may erase is told so.
        "POST /api/v1/residents/{id}/erase" => one(Look, |s| of(s.contact).json(value!({ "confirm": "?" }))),
        "POST /join/code" => one(Account(Need::Nothing), |s| form(vec![("phone", s.phone.clone())])),
        "POST /join/verify" => vec![
            sample("right", Account(Need::Code), |s| form(vec![("phone", s.phone.clone()), ("code", s.code.clone())])),
            sample("wrong", Account(Need::Nothing), |s| {
                form(vec![("phone", s.phone.clone()), ("code", "111111".to_owned())])
            }),
        ],
        "POST /join/apply" => one(Look, |s| {
            let home = [("name", "Новый"), ("flat", "1"), ("relation", "owner")].map(|(k, v)| (k, v.to_owned()));
            form(home.into_iter().chain([("building_id", s.building.to_string())]).collect())
        }),
        "POST /join/accept" => one(Account(Need::Nothing), |_| form(vec![("token", "somebody-guesses".to_owned())])),
        "POST /join/invite" => one(Look, |_| form(vec![("token", "K7MP-4QXR".to_owned())])),
        "POST /join/enter" | "POST /join/leave" => one(Look, |_| form(Vec::new())),
        "POST /join/cancel" => one(Change(S::New), |s| form(vec![("id", s.application.to_string())])),
        "POST /my/homes/attach" => one(Account(Need::Nothing), |_| {
            let typed = [("account", "0"), ("last_name", "Никто"), ("relation", "tenant")];
            form(typed.into_iter().map(|(k, v)| (k, v.to_owned())).collect())
        }),
        "POST /my/homes/leave" => one(Account(Need::Nothing), |s| form(vec![("id", s.unit.to_string())])),
        "POST /my/homes/withdraw" => one(Change(S::New), |s| form(vec![("id", s.application.to_string())])),
        "POST /my/homes/revoke" => one(Change(S::New), |s| form(vec![("id", s.resident_invite.to_string())])),
        "POST /my/forget" => one(Account(Need::Nothing), |_| form(Vec::new())),
        "GET /my/data.json" | "GET /my/data.html" => one(Look, |_| bare()),
        "GET /desk/people/{id}/data.json" | "GET /desk/people/{id}/data.html" => one(Look, |s| of(s.contact)),
        "GET /join" | "GET /my/homes" | "GET /desk/people/applications" => one(Look, |_| page(bare())),
        "GET /join/home/{id}" => one(Look, |_| page(of("somebody-guesses-a-token"))),
        "GET /desk/buildings/{id}/sheet" => one(Look, |s| page(of(s.building))),
        _ => Vec::new(),
    }
}

fn functions(name: &str) -> Vec<Sample> {
    match name {
        "access/state" | "access/rules" | "access/my_homes" => one(Look, |_| json(value!({}))),
        "access/houses" => one(Look, |_| json(value!({ "text": "Навои 12" }))),
        "access/house" | "access/sheet" => one(Look, |s| json(value!({ "id": s.building }))),
        "access/invitation" => vec![sample("without", Look, |_| json(value!({ "token": "somebody-guesses-a-token" })))],
        "access/applications" => one(Change(S::New), |_| json(value!({ "filter": {} }))),
        "access/approve" => {
            one(Change(S::New), |s| json(value!({ "id": s.application, "command": { "unit_id": s.unit } })))
        }
        "access/reject" => one(Change(S::New), |s| json(value!({ "id": s.application, "command": why() }))),
        "access/save_rules" => one(Look, |_| json(value!({ "version": 0, "command": rules() }))),
        "access/invite" => one(Change(S::New), |s| json(value!({ "command": { "contact_id": s.contact } }))),
        "access/invite_all" => one(Change(S::New), |s| json(value!({ "command": many(s) }))),
        "access/invitations" => one(Change(S::New), |s| json(value!({ "filter": { "unit_id": s.unit } }))),
        "access/revoke_invite" => one(Change(S::New), |s| json(value!({ "id": s.resident_invite }))),
        "access/end_residency" => one(Change(S::New), |s| json(value!({ "command": ends(s) }))),
        "privacy/erase" => one(Look, |s| json(value!({ "id": s.contact, "command": { "confirm": "?" } }))),
        _ => Vec::new(),
    }
}

fn why() -> Value {
    value!({ "reason": "Не живёт здесь" })
}

fn many(scene: &Scene) -> Value {
    value!({ "ids": [scene.contact] })
}

fn rules() -> Value {
    value!({ "accept_applications": true, "attach_at_once": true })
}

/// Of somebody who moved in for this call.
fn ends(scene: &Scene) -> Value {
    value!({ "contact_id": scene.lodger, "unit_id": scene.unit })
}
