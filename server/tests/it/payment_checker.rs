//! The payment checker: clients play a seeded random mix of the providers' calls while the server is killed again and
//! again; then what they heard is held against the books.
//!
//! A short run belongs to the tests. A long one: `UK_CHECKER_KILLS=200 cargo nextest run -p server payment_checker`, or
//! `UK_CHECKER_SECONDS=60` for as many kills as fit; `UK_CHECKER_SEED` repeats one.

use crate::product::{DEADLINE, Product};
use domain::{
    payments::{click, payme},
    seed::payments::{CLICK, PAYME},
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use testkit::TestDb;
use tokio::{sync::Mutex, time::interval};

const CLIENTS: usize = 16;
/// Calls that must get through between two kills, so that each kill meets work: a few hundred milliseconds of it.
const BETWEEN: usize = 60;

/// The product on a test database, which outlives it.
struct Shop {
    product: Product,
    database: TestDb,
    /// When the test began, as Payme counts.
    started_ms: i64,
}

impl Deref for Shop {
    type Target = Product;
    fn deref(&self) -> &Product {
        &self.product
    }
}

impl Shop {
    async fn seeded() -> Self {
        let database = TestDb::new().await;
        let settings = vec![
            ("UK_DATABASE__URL", database.app_url().expose_secret().to_owned()),
            ("UK_DATABASE__OWNER_URL", database.owner_url().expose_secret().to_owned()),
        ];
        Self { product: Product::seeded(settings).await, database, started_ms: now_ms() }
    }

    /// Every payment there is.
    async fn payments(&self, token: &str) -> Vec<Value> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(token, &format!("/api/v1/payments?limit=100{cursor}")).await;
            all.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }

    /// Waits for something that comes, and does not wait for ever.
    async fn wait_for(&self, what: &str, come: impl Fn() -> bool) {
        let (began, mut again) = (Instant::now(), interval(Duration::from_millis(10)));
        while !come() {
            assert!(began.elapsed() < DEADLINE, "waited in vain for {what}");
            again.tick().await;
        }
    }
}

/// What one client knows of one transaction: everything it heard of it, in order.
#[derive(Clone, Debug, Default)]
struct Known {
    click: bool,
    amount: i64,
    account: String,
    heard: Vec<Heard>,
}

#[derive(Clone, Debug)]
struct Heard {
    method: &'static str,
    answer: Value,
}

/// A small generator of its own, so that a seed means the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

struct World {
    product: Shop,
    accounts: Vec<String>,
    /// When the server served first: after the demo's invented past.
    serving_ms: i64,
    stop: AtomicBool,
    /// Calls that were answered.
    answered: AtomicUsize,
    /// Calls whose answer was lost.
    unknown: AtomicUsize,
    books: Mutex<HashMap<String, Known>>,
}

impl World {
    /// One call; nothing when the answer was lost. One in ten hangs up before it comes, so that the call itself may arrive
    /// behind the next ones.
    async fn payme(&self, dice: &mut Dice, method: &'static str, params: Value) -> Option<Value> {
        let request = self
            .product
            .http
            .post(self.product.url("/api/v1/payments/webhook/payme"))
            .header("authorization", payme::authorization(PAYME.1))
            .body(json!({ "method": method, "id": 1, "params": params }).to_string());
        self.send(dice, request).await
    }

    async fn click(
        &self,
        dice: &mut Dice,
        trans: i64,
        known: &Known,
        prepare: Option<i64>,
        error: i32,
        more: i64,
    ) -> Option<Value> {
        let tiyin = known.amount + more;
        let amount = format!("{}.{:02}", tiyin / 100, tiyin % 100);
        let (trans, service) = (trans.to_string(), CLICK.0.to_string());
        let (action, number) = (if prepare.is_some() { "1" } else { "0" }, prepare.map(|id| id.to_string()));
        let sign = click::sign(&trans, &service, CLICK.1, &known.account, number.as_deref(), &amount, action, "t");
        let mut form = vec![
            ("click_trans_id", trans.clone()),
            ("service_id", service),
            ("click_paydoc_id", trans),
            ("merchant_trans_id", known.account.clone()),
            ("amount", amount),
            ("action", action.to_owned()),
            ("error", error.to_string()),
            ("error_note", "x".to_owned()),
            ("sign_time", "t".to_owned()),
            ("sign_string", sign),
        ];
        form.extend(number.map(|number| ("merchant_prepare_id", number)));
        self.send(dice, self.product.http.post(self.product.url("/api/v1/payments/webhook/click")).form(&form)).await
    }

    async fn send(&self, dice: &mut Dice, request: reqwest::RequestBuilder) -> Option<Value> {
        let impatient = dice.next(10) == 0;
        let request = if impatient { request.timeout(Duration::from_millis(dice.next(6))) } else { request };
        let once = async |request: reqwest::RequestBuilder| {
            let answer = request.send().await.ok()?;
            assert_eq!(answer.status(), 200, "a provider hears nothing but 200");
            answer.json::<Value>().await.ok()
        };
        // One in five comes as two at once.
        let copy = request.try_clone().filter(|_| dice.next(5) == 0);
        let answer = match copy {
            Some(copy) => tokio::join!(once(request), once(copy)).0,
            None => once(request).await,
        };
        // Our own "try again" tells nothing of what became of the call.
        let lost = answer.as_ref().is_none_or(|a| a["error"]["code"] == -32400 || a["error"] == -7);
        if lost { &self.unknown } else { &self.answered }.fetch_add(1, Ordering::Relaxed);
        answer.filter(|_| !lost)
    }
}

/// One client: begins transactions, moves its own and others' on, repeats, changes amounts, asks.
async fn client(world: Arc<World>, n: usize, seed: u64) {
    let mut dice = Dice(seed.wrapping_mul(1000).wrapping_add(u64::try_from(n).unwrap()));
    let mut mine: Vec<String> = Vec::new();
    let mut count = 0u64;
    while !world.stop.load(Ordering::Relaxed) {
        count += 1;
        let begin = mine.len() < 3 || dice.next(4) == 0;
        let key = if begin {
            let click = dice.next(3) == 0;
            let key =
                if click { format!("{}", 1_000_000 * (n as u64 + 1) + count) } else { format!("{n:04x}{count:020x}") };
            let account = world.accounts[usize::try_from(dice.next(world.accounts.len() as u64)).unwrap()].clone();
            let amount = 100_000 + i64::try_from(dice.next(9_000_000)).unwrap();
            let known = Known { click, amount, account, heard: Vec::new() };
            world.books.lock().await.insert(key.clone(), known);
            mine.push(key.clone());
            key
        } else {
            mine[usize::try_from(dice.next(mine.len() as u64)).unwrap()].clone()
        };
        let known = world.books.lock().await[&key].clone();
        for _ in 0..=dice.next(3) {
            let heard = if known.click {
                click_step(&world, &mut dice, &key, &known).await
            } else {
                payme_step(&world, &mut dice, &key, &known, begin).await
            };
            if let Some(heard) = heard {
                world.books.lock().await.get_mut(&key).unwrap().heard.push(heard);
            }
        }
    }
}

/// Payme's own time of a transaction: made of its id, so that repeats carry the same.
fn payme_time(world: &World, key: &str) -> i64 {
    let tail = i64::from_str_radix(&key[key.len() - 6..], 16).unwrap();
    world.product.started_ms + tail
}

async fn payme_step(world: &World, dice: &mut Dice, key: &str, known: &Known, begin: bool) -> Option<Heard> {
    let create = |amount: i64| json!({ "id": key, "time": payme_time(world, key), "amount": amount, "account": { "account": known.account } });
    let (method, params) = match if begin { 0 } else { dice.next(12) } {
        0..=3 => ("CreateTransaction", create(known.amount)),
        // With another sum, only where it is known already: a first one would make it true.
        4 if known.heard.iter().any(|h| h.answer["result"]["state"] == 1) => {
            ("CreateTransaction", create(known.amount + 1))
        }
        4..=8 => ("PerformTransaction", json!({ "id": key })),
        9 => ("CancelTransaction", json!({ "id": key, "reason": 5 })),
        _ => ("CheckTransaction", json!({ "id": key })),
    };
    let answer = world.payme(dice, method, params).await?;
    Some(Heard { method, answer })
}

async fn click_step(world: &World, dice: &mut Dice, key: &str, known: &Known) -> Option<Heard> {
    let trans = key.parse().unwrap();
    let prepared = known.heard.iter().find_map(|heard| heard.answer["merchant_prepare_id"].as_i64());
    let (method, answer) = match (prepared, dice.next(7)) {
        (Some(id), 0..=3) => ("Complete", world.click(dice, trans, known, Some(id), 0, 0).await?),
        (Some(id), 4) => ("Fail", world.click(dice, trans, known, Some(id), -5017, 0).await?),
        // With another sum it is never taken: -2, or what the attempt has become.
        (Some(id), 5) => ("Changed", world.click(dice, trans, known, Some(id), 0, 1).await?),
        _ => ("Prepare", world.click(dice, trans, known, None, 0, 0).await?),
    };
    Some(Heard { method, answer })
}

#[allow(clippy::disallowed_methods, reason = "the product outside has the clock of the machine")]
fn now_ms() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_misplaced_while_the_server_is_killed() {
    let (kills, seed) = (setting("UK_CHECKER_KILLS", 5), setting("UK_CHECKER_SEED", 20_261_126));
    let product = Shop::seeded().await;
    let mut server = product.start().await;
    let token = product.token("admin").await;
    let page = product.get(&token, "/api/v1/accounts?limit=100").await;
    let accounts: Vec<String> =
        page["items"].as_array().unwrap().iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect();
    assert!(accounts.len() >= 10);
    let world = Arc::new(World {
        product,
        accounts,
        serving_ms: now_ms(),
        stop: AtomicBool::new(false),
        answered: AtomicUsize::new(0),
        unknown: AtomicUsize::new(0),
        books: Mutex::default(),
    });
    let before = testkit::balances(&world.product.database).await;
    let clients: Vec<_> = (0..CLIENTS).map(|n| tokio::spawn(client(world.clone(), n, seed))).collect();
    let mut dice = Dice(seed);
    let (began, lasts, mut killed) = (Instant::now(), setting("UK_CHECKER_SECONDS", 0), 0);
    while killed < kills || began.elapsed() < Duration::from_secs(lasts) {
        killed += 1;
        let until = world.answered.load(Ordering::Relaxed) + BETWEEN + usize::try_from(dice.next(120)).unwrap();
        world.product.wait_for("answers", || world.answered.load(Ordering::Relaxed) >= until).await;
        server.start_kill().unwrap();
        server.wait().await.unwrap();
        server = world.product.start().await;
    }
    let until = world.answered.load(Ordering::Relaxed) + BETWEEN;
    world.product.wait_for("answers after the last kill", || world.answered.load(Ordering::Relaxed) >= until).await;
    world.stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    let token = world.product.token("admin").await;
    check(&world, &before, &token).await;
    eprintln!(
        "seed {seed}: {} answers, {} lost, {killed} kills, {} transactions, no violation",
        world.answered.load(Ordering::Relaxed),
        world.unknown.load(Ordering::Relaxed),
        world.books.lock().await.len()
    );
    server.start_kill().unwrap();
    server.wait().await.unwrap();
}

/// The state of Payme a method's success stands for.
fn state_of(heard: &Heard) -> Option<i64> {
    heard.answer["result"]["state"].as_i64()
}

async fn check(world: &World, before: &HashMap<String, i64>, token: &str) {
    let books = world.books.lock().await.clone();
    let payments = world.product.payments(token).await;
    let mut credited: HashMap<&str, Vec<&Value>> = HashMap::new();
    for payment in &payments {
        credited.entry(payment["reference"].as_str().unwrap()).or_default().push(payment);
    }
    let mut expected: HashMap<String, i64> = before.clone();
    let mut dice = Dice(7);
    for (key, known) in &books {
        let rows = credited.get(key.as_str()).cloned().unwrap_or_default();
        assert!(rows.len() <= 1, "{key} was credited {} times", rows.len());
        let end =
            if known.click { click_end(key, known, &rows) } else { payme_end(world, &mut dice, key, known).await };
        match end {
            // Money is there exactly where it was performed, in the right sum and on the right account.
            End::Paid | End::Refunded => {
                let row = rows.first().unwrap_or_else(|| panic!("{key} was performed and not credited"));
                assert_eq!(
                    (&row["amount"], &row["account_number"]),
                    (&json!(known.amount), &json!(known.account)),
                    "{key}"
                );
                let state = if end == End::Paid { "completed" } else { "refunded" };
                assert_eq!(row["state"], state, "{key}");
            }
            End::Nothing => assert!(rows.is_empty(), "{key} was credited out of nothing"),
        }
        if end == End::Paid {
            *expected.entry(known.account.clone()).or_default() -= known.amount;
        }
    }
    let after = testkit::balances(&world.product.database).await;
    for account in &world.accounts {
        let want = expected.get(account).copied().unwrap_or_default();
        assert_eq!(after.get(account).copied().unwrap_or_default(), want, "the balance of {account}");
    }
    let found = testkit::payment_violations(&world.product.database, world.serving_ms).await;
    assert!(found.is_empty(), "{found:#?}");
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Nothing,
    Paid,
    Refunded,
}

/// Times never change, states only go forward, and what was acknowledged is what is kept.
async fn payme_end(world: &World, dice: &mut Dice, key: &str, known: &Known) -> End {
    let last = loop {
        if let Some(answer) = world.payme(dice, "CheckTransaction", json!({ "id": key })).await {
            break answer;
        }
    };
    let mut heard = known.heard.clone();
    heard.push(Heard { method: "CheckTransaction", answer: last.clone() });
    for field in ["create_time", "perform_time", "cancel_time", "transaction"] {
        let values: std::collections::BTreeSet<String> = heard
            .iter()
            .filter_map(|h| h.answer["result"].get(field))
            .filter(|value| **value != json!(0))
            .map(Value::to_string)
            .collect();
        assert!(values.len() <= 1, "{key}: {field} changed: {values:?}");
    }
    let rank = |state: i64| match state {
        1 => 0,
        2 | -1 => 1,
        _ => 2,
    };
    // Each transaction belongs to one client, whose calls follow one another.
    let states: Vec<i64> = heard.iter().filter_map(state_of).collect();
    for pair in states.windows(2) {
        let forward =
            rank(pair[0]) <= rank(pair[1]) && !(pair[0] == -1 && pair[1] != -1) && !(pair[0] == 2 && pair[1] == -1);
        assert!(forward, "{key}: {states:?}");
    }
    match last["result"]["state"].as_i64() {
        Some(2) => End::Paid,
        Some(-2) => End::Refunded,
        Some(_) => End::Nothing,
        None => {
            assert_eq!(last["error"]["code"], -31003, "{key}: {last}");
            assert!(states.is_empty(), "{key} was acknowledged and is gone: {states:?}");
            End::Nothing
        }
    }
}

/// One success at most, nothing but "paid" after it, and never a success after a cancellation.
fn click_end(key: &str, known: &Known, rows: &[&Value]) -> End {
    let codes: Vec<(&str, i64)> = known.heard.iter().map(|h| (h.method, h.answer["error"].as_i64().unwrap())).collect();
    let ids: std::collections::BTreeSet<i64> =
        known.heard.iter().filter_map(|h| h.answer["merchant_prepare_id"].as_i64()).collect();
    assert!(ids.len() <= 1, "{key} has several numbers: {ids:?}");
    let done = codes.iter().filter(|call| **call == ("Complete", 0)).count();
    assert!(done <= 1, "{key} was confirmed {done} times");
    assert!(!codes.contains(&("Changed", 0)), "{key} was confirmed with another sum");
    let paid = codes.iter().any(|(method, code)| *method == "Complete" && (*code == 0 || *code == -4));
    let cancelled = codes.iter().any(|(method, code)| *method == "Complete" && *code == -9);
    assert!(!(paid && cancelled), "{key}: {codes:?}");
    if paid {
        return End::Paid;
    }
    assert!(!cancelled || rows.is_empty(), "{key} was cancelled and credited: {codes:?}");
    // A lost answer may have been a success: then the credit is there, and right.
    if rows.is_empty() { End::Nothing } else { End::Paid }
}
