//! The list of staff.

use super::{
    State,
    filters::{FilterLine, StaffQuery},
    invite::{InviteDialog, Waiting},
    many::{ManyBar, many},
};
use crate::{
    lists::{Columns, Setup, TakeAway, ViewsMenu},
    util::{Failed, PhoneLink, lang},
};
use api::session::{use_live, use_me};
use i18n::{Locale, td_string, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{Permission, search::List, staff::StaffRow};
use ui::prelude::*;

/// Columns one can hide.
fn titles(l: Locale) -> Vec<(&'static str, &'static str)> {
    vec![
        ("role", td_string!(l, people.role)),
        ("skills", td_string!(l, people.skills)),
        ("zone", td_string!(l, staff_admin.zone)),
        ("sees", td_string!(l, staff_admin.sees)),
        ("phone", td_string!(l, people.phone)),
        ("load", td_string!(l, people.load)),
    ]
}

fn columns(l: Locale, setup: Setup, all: Signal<bool>) -> Vec<Column<StaffRow>> {
    let hidden = |column: Column<StaffRow>| {
        let key = column.key;
        column.hidden(setup.hidden(key))
    };
    vec![
        Column::new("name", td_string!(l, people.name), |p: &StaffRow| {
            let name = p.name.clone();
            view! { <span class="inline-flex items-center gap-2"><Avatar name=name.clone() decorative=true /> {name}</span> }
        })
        .sortable(),
        hidden(Column::new("role", td_string!(l, people.role), move |p: &StaffRow| words::role(l, p.role))).sortable(),
        hidden(Column::new("skills", td_string!(l, people.skills), move |p: &StaffRow| {
            p.skills.iter().map(|s| words::skill(l, *s)).collect::<Vec<_>>().join(", ")
        }))
        .class("text-muted"),
        hidden(Column::new("zone", td_string!(l, staff_admin.zone), |p: &StaffRow| {
            let begun = p.zone.join("; ");
            let more = (p.zone_more > 0).then(|| view! { <span class="text-muted shrink-0">{format!("+{}", p.zone_more)}</span> });
            view! {
                <span class="flex max-w-64 gap-2">
                    <span class="truncate" title=begun.clone()>{begun.clone()}</span>
                    {more}
                </span>
            }
        })),
        hidden(Column::new("sees", td_string!(l, staff_admin.sees), move |p: &StaffRow| {
            words::visibility(l, p.visibility)
        }))
        .class("text-muted"),
        hidden(Column::new("phone", td_string!(l, people.phone), |p: &StaffRow| {
            p.phone.clone().map(|phone| view! { <PhoneLink phone=phone /> })
        })),
        Column::new("state", td_string!(l, staff_admin.state), move |p: &StaffRow| {
            (p.blocked || p.dismissed).then(|| view! { <State blocked=p.blocked dismissed=p.dismissed /> })
        })
        .hidden(Signal::derive(move || !all.get())),
        hidden(Column::new("load", td_string!(l, people.load), |p: &StaffRow| {
            if p.load > 0 {
                view! { <a class="link" href=format!("/desk?assignee={}", p.id)>{p.load}</a> }.into_any()
            } else {
                view! { <span class="text-muted">"0"</span> }.into_any()
            }
        }))
        .num()
        .sortable(),
    ]
}

/// `/desk/staff?all=&text=&role=&skill=&building=&sort=&reverse=`.
#[component]
pub fn StaffPage() -> impl IntoView {
    let (l, me) = (lang(), use_me());
    let manages = me.can(Permission::StaffManage);
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(|p| StaffQuery::read(|name| p.get(name))));
    let beat: Signal<u64> = use_debounced(use_live().version(), 1000);
    let found = Resource::new(move || (query.get(), beat.get()), |(query, _)| api::staff::search(query.filter()));
    let rows = Signal::derive(move || found.get().and_then(Result::ok));
    // A link may ask for the form at once.
    let asked = params.with_untracked(|p| p.get("invite").is_some());
    let (inviting, invited) = (RwSignal::new(asked && manages), RwSignal::new(0u32));
    let setup = Setup::load(List::Staff, "/desk/staff");
    let of = many(rows, Callback::new(move |()| found.refetch()));
    of.rows.walks(|_| ());
    if manages {
        of.rows.selects(|| false);
    }
    let sorted = use_navigate();
    let on_sort = Callback::new(move |column: String| {
        let now = query.get_untracked();
        let order = now.order.pressed(&column);
        sorted(&StaffQuery { order, ..now }.href(), NavigateOptions::default());
    });
    let empty = move || {
        if query.with(StaffQuery::is_narrow) {
            view! {
                <EmptyState text=td_string!(l, lists.nobody_fits) icon="search">
                    <Button href="/desk/staff">{td_string!(l, desk.reset)}</Button>
                </EmptyState>
            }
            .into_any()
        } else {
            view! { <EmptyState text=td_string!(l, people.no_staff) icon="hard-hat" /> }.into_any()
        }
    };
    let table = move |rows: Signal<Option<Vec<StaffRow>>>| {
        let all = Signal::derive(move || query.with(|q| q.all));
        let sort = Signal::derive(move || Some(query.with(|q| q.order.shown())));
        view! {
            <DataTable columns=columns(l, setup, all) rows=rows key=|p: &StaffRow| p.id.to_string() caption=td_string!(l, common.staff)
                stack=true href=|p: StaffRow| format!("/desk/staff/{}", p.id) empty=empty active=of.rows.active
                selected=of.rows.selected selectable=manages sort=sort on_sort=on_sort />
        }
    };
    let file = move |form: &'static str| {
        let keys = ["name", "role", "skills", "zone", "sees", "phone", "state", "load"];
        let shown: Vec<&str> = query.with(|now| {
            keys.into_iter().filter(|key| if *key == "state" { now.all } else { !setup.hides(key) }).collect()
        });
        query.with(|now| now.export(form, &shown))
    };
    let tabs = Signal::derive(move || {
        let now = query.get();
        let tab = |label: &str, all: bool| Tab {
            label: label.to_owned(),
            href: StaffQuery { all, ..now.clone() }.href(),
            current: now.all == all,
            ..Tab::default()
        };
        vec![tab(td_string!(l, staff_admin.working), false), tab(td_string!(l, staff_admin.everybody), true)]
    });
    view! {
        <Title text=td_string!(l, common.staff) />
        <PageHeader title=td_string!(l, common.staff) actions=move || manages.then(|| view! {
            <Button kind=ButtonKind::Primary icon="user-plus" on_click=move |_| inviting.set(true)>{td_string!(l, staff_admin.invite)}</Button>
        }) />
        <Tabs tabs=tabs label=td_string!(l, staff_admin.state) />
        <FilterLine query=query tools=move || view! {
            <ViewsMenu setup=setup query=Signal::derive(move || query.with(StaffQuery::kept)) />
            <Columns setup=setup of=titles(l) />
            {manages.then(|| view! { <TakeAway href=Callback::new(file) /> })}
        } />
        <Transition fallback=move || table(Signal::stored(None))>
            {move || found.get().and_then(Result::err).map(|error| view! {
                <Failed failure=error.0 back="/desk" on_retry=move |()| found.refetch() />
            })}
            <div hidden=move || found.get().is_some_and(|rows| rows.is_err())>{table(rows)}</div>
        </Transition>
        {manages.then(|| view! {
            <ManyBar of=of />
            <Waiting changed=invited />
            <InviteDialog open=inviting on_done=move |()| invited.update(|n| *n += 1) />
        })}
    }
    .into_any()
}
