//! What happened, in order.

use crate::{icon::Icon, icon::IconSize, tone::Tone};
use leptos::prelude::*;

/// A vertical list of `Step`s.
#[component]
pub fn Timeline(children: Children) -> impl IntoView {
    view! { <ol class="timeline-v">{children()}</ol> }
}

/// One step: icon, title, time in words, body.
#[component]
pub fn Step(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] time: MaybeProp<String>,
    #[prop(default = "circle-dot")] icon: &'static str,
    #[prop(optional)] tone: Tone,
    /// Not reached yet.
    #[prop(optional)]
    future: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <li class=if future { "is-future" } else { "" }>
            <span class=format!("timeline-mark {}", tone.class())><Icon name=icon size=IconSize::Small /></span>
            <div>
                <div class="timeline-head">
                    <span class=if future { "" } else { "font-semibold" }>{move || title.get()}</span>
                    <span class="timeline-time">{move || time.get()}</span>
                </div>
                {children.map(|children| children())}
            </div>
        </li>
    }
}
