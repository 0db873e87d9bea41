//! The OpenAPI document: what all operations share, its address and its page.

use super::{BASE, problem};
use crate::http::v1::problem::{Answer, Problem};
use axum::{
    Router,
    body::Bytes,
    extract::Path,
    http::header,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{Ctx, Error};
use model::Code;
use std::sync::{Arc, LazyLock};
use tokio::task::spawn_blocking;
use utoipa::openapi::{
    ComponentsBuilder, HeaderBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, PathItem, Ref, RefOr,
    ResponseBuilder, Schema,
    content::ContentBuilder,
    path::{Operation, Parameter, ParameterIn},
    response::Response as Described,
    schema::{SchemaType, Type},
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    tag::TagBuilder,
};

const ABOUT: &str = "\
The working system of a housing management company: requests, houses, people.

**Signing in.** `POST /auth/login` answers with an access token for `Authorization: Bearer …` and a refresh token that works once.
**Failures** are `application/problem+json` with a stable `code`; `title` is a sentence in the language of `Accept-Language` (ru, uz, en).
**Lists** come in pages: pass `next` back as `cursor`. **Edits** need `If-Match`. **Creating a request** can be repeated safely with `Idempotency-Key`.
What is missing and what belongs to somebody else answer with the same 404.";

const TAGS: [(&str, &str); 23] = [
    ("auth", "Signing in, sessions, password and second factor"),
    ("requests", "Requests (заявки) from filing to rating"),
    ("deadlines", "Rules of deadlines, and how they were counted"),
    ("work", "Field work on requests: checklists, materials, time, proof, estimates"),
    ("plans", "Work that comes back by itself"),
    ("rounds", "Inspection rounds and their routes"),
    ("classifier", "What requests are about: place, category, problem"),
    ("assignment", "Who gets a request"),
    ("shifts", "Who is on duty"),
    ("files", "Photos"),
    ("property", "Complexes, buildings, units, personal accounts"),
    ("documents", "Documents of buildings and of the company"),
    ("payments", "Payments: who paid, ways to pay, money by hand, refunds"),
    ("notifications", "Devices that get notifications"),
    ("outages", "Outages (отключения), shared problems, how to reach the company"),
    ("companies", "Companies, for the owner of the system"),
    ("people", "Residents and staff"),
    ("access", "Applications, invitations, homes of residents, their data"),
    ("search", "Finding, and saved views of lists"),
    ("imports", "Spreadsheets read in: check, write, undo"),
    ("tasks", "Work in the background"),
    ("audit", "Who did what"),
    ("operations", "How the product itself is doing, for the owner of the system"),
];

/// Failures that several operations share.
const SHARED: [(&str, &str, &str); 12] = [
    ("BadRequest", "400", "The body or a parameter does not parse"),
    ("Unauthenticated", "401", "Nobody is signed in, or the token is no longer good"),
    (
        "Forbidden",
        "403",
        "The caller's role does not allow it; `confirm_needed`: see `POST /api/v1/auth/confirm`; `looking_as`: see `POST /api/v1/auth/look-as`",
    ),
    ("CrossSite", "403", "The call came from another site"),
    ("NotFound", "404", "Missing, or not open to the caller"),
    ("TooLarge", "413", "The body is too large"),
    ("UnsupportedMedia", "415", "The body is of another type"),
    ("Invalid", "422", "Values are wrong; `errors` names the fields"),
    ("PreconditionRequired", "428", "`If-Match` is missing"),
    ("TooManyRequests", "429", "Too many calls"),
    ("Internal", "500", "A fault of ours; `trace_id` finds it in the log"),
    ("Unavailable", "503", "A dependency is away for a moment; nothing was lost"),
];

/// Completes what the handlers describe: full paths, security, and the failures every operation shares.
pub fn finish(operations: OpenApi) -> OpenApi {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let (name, schema) = problem::schema();
    let base = OpenApiBuilder::new()
        .info(InfoBuilder::new().title("UK CRM").version("1").description(Some(ABOUT)).build())
        .tags(Some(TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build())))
        .security(Some([SecurityRequirement::new("bearer", Vec::<String>::new())]))
        .components(Some(
            ComponentsBuilder::new()
                .security_scheme("bearer", SecurityScheme::Http(bearer))
                .schema(name, schema)
                .responses_from_iter(SHARED.map(|(name, status, about)| (name, as_problem(status, about))))
                .schema_from::<model::Code>()
                .schema_from::<model::FieldError>()
                // What only parameters name is not collected with the bodies.
                .schema_from::<model::outages::OutageTab>()
                .schema_from::<model::people::PeopleSort>()
                .schema_from::<model::property::BuildingSort>()
                .schema_from::<model::property::UnitSort>()
                .schema_from::<model::requests::Sort>()
                .schema_from::<model::staff::StaffSort>()
                .build(),
        ))
        .build();
    let mut document = base.nest(BASE, operations);
    for (path, item) in &mut document.paths.paths {
        for operation in operations_of(item) {
            complete(path, operation);
        }
    }
    document
}

fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

fn complete(path: &str, operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    for parameter in parameters.iter_mut() {
        if let RefOr::T(parameter) = parameter {
            absent_not_null(parameter);
        }
    }
    let has = |place: ParameterIn| parameters.iter().any(|p| matches!(p, RefOr::T(p) if p.parameter_in == place));
    let (query, header, body) = (has(ParameterIn::Query), has(ParameterIn::Header), operation.request_body.is_some());
    let versioned = parameters.iter().any(|p| matches!(p, RefOr::T(p) if p.name == "If-Match"));
    if parameters.is_empty() {
        operation.parameters = None;
    }
    let id = path.contains('{');
    let secured = operation.security.is_none();
    let applies = |name: &str| match name {
        "BadRequest" => query || header || body,
        "Unauthenticated" | "Forbidden" => secured,
        "CrossSite" => !secured && body,
        // A body may name things, too.
        "NotFound" => id || body,
        "TooLarge" | "UnsupportedMedia" => body,
        "PreconditionRequired" => versioned,
        "Invalid" => query || body,
        _ => true,
    };
    let responses = &mut operation.responses.responses;
    for response in responses.iter_mut() {
        if let (status, RefOr::T(response)) = response
            && status.as_str() >= "400"
        {
            *response = as_problem(status, &response.description);
        }
    }
    for (name, status, _) in SHARED.into_iter().filter(|(name, ..)| applies(name)) {
        responses.entry(status.to_owned()).or_insert(RefOr::Ref(Ref::from_response_name(name)));
    }
}

fn as_problem(status: &str, about: &str) -> Described {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let header = |kind: Type, about: &str| {
        HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(kind))).description(Some(about)).build()
    };
    let response = ResponseBuilder::new().description(about).content("application/problem+json", body);
    match status {
        "401" => response.header("WWW-Authenticate", header(Type::String, "Always `Bearer`")),
        "429" | "503" => response.header("Retry-After", header(Type::Integer, "Seconds to wait")),
        _ => response,
    }
    .build()
}

/// A parameter is left out, never null, whatever its Rust type says.
fn absent_not_null(parameter: &mut Parameter) {
    match &mut parameter.schema {
        Some(RefOr::T(Schema::Object(object))) => {
            if let SchemaType::Array(types) = &object.schema_type
                && let Some(kind) = types.iter().find(|kind| **kind != Type::Null).cloned()
            {
                object.schema_type = SchemaType::Type(kind);
            }
        }
        Some(RefOr::T(Schema::OneOf(choice))) => {
            if let Some(RefOr::Ref(real)) = choice.items.iter().find(|item| matches!(item, RefOr::Ref(_))).cloned() {
                parameter.schema = Some(RefOr::Ref(real));
            }
        }
        _ => {}
    }
}

/// Written when somebody asks for the first time.
static DOCUMENT: LazyLock<serde_json::Result<Bytes>> =
    LazyLock::new(|| serde_json::to_vec(&super::document()).map(Bytes::from));

/// `openapi.json`, and Swagger UI from our own binary.
pub(super) fn pages() -> Router<Ctx> {
    Router::new()
        .route("/openapi.json", get(written))
        .route("/docs", get(async || Redirect::permanent(&format!("{BASE}/docs/"))))
        .route("/docs/", get(async || swagger("index.html")))
        .route("/docs/{file}", get(async |Path(file): Path<String>| swagger(&file)))
}

async fn written() -> Answer<Response> {
    let document = spawn_blocking(|| DOCUMENT.as_ref().map(Bytes::clone)).await;
    let document = document.map_err(|e| Error::internal("OpenAPI document", e.to_string()))?;
    let document = document.map_err(|e| Error::internal("OpenAPI document", e.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], document).into_response())
}

/// Swagger UI has no inline script; its icons are `data:` images and some of its styles are inline.
const CSP: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

fn swagger(file: &str) -> Answer<Response> {
    let config = utoipa_swagger_ui::Config::from(format!("{BASE}/openapi.json")).persist_authorization(false);
    let found =
        utoipa_swagger_ui::serve(file, Arc::new(config)).map_err(|e| Error::internal("swagger ui", e.to_string()))?;
    let found = found.ok_or_else(|| Problem::from(Code::NotFound))?;
    let headers = [
        (header::CONTENT_TYPE, found.content_type),
        (header::CONTENT_SECURITY_POLICY, CSP.to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    Ok((headers, found.bytes.into_owned()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// A change of the API is a change of this file: look at it, then `cargo insta accept`.
    #[test]
    fn the_document_is_as_published() {
        insta::assert_json_snapshot!("openapi", super::super::document());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = serde_json::to_value(super::super::document()).unwrap();
        let mut left = vec![&document];
        while let Some(value) = left.pop() {
            if let Some(place) = value.get("$ref").and_then(Value::as_str) {
                assert!(document.pointer(place.trim_start_matches('#')).is_some(), "{place}");
            }
            match value {
                Value::Object(map) => left.extend(map.values()),
                Value::Array(items) => left.extend(items),
                _ => {}
            }
        }
    }

    #[test]
    fn every_failure_is_a_problem_and_every_id_is_unique() {
        let mut document = super::super::document();
        let mut ids = std::collections::HashSet::new();
        for (path, item) in &mut document.paths.paths {
            assert!(path.starts_with("/api/v1/"), "{path}");
            for operation in operations_of(item) {
                assert!(ids.insert(operation.operation_id.clone()), "{:?} twice", operation.operation_id);
                assert!(operation.summary.is_some() && operation.tags.is_some(), "{path}");
                for (status, response) in &operation.responses.responses {
                    let RefOr::T(response) = response else { continue };
                    let problem = response.content.contains_key("application/problem+json");
                    assert_eq!(problem, status.as_str() >= "400", "{path} {status}");
                }
                for always in ["429", "500", "503"] {
                    assert!(operation.responses.responses.contains_key(always), "{path} {always}");
                }
            }
        }
    }
}
