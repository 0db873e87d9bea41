//! A client of the live events.

use crate::app::{TestApp, in_time};
use futures::{SinkExt, StreamExt};
use http::{HeaderName, HeaderValue, Request};
use serde_json::Value;
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// The status of the refusal when it is refused.
    pub async fn open(app: &TestApp, query: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        Self::at(app.addr, query, headers).await
    }

    /// At a server that may be another process.
    pub async fn at(addr: SocketAddr, query: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let url = format!("ws://{addr}/api/v1/ws{query}");
        let mut request: Request<()> = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        let stream = TcpStream::connect(addr).await.unwrap();
        match in_time("an upgrade", client_async(request, stream)).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// As a program with a token; the greeting is read.
    pub async fn greeted(app: &TestApp, token: &str) -> Self {
        let bearer = format!("Bearer {token}");
        let Ok(mut socket) = Self::open(app, "", &[("authorization", &bearer)]).await else { panic!("refused") };
        assert_eq!(socket.next().await["type"], "hello");
        socket
    }

    /// The next event.
    pub async fn next(&mut self) -> Value {
        self.try_next().await.expect("the server closed the connection")
    }

    /// `None` when the server closed the connection.
    pub async fn try_next(&mut self) -> Option<Value> {
        loop {
            match in_time("an event", self.0.next()).await {
                Some(Ok(Message::Text(text))) => {
                    return Some(serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.to_string())));
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    pub async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }
}
