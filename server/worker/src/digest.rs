//! The figures of yesterday for managers. Doing it twice on one morning tells nobody twice.

use crate::{Tools, schedule::Scheduled};
use anyhow::Result;
use model::operations::Schedule;

pub(crate) struct Morning;

impl Scheduled for Morning {
    const SCHEDULE: Schedule = Schedule::MorningDigest;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        Ok(Some(domain::digest::run(&tools.ctx).await?))
    }
}
