//! `/desk/routes/:id` and `/desk/routes/new`: the points of a route, in order.

use crate::{
    plans::{Spot, SpotPicker},
    property::form::{Refusal, Sending},
    util::{Failed, category_options, lang},
};
use i18n::{failure, td_string, work_words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};
use model::{
    Code, Failure,
    plans::PlanPlace,
    requests::Category,
    rounds::{Answer, RouteCard, RouteFacts, RoutePoint},
};
use ui::prelude::*;

/// `/desk/routes/new`.
#[component]
pub fn NewRoutePage() -> impl IntoView {
    view! { <RouteForm /> }.into_any()
}

/// `/desk/routes/:id`.
#[component]
pub fn RoutePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).unwrap_or_default());
    let found = Resource::new(
        move || id.get(),
        |id| async move {
            // A company has a handful of routes: the list is the road to one.
            let all = api::rounds::routes().await?;
            all.into_iter().find(|route| route.id.to_string() == id).ok_or_else(|| api::ApiError::from(Code::NotFound))
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=12 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(card) => view! { <RouteForm known=card /> }.into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/rounds" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
        </Transition>
    }
    .into_any()
}

/// One point being written.
#[derive(Clone)]
struct Draft {
    key: usize,
    spot: Spot,
    place: RwSignal<String>,
    question: RwSignal<String>,
    answer: RwSignal<String>,
    unit: RwSignal<String>,
    photo: RwSignal<bool>,
    category: RwSignal<String>,
}

impl Draft {
    fn new(key: usize, spot: Spot, point: Option<&RoutePoint>) -> Self {
        let text = |value: Option<String>| RwSignal::new(value.unwrap_or_default());
        Self {
            key,
            spot,
            place: text(point.map(|p| p.place.clone())),
            question: text(point.map(|p| p.question.clone())),
            answer: RwSignal::new(point.map_or(Answer::YesNo, |p| p.answer).to_string()),
            unit: text(point.and_then(|p| p.unit.clone())),
            photo: RwSignal::new(point.is_some_and(|p| p.photo_required)),
            category: RwSignal::new(point.map_or(Category::Other, |p| p.category).to_string()),
        }
    }

    fn read(&self) -> RoutePoint {
        let answer = self.answer.get_untracked().parse().unwrap_or(Answer::YesNo);
        RoutePoint {
            building_id: self.spot.place.building_id,
            entrance_id: self.spot.place.entrance_id,
            place: self.place.get_untracked(),
            question: self.question.get_untracked(),
            answer,
            unit: Some(self.unit.get_untracked()).filter(|unit| answer == Answer::Value && !unit.trim().is_empty()),
            photo_required: self.photo.get_untracked(),
            category: self.category.get_untracked().parse().unwrap_or(Category::Other),
        }
    }
}

#[component]
fn RouteForm(#[prop(optional)] known: Option<RouteCard>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let (asks, archiving) = (RwSignal::new(false), Sending::new());
    let id = known.as_ref().map(|card| card.id);
    let version = RwSignal::new(known.as_ref().map_or(0, |card| card.version));
    let name = RwSignal::new(known.as_ref().map(|card| card.facts.name.clone()).unwrap_or_default());
    let drafts: Vec<Draft> = known
        .iter()
        .flat_map(|card| {
            card.facts.points.iter().zip(&card.addresses).enumerate().map(|(key, (point, address))| {
                let place = PlanPlace { building_id: point.building_id, entrance_id: point.entrance_id };
                Draft::new(key, Spot { place, name: address.clone() }, Some(point))
            })
        })
        .collect();
    let next = StoredValue::new(drafts.len());
    let points = RwSignal::new(drafts);
    let chosen = RwSignal::new(None::<Spot>);
    let navigate = use_navigate();
    let away = navigate.clone();
    let add = move |_| {
        // The house stays chosen: a walk through it has more than one stop.
        let Some(spot) = chosen.get_untracked() else { return };
        let key = next.get_value();
        next.set_value(key + 1);
        points.update(|points| points.push(Draft::new(key, spot, None)));
    };
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let facts = RouteFacts {
            name: name.get_untracked(),
            points: points.with_untracked(|points| points.iter().map(Draft::read).collect()),
        };
        let navigate = navigate.clone();
        let call = async move {
            match id {
                Some(id) => api::rounds::update_route(id, version.get_untracked(), facts).await,
                None => api::rounds::create_route(facts).await,
            }
        };
        sending.send(call, move |card| {
            version.set(card.version);
            toasts.success(td_string!(l, plans.saved));
            if id.is_none() {
                let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
                navigate(&format!("/desk/routes/{}", card.id), options);
            }
        });
    };
    let archive = Callback::new(move |()| {
        let (Some(id), away) = (id, away.clone()) else { return };
        archiving.send(api::rounds::archive_route(id, version.get_untracked()), move |()| {
            away("/desk/rounds", NavigateOptions::default());
        });
    });
    let title = if id.is_some() { td_string!(l, plans.edit_route) } else { td_string!(l, plans.new_route) };
    view! {
        <Title text=title />
        <PageHeader title=title back="/desk/rounds" actions=move || id.is_some().then(|| view! {
            <Button kind=ButtonKind::Danger icon="x" on_click=move |_| { archiving.failure.set(None); asks.set(true); }>{td_string!(l, plans.archive_route)}</Button>
        }) />
        <form class="stack max-w-4xl" on:submit=submit novalidate>
            <Refusal of=sending />
            <Card>
                <Field label=td_string!(l, plans.name) name="route-name" required=true error=sending.error("name")>
                    <Input name="route-name" value=name maxlength=200 autocomplete="off" />
                </Field>
            </Card>
            <For each=move || points.get() key=|draft| draft.key let:draft>
                <Point draft=draft points=points failure=sending.failure />
            </For>
            <Card title=td_string!(l, plans.add_point)>
                <div class="stack">
                    <SpotPicker chosen=chosen />
                    <div class="row">
                        <Button icon="plus" disabled=Signal::derive(move || chosen.with(Option::is_none)) on_click=add>{td_string!(l, plans.add_point)}</Button>
                        {move || sending.error("points").get().map(|text| view! { <span class="field-error">{text}</span> })}
                    </div>
                </div>
            </Card>
            <div class="row justify-end">
                <Button kind=ButtonKind::Primary submit=true loading=sending.busy>{td_string!(l, common.save)}</Button>
            </div>
        </form>
        <Dialog open=asks title=td_string!(l, plans.archive_route) footer=move || view! {
            <Button on_click=move |_| asks.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Danger loading=archiving.busy on_click=move |_| archive.run(())>{td_string!(l, plans.archive_route)}</Button>
        }>
            <Refusal of=archiving />
            <p class="m-0">{td_string!(l, plans.archive_text)}</p>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Point(draft: Draft, points: RwSignal<Vec<Draft>>, failure: RwSignal<Option<Failure>>) -> impl IntoView {
    let l = lang();
    let key = draft.key;
    let name = move |part: &str| format!("{part}-{key}");
    let at = Memo::new(move |_| points.with(|points| points.iter().position(|other| other.key == key).unwrap_or(0)));
    // The server names a point by its place in the route.
    let wrong = move |field: &'static str| {
        Signal::derive(move || {
            let pointer = format!("/points/{}/{field}", at.get());
            failure.with(|f| f.as_ref()?.fields.iter().find(|f| f.pointer == pointer).map(|f| failure::field(l, f)))
        })
    };
    let up = move |_| {
        points.update(|points| {
            if let Some(i) = points.iter().position(|other| other.key == key).filter(|i| *i > 0) {
                points.swap(i, i - 1);
            }
        });
    };
    let answers = vec![
        Opt::new(Answer::YesNo.as_str(), td_string!(l, plans.answer_yes_no)),
        Opt::new(Answer::Value.as_str(), td_string!(l, plans.answer_value)),
    ];
    let valued = Memo::new(move |_| draft.answer.with(|answer| answer == Answer::Value.as_str()));
    let address = work_words::place(l, &draft.spot.name);
    view! {
        <Card title=Signal::derive(move || format!("{}. {address}", at.get() + 1)) actions=move || view! {
            <IconButton icon="arrow-up" size=ButtonSize::Small label=td_string!(l, plans.up) disabled=Signal::derive(move || at.get() == 0) on_click=up />
            <IconButton icon="trash-2" size=ButtonSize::Small label=td_string!(l, plans.remove_point)
                on_click=move |_| points.update(|points| points.retain(|other| other.key != key)) />
        }>
            <div class="stack gap-3">
                <div class="grid gap-3 sm:grid-cols-[1fr_2fr]">
                    <Field label=td_string!(l, plans.place) name=name("place") error=wrong("place")>
                        <Input name=name("place") value=draft.place maxlength=200 placeholder=td_string!(l, plans.place_placeholder) />
                    </Field>
                    <Field label=td_string!(l, plans.question) name=name("question") error=wrong("question") required=true>
                        <Input name=name("question") value=draft.question maxlength=300 placeholder=td_string!(l, plans.question_placeholder) />
                    </Field>
                </div>
                <div class="grid gap-3 sm:grid-cols-3">
                    <Field label=td_string!(l, plans.answer) name=name("answer")>
                        <Select name=name("answer") options=answers value=draft.answer />
                    </Field>
                    {move || valued.get().then(|| view! {
                        <Field label=td_string!(l, plans.value_unit) name=name("unit")>
                            <Input name=name("unit") value=draft.unit maxlength=20 placeholder=td_string!(l, plans.value_unit_placeholder) />
                        </Field>
                    })}
                    <Field label=td_string!(l, plans.category) name=name("category")>
                        <Select name=name("category") options=category_options(l) value=draft.category />
                    </Field>
                </div>
                <Checkbox name=name("photo") label=td_string!(l, plans.photo_required) checked=draft.photo />
            </div>
        </Card>
    }
}
