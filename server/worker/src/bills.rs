//! Residents hear that a month was charged.

use crate::{Tools, carried::Turn};
use anyhow::Result;
use domain::{billing, jobs::TellBills};

pub(crate) async fn tell(tools: &Tools, job: &TellBills, turn: Turn) -> Result<()> {
    let told = billing::tell(&tools.ctx, job).await;
    tools.settle(turn.job, told).await.map(drop)
}
