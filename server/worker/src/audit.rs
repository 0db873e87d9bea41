//! Seals the audit soon after it is written, and checks the whole chain at night.

use crate::Tools;
use anyhow::Result;
use domain::audit;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Seal(serde_json::Value);

impl TaskHandler for Seal {
    const IDENTIFIER: &'static str = "audit_seal";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        audit::seal(&Tools::of(&job)?.ctx).await?;
        Result::<()>::Ok(())
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Verify(serde_json::Value);

impl TaskHandler for Verify {
    const IDENTIFIER: &'static str = "audit_verify";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        verify(&Tools::of(&job)?).await
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
