//! What no provider would send, through the real door onto a real database: whatever comes is answered with 200 in the
//! provider's own words, nothing of ours breaks, and the books hold.
//!
//! A bounded number of calls belongs to the tests. A long run: `make fuzz`, for `UK_FUZZ_SECONDS`; `UK_FUZZ_SEED` repeats
//! one.

mod click;
mod payme;

use crate::{
    app::{Pass, TestApp},
    webhooks::{CLICK, PAYME, Till, account, kassa},
};
use http::HeaderValue;
use model::payments::{KassaMode, Provider};
use proptest::{
    prelude::*,
    sample::{Index, select},
    test_runner::{RngSeed, TestCaseResult, TestError, TestRunner},
};
use serde_json::Value;
use std::{
    fmt,
    time::{Duration, Instant},
};
use tokio::task::block_in_place;

/// Calls of a round.
const CASES: u32 = 400;
/// What the doors read of a body.
const LIMIT: usize = 64 * 1024;

/// Names and values of a call, so that a name may come twice.
type Fields = Vec<(String, Vec<u8>)>;

/// Bytes as they travel; shown escaped.
#[derive(Clone)]
struct Raw(Vec<u8>);

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(2000)];
        write!(f, "{} bytes: {}", self.0.len(), shown.escape_ascii())
    }
}

/// A call before it is sent.
#[derive(Clone, Debug)]
struct Shot {
    path: String,
    authorization: Option<Raw>,
    kind: &'static str,
    body: Raw,
}

/// What becomes of a valid call before it is written down.
#[derive(Clone, Debug)]
enum Twist {
    Value(Index, Raw),
    /// The same name once more.
    Again(Index, Raw),
    Gone(Index),
    Name(Index, &'static str),
}

/// What becomes of the bytes of a call.
#[derive(Clone, Debug)]
enum Cut {
    Byte(Index, u8),
    Insert(Index, Raw),
    Until(Index),
    Twice,
}

fn twisted(mut fields: Fields, twists: &[Twist]) -> Fields {
    for twist in twists.iter().cloned() {
        let len = fields.len();
        if len == 0 {
            break;
        }
        match twist {
            Twist::Value(at, value) => fields[at.index(len)].1 = value.0,
            Twist::Again(at, value) => {
                let name = fields[at.index(len)].0.clone();
                fields.push((name, value.0));
            }
            Twist::Gone(at) => drop(fields.remove(at.index(len))),
            Twist::Name(at, name) => fields[at.index(len)].0 = name.to_owned(),
        }
    }
    fields
}

fn cut(mut body: Vec<u8>, cuts: &[Cut]) -> Vec<u8> {
    for one in cuts {
        let len = body.len();
        if len == 0 {
            break;
        }
        match one {
            Cut::Byte(at, byte) => body[at.index(len)] = *byte,
            Cut::Insert(at, bytes) => {
                let at = at.index(len);
                body.splice(at..at, bytes.0.iter().copied());
            }
            Cut::Until(at) => body.truncate(at.index(len)),
            Cut::Twice => body.extend_from_within(..),
        }
    }
    body
}

fn any_bytes(most: usize) -> BoxedStrategy<Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..most).boxed()
}

fn twists(values: BoxedStrategy<Vec<u8>>, names: &[&'static str], most: usize) -> BoxedStrategy<Vec<Twist>> {
    let one = prop_oneof![
        4 => (any::<Index>(), values.clone()).prop_map(|(at, value)| Twist::Value(at, Raw(value))),
        2 => (any::<Index>(), values).prop_map(|(at, value)| Twist::Again(at, Raw(value))),
        1 => any::<Index>().prop_map(Twist::Gone),
        1 => (any::<Index>(), select(names.to_vec())).prop_map(|(at, name)| Twist::Name(at, name)),
    ];
    prop::collection::vec(one, 0..most).boxed()
}

/// Most calls are left as they are written.
fn cuts() -> BoxedStrategy<Vec<Cut>> {
    let one = prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Cut::Byte(at, byte)),
        (any::<Index>(), any_bytes(40)).prop_map(|(at, bytes)| Cut::Insert(at, Raw(bytes))),
        any::<Index>().prop_map(Cut::Until),
        Just(Cut::Twice),
    ];
    prop_oneof![4 => Just(Vec::<Cut>::new()), 1 => prop::collection::vec(one, 1..4)].boxed()
}

fn kinds() -> BoxedStrategy<&'static str> {
    select(vec![
        "text/json; charset=UTF-8",
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; charset=utf-16",
        "",
    ])
    .boxed()
}

/// What calls are aimed at.
struct Aim {
    till: Till,
    account: String,
    now_ms: i64,
    base: &'static str,
}

impl Aim {
    async fn new(app: &TestApp, provider: Provider) -> Self {
        let till = kassa(app, provider, KassaMode::Accumulating).await;
        let (_, account) = account(app).await;
        let base = if provider == Provider::Payme { PAYME } else { CLICK };
        Self { till, account, now_ms: app.ctx.clock.now().timestamp_millis(), base }
    }

    fn paths(&self) -> BoxedStrategy<String> {
        let (base, own) = (self.base.to_owned(), format!("{}/{}", self.base, self.till.id));
        prop_oneof![4 => Just(base.clone()), 4 => Just(own), 1 => "[a-z0-9/-]{0,40}".prop_map(move |tail| format!("{base}/{tail}"))]
            .boxed()
    }
}

/// Sends a call. A body over the limit is not read to its end: its sender may find the line closed before the answer comes.
async fn fire(app: &TestApp, shot: &Shot) -> Result<Option<Value>, TestCaseError> {
    let mut request = app.post(&shot.path, &Pass::Nobody).body(shot.body.0.clone());
    if !shot.kind.is_empty() {
        request = request.header("content-type", shot.kind);
    }
    let header = shot.authorization.as_ref().and_then(|raw| HeaderValue::from_bytes(&raw.0).ok());
    if let Some(header) = header {
        request = request.header("authorization", header);
    }
    let too_large = shot.body.0.len() > LIMIT;
    if too_large {
        request = request.header("connection", "close");
    }
    let answer = match request.send().await {
        Err(_) if too_large => return Ok(None),
        answer => answer?,
    };
    prop_assert_eq!(answer.status().as_u16(), 200);
    let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    prop_assert_eq!(kind.as_deref(), Some("application/json; charset=utf-8"));
    match answer.bytes().await {
        Err(_) if too_large => Ok(None),
        bytes => Ok(Some(serde_json::from_slice(&bytes?)?)),
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// The seeds of the rounds: one, or as many as fit into the time.
fn rounds() -> impl Iterator<Item = u64> {
    let lasts = Duration::from_secs(setting("UK_FUZZ_SECONDS").unwrap_or_default());
    let (began, seed) = (Instant::now(), setting("UK_FUZZ_SEED").unwrap_or(20_261_123));
    (0..).take_while(move |n| *n == 0 || began.elapsed() < lasts).map(move |n| seed.wrapping_add(n))
}

/// Plays one round; a finding ends it with the smallest call that shows it.
fn play(round: u64, shots: &BoxedStrategy<Shot>, check: impl Fn(&Shot) -> TestCaseResult) {
    let config = ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(round),
        max_shrink_iters: 500,
        ..ProptestConfig::default()
    };
    match block_in_place(|| TestRunner::new(config).run(shots, |shot| check(&shot))) {
        Ok(()) => {}
        Err(TestError::Abort(why)) => panic!("UK_FUZZ_SEED={round}: {why}"),
        Err(TestError::Fail(why, shot)) => panic!("UK_FUZZ_SEED={round}: {why}\n{shot:#?}"),
    }
}

/// Whatever was said, the books agree with the transactions.
async fn books_hold(app: &TestApp) {
    let found = testkit::payment_violations(&app.ctx.database, 0).await;
    assert!(found.is_empty(), "{found:#?}");
}
