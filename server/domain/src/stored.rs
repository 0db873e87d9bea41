//! The file store beside the database: files that nothing names, and names without a file.

use crate::{Ctx, Error, Result, jobs::DiscardFiles};
use chrono::TimeDelta;
use model::CompanyId;
use platform::blobs::BlobError;
use std::collections::HashMap;

/// A file is stored before its row: one that nothing names may be on its way.
const YOUNG: TimeDelta = TimeDelta::days(1);

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Files in the folders of the companies.
    pub files: u64,
    /// Their keys that nothing in the database names, and that are older than a day.
    pub strays: Vec<String>,
    /// Keys that the database names and the store does not hold.
    pub missing: Vec<String>,
}

fn store(error: BlobError) -> Error {
    Error::internal("blob store", error)
}

/// Removes what processes that ended left half written on the disk; how many files there were.
pub async fn sweep_drafts(ctx: &Ctx) -> Result<u64> {
    ctx.blobs.sweep_drafts(ctx.clock.now() - YOUNG).await.map_err(store)
}

/// Deletes strays that somebody has looked at; how many.
pub async fn remove(ctx: &Ctx, strays: &[String]) -> Result<u64> {
    let mut gone = 0;
    for key in strays {
        ctx.blobs.delete(key).await.map_err(store)?;
        gone += 1;
    }
    Ok(gone)
}

/// Deletes files that a change has left without a row. Photos of the demo share theirs: what another row names stays.
pub async fn discard(ctx: &Ctx, job: &DiscardFiles) -> Result<()> {
    let mut tx = ctx.db.begin_system("files that lost their row").await?;
    let gone = sqlx::query_scalar!(
        r#"select k.key as "key!" from unnest($2::text[]) k(key)
           where not exists (select from files f where f.company_id = $1 and (f.blob_key = k.key or f.thumb_key = k.key))"#,
        job.company_id.0,
        &job.keys
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    remove(ctx, &gone).await.map(|_| ())
}

/// Looks through both, company by company. Changes nothing.
pub async fn compare(ctx: &Ctx) -> Result<Compared> {
    let mut tx = ctx.db.begin_system("the file store beside the database").await?;
    let companies = sqlx::query_scalar!("select id from companies order by id").fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let mut all = Compared::default();
    for company in companies {
        of_company(ctx, CompanyId(company), &mut all).await?;
    }
    Ok(all)
}

async fn of_company(ctx: &Ctx, company: CompanyId, all: &mut Compared) -> Result<()> {
    let before = ctx.clock.now() - YOUNG;
    let mut named = named(ctx, company).await?;
    let (folder, mut last) = (format!("{company}/"), String::new());
    loop {
        let page = ctx.blobs.list(&folder, &last).await.map_err(store)?;
        let Some(end) = page.last() else { break };
        last.clone_from(&end.key);
        for file in page {
            all.files += 1;
            if named.remove(&file.key).is_none() && file.modified < before {
                all.strays.push(file.key);
            }
        }
    }
    let mut missing: Vec<String> = named.into_iter().filter(|(_, must)| *must).map(|(key, _)| key).collect();
    if missing.is_empty() {
        return Ok(());
    }
    // While we looked, rows may have gone with their files.
    let still = self::named(ctx, company).await?;
    missing.retain(|key| still.contains_key(key));
    missing.sort_unstable();
    for key in missing {
        if ctx.blobs.size(&key).await.map_err(store)?.is_none() {
            all.missing.push(key);
        }
    }
    Ok(())
}

/// Every key that a row of the company names, and whether its file must be there: of an upload it may not have come yet.
async fn named(ctx: &Ctx, company: CompanyId) -> Result<HashMap<String, bool>> {
    let mut tx = ctx.db.begin_system("the keys of stored files").await?;
    let rows = sqlx::query!(
        r#"select k.key as "key!", bool_or(k.must) as "must!" from (
             select blob_key as key, true as must from files where company_id = $1
             union all select thumb_key, true from files where company_id = $1
             union all select blob_key, true from documents where company_id = $1
             union all select blob_key, true from imports where company_id = $1
             union all select result_key, true from tasks where company_id = $1 and result_key is not null
             union all select blob_key, false from uploads where company_id = $1
           ) k group by k.key"#,
        company.0
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(|row| (row.key, row.must)).collect())
}
