//! `live-clients`: thousands of WebSocket clients of two companies in one process, for `make bench ONLY=sockets`.
//!
//! Reads its plan, a line of JSON; connects everybody and says so; waits for another line; then lets both companies cause
//! events and tells how late they were heard, and whether anybody heard what was not theirs. One thread, so that the
//! server has a core of its own.

use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt, stream};
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpSocket, TcpStream},
    sync::mpsc::{UnboundedSender, unbounded_channel},
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        http::{HeaderValue, header::AUTHORIZATION},
        protocol::WebSocketConfig,
    },
};

/// Connections made at once.
const TOGETHER: usize = 64;
/// Loopback addresses they come from: each has ports of its own.
const SOURCES: usize = 4;
/// What takes longer does not come.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two events, and for what comes after the last one.
const BETWEEN: Duration = Duration::from_millis(300);

#[derive(Deserialize)]
struct Plan {
    address: SocketAddr,
    path: String,
    clients: usize,
    rounds: usize,
    companies: [Company; 2],
}

/// Half of the clients are one company's.
#[derive(Deserialize)]
struct Company {
    token: String,
    /// A call that causes an event `request.created`, and answers with the request's id.
    post: String,
    body: Value,
}

/// What a client says of itself.
enum Word {
    Heard { client: usize, request: String, created: bool, at: Instant },
    Lost,
}

/// What was heard.
#[derive(Default)]
struct Found {
    /// From the call that caused an event to each who heard it, in milliseconds.
    late: Vec<f64>,
    /// The same for the last one of each event.
    last: Vec<f64>,
    wrong: usize,
    twice: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let plan: Plan = serde_json::from_str(&line).context("no plan")?;
    let (tell, mut words) = unbounded_channel();
    let began = Instant::now();
    let all = stream::iter(0..plan.clients).map(|client| connect(&plan, client, tell.clone()));
    all.buffer_unordered(TOGETHER).try_collect::<Vec<()>>().await?;
    say(&json!({ "connected": plan.clients, "seconds": began.elapsed().as_secs_f64() }))?;
    // Heartbeats are answered meanwhile.
    tokio::task::spawn_blocking(|| io::stdin().read_line(&mut String::new())).await??;

    let (http, mut found, mut owners) = (Client::new(), Found::default(), HashMap::new());
    let mut heard_in = vec![0; plan.clients];
    for round in 1..=plan.rounds {
        let caused = Instant::now();
        let requests = tokio::try_join!(cause(&http, &plan.companies[0]), cause(&http, &plan.companies[1]))?;
        let requests = [requests.0, requests.1];
        owners.extend(requests.iter().cloned().zip(0_usize..));
        let (mut waiting, mut last) = (plan.clients, 0.0_f64);
        while waiting > 0 {
            let word = timeout(PATIENCE, words.recv()).await;
            let word =
                word.with_context(|| format!("{waiting} clients wait for an event"))?.context("nobody is left")?;
            let Word::Heard { client, request, created, at } = word else { bail!("the server closed a connection") };
            let company = client % 2;
            if owners.get(&request).is_some_and(|owner| *owner != company) {
                found.wrong += 1;
            } else if created && request == requests[company] {
                if heard_in[client] == round {
                    found.twice += 1;
                    continue;
                }
                heard_in[client] = round;
                waiting -= 1;
                let late = at.duration_since(caused).as_secs_f64() * 1000.0;
                last = last.max(late);
                found.late.push(late);
            }
        }
        found.last.push(last);
        sleep(BETWEEN).await;
    }
    while let Ok(word) = words.try_recv() {
        let Word::Heard { client, request, .. } = word else { bail!("the server closed a connection") };
        if owners.get(&request).is_some_and(|owner| *owner != client % 2) {
            found.wrong += 1;
        }
    }
    found.late.sort_by(f64::total_cmp);
    found.last.sort_by(f64::total_cmp);
    say(&json!({
        "p50": share(&found.late, 50), "p95": share(&found.late, 95), "p99": share(&found.late, 99),
        "last": share(&found.last, 50), "heard": found.late.len(), "wrong": found.wrong, "twice": found.twice,
    }))
}

/// The value below which so many of a hundred lie.
fn share(sorted: &[f64], percent: usize) -> Option<f64> {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied()
}

/// Connects a client. It is greeted when it hears everything from then on.
async fn connect(plan: &Plan, client: usize, tell: UnboundedSender<Word>) -> Result<()> {
    let socket = TcpSocket::new_v4()?;
    let source = Ipv4Addr::new(127, 0, 0, 1 + u8::try_from(client % SOURCES)?);
    socket.bind(SocketAddr::from((source, 0)))?;
    let stream = socket.connect(plan.address).await.with_context(|| format!("client {client}"))?;
    stream.set_nodelay(true)?;
    let mut request = format!("ws://{}{}", plan.address, plan.path).into_client_request()?;
    let bearer = format!("Bearer {}", plan.companies[client % 2].token);
    request.headers_mut().insert(AUTHORIZATION, HeaderValue::from_str(&bearer)?);
    // The usual buffers are made for other things than ten thousand of them.
    let config = WebSocketConfig::default().read_buffer_size(512).write_buffer_size(0);
    let opened = timeout(PATIENCE, client_async_with_config(request, stream, Some(config))).await?;
    let (mut socket, _) = opened.with_context(|| format!("client {client} was refused"))?;
    loop {
        match timeout(PATIENCE, socket.next()).await? {
            Some(Ok(Message::Text(_))) => break,
            Some(Ok(Message::Ping(_))) => {}
            other => bail!("client {client} was greeted with {other:?}"),
        }
    }
    tokio::spawn(listen(socket, client, tell));
    Ok(())
}

async fn listen(mut socket: WebSocketStream<TcpStream>, client: usize, tell: UnboundedSender<Word>) {
    while let Some(Ok(message)) = socket.next().await {
        let at = Instant::now();
        let Message::Text(text) = message else { continue };
        let text = text.as_str();
        let Some(request) = request_of(text) else { continue };
        let word = Word::Heard { client, request: request.to_owned(), created: text.contains("request.created"), at };
        if tell.send(word).is_err() {
            return;
        }
    }
    // Nobody listens any more when everything is over.
    let _ = tell.send(Word::Lost);
}

/// Which request an event is about; the rest of it is not read, ten thousand of them come at once.
fn request_of(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("\"request_id\":")?;
    Some(rest.split([',', '}']).next()?.trim_matches('"'))
}

/// Makes something happen in a company; answers with the request it happened to.
async fn cause(http: &Client, company: &Company) -> Result<String> {
    let call = http.post(&company.post).bearer_auth(&company.token).json(&company.body);
    let made: Value = call.send().await?.error_for_status()?.json().await?;
    match &made["id"] {
        Value::String(id) => Ok(id.clone()),
        Value::Number(id) => Ok(id.to_string()),
        _ => bail!("{} answers without an id", company.post),
    }
}

fn say(value: &Value) -> Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{value}")?;
    Ok(out.flush()?)
}
