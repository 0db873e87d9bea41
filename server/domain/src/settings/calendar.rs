//! When the company works: deadlines in working time are counted by it.

use super::own_row;
use crate::{Actor, Ctx, Error, Result, Tx, deadlines};
use model::{
    Code, Permission as P,
    settings::{Lunch, SaveCalendar, SpecialDay, WorkCalendar, WorkDay},
    validate,
};
use std::collections::{BTreeMap, HashSet};

/// The week and the days that differ from it, from last year on.
pub async fn calendar(ctx: &Ctx, actor: &Actor) -> Result<WorkCalendar> {
    actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    load(&mut tx).await
}

pub(super) async fn load(tx: &mut Tx) -> Result<WorkCalendar> {
    let company = tx.actor().company_id().0;
    let version = sqlx::query_scalar!("select calendar_version from company_settings where company_id = $1", company)
        .fetch_optional(tx.conn())
        .await?;
    let week = sqlx::query!(
        "select weekday, opens, closes, lunch_from, lunch_to from work_hours where company_id = $1 order by weekday",
        company
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|d| WorkDay {
        weekday: d.weekday,
        opens: d.opens,
        closes: d.closes,
        lunch: d.lunch_from.zip(d.lunch_to).map(|(from, to)| Lunch { from, to }),
    })
    .collect::<Vec<_>>();
    let special = sqlx::query!("select day, works, name from special_days where company_id = $1 order by day", company)
        .fetch_all(tx.conn())
        .await?
        .into_iter()
        .map(|d| SpecialDay { day: d.day, works: d.works, name: d.name })
        .collect();
    Ok(WorkCalendar {
        version: version.unwrap_or(1),
        // Nothing was said yet: the usual week.
        week: if version.unwrap_or(1) == 1 && week.is_empty() { usual_week() } else { week },
        special,
    })
}

/// The calendar of a company that has said nothing yet.
pub(crate) fn usual_calendar() -> WorkCalendar {
    WorkCalendar { version: 1, week: usual_week(), special: Vec::new() }
}

fn usual_week() -> Vec<WorkDay> {
    let at = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    let lunch = Some(Lunch { from: at(13), to: at(14) });
    (1..=5).map(|weekday| WorkDay { weekday, opens: at(9), closes: at(18), lunch }).collect()
}

/// Replaces the calendar. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` on a day that comes twice.
pub async fn save_calendar(ctx: &Ctx, actor: &Actor, version: i32, command: &SaveCalendar) -> Result<WorkCalendar> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let (mut weekdays, mut days) = (HashSet::new(), HashSet::new());
    if let Some(i) = command.week.iter().position(|d| !weekdays.insert(d.weekday)) {
        return Err(Error::field(&format!("/week/{i}/weekday"), "taken"));
    }
    if let Some(i) = command.special.iter().position(|d| !days.insert(d.day)) {
        return Err(Error::field(&format!("/special/{i}/day"), "taken"));
    }
    let mut tx = ctx.begin(actor).await?;
    own_row(&mut tx).await?;
    let old = load(&mut tx).await?;
    if old.version != version {
        return Err(Code::Conflict.into());
    }
    let before = words(&old.week, &old.special);
    let after = words(&command.week, &command.special);
    if tx.record("setting.update", "setting", scope.company(), Some(&before), Some(&after)).await? || old.version == 1 {
        write(&mut tx, command).await?;
        keep(&mut tx).await?;
        deadlines::recount_open(&mut tx).await?;
    }
    let saved = load(&mut tx).await?;
    tx.commit().await?;
    Ok(saved)
}

async fn write(tx: &mut Tx, command: &SaveCalendar) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!("delete from work_hours where company_id = $1", company).execute(tx.conn()).await?;
    sqlx::query!("delete from special_days where company_id = $1", company).execute(tx.conn()).await?;
    for d in &command.week {
        sqlx::query!(
            "insert into work_hours (company_id, weekday, opens, closes, lunch_from, lunch_to) values ($1, $2, $3, $4, $5, $6)",
            company,
            d.weekday,
            d.opens,
            d.closes,
            d.lunch.map(|l| l.from),
            d.lunch.map(|l| l.to)
        )
        .execute(tx.conn())
        .await?;
    }
    for d in &command.special {
        sqlx::query!(
            "insert into special_days (company_id, day, works, name) values ($1, $2, $3, $4)",
            company,
            d.day,
            d.works,
            d.name.trim()
        )
        .execute(tx.conn())
        .await?;
    }
    sqlx::query!(
        "update company_settings set calendar_version = calendar_version + 1, updated_at = $2 where company_id = $1",
        company,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Keeps the calendar as it is now: what was counted in it can be explained later.
async fn keep(tx: &mut Tx) -> Result<()> {
    let calendar = load(tx).await?;
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "insert into work_calendars (company_id, version, week, special) values ($1, $2, $3, $4)",
        company,
        calendar.version,
        serde_json::to_value(&calendar.week)?,
        serde_json::to_value(&calendar.special)?
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Each day as a field of its own, so that the audit says which day changed and how.
fn words(week: &[WorkDay], special: &[SpecialDay]) -> BTreeMap<String, String> {
    let time = |t: chrono::NaiveTime| t.format("%H:%M").to_string();
    let hours = week.iter().map(|d| {
        let lunch = d.lunch.map(|l| format!(" ({}–{})", time(l.from), time(l.to))).unwrap_or_default();
        (format!("weekday_{}", d.weekday), format!("{}–{}{lunch}", time(d.opens), time(d.closes)))
    });
    let days = special
        .iter()
        .map(|d| (format!("day_{}", d.day), format!("{}{}", if d.works { "+ " } else { "" }, d.name.trim())));
    hours.chain(days).collect()
}
