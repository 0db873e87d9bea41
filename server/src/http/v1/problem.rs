//! Failures as `application/problem+json` (RFC 9457), in the language of the caller.

use super::BASE;
use crate::http::away::{AGAIN_S, Asked};
use api::context::{Caller, TraceId};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use model::{Code, Failure, FieldError, Lang};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What a handler or an extractor fails with.
#[derive(Debug)]
pub struct Problem {
    error: domain::Error,
    detail: Option<String>,
}

pub type Answer<T> = Result<T, Problem>;

impl Problem {
    /// Adds words for the developer of a client, in English; never a cause from inside.
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    #[cfg(test)]
    pub(super) fn into_failure(self) -> Failure {
        self.error.into_failure(None)
    }
}

impl<E: Into<domain::Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self { error: error.into(), detail: None }
    }
}

/// A problem on its way to [`speak`], which knows the language and the trace id.
#[derive(Clone)]
struct Unspoken(Arc<Problem>);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = status_of(self.error.code()).into_response();
        response.extensions_mut().insert(Unspoken(Arc::new(self)));
        response
    }
}

/// The body of every failure.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
struct Document<'a> {
    /// Names the kind of problem: `/problems/<code>`.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid")]
    kind: String,
    /// A sentence for people, in the language of `Accept-Language` or of the user.
    title: &'a str,
    /// The HTTP status once more.
    #[schema(example = 422)]
    status: u16,
    code: Code,
    /// More for the developer of a client, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// Which fields are wrong, and how.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    /// Finds the cause in the log; tell it to support.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
}

/// The schema of the body, for the OpenAPI document.
pub(super) fn schema() -> (String, utoipa::openapi::RefOr<utoipa::openapi::Schema>) {
    (Document::name().into_owned(), <Document as utoipa::PartialSchema>::schema())
}

/// Puts problems into words: inside the layer that knows the caller, and once more outside it for its own failures.
/// A person's browser gets a page while something is away, and when a plain form is refused.
/// Under REST a failure of a layer that has no words at all (a time-out) becomes a problem too.
pub async fn speak(request: Request, next: Next) -> Response {
    let rest = request.uri().path().starts_with(BASE);
    let lang = language(request.headers(), request.extensions().get::<Caller>());
    let trace = request.extensions().get::<TraceId>().map(|t| t.0.clone());
    let page = Asked::of(&request);
    let mut response = next.run(request).await;
    if let Some(Unspoken(problem)) = response.extensions_mut().remove() {
        let Some(Problem { error, detail }) = Arc::into_inner(problem) else { return response };
        let failure = error.into_failure(trace.clone());
        match page {
            Some(page) if failure.code == Code::Unavailable => {
                page.answer(&mut response, lang, failure.retry_after.unwrap_or(AGAIN_S));
                return response;
            }
            Some(page) if page.is_form() => {
                page.refuse(&mut response, lang, &failure);
                return response;
            }
            _ => {}
        }
        write(&mut response, &failure, detail.as_deref(), trace.as_deref(), lang);
    } else if rest && response.status().as_u16() >= 400 && !response.headers().contains_key(header::CONTENT_TYPE) {
        let failure = Failure::new(of_status(response.status()));
        write(&mut response, &failure, None, trace.as_deref(), lang);
    }
    response
}

/// Headers that were set already stay (`Allow`, rate limits).
fn write(response: &mut Response, failure: &Failure, detail: Option<&str>, trace: Option<&str>, lang: Lang) {
    let code = failure.code;
    let status = status_of(code);
    let document = Document {
        kind: format!("/problems/{code}"),
        title: i18n::failure::code(i18n::locale(lang), code),
        status: status.as_u16(),
        code,
        detail,
        errors: &failure.fields,
        trace_id: failure.trace_id.as_deref().or(trace),
    };
    // A struct of texts and numbers always becomes JSON; an empty body is still the right status.
    let body = serde_json::to_vec(&document).unwrap_or_default();
    *response.status_mut() = status;
    *response.body_mut() = Body::from(body);
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    put(header::CONTENT_TYPE, "application/problem+json");
    put(header::CONTENT_LANGUAGE, lang.code());
    if status == StatusCode::UNAUTHORIZED {
        put(header::WWW_AUTHENTICATE, "Bearer");
    }
    headers.remove(header::CONTENT_LENGTH);
    let wait = failure.retry_after.or((code == Code::Unavailable).then_some(AGAIN_S));
    if let Some(seconds) = wait {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
}

fn status_of(code: Code) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn of_status(status: StatusCode) -> Code {
    Code::ALL.iter().copied().find(|code| code.status() == status.as_u16()).unwrap_or(if status.is_client_error() {
        Code::BadRequest
    } else {
        Code::Unavailable
    })
}

/// The language asked for, else the caller's own, else Russian.
fn language(headers: &HeaderMap, caller: Option<&Caller>) -> Lang {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let own = || caller.and_then(|c| c.0.as_ref()).map(domain::Actor::lang);
    preferred(asked).or_else(own).unwrap_or_default()
}

/// The language of ours with the highest weight; the first of equals.
fn preferred(accept: &str) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for part in accept.split(',') {
        let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
        let weight = rest.trim().strip_prefix("q=").map_or(1.0, |q| q.parse().unwrap_or(0.0));
        if let Some(lang) = Lang::parse(tag.trim())
            && weight > best.map_or(0.0, |(w, _)| w)
        {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_language_of_ours_wins() {
        assert_eq!(preferred("de, en;q=0.8, uz-Latn-UZ;q=0.9"), Some(Lang::Uz));
        assert_eq!(preferred("en,ru"), Some(Lang::En));
        for nothing in ["", "*", "de;q=1", "en;q=0", "en;q=x", ";;,,"] {
            assert_eq!(preferred(nothing), None, "{nothing}");
        }
    }

    #[tokio::test]
    async fn a_problem_says_all_it_may_and_keeps_headers() {
        let mut response = Problem::from(Failure { retry_after: Some(7), ..Failure::new(Code::TooManyRequests) })
            .detail("slow down")
            .into_response();
        response.headers_mut().insert("ratelimit-limit", HeaderValue::from_static("5"));
        let Some(Unspoken(problem)) = response.extensions_mut().remove() else { panic!("no problem") };
        let Problem { error, detail } = Arc::into_inner(problem).unwrap();
        write(&mut response, &error.into_failure(None), detail.as_deref(), Some("t1"), Lang::En);
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "7");
        assert_eq!(response.headers()["ratelimit-limit"], "5");
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["type"], "/problems/too_many_requests");
        assert_eq!(body["title"], "Too often. Wait a little and try again.");
        assert_eq!((&body["detail"], &body["trace_id"]), (&"slow down".into(), &"t1".into()));
        assert!(body.get("errors").is_none());
    }
}
