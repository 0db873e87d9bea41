//! `kill -9` in the middle of work: what was acknowledged is there, what was not can be repeated safely.

use crate::product::{DEADLINE, Product};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{sync::Notify, time::timeout};

const CALLS: usize = 200;
const AT_ONCE: usize = 40;
/// Acknowledged calls after which the plug is pulled.
const ENOUGH: usize = 60;

/// The id of the request when the server acknowledged it.
async fn file(product: &Product, token: &str, building: &str, n: usize) -> Option<String> {
    let body = json!({ "building_id": building, "category": "yard", "description": text(n) });
    let call = product
        .http
        .post(product.url("/api/v1/requests"))
        .bearer_auth(token)
        .header("idempotency-key", text(n))
        .json(&body);
    let answer = call.send().await.ok().filter(|answer| answer.status() == 201)?;
    let card: Value = answer.json().await.ok()?;
    Some(card["id"].as_str().unwrap().to_owned())
}

fn text(n: usize) -> String {
    format!("crash-{n:03}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_is_done_twice() {
    let product = Arc::new(Product::seeded(Vec::new()).await);
    let mut server = product.start().await;
    let token = product.token("dispatcher").await;
    let building = product.get(&token, "/api/v1/buildings").await["items"][0]["id"].as_str().unwrap().to_owned();
    let (done, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let calls = {
        let (product, token, building, enough) = (product.clone(), token.clone(), building.clone(), enough.clone());
        tokio::spawn(async move {
            let calls = stream::iter(0..CALLS).map(|n| {
                let (product, token, building, done, enough) = (&product, &token, &building, &done, &enough);
                async move {
                    let id = file(product, token, building, n).await;
                    if id.is_some() && done.fetch_add(1, Ordering::Relaxed) + 1 == ENOUGH {
                        enough.notify_one();
                    }
                    id
                }
            });
            calls.buffered(AT_ONCE).collect::<Vec<Option<String>>>().await
        })
    };
    timeout(DEADLINE, enough.notified()).await.expect("the server does not work");
    server.start_kill().unwrap();
    server.wait().await.unwrap();
    let answers = calls.await.unwrap();
    let acknowledged = answers.iter().flatten().count();
    assert!((ENOUGH..CALLS).contains(&acknowledged), "{acknowledged} of {CALLS} were acknowledged");

    let server = product.start().await;
    let token = product.token("dispatcher").await;
    for (n, id) in answers.iter().enumerate() {
        let Some(id) = id else { continue };
        let card = product.get(&token, &format!("/api/v1/requests/{id}")).await;
        assert_eq!(card["description"], text(n));
    }
    // Whether the lost answer belonged to a done call or not: a repeat makes it exactly one.
    for (n, id) in answers.iter().enumerate() {
        let again = file(&product, &token, &building, n).await.unwrap_or_else(|| panic!("{} is refused", text(n)));
        assert!(id.as_ref().is_none_or(|id| *id == again), "{} was filed twice", text(n));
    }
    for n in 0..CALLS {
        let found = product.get(&token, &format!("/api/v1/requests?text={}", text(n))).await;
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{}", text(n));
    }
    product.stop(server).await;
    assert_eq!(product.postmaster(), None, "PostgreSQL still runs");
}
