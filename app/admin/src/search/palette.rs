//! `Ctrl K`: go anywhere, do what one may do, find anything.

use super::{call_href, kind_icon, kind_word, recent, whole_number};
use crate::util::lang;
use api::session::use_me;
use i18n::{Locale, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Permission as P,
    auth::Me,
    search::{Found, SearchQuery},
};
use ui::hooks::effect;
use ui::{prefs::apply_theme, prelude::*};

/// Where one may go and what one may do.
fn commands(l: Locale, me: &Me, keys: RwSignal<bool>) -> Vec<Command> {
    let (go, act) = (td_string!(l, search.go), td_string!(l, search.deed));
    let place = |icon: &'static str, label: &str, href: &str| Command {
        id: href.to_owned(),
        label: label.to_owned(),
        hint: None,
        icon,
        group: go.to_owned(),
        action: CommandAction::Href(href.to_owned()),
        found: false,
    };
    let deed = |icon: &'static str, label: &str, run: Callback<()>| Command {
        id: label.to_owned(),
        label: label.to_owned(),
        hint: None,
        icon,
        group: act.to_owned(),
        action: CommandAction::Run(run),
        found: false,
    };
    let mut all = Vec::new();
    if me.can(P::RequestsCreate) {
        let new = place("plus", td_string!(l, desk.new_request), "/desk/requests/new");
        all.push(Command { group: act.to_owned(), hint: Some("N".to_owned()), ..new });
    }
    all.push(place("inbox", td_string!(l, common.requests), "/desk"));
    all.push(place("user-check", td_string!(l, desk.mine), "/desk?assignee=me"));
    all.push(place("alarm-clock", td_string!(l, desk.overdue), "/desk?overdue=1"));
    all.push(place("user", td_string!(l, desk.unassigned), "/desk?assignee=none"));
    for (permission, icon, label, href) in deeds(l) {
        if me.can(permission) {
            all.push(Command { group: act.to_owned(), ..place(icon, label, href) });
        }
    }
    for (permission, icon, label, href) in places(l) {
        if me.can(permission) {
            all.push(place(icon, label, href));
        }
    }
    all.push(place("search", td_string!(l, search.title), "/desk/search"));
    all.push(place("user", td_string!(l, common.profile), "/profile"));
    let help = deed("keyboard", td_string!(l, search.show_keys), Callback::new(move |()| keys.set(true)));
    all.push(Command { hint: Some("?".to_owned()), ..help });
    all.push(deed("sun", td_string!(l, search.theme_light), Callback::new(|()| apply_theme("light"))));
    all.push(deed("moon", td_string!(l, search.theme_dark), Callback::new(|()| apply_theme("dark"))));
    all
}

/// Who may, its picture, its words, its address.
type Entry = (P, &'static str, &'static str, &'static str);

/// What is begun on a page of its own.
fn deeds(l: Locale) -> [Entry; 6] {
    [
        (P::OutagesManage, "zap", td_string!(l, outages.new), "/desk/outages/new"),
        (P::ResidentsCreate, "user-plus", td_string!(l, people.new_person), "/desk/people/new"),
        (P::BuildingsManage, "building-2", td_string!(l, property.new_building), "/desk/buildings/new"),
        (P::ImportsRun, "file-spreadsheet", td_string!(l, imports.new_title), "/desk/imports/new"),
        (P::NotificationsSend, "megaphone", td_string!(l, news.new), "/desk/news/new"),
        (P::PlansManage, "calendar-clock", td_string!(l, plans.new_plan), "/desk/plans/new"),
    ]
}

fn places(l: Locale) -> Vec<Entry> {
    vec![
        (P::OutagesRead, "zap", td_string!(l, outages.title), "/desk/outages"),
        (P::NotificationsRead, "megaphone", td_string!(l, news.title), "/desk/news"),
        (P::NotificationsRead, "check-check", td_string!(l, news.deliveries), "/desk/news/deliveries"),
        (P::RequestsRead, "bell", td_string!(l, notices.title), "/desk/notices"),
        (P::BuildingsRead, "building-2", td_string!(l, common.buildings), "/desk/buildings"),
        (P::BuildingsRead, "door-open", td_string!(l, lists.units_title), "/desk/units"),
        (P::BuildingsRead, "layout-grid", td_string!(l, property.complexes), "/desk/complexes"),
        (P::BuildingsRead, "file-text", td_string!(l, property.documents), "/desk/documents"),
        (P::ResidentsRead, "users", td_string!(l, common.people), "/desk/people"),
        (P::ResidentsManage, "user-check", td_string!(l, access.applications), "/desk/people/applications"),
        (P::StaffRead, "hard-hat", td_string!(l, common.staff), "/desk/staff"),
        (P::CallsManage, "phone-call", td_string!(l, together.calls), "/desk/calls"),
        (P::ShiftsRead, "clock", td_string!(l, shifts.title), "/desk/shifts"),
        (P::PlansManage, "calendar-clock", td_string!(l, plans.title), "/desk/plans"),
        (P::PlansManage, "clipboard-check", td_string!(l, plans.rounds), "/desk/rounds"),
        (P::ChargesManage, "receipt", td_string!(l, billing.charges), "/desk/charges"),
        (P::TariffsManage, "tag", td_string!(l, billing.tariffs), "/desk/tariffs"),
        (P::PaymentsRead, "wallet", td_string!(l, billing.debts), "/desk/debts"),
        (P::PaymentsRead, "wallet", td_string!(l, payments.title), "/desk/payments"),
        (P::PaymentsRead, "banknote", td_string!(l, bank.nav), "/desk/payments/bank"),
        (P::PaymentsRead, "clipboard-check", td_string!(l, bank.rec_nav), "/desk/payments/reconciliation"),
        (P::KassasManage, "credit-card", td_string!(l, payments.kassas), "/desk/settings/kassas"),
        (P::ImportsRun, "file-spreadsheet", td_string!(l, imports.title), "/desk/imports"),
        (P::RequestsExport, "download", td_string!(l, imports.exports), "/desk/exports"),
        (P::AuditRead, "history", td_string!(l, audit.title), "/desk/audit"),
        (P::SettingsManage, "settings", td_string!(l, settings.title), "/desk/settings"),
        (P::SettingsManage, "calendar", td_string!(l, settings.tab_calendar), "/desk/settings/calendar"),
        (P::SettingsManage, "alarm-clock", td_string!(l, settings.tab_deadlines), "/desk/settings/deadlines"),
        (P::SettingsManage, "tag", td_string!(l, lists.tab_numbers), "/desk/settings/numbers"),
        (P::SettingsManage, "languages", td_string!(l, lists.tab_languages), "/desk/settings/languages"),
        (P::TariffsManage, "receipt", td_string!(l, debts.rules_tab), "/desk/settings/billing"),
        (P::SettingsManage, "lock", td_string!(l, people.tab_privacy), "/desk/settings/privacy"),
        (P::SettingsManage, "badge-check", td_string!(l, work.settings_proof), "/desk/settings/proof"),
        (P::SettingsManage, "package", td_string!(l, work.settings_catalogue), "/desk/settings/catalogue"),
        (P::SettingsManage, "list", td_string!(l, classifier.title), "/desk/settings/classifier"),
        (P::SettingsManage, "user-check", td_string!(l, assignment.title), "/desk/settings/assignment"),
        (P::SettingsManage, "message-square", td_string!(l, news.texts_tab), "/desk/settings/texts"),
        (P::RequestsCommentInternal, "clipboard-list", td_string!(l, together.replies), "/desk/settings/replies"),
        (P::SettingsManage, "shield", td_string!(l, settings.tab_roles), "/desk/settings/roles"),
        (P::CompaniesManage, "briefcase", td_string!(l, property.companies), "/desk/companies"),
        (P::OperationsRead, "gauge", td_string!(l, operations.title), "/desk/operations"),
    ]
}

#[component]
pub(crate) fn Palette(open: RwSignal<bool>, keys: RwSignal<bool>) -> impl IntoView {
    let (l, me) = (lang(), use_me());
    let own = StoredValue::new(commands(l, &me, keys));
    let may_call = me.can(P::ResidentsRead);
    let typed = RwSignal::new(String::new());
    let found = RwSignal::new(Found::default());
    let latest = RwSignal::new(Vec::<recent::Recent>::new());
    effect(move || {
        if open.get() {
            typed.set(String::new());
            found.set(Found::default());
            latest.set(recent::all());
        }
    });
    let settled: Signal<String> = use_debounced(typed, 150);
    effect(move || {
        let text = settled.get().trim().to_owned();
        if text.is_empty() {
            found.set(Found::default());
            return;
        }
        spawn_local(async move {
            let answer = api::search::find(SearchQuery { q: text.clone(), limit: Some(4) }).await;
            // By then something else may be typed, or another page be open.
            let wanted = typed.try_with_untracked(|now| now.trim() == text) == Some(true);
            if let (true, Ok(answer)) = (wanted, answer) {
                found.set(answer);
            }
        });
    });
    let all = Signal::derive(move || {
        let mut list: Vec<Command> = Vec::new();
        if typed.with(|typed| typed.trim().is_empty()) {
            list.extend(latest.get().into_iter().map(|one| Command {
                id: one.href.clone(),
                label: one.title,
                hint: None,
                icon: kind_icon(one.kind),
                group: td_string!(l, search.recent).to_owned(),
                action: CommandAction::Href(one.href),
                found: true,
            }));
        }
        let calls = typed.with(|text| whole_number(text)).filter(|_| may_call);
        list.extend(calls.map(|phone| Command {
            id: call_href(&phone),
            label: format!("{} {}", td_string!(l, people.call_card), phone.pretty()),
            hint: None,
            icon: "phone-call",
            group: td_string!(l, search.deed).to_owned(),
            action: CommandAction::Href(call_href(&phone)),
            found: true,
        }));
        list.extend(own.get_value());
        list.extend(found.get().groups.into_iter().flat_map(|group| {
            let word = kind_word(l, group.kind).to_owned();
            group.hits.into_iter().map(move |hit| Command {
                id: hit.id.to_string(),
                icon: kind_icon(hit.kind),
                group: word.clone(),
                action: CommandAction::Href(hit.href()),
                hint: Some(hit.subtitle).filter(|text| !text.is_empty()),
                label: hit.title,
                found: true,
            })
        }));
        list
    });
    view! { <CommandPalette open=open commands=all on_query=Callback::new(move |text| typed.set(text)) /> }
}
