//! Whom it would reach and what it would cost, counted by the server while one writes.

use crate::util::lang;
use i18n::{news as words, td_string, work_words};
use leptos::{prelude::*, task::spawn_local};
use model::news::{AskAudience, AudienceLook, SmsCost};
use ui::prelude::*;

/// Keeps `look` in step with what is asked; nothing while it is being counted or makes no sense yet.
pub(super) fn follow(ask: Memo<Option<AskAudience>>, look: RwSignal<Option<AudienceLook>>) {
    let settled: Signal<Option<AskAudience>> = use_debounced(ask, 400);
    effect(move || {
        let asked = settled.get();
        look.set(None);
        let Some(question) = asked.clone() else { return };
        spawn_local(async move {
            if let Ok(fresh) = api::news::look(question).await
                && settled.try_get_untracked() == Some(asked)
            {
                look.set(Some(fresh));
            }
        });
    });
}

/// The price of text messages in words; nothing when there are none.
pub(super) fn price(l: i18n::Locale, sms: &SmsCost) -> Option<String> {
    let people = sms.people.to_string();
    (sms.people > 0).then(|| match sms.cost {
        Some(cost) => {
            let cost = work_words::money(l, cost);
            td_string!(l, news.look_sms, people = people, parts = sms.parts.to_string(), cost = cost).to_string()
        }
        None => td_string!(l, news.look_sms_off, people = people).to_string(),
    })
}

#[component]
pub(super) fn Preview(look: RwSignal<Option<AudienceLook>>) -> impl IntoView {
    let l = lang();
    let shown = move |look: AudienceLook| {
        if look.people == 0 {
            return view! { <Banner tone=Tone::Warning text=td_string!(l, news.look_nobody) /> }.into_any();
        }
        let cost = price(l, &look.sms);
        view! {
            <p class="m-0 text-xl font-semibold num">{td_string!(l, news.look_people, n = look.people.to_string()).to_string()}</p>
            <div class="row gap-1.5">
                {look.channels.into_iter().map(|count| {
                    let tone = if count.channel.is_some() { Tone::Neutral } else { Tone::Warning };
                    let text = format!("{}: {}", words::channel(l, count.channel), count.people);
                    view! { <Pill text=text tone=tone icon="send" /> }
                }).collect_view()}
            </div>
            {cost.map(|text| view! { <p class="m-0 flex gap-2 items-center"><Icon name="wallet" class="text-muted" />{text}</p> })}
            <details>
                <summary class="cursor-pointer text-muted">{td_string!(l, news.look_first)}</summary>
                <ul class="m-0 mt-2 p-0 list-none">
                    {look.first.into_iter().map(|reader| view! {
                        <li class="flex justify-between gap-3 py-1 border-b border-line last:border-b-0">
                            <span class="min-w-0 truncate">{reader.name}</span>
                            <span class="shrink-0 text-sm text-muted">{words::channel(l, reader.channel)}</span>
                        </li>
                    }).collect_view()}
                </ul>
            </details>
        }
        .into_any()
    };
    view! {
        <div class="stack gap-3" aria-live="polite">
            {move || match look.get() {
                Some(found) => shown(found),
                None => view! { <p class="m-0 text-muted">{td_string!(l, news.look_counting)}</p> }.into_any(),
            }}
        </div>
    }
}
