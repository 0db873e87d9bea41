//! Seals the audit soon after it is written, and checks the whole chain at night.

use crate::{Tools, schedule::Scheduled};
use anyhow::Result;
use domain::audit;
use model::operations::Schedule;

pub(crate) struct Seal;

impl Scheduled for Seal {
    const SCHEDULE: Schedule = Schedule::AuditSeal;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        Ok(Some(audit::seal(&tools.ctx).await?))
    }
}

pub(crate) struct Verify;

impl Scheduled for Verify {
    const SCHEDULE: Schedule = Schedule::AuditVerify;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        verify(tools).await?;
        Ok(None)
    }
}

/// The newest hash of each chain goes into the log: whoever rewrites the whole chain in the database has not
/// rewritten that.
async fn verify(tools: &Tools) -> Result<()> {
    audit::seal(&tools.ctx).await?;
    for chain in audit::verify(&tools.ctx).await? {
        let (company, sealed, head) = (chain.company, chain.sealed, chain.head.as_str());
        match &chain.broken {
            Some(broken) => tracing::error!(
                %company, seq = broken.seq, row = %broken.audit_id, how = broken.how, "the audit was tampered with"
            ),
            None if chain.waiting > 0 => {
                tracing::error!(%company, waiting = chain.waiting, "audit rows were not sealed");
            }
            None => tracing::info!(%company, sealed, head, "the audit is whole"),
        }
    }
    Ok(())
}
