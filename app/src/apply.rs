//! Getting in as a resident: plain forms, no WASM needed. A phone is proven with a code, then a home is named and the
//! company decides; an invitation opens at once. What was typed and what was wrong come back in the address.

use i18n::{failure, td_string, use_locale, when, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    BuildingId, Phone, Role,
    access::{ApplicationState, HouseChoice, JoinState, OwnApplication, ResidentInviteView},
    auth::Me,
    people::Relation,
};
use parts::{Trouble, field_in};
use ui::prelude::*;

/// `/join`.
#[component]
pub fn JoinPage() -> impl IntoView {
    let (l, query) = (use_locale(), use_query_map());
    let title = td_string!(l, access.join_title);
    let current = i18n::lang(l).code();
    let state = Resource::new_blocking(|| (), |()| api::access::state());
    let q = query.get_untracked();
    let house = q.get("house").unwrap_or_default();
    let next = if house.parse::<BuildingId>().is_ok() { format!("/join?house={house}") } else { "/join".to_owned() };
    let said = if q.get("left").is_some() {
        Some((Tone::Info, td_string!(l, access.left_last).to_owned()))
    } else if q.get("applied").is_some() {
        Some((Tone::Success, td_string!(l, access.applied).to_owned()))
    } else {
        None
    };
    let resident = use_context::<Me>().is_some_and(|me| me.role == Role::Resident);
    view! {
        <Title text=title />
        <PlainShell title=title footer=move || view! { <LanguageSwitch next=next.clone() current=current full=true /> }>
            <div class="stack">
                {said.map(|(tone, text)| view! { <Banner tone=tone text=text /> })}
                <Trouble />
                {resident.then(|| view! {
                    <Banner tone=Tone::Info text=td_string!(l, access.signed_in_already).to_owned()>
                        <Button size=ButtonSize::Small href="/my/homes">{td_string!(l, access.my_homes)}</Button>
                    </Banner>
                })}
                <Suspense>
                    {move || Suspend::new(async move {
                        match state.await {
                            Ok(Some(state)) => view! { <Applicant state=state /> }.into_any(),
                            Ok(None) => view! {
                                <PhoneSteps invite=String::new() lead=td_string!(l, access.join_lead).to_owned() />
                                <CodeForm />
                                <a class="link" href="/login?as=resident">{td_string!(l, access.have_access)}</a>
                            }
                            .into_any(),
                            Err(error) => view! {
                                <Banner tone=Tone::Danger text=failure::sentence(l, &error.0) />
                            }
                            .into_any(),
                        }
                    })}
                </Suspense>
            </div>
        </PlainShell>
    }
}

/// `/join/home/:id`; the id is the token of the link, or the short code.
#[component]
pub fn JoinHomePage() -> impl IntoView {
    let l = use_locale();
    let token = use_params_map().with_untracked(|p| p.get("id")).unwrap_or_default();
    let next = format!("/join/home/{token}");
    let title = td_string!(l, access.invited_title);
    let current = i18n::lang(l).code();
    let asked = token.clone();
    let found = Resource::new_blocking(
        || (),
        move |()| {
            let token = asked.clone();
            async move {
                let invite = api::access::invitation(token).await?;
                Ok::<_, api::ApiError>((invite, api::access::state().await?))
            }
        },
    );
    let resident = use_context::<Me>().is_some_and(|me| me.role == Role::Resident);
    view! {
        <Title text=title />
        <PlainShell title=title footer=move || view! { <LanguageSwitch next=next.clone() current=current full=true /> }>
            <Suspense>
                {move || {
                    let token = token.clone();
                    Suspend::new(async move {
                        match found.await {
                            Ok((invite, state)) => view! {
                                <div class="stack">
                                    <p class="m-0">{words_of(&invite)}</p>
                                    <Trouble />
                                    {match (resident, state) {
                                        (true, _) => view! { <Accept invite=invite token=token signed_in=true /> }.into_any(),
                                        (false, Some(state)) => view! {
                                            <Proven phone=state.phone />
                                            <Accept invite=invite token=token signed_in=false />
                                        }
                                        .into_any(),
                                        (false, None) => view! {
                                            <PhoneSteps invite=token lead=td_string!(l, access.invited_phone).to_owned() />
                                        }
                                        .into_any(),
                                    }}
                                </div>
                            }
                            .into_any(),
                            Err(error) => view! {
                                <div class="stack">
                                    <Banner tone=Tone::Danger text=failure::sentence(l, &error.0) />
                                    <a class="link" href="/join">{td_string!(l, access.join_instead)}</a>
                                </div>
                            }
                            .into_any(),
                        }
                    })
                }}
            </Suspense>
        </PlainShell>
    }
}

/// What the invitation opens, in one sentence.
fn words_of(invite: &ResidentInviteView) -> String {
    let l = use_locale();
    let company = invite.company.clone();
    match (&invite.address, invite.relation) {
        (Some(address), Some(relation)) => {
            let relation = words::relation(l, relation).to_lowercase();
            td_string!(l, access.invited_home, company = company, address = address.clone(), relation = relation)
                .to_string()
        }
        _ => {
            let name = invite.name.clone().unwrap_or_default();
            td_string!(l, access.invited_login, company = company, name = name).to_string()
        }
    }
}

/// The phone, then the code that was sent to it.
#[component]
fn PhoneSteps(
    /// The invitation on whose page this is; empty without one.
    invite: String,
    lead: String,
) -> impl IntoView {
    let (l, query) = (use_locale(), use_query_map());
    let q = query.get_untracked();
    let phone = q.get("phone").unwrap_or_default();
    // The house of a sheet, and nothing that was typed into another form.
    let house = q.get("house").filter(|id| id.parse::<BuildingId>().is_ok()).unwrap_or_default();
    if q.get("sent").is_none() {
        return view! {
            <p class="m-0">{lead}</p>
            <form method="post" action="/join/code" class="stack">
                <input type="hidden" name="invite" value=invite />
                <input type="hidden" name="house" value=house />
                <Field label=td_string!(l, auth.phone).to_owned() name="phone" error=field_in(&q, "phone", l)
                    help=td_string!(l, auth.phone_help).to_owned() required=true>
                    <PhoneInput name="phone" initial=phone autofocus=true />
                </Field>
                <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{td_string!(l, auth.get_code)}</Button>
            </form>
        }
        .into_any();
    }
    let pretty = Phone::parse(&phone).map(|p| p.pretty()).unwrap_or(phone.clone());
    let start = if invite.is_empty() { "/join".to_owned() } else { format!("/join/home/{invite}") };
    view! {
        <p class="m-0">{td_string!(l, auth.code_sent, phone = pretty).to_string()}</p>
        <form method="post" action="/join/verify" class="stack">
            <input type="hidden" name="invite" value=invite.clone() />
            <input type="hidden" name="house" value=house.clone() />
            <input type="hidden" name="phone" value=phone.clone() />
            <Field label=td_string!(l, auth.code).to_owned() name="code" error=field_in(&q, "code", l) required=true>
                <Input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength=8 autofocus=true />
            </Field>
            <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{td_string!(l, access.go_on)}</Button>
        </form>
        <form method="post" action="/join/code" class="row">
            <input type="hidden" name="invite" value=invite />
            <input type="hidden" name="house" value=house />
            <input type="hidden" name="phone" value=phone />
            <Button submit=true kind=ButtonKind::Ghost>{td_string!(l, auth.send_again)}</Button>
            <Button href=start kind=ButtonKind::Ghost>{td_string!(l, auth.other_phone)}</Button>
        </form>
    }
    .into_any()
}

/// The short code of an invitation.
#[component]
fn CodeForm() -> impl IntoView {
    let (l, query) = (use_locale(), use_query_map());
    let q = query.get_untracked();
    let typed = q.get("token").unwrap_or_default();
    view! {
        <form method="post" action="/join/invite" class="stack border-t border-line pt-4">
            <Field label=td_string!(l, access.have_code).to_owned() name="token" error=field_in(&q, "token", l)
                help=td_string!(l, access.have_code_help).to_owned()>
                <Input name="token" initial=typed autocomplete="off" maxlength=20 placeholder="K7MP-4QXR" />
            </Field>
            <Button submit=true>{td_string!(l, access.open_code)}</Button>
        </form>
    }
}

/// Which phone was proven, and the way to another one.
#[component]
fn Proven(phone: Phone) -> impl IntoView {
    let l = use_locale();
    view! {
        <div class="row">
            <span class="grow flex gap-2 items-center">
                <Icon name="badge-check" class="text-muted" />
                <span>{td_string!(l, access.proven, phone = phone.pretty()).to_string()}</span>
            </span>
            <form method="post" action="/join/leave">
                <Button submit=true kind=ButtonKind::Ghost size=ButtonSize::Small>{td_string!(l, auth.other_phone)}</Button>
            </form>
        </div>
    }
}

#[component]
fn Accept(invite: ResidentInviteView, token: String, signed_in: bool) -> impl IntoView {
    let (l, query) = (use_locale(), use_query_map());
    let q = query.get_untracked();
    let asks_name = !invite.known && !signed_in;
    let name = q.get("name").or(invite.name).unwrap_or_default();
    view! {
        <form method="post" action="/join/accept" class="stack">
            <input type="hidden" name="token" value=token />
            {asks_name.then(|| view! {
                <Field label=td_string!(l, access.your_name).to_owned() name="name" error=field_in(&q, "name", l)
                    help=td_string!(l, access.your_name_help).to_owned() required=true>
                    <Input name="name" initial=name autocomplete="name" maxlength=200 />
                </Field>
            })}
            <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{td_string!(l, access.accept)}</Button>
        </form>
    }
}

#[component]
fn Applicant(state: JoinState) -> impl IntoView {
    let l = use_locale();
    let waits = state.applications.iter().any(|a| a.state == ApplicationState::Waiting);
    view! {
        <Proven phone=state.phone />
        {state.has_access.then(|| view! {
            <Banner tone=Tone::Success text=td_string!(l, access.has_access).to_owned() />
            <form method="post" action="/join/enter">
                <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big class="w-full">{td_string!(l, access.enter)}</Button>
            </form>
        })}
        {state.applications.into_iter().map(|one| view! { <Standing one=one /> }).collect_view()}
        {(!state.has_access).then(|| if waits {
            view! {
                <details class="stack">
                    <summary class="link">{td_string!(l, access.one_more)}</summary>
                    <HomeForm />
                </details>
            }
            .into_any()
        } else {
            view! { <HomeForm /> }.into_any()
        })}
        <CodeForm />
    }
}

/// One application and how it stands.
#[component]
fn Standing(one: OwnApplication) -> impl IntoView {
    let l = use_locale();
    let (tone, icon) = match one.state {
        ApplicationState::Waiting => (Tone::Warning, "clock"),
        ApplicationState::Approved => (Tone::Success, "check"),
        ApplicationState::Rejected => (Tone::Danger, "circle-x"),
        ApplicationState::Withdrawn => (Tone::Neutral, "undo-2"),
    };
    let call = one.company_phone.filter(|_| one.state == ApplicationState::Rejected);
    view! {
        <section class="stack gap-2 border border-line rounded-box p-3">
            <div class="row">
                <span class="grow font-semibold [overflow-wrap:anywhere]">{one.place}</span>
                <Pill text=words::application_state(l, one.state) tone=tone icon=icon />
            </div>
            <span class="text-sm text-muted">{format!("{} · {}", one.company, when::full(l, one.created_at))}</span>
            {one.reason.map(|reason| view! { <p class="m-0">{td_string!(l, access.rejected_because, reason = reason).to_string()}</p> })}
            {call.map(|phone| view! {
                <a class="link" rel="external" href=format!("tel:{phone}")>{phone.pretty()}</a>
            })}
            {(one.state == ApplicationState::Waiting).then(|| view! {
                <p class="m-0">{td_string!(l, access.waiting_text)}</p>
                <form method="post" action="/join/cancel">
                    <input type="hidden" name="id" value=one.id.to_string() />
                    <Button submit=true kind=ButtonKind::Ghost size=ButtonSize::Small>{td_string!(l, access.withdraw)}</Button>
                </form>
            })}
        </section>
    }
}

/// Who and where. The house is typed, chosen out of several, or known from the sheet at its entrance.
#[component]
fn HomeForm() -> impl IntoView {
    let (l, query) = (use_locale(), use_query_map());
    let q = query.get_untracked();
    let typed = q.get("house").unwrap_or_default();
    let several = q.get("field.house").is_some_and(|code| code.starts_with("several"));
    let of_sheet = typed.parse::<BuildingId>().ok();
    let asked = typed.clone();
    let choices = Resource::new_blocking(
        || (),
        move |()| {
            let text = asked.clone();
            async move {
                match of_sheet {
                    Some(id) => api::access::house(id).await.map(|house| vec![house]),
                    None if several => api::access::houses(text).await,
                    None => Ok(Vec::new()),
                }
            }
        },
    );
    let shown = if of_sheet.is_some() { String::new() } else { typed };
    let relation = q.get("relation").unwrap_or_else(|| Relation::Owner.as_str().to_owned());
    let relations: Vec<Opt> = Relation::ALL.iter().map(|r| Opt::new(r.as_str(), words::relation(l, *r))).collect();
    let (name, flat, note) =
        (q.get("name").unwrap_or_default(), q.get("flat").unwrap_or_default(), q.get("note").unwrap_or_default());
    let house_error = field_in(&q, "house", l);
    view! {
        <form method="post" action="/join/apply" class="stack">
            <p class="m-0">{td_string!(l, access.apply_lead)}</p>
            <Field label=td_string!(l, access.your_name).to_owned() name="name" error=field_in(&q, "name", l)
                help=td_string!(l, access.your_name_help).to_owned() required=true>
                <Input name="name" initial=name autocomplete="name" maxlength=200 />
            </Field>
            <Suspense>
                {move || {
                    let (shown, error) = (shown.clone(), house_error.clone());
                    Suspend::new(async move {
                        let found = choices.await.unwrap_or_default();
                        view! { <House found=found several=several typed=shown error=error /> }
                    })
                }}
            </Suspense>
            <Field label=td_string!(l, access.flat).to_owned() name="flat" error=field_in(&q, "flat", l) required=true>
                <Input name="flat" initial=flat autocomplete="off" maxlength=20 />
            </Field>
            <Field label=td_string!(l, access.relation).to_owned() name="relation" error=field_in(&q, "relation", l) required=true>
                <Select name="relation" options=relations initial=relation />
            </Field>
            <Field label=td_string!(l, access.note).to_owned() name="note" error=field_in(&q, "note", l)
                help=td_string!(l, access.note_help).to_owned() optional=true>
                <Textarea name="note" initial=note maxlength=500 rows=2 />
            </Field>
            <Button submit=true kind=ButtonKind::Primary size=ButtonSize::Big>{td_string!(l, access.send)}</Button>
        </form>
    }
}

#[component]
fn House(found: Vec<HouseChoice>, several: bool, typed: String, error: Option<String>) -> impl IntoView {
    let l = use_locale();
    match (found.as_slice(), several) {
        ([house], false) => view! {
            <input type="hidden" name="building_id" value=house.id.to_string() />
            <div>
                <span class="block text-sm text-muted">{td_string!(l, access.house)}</span>
                <span class="block font-semibold">{house.address.clone()}</span>
                <span class="block text-sm text-muted">{house.company.clone()}</span>
            </div>
        }
        .into_any(),
        ([_, ..], _) => {
            let options: Vec<Opt> = found
                .iter()
                .map(|house| Opt::new(house.id.to_string(), house.address.clone()).hint(house.company.clone()))
                .collect();
            view! {
                <input type="hidden" name="house" value=typed />
                <Field label=td_string!(l, access.which_house).to_owned() name="building_id" group=true error=error required=true>
                    <RadioCards name="building_id" options=options />
                </Field>
                <a class="link" href="/join">{td_string!(l, access.other_house)}</a>
            }
            .into_any()
        }
        ([], _) => view! {
            <Field label=td_string!(l, access.house).to_owned() name="house" error=error
                help=td_string!(l, access.house_help).to_owned() required=true>
                <Input name="house" initial=typed autocomplete="street-address" maxlength=200 />
            </Field>
        }
        .into_any(),
    }
}
