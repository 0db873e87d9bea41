//! A request id for every request, and one structured line in the access log.

use api::context::TraceId;
use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use std::time::Instant;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub async fn log(mut request: Request, next: Next) -> Response {
    let id = platform::ids::new_id().simple().to_string();
    request.extensions_mut().insert(TraceId(id.clone()));
    let began = Instant::now();
    let method = request.method().clone();
    // The template, not the path: paths may carry tokens, and labels must stay few.
    let route = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned());
    let path = route.unwrap_or_else(|| request.uri().path().to_owned());
    let span = tracing::info_span!("http", id = %id);
    let mut response = next.run(request).instrument(span).await;
    let status = response.status().as_u16();
    let ms = began.elapsed().as_millis();
    if status >= 500 {
        tracing::error!(%method, path, status, ms, id, "request");
    } else {
        tracing::info!(%method, path, status, ms, id, "request");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
