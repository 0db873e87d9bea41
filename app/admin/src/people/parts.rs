//! What pages about people draw alike: telephones, shares, a few requests.

use crate::util::{Due, PhoneLink, StatusPill, lang};
use i18n::{Locale, td_string, words};
use leptos::prelude::*;
use model::{
    people::{Channel, PhoneView, Relation, Share},
    requests::RequestRow,
};

/// A telephone: to be called with one press where it is known, else covered.
#[component]
pub(crate) fn Telephone(phone: PhoneView) -> impl IntoView {
    let l = lang();
    match phone.number {
        Some(number) => view! { <PhoneLink phone=number /> }.into_any(),
        None => view! { <span class="num text-muted" title=td_string!(l, people.phone_hidden)>{phone.shown}</span> }
            .into_any(),
    }
}

/// `Собственник · 1/3`.
pub(crate) fn relation_line(l: Locale, relation: Relation, share: Option<Share>) -> String {
    let word = words::relation(l, relation);
    match share {
        Some(share) => format!("{word} · {}", share_text(l, share)),
        None => word.to_owned(),
    }
}

/// A share as people of that language write it.
pub(crate) fn share_text(l: Locale, share: Share) -> String {
    share.shown(if l == Locale::en { '.' } else { ',' })
}

/// The word for a road to a person.
pub(super) fn channel(l: Locale, channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => td_string!(l, people.channel_sms),
        Channel::Email => td_string!(l, people.channel_email),
        Channel::Telegram => td_string!(l, people.channel_telegram),
    }
}

/// A few requests in a card: number, state, time left, words.
#[component]
pub(super) fn RequestLines(
    rows: Vec<RequestRow>,
    /// Also the address of each.
    #[prop(optional)]
    places: bool,
) -> impl IntoView {
    let l = lang();
    if rows.is_empty() {
        return view! { <p class="m-0 px-4 py-3 text-muted">{td_string!(l, people.no_requests)}</p> }.into_any();
    }
    rows.into_iter()
        .map(|row| {
            let place = places.then(|| row.address.clone());
            view! {
                <a class="grid gap-1 px-4 py-2 border-b border-line last:border-b-0 text-inherit no-underline hover:bg-base-200"
                    href=format!("/desk/requests/{}", row.id)>
                    <span class="flex flex-wrap items-center gap-2">
                        <span class="num text-muted">"№" {row.number}</span>
                        <StatusPill status=row.status />
                        <Due time=row.time() />
                    </span>
                    <span class="truncate">{row.description}</span>
                    {place.map(|place| view! { <span class="truncate text-xs text-muted">{place}</span> })}
                </a>
            }
        })
        .collect_view()
        .into_any()
}
