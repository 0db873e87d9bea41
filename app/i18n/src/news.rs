//! News in words: states, audiences, places.

use crate::{Locale, td_string, work_words};
use model::{
    Money,
    news::{NewsPlaceName, NewsState, NewsWho},
    notices::NoticeChannel,
};

pub fn state(l: Locale, state: NewsState) -> &'static str {
    match state {
        NewsState::Draft => td_string!(l, news.state_draft),
        NewsState::Scheduled => td_string!(l, news.state_scheduled),
        NewsState::Sending => td_string!(l, news.state_sending),
        NewsState::Sent => td_string!(l, news.state_sent),
        NewsState::Cancelled => td_string!(l, news.state_cancelled),
    }
}

pub fn who(l: Locale, who: NewsWho) -> &'static str {
    match who {
        NewsWho::Residents => td_string!(l, news.who_residents),
        NewsWho::Staff => td_string!(l, news.who_staff),
        NewsWho::Everybody => td_string!(l, news.who_everybody),
    }
}

/// A complex, or a house with its entrance or riser.
pub fn place(l: Locale, name: &NewsPlaceName) -> String {
    let entrance = name.entrance.map(|n| td_string!(l, outages.place_entrance, n = n.to_string()).to_string());
    let parts = [Some(name.name.clone()), entrance, name.riser.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Whom news are for, in one line; of many places the first.
pub fn audience(l: Locale, of: NewsWho, places: &[NewsPlaceName], debt_from: Option<Money>, most: usize) -> String {
    let mut parts = vec![who(l, of).to_owned()];
    if places.is_empty() {
        parts.push(td_string!(l, news.whole_company).to_owned());
    }
    parts.extend(places.iter().take(most).map(|name| place(l, name)));
    if places.len() > most {
        parts.push(td_string!(l, outages.places_more, n = (places.len() - most).to_string()).to_string());
    }
    parts.extend(debt_from.map(|sum| td_string!(l, news.debtors, sum = work_words::money(l, sum)).to_string()));
    parts.join(" · ")
}

/// A channel, or that there is none.
pub fn channel(l: Locale, channel: Option<NoticeChannel>) -> &'static str {
    channel.map_or_else(|| td_string!(l, news.unreachable), |channel| crate::notices::channel(l, channel))
}
