//! Deadlines (сроки): the rules a company promises by, and a due time taken apart so that a person can follow it.

use crate::{
    ComplexId, Role, UserId,
    requests::{Category, Kind, Priority, words},
};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

words! {
    /// What is promised: that somebody answers, and that the work is done.
    Clock { Answer = "answer", Solution = "solution" }
}
words! {
    /// How time is counted: in the company's working time, or round the clock.
    Counting { Working = "working", Always = "always" }
}
words! {
    /// Why the clock of the solution stood still. `done`: the work was handed over and waited for the resident's verdict.
    PauseReason { Deferred = "deferred", WaitingResident = "waiting_resident", Done = "done" }
}

/// The longest time a rule may give: 2000 hours.
pub const MOST_MINUTES: i32 = 120_000;

/// How long some requests may take. A condition that is absent fits all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    #[garde(skip)]
    #[serde(default)]
    pub kind: Option<Kind>,
    #[garde(skip)]
    #[serde(default)]
    pub complex_id: Option<ComplexId>,
    #[garde(skip)]
    #[serde(default)]
    pub category: Option<Category>,
    #[garde(skip)]
    #[serde(default)]
    pub priority: Option<Priority>,
    /// Minutes until somebody answers.
    #[garde(range(min = 1, max = MOST_MINUTES))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 120_000))]
    pub answer_minutes: i32,
    /// Minutes until the work is done.
    #[garde(range(min = 1, max = MOST_MINUTES), custom(not_before(&self.answer_minutes)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 120_000))]
    pub solution_minutes: i32,
    #[garde(skip)]
    pub counting: Counting,
}

fn not_before<'a>(answer: &'a i32) -> impl FnOnce(&i32, &()) -> garde::Result + 'a {
    move |solution, ()| if solution >= answer { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

/// What rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    pub kind: Kind,
    pub complex_id: Option<ComplexId>,
    pub category: Category,
    pub priority: Priority,
}

impl Rule {
    pub fn fits(&self, subject: &Subject) -> bool {
        self.kind.is_none_or(|kind| kind == subject.kind)
            && (self.complex_id.is_none() || self.complex_id == subject.complex_id)
            && self.category.is_none_or(|category| category == subject.category)
            && self.priority.is_none_or(|priority| priority == subject.priority)
    }

    /// Fits every request.
    pub const fn is_for_all(&self) -> bool {
        self.kind.is_none() && self.complex_id.is_none() && self.category.is_none() && self.priority.is_none()
    }

    /// Which conditions it has. The kind weighs most, then the complex, the category and the priority: a rule for
    /// emergencies is never beaten by one that does not know of them.
    pub const fn rank(&self) -> [bool; 4] {
        [self.kind.is_some(), self.complex_id.is_some(), self.category.is_some(), self.priority.is_some()]
    }

    /// Both ask for the same.
    pub fn same_conditions(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.complex_id == other.complex_id
            && self.category == other.category
            && self.priority == other.priority
    }
}

/// Puts rules into the order in which they are tried: the most specific first.
pub fn sort(rules: &mut [Rule]) {
    rules.sort_by_key(|rule| Reverse(rule.rank()));
}

/// The rule for a request: the most specific that fits.
pub fn choose<'a>(rules: &'a [Rule], subject: &Subject) -> Option<&'a Rule> {
    // Of equal rank at most one fits: the same conditions do not come twice.
    rules.iter().filter(|rule| rule.fits(subject)).max_by_key(|rule| rule.rank())
}

/// What a company promises until it decides for itself. A working day has eight hours: 24 hours are three of them.
pub fn usual_rules() -> Vec<Rule> {
    let rule = |kind, priority, answer_minutes, solution_minutes, counting| Rule {
        kind,
        complex_id: None,
        category: None,
        priority,
        answer_minutes,
        solution_minutes,
        counting,
    };
    vec![
        // A caller with an emergency is answered within three minutes.
        rule(Some(Kind::Emergency), None, 3, 4 * 60, Counting::Always),
        rule(None, Some(Priority::Urgent), 30, 8 * 60, Counting::Always),
        rule(None, Some(Priority::High), 60, 8 * 60, Counting::Working),
        rule(None, Some(Priority::Low), 8 * 60, 40 * 60, Counting::Working),
        rule(None, None, 4 * 60, 24 * 60, Counting::Working),
    ]
}

/// One edition of a company's rules; requests keep the one they were filed under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Policy {
    /// Counts from 1; 0 are the usual rules of a company that has decided nothing yet.
    pub number: i32,
    /// Holds for requests filed from then on.
    pub since: Option<DateTime<Utc>>,
    /// Who decided it.
    pub author: Option<String>,
    /// In the order in which they are tried.
    pub rules: Vec<Rule>,
}

/// Replaces the rules for requests filed from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveRules {
    #[garde(length(min = 1, max = 100), dive)]
    pub rules: Vec<Rule>,
}

/// Before and after a breach: whom to tell; and how long finished work waits for a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// A warning comes when this share of the time is left; 0 for no warnings.
    #[garde(range(min = 0, max = 90))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 90))]
    pub warn_percent: i16,
    /// Who is written to after a breach, by role …
    #[garde(length(max = 3), custom(desk_or_staff))]
    pub escalate_roles: Vec<Role>,
    /// … and by name.
    #[garde(length(max = 50))]
    pub escalate_to: Vec<UserId>,
    /// Finished work that nobody rates is closed after so many days; 0 for never.
    #[garde(range(min = 0, max = 90))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 90))]
    pub close_after_days: i16,
}

fn desk_or_staff(roles: &[Role], _: &()) -> garde::Result {
    let fits = roles.iter().all(|role| matches!(role, Role::Admin | Role::Dispatcher | Role::Staff));
    if fits { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

impl Default for Watch {
    fn default() -> Self {
        Self { warn_percent: 20, escalate_roles: vec![Role::Admin], escalate_to: Vec::new(), close_after_days: 7 }
    }
}

/// Everything about deadlines that a company decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeadlineSettings {
    pub policy: Policy,
    /// Editions before this one, the newest first.
    pub past: Vec<PolicyRef>,
    /// Guards edits of `watch`.
    pub watch_version: i32,
    pub watch: Watch,
    /// The working calendar has no hours at all: everything is counted round the clock until it has.
    pub no_hours: bool,
}

/// An edition by its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyRef {
    pub number: i32,
    pub since: DateTime<Utc>,
    pub author: Option<String>,
}

/// What a stretch of time was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stretch {
    /// Time that counts.
    Counted,
    /// A working day before it opens or after it closed.
    Closed,
    Lunch,
    /// A day of the week that is free.
    DayOff,
    Holiday {
        name: String,
    },
    Paused {
        reason: PauseReason,
    },
}

/// One stretch of the way from the start to the due time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub stretch: Stretch,
}

/// How a due time came about. The steps follow each other without a gap from `from` to `due_at`, and those that count
/// add up to `minutes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    pub counting: Counting,
    pub minutes: i32,
    /// The first full minute.
    pub from: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
    pub steps: Vec<Step>,
}

/// One of the two promises of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Promise {
    pub clock: Clock,
    pub due_at: DateTime<Utc>,
    /// When it was kept, or too late.
    pub met_at: Option<DateTime<Utc>>,
    /// Somebody named this time by hand; nothing moves it.
    pub by_hand: bool,
    /// The steps to `due_at`; absent when it was named by hand or comes from before there were rules.
    pub explanation: Option<Explanation>,
}

/// A time in which the clock of the solution stood still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PauseView {
    pub from: DateTime<Utc>,
    /// Absent while it lasts.
    pub to: Option<DateTime<Utc>>,
    pub reason: PauseReason,
}

/// The deadlines of one request, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestDeadlines {
    pub promises: Vec<Promise>,
    pub pauses: Vec<PauseView>,
    /// The edition and the rule that decided; absent for requests from before there were rules.
    pub policy: Option<i32>,
    pub rule: Option<Rule>,
}

/// Marks a request as waiting for its author, or as no longer waiting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WaitRequest {
    #[garde(skip)]
    pub waiting: bool,
    /// What is waited for; the author reads it. Required with `waiting`.
    #[garde(inner(length(chars, max = 1000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    #[serde(default)]
    pub reason: Option<String>,
}

/// Other rules, tried on the requests of the last 90 days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WhatIf {
    #[garde(length(min = 1, max = 100), dive)]
    pub rules: Vec<Rule>,
}

/// Promises broken with the rules that were, and with other rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Breaches {
    pub requests: i64,
    pub answer_before: i64,
    pub answer_after: i64,
    pub solution_before: i64,
    pub solution_after: i64,
}

/// The breaches of one kind in one category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhatIfRow {
    pub kind: Kind,
    pub category: Category,
    pub breaches: Breaches,
}

/// A request for which a promise would turn out differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Changed {
    pub id: crate::RequestId,
    pub number: i64,
    pub address: String,
    pub kind: Kind,
    pub category: Category,
    pub clock: Clock,
    pub before: DateTime<Utc>,
    pub after: DateTime<Utc>,
    /// When the promise was met; absent while it is not.
    pub met_at: Option<DateTime<Utc>>,
    /// It would be broken; otherwise it would be kept.
    pub breaks: bool,
}

/// What would have been different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhatIfResult {
    pub total: Breaches,
    /// Kinds and categories that have requests.
    pub rows: Vec<WhatIfRow>,
    /// The newest that change, at most 200.
    pub changed: Vec<Changed>,
    pub changed_total: i64,
    /// There were more than 100,000 requests: the newest were looked at.
    pub cut: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(kind: Kind, category: Category, priority: Priority, complex: Option<u128>) -> Subject {
        Subject { kind, category, priority, complex_id: complex.map(|n| ComplexId(uuid::Uuid::from_u128(n))) }
    }

    fn rule(of: (Option<Kind>, Option<u128>, Option<Category>, Option<Priority>), minutes: i32) -> Rule {
        Rule {
            kind: of.0,
            complex_id: of.1.map(|n| ComplexId(uuid::Uuid::from_u128(n))),
            category: of.2,
            priority: of.3,
            answer_minutes: 1,
            solution_minutes: minutes,
            counting: Counting::Working,
        }
    }

    #[test]
    fn the_most_specific_rule_wins() {
        use Category::{Elevator, Yard};
        use Kind::{Emergency, Regular};
        use Priority::{Low, Normal, Urgent};
        let mut rules = vec![
            rule((None, None, None, None), 1),
            rule((None, None, None, Some(Urgent)), 2),
            rule((None, None, Some(Elevator), None), 3),
            rule((None, None, Some(Elevator), Some(Urgent)), 4),
            rule((None, Some(7), None, None), 5),
            rule((None, Some(7), Some(Elevator), Some(Urgent)), 6),
            rule((Some(Emergency), None, None, None), 7),
            rule((Some(Emergency), Some(7), None, None), 8),
        ];
        let cases = [
            (subject(Regular, Yard, Normal, None), 1),
            (subject(Regular, Yard, Urgent, None), 2),
            (subject(Regular, Elevator, Normal, None), 3),
            (subject(Regular, Elevator, Urgent, None), 4),
            (subject(Regular, Yard, Urgent, Some(7)), 5),
            (subject(Regular, Elevator, Urgent, Some(7)), 6),
            (subject(Regular, Elevator, Urgent, Some(8)), 4),
            // No rule without the word "emergency" may slow one down.
            (subject(Emergency, Elevator, Urgent, None), 7),
            (subject(Emergency, Elevator, Urgent, Some(8)), 7),
            (subject(Emergency, Yard, Low, Some(7)), 8),
        ];
        for turn in 0..rules.len() {
            rules.rotate_left(turn);
            for (subject, minutes) in &cases {
                assert_eq!(choose(&rules, subject).unwrap().solution_minutes, *minutes, "{subject:?}");
            }
        }
        // The order on the page is the order of trying.
        sort(&mut rules);
        for (subject, minutes) in &cases {
            assert_eq!(rules.iter().find(|rule| rule.fits(subject)).unwrap().solution_minutes, *minutes);
        }
    }

    #[test]
    fn usual_rules_answer_emergencies_in_three_minutes_and_leave_nobody_out() {
        let rules = usual_rules();
        for kind in Kind::ALL {
            for priority in Priority::ALL {
                let chosen = choose(&rules, &subject(*kind, Category::Other, *priority, Some(1))).unwrap();
                assert_eq!(chosen.answer_minutes == 3, *kind == Kind::Emergency);
            }
        }
        let mut sorted = rules.clone();
        sort(&mut sorted);
        assert_eq!(sorted, rules, "they are written in their order");
        crate::validate::check(&SaveRules { rules }).unwrap();
    }

    #[test]
    fn an_answer_comes_before_the_work_is_done() {
        let mut late = rule((None, None, None, None), 10);
        late.answer_minutes = 11;
        let failure = crate::validate::check(&SaveRules { rules: vec![late] }).unwrap_err();
        assert_eq!(
            (failure.fields[0].pointer.as_str(), failure.fields[0].code.as_str()),
            ("/rules/0/solution_minutes", "out_of_range")
        );
    }
}
