//! Companies: for the owner of the system.

use super::{
    form::{Refusal, Sending, typed},
    unit_form::Buttons,
};
use crate::util::{Failed, lang, toast_failure};
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use model::{
    CompanyId, Failure, FieldError, Lang, Phone,
    property::{CompanyFacts, CompanyRow},
};
use ui::prelude::*;

/// `/desk/companies`.
#[component]
pub fn CompaniesPage() -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let all = Resource::new(|| (), |()| api::companies::list());
    let open = RwSignal::new(false);
    let edited = RwSignal::new(None::<CompanyRow>);
    let start = Callback::new(move |row: Option<CompanyRow>| {
        edited.set(row);
        open.set(true);
    });
    let enter = move |id: CompanyId| {
        spawn_local(async move {
            match api::companies::enter(id).await {
                // Everything on the screen belongs to the other company.
                Ok(()) => {
                    let _ = window().location().set_href("/desk");
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    let columns = move || {
        vec![
            Column::new("name", td_string!(l, property.company_name), move |c: &CompanyRow| {
                let current = c.current;
                view! {
                    <span class="inline-flex flex-wrap items-center gap-2">
                        {c.name.clone()}
                        {current.then(|| view! { <Pill text=td_string!(l, property.company_current) tone=Tone::Success icon="check" plain=true /> })}
                    </span>
                }
            }),
            Column::new("phone", td_string!(l, property.company_phone), |c: &CompanyRow| {
                c.phone.as_ref().map(Phone::pretty)
            })
            .class("num"),
            Column::new("buildings", td_string!(l, property.buildings_n), |c: &CompanyRow| c.buildings).num(),
            Column::new("units", td_string!(l, property.units), |c: &CompanyRow| c.units).num(),
            Column::new("act", "", move |c: &CompanyRow| {
                let (row, id) = (StoredValue::new(c.clone()), c.id);
                view! {
                    <span class="flex justify-end gap-1">
                        <IconButton icon="pencil" size=ButtonSize::Small label=td_string!(l, property.edit_company) on_click=move |_| start.run(Some(row.get_value())) />
                        {(!c.current).then(|| view! {
                            <Button size=ButtonSize::Small icon="arrow-right" on_click=move |_| enter(id)>{td_string!(l, property.company_enter)}</Button>
                        })}
                    </span>
                }
            }),
        ]
    };
    let rows = Signal::derive(move || all.get().and_then(Result::ok));
    let table = move |rows: Signal<Option<Vec<CompanyRow>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|c: &CompanyRow| c.id.to_string() caption=td_string!(l, property.companies) stack=true />
        }
    };
    view! {
        <Title text=td_string!(l, property.companies) />
        <PageHeader title=td_string!(l, property.companies)
            actions=move || view! {
                <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| start.run(None)>{td_string!(l, property.new_company)}</Button>
            } />
        <Transition fallback=move || table(Signal::stored(None))>
            {move || match all.get() {
                Some(Err(error)) => view! { <Failed failure=error.0 back="/desk" on_retry=move |()| all.refetch() /> }.into_any(),
                _ => table(rows).into_any(),
            }}
        </Transition>
        <Dialog open=open title=Signal::derive(move || if edited.with(Option::is_some) { td_string!(l, property.edit_company) } else { td_string!(l, property.new_company) }.to_owned())>
            <CompanyForm row=edited.get_untracked() open=open on_done=move |fresh| {
                open.set(false);
                toasts.success(if fresh { td_string!(l, property.company_made) } else { td_string!(l, property.saved) });
                all.refetch();
            } />
        </Dialog>
    }
    .into_any()
}

#[component]
fn CompanyForm(row: Option<CompanyRow>, open: RwSignal<bool>, #[prop(into)] on_done: Callback<bool>) -> impl IntoView {
    let l = lang();
    let sending = Sending::new();
    let id = row.as_ref().map(|c| c.id);
    let name = RwSignal::new(row.as_ref().map(|c| c.name.clone()).unwrap_or_default());
    let phone = RwSignal::new(row.as_ref().and_then(|c| c.phone.as_ref()).map(Phone::pretty).unwrap_or_default());
    let language = RwSignal::new(row.map_or(Lang::Ru, |c| c.lang).code().to_owned());
    let save = Callback::new(move |()| {
        let number = typed(phone);
        let parsed = number.as_deref().and_then(Phone::parse);
        if number.is_some() && parsed.is_none() {
            return sending.refuse(Failure::invalid(vec![FieldError::new("/phone", "bad_phone")]));
        }
        let command = CompanyFacts {
            name: name.get_untracked(),
            phone: parsed,
            lang: Lang::parse(&language.get_untracked()).unwrap_or_default(),
        };
        let call = async move {
            match id {
                Some(id) => api::companies::update(id, command).await,
                None => api::companies::add(command).await,
            }
        };
        sending.send(call, move |_| on_done.run(id.is_none()));
    });
    use_hotkey("ctrl+enter", move |_| save.run(()));
    let languages = vec![Opt::new("ru", "Русский"), Opt::new("uz", "Oʻzbekcha"), Opt::new("en", "English")];
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
            <Refusal of=sending />
            <Field label=td_string!(l, property.company_name) name="company-name" required=true error=sending.error("name")>
                <Input name="company-name" value=name maxlength=200 autofocus=true autocomplete="organization" />
            </Field>
            <Field label=td_string!(l, property.company_phone) name="company-phone" optional=true error=sending.error("phone")>
                <Input name="company-phone" value=phone inputmode="tel" placeholder="+998 71 200-40-50" autocomplete="off" />
            </Field>
            <Field label=td_string!(l, property.company_lang) name="company-lang">
                <Select name="company-lang" options=languages value=language />
            </Field>
            <Buttons sending=sending open=open />
        </form>
    }
}
