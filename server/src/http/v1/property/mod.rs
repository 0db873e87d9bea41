//! Houses: complexes, buildings, units, personal accounts, documents; and companies for the owner of the system.

mod accounts;
mod buildings;
mod companies;
pub mod documents;
mod units;

use super::{
    extract::{Auth, decode},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{Ctx, Error, property};
use model::property::Home;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(homes))
        .merge(buildings::routes())
        .merge(units::routes())
        .merge(accounts::routes())
        .merge(documents::routes())
        .merge(companies::routes())
}

/// The current homes of the signed-in resident.
#[utoipa::path(
    get, path = "/homes", tag = "property", operation_id = "listHomes",
    responses((status = 200, description = "The homes", body = [Home]))
)]
async fn homes(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<Home>>> {
    Ok(Reply(property::homes(&ctx, &actor).await?))
}

/// A record with the version to edit it by.
pub(super) struct Versioned<T>(pub i32, pub T);

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut response = Reply(self.1).into_response();
        // Digits in quotes are always a header.
        if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", self.0)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// What is known with a part of it replaced (RFC 7396): absent fields stay as they are, `null` empties one.
pub(super) fn merged<T: Serialize + DeserializeOwned>(known: &T, patch: Value) -> Answer<T> {
    let Value::Object(patch) = patch else { return Err(Error::field("", "unknown").into()) };
    let mut whole = serde_json::to_value(known).map_err(|e| Error::internal("a record as JSON", e))?;
    if let Value::Object(fields) = &mut whole {
        fields.extend(patch);
    }
    decode(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::property::{UnitFacts, UnitKind};
    use serde_json::json;

    #[test]
    fn a_patch_changes_what_it_names() {
        let known = UnitFacts {
            kind: UnitKind::Flat,
            number: "12".to_owned(),
            entrance: Some(1),
            floor: Some(3),
            rooms: Some(2),
            area_cm2: None,
            cadastral: None,
        };
        let next = merged(&known, json!({ "number": "12а", "rooms": null })).unwrap();
        assert_eq!(next, UnitFacts { number: "12а".to_owned(), rooms: None, ..known.clone() });
        for (patch, pointer) in [
            (json!({ "colour": 1 }), "/colour"),
            (json!({ "kind": "cave" }), "/kind"),
            (json!({ "number": null }), "/number"),
            (json!([]), ""),
        ] {
            let failure = merged(&known, patch.clone()).unwrap_err().into_failure();
            assert_eq!(failure.fields[0].pointer, pointer, "{patch}");
        }
    }
}
