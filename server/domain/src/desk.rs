//! The frame of the desk: what stands behind the lines of its side bar.

use crate::{Actor, Ctx, Result, access, outages, payments::bank, requests, settings};
use model::{Permission as P, desk::DeskCounts, outages::OutageCounts};

/// All counters of the frame at once: every open desk asks for them after every change.
///
/// # Errors
/// `forbidden` to who may not read requests.
pub async fn counts(ctx: &Ctx, actor: &Actor) -> Result<DeskCounts> {
    let may = |right| actor.role().can(right);
    Ok(DeskCounts {
        requests: requests::counts(ctx, actor).await?,
        outages: if may(P::OutagesRead) { outages::counts(ctx, actor).await? } else { OutageCounts::default() },
        applications: if may(P::ResidentsManage) { access::waiting(ctx, actor).await? } else { 0 },
        unmatched: if may(P::PaymentsRead) { bank::unmatched(ctx, actor).await?.waiting_count } else { 0 },
        first_steps: if may(P::SettingsManage) { settings::guide(ctx, actor).await?.left() } else { 0 },
    })
}
