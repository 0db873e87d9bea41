//! What only the full window can set, each as a chip that takes it away: no filter works unseen.

use super::{problem::full_name, query::ListQuery};
use crate::util::lang;
use i18n::{Locale, td_string, when, words};
use leptos::prelude::*;
use model::{
    BuildingId, ComplexId, ContactId, EntranceId, ProblemId, UserId,
    classifier::{Classifier, ClassifierFilter},
};
use serde::{Deserialize, Serialize};
use ui::prelude::*;

/// The ids in the address that have names, and the house an entrance belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Wanted {
    complex: Option<ComplexId>,
    entrance: Option<(BuildingId, EntranceId)>,
    problem: Option<ProblemId>,
    contact: Option<ContactId>,
    responsible: Option<UserId>,
}

/// Their names; a filter whose name the reader may not see is still shown, without it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Named {
    complex: Option<String>,
    entrance: Option<String>,
    problem: Option<String>,
    contact: Option<String>,
    responsible: Option<String>,
}

async fn names(l: Locale, wanted: Wanted) -> Named {
    let mut named = Named::default();
    if let Some(id) = wanted.complex {
        let all = api::property::complexes().await.unwrap_or_default();
        named.complex = all.into_iter().find(|complex| complex.id == id).map(|complex| complex.name);
    }
    if let Some((house, id)) = wanted.entrance {
        let all = api::property::building(house).await.map(|card| card.entrances).unwrap_or_default();
        named.entrance = all.into_iter().find(|door| door.id == id).map(|door| door.number.to_string());
    }
    if let Some(id) = wanted.problem {
        let name = |all: Classifier| {
            let problem = all.problems.iter().find(|problem| problem.id == id)?;
            Some(full_name(l, &all.place(&problem.place)?.names, &problem.names))
        };
        named.problem = api::classifier::list(ClassifierFilter::default()).await.ok().and_then(name);
    }
    if let Some(id) = wanted.contact {
        named.contact = api::people::contact(id).await.ok().map(|card| card.name);
    }
    if let Some(id) = wanted.responsible {
        let all = api::staff::list().await.unwrap_or_default();
        named.responsible = all.into_iter().find(|person| person.id == id).map(|person| person.name);
    }
    named
}

/// The filters that have no control of their own in the line above the list.
#[component]
pub(super) fn ChosenChips(query: Memo<ListQuery>) -> impl IntoView {
    let l = lang();
    let wanted = Memo::new(move |_| {
        query.with(|q| Wanted {
            complex: q.complex,
            entrance: q.building.zip(q.entrance),
            problem: q.problem,
            contact: q.contact,
            responsible: q.responsible,
        })
    });
    let named = Resource::new(move || wanted.get(), move |wanted| names(l, wanted));
    view! {
        <Transition>
            {move || {
                let known = named.get().unwrap_or_default();
                let all = query.with(|query| chips(l, query, &known));
                (!all.is_empty()).then(|| view! {
                    <div class="row gap-1.5 pt-1.5">
                        {all.into_iter().map(|(text, without)| view! {
                            <a class="chip max-w-80" aria-current="true" href=without.href() title=td_string!(l, desk.filter_off)>
                                <span class="truncate">{text}</span>
                                <Icon name="x" size=IconSize::Small label=td_string!(l, desk.filter_off) />
                            </a>
                        }).collect_view()}
                    </div>
                })
            }}
        </Transition>
    }
}

/// What each chip says, and the list without it.
fn chips(l: Locale, query: &ListQuery, named: &Named) -> Vec<(String, ListQuery)> {
    let now = ListQuery { cursor: None, ..query.clone() };
    let say =
        |label: &str, name: Option<&str>| name.map_or_else(|| label.to_owned(), |name| format!("{label}: {name}"));
    let mut all = Vec::new();
    if now.complex.is_some() {
        let text = say(td_string!(l, together.filter_complex), named.complex.as_deref());
        all.push((text, ListQuery { complex: None, ..now.clone() }));
    }
    if now.entrance.is_some() {
        let text = say(td_string!(l, property.entrance), named.entrance.as_deref());
        all.push((text, ListQuery { entrance: None, ..now.clone() }));
    }
    if now.problem.is_some() {
        let text = say(td_string!(l, classifier.problem), named.problem.as_deref());
        all.push((text, ListQuery { problem: None, ..now.clone() }));
    }
    if now.contact.is_some() {
        let text = say(td_string!(l, requests.caller), named.contact.as_deref());
        all.push((text, ListQuery { contact: None, ..now.clone() }));
    }
    if now.due_from.is_some() || now.due_to.is_some() {
        let day = |day: Option<chrono::NaiveDate>| day.map(|day| when::date(&day)).unwrap_or_default();
        let span = format!("{} – {}", day(now.due_from), day(now.due_to));
        let text = say(td_string!(l, together.filter_due), Some(span.trim()));
        all.push((text, ListQuery { due_from: None, due_to: None, ..now.clone() }));
    }
    if let Some(priority) = now.priority {
        let text = say(td_string!(l, together.filter_priority), Some(words::priority(l, priority)));
        all.push((text, ListQuery { priority: None, ..now.clone() }));
    }
    if let Some(source) = now.source {
        let text = say(td_string!(l, together.filter_source), Some(words::source(l, source)));
        all.push((text, ListQuery { source: None, ..now.clone() }));
    }
    if now.responsible.is_some() {
        let text = say(td_string!(l, together.responsible), named.responsible.as_deref());
        all.push((text, ListQuery { responsible: None, ..now.clone() }));
    }
    if let Some(stars) = now.rating {
        let text = say(td_string!(l, together.filter_rating), Some(&stars.to_string()));
        all.push((text, ListQuery { rating: None, view: Some(now.shown()), ..now.clone() }));
    }
    if now.reopened {
        let text = say(td_string!(l, deadlines.reopened), None);
        all.push((text, ListQuery { reopened: false, view: Some(now.shown()), ..now.clone() }));
    }
    if now.unread {
        all.push((say(td_string!(l, together.unread_only), None), ListQuery { unread: false, ..now.clone() }));
    }
    if now.watching {
        all.push((say(td_string!(l, together.watching), None), ListQuery { watching: false, ..now.clone() }));
    }
    if now.photos {
        all.push((say(td_string!(l, together.filter_photos), None), ListQuery { photos: false, ..now.clone() }));
    }
    all
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
        assert!(all.iter().all(|(_, without)| without.active() + 1 == query.active()));
        assert!(all.iter().any(|(text, _)| text.ends_with("Пётр Петров")));
        assert!(all.iter().any(|(text, _)| text.ends_with("– 02.05.2026")), "{all:?}");
        assert!(chips(Locale::ru, &ListQuery::default(), &Named::default()).is_empty());
    }
}
