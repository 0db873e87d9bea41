//! What the system would have done with the last ninety days, beside what people did. Reads only.
//!
//! Rules, trades, zones and duties are today's; the load of everybody is what it was at each moment, as people had
//! assigned it.

use super::{
    Candidate,
    choice::Wanted,
    choose, has_shifts,
    queries::{self, About},
};
use crate::{Actor, Ctx, Error, Result, Tx, error::word, shifts};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    BuildingId, Permission as P, UserId,
    assignment::{Difference, Replay},
    requests::{Kind, Priority},
    shifts::ShiftSlot,
};
use std::collections::{HashMap, HashSet};
use tokio::task::spawn_blocking;

const DAYS: i64 = 90;
/// The newest so many requests are looked at.
const MOST: i64 = 3000;
const DIFFERENCES: usize = 50;

/// A request that people gave to somebody.
struct Past {
    about: About,
    id: uuid::Uuid,
    number: i64,
    address: String,
    created_at: DateTime<Utc>,
    assigned_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    assignee: UserId,
    weight: i32,
}

/// Compares the system's choice with what people did.
pub async fn replay(ctx: &Ctx, actor: &Actor) -> Result<Replay> {
    actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let past = past(&mut tx).await?;
    let Some(first) = past.first() else { return Ok(Replay::default()) };
    let rules = queries::rules(&mut tx).await?;
    let has_shifts = has_shifts(&mut tx).await?;
    let people = queries::candidates(&mut tx, &first.about).await?;
    let zones = zones(&mut tx).await?;
    let now = tx.now();
    let duties = shifts::between(&mut tx, first.created_at, now).await?;
    drop(tx);
    // Every request against everybody: neither a connection nor the runtime waits for that.
    spawn_blocking(move || {
        compare(&past, people, &zones, &duties, |about| queries::wanted_by(about, &rules, has_shifts))
    })
    .await
    .map_err(|e| Error::internal("replay of assignments", e))
}

fn compare(
    past: &[Past],
    mut people: Vec<Candidate>,
    zones: &HashSet<(UserId, BuildingId)>,
    duties: &[ShiftSlot],
    wanted_by: impl Fn(&About) -> Wanted,
) -> Replay {
    let mut found = Replay { assigned: count(past.len()), ..Replay::default() };
    let mut waits: Vec<i64> = Vec::with_capacity(past.len());
    let mut then = Then::new(past, duties);
    for one in past {
        let wait = (one.assigned_at - one.created_at).num_minutes();
        waits.push(wait);
        found.waited_hour += i32::from(wait > 60);
        let wanted = wanted_by(&one.about);
        then.go_on_to(one.created_at);
        then.set_back(&mut people, one, zones);
        let Some(choice) = choose(&wanted, &people) else { continue };
        found.found += 1;
        if choice.user_id == one.assignee {
            found.same += 1;
            continue;
        }
        let person = people.iter().find(|c| c.id == one.assignee);
        found.same_skill += i32::from(person.is_some_and(|c| c.skills.contains(&wanted.skill)));
        found.differences.push(Difference {
            id: one.id.into(),
            number: one.number,
            category: one.about.category,
            address: one.address.clone(),
            created_at: one.created_at,
            people: person.map(|c| c.name.clone()).unwrap_or_default(),
            system: choice.why,
        });
    }
    waits.sort_unstable();
    found.median_wait = waits.get(waits.len() / 2).map_or(0, |wait| i32::try_from(*wait).unwrap_or(i32::MAX));
    found.differences.reverse();
    found.differences.truncate(DIFFERENCES);
    found
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// How everybody stood at one moment, which only goes on: each beginning and end is looked at once.
struct Then<'a> {
    /// What begins or ends when, the last first: a request that is assigned (true) and one that is over.
    ahead: Vec<(DateTime<Utc>, bool, &'a Past)>,
    /// Open requests of a person and their weight.
    load: HashMap<UserId, (i32, i32)>,
    /// Of them in one house.
    here: HashMap<(UserId, BuildingId), i32>,
    /// Duties that have not begun, the last first.
    later: Vec<&'a ShiftSlot>,
    running: Vec<&'a ShiftSlot>,
}

impl<'a> Then<'a> {
    fn new(past: &'a [Past], duties: &'a [ShiftSlot]) -> Self {
        let mut ahead = Vec::with_capacity(past.len() * 2);
        for one in past {
            // What was over before it was given to anybody never was their load.
            if one.ended_at.is_some_and(|end| end <= one.assigned_at) {
                continue;
            }
            ahead.push((one.assigned_at, true, one));
            ahead.extend(one.ended_at.map(|end| (end, false, one)));
        }
        ahead.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
        let mut later: Vec<&ShiftSlot> = duties.iter().collect();
        later.sort_by_key(|slot| std::cmp::Reverse(slot.from));
        Self { ahead, load: HashMap::new(), here: HashMap::new(), later, running: Vec::new() }
    }

    fn go_on_to(&mut self, now: DateTime<Utc>) {
        // Who is given work at this very moment does not have it yet; who ends it now is free.
        while let Some((_, begins, one)) = self.ahead.pop_if(|(at, begins, _)| *at < now || *at == now && !*begins) {
            let sign = if begins { 1 } else { -1 };
            let (open, weight) = self.load.entry(one.assignee).or_default();
            *open += sign;
            *weight += sign * one.weight;
            *self.here.entry((one.assignee, one.about.building)).or_default() += sign;
        }
        while let Some(slot) = self.later.pop_if(|slot| slot.from <= now) {
            self.running.push(slot);
        }
        self.running.retain(|slot| now < slot.to);
    }

    /// Puts everybody as they stood when a request came.
    fn set_back(&self, people: &mut [Candidate], one: &Past, zones: &HashSet<(UserId, BuildingId)>) {
        let duty: HashMap<UserId, _> = self.running.iter().map(|slot| (slot.person.id.into(), slot.duty)).collect();
        for person in people {
            // Who has nothing open is not in the map.
            (person.open, person.weight) = self.load.get(&person.id).copied().unwrap_or_default();
            person.here = self.here.get(&(person.id, one.about.building)).copied().unwrap_or_default();
            person.in_zone = zones.contains(&(person.id, one.about.building));
            person.duty = duty.get(&person.id).copied();
        }
    }
}

async fn zones(tx: &mut Tx) -> Result<HashSet<(UserId, BuildingId)>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select user_id as "user_id!", building_id as "building_id!" from staff_zones where company_id = $1
           union select c.user_id, b.id from staff_complexes c
             join buildings b on b.company_id = c.company_id and b.complex_id = c.complex_id where c.company_id = $1"#,
        company
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.user_id.into(), row.building_id.into())).collect())
}

/// What people assigned, the oldest first.
async fn past(tx: &mut Tx) -> Result<Vec<Past>> {
    let (company, since) = (tx.actor().company_id().0, tx.now() - TimeDelta::days(DAYS));
    let rows = sqlx::query!(
        r#"select r.id, r.number, r.kind, r.priority, r.category, r.address, r.problem_id, r.building_id, b.complex_id,
             p.assignee_id as "usual?", p.skill as "skill?", r.created_at, r.assignee_id as "assignee_id!",
             coalesce(r.completed_at, r.closed_at) as ended_at,
             h.at as "assigned_at!"
           from requests r
           join buildings b on b.company_id = r.company_id and b.id = r.building_id
           left join problems p on p.company_id = r.company_id and p.id = r.problem_id
           cross join lateral (select h.at from request_history h where h.company_id = r.company_id and h.request_id = r.id
             and h.change = 'assignee' order by h.at limit 1) h
           where r.company_id = $1 and r.created_at >= $2 and r.assignee_id is not null and r.assignment is null
           order by r.created_at desc, r.id desc limit $3"#,
        company,
        since,
        MOST
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .rev()
        .map(|r| {
            let (kind, priority): (Kind, Priority) = (word(&r.kind)?, word(&r.priority)?);
            Ok(Past {
                about: About {
                    kind,
                    category: word(&r.category)?,
                    problem: r.problem_id.map(Into::into),
                    building: r.building_id.into(),
                    complex: r.complex_id.map(Into::into),
                    waits: true,
                    usual: r.usual.map(Into::into),
                    skill: r.skill.as_deref().map(word).transpose()?,
                },
                id: r.id,
                number: r.number,
                address: r.address,
                created_at: r.created_at,
                assigned_at: r.assigned_at,
                ended_at: r.ended_at,
                assignee: r.assignee_id.into(),
                weight: match (kind, priority) {
                    (Kind::Emergency, _) => 5,
                    (_, Priority::Urgent) => 4,
                    (_, Priority::High) => 3,
                    (_, Priority::Normal) => 2,
                    (_, Priority::Low) => 1,
                },
            })
        })
        .collect()
}
