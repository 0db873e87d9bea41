//! What people are told, in words: the product's own texts, a company's texts filled in, names of kinds and channels.

use crate::{Locale, billing, case::lower, deadlines, outages, reminders, td_string, when, words, work_words};
use chrono::{DateTime, NaiveDate, Utc};
use model::{
    Money, Role,
    billing::{ReminderKind, Variables},
    notices::{DeliveryState, FailReason, NoticeChannel, NoticeKind, NoticeObject, Var, fill},
    outages::{OutageKind, OutageStatus, OutageTexts, Resource},
    requests::{Category, Status},
};
use serde_json::Value;
use std::str::FromStr;
use uuid::Uuid;

/// A message ready to be shown: a headline, and what there is to say beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub title: String,
    pub text: String,
}

/// Everything a text is made of.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub kind: NoticeKind,
    /// Raw values by their names.
    pub facts: &'a Value,
    /// Who reads it.
    pub name: &'a str,
    pub company: &'a str,
    /// Where it leads.
    pub link: &'a str,
    pub now: DateTime<Utc>,
}

impl Told<'_> {
    fn text(&self, name: &str) -> &str {
        self.facts[name].as_str().unwrap_or_default()
    }

    fn word<T: FromStr>(&self, name: &str) -> Option<T> {
        self.facts[name].as_str().and_then(|text| text.parse().ok())
    }

    fn moment(&self, name: &str) -> Option<DateTime<Utc>> {
        self.word(name)
    }

    fn money(&self, name: &str) -> Money {
        Money::from_tiyin(self.facts[name].as_i64().unwrap_or_default())
    }

    fn outage(&self) -> Option<outages::Facts> {
        Some(outages::Facts {
            kind: self.word::<OutageKind>("kind")?,
            resource: self.word::<Resource>("resource")?,
            status: self.word::<OutageStatus>("status")?,
            starts_at: self.moment("starts_at")?,
            ends_at: self.moment("ends_at"),
        })
    }

    /// A value in words.
    fn value(&self, l: Locale, var: Var) -> String {
        match var {
            Var::Name => self.name.to_owned(),
            Var::Company => self.company.to_owned(),
            Var::Link => self.link.to_owned(),
            Var::Title | Var::Text if self.kind == NoticeKind::News => self.news(l, var),
            Var::Number | Var::Account | Var::Words | Var::Title | Var::Text if self.kind != NoticeKind::Outage => {
                self.text(var.as_str()).to_owned()
            }
            Var::Address => self.place(l),
            Var::Status => self.word::<Status>("status").map(|s| words::status(l, s).to_owned()).unwrap_or_default(),
            Var::Category => {
                self.word::<Category>("category").map(|c| words::category(l, c).to_owned()).unwrap_or_default()
            }
            Var::Person => match self.text("person") {
                "" => td_string!(l, notices.somebody).to_owned(),
                name => name.to_owned(),
            },
            Var::Clock => self.word("clock").map(|clock| lower(deadlines::clock(l, clock))).unwrap_or_default(),
            Var::Due => self.moment("due").map(|at| deadlines::point(l, at)).unwrap_or_default(),
            Var::Sum => work_words::money(l, self.money("sum")),
            Var::Balance => owed(l, self.money("balance")),
            Var::Month => self.word::<NaiveDate>("month").map(|day| billing::month(l, day)).unwrap_or_default(),
            Var::What => {
                self.outage().map(|o| outages::headline(l, o.status, o.resource).to_owned()).unwrap_or_default()
            }
            Var::Text => {
                let texts: OutageTexts = serde_json::from_value(self.facts["texts"].clone()).unwrap_or_default();
                self.outage().map(|o| outages::says(l, &o, &texts, self.now)).unwrap_or_default()
            }
            Var::Number | Var::Account | Var::Words | Var::Title => String::new(),
        }
    }

    /// News carry their words in every language they were written in; Russian is always there.
    fn news(&self, l: Locale, var: Var) -> String {
        let said = |code: &str| self.facts["texts"][code][var.as_str()].as_str();
        said(crate::lang(l).code()).or_else(|| said("ru")).unwrap_or_else(|| self.text(var.as_str())).to_owned()
    }

    /// The address, with the entrance where a shared problem names it.
    fn place(&self, l: Locale) -> String {
        match self.facts["entrance"].as_i64() {
            Some(n) => {
                let entrance = td_string!(l, outages.place_entrance, n = n.to_string()).to_string();
                format!("{}, {entrance}", self.text("address"))
            }
            None => self.text("address").to_owned(),
        }
    }
}

/// What an account owes, in words.
pub fn owed(l: Locale, balance: Money) -> String {
    let ahead = Money::ZERO.checked_sub(balance).filter(|ahead| *ahead > Money::ZERO);
    match ahead {
        _ if balance > Money::ZERO => td_string!(l, payments.told_owed, sum = balance.to_string()).to_string(),
        Some(ahead) => td_string!(l, payments.told_ahead, sum = ahead.to_string()).to_string(),
        None => td_string!(l, payments.told_even).to_owned(),
    }
}

/// The message in words: the company's own when it has some, else the product's.
pub fn say(l: Locale, told: &Told<'_>, written: Option<&(String, String)>) -> Said {
    let value = |var: Var| told.value(l, var);
    match written {
        Some((title, text)) => Said { title: fill(title, value), text: fill(text, value) },
        None => standard(l, told, &value),
    }
}

/// The product's text with its values still as names, `{number}`: where a company begins to write its own.
pub fn blank(l: Locale, told: &Told<'_>) -> Said {
    standard(l, told, &|var| format!("{{{var}}}"))
}

fn standard(l: Locale, told: &Told<'_>, v: &dyn Fn(Var) -> String) -> Said {
    let said = |title: String, text: String| Said { title, text };
    let (number, address) = (v(Var::Number), v(Var::Address));
    match told.kind {
        NoticeKind::RequestStep => {
            let title = match told.word::<Status>("status") {
                Some(status) => step(l, status, number),
                None => td_string!(l, notices.step_any, number = number, status = v(Var::Status)).to_string(),
            };
            said(title, address)
        }
        NoticeKind::RequestEstimate => said(
            td_string!(l, work.bot_estimate, number = number).to_string(),
            td_string!(l, notices.estimate_text, address = address, sum = v(Var::Sum)).to_string(),
        ),
        NoticeKind::RequestCommon => said(
            td_string!(l, notices.common_title).to_owned(),
            td_string!(l, outages.bot_common, what = v(Var::Category), place = address, status = v(Var::Status))
                .to_string(),
        ),
        NoticeKind::Outage => said(v(Var::What), v(Var::Text)),
        NoticeKind::Payment => {
            let title = if told.text("state") == "refunded" {
                td_string!(l, notices.payment_returned, sum = v(Var::Sum)).to_string()
            } else {
                td_string!(l, notices.payment_got, sum = v(Var::Sum)).to_string()
            };
            let account = td_string!(l, payments.told_account, account = v(Var::Account)).to_string();
            said(title, format!("{account}\n{}", v(Var::Balance)))
        }
        NoticeKind::Bill => said(
            td_string!(l, notices.bill_title, month = v(Var::Month)).to_string(),
            td_string!(l, notices.bill_text, sum = v(Var::Sum), account = v(Var::Account)).to_string(),
        ),
        NoticeKind::Reminder => reminder(l, told),
        NoticeKind::News | NoticeKind::Letter => said(v(Var::Title), v(Var::Text)),
        NoticeKind::Assignment => said(
            td_string!(l, notices.assignment_title, number = number).to_string(),
            format!("{} · {address}", v(Var::Category)),
        ),
        NoticeKind::Mention => said(
            td_string!(l, together.notice_mention, name = v(Var::Person)).to_string(),
            about(number, &address, &v(Var::Words)),
        ),
        NoticeKind::Comment => said(
            td_string!(l, together.notice_comment, name = v(Var::Person)).to_string(),
            about(number, &address, &v(Var::Words)),
        ),
        NoticeKind::Involved => {
            let title = if told.text("part") == "watching" {
                td_string!(l, together.notice_watching, name = v(Var::Person)).to_string()
            } else {
                td_string!(l, together.notice_responsible, name = v(Var::Person)).to_string()
            };
            said(title, about(number, &address, ""))
        }
        NoticeKind::Followed => said(
            td_string!(l, together.notice_status, name = v(Var::Person), status = v(Var::Status)).to_string(),
            about(number, &address, ""),
        ),
        NoticeKind::DeadlineWarning => said(
            td_string!(l, deadlines.soon_title, n = number).to_string(),
            td_string!(l, notices.warning_text, clock = v(Var::Clock), address = address, due = v(Var::Due))
                .to_string(),
        ),
        NoticeKind::DeadlineBreach => said(
            td_string!(l, deadlines.breach_title, n = number).to_string(),
            td_string!(l, notices.breach_text, clock = v(Var::Clock), address = address, due = v(Var::Due)).to_string(),
        ),
        NoticeKind::Digest => digest(l, told),
        // Their words are in `messages.json`: they carry codes and tokens, which no notice does.
        NoticeKind::Account | NoticeKind::Security => said(String::new(), String::new()),
    }
}

/// What yesterday brought.
fn digest(l: Locale, told: &Told<'_>) -> Said {
    let day = told.word::<NaiveDate>("day").map(|day| when::date(&day)).unwrap_or_default();
    let number = |name: &str| told.facts[name].as_i64().unwrap_or_default().to_string();
    let text = td_string!(
        l,
        operations.digest_text,
        filed = number("filed"),
        done = number("done"),
        overdue = number("overdue"),
        sum = work_words::money(l, told.money("sum"))
    )
    .to_string();
    Said { title: td_string!(l, operations.digest_title, day = day).to_string(), text }
}

/// A step of the company's ladder, in the company's words.
fn reminder(l: Locale, told: &Told<'_>) -> Said {
    let kind = told.word("step").unwrap_or(ReminderKind::Message);
    let of: Variables = serde_json::from_value(told.facts["values"].clone()).unwrap_or_default();
    let of = Variables { name: told.name.to_owned(), link: told.link.to_owned(), ..of };
    let text = told.facts["texts"][crate::lang(l).code()].as_str().unwrap_or_default();
    Said { title: reminders::kind(l, kind).to_owned(), text: reminders::text(l, text, &of, "") }
}

fn about(number: String, address: &str, words: &str) -> String {
    let head = format!("№{number} · {address}");
    if words.is_empty() { head } else { format!("{head}\n{words}") }
}

/// What happened to a request, in one sentence.
pub fn step(l: Locale, status: Status, number: String) -> String {
    match status {
        Status::New => td_string!(l, bot.notice_new, number = number).to_string(),
        Status::Assigned => td_string!(l, bot.notice_assigned, number = number).to_string(),
        Status::InProgress => td_string!(l, bot.notice_in_progress, number = number).to_string(),
        Status::Deferred => td_string!(l, bot.notice_deferred, number = number).to_string(),
        Status::Done => td_string!(l, bot.notice_done, number = number).to_string(),
        Status::Returned => td_string!(l, bot.notice_returned, number = number).to_string(),
        Status::Closed => td_string!(l, bot.notice_closed, number = number).to_string(),
        Status::Cancelled => td_string!(l, bot.notice_cancelled, number = number).to_string(),
        Status::Rejected => td_string!(l, bot.notice_rejected, number = number).to_string(),
    }
}

/// The page an object has for a reader of this role.
pub fn href(role: Role, object: NoticeObject, id: Uuid) -> Option<String> {
    let desk = role.is_desk();
    match (object, role) {
        (NoticeObject::Request, Role::Resident) => Some(format!("/my/requests/{id}")),
        (NoticeObject::Request, Role::Staff) => Some(format!("/work/requests/{id}")),
        (NoticeObject::Request, _) => Some(format!("/desk/requests/{id}")),
        (NoticeObject::Outage, Role::Resident) => Some("/my".to_owned()),
        (NoticeObject::Outage, _) => desk.then(|| format!("/desk/outages/{id}")),
        (NoticeObject::Payment | NoticeObject::Account, Role::Resident) => Some("/my/bills".to_owned()),
        (NoticeObject::Payment, _) => desk.then(|| format!("/desk/payments/{id}")),
        (NoticeObject::News, Role::Resident) => Some(format!("/my/news/{id}")),
        (NoticeObject::Account | NoticeObject::News, _) => None,
    }
}

/// Where a notice leads. Who joined a shared problem does not see the request behind it.
pub fn leads(role: Role, kind: NoticeKind, about: Option<(NoticeObject, Uuid)>) -> Option<String> {
    match (kind, about) {
        (NoticeKind::RequestCommon, _) => Some("/my".to_owned()),
        (NoticeKind::Digest, _) => Some("/desk".to_owned()),
        (_, Some((object, id))) => href(role, object, id),
        (_, None) => None,
    }
}

/// The name of a kind on the page of preferences.
pub fn kind(l: Locale, value: NoticeKind) -> &'static str {
    match value {
        NoticeKind::RequestStep => td_string!(l, notices.kind_request_step),
        NoticeKind::RequestEstimate => td_string!(l, notices.kind_request_estimate),
        NoticeKind::RequestCommon => td_string!(l, notices.kind_request_common),
        NoticeKind::Outage => td_string!(l, notices.kind_outage),
        NoticeKind::Payment => td_string!(l, notices.kind_payment),
        NoticeKind::Bill => td_string!(l, notices.kind_bill),
        NoticeKind::Reminder => td_string!(l, notices.kind_reminder),
        NoticeKind::News => td_string!(l, notices.kind_news),
        NoticeKind::Letter => td_string!(l, notices.kind_letter),
        NoticeKind::Assignment => td_string!(l, notices.kind_assignment),
        NoticeKind::Mention => td_string!(l, notices.kind_mention),
        NoticeKind::Comment => td_string!(l, notices.kind_comment),
        NoticeKind::Involved => td_string!(l, notices.kind_involved),
        NoticeKind::Followed => td_string!(l, notices.kind_followed),
        NoticeKind::DeadlineWarning => td_string!(l, notices.kind_deadline_warning),
        NoticeKind::DeadlineBreach => td_string!(l, notices.kind_deadline_breach),
        NoticeKind::Digest => td_string!(l, operations.kind_digest),
        NoticeKind::Account => td_string!(l, notices.kind_account),
        NoticeKind::Security => td_string!(l, notices.kind_security),
    }
}

/// The name of a channel.
pub fn channel(l: Locale, value: NoticeChannel) -> &'static str {
    match value {
        NoticeChannel::InApp => td_string!(l, notices.channel_in_app),
        NoticeChannel::Telegram => "Telegram",
        NoticeChannel::WebPush => td_string!(l, notices.channel_web_push),
        NoticeChannel::Fcm => td_string!(l, notices.channel_fcm),
        NoticeChannel::Email => td_string!(l, notices.channel_email),
        NoticeChannel::Sms => "SMS",
    }
}

/// How far a message has come.
pub fn state(l: Locale, value: DeliveryState) -> &'static str {
    match value {
        DeliveryState::Queued => td_string!(l, notices.state_queued),
        DeliveryState::Sending => td_string!(l, notices.state_sending),
        DeliveryState::Sent => td_string!(l, notices.state_sent),
        DeliveryState::Delivered => td_string!(l, notices.state_delivered),
        DeliveryState::Read => td_string!(l, notices.state_read),
        DeliveryState::Captured => td_string!(l, notices.state_captured),
        DeliveryState::Failed => td_string!(l, notices.state_failed),
    }
}

/// Why a message did not arrive.
pub fn reason(l: Locale, value: FailReason) -> &'static str {
    match value {
        FailReason::NoProvider => td_string!(l, notices.reason_no_provider),
        FailReason::NoAddress => td_string!(l, notices.reason_no_address),
        FailReason::Refused => td_string!(l, notices.reason_refused),
        FailReason::GaveUp => td_string!(l, notices.reason_gave_up),
        FailReason::Overtaken => td_string!(l, notices.reason_overtaken),
        FailReason::Unconfirmed => td_string!(l, notices.reason_unconfirmed),
        FailReason::BadText => td_string!(l, notices.reason_bad_text),
    }
}

/// What a variable stands for.
pub fn var(l: Locale, value: Var) -> &'static str {
    match value {
        Var::Number => td_string!(l, notices.var_number),
        Var::Address => td_string!(l, notices.var_address),
        Var::Status => td_string!(l, notices.var_status),
        Var::Category => td_string!(l, notices.var_category),
        Var::Person => td_string!(l, notices.var_person),
        Var::Words => td_string!(l, notices.var_words),
        Var::Clock => td_string!(l, notices.var_clock),
        Var::Due => td_string!(l, notices.var_due),
        Var::Sum => td_string!(l, notices.var_sum),
        Var::Account => td_string!(l, notices.var_account),
        Var::Balance => td_string!(l, notices.var_balance),
        Var::Month => td_string!(l, notices.var_month),
        Var::What => td_string!(l, notices.var_what),
        Var::Title => td_string!(l, notices.var_title),
        Var::Text => td_string!(l, notices.var_text),
        Var::Name => td_string!(l, notices.var_name),
        Var::Company => td_string!(l, notices.var_company),
        Var::Link => td_string!(l, notices.var_link),
    }
}

/// The moment a held message goes out.
pub fn goes_out(l: Locale, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    td_string!(l, notices.goes_out, time = when::moment(l, at, now)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn facts() -> Value {
        json!({
            "number": "12", "address": "Навои 12", "entrance": 2, "status": "done", "category": "plumbing", "person": "Rustam",
            "words": "ok", "clock": "solution", "due": "2026-11-23T09:00:00Z", "sum": 1_500_000, "account": "100200",
            "texts": { "ru": "{name}: {debt}", "uz": "{name}: {debt}", "en": "{name}: {debt}" },
            "values": { "name": "", "account": "100200", "address": "", "debt": 1_500_000, "months": [], "link": "" },
            "balance": 0, "month": "2026-10-01", "title": "T", "text": "B", "part": "watching", "state": "completed",
        })
    }

    #[test]
    fn every_kind_speaks_every_language_and_says_what_it_may_name() {
        let now = "2026-11-23T07:00:00Z".parse().unwrap();
        for kind in NoticeKind::ALL.iter().copied().filter(|kind| kind.is_optional()) {
            let facts = match kind {
                NoticeKind::Outage => json!({
                    "kind": "emergency", "resource": "cold_water", "status": "running", "starts_at": "2026-11-23T06:00:00Z",
                }),
                _ => facts(),
            };
            let told = Told { kind, facts: &facts, name: "Aziz", company: "UK", link: "https://x/1", now };
            for l in [Locale::ru, Locale::uz, Locale::en] {
                let said = say(l, &told, None);
                assert!(!said.title.is_empty() && !said.text.is_empty(), "{kind} {l:?} {said:?}");
                assert!(!said.title.contains("{{") && !said.text.contains("{{"), "{said:?}");
                // Whatever the product's own text names may be named by a company's.
                let blank = blank(l, &told);
                for name in model::notices::names(&blank.title).chain(model::notices::names(&blank.text)) {
                    assert!(kind.knows(name), "{kind}: {name}");
                }
                let own = ("{company}: {link}".to_owned(), kind.vars().iter().map(|v| format!("{{{v}}} ")).collect());
                let filled = say(l, &told, Some(&own));
                assert!(filled.title == "UK: https://x/1" && !filled.text.contains('{'), "{kind} {filled:?}");
            }
        }
    }

    #[test]
    fn a_refund_and_a_debt_have_words_of_their_own() {
        let now = "2026-11-23T07:00:00Z".parse().unwrap();
        let facts = json!({ "state": "refunded", "sum": 1_500_000, "account": "7", "balance": 250_000 });
        let told = Told { kind: NoticeKind::Payment, facts: &facts, name: "", company: "", link: "", now };
        let said = say(Locale::ru, &told, None);
        assert!(said.title.starts_with("Возвращена") && said.text.contains("Осталось к оплате"), "{said:?}");
    }

    #[test]
    fn everybody_is_led_to_a_page_of_theirs() {
        let id = Uuid::nil();
        let request = Some((NoticeObject::Request, id));
        for (role, start) in [(Role::Resident, "/my/"), (Role::Staff, "/work/"), (Role::Admin, "/desk/")] {
            assert!(leads(role, NoticeKind::Comment, request).unwrap().starts_with(start));
        }
        assert_eq!(leads(Role::Resident, NoticeKind::RequestCommon, request).unwrap(), "/my");
    }
}
