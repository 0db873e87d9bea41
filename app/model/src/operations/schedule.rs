//! Work that the clock starts: the one table that the worker runs by and the page of operations shows.

use crate::requests::words;
use chrono::{DateTime, DurationRound, TimeDelta, Timelike, Utc};

words! {
    /// Work that the clock starts.
    Schedule {
        /// Puts finished, deferred and late requests where time alone brings them.
        DeadlinesTick = "deadlines_tick",
        /// Begins and ends planned outages.
        OutagesTick = "outages_tick",
        /// Ends payments and bills that waited too long.
        PaymentsTick = "payments_tick",
        NewsTick = "news_tick",
        /// Finds somebody for requests that found nobody at first.
        AssignWaiting = "assign_waiting",
        /// Gives tasks out again that lost their worker.
        ReviveTasks = "revive_tasks",
        /// Chains the newest rows of the audit.
        AuditSeal = "audit_seal",
        /// Asks providers about text messages nobody reported.
        SmsLook = "sms_look",
        /// Makes the requests of planned work.
        PlansRun = "plans_run",
        /// Deletes uploads that belong to nothing, and old exports.
        SweepHourly = "sweep_hourly",
        /// Seals what stands in the open and should not.
        SealWaiting = "seal_waiting",
        /// Sends managers the figures of yesterday at eight by the clock of their company.
        MorningDigest = "morning_digest",
        /// Reminds of debts.
        DebtReminders = "debt_reminders",
        /// Compares the ledger with itself.
        LedgerCheck = "ledger_check",
        /// Forgets sessions, codes, events, messages that have had their time.
        SweepDaily = "sweep_daily",
        /// Looks whether the audit is whole.
        AuditVerify = "audit_verify",
        /// Looks for payments that hang or are lost.
        PaymentsLook = "payments_look",
    }
}

/// When it starts, by UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At each minute of the hour that this number divides.
    Minutes(u32),
    /// Each hour at this minute.
    Hourly(u32),
    /// Each day at this hour and minute.
    Daily(u32, u32),
}

impl Schedule {
    pub const fn when(self) -> When {
        match self {
            Self::DeadlinesTick
            | Self::OutagesTick
            | Self::PaymentsTick
            | Self::NewsTick
            | Self::AssignWaiting
            | Self::ReviveTasks
            | Self::AuditSeal => When::Minutes(1),
            Self::SmsLook => When::Minutes(10),
            Self::PlansRun => When::Hourly(4),
            Self::SweepHourly => When::Hourly(17),
            Self::SealWaiting => When::Hourly(37),
            // Every half hour: zones of companies differ, also by halves.
            Self::MorningDigest => When::Minutes(30),
            // In Tashkent: 10:00, 03:20, 03:40, 04:10, 04:30.
            Self::DebtReminders => When::Daily(5, 0),
            Self::LedgerCheck => When::Daily(22, 20),
            Self::SweepDaily => When::Daily(22, 40),
            Self::AuditVerify => When::Daily(23, 10),
            Self::PaymentsLook => When::Daily(23, 30),
        }
    }
}

impl When {
    /// The first start after a moment.
    pub fn next(self, after: DateTime<Utc>) -> DateTime<Utc> {
        let start = self.latest(after);
        start + self.period()
    }

    /// The last start up to a moment.
    pub fn latest(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let minute = at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(at);
        let (hour_of_day, minute_of_hour) = (i64::from(minute.hour()), i64::from(minute.minute()));
        let since = match self {
            Self::Minutes(step) => minute_of_hour % i64::from(step.max(1)),
            Self::Hourly(start) => (minute_of_hour - i64::from(start)).rem_euclid(60),
            Self::Daily(hour, start) => {
                (hour_of_day * 60 + minute_of_hour - i64::from(hour) * 60 - i64::from(start)).rem_euclid(24 * 60)
            }
        };
        minute - TimeDelta::minutes(since)
    }

    /// From one start to the next. Steps that do not divide the hour are not used.
    pub fn period(self) -> TimeDelta {
        match self {
            Self::Minutes(step) => TimeDelta::minutes(i64::from(step.max(1))),
            Self::Hourly(_) => TimeDelta::hours(1),
            Self::Daily(..) => TimeDelta::days(1),
        }
    }

    /// Whether who last started then has missed a start. A start waits for its turn among other jobs a while.
    pub fn is_late(self, last: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        last < self.latest(now - TimeDelta::minutes(5)) - TimeDelta::seconds(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-11-23T{text}Z").parse().unwrap()
    }

    #[test]
    fn starts_follow_each_other() {
        let table = [
            // when, the moment, the start before it, the start after it
            (When::Minutes(1), "07:00:30", "07:00:00", "07:01:00"),
            (When::Minutes(10), "07:09:59", "07:00:00", "07:10:00"),
            (When::Minutes(30), "07:30:00", "07:30:00", "08:00:00"),
            (When::Hourly(17), "07:16:59", "06:17:00", "07:17:00"),
            (When::Hourly(17), "07:17:00", "07:17:00", "08:17:00"),
            (When::Daily(5, 0), "07:00:00", "05:00:00", "24"),
        ];
        for (when, now, before, after) in table {
            assert_eq!(when.latest(at(now)), at(before), "{when:?} {now}");
            let next = if after == "24" { at(before) + TimeDelta::days(1) } else { at(after) };
            assert_eq!(when.next(at(now)), next, "{when:?} {now}");
        }
        assert_eq!(When::Daily(22, 20).latest(at("07:00:00")), at("22:20:00") - TimeDelta::days(1));
    }

    #[test]
    fn who_missed_a_start_is_late_after_a_while() {
        let hourly = When::Hourly(17);
        assert!(!hourly.is_late(at("06:17:02"), at("07:21:59")), "it may still wait for its turn");
        assert!(hourly.is_late(at("06:17:02"), at("07:22:00")));
        assert!(!hourly.is_late(at("07:17:40"), at("08:10:00")));
        assert!(When::Minutes(1).is_late(at("06:50:00"), at("07:00:00")));
    }

    #[test]
    fn steps_divide_the_hour() {
        for schedule in Schedule::ALL {
            if let When::Minutes(step) = schedule.when() {
                assert_eq!(60 % step, 0, "{schedule}");
            }
        }
    }
}
