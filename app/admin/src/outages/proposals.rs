//! What the detector proposes: one click makes the outage, another keeps it quiet.

use super::{requests::RequestLine, resource_icon};
use crate::{
    property::form::{Refusal, Sending, number},
    property::unit_form::Buttons,
    util::{Failed, lang, toast_failure},
};
use api::session::{use_me, use_now};
use i18n::{outages as words, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    Failure, FieldError, Permission,
    outages::{Detector, DetectorRules, ProposalView},
};
use ui::prelude::*;

#[component]
pub(super) fn Proposals(beat: Signal<u64>) -> impl IntoView {
    let l = lang();
    let all = Resource::new(move || beat.get(), |_| api::outages::proposals());
    view! {
        <div class="stack pt-3">
            <Transition fallback=|| view! { <Skeleton lines=8 /> }>
                {move || all.get().map(|answer| match answer {
                    Ok(rows) if rows.is_empty() => view! { <Card><EmptyState text=td_string!(l, outages.empty_proposals) icon="sparkles" /></Card> }.into_any(),
                    Ok(rows) => rows.into_iter().map(|row| view! { <Proposal row=row on_change=move |()| all.refetch() /> }).collect_view().into_any(),
                    Err(error) => view! { <Failed failure=error.0 back="/desk/outages" on_retry=move |()| all.refetch() /> }.into_any(),
                })}
            </Transition>
            <Rules />
        </div>
    }
}

#[component]
fn Proposal(row: ProposalView, #[prop(into)] on_change: Callback<()>) -> impl IntoView {
    let (l, now, toasts) = (lang(), use_now(), use_toasts());
    let busy = RwSignal::new(false);
    let navigate = use_navigate();
    let id = row.id;
    let accept = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            match api::outages::accept(id).await {
                Ok(card) => {
                    toasts.success(td_string!(l, outages.accepted));
                    navigate(&format!("/desk/outages/{}", card.id), NavigateOptions::default());
                }
                Err(error) => {
                    busy.set(false);
                    toast_failure(toasts, l, &error);
                    let _ = on_change.try_run(());
                }
            }
        });
    };
    let dismiss = move |_| {
        spawn_local(async move {
            match api::outages::dismiss(id).await {
                Ok(()) => toasts.success(td_string!(l, outages.dismissed)),
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = on_change.try_run(());
        });
    };
    let (first, last, n) = (row.first_at, row.last_at, row.requests.len());
    view! {
        <Card title=td_string!(l, outages.proposal)>
            <div class="stack gap-3">
                <p class="m-0 text-base font-semibold">
                    <Icon name=resource_icon(row.resource) class="mr-1.5 text-muted" />
                    {words::resource(l, row.resource)} " · " {words::places(l, &row.places, 4)}
                </p>
                <p class="m-0 text-muted">
                    {move || td_string!(l, outages.proposal_text, n = n.to_string(), from = when::moment(l, first, now.get()), to = when::moment(l, last, now.get())).to_string()}
                </p>
                <div>{row.requests.into_iter().map(|request| view! { <RequestLine request=request /> }).collect_view()}</div>
                <div class="row">
                    <Button kind=ButtonKind::Primary icon="check" loading=busy on_click=accept>{td_string!(l, outages.accept)}</Button>
                    <Button icon="bell-off" on_click=dismiss>{td_string!(l, outages.dismiss)}</Button>
                </div>
            </div>
        </Card>
    }
}

/// How many callers make a proposal; changed by whoever manages settings.
#[component]
fn Rules() -> impl IntoView {
    let l = lang();
    let manages = use_me().can(Permission::SettingsManage);
    let known = Resource::new(|| (), |()| api::outages::detector());
    let open = RwSignal::new(false);
    view! {
        <Card title=td_string!(l, outages.rules) actions=move || manages.then(|| view! {
            <Button size=ButtonSize::Small icon="pencil" on_click=move |_| open.set(true)>{td_string!(l, common.edit)}</Button>
        })>
            <p class="m-0 mb-3 text-muted">{td_string!(l, outages.rules_text)}</p>
            <Transition fallback=|| view! { <Skeleton lines=3 /> }>
                {move || known.get().and_then(Result::ok).map(|detector| {
                    let rules = detector.rules;
                    view! {
                        <KeyValues>
                            <Fact label=td_string!(l, outages.rules_minutes)>{rules.minutes}</Fact>
                            <Fact label=td_string!(l, outages.rules_riser)>{rules.riser}</Fact>
                            <Fact label=td_string!(l, outages.rules_entrance)>{rules.entrance}</Fact>
                            <Fact label=td_string!(l, outages.rules_house)>{rules.house}</Fact>
                            <Fact label=td_string!(l, outages.rules_quiet)>{rules.quiet_hours}</Fact>
                        </KeyValues>
                    }
                })}
            </Transition>
            <Dialog open=open title=td_string!(l, outages.rules)>
                {move || known.get().and_then(Result::ok).map(|detector| view! {
                    <RulesForm detector=detector open=open on_done=move |()| known.refetch() />
                })}
            </Dialog>
        </Card>
    }
}

#[component]
fn RulesForm(detector: Detector, open: RwSignal<bool>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let field = |n: i16| RwSignal::new(n.to_string());
    let rules = detector.rules;
    let (minutes, riser, entrance, house, quiet) =
        (field(rules.minutes), field(rules.riser), field(rules.entrance), field(rules.house), field(rules.quiet_hours));
    let save = Callback::new(move |()| {
        let mut wrong = Vec::new();
        let mut read = |signal, name: &str| {
            let value = number::<i16>(signal, name, &mut wrong);
            if value.is_none() && wrong.iter().all(|w: &FieldError| w.pointer != format!("/{name}")) {
                wrong.push(FieldError::new(format!("/{name}"), "required"));
            }
            value.unwrap_or_default()
        };
        let rules = DetectorRules {
            minutes: read(minutes, "minutes"),
            riser: read(riser, "riser"),
            entrance: read(entrance, "entrance"),
            house: read(house, "house"),
            quiet_hours: read(quiet, "quiet_hours"),
        };
        if !wrong.is_empty() {
            return sending.refuse(Failure::invalid(wrong));
        }
        sending.send(api::outages::save_detector(detector.version, rules), move |_| {
            toasts.success(td_string!(l, settings.saved));
            open.set(false);
            on_done.run(());
        });
    });
    let input = move |name: &'static str, label: &'static str, value| {
        view! {
            <Field label=label name=name error=sending.error(name)>
                <Input name=name value=value inputmode="numeric" autocomplete="off" />
            </Field>
        }
    };
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
            <Refusal of=sending />
            <p class="m-0 text-muted">{td_string!(l, outages.rules_text)}</p>
            <div class="form-grid">
                {input("minutes", td_string!(l, outages.rules_minutes), minutes)}
                {input("riser", td_string!(l, outages.rules_riser), riser)}
                {input("entrance", td_string!(l, outages.rules_entrance), entrance)}
                {input("house", td_string!(l, outages.rules_house), house)}
                {input("quiet_hours", td_string!(l, outages.rules_quiet), quiet)}
            </div>
            <Buttons sending=sending open=open />
        </form>
    }
}
