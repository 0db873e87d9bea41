//! Booking a run and taking it back, the same for charges and penalties.

use crate::{
    property::form::{Refusal, Sending},
    util::lang,
};
use i18n::{Locale, td_string};
use leptos::prelude::*;
use model::billing::RunState;
use ui::prelude::*;

/// What is being done with a run.
pub(super) fn working(l: Locale, state: RunState) -> &'static str {
    match state {
        RunState::Posting => td_string!(l, billing.working_post),
        RunState::Undoing => td_string!(l, billing.working_undo),
        _ => td_string!(l, billing.working_preview),
    }
}

/// The moves that a run allows; each asks first. A look that found nothing has nothing to book.
#[component]
pub(super) fn Moves(
    sending: Sending,
    state: RunState,
    locked: bool,
    empty: bool,
    post_text: String,
    undo_verb: &'static str,
    undo_text: &'static str,
    on_post: Callback<()>,
    on_undo: Callback<()>,
) -> impl IntoView {
    let l = lang();
    let (asks_post, asks_undo) = (RwSignal::new(false), RwSignal::new(false));
    let posts = !locked && (state == RunState::Stopped || (state == RunState::Ready && !empty));
    let undoes = !locked && matches!(state, RunState::Posted | RunState::Stopped);
    let post = Callback::new(move |()| {
        asks_post.set(false);
        on_post.run(());
    });
    let undo = Callback::new(move |()| {
        asks_undo.set(false);
        on_undo.run(());
    });
    let verb = if state == RunState::Stopped { td_string!(l, billing.post_again) } else { td_string!(l, billing.post) };
    view! {
        <Refusal of=sending />
        {(posts || undoes).then(|| view! {
            <div class="row">
                {posts.then(|| view! {
                    <Button kind=ButtonKind::Primary icon="check" loading=sending.busy on_click=move |_| asks_post.set(true)>{verb}</Button>
                })}
                {undoes.then(|| view! {
                    <Button icon="undo-2" loading=sending.busy on_click=move |_| asks_undo.set(true)>{undo_verb}</Button>
                })}
            </div>
        })}
        <Confirm open=asks_post calm=true title=td_string!(l, billing.post) verb=td_string!(l, billing.post) text=post_text on_confirm=post />
        <Confirm open=asks_undo title=undo_verb verb=undo_verb text=undo_text on_confirm=undo />
    }
}
