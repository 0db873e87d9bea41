//! A select with search. Before hydration it is the native select, so a form works from the first paint.

use crate::hooks::effect;
use crate::{
    dom::call_method,
    field::field_or,
    hooks::use_hydrated,
    icon::Icon,
    input::{Opt, Select},
    texts,
};
use i18n::case::lower;
use leptos::{ev::KeyboardEvent, html, prelude::*};

const SHOWN: usize = 60;

/// Choices that contain every word of the query, in their own order.
pub fn filter_options(options: &[Opt], query: &str) -> Vec<Opt> {
    let words: Vec<String> = lower(query).split_whitespace().map(str::to_string).collect();
    options
        .iter()
        .filter(|opt| {
            let text = lower(&format!("{} {}", opt.label, opt.hint.as_deref().unwrap_or_default()));
            words.iter().all(|word| text.contains(word.as_str()))
        })
        .take(SHOWN)
        .cloned()
        .collect()
}

/// Select with search and keyboard. `value` holds the chosen option's value.
///
/// With `on_query` the list is the server's: the callback gets what is typed and `options` is shown unfiltered.
#[component]
pub fn Combobox(
    #[prop(into)] name: String,
    #[prop(into)] options: Signal<Vec<Opt>>,
    value: RwSignal<String>,
    #[prop(optional, into)] placeholder: MaybeProp<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] label: MaybeProp<String>,
    #[prop(optional, into)] on_query: Option<Callback<String>>,
    #[prop(optional, into)] on_change: Option<Callback<String>>,
) -> impl IntoView {
    let alive = use_hydrated();
    let choose = Callback::new(move |chosen: String| {
        value.set(chosen.clone());
        if let Some(run) = on_change {
            run.run(chosen);
        }
    });
    let kept = StoredValue::new(name);
    move || {
        if alive.get() {
            view! {
                <Live name=kept.get_value() options=options value=value placeholder=placeholder disabled=disabled
                    label=label on_query=on_query choose=choose />
            }
            .into_any()
        } else {
            view! {
                <Select name=kept.get_value() options=options value=value placeholder=placeholder disabled=disabled label=label />
            }
            .into_any()
        }
    }
}

#[component]
fn Live(
    name: String,
    options: Signal<Vec<Opt>>,
    value: RwSignal<String>,
    placeholder: MaybeProp<String>,
    disabled: Signal<bool>,
    label: MaybeProp<String>,
    on_query: Option<Callback<String>>,
    choose: Callback<String>,
) -> impl IntoView {
    let field = field_or(&name);
    let (open, at) = (RwSignal::new(false), RwSignal::new(0_usize));
    let query = RwSignal::new(None::<String>);
    let node = NodeRef::<html::Input>::new();
    let list = NodeRef::<html::Ul>::new();
    let (nothing, clear) = (texts::nothing_found(), texts::clear());
    let list_id = format!("{}-list", field.id);
    let item_id = {
        let list_id = list_id.clone();
        move |n: usize| format!("{list_id}-{n}")
    };

    let chosen_label = Memo::new(move |_| {
        let wanted = value.get();
        options.with(|all| all.iter().find(|opt| opt.value == wanted).map(|opt| opt.label.clone())).unwrap_or_default()
    });
    let found = Memo::new(move |_| {
        let typed = query.get().unwrap_or_default();
        options.with(|all| filter_options(all, if on_query.is_some() { "" } else { &typed }))
    });
    let shut = move || {
        open.set(false);
        query.set(None);
    };
    let take = move |n: usize| {
        if let Some(opt) = found.with_untracked(|found| found.get(n).cloned()) {
            choose.run(opt.value);
        }
        shut();
    };
    // What is typed is shown while open; otherwise the chosen label.
    effect(move || {
        let text = query.get().unwrap_or_else(|| chosen_label.get());
        if let Some(input) = node.get()
            && input.value() != text
        {
            input.set_value(&text);
        }
    });
    // The marked row stays in sight.
    effect(move || {
        let n = at.get();
        if let (true, Some(list)) = (open.get(), list.get())
            && let Ok(Some(row)) = list.query_selector(&format!("li:nth-child({})", n + 1))
        {
            call_method(row.as_ref(), "scrollIntoViewIfNeeded");
        }
    });
    let keys = move |ev: KeyboardEvent| {
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        match ev.key().as_str() {
            "ArrowDown" => {
                ev.prevent_default();
                if open.get_untracked() { at.update(|n| *n = (*n + 1).min(last)) } else { open.set(true) }
            }
            "ArrowUp" => {
                ev.prevent_default();
                at.update(|n| *n = n.saturating_sub(1));
            }
            "Enter" if open.get_untracked() => {
                ev.prevent_default();
                take(at.get_untracked());
            }
            "Escape" if open.get_untracked() => {
                ev.prevent_default();
                ev.stop_propagation();
                shut();
            }
            "Tab" => shut(),
            _ => {}
        }
    };
    let (for_active, for_rows) = (item_id.clone(), item_id);
    view! {
        <div class="combo">
            <input type="hidden" name=name prop:value=move || value.get() value=value.get_untracked() />
            <div class="input-wrap">
                <input
                    node_ref=node
                    id=field.id
                    type="text"
                    class="input pr-16"
                    role="combobox"
                    autocomplete="off"
                    spellcheck="false"
                    aria-expanded=move || if open.get() { "true" } else { "false" }
                    aria-controls=list_id.clone()
                    aria-autocomplete="list"
                    aria-activedescendant=move || open.get().then(|| for_active(at.get()))
                    aria-label=move || label.get()
                    aria-invalid=move || field.invalid.get().then_some("true")
                    aria-describedby=move || field.described_by.get()
                    placeholder=move || placeholder.get()
                    disabled=move || disabled.get()
                    on:click=move |_| open.set(true)
                    on:input=move |ev| {
                        let text = event_target_value(&ev);
                        at.set(0);
                        open.set(true);
                        query.set(Some(text.clone()));
                        if let Some(run) = on_query {
                            run.run(text);
                        }
                    }
                    on:blur=move |_| shut()
                    on:keydown=keys
                />
                {move || (!value.get().is_empty() && !disabled.get()).then(|| view! {
                    <button type="button" class="btn btn-quiet btn-sm btn-square input-end mr-7"
                        aria-label=move || clear.get() on:click=move |_| choose.run(String::new())>
                        <Icon name="x" />
                    </button>
                })}
                <span class="input-end pointer-events-none pr-2 text-muted"><Icon name="chevrons-up-down" /></span>
            </div>
            <ul node_ref=list class="combo-list" id=list_id role="listbox" hidden=move || !open.get()>
                {move || {
                    let rows = found.get();
                    if rows.is_empty() {
                        return view! { <li class="menu-title">{nothing.get()}</li> }.into_any();
                    }
                    rows.into_iter().enumerate().map(|(n, opt)| view! {
                        <li
                            id=for_rows(n)
                            class="menu-row"
                            role="option"
                            aria-selected=move || if at.get() == n { "true" } else { "false" }
                            // Pressing must not blur the input first.
                            on:mousedown=move |ev| {
                                ev.prevent_default();
                                take(n);
                            }
                        >
                            {opt.icon.map(|icon| view! { <Icon name=icon /> })}
                            <span>{opt.label}</span>
                            {opt.hint.map(|hint| view! { <span class="hint">{hint}</span> })}
                        </li>
                    }).collect_view().into_any()
                }}
            </ul>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::filter_options;
    use crate::input::Opt;

    #[test]
    fn every_word_must_be_there() {
        let all = [Opt::new("1", "Green street 4").hint("Yunusobod"), Opt::new("2", "Green street 5")];
        assert_eq!(filter_options(&all, "green yunus").len(), 1);
        assert_eq!(filter_options(&all, "STREET").len(), 2);
        assert!(filter_options(&all, "blue").is_empty());
    }
}
