//! Signing in: plain forms, no WASM needed. What was typed and what was wrong come back in the address.

use i18n::{t_string, use_i18n};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use parts::{Trouble, field_in};
use ui::prelude::*;

#[component]
fn Foot() -> impl IntoView {
    let i18n = use_i18n();
    let current = Signal::derive(move || i18n::lang(i18n.get_locale()).code().to_owned());
    view! { <LanguageSwitch next="/login" current=current full=true /> }
}

#[component]
pub fn LoginPage() -> impl IntoView {
    let (i18n, query) = (use_i18n(), use_query_map());
    let resident = move || query.with(|q| q.get("as").as_deref() == Some("resident") || q.get("sent").is_some());
    let title = Signal::derive(move || t_string!(i18n, auth.sign_in).to_owned());
    let tabs = Signal::derive(move || {
        let next = query.with(|q| q.get("next")).map(|n| format!("&next={}", encode(&n))).unwrap_or_default();
        vec![
            Tab {
                label: t_string!(i18n, auth.as_resident).to_owned(),
                href: format!("/login?as=resident{next}"),
                icon: Some("home"),
                current: resident(),
                ..Tab::default()
            },
            Tab {
                label: t_string!(i18n, auth.as_staff).to_owned(),
                href: format!("/login?as=staff{next}"),
                icon: Some("users"),
                current: !resident(),
                ..Tab::default()
            },
        ]
    });
    let label = Signal::derive(move || t_string!(i18n, auth.who_are_you).to_owned());
    let done = move || {
        query
            .with(|q| q.get("reset").is_some())
            .then(|| view! { <Banner tone=Tone::Success text=t_string!(i18n, auth.password_changed).to_owned() /> })
    };
    view! {
        <Title text=move || title.get() />
        <PlainShell title=title footer=|| view! { <Foot /> }>
            <Tabs tabs=tabs label=label />
            {done}
            <Trouble />
            {move || if resident() { view! { <ResidentForm /> }.into_any() } else { view! { <StaffForm /> }.into_any() }}
            {move || resident().then(|| view! { <a class="link" href="/join">{t_string!(i18n, access.no_access_yet)}</a> })}
        </PlainShell>
    }
}

#[component]
fn StaffForm() -> impl IntoView {
    let (i18n, query) = (use_i18n(), use_query_map());
    let q = query.get_untracked();
    let l = i18n.get_locale();
    let code_wanted = matches!(q.get("error").as_deref(), Some("totp_required" | "wrong_code"));
    let login = q.get("login").unwrap_or_default();
    view! {
        <form method="post" action="/login" class="stack">
            <input type="hidden" name="next" value=q.get("next").unwrap_or_default() />
            <Field label=t_string!(i18n, auth.login).to_owned() name="login" error=field_in(&q, "login", l) required=true>
                <Input name="login" initial=login autocomplete="username" autofocus=true />
            </Field>
            <Field label=t_string!(i18n, auth.password).to_owned() name="password" error=field_in(&q, "password", l) required=true>
                <Input name="password" kind="password" autocomplete="current-password" />
            </Field>
            {code_wanted.then(|| view! {
                <Field label=t_string!(i18n, auth.totp).to_owned() name="totp" help=t_string!(i18n, auth.totp_help).to_owned()>
                    <Input name="totp" inputmode="numeric" autocomplete="one-time-code" />
                </Field>
            })}
            <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{t_string!(i18n, auth.sign_in)}</Button>
            <a class="link" href="/login/forgot">{t_string!(i18n, auth.forgot)}</a>
        </form>
    }
}

#[component]
fn ResidentForm() -> impl IntoView {
    let (i18n, query) = (use_i18n(), use_query_map());
    let q = query.get_untracked();
    let l = i18n.get_locale();
    let (phone, next) = (q.get("phone").unwrap_or_default(), q.get("next").unwrap_or_default());
    if q.get("sent").is_none() {
        return view! {
            <form method="post" action="/login/code" class="stack">
                <input type="hidden" name="next" value=next />
                <Field label=t_string!(i18n, auth.phone).to_owned() name="phone" error=field_in(&q, "phone", l)
                    help=t_string!(i18n, auth.phone_help).to_owned() required=true>
                    <PhoneInput name="phone" initial=phone autofocus=true />
                </Field>
                <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{t_string!(i18n, auth.get_code)}</Button>
            </form>
        }
        .into_any();
    }
    let sent_to = t_string!(
        i18n,
        auth.code_sent,
        phone = model::Phone::parse(&phone).map(|p| p.pretty()).unwrap_or(phone.clone())
    )
    .to_string();
    view! {
        <div class="stack">
            <p>{sent_to}</p>
            <form method="post" action="/login/verify" class="stack">
                <input type="hidden" name="next" value=next.clone() />
                <input type="hidden" name="phone" value=phone.clone() />
                <Field label=t_string!(i18n, auth.code).to_owned() name="code" error=field_in(&q, "code", l) required=true>
                    <Input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength=8 autofocus=true />
                </Field>
                <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{t_string!(i18n, auth.sign_in)}</Button>
            </form>
            <form method="post" action="/login/code" class="row">
                <input type="hidden" name="next" value=next />
                <input type="hidden" name="phone" value=phone />
                <Button submit=true kind=ButtonKind::Ghost>{t_string!(i18n, auth.send_again)}</Button>
                <Button href="/login?as=resident" kind=ButtonKind::Ghost>{t_string!(i18n, auth.other_phone)}</Button>
            </form>
        </div>
    }
    .into_any()
}

#[component]
pub fn ForgotPage() -> impl IntoView {
    let (i18n, query) = (use_i18n(), use_query_map());
    let q = query.get_untracked();
    let title = Signal::derive(move || t_string!(i18n, auth.forgot_title).to_owned());
    let sent = q.get("sent").is_some();
    let email = q.get("email").unwrap_or_default();
    view! {
        <Title text=move || title.get() />
        <PlainShell title=title lead=t_string!(i18n, auth.forgot_lead).to_owned() footer=|| view! { <Foot /> }>
            <Trouble />
            {if sent {
                view! { <Banner tone=Tone::Success text=t_string!(i18n, auth.forgot_sent).to_owned() /> }.into_any()
            } else {
                view! {
                    <form method="post" action="/login/forgot" class="stack">
                        <Field label=t_string!(i18n, auth.email).to_owned() name="email" error=field_in(&q, "email", i18n.get_locale()) required=true>
                            <Input name="email" kind="email" initial=email autocomplete="email" autofocus=true />
                        </Field>
                        <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{t_string!(i18n, auth.send_link)}</Button>
                    </form>
                }.into_any()
            }}
            <a class="link" href="/login">{t_string!(i18n, auth.back_to_login)}</a>
        </PlainShell>
    }
}

#[component]
pub fn ResetPage() -> impl IntoView {
    let (i18n, query) = (use_i18n(), use_query_map());
    let q = query.get_untracked();
    let title = Signal::derive(move || t_string!(i18n, auth.reset_title).to_owned());
    view! {
        <Title text=move || title.get() />
        <PlainShell title=title footer=|| view! { <Foot /> }>
            <Trouble />
            <form method="post" action="/login/reset" class="stack">
                <input type="hidden" name="token" value=q.get("token").unwrap_or_default() />
                <Field label=t_string!(i18n, auth.new_password).to_owned() name="new" error=field_in(&q, "new", i18n.get_locale())
                    help=t_string!(i18n, auth.password_rule).to_owned() required=true>
                    <Input name="new" kind="password" autocomplete="new-password" autofocus=true />
                </Field>
                <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{t_string!(i18n, auth.set_password)}</Button>
            </form>
        </PlainShell>
    }
}

/// Escapes a path for a query value.
fn encode(text: &str) -> String {
    text.replace('%', "%25").replace('&', "%26").replace('#', "%23").replace('+', "%2B").replace(' ', "%20")
}
