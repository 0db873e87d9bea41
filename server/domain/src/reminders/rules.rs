//! The ladder of a company.

use crate::{Actor, Ctx, Result, Tx};
use model::{
    Code, Money, Permission as P,
    billing::{ReminderRules, SaveReminderRules},
    validate,
};

pub(super) async fn load(tx: &mut Tx) -> Result<ReminderRules> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select version, enabled, least_tiyin, skip_weekends, steps from reminder_rules where company_id = $1",
        company
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(ReminderRules::default()) };
    Ok(ReminderRules {
        version: row.version,
        enabled: row.enabled,
        least: Money::from_tiyin(row.least_tiyin),
        skip_weekends: row.skip_weekends,
        steps: serde_json::from_value(row.steps)?,
    })
}

/// The ladder as it is now; without steps while nobody has made one.
pub async fn rules(ctx: &Ctx, actor: &Actor) -> Result<ReminderRules> {
    actor.scope(P::DebtsManage)?;
    let mut tx = ctx.begin(actor).await?;
    load(&mut tx).await
}

/// Replaces the ladder. `version` is the one the editor saw, 0 while there was none.
///
/// # Errors
/// `conflict`; `invalid` on `/steps` and its parts.
pub async fn save_rules(ctx: &Ctx, actor: &Actor, version: i32, command: &SaveReminderRules) -> Result<ReminderRules> {
    let scope = actor.scope(P::DebtsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let before = load(&mut tx).await?;
    let saved = sqlx::query_scalar!(
        "insert into reminder_rules as r (company_id, enabled, least_tiyin, skip_weekends, steps) values ($1, $2, $3, $4, $5)
         on conflict (company_id) do update set enabled = $2, least_tiyin = $3, skip_weekends = $4, steps = $5, version = r.version + 1
         where r.version = $6 returning version",
        scope.company(),
        command.enabled,
        command.least.tiyin(),
        command.skip_weekends,
        serde_json::to_value(&command.steps)?,
        version
    )
    .fetch_optional(tx.conn())
    .await?;
    // Somebody else was first.
    if saved != Some(version + 1) {
        return Err(Code::Conflict.into());
    }
    let after = load(&mut tx).await?;
    let facts = |r: &ReminderRules| SaveReminderRules {
        enabled: r.enabled,
        least: r.least,
        skip_weekends: r.skip_weekends,
        steps: r.steps.clone(),
    };
    tx.record("reminder_rules.update", "reminder_rules", scope.company(), Some(&facts(&before)), Some(&facts(&after)))
        .await?;
    tx.commit().await?;
    Ok(after)
}
