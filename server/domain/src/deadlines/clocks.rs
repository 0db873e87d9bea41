//! The two clocks of a request as they are kept: read, counted, written. What moves them is in `steps`.

use super::{
    count::{Pause, due},
    hours::Hours,
};
use crate::{Result, Tx, error::word, settings};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use model::{
    Code, RequestId, Role,
    deadlines::{Clock, Counting, PauseReason, PauseView, Rule, Subject, Watch},
    requests::Status,
    settings::WorkCalendar,
};
use platform::ids::new_id;
use serde_json::Value;
use uuid::Uuid;

/// What somebody is told about a clock, each once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Alert {
    Warning,
    Breach,
}

impl Alert {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Breach => "breach",
        }
    }
}

/// What a rule said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    pub answer_minutes: i32,
    pub solution_minutes: i32,
    pub counting: Counting,
}

impl From<&Rule> for Terms {
    fn from(rule: &Rule) -> Self {
        Self { answer_minutes: rule.answer_minutes, solution_minutes: rule.solution_minutes, counting: rule.counting }
    }
}

pub(super) fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::Asia__Tashkent)
}

pub(super) fn read_calendar(version: Option<i32>, week: Option<Value>, special: Option<Value>) -> Result<WorkCalendar> {
    Ok(match (version, week, special) {
        (Some(version), Some(week), Some(special)) => {
            WorkCalendar { version, week: serde_json::from_value(week)?, special: serde_json::from_value(special)? }
        }
        _ => settings::usual_calendar(),
    })
}

/// Everything about the time of one request.
pub(crate) struct Clocks {
    pub created_at: DateTime<Utc>,
    pub status: Status,
    pub subject: Option<Subject>,
    pub policy: Option<i32>,
    pub rule: Option<i16>,
    pub terms: Option<Terms>,
    pub calendar: WorkCalendar,
    pub calendar_version: Option<i32>,
    pub zone: Tz,
    pub respond_by: Option<DateTime<Utc>>,
    pub responded_at: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
    pub by_hand: bool,
    pub paused: Option<(DateTime<Utc>, PauseReason)>,
    pub deferred_until: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub late: bool,
    /// Those that are over.
    pub pauses: Vec<Pause>,
    pub told: Vec<(Clock, Alert)>,
    pub warn_percent: i16,
}

impl Clocks {
    pub fn empty(now: DateTime<Utc>) -> Self {
        Self {
            created_at: now,
            status: Status::New,
            subject: None,
            policy: None,
            rule: None,
            terms: None,
            calendar: settings::usual_calendar(),
            calendar_version: None,
            zone: Tz::Asia__Tashkent,
            respond_by: None,
            responded_at: None,
            due_at: None,
            by_hand: false,
            paused: None,
            deferred_until: None,
            completed_at: None,
            late: false,
            pauses: Vec::new(),
            told: Vec::new(),
            warn_percent: 0,
        }
    }

    pub async fn load(tx: &mut Tx, id: RequestId) -> Result<Self> {
        let found = Self::load_all(tx, &[id.0]).await?.into_iter().next();
        Ok(found.ok_or(Code::NotFound)?.1)
    }

    pub async fn load_all(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(RequestId, Self)>> {
        let company = tx.actor().company_id().0;
        let rows = sqlx::query!(
            r#"select r.id, r.created_at, r.status, r.kind, r.priority, r.category, b.complex_id, r.policy, r.rule, r.answer_minutes,
                 r.solution_minutes, r.counting, r.calendar, c.time_zone, r.respond_by, r.responded_at, r.due_at, r.due_by_hand,
                 r.paused_since, r.paused_reason, r.deferred_until, r.completed_at, r.late, v.week as "week?", v.special as "special?",
                 w.warn_percent as "warn_percent?",
                 (select coalesce(jsonb_agg(jsonb_build_object('from', p.from_at, 'to', p.to_at, 'reason', p.reason) order by p.from_at), '[]')
                    from request_pauses p where p.company_id = r.company_id and p.request_id = r.id) as "pauses!",
                 array(select a.clock || ' ' || a.alert from request_alerts a where a.company_id = r.company_id and a.request_id = r.id) as "told!"
               from requests r
               join companies c on c.id = r.company_id
               join buildings b on b.company_id = r.company_id and b.id = r.building_id
               left join work_calendars v on v.company_id = r.company_id and v.version = r.calendar
               left join deadline_watch w on w.company_id = r.company_id
               where r.company_id = $1 and r.id = any($2)"#,
            company,
            ids
        )
        .fetch_all(tx.conn())
        .await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let counting = row.counting.as_deref().map(word).transpose()?;
            let terms = match (row.answer_minutes, row.solution_minutes, counting) {
                (Some(answer_minutes), Some(solution_minutes), Some(counting)) => {
                    Some(Terms { answer_minutes, solution_minutes, counting })
                }
                _ => None,
            };
            let reason = row.paused_reason.as_deref().map(word).transpose()?;
            let clocks = Self {
                created_at: row.created_at,
                status: word(&row.status)?,
                subject: Some(Subject {
                    kind: word(&row.kind)?,
                    priority: word(&row.priority)?,
                    category: word(&row.category)?,
                    complex_id: row.complex_id.map(Into::into),
                }),
                policy: row.policy,
                rule: row.rule,
                terms,
                calendar: read_calendar(row.calendar, row.week, row.special)?,
                calendar_version: row.calendar,
                zone: zone(&row.time_zone),
                respond_by: row.respond_by,
                responded_at: row.responded_at,
                due_at: row.due_at,
                by_hand: row.due_by_hand,
                paused: row.paused_since.zip(reason),
                deferred_until: row.deferred_until,
                completed_at: row.completed_at,
                late: row.late,
                pauses: read_pauses(row.pauses)?,
                told: row.told.iter().filter_map(|text| told(text)).collect(),
                warn_percent: row.warn_percent.unwrap_or(Watch::default().warn_percent),
            };
            all.push((row.id.into(), clocks));
        }
        Ok(all)
    }

    pub fn hours(&self, terms: Terms) -> Hours {
        Hours::of(terms.counting, &self.calendar, self.zone)
    }

    /// The pauses of the solution's clock. Work put off to a day counts on from that day; one that lasts without an
    /// end has taken nothing yet.
    pub fn solution_pauses(&self) -> Vec<Pause> {
        let lasting = self.paused.zip(self.deferred_until).filter(|((_, reason), _)| *reason == PauseReason::Deferred);
        let lasting = lasting.map(|((from, reason), to)| Pause { from, to, reason });
        self.pauses.iter().copied().chain(lasting).collect()
    }

    /// Sets both due times by what was promised.
    pub fn count(&mut self) {
        let Some(terms) = self.terms else { return };
        let hours = self.hours(terms);
        self.respond_by = due(&hours, self.created_at, terms.answer_minutes, &[]).ok();
        if !self.by_hand {
            self.due_at = due(&hours, self.created_at, terms.solution_minutes, &self.solution_pauses()).ok();
        }
    }

    /// When which clock is told of. An answered request has one clock, a paused or finished one has none.
    pub fn moments(&self) -> Vec<(DateTime<Utc>, Clock, Alert)> {
        let mut moments = Vec::new();
        if !self.status.is_open() || self.paused.is_some() {
            return moments;
        }
        if let Some(at) = self.respond_by.filter(|_| self.responded_at.is_none()) {
            moments.extend(self.warn_at(Clock::Answer, at).map(|at| (at, Clock::Answer, Alert::Warning)));
            moments.push((at, Clock::Answer, Alert::Breach));
        }
        if let Some(at) = self.due_at {
            moments.extend(self.warn_at(Clock::Solution, at).map(|at| (at, Clock::Solution, Alert::Warning)));
            moments.push((at, Clock::Solution, Alert::Breach));
        }
        moments
    }

    /// When only the share of the time is left that the company wants to be warned at.
    fn warn_at(&self, clock: Clock, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.warn_percent == 0 {
            return None;
        }
        let terms = self.terms.filter(|_| clock == Clock::Answer || !self.by_hand);
        let Some(terms) = terms else {
            return Some(at - (at - self.created_at) * i32::from(self.warn_percent) / 100);
        };
        let (minutes, pauses) = match clock {
            Clock::Answer => (terms.answer_minutes, Vec::new()),
            Clock::Solution => (terms.solution_minutes, self.solution_pauses()),
        };
        let left = (minutes * i32::from(self.warn_percent) + 99) / 100;
        due(&self.hours(terms), self.created_at, minutes - left, &pauses).ok()
    }

    /// The next moment at which something has to be told that was not.
    pub fn next_alert(&self) -> Option<DateTime<Utc>> {
        let told = |clock, alert| {
            // Who knows of the breach needs no warning.
            self.told.iter().any(|(c, a)| *c == clock && *a >= alert)
        };
        self.moments().into_iter().filter(|(_, clock, alert)| !told(*clock, *alert)).map(|(at, ..)| at).min()
    }

    /// When the clock that ends next comes near: the moment of its warning, told or not.
    pub fn soon_at(&self) -> Option<DateTime<Utc>> {
        let moments = self.moments();
        let breaches = moments.iter().filter(|(.., alert)| *alert == Alert::Breach);
        let (_, next, _) = breaches.min_by_key(|(at, ..)| *at)?;
        moments.iter().find(|(_, clock, alert)| clock == next && *alert == Alert::Warning).map(|(at, ..)| *at)
    }

    pub async fn save(&self, tx: &mut Tx, id: RequestId) -> Result<()> {
        let company = tx.actor().company_id().0;
        sqlx::query!(
            "update requests set respond_by = $3, responded_at = $4, due_at = $5, due_by_hand = $6, paused_since = $7, paused_reason = $8,
               late = $9, alert_at = $10, answer_minutes = $11, solution_minutes = $12, counting = $13, rule = $14, calendar = $15, soon_at = $16,
               waiting_for = case when $8 = 'waiting_resident' then waiting_for end
             where company_id = $1 and id = $2",
            company,
            id.0,
            self.respond_by,
            self.responded_at,
            self.due_at,
            self.by_hand,
            self.paused.map(|(since, _)| since),
            self.paused.map(|(_, reason)| reason.as_str()),
            self.late,
            self.next_alert(),
            self.terms.map(|t| t.answer_minutes),
            self.terms.map(|t| t.solution_minutes),
            self.terms.map(|t| t.counting.as_str()),
            self.rule,
            self.calendar_version,
            self.soon_at()
        )
        .execute(tx.conn())
        .await?;
        Ok(())
    }

    /// Somebody of the company has taken the matter up.
    pub fn answered(&mut self, tx: &Tx) {
        if tx.actor().user_id().is_some() && tx.actor().role() != Role::Resident {
            self.responded_at = self.responded_at.or(Some(tx.now()));
        }
    }

    /// Writes down that something was told. Says no when another run has told it meanwhile.
    pub async fn mark(&mut self, tx: &mut Tx, id: RequestId, clock: Clock, alert: Alert) -> Result<bool> {
        if self.told.iter().any(|(c, a)| *c == clock && *a >= alert) {
            return Ok(false);
        }
        let (company, now) = (tx.actor().company_id().0, tx.now());
        let fresh = sqlx::query!(
            "insert into request_alerts (company_id, request_id, clock, alert, at) values ($1, $2, $3, $4, $5) on conflict do nothing",
            company,
            id.0,
            clock.as_str(),
            alert.as_str(),
            now
        )
        .execute(tx.conn())
        .await?
        .rows_affected();
        self.told.push((clock, alert));
        Ok(fresh > 0)
    }

    /// Ends the pause that lasts and writes it down.
    pub async fn resume(&mut self, tx: &mut Tx, id: RequestId) -> Result<()> {
        if let Some((from, reason)) = self.paused.take() {
            let to = tx.now().max(from);
            self.write_pause(tx, id, Pause { from, to, reason }).await?;
        }
        Ok(())
    }

    pub async fn write_pause(&mut self, tx: &mut Tx, id: RequestId, pause: Pause) -> Result<()> {
        let company = tx.actor().company_id().0;
        sqlx::query!(
            "insert into request_pauses (id, company_id, request_id, reason, from_at, to_at) values ($1, $2, $3, $4, $5, $6)",
            new_id(),
            company,
            id.0,
            pause.reason.as_str(),
            pause.from,
            pause.to
        )
        .execute(tx.conn())
        .await?;
        self.pauses.push(pause);
        Ok(())
    }
}

fn told(text: &str) -> Option<(Clock, Alert)> {
    let (clock, alert) = text.split_once(' ')?;
    Some((clock.parse().ok()?, if alert == Alert::Breach.as_str() { Alert::Breach } else { Alert::Warning }))
}

/// Whom to tell, and when finished work closes.
pub(crate) async fn watch(tx: &mut Tx) -> Result<Watch> {
    Ok(super::policy::load_watch(tx).await?.1)
}

fn read_pauses(value: Value) -> Result<Vec<Pause>> {
    let views: Vec<PauseView> = serde_json::from_value(value)?;
    Ok(views.into_iter().filter_map(|p| Some(Pause { from: p.from, to: p.to?, reason: p.reason })).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn clocks(minutes: i32) -> Clocks {
        let now = DateTime::parse_from_rfc3339("2026-11-23T07:00:00Z").unwrap().to_utc();
        let terms = Terms { answer_minutes: 3, solution_minutes: minutes, counting: Counting::Always };
        let mut clocks = Clocks { terms: Some(terms), warn_percent: 20, ..Clocks::empty(now) };
        clocks.count();
        clocks
    }

    fn after(clocks: &Clocks) -> Vec<(i64, Clock, Alert)> {
        clocks.moments().into_iter().map(|(at, c, a)| ((at - clocks.created_at).num_minutes(), c, a)).collect()
    }

    #[test]
    fn a_fifth_of_the_time_before_the_end_is_a_warning() {
        use {
            Alert::{Breach, Warning},
            Clock::{Answer, Solution},
        };
        let mut clocks = clocks(240);
        let all = [(2, Answer, Warning), (3, Answer, Breach), (192, Solution, Warning), (240, Solution, Breach)];
        assert_eq!(after(&clocks), all);
        clocks.warn_percent = 0;
        assert_eq!(after(&clocks), [all[1], all[3]]);
        clocks.responded_at = Some(clocks.created_at);
        assert_eq!(after(&clocks), [all[3]]);
        clocks.paused = Some((clocks.created_at, PauseReason::WaitingResident));
        assert_eq!(after(&clocks), []);
        clocks.paused = None;
        clocks.status = Status::Done;
        assert_eq!(after(&clocks), []);
    }

    #[test]
    fn what_ends_next_comes_near_first() {
        let mut clocks = clocks(240);
        let near = |clocks: &Clocks| clocks.soon_at().map(|at| (at - clocks.created_at).num_minutes());
        assert_eq!(near(&clocks), Some(2), "the answer");
        clocks.told.push((Clock::Answer, Alert::Warning));
        assert_eq!(near(&clocks), Some(2), "told or not");
        clocks.responded_at = Some(clocks.created_at);
        assert_eq!(near(&clocks), Some(192), "then the end of the work");
        clocks.warn_percent = 0;
        assert_eq!(near(&clocks), None, "who wants no warning has none");
        clocks.warn_percent = 20;
        clocks.paused = Some((clocks.created_at, PauseReason::WaitingResident));
        assert_eq!(near(&clocks), None);
    }

    #[test]
    fn what_was_told_is_not_told_again() {
        let mut clocks = clocks(240);
        let minutes = |clocks: &Clocks| clocks.next_alert().map(|at| (at - clocks.created_at).num_minutes());
        assert_eq!(minutes(&clocks), Some(2));
        // The breach covers a warning that was slept through.
        clocks.told.push((Clock::Answer, Alert::Breach));
        assert_eq!(minutes(&clocks), Some(192));
        clocks.told.push((Clock::Solution, Alert::Warning));
        assert_eq!(minutes(&clocks), Some(240));
        clocks.told.push((Clock::Solution, Alert::Breach));
        assert_eq!(minutes(&clocks), None);
    }

    #[test]
    fn a_time_named_by_hand_stays_and_warns_by_the_clock() {
        let mut clocks = clocks(240);
        (clocks.by_hand, clocks.responded_at) = (true, Some(clocks.created_at));
        clocks.due_at = Some(clocks.created_at + TimeDelta::minutes(1000));
        clocks.count();
        assert_eq!(after(&clocks).iter().map(|m| m.0).collect::<Vec<_>>(), [800, 1000]);
    }
}
