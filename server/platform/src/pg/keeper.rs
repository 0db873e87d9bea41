//! The private cluster while the product serves: whatever ends the server, somebody starts it again.

use std::time::Duration;

use tokio::{sync::oneshot, task::JoinHandle};

use super::{EmbeddedPg, PgError, process};

const LOOK: Duration = Duration::from_millis(500);
/// After a start that failed: the disk may be full, and stays so for a while.
const PATIENCE: Duration = Duration::from_secs(5);

/// An [`EmbeddedPg`] with somebody who watches over it. Call [`KeptPg::stop`]; dropped without it the database runs on.
#[derive(Debug)]
pub struct KeptPg {
    stop: oneshot::Sender<()>,
    watch: JoinHandle<EmbeddedPg>,
}

impl KeptPg {
    /// Watches over a running cluster from now on.
    #[must_use]
    pub fn new(mut pg: EmbeddedPg) -> Self {
        let (stop, mut stopped) = oneshot::channel();
        let watch = tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = end_of(&mut pg) => {}
                    _ = &mut stopped => return pg,
                }
                // Never broken off: a server that is just starting would have no owner.
                if !restart(&mut pg).await {
                    tokio::select! {
                        () = tokio::time::sleep(PATIENCE) => {}
                        _ = &mut stopped => return pg,
                    }
                }
            }
        });
        Self { stop, watch }
    }

    /// Ends the watch, then the server in an orderly way.
    ///
    /// # Errors
    /// When it does not stop; it recovers at the next start.
    pub async fn stop(self) -> Result<(), PgError> {
        // Nobody listens only when the watch ended in a panic, which the next line tells.
        let _ = self.stop.send(());
        let pg = self.watch.await.map_err(|error| PgError::Stop(error.to_string()))?;
        pg.stop().await
    }
}

/// Waits until the server runs no more.
async fn end_of(pg: &mut EmbeddedPg) {
    while pg.postmaster.is_alive(&pg.place) {
        tokio::time::sleep(LOOK).await;
    }
}

/// Whether it runs again.
async fn restart(pg: &mut EmbeddedPg) -> bool {
    tracing::error!(last = pg.place.last_log_line(), "the embedded PostgreSQL ended by itself; starting it again");
    let binaries = pg.postmaster.binaries.clone();
    match process::start(&binaries, &pg.place, &pg.passwords, &|_: &str| {}).await {
        Ok((postmaster, _)) => {
            pg.postmaster = postmaster;
            true
        }
        Err(error) => {
            tracing::error!(%error, "the embedded PostgreSQL does not start");
            false
        }
    }
}
