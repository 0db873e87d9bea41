//! The simulator of Payme and Click for trying payments out: a process of its own that ends with us.

use anyhow::{Context, Result};
use domain::seed::payments::{CLICK, PAYME};
use platform::config::Config;
use std::process::Stdio;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

/// The simulator that is to be started listens two ports on: the next one is the Telegram stand-in's.
pub fn address(config: &mut Config) {
    if config.payments.simulator && config.payments.simulator_url.is_none() {
        config.payments.simulator_url =
            config.server.port.checked_add(2).map(|port| format!("http://127.0.0.1:{port}"));
    }
}

/// Starts the simulator with the keys of the demo's cash registers.
pub fn start(config: &Config, stop: &CancellationToken) -> Result<()> {
    let url = config.payments.simulator_url.as_deref().filter(|_| config.payments.simulator);
    let Some(port) = url.and_then(|url| url.rsplit(':').next()) else { return Ok(()) };
    let binary = std::env::current_exe()?.with_file_name("payments-standin");
    let mut child = Command::new(&binary)
        .args(["--port", port])
        .args(["--target", &format!("http://127.0.0.1:{}", config.server.port)])
        .args(["--kassa", &format!("payme,{},{},account,accumulating", PAYME.0, PAYME.1)])
        .args(["--kassa", &format!("click,{},{},-,accumulating", CLICK.0, CLICK.1)])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| {
            format!("the payments simulator {} does not start; build it with `make build`", binary.display())
        })?;
    let stop = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            status = child.wait() => tracing::error!(?status, "the payments simulator ended"),
            () = stop.cancelled() => { let _ = child.kill().await; }
        }
    });
    Ok(())
}
