//! One thing done to many staff members.

use crate::{
    lists::{ConfirmMany, Many, PickMany, Refusals, count_of},
    util::{lang, looked_up},
};
use api::confirm::use_confirming;
use i18n::{td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    property::{BuildingChoice, ComplexRow},
    staff::{Skill, StaffAction, StaffBulk, StaffRow},
};
use ui::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    Zone,
    Block,
}

pub(super) fn many(rows: Signal<Option<Vec<StaffRow>>>, changed: Callback<()>) -> Many<Ask> {
    let name = move |id: String| {
        rows.with_untracked(|rows| {
            rows.iter().flatten().find(|row| row.id.to_string() == id).map(|row| row.name.clone())
        })
        .unwrap_or_default()
    };
    Many::new(RowKeys::new(rows, |row: &StaffRow| row.id.to_string()), name, changed)
}

#[component]
pub(super) fn ManyBar(of: Many<Ask>) -> impl IntoView {
    let (l, toasts, asking) = (lang(), use_toasts(), use_confirming());
    let run = move |action: StaffAction| {
        of.run(toasts, |ids| {
            let command = StaffBulk { ids, action };
            asking.sure(move || api::staff::bulk(command.clone()))
        });
    };
    // Complexes first, then the houses that fit what is typed.
    let (complexes, houses) = (RwSignal::new(Vec::<Opt>::new()), RwSignal::new(None::<Vec<Opt>>));
    let asked = StoredValue::new(String::new());
    let look = Callback::new(move |text: String| {
        asked.set_value(text.clone());
        spawn_local(async move {
            if complexes.with_untracked(Vec::is_empty)
                && let Some(all) = looked_up(toasts, l, api::property::complexes().await)
            {
                let opt = |c: ComplexRow| {
                    let whole = td_string!(l, staff_admin.whole_complex, name = c.name).to_string();
                    Opt::new(format!("complex:{}", c.id), whole).icon("building")
                };
                let _ = complexes.try_set(all.into_iter().map(opt).collect());
            }
            let answer = api::property::choices(text.clone(), None).await;
            if asked.try_with_value(|asked| *asked == text) == Some(true) {
                let found = looked_up(toasts, l, answer).unwrap_or_default();
                let opt = |b: BuildingChoice| Opt::new(format!("building:{}", b.id), b.address).icon("building-2");
                houses.set(Some(found.into_iter().map(opt).collect()));
            }
        });
    });
    let options = Signal::derive(move || Some(complexes.get().into_iter().chain(houses.get()?).collect::<Vec<_>>()));
    let add_zone = move |value: String| {
        let action = match value.split_once(':') {
            Some(("complex", id)) => id.parse().ok().map(|complex_id| StaffAction::AddComplex { complex_id }),
            Some((_, id)) => id.parse().ok().map(|building_id| StaffAction::AddBuilding { building_id }),
            None => None,
        };
        if let Some(action) = action {
            run(action);
        }
    };
    view! {
        <SelectionBar selected=of.rows.selected>
            <Button icon="map-pin" disabled=of.busy on_click=move |_| of.asking.set(Some(Ask::Zone))>{td_string!(l, lists.add_zone)}</Button>
            <Menu label=td_string!(l, lists.add_skill) up=true end=true bordered=true trigger=move || view! {
                <Icon name="wrench" /><span class="max-sm:sr-only">{td_string!(l, lists.add_skill)}</span>
            }>
                {Skill::ALL.iter().map(|skill| view! {
                    <MenuItem text=words::skill(l, *skill) on_click=move |()| run(StaffAction::AddSkill { skill: *skill }) />
                }).collect_view()}
            </Menu>
            <Button icon="lock" disabled=of.busy on_click=move |_| of.asking.set(Some(Ask::Block))>{td_string!(l, staff_admin.block)}</Button>
        </SelectionBar>
        <PickMany of=of ask=Ask::Zone options=options on_query=look on_pick=add_zone
            title=Signal::derive(move || td_string!(l, lists.add_zone_title, n = count_of(of)).to_string()) />
        <ConfirmMany of=of ask=Ask::Block verb=td_string!(l, staff_admin.block) text=td_string!(l, lists.block_text)
            title=Signal::derive(move || td_string!(l, lists.block_title, n = count_of(of)).to_string())
            on_yes=move |()| run(StaffAction::Block) />
        <Refusals of=of />
    }
}
