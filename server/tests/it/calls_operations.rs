//! Calls of the page of operations: for the owner of the system alone.

use crate::{
    calls::{Sample, bare, json, of, one, page},
    cast::Setting::Look,
};
use serde_json::json as value;

/// No job has this number, so that nobody's work is touched.
const NO_JOB: i64 = 0;

pub fn samples(door: &str) -> Vec<Sample> {
    match door {
        "POST /rpc/operations/overview" => one(Look, |_| json(value!({}))),
        "POST /rpc/operations/retry" | "POST /rpc/operations/discard" => one(Look, |_| json(value!({ "id": NO_JOB }))),
        "POST /rpc/operations/retry_all" => one(Look, |_| json(value!({ "task": "none" }))),
        "GET /api/v1/operations" => one(Look, |_| bare()),
        "POST /api/v1/operations/jobs/{id}/retry" | "DELETE /api/v1/operations/jobs/{id}" => one(Look, |_| of(NO_JOB)),
        "POST /api/v1/operations/tasks/{task}/retry" => one(Look, |_| of("none")),
        "GET /desk/operations" => one(Look, |_| page(bare())),
        _ => Vec::new(),
    }
}
