//! Reminders to who owes: a ladder of steps, each with its days, road and text.

use super::in_calendar;
use crate::{AccountId, Lang, Money, notices::NoticeChannel, requests::words, validate};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Most steps of a ladder.
const STEPS: usize = 8;
/// The longest text of a step.
const TEXT: usize = 1_500;

words! {
    /// What a step is called.
    ReminderKind { Message = "message", Letter = "letter", PreClaim = "pre_claim", Claim = "claim" }
}
impl ReminderKind {
    /// Whether the step may go out as a letter on paper.
    pub const fn on_paper(self) -> bool {
        !matches!(self, Self::Message)
    }
}
words! {
    /// The road a step would like; whoever cannot be reached by it is reached by another.
    Wish { Any = "any", Telegram = "telegram", Sms = "sms", Email = "email" }
}
words! {
    /// Why nobody is reminded.
    Quiet {
        /// Something about the account is being decided.
        Dispute = "dispute",
        /// They promised to pay by a day that is not over.
        Promise = "promise",
        /// Less than the company reminds of.
        Small = "small",
        /// Nobody of the account can be reached.
        NoRoad = "no_road",
        /// They were reminded today already.
        Today = "today",
        /// Nothing is late.
        NotLate = "not_late",
    }
}

/// A text in every language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReminderText {
    #[garde(length(chars, max = TEXT), custom(validate::not_blank), custom(known_variables))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1_500))]
    pub ru: String,
    #[garde(length(chars, max = TEXT), custom(validate::not_blank), custom(known_variables))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1_500))]
    pub uz: String,
    #[garde(length(chars, max = TEXT), custom(validate::not_blank), custom(known_variables))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1_500))]
    pub en: String,
}

impl Wish {
    pub const fn channel(self) -> Option<NoticeChannel> {
        match self {
            Self::Any => None,
            Self::Telegram => Some(NoticeChannel::Telegram),
            Self::Sms => Some(NoticeChannel::Sms),
            Self::Email => Some(NoticeChannel::Email),
        }
    }
}

impl ReminderText {
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ru => &self.ru,
            Lang::Uz => &self.uz,
            Lang::En => &self.en,
        }
    }
}

/// What stands in a text as `{name}`.
pub const VARIABLES: [&str; 6] = ["name", "account", "address", "debt", "months", "link"];

fn known_variables(text: &str, (): &()) -> garde::Result {
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let after = rest.get(at + 1..).unwrap_or_default();
        let Some((word, more)) = after.split_once('}') else { return Err(garde::Error::new("bad_variable")) };
        if !VARIABLES.contains(&word) {
            return Err(garde::Error::new("bad_variable"));
        }
        rest = more;
    }
    Ok(())
}

/// Puts values where a text names them. A value is never looked into: braces in a name stay braces.
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        match from.get(1..).and_then(|after| after.split_once('}')).and_then(|(word, more)| Some((value(word)?, more)))
        {
            Some((value, more)) => {
                out.push_str(&value);
                rest = more;
            }
            None => {
                out.push('{');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// One step of the ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReminderStep {
    #[garde(skip)]
    pub kind: ReminderKind,
    /// Days after the day by which the oldest unpaid month was to be paid.
    #[garde(range(min = 1, max = 1_000))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000))]
    pub days: i16,
    #[garde(skip)]
    pub wish: Wish,
    #[garde(dive)]
    pub text: ReminderText,
}

/// The ladder of a company. Without one nobody is reminded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReminderRules {
    /// 0 while nobody has decided anything.
    pub version: i32,
    /// Steps are sent by themselves, every day.
    pub enabled: bool,
    /// Smaller debts are not reminded of.
    pub least: Money,
    /// Nothing goes out on Saturdays and Sundays.
    pub skip_weekends: bool,
    /// Each later than the one before.
    pub steps: Vec<ReminderStep>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveReminderRules {
    #[garde(skip)]
    pub enabled: bool,
    #[garde(custom(super::priced))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100_000_000_000_i64))]
    pub least: Money,
    #[garde(skip)]
    pub skip_weekends: bool,
    #[garde(length(max = STEPS), dive, custom(in_order), custom(not_empty(&self.enabled)))]
    #[cfg_attr(feature = "openapi", schema(max_items = 8))]
    pub steps: Vec<ReminderStep>,
}

fn in_order(steps: &[ReminderStep], (): &()) -> garde::Result {
    let rising = steps.windows(2).all(|pair| matches!(pair, [a, b] if a.days < b.days));
    if rising { Ok(()) } else { Err(garde::Error::new("not_in_order")) }
}

fn not_empty<'a>(enabled: &'a bool) -> impl FnOnce(&[ReminderStep], &()) -> garde::Result + 'a {
    move |steps, ()| if *enabled && steps.is_empty() { Err(garde::Error::new("required")) } else { Ok(()) }
}

/// The last word to a debtor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LastReminder {
    /// From 1.
    pub step: i16,
    pub kind: ReminderKind,
    pub on: NaiveDate,
}

/// Where a debtor stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReminderState {
    /// About the debt they have now.
    pub last: Option<LastReminder>,
    /// They promised to pay by this day.
    pub promise: Option<NaiveDate>,
    /// Something about the account is being decided.
    pub disputed: bool,
}

/// Reminds some accounts at once. With `step` by that step's text, else each by the one that is its turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RemindNow {
    #[garde(length(min = 1, max = 200))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub account_ids: Vec<AccountId>,
    /// From 1.
    #[garde(inner(range(min = 1, max = 8)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 8))]
    #[serde(default)]
    pub step: Option<i16>,
}

/// The values of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Variables {
    pub name: String,
    pub account: String,
    pub address: String,
    pub debt: Money,
    /// Those that are not paid, the oldest first.
    pub months: Vec<NaiveDate>,
    /// The path where one pays.
    pub link: String,
}

/// What one of them would get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReminderSample {
    pub step: i16,
    pub kind: ReminderKind,
    pub lang: Lang,
    /// In the language of whoever gets it.
    pub text: String,
    pub values: Variables,
}

/// One account of those who are to be reminded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReminderLookRow {
    pub account_id: AccountId,
    pub number: String,
    /// Why this one is left out.
    pub quiet: Option<Quiet>,
    /// The step it gets, from 1.
    pub step: Option<i16>,
    pub people: i32,
}

/// Who would get what, before anything is sent; or what was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReminderLook {
    pub rows: Vec<ReminderLookRow>,
    /// Messages, one for each person.
    pub messages: i32,
    /// The first of them.
    pub sample: Option<ReminderSample>,
}

/// A reminder that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReminderRow {
    pub step: i16,
    pub kind: ReminderKind,
    pub at: DateTime<Utc>,
    pub debt: Money,
    /// Of the oldest unpaid month.
    pub days_late: i32,
    /// How each person was reached.
    pub roads: Vec<NoticeChannel>,
    /// Nobody when it went by itself.
    pub author: Option<String>,
}

/// They promise to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPromise {
    #[garde(custom(in_calendar))]
    pub on: NaiveDate,
    #[garde(inner(length(chars, max = 500), custom(validate::not_blank)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 500))]
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromiseRow {
    pub on: NaiveDate,
    pub note: Option<String>,
    pub author: String,
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_and_values_are_left_alone() {
        let value = |word: &str| Some(if word == "name" { "{debt} & co".to_owned() } else { "5".to_owned() });
        assert_eq!(fill("{name}: {debt} so'm {", value), "{debt} & co: 5 so'm {");
        assert_eq!(fill("{other} {debt}", |word| (word == "debt").then(|| "5".to_owned())), "{other} 5");
        assert_eq!(fill("no variables", |_| None), "no variables");
    }

    #[test]
    fn a_ladder_rises_and_names_what_there_is() {
        let text = |text: &str| ReminderText { ru: text.to_owned(), uz: text.to_owned(), en: text.to_owned() };
        let step =
            |days, words: &str| ReminderStep { kind: ReminderKind::Message, days, wish: Wish::Any, text: text(words) };
        let rules = |steps| SaveReminderRules { enabled: true, least: Money::ZERO, skip_weekends: false, steps };
        let wrong = |steps| {
            let mut fields = validate::check(&rules(steps)).unwrap_err().fields;
            fields.sort_by(|a, b| b.pointer.cmp(&a.pointer));
            fields.into_iter().next().map(|f| (f.pointer, f.code))
        };
        assert!(validate::check(&rules(vec![step(5, "{name} {link}"), step(30, "…")])).is_ok());
        assert_eq!(wrong(vec![step(5, "a"), step(5, "b")]), Some(("/steps".to_owned(), "not_in_order".to_owned())));
        assert_eq!(wrong(vec![step(5, "{sum}")]), Some(("/steps/0/text/uz".to_owned(), "bad_variable".to_owned())));
        assert_eq!(wrong(vec![step(5, "{name")]), Some(("/steps/0/text/uz".to_owned(), "bad_variable".to_owned())));
        assert_eq!(wrong(Vec::new()), Some(("/steps".to_owned(), "required".to_owned())));
    }
}
