//! Inspection rounds at the desk: routes, giving them out, what was found.

mod give;
mod list;
mod page;
mod route;

pub use list::RoundsPage;
pub use page::DeskRoundPage;
pub use route::{NewRoutePage, RoutePage};

use crate::util::lang;
use i18n::work_words;
use leptos::prelude::*;
use model::rounds::RoundState;
use ui::prelude::*;

/// Where a round stands.
#[component]
fn RoundPill(state: RoundState) -> impl IntoView {
    let (tone, icon) = match state {
        RoundState::Planned => (Tone::Info, "calendar-clock"),
        RoundState::Walking => (Tone::Brand, "clipboard-check"),
        RoundState::Done => (Tone::Success, "check"),
        RoundState::Cancelled => (Tone::Neutral, "circle-x"),
    };
    view! { <Pill text=work_words::round_state(lang(), state) tone=tone icon=icon /> }
}
