//! `?`: the keys of the page one is on.

use crate::util::lang;
use api::session::use_me;
use i18n::{Locale, td_string};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use model::Permission as P;
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

/// Of every list that one can walk through.
fn of_rows(l: Locale) -> Vec<(&'static [&'static str], &'static str)> {
    vec![
        (&["J"], td_string!(l, search.key_next)),
        (&["K"], td_string!(l, search.key_previous)),
        (&["Enter"], td_string!(l, search.key_open)),
    ]
}

/// Of lists whose rows can be chosen.
fn of_choice(l: Locale) -> Vec<(&'static [&'static str], &'static str)> {
    vec![
        (&["X"], td_string!(l, search.key_select)),
        (&["Shift", "J"], td_string!(l, search.key_extend)),
        (&["Shift", "K"], td_string!(l, lists.key_extend_up)),
        (&["Shift", "A"], td_string!(l, search.key_select_all)),
    ]
}

fn of_requests(l: Locale) -> Vec<(&'static [&'static str], &'static str)> {
    vec![
        (&["Space"], td_string!(l, search.key_preview)),
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
    let role = use_me().role;
    let may = move |permission: P| role.can(permission);
    let shortcuts = Signal::derive(move || {
        let path = location.pathname.get();
        let here = match path.as_str() {
            "/desk" => [of_rows(l), of_choice(l), of_requests(l)].concat(),
            "/desk/buildings" | "/desk/units" if may(P::BuildingsManage) => [of_rows(l), of_choice(l)].concat(),
            "/desk/staff" if may(P::StaffManage) => [of_rows(l), of_choice(l)].concat(),
            "/desk/buildings" | "/desk/units" | "/desk/staff" | "/desk/people" | "/desk/complexes"
            | "/desk/imports" => of_rows(l),
            // Rows of the audit lead nowhere.
            "/desk/audit" => of_rows(l).into_iter().take(2).collect(),
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
