//! The resident's word, as everybody sees it, and where a request came from.

use api::session::use_now;
use i18n::{Locale, td_string, when, work_words};
use leptos::prelude::*;
use model::work::{Confirmation, How, Origin};
use ui::prelude::*;

/// How, when, by whom; and whether the request still says what was confirmed.
#[component]
pub fn Confirmed(word: Confirmation) -> impl IntoView {
    let (l, now) = (crate::locale(), use_now());
    let icon = match word.how {
        How::Code => "key",
        How::Signature => "pencil",
        How::Absent => "user",
    };
    let (at, by) = (word.at, word.by);
    let (tone, said) = if word.intact {
        (Tone::Success, td_string!(l, work.intact))
    } else {
        (Tone::Danger, td_string!(l, work.not_intact))
    };
    let picture = word.file_id.map(|id| {
        let alt = td_string!(l, work.signature_of, name = word.signer.clone().unwrap_or_default()).to_string();
        view! {
            <figure class="m-0 grid gap-1">
                <img src=format!("/files/{id}") alt=alt.clone() loading="lazy" class="w-full max-w-80 rounded-lg border border-line bg-white" />
                <figcaption class="text-sm text-muted">{alt.clone()}</figcaption>
            </figure>
        }
    });
    view! {
        <div class="grid gap-1.5">
            <p class="m-0 flex flex-wrap gap-2 items-center">
                <Icon name=icon class="text-muted" />
                <span class="font-semibold">{work_words::how(l, word.how)}</span>
                <span class="text-muted text-sm">
                    {move || td_string!(l, work.taken_by, name = by.clone(), time = when::moment(l, at, now.get())).to_string()}
                </span>
            </p>
            {word.reason.map(|reason| view! { <p class="m-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{reason}</p> })}
            {picture}
            <p class="m-0 flex flex-wrap gap-2 items-center text-sm">
                <Pill text=said tone=tone icon=if word.intact { "shield-check" } else { "alert-triangle" } />
                <code class="text-xs text-muted" title=word.hash.clone()>{word.hash.get(..12).unwrap_or_default().to_owned()}</code>
            </p>
        </div>
    }
}

/// `Planned for 23 November 2026`.
pub fn origin_text(l: Locale, origin: &Origin) -> String {
    match origin {
        Origin::Plan { due_on, .. } => td_string!(l, plans.planned_for, day = work_words::day(l, *due_on)).to_string(),
        Origin::Round { due_on, .. } => td_string!(l, plans.found_on, day = work_words::day(l, *due_on)).to_string(),
    }
}
