//! Kinds of jobs that either carrier may run: short, idempotent, with nothing but the database behind them. Work that
//! reads files of this machine or holds a lease of its own (`tasks`, statements) stays with PostgreSQL.

use crate::{Tools, assign, bills, deliver, outages, payments};
use anyhow::{Context, Result};
use domain::jobs::{AssignNew, Deliver, DetectOutage, Job, NotifyPayment, TellBills};
use futures::future::{BoxFuture, FutureExt};
use graphile_worker::{IntoTaskHandlerResult, JobDefinition, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::future::Future;

/// Which job it is, and whether another attempt follows this one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub job: i64,
    pub last: bool,
}

/// A job that does not ask who brought it.
pub(crate) trait Carried: Job {
    fn run(self, tools: Tools, turn: Turn) -> impl Future<Output = Result<()>> + Send;
}

impl Carried for Deliver {
    async fn run(self, tools: Tools, turn: Turn) -> Result<()> {
        deliver::deliver(&tools, &self, turn.last).await
    }
}

impl Carried for TellBills {
    async fn run(self, tools: Tools, turn: Turn) -> Result<()> {
        bills::tell(&tools, &self, turn).await
    }
}

impl Carried for AssignNew {
    async fn run(self, tools: Tools, _turn: Turn) -> Result<()> {
        assign::assign(&tools, &self).await
    }
}

impl Carried for DetectOutage {
    async fn run(self, tools: Tools, turn: Turn) -> Result<()> {
        outages::detect(&tools, &self, turn).await
    }
}

impl Carried for NotifyPayment {
    async fn run(self, tools: Tools, _turn: Turn) -> Result<()> {
        payments::notify(&tools, &self).await
    }
}

/// One kind, for both carriers.
pub(crate) struct Kind {
    pub name: &'static str,
    /// From a payload that a broker's message pointed to.
    pub run: fn(Tools, Value, Turn) -> BoxFuture<'static, Result<()>>,
    /// For graphile_worker.
    pub definition: fn() -> JobDefinition,
}

/// All of them.
pub(crate) const KINDS: [Kind; 5] =
    [kind::<Deliver>(), kind::<TellBills>(), kind::<AssignNew>(), kind::<DetectOutage>(), kind::<NotifyPayment>()];

const fn kind<J: Carried>() -> Kind {
    Kind { name: J::NAME, run: run::<J>, definition: Direct::<J>::definition }
}

fn run<J: Carried>(tools: Tools, payload: Value, turn: Turn) -> BoxFuture<'static, Result<()>> {
    async move {
        let job: J = serde_json::from_value(payload).context("the payload of a job has another shape")?;
        job.run(tools, turn).await
    }
    .boxed()
}

/// The same job, run straight from PostgreSQL.
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound = "J: Job")]
struct Direct<J>(J);

impl<J: Carried> TaskHandler for Direct<J> {
    const IDENTIFIER: &'static str = J::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let tools = Tools::of(&job)?;
        let job = job.job();
        self.0.run(tools, Turn { job: *job.id(), last: job.attempts() >= job.max_attempts() }).await
    }
}
