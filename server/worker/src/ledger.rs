//! At night the ledger is compared with itself.

use crate::Tools;
use anyhow::Result;
use domain::ledger::{self, Difference};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Check(serde_json::Value);

impl TaskHandler for Check {
    const IDENTIFIER: &'static str = "ledger_check";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        report(&Tools::of(&job)?.ctx).await.map(drop)
    }
}

/// Compares, writes each difference into the log for whoever runs the product, and says how many there are.
///
/// # Errors
/// When the database is away.
pub async fn report(ctx: &domain::Ctx) -> Result<usize> {
    let differences = ledger::check(ctx).await?;
    for difference in &differences {
        match difference {
            Difference::Balance { company, account, kept, sum } => tracing::error!(
                %company, %account, kept = kept.tiyin(), sum = sum.tiyin(), "a balance is not the sum of its postings"
            ),
            Difference::Entry { company, entry, sum } => {
                tracing::error!(%company, %entry, sum = sum.tiyin(), "the postings of an entry do not add up");
            }
            Difference::Reversal { company, entry } => {
                tracing::error!(%company, %entry, "a reversal is not the opposite of its entry");
            }
        }
    }
    if differences.is_empty() {
        tracing::info!("the ledger agrees with itself");
    }
    Ok(differences.len())
}
