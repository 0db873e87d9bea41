//! Choosing houses by a search on the server: any number of them, however many the company has.

use crate::util::{lang, looked_up};
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use model::BuildingId;
use ui::prelude::*;

/// Houses found by what is typed, for a [`Combobox`].
pub(super) fn search() -> (RwSignal<Vec<Opt>>, Callback<String>) {
    let (l, toasts) = (lang(), use_toasts());
    let (typed, found) = (RwSignal::new(String::new()), RwSignal::new(Vec::<Opt>::new()));
    let asked: Signal<String> = use_debounced(typed, 200);
    // In the browser only: whoever searches has a script.
    effect(move || {
        let text = asked.get();
        spawn_local(async move {
            let answer = api::property::choices(text.clone(), None).await;
            if asked.try_get_untracked() == Some(text)
                && let Some(rows) = looked_up(toasts, l, answer)
            {
                let _ = found.try_set(rows.into_iter().map(|b| Opt::new(b.id.to_string(), b.address)).collect());
            }
        });
    });
    (found, Callback::new(move |text: String| typed.set(text)))
}

/// The chosen houses, each with its address, and a field to add more.
#[component]
pub(super) fn Houses(chosen: RwSignal<Vec<(BuildingId, String)>>) -> impl IntoView {
    let l = lang();
    let picked = RwSignal::new(String::new());
    let (found, on_query) = search();
    let add = Callback::new(move |id: String| {
        let label = found.with_untracked(|all| all.iter().find(|opt| opt.value == id).map(|opt| opt.label.clone()));
        if let (Ok(id), Some(label)) = (id.parse::<BuildingId>(), label) {
            chosen.update(|all| {
                if !all.iter().any(|(known, _)| *known == id) {
                    all.push((id, label));
                }
            });
            picked.set(String::new());
        }
    });
    view! {
        <div class="grid gap-2 max-w-xl">
            <Combobox name="house" options=found value=picked placeholder=td_string!(l, payments.kassa_add_house)
                label=td_string!(l, payments.kassa_add_house) on_query=on_query on_change=add />
            <div class="row">
                <For each=move || chosen.get() key=|(id, _)| *id let((id, address))>
                    <span class="inline-flex items-center gap-1">
                        {address}
                        <IconButton icon="x" size=ButtonSize::Small label=td_string!(l, payments.kassa_remove_house)
                            on_click=move |_| chosen.update(|all| all.retain(|(known, _)| *known != id)) />
                    </span>
                </For>
            </div>
        </div>
    }
}
