//! One thing done to many units.

use super::unit_address;
use crate::{
    lists::{ConfirmMany, Many, Refusals, count_of},
    util::lang,
};
use api::session::use_me;
use i18n::{td_string, words};
use leptos::prelude::*;
use model::{
    Permission,
    property::{RegisterRow, UnitAction, UnitBulk, UnitKind},
};
use ui::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    Archive,
}

pub(super) fn many(rows: Signal<Option<Vec<RegisterRow>>>, changed: Callback<()>) -> Many<Ask> {
    let address = move |id: String| {
        rows.with_untracked(|rows| {
            let row = rows.iter().flatten().find(|row| row.id.to_string() == id);
            row.map(|row| unit_address(&row.address, &row.number))
        })
        .unwrap_or_default()
    };
    Many::new(RowKeys::new(rows, |row: &RegisterRow| row.id.to_string()), address, changed)
}

#[component]
pub(super) fn ManyBar(of: Many<Ask>, archived: Signal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let run = move |action: UnitAction| of.run(toasts, |ids| api::property::bulk_units(UnitBulk { ids, action }));
    use_me().can(Permission::BuildingsManage).then(|| view! {
        <SelectionBar selected=of.rows.selected>
            {move || if archived.get() {
                view! {
                    <Button icon="undo-2" disabled=of.busy on_click=move |_| run(UnitAction::Restore)>{td_string!(l, property.restore)}</Button>
                }.into_any()
            } else {
                view! {
                    <Menu label=td_string!(l, lists.set_kind) up=true end=true bordered=true trigger=move || view! {
                        <Icon name="tag" /><span class="max-sm:sr-only">{td_string!(l, lists.set_kind)}</span>
                    }>
                        {UnitKind::ALL.iter().map(|kind| view! {
                            <MenuItem text=words::unit_kind(l, *kind) on_click=move |()| run(UnitAction::Kind { kind: *kind }) />
                        }).collect_view()}
                    </Menu>
                    <Button icon="history" disabled=of.busy on_click=move |_| of.asking.set(Some(Ask::Archive))>{td_string!(l, property.to_archive)}</Button>
                }.into_any()
            }}
        </SelectionBar>
        <ConfirmMany of=of ask=Ask::Archive verb=td_string!(l, property.to_archive) text=td_string!(l, lists.archive_units_text)
            title=Signal::derive(move || td_string!(l, lists.archive_title, n = count_of(of)).to_string())
            on_yes=move |()| run(UnitAction::Archive) />
        <Refusals of=of />
    })
}
