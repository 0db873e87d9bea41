//! Less to pay for one account.

use super::{maybe_name, money, tariffs::foreign};
use crate::{Actor, Ctx, Error, Result, Scope, Tx, ledger};
use model::{
    AccountId, Code, Permission as P, ReliefId,
    billing::{EndTariff, NewRelief, ReliefRow},
    validate,
};
use platform::ids::new_id;

/// The reliefs of an account, the newest first.
pub(super) async fn of(tx: &mut Tx, scope: &Scope, account: AccountId) -> Result<Vec<ReliefRow>> {
    let rows = sqlx::query!(
        r#"select r.id, r.service_id, s.name_ru as "ru?", s.name_uz as "uz?", s.name_en as "en?", r.percent_bp, r.sum_tiyin, r.since, r.until,
             r.reason, r.created_by_name
           from reliefs r left join services s on s.company_id = r.company_id and s.id = r.service_id
           where r.company_id = $1 and r.account_id = $2 order by r.since desc, r.id desc"#,
        scope.company(),
        account.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| ReliefRow {
            id: r.id.into(),
            service_id: r.service_id.map(Into::into),
            service: maybe_name(r.ru, r.uz, r.en),
            percent_bp: r.percent_bp,
            sum: money(r.sum_tiyin),
            since: r.since,
            until: r.until,
            reason: r.reason,
            author: r.created_by_name,
        })
        .collect())
}

/// Gives an account a relief from a month on.
///
/// # Errors
/// `invalid` on `/percent_bp` when neither or both of percentage and sum are given; `period_closed`.
pub async fn create_relief(ctx: &Ctx, actor: &Actor, account: AccountId, command: &NewRelief) -> Result<ReliefRow> {
    let scope = actor.scope(P::ChargesManage)?;
    validate::check(command)?;
    if command.percent_bp.is_some() == command.sum.is_some() {
        return Err(Error::field("/percent_bp", "required"));
    }
    let (since, until) = (ledger::month_of(command.since), command.until.map(ledger::month_of));
    if until.is_some_and(|until| until < since) {
        return Err(Error::field("/until", "out_of_range"));
    }
    let mut tx = ctx.begin(actor).await?;
    ledger::still_open(&mut tx, since).await?;
    let (id, now) = (ReliefId(new_id()), tx.now());
    sqlx::query!(
        "insert into reliefs (id, company_id, account_id, service_id, percent_bp, sum_tiyin, since, until, reason, created_at, created_by,
           created_by_name) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id.0,
        scope.company(),
        account.0,
        command.service_id.map(|s| s.0),
        command.percent_bp,
        command.sum.map(model::Money::tiyin),
        since,
        until,
        command.reason.trim(),
        now,
        actor.user_id().map(|u| u.0),
        actor.name()
    )
    .execute(tx.conn())
    .await
    .map_err(foreign)?;
    tx.record("account.relief", "account", account.0, None, Some(command)).await?;
    let row = of(&mut tx, &scope, account).await?.into_iter().find(|r| r.id == id).ok_or(Code::NotFound)?;
    tx.commit().await?;
    Ok(row)
}

/// Ends a relief. Months that were charged with it keep it.
///
/// # Errors
/// `invalid` on `/until` when a month from then on was charged with it, or that is before its beginning.
pub async fn end_relief(ctx: &Ctx, actor: &Actor, id: ReliefId, command: &EndTariff) -> Result<()> {
    let scope = actor.scope(P::ChargesManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let until = ledger::month_of(command.until);
    let known = sqlx::query!(
        r#"select r.account_id, r.since, r.until, (select max(l.period) from charge_lines l where l.company_id = $1 and l.account_id = r.account_id
             and l.relief_id = r.id and l.undone_at is null) as last
           from reliefs r where r.company_id = $1 and r.id = $2 for update of r"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if until < known.since || known.last.is_some_and(|last| until <= last) {
        return Err(Error::field("/until", "in_past"));
    }
    sqlx::query!("update reliefs set until = $3 where company_id = $1 and id = $2", scope.company(), id.0, until)
        .execute(tx.conn())
        .await?;
    let (before, after) = (serde_json::json!({ "until": known.until }), serde_json::json!({ "until": until }));
    tx.record("account.relief_end", "account", known.account_id, Some(&before), Some(&after)).await?;
    tx.commit().await
}
