//! What time does to payments, every minute.

use super::{click, payme};
use crate::{Ctx, Result};

/// Transactions cancelled in one run; the next minute takes the rest.
const MOST: i64 = 500;

/// Cancels transactions of Payme that waited twelve hours and frees bills. Says how many of both.
pub async fn sweep(ctx: &Ctx) -> Result<u64> {
    let expired = payme::expire_due(ctx, MOST).await?;
    let freed = click::release_due(ctx).await?;
    Ok(freed.saturating_add(u64::try_from(expired).unwrap_or(u64::MAX)))
}
