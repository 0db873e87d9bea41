//! A new request on one page, in the order of a call: phone, person, address, problem.
//! A real form: before the page is alive it is posted to `/desk/requests` as it is.

use super::{
    choose::{Caller, Place},
    draft::{Draft, Form, forget, refused},
    problem::{ProblemField, Suggested},
};
use crate::{
    outages::Here,
    upload::{Chosen, upload},
    util::{Failed, category_options, hidden_options, kind_options, lang, priority_options},
};
use i18n::{failure, td_string};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{Failure, FileId, people::ContactCard, property::BuildingChoice};
use ui::prelude::*;
use wasm_bindgen::JsCast;

/// `/desk/requests/new`; the address may bring `contact_id`, `unit_id`, `phone` and everything the form sends.
#[component]
pub fn NewRequestPage() -> impl IntoView {
    let l = lang();
    let params = use_query_map();
    let data = Resource::new(
        // The whole address: another prefill is another form.
        move || params.with(|p| (p.get("contact_id").unwrap_or_default(), p.get("building_id"), p.to_query_string())),
        |(contact, building, _)| async move {
            // Only the form without scripts needs them; the living one searches.
            let chosen = building.and_then(|id| id.parse().ok());
            let buildings = api::property::choices(String::new(), chosen).await?;
            let contact = match contact.parse() {
                Ok(id) => api::people::contact(id).await.ok(),
                Err(_) => None,
            };
            Ok::<_, api::ApiError>((contact, buildings))
        },
    );
    view! {
        <Title text=td_string!(l, desk.new_request) />
        <div class="mx-auto max-w-3xl">
            <PageHeader title=td_string!(l, desk.new_request) back="/desk" />
            <Transition fallback=|| view! { <Skeleton lines=12 /> }>
                {move || data.get().map(|found| match found {
                    Ok((contact, buildings)) => view! { <Sheet contact=contact buildings=buildings /> }.into_any(),
                    Err(error) => view! { <Card><Failed failure=error.0 back="/desk" on_retry=move |()| data.refetch() /></Card> }.into_any(),
                })}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Sheet(contact: Option<ContactCard>, buildings: Vec<BuildingChoice>) -> impl IntoView {
    let (l, toasts, alive) = (lang(), use_toasts(), use_hydrated());
    let query = use_query_map().get_untracked();
    let start = Draft::read(&query);
    let fresh = start == Draft::default() && query.get("error").is_none();
    let sent_before: Vec<FileId> =
        query.get("file_ids").unwrap_or_default().split(',').filter_map(|id| id.trim().parse().ok()).collect();
    let file_ids = sent_before.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let form = Form::new(l, start, contact.as_ref(), refused(&query));
    let restored = form.keep(fresh);
    let hide_restored = RwSignal::new(false);
    let kept = StoredValue::new(sent_before.clone());
    let photos = Chosen::new();
    // Uploaded once; a refused form does not send them again.
    let uploaded = StoredValue::new(None::<Vec<FileId>>);
    let busy = RwSignal::new(false);
    let pick = Callback::new(move |files: Vec<web_sys::File>| {
        photos.set(files);
        uploaded.set_value(None);
    });
    let refuse = move |failure: Failure| {
        form.failure.set(Some(failure));
        request_animation_frame(focus_first_error);
    };
    let navigate = use_navigate();
    let send = Callback::new(move |()| {
        if busy.get_untracked() {
            return;
        }
        let files = photos.get();
        let mut command = match form.command(kept.get_value(), files.len() + kept.with_value(Vec::len)) {
            Ok(command) => command,
            Err(failure) => return refuse(failure),
        };
        busy.set(true);
        form.failure.set(None);
        let navigate = navigate.clone();
        spawn_local(async move {
            let ids = match uploaded.get_value() {
                Some(ids) => Ok(ids),
                None => upload(files).await.map(|saved| saved.iter().map(|file| file.id).collect::<Vec<_>>()),
            };
            let answer = match ids {
                Ok(ids) => {
                    uploaded.set_value(Some(ids.clone()));
                    command.file_ids.extend(ids);
                    api::requests::create(command).await
                }
                Err(error) => Err(error),
            };
            busy.set(false);
            match answer {
                Ok(card) => {
                    forget();
                    toasts.success(td_string!(l, requests.created, number = card.number.to_string()).to_string());
                    navigate(
                        &format!("/desk/requests/{}", card.id),
                        NavigateOptions { replace: true, ..Default::default() },
                    );
                }
                Err(error) => refuse(error.0),
            }
        });
    });
    use_hotkey("ctrl+enter", move |_| send.run(()));
    let problem = move || form.failure.get().map(|f| failure::sentence(l, &f));
    view! {
        <form
            class="stack"
            method="post"
            action="/desk/requests"
            enctype="multipart/form-data"
            novalidate=move || alive.get()
            on:submit=move |ev| {
                ev.prevent_default();
                send.run(());
            }
        >
            {move || (restored.get() && !hide_restored.get()).then(|| view! {
                <Banner tone=Tone::Info text=td_string!(l, requests.draft_restored)>
                    <Button size=ButtonSize::Small icon="rotate-ccw" on_click=move |_| {
                        form.clear();
                        hide_restored.set(true);
                    }>{td_string!(l, requests.start_over)}</Button>
                </Banner>
            })}
            {move || problem().map(|text| view! { <Banner tone=Tone::Danger text=text /> })}
            <Card title=td_string!(l, requests.section_caller)>
                <div class="stack"><Caller form=form /></div>
            </Card>
            <Card title=td_string!(l, requests.section_place)>
                <div class="stack">
                    <Place form=form buildings=buildings />
                    <Here place=form.place caller=move |()| form.caller() on_call=move |()| form.clear() />
                </div>
            </Card>
            <Card title=td_string!(l, requests.section_problem)>
                <div class="stack">
                    <Field label=td_string!(l, requests.category) name="category" group=true required=true error=form.error(l, &["category"])>
                        <div class="sm:[&>.choice-grid]:grid-cols-4">
                            <RadioCards name="category" options=category_options(l) value=form.category />
                        </div>
                    </Field>
                    <ProblemField form=form />
                    <Field label=td_string!(l, requests.description) name="description" error=form.error(l, &["description"])
                        help=td_string!(l, requests.description_help)>
                        <Textarea name="description" value=form.description rows=4 maxlength=4000 placeholder=td_string!(l, requests.description_placeholder) />
                    </Field>
                    <Suggested form=form />
                    <div class="form-grid">
                        <Field label=td_string!(l, requests.kind) name="kind" error=form.error(l, &["kind"])>
                            <Select name="kind" options=kind_options(l) value=form.kind />
                        </Field>
                        <Field label=td_string!(l, requests.priority) name="priority">
                            <Select name="priority" options=priority_options(l) value=form.priority placeholder=td_string!(l, requests.priority_auto) />
                        </Field>
                        <Field label=td_string!(l, requests.seen_by) name="hidden" error=form.error(l, &["hidden"])>
                            <Select name="hidden" options=hidden_options(l) value=form.hidden />
                        </Field>
                    </div>
                    <Field label=td_string!(l, requests.photos) name="photos" group=true optional=true error=form.error(l, &["photos"])>
                        {(!sent_before.is_empty()).then(|| {
                            let photos: Vec<Photo> = sent_before.iter().map(|id| Photo {
                                src: format!("/files/{id}"),
                                thumb: format!("/files/{id}/thumb"),
                                ..Photo::default()
                            }).collect();
                            view! { <PhotoStrip photos=photos /> }
                        })}
                        <input type="hidden" name="file_ids" value=file_ids />
                        <FileDrop camera=false on_change=pick help=td_string!(l, requests.photo_help) />
                    </Field>
                </div>
            </Card>
            <div class="action-bar glass-raised">
                <span class="grow text-sm text-muted max-sm:sr-only">{move || alive.get().then(|| td_string!(l, requests.draft_kept))}</span>
                <Button href="/desk">{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Primary icon="check" submit=true loading=busy class="max-sm:grow">{td_string!(l, requests.create)}</Button>
            </div>
        </form>
    }
}

/// The first wrong control gets the keyboard; a group without one is brought into sight.
fn focus_first_error() {
    let found = |selector: &str| document().query_selector(selector).ok().flatten();
    if let Some(control) = found("main [aria-invalid=\"true\"]").and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = control.focus();
    }
    if let Some(error) = found("main .field-error, main .banner") {
        error.scroll_into_view_with_bool(false);
    }
}
