//! Residents hear that a month was charged.

use crate::Tools;
use domain::{
    billing,
    jobs::{Job, TellBills},
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Task(TellBills);

impl TaskHandler for Task {
    const IDENTIFIER: &'static str = TellBills::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let tools = Tools::of(&job)?;
        let told = billing::tell(&tools.ctx, &self.0).await;
        tools.settle(&job, told).await.map(drop)
    }
}
