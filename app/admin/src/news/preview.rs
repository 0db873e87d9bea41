//! Whom it would reach and what it would cost, counted by the server while one writes.

use crate::util::lang;
use i18n::{Locale, failure, news as words, td_string, work_words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Failure,
    news::{AskAudience, AudienceLook, SmsCost},
};
use ui::prelude::*;

/// Whom to count; in words what is missing for that.
pub(super) type Asked = Result<AskAudience, &'static str>;

/// How far the counting is.
#[derive(Clone, Debug)]
pub(super) enum Look {
    Missing(&'static str),
    Counting,
    Failed(Failure),
    Known(AudienceLook),
}

/// Keeps `look` in step with what is asked; calling it counts once more.
pub(super) fn follow(ask: Memo<Asked>, look: RwSignal<Look>) -> Callback<()> {
    let settled: Signal<Asked> = use_debounced(ask, 400);
    let count = Callback::new(move |()| {
        let asked = settled.get_untracked();
        let question = match asked.clone() {
            Ok(question) => question,
            Err(missing) => return look.set(Look::Missing(missing)),
        };
        look.set(Look::Counting);
        spawn_local(async move {
            let answer = api::news::look(question).await;
            if settled.try_get_untracked() == Some(asked) {
                look.set(answer.map_or_else(|error| Look::Failed(error.0), Look::Known));
            }
        });
    });
    effect(move || {
        settled.track();
        count.run(());
    });
    count
}

/// Why it could not be counted.
pub(super) fn refused(l: Locale, why: &Failure) -> String {
    why.fields.first().map_or_else(|| failure::sentence(l, why), |field| failure::field(l, field))
}

/// The price of text messages in words; nothing when there are none.
pub(super) fn price(l: Locale, sms: &SmsCost) -> Option<String> {
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
pub(super) fn Preview(look: RwSignal<Look>, on_retry: Callback<()>) -> impl IntoView {
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
                Look::Known(found) => shown(found),
                Look::Counting => view! { <p class="m-0 text-muted">{td_string!(l, news.look_counting)}</p> }.into_any(),
                Look::Missing(text) => view! {
                    <p class="m-0 flex gap-2 items-center"><Icon name="circle-alert" class="text-muted" />{text}</p>
                }
                .into_any(),
                Look::Failed(why) => view! { <ErrorState text=refused(l, &why) on_retry=on_retry /> }.into_any(),
            }}
        </div>
    }
}
