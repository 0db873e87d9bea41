//! At night the ledger is compared with itself.

use crate::{Tools, count, schedule::Scheduled};
use anyhow::Result;
use domain::ledger::{self, Difference};
use model::operations::Schedule;

pub(crate) struct Check;

impl Scheduled for Check {
    const SCHEDULE: Schedule = Schedule::LedgerCheck;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        report(&tools.ctx).await.map(|differences| Some(count(differences)))
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
