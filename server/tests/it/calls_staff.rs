//! Calls of staff, audit and settings.

use crate::{
    calls::{Call, Sample, bare, form, json, of, one, page, sample},
    cast::{Scene, Setting},
};
use Setting::{Change, Look};
use model::requests::Status as S;
use serde_json::{Value, json};
use testkit::PASSWORD;

/// Nothing for doors of other features.
pub fn samples(door: &str) -> Vec<Sample> {
    match door {
        "POST /rpc/staff/search" => one(Look, |_| json(json!({ "filter": { "all": true } }))),
        "POST /rpc/staff/get" | "POST /rpc/staff/open_work" => one(Look, |s| json(json!({ "id": s.member }))),
        "POST /rpc/staff/update" => vec![
            sample("name", Change(S::New), |s| {
                json(json!({ "id": s.member, "version": 1, "command": { "name": "Иначе (a)" } }))
            }),
            sample("role", Change(S::New), |s| {
                json(json!({ "id": s.member, "version": 1, "command": { "role": "admin" } }))
            }),
        ],
        "POST /rpc/staff/bulk" => one(Change(S::New), |s| {
            json(json!({ "command": { "ids": [s.member], "action": { "do": "add_skill", "skill": "lift" } } }))
        }),
        "POST /rpc/staff/block" | "POST /rpc/staff/unblock" => one(Change(S::New), |s| json(json!({ "id": s.member }))),
        "POST /rpc/staff/dismiss" => one(Change(S::New), |s| json(json!({ "id": s.member, "command": {} }))),
        "POST /rpc/staff/invite" => vec![
            sample("worker", Change(S::New), |s| json(json!({ "command": invitation(s, "staff") }))),
            sample("owner of the system", Change(S::New), |s| json(json!({ "command": invitation(s, "super_admin") }))),
        ],
        "POST /rpc/staff/invitations" => one(Look, |_| json(json!({}))),
        "POST /rpc/staff/revoke_invite" => one(Change(S::New), |s| json(json!({ "id": s.invite }))),
        "POST /rpc/staff/invitation" => vec![
            sample("with the link", Look, |s| json(json!({ "token": s.invite_token }))),
            sample("without", Look, |_| json(json!({ "token": "somebody-guesses-a-token" }))),
        ],
        "POST /rpc/audit/list" => one(Look, |_| json(json!({ "filter": {} }))),
        "POST /rpc/audit/of_object" => vec![
            sample("request", Look, |s| history("request", s.request)),
            sample("building", Look, |s| history("building", s.building)),
            sample("contact", Look, |s| history("contact", s.contact)),
            sample("user", Look, |s| history("user", s.worker)),
            sample("company", Look, |s| history("company", s.company)),
        ],
        "POST /rpc/settings/profile"
        | "POST /rpc/deadlines/settings"
        | "POST /rpc/settings/calendar"
        | "POST /rpc/settings/languages"
        | "POST /rpc/settings/guide" => one(Look, |_| json(json!({}))),
        // A version nobody has: who may save is told of the conflict.
        "POST /rpc/settings/save_profile" => one(Look, |_| {
            let command = json!({ "name": "Дом", "phone": null, "emergency_phone": null, "address": null });
            json(json!({ "version": 0, "command": command }))
        }),
        "POST /rpc/deadlines/save_rules" => one(Look, |_| json(json!({ "number": -1, "command": rules() }))),
        "POST /rpc/deadlines/save_watch" => one(Look, |_| json(json!({ "version": 0, "command": watch() }))),
        "POST /rpc/deadlines/what_if" => one(Look, |_| json(json!({ "command": rules() }))),
        "GET /api/v1/settings/deadlines" => one(Look, |_| bare()),
        "PUT /api/v1/settings/deadlines/rules" => one(Look, |_| json(rules()).header("if-match", "\"99\"")),
        "PUT /api/v1/settings/deadlines/watch" => one(Look, |_| json(watch()).header("if-match", "\"99\"")),
        "POST /api/v1/settings/deadlines/what-if" => one(Look, |_| json(rules())),
        "POST /rpc/deadlines/of_request" => one(Look, |s| json(json!({ "id": s.request }))),
        "GET /api/v1/requests/{id}/deadlines" => one(Look, |s| of(s.request)),
        "POST /rpc/requests/wait" => {
            one(Change(S::Assigned), |s| json(json!({ "id": s.request, "command": question() })))
        }
        "POST /api/v1/requests/{id}/wait" => one(Change(S::Assigned), |s| of(s.request).json(question())),
        // The first number came long ago: who may raise it is told so.
        "POST /rpc/settings/raise_request_number" => one(Look, |_| json(json!({ "command": { "next": 1 } }))),
        "POST /rpc/settings/save_languages" => {
            one(Look, |_| json(json!({ "version": 0, "command": { "languages": ["ru", "uz", "en"], "lang": "ru" } })))
        }
        "POST /rpc/settings/save_calendar" => {
            one(Look, |_| json(json!({ "version": 0, "command": { "week": [], "special": [] } })))
        }
        "POST /rpc/settings/dismiss_guide" => one(Look, |_| json(json!({ "dismissed": true }))),
        "POST /rpc/settings/load_sample" | "POST /rpc/settings/remove_sample" => one(Look, |_| json(json!({}))),
        "POST /api/v1/staff" => one(Change(S::New), |s| json(invitation(s, "dispatcher"))),
        "GET /api/v1/staff/{id}" | "GET /api/v1/staff/{id}/work" => one(Look, |s| of(s.member)),
        "PATCH /api/v1/staff/{id}" => {
            one(Change(S::New), |s| of(s.member).json(json!({ "skills": ["lift"] })).header("if-match", "\"1\""))
        }
        "POST /api/v1/staff/{id}/block" | "DELETE /api/v1/staff/{id}/block" => one(Change(S::New), |s| of(s.member)),
        "POST /api/v1/staff/{id}/dismiss" => one(Change(S::New), |s| of(s.member).json(json!({}))),
        "GET /api/v1/staff/invitations" => one(Look, |_| bare()),
        "DELETE /api/v1/staff/invitations/{id}" => one(Change(S::New), |s| of(s.invite)),
        "GET /api/v1/audit" => one(Look, |_| Call { query: "?limit=100", ..bare() }),
        "POST /join/staff" => vec![
            sample("with the link", Change(S::New), |s| form(joining(s, s.invite_token.clone()))),
            sample("without", Look, |s| form(joining(s, "somebody-guesses-a-token".to_owned()))),
        ],
        "GET /join/staff/{id}" => one(Look, |s| page(of(&s.invite_token))),
        "GET /desk/staff/{id}" => one(Look, |s| page(of(s.member))),
        "GET /desk/audit"
        | "GET /desk/settings"
        | "GET /desk/settings/start"
        | "GET /desk/settings/calendar"
        | "GET /desk/settings/deadlines"
        | "GET /desk/settings/deadlines/what-if"
        | "GET /desk/settings/numbers"
        | "GET /desk/settings/languages"
        | "GET /desk/settings/roles" => one(Look, |_| page(bare())),
        _ => Vec::new(),
    }
}

fn rules() -> Value {
    json!({ "rules": [{ "answer_minutes": 60, "solution_minutes": 600, "counting": "working" }] })
}

fn watch() -> Value {
    json!({ "warn_percent": 10, "escalate_roles": ["admin"], "escalate_to": [], "close_after_days": 3 })
}

fn question() -> Value {
    json!({ "waiting": true, "reason": "Вы дома?" })
}

fn invitation(scene: &Scene, role: &str) -> Value {
    json!({ "name": "Новый", "role": role, "building_ids": if role == "staff" { vec![scene.building] } else { Vec::new() } })
}

fn history(object_type: &str, id: impl serde::Serialize) -> Call {
    json(json!({ "object_type": object_type, "id": id }))
}

fn joining(scene: &Scene, token: String) -> Vec<(&'static str, String)> {
    let login = format!("join-{}", scene.invite);
    vec![("token", token), ("login", login), ("name", "Новый".to_owned()), ("password", PASSWORD.to_owned())]
}
