//! Steps of the ladder as letters on paper: of one account at once, of many as a file. Plain forms.

use crate::util::lang;
use i18n::{Locale, reminders, td_string};
use leptos::prelude::*;
use model::{
    AccountId, Lang, Money,
    billing::{DebtFilter, ReminderRules},
};
use std::collections::BTreeSet;
use ui::prelude::*;

/// Ladders have eight steps at the most; which of them are letters is known to the server.
fn any_step(l: Locale) -> Vec<Opt> {
    (1..=8).map(|n| Opt::new(n.to_string(), td_string!(l, debts.step_n, n = n.to_string()).to_string())).collect()
}

fn languages() -> Vec<Opt> {
    [(Lang::Ru, "Русский"), (Lang::Uz, "Oʻzbekcha"), (Lang::En, "English")]
        .map(|(lang, name)| Opt::new(lang.code(), name))
        .into()
}

/// Asks which letter and in which language; of the chosen rows, else of all debtors that fit the filter.
#[component]
pub(super) fn LettersDialog(
    open: RwSignal<bool>,
    filter: Memo<DebtFilter>,
    #[prop(optional)] selected: Option<RwSignal<BTreeSet<String>>>,
) -> impl IntoView {
    let l = lang();
    view! {
        <Dialog open=open title=td_string!(l, letters.dialog)>
            {move || open.get().then(|| {
                let chosen: Vec<String> = selected.map(|s| s.with(|s| s.iter().cloned().collect())).unwrap_or_default();
                view! { <Letters chosen=chosen filter=filter.get_untracked() /> }
            })}
        </Dialog>
    }
}

#[component]
fn Letters(chosen: Vec<String>, filter: DebtFilter) -> impl IntoView {
    let l = lang();
    let whom = if chosen.is_empty() {
        td_string!(l, letters.all_fit).to_owned()
    } else {
        td_string!(l, letters.chosen_n, n = chosen.len().to_string()).to_string()
    };
    let building = filter.building_id.map(|id| id.to_string()).unwrap_or_default();
    let older = filter.older.map(|days| days.to_string()).unwrap_or_default();
    let least = filter.least.map(|least| Money::from_tiyin(least).plain()).unwrap_or_default();
    view! {
        <form method="post" action="/desk/letters" class="stack">
            <p class="m-0 text-muted">{td_string!(l, letters.lead)}</p>
            <p class="m-0 font-semibold">{whom}</p>
            <input type="hidden" name="accounts" value=chosen.join(",") />
            <input type="hidden" name="building" value=building />
            <input type="hidden" name="older" value=older />
            <input type="hidden" name="least" value=least />
            <Field label=td_string!(l, letters.step) name="step">
                <Select name="step" options=any_step(l) placeholder=td_string!(l, letters.own) />
            </Field>
            <Field label=td_string!(l, letters.lang) name="lang">
                <Select name="lang" options=languages() initial=i18n::lang(l).code().to_owned() />
            </Field>
            <div class="row justify-end">
                <Button kind=ButtonKind::Primary submit=true icon="printer">{td_string!(l, letters.make)}</Button>
            </div>
        </form>
    }
}

/// The letters of one account; nothing while the ladder has none.
#[component]
pub(super) fn LetterOf(account: AccountId, rules: ReminderRules) -> impl IntoView {
    let l = lang();
    let steps: Vec<Opt> = (1..)
        .zip(&rules.steps)
        .filter(|(_, step)| step.kind.on_paper())
        .map(|(n, step)| Opt::new(n.to_string(), format!("{n}. {}", reminders::kind(l, step.kind))))
        .collect();
    let first = steps.first().map(|step| step.value.clone());
    first.map(|first| view! {
        <form method="get" action=format!("/accounts/{account}/letter") target="_blank" class="flex flex-wrap items-end gap-3 p-4">
            <div class="w-full sm:w-56">
                <Select name="step" options=steps initial=first label=td_string!(l, letters.step) />
            </div>
            <div class="w-full sm:w-40">
                <Select name="lang" options=languages() initial=i18n::lang(l).code().to_owned() label=td_string!(l, letters.lang) />
            </div>
            <Button submit=true icon="printer">{td_string!(l, letters.one)}</Button>
        </form>
    })
}
