//! A round on foot: point after point, good or failed with words and a photo.

use api::{ApiError, ApiResult};
use i18n::{failure, td_string, work_words};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{
    Code, RoundId,
    rounds::{Answer as Asked, MarkPoint, PointResult, RoundCard, RoundPoint, RoundState},
};
use parts::{Answer, DOCK, PhotoField, TALL, Uploads, locale, map_href};
use ui::prelude::*;

type Source = Resource<ApiResult<RoundCard>>;

/// `/work/rounds/:id`.
#[component]
pub fn RoundPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").and_then(|id| id.parse::<RoundId>().ok())));
    let card = Resource::new_blocking(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::rounds::get(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    view! {
        <Title text=td_string!(locale(), plans.round) />
        <Answer from=card lines=10 let:shown>
            <Walk card=shown from=card />
        </Answer>
    }
    .into_any()
}

#[component]
fn Walk(card: Signal<RoundCard>, from: Source) -> impl IntoView {
    let (l, toasts) = (locale(), use_toasts());
    let round = Memo::new(move |_| card.with(|card| card.round.clone()));
    let points = Memo::new(move |_| card.with(|card| card.points.clone()));
    let may = Memo::new(move |_| card.with(|card| card.may_walk));
    let busy = RwSignal::new(false);
    let marking = RwSignal::new(None::<RoundPoint>);
    let open = RwSignal::new(false);
    let left = Memo::new(move |_| round.with(|round| round.points - round.marked));
    let finish = move |_| {
        busy.set(true);
        spawn_local(async move {
            match api::rounds::finish(round.with_untracked(|round| round.id)).await {
                Ok(card) => {
                    from.set(Some(Ok(card)));
                    toasts.success(td_string!(l, plans.finished_toast));
                }
                Err(ApiError(refused)) => {
                    let field = refused.fields.first().map(|field| failure::field(l, field));
                    toasts.error(field.unwrap_or_else(|| failure::code(l, refused.code).to_owned()), refused.trace_id);
                    from.refetch();
                }
            }
            busy.set(false);
        });
    };
    view! {
        <div class=TALL>
            <section class="panel p-4 grid gap-2">
                <h2 class="m-0 text-3xl [overflow-wrap:anywhere]">{move || round.with(|round| round.name.clone())}</h2>
                <p class="m-0 text-muted">{move || round.with(|round| format!("{} · {}", work_words::day(l, round.due_on), work_words::round_state(l, round.state)))}</p>
                <p class="m-0 flex flex-wrap gap-2 items-center">
                    <span class="font-semibold">
                        {move || round.with(|round| td_string!(l, plans.progress, marked = round.marked.to_string(), all = round.points.to_string()).to_string())}
                    </span>
                    {move || round.with(|round| round.failed > 0).then(|| {
                        let n = round.with(|round| round.failed.to_string());
                        view! { <Pill text=td_string!(l, plans.failed_n, n = n).to_string() tone=Tone::Danger icon="alert-triangle" /> }
                    })}
                </p>
            </section>
            <For each=move || points.get() key=|point| (point.id, point.marked_at, point.file_id) let:point>
                <Point point=point may=may from=from start=move |point| { marking.set(Some(point)); open.set(true); } />
            </For>
            <div class=DOCK>
                {move || match (may.get(), left.get()) {
                    (true, 0) => view! {
                        <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="check-check" loading=busy on_click=finish>{td_string!(l, plans.finish_round)}</Button>
                    }
                    .into_any(),
                    (true, n) => {
                        let text = td_string!(l, plans.field_unmarked, limit = n.to_string()).to_string();
                        view! { <p class="m-0 grow text-center text-muted">{text}</p> }.into_any()
                    }
                    (false, _) => {
                        let over = round.with(|round| round.state == RoundState::Cancelled);
                        let text = if over { td_string!(l, plans.round_cancelled) } else { td_string!(l, plans.round_over) };
                        view! { <p class="m-0 grow text-center text-muted">{text}</p> }.into_any()
                    }
                }}
            </div>
        </div>
        <MarkSheet open=open point=marking from=from />
    }
    .into_any()
}

/// One stop: where, the question, and two big buttons.
#[component]
fn Point(point: RoundPoint, may: Memo<bool>, from: Source, #[prop(into)] start: Callback<RoundPoint>) -> impl IntoView {
    let (l, toasts) = (locale(), use_toasts());
    let busy = RwSignal::new(false);
    let place = work_words::place(l, &point.at);
    let map = map_href(None, &point.at.address);
    let asks_more = point.answer == Asked::Value || (point.photo_required && point.file_id.is_none());
    let id = point.id;
    let kept = StoredValue::new(point.clone());
    let good = move |_| {
        if asks_more {
            start.run(RoundPoint { result: Some(PointResult::Good), ..kept.get_value() });
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let command = MarkPoint { result: PointResult::Good, value: None, note: None, file_id: None };
            match api::rounds::mark(id, command).await {
                Ok(card) => from.set(Some(Ok(card))),
                Err(error) => toasts.error(failure::code(l, error.code()), error.0.trace_id),
            }
            busy.set(false);
        });
    };
    let failed = move |_| start.run(RoundPoint { result: Some(PointResult::Failed), ..kept.get_value() });
    let mark = point.result.map(|result| {
        let (text, tone, icon) = match result {
            PointResult::Good => (td_string!(l, plans.good), Tone::Success, "circle-check"),
            PointResult::Failed => (td_string!(l, plans.failed), Tone::Danger, "circle-x"),
        };
        view! { <Pill text=text tone=tone icon=icon /> }
    });
    let value = point.value.as_ref().map(|value| format!("{value} {}", point.unit.clone().unwrap_or_default()));
    view! {
        <section class="panel p-4 grid gap-2">
            <div class="flex flex-wrap gap-2 items-center justify-between">
                <a class="link text-sm" href=map target="_blank" rel="noopener"><Icon name="map-pin" size=IconSize::Small /> " " {place}</a>
                {mark}
            </div>
            <h3 class="m-0 text-lg [overflow-wrap:anywhere]">
                {(!point.place.is_empty()).then(|| format!("{} · ", point.place))} {point.question.clone()}
            </h3>
            {point.photo_required.then(|| view! { <p class="m-0 flex gap-1.5 items-center text-sm text-muted"><Icon name="camera" />{td_string!(l, plans.photo_required)}</p> })}
            {value.map(|value| view! { <p class="m-0 num font-semibold">{value}</p> })}
            {point.note.clone().map(|note| view! { <p class="m-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{note}</p> })}
            {point.file_id.map(|file| view! {
                <img src=format!("/files/{file}/thumb") alt=td_string!(l, plans.photo) loading="lazy" class="w-40 rounded-lg border border-line" />
            })}
            {point.request_number.map(|n| view! {
                <p class="m-0 flex gap-1.5 items-center text-sm text-muted"><Icon name="inbox" />{td_string!(l, plans.became, n = n.to_string()).to_string()}</p>
            })}
            <Show when=move || may.get()>
                <div class="grid grid-cols-2 gap-2">
                    <Button icon="check" class="min-h-12" loading=busy on_click=good>{td_string!(l, plans.good)}</Button>
                    <Button icon="x" class="min-h-12" kind=ButtonKind::Danger on_click=failed>{td_string!(l, plans.failed)}</Button>
                </div>
            </Show>
        </section>
    }
}

/// The value, the words and the photo of a point; its `result` says which button was pressed.
#[component]
fn MarkSheet(open: RwSignal<bool>, point: RwSignal<Option<RoundPoint>>, from: Source) -> impl IntoView {
    let l = locale();
    let (value, note) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let uploads = Uploads::default();
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<ApiError>);
    effect(move || {
        if !open.get() {
            uploads.clear();
            return;
        }
        fault.set(None);
        point.with_untracked(|point| {
            let text = |pick: fn(&RoundPoint) -> Option<String>| point.as_ref().and_then(pick).unwrap_or_default();
            value.set(text(|p| p.value.clone()));
            note.set(text(|p| p.note.clone()));
        });
    });
    let part = move |pick: fn(&RoundPoint) -> bool| Memo::new(move |_| point.with(|p| p.as_ref().is_some_and(pick)));
    let (failed, valued) = (part(|p| p.result == Some(PointResult::Failed)), part(|p| p.answer == Asked::Value));
    let needs_photo = part(|p| p.photo_required && p.file_id.is_none());
    let title = Signal::derive(move || {
        if failed.get() { td_string!(l, plans.failed) } else { td_string!(l, plans.good) }.to_owned()
    });
    let ready = Signal::derive(move || {
        (!failed.get() || note.with(|text| !text.trim().is_empty()))
            && (!valued.get() || value.with(|text| !text.trim().is_empty()))
            && (!needs_photo.get() || !uploads.is_empty())
            && !uploads.busy()
            && !uploads.failed()
    });
    let send = move |_| {
        let Some(point) = point.get_untracked().filter(|_| !busy.get_untracked()) else { return };
        let text = |signal: RwSignal<String>| Some(signal.get_untracked()).filter(|text| !text.trim().is_empty());
        let command = MarkPoint {
            result: point.result.unwrap_or(PointResult::Good),
            value: text(value),
            note: text(note),
            file_id: untrack(move || uploads.ids()).first().copied(),
        };
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            match api::rounds::mark(point.id, command).await {
                Ok(card) => {
                    open.set(false);
                    from.set(Some(Ok(card)));
                }
                Err(error) => fault.set(Some(error)),
            }
            busy.set(false);
        });
    };
    let verb = move || if failed.get() { td_string!(l, plans.save_failed) } else { td_string!(l, plans.save_mark) };
    view! {
        <Dialog open=open title=title footer=move || view! {
            <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="check" loading=busy
                disabled=Signal::derive(move || !ready.get()) on_click=send>{verb}</Button>
        }>
            <p class="m-0 font-semibold">{move || point.with(|p| p.as_ref().map(|p| p.question.clone()))}</p>
            {move || valued.get().then(|| {
                let unit = point.with(|p| p.as_ref().and_then(|p| p.unit.clone()));
                let label = match unit { Some(unit) => format!("{}, {unit}", td_string!(l, plans.value)), None => td_string!(l, plans.value).to_owned() };
                view! { <Field label=label name="point-value"><Input name="point-value" value=value inputmode="decimal" maxlength=100 autocomplete="off" /></Field> }
            })}
            {move || failed.get().then(|| view! {
                <Field label=td_string!(l, plans.note) name="point-note">
                    <Textarea name="point-note" value=note maxlength=1000 rows=2 placeholder=td_string!(l, plans.note_placeholder) />
                </Field>
            })}
            <Field label=td_string!(l, plans.photo) name="photos" group=true>
                <PhotoField uploads=uploads max=1 />
            </Field>
            {move || fault.get().map(|error| {
                let field = error.0.fields.first().map(|field| failure::field(l, field));
                view! { <Banner tone=Tone::Danger text=field.unwrap_or_else(|| failure::sentence(l, &error.0)) /> }
            })}
        </Dialog>
    }
}
