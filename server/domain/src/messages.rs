//! Messages to people: a delivery row with the change that causes it, one job each, texts made when sent.

use crate::{Ctx, Result, jobs};
use chrono::{DateTime, Utc};
use model::Lang;
use platform::ids::new_id;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

pub use model::people::Channel;

/// Which text to make; its words are in `i18n` (`messages.json`).
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    pub company_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub channel: Channel,
    /// A phone, an e-mail address or a chat id.
    pub address: &'a str,
    pub template: &'a str,
    pub lang: Lang,
    pub params: Value,
}

/// Queues a message inside the caller's transaction.
pub(crate) async fn queue(conn: &mut PgConnection, draft: Draft<'_>, now: DateTime<Utc>) -> Result<Uuid> {
    let id = new_id();
    sqlx::query!(
        "insert into deliveries (id, company_id, user_id, channel, address, template, lang, params, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        draft.company_id,
        draft.user_id,
        draft.channel.as_str(),
        draft.address,
        draft.template,
        draft.lang.code(),
        draft.params,
        now
    )
    .execute(&mut *conn)
    .await?;
    jobs::enqueue(conn, &jobs::Deliver { delivery_id: id }).await?;
    Ok(id)
}

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub id: Uuid,
    pub channel: Channel,
    pub address: String,
    pub template: String,
    pub lang: Lang,
    pub params: Value,
    pub state: String,
    pub created_at: DateTime<Utc>,
}

/// The message to send, unless it is done already.
pub async fn waiting(ctx: &Ctx, id: Uuid) -> Result<Option<Delivery>> {
    Ok(load(ctx, Some(id), 1).await?.into_iter().find(|d| d.state == "queued"))
}

/// The newest messages, for the outbox page of development.
pub async fn outbox(ctx: &Ctx) -> Result<Vec<Delivery>> {
    load(ctx, None, 100).await
}

async fn load(ctx: &Ctx, id: Option<Uuid>, limit: i64) -> Result<Vec<Delivery>> {
    let mut tx = ctx.db.begin_system("deliveries").await?;
    let rows = sqlx::query!(
        "select id, channel, address, template, lang, params, state, created_at from deliveries
         where $1::uuid is null or id = $1 order by created_at desc, id desc limit $2",
        id,
        limit
    )
    .fetch_all(&mut *tx)
    .await?;
    rows.into_iter()
        .map(|d| {
            Ok(Delivery {
                id: d.id,
                channel: crate::error::word(&d.channel)?,
                address: d.address,
                template: d.template,
                lang: Lang::parse(&d.lang).unwrap_or_default(),
                params: d.params,
                state: d.state,
                created_at: d.created_at,
            })
        })
        .collect()
}

/// How a delivery ended.
pub enum Outcome<'a> {
    Sent,
    /// No provider in development: shown on the outbox page.
    Captured,
    Failed(&'a str),
}

/// Records the end of a delivery.
pub async fn finish(ctx: &Ctx, id: Uuid, outcome: Outcome<'_>) -> Result<()> {
    let (state, error) = match outcome {
        Outcome::Sent => ("sent", None),
        Outcome::Captured => ("captured", None),
        Outcome::Failed(error) => ("failed", Some(error)),
    };
    let mut tx = ctx.db.begin_system("delivery outcome").await?;
    // What went out may hold codes and tokens; only a captured message still has to be shown.
    sqlx::query!(
        "update deliveries set state = $2, error = $3, done_at = $4,
           params = case when $2 = 'captured' then params else '{}' end where id = $1",
        id,
        state,
        error,
        ctx.clock.now()
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}
