//! Somebody new, and what is known of somebody who is there.

use super::{
    homes::{HomeFields, UnitPicker, day_of, share_of},
    parts::channel,
};
use crate::{
    property::form::{Refusal, Sending, typed},
    util::{Failed, lang},
};
use api::session::use_me;
use i18n::{td_string, words};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};
use model::{
    Code, ContactId, Failure, FieldError, Lang, Permission, Phone, PhoneId, UnitId,
    people::{
        AddHome, Channel, ContactCard, ContactFilter, ContactRow, CreateContact, MOST_PHONES, PhoneEntry, Relation,
        UpdateContact,
    },
};
use ui::prelude::*;

/// `/desk/people/new`; the address may bring `phone`, `name` and `unit_id`.
#[component]
pub fn NewPersonPage() -> impl IntoView {
    let l = lang();
    let query = use_query_map().get_untracked();
    let unit = query.get("unit_id").and_then(|id| id.parse::<UnitId>().ok());
    // The address of the flat they come from.
    let found = Resource::new(
        move || unit,
        |unit| async move {
            match unit {
                Some(id) => {
                    api::property::unit(id).await.ok().map(|u| (id, format!("{}, №{}", u.address, u.facts.number)))
                }
                None => None,
            }
        },
    );
    let start = StoredValue::new((query.get("phone").unwrap_or_default(), query.get("name").unwrap_or_default()));
    view! {
        <Title text=td_string!(l, people.new_person) />
        <div class="mx-auto max-w-3xl">
            <PageHeader title=td_string!(l, people.new_person) back="/desk/people" />
            <Transition fallback=|| view! { <Skeleton lines=12 /> }>
                {move || found.get().map(|unit| {
                    let (phone, name) = start.get_value();
                    view! { <PersonForm card=None unit=unit phone=phone name=name /> }
                })}
            </Transition>
        </div>
    }
    .into_any()
}

/// `/desk/people/:id/edit`.
#[component]
pub fn EditPersonPage() -> impl IntoView {
    let l = lang();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).and_then(|id| id.parse::<ContactId>().ok()));
    let found = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::people::contact(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    let back = Signal::derive(move || id.get().map(|id| format!("/desk/people/{id}")));
    view! {
        <Title text=td_string!(l, people.edit_person) />
        <div class="mx-auto max-w-3xl">
            <PageHeader title=td_string!(l, people.edit_person) back=back />
            <Transition fallback=|| view! { <Skeleton lines=12 /> }>
                {move || found.get().map(|answer| match answer {
                    Ok(card) => view! { <PersonForm card=Some(card) unit=None phone=String::new() name=String::new() /> }.into_any(),
                    Err(error) => view! { <Card><Failed failure=error.0 back="/desk/people" on_retry=move |()| found.refetch() /></Card> }.into_any(),
                })}
            </Transition>
        </div>
    }
    .into_any()
}

/// One telephone of the form.
#[derive(Clone, Copy)]
struct Line {
    key: usize,
    text: RwSignal<String>,
    /// A hidden number that stays until it is taken away.
    kept: Option<PhoneId>,
}

/// A secret in the form: what is there stays covered until it is replaced or taken away.
#[derive(Clone, Copy)]
struct SecretField {
    shown: StoredValue<Option<String>>,
    text: RwSignal<String>,
    changes: RwSignal<bool>,
}

impl SecretField {
    fn new(shown: Option<String>) -> Self {
        let changes = RwSignal::new(shown.is_none());
        Self { shown: StoredValue::new(shown), text: RwSignal::new(String::new()), changes }
    }

    /// What to send: nothing, a value, or that it goes.
    fn said(self) -> Option<Option<String>> {
        let there = self.shown.with_value(Option::is_some);
        let text = typed(self.text);
        // An empty field takes away what was there.
        (self.changes.get_untracked() && (there || text.is_some())).then_some(text)
    }
}

#[component]
fn PersonForm(card: Option<ContactCard>, unit: Option<(UnitId, String)>, phone: String, name: String) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let fresh = card.is_none();
    let known = card.as_ref().map(|c| (c.id, c.version));
    let name = RwSignal::new(card.as_ref().map_or(name, |c| c.name.clone()));
    let lines = RwSignal::new(phone_lines(card.as_ref(), &phone));
    let email = SecretField::new(card.as_ref().and_then(|c| c.email.clone()));
    let passport = SecretField::new(card.as_ref().and_then(|c| c.passport.clone()));
    let pinfl = SecretField::new(card.as_ref().and_then(|c| c.pinfl.clone()));
    let language = RwSignal::new(card.as_ref().map_or(Lang::Ru, |c| c.lang).code().to_owned());
    let road = RwSignal::new(card.as_ref().and_then(|c| c.channel).map(|c| c.to_string()).unwrap_or_default());
    let note = RwSignal::new(card.and_then(|c| c.note).unwrap_or_default());
    let manages = use_me().can(Permission::ResidentsManage);
    let place = RwSignal::new(unit.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default());
    let (relation, share, since) =
        (RwSignal::new(Relation::Owner.to_string()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let from_unit = unit.as_ref().map(|(id, _)| *id);
    let back = match (known, from_unit) {
        (Some((id, _)), _) => format!("/desk/people/{id}"),
        (None, Some(unit)) => format!("/desk/units/{unit}"),
        (None, None) => "/desk/people".to_owned(),
    };
    let go = StoredValue::new(use_navigate());
    let save = Callback::new(move |()| {
        let mut wrong = Vec::new();
        let Some(full) = typed(name) else {
            return sending.refuse(Failure::invalid(vec![FieldError::new("/name", "required")]));
        };
        let phones = phones_of(lines, &mut wrong);
        let home = place.get_untracked().parse().ok().map(|unit_id| {
            let role = relation.get_untracked().parse().unwrap_or(Relation::Owner);
            let mut bad = Vec::new();
            let share = share_of(share, role, &mut bad);
            wrong.extend(bad.into_iter().map(|e| FieldError { pointer: format!("/home{}", e.pointer), ..e }));
            AddHome { unit_id, relation: role, share, since: day_of(since) }
        });
        if !wrong.is_empty() {
            return sending.refuse(Failure::invalid(wrong));
        }
        let lang = Lang::parse(&language.get_untracked());
        let channel: Option<Channel> = road.get_untracked().parse().ok();
        let call = async move {
            match known {
                Some((id, version)) => {
                    let command = UpdateContact {
                        name: Some(full),
                        phones: Some(phones),
                        email: email.said(),
                        passport: passport.said(),
                        pinfl: pinfl.said(),
                        lang,
                        channel: Some(channel),
                        note: Some(typed(note)),
                    };
                    api::people::update_contact(id, version, command).await
                }
                None => {
                    let numbers = phones.into_iter().filter_map(|entry| match entry {
                        PhoneEntry::Number(phone) => Some(phone),
                        PhoneEntry::Kept { .. } => None,
                    });
                    let command = CreateContact {
                        name: full,
                        phones: numbers.collect(),
                        email: email.said().flatten(),
                        passport: passport.said().flatten(),
                        pinfl: pinfl.said().flatten(),
                        lang,
                        channel,
                        note: typed(note),
                        home,
                    };
                    api::people::create_contact(command).await
                }
            }
        };
        sending.send(call, move |card| {
            toasts.success(if fresh { td_string!(l, people.made) } else { td_string!(l, property.saved) });
            let next = format!("/desk/people/{}", card.id);
            go.with_value(|go| go(&next, NavigateOptions { replace: true, ..Default::default() }));
        });
    });
    use_hotkey("ctrl+enter", move |_| save.run(()));
    let cancel = back.clone();
    use_hotkey("escape", move |_| {
        // A dialog above the form closes first.
        if document().query_selector("dialog[open]").ok().flatten().is_none() {
            go.with_value(|go| go(&back, NavigateOptions::default()));
        }
    });
    let languages: Vec<Opt> = Lang::ALL.iter().map(|lang| Opt::new(lang.code(), words::language(*lang))).collect();
    let roads: Vec<Opt> = Channel::ALL.iter().map(|c| Opt::new(c.as_str(), channel(l, *c))).collect();
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
            <Refusal of=sending />
            <Card title=td_string!(l, people.section_main)>
                <div class="stack">
                    <Field label=td_string!(l, people.full_name) name="name" required=true error=sending.error("name")>
                        <Input name="name" value=name maxlength=200 autofocus=true autocomplete="off" placeholder=td_string!(l, people.name_placeholder) />
                    </Field>
                    <Phones lines=lines sending=sending own=known.map(|(id, _)| id) />
                    <div class="form-grid">
                        <Field label=td_string!(l, people.language) name="lang" error=sending.error("lang")>
                            <Select name="lang" options=languages value=language />
                        </Field>
                        <Field label=td_string!(l, people.channel) name="channel" optional=true error=sending.error("channel")>
                            <Select name="channel" options=roads value=road placeholder=td_string!(l, people.channel_any) />
                        </Field>
                    </div>
                    <Field label=td_string!(l, people.note) name="note" optional=true error=sending.error("note") help=td_string!(l, people.note_help)>
                        <Textarea name="note" value=note rows=2 maxlength=2000 />
                    </Field>
                </div>
            </Card>
            {(fresh && manages).then(|| view! {
                <Card title=td_string!(l, people.section_home)>
                    <div class="stack">
                        <UnitPicker value=place known=unit error=sending.error("home/unit_id") />
                        <div class="stack" hidden=move || place.with(String::is_empty)>
                            <HomeFields sending=sending relation=relation share=share since=since
                                names=["home/relation", "home/share", "home/since"] />
                        </div>
                    </div>
                </Card>
            })}
            <Card title=td_string!(l, people.section_secret)>
                <div class="stack">
                    <p class="m-0 text-muted">{td_string!(l, people.secret_lead)}</p>
                    <Secret field=email name="email" label=td_string!(l, people.email) placeholder="aziza@mail.uz" sending=sending />
                    <div class="form-grid">
                        <Secret field=passport name="passport" label=td_string!(l, people.passport) placeholder="AA1234567" sending=sending />
                        <Secret field=pinfl name="pinfl" label=td_string!(l, people.pinfl) placeholder="14" sending=sending />
                    </div>
                </div>
            </Card>
            <div class="action-bar glass-raised">
                <span class="grow"></span>
                <Button href=cancel>{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Primary icon="check" submit=true loading=sending.busy class="max-sm:grow">{td_string!(l, common.save)}</Button>
            </div>
        </form>
    }
}

fn phone_lines(card: Option<&ContactCard>, phone: &str) -> Vec<Line> {
    let line = |key, text: String, kept| Line { key, text: RwSignal::new(text), kept };
    let known = card.into_iter().flat_map(|c| &c.phones).enumerate();
    let mut lines: Vec<Line> =
        known.map(|(n, p)| line(n, p.shown.clone(), p.number.is_none().then_some(p.id))).collect();
    if lines.is_empty() {
        let text = Phone::parse(phone).map(|p| p.pretty()).unwrap_or_default();
        lines.push(line(0, text, None));
    }
    lines
}

fn phones_of(lines: RwSignal<Vec<Line>>, wrong: &mut Vec<FieldError>) -> Vec<PhoneEntry> {
    let mut entries = Vec::new();
    for line in lines.get_untracked() {
        let text = line.text.get_untracked();
        match (line.kept, Phone::parse(&text)) {
            (Some(id), _) => entries.push(PhoneEntry::Kept { id }),
            (None, Some(phone)) => entries.push(PhoneEntry::Number(phone)),
            (None, None) if text.trim().is_empty() => {}
            (None, None) => wrong.push(FieldError::new(format!("/phones/{}", entries.len()), "bad_phone")),
        }
    }
    entries
}

/// Telephones, the first is the one to call. A number somebody has already is said at once.
#[component]
fn Phones(lines: RwSignal<Vec<Line>>, sending: Sending, own: Option<ContactId>) -> impl IntoView {
    let l = lang();
    let add = move |_: MouseEvent| {
        lines.update(|all| {
            let key = all.iter().map(|line| line.key + 1).max().unwrap_or(0);
            all.push(Line { key, text: RwSignal::new(String::new()), kept: None });
        });
    };
    // Whichever number the server means: the sentence stands under all of them.
    let error = Signal::derive(move || {
        sending.failure.with(|f| {
            let wrong = f.as_ref()?.fields.iter().find(|e| e.pointer.starts_with("/phones"))?;
            Some(i18n::failure::field(l, wrong))
        })
    });
    view! {
        <Field label=td_string!(l, people.phones) name="phones" group=true error=error help=td_string!(l, people.phones_help)>
            <div class="stack gap-2!">
                <For each=move || lines.get() key=|line| line.key let:line>
                    <PhoneLine line=line lines=lines own=own />
                </For>
                {move || lines.with(|all| all.len() < MOST_PHONES).then(|| view! {
                    <div><Button size=ButtonSize::Small icon="plus" on_click=add>{td_string!(l, people.add_phone)}</Button></div>
                })}
            </div>
        </Field>
    }
}

#[component]
fn PhoneLine(line: Line, lines: RwSignal<Vec<Line>>, own: Option<ContactId>) -> impl IntoView {
    let l = lang();
    let others = RwSignal::new(Vec::<ContactRow>::new());
    let settled: Signal<String> = use_debounced(line.text, 300);
    effect(move || {
        let Some(phone) = Phone::parse(&settled.get()).filter(|_| line.kept.is_none()) else {
            others.set(Vec::new());
            return;
        };
        spawn_local(async move {
            let filter = ContactFilter { phone: Some(phone), ..ContactFilter::default() };
            if let Ok(page) = api::people::contacts(filter).await {
                let rows = page.items.into_iter().filter(|person| Some(person.id) != own).take(3).collect();
                let _ = others.try_set(rows);
            }
        });
    });
    let remove = move |_: MouseEvent| lines.update(|all| all.retain(|other| other.key != line.key));
    let name = format!("phone-{}", line.key);
    view! {
        <div class="grid gap-1">
            <div class="flex items-center gap-2">
                <div class="grow max-w-72">
                    {match line.kept {
                        Some(_) => view! { <span class="num text-muted" title=td_string!(l, people.phone_hidden)>{line.text.get_untracked()}</span> }.into_any(),
                        None => view! { <PhoneInput name=name value=line.text label=td_string!(l, people.phone) /> }.into_any(),
                    }}
                </div>
                {move || Phone::parse(&line.text.get()).is_some_and(|p| p.is_landline()).then(|| view! {
                    <span class="text-xs text-muted">{td_string!(l, people.landline)}</span>
                })}
                <IconButton icon="x" size=ButtonSize::Small label=td_string!(l, people.remove_phone) on_click=remove />
            </div>
            {move || {
                let rows = others.get();
                (!rows.is_empty()).then(|| view! {
                    <Banner tone=Tone::Warning text=td_string!(l, people.phone_known)>
                        <div class="grid gap-1">
                            {rows.into_iter().map(|person| {
                                let place = person.homes.first().map(|h| h.address.clone()).unwrap_or_default();
                                view! {
                                    <span><a class="link" href=format!("/desk/people/{}", person.id)>{person.name}</a> " " <span class="text-muted">{place}</span></span>
                                }
                            }).collect_view()}
                        </div>
                    </Banner>
                })
            }}
        </div>
    }
}

/// One secret: covered with a button to replace it, or a field.
#[component]
fn Secret(
    field: SecretField,
    name: &'static str,
    label: &'static str,
    placeholder: &'static str,
    sending: Sending,
) -> impl IntoView {
    let l = lang();
    let there = field.shown.with_value(Option::is_some);
    view! {
        <Field label=label name=name optional=!there error=sending.error(name)
            help=there.then(|| td_string!(l, people.secret_empties).to_owned())>
            {move || if field.changes.get() {
                view! {
                    <div class="flex gap-2">
                        <div class="grow"><Input name=name value=field.text maxlength=254 autocomplete="off" placeholder=placeholder /></div>
                        {there.then(|| view! {
                            <IconButton icon="undo-2" label=td_string!(l, people.secret_keep) on_click=move |_| { field.text.set(String::new()); field.changes.set(false); } />
                        })}
                    </div>
                }
                .into_any()
            } else {
                view! {
                    <div class="flex items-center gap-2 min-h-9">
                        <span class="num grow">{field.shown.get_value()}</span>
                        <Button size=ButtonSize::Small icon="pencil" on_click=move |_| field.changes.set(true)>{td_string!(l, people.secret_replace)}</Button>
                    </div>
                }
                .into_any()
            }}
        </Field>
    }
}
