//! The search box of the top bar: answers as one types. Without scripts it is a plain form to the page of results.

use super::{HitLines, call_href, kind_word, recent, results_href, whole_number};
use crate::util::{lang, requests_about};
use api::session::use_me;
use i18n::td_string;
use leptos::{ev::KeyboardEvent, html, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};
use model::{
    Permission,
    search::{Found, SearchQuery},
};
use ui::prelude::*;
use wasm_bindgen::JsCast;

#[component]
pub(crate) fn SearchBox() -> impl IntoView {
    let l = lang();
    let (location, query) = (use_location(), use_query_map());
    let navigate = use_navigate();
    let node = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Found>);
    let (open, at) = (RwSignal::new(false), RwSignal::new(None::<usize>));
    // On the page of results the box says what was looked for.
    let asked = Memo::new(move |_| {
        let here = location.pathname.get() == "/desk/search";
        here.then(|| query.with(|q| q.get("q"))).flatten().unwrap_or_default()
    });
    let start = asked.get_untracked();
    effect_after(move |known: Option<String>| {
        let now = asked.get();
        if let (true, Some(input)) = (known.is_some_and(|known| known != now), node.get_untracked()) {
            input.set_value(&now);
            typed.set(now.clone());
        }
        now
    });
    let settled: Signal<String> = use_debounced(typed, 150);
    effect_after(move |first: Option<()>| {
        let text = settled.get().trim().to_owned();
        if first.is_none() {
            return;
        }
        if text.is_empty() {
            found.set(None);
            return;
        }
        spawn_local(async move {
            let answer = api::search::find(SearchQuery { q: text.clone(), limit: Some(5) }).await;
            // An answer that was overtaken is dropped; a failure leaves what is shown.
            let wanted = typed.try_with_untracked(|now| now.trim() == text) == Some(true);
            if let (true, Ok(answer)) = (wanted, answer) {
                at.set(None);
                found.set(Some(answer));
            }
        });
    });
    use_hotkey("/", move |_| {
        if let Some(input) = node.get_untracked() {
            let _ = input.focus();
            input.select();
        }
    });
    let may_call = use_me().can(Permission::ResidentsRead);
    // A whole number is somebody calling: the card of the call stands first, and Enter alone opens it.
    let call = move |text: &str| whole_number(text).filter(|_| may_call);
    let count = move || {
        let first = usize::from(typed.with(|text| call(text)).is_some());
        found.with(|found| found.as_ref().map_or(0, |found| found.hits().count() + 2 + first))
    };
    let shown = move || open.get() && found.with(Option::is_some);
    let shut = move || {
        open.set(false);
        at.set(None);
    };
    let row_id = |n: usize| format!("found-{n}");
    let go = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let text = typed.get_untracked().trim().to_owned();
        if !text.is_empty() {
            let href = call(&text).map_or_else(|| results_href(&text), |phone| call_href(&phone));
            navigate(&href, NavigateOptions::default());
            // The keys of the page that opens are for the page, not for the box.
            if let Some(input) = node.get_untracked() {
                let _ = input.blur();
            }
        }
        shut();
    };
    let keys = move |ev: KeyboardEvent| {
        let last = untrack(count).saturating_sub(1);
        match ev.key().as_str() {
            "ArrowDown" if untrack(shown) => {
                ev.prevent_default();
                at.update(|at| *at = Some(at.map_or(0, |n| if n >= last { 0 } else { n + 1 })));
            }
            "ArrowUp" if untrack(shown) => {
                ev.prevent_default();
                at.update(|at| *at = Some(at.and_then(|n| n.checked_sub(1)).unwrap_or(last)));
            }
            "ArrowDown" => open.set(true),
            "Enter" => {
                let row = at.get_untracked().and_then(|n| document().get_element_by_id(&row_id(n)));
                if let (true, Some(row)) =
                    (untrack(shown), row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()))
                {
                    ev.prevent_default();
                    row.click();
                    if let Some(input) = node.get_untracked() {
                        let _ = input.blur();
                    }
                }
            }
            "Escape" => {
                ev.stop_propagation();
                if untrack(shown) {
                    ev.prevent_default();
                    shut();
                } else if let Some(input) = node.get_untracked() {
                    let _ = input.blur();
                }
            }
            _ => {}
        }
    };
    let selected = move |n: usize| move || if at.get() == Some(n) { "true" } else { "false" };
    let list = move || {
        let text = typed.get_untracked().trim().to_owned();
        found.get().map(|found| {
            let mut n = 0;
            let calling = call(&text).map(|phone| {
                let (id, here) = (row_id(n), selected(n));
                n += 1;
                view! {
                    <a id=id class="menu-row" role="option" tabindex="-1" aria-selected=here href=call_href(&phone) on:click=move |_| shut()>
                        <Icon name="phone-call" /><span class="truncate">{td_string!(l, people.call_card)} " " <span class="num">{phone.pretty()}</span></span>
                    </a>
                }
            });
            let nothing = found.groups.is_empty().then(|| view! {
                <p class="px-2.5 py-2 text-muted">{td_string!(l, search.nothing, text = text.clone()).to_string()}</p>
            });
            let instead = found.instead.clone().map(|text| view! {
                <p class="px-2.5 py-1 text-xs text-muted">{td_string!(l, search.instead, text = text).to_string()}</p>
            });
            let groups = found
                .groups
                .into_iter()
                .map(|group| {
                    let word = kind_word(l, group.kind);
                    let rows = group
                        .hits
                        .into_iter()
                        .map(|hit| {
                            let (id, here, href, chosen) = (row_id(n), selected(n), hit.href(), hit.clone());
                            n += 1;
                            view! {
                                <a id=id class="menu-row" role="option" tabindex="-1" aria-selected=here href=href
                                    on:click=move |_| { recent::remember(&chosen); shut(); }><HitLines hit=hit /></a>
                            }
                        })
                        .collect_view();
                    view! {
                        <div role="group" aria-label=word>
                            <div class="menu-title" role="presentation">{word}</div>
                            {rows}
                        </div>
                    }
                })
                .collect_view();
            let last = [
                (td_string!(l, search.all_results).to_owned(), results_href(&text), "search"),
                (td_string!(l, search.in_requests, text = text.clone()).to_string(), requests_about(&text), "inbox"),
            ]
            .into_iter()
            .map(|(label, href, icon)| {
                let (id, here) = (row_id(n), selected(n));
                n += 1;
                view! {
                    <a id=id class="menu-row" role="option" tabindex="-1" aria-selected=here href=href on:click=move |_| shut()>
                        <Icon name=icon /><span class="truncate">{label}</span>
                    </a>
                }
            })
            .collect_view();
            view! { {calling} {instead} {nothing} {groups} <hr class="menu-sep" /> {last} }
        })
    };
    view! {
        <form role="search" method="get" action="/desk/search" on:submit=go>
            <div class="combo">
                <div class="input-wrap">
                    <Icon name="search" />
                    <input
                        node_ref=node
                        id="desk-search"
                        class="input"
                        type="search"
                        name="q"
                        value=start
                        autocomplete="off"
                        spellcheck="false"
                        role="combobox"
                        aria-expanded=move || if shown() { "true" } else { "false" }
                        aria-controls="desk-found"
                        aria-autocomplete="list"
                        aria-activedescendant=move || at.get().filter(|_| shown()).map(row_id)
                        placeholder=td_string!(l, search.placeholder)
                        aria-label=td_string!(l, search.title)
                        aria-keyshortcuts="/"
                        on:input=move |ev| {
                            open.set(true);
                            typed.set(event_target_value(&ev));
                        }
                        on:focus=move |_| open.set(true)
                        on:blur=move |_| shut()
                        on:keydown=keys
                    />
                </div>
                <div
                    id="desk-found"
                    class="combo-list max-h-[75dvh]! sm:min-w-md"
                    role="listbox"
                    aria-label=td_string!(l, search.results)
                    hidden=move || !shown()
                    // Pressing must not blur the input before the click.
                    on:mousedown=|ev| ev.prevent_default()
                >
                    {list}
                </div>
            </div>
        </form>
    }
}
