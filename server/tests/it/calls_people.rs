//! Calls for the doors of the register of people, of calls, and of what is covered.

use crate::{
    calls::{Call, Sample, json, of, one, page, sample},
    cast::Setting::{House, Look},
};
use serde_json::{Value, json as value};

fn person() -> Value {
    value!({ "name": "Новый жилец", "phones": ["+998712000000"], "passport": "AB7654321" })
}

fn home(unit: impl serde::Serialize) -> Value {
    value!({ "unit_id": unit, "relation": "owner", "share": "1/3" })
}

/// Of the author, so that somebody is found.
const NUMBER: &str = "+998901000001";

fn number() -> Call {
    Call { id: NUMBER.to_owned(), ..Call::default() }
}

pub fn samples(door: &str) -> Vec<Sample> {
    match door {
        "POST /rpc/people/contacts" => one(Look, |_| json(value!({ "filter": {} }))),
        "POST /rpc/people/contact" => one(Look, |s| json(value!({ "id": s.contact }))),
        "POST /rpc/people/create_contact" => vec![
            sample("", House, |_| json(value!({ "command": person() }))),
            sample("with a home", House, |s| {
                let mut command = person();
                command["home"] = home(s.registry.empty);
                json(value!({ "command": command }))
            }),
        ],
        "POST /rpc/people/update_contact" => one(House, |s| {
            json(value!({ "id": s.registry.person, "version": 1, "command": { "note": "Звонить вечером" } }))
        }),
        "POST /rpc/people/bulk" => one(House, |s| {
            json(value!({ "command": { "ids": [s.registry.person], "action": { "do": "lang", "lang": "uz" } } }))
        }),
        "POST /rpc/people/add_home" => {
            one(House, |s| json(value!({ "id": s.registry.person, "command": home(s.registry.empty) })))
        }
        "POST /rpc/people/update_home" => {
            one(House, |s| json(value!({ "id": s.registry.residency, "version": 1, "command": { "share": "50 %" } })))
        }
        "POST /rpc/people/reveal" => {
            one(House, |s| json(value!({ "id": s.registry.person, "command": { "field": "passport" } })))
        }
        "POST /rpc/people/call" => one(Look, |_| json(value!({ "phone": NUMBER }))),
        "POST /rpc/people/privacy" => one(Look, |_| json(value!({}))),
        "POST /rpc/people/save_privacy" => one(Look, |_| {
            // An old version: the rules stay as they are for the other calls.
            json(value!({ "version": 77, "rules": { "hide_phones": false, "dispatchers_reveal": true } }))
        }),
        "GET /api/v1/residents" => one(Look, |_| Call::default()),
        "POST /api/v1/residents" => one(House, |_| json(person())),
        "GET /api/v1/residents/{id}" | "GET /api/v1/residents/{id}/residencies" => one(Look, |s| of(s.contact)),
        "PATCH /api/v1/residents/{id}" => {
            one(House, |s| of(s.registry.person).json(value!({ "channel": "sms" })).header("if-match", "\"1\""))
        }
        "POST /api/v1/residents/{id}/residencies" => one(House, |s| of(s.registry.person).json(home(s.registry.empty))),
        "PATCH /api/v1/residencies/{id}" => {
            one(House, |s| of(s.registry.residency).json(value!({ "relation": "tenant" })).header("if-match", "\"1\""))
        }
        "POST /api/v1/residents/{id}/reveal" => {
            one(House, |s| of(s.registry.person).json(value!({ "field": "passport" })))
        }
        "GET /api/v1/calls/{id}" => one(Look, |_| number()),
        "GET /api/v1/settings/privacy" => one(Look, |_| Call::default()),
        "PUT /api/v1/settings/privacy" => one(Look, |_| {
            json(value!({ "hide_phones": false, "dispatchers_reveal": true })).header("if-match", "\"77\"")
        }),
        "GET /desk/people" | "GET /desk/people/new" | "GET /desk/settings/privacy" => {
            one(Look, |_| page(Call::default()))
        }
        "GET /desk/people/{id}" | "GET /desk/people/{id}/edit" => one(Look, |s| page(of(s.contact))),
        "GET /desk/call/{id}" => one(Look, |_| page(number())),
        _ => Vec::new(),
    }
}
