//! What only the full window can set, each as a chip that takes it away: no filter works unseen.

use super::query::ListQuery;
use api::narrow;
use i18n::{Locale, td_string, when, words};
use leptos::prelude::*;
use model::requests::narrow::{Chosen, Named};
use ui::prelude::*;

/// The ids in an address that have names.
pub(super) fn chosen(q: &ListQuery) -> Chosen {
    Chosen {
        complex: q.complex,
        entrance: q.building.zip(q.entrance),
        problem: q.problem,
        contact: q.contact,
        responsible: q.responsible,
    }
}

/// Their names. Without an answer each chip still says what it is about.
pub(super) async fn names(l: Locale, chosen: Chosen) -> Named {
    let found = if chosen == Chosen::default() { None } else { narrow::names(i18n::lang(l), chosen).await.ok() };
    found.unwrap_or_default()
}

/// The filters that have no control of their own in the line above the list.
pub(super) fn chosen_chips(l: Locale, query: &ListQuery, named: &Named) -> AnyView {
    let all = chips(l, query, named);
    (!all.is_empty())
        .then(|| {
            view! {
                <div class="row gap-1.5 pb-2">
                    {all.into_iter().map(|(text, without)| view! {
                        <a class="chip max-w-80" aria-current="true" href=without title=td_string!(l, desk.filter_off)>
                            <span class="truncate">{text}</span>
                            <Icon name="x" size=IconSize::Small label=td_string!(l, desk.filter_off) />
                        </a>
                    }).collect_view()}
                </div>
            }
        })
        .into_any()
}

/// What each chip says, and the list without it.
fn chips(l: Locale, now: &ListQuery, named: &Named) -> Vec<(String, String)> {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| when::date(&day)).unwrap_or_default();
    let days = |from, to| (from, to) != (None, None);
    let period = |from, to| Some(format!("{} – {}", day(from), day(to)).trim().to_owned());
    let (filed, due) = (period(now.from, now.to), period(now.due_from, now.due_to));
    let word = |text: &'static str| Some(text.to_owned());
    let priority = now.priority.and_then(|priority| word(words::priority(l, priority)));
    let source = now.source.and_then(|source| word(words::source(l, source)));
    let stars = now.rating.map(|stars| stars.to_string());
    let all: [(bool, &'static str, Option<String>, &[&'static str]); 14] = [
        (now.complex.is_some(), td_string!(l, together.filter_complex), named.complex.clone(), &["complex"]),
        (now.entrance.is_some(), td_string!(l, property.entrance), named.entrance.clone(), &["entrance"]),
        (now.problem.is_some(), td_string!(l, classifier.problem), named.problem.clone(), &["problem"]),
        (now.contact.is_some(), td_string!(l, requests.caller), named.contact.clone(), &["contact"]),
        (days(now.from, now.to), td_string!(l, messages.export_created), filed, &["from", "to"]),
        (days(now.due_from, now.due_to), td_string!(l, together.filter_due), due, &["due_from", "due_to"]),
        (priority.is_some(), td_string!(l, together.filter_priority), priority, &["priority"]),
        (source.is_some(), td_string!(l, together.filter_source), source, &["source"]),
        (now.responsible.is_some(), td_string!(l, together.responsible), named.responsible.clone(), &["responsible"]),
        (stars.is_some(), td_string!(l, together.filter_rating), stars, &["rating"]),
        (now.reopened, td_string!(l, deadlines.reopened), None, &["reopened"]),
        (now.unread, td_string!(l, together.unread_only), None, &["unread"]),
        (now.watching, td_string!(l, together.watching), None, &["watching"]),
        (now.photos, td_string!(l, together.filter_photos), None, &["photos"]),
    ];
    let mut shown = Vec::new();
    for (on, label, name, parameters) in all {
        if on {
            let mut changes: Vec<(&'static str, Option<&str>)> = parameters.iter().map(|name| (*name, None)).collect();
            // These opened another tab; without them the list stays on it.
            if matches!(parameters, ["rating" | "reopened"]) {
                changes.push(("status", Some(now.shown().as_str())));
            }
            let text = name.map_or_else(|| label.to_owned(), |name| format!("{label}: {name}"));
            shown.push((text, now.but(&changes)));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chip_takes_its_filter_away_and_nothing_else() {
        let id = "00000000-0000-0000-0000-000000000001";
        let on = [
            ("complex", id),
            ("entrance", id),
            ("problem", id),
            ("contact", id),
            ("from", "2026-05-01"),
            ("due_to", "2026-05-02"),
            ("priority", "high"),
            ("source", "call"),
            ("responsible", id),
            ("rating", "3"),
            ("reopened", "1"),
            ("unread", "1"),
            ("watching", "1"),
            ("photos", "1"),
        ];
        let query = ListQuery::read(|name| on.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()));
        let named = Named { contact: Some("Пётр Петров".to_owned()), ..Named::default() };
        let all = chips(Locale::ru, &query, &named);
        assert_eq!(all.len(), on.len());
        let active = |href: &str| {
            let pairs = href.split_once('?').map_or("", |(_, query)| query);
            let get =
                |name: &str| pairs.split('&').find_map(|p| Some(p.strip_prefix(name)?.strip_prefix('=')?.to_owned()));
            ListQuery::read(get).active()
        };
        assert!(all.iter().all(|(_, without)| active(without) + 1 == query.active()), "{all:?}");
        assert!(all.iter().any(|(text, _)| text.ends_with("Пётр Петров")));
        assert!(all.iter().any(|(text, _)| text.ends_with("– 02.05.2026")), "{all:?}");
        assert!(chips(Locale::ru, &ListQuery::default(), &Named::default()).is_empty());
    }
}
