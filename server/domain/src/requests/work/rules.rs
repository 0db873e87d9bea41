//! The company's rules of field work: what proves it, and whether paid work waits.

use crate::{Actor, Ctx, Error, Result, Tx, error::word};
use model::{
    Code, Permission as P, validate,
    work::{Need, ProofRule, SaveWorkRules, WorkRules},
};
use serde::Serialize;
use std::collections::HashSet;

/// What the audit keeps.
#[derive(Serialize)]
struct Kept {
    proof: Vec<String>,
    paid_waits: bool,
}

impl Kept {
    fn of(rules: &[ProofRule], paid_waits: bool) -> Self {
        let line = |rule: &ProofRule| {
            let kind = rule.kind.map_or("*", |k| k.as_str());
            let category = rule.category.map_or("*", |c| c.as_str());
            let needs: Vec<&str> = rule.needs.iter().map(|n| n.as_str()).collect();
            format!("{kind}/{category}: {}", needs.join("+"))
        };
        Self { proof: rules.iter().map(line).collect(), paid_waits }
    }
}

/// The rules, for who sets them.
pub async fn rules(ctx: &Ctx, actor: &Actor) -> Result<WorkRules> {
    actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    load(&mut tx).await
}

/// Replaces the rules. `version` is the one the editor saw. Work that was reported before stays done.
///
/// # Errors
/// `conflict` when somebody changed them meanwhile; `invalid` on a rule that comes twice.
pub async fn save_rules(ctx: &Ctx, actor: &Actor, version: i32, command: &SaveWorkRules) -> Result<WorkRules> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let mut seen = HashSet::new();
    if let Some(i) = command.rules.iter().position(|rule| !seen.insert((rule.kind, rule.category))) {
        return Err(Error::field(&format!("/rules/{i}"), "twice"));
    }
    let mut tx = ctx.begin(actor).await?;
    sqlx::query!("insert into work_settings (company_id) values ($1) on conflict do nothing", scope.company())
        .execute(tx.conn())
        .await?;
    sqlx::query!("select company_id from work_settings where company_id = $1 for update", scope.company())
        .fetch_one(tx.conn())
        .await?;
    let old = load(&mut tx).await?;
    if old.version != version {
        return Err(Code::Conflict.into());
    }
    let (before, after) = (Kept::of(&old.rules, old.paid_waits), Kept::of(&command.rules, command.paid_waits));
    if tx.record("setting.update", "setting", scope.company(), Some(&before), Some(&after)).await? {
        write(&mut tx, command).await?;
    }
    let saved = load(&mut tx).await?;
    tx.commit().await?;
    Ok(saved)
}

async fn write(tx: &mut Tx, command: &SaveWorkRules) -> Result<()> {
    let company = tx.actor().company_id().0;
    sqlx::query!("delete from proof_rules where company_id = $1", company).execute(tx.conn()).await?;
    for (position, rule) in (0_i32..).zip(&command.rules) {
        let needs: Vec<String> =
            Need::ALL.iter().filter(|n| rule.needs.contains(n)).map(|n| n.as_str().to_owned()).collect();
        sqlx::query!(
            "insert into proof_rules (company_id, position, kind, category, needs) values ($1, $2, $3, $4, $5)",
            company,
            position,
            rule.kind.map(model::requests::Kind::as_str),
            rule.category.map(model::requests::Category::as_str),
            &needs
        )
        .execute(tx.conn())
        .await?;
    }
    sqlx::query!(
        "update work_settings set paid_waits = $2, version = version + 1 where company_id = $1",
        company,
        command.paid_waits
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn load(tx: &mut Tx) -> Result<WorkRules> {
    let company = tx.actor().company_id().0;
    let settings = sqlx::query!("select version, paid_waits from work_settings where company_id = $1", company)
        .fetch_optional(tx.conn())
        .await?;
    let rules =
        sqlx::query!("select kind, category, needs from proof_rules where company_id = $1 order by position", company)
            .fetch_all(tx.conn())
            .await?
            .into_iter()
            .map(|row| {
                Ok(ProofRule {
                    kind: row.kind.as_deref().map(word).transpose()?,
                    category: row.category.as_deref().map(word).transpose()?,
                    needs: row.needs.iter().map(|n| word(n)).collect::<Result<_>>()?,
                })
            })
            .collect::<Result<_>>()?;
    let (version, paid_waits) = settings.map_or((1, false), |s| (s.version, s.paid_waits));
    Ok(WorkRules { version, rules, paid_waits })
}
