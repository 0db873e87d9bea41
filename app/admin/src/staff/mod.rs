//! Staff: who does what, how much each has in hand (`list`); how they come (`invite`), change (`card`, `edit`) and go
//! (`leave`).

mod access;
mod card;
mod edit;
mod filters;
mod invite;
mod leave;
mod list;
mod many;

pub use card::StaffMemberPage;
pub use list::StaffPage;

use crate::util::lang;
use i18n::td_string;
use leptos::prelude::*;
use ui::prelude::*;

/// Why somebody is not working.
#[component]
pub(super) fn State(blocked: bool, dismissed: bool) -> impl IntoView {
    let l = lang();
    match (blocked, dismissed) {
        (_, true) => {
            view! { <Pill text=td_string!(l, staff_admin.dismissed) tone=Tone::Neutral icon="log-out" /> }.into_any()
        }
        (true, false) => {
            view! { <Pill text=td_string!(l, staff_admin.blocked) tone=Tone::Danger icon="lock" /> }.into_any()
        }
        (false, false) => {
            view! { <Pill text=td_string!(l, staff_admin.active) tone=Tone::Success icon="check" /> }.into_any()
        }
    }
}
