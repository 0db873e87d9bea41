//! The queue of applications: who asks, for what, who they may be, and the decision.

use crate::util::{Failed, PhoneLink, encode, field_error, lang, toast_failure};
use api::{
    ApiError,
    session::{use_me, use_now},
};
use i18n::{Locale, td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{
    Permission,
    access::{
        Alike, ApplicationFilter, ApplicationKind, ApplicationRow, ApplicationState, ApproveApplication, Likeness,
        RejectApplication, SaveAccessRules,
    },
    people::Relation,
};
use ui::prelude::*;

/// `/desk/people/applications`.
#[component]
pub fn ApplicationsPage() -> impl IntoView {
    let (l, params) = (lang(), use_query_map());
    let all = Memo::new(move |_| params.with(|p| p.get("all").is_some()));
    let cursor = Memo::new(move |_| params.with(|p| p.get("cursor")));
    let found =
        Resource::new(move || ApplicationFilter { all: all.get(), cursor: cursor.get() }, api::access::applications);
    let changed = Callback::new(move |()| found.refetch());
    let tabs = Signal::derive(move || {
        let tab = |label: &str, href: &str, current| Tab {
            label: label.to_owned(),
            href: href.to_owned(),
            current,
            ..Tab::default()
        };
        vec![
            tab(td_string!(l, access.tab_waiting), "/desk/people/applications", !all.get()),
            tab(td_string!(l, access.tab_all), "/desk/people/applications?all=1", all.get()),
        ]
    });
    let next = Signal::derive(move || {
        let cursor = found.get().and_then(Result::ok).and_then(|page| page.next)?;
        let all = if all.get() { "all=1&" } else { "" };
        Some(format!("/desk/people/applications?{all}cursor={}", encode(&cursor)))
    });
    let manages = use_me().can(Permission::SettingsManage);
    view! {
        <Title text=td_string!(l, access.applications) />
        <PageHeader title=td_string!(l, access.applications) back="/desk/people" />
        <Tabs tabs=tabs label=td_string!(l, access.applications) />
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(page) if page.items.is_empty() => view! {
                    <Card><EmptyState text=td_string!(l, access.no_applications) icon="user-check" /></Card>
                }
                .into_any(),
                Ok(page) => view! {
                    <div class="stack">
                        {page.items.into_iter().map(|row| view! { <Application row=row changed=changed /> }).collect_view()}
                    </div>
                }
                .into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/people" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
            <Pager next=next />
        </Transition>
        {manages.then(|| view! { <Rules /> })}
    }
    .into_any()
}

fn state_look(state: ApplicationState) -> (Tone, &'static str) {
    match state {
        ApplicationState::Waiting => (Tone::Warning, "clock"),
        ApplicationState::Approved => (Tone::Success, "check"),
        ApplicationState::Rejected => (Tone::Danger, "circle-x"),
        ApplicationState::Withdrawn => (Tone::Neutral, "undo-2"),
    }
}

#[component]
fn Application(row: ApplicationRow, changed: Callback<()>) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let (tone, icon) = state_look(row.state);
    let created = row.created_at;
    let person =
        row.contact_id.filter(|_| row.kind != ApplicationKind::Home || row.state == ApplicationState::Approved);
    let home = match (&row.address, &row.flat) {
        (Some(address), Some(flat)) => Some(format!("{address}, №{flat}")),
        (Some(address), None) => Some(address.clone()),
        (None, _) => None,
    };
    let decided = row.decided_at.map(|at| match &row.decided_by {
        Some(by) => format!("{} · {by}", when::full(l, at)),
        None => when::full(l, at),
    });
    let unit = row.unit_id;
    let waits = row.state == ApplicationState::Waiting;
    let unknown_flat = waits && row.kind == ApplicationKind::Home && unit.is_none();
    let name = row.name.clone();
    let facts = row.clone();
    view! {
        <Card>
            <div class="flex flex-wrap items-center gap-2 mb-3">
                <Avatar name=row.name.clone() decorative=true />
                <span class="grow min-w-40">
                    {match person {
                        Some(id) => view! { <a class="link font-semibold" href=format!("/desk/people/{id}")>{name}</a> }.into_any(),
                        None => view! { <span class="font-semibold">{name}</span> }.into_any(),
                    }}
                    <span class="block text-xs text-muted" title=when::full(l, created)>
                        {words::application_kind(l, row.kind)} " · " {move || when::ago(l, created, now.get())}
                    </span>
                </span>
                <Pill text=words::application_state(l, row.state) tone=tone icon=icon />
            </div>
            <KeyValues>
                {facts.phone.map(|phone| view! { <Fact label=td_string!(l, people.phone)><PhoneLink phone=phone /></Fact> })}
                {home.map(|home| view! {
                    <Fact label=td_string!(l, access.home)>
                        {match unit {
                            Some(unit) => view! { <a class="link" href=format!("/desk/units/{unit}")>{home}</a> }.into_any(),
                            None => view! { <span>{home}</span> }.into_any(),
                        }}
                    </Fact>
                })}
                {facts.account.map(|account| view! { <Fact label=td_string!(l, property.account)>{account}</Fact> })}
                {facts.relation.map(|relation| view! { <Fact label=td_string!(l, access.relation)>{words::relation(l, relation)}</Fact> })}
                {facts.note.map(|note| {
                    let label = if facts.kind == ApplicationKind::Attach { td_string!(l, access.last_name) } else { td_string!(l, access.note) };
                    view! { <Fact label=label><span class="whitespace-pre-wrap">{note}</span></Fact> }
                })}
                {facts.reason.map(|reason| view! { <Fact label=td_string!(l, access.reason)>{reason}</Fact> })}
                {decided.map(|text| view! { <Fact label=td_string!(l, access.decided)>{text}</Fact> })}
            </KeyValues>
            {unknown_flat.then(|| view! {
                <div class="mt-3"><Banner tone=Tone::Warning text=td_string!(l, access.flat_unknown) /></div>
            })}
            {waits.then(|| view! { <Decision row=row changed=changed /> })}
        </Card>
    }
}

fn why(l: Locale, alike: &Alike) -> String {
    let one = |likeness: &Likeness| match likeness {
        Likeness::Phone => td_string!(l, access.alike_phone),
        Likeness::Home => td_string!(l, access.alike_home),
        Likeness::Name => td_string!(l, access.alike_name),
    };
    let mut reasons: Vec<&str> = alike.why.iter().map(one).collect();
    if alike.has_login {
        reasons.push(td_string!(l, access.alike_login));
    }
    reasons.join(" · ")
}

/// Who it is, as whom they live there, and the two answers.
#[component]
fn Decision(row: ApplicationRow, changed: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let (rejecting, reason) = (RwSignal::new(false), RwSignal::new(String::new()));
    // A contact with the same phone, or two reasons to think so, is the likely one.
    let likely = row.alike.first().filter(|a| a.why.contains(&Likeness::Phone) || a.why.len() > 1);
    let who = RwSignal::new(likely.map(|a| a.contact_id.to_string()).unwrap_or_default());
    let relation = RwSignal::new(row.relation.unwrap_or(Relation::Owner).as_str().to_owned());
    let (flat, confirm) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (id, kind) = (row.id, row.kind);
    let asks_flat = kind != ApplicationKind::Erase && row.unit_id.is_none();
    let mut people: Vec<Opt> = row
        .alike
        .iter()
        .map(|alike| Opt::new(alike.contact_id.to_string(), alike.name.clone()).hint(why(l, alike)))
        .collect();
    people.push(
        Opt::new("", td_string!(l, access.new_contact)).hint(td_string!(l, access.new_contact_help)).icon("user-plus"),
    );
    let relations: Vec<Opt> = Relation::ALL.iter().map(|r| Opt::new(r.as_str(), words::relation(l, *r))).collect();
    let done = move |answer: Result<(), ApiError>, said: &'static str| {
        busy.set(false);
        match answer {
            Ok(()) => {
                rejecting.set(false);
                toasts.success(said);
                changed.run(());
            }
            Err(refused) => {
                if refused.0.fields.is_empty() {
                    toast_failure(toasts, l, &refused);
                }
                error.set(Some(refused));
            }
        }
    };
    let approve = move |_| {
        let command = ApproveApplication {
            contact_id: who.get_untracked().parse().ok().filter(|_| kind == ApplicationKind::Home),
            unit_id: None,
            flat: Some(flat.get_untracked()).filter(|f| !f.trim().is_empty()),
            relation: relation.get_untracked().parse().ok().filter(|_| kind != ApplicationKind::Erase),
            confirm: Some(confirm.get_untracked()).filter(|_| kind == ApplicationKind::Erase),
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move { done(api::access::approve(id, command).await, td_string!(l, access.approved)) });
    };
    let reject = move |_| {
        let command = RejectApplication { reason: reason.get_untracked() };
        busy.set(true);
        error.set(None);
        spawn_local(async move { done(api::access::reject(id, command).await, td_string!(l, access.rejected)) });
    };
    let wrong = move |field: &'static str| field_error(error.into(), l, field);
    let erase_text = td_string!(l, access.erase_text, name = row.name.clone()).to_string();
    view! {
        <div class="stack mt-4 border-t border-line pt-4">
            {(kind == ApplicationKind::Home).then(|| view! {
                <Field label=td_string!(l, access.who_is_it) name="contact_id" group=true error=wrong("contact_id")>
                    <RadioCards name=format!("contact-{id}") options=people value=who />
                </Field>
            })}
            {(kind != ApplicationKind::Erase).then(|| view! {
                <div class="grid gap-4 sm:grid-cols-2">
                    <Field label=td_string!(l, access.relation) name="relation" error=wrong("relation")>
                        <Select name="relation" options=relations value=relation />
                    </Field>
                    {asks_flat.then(|| view! {
                        <Field label=td_string!(l, access.flat) name="flat" error=wrong("flat") required=true>
                            <Input name="flat" value=flat autocomplete="off" maxlength=20 />
                        </Field>
                    })}
                </div>
            })}
            {(kind == ApplicationKind::Erase).then(|| view! {
                <Banner tone=Tone::Danger text=erase_text />
                <Field label=td_string!(l, access.type_name) name="confirm" error=wrong("confirm") required=true>
                    <Input name="confirm" value=confirm autocomplete="off" maxlength=200 />
                </Field>
            })}
            <div class="row justify-end">
                <Button on_click=move |_| rejecting.set(true)>{td_string!(l, access.reject)}</Button>
                {if kind == ApplicationKind::Erase {
                    view! { <Button kind=ButtonKind::Danger loading=busy on_click=approve>{td_string!(l, access.erase)}</Button> }.into_any()
                } else {
                    view! { <Button kind=ButtonKind::Primary icon="check" loading=busy on_click=approve>{td_string!(l, access.approve)}</Button> }.into_any()
                }}
            </div>
        </div>
        <Dialog open=rejecting title=td_string!(l, access.reject_title) footer=move || view! {
            <Button on_click=move |_| rejecting.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Danger loading=busy on_click=reject>{td_string!(l, access.reject)}</Button>
        }>
            <Field label=td_string!(l, access.reason) name="reason" error=wrong("reason") help=td_string!(l, access.reason_help) required=true>
                <Textarea name="reason" value=reason maxlength=500 />
            </Field>
        </Dialog>
    }
}

/// What the company decided about letting people in.
#[component]
fn Rules() -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let found = Resource::new(|| (), |()| api::access::rules());
    let (open, at_once, version) = (RwSignal::new(true), RwSignal::new(true), RwSignal::new(0));
    let busy = RwSignal::new(false);
    let save = move |_| {
        let command =
            SaveAccessRules { accept_applications: open.get_untracked(), attach_at_once: at_once.get_untracked() };
        busy.set(true);
        spawn_local(async move {
            match api::access::save_rules(version.get_untracked(), command).await {
                Ok(saved) => {
                    version.set(saved.version);
                    toasts.success(td_string!(l, access.rules_saved));
                }
                Err(refused) => {
                    toast_failure(toasts, l, &refused);
                    found.refetch();
                }
            }
            busy.set(false);
        });
    };
    view! {
        <Transition>
            {move || found.get().and_then(Result::ok).map(|saved| {
                version.set(saved.version);
                open.set(saved.rules.accept_applications);
                at_once.set(saved.rules.attach_at_once);
                view! {
                    <Card title=td_string!(l, access.rules) class="mt-4">
                        <div class="stack">
                            <Checkbox name="accept_applications" checked=open switch=true label=td_string!(l, access.rule_open) hint=td_string!(l, access.rule_open_help) />
                            <Checkbox name="attach_at_once" checked=at_once switch=true label=td_string!(l, access.rule_at_once) hint=td_string!(l, access.rule_at_once_help) />
                            <div class="row justify-end"><Button loading=busy on_click=save>{td_string!(l, access.save)}</Button></div>
                        </div>
                    </Card>
                }
            })}
        </Transition>
    }
}
