//! The person's own page: who I am, language and look, password, second factor, devices.

use api::{ApiError, auth, confirm::use_confirming, session::use_me};
use i18n::{failure, td_string, use_locale, when, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{
    Role,
    auth::{ChangePassword, TotpConfirm, TotpSetup},
};
use ui::prelude::*;

fn back_to(role: Role) -> &'static str {
    match role {
        Role::Resident => "/my",
        Role::Staff => "/work",
        _ => "/desk",
    }
}

#[component]
pub fn ProfilePage() -> impl IntoView {
    let (l, me) = (use_locale(), use_me());
    let title = td_string!(l, common.profile);
    let current = i18n::lang(l).code();
    let staff = me.role != Role::Resident;
    let facts = me.clone();
    view! {
        <Title text=title />
        <div class="density-app mx-auto flex w-full max-w-2xl flex-col gap-4 p-4">
            <PageHeader title=title back=back_to(me.role) />
            <Card>
                <KeyValues>
                    <Fact label=td_string!(l, auth.name)>{facts.name}</Fact>
                    <Fact label=td_string!(l, auth.role)>{words::role(l, me.role)}</Fact>
                    <Fact label=td_string!(l, auth.company)>{facts.company}</Fact>
                    {facts.phone.map(|phone| view! {
                        <Fact label=td_string!(l, auth.phone)>{phone.pretty()}</Fact>
                    })}
                </KeyValues>
                <div class="row mt-4">
                    <LanguageSwitch next="/profile" current=current full=true />
                    <ThemeSwitch next="/profile" />
                </div>
            </Card>
            {staff.then(|| view! { <PasswordCard /> <TotpCard on=me.totp /> <parts::ConfirmSelf /> })}
            <PushCard />
            <crate::messages::MessagesCard />
            <SessionsCard />
            {(!staff).then(|| view! { <DataCard /> })}
            <form method="post" action="/logout">
                <Button submit=true icon="log-out">{td_string!(l, common.sign_out)}</Button>
            </form>
        </div>
    }
}

/// What the company holds about the resident: to take away, and to be forgotten.
#[component]
fn DataCard() -> impl IntoView {
    let l = use_locale();
    let sure = use_query_map().with_untracked(|q| q.get("forget").is_some());
    view! {
        <Card title=td_string!(l, access.my_data)>
            <div class="stack">
                <p class="m-0 text-muted">{td_string!(l, access.my_data_help)}</p>
                <div class="row flex-wrap">
                    <a class="btn btn-plain" rel="external" download="" href="/my/data.html"><Icon name="file-text" />{td_string!(l, access.data_page)}</a>
                    <a class="btn btn-plain" rel="external" download="" href="/my/data.json"><Icon name="download" />{td_string!(l, access.data_json)}</a>
                </div>
                {if sure {
                    view! {
                        <Banner tone=Tone::Warning text=td_string!(l, access.forget_text).to_owned() />
                        <form method="post" action="/my/forget" class="row">
                            <Button submit=true kind=ButtonKind::Danger>{td_string!(l, access.forget_yes)}</Button>
                            <Button href="/profile" kind=ButtonKind::Ghost>{td_string!(l, common.cancel)}</Button>
                        </form>
                    }
                    .into_any()
                } else {
                    view! { <a class="link" rel="external" href="/profile?forget=1">{td_string!(l, access.forget)}</a> }.into_any()
                }}
            </div>
        </Card>
    }
}

/// The error of one field of a failed call, in words.
fn field_error(error: Signal<Option<ApiError>>, name: &'static str) -> Signal<Option<String>> {
    let l = use_locale();
    Signal::derive(move || error.with(|e| e.as_ref().and_then(|e| e.0.field(name).map(|f| failure::field(l, f)))))
}

#[component]
fn PasswordCard() -> impl IntoView {
    let l = use_locale();
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let toasts = use_toasts();
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        busy.set(true);
        leptos::task::spawn_local(async move {
            let command = ChangePassword { current: current.get_untracked(), new: new.get_untracked() };
            match auth::change_password(command).await {
                Ok(()) => {
                    error.set(None);
                    current.set(String::new());
                    new.set(String::new());
                    toasts.success(td_string!(l, auth.password_changed).to_owned());
                }
                Err(e) => {
                    toasts.error(failure::sentence(l, &e.0), Some(e.code().as_str().to_owned()));
                    error.set(Some(e));
                }
            }
            busy.set(false);
        });
    };
    view! {
        <Card title=td_string!(l, auth.password)>
            <form class="stack" on:submit=submit>
                <Field label=td_string!(l, auth.current_password) name="current" error=field_error(error.into(), "current") required=true>
                    <Input name="current" kind="password" value=current autocomplete="current-password" />
                </Field>
                <Field label=td_string!(l, auth.new_password) name="new"
                    help=Signal::derive(move || Some(td_string!(l, auth.password_rule).to_owned())) error=field_error(error.into(), "new") required=true>
                    <Input name="new" kind="password" value=new autocomplete="new-password" />
                </Field>
                <div class="row"><Button submit=true loading=busy>{td_string!(l, auth.change_password)}</Button></div>
            </form>
        </Card>
    }
}

#[component]
fn TotpCard(on: bool) -> impl IntoView {
    let l = use_locale();
    let (on, code) = (RwSignal::new(on), RwSignal::new(String::new()));
    let (setup, recovery) = (RwSignal::new(None::<TotpSetup>), RwSignal::new(Vec::<String>::new()));
    let (toasts, asking) = (use_toasts(), use_confirming());
    let fail = move |e: ApiError| {
        toasts.error(failure::sentence(l, &e.0), Some(e.code().as_str().to_owned()));
    };
    let begin = move |_| {
        leptos::task::spawn_local(async move {
            match asking.sure(auth::totp_setup).await {
                Ok(made) => setup.set(Some(made)),
                Err(e) => fail(e),
            }
        });
    };
    let confirm = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        leptos::task::spawn_local(async move {
            let command = TotpConfirm { code: code.get_untracked() };
            if on.get_untracked() {
                match auth::totp_disable(command).await {
                    Ok(()) => {
                        on.set(false);
                        recovery.set(Vec::new());
                    }
                    Err(e) => fail(e),
                }
            } else {
                match auth::totp_confirm(command).await {
                    Ok(codes) => {
                        on.set(true);
                        setup.set(None);
                        recovery.set(codes.codes);
                    }
                    Err(e) => fail(e),
                }
            }
            code.set(String::new());
        });
    };
    let lead = move || if on.get() { td_string!(l, auth.totp_is_on) } else { td_string!(l, auth.totp_is_off) };
    let asks = move || on.get() || setup.with(Option::is_some);
    view! {
        <Card title=td_string!(l, auth.totp_title)>
            <p class="text-muted">{lead}</p>
            {move || setup.get().map(|s| view! {
                <p>{td_string!(l, auth.totp_secret)} " " <code class="num">{s.secret}</code></p>
                <p><a class="link" href=s.otpauth_url>{td_string!(l, auth.totp_open)}</a></p>
            })}
            {move || asks().then(|| view! {
                <form class="row" on:submit=confirm>
                    <Input name="totp" value=code inputmode="numeric" autocomplete="one-time-code"
                        label=Signal::derive(move || Some(td_string!(l, auth.totp).to_owned())) />
                    <Button submit=true>{move || if on.get() { td_string!(l, auth.totp_turn_off) } else { td_string!(l, auth.totp_turn_on) }}</Button>
                </form>
            })}
            {move || (!asks()).then(|| view! { <Button on_click=begin>{td_string!(l, auth.totp_begin)}</Button> })}
            {move || (!recovery.with(Vec::is_empty)).then(|| view! {
                <Banner tone=Tone::Warning title=td_string!(l, auth.recovery_title).to_owned() text=recovery.get().join("  ") />
            })}
        </Card>
    }
}

/// Notifications on this device. A small script of its own does the work: what the browser can do is known to it alone,
/// and no WASM is spent.
#[component]
fn PushCard() -> impl IntoView {
    let l = use_locale();
    view! {
        <Card title=td_string!(l, push.title)>
            <div class="stack" data-push-card="">
                <p class="m-0 text-muted">{td_string!(l, push.lead)}</p>
                <p class="m-0" data-when="denied" hidden=true>{td_string!(l, push.denied_text)}</p>
                <p class="m-0" data-when="none" hidden=true>{td_string!(l, push.unsupported)}</p>
                <p class="m-0" data-when="install" hidden=true>{td_string!(l, push.install_text)}</p>
                <p class="m-0" role="alert" data-when="failed" hidden=true>{td_string!(l, push.failed)}</p>
                <div class="row" data-when="off failed" hidden=true>
                    <button type="button" class="btn btn-primary" data-push="on"><Icon name="bell" />{td_string!(l, push.turn_on)}</button>
                </div>
                <p class="m-0" data-when="on" hidden=true>{td_string!(l, push.on_text)}</p>
                <div class="row" data-when="on" hidden=true>
                    <button type="button" class="btn btn-plain" data-push="off"><Icon name="bell-off" />{td_string!(l, push.turn_off)}</button>
                </div>
            </div>
            <script src="/js/push.js" defer=true></script>
        </Card>
    }
}

#[component]
fn SessionsCard() -> impl IntoView {
    let l = use_locale();
    let now = api::session::use_now();
    let version = RwSignal::new(0u32);
    let sessions = Resource::new(move || version.get(), |_| auth::sessions());
    let end_others = move |_| {
        leptos::task::spawn_local(async move {
            if auth::end_other_sessions().await.is_ok() {
                version.update(|v| *v += 1);
            }
        });
    };
    view! {
        <Card title=td_string!(l, auth.sessions)>
            <Transition fallback=|| view! { <Skeleton lines=2 /> }>
                {move || Suspend::new(async move {
                    match sessions.await {
                        Ok(list) => list.into_iter().map(|s| {
                            let seen = if s.current { td_string!(l, auth.this_device).to_owned() } else { when::ago(l, s.last_seen_at, now.get()) };
                            view! { <AppRow icon="monitor" title=device(&s.user_agent) text=format!("{seen} · {}", s.ip) /> }
                        }).collect_view().into_any(),
                        Err(e) => view! { <ErrorState text=failure::sentence(l, &e.0) /> }.into_any(),
                    }
                })}
            </Transition>
            <div class="row mt-3"><Button on_click=end_others>{td_string!(l, auth.end_others)}</Button></div>
        </Card>
    }
}

/// The browser and system out of a user agent, good enough to recognise one's own device.
fn device(agent: &str) -> String {
    let find =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("YaBrowser", "Yandex"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}
