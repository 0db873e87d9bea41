//! What lists of rows have in common: walking and choosing with the keyboard, and choosing columns.

use crate::hooks::effect;
use crate::{
    hooks::use_hotkey,
    icon::Icon,
    menu::{Menu, MenuTitle},
};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;

/// The rows of a page: which is under the cursor, which are chosen. Rows that leave the page are no longer chosen.
#[derive(Clone, Copy)]
pub struct RowKeys {
    /// Keys of the rows in their order; nothing while they are fetched.
    pub keys: Signal<Option<Vec<String>>>,
    pub active: RwSignal<Option<String>>,
    pub selected: RwSignal<BTreeSet<String>>,
}

impl RowKeys {
    pub fn new<T: Send + Sync + 'static>(rows: Signal<Option<Vec<T>>>, key: fn(&T) -> String) -> Self {
        let keys = Signal::derive(move || rows.with(|rows| rows.as_ref().map(|rows| rows.iter().map(key).collect())));
        let selected = RwSignal::new(BTreeSet::new());
        effect(move || {
            let Some(keys): Option<Vec<String>> = keys.get() else { return };
            if selected.with_untracked(|set: &BTreeSet<String>| set.iter().any(|key| !keys.contains(key))) {
                selected.update(|set| set.retain(|key| keys.contains(key)));
            }
        });
        Self { keys, active: RwSignal::new(None), selected }
    }

    /// Chooses a row, or no longer.
    pub fn toggle(self, key: &str) {
        self.selected.update(|set| {
            if !set.remove(key) {
                set.insert(key.to_owned());
            }
        });
    }

    /// J and K put the focus on the next and previous row; Enter then opens it like any link.
    pub fn walks(self, on_step: impl Fn(&str) + Send + Sync + 'static) {
        let on_step = StoredValue::new(on_step);
        let step = move |forward| {
            if let Some(key) = self.step(forward, false) {
                on_step.with_value(|run| run(&key));
            }
        };
        use_hotkey("j", move |_| step(true));
        use_hotkey("k", move |_| step(false));
    }

    /// X chooses the row under the cursor, Shift takes rows along on the way, Shift A the page; Escape lets go of all
    /// unless `shuts` had something else to close and did.
    pub fn selects(self, shuts: impl Fn() -> bool + Send + Sync + 'static) {
        use_hotkey("shift+j", move |_| drop(self.step(true, true)));
        use_hotkey("shift+k", move |_| drop(self.step(false, true)));
        use_hotkey("x", move |_| {
            if let Some(key) = self.active.get_untracked() {
                self.toggle(&key);
            }
        });
        use_hotkey("shift+a", move |_| self.selected.set(self.keys.get_untracked().into_iter().flatten().collect()));
        use_hotkey("escape", move |_| {
            if !shuts() {
                self.selected.update(BTreeSet::clear);
            }
        });
    }

    fn step(self, forward: bool, select: bool) -> Option<String> {
        let keys = self.keys.get_untracked().unwrap_or_default();
        let at = self.active.with_untracked(|now| keys.iter().position(|key| now.as_ref() == Some(key)));
        let key = next_row(&keys, at, forward)?.clone();
        if select {
            self.selected.update(|set| set.extend(self.active.get_untracked().into_iter().chain([key.clone()])));
        }
        self.active.set(Some(key.clone()));
        focus_row(&key);
        Some(key)
    }
}

/// The row after or before; the first one when there is none yet. At the ends one stays where one is.
fn next_row(keys: &[String], at: Option<usize>, forward: bool) -> Option<&String> {
    keys.get(match at {
        Some(n) if forward => (n + 1).min(keys.len().saturating_sub(1)),
        Some(n) => n.saturating_sub(1),
        None => 0,
    })
}

/// A row without a link of its own only comes into sight.
fn focus_row(key: &str) {
    let Ok(Some(row)) = document().query_selector(&format!("[data-key=\"{key}\"]")) else { return };
    let link = row.query_selector("a.row-link").ok().flatten();
    match link.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) {
        Some(link) => drop(link.focus()),
        None => row.scroll_into_view_with_bool(false),
    }
}

/// Which columns are shown.
#[component]
pub fn ColumnMenu(
    /// Keys and header words of the columns that can be hidden.
    columns: Vec<(&'static str, String)>,
    #[prop(into)] hides: Callback<&'static str, bool>,
    #[prop(into)] on_toggle: Callback<&'static str>,
    #[prop(into)] label: Signal<String>,
) -> impl IntoView {
    view! {
        <Menu label=label end=true bordered=true trigger=|| view! { <Icon name="columns-3" /> }>
            <MenuTitle text=label />
            {columns.into_iter().map(|(key, title)| view! {
                <label class="check-line px-2.5">
                    <input type="checkbox" class="checkbox" prop:checked=move || !hides.run(key) checked=true
                        on:change=move |_| on_toggle.run(key) />
                    <span>{title}</span>
                </label>
            }).collect_view()}
        </Menu>
    }
}

#[cfg(test)]
mod tests {
    use super::next_row;

    #[test]
    fn walking_stays_on_the_page() {
        let keys: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
        let go = |at, forward| next_row(&keys, at, forward).map(String::as_str);
        assert_eq!((go(None, true), go(None, false)), (Some("a"), Some("a")));
        assert_eq!((go(Some(0), true), go(Some(2), true)), (Some("b"), Some("c")));
        assert_eq!((go(Some(1), false), go(Some(0), false)), (Some("a"), Some("a")));
        assert_eq!(next_row(&[], None, true), None);
    }
}
