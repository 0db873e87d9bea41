//! Who else is at this request right now.

use super::page::Open;
use crate::util::lang;
use api::session::use_live;
use i18n::td_string;
use leptos::prelude::*;
use model::requests::{Here, PRESENCE_TTL_S, Present};
use ui::hooks::effect;
use ui::{dom::now_ms, prelude::*};

/// Looks for those who fell silent this often.
const SWEEP_MS: u64 = 5_000;

/// Says that this page shows the request, and shows the others.
#[component]
pub(super) fn Presence(open: Open) -> impl IntoView {
    let (l, live) = (lang(), use_live());
    let others = RwSignal::new(Vec::<(Present, f64)>::new());
    let busy = Signal::derive(move || open.typing.get() || open.changing.get());
    // A pause in writing is not the end of it: others see no flicker.
    let rested: Signal<bool> = use_debounced(busy, 3_000);
    effect(move || {
        live.here().set(Some(Here { request_id: open.id, typing: busy.get() || rested.get() }));
    });
    on_cleanup(move || {
        live.here().try_set(None);
    });
    effect(move || {
        let Some(present) = live.met().get().filter(|present| present.request_id == open.id) else { return };
        others.update(|all| {
            all.retain(|(known, _)| known.user_id != present.user_id);
            if !present.gone {
                all.push((present, now_ms()));
                all.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
            }
        });
    });
    use_interval(SWEEP_MS, move || {
        let oldest = now_ms() - f64::from(PRESENCE_TTL_S) * 1000.0;
        if others.with_untracked(|all| all.iter().any(|(_, at)| *at < oldest)) {
            others.update(|all| all.retain(|(_, at)| *at >= oldest));
        }
    });
    view! {
        <span aria-live="polite">
            {move || {
                let all = others.get();
                let names = |typing: bool| {
                    let some: Vec<&str> = all.iter().filter(|(p, _)| p.typing == typing).map(|(p, _)| p.name.as_str()).collect();
                    some.join(", ")
                };
                let (writing, looking) = (names(true), names(false));
                let writing = (!writing.is_empty()).then(|| view! {
                    <Pill text=td_string!(l, together.here_typing, names = writing).to_string() tone=Tone::Warning icon="pencil" />
                });
                let count = all.iter().filter(|(p, _)| !p.typing).count();
                let looking = (count > 0).then(|| {
                    let text = if count == 1 {
                        td_string!(l, together.here_viewing, names = looking).to_string()
                    } else {
                        td_string!(l, together.here_many, names = looking).to_string()
                    };
                    view! { <Pill text=text tone=Tone::Info icon="eye" /> }
                });
                view! { <span class="inline-flex flex-wrap gap-1.5">{writing} {looking}</span> }
            }}
        </span>
    }
}
