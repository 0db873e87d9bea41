//! The list of residents and other contacts.

use super::SearchLine;
use crate::util::{Failed, PhoneLink, encode, lang};
use api::session::use_me;
use i18n::{td_string, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{Permission, people::ContactRow};
use ui::prelude::*;

/// `/desk/people`: by name or a piece of a phone.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let l = lang();
    let may_export = use_me().can(Permission::ResidentsManage);
    let params = use_query_map();
    let word =
        |name: &'static str| Memo::new(move |_| params.with(|p| p.get(name)).unwrap_or_default().trim().to_owned());
    let (text, cursor) = (word("text"), word("cursor"));
    let some = |text: String| Some(text).filter(|t| !t.is_empty());
    let page = Resource::new(
        move || (some(text.get()), some(cursor.get())),
        |(text, cursor)| api::people::contacts(text, cursor),
    );
    let rows = Signal::derive(move || page.get().and_then(Result::ok).map(|page| page.items));
    let next = Signal::derive(move || {
        let cursor = page.get().and_then(Result::ok).and_then(|page| page.next)?;
        Some(format!("/desk/people?text={}&cursor={}", encode(&text.get()), encode(&cursor)))
    });
    let columns = move || {
        vec![
            Column::new("name", td_string!(l, people.name), |p: &ContactRow| {
                let name = p.name.clone();
                view! { <span class="inline-flex items-center gap-2"><Avatar name=name.clone() decorative=true /> {name}</span> }
            }),
            Column::new("phones", td_string!(l, people.phones), |p: &ContactRow| {
                view! {
                    <span class="inline-flex gap-x-3 whitespace-nowrap max-sm:flex-wrap max-sm:justify-end">
                        {p.phones.iter().cloned().map(|phone| view! { <PhoneLink phone=phone /> }).collect_view()}
                    </span>
                }
            }),
            Column::new("homes", td_string!(l, people.homes), move |p: &ContactRow| {
                let homes: Vec<String> = p
                    .homes
                    .iter()
                    .map(|h| format!("{} ({})", h.address, words::relation(l, h.relation).to_lowercase()))
                    .collect();
                let text = homes.join("; ");
                view! { <span title=text.clone()>{text.clone()}</span> }
            })
            .class("cell-cut"),
            Column::new("login", td_string!(l, people.app), move |p: &ContactRow| {
                p.has_login.then(|| view! { <Pill text=td_string!(l, people.has_login) tone=Tone::Success icon="smartphone" plain=true /> })
            }),
        ]
    };
    let table = move |rows: Signal<Option<Vec<ContactRow>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|p: &ContactRow| p.id.to_string() caption=td_string!(l, common.people)
                href=|p: ContactRow| format!("/desk/people/{}", p.id) stack=true
                empty=move || view! { <EmptyState text=td_string!(l, people.empty) icon="users" /> } />
        }
    };
    view! {
        <Title text=td_string!(l, common.people) />
        <h1 class="sr-only">{td_string!(l, common.people)}</h1>
        <div class="row">
            <div class="grow"><SearchLine action="/desk/people" text=text placeholder=td_string!(l, people.search) /></div>
            {may_export.then(|| view! {
                <a class="btn btn-plain" rel="external" download="" href=move || format!("/desk/exports/people.xlsx?text={}", encode(&text.get()))>
                    <Icon name="file-spreadsheet" />
                    <span class="max-sm:sr-only">{td_string!(l, desk.export)}</span>
                </a>
            })}
        </div>
        <Transition fallback=move || table(Signal::stored(None))>
            {move || page.get().and_then(Result::err).map(|error| view! {
                <Failed failure=error.0 back="/desk" on_retry=move |()| page.refetch() />
            })}
            <div hidden=move || page.get().is_some_and(|rows| rows.is_err())>{table(rows)}</div>
            <Pager next=next />
        </Transition>
    }
    .into_any()
}
