//! What the company decided about its bills; without a decision the usual.

use crate::{Actor, Ctx, Error, Result, Tx, penalties};
use model::{
    Code, Money, Permission as P,
    billing::{BillingRules, BillingSettings, SaveBillingRules},
    validate,
};

/// The usual day of the next month by which to pay.
const DUE_DAY: i16 = 15;
/// The usual change of an account that a look warns of, in percent.
const WARN_PERCENT: i16 = 30;
/// The usual sum over which a second person decides: a million soʻm.
const APPROVE_OVER: Money = Money::from_tiyin(100_000_000);

/// The rules as they are now.
pub(crate) async fn load(tx: &mut Tx) -> Result<BillingRules> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select version, due_day, warn_percent, approve_over_tiyin from billing_rules where company_id = $1",
        company
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map_or(
        BillingRules { version: 0, due_day: DUE_DAY, warn_percent: WARN_PERCENT, approve_over: APPROVE_OVER },
        |r| BillingRules {
            version: r.version,
            due_day: r.due_day,
            warn_percent: r.warn_percent,
            approve_over: Money::from_tiyin(r.approve_over_tiyin),
        },
    ))
}

/// The rules with all editions of what paying late costs.
pub async fn rules(ctx: &Ctx, actor: &Actor) -> Result<BillingSettings> {
    let scope = actor.scope(P::TariffsManage)?;
    let mut tx = ctx.begin(actor).await?;
    penalties::settings(&mut tx, &scope).await
}

/// Replaces the rules. `version` is the one the editor saw, 0 while there was none.
///
/// # Errors
/// `conflict`; `invalid` on `/due_day` (`after_penalty`) when a penalty would begin before the bill is due.
pub async fn save_rules(ctx: &Ctx, actor: &Actor, version: i32, command: &SaveBillingRules) -> Result<BillingSettings> {
    let scope = actor.scope(P::TariffsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let before = load(&mut tx).await?;
    if before.version != version {
        return Err(Code::Conflict.into());
    }
    if penalties::earliest_due_day(&mut tx).await?.is_some_and(|day| day < command.due_day) {
        return Err(Error::field("/due_day", "after_penalty"));
    }
    let saved = sqlx::query!(
        "insert into billing_rules as r (company_id, due_day, warn_percent, approve_over_tiyin) values ($1, $2, $3, $4)
         on conflict (company_id) do update set due_day = $2, warn_percent = $3, approve_over_tiyin = $4, version = r.version + 1
         where r.version = $5",
        scope.company(),
        command.due_day,
        command.warn_percent,
        command.approve_over.tiyin(),
        version
    )
    .execute(tx.conn())
    .await?;
    // Somebody else was first: at the first save as well as at a later one.
    if saved.rows_affected() == 0 {
        return Err(Code::Conflict.into());
    }
    let after = load(&mut tx).await?;
    if after.version != version + 1 {
        return Err(Code::Conflict.into());
    }
    let facts = |r: BillingRules| SaveBillingRules {
        due_day: r.due_day,
        warn_percent: r.warn_percent,
        approve_over: r.approve_over,
    };
    tx.record("billing_rules.update", "billing_rules", scope.company(), Some(&facts(before)), Some(&facts(after)))
        .await?;
    let settings = penalties::settings(&mut tx, &scope).await?;
    tx.commit().await?;
    Ok(settings)
}
