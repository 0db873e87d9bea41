//! Taking up an invitation: a plain form, no WASM needed. What was typed and what was wrong come back in the address.

use i18n::{failure, td_string, use_locale, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::staff::InviteView;
use parts::{Trouble, field_in};
use ui::prelude::*;

/// `/join/staff/:id`; the id is the token of the link.
#[component]
pub fn JoinStaffPage() -> impl IntoView {
    let l = use_locale();
    let token = use_params_map().with_untracked(|p| p.get("id")).unwrap_or_default();
    let next = format!("/join/staff/{token}");
    let title = td_string!(l, staff_admin.join_title);
    let current = i18n::lang(l).code();
    let asked = token.clone();
    let found = Resource::new_blocking(|| (), move |()| api::staff::invitation(asked.clone()));
    view! {
        <Title text=title />
        <PlainShell title=title footer=move || view! { <LanguageSwitch next=next.clone() current=current full=true /> }>
            <Suspense>
                {move || {
                    let token = token.clone();
                    Suspend::new(async move {
                        match found.await {
                            Ok(invite) => view! { <Form invite=invite token=token /> }.into_any(),
                            Err(error) => view! {
                                <Banner tone=Tone::Danger text=failure::sentence(l, &error.0) />
                                <a class="link" href="/login">{td_string!(l, staff_admin.to_login)}</a>
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
    let (l, query) = (use_locale(), use_query_map());
    let q = query.get_untracked();
    let role = words::role(l, invite.role);
    let lead = td_string!(l, staff_admin.join_lead, company = invite.company, role = role).to_string();
    let (name, login) = (q.get("name").unwrap_or(invite.name), q.get("login").unwrap_or_default());
    view! {
        <p>{lead}</p>
        <Trouble />
        <form method="post" action="/join/staff" class="stack">
            <input type="hidden" name="token" value=token />
            <Field label=td_string!(l, staff_admin.join_name).to_owned() name="name" error=field_in(&q, "name", l) required=true>
                <Input name="name" initial=name autocomplete="name" maxlength=200 />
            </Field>
            <Field label=td_string!(l, staff_admin.join_login).to_owned() name="login" error=field_in(&q, "login", l)
                help=td_string!(l, staff_admin.join_login_help).to_owned() required=true>
                <Input name="login" initial=login autocomplete="username" maxlength=60 />
            </Field>
            <Field label=td_string!(l, staff_admin.join_password).to_owned() name="password" error=field_in(&q, "password", l)
                help=td_string!(l, auth.password_rule).to_owned() required=true>
                <Input name="password" kind="password" autocomplete="new-password" />
            </Field>
            <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{td_string!(l, staff_admin.join)}</Button>
        </form>
    }
}
