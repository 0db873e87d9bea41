//! Click's Merchant API, played: how a payment stands, giving it back, its fiscal receipt. It checks how a call proves itself and plays trouble
//! when told.

use anyhow::Result;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use chrono::TimeDelta;
use platform::clock::Clock;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    io,
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::net::TcpListener;

/// Paid, and given back, as Click counts.
const PAID: i64 = 2;
const REVERSED: i64 = -99;

/// What goes wrong with one call.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Heard and refused.
    Refuse,
    /// Done, and the answer breaks off.
    LostAnswer,
    /// Not done, and the answer breaks off.
    LostCall,
    Busy,
}

#[derive(Debug, Default)]
struct Books {
    /// The keys of services.
    keys: BTreeMap<i64, String>,
    /// How payments stand that were spoken of; others are paid, or not there.
    standings: BTreeMap<i64, i64>,
    /// Payments nobody spoke of are paid.
    trusting: bool,
    /// The lines of fiscal receipts that came, and whether their receipts are made.
    receipts: BTreeMap<i64, (Value, bool)>,
    /// Receipts take time: they are made when [`Merchant::makes`] says so.
    slow: bool,
    faults: VecDeque<Fault>,
    calls: Vec<String>,
    /// The clock that proofs are held against, and how long a call takes by it.
    pace: Option<(Clock, TimeDelta)>,
}

/// Click's side; clones share one.
#[derive(Clone, Debug, Default)]
pub struct Merchant(Arc<Mutex<Books>>);

impl Merchant {
    /// Knows the keys of some services. A trusting one takes every payment for paid: the simulator keeps no books.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = (i64, String)>, trusting: bool) -> Self {
        Self(Arc::new(Mutex::new(Books { keys: keys.into_iter().collect(), trusting, ..Books::default() })))
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A service signs by a key from now on.
    pub fn know(&self, service: i64, key: &str) {
        self.books().keys.insert(service, key.to_owned());
    }

    /// A payment stands so: 2 is paid, below zero failed, 0 and 1 neither.
    pub fn says(&self, payment: i64, standing: i64) {
        self.books().standings.insert(payment, standing);
    }

    /// Nobody knows of a payment any more.
    pub fn forgets(&self, payment: i64) {
        self.books().standings.remove(&payment);
    }

    /// From now on a receipt is not there as soon as its lines are.
    pub fn is_slow(&self) {
        self.books().slow = true;
    }

    /// The receipt of a payment is made now.
    pub fn makes(&self, payment: i64) {
        if let Some((_, made)) = self.books().receipts.get_mut(&payment) {
            *made = true;
        }
    }

    /// What came to be put on the receipt of a payment.
    #[must_use]
    pub fn lines(&self, payment: i64) -> Option<Value> {
        self.books().receipts.get(&payment).map(|(lines, _)| lines.clone())
    }

    /// From now on every call takes so long, and a proof must be of the moment of its call.
    pub fn takes(&self, clock: &Clock, time: TimeDelta) {
        self.books().pace = Some((clock.clone(), time));
    }

    /// Goes wrong with the next call that nothing else goes wrong with.
    pub fn trouble(&self, fault: Fault) {
        self.books().faults.push_back(fault);
    }

    /// Every call so far: method and payment.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.books().calls.clone()
    }

    /// Serves on a port of its own until the runtime ends; says where.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn serve(&self) -> Result<String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let router = self.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(address)
    }

    /// Under `/click-merchant`, where test kassas look for it.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/click-merchant/payment/status/{service}/{payment}", get(status))
            .route("/click-merchant/payment/reversal/{service}/{payment}", delete(reversal))
            .route("/click-merchant/payment/ofd_data/submit_items", post(submit))
            .route("/click-merchant/payment/ofd_data/{service}/{payment}", get(receipt))
            .with_state(self.clone())
    }

    /// The next trouble, and whether the call proves itself.
    fn hear(&self, method: &str, service: i64, payment: i64, headers: &HeaderMap) -> Result<Option<Fault>, StatusCode> {
        let mut books = self.books();
        books.calls.push(format!("{method} {payment}"));
        let proof = headers.get("auth").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let [user, given, at] = proof.split(':').collect::<Vec<_>>()[..] else { return Err(StatusCode::UNAUTHORIZED) };
        let Some(key) = books.keys.get(&service) else { return Err(StatusCode::NOT_FOUND) };
        let wanted = digest(&SHA1_FOR_LEGACY_USE_ONLY, format!("{at}{key}").as_bytes());
        let wanted: String = wanted.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        if user.is_empty() || at.len() != 10 || given != wanted {
            return Err(StatusCode::UNAUTHORIZED);
        }
        if let Some((clock, time)) = &books.pace {
            if at.parse::<i64>() != Ok(clock.now().timestamp()) {
                return Err(StatusCode::UNAUTHORIZED);
            }
            clock.advance(*time);
        }
        Ok(books.faults.pop_front())
    }
}

async fn status(
    State(merchant): State<Merchant>,
    Path((service, payment)): Path<(i64, i64)>,
    headers: HeaderMap,
) -> Response {
    match merchant.hear("GET", service, payment, &headers) {
        Err(status) => return status.into_response(),
        Ok(Some(Fault::Busy)) => return StatusCode::TOO_MANY_REQUESTS.into_response(),
        Ok(Some(Fault::Refuse)) => return refused(),
        Ok(Some(Fault::LostAnswer | Fault::LostCall)) => return broken(),
        Ok(None) => {}
    }
    let books = merchant.books();
    match books.standings.get(&payment).copied().or(books.trusting.then_some(PAID)) {
        Some(standing) => {
            let body =
                json!({ "error_code": 0, "error_note": "Success", "payment_id": payment, "payment_status": standing });
            Json(body).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn reversal(
    State(merchant): State<Merchant>,
    Path((service, payment)): Path<(i64, i64)>,
    headers: HeaderMap,
) -> Response {
    let fault = match merchant.hear("DELETE", service, payment, &headers) {
        Err(status) => return status.into_response(),
        Ok(fault) => fault,
    };
    match fault {
        Some(Fault::Busy) => return StatusCode::TOO_MANY_REQUESTS.into_response(),
        Some(Fault::Refuse) => return refused(),
        Some(Fault::LostCall) => return broken(),
        Some(Fault::LostAnswer) | None => {}
    }
    let mut books = merchant.books();
    let standing = books.standings.get(&payment).copied().or(books.trusting.then_some(PAID));
    // What is not paid cannot be given back, and nothing is given back twice.
    if standing != Some(PAID) {
        return refused();
    }
    books.standings.insert(payment, REVERSED);
    match fault {
        Some(_) => broken(),
        None => Json(json!({ "error_code": 0, "error_note": "Success", "payment_id": payment })).into_response(),
    }
}

async fn submit(State(merchant): State<Merchant>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let id = |name: &str| body[name].as_i64().unwrap_or_default();
    let (service, payment) = (id("service_id"), id("payment_id"));
    let fault = match merchant.hear("POST", service, payment, &headers) {
        Err(status) => return status.into_response(),
        Ok(fault) => fault,
    };
    match fault {
        Some(Fault::Busy) => return StatusCode::TOO_MANY_REQUESTS.into_response(),
        Some(Fault::Refuse) => return refused(),
        Some(Fault::LostCall) => return broken(),
        Some(Fault::LostAnswer) | None => {}
    }
    let mut books = merchant.books();
    let paid = books.standings.get(&payment).copied().or(books.trusting.then_some(PAID)) == Some(PAID);
    // Only what is paid has a receipt, and only one.
    if !paid || books.receipts.contains_key(&payment) {
        return refused();
    }
    let made = !books.slow;
    books.receipts.insert(payment, (body, made));
    match fault {
        Some(_) => broken(),
        None => Json(json!({ "error_code": 0, "error_note": "Success" })).into_response(),
    }
}

async fn receipt(
    State(merchant): State<Merchant>,
    Path((service, payment)): Path<(i64, i64)>,
    headers: HeaderMap,
) -> Response {
    match merchant.hear("RECEIPT", service, payment, &headers) {
        Err(status) => return status.into_response(),
        Ok(Some(Fault::Busy)) => return StatusCode::TOO_MANY_REQUESTS.into_response(),
        Ok(Some(Fault::Refuse)) => return refused(),
        Ok(Some(Fault::LostAnswer | Fault::LostCall)) => return broken(),
        Ok(None) => {}
    }
    let made = merchant.books().receipts.get(&payment).is_some_and(|(_, made)| *made);
    let url = if made { format!("https://ofd.soliq.uz/check?t={payment}") } else { String::new() };
    Json(json!({ "paymentId": payment, "qrCodeURL": url })).into_response()
}

fn refused() -> Response {
    Json(json!({ "error_code": -31, "error_note": "Reversal is not possible" })).into_response()
}

/// An answer that breaks off.
fn broken() -> Response {
    let pieces = futures::stream::iter([Ok(Bytes::from_static(b"{")), Err(io::Error::other("dropped"))]);
    Response::new(Body::from_stream(pieces))
}
