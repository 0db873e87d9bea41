//! One outage: facts and words at the left with its requests, who is concerned and the history at the right.

use super::{
    finish::{FinishDialog, unfinished},
    kind_look,
    requests::Requests,
    resource_icon, status_look,
};
use crate::{
    audit::History,
    property::{
        form::{Refusal, Sending},
        id_of_page,
    },
    util::{Failed, PhoneLink, lang, local_input, local_moment},
};
use api::session::{use_live, use_me, use_now};
use chrono::TimeDelta;
use i18n::{outages as words, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use model::{
    Code, Failure, FieldError, Lang, OutageId, Permission,
    audit::ObjectType,
    outages::{JoinRow, OutageAction, OutageCard, OutageFacts, OutageStep},
};
use ui::prelude::*;

/// `/desk/outages/:id`.
#[component]
pub fn OutagePage() -> impl IntoView {
    let l = lang();
    let id = id_of_page::<OutageId>();
    let touched = use_live().of_outages();
    let found = Resource::new(
        move || (id.get(), touched.get()),
        |(id, _)| async move {
            match id {
                Some(id) => api::outages::get(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    let card = RwSignal::new(None::<OutageCard>);
    effect(move || {
        if let Some(Ok(fresh)) = found.get() {
            card.set(Some(fresh));
        }
    });
    // Awaited once; a live update then changes what is shown and never closes what is open.
    let first = Suspend::new(async move {
        match found.await {
            Ok(first) => {
                let live = Signal::derive(move || card.get().unwrap_or_else(|| first.clone()));
                view! { <Page card=live on_card=move |fresh| card.set(Some(fresh)) /> }.into_any()
            }
            Err(error) => view! {
                <Title text=td_string!(l, outages.outage) />
                <Card><Failed failure=error.0 back="/desk/outages" on_retry=move |()| found.refetch() /></Card>
            }
            .into_any(),
        }
    });
    view! { <Transition fallback=|| view! { <Skeleton lines=12 /> }>{first}</Transition> }.into_any()
}

fn facts_of(card: &OutageCard) -> words::Facts {
    words::Facts {
        kind: card.facts.kind,
        resource: card.facts.resource,
        status: card.status,
        starts_at: card.facts.starts_at,
        ends_at: card.facts.ends_at,
    }
}

#[component]
fn Page(card: Signal<OutageCard>, #[prop(into)] on_card: Callback<OutageCard>) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let id = card.with_untracked(|card| card.id);
    let manages = use_me().can(Permission::OutagesManage);
    let title =
        Signal::derive(move || card.with(|card| words::headline(l, card.status, card.facts.resource).to_owned()));
    let subtitle = Signal::derive(move || card.with(|card| words::time(l, &facts_of(card), now.get())));
    let version = Signal::derive(move || card.with(|card| card.version));
    let joins = Memo::new(move |_| card.with(|card| card.joins.clone()));
    view! {
        <Title text=title />
        <PageHeader
            title=title
            subtitle=subtitle
            back="/desk/outages"
            tags=move || view! {
                {move || card.with(|card| {
                    let (tone, icon) = status_look(card.status, card.late);
                    let text = if card.late { td_string!(l, outages.late) } else { words::status(l, card.status) };
                    view! { <Pill text=text tone=tone icon=icon /> }
                })}
                {move || card.with(|card| {
                    let (tone, icon) = kind_look(card.facts.kind);
                    view! { <Pill text=words::kind(l, card.facts.kind) tone=tone icon=icon /> }
                })}
            }
            actions=move || view! { <Actions id=id card=card on_card=on_card /> }
        />
        <div class="split">
            <div class="stack">
                <Facts card=card />
                <Requests id=id card=card manages=manages on_card=on_card />
            </div>
            <div class="stack">
                <Card title=td_string!(l, outages.joins)>
                    {move || {
                        let rows = joins.get();
                        if rows.is_empty() {
                            view! { <p class="m-0 text-muted">{td_string!(l, outages.no_joins)}</p> }.into_any()
                        } else {
                            rows.into_iter().map(|row| view! { <Joined row=row /> }).collect_view().into_any()
                        }
                    }}
                </Card>
                <History object_type=ObjectType::Outage id=id.0 version=version />
            </div>
        </div>
    }
}

#[component]
fn Facts(card: Signal<OutageCard>) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let time = move |at| view! { <span title=when::full(l, at)>{move || when::moment(l, at, now.get())}</span> };
    move || {
        let card = card.get();
        let shown = facts_of(&card);
        let texts = card.facts.texts.clone();
        let say = move |lang: Lang| {
            let (shown, texts) = (shown.clone(), texts.clone());
            view! {
                <Fact label=i18n::words::language(lang)>
                    <span class="whitespace-pre-wrap">{move || words::says(i18n::locale(lang), &shown, &texts, now.get())}</span>
                </Fact>
            }
        };
        view! {
            <Card title=td_string!(l, outages.section_what)>
                <KeyValues>
                    <Fact label=td_string!(l, outages.resource)>
                        <Icon name=resource_icon(card.facts.resource) class="mr-1.5 text-muted" />
                        {words::resource(l, card.facts.resource)}
                    </Fact>
                    <Fact label=td_string!(l, outages.from)>{time(card.facts.starts_at)}</Fact>
                    <Fact label=td_string!(l, outages.to)>
                        {match card.facts.ends_at {
                            Some(end) => time(end).into_any(),
                            None => td_string!(l, outages.when_open).into_any(),
                        }}
                    </Fact>
                    {card.ended_at.map(|end| view! { <Fact label=td_string!(l, outages.ended_at)>{time(end)}</Fact> })}
                    <Fact label=td_string!(l, outages.places)>
                        {card.places.iter().map(|place| view! {
                            <div><a class="link" href=format!("/desk/buildings/{}", place.place.building_id)>{words::place(l, place)}</a></div>
                        }).collect_view()}
                        <div class="text-muted">
                            {td_string!(l, outages.reach, units = card.reach.units.to_string(), residents = card.reach.residents.to_string()).to_string()}
                        </div>
                    </Fact>
                    {card.facts.note.clone().map(|note| view! {
                        <Fact label=td_string!(l, outages.note)><span class="whitespace-pre-wrap">{note}</span></Fact>
                    })}
                    <Fact label=td_string!(l, outages.created)>
                        {time(card.created_at)} {card.created_by.clone().map(|name| format!(" · {name}"))}
                    </Fact>
                </KeyValues>
            </Card>
            <Card title=td_string!(l, outages.section_words)>
                <KeyValues>{Lang::ALL.map(say).into_iter().collect_view()}</KeyValues>
            </Card>
        }
    }
}

#[component]
fn Joined(row: JoinRow) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let at = row.joined_at;
    let name = row.name.clone().unwrap_or_else(|| "—".to_owned());
    view! {
        <div class="flex flex-wrap items-center gap-x-3 py-2 border-b border-line last:border-b-0">
            <span class="grow min-w-40">
                {match row.contact_id {
                    Some(id) => view! { <a class="link" href=format!("/desk/people/{id}")>{name}</a> }.into_any(),
                    None => name.into_any(),
                }}
                <span class="block text-sm text-muted">{row.address}</span>
            </span>
            {row.phone.map(|phone| view! { <PhoneLink phone=phone /> })}
            <span class="text-sm text-muted">{move || when::moment(l, at, now.get())}</span>
        </div>
    }
}

/// The steps that are possible now; the end offers to finish the requests.
#[component]
fn Actions(id: OutageId, card: Signal<OutageCard>, on_card: Callback<OutageCard>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let steps = Memo::new(move |_| card.with(|card| card.actions.clone()));
    let may_edit = Memo::new(move |_| card.with(|card| card.may_edit));
    let waiting = Memo::new(move |_| card.with(|card| unfinished(card).len()));
    let sending = Sending::new();
    let (finishing, prolonging, cancelling) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let take = Callback::new(move |action: OutageAction| {
        let version = card.with_untracked(|card| card.version);
        sending.send(api::outages::step(id, version, OutageStep { action }), move |fresh| {
            cancelling.set(false);
            let offers = action == OutageAction::End && !unfinished(&fresh).is_empty();
            on_card.run(fresh);
            toasts.success(match action {
                OutageAction::Start => td_string!(l, outages.done_start),
                OutageAction::End => td_string!(l, outages.done_end),
                OutageAction::Cancel => td_string!(l, outages.done_cancel),
            });
            if offers {
                finishing.set(true);
            }
        });
    });
    effect(move || {
        if let Some(failure) = sending.failure.get() {
            toasts.error(i18n::failure::code(l, failure.code), Some(failure.code.to_string()));
        }
    });
    let reload = move |()| {
        spawn_local(async move {
            if let Ok(fresh) = api::outages::get(id).await {
                let _ = on_card.try_run(fresh);
            }
        });
    };
    let manages = use_me().can(Permission::OutagesManage);
    view! {
        {move || (manages && waiting.get() > 0).then(|| view! {
            <Button icon="check-check" on_click=move |_| finishing.set(true)>{td_string!(l, outages.finish)}</Button>
        })}
        {move || may_edit.get().then(|| view! {
            <Button icon="clock" on_click=move |_| prolonging.set(true)>{td_string!(l, outages.prolong)}</Button>
            <Button icon="pencil" href=format!("/desk/outages/{id}/edit")>{td_string!(l, common.edit)}</Button>
        })}
        {move || steps.get().into_iter().rev().map(|action| {
            let kind = if action == OutageAction::Cancel { ButtonKind::Ghost } else { ButtonKind::Primary };
            let icon = match action {
                OutageAction::Start => "play",
                OutageAction::End => "check",
                OutageAction::Cancel => "circle-x",
            };
            view! {
                <Button kind=kind icon=icon on_click=move |_| if action == OutageAction::Cancel { cancelling.set(true) } else { take.run(action) }>
                    {words::action(l, action)}
                </Button>
            }
        }).collect_view()}
        <Confirm open=cancelling title=td_string!(l, outages.action_cancel) text=td_string!(l, outages.cancel_text)
            verb=td_string!(l, outages.action_cancel) busy=sending.busy on_confirm=move |()| take.run(OutageAction::Cancel) />
        <Prolong id=id card=card open=prolonging on_card=on_card />
        <FinishDialog id=id card=card open=finishing on_done=reload />
    }
}

/// Only the end moves; residents hear of it at once.
#[component]
fn Prolong(
    id: OutageId,
    card: Signal<OutageCard>,
    open: RwSignal<bool>,
    on_card: Callback<OutageCard>,
) -> impl IntoView {
    let (l, toasts, now) = (lang(), use_toasts(), use_now());
    let sending = Sending::new();
    let end = RwSignal::new(String::new());
    effect(move || {
        if open.get() {
            end.set(card.with_untracked(|card| card.facts.ends_at).map(local_input).unwrap_or_default());
        }
    });
    let later = move |hours: i64| {
        let from = card.with_untracked(|card| card.facts.ends_at).unwrap_or_default().max(now.get_untracked());
        end.set(local_input(from + TimeDelta::hours(hours)));
    };
    let save = Callback::new(move |()| {
        let ends_at = local_moment(&end.get_untracked());
        if ends_at.is_none() && !end.with_untracked(String::is_empty) {
            return sending.refuse(Failure::invalid(vec![FieldError::new("/ends_at", "out_of_range")]));
        }
        let known = card.get_untracked();
        let facts = OutageFacts { ends_at, ..known.facts };
        sending.send(api::outages::update(id, known.version, facts), move |fresh| {
            open.set(false);
            toasts.success(td_string!(l, outages.saved));
            on_card.run(fresh);
        });
    });
    view! {
        <Dialog open=open title=td_string!(l, outages.prolong_title) footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary icon="check" loading=sending.busy on_click=move |_| save.run(())>{td_string!(l, outages.prolong)}</Button>
        }>
            <div class="stack">
                <Refusal of=sending />
                <div class="row">
                    <Chip text=td_string!(l, outages.prolong_hour) on_click=move |()| later(1) />
                    <Chip text=td_string!(l, outages.prolong_three) on_click=move |()| later(3) />
                </div>
                <Field label=td_string!(l, outages.to) name="prolong" error=sending.error("ends_at") help=td_string!(l, outages.to_help)>
                    <DateInput name="prolong" value=end with_time=true />
                </Field>
            </div>
        </Dialog>
    }
}
