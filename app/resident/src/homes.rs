//! My homes: naming one more by its receipt, inviting those who live with me, leaving. Plain forms, but for the
//! invitation, whose link is shown once.

use api::{ApiError, session::use_me};
use i18n::{failure, td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{
    Permission,
    access::{
        ApplicationKind, ApplicationState, InviteResident, MyHome, MyHomes, OwnApplication, ResidentInviteRow,
        ResidentInvited,
    },
    people::Relation,
};
use parts::{Answer, Trouble, field_in, locale};
use ui::prelude::*;

/// `/my/homes`.
#[component]
pub fn HomesPage() -> impl IntoView {
    let (l, query) = (locale(), use_query_map());
    let version = RwSignal::new(0_u32);
    let found = Resource::new_blocking(move || version.get(), |_| api::access::homes());
    let said = move || match query.with(|q| q.get("done")).as_deref() {
        Some("attached") => Some(td_string!(l, access.attached)),
        Some("asked") => Some(td_string!(l, access.attach_asked)),
        Some("left") => Some(td_string!(l, access.left)),
        Some("forget") => Some(td_string!(l, access.forget_asked)),
        _ => None,
    };
    let changed = Callback::new(move |()| version.update(|n| *n += 1));
    view! {
        <Title text=td_string!(l, access.my_homes) />
        {move || said().map(|text| view! { <Banner tone=Tone::Success text=text /> })}
        <Trouble />
        <Answer from=found lines=6 let:all>
            <All all=all changed=changed />
        </Answer>
        <AttachForm />
    }
    .into_any()
}

#[component]
fn All(all: Signal<MyHomes>, changed: Callback<()>) -> impl IntoView {
    let l = locale();
    view! {
        {move || all.with(|all| all.homes.clone()).into_iter().map(|home| view! { <HomeCard home=home changed=changed /> }).collect_view()}
        {move || {
            let waiting = all.with(|all| all.applications.clone());
            (!waiting.is_empty()).then(|| view! {
                <h2 class="section-title mb-0">{td_string!(l, access.asked)}</h2>
                {waiting.into_iter().map(|one| view! { <Asked one=one /> }).collect_view()}
            })
        }}
        {move || {
            let waiting = all.with(|all| all.invitations.clone());
            (!waiting.is_empty()).then(|| view! {
                <h2 class="section-title mb-0">{td_string!(l, access.invites_waiting)}</h2>
                <section class="panel">{waiting.into_iter().map(|row| view! { <Invited row=row /> }).collect_view()}</section>
            })
        }}
    }
}

#[component]
fn HomeCard(home: MyHome, changed: Callback<()>) -> impl IntoView {
    let (l, query) = (locale(), use_query_map());
    let id = home.unit_id;
    let asks = move || query.with(|q| q.get("leave")).is_some_and(|asked| asked == id.to_string());
    let inviting = RwSignal::new(false);
    view! {
        <section class="panel p-4 stack gap-3">
            <div>
                <p class="m-0 font-semibold [overflow-wrap:anywhere]">{home.address}</p>
                <p class="m-0 text-muted">
                    {words::relation(l, home.relation)} " · "
                    {td_string!(l, access.since, date = when::date(&home.since_on)).to_string()}
                </p>
                {home.account.map(|number| view! { <p class="m-0 text-muted">{td_string!(l, resident.account, number = number).to_string()}</p> })}
            </div>
            {move || if asks() {
                view! {
                    <div class="stack gap-2">
                        <Banner tone=Tone::Warning text=td_string!(l, access.leave_text) />
                        <form method="post" action="/my/homes/leave" class="row">
                            <input type="hidden" name="id" value=id.to_string() />
                            <Button submit=true kind=ButtonKind::Danger>{td_string!(l, access.leave_yes)}</Button>
                            <Button href="/my/homes" kind=ButtonKind::Ghost>{td_string!(l, common.cancel)}</Button>
                        </form>
                    </div>
                }
                .into_any()
            } else {
                view! {
                    <div class="row">
                        {home.may_invite.then(|| view! {
                            <Button icon="user-plus" on_click=move |_| inviting.set(true)>{td_string!(l, access.invite)}</Button>
                        })}
                        <Button kind=ButtonKind::Ghost icon="door-open" href=format!("/my/homes?leave={id}")>{td_string!(l, access.leave)}</Button>
                    </div>
                }
                .into_any()
            }}
        </section>
        {home.may_invite.then(|| view! { <InviteSheet home=home.unit_id open=inviting changed=changed /> })}
    }
}

/// Whom I invite into my home; then the link, its QR and the short code, this one time.
#[component]
fn InviteSheet(home: model::UnitId, open: RwSignal<bool>, changed: Callback<()>) -> impl IntoView {
    let l = locale();
    let (name, relation) = (RwSignal::new(String::new()), RwSignal::new(Relation::Relative.as_str().to_owned()));
    let (busy, error, made) =
        (RwSignal::new(false), RwSignal::new(None::<ApiError>), RwSignal::new(None::<ResidentInvited>));
    Effect::new(move |_| {
        if open.get() {
            made.set(None);
        }
    });
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let command = InviteResident {
            contact_id: None,
            unit_id: Some(home),
            relation: relation.get_untracked().parse().ok(),
            name: Some(name.get_untracked()).filter(|n| !n.trim().is_empty()),
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::access::invite(command).await {
                Ok(invited) => made.set(Some(invited)),
                Err(refused) => error.set(Some(refused)),
            }
            busy.set(false);
        });
    };
    let relations: Vec<Opt> = [Relation::Relative, Relation::Tenant]
        .into_iter()
        .map(|r| Opt::new(r.as_str(), words::relation(l, r)))
        .collect();
    let relations = Signal::stored(relations);
    let close = move |_| {
        open.set(false);
        changed.run(());
    };
    view! {
        <Dialog open=open title=td_string!(l, access.invite_home_title)>
            {move || match made.get() {
                Some(invited) => {
                    let link = if invited.link.starts_with('/') {
                        format!("{}{}", window().location().origin().unwrap_or_default(), invited.link)
                    } else {
                        invited.link
                    };
                    view! {
                        <div class="stack">
                            <p class="m-0">{td_string!(l, access.invite_once, until = when::full(l, invited.expires_at)).to_string()}</p>
                            <Input name="link" initial=link readonly=true label=td_string!(l, staff_admin.link) />
                            <div class="bg-white rounded-box p-2 w-48 mx-auto" role="img" aria-label=td_string!(l, access.qr) inner_html=invited.qr></div>
                            <p class="m-0 text-center text-2xl font-semibold num">{invited.code}</p>
                            <p class="m-0 text-center text-muted">{td_string!(l, access.short_code_help)}</p>
                            <Button size=ButtonSize::Big on_click=close>{td_string!(l, staff_admin.done)}</Button>
                        </div>
                    }
                    .into_any()
                }
                None => view! {
                    <form class="stack" on:submit=submit>
                        {move || error.get().map(|e| view! { <Banner tone=Tone::Danger text=failure::sentence(l, &e.0) /> })}
                        <p class="m-0">{td_string!(l, access.invite_home_text)}</p>
                        <Field label=td_string!(l, access.their_name) name="name" optional=true>
                            <Input name="name" value=name autocomplete="off" maxlength=200 />
                        </Field>
                        <Field label=td_string!(l, access.relation) name="relation">
                            <Select name="relation" options=relations value=relation />
                        </Field>
                        <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big loading=busy>{td_string!(l, access.make_invite)}</Button>
                    </form>
                }
                .into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn Invited(row: ResidentInviteRow) -> impl IntoView {
    let l = locale();
    let who = row.name.clone().unwrap_or_else(|| td_string!(l, access.somebody).to_owned());
    let until = td_string!(l, staff_admin.until, time = when::full(l, row.expires_at)).to_string();
    view! {
        <div class="app-row">
            <Icon name="mail" class="text-muted" />
            <span class="grow min-w-0">
                <span class="block font-semibold">{who}</span>
                <span class="block text-sm text-muted">{[row.address, Some(until)].into_iter().flatten().collect::<Vec<_>>().join(" · ")}</span>
            </span>
            <form method="post" action="/my/homes/revoke">
                <input type="hidden" name="id" value=row.id.to_string() />
                <Button submit=true size=ButtonSize::Small>{td_string!(l, staff_admin.revoke)}</Button>
            </form>
        </div>
    }
}

/// What I asked for and how it stands.
#[component]
fn Asked(one: OwnApplication) -> impl IntoView {
    let l = locale();
    let (tone, icon) = match one.state {
        ApplicationState::Waiting => (Tone::Warning, "clock"),
        ApplicationState::Approved => (Tone::Success, "check"),
        ApplicationState::Rejected => (Tone::Danger, "circle-x"),
        ApplicationState::Withdrawn => (Tone::Neutral, "undo-2"),
    };
    let title = match one.kind {
        ApplicationKind::Erase => words::application_kind(l, one.kind).to_owned(),
        _ => td_string!(l, resident.account, number = one.place).to_string(),
    };
    view! {
        <section class="panel p-4 stack gap-2">
            <div class="row">
                <span class="grow font-semibold">{title}</span>
                <Pill text=words::application_state(l, one.state) tone=tone icon=icon />
            </div>
            <span class="text-sm text-muted">{when::full(l, one.created_at)}</span>
            {one.reason.map(|reason| view! { <p class="m-0">{td_string!(l, access.rejected_because, reason = reason).to_string()}</p> })}
            {(one.state == ApplicationState::Waiting).then(|| view! {
                <form method="post" action="/my/homes/withdraw">
                    <input type="hidden" name="id" value=one.id.to_string() />
                    <Button submit=true size=ButtonSize::Small>{td_string!(l, access.withdraw)}</Button>
                </form>
            })}
        </section>
    }
}

/// One more home, as it stands on the receipt.
#[component]
fn AttachForm() -> impl IntoView {
    let (l, query) = (locale(), use_query_map());
    let q = query.get_untracked();
    if !use_me().can(Permission::HomesManage) {
        return ().into_any();
    }
    let (account, last_name) = (q.get("account").unwrap_or_default(), q.get("last_name").unwrap_or_default());
    let relation = q.get("relation").unwrap_or_else(|| Relation::Relative.as_str().to_owned());
    let missed = q.get("error").as_deref() == Some("no_such_account");
    let relations: Vec<Opt> = Relation::ALL.iter().map(|r| Opt::new(r.as_str(), words::relation(l, *r))).collect();
    view! {
        <h2 class="section-title mb-0">{td_string!(l, access.attach_title)}</h2>
        <form method="post" action="/my/homes/attach" class="panel p-4 stack">
            <p class="m-0">{td_string!(l, access.attach_text)}</p>
            <Field label=td_string!(l, access.account) name="account" error=field_in(&q, "account", l) required=true>
                <Input name="account" initial=account autocomplete="off" maxlength=30 />
            </Field>
            <Field label=td_string!(l, access.last_name) name="last_name" error=field_in(&q, "last_name", l)
                help=td_string!(l, access.last_name_help) required=true>
                <Input name="last_name" initial=last_name autocomplete="family-name" maxlength=100 />
            </Field>
            <Field label=td_string!(l, access.relation) name="relation" error=field_in(&q, "relation", l)>
                <Select name="relation" options=relations initial=relation />
            </Field>
            <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{td_string!(l, access.attach)}</Button>
            {missed.then(|| view! {
                <Button submit=true name="ask" value="1" size=ButtonSize::Big>{td_string!(l, access.attach_ask)}</Button>
            })}
        </form>
    }
    .into_any()
}
