//! What the company covers, and from whom.

use super::seal;
use crate::{Actor, Ctx, Result, Tx, jobs::SealPhones, settings};
use model::{
    Code, Permission as P, Role,
    people::{Privacy, PrivacyRules},
};

/// The company's rules, as its managers see them.
pub async fn privacy(ctx: &Ctx, actor: &Actor) -> Result<Privacy> {
    actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    load(&mut tx).await
}

async fn load(tx: &mut Tx) -> Result<Privacy> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select privacy_version, hide_phones, dispatchers_reveal from company_settings where company_id = $1",
        company
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map_or(Privacy { version: 1, rules: PrivacyRules::default() }, |row| Privacy {
        version: row.privacy_version,
        rules: PrivacyRules { hide_phones: row.hide_phones, dispatchers_reveal: row.dispatchers_reveal },
    }))
}

pub(super) async fn rules(tx: &mut Tx) -> Result<PrivacyRules> {
    Ok(load(tx).await?.rules)
}

/// Whether the company hides telephones.
pub(crate) async fn hides_phones(tx: &mut Tx) -> Result<bool> {
    Ok(rules(tx).await?.hide_phones)
}

/// Whether the caller may uncover secrets: by their role, or as a dispatcher of a company that lets them.
pub(super) async fn may_reveal(tx: &mut Tx) -> Result<bool> {
    let role = tx.actor().role();
    Ok(role.can(P::ResidentsReveal) || (role == Role::Dispatcher && rules(tx).await?.dispatchers_reveal))
}

/// Changes the rules. Telephones that are there are sealed, or opened again, by a job.
///
/// # Errors
/// `conflict` when somebody changed them meanwhile.
pub async fn save_privacy(ctx: &Ctx, actor: &Actor, version: i32, rules: &PrivacyRules) -> Result<Privacy> {
    let scope = actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    settings::own_row(&mut tx).await?;
    let old = load(&mut tx).await?;
    if old.version != version {
        return Err(Code::Conflict.into());
    }
    if tx.record("setting.update", "setting", scope.company(), Some(&old.rules), Some(rules)).await? {
        let now = tx.now();
        sqlx::query!(
            "update company_settings set hide_phones = $2, dispatchers_reveal = $3, privacy_version = privacy_version + 1,
               updated_at = $4 where company_id = $1",
            scope.company(),
            rules.hide_phones,
            rules.dispatchers_reveal,
            now
        )
        .execute(tx.conn())
        .await?;
        if old.rules.hide_phones != rules.hide_phones {
            tx.enqueue(&SealPhones { company_id: scope.company_id() }).await?;
        }
    }
    let saved = load(&mut tx).await?;
    tx.commit().await?;
    Ok(saved)
}

/// Brings all telephones of a company into the form its rules want, some at a time. Called by the job.
pub async fn apply(ctx: &Ctx, company: model::CompanyId) -> Result<u64> {
    let actor = Actor::system(company);
    let mut done = 0;
    loop {
        let mut tx = ctx.begin(&actor).await?;
        let hide = rules(&mut tx).await?.hide_phones;
        let count = seal::convert_phones(ctx, &mut tx, hide).await?;
        tx.commit().await?;
        done += count;
        if count == 0 {
            return Ok(done);
        }
    }
}
