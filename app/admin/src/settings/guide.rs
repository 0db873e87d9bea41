//! The guide of a company's first day: five steps, computed from what is there, and sample data to try things on.

use crate::util::{Failed, lang, toast_failure};
use api::session::use_live;
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use model::settings::Guide as State;
use ui::prelude::*;

/// `/desk/settings/start`: what is left to do; the side bar leads here until everything is done or it is sent away.
#[component]
pub fn StartPage() -> impl IntoView {
    let l = lang();
    let beat: Signal<u64> = use_debounced(use_live().version(), 2000);
    let found = Resource::new(move || beat.get(), |_| api::settings::guide());
    view! {
        <Title text=td_string!(l, settings.guide_title) />
        <h1 class="sr-only">{td_string!(l, settings.guide_title)}</h1>
        <Transition fallback=|| view! { <Skeleton lines=6 /> }>
            {move || found.get().map(|answer| match answer {
                Err(error) => view! { <Failed failure=error.0 back="/desk" /> }.into_any(),
                Ok(state) if state.is_wanted() => view! { <Steps state=state found=found /> }.into_any(),
                Ok(_) => view! {
                    <EmptyState text=td_string!(l, settings.guide_finished) icon="circle-check">
                        <Button href="/desk">{td_string!(l, common.requests)}</Button>
                    </EmptyState>
                }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Steps(state: State, found: Resource<api::ApiResult<State>>) -> impl IntoView {
    let (l, toasts, live) = (lang(), use_toasts(), use_live());
    let busy = RwSignal::new(false);
    let done = state.steps().into_iter().filter(|step| *step).count();
    let all = state.steps().len();
    let steps = [
        (state.profile, td_string!(l, settings.guide_profile), "/desk/settings"),
        (state.building, td_string!(l, settings.guide_building), "/desk/buildings/new"),
        (state.people, td_string!(l, settings.guide_people), "/desk/people/new"),
        (state.staff, td_string!(l, settings.guide_staff), "/desk/staff?invite=1"),
        (state.request, td_string!(l, settings.guide_request), "/desk/requests/new"),
    ];
    let next = steps.iter().position(|(done, ..)| !done);
    let hide = move |_| {
        spawn_local(async move {
            if let Err(error) = api::settings::dismiss_guide(true).await {
                toast_failure(toasts, l, &error);
            }
            found.refetch();
        });
    };
    let loaded = state.sample;
    // Who has a house of their own needs no sample any more.
    let offers_sample = loaded || !state.building;
    let sample = move |_| {
        busy.set(true);
        spawn_local(async move {
            let answer = if loaded { api::settings::remove_sample().await } else { api::settings::load_sample().await };
            match answer {
                Ok(()) if loaded => toasts.success(td_string!(l, settings.sample_removed)),
                Ok(()) => toasts.success(td_string!(l, settings.sample_loaded)),
                Err(error) => toast_failure(toasts, l, &error),
            }
            busy.set(false);
            found.refetch();
            // The list below follows.
            live.poll();
        });
    };
    view! {
        <Card class="mb-3" title=td_string!(l, settings.guide_title) actions=move || view! {
            <span class="text-muted text-sm">{td_string!(l, settings.guide_progress, done = done.to_string(), all = all.to_string()).to_string()}</span>
            <Button kind=ButtonKind::Ghost size=ButtonSize::Small icon="x" on_click=hide>{td_string!(l, settings.guide_hide)}</Button>
        }>
            <ol class="m-0 grid list-none gap-1 p-0 lg:grid-cols-5 lg:gap-3">
                {steps.into_iter().enumerate().map(|(n, (done, text, href))| view! {
                    <li>
                        <a class="flex min-h-11 items-center gap-2 rounded-field px-2 py-1.5 hover:bg-base-200" href=href
                            aria-current=(next == Some(n)).then_some("step")>
                            {if done {
                                view! { <Icon name="circle-check" class="text-success" label=td_string!(l, settings.guide_done) /> }.into_any()
                            } else {
                                view! { <Icon name="circle" class="text-muted" /> }.into_any()
                            }}
                            <span class=if done { "text-muted" } else if next == Some(n) { "font-semibold" } else { "" }>{text}</span>
                        </a>
                    </li>
                }).collect_view()}
            </ol>
            {offers_sample.then(|| view! {
                <div class="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line pt-3">
                    <Button icon=if loaded { "trash-2" } else { "play" } loading=busy on_click=sample>
                        {if loaded { td_string!(l, settings.sample_remove) } else { td_string!(l, settings.sample_load) }}
                    </Button>
                    <span class="text-muted text-sm">{td_string!(l, settings.sample_text)}</span>
                </div>
            })}
        </Card>
    }
}

/// Calls the guide back, from the settings.
#[component]
pub(super) fn Recall() -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let busy = RwSignal::new(false);
    let navigate = leptos_router::hooks::use_navigate();
    let show = Callback::new(move |()| navigate("/desk/settings/start", leptos_router::NavigateOptions::default()));
    view! {
        <Button icon="list" loading=busy on_click=move |_| {
            busy.set(true);
            spawn_local(async move {
                match api::settings::dismiss_guide(false).await {
                    Ok(()) => {
                        let _ = show.try_run(());
                    }
                    Err(error) => toast_failure(toasts, l, &error),
                }
                busy.set(false);
            });
        }>{td_string!(l, settings.guide_show)}</Button>
    }
}
