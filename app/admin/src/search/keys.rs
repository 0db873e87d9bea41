//! `?`: the keys of the page one is on.

use crate::util::lang;
use i18n::{Locale, td_string};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use ui::prelude::*;

fn everywhere(l: Locale) -> Vec<(&'static [&'static str], &'static str)> {
    vec![
        (&["/"], td_string!(l, search.key_search)),
        (&["Ctrl", "K"], td_string!(l, search.key_palette)),
        (&["N"], td_string!(l, search.key_new)),
        (&["?"], td_string!(l, search.key_help)),
        (&["Esc"], td_string!(l, search.key_close)),
    ]
}

fn of_list(l: Locale) -> Vec<(&'static [&'static str], &'static str)> {
    vec![
        (&["J"], td_string!(l, search.key_next)),
        (&["K"], td_string!(l, search.key_previous)),
        (&["Enter"], td_string!(l, search.key_open)),
        (&["Space"], td_string!(l, search.key_preview)),
        (&["X"], td_string!(l, search.key_select)),
        (&["Shift", "J"], td_string!(l, search.key_extend)),
        (&["Shift", "A"], td_string!(l, search.key_select_all)),
        (&["A"], td_string!(l, search.key_assign)),
        (&["S"], td_string!(l, search.key_status)),
    ]
}

fn of_request(l: Locale) -> Vec<(&'static [&'static str], &'static str)> {
    vec![(&["A"], td_string!(l, search.key_assign))]
}

#[component]
pub(crate) fn KeysHelp(open: RwSignal<bool>) -> impl IntoView {
    let (l, location) = (lang(), use_location());
    let shortcuts = Signal::derive(move || {
        let path = location.pathname.get();
        let here = match path.as_str() {
            "/desk" => of_list(l),
            "/desk/requests/new" => Vec::new(),
            path if path.starts_with("/desk/requests/") => of_request(l),
            _ => Vec::new(),
        };
        here.into_iter()
            .chain(everywhere(l))
            .map(|(keys, label)| Shortcut {
                keys: keys.iter().map(|key| (*key).to_owned()).collect(),
                label: label.to_owned(),
            })
            .collect::<Vec<_>>()
    });
    view! { <ShortcutsHelp open=open shortcuts=shortcuts /> }
}
