//! Staff: who does what, how much each has in hand; how they come (`invite`), change (`card`, `edit`) and go (`leave`).

mod access;
mod card;
mod edit;
mod invite;
mod leave;

pub use card::StaffMemberPage;

use crate::util::{Failed, PhoneLink, lang};
use api::session::{use_live, use_me};
use i18n::{td_string, words};
use invite::{InviteDialog, Waiting};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{
    Permission,
    staff::{StaffFilter, StaffRow},
};
use ui::prelude::*;

/// `/desk/staff`; with `?all=1` also those who have left.
#[component]
pub fn StaffPage() -> impl IntoView {
    let (l, me) = (lang(), use_me());
    let manages = me.can(Permission::StaffManage);
    let params = use_query_map();
    let all = Memo::new(move |_| params.with(|p| p.get("all").is_some()));
    let beat: Signal<u64> = use_debounced(use_live().version(), 1000);
    let found = Resource::new(move || (all.get(), beat.get()), |(all, _)| api::staff::search(StaffFilter { all }));
    let rows = Signal::derive(move || found.get().and_then(Result::ok));
    let inviting = RwSignal::new(false);
    let invited = RwSignal::new(0u32);
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
            Column::new("zone", td_string!(l, staff_admin.zone), |p: &StaffRow| {
                let all = p.zone.join("; ");
                view! { <span class="block max-w-64 truncate" title=all.clone()>{all.clone()}</span> }
            }),
            Column::new("sees", td_string!(l, staff_admin.sees), move |p: &StaffRow| {
                words::visibility(l, p.visibility)
            })
            .class("text-muted"),
            Column::new("phone", td_string!(l, people.phone), |p: &StaffRow| {
                p.phone.clone().map(|phone| view! { <PhoneLink phone=phone /> })
            }),
            Column::new("state", td_string!(l, staff_admin.state), move |p: &StaffRow| {
                (p.blocked || p.dismissed).then(|| view! { <State blocked=p.blocked dismissed=p.dismissed /> })
            })
            .hidden(Signal::derive(move || !all.get())),
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
                href=|p: StaffRow| format!("/desk/staff/{}", p.id)
                empty=move || view! { <EmptyState text=td_string!(l, people.no_staff) icon="hard-hat" /> } />
        }
    };
    let tabs = Signal::derive(move || {
        let tab = |label: &str, href: &str, current| Tab {
            label: label.to_owned(),
            href: href.to_owned(),
            current,
            ..Tab::default()
        };
        vec![
            tab(td_string!(l, staff_admin.working), "/desk/staff", !all.get()),
            tab(td_string!(l, staff_admin.everybody), "/desk/staff?all=1", all.get()),
        ]
    });
    view! {
        <Title text=td_string!(l, common.staff) />
        <PageHeader title=td_string!(l, common.staff) actions=move || manages.then(|| view! {
            <Button kind=ButtonKind::Primary icon="user-plus" on_click=move |_| inviting.set(true)>{td_string!(l, staff_admin.invite)}</Button>
        }) />
        <Tabs tabs=tabs label=td_string!(l, staff_admin.state) />
        <Transition fallback=move || table(Signal::stored(None))>
            {move || found.get().and_then(Result::err).map(|error| view! {
                <Failed failure=error.0 back="/desk" on_retry=move |()| found.refetch() />
            })}
            <div hidden=move || found.get().is_some_and(|rows| rows.is_err())>{table(rows)}</div>
        </Transition>
        {manages.then(|| view! {
            <Waiting changed=invited />
            <InviteDialog open=inviting on_done=move |()| invited.update(|n| *n += 1) />
        })}
    }
    .into_any()
}

/// Why somebody is not working.
#[component]
pub(super) fn State(blocked: bool, dismissed: bool) -> impl IntoView {
    let l = lang();
    match (blocked, dismissed) {
        (_, true) => {
            view! { <Pill text=td_string!(l, staff_admin.dismissed) tone=Tone::Neutral icon="log-out" /> }.into_any()
        }
        (true, false) => {
            view! { <Pill text=td_string!(l, staff_admin.blocked) tone=Tone::Danger icon="lock" /> }.into_any()
        }
        (false, false) => {
            view! { <Pill text=td_string!(l, staff_admin.active) tone=Tone::Success icon="check" /> }.into_any()
        }
    }
}
