//! Payments: what waited too long, and news for who paid.

use crate::{Tools, schedule::Scheduled};
use anyhow::Result;
use domain::{
    Actor,
    jobs::{ClickReceipt, ClickRefund, Job, MatchStatement, NotifyPayment},
    payments,
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use model::{Code, operations::Schedule};
use serde::{Deserialize, Serialize};

pub(crate) struct Tick;

impl Scheduled for Tick {
    const SCHEDULE: Schedule = Schedule::PaymentsTick;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        let moved = payments::sweep(&tools.ctx).await?;
        if moved > 0 {
            tracing::info!(moved, "payments and bills that waited too long");
        }
        Ok(Some(moved))
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
            let more = payments::bank::match_statement(&tools.ctx, &actor, id, LINES).await;
            let more = tools.settle(*job.job().id(), more).await?;
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

pub(crate) struct Look;

impl Scheduled for Look {
    const SCHEDULE: Schedule = Schedule::PaymentsLook;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        let ctx = &tools.ctx;
        // First what Click says: the look shows it. What fails keeps nothing after it from being done.
        let answers = payments::click::ask_hanging(ctx).await;
        let refunds = payments::click::resume_refunds(ctx).await;
        let receipts = payments::click::resume_receipts(ctx).await;
        let open = payments::reconcile::look_all(ctx).await;
        if let Ok(open @ 1..) = open {
            tracing::warn!(open, "payments that somebody has to look at");
        }
        let (answers, refunds, receipts) = (answers?, refunds?, receipts?);
        if answers + refunds + receipts > 0 {
            tracing::info!(answers, refunds, receipts, "Click was asked about payments");
        }
        Ok(u64::try_from(open?).ok())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Refund(ClickRefund);

impl TaskHandler for Refund {
    const IDENTIFIER: &'static str = ClickRefund::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        Ok::<(), anyhow::Error>(payments::click::work_on_refund(&Tools::of(&job)?.ctx, &self.0).await?)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Receipt(ClickReceipt);

impl TaskHandler for Receipt {
    const IDENTIFIER: &'static str = ClickReceipt::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        Ok::<(), anyhow::Error>(payments::click::work_on_receipt(&Tools::of(&job)?.ctx, &self.0).await?)
    }
}

pub(crate) async fn notify(tools: &Tools, job: &NotifyPayment) -> Result<()> {
    match payments::tell(&tools.ctx, &Actor::system(job.company_id), job.payment_id).await {
        // A payment that is gone is no news.
        Err(error) if error.code() == Code::NotFound => Ok(()),
        told => Ok(told?),
    }
}
