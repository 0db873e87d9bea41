//! Calls of imports, background tasks and exports.

use crate::{
    calls::{Body, Call, Sample, bare, json, of, one, page, sample},
    cast::Setting::{Import, Look},
};
use model::imports::ImportState as S;
use serde_json::{Value, json};

/// Three columns of a register: enough to choose anew.
fn columns() -> Value {
    json!({ "sheet": 0, "header_row": 0, "columns": ["address", "unit", null] })
}

pub fn samples(door: &str) -> Vec<Sample> {
    let table = |note| sample(note, Look, |_| Call { body: Body::Table("property"), ..bare() });
    match door {
        "POST /rpc/imports/list" | "POST /rpc/tasks/own" => one(Import(S::Checked), |_| json(json!({}))),
        "POST /rpc/imports/get" => one(Import(S::Checked), |s| json(json!({ "id": s.import }))),
        "POST /rpc/imports/set_columns" => one(Import(S::Checked), |s| {
            json(json!({ "id": s.import, "version": s.import_version, "command": columns() }))
        }),
        "POST /rpc/imports/check" | "POST /rpc/imports/run" => {
            one(Import(S::Checked), |s| json(json!({ "id": s.import })))
        }
        "POST /rpc/imports/undo" => one(Import(S::Done), |s| json(json!({ "id": s.import }))),
        "POST /rpc/tasks/get" | "POST /rpc/tasks/cancel" => vec![
            sample("of an import", Import(S::Checked), |s| json(json!({ "id": s.task }))),
            sample("of an export", Import(S::Checked), |s| json(json!({ "id": s.export }))),
        ],
        "GET /api/v1/imports" => one(Import(S::Checked), |_| bare()),
        "POST /api/v1/imports" | "POST /imports" => vec![table("")],
        "GET /api/v1/imports/{id}" | "GET /api/v1/imports/{id}/errors.xlsx" | "GET /imports/{id}/errors.xlsx" => {
            one(Import(S::Checked), |s| of(s.import))
        }
        "PUT /api/v1/imports/{id}/columns" => one(Import(S::Checked), |s| {
            of(s.import).json(columns()).header("if-match", format!("\"{}\"", s.import_version))
        }),
        "POST /api/v1/imports/{id}/check" | "POST /api/v1/imports/{id}/run" => {
            one(Import(S::Checked), |s| of(s.import))
        }
        "POST /api/v1/imports/{id}/undo" => one(Import(S::Done), |s| of(s.import)),
        "GET /api/v1/imports/templates/{file}" | "GET /imports/templates/{file}" => one(Look, |_| of("people.uz.xlsx")),
        "GET /api/v1/tasks/{id}" | "POST /api/v1/tasks/{id}/cancel" => vec![
            sample("of an import", Import(S::Checked), |s| of(s.task)),
            sample("of an export", Import(S::Checked), |s| of(s.export)),
        ],
        "GET /api/v1/tasks/{id}/file" | "GET /tasks/{id}/file" => one(Import(S::Checked), |s| of(s.export)),
        "GET /desk/exports/{file}" => vec![
            sample("requests", Look, |_| of("requests.csv")),
            sample("people", Look, |_| of("people.csv")),
            sample("chosen people", Look, |s| Call { query: "?ids=", ..of("people.csv") }.and(s.contact)),
            sample("units", Look, |_| of("units.xlsx")),
            sample("staff", Look, |_| of("staff.xlsx")),
            sample("debts", Look, |_| of("debts.csv")),
            sample("houses", Look, |_| of("buildings.csv")),
            sample("audit", Look, |_| of("audit.csv")),
        ],
        "GET /desk/imports" | "GET /desk/imports/new" | "GET /desk/exports" => {
            one(Import(S::Checked), |_| page(bare()))
        }
        "GET /desk/imports/{id}" => one(Import(S::Checked), |s| page(of(s.import))),
        _ => Vec::new(),
    }
}
