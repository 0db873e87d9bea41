//! The state of the product in words.

use crate::{Locale, td_string, when};
use chrono::{NaiveTime, Offset, TimeDelta};
use model::operations::{DependencyName, Schedule, When};

/// What a schedule does.
pub fn schedule(l: Locale, name: Schedule) -> &'static str {
    match name {
        Schedule::DeadlinesTick => td_string!(l, operations.does_deadlines_tick),
        Schedule::OutagesTick => td_string!(l, operations.does_outages_tick),
        Schedule::PaymentsTick => td_string!(l, operations.does_payments_tick),
        Schedule::NewsTick => td_string!(l, operations.does_news_tick),
        Schedule::AssignWaiting => td_string!(l, operations.does_assign_waiting),
        Schedule::ReviveTasks => td_string!(l, operations.does_revive_tasks),
        Schedule::AuditSeal => td_string!(l, operations.does_audit_seal),
        Schedule::SmsLook => td_string!(l, operations.does_sms_look),
        Schedule::PlansRun => td_string!(l, operations.does_plans_run),
        Schedule::SweepHourly => td_string!(l, operations.does_sweep_hourly),
        Schedule::SealWaiting => td_string!(l, operations.does_seal_waiting),
        Schedule::MorningDigest => td_string!(l, operations.does_morning_digest),
        Schedule::DebtReminders => td_string!(l, operations.does_debt_reminders),
        Schedule::LedgerCheck => td_string!(l, operations.does_ledger_check),
        Schedule::SweepDaily => td_string!(l, operations.does_sweep_daily),
        Schedule::AuditVerify => td_string!(l, operations.does_audit_verify),
        Schedule::PaymentsLook => td_string!(l, operations.does_payments_look),
    }
}

/// When it starts, by the clock of the company.
pub fn starts(l: Locale, value: When) -> String {
    let zone = i64::from(when::zone().fix().local_minus_utc());
    let here = |hour, minute| {
        let (time, _) = NaiveTime::from_hms_opt(hour, minute, 0)
            .unwrap_or_default()
            .overflowing_add_signed(TimeDelta::seconds(zone));
        when::clock(&time)
    };
    match value {
        When::Minutes(1) => td_string!(l, operations.every_minute).to_owned(),
        When::Minutes(n) => td_string!(l, operations.every_minutes, n = n.to_string()).to_string(),
        When::Hourly(minute) => td_string!(l, operations.hourly, minute = format!("{minute:02}")).to_string(),
        When::Daily(hour, minute) => td_string!(l, operations.daily, time = here(hour, minute)).to_string(),
    }
}

/// The name of a dependency.
pub fn dependency(l: Locale, name: DependencyName) -> &'static str {
    match name {
        DependencyName::Postgres => "PostgreSQL",
        DependencyName::Redis => "Redis",
        DependencyName::Files => td_string!(l, operations.name_files),
        DependencyName::Mail => td_string!(l, operations.name_mail),
        DependencyName::Telegram => "Telegram",
        DependencyName::Eskiz => "SMS: Eskiz",
        DependencyName::PlayMobile => "SMS: Play Mobile",
        DependencyName::Fcm => "Firebase",
        DependencyName::Amqp => "RabbitMQ",
    }
}

/// How long a run took: seconds, then longer words.
pub fn took(l: Locale, time: TimeDelta) -> String {
    let tenths = time.num_milliseconds().max(0) / 100;
    if tenths >= 600 {
        return when::span(l, time);
    }
    let n = if tenths < 100 { format!("{},{}", tenths / 10, tenths % 10) } else { (tenths / 10).to_string() };
    let n = if l == Locale::en { n.replace(',', ".") } else { n };
    td_string!(l, operations.seconds, n = n).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_tashkent() {
        assert_eq!(starts(Locale::en, Schedule::DebtReminders.when()), "daily at 10:00");
        assert_eq!(starts(Locale::en, Schedule::LedgerCheck.when()), "daily at 03:20");
        assert_eq!(took(Locale::ru, TimeDelta::milliseconds(1_250)), "1,2 с");
        assert_eq!(took(Locale::en, TimeDelta::milliseconds(40)), "0.0 s");
    }
}
