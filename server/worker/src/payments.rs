//! Payments: what waited too long, and news for who paid.

use crate::Tools;
use anyhow::Result;
use domain::{
    Actor,
    jobs::{Job, MatchStatement, NotifyPayment},
    payments,
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use model::Code;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Tick(serde_json::Value);

impl TaskHandler for Tick {
    const IDENTIFIER: &'static str = "payments_tick";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let moved = payments::sweep(&Tools::of(&job)?.ctx).await?;
        if moved > 0 {
            tracing::info!(moved, "payments and bills that waited too long");
        }
        Result::<()>::Ok(())
    }
}

/// Lines given between two looks at the statement.
const LINES: usize = 2_000;

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Match(MatchStatement);

impl TaskHandler for Match {
    const IDENTIFIER: &'static str = MatchStatement::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let (tools, id) = (Tools::of(&job)?, self.0.statement_id);
        let actor = Actor::system(self.0.company_id);
        let mut given = 0;
        loop {
            let more = payments::bank::match_statement(&tools.ctx, &actor, id, LINES).await?;
            given += more;
            if more < LINES {
                break;
            }
        }
        if given > 0 {
            tracing::info!(%id, given, "lines of a statement given to their accounts");
        }
        Result::<()>::Ok(())
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Look(serde_json::Value);

impl TaskHandler for Look {
    const IDENTIFIER: &'static str = "payments_look";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let open = payments::reconcile::look_all(&Tools::of(&job)?.ctx).await?;
        if open > 0 {
            tracing::warn!(open, "payments that somebody has to look at");
        }
        Result::<()>::Ok(())
    }
}

pub(crate) async fn notify(tools: &Tools, job: &NotifyPayment) -> Result<()> {
    match payments::tell(&tools.ctx, &Actor::system(job.company_id), job.payment_id).await {
        // A payment that is gone is no news.
        Err(error) if error.code() == Code::NotFound => Ok(()),
        told => Ok(told?),
    }
}
