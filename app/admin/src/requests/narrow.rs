//! The places, the problem and the person in the window of filters: choices that are fetched while it is open.

use crate::util::lang;
use api::narrow;
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use model::requests::narrow::Narrow;
use ui::prelude::*;

/// One choice of the server's. There is no field while `of` has nothing to choose from.
#[component]
pub(super) fn Picker(
    open: RwSignal<bool>,
    name: String,
    label: &'static str,
    value: RwSignal<String>,
    of: Callback<(), Option<Narrow>>,
) -> impl IntoView {
    let l = lang();
    let typed = RwSignal::new(String::new());
    let settled: Signal<String> = use_debounced(typed, 200);
    let options = RwSignal::new(Vec::<Opt>::new());
    let wanted = Memo::new(move |_| {
        let of = if open.get() { of.run(()) } else { None };
        of.map(|of| (of, settled.get(), value.get()))
    });
    effect(move || {
        let Some((of, text, chosen)) = wanted.get() else { return };
        spawn_local(async move {
            // Without an answer the choices stay as they are: the list itself says what is wrong.
            let Ok(found) = narrow::choices(i18n::lang(l), of, text.clone(), chosen.clone()).await else {
                return;
            };
            let inside = matches!(of, Narrow::Entrance(_));
            // An answer that was overtaken by another choice is dropped.
            if wanted.try_get_untracked() != Some(Some((of, text, chosen.clone()))) {
                return;
            }
            // An entrance of another house.
            if inside && found.iter().all(|choice| choice.id != chosen) {
                value.set(String::new());
            }
            options.set(found.into_iter().map(|choice| Opt::new(choice.id, choice.name).hint(choice.hint)).collect());
        });
    });
    let shown = Memo::new(move |_| wanted.with(Option::is_some));
    let name = StoredValue::new(name);
    move || {
        shown.get().then(|| {
            view! {
                <Field label=label name=name.get_value()>
                    <Combobox name=name.get_value() options=options value=value placeholder=td_string!(l, together.filter_any)
                        on_query=move |text: String| typed.set(text) />
                </Field>
            }
        })
    }
}
