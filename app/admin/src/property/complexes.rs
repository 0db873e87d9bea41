//! Residential complexes: a short list, renamed and put away in place.

use super::{
    form::{Refusal, Sending},
    unit_form::Buttons,
};
use crate::util::{Failed, lang};
use api::session::use_me;
use i18n::td_string;
use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    Permission,
    property::{ComplexFacts, ComplexRow},
};
use ui::prelude::*;

/// `/desk/complexes`.
#[component]
pub fn ComplexesPage() -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let manages = use_me().can(Permission::BuildingsManage);
    let all = Resource::new(|| (), |()| api::property::complexes());
    let open = RwSignal::new(false);
    let edited = RwSignal::new(None::<ComplexRow>);
    let name = RwSignal::new(String::new());
    let (sending, archiving) = (Sending::new(), Sending::new());
    let (asks, away) = (RwSignal::new(false), RwSignal::new(None::<ComplexRow>));
    let start = Callback::new(move |row: Option<ComplexRow>| {
        sending.failure.set(None);
        name.set(row.as_ref().map(|c| c.name.clone()).unwrap_or_default());
        edited.set(row);
        open.set(true);
    });
    let save = Callback::new(move |()| {
        let command = ComplexFacts { name: name.get_untracked() };
        let call = async move {
            match edited.get_untracked() {
                Some(row) => api::property::update_complex(row.id, row.version, command).await,
                None => api::property::create_complex(command).await,
            }
        };
        sending.send(call, move |_| {
            open.set(false);
            toasts.success(td_string!(l, property.saved));
            all.refetch();
        });
    });
    let archive = Callback::new(move |()| {
        let Some(row) = away.get_untracked() else { return };
        archiving.send(api::property::archive_complex(row.id, row.version), move |()| {
            asks.set(false);
            toasts.success(td_string!(l, property.saved));
            all.refetch();
        });
    });
    let columns = move || {
        vec![
            Column::new("name", td_string!(l, property.complex_name), |c: &ComplexRow| c.name.clone()),
            Column::new("buildings", td_string!(l, property.buildings_n), |c: &ComplexRow| c.buildings).num(),
            Column::new("act", "", move |c: &ComplexRow| {
                let (edit, archive) = (StoredValue::new(c.clone()), StoredValue::new(c.clone()));
                manages.then(|| view! {
                    <span class="flex justify-end gap-1">
                        <IconButton icon="pencil" size=ButtonSize::Small label=td_string!(l, common.edit) on_click=move |_| start.run(Some(edit.get_value())) />
                        <IconButton icon="history" size=ButtonSize::Small label=td_string!(l, property.to_archive) on_click=move |_| {
                            archiving.failure.set(None);
                            away.set(Some(archive.get_value()));
                            asks.set(true);
                        } />
                    </span>
                })
            }),
        ]
    };
    let rows = Signal::derive(move || all.get().and_then(Result::ok));
    let keys = RowKeys::new(rows, |c: &ComplexRow| c.id.to_string());
    keys.walks(|_| ());
    let table = move |rows: Signal<Option<Vec<ComplexRow>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|c: &ComplexRow| c.id.to_string() caption=td_string!(l, property.complexes) active=keys.active
                href=|c: ComplexRow| format!("/desk/buildings?complex={}", c.id)
                empty=move || view! { <EmptyState text=td_string!(l, property.no_complexes) icon="building" /> } />
        }
    };
    view! {
        <Title text=td_string!(l, property.complexes) />
        <PageHeader title=td_string!(l, property.complexes) back="/desk/buildings"
            actions=move || manages.then(|| view! {
                <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| start.run(None)>{td_string!(l, property.new_complex)}</Button>
            }) />
        <Transition fallback=move || table(Signal::stored(None))>
            {move || match all.get() {
                Some(Err(error)) => view! { <Failed failure=error.0 back="/desk/buildings" on_retry=move |()| all.refetch() /> }.into_any(),
                _ => table(rows).into_any(),
            }}
        </Transition>
        <Dialog open=open title=Signal::derive(move || if edited.with(Option::is_some) { td_string!(l, common.edit) } else { td_string!(l, property.new_complex) }.to_owned())>
            <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
                <Refusal of=sending />
                <Field label=td_string!(l, property.complex_name) name="complex-name" required=true error=sending.error("name")>
                    <Input name="complex-name" value=name maxlength=200 autofocus=true autocomplete="off" />
                </Field>
                <Buttons sending=sending open=open />
            </form>
        </Dialog>
        <Dialog open=asks title=td_string!(l, property.to_archive) footer=move || view! {
            <Button on_click=move |_| asks.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Danger loading=archiving.busy on_click=move |_| archive.run(())>{td_string!(l, property.to_archive)}</Button>
        }>
            <div class="stack">
                <Refusal of=archiving />
                <p class="m-0">{move || away.get().map(|c| format!("{}: ", c.name))}{td_string!(l, property.complex_archive_text)}</p>
            </div>
        </Dialog>
    }
    .into_any()
}
