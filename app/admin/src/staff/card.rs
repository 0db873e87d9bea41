//! `/desk/staff/:id`: one staff member.

use super::{State, edit::Edit, leave::Leave};
use crate::{
    access::LookAsButton,
    audit::History,
    util::{Failed, PhoneLink, lang},
};
use api::session::{use_me, use_now};
use i18n::{td_string, when, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{Code, Permission, UserId, audit::ObjectType, staff::StaffCard};
use ui::prelude::*;

#[component]
pub fn StaffMemberPage() -> impl IntoView {
    let params = use_params_map();
    let found = Resource::new(
        move || params.with(|p| p.get("id")).and_then(|id| id.parse::<UserId>().ok()),
        |id| async move {
            match id {
                Some(id) => api::staff::get(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(card) => view! { <Member card=card /> }.into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/staff" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Member(card: StaffCard) -> impl IntoView {
    let (l, me) = (lang(), use_me());
    let id = card.id;
    let card = RwSignal::new(card);
    let editing = RwSignal::new(false);
    let name = Signal::derive(move || card.with(|c| c.name.clone()));
    let sees_history = me.can(Permission::AuditRead);
    let (may_look, rank) = (me.can(Permission::LookAs), me.role.rank());
    let looks = move || may_look && card.with(|c| c.blocked_at.is_none() && c.role.rank() < rank);
    view! {
        <Title text=move || name.get() />
        <PageHeader title=name back="/desk/staff"
            tags=move || view! {
                <Pill text=Signal::derive(move || words::role(l, card.with(|c| c.role)).to_owned()) tone=Tone::Brand icon="user" />
                {move || {
                    let (blocked, dismissed) = card.with(|c| (c.blocked_at.is_some(), c.dismissed_at.is_some()));
                    view! { <State blocked=blocked dismissed=dismissed /> }
                }}
            }
            actions=move || view! {
                {move || looks().then(|| view! { <LookAsButton user=id name=name /> })}
                <Leave card=card />
            }
        />
        <div class="split">
            <Card title=td_string!(l, staff_admin.facts) actions=move || view! {
                {move || (card.with(|c| c.may_edit) && !editing.get()).then(|| view! {
                    <Button kind=ButtonKind::Ghost size=ButtonSize::Small icon="pencil" on_click=move |_| editing.set(true)>
                        {td_string!(l, common.edit)}
                    </Button>
                })}
            }>
                {move || if editing.get() {
                    view! { <Edit card=card editing=editing /> }.into_any()
                } else {
                    view! { <Facts card=card /> }.into_any()
                }}
            </Card>
            {sees_history.then(|| view! {
                <History object_type=ObjectType::User id=id.0 version=Signal::derive(move || card.with(|c| c.version)) />
            })}
        </div>
    }
}

#[component]
fn Facts(card: RwSignal<StaffCard>) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    move || {
        let c = card.get();
        let skills: Vec<&str> = c.skills.iter().map(|s| words::skill(l, *s)).collect();
        let zone: Vec<String> = c
            .complexes
            .iter()
            .map(|x| td_string!(l, staff_admin.whole_complex, name = x.name.clone()).to_string())
            .chain(c.buildings.iter().map(|b| b.address.clone()))
            .collect();
        let seen = c.last_seen_at;
        view! {
            <KeyValues>
                <Fact label=td_string!(l, people.phone)>
                    {match c.phone.clone() {
                        Some(phone) => view! { <PhoneLink phone=phone /> }.into_any(),
                        None => "—".into_any(),
                    }}
                </Fact>
                {c.email.clone().map(|email| view! {
                    <Fact label=td_string!(l, people.email)><a class="link" rel="external" href=format!("mailto:{email}")>{email.clone()}</a></Fact>
                })}
                {c.login.clone().map(|login| view! { <Fact label=td_string!(l, staff_admin.login)>{login}</Fact> })}
                <Fact label=td_string!(l, people.language)>{words::language(c.lang)}</Fact>
                {(!skills.is_empty()).then(|| view! { <Fact label=td_string!(l, people.skills)>{skills.join(", ")}</Fact> })}
                <Fact label=td_string!(l, staff_admin.sees)>{words::visibility(l, c.visibility)}</Fact>
                <Fact label=td_string!(l, staff_admin.zone)>
                    {if zone.is_empty() {
                        view! { <span class="text-muted">{td_string!(l, staff_admin.no_zone)}</span> }.into_any()
                    } else {
                        zone.into_iter().map(|part| view! { <div>{part}</div> }).collect_view().into_any()
                    }}
                </Fact>
                <Fact label=td_string!(l, people.load)>
                    <a class="link" href=format!("/desk?assignee={}", c.id)>{c.load}</a>
                </Fact>
                <Fact label=td_string!(l, staff_admin.totp)>{if c.totp { td_string!(l, staff_admin.on) } else { td_string!(l, staff_admin.off) }}</Fact>
                <Fact label=td_string!(l, staff_admin.last_seen)>
                    {match seen {
                        Some(at) => view! { <span title=when::full(l, at)>{move || when::ago(l, at, now.get())}</span> }.into_any(),
                        None => td_string!(l, staff_admin.never).into_any(),
                    }}
                </Fact>
            </KeyValues>
        }
    }
}
