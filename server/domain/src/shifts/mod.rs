//! Duties: who is there from when to when (`plan` lays them into time), and what one shift hands to the next.

mod handover;
mod plan;

pub use handover::{acknowledge, hand_over, now};
pub use plan::{Shift, gaps, monday, slots};

use crate::{Actor, Ctx, Error, Result, Tx, error::word};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use model::{
    Code, Permission as P, Role, ShiftId, UserId,
    requests::PersonRef,
    shifts::{AddShift, ChangeShift, CopyWeek, Duty, ShiftFacts, ShiftFilter, ShiftSlot, ShiftWeek},
    validate,
};
use platform::ids::new_id;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// A week of duties, with the hours that nobody answers in.
pub async fn week(ctx: &Ctx, actor: &Actor, filter: &ShiftFilter) -> Result<ShiftWeek> {
    actor.scope(P::ShiftsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let zone = zone(&mut tx).await?;
    let today = tx.now().with_timezone(&zone).date_naive();
    let day = filter.day.unwrap_or(today);
    if !(2000..2100).contains(&day.year()) {
        return Err(Error::field("/day", "out_of_range"));
    }
    week_of(&mut tx, zone, day).await
}

async fn week_of(tx: &mut Tx, zone: Tz, day: NaiveDate) -> Result<ShiftWeek> {
    let monday = monday(day);
    let next = monday + Days::new(7);
    // Sunday's night reaches into Monday.
    let shifts = load(tx, monday - Days::new(1), next).await?;
    let all = slots(&shifts, monday - Days::new(1), next, zone);
    let (from, to) = (plan::moment(zone, monday, NaiveTime::MIN), plan::moment(zone, next, NaiveTime::MIN));
    let gaps = gaps(&all, from, to);
    Ok(ShiftWeek { monday, slots: all.into_iter().filter(|slot| slot.day >= monday).collect(), gaps })
}

/// Everybody on duty at a moment. Who has two duties counts as a dispatcher.
pub(crate) async fn on_duty(tx: &mut Tx, at: DateTime<Utc>) -> Result<HashMap<UserId, Duty>> {
    let mut there: HashMap<UserId, Duty> = HashMap::new();
    for slot in at_moment(tx, at).await? {
        let duty = there.entry(slot.person.id.into()).or_insert(slot.duty);
        *duty = (*duty).min(slot.duty);
    }
    Ok(there)
}

async fn at_moment(tx: &mut Tx, at: DateTime<Utc>) -> Result<Vec<ShiftSlot>> {
    let zone = zone(tx).await?;
    let day = at.with_timezone(&zone).date_naive();
    let (from, to) = (day - Days::new(1), day + Days::new(1));
    let shifts = load(tx, from, to).await?;
    Ok(slots(&shifts, from, to, zone).into_iter().filter(|slot| slot.from <= at && at < slot.to).collect())
}

/// All duties that touch a span.
pub(crate) async fn between(tx: &mut Tx, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<ShiftSlot>> {
    let zone = zone(tx).await?;
    let first = from.with_timezone(&zone).date_naive() - Days::new(1);
    let last = to.with_timezone(&zone).date_naive() + Days::new(1);
    let shifts = load(tx, first, last).await?;
    Ok(slots(&shifts, first, last, zone))
}

/// Whether the company keeps a schedule at all.
pub(crate) async fn kept(tx: &mut Tx) -> Result<bool> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(r#"select exists(select from shifts where company_id = $1) as "kept!""#, company)
        .fetch_one(tx.conn())
        .await?)
}

/// The company's time zone; Tashkent's where it is unknown.
async fn zone(tx: &mut Tx) -> Result<Tz> {
    let company = tx.actor().company_id().0;
    let name =
        sqlx::query_scalar!("select time_zone from companies where id = $1", company).fetch_one(tx.conn()).await?;
    Ok(name.parse().unwrap_or(chrono_tz::Asia::Tashkent))
}

/// Duties of people who work here that may take place on the days from `from` up to and not on `to`.
async fn load(tx: &mut Tx, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shift>> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        r#"select s.id, s.user_id, u.name, s.duty, s.weekday, s.day, s.until, s.starts, s.ends, s.note,
             array(select skill from staff_skills k where k.company_id = s.company_id and k.user_id = s.user_id order by skill) as "skills!",
             array(select day from shift_skips x where x.company_id = s.company_id and x.shift_id = s.id) as "skips!"
           from shifts s join users u on u.company_id = s.company_id and u.id = s.user_id
           where s.company_id = $1 and u.blocked_at is null and s.day < $3
             and case when s.weekday is null then s.day >= $2 else s.until is null or s.until >= $2 end
           order by s.id"#,
        company,
        from,
        to
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|s| {
        Ok(Shift {
            id: s.id.into(),
            person: PersonRef { id: s.user_id, name: s.name },
            skills: s.skills.iter().map(|k| word(k)).collect::<Result<_>>()?,
            duty: word(&s.duty)?,
            weekday: s.weekday,
            day: s.day,
            until: s.until,
            starts: s.starts,
            ends: s.ends,
            note: s.note,
            skips: s.skips.into_iter().collect(),
        })
    })
    .collect()
}

/// What the audit keeps of a duty.
#[derive(PartialEq, Serialize)]
struct Record {
    name: String,
    duty: Duty,
    /// A day, or how it comes back.
    when: String,
    hours: String,
    note: Option<String>,
}

impl Record {
    fn new(name: &str, duty: Duty, when: String, starts: NaiveTime, ends: NaiveTime, note: Option<&str>) -> Self {
        let hours = format!("{}–{}", starts.format("%H:%M"), ends.format("%H:%M"));
        Self { name: name.to_owned(), duty, when, hours, note: note.map(str::to_owned) }
    }

    fn of(shift: &Shift) -> Self {
        let when = match (shift.weekday, shift.until) {
            (None, _) => shift.day.to_string(),
            (Some(n), None) => format!("weekday {n}, {}–", shift.day),
            (Some(n), Some(until)) => format!("weekday {n}, {}–{until}", shift.day),
        };
        Self::new(&shift.person.name, shift.duty, when, shift.starts, shift.ends, shift.note.as_deref())
    }
}

/// Puts somebody on duty: on one day, or each week.
///
/// # Errors
/// `invalid` on somebody who does not work here or cannot have that duty, and where they are on duty already.
pub async fn add(ctx: &Ctx, actor: &Actor, command: &AddShift) -> Result<ShiftWeek> {
    actor.scope(P::ShiftsManage)?;
    validate::check(command)?;
    if command.until.is_some_and(|until| until < command.day) {
        return Err(Error::field("/until", "out_of_range"));
    }
    let mut tx = begin(ctx, actor).await?;
    let name = may_have(&mut tx, command.user_id, command.duty).await?;
    let note = crate::staff::trimmed(command.note.clone());
    let weekdays: std::collections::BTreeSet<i16> = command.weekdays.iter().copied().collect();
    let weekdays: Vec<Option<i16>> =
        if weekdays.is_empty() { vec![None] } else { weekdays.into_iter().map(Some).collect() };
    for weekday in weekdays {
        let shift = Shift {
            id: ShiftId(new_id()),
            person: PersonRef { id: command.user_id.0, name: name.clone() },
            skills: Vec::new(),
            duty: command.duty,
            weekday,
            day: command.day,
            until: command.until.filter(|_| weekday.is_some()),
            starts: command.starts,
            ends: command.ends,
            note: note.clone(),
            skips: HashSet::new(),
        };
        put(&mut tx, &shift).await?;
    }
    let week = week_after(&mut tx, command.day).await?;
    tx.commit().await?;
    Ok(week)
}

/// Changes a duty, or takes it away: of one day, or also of the weeks that follow. The weeks before stay as they were.
///
/// # Errors
/// `not_found` when there is no such duty on that day; else as [`add`].
pub async fn change(ctx: &Ctx, actor: &Actor, command: &ChangeShift) -> Result<ShiftWeek> {
    actor.scope(P::ShiftsManage)?;
    validate::check(command)?;
    let mut tx = begin(ctx, actor).await?;
    let day = command.day;
    let all = load(&mut tx, day, day + Days::new(1)).await?;
    let old = all.into_iter().find(|s| s.id == command.id && s.on(day)).ok_or(Code::NotFound)?;
    let following = command.following && old.weekday.is_some();
    take_away(&mut tx, &old, day, following).await?;
    if let Some(ShiftFacts { user_id, duty, starts, ends, note }) = &command.to {
        let name = may_have(&mut tx, *user_id, *duty).await?;
        let new = Shift {
            id: ShiftId(new_id()),
            person: PersonRef { id: user_id.0, name },
            skills: Vec::new(),
            duty: *duty,
            weekday: old.weekday.filter(|_| following),
            day,
            until: old.until.filter(|_| following),
            starts: *starts,
            ends: *ends,
            note: crate::staff::trimmed(note.clone()),
            skips: HashSet::new(),
        };
        put(&mut tx, &new).await?;
    }
    let week = week_after(&mut tx, day).await?;
    tx.commit().await?;
    Ok(week)
}

/// Makes one week like another: what it lacks is added, what it has too much is taken away. Says how the week is now.
///
/// # Errors
/// `invalid` when both are the same week.
pub async fn copy_week(ctx: &Ctx, actor: &Actor, command: &CopyWeek) -> Result<ShiftWeek> {
    actor.scope(P::ShiftsManage)?;
    validate::check(command)?;
    let (from, to) = (monday(command.from), monday(command.to));
    if from == to {
        return Err(Error::field("/to", "twice"));
    }
    let mut tx = begin(ctx, actor).await?;
    let distance = to - from;
    let model = load(&mut tx, from, from + Days::new(7)).await?;
    let there = load(&mut tx, to, to + Days::new(7)).await?;
    // The same person from and to the same hour on the same weekday is the same duty.
    let key = |s: &Shift| (s.person.id, s.duty, s.starts, s.ends);
    for offset in 0..7 {
        let (model_day, day) = (from + Days::new(offset), to + Days::new(offset));
        let wanted: Vec<&Shift> = model.iter().filter(|s| s.on(model_day)).collect();
        let has: Vec<&Shift> = there.iter().filter(|s| s.on(day)).collect();
        for extra in has.iter().filter(|h| !wanted.iter().any(|w| key(w) == key(h))) {
            take_away(&mut tx, extra, day, false).await?;
        }
        for missing in wanted.iter().filter(|w| !has.iter().any(|h| key(h) == key(w))) {
            let copy = Shift {
                id: ShiftId(new_id()),
                weekday: None,
                day: model_day + distance,
                until: None,
                skips: HashSet::new(),
                ..(*missing).clone()
            };
            put(&mut tx, &copy).await?;
        }
    }
    let week = week_after(&mut tx, to).await?;
    tx.commit().await?;
    Ok(week)
}

/// Changes of a schedule come one after another: two of them must not put the same person on duty twice.
async fn begin(ctx: &Ctx, actor: &Actor) -> Result<Tx> {
    let mut tx = ctx.begin(actor).await?;
    let company = actor.company_id().to_string();
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 7077))", company).fetch_one(tx.conn()).await?;
    Ok(tx)
}

async fn week_after(tx: &mut Tx, day: NaiveDate) -> Result<ShiftWeek> {
    let zone = zone(tx).await?;
    week_of(tx, zone, day).await
}

/// The name of somebody who may have a duty: dispatchers and admins answer the phone, field staff go out.
async fn may_have(tx: &mut Tx, user: UserId, duty: Duty) -> Result<String> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select name, role from users where company_id = $1 and id = $2 and role <> 'resident' and blocked_at is null",
        company,
        user.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Error::field("/user_id", "unknown"))?;
    let role: Role = word(&row.role)?;
    if role.is_desk() == (duty == Duty::Dispatcher) { Ok(row.name) } else { Err(Error::field("/duty", "wrong_role")) }
}

async fn put(tx: &mut Tx, shift: &Shift) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    refuse_twice(tx, shift).await?;
    sqlx::query!(
        "insert into shifts (id, company_id, user_id, duty, weekday, day, until, starts, ends, note, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        shift.id.0,
        company,
        shift.person.id,
        shift.duty.as_str(),
        shift.weekday,
        shift.day,
        shift.until,
        shift.starts,
        shift.ends,
        shift.note,
        now
    )
    .execute(tx.conn())
    .await?;
    tx.record("shift.create", "shift", shift.id.0, None, Some(&Record::of(shift))).await?;
    Ok(())
}

/// Nobody is on duty twice at the same time. Weekly duties are looked at for the next weeks.
async fn refuse_twice(tx: &mut Tx, new: &Shift) -> Result<()> {
    let zone = zone(tx).await?;
    let last = if new.weekday.is_some() { new.day + Days::new(35) } else { new.day + Days::new(2) };
    let mine: Vec<Shift> =
        load(tx, new.day - Days::new(1), last).await?.into_iter().filter(|s| s.person.id == new.person.id).collect();
    let there = slots(&mine, new.day - Days::new(1), last, zone);
    let fresh = slots(std::slice::from_ref(new), new.day, last, zone);
    let meets = fresh.iter().any(|a| there.iter().any(|b| a.from < b.to && b.from < a.to));
    if meets { Err(Error::field("/user_id", "on_duty")) } else { Ok(()) }
}

async fn take_away(tx: &mut Tx, shift: &Shift, day: NaiveDate, following: bool) -> Result<()> {
    let company = tx.actor().company_id().0;
    let before = Record::of(shift);
    if shift.weekday.is_some() && !following {
        sqlx::query!(
            "insert into shift_skips (company_id, shift_id, day) values ($1, $2, $3) on conflict do nothing",
            company,
            shift.id.0,
            day
        )
        .execute(tx.conn())
        .await?;
        let when = format!("{} (− {day})", before.when);
        let after = Record {
            when,
            name: before.name.clone(),
            hours: before.hours.clone(),
            note: before.note.clone(),
            duty: before.duty,
        };
        tx.record("shift.update", "shift", shift.id.0, Some(&before), Some(&after)).await?;
        return Ok(());
    }
    if shift.day < day {
        let until = day - Days::new(1);
        sqlx::query!("update shifts set until = $3 where company_id = $1 and id = $2", company, shift.id.0, until)
            .execute(tx.conn())
            .await?;
        let after = Record::of(&Shift { until: Some(until), ..shift.clone() });
        tx.record("shift.update", "shift", shift.id.0, Some(&before), Some(&after)).await?;
    } else {
        sqlx::query!("delete from shifts where company_id = $1 and id = $2", company, shift.id.0)
            .execute(tx.conn())
            .await?;
        tx.record("shift.delete", "shift", shift.id.0, Some(&before), None).await?;
    }
    Ok(())
}
