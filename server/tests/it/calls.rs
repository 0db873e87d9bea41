//! One valid call, or several, for every door. A door that is not here fails the test of access.

use crate::{
    app::WEBHOOK_SECRET,
    cast::{Need, Scene, Setting},
};
use Need as N;
use Setting::{Account, Change, Look};
use model::requests::Status as S;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use testkit::{PASSWORD, photo};

pub struct Sample {
    /// Tells several calls of one door apart.
    pub note: &'static str,
    pub setting: Setting,
    pub call: fn(&Scene) -> Call,
}

/// What is filled into a door's path, and what is sent with it.
#[derive(Default)]
pub struct Call {
    pub id: String,
    pub query: &'static str,
    /// A second thing the path names, or the one the query ends with.
    pub second: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Body,
}

#[derive(Default)]
pub enum Body {
    #[default]
    Nothing,
    Json(Value),
    Form(Vec<(&'static str, String)>),
    /// Text fields, and a photo under the name `photos`.
    Parts(Vec<(&'static str, String)>),
    /// A small register of flats, under the name `file`, and its `kind`.
    Table(&'static str),
    /// Text fields, and a PDF under the name `file`.
    Document(Vec<(&'static str, String)>),
    /// Text fields, and a small table of payments under the name `file`.
    Payments(Vec<(&'static str, String)>),
}

impl Body {
    pub fn table(kind: &'static str) -> Form {
        let file = Part::bytes("Адрес;Квартира;Этаж\nНавои 12;7;2\n".as_bytes()).file_name("table.csv");
        Form::new().text("kind", kind).part("file", file)
    }

    pub fn parts(fields: Vec<(&'static str, String)>) -> Form {
        let file = Part::bytes(photo()).file_name("photo.jpg");
        fields.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value)).part("photos", file)
    }
}

/// Text fields, and a PDF under the name `file`.
pub fn document(fields: Vec<(&'static str, String)>) -> Form {
    let file = Part::bytes(b"%PDF-1.4".to_vec()).file_name("a.pdf");
    fields.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value)).part("file", file)
}

/// Text fields, and a table that reads as a statement of the bank and as a registry of a provider.
pub fn payments(fields: Vec<(&'static str, String)>) -> Form {
    let table = format!("Дата;ID;Сумма\n12.05.2025;{};10\n", platform::ids::new_id().simple());
    let file = Part::bytes(table.into_bytes()).file_name("table.csv");
    fields.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value)).part("file", file)
}

pub fn bare() -> Call {
    Call::default()
}

pub fn json(body: Value) -> Call {
    Call { body: Body::Json(body), ..bare() }
}

pub fn of(id: impl ToString) -> Call {
    Call { id: id.to_string(), ..bare() }
}

impl Call {
    pub fn json(self, body: Value) -> Self {
        Self { body: Body::Json(body), ..self }
    }
    /// Names a second thing in the path.
    pub fn and(self, id: impl ToString) -> Self {
        Self { second: id.to_string(), ..self }
    }
    /// Ends the query with the request.
    pub fn about(self, scene: &Scene) -> Self {
        Self { second: scene.request.to_string(), ..self }
    }
    pub fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }
}

pub fn form(fields: Vec<(&'static str, String)>) -> Call {
    Call { body: Body::Form(fields), ..bare() }
}

pub fn one(setting: Setting, call: fn(&Scene) -> Call) -> Vec<Sample> {
    vec![sample("", setting, call)]
}

pub fn sample(note: &'static str, setting: Setting, call: fn(&Scene) -> Call) -> Sample {
    Sample { note, setting, call }
}

/// `door` is `METHOD /path/{id}`; empty for a door that nobody wrote a call for.
pub fn samples(door: &str) -> Vec<Sample> {
    let features = [
        crate::calls_together::samples,
        crate::calls_notices::samples,
        crate::calls_operations::samples,
        crate::calls_news::samples,
        crate::calls_access::samples,
        crate::calls_search::samples,
        crate::calls_imports::samples,
        crate::calls_billing::samples,
        crate::calls_debts::samples,
        crate::calls_outages::samples,
        crate::calls_staff::samples,
        crate::calls_property::samples,
        crate::calls_push::samples,
        crate::calls_payments::samples,
        crate::calls_people::samples,
        crate::calls_work::samples,
        crate::calls_duties::samples,
    ];
    if let Some(found) = features.into_iter().map(|samples| samples(door)).find(|found| !found.is_empty()) {
        return found;
    }
    if let Some(name) = door.strip_prefix("POST /rpc/") {
        return server_function(name);
    }
    if let Some(operation) = door.split_once(" /api/v1/").filter(|_| door != "GET /api/v1/ws") {
        return rest(&format!("{} {}", operation.0, operation.1));
    }
    plain(door)
}

fn server_function(name: &str) -> Vec<Sample> {
    match name {
        "auth/me" | "auth/sessions" | "staff/list" | "property/homes" | "desk/counts" => one(Look, |_| json(json!({}))),
        "auth/request_code" => one(Account(N::Nothing), |s| json(json!({ "command": { "phone": s.phone } }))),
        "auth/request_reset" => one(Account(N::Nothing), |s| json(json!({ "command": { "email": email(s) } }))),
        "auth/reset_password" => {
            one(Account(N::Reset), |s| json(json!({ "command": { "token": s.token, "new": PASSWORD } })))
        }
        "auth/change_password" => one(Account(N::Nothing), |_| json(json!({ "command": passwords() }))),
        "auth/confirm" => one(Account(N::Nothing), |_| json(json!({ "command": { "password": PASSWORD } }))),
        "auth/may_look_as" => one(Look, |s| json(json!({ "command": look_as(s) }))),
        "auth/proven" => one(Look, |_| json(json!({ "danger": "export_people" }))),
        "auth/end_other_sessions" | "auth/totp_setup" => one(Account(N::Nothing), |_| json(json!({}))),
        "auth/set_lang" => one(Account(N::Nothing), |_| json(json!({ "lang": "uz" }))),
        "auth/totp_confirm" => one(Account(N::TotpWaits), |s| json(json!({ "command": { "code": s.code } }))),
        "auth/totp_disable" => one(Account(N::TotpOn), |s| json(json!({ "command": { "code": s.code } }))),
        "property/find_places" => one(Look, |_| json(json!({ "text": "Навои" }))),
        "narrow/choices" => vec![
            sample("complexes", Look, |_| json(json!({ "lang": "ru", "of": "Complex", "text": "", "chosen": "" }))),
            sample("entrances", Look, |s| {
                json(json!({ "lang": "ru", "of": { "Entrance": s.building }, "text": "", "chosen": "" }))
            }),
            sample("problems", Look, |_| {
                json(json!({ "lang": "uz", "of": { "Problem": null }, "text": "", "chosen": "" }))
            }),
            sample("people", Look, |s| {
                json(json!({ "lang": "ru", "of": "Contact", "text": "Навои", "chosen": s.contact }))
            }),
        ],
        "narrow/names" => one(Look, |s| {
            json(json!({ "lang": "ru", "chosen": { "contact": s.contact, "entrance": [s.building, s.building] } }))
        }),
        "requests/list" => one(Look, |_| json(json!({ "filter": {} }))),
        "requests/get" | "requests/look" => one(Look, |s| json(json!({ "id": s.request }))),
        "requests/create" => vec![
            sample("flat", Change(S::New), |s| json(json!({ "command": new_in_flat(s) }))),
            sample("house", Change(S::New), |s| json(json!({ "command": new_in_house(s) }))),
        ],
        "requests/update" => one(Change(S::New), |s| {
            json(json!({ "id": s.request, "version": s.version, "command": { "priority": "high" } }))
        }),
        "requests/assign" => {
            one(Change(S::New), |s| json(json!({ "id": s.request, "command": { "assignee_id": s.worker } })))
        }
        "requests/step" => vec![
            sample("start", Change(S::Assigned), |s| {
                json(json!({ "id": s.request, "command": { "action": "start" } }))
            }),
            sample("cancel", Change(S::Assigned), |s| {
                json(json!({ "id": s.request, "command": { "action": "cancel", "reason": "так надо" } }))
            }),
        ],
        "requests/complete" => {
            one(Change(S::InProgress), |s| json(json!({ "id": s.request, "command": { "file_ids": [s.upload] } })))
        }
        "requests/rate" => one(Change(S::Done), |s| json(json!({ "id": s.request, "command": { "stars": 5 } }))),
        "requests/comment" => vec![
            sample("", Change(S::Assigned), |s| json(json!({ "id": s.request, "command": { "body": "Когда?" } }))),
            sample("internal", Change(S::Assigned), |s| {
                json(json!({ "id": s.request, "command": { "body": "Сам виноват", "internal": true } }))
            }),
        ],
        "requests/add_files" => {
            one(Change(S::Assigned), |s| json(json!({ "id": s.request, "file_ids": [s.upload], "moment": "before" })))
        }
        "requests/redact" => one(Change(S::New), |s| json(json!({ "file": s.photo, "command": rectangle() }))),
        _ => Vec::new(),
    }
}

fn look_as(scene: &Scene) -> Value {
    json!({ "contact_id": scene.contact, "reason": "не видит счёт" })
}

fn rest(operation: &str) -> Vec<Sample> {
    match operation {
        "POST auth/login" => vec![
            sample("staff", Account(N::Nothing), |s| json(json!({ "login": s.login, "password": PASSWORD }))),
            sample("resident", Account(N::Code), |s| json(json!({ "phone": s.phone, "code": s.code }))),
        ],
        "POST auth/code" => one(Account(N::Nothing), |s| json(json!({ "phone": s.phone }))),
        "POST auth/refresh" => one(Account(N::Refresh), |s| json(json!({ "refresh_token": s.token }))),
        "POST auth/logout" | "DELETE auth/sessions/others" | "POST auth/totp/setup" => {
            one(Account(N::Nothing), |_| bare())
        }
        "POST auth/password" => one(Account(N::Nothing), |_| json(passwords())),
        "POST auth/confirm" => one(Account(N::Nothing), |_| json(json!({ "password": PASSWORD }))),
        "POST auth/password/forgot" => one(Account(N::Nothing), |s| json(json!({ "email": email(s) }))),
        "POST auth/password/reset" => one(Account(N::Reset), |s| json(json!({ "token": s.token, "new": PASSWORD }))),
        "POST auth/totp/confirm" => one(Account(N::TotpWaits), |s| json(json!({ "code": s.code }))),
        "POST auth/totp/disable" => one(Account(N::TotpOn), |s| json(json!({ "code": s.code }))),
        "POST auth/look-as" => one(Look, |s| json(look_as(s))),
        "POST auth/company" => one(Account(N::Nothing), |s| json(json!({ "company_id": s.company }))),
        "GET auth/me" | "GET auth/sessions" | "GET requests/counts" | "GET homes" | "GET staff" => {
            one(Look, |_| bare())
        }
        "GET requests" => one(Look, |_| Call { query: "?limit=100", ..bare() }),
        "GET requests/{id}"
        | "GET requests/{id}/comments"
        | "GET requests/{id}/files"
        | "GET requests/{id}/history" => one(Look, |s| of(s.request)),
        "POST requests" => vec![
            sample("flat", Change(S::New), |s| json(new_in_flat(s))),
            sample("house", Change(S::New), |s| json(new_in_house(s))),
            sample("for somebody", Change(S::New), |s| {
                json(json!({ "unit_id": s.unit, "contact_id": s.contact, "category": "yard", "description": "Яма" }))
            }),
        ],
        "PATCH requests/{id}" => one(Change(S::New), |s| {
            of(s.request).json(json!({ "priority": "high" })).header("if-match", format!("\"{}\"", s.version))
        }),
        "POST requests/{id}/assign" => one(Change(S::New), |s| of(s.request).json(json!({ "assignee_id": s.worker }))),
        "POST requests/{id}/transitions" => vec![
            sample("start", Change(S::Assigned), |s| of(s.request).json(json!({ "action": "start" }))),
            sample("defer", Change(S::Assigned), |s| of(s.request).json(because("defer"))),
            sample("cancel", Change(S::Assigned), |s| of(s.request).json(because("cancel"))),
            sample("reject", Change(S::Assigned), |s| of(s.request).json(because("reject"))),
            sample("return", Change(S::Done), |s| of(s.request).json(because("return"))),
            sample("close", Change(S::Done), |s| of(s.request).json(json!({ "action": "close" }))),
        ],
        "POST requests/{id}/complete" => {
            one(Change(S::InProgress), |s| of(s.request).json(json!({ "result": "Готово", "file_ids": [s.upload] })))
        }
        "POST requests/{id}/rate" => one(Change(S::Done), |s| of(s.request).json(json!({ "stars": 5 }))),
        "POST requests/{id}/comments" => vec![
            sample("", Change(S::Assigned), |s| of(s.request).json(json!({ "body": "Когда?" }))),
            sample("internal", Change(S::Assigned), |s| {
                of(s.request).json(json!({ "body": "Сам виноват", "internal": true }))
            }),
        ],
        "POST requests/{id}/files" => {
            one(Change(S::Assigned), |s| of(s.request).json(json!({ "file_ids": [s.upload], "moment": "before" })))
        }
        "POST files" => one(Look, |_| Call { body: Body::Parts(Vec::new()), ..bare() }),
        "GET files/{id}" | "GET files/{id}/thumb" => pictures(),
        "POST files/{id}/redact" => one(Change(S::New), |s| of(s.photo).json(rectangle())),
        "POST files/uploads" => one(Look, |_| json(json!({ "content_type": "image/jpeg", "bytes": 1000 }))),
        "PUT files/uploads/{id}" => one(Look, |s| Call { query: "?token=guessed", ..of(s.announced) }),
        "POST files/uploads/{id}/confirm" => one(Change(S::New), |s| of(s.announced)),
        "GET openapi.json" | "GET docs" | "GET docs/" => one(Look, |_| bare()),
        "GET docs/{file}" => one(Look, |_| of("swagger-ui.css")),
        _ => Vec::new(),
    }
}

fn plain(door: &str) -> Vec<Sample> {
    match door {
        "POST /login" => {
            one(Account(N::Nothing), |s| form(vec![("login", s.login.clone()), ("password", PASSWORD.to_owned())]))
        }
        "POST /login/code" => one(Account(N::Nothing), |s| form(vec![("phone", s.phone.clone())])),
        "POST /login/verify" => {
            one(Account(N::Code), |s| form(vec![("phone", s.phone.clone()), ("code", s.code.clone())]))
        }
        "POST /login/forgot" => one(Account(N::Nothing), |s| form(vec![("email", email(s))])),
        "POST /login/reset" => {
            one(Account(N::Reset), |s| form(vec![("token", s.token.clone()), ("new", PASSWORD.to_owned())]))
        }
        "POST /logout" => one(Account(N::Nothing), |_| bare()),
        "POST /look-as" => {
            one(Look, |s| form(vec![("contact_id", s.contact.to_string()), ("reason", "не видит счёт".to_owned())]))
        }
        "POST /look-as/return" => one(Look, |_| bare()),
        "POST /prefs" => {
            one(Account(N::Nothing), |_| form(vec![("lang", "uz".to_owned()), ("next", "/profile".to_owned())]))
        }
        "POST /my/requests" => one(Change(S::New), |s| Call { body: Body::Parts(filled(s)), ..bare() }),
        "POST /desk/requests" => vec![
            sample("", Change(S::New), |s| Call { body: Body::Parts(filled(s)), ..bare() }),
            sample("by number", Change(S::New), |s| {
                let fields = vec![
                    ("building_id", s.building.to_string()),
                    ("unit_number", "1".to_owned()),
                    ("category", "plumbing".to_owned()),
                    ("description", "Течёт".to_owned()),
                ];
                Call { body: Body::Parts(fields), ..bare() }
            }),
        ],
        "GET /desk/requests.xlsx" => one(Look, |_| bare()),
        "POST /files" => one(Look, |_| Call { body: Body::Parts(Vec::new()), ..bare() }),
        "GET /files/{id}" | "GET /files/{id}/thumb" => pictures(),
        "GET /api/v1/ws" => one(Look, |_| {
            bare()
                .header("connection", "upgrade")
                .header("upgrade", "websocket")
                .header("sec-websocket-version", 13)
                .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        }),
        "POST /telegram/webhook" => vec![
            sample("with the secret", Look, |_| {
                json(update()).header("x-telegram-bot-api-secret-token", WEBHOOK_SECRET)
            }),
            sample("without", Look, |_| json(update())),
        ],
        "GET /pkg/{file}" => one(Look, |_| of("app.0a1b2c3d4e5f.js")),
        "GET /sw.js" | "GET /healthz" | "GET /readyz" => one(Look, |_| bare()),
        "GET /"
        | "GET /login"
        | "GET /login/forgot"
        | "GET /login/reset"
        | "GET /profile"
        | "GET /dev/ui"
        | "GET /desk"
        | "GET /desk/requests/new"
        | "GET /desk/buildings"
        | "GET /desk/staff"
        | "GET /my"
        | "GET /my/new"
        | "GET /my/requests"
        | "GET /work" => one(Look, |_| page(bare())),
        "GET /desk/requests/{id}" | "GET /my/requests/{id}" | "GET /work/requests/{id}" => {
            one(Look, |s| page(of(s.request)))
        }
        "GET /desk/buildings/{id}" => one(Look, |s| page(of(s.building))),
        _ => Vec::new(),
    }
}

fn pictures() -> Vec<Sample> {
    vec![sample("attached", Look, |s| of(s.photo)), sample("loose", Look, |s| of(s.loose))]
}

fn rectangle() -> Value {
    json!({ "rectangles": [{ "x": 0, "y": 0, "w": 500, "h": 500 }] })
}

pub fn page(call: Call) -> Call {
    call.header("accept", "text/html")
}

fn email(scene: &Scene) -> String {
    format!("{}@example.uz", scene.login)
}

fn passwords() -> Value {
    json!({ "current": PASSWORD, "new": PASSWORD })
}

fn because(action: &str) -> Value {
    json!({ "action": action, "reason": "так надо" })
}

fn new_in_flat(scene: &Scene) -> Value {
    json!({ "unit_id": scene.unit, "category": "plumbing", "description": "Течёт" })
}

fn new_in_house(scene: &Scene) -> Value {
    json!({ "building_id": scene.building, "category": "cleaning", "description": "Грязно", "file_ids": [scene.upload] })
}

fn filled(scene: &Scene) -> Vec<(&'static str, String)> {
    vec![("unit_id", scene.unit.to_string()), ("category", "plumbing".to_owned()), ("description", "Течёт".to_owned())]
}

fn update() -> Value {
    json!({ "update_id": 1, "message": { "message_id": 1, "date": 0, "chat": { "id": 5, "type": "private" }, "text": "/start" } })
}
