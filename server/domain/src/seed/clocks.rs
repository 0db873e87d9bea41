//! The clocks of a demo request, by the usual rules and the usual week.

use super::life::Row;
use crate::{
    deadlines::{Hours, Pause, due},
    settings,
};
use chrono::{DateTime, Utc};
use model::{
    deadlines::{Counting, Rule, Subject, Watch, choose, usual_rules},
    requests::{Category, Kind, Priority},
};
use std::sync::LazyLock;

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(usual_rules);
static WEEK: LazyLock<Hours> =
    LazyLock::new(|| Hours::of(Counting::Working, &settings::usual_calendar(), chrono_tz::Asia::Tashkent));

/// What the columns of a request say about its time.
pub(super) struct Clocks {
    pub answer_minutes: Option<i32>,
    pub solution_minutes: Option<i32>,
    pub counting: Option<&'static str>,
    pub rule: Option<i16>,
    pub respond_by: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
    pub late: bool,
    pub alert_at: Option<DateTime<Utc>>,
    pub soon_at: Option<DateTime<Utc>>,
}

/// Counts as filing, pausing and finishing would have.
pub(super) fn of(kind: Kind, priority: Priority, category: Category, filed: DateTime<Utc>, row: &Row) -> Clocks {
    let rule = choose(&RULES, &Subject { kind, priority, category, complex_id: None });
    let hours = match rule.map(|rule| rule.counting) {
        Some(Counting::Working) => &*WEEK,
        _ => &Hours::Always,
    };
    let lasting = row.paused_since.zip(row.deferred_until).map(|(from, to)| Pause {
        from,
        to,
        reason: model::deadlines::PauseReason::Deferred,
    });
    let pauses: Vec<Pause> = row.pauses.iter().copied().chain(lasting).collect();
    let due_at = rule.and_then(|rule| due(hours, filed, rule.solution_minutes, &pauses).ok());
    let runs = row.status.is_open() && row.paused_since.is_none();
    let respond_by = rule.and_then(|rule| due(hours, filed, rule.answer_minutes, &[]).ok());
    // The clock that ends next is near when a fifth of its time is left, as is usual.
    let answer_first = row.responded.is_none() && respond_by <= due_at;
    let soon_at = rule.filter(|_| runs).and_then(|rule| {
        let minutes = if answer_first { rule.answer_minutes } else { rule.solution_minutes };
        let pauses: &[Pause] = if answer_first { &[] } else { &pauses };
        due(hours, filed, minutes - (minutes * i32::from(Watch::default().warn_percent) + 99) / 100, pauses).ok()
    });
    Clocks {
        answer_minutes: rule.map(|rule| rule.answer_minutes),
        solution_minutes: rule.map(|rule| rule.solution_minutes),
        counting: rule.map(|rule| rule.counting.as_str()),
        rule: rule.and_then(|rule| RULES.iter().position(|r| r == rule)).and_then(|n| i16::try_from(n).ok()),
        respond_by,
        due_at,
        late: row.completed.zip(due_at).is_some_and(|(done, due)| done > due),
        // What is late in the demo is so from the beginning: nobody is written to about it.
        alert_at: due_at.filter(|due| runs && *due > row.updated),
        soon_at,
    }
}
