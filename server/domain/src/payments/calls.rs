//! Calls of providers as they came. Stored before they are worked on, in a transaction of their own that does not wait
//! for the disk: the log is written in order, so a step that reached the disk has its call before it.

use super::Kassa;
use crate::{Ctx, Result, Tx};
use platform::ids::new_id;
use serde_json::Value;
use uuid::Uuid;

/// Keeps a call. Headers are not kept: they hold the key.
pub(super) async fn store(ctx: &Ctx, kassa: &Kassa, body: &[u8]) -> Result<Uuid> {
    let id = new_id();
    let mut tx = ctx.db.begin_tenant_lazily(kassa.company_id.0).await?;
    sqlx::query!(
        "insert into provider_calls (id, company_id, kassa_id, at, body) values ($1, $2, $3, $4, $5)",
        id,
        kassa.company_id.0,
        kassa.id.0,
        ctx.clock.now(),
        body
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// Keeps what was answered, with the step itself.
pub(super) async fn answered(tx: &mut Tx, call: Uuid, answer: &Value) -> Result<()> {
    let now = tx.now();
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "update provider_calls set answer = $3, answered_at = $4 where company_id = $1 and id = $2",
        company,
        call,
        answer,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Keeps the answer to a call whose step was undone. That this fails, too, changes nothing for the provider.
pub(super) async fn failed(ctx: &Ctx, kassa: &Kassa, call: Uuid, answer: &Value) {
    let kept = async {
        let mut tx = ctx.db.begin_tenant_lazily(kassa.company_id.0).await?;
        sqlx::query!(
            "update provider_calls set answer = $3, answered_at = $4 where company_id = $1 and id = $2",
            kassa.company_id.0,
            call,
            answer,
            ctx.clock.now()
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Result::<()>::Ok(())
    };
    if let Err(error) = kept.await {
        tracing::warn!(%error, "the answer to a provider could not be kept");
    }
}
