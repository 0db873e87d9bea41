//! Residents hear that a month was charged.

use crate::Tools;
use anyhow::Result;
use domain::{billing, jobs::TellBills};

pub(crate) async fn tell(tools: &Tools, job: &TellBills) -> Result<()> {
    billing::tell(&tools.ctx, job).await?;
    Ok(())
}
