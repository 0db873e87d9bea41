//! Our own accept loop: time-outs for slow clients, a graceful drain, the peer's address in every request.

use super::silence::Watched;
use axum::{Router, extract::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use platform::config::{HEARTBEAT_S, ServerConfig};
use std::{net::SocketAddr, time::Duration};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::Service;

/// The address on the other end of the connection; a proxy's, when there is one.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Time-outs of the loop.
#[derive(Clone, Copy)]
pub struct Limits {
    /// For the first byte, for a request's head, and for a kept-alive connection to send the next one.
    header: Duration,
    /// For a connection on which nothing moves at all.
    idle: Duration,
    drain: Duration,
}

impl From<&ServerConfig> for Limits {
    fn from(config: &ServerConfig) -> Self {
        Self {
            header: Duration::from_secs(config.header_timeout_s),
            idle: Duration::from_secs(config.idle_timeout_s),
            drain: Duration::from_secs(config.drain_timeout_s),
        }
    }
}

/// Serves until `stop`, then lets running requests finish.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(connection) => connection,
                Err(error) => {
                    // Out of descriptors, or a client that left: pause instead of spinning.
                    tracing::warn!(%error, "accept failed");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = stop.cancelled() => break,
        };
        connection(stream, peer, router.clone(), limits, &graceful);
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(limits.drain) => tracing::warn!("some connections did not finish in time"),
    }
}

fn connection(stream: TcpStream, peer: SocketAddr, router: Router, limits: Limits, graceful: &GracefulShutdown) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        router.clone().call(request)
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.header);
    let heartbeat = Duration::from_secs(HEARTBEAT_S);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(heartbeat).max_concurrent_streams(128);
    let stream = TokioIo::new(Watched::new(stream, limits.header, limits.idle));
    let connection = builder.serve_connection_with_upgrades(stream, service).into_owned();
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(%error, "connection ended");
        }
    });
}
