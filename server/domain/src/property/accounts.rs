//! Personal accounts (лицевые счета): opened, closed, never deleted; and the rule that makes their numbers.

use super::{after, buildings::in_care, escaped, taken, units};
use crate::{Actor, Ctx, Error, Result, Scope, Tx, paging};
use chrono::NaiveDate;
use model::{
    AccountId, BuildingId, Code, Page, Permission as P, UnitId,
    property::{
        AccountFacts, AccountFilter, AccountRow, AccountRule, AccountRuleFacts, AccountTemplate, Counter, Generated,
        OpenAccount,
    },
    validate,
};
use platform::ids::new_id;
use serde::Serialize;
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use std::collections::HashSet;
use uuid::Uuid;

const UNIQUE: [(&str, &str); 1] = [("personal_accounts_company_id_number_key", "/number")];
const SELECT: &str = "select a.id, a.version, a.unit_id, b.address || ', №' || u.number as address, a.number, a.opened_on, a.closed_on \
     from personal_accounts a join units u on u.company_id = a.company_id and u.id = a.unit_id \
     join buildings b on b.company_id = u.company_id and b.id = u.building_id where a.company_id = ";

fn read(row: &PgRow) -> Result<AccountRow> {
    Ok(AccountRow {
        id: row.try_get::<Uuid, _>("id")?.into(),
        version: row.try_get("version")?,
        unit_id: row.try_get::<Uuid, _>("unit_id")?.into(),
        address: row.try_get("address")?,
        number: row.try_get("number")?,
        opened_on: row.try_get("opened_on")?,
        closed_on: row.try_get("closed_on")?,
    })
}

/// A page of accounts by number.
///
/// # Errors
/// `invalid` on a cursor that is not ours or a limit outside 1–100.
pub async fn accounts(ctx: &Ctx, actor: &Actor, filter: &AccountFilter) -> Result<Page<AccountRow>> {
    let scope = actor.scope(P::ResidentsRead)?;
    let limit = paging::limit(filter.limit, 50, 100)?;
    let cursor = after(filter.cursor.as_deref())?;
    let mut tx = ctx.begin(actor).await?;
    let mut sql = QueryBuilder::<Postgres>::new(SELECT);
    sql.push_bind(scope.company());
    if let Some(id) = filter.unit_id {
        sql.push(" and a.unit_id = ").push_bind(id.0);
    }
    if let Some(id) = filter.building_id {
        sql.push(" and u.building_id = ").push_bind(id.0);
    }
    if let Some(number) = filter.number.as_deref().map(str::trim).filter(|n| !n.is_empty()) {
        sql.push(" and a.number like ").push_bind(format!("{}%", escaped(number)));
    }
    if filter.open {
        sql.push(" and a.closed_on is null");
    }
    if let Some(last) = cursor {
        sql.push(" and a.number > (select l.number from personal_accounts l where l.company_id = ");
        sql.push_bind(scope.company()).push(" and l.id = ").push_bind(last).push(")");
    }
    sql.push(" order by a.number limit ").push_bind(paging::and_one(limit));
    let items = sql.build().fetch_all(tx.conn()).await?.iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(paging::cut(items, limit, |a| a.id.to_string()))
}

/// One account.
pub async fn account(ctx: &Ctx, actor: &Actor, id: AccountId) -> Result<AccountRow> {
    let scope = actor.scope(P::ResidentsRead)?;
    let mut tx = ctx.begin(actor).await?;
    one(&mut tx, &scope, id).await
}

/// The accounts of a unit: the open one first, then the closed ones, the newest first.
pub(super) async fn of_unit(tx: &mut Tx, scope: &Scope, unit: UnitId) -> Result<Vec<AccountRow>> {
    let mut sql = QueryBuilder::<Postgres>::new(SELECT);
    sql.push_bind(scope.company()).push(" and a.unit_id = ").push_bind(unit.0);
    sql.push(" order by a.closed_on is null desc, a.closed_on desc, a.opened_on desc, a.id desc");
    sql.build().fetch_all(tx.conn()).await?.iter().map(read).collect()
}

async fn one(tx: &mut Tx, scope: &Scope, id: AccountId) -> Result<AccountRow> {
    let mut sql = QueryBuilder::<Postgres>::new(SELECT);
    sql.push_bind(scope.company()).push(" and a.id = ").push_bind(id.0);
    read(&sql.build().fetch_one(tx.conn()).await?)
}

/// What the audit keeps of an account.
#[derive(Serialize)]
struct Kept<'a> {
    unit_id: UnitId,
    number: &'a str,
    opened_on: NaiveDate,
    closed_on: Option<NaiveDate>,
}

impl<'a> From<&'a AccountRow> for Kept<'a> {
    fn from(row: &'a AccountRow) -> Self {
        Self { unit_id: row.unit_id, number: &row.number, opened_on: row.opened_on, closed_on: row.closed_on }
    }
}

/// The day it is where the company is.
pub(crate) async fn today(tx: &mut Tx) -> Result<NaiveDate> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let day = sqlx::query_scalar!(
        r#"select ($2::timestamptz at time zone time_zone)::date as "day!" from companies where id = $1"#,
        company,
        now
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(day)
}

/// Opens an account for a unit; with `replace` it takes the place of the open one, as on a change of owner.
///
/// # Errors
/// `invalid` on `/number` when another account has it, on `/replace` (`account_open`) when one is open and shall stay,
/// on `/opened_on` when the one to close was opened later.
pub async fn open_account(ctx: &Ctx, actor: &Actor, unit: UnitId, command: &OpenAccount) -> Result<AccountRow> {
    let scope = actor.scope(P::BuildingsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let known = units::lock(&mut tx, &scope, unit, None).await?;
    in_care(&mut tx, &scope, known.building_id).await?;
    if known.archived {
        return Err(Error::field("/unit_id", "archived"));
    }
    let opened_on = match command.opened_on {
        Some(day) => day,
        None => today(&mut tx).await?,
    };
    for open in of_unit(&mut tx, &scope, unit).await?.into_iter().filter(|a| a.closed_on.is_none()) {
        if !command.replace {
            return Err(Error::field("/replace", "account_open"));
        }
        if open.opened_on > opened_on {
            return Err(Error::field("/opened_on", "before_opening"));
        }
        let facts = AccountFacts { number: open.number.clone(), opened_on: open.opened_on, closed_on: Some(opened_on) };
        write(&mut tx, &scope, &open, &facts, "account.close").await?;
    }
    let number = match &command.number {
        Some(number) => number.trim().to_owned(),
        None => {
            let rule = lock_rule(&mut tx, &scope).await?;
            numbers(&mut tx, &scope, &rule, &[Wanted { building: known.building_id, unit: &known.facts.number }])
                .await?
                .remove(0)
        }
    };
    let id = AccountId(new_id());
    insert(&mut tx, &scope, &[id.0], &[unit.0], &[number], opened_on).await?;
    let row = one(&mut tx, &scope, id).await?;
    tx.record("account.open", "account", id.0, None, Some(&Kept::from(&row))).await?;
    tx.commit().await?;
    Ok(row)
}

async fn insert(
    tx: &mut Tx,
    scope: &Scope,
    ids: &[Uuid],
    units: &[Uuid],
    numbers: &[String],
    opened_on: NaiveDate,
) -> Result<()> {
    sqlx::query!(
        "insert into personal_accounts (id, company_id, unit_id, number, opened_on)
         select n.id, $1, n.unit_id, n.number, $5 from unnest($2::uuid[], $3::uuid[], $4::text[]) as n(id, unit_id, number)",
        scope.company(),
        ids,
        units,
        numbers,
        opened_on
    )
    .execute(tx.conn())
    .await
    .map_err(|e| taken(e, &UNIQUE))?;
    Ok(())
}

/// Corrects an account, closes it (`closed_on`) or opens it again.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` on `/number` when another account has it, on `/closed_on`
/// when that is before it was opened.
pub async fn correct_account(
    ctx: &Ctx,
    actor: &Actor,
    id: AccountId,
    version: i32,
    command: &AccountFacts,
) -> Result<AccountRow> {
    let scope = actor.scope(P::BuildingsManage)?;
    validate::check(command)?;
    if command.closed_on.is_some_and(|day| day < command.opened_on) {
        return Err(Error::field("/closed_on", "before_opening"));
    }
    let mut tx = ctx.begin(actor).await?;
    let unit = sqlx::query_scalar!(
        "select unit_id from personal_accounts where company_id = $1 and id = $2",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    // The unit is the lock of all its accounts: two of them never open at the same time.
    units::lock(&mut tx, &scope, unit.into(), None).await?;
    let known = one(&mut tx, &scope, id).await?;
    if known.version != version {
        return Err(Code::Conflict.into());
    }
    if command.closed_on.is_none()
        && of_unit(&mut tx, &scope, unit.into()).await?.iter().any(|a| a.id != id && a.closed_on.is_none())
    {
        return Err(Error::field("/closed_on", "account_open"));
    }
    let facts = AccountFacts { number: command.number.trim().to_owned(), ..command.clone() };
    let action = match (known.closed_on, facts.closed_on) {
        (None, Some(_)) => "account.close",
        (Some(_), None) => "account.reopen",
        _ => "account.update",
    };
    write(&mut tx, &scope, &known, &facts, action).await?;
    let row = one(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(row)
}

async fn write(tx: &mut Tx, scope: &Scope, known: &AccountRow, facts: &AccountFacts, action: &str) -> Result<()> {
    let after =
        Kept { unit_id: known.unit_id, number: &facts.number, opened_on: facts.opened_on, closed_on: facts.closed_on };
    if tx.record(action, "account", known.id.0, Some(&Kept::from(known)), Some(&after)).await? {
        sqlx::query!(
            "update personal_accounts set number = $3, opened_on = $4, closed_on = $5, version = version + 1
             where company_id = $1 and id = $2",
            scope.company(),
            known.id.0,
            facts.number,
            facts.opened_on,
            facts.closed_on
        )
        .execute(tx.conn())
        .await
        .map_err(|e| taken(e, &UNIQUE))?;
    }
    Ok(())
}

/// Opens an account for every flat, apartment and shop of a house that has none.
pub async fn generate_accounts(ctx: &Ctx, actor: &Actor, building: BuildingId) -> Result<Generated> {
    let scope = actor.scope(P::BuildingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    in_care(&mut tx, &scope, building).await?;
    let rule = lock_rule(&mut tx, &scope).await?;
    let units = sqlx::query!(
        "select u.id, u.number from units u where u.company_id = $1 and u.building_id = $2 and u.archived_at is null
           and u.kind in ('flat', 'apartment', 'shop') and not exists (select from personal_accounts a
             where a.company_id = u.company_id and a.unit_id = u.id and a.closed_on is null)
         order by u.kind, u.sort_key, u.id for update of u",
        scope.company(),
        building.0
    )
    .fetch_all(tx.conn())
    .await?;
    let wanted: Vec<Wanted<'_>> = units.iter().map(|u| Wanted { building, unit: &u.number }).collect();
    let numbers = numbers(&mut tx, &scope, &rule, &wanted).await?;
    let ids: Vec<Uuid> = units.iter().map(|_| new_id()).collect();
    let of: Vec<Uuid> = units.iter().map(|u| u.id).collect();
    let opened_on = today(&mut tx).await?;
    insert(&mut tx, &scope, &ids, &of, &numbers, opened_on).await?;
    for ((id, unit), number) in ids.iter().zip(&of).zip(&numbers) {
        let kept = Kept { unit_id: (*unit).into(), number, opened_on, closed_on: None };
        tx.record("account.open", "account", *id, None, Some(&kept)).await?;
    }
    tx.commit().await?;
    Ok(Generated { count: i32::try_from(ids.len()).unwrap_or(i32::MAX) })
}

/// A unit that needs a number.
struct Wanted<'a> {
    building: BuildingId,
    unit: &'a str,
}

/// The rule while it is locked: numbers are given out one company at a time.
struct Rule {
    template: AccountTemplate,
    last_seq: i64,
}

async fn lock_rule(tx: &mut Tx, scope: &Scope) -> Result<Rule> {
    sqlx::query!(
        "insert into account_rules (company_id, template, version) values ($1, $2, 0) on conflict do nothing",
        scope.company(),
        AccountTemplate::DEFAULT
    )
    .execute(tx.conn())
    .await?;
    let row =
        sqlx::query!("select template, last_seq from account_rules where company_id = $1 for update", scope.company())
            .fetch_one(tx.conn())
            .await?;
    let template =
        row.template.parse().map_err(|()| Error::internal("account template in the database", row.template))?;
    Ok(Rule { template, last_seq: row.last_seq })
}

/// Free numbers for units, by the rule. One that is taken gets a mark: `0070012-2`.
async fn numbers(tx: &mut Tx, scope: &Scope, rule: &Rule, wanted: &[Wanted<'_>]) -> Result<Vec<String>> {
    let (mut seq, mut code) = (rule.last_seq, 0);
    let mut given: Vec<String> = Vec::with_capacity(wanted.len());
    for unit in wanted {
        if rule.template.uses(Counter::Building) && code == 0 {
            code = building_code(tx, scope, unit.building).await?;
        }
        seq += 1;
        given.push(rule.template.number(code, unit.unit, seq));
    }
    let mut copies = vec![1_u32; given.len()];
    let bases = given.clone();
    loop {
        let occupied = sqlx::query_scalar!(
            "select number from personal_accounts where company_id = $1 and number = any($2)",
            scope.company(),
            &given
        )
        .fetch_all(tx.conn())
        .await?;
        let mut used: HashSet<String> = occupied.into_iter().collect();
        let mut clash = false;
        for ((number, base), copy) in given.iter_mut().zip(&bases).zip(&mut copies) {
            if !used.insert(number.clone()) {
                *copy += 1;
                *number = format!("{base}-{copy}");
                clash = true;
            }
        }
        if !clash {
            break;
        }
    }
    if rule.template.uses(Counter::Seq) {
        sqlx::query!("update account_rules set last_seq = $2 where company_id = $1", scope.company(), seq)
            .execute(tx.conn())
            .await?;
    }
    Ok(given)
}

/// The short number of a house, given now when it has none.
async fn building_code(tx: &mut Tx, scope: &Scope, building: BuildingId) -> Result<i32> {
    let known = sqlx::query_scalar!(
        "select code from buildings where company_id = $1 and id = $2 for update",
        scope.company(),
        building.0
    )
    .fetch_one(tx.conn())
    .await?;
    if let Some(code) = known {
        return Ok(code);
    }
    let code = sqlx::query_scalar!(
        r#"update buildings set code = (select coalesce(max(code), 0) + 1 from buildings where company_id = $1),
             version = version + 1 where company_id = $1 and id = $2 returning code as "code!""#,
        scope.company(),
        building.0
    )
    .fetch_one(tx.conn())
    .await
    .map_err(|e| taken(e, &[("buildings_code", "/code")]))?;
    let (before, after) = (serde_json::json!({ "code": null }), serde_json::json!({ "code": code }));
    tx.record("building.update", "building", building.0, Some(&before), Some(&after)).await?;
    Ok(code)
}

/// How the company's account numbers are made.
pub async fn account_rule(ctx: &Ctx, actor: &Actor) -> Result<AccountRule> {
    let scope = actor.scope(P::BuildingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    rule(&mut tx, &scope).await
}

async fn rule(tx: &mut Tx, scope: &Scope) -> Result<AccountRule> {
    let known = sqlx::query_as!(
        AccountRule,
        "select template, version from account_rules where company_id = $1",
        scope.company()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(known.unwrap_or_else(|| AccountRule { template: AccountTemplate::DEFAULT.to_owned(), version: 0 }))
}

/// Changes how new numbers are made; accounts that exist keep theirs.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` on `/template`.
pub async fn set_account_rule(
    ctx: &Ctx,
    actor: &Actor,
    version: i32,
    command: &AccountRuleFacts,
) -> Result<AccountRule> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    lock_rule(&mut tx, &scope).await?;
    let known = rule(&mut tx, &scope).await?;
    if known.version != version {
        return Err(Code::Conflict.into());
    }
    let before = AccountRuleFacts { template: known.template };
    let facts = AccountRuleFacts { template: command.template.trim().to_owned() };
    let company = scope.company();
    if tx.record("account_rule.update", "setting", company, Some(&before), Some(&facts)).await? {
        sqlx::query!(
            "update account_rules set template = $2, version = version + 1 where company_id = $1",
            company,
            facts.template
        )
        .execute(tx.conn())
        .await?;
    }
    let rule = rule(&mut tx, &scope).await?;
    tx.commit().await?;
    Ok(rule)
}
