//! Taking up an invitation: a plain form, no WASM needed. What was typed and what was wrong come back in the address.

use i18n::{failure, t_string, use_i18n, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::staff::InviteView;
use parts::{Trouble, field_in};
use ui::prelude::*;

/// `/join/staff/:id`; the id is the token of the link.
#[component]
pub fn JoinStaffPage() -> impl IntoView {
    let i18n = use_i18n();
    let token = use_params_map().with_untracked(|p| p.get("id")).unwrap_or_default();
    let next = format!("/join/staff/{token}");
    let title = Signal::derive(move || t_string!(i18n, staff_admin.join_title).to_owned());
    let current = Signal::derive(move || i18n::lang(i18n.get_locale()).code().to_owned());
    let asked = token.clone();
    let found = Resource::new_blocking(|| (), move |()| api::staff::invitation(asked.clone()));
    view! {
        <Title text=move || title.get() />
        <PlainShell title=title footer=move || view! { <LanguageSwitch next=next.clone() current=current full=true /> }>
            <Suspense>
                {move || {
                    let token = token.clone();
                    Suspend::new(async move {
                        match found.await {
                            Ok(invite) => view! { <Form invite=invite token=token /> }.into_any(),
                            Err(error) => view! {
                                <Banner tone=Tone::Danger text=failure::sentence(i18n.get_locale(), &error.0) />
                                <a class="link" href="/login">{t_string!(i18n, staff_admin.to_login)}</a>
                            }
                            .into_any(),
                        }
                    })
                }}
            </Suspense>
        </PlainShell>
    }
}

#[component]
fn Form(invite: InviteView, token: String) -> impl IntoView {
    let (i18n, query) = (use_i18n(), use_query_map());
    let (q, l) = (query.get_untracked(), i18n.get_locale());
    let role = words::role(l, invite.role);
    let lead = t_string!(i18n, staff_admin.join_lead, company = invite.company, role = role).to_string();
    let (name, login) = (q.get("name").unwrap_or(invite.name), q.get("login").unwrap_or_default());
    view! {
        <p>{lead}</p>
        <Trouble />
        <form method="post" action="/join/staff" class="stack">
            <input type="hidden" name="token" value=token />
            <Field label=t_string!(i18n, staff_admin.join_name).to_owned() name="name" error=field_in(&q, "name", l) required=true>
                <Input name="name" initial=name autocomplete="name" maxlength=200 />
            </Field>
            <Field label=t_string!(i18n, staff_admin.join_login).to_owned() name="login" error=field_in(&q, "login", l)
                help=t_string!(i18n, staff_admin.join_login_help).to_owned() required=true>
                <Input name="login" initial=login autocomplete="username" maxlength=60 />
            </Field>
            <Field label=t_string!(i18n, staff_admin.join_password).to_owned() name="password" error=field_in(&q, "password", l)
                help=t_string!(i18n, auth.password_rule).to_owned() required=true>
                <Input name="password" kind="password" autocomplete="new-password" />
            </Field>
            <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{t_string!(i18n, staff_admin.join)}</Button>
        </form>
    }
}
