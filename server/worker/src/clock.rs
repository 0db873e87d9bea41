//! Each minute: what time alone brings about in requests.

use crate::{Tools, count, schedule::Scheduled};
use anyhow::Result;
use domain::deadlines;
use model::operations::Schedule;

/// Work that was put off comes back, unrated work closes, deadlines are told of.
pub(crate) struct Tick;

impl Scheduled for Tick {
    const SCHEDULE: Schedule = Schedule::DeadlinesTick;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        tick(tools).await.map(Some)
    }
}

async fn tick(tools: &Tools) -> Result<u64> {
    let done = deadlines::tick(&tools.ctx).await?;
    if done != deadlines::Ticked::default() {
        tracing::info!(?done, "requests whose time had come");
    }
    Ok(count(done.returned + done.closed + done.told))
}
