//! Payments: what waited too long, and news for who paid.

use crate::Tools;
use anyhow::Result;
use domain::{
    Actor,
    jobs::{Job, NotifyPayment},
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

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Notify(NotifyPayment);

impl TaskHandler for Notify {
    const IDENTIFIER: &'static str = NotifyPayment::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let told = payments::tell(&Tools::of(&job)?.ctx, &Actor::system(self.0.company_id), self.0.payment_id).await;
        match told {
            // A payment that is gone is no news.
            Err(error) if error.code() == Code::NotFound => Result::<()>::Ok(()),
            told => Ok(told?),
        }
    }
}
