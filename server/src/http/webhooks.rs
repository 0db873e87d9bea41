//! Payme and Click call here. Both want HTTP 200 whatever happens: everything that can go wrong on the way (a body too
//! large, a panic, a time-out, another method, too many calls) is answered in their own words.
//!
//! These routes stand outside the layers of the product: no session, no cookie, no problem document reaches them.

use super::{identity, trace};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::any,
};
use bytes::Bytes;
use domain::{
    Ctx,
    payments::{click, payme},
};
use i18n::{Locale, td_string};
use payme::Fault;
use platform::limits::Quota;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// The addresses without and with a kassa.
pub const PATHS: [&str; 4] = [
    "/api/v1/payments/webhook/payme",
    "/api/v1/payments/webhook/payme/{id}",
    "/api/v1/payments/webhook/click",
    "/api/v1/payments/webhook/click/{id}",
];
/// Their calls are small.
const BODY_LIMIT: usize = 64 * 1024;
/// For the whole body to come, and for the whole step.
const PATIENCE: Duration = Duration::from_secs(10);
/// Click's playground calls from its page; a test installation lets it.
const PLAYGROUND: &str = "https://docs.click.uz";

pub fn routes(ctx: Ctx) -> Router {
    Router::new()
        .route(PATHS[0], any(payme))
        .route("/api/v1/payments/webhook/payme/", any(payme))
        .route("/api/v1/payments/webhook/payme/{*rest}", any(payme))
        .route(PATHS[2], any(click))
        .route("/api/v1/payments/webhook/click/", any(click))
        .route("/api/v1/payments/webhook/click/{*rest}", any(click))
        .layer(from_fn(trace::log))
        .with_state(ctx)
}

async fn payme(State(ctx): State<Ctx>, request: Request) -> Response {
    let reply = match take(&ctx, request, PATHS[0]).await {
        Ok(call) => {
            let work = async move {
                let authorization = call.headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
                payme::answer(&ctx, call.kassa, authorization, &call.body).await
            };
            finish(work).await.unwrap_or_else(|| payme::Reply::fault(Fault::Failure))
        }
        // An address that names no kassa of ours is one nobody has the key of.
        Err(Trouble::Nowhere) => payme::Reply::fault(Fault::NotAllowed),
        Err(Trouble::Method) => payme::Reply::fault(Fault::NotPost),
        Err(Trouble::TooLarge) => payme::Reply::fault(Fault::Fields),
        Err(Trouble::Broken | Trouble::TooMany) => payme::Reply::fault(Fault::Failure),
    };
    json_answer(&payme_json(&reply))
}

async fn click(State(ctx): State<Ctx>, request: Request) -> Response {
    let dev = ctx.config.is_dev();
    let reply = match take(&ctx, request, PATHS[2]).await {
        Ok(call) => {
            let work = async move { click::answer(&ctx, call.kassa, &call.body).await };
            finish(work).await.unwrap_or_else(|| click::Reply::bare(click::Note::Failed))
        }
        Err(Trouble::Nowhere | Trouble::Method | Trouble::TooLarge) => click::Reply::bare(click::Note::Request),
        Err(Trouble::Broken | Trouble::TooMany) => click::Reply::bare(click::Note::Failed),
    };
    let mut response = json_answer(&reply.json());
    if dev {
        let origin = HeaderValue::from_static(PLAYGROUND);
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

/// A call that came in whole.
struct Call {
    kassa: Option<Uuid>,
    headers: HeaderMap,
    body: Bytes,
}

/// Why a call is not even read.
enum Trouble {
    /// The address names no kassa.
    Nowhere,
    Method,
    TooLarge,
    /// The body did not come to its end in time.
    Broken,
    TooMany,
}

async fn take(ctx: &Ctx, request: Request, base: &str) -> Result<Call, Trouble> {
    if request.method() != Method::POST {
        return Err(Trouble::Method);
    }
    let ip = identity::client_ip(ctx, &request);
    let quota = Quota::per_minute(ctx.config.limits.webhook_per_minute);
    if !ctx.limits.check(&format!("webhook:{ip}"), quota).await.allowed {
        return Err(Trouble::TooMany);
    }
    let (parts, body) = request.into_parts();
    // Before anything is answered: a caller that is answered while it still writes finds the line closed.
    let body = read(body, &parts.headers).await?;
    let kassa = match parts.uri.path().strip_prefix(base).map(|tail| tail.trim_matches('/')) {
        None | Some("") => None,
        Some(id) => Some(id.parse().map_err(|_| Trouble::Nowhere)?),
    };
    Ok(Call { kassa, headers: parts.headers, body })
}

async fn read(body: Body, headers: &HeaderMap) -> Result<Bytes, Trouble> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    if declared.is_some_and(|length: usize| length > BODY_LIMIT) {
        return Err(Trouble::TooLarge);
    }
    match tokio::time::timeout(PATIENCE, to_bytes(body, BODY_LIMIT)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_large(&error) => Err(Trouble::TooLarge),
        Ok(Err(_)) | Err(_) => Err(Trouble::Broken),
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|cause| cause.to_string().contains("length limit"))
}

/// Works in a task of its own: a caller that hangs up stops nothing half way, and a panic is an answer like any other.
async fn finish<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    match tokio::time::timeout(PATIENCE, tokio::spawn(work)).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::error!(%error, "a call of a provider ended in a panic");
            None
        }
        Err(_) => {
            tracing::error!("a call of a provider takes too long");
            None
        }
    }
}

fn json_answer(answer: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, answer.to_string()).into_response()
}

/// The whole answer with its words in three languages.
fn payme_json(reply: &payme::Reply) -> Value {
    match &reply.outcome {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": reply.id, "result": result }),
        Err(refusal) => {
            let say = |l| words(l, refusal.fault);
            json!({ "jsonrpc": "2.0", "id": reply.id, "error": {
                "code": refusal.fault.code(),
                "message": { "ru": say(Locale::ru), "uz": say(Locale::uz), "en": say(Locale::en) },
                "data": refusal.data,
            } })
        }
    }
}

fn words(l: Locale, fault: Fault) -> &'static str {
    match fault {
        Fault::NotPost => td_string!(l, payments.payme_not_post),
        Fault::Parse => td_string!(l, payments.payme_parse),
        Fault::Fields | Fault::FiscalFields => td_string!(l, payments.payme_fields),
        Fault::Method => td_string!(l, payments.payme_method),
        Fault::NotAllowed => td_string!(l, payments.payme_not_allowed),
        Fault::Failure => td_string!(l, payments.payme_failure),
        Fault::Amount => td_string!(l, payments.payme_amount),
        Fault::NoTransaction | Fault::NoReceipt => td_string!(l, payments.payme_no_transaction),
        Fault::CannotCancel => td_string!(l, payments.payme_cannot_cancel),
        Fault::State => td_string!(l, payments.payme_state),
        Fault::NoAccount => td_string!(l, payments.payme_no_account),
        Fault::Busy | Fault::BusyAs(_) => td_string!(l, payments.payme_busy),
        Fault::Paid => td_string!(l, payments.payme_paid),
        Fault::Closed => td_string!(l, payments.payme_closed),
        Fault::Shut => td_string!(l, payments.payme_shut),
    }
}
