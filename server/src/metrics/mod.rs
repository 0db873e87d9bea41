//! `/metrics` for Prometheus, on a listener of its own: what this process counts itself, and what the database knows at
//! the moment of the question.

mod door;
mod gathered;

pub use door::routes;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use std::{sync::Arc, time::Instant};

/// Upper bounds of the durations of requests, seconds.
const SECONDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    class: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Class {
    class: &'static str,
}

/// What this process counts; cheap to clone.
#[derive(Clone, Debug)]
pub struct Meters(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    requests: Family<Answer, Counter>,
    durations: Family<Class, Histogram>,
    sockets: Gauge,
}

impl Default for Meters {
    fn default() -> Self {
        Self(Arc::new(Counted {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            sockets: Gauge::default(),
        }))
    }
}

impl Meters {
    /// Counts a live connection until it is dropped.
    pub fn socket(&self) -> Socket {
        self.0.sockets.inc();
        Socket(self.0.sockets.clone())
    }

    fn register(&self, registry: &mut Registry) {
        let counted = &self.0;
        registry.register("http_requests", "Answered requests by class of route and status", counted.requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time to the head of the answer by class of route",
            Unit::Seconds,
            counted.durations.clone(),
        );
        registry.register("websocket_connections", "Open live connections", counted.sockets.clone());
    }
}

/// See [`Meters::socket`].
#[derive(Debug)]
pub struct Socket(Gauge);

impl Drop for Socket {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts every request, also those outside the product's layers.
pub async fn measure(State(meters): State<Meters>, mut request: Request, next: Next) -> Response {
    let class = class(request.uri().path());
    request.extensions_mut().insert(meters.clone());
    let began = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    meters.0.requests.get_or_create(&Answer { class, status }).inc();
    // A live connection lasts as long as it lasts.
    if status != 101 {
        meters.0.durations.get_or_create(&Class { class }).observe(began.elapsed().as_secs_f64());
    }
    response
}

/// Few words, whatever is asked for: addresses hold ids and tokens.
fn class(path: &str) -> &'static str {
    if path.starts_with("/api/v1/payments/webhook/") || path.starts_with("/telegram/") {
        return "webhook";
    }
    if path == "/api/v1/ws" {
        return "socket";
    }
    match path.split('/').nth(1).unwrap_or_default() {
        "rpc" => "rpc",
        "api" => "api",
        "pkg" | "icons" | "js" | "sw.js" | "favicon.ico" | "favicon.svg" | "manifest.webmanifest" => "asset",
        "files" | "documents" | "accounts" | "imports" | "tasks" => "file",
        "healthz" | "readyz" => "probe",
        _ => "page",
    }
}

#[cfg(test)]
mod tests {
    use super::class;

    #[test]
    fn addresses_fall_into_few_classes() {
        for (path, expected) in [
            ("/rpc/requests/list", "rpc"),
            ("/api/v1/requests/0190", "api"),
            ("/api/v1/ws", "socket"),
            ("/telegram/webhook", "webhook"),
            ("/api/v1/payments/webhook/payme", "webhook"),
            ("/pkg/desk.wasm", "asset"),
            ("/files/0190/thumb", "file"),
            ("/desk", "page"),
            ("/u/secret-token", "page"),
            ("/", "page"),
        ] {
            assert_eq!(class(path), expected, "{path}");
        }
    }
}
