//! The bills of a house on paper: a plain form.

use super::{fields::months, houses};
use crate::util::lang;
use i18n::td_string;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::Lang;
use parts::{Trouble, field_in};
use ui::prelude::*;

/// Chooses a house, a month and a language; the file is then made in the background and waits at `/desk/exports`.
#[component]
pub(super) fn PrintHouse(
    /// The month it is.
    month: chrono::NaiveDate,
    /// The month that is meant most of the time.
    chosen: chrono::NaiveDate,
) -> impl IntoView {
    let (l, query) = (lang(), use_query_map().get_untracked());
    // What was chosen comes back with a refusal.
    let start = |name: &str, usual: String| query.get(name).unwrap_or(usual);
    let house = RwSignal::new(start("house", String::new()));
    let (found, on_query) = houses::search();
    let period = start("month", chosen.to_string());
    let language = start("lang", i18n::lang(l).code().to_owned());
    let languages: Vec<Opt> = [(Lang::Ru, "Русский"), (Lang::Uz, "Oʻzbekcha"), (Lang::En, "English")]
        .map(|(lang, name)| Opt::new(lang.code(), name))
        .into();
    let (wrong_house, wrong_month) = (field_in(&query, "building_id", l), field_in(&query, "period", l));
    view! {
        <Card title=td_string!(l, receipts.house_title)>
            <form method="post" action="/desk/receipts" class="stack">
                <p class="m-0 text-muted max-w-4xl">{td_string!(l, receipts.house_lead)}</p>
                <Trouble />
                <div class="flex flex-wrap items-end gap-3">
                    <div class="w-full sm:w-72">
                        <Field label=td_string!(l, receipts.house) name="house" error=wrong_house>
                            <Combobox name="house" options=found value=house label=td_string!(l, receipts.house) on_query=on_query />
                        </Field>
                    </div>
                    <div class="w-full sm:w-48">
                        <Field label=td_string!(l, receipts.month) name="month" error=wrong_month>
                            <Select name="month" options=months(l, month, 23, 0) initial=period />
                        </Field>
                    </div>
                    <div class="w-full sm:w-40">
                        <Field label=td_string!(l, receipts.lang) name="lang">
                            <Select name="lang" options=languages initial=language />
                        </Field>
                    </div>
                    <Button submit=true icon="printer">{td_string!(l, receipts.print_house)}</Button>
                </div>
            </form>
        </Card>
    }
}
