//! Asks providers how text messages went that nobody reported.

use crate::{Tools, count, schedule::Scheduled};
use anyhow::Result;
use model::operations::Schedule;

pub(crate) struct Look;

impl Scheduled for Look {
    const SCHEDULE: Schedule = Schedule::SmsLook;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        let ended = domain::sms::look(&tools.ctx).await?;
        if ended > 0 {
            tracing::info!(ended, "text messages whose report was lost");
        }
        Ok(Some(count(ended)))
    }
}
