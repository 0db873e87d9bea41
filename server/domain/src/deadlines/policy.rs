//! What a company decides about deadlines: editions of its rules, whom to tell, and when finished work closes.

use super::{clocks::Clocks, steps};
use crate::{Actor, Ctx, Error, Result, Tx, settings::own_row};
use model::{
    Code, Permission as P, RequestId, Role, UserId,
    deadlines::{Counting, DeadlineSettings, Policy, PolicyRef, Rule, SaveRules, Watch, sort, usual_rules},
    validate,
};
use std::collections::BTreeMap;

/// Open requests that are counted anew in one go.
const CHUNK: i64 = 500;
const PAST: i64 = 50;

/// The rules that hold, those before them, and who is told.
pub async fn settings(ctx: &Ctx, actor: &Actor) -> Result<DeadlineSettings> {
    actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    load(&mut tx).await
}

async fn load(tx: &mut Tx) -> Result<DeadlineSettings> {
    let company = tx.actor().company_id().0;
    let current = steps::current(tx, None).await?;
    let mut editions = sqlx::query!(
        "select number, since, author from deadline_policies where company_id = $1 order by number desc limit $2",
        company,
        PAST
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|p| PolicyRef { number: p.number, since: p.since, author: p.author });
    let newest = editions.next();
    let past = editions.collect();
    let (watch_version, watch) = load_watch(tx).await?;
    Ok(DeadlineSettings {
        policy: Policy {
            number: current.policy.unwrap_or(0),
            since: newest.as_ref().map(|p| p.since),
            author: newest.and_then(|p| p.author),
            rules: current.rules,
        },
        past,
        watch_version,
        watch,
        no_hours: current.calendar.week.is_empty(),
    })
}

pub(super) async fn load_watch(tx: &mut Tx) -> Result<(i32, Watch)> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select version, warn_percent, escalate_roles, escalate_to, close_after_days from deadline_watch where company_id = $1",
        company
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map_or((1, Watch::default()), |row| {
        let roles = row.escalate_roles.iter().filter_map(|role| role.parse::<Role>().ok()).collect();
        let watch = Watch {
            warn_percent: row.warn_percent,
            escalate_roles: roles,
            escalate_to: row.escalate_to.into_iter().map(UserId).collect(),
            close_after_days: row.close_after_days,
        };
        (row.version, watch)
    }))
}

/// The rules of an edition; without a number the usual ones.
pub(super) async fn edition(tx: &mut Tx, number: Option<i32>) -> Result<Vec<Rule>> {
    let Some(number) = number else { return Ok(usual_rules()) };
    let company = tx.actor().company_id().0;
    let rules = sqlx::query_scalar!(
        "select rules from deadline_policies where company_id = $1 and number = $2",
        company,
        number
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(serde_json::from_value(rules)?)
}

/// Rules that can be chosen from: one for everything that no other fits, and no two that ask for the same.
pub(super) fn check(rules: &[Rule]) -> Result<()> {
    for (n, rule) in rules.iter().enumerate() {
        if rules.iter().take(n).any(|other| other.same_conditions(rule)) {
            return Err(Error::field(&format!("/rules/{n}/kind"), "taken"));
        }
    }
    if rules.iter().any(Rule::is_for_all) { Ok(()) } else { Err(Error::field("/rules", "required")) }
}

/// The complexes that rules name have to be the company's own.
pub(super) async fn check_complexes(tx: &mut Tx, rules: &[Rule]) -> Result<()> {
    let company = tx.actor().company_id().0;
    let named: Vec<uuid::Uuid> = rules.iter().filter_map(|rule| rule.complex_id).map(|id| id.0).collect();
    let known = sqlx::query_scalar!("select id from complexes where company_id = $1 and id = any($2)", company, &named)
        .fetch_all(tx.conn())
        .await?;
    let strange = |rule: &Rule| rule.complex_id.is_some_and(|id| !known.contains(&id.0));
    match rules.iter().position(strange) {
        Some(n) => Err(Error::field(&format!("/rules/{n}/complex_id"), "unknown")),
        None => Ok(()),
    }
}

/// Makes a new edition for the requests filed from now on. `number` is the edition the editor saw.
///
/// # Errors
/// `conflict` when somebody made one meanwhile; `invalid` when two rules ask for the same or none is for the rest.
pub async fn save_rules(ctx: &Ctx, actor: &Actor, number: i32, command: &SaveRules) -> Result<DeadlineSettings> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    check(&command.rules)?;
    let mut rules = command.rules.clone();
    sort(&mut rules);
    let mut tx = ctx.begin(actor).await?;
    own_row(&mut tx).await?;
    check_complexes(&mut tx, &command.rules).await?;
    let old = load(&mut tx).await?;
    if old.policy.number != number {
        return Err(Code::Conflict.into());
    }
    let (before, after) = (told(&old.policy.rules), told(&rules));
    if tx.record("setting.update", "setting", scope.company(), Some(&before), Some(&after)).await? {
        let (now, author) = (tx.now(), actor.name().to_owned());
        sqlx::query!(
            "insert into deadline_policies (company_id, number, since, author, rules) values ($1, $2, $3, $4, $5)",
            scope.company(),
            number + 1,
            now,
            author,
            serde_json::to_value(&rules)?
        )
        .execute(tx.conn())
        .await?;
    }
    let saved = load(&mut tx).await?;
    tx.commit().await?;
    Ok(saved)
}

/// Each rule as a field of its own, so that the audit says which changed: `rule_emergency` from `0:03 / 4:00 24/7`.
fn told(rules: &[Rule]) -> BTreeMap<String, String> {
    let time = |minutes: i32| format!("{}:{:02}", minutes / 60, minutes % 60);
    rules
        .iter()
        .map(|rule| {
            let parts = [
                rule.kind.map(|v| v.to_string()),
                rule.complex_id.map(|v| v.to_string()),
                rule.category.map(|v| v.to_string()),
                rule.priority.map(|v| v.to_string()),
            ];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            let name = if parts.is_empty() { "all".to_owned() } else { parts.join(".") };
            let always = if rule.counting == Counting::Always { " 24/7" } else { "" };
            let times = format!("{} / {}{always}", time(rule.answer_minutes), time(rule.solution_minutes));
            (format!("rule_{name}"), times)
        })
        .collect()
}

/// Changes whom to tell and when finished work closes. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` when somebody named is nobody of the company.
pub async fn save_watch(ctx: &Ctx, actor: &Actor, version: i32, command: &Watch) -> Result<DeadlineSettings> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    own_row(&mut tx).await?;
    let (seen, old) = load_watch(&mut tx).await?;
    if seen != version {
        return Err(Code::Conflict.into());
    }
    let people: Vec<uuid::Uuid> = command.escalate_to.iter().map(|id| id.0).collect();
    let known = sqlx::query_scalar!(
        "select id from users where company_id = $1 and id = any($2) and role <> 'resident'",
        scope.company(),
        &people
    )
    .fetch_all(tx.conn())
    .await?;
    if let Some(n) = people.iter().position(|id| !known.contains(id)) {
        return Err(Error::field(&format!("/escalate_to/{n}"), "unknown"));
    }
    if tx.record("setting.update", "setting", scope.company(), Some(&old), Some(command)).await? {
        let now = tx.now();
        let roles: Vec<String> = command.escalate_roles.iter().map(|role| role.as_str().to_owned()).collect();
        sqlx::query!(
            "insert into deadline_watch (company_id, version, warn_percent, escalate_roles, escalate_to, close_after_days, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (company_id) do update set version = excluded.version, warn_percent = excluded.warn_percent,
               escalate_roles = excluded.escalate_roles, escalate_to = excluded.escalate_to,
               close_after_days = excluded.close_after_days, updated_at = excluded.updated_at",
            scope.company(),
            version + 1,
            command.warn_percent,
            &roles,
            &people,
            command.close_after_days,
            now
        )
        .execute(tx.conn())
        .await?;
        if old.warn_percent != command.warn_percent {
            near_anew(&mut tx).await?;
        }
    }
    let saved = load(&mut tx).await?;
    tx.commit().await?;
    Ok(saved)
}

/// The calendar has changed: open requests in working time are counted in the new one. A holiday is a fact, not a
/// promise; what has ended keeps the calendar it ended under.
pub(crate) async fn recount_open(tx: &mut Tx) -> Result<()> {
    let company = tx.actor().company_id().0;
    let current = steps::current(tx, None).await?;
    let mut after = uuid::Uuid::nil();
    loop {
        let ids = sqlx::query_scalar!(
            "select id from requests where company_id = $1 and id > $2 and counting = 'working'
               and status in ('new', 'assigned', 'in_progress', 'deferred', 'returned') order by id limit $3 for update",
            company,
            after,
            CHUNK
        )
        .fetch_all(tx.conn())
        .await?;
        let Some(last) = ids.last() else { return Ok(()) };
        after = *last;
        let mut counted = Clocks::load_all(tx, &ids).await?;
        for (_, clocks) in &mut counted {
            clocks.calendar.clone_from(&current.calendar);
            clocks.calendar_version = current.calendar_version;
            clocks.count();
        }
        write(tx, &counted).await?;
    }
}

/// Another share of the time is near now: open requests come near at another moment.
async fn near_anew(tx: &mut Tx) -> Result<()> {
    let company = tx.actor().company_id().0;
    let mut after = uuid::Uuid::nil();
    loop {
        let ids: Vec<uuid::Uuid> = sqlx::query_scalar(
            "select id from requests where company_id = $1 and id > $2 and paused_since is null
               and status in ('new', 'assigned', 'in_progress', 'deferred', 'returned') order by id limit $3 for update",
        )
        .bind(company)
        .bind(after)
        .bind(CHUNK)
        .fetch_all(tx.conn())
        .await?;
        let Some(last) = ids.last() else { return Ok(()) };
        after = *last;
        let counted = Clocks::load_all(tx, &ids).await?;
        let soon: Vec<_> = counted.iter().map(|(_, clocks)| clocks.soon_at()).collect();
        let ids: Vec<_> = counted.iter().map(|(id, _)| id.0).collect();
        sqlx::query(
            "update requests r set soon_at = n.soon_at from unnest($2::uuid[], $3::timestamptz[]) n (id, soon_at)
             where r.company_id = $1 and r.id = n.id",
        )
        .bind(company)
        .bind(&ids)
        .bind(&soon)
        .execute(tx.conn())
        .await?;
    }
}

async fn write(tx: &mut Tx, counted: &[(RequestId, Clocks)]) -> Result<()> {
    let company = tx.actor().company_id().0;
    let ids: Vec<uuid::Uuid> = counted.iter().map(|(id, _)| id.0).collect();
    let respond: Vec<_> = counted.iter().map(|(_, c)| c.respond_by).collect();
    let due: Vec<_> = counted.iter().map(|(_, c)| c.due_at).collect();
    let alert: Vec<_> = counted.iter().map(|(_, c)| c.next_alert()).collect();
    let soon: Vec<_> = counted.iter().map(|(_, c)| c.soon_at()).collect();
    let calendar = counted.first().and_then(|(_, c)| c.calendar_version);
    sqlx::query!(
        "update requests r set respond_by = n.respond_by, due_at = n.due_at, alert_at = n.alert_at, soon_at = n.soon_at, calendar = $6
         from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $7::timestamptz[])
           n (id, respond_by, due_at, alert_at, soon_at)
         where r.company_id = $1 and r.id = n.id",
        company,
        &ids,
        &respond as &[Option<chrono::DateTime<chrono::Utc>>],
        &due as &[Option<chrono::DateTime<chrono::Utc>>],
        &alert as &[Option<chrono::DateTime<chrono::Utc>>],
        calendar,
        &soon as &[Option<chrono::DateTime<chrono::Utc>>]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
