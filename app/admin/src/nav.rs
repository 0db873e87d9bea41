//! The side bar of the desk: which lines somebody sees, in which group, and which one a page belongs to.

use crate::util::count;
use i18n::{Locale, td_string};
use model::{Permission as P, auth::Me, desk::DeskCounts};
use ui::prelude::*;

type Line = (P, &'static str, &'static str, &'static str);

/// Groups without a line are left out.
pub(crate) fn groups(l: Locale, me: &Me, now: DeskCounts) -> Vec<NavGroup> {
    let item = |(_, icon, label, href): Line| NavItem {
        icon,
        label: label.to_owned(),
        href: href.to_owned(),
        count: 0,
        tone: Tone::Neutral,
    };
    let group = |title: &str, lines: Vec<Line>| NavGroup {
        title: title.to_owned(),
        items: lines.into_iter().filter(|line| me.can(line.0)).map(item).collect(),
    };
    let mut all = vec![
        group("", work(l)),
        group(td_string!(l, common.nav_registry), registry(l)),
        group(td_string!(l, billing.money), money(l)),
        group(td_string!(l, common.nav_company), company(l)),
    ];
    if now.first_steps > 0
        && let Some(work) = all.first_mut()
    {
        let line =
            item((P::SettingsManage, "circle-check", td_string!(l, settings.guide_title), "/desk/settings/start"));
        work.items.insert(0, NavItem { count: count(now.first_steps), tone: Tone::Info, ..line });
    }
    for line in all.iter_mut().flat_map(|group| &mut group.items) {
        match line.href.as_str() {
            "/desk" => line.count = count(now.requests.open()),
            "/desk/outages" => {
                line.count = count(now.outages.running + now.outages.proposals);
                line.tone =
                    if now.outages.proposals > 0 || now.outages.late > 0 { Tone::Danger } else { Tone::Neutral };
            }
            "/desk/people/applications" => line.count = count(now.applications),
            "/desk/payments/bank" => {
                line.count = count(now.unmatched);
                line.tone = Tone::Warning;
            }
            _ => {}
        }
    }
    all.retain(|group| !group.items.is_empty());
    all
}

/// The day of a dispatcher.
fn work(l: Locale) -> Vec<Line> {
    vec![
        (P::RequestsRead, "inbox", td_string!(l, common.requests), "/desk"),
        (P::RequestsCreate, "plus", td_string!(l, desk.new_request), "/desk/requests/new"),
        (P::OutagesRead, "zap", td_string!(l, outages.title), "/desk/outages"),
        (P::NotificationsRead, "megaphone", td_string!(l, news.title), "/desk/news"),
        (P::CallsManage, "phone-call", td_string!(l, together.calls), "/desk/calls"),
        (P::ShiftsRead, "clock", td_string!(l, shifts.title), "/desk/shifts"),
        (P::PlansManage, "calendar-clock", td_string!(l, plans.title), "/desk/plans"),
    ]
}

fn registry(l: Locale) -> Vec<Line> {
    vec![
        (P::BuildingsRead, "building-2", td_string!(l, common.buildings), "/desk/buildings"),
        (P::ResidentsRead, "users", td_string!(l, common.people), "/desk/people"),
        (P::ResidentsManage, "user-check", td_string!(l, access.applications), "/desk/people/applications"),
        (P::StaffRead, "hard-hat", td_string!(l, common.staff), "/desk/staff"),
    ]
}

fn money(l: Locale) -> Vec<Line> {
    vec![
        (P::ChargesManage, "receipt", td_string!(l, billing.charges), "/desk/charges"),
        (P::PaymentsRead, "wallet", td_string!(l, payments.title), "/desk/payments"),
        (P::PaymentsRead, "banknote", td_string!(l, bank.nav), "/desk/payments/bank"),
        (P::PaymentsRead, "clipboard-check", td_string!(l, bank.rec_nav), "/desk/payments/reconciliation"),
        (P::PaymentsRead, "alarm-clock", td_string!(l, billing.debts), "/desk/debts"),
    ]
}

fn company(l: Locale) -> Vec<Line> {
    vec![
        (P::ImportsRun, "file-spreadsheet", td_string!(l, imports.title), "/desk/imports"),
        (P::AuditRead, "history", td_string!(l, audit.title), "/desk/audit"),
        (P::SettingsManage, "settings", td_string!(l, settings.title), "/desk/settings"),
        (P::CompaniesManage, "briefcase", td_string!(l, property.companies), "/desk/companies"),
        (P::OperationsRead, "gauge", td_string!(l, operations.title), "/desk/operations"),
        (P::ProfileManage, "user", td_string!(l, common.profile), "/profile"),
    ]
}

/// The line a page belongs to, where its address alone does not say so.
pub(crate) fn section(path: &str) -> String {
    match path.split('/').nth(2) {
        Some("units" | "complexes" | "documents") => "/desk/buildings".to_owned(),
        Some("call" | "search") => "/desk/people".to_owned(),
        Some("exports") => "/desk/imports".to_owned(),
        Some("rounds" | "routes") => "/desk/plans".to_owned(),
        Some("accounts" | "tariffs") => "/desk/charges".to_owned(),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn pages_without_a_line_belong_to_one() {
        for (path, line) in [
            ("/desk", "/desk"),
            ("/desk/units/1", "/desk/buildings"),
            ("/desk/call/+998901234567", "/desk/people"),
            ("/desk/accounts/1", "/desk/charges"),
            ("/desk/payments/1", "/desk/payments/1"),
        ] {
            assert_eq!(section(path), line);
        }
    }
}
