//! One thing done to many houses.

use crate::{
    lists::{ConfirmMany, Many, PickMany, Refusals, count_of},
    util::lang,
};
use api::session::use_me;
use i18n::td_string;
use leptos::prelude::*;
use model::{
    Permission,
    property::{BuildingAction, BuildingBulk, BuildingRow, ComplexRow},
};
use ui::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    Complex,
    Archive,
}

pub(super) fn many(rows: Signal<Option<Vec<BuildingRow>>>, changed: Callback<()>) -> Many<Ask> {
    let address = move |id: String| {
        rows.with_untracked(|rows| {
            rows.iter().flatten().find(|row| row.id.to_string() == id).map(|row| row.address.clone())
        })
        .unwrap_or_default()
    };
    Many::new(RowKeys::new(rows, |row: &BuildingRow| row.id.to_string()), address, changed)
}

#[component]
pub(super) fn ManyBar(
    of: Many<Ask>,
    complexes: Signal<Option<Vec<ComplexRow>>>,
    #[prop(into)] archived: Signal<bool>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let manages = use_me().can(Permission::BuildingsManage);
    let run =
        move |action: BuildingAction| of.run(toasts, |ids| api::property::bulk_buildings(BuildingBulk { ids, action }));
    let options = Signal::derive(move || {
        let all = complexes.get()?.into_iter().map(|c| Opt::new(c.id.to_string(), c.name).icon("building"));
        Some(
            [Opt::new("none", td_string!(l, property.no_complex)).icon("x")].into_iter().chain(all).collect::<Vec<_>>(),
        )
    });
    manages.then(|| view! {
        <SelectionBar selected=of.rows.selected>
            {move || if archived.get() {
                view! {
                    <Button icon="undo-2" disabled=of.busy on_click=move |_| run(BuildingAction::Restore)>{td_string!(l, property.restore)}</Button>
                }.into_any()
            } else {
                view! {
                    <Button icon="building" disabled=of.busy on_click=move |_| of.asking.set(Some(Ask::Complex))>{td_string!(l, lists.to_complex)}</Button>
                    <Button icon="history" disabled=of.busy on_click=move |_| of.asking.set(Some(Ask::Archive))>{td_string!(l, property.to_archive)}</Button>
                }.into_any()
            }}
        </SelectionBar>
        <PickMany of=of ask=Ask::Complex options=options
            title=Signal::derive(move || td_string!(l, lists.to_complex_title, n = count_of(of)).to_string())
            on_pick=move |id: String| run(BuildingAction::Complex { complex_id: id.parse().ok() }) />
        <ConfirmMany of=of ask=Ask::Archive verb=td_string!(l, property.to_archive) text=td_string!(l, lists.archive_houses_text)
            title=Signal::derive(move || td_string!(l, lists.archive_title, n = count_of(of)).to_string())
            on_yes=move |()| run(BuildingAction::Archive) />
        <Refusals of=of />
    })
}
