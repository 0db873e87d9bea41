//! What handlers take from a call. Every refusal is a [`Problem`], and what no column can hold stops here.

use super::problem::Problem;
use crate::http::identity::{self, ClientIp};
use api::context::Caller;
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use domain::{Actor, idempotency::Key};
use model::{Code, FieldError};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use serde_path_to_error::Segment;
use std::str::FromStr;
use utoipa::{
    IntoParams,
    openapi::{
        RefOr, Schema,
        path::{Parameter, ParameterIn},
        schema::{SchemaType, Type},
    },
};

/// The signed-in caller.
pub struct Auth(pub Actor);

impl<S: Sync> FromRequestParts<S> for Auth {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().and_then(|caller| caller.0.clone());
        caller.map(Self).ok_or_else(|| Code::Unauthenticated.into())
    }
}

/// Where a login comes from.
pub struct Device(pub domain::auth::Device);

impl<S: Sync> FromRequestParts<S> for Device {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let ip = parts.extensions.get::<ClientIp>().copied().unwrap_or(ClientIp([0, 0, 0, 0].into()));
        Ok(Self(domain::auth::Device { door: domain::Door::Api, ..identity::device(&parts.headers, ip) }))
    }
}

/// The `{id}` of the path. One that cannot be an id names nothing, so it answers like a missing one.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await.ok();
        text.and_then(|Path(text)| text.parse().ok()).map(Self).ok_or_else(|| Code::NotFound.into())
    }
}

/// Several ids of the path, by their names; one that cannot be an id is a missing one here, too.
pub struct Ids<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Ids<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let ids = Path::<T>::from_request_parts(parts, state).await;
        ids.map(|Path(ids)| Self(ids)).map_err(|_| Code::NotFound.into())
    }
}

/// The query string. Names that are not documented and empty values are refused: such a filter would silently show
/// everything.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + IntoParams> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let known = T::into_params(|| Some(ParameterIn::Query));
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(parameter) = known.iter().find(|p| p.name == name) else {
                return Err(Problem::from(Code::BadRequest).detail(format!("unknown parameter `{name}`")));
            };
            if value.is_empty() && !is_text(parameter) {
                return Err(Problem::from(Code::BadRequest).detail(format!("parameter `{name}` is empty")));
            }
        }
        if query.contains("%00") {
            return Err(Problem::from(Code::BadRequest).detail("a NUL character is not a text"));
        }
        match axum_extra::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum_extra::extract::Query(value)) => Ok(Self(value)),
            Err(refusal) => Err(Problem::from(Code::BadRequest).detail(refusal.body_text())),
        }
    }
}

/// Free text, which may be empty.
fn is_text(parameter: &Parameter) -> bool {
    let Some(RefOr::T(Schema::Object(schema))) = &parameter.schema else { return false };
    let is_string = match &schema.schema_type {
        SchemaType::Type(kind) => *kind == Type::String,
        SchemaType::Array(kinds) => kinds.contains(&Type::String),
        SchemaType::AnyValue => false,
    };
    is_string && schema.format.is_none()
}

/// A JSON body. What does not parse is a bad request; what parses but does not fit is `invalid`, field by field.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::from(Code::UnsupportedMedia).detail("send Content-Type: application/json"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|refusal| {
            let too_large = refusal.status() == StatusCode::PAYLOAD_TOO_LARGE;
            Problem::from(if too_large { Code::TooLarge } else { Code::BadRequest }).detail(refusal.body_text())
        })?;
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|error| Problem::from(Code::BadRequest).detail(format!("not JSON: {error}")))?;
        decode(value).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// JSON as a command; the problem points at what does not fit.
pub fn decode<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    if let Some(pointer) = find_nul(&value, String::new()) {
        return Err(domain::Error::field(&pointer, "unknown").into());
    }
    // A command that needs nothing would read from a list without a word.
    if value.is_array() {
        return Err(domain::Error::field("", "unknown").into());
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let steps = error.path().iter().map(|segment| match segment {
            Segment::Map { key } => format!("/{}", escape(key)),
            Segment::Seq { index } => format!("/{index}"),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        });
        let pointer = steps.collect();
        let message = error.inner().to_string();
        let fields = vec![misfit(pointer, &message)];
        Problem::from(model::Failure::invalid(fields)).detail(message)
    })
}

/// What serde says, in the codes of forms.
fn misfit(mut pointer: String, message: &str) -> FieldError {
    let named = |prefix: &str| message.strip_prefix(prefix).and_then(|rest| rest.split('`').next()).map(escape);
    let code = if let Some(name) = named("missing field `") {
        pointer = format!("{pointer}/{name}");
        "required"
    } else if let Some(name) = named("unknown field `") {
        if !pointer.ends_with(&format!("/{name}")) {
            pointer = format!("{pointer}/{name}");
        }
        "unknown"
    } else if message.starts_with("invalid type: null") {
        "required"
    } else if message.starts_with("invalid value: integer") {
        "out_of_range"
    } else if message.contains("telephone") {
        "bad_phone"
    } else {
        "unknown"
    };
    FieldError::new(pointer, code)
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The pointer to a text with a NUL, which PostgreSQL cannot store.
fn find_nul(value: &Value, at: String) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(at),
        Value::Array(items) => items.iter().enumerate().find_map(|(i, item)| find_nul(item, format!("{at}/{i}"))),
        Value::Object(fields) => fields.iter().find_map(|(key, item)| {
            let here = format!("{at}/{}", escape(key));
            if key.contains('\0') { Some(here) } else { find_nul(item, here) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The version of `If-Match`, required on edits. A tag of another shape is no version we ever gave, so it is stale.
pub struct IfMatch(pub i32);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let tag = parts.headers.get(header::IF_MATCH).ok_or(Code::PreconditionRequired)?;
        let tag = tag.to_str().unwrap_or_default().trim().trim_start_matches("W/").trim_matches('"');
        let version = tag.split('-').next().unwrap_or_default();
        Ok(Self(version.parse().unwrap_or(0)))
    }
}

/// `Idempotency-Key`: 1 to 200 visible characters.
pub struct IdempotencyKey(pub Option<String>);

impl IdempotencyKey {
    /// What the domain remembers of a `call` that came with this body.
    ///
    /// # Errors
    /// As [`Key::of`].
    pub fn of(self, call: &str, body: &impl Serialize) -> domain::Result<Option<Key>> {
        self.0.map(|key| Key::of(key, call, body)).transpose()
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        match value.to_str().map(str::trim) {
            Ok(key) if (1..=200).contains(&key.len()) => Ok(Self(Some(key.to_owned()))),
            _ => Err(Problem::from(Code::BadRequest).detail("Idempotency-Key is 1 to 200 visible ASCII characters")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::requests::{CreateRequest, RateRequest};
    use serde_json::json;

    fn refused<T: DeserializeOwned>(value: Value) -> (Code, FieldError) {
        let Err(problem) = decode::<T>(value) else { panic!("accepted") };
        let failure = problem.into_failure();
        (failure.code, failure.fields[0].clone())
    }

    #[test]
    fn misfits_are_pointed_at() {
        let cases = [
            (json!({ "category": "plumbing", "contact_phone": "12" }), "/contact_phone", "bad_phone"),
            (json!({ "category": "plumbing", "colour": "red" }), "/colour", "unknown"),
            (json!({ "category": "magic" }), "/category", "unknown"),
            (json!({ "category": "yard", "file_ids": [1] }), "/file_ids/0", "unknown"),
            (json!({ "category": "yard", "description": "a\0b" }), "/description", "unknown"),
            (json!({ "category": "yard", "a/b": "a\0b" }), "/a~1b", "unknown"),
            (json!([]), "", "unknown"),
        ];
        for (body, pointer, code) in cases {
            let (kind, field) = refused::<CreateRequest>(body.clone());
            assert_eq!((kind, field.pointer.as_str(), field.code.as_str()), (Code::Invalid, pointer, code), "{body}");
        }
        for nothing in [json!({}), json!({ "stars": null })] {
            assert_eq!(refused::<RateRequest>(nothing).1, FieldError::new("/stars", "required"));
        }
        assert_eq!(refused::<RateRequest>(json!({ "stars": 70_000 })).1, FieldError::new("/stars", "out_of_range"));
    }

    #[tokio::test]
    async fn filters_that_would_show_everything_are_refused() {
        use model::requests::{RequestFilter, Status};
        let read = async |query: &str| {
            let uri = format!("/requests?{query}");
            let (mut parts, ()) = axum::http::Request::builder().uri(uri).body(()).unwrap().into_parts();
            Query::<RequestFilter>::from_request_parts(&mut parts, &()).await.map(|Query(filter)| filter)
        };
        let filter = read("status=new&status=done&text=&limit=7&overdue=true").await.unwrap();
        assert_eq!(filter.status, [Status::New, Status::Done]);
        assert_eq!((filter.text, filter.limit, filter.overdue), (None, Some(7), true));
        for bad in [
            "stauts=new",
            "to=",
            "building_id",
            "limit=1&limit=2",
            "status=open",
            "text=a%00b",
            "limit=-1",
            "=",
            "limit=x",
        ] {
            assert_eq!(read(bad).await.unwrap_err().into_failure().code, Code::BadRequest, "{bad}");
        }
    }

    #[test]
    fn json_is_told_by_its_type() {
        for (kind, json) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/merge-patch+json", true),
            ("text/json", false),
            ("text/plain", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())]);
            assert_eq!(is_json(&headers), json, "{kind}");
        }
    }

    #[tokio::test]
    async fn versions_are_read_from_tags() {
        for (tag, version) in
            [("\"7\"", 7), ("\"7-0af3\"", 7), ("W/\"7\"", 7), ("7", 7), ("*", 0), ("\"x\"", 0), ("", 0)]
        {
            let (mut parts, ()) = axum::http::Request::builder().header("if-match", tag).body(()).unwrap().into_parts();
            assert_eq!(IfMatch::from_request_parts(&mut parts, &()).await.unwrap().0, version, "{tag}");
        }
    }
}
