//! The demo company: made on the first start, its logins printed and written beside the data.

use crate::cli::{say, words};
use anyhow::{Context, Result};
use domain::{Ctx, seed};
use std::time::Instant;

/// Makes the demo company unless there is a company already.
pub async fn ensure(ctx: &Ctx) -> Result<()> {
    if domain::companies::first(ctx).await.map_err(words)?.is_none() {
        say("▸ Building the demo city (1,000 flats, two years of requests)");
        seed(ctx, 1000, 1).await?;
    }
    Ok(())
}

/// Builds a demo city and writes `demo-logins.json`.
pub async fn seed(ctx: &Ctx, apartments: u32, seed: u64) -> Result<()> {
    let began = Instant::now();
    let company_name = "Shahar Servis".to_owned();
    let options = seed::SeedOptions { apartments, seed, now: ctx.clock.now(), company_name };
    let logins = seed::run(ctx, &options, |line| say(&format!("  · {line}"))).await.map_err(words)?;
    let path = ctx.config.data_dir.join("demo-logins.json");
    std::fs::write(&path, serde_json::to_vec_pretty(&logins)?)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    say(&format!("  ✓ {apartments} flats ({:.1} s)", began.elapsed().as_secs_f32()));
    Ok(())
}

/// Prints the table of demo logins.
pub fn print(ctx: &Ctx) -> Result<()> {
    let path = ctx.config.data_dir.join("demo-logins.json");
    let Ok(text) = std::fs::read(&path) else { return Ok(()) };
    let logins: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_slice(&text)?;
    say(&format!("\n  {:<12} {:<16} {}", "role", "login / phone", "password / code"));
    for login in logins {
        let get = |key: &str| login.get(key).and_then(|v| v.as_str());
        let who = get("login").or_else(|| get("phone")).unwrap_or("?");
        let pass = get("password").or_else(|| get("code")).unwrap_or("?");
        say(&format!("  {:<12} {who:<16} {pass}", get("role").unwrap_or("?")));
    }
    say(&format!("  (the same in {})\n", path.display()));
    Ok(())
}
