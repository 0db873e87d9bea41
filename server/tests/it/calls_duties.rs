//! Calls for the doors of classifier, assignment and duties; and what they find.

use crate::{
    calls::{Call, Sample, bare, json, of, one, page},
    cast::{MARK, Scene, Setting, Stage, Who},
};
use Setting::{House, Look};
use chrono::{NaiveDate, NaiveTime};
use domain::{assignment, classifier, shifts};
use model::{
    AssignmentRuleId, HandoverId, ProblemId, Role, ShiftId, UserId,
    assignment::AddRule,
    classifier::{AddProblem, Names, PlaceFacts, ProblemFacts},
    requests::{Category, Kind, Priority},
    shifts::{AddShift, Duty, HandOverShift},
    staff::Skill,
};
use platform::ids::new_id;
use serde_json::{Value, json};
use testkit::hire;

/// A problem, a place, a rule, a duty and a hand-over of company A.
#[derive(Clone, Debug)]
pub struct Duties {
    pub problem: ProblemId,
    pub place: String,
    pub rule: AssignmentRuleId,
    pub person: UserId,
    pub shift: ShiftId,
    pub handover: HandoverId,
}

impl Duties {
    /// Objects that nobody has.
    pub fn nothing() -> Self {
        Self {
            problem: new_id().into(),
            place: "own-nothing".to_owned(),
            rule: new_id().into(),
            person: new_id().into(),
            shift: new_id().into(),
            handover: new_id().into(),
        }
    }

    pub async fn build(stage: &Stage) -> Self {
        let (ctx, admin, a) = (&stage.app.ctx, stage.actor(Who::Admin), &stage.app.world.a);
        let name = format!("Своё {}{MARK}", new_id());
        let names = Names { ru: name.clone(), uz: name.clone(), en: name.clone() };
        let place = PlaceFacts { names: names.clone(), hidden: false };
        let place = classifier::add_place(ctx, admin, &place).await.unwrap().key;
        let facts = ProblemFacts {
            names,
            kind: Kind::Regular,
            priority: Priority::Normal,
            hours: None,
            skill: None,
            assignee_id: None,
            hidden: false,
        };
        let add = AddProblem { place: place.clone(), category: Category::Other, facts };
        let problem = classifier::add_problem(ctx, admin, &add).await.unwrap().id;
        let rule = AddRule { problem_id: Some(problem), skill: Some(Skill::Handyman), ..AddRule::default() };
        let rules = assignment::add_rule(ctx, admin, &rule).await.unwrap().rules;
        let rule = rules.iter().find(|r| r.problem.as_ref().is_some_and(|p| p.id == problem)).unwrap().id;
        let person = hire(ctx, Some(a.id), Role::Staff, &format!("duty-{}{MARK}", new_id()), None).await;
        let add = AddShift {
            user_id: person,
            duty: Duty::Field,
            day: day(),
            starts: NaiveTime::MIN,
            ends: NaiveTime::MIN,
            weekdays: Vec::new(),
            until: None,
            note: None,
        };
        let week = shifts::add(ctx, admin, &add).await.unwrap();
        let shift = week.slots.iter().find(|s| s.person.id == person.0).unwrap().shift_id;
        let note = HandOverShift { note: Some(name.clone()) };
        let handed = shifts::hand_over(ctx, stage.actor(Who::Dispatcher), &note).await.unwrap();
        let handover = handed.handovers.iter().find(|h| h.note.as_deref() == Some(&name)).unwrap().id;
        Self { problem, place, rule, person, shift, handover }
    }
}

/// The day on which the clock of every test starts.
fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

fn names() -> Value {
    json!({ "ru": "Бассейн", "uz": "Hovuz", "en": "Pool" })
}

fn facts() -> Value {
    json!({ "names": names(), "kind": "regular", "priority": "normal" })
}

fn problem(scene: &Scene) -> Value {
    json!({ "place": scene.duties.place, "category": "other", "facts": facts() })
}

fn modes() -> Value {
    json!({ "emergency": "auto", "regular": "off", "paid": "off", "warranty": "off" })
}

fn rule(scene: &Scene) -> Value {
    json!({ "building_id": scene.registry.building, "skill": "handyman" })
}

fn duty(scene: &Scene) -> Value {
    json!({
        "user_id": scene.duties.person, "duty": "field", "day": "2026-12-01", "starts": "08:00:00", "ends": "20:00:00",
    })
}

/// Nothing for doors of other features.
pub fn samples(door: &str) -> Vec<Sample> {
    match door {
        "POST /rpc/classifier/list" => one(Look, |_| json(json!({ "filter": {} }))),
        "POST /rpc/classifier/suggest" => one(Look, |_| json(json!({ "command": { "text": "Течёт кран" } }))),
        "POST /rpc/classifier/add_problem" => one(House, |s| json(json!({ "command": problem(s) }))),
        "POST /rpc/classifier/update_problem" => {
            one(House, |s| json(json!({ "id": s.duties.problem, "version": 1, "command": facts() })))
        }
        "POST /rpc/classifier/order" => one(House, |s| json(json!({ "command": { "ids": [s.duties.problem] } }))),
        "POST /rpc/classifier/add_place" => one(House, |_| json(json!({ "command": { "names": names() } }))),
        "POST /rpc/classifier/update_place" => {
            one(House, |s| json(json!({ "key": s.duties.place, "command": { "names": names() } })))
        }
        "POST /rpc/assignment/proposals" | "POST /rpc/assignment/proposal" => {
            one(Look, |s| json(json!({ "id": s.request })))
        }
        "POST /rpc/assignment/settings" | "POST /rpc/assignment/replay" => one(Look, |_| json(json!({}))),
        // A version nobody has: who may save is told of the conflict.
        "POST /rpc/assignment/save_modes" => one(Look, |_| json(json!({ "version": 0, "command": modes() }))),
        "POST /rpc/assignment/add_rule" => one(House, |s| json(json!({ "command": rule(s) }))),
        "POST /rpc/assignment/remove_rule" => one(House, |s| json(json!({ "id": s.duties.rule }))),
        "POST /rpc/shifts/week" => one(Look, |_| json(json!({ "filter": { "day": "2026-11-23" } }))),
        "POST /rpc/shifts/now" => one(Look, |_| json(json!({}))),
        "POST /rpc/shifts/add" => one(House, |s| json(json!({ "command": duty(s) }))),
        "POST /rpc/shifts/change" => one(House, |s| {
            let command = json!({ "id": s.duties.shift, "day": "2026-11-23", "following": false, "to": null });
            json(json!({ "command": command }))
        }),
        "POST /rpc/shifts/copy_week" => {
            one(Look, |_| json(json!({ "command": { "from": "2027-11-22", "to": "2027-11-29" } })))
        }
        "POST /rpc/shifts/hand_over" => one(House, |_| json(json!({ "command": { "note": "Тихо" } }))),
        "POST /rpc/shifts/acknowledge" => one(House, |s| json(json!({ "id": s.duties.handover }))),
        "GET /api/v1/classifier" | "GET /api/v1/assignment" | "GET /api/v1/assignment/replay" => one(Look, |_| bare()),
        "POST /api/v1/classifier/suggest" => one(Look, |_| json(json!({ "text": "Лифт ишламаяпти" }))),
        "POST /api/v1/classifier/problems" => one(House, |s| json(problem(s))),
        "PUT /api/v1/classifier/problems/{id}" => {
            one(House, |s| of(s.duties.problem).json(facts()).header("if-match", "\"1\""))
        }
        "PUT /api/v1/classifier/order" => one(House, |s| json(json!({ "ids": [s.duties.problem] }))),
        "POST /api/v1/classifier/places" => one(House, |_| json(json!({ "names": names() }))),
        "PUT /api/v1/classifier/places/{id}" => {
            one(House, |s| of(&s.duties.place).json(json!({ "names": names(), "hidden": true })))
        }
        "GET /api/v1/requests/{id}/proposals" => one(Look, |s| of(s.request)),
        "PUT /api/v1/assignment" => one(Look, |_| json(modes()).header("if-match", "\"0\"")),
        "POST /api/v1/assignment/rules" => one(House, |s| json(rule(s))),
        "DELETE /api/v1/assignment/rules/{id}" => one(House, |s| of(s.duties.rule)),
        "GET /api/v1/shifts" => one(Look, |_| Call { query: "?day=2026-11-23", ..bare() }),
        "GET /api/v1/shifts/now" => one(Look, |_| bare()),
        "POST /api/v1/shifts" => one(House, |s| json(duty(s))),
        "PUT /api/v1/shifts/{id}" => one(House, |s| {
            let to = json!({ "user_id": s.duties.person, "duty": "field", "starts": "08:00:00", "ends": "20:00:00" });
            of(s.duties.shift).json(json!({ "day": "2026-11-23", "to": to }))
        }),
        "DELETE /api/v1/shifts/{id}" => one(House, |s| Call { query: "?day=2026-11-23", ..of(s.duties.shift) }),
        "POST /api/v1/shifts/copy" => one(Look, |_| json(json!({ "from": "2027-11-22", "to": "2027-11-29" }))),
        "POST /api/v1/shifts/handovers" => one(House, |_| json(json!({ "note": "Тихо" }))),
        "POST /api/v1/shifts/handovers/{id}/acknowledge" => one(House, |s| of(s.duties.handover)),
        "GET /desk/settings/classifier" | "GET /desk/settings/assignment" | "GET /desk/shifts" => {
            one(Look, |_| page(bare()))
        }
        _ => Vec::new(),
    }
}
