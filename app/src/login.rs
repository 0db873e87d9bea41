//! Signing in: plain forms, no WASM needed. What was typed and what was wrong come back in the address.

use i18n::{td_string, use_locale};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use parts::{Trouble, field_in};
use ui::prelude::*;

#[component]
fn Foot() -> impl IntoView {
    let l = use_locale();
    let current = i18n::lang(l).code();
    view! { <LanguageSwitch next="/login" current=current full=true /> }
}

#[component]
pub fn LoginPage() -> impl IntoView {
    let (l, query) = (use_locale(), use_query_map());
    let resident = move || query.with(|q| q.get("as").as_deref() == Some("resident") || q.get("sent").is_some());
    let title = td_string!(l, auth.sign_in);
    let tabs = Signal::derive(move || {
        let next = query.with(|q| q.get("next")).map(|n| format!("&next={}", encode(&n))).unwrap_or_default();
        vec![
            Tab {
                label: td_string!(l, auth.as_resident).to_owned(),
                href: format!("/login?as=resident{next}"),
                icon: Some("home"),
                current: resident(),
                ..Tab::default()
            },
            Tab {
                label: td_string!(l, auth.as_staff).to_owned(),
                href: format!("/login?as=staff{next}"),
                icon: Some("users"),
                current: !resident(),
                ..Tab::default()
            },
        ]
    });
    let label = td_string!(l, auth.who_are_you);
    let done = move || {
        query
            .with(|q| q.get("reset").is_some())
            .then(|| view! { <Banner tone=Tone::Success text=td_string!(l, auth.password_changed).to_owned() /> })
    };
    view! {
        <Title text=title />
        <PlainShell title=title footer=|| view! { <Foot /> }>
            <Tabs tabs=tabs label=label />
            {done}
            <Trouble />
            {move || if resident() { view! { <ResidentForm /> }.into_any() } else { view! { <StaffForm /> }.into_any() }}
            {move || resident().then(|| view! { <a class="link" href="/join">{td_string!(l, access.no_access_yet)}</a> })}
        </PlainShell>
    }
}

#[component]
fn StaffForm() -> impl IntoView {
    let (l, query) = (use_locale(), use_query_map());
    let q = query.get_untracked();
    let code_wanted = matches!(q.get("error").as_deref(), Some("totp_required" | "wrong_code"));
    let login = q.get("login").unwrap_or_default();
    view! {
        <form method="post" action="/login" class="stack">
            <input type="hidden" name="next" value=q.get("next").unwrap_or_default() />
            <Field label=td_string!(l, auth.login).to_owned() name="login" error=field_in(&q, "login", l) required=true>
                <Input name="login" initial=login autocomplete="username" autofocus=true />
            </Field>
            <Field label=td_string!(l, auth.password).to_owned() name="password" error=field_in(&q, "password", l) required=true>
                <Input name="password" kind="password" autocomplete="current-password" />
            </Field>
            {code_wanted.then(|| view! {
                <Field label=td_string!(l, auth.totp).to_owned() name="totp" help=td_string!(l, auth.totp_help).to_owned()>
                    <Input name="totp" inputmode="numeric" autocomplete="one-time-code" />
                </Field>
            })}
            <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{td_string!(l, auth.sign_in)}</Button>
            <a class="link" href="/login/forgot">{td_string!(l, auth.forgot)}</a>
        </form>
    }
}

#[component]
fn ResidentForm() -> impl IntoView {
    let (l, query) = (use_locale(), use_query_map());
    let q = query.get_untracked();
    let (phone, next) = (q.get("phone").unwrap_or_default(), q.get("next").unwrap_or_default());
    if q.get("sent").is_none() {
        return view! {
            <form method="post" action="/login/code" class="stack">
                <input type="hidden" name="next" value=next />
                <Field label=td_string!(l, auth.phone).to_owned() name="phone" error=field_in(&q, "phone", l)
                    help=td_string!(l, auth.phone_help).to_owned() required=true>
                    <PhoneInput name="phone" initial=phone autofocus=true />
                </Field>
                <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{td_string!(l, auth.get_code)}</Button>
            </form>
        }
        .into_any();
    }
    let sent_to =
        td_string!(l, auth.code_sent, phone = model::Phone::parse(&phone).map(|p| p.pretty()).unwrap_or(phone.clone()))
            .to_string();
    view! {
        <div class="stack">
            <p>{sent_to}</p>
            <form method="post" action="/login/verify" class="stack">
                <input type="hidden" name="next" value=next.clone() />
                <input type="hidden" name="phone" value=phone.clone() />
                <Field label=td_string!(l, auth.code).to_owned() name="code" error=field_in(&q, "code", l) required=true>
                    <Input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength=8 autofocus=true />
                </Field>
                <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{td_string!(l, auth.sign_in)}</Button>
            </form>
            <form method="post" action="/login/code" class="row">
                <input type="hidden" name="next" value=next />
                <input type="hidden" name="phone" value=phone />
                <Button submit=true kind=ButtonKind::Ghost>{td_string!(l, auth.send_again)}</Button>
                <Button href="/login?as=resident" kind=ButtonKind::Ghost>{td_string!(l, auth.other_phone)}</Button>
            </form>
        </div>
    }
    .into_any()
}

#[component]
pub fn ForgotPage() -> impl IntoView {
    let (l, query) = (use_locale(), use_query_map());
    let q = query.get_untracked();
    let title = td_string!(l, auth.forgot_title);
    let sent = q.get("sent").is_some();
    let email = q.get("email").unwrap_or_default();
    view! {
        <Title text=title />
        <PlainShell title=title lead=td_string!(l, auth.forgot_lead).to_owned() footer=|| view! { <Foot /> }>
            <Trouble />
            {if sent {
                view! { <Banner tone=Tone::Success text=td_string!(l, auth.forgot_sent).to_owned() /> }.into_any()
            } else {
                view! {
                    <form method="post" action="/login/forgot" class="stack">
                        <Field label=td_string!(l, auth.email).to_owned() name="email" error=field_in(&q, "email", l) required=true>
                            <Input name="email" kind="email" initial=email autocomplete="email" autofocus=true />
                        </Field>
                        <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{td_string!(l, auth.send_link)}</Button>
                    </form>
                }.into_any()
            }}
            <a class="link" href="/login">{td_string!(l, auth.back_to_login)}</a>
        </PlainShell>
    }
}

#[component]
pub fn ResetPage() -> impl IntoView {
    let (l, query) = (use_locale(), use_query_map());
    let q = query.get_untracked();
    let title = td_string!(l, auth.reset_title);
    view! {
        <Title text=title />
        <PlainShell title=title footer=|| view! { <Foot /> }>
            <Trouble />
            <form method="post" action="/login/reset" class="stack">
                <input type="hidden" name="token" value=q.get("token").unwrap_or_default() />
                <Field label=td_string!(l, auth.new_password).to_owned() name="new" error=field_in(&q, "new", l)
                    help=td_string!(l, auth.password_rule).to_owned() required=true>
                    <Input name="new" kind="password" autocomplete="new-password" autofocus=true />
                </Field>
                <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{td_string!(l, auth.set_password)}</Button>
            </form>
        </PlainShell>
    }
}

/// Escapes a path for a query value.
fn encode(text: &str) -> String {
    text.replace('%', "%25").replace('&', "%26").replace('#', "%23").replace('+', "%2B").replace(' ', "%20")
}
