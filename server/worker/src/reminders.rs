//! Reminds of debts what is due today. Doing it twice on one day sends nothing twice.

use crate::{Tools, count, schedule::Scheduled};
use anyhow::Result;
use domain::reminders;
use model::operations::Schedule;

pub(crate) struct Run;

impl Scheduled for Run {
    const SCHEDULE: Schedule = Schedule::DebtReminders;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        let sent = reminders::run(&tools.ctx).await?;
        if sent > 0 {
            tracing::info!(sent, "accounts were reminded of their debts");
        }
        Ok(Some(count(sent)))
    }
}
