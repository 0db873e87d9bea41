//! Servers that carry messages, in one process: Eskiz under `/eskiz`, Play Mobile under `/playmobile`, a push service
//! under `/push`, Firebase under `/fcm`. They speak the protocols of the real ones, check what they are sent, and play
//! trouble when told (`/control/faults`). Everything is kept in memory and can be looked at (`/control/…`).

mod control;
mod eskiz;
mod fcm;
mod playmobile;
mod push;
mod state;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use state::{Fault, Shared, Standin};
use std::{io, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// Serves until the listener fails.
///
/// # Errors
/// When the socket does.
pub async fn serve(listener: TcpListener) -> io::Result<()> {
    let origin = format!("http://{}", listener.local_addr()?);
    let standin = Arc::new(Standin::new(origin).map_err(io::Error::other)?);
    let services = Router::new()
        .nest("/eskiz", eskiz::routes())
        .nest("/playmobile", playmobile::routes())
        .nest("/push", push::routes())
        .nest("/fcm", fcm::routes())
        .layer(from_fn_with_state(standin.clone(), trouble));
    axum::serve(listener, services.merge(control::routes()).with_state(standin)).await
}

/// Plays the first fault that waits for this path.
async fn trouble(State(standin): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let fault = {
        let mut inner = standin.lock();
        inner.calls.push(format!("{} {path}", request.method()));
        inner.fault(&path)
    };
    match fault {
        Some(Fault::Status { status, retry_after }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut answer = (status, "trouble").into_response();
            if let Some(seconds) = retry_after {
                answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            answer
        }
        Some(Fault::Slow { millis }) => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            next.run(request).await
        }
        Some(Fault::Drop) => {
            let _done = next.run(request).await;
            broken()
        }
        None => next.run(request).await,
    }
}

/// An answer that breaks off: the work is done, and nobody hears of it.
fn broken() -> Response {
    let pieces = futures::stream::iter([Ok(axum::body::Bytes::from_static(b"{")), Err(io::Error::other("dropped"))]);
    Response::new(Body::from_stream(pieces))
}
