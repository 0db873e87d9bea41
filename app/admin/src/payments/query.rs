//! What the list of payments shows, as its address says it, and the line that changes it.

use super::source;
use crate::util::{encode, lang};
use i18n::{billing::payment_state, td_string};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::payments::{PaymentFilter, PaymentSource, PaymentState};
use ui::prelude::*;

/// Everything the address may say. Unknown values are ignored: an old link still opens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    pub source: String,
    pub state: String,
    pub from: String,
    pub to: String,
    pub text: String,
    pub account: String,
    pub disputed: bool,
    pub cursor: String,
}

impl Query {
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let word = |name: &str| get(name).map(|v| v.trim().to_owned()).unwrap_or_default();
        let day = |name: &str| Some(word(name)).filter(|d| d.parse::<chrono::NaiveDate>().is_ok()).unwrap_or_default();
        Self {
            source: Some(word("source")).filter(|v| v.parse::<PaymentSource>().is_ok()).unwrap_or_default(),
            state: Some(word("state")).filter(|v| v.parse::<PaymentState>().is_ok()).unwrap_or_default(),
            from: day("from"),
            to: day("to"),
            text: word("text"),
            account: Some(word("account")).filter(|v| v.parse::<model::AccountId>().is_ok()).unwrap_or_default(),
            disputed: get("disputed").is_some(),
            cursor: word("cursor"),
        }
    }

    pub fn href(&self) -> String {
        let disputed = if self.disputed { "1" } else { "" };
        let pairs = [
            ("source", self.source.as_str()),
            ("state", &self.state),
            ("from", &self.from),
            ("to", &self.to),
            ("text", &self.text),
            ("account", &self.account),
            ("disputed", disputed),
            ("cursor", &self.cursor),
        ];
        let query: Vec<String> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if query.is_empty() { "/desk/payments".to_owned() } else { format!("/desk/payments?{}", query.join("&")) }
    }

    /// The address of the same rows as a file.
    pub fn export(&self, form: &str) -> String {
        let disputed = if self.disputed { "true" } else { "" };
        let pairs = [
            ("source", self.source.as_str()),
            ("state", &self.state),
            ("from", &self.from),
            ("to", &self.to),
            ("text", &self.text),
            ("account_id", &self.account),
            ("disputed", disputed),
        ];
        let query: Vec<String> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if query.is_empty() {
            format!("/desk/exports/payments.{form}")
        } else {
            format!("/desk/exports/payments.{form}?{}", query.join("&"))
        }
    }

    pub fn filter(&self) -> PaymentFilter {
        let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
        PaymentFilter {
            source: self.source.parse().ok(),
            state: self.state.parse().ok(),
            account_id: self.account.parse().ok(),
            building_id: None,
            kassa_id: None,
            from: self.from.parse().ok(),
            to: self.to.parse().ok(),
            text: some(&self.text),
            disputed: self.disputed,
            cursor: some(&self.cursor),
            limit: None,
        }
    }
}

/// One line of choices; a plain GET form until the page is alive.
#[component]
pub(super) fn Filters(query: Memo<Query>) -> impl IntoView {
    let (l, alive) = (lang(), use_hydrated());
    let start = query.get_untracked();
    let [way, stands, from, to, text] =
        [start.source, start.state, start.from, start.to, start.text].map(RwSignal::new);
    // The address is the truth: back button and links move the controls.
    effect(move || {
        let now = query.get();
        for (signal, wanted) in
            [(way, now.source), (stands, now.state), (from, now.from), (to, now.to), (text, now.text)]
        {
            if signal.get_untracked().trim() != wanted {
                signal.set(wanted);
            }
        }
    });
    let navigate = use_navigate();
    let go = Callback::new(move |_: String| {
        let now = query.get_untracked();
        let next = Query {
            source: way.get_untracked(),
            state: stands.get_untracked(),
            from: from.get_untracked(),
            to: to.get_untracked(),
            text: text.get_untracked().trim().to_owned(),
            cursor: String::new(),
            ..now.clone()
        };
        if next != (Query { cursor: String::new(), ..now }) {
            navigate(&next.href(), NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    });
    let settled: Signal<String> = use_debounced(text, 300);
    effect_after(move |first: Option<()>| {
        settled.track();
        if first.is_some() {
            go.run(String::new());
        }
    });
    let ways: Vec<Opt> = PaymentSource::ALL.iter().map(|s| Opt::new(s.as_str(), source(l, *s))).collect();
    let states: Vec<Opt> = PaymentState::ALL.iter().map(|s| Opt::new(s.as_str(), payment_state(l, *s))).collect();
    view! {
        <form class="flex flex-wrap items-end gap-2 py-2" role="search" method="get" action="/desk/payments"
            on:submit=move |ev| { if alive.get_untracked() { ev.prevent_default(); go.run(String::new()); } }>
            <div class="w-full sm:w-72">
                <Input name="text" icon="search" value=text autocomplete="off" placeholder=td_string!(l, payments.search) label=td_string!(l, payments.search) />
            </div>
            <div class="w-full sm:w-40">
                <Select name="source" options=ways value=way placeholder=td_string!(l, payments.any_source) label=td_string!(l, payments.source) on_change=go />
            </div>
            <div class="w-full sm:w-44">
                <Select name="state" options=states value=stands placeholder=td_string!(l, payments.any_state) label=td_string!(l, payments.state) on_change=go />
            </div>
            <div class="w-full sm:w-40"><DateInput name="from" value=from label=td_string!(l, payments.from) on_change=go /></div>
            <div class="w-full sm:w-40"><DateInput name="to" value=to label=td_string!(l, payments.to) on_change=go /></div>
            {move || (!alive.get()).then(|| view! { <Button submit=true>{td_string!(l, payments.apply)}</Button> })}
            {move || (query.get() != Query::default()).then(|| view! {
                <Button kind=ButtonKind::Ghost href="/desk/payments">{td_string!(l, desk.reset)}</Button>
            })}
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        let pairs = [("source", "cash"), ("from", "2026-05-01"), ("state", "x"), ("text", " 01 "), ("disputed", "1")];
        let query = Query::read(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()));
        assert_eq!(query.href(), "/desk/payments?source=cash&from=2026-05-01&text=01&disputed=1");
        assert_eq!(query.filter().source, Some(PaymentSource::Cash));
    }
}
