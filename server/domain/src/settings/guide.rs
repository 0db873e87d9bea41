//! The first day of a company: what is done and what comes next, computed from what is there.

use super::own_row;
use crate::{Actor, Ctx, Result, audit::Entry};
use model::{Permission as P, settings::Guide};
use serde_json::json;

/// How far the company has come. Sample data counts for nothing: the guide is about the company's own.
pub async fn guide(ctx: &Ctx, actor: &Actor) -> Result<Guide> {
    let scope = actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let row = sqlx::query!(
        r#"select
             (select address is not null and phone is not null from companies where id = $1) as "profile!",
             exists(select from buildings b where b.company_id = $1
               and not exists (select from sample_rows s where s.company_id = $1 and s.kind = 'building' and s.id = b.id)) as "building!",
             exists(select from contacts c where c.company_id = $1
               and not exists (select from sample_rows s where s.company_id = $1 and s.kind = 'contact' and s.id = c.id)) as "people!",
             (select count(*) > 1 from (select from users where company_id = $1 and role <> 'resident' limit 2) staff)
               or exists(select from staff_invites where company_id = $1 and used_at is null and revoked_at is null) as "staff!",
             exists(select from requests r where r.company_id = $1
               and not exists (select from sample_rows s where s.company_id = $1 and s.kind = 'request' and s.id = r.id)) as "request!",
             exists(select from sample_rows where company_id = $1) as "sample!",
             exists(select from company_settings where company_id = $1 and guide_dismissed_at is not null) as "dismissed!""#,
        scope.company()
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Guide {
        profile: row.profile,
        building: row.building,
        people: row.people,
        staff: row.staff,
        request: row.request,
        sample: row.sample,
        dismissed: row.dismissed,
    })
}

/// Sends the guide away, or calls it back.
pub async fn dismiss_guide(ctx: &Ctx, actor: &Actor, dismissed: bool) -> Result<()> {
    let scope = actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    own_row(&mut tx).await?;
    let now = tx.now();
    let changed = sqlx::query!(
        "update company_settings set guide_dismissed_at = case when $2 then $3::timestamptz end
         where company_id = $1 and (guide_dismissed_at is not null) <> $2",
        scope.company(),
        dismissed,
        now
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if changed > 0 {
        let changes = json!({ "guide_dismissed": [!dismissed, dismissed] });
        let entry =
            Entry { action: "setting.update", object_type: "setting", object_id: Some(scope.company()), changes };
        tx.audit(entry).await?;
    }
    tx.commit().await
}
