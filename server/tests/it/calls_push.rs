//! Calls about notifications to devices, and of those who report how messages went.

use crate::{
    calls::{Sample, bare, json, of, one},
    cast::{Need, Setting, browser},
};
use Setting::{Account, Change, Look};
use model::requests::Status as S;
use serde_json::json as value;

pub fn samples(door: &str) -> Vec<Sample> {
    match door {
        "POST /rpc/push/devices" => one(Look, |_| json(value!({}))),
        "POST /rpc/push/subscribe" => one(Account(Need::Nothing), |_| json(value!({ "command": browser("matrix") }))),
        "POST /rpc/push/unsubscribe" => one(Change(S::New), |s| json(value!({ "id": s.device }))),
        "GET /api/v1/notifications/devices" => one(Look, |_| bare()),
        "POST /api/v1/notifications/devices" => one(Account(Need::Nothing), |_| json(value!(browser("matrix")))),
        "DELETE /api/v1/notifications/devices/{id}" => one(Change(S::New), |s| of(s.device)),
        // Without an SMS provider nobody may report; with one, see `sms_reports`.
        "POST /api/v1/notifications/webhook/eskiz/{secret}" => one(Look, |_| of("0123456789abcdef")),
        _ => Vec::new(),
    }
}
