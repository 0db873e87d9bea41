//! Planned work at the desk: the list, one plan, its form.

mod form;
mod list;
mod page;
mod spot;

pub use form::NewPlanPage;
pub use list::PlansPage;
pub use page::PlanPage;
pub(crate) use spot::{Spot, SpotPicker};

use crate::util::lang;
use i18n::td_string;
use leptos::prelude::*;
use ui::prelude::*;

/// Plans and rounds are one place with two tabs.
#[component]
pub(crate) fn PlanTabs(current: &'static str) -> impl IntoView {
    let l = lang();
    let tab = |label: &str, href: &'static str, icon| Tab {
        label: label.to_owned(),
        href: href.to_owned(),
        icon: Some(icon),
        current: href == current,
        ..Tab::default()
    };
    let tabs = vec![
        tab(td_string!(l, plans.title), "/desk/plans", "calendar-clock"),
        tab(td_string!(l, plans.rounds), "/desk/rounds", "clipboard-check"),
    ];
    view! { <Tabs tabs=Signal::stored(tabs) label=td_string!(l, plans.title) /> }
}
