//! Calls of field work, plans, rounds and estimates; and what they find.

use crate::{
    calls::{Call, Sample, bare, json, of, one, page},
    cast::{MARK, Scene, Setting, Stage, Who},
};
use Setting::{Look, Work};
use chrono::{NaiveDate, TimeDelta};
use domain::{
    plans,
    requests::{self, work},
    rounds,
};
use model::{
    CatalogueId, ChecklistId, Money, PlanId, RequestId, RoundId, RoundPointId, RouteId,
    names::Names,
    plans::{PlanFacts, PlanPlace, Rhythm},
    requests::{Category, Kind, UpdateRequest},
    rounds::{Answer, GiveRounds, MarkPoint, PointResult, RouteFacts, RoutePoint},
    work::{Catalogue, MakeEstimate, NewLine, Quantity, SaveChecklist, SaveItem, Unit},
};
use platform::ids::new_id;
use serde_json::{Value, json};

/// What a company works with, made for one call or for all that only look.
#[derive(Clone, Copy, Debug)]
pub struct Tools {
    pub item: CatalogueId,
    pub checklist: ChecklistId,
    pub plan: PlanId,
    pub route: RouteId,
    /// The assigned worker's, with its one point marked.
    pub round: RoundId,
    pub point: RoundPointId,
    /// In nine days' time.
    pub day: NaiveDate,
}

impl Tools {
    /// Objects that nobody has.
    pub fn nothing() -> Self {
        Self {
            item: new_id().into(),
            checklist: new_id().into(),
            plan: new_id().into(),
            route: new_id().into(),
            round: new_id().into(),
            point: new_id().into(),
            day: NaiveDate::default(),
        }
    }

    /// With the mark in every name. The request becomes paid work with an estimate that waits.
    pub async fn build(stage: &Stage, request: RequestId) -> Self {
        let (ctx, a) = (&stage.app.ctx, &stage.app.world.a);
        let (admin, desk, worker) = (stage.actor(Who::Admin), stage.actor(Who::Dispatcher), stage.actor(Who::Assigned));
        let name = |what: &str| format!("{what} {}{MARK}", new_id());
        let day = (ctx.clock.now() + TimeDelta::days(9)).date_naive();
        let item = SaveItem {
            list: Catalogue::Material,
            names: Names::same(&name("Труба")),
            unit: Unit::Metre,
            price: Money::from_tiyin(100),
            category: None,
        };
        let item = work::save_item(ctx, admin, None, &item).await.unwrap().id;
        let list = SaveChecklist { name: name("Список"), category: None, items: vec!["Раз".to_owned()] };
        let checklist = work::save_checklist(ctx, admin, None, &list).await.unwrap().id;
        let plan = PlanFacts {
            title: name("План"),
            description: String::new(),
            category: Category::Yard,
            rhythm: Rhythm::Month { every: 1, day: 31 },
            season: None,
            starts_on: day,
            lead_days: 0,
            assignee_id: None,
            skill: None,
            checklist_id: None,
            places: vec![PlanPlace { building_id: a.house.id, entrance_id: None }],
        };
        let plan = plans::create(ctx, desk, &plan).await.unwrap().id;
        let point = RoutePoint {
            building_id: a.house.id,
            entrance_id: None,
            place: String::new(),
            question: "Сухо?".to_owned(),
            answer: Answer::YesNo,
            unit: None,
            photo_required: false,
            category: Category::Plumbing,
        };
        let facts = RouteFacts { name: name("Маршрут"), points: vec![point] };
        let route = rounds::create_route(ctx, desk, &facts).await.unwrap().id;
        let give = GiveRounds { route_id: route, assignee_id: a.electrician_id, days: vec![day] };
        let round = rounds::give(ctx, desk, &give).await.unwrap()[0].id;
        let point = rounds::get(ctx, worker, round).await.unwrap().points[0].id;
        let good = MarkPoint { result: PointResult::Good, value: None, note: None, file_id: None };
        rounds::mark(ctx, worker, point, &good).await.unwrap();
        let version = requests::get(ctx, desk, request).await.unwrap().version;
        let paid = UpdateRequest { kind: Some(Kind::Paid), ..UpdateRequest::default() };
        requests::update(ctx, desk, request, version, &paid).await.unwrap();
        let line = NewLine {
            service_id: None,
            name: Some("Работа".to_owned()),
            price: Some(Money::from_tiyin(100)),
            quantity: Quantity::ONE,
        };
        let estimate = MakeEstimate { lines: vec![line], valid_until: day, note: None };
        work::estimate(ctx, desk, request, &estimate).await.unwrap();
        Self { item, checklist, plan, route, round, point, day }
    }
}

/// Nothing for doors of other features.
pub fn samples(door: &str) -> Vec<Sample> {
    let found = functions(door);
    if found.is_empty() { rest(door) } else { found }
}

fn functions(door: &str) -> Vec<Sample> {
    match door.strip_prefix("POST /rpc/").unwrap_or_default() {
        "work/record" => one(Work, |s| json(json!({ "id": s.request, "command": spent() }))),
        "work/confirm" => one(Work, |s| json(json!({ "id": s.request, "command": absent() }))),
        "work/estimate" => one(Work, |s| json(json!({ "id": s.request, "command": estimate(s) }))),
        "work/decide" => one(Work, |s| json(json!({ "id": s.request, "command": yes() }))),
        "work/items" => one(Look, |_| json(json!({ "list": "material" }))),
        "work/save_item" => one(Work, |s| json(json!({ "known": [s.tools.item, 1], "command": item() }))),
        "work/archive_item" => one(Work, |s| json(json!({ "id": s.tools.item, "version": 1 }))),
        "work/checklists" | "plans/list" | "rounds/routes" => one(Look, |_| json(json!({}))),
        "work/save_checklist" => one(Work, |s| json(json!({ "known": [s.tools.checklist, 1], "command": list() }))),
        "work/archive_checklist" => one(Work, |s| json(json!({ "id": s.tools.checklist, "version": 1 }))),
        "work/rules" => one(Look, |_| json(json!({}))),
        // A version nobody has: who may save is told of the conflict.
        "work/save_rules" => {
            one(Look, |_| json(json!({ "version": 0, "command": { "rules": [], "paid_waits": true } })))
        }
        "plans/get" => one(Look, |s| json(json!({ "id": s.tools.plan }))),
        "plans/create" => one(Work, |s| json(json!({ "command": plan(s) }))),
        "plans/update" => one(Work, |s| json(json!({ "id": s.tools.plan, "version": 1, "command": plan(s) }))),
        "plans/pause" => one(Work, |s| json(json!({ "id": s.tools.plan, "version": 1, "paused": true }))),
        "plans/archive" => one(Work, |s| json(json!({ "id": s.tools.plan, "version": 1 }))),
        "rounds/create_route" => one(Work, |s| json(json!({ "command": route(s) }))),
        "rounds/update_route" => one(Work, |s| json(json!({ "id": s.tools.route, "version": 1, "command": route(s) }))),
        "rounds/archive_route" => one(Work, |s| json(json!({ "id": s.tools.route, "version": 1 }))),
        "rounds/give" => one(Work, |s| json(json!({ "command": round(s) }))),
        "rounds/list" => one(Look, |_| json(json!({ "filter": {} }))),
        "rounds/get" => one(Look, |s| json(json!({ "id": s.tools.round }))),
        "rounds/mark" => one(Work, |s| json(json!({ "id": s.tools.point, "command": failed() }))),
        "rounds/finish" | "rounds/cancel" => one(Work, |s| json(json!({ "id": s.tools.round }))),
        _ => Vec::new(),
    }
}

fn rest(door: &str) -> Vec<Sample> {
    match door {
        "GET /api/v1/requests/{id}/work" | "GET /api/v1/requests/{id}/estimates" => one(Look, |s| of(s.request)),
        "POST /api/v1/requests/{id}/work" => one(Work, |s| of(s.request).json(spent())),
        "POST /api/v1/requests/{id}/steps" => one(Work, |s| of(s.request).json(told(s))),
        "POST /api/v1/requests/{id}/confirmation" => one(Work, |s| of(s.request).json(absent())),
        "POST /api/v1/requests/{id}/estimates" => one(Work, |s| of(s.request).json(estimate(s))),
        "POST /api/v1/requests/{id}/estimates/decision" => one(Work, |s| of(s.request).json(yes())),
        "GET /api/v1/catalogue" => one(Look, |_| Call { query: "?list=material", ..bare() }),
        "POST /api/v1/catalogue" => one(Work, |_| json(item())),
        "PUT /api/v1/catalogue/{id}" => one(Work, |s| edit(s.tools.item).json(item())),
        "DELETE /api/v1/catalogue/{id}" => one(Work, |s| edit(s.tools.item)),
        "GET /api/v1/checklists" | "GET /api/v1/plans" | "GET /api/v1/routes" | "GET /api/v1/rounds" => {
            one(Look, |_| bare())
        }
        "GET /api/v1/settings/work" => one(Look, |_| bare()),
        "PUT /api/v1/settings/work" => {
            one(Look, |_| json(json!({ "rules": [], "paid_waits": true })).header("if-match", "\"0\""))
        }
        "POST /api/v1/checklists" => one(Work, |_| json(list())),
        "PUT /api/v1/checklists/{id}" => one(Work, |s| edit(s.tools.checklist).json(list())),
        "DELETE /api/v1/checklists/{id}" => one(Work, |s| edit(s.tools.checklist)),
        "POST /api/v1/plans" => one(Work, |s| json(plan(s))),
        "GET /api/v1/plans/{id}" => one(Look, |s| of(s.tools.plan)),
        "PUT /api/v1/plans/{id}" => one(Work, |s| edit(s.tools.plan).json(plan(s))),
        "DELETE /api/v1/plans/{id}" => one(Work, |s| edit(s.tools.plan)),
        "POST /api/v1/plans/{id}/pause" => one(Work, |s| edit(s.tools.plan).json(json!({ "paused": true }))),
        "POST /api/v1/routes" => one(Work, |s| json(route(s))),
        "PUT /api/v1/routes/{id}" => one(Work, |s| edit(s.tools.route).json(route(s))),
        "DELETE /api/v1/routes/{id}" => one(Work, |s| edit(s.tools.route)),
        "POST /api/v1/rounds" => one(Work, |s| json(round(s))),
        "GET /api/v1/rounds/{id}" => one(Look, |s| of(s.tools.round)),
        "POST /api/v1/round-points/{id}" => one(Work, |s| of(s.tools.point).json(failed())),
        "POST /api/v1/rounds/{id}/finish" | "POST /api/v1/rounds/{id}/cancel" => one(Work, |s| of(s.tools.round)),
        "GET /desk/settings/proof"
        | "GET /desk/settings/catalogue"
        | "GET /desk/plans"
        | "GET /desk/plans/new"
        | "GET /desk/rounds"
        | "GET /desk/routes/new" => one(Look, |_| page(bare())),
        "GET /desk/plans/{id}" => one(Look, |s| page(of(s.tools.plan))),
        "GET /desk/routes/{id}" => one(Look, |s| page(of(s.tools.route))),
        "GET /desk/rounds/{id}" | "GET /work/rounds/{id}" => one(Look, |s| page(of(s.tools.round))),
        _ => Vec::new(),
    }
}

fn edit(id: impl ToString) -> Call {
    of(id).header("if-match", "\"1\"")
}

fn spent() -> Value {
    json!({ "do": "add_time", "minutes": 5 })
}

/// Some hours ago: the last midnight.
fn told(scene: &Scene) -> Value {
    let today = scene.tools.day - TimeDelta::days(9);
    json!({ "happened_at": format!("{today}T00:00:00Z"), "step": { "kind": "work", "what": spent() } })
}

fn absent() -> Value {
    json!({ "result": "Готово", "word": { "how": "absent", "reason": "Никого нет" } })
}

fn estimate(scene: &Scene) -> Value {
    json!({ "lines": [{ "name": "Работа", "price": 100, "quantity": 1000 }], "valid_until": scene.tools.day })
}

fn yes() -> Value {
    json!({ "version": 1, "accept": true })
}

fn item() -> Value {
    json!({ "list": "material", "names": { "ru": "Иначе" }, "unit": "piece", "price": 5 })
}

fn list() -> Value {
    json!({ "name": "Иначе", "items": ["Раз"] })
}

fn plan(scene: &Scene) -> Value {
    json!({
        "title": "Иначе", "category": "yard", "rhythm": { "unit": "week", "every": 1, "weekday": 1 },
        "starts_on": scene.tools.day, "places": [{ "building_id": scene.building }],
    })
}

fn route(scene: &Scene) -> Value {
    let point = json!({ "building_id": scene.building, "question": "Сухо?", "answer": "yes_no", "category": "yard" });
    json!({ "name": "Иначе", "points": [point] })
}

fn round(scene: &Scene) -> Value {
    json!({ "route_id": scene.tools.route, "assignee_id": scene.worker, "days": [scene.tools.day + TimeDelta::days(1)] })
}

fn failed() -> Value {
    json!({ "result": "failed", "note": "Мокро" })
}
