//! Sending: a few hundred people a transaction, each of which also writes down how far it came.

use super::{
    audience,
    queries::{self, Core},
};
use crate::{
    Actor, Ctx, Error, Result, Tx,
    jobs::{self, SendNews},
    notices::{Notice, tell},
};
use chrono::TimeDelta;
use model::{
    CompanyId,
    news::NewsState,
    notices::{NoticeKind, NoticeObject},
};
use serde_json::json;

/// People told in one transaction.
pub const CHUNK: i64 = 500;

/// Tells everybody whose turn it is. Begun again after a crash it goes on where it stood.
///
/// # Errors
/// When the database did not do its part; the job is tried again.
pub async fn run(ctx: &Ctx, job: &SendNews) -> Result<()> {
    while step(ctx, job, CHUNK).await? {}
    Ok(())
}

/// Tells the next people; says whether there may be more.
///
/// # Errors
/// As [`run`].
pub async fn step(ctx: &Ctx, job: &SendNews, most: i64) -> Result<bool> {
    let mut tx = ctx.begin(&Actor::system(job.company_id)).await?;
    let core = queries::lock(&mut tx, job.news_id).await?;
    match (core.state, core.due_at) {
        (NewsState::Scheduled, Some(due)) if due <= tx.now() => begin(&mut tx, &core).await?,
        (NewsState::Scheduled, Some(due)) => {
            let wait = due - tx.now();
            jobs::enqueue_in(tx.conn(), job, wait).await?;
            tx.commit().await?;
            return Ok(false);
        }
        (NewsState::Sending, _) => {}
        _ => return Ok(false),
    }
    let over = core.facts.expires_at.is_some_and(|end| end <= tx.now());
    let people =
        if over { Vec::new() } else { audience::after(&mut tx, &core.facts.audience, core.told_till, most).await? };
    let Some(last) = people.last().map(|who| who.id()) else {
        end(&mut tx, &core).await?;
        tx.commit().await?;
        return Ok(false);
    };
    let notice = Notice {
        kind: NoticeKind::News,
        key: format!("news:{}", core.id),
        to: people,
        about: Some((NoticeObject::News, core.id.0)),
        facts: json!({ "texts": core.facts.texts }),
        urgent: core.facts.important,
        wish: None,
    };
    let told = i32::try_from(tell(&mut tx, &notice).await?.people).map_err(|e| Error::internal("news", e))?;
    let company = job.company_id.0;
    sqlx::query!(
        "update news set told = told + $3, told_till = $4, updated_at = $5 where company_id = $1 and id = $2",
        company,
        core.id.0,
        told,
        last,
        tx.now()
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(true)
}

async fn begin(tx: &mut Tx, core: &Core) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let people = audience::count(tx, &core.facts.audience).await?;
    let people = i32::try_from(people).map_err(|e| Error::internal("news", e))?;
    sqlx::query!(
        "update news set state = 'sending', started_at = $3, updated_at = $3, expected = $4 where company_id = $1 and id = $2",
        company,
        core.id.0,
        now,
        people
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn end(tx: &mut Tx, core: &Core) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update news set state = 'sent', sent_at = $3, version = version + 1 where company_id = $1 and id = $2",
        company,
        core.id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives out again what should long be on its way: a job may have used up its attempts. Says how many.
///
/// # Errors
/// When the database did not do its part.
pub async fn tick(ctx: &Ctx) -> Result<usize> {
    let late = ctx.clock.now() - TimeDelta::minutes(5);
    let mut tx = ctx.db.begin_system("news on their way").await?;
    let rows = sqlx::query!(
        "select company_id, id from news where state in ('scheduled', 'sending') and due_at < $1
           and updated_at < $1 order by due_at limit 100",
        late
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in &rows {
        let job = SendNews { company_id: CompanyId(row.company_id), news_id: row.id.into() };
        jobs::enqueue(&mut tx, &job).await?;
    }
    tx.commit().await?;
    Ok(rows.len())
}
