//! Payme's sandbox and Click's tester on this machine: they call a merchant server as the providers do. With a page
//! for people (choose an account and a sum, play a scenario, repeat, mix, delay, drop the answer), the checkout that
//! links of test cash registers lead to, Click's Merchant API, and the same scenarios as functions for tests.

#[allow(clippy::unwrap_used, clippy::expect_used, reason = "made of texts that are there")]
mod merchant;
mod page;
mod play;
mod scenarios;
mod wire;

pub use merchant::{Fault, Merchant};
pub use play::{Line, Play, Report};
pub use scenarios::{SCENARIOS, Scenario, by_name};
pub use wire::Kassa;

use anyhow::Result;
use tokio::net::TcpListener;

/// What the simulator knows.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The merchant's server: `http://127.0.0.1:8080`.
    pub target: String,
    pub kassas: Vec<Kassa>,
}

/// Serves the page and the checkouts until it is dropped.
///
/// # Errors
/// When the socket stops working.
pub async fn serve(options: Options, listener: TcpListener) -> Result<()> {
    axum::serve(listener, page::router(options)).await?;
    Ok(())
}
