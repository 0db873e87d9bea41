//! The line of filters above the register of units; a GET form until the page is alive.

use super::units_query::{PATH, UnitsQuery};
use crate::util::{count, lang, tell_failure};
use i18n::{td_string, words};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::property::UnitKind;
use ui::prelude::*;

fn pair(query: &UnitsQuery, name: &str) -> String {
    query.pairs().into_iter().find(|(n, _)| *n == name).map(|(_, value)| value).unwrap_or_default()
}

const FIELDS: [&str; 6] = ["text", "building", "entrance", "kind", "people", "account"];

#[component]
pub(super) fn FilterLine(query: Memo<UnitsQuery>, #[prop(into)] tools: ViewFn) -> impl IntoView {
    let (l, alive) = (lang(), use_hydrated());
    let fields = FIELDS.map(|name| (name, RwSignal::new(query.with_untracked(|q| pair(q, name)))));
    let [(_, text), (_, building), (_, entrance), (_, kind), (_, people), (_, account)] = fields;
    // The address is the truth: back button and links move the controls.
    effect(move || {
        let now = query.get();
        for (name, signal) in fields {
            let wanted = pair(&now, name);
            if signal.get_untracked().trim() != wanted {
                signal.set(wanted);
            }
        }
    });
    let navigate = use_navigate();
    let go = Callback::new(move |_: String| {
        let now = query.get_untracked();
        let typed = UnitsQuery::read(|name| fields.iter().find(|(n, _)| *n == name).map(|(_, s)| s.get_untracked()));
        // Another house has entrances of its own.
        let entrance = typed.entrance.filter(|_| typed.building == now.building || now.building.is_none());
        let next = UnitsQuery { entrance, no_area: now.no_area, archived: now.archived, order: now.order, ..typed };
        if next != (UnitsQuery { cursor: None, ..now }) {
            navigate(&next.href(), NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    });
    let settled: Signal<String> = use_debounced(text, 300);
    effect_after(move |first: Option<()>| {
        settled.track();
        if first.is_some() {
            go.run(String::new());
        }
    });
    let typed = RwSignal::new(String::new());
    let asked: Signal<String> = use_debounced(typed, 200);
    let houses = Resource::new(
        move || (asked.get(), building.get()),
        |(text, chosen)| api::property::choices(text, chosen.parse().ok()),
    );
    tell_failure(houses);
    let house_options = Signal::derive(move || {
        let rows = houses.get().and_then(Result::ok).unwrap_or_default();
        let opt = |b: model::property::BuildingChoice| {
            let opt = Opt::new(b.id.to_string(), b.address);
            b.complex.map_or(opt.clone(), |complex| opt.hint(complex))
        };
        rows.into_iter().map(opt).collect::<Vec<_>>()
    });
    let kinds: Vec<Opt> = UnitKind::ALL.iter().map(|k| Opt::new(k.as_str(), words::unit_kind(l, *k))).collect();
    let choice = |yes: &str, no: &str| vec![Opt::new("yes", yes), Opt::new("no", no)];
    let people_options = choice(td_string!(l, lists.people_yes), td_string!(l, lists.people_no));
    let account_options = choice(td_string!(l, lists.account_yes), td_string!(l, lists.account_no));
    let entrances: Vec<Opt> = (1..=20)
        .map(|n: i16| Opt::new(n.to_string(), td_string!(l, property.entrance_n, n = n.to_string()).to_string()))
        .collect();
    let chips = move || {
        let now = UnitsQuery { cursor: None, ..query.get() };
        view! {
            <Chip text=td_string!(l, lists.no_area) icon="circle-help" active=now.no_area href=UnitsQuery { no_area: !now.no_area, ..now.clone() }.href() />
            <Chip text=td_string!(l, property.archive_shown) icon="history" active=now.archived href=UnitsQuery { archived: !now.archived, ..now.clone() }.href() />
        }
    };
    let active = move || query.with(|q| count(q.pairs().into_iter().filter(|(name, _)| *name != "text").count()));
    view! {
        <div class="flex flex-wrap items-center gap-2 pb-2">
            <label class="btn btn-plain lg:hidden" for="unit-filters">
                <Icon name="filter" />
                {td_string!(l, desk.filters)}
                <Count value=Signal::derive(active) tone=Tone::Brand />
            </label>
            <input type="checkbox" id="unit-filters" class="peer sr-only lg:hidden" />
            <form class="hidden peer-checked:flex max-lg:order-last max-lg:w-full lg:flex flex-1 flex-wrap items-center gap-2" role="search"
                method="get" action=PATH on:submit=move |ev| { ev.prevent_default(); go.run(String::new()); }>
                {move || {
                    let now = query.get();
                    let kept = now.pairs().into_iter().filter(|(name, _)| !FIELDS.contains(name)).chain(now.order.pairs());
                    kept.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()
                }}
                <div class="w-full sm:w-64">
                    <Input name="text" icon="search" value=text autocomplete="off" placeholder=td_string!(l, lists.units_search) label=td_string!(l, lists.units_search) />
                </div>
                <Transition>
                    <div class="w-full sm:w-56">
                        <Combobox name="building" options=house_options value=building placeholder=td_string!(l, desk.any_building)
                            label=td_string!(l, desk.building) on_query=move |text: String| typed.set(text) on_change=go />
                    </div>
                </Transition>
                {move || query.with(|q| q.building.is_some()).then(|| view! {
                    <div class="w-full sm:w-40">
                        <Select name="entrance" options=entrances.clone() value=entrance placeholder=td_string!(l, lists.any_entrance)
                            label=td_string!(l, property.entrance) on_change=go />
                    </div>
                })}
                <div class="w-full sm:w-40">
                    <Select name="kind" options=kinds value=kind placeholder=td_string!(l, desk.any_kind) label=td_string!(l, property.kind) on_change=go />
                </div>
                <div class="w-full sm:w-48">
                    <Select name="people" options=people_options value=people placeholder=td_string!(l, lists.any_people)
                        label=td_string!(l, property.residents) on_change=go />
                </div>
                <div class="w-full sm:w-48">
                    <Select name="account" options=account_options value=account placeholder=td_string!(l, lists.any_account)
                        label=td_string!(l, property.account) on_change=go />
                </div>
                {chips}
                {move || (!alive.get()).then(|| view! { <Button submit=true>{td_string!(l, desk.apply)}</Button> })}
                {move || query.with(UnitsQuery::is_narrow).then(|| {
                    let clean = UnitsQuery { order: query.get().order, ..UnitsQuery::default() };
                    view! { <Button kind=ButtonKind::Ghost href=clean.href()>{td_string!(l, desk.reset)}</Button> }
                })}
            </form>
            <div class="row ml-auto flex-nowrap gap-1">{tools.run()}</div>
        </div>
    }
}
