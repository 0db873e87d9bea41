//! Editions of prices. What an edition says is never changed; the database refuses it.

use super::{maybe_word, services};
use crate::{Actor, Ctx, Error, Result, Scope, Tx, error::word, ledger};
use model::{
    Code, Money, Permission as P, TariffId,
    billing::{EndTariff, NewTariff, TariffBook, TariffRow},
    validate,
};
use platform::ids::new_id;

/// Services and all editions of their prices, the newest first.
pub async fn book(ctx: &Ctx, actor: &Actor) -> Result<TariffBook> {
    let scope = actor.scope(P::LedgerRead)?;
    let mut tx = ctx.begin(actor).await?;
    let services = services::all(&mut tx, &scope).await?;
    let tariffs = rows(&mut tx, &scope, None).await?;
    Ok(TariffBook { services, tariffs })
}

async fn rows(tx: &mut Tx, scope: &Scope, only: Option<TariffId>) -> Result<Vec<TariffRow>> {
    let rows = sqlx::query!(
        r#"select t.id, t.service_id, t.rule, t.share_by, t.price_tiyin, t.since, t.until, t.complex_id, c.name as "complex?", t.building_id,
             b.address as "address?", t.storeys_from, t.storeys_to, t.has_lift, t.created_by_name,
             exists (select from charge_lines l where l.company_id = t.company_id and l.tariff_id = t.id) as "used!"
           from tariffs t join services s on s.company_id = t.company_id and s.id = t.service_id
           left join complexes c on c.company_id = t.company_id and c.id = t.complex_id
           left join buildings b on b.company_id = t.company_id and b.id = t.building_id
           where t.company_id = $1 and s.archived_at is null and ($2::uuid is null or t.id = $2)
           order by t.since desc, t.created_at desc, t.id desc"#,
        scope.company(),
        only.map(|t| t.0)
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|t| {
            Ok(TariffRow {
                id: t.id.into(),
                service_id: t.service_id.into(),
                rule: word(&t.rule)?,
                share_by: maybe_word(t.share_by.as_deref())?,
                price: Money::from_tiyin(t.price_tiyin),
                since: t.since,
                until: t.until,
                complex_id: t.complex_id.map(Into::into),
                complex: t.complex,
                building_id: t.building_id.map(Into::into),
                address: t.address,
                storeys_from: t.storeys_from,
                storeys_to: t.storeys_to,
                has_lift: t.has_lift,
                author: t.created_by_name,
                used: t.used,
            })
        })
        .collect()
}

async fn one(tx: &mut Tx, scope: &Scope, id: TariffId) -> Result<TariffRow> {
    rows(tx, scope, Some(id)).await?.pop().ok_or_else(|| Code::NotFound.into())
}

/// Makes a new edition. It takes the place of an older one of the same scope from its first month on.
///
/// # Errors
/// `period_closed` when its first month is closed; `not_found` when service, complex or house are not the company's.
pub async fn create_tariff(ctx: &Ctx, actor: &Actor, command: &NewTariff) -> Result<TariffRow> {
    let scope = actor.scope(P::TariffsManage)?;
    validate::check(command)?;
    if command.complex_id.is_some() && command.building_id.is_some() {
        return Err(Error::field("/complex_id", "twice"));
    }
    let mut tx = ctx.begin(actor).await?;
    let since = ledger::month_of(command.since);
    ledger::still_open(&mut tx, since).await?;
    let (id, now) = (TariffId(new_id()), tx.now());
    let (user, author) = (actor.user_id().map(|u| u.0), actor.name());
    sqlx::query!(
        "insert into tariffs (id, company_id, service_id, rule, share_by, price_tiyin, since, complex_id, building_id, storeys_from,
           storeys_to, has_lift, created_at, created_by, created_by_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        id.0,
        scope.company(),
        command.service_id.0,
        command.rule.as_str(),
        command.share_by.map(model::billing::SharedBy::as_str),
        command.price.tiyin(),
        since,
        command.complex_id.map(|c| c.0),
        command.building_id.map(|b| b.0),
        command.storeys_from,
        command.storeys_to,
        command.has_lift,
        now,
        user,
        author
    )
    .execute(tx.conn())
    .await
    .map_err(foreign)?;
    tx.record("tariff.create", "tariff", id.0, None, Some(command)).await?;
    let row = one(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// A service, complex or house that is not there.
pub(crate) fn foreign(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(e) if e.is_foreign_key_violation() => Code::NotFound.into(),
        _ => error.into(),
    }
}

/// Ends an edition. Months that were charged by it keep it.
///
/// # Errors
/// `invalid` on `/until` when a month from then on was charged by it, or that is before its beginning.
pub async fn end_tariff(ctx: &Ctx, actor: &Actor, id: TariffId, command: &EndTariff) -> Result<TariffRow> {
    let scope = actor.scope(P::TariffsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let until = ledger::month_of(command.until);
    let known = sqlx::query!(
        r#"select t.since, (select max(l.period) from charge_lines l where l.company_id = $1 and l.tariff_id = t.id and l.undone_at is null) as last
           from tariffs t where t.company_id = $1 and t.id = $2 for update of t"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if until < known.since || known.last.is_some_and(|last| until <= last) {
        return Err(Error::field("/until", "in_past"));
    }
    let before = one(&mut tx, &scope, id).await?;
    sqlx::query!("update tariffs set until = $3 where company_id = $1 and id = $2", scope.company(), id.0, until)
        .execute(tx.conn())
        .await?;
    let after = one(&mut tx, &scope, id).await?;
    tx.record("tariff.end", "tariff", id.0, Some(&before), Some(&after)).await?;
    tx.commit().await?;
    Ok(after)
}
