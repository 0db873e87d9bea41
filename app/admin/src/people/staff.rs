//! Staff: who does what and how much each has in hand.

use crate::util::{Failed, PhoneLink, lang};
use api::session::{use_live, use_me};
use i18n::{td_string, words};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{Permission, staff::StaffRow};
use ui::prelude::*;

/// `/desk/staff`.
#[component]
pub fn StaffPage() -> impl IntoView {
    let l = lang();
    let may_export = use_me().can(Permission::StaffManage);
    let beat: Signal<u64> = use_debounced(use_live().version(), 1000);
    let all = Resource::new(move || beat.get(), |_| api::staff::list());
    let rows = Signal::derive(move || all.get().and_then(Result::ok));
    let columns = move || {
        vec![
            Column::new("name", td_string!(l, people.name), |p: &StaffRow| {
                let name = p.name.clone();
                view! { <span class="inline-flex items-center gap-2"><Avatar name=name.clone() decorative=true /> {name}</span> }
            }),
            Column::new("role", td_string!(l, people.role), move |p: &StaffRow| words::role(l, p.role)),
            Column::new("skills", td_string!(l, people.skills), move |p: &StaffRow| {
                p.skills.iter().map(|s| words::skill(l, *s)).collect::<Vec<_>>().join(", ")
            })
            .class("text-muted"),
            Column::new("phone", td_string!(l, people.phone), |p: &StaffRow| {
                p.phone.clone().map(|phone| view! { <PhoneLink phone=phone /> })
            }),
            Column::new("load", td_string!(l, people.load), |p: &StaffRow| {
                if p.load > 0 {
                    view! { <a class="link" href=format!("/desk?assignee={}", p.id)>{p.load}</a> }.into_any()
                } else {
                    view! { <span class="text-muted">"0"</span> }.into_any()
                }
            })
            .num(),
        ]
    };
    let table = move |rows: Signal<Option<Vec<StaffRow>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|p: &StaffRow| p.id.to_string() caption=td_string!(l, common.staff) stack=true
                empty=move || view! { <EmptyState text=td_string!(l, people.no_staff) icon="hard-hat" /> } />
        }
    };
    view! {
        <Title text=td_string!(l, common.staff) />
        <h1 class="sr-only">{td_string!(l, common.staff)}</h1>
        {may_export.then(|| view! {
            <div class="row justify-end pt-2.5">
                <a class="btn btn-plain" rel="external" download="" href="/desk/exports/staff.xlsx">
                    <Icon name="file-spreadsheet" />
                    <span class="max-sm:sr-only">{td_string!(l, desk.export)}</span>
                </a>
            </div>
        })}
        <Transition fallback=move || table(Signal::stored(None))>
            {move || all.get().and_then(Result::err).map(|error| view! {
                <Failed failure=error.0 back="/desk" on_retry=move |()| all.refetch() />
            })}
            <div hidden=move || all.get().is_some_and(|rows| rows.is_err())>{table(rows)}</div>
        </Transition>
    }
    .into_any()
}
