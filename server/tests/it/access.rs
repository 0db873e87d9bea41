//! Every door, every role: one table, looked at by people whenever it changes.
//!
//! A cell is the status of one valid call on objects of company A, with the code where the status has several, or
//! `→ page` for a redirect. `*` says that the answer shows something of company A, `!` that an internal comment is in
//! it.

use crate::{
    app::{Answer, Pass, TestApp, send},
    calls::{Body, Call, Sample, document, payments, samples},
    cast::{Caller, MARK, SECRET, Scene, Setting, Stage, Who},
};
use calamine::{Data, Reader, Xlsx};
use futures::{StreamExt, stream};
use http::Method;
use leptos::server_fn::axum::server_fn_paths;
use serde_json::Value;
use std::{collections::BTreeSet, fmt::Write, io::Cursor, sync::Mutex};

/// Calls at once: more than the machine has cores, fewer than the database has connections.
const PARALLEL: usize = 6;

/// `METHOD /path/{id}` of everything the product answers to.
fn doors(app: &TestApp) -> BTreeSet<String> {
    let functions = server_fn_paths().map(|(path, method)| format!("{method} {path}"));
    let document = server::http::v1::document();
    let operations = document.paths.paths.iter().flat_map(|(path, item)| {
        let methods = [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ];
        methods.into_iter().filter(|(_, o)| o.is_some()).map(move |(method, _)| format!("{method} {path}"))
    });
    let plain = server::http::doors(&app.ctx.config).into_iter().map(|door| format!("{} {}", door.method, door.path));
    let pages = server::http::pages::paths().into_iter().map(|path| format!("GET {path}"));
    let about = ["openapi.json", "docs", "docs/", "docs/{file}"].map(|path| format!("GET /api/v1/{path}"));
    let webhook = format!("POST {}", server::http::telegram::PATH);
    let providers = server::http::webhooks::PATHS.map(|path| format!("POST {path}"));
    let reports = format!("POST {}", server::http::sms_reports::PATH);
    let outside = [webhook, reports].into_iter().chain(providers);
    functions.chain(operations).chain(plain).chain(pages).chain(about).chain(outside).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_door_for_every_role() {
    let stage = Stage::new().await;
    let doors = doors(&stage.app);
    let count = |prefix: &str| doors.iter().filter(|door| door.starts_with(prefix)).count();
    assert!(count("POST /rpc/") > 20 && count("GET /desk") > 5, "doors are not found any more: {doors:#?}");
    let unknown: Vec<&String> = doors.iter().filter(|door| samples(door).is_empty()).collect();
    assert!(unknown.is_empty(), "write a call in calls.rs for: {unknown:#?}");
    let wrong = Mutex::new(Vec::new());
    let mut rows = Vec::new();
    for door in &doors {
        for sample in samples(door) {
            let cells = if sample.setting.is_made_once() {
                in_turn(&stage, door, &sample, &wrong).await
            } else {
                let cells = stream::iter(Who::ALL).map(|who| cell(&stage, door, &sample, who, &wrong));
                let parallel = if sample.setting == Setting::Rules { 1 } else { PARALLEL };
                cells.buffered(parallel).collect().await
            };
            rows.push((format!("{door} {}", sample.note), cells));
        }
    }
    // All that is wrong at once: a run takes minutes.
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    insta::assert_snapshot!("doors", table(&rows));
}

/// Setting a scene takes longer than a call: whoever is refused leaves it to the next one. Strangers come first.
async fn in_turn(stage: &Stage, door: &str, sample: &Sample, wrong: &Mutex<Vec<String>>) -> Vec<String> {
    let (mut cells, mut left) = (Vec::new(), None);
    for who in Who::ALL.into_iter().rev() {
        let caller = stage.caller(who);
        let scene = match left.take() {
            Some(scene) => stage.handed(scene, sample.setting, caller).await,
            None => stage.scene(sample.setting, caller).await,
        };
        let (said, refused) = play(stage, door, sample, who, caller, &scene, wrong).await;
        left = refused.then_some(scene);
        cells.push(said);
    }
    cells.reverse();
    cells
}

async fn cell(stage: &Stage, door: &str, sample: &Sample, who: Who, wrong: &Mutex<Vec<String>>) -> String {
    let newcomer = match sample.setting {
        Setting::Account(_) => stage.newcomer(who).await,
        _ => None,
    };
    let caller = newcomer.as_ref().or(stage.caller(who));
    let scene = stage.scene(sample.setting, caller).await;
    play(stage, door, sample, who, caller, &scene, wrong).await.0
}

/// What the caller is told, and whether they were refused.
async fn play(
    stage: &Stage,
    door: &str,
    sample: &Sample,
    who: Who,
    caller: Option<&Caller>,
    scene: &Scene,
    wrong: &Mutex<Vec<String>>,
) -> (String, bool) {
    let hold = |fits: bool, what: String| {
        if !fits {
            wrong.lock().unwrap().push(format!("{door} {} as {}: {what}", sample.note, who.title()));
        }
    };
    // What scenes are made of is not done by strangers: what the audit has of them, this call did.
    let stranger = caller.filter(|_| who.is_stranger() && !door.starts_with("GET ")).and_then(|c| c.actor.user_id());
    let deeds = async || match stranger {
        Some(user) => testkit::deeds(&stage.app.ctx, user).await,
        None => 0,
    };
    let before = deeds().await;
    let answer = knock(&stage.app, door, (sample.call)(scene), caller).await;
    let said = describe(door, &answer);
    if answer.status == 403 {
        hold(deeds().await == before, "is refused what was done all the same".to_owned());
    }
    hold(answer.status < 500, format!("fails with {}", answer.text()));
    hold(!(who.is_stranger() && holds(&answer, MARK)), format!("is shown company A: {}", answer.text()));
    hold(who.is_staff_of_a() || !holds(&answer, SECRET), "is shown internals".to_owned());
    // What belongs to somebody else answers as what nobody has. (A page repeats its own address.)
    let names_objects = !matches!(sample.setting, Setting::Account(_)) && !is_page(&answer);
    // The desk of A sees every object of A that is knocked at here, so it may be told what is wrong with a command about
    // it; whoever does not see it may not.
    let desk = matches!(who, Who::Super | Who::Admin | Who::Dispatcher);
    if names_objects && (answer.status == 404 || (answer.status == 422 && !desk)) {
        let missing = knock(&stage.app, door, (sample.call)(&Stage::missing(scene)), caller).await;
        let (gist, none) = (gist(&answer), gist(&missing));
        hold(gist == none, format!("is told what exists: {gist:?} and {none:?}"));
    }
    (said, (400..500).contains(&answer.status))
}

async fn knock(app: &TestApp, door: &str, call: Call, caller: Option<&Caller>) -> Answer {
    let (method, path) = door.split_once(' ').unwrap();
    let in_path = path.contains("{comment_id}") || path.contains("{other_id}");
    let path = path.replace("{id}", &call.id).replace("{file}", &call.id).replace("{kind}", &call.id);
    let path = path.replace("{comment_id}", &call.second).replace("{other_id}", &call.second);
    let path = path.replace("{secret}", &call.id).replace("{task}", &call.id);
    let tail = if in_path { "" } else { call.second.as_str() };
    let pass = match caller {
        None => Pass::Nobody,
        Some(caller) if path.starts_with("/api/") => Pass::Bearer(caller.token.clone()),
        Some(caller) => Pass::Cookies(format!("{}={}", crate::app::ACCESS, caller.token)),
    };
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = app.request(method, &format!("{path}{}{tail}", call.query), &pass);
    let request = call.headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    send(match call.body {
        Body::Nothing => request,
        Body::Json(body) => request.json(&body),
        Body::Form(fields) => request.form(&fields),
        Body::Parts(fields) => request.multipart(Body::parts(fields)),
        Body::Table(kind) => request.multipart(Body::table(kind)),
        Body::Document(fields) => request.multipart(document(fields)),
        Body::Payments(fields) => request.multipart(payments(fields)),
    })
    .await
}

fn describe(door: &str, answer: &Answer) -> String {
    let star = match (holds(answer, MARK), holds(answer, SECRET)) {
        (_, true) => "*!",
        (true, false) => "*",
        (false, false) => "",
    };
    if answer.status == 303 {
        let to = answer.header("location");
        let (path, query) = to.split_once('?').unwrap_or((to, ""));
        let path: Vec<&str> = path.split('/').map(|part| if part.len() == 36 { "{id}" } else { part }).collect();
        let error = query.split('&').find_map(|pair| pair.strip_prefix("error=")).map(|code| format!(" {code}"));
        return format!("→ {}{}{star}", path.join("/"), error.unwrap_or_default());
    }
    if is_page(answer) && !door.contains("/api/") {
        return format!("page{star}");
    }
    let code =
        serde_json::from_slice::<Value>(&answer.bytes).ok().and_then(|body| body["code"].as_str().map(str::to_owned));
    match code.as_deref().filter(|_| answer.status >= 400) {
        None | Some("unauthenticated" | "forbidden" | "not_found") => format!("{}{star}", answer.status),
        Some(code) => format!("{} {code}", answer.status),
    }
}

fn is_page(answer: &Answer) -> bool {
    answer.header("content-type").starts_with("text/html")
}

/// Whether an answer holds a text, be it inside a workbook.
fn holds(answer: &Answer, text: &str) -> bool {
    if !answer.bytes.starts_with(b"PK") {
        return String::from_utf8_lossy(&answer.bytes).contains(text);
    }
    let mut book = Xlsx::new(Cursor::new(&answer.bytes)).unwrap();
    let sheets = book.worksheets();
    let mut cells = sheets.iter().flat_map(|(_, sheet)| sheet.cells());
    cells.any(|(_, _, cell)| matches!(cell, Data::String(s) if s.contains(text)))
}

/// All that an answer tells, but for the number of this very call.
fn gist(answer: &Answer) -> (u16, String, String) {
    let kind = answer.header("content-type").to_owned();
    let body = match serde_json::from_slice::<Value>(&answer.bytes) {
        Ok(mut body) => {
            if let Some(body) = body.as_object_mut() {
                body.remove("trace_id");
            }
            body.to_string()
        }
        Err(_) => answer.text(),
    };
    (answer.status, kind, body)
}

fn table(rows: &[(String, Vec<String>)]) -> String {
    let width = |text: &str| text.chars().count();
    let first = rows.iter().map(|(door, _)| width(door)).max().unwrap();
    let widths: Vec<usize> = Who::ALL
        .iter()
        .enumerate()
        .map(|(i, who)| rows.iter().map(|(_, cells)| width(&cells[i])).chain([width(who.title())]).max().unwrap())
        .collect();
    let mut out = String::new();
    let mut line = |door: &str, cells: &[&str]| {
        write!(out, "{door:first$}").unwrap();
        for (cell, width) in cells.iter().zip(&widths) {
            write!(out, " | {cell:width$}").unwrap();
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    };
    line("", &Who::ALL.map(Who::title));
    for (door, cells) in rows {
        line(door.trim_end(), &cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
    out
}

/// The calls below name what a caller must not reach in the places where a table has no row for it.
#[tokio::test]
async fn a_foreign_object_cannot_be_named_in_a_command() {
    let stage = Stage::new().await;
    let (app, b) = (&stage.app, &stage.app.world.b);
    let scene: Scene = stage.scene(Setting::Change(model::requests::Status::New), None).await;
    let pass = |who: Who| Pass::Bearer(stage.caller(who).unwrap().token.clone());
    let own = send(app.post("/api/v1/requests", &pass(Who::ResidentB)).json(&serde_json::json!({
        "unit_id": b.house.units[0], "category": "yard", "description": "Наше",
    })))
    .await;
    let own = own.expect(201).json()["id"].as_str().unwrap().to_owned();
    let dispatcher = pass(Who::DispatcherB);
    let refused = async |path: &str, body: Value, pointer: &str| {
        let answer = send(app.post(path, &dispatcher).json(&body)).await;
        let problem = answer.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{path} {body}");
    };
    let unit = b.house.units[0];
    let new = |field: &str, id: String| {
        let mut command = serde_json::json!({ "unit_id": unit, "category": "yard", "description": "Яма" });
        command[field] = if field == "file_ids" { serde_json::json!([id]) } else { id.into() };
        command
    };
    refused("/api/v1/requests", new("unit_id", scene.unit.to_string()), "/unit_id").await;
    refused("/api/v1/requests", new("contact_id", scene.contact.to_string()), "/contact_id").await;
    refused("/api/v1/requests", new("file_ids", scene.loose.to_string()), "/file_ids").await;
    let step = |name: &str| format!("/api/v1/requests/{own}/{name}");
    refused(&step("assign"), serde_json::json!({ "assignee_id": scene.worker }), "/assignee_id").await;
    refused(&step("files"), serde_json::json!({ "file_ids": [scene.loose], "moment": "before" }), "/file_ids").await;
}

/// A super admin works in one company at a time.
#[tokio::test]
async fn a_super_admin_sees_the_company_they_went_to() {
    let stage = Stage::new().await;
    let scene = stage.scene(Setting::Look, None).await;
    let root = stage.app.bearer("root").await;
    let get = async || send(stage.app.get(&format!("/api/v1/requests/{}", scene.request), &root)).await.status;
    assert_eq!(get().await, 200);
    let there = serde_json::json!({ "company_id": stage.app.world.b.id });
    send(stage.app.post("/api/v1/auth/company", &root).json(&there)).await.expect(204);
    assert_eq!(get().await, 404);
    let nowhere = serde_json::json!({ "company_id": scene.request });
    send(stage.app.post("/api/v1/auth/company", &root).json(&nowhere)).await.problem(404, "not_found");
}
