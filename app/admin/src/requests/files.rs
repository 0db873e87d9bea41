//! Photos of a request: a strip with a viewer, adding more, hiding parts.

use super::{page::Open, redact::RedactPhotoDialog};
use crate::{
    upload::{Chosen, upload},
    util::{lang, toast_failure},
};
use i18n::{td_string, when};
use leptos::{prelude::*, task::spawn_local};
use model::requests::{FileView, Moment};
use ui::prelude::*;

fn photos(l: i18n::Locale, files: &[FileView], moment: Moment) -> Vec<Photo> {
    files
        .iter()
        .filter(|file| file.moment == moment)
        .enumerate()
        .map(|(n, file)| Photo {
            src: file.url(),
            thumb: file.thumb_url(),
            alt: td_string!(l, requests.photo_n, n = (n + 1).to_string()).to_string(),
            caption: when::full(l, file.created_at),
        })
        .collect()
}

#[component]
pub(super) fn Files(open: Open) -> impl IntoView {
    let l = lang();
    let files = open.part(|card| card.files.clone());
    let of = move |moment: Moment| Signal::derive(move || files.with(|files| photos(l, files, moment)));
    let (before, after) = (of(Moment::Before), of(Moment::After));
    let adding = RwSignal::new(false);
    let redacting = RwSignal::new(None::<FileView>);
    let may_redact = open.card.with_untracked(|card| card.together.may_arrange);
    let tool = may_redact.then(|| PhotoTool {
        icon: "eye-off",
        label: td_string!(l, requests.redact),
        run: Callback::new(move |photo: Photo| {
            redacting.set(files.with_untracked(|all| all.iter().find(|file| file.url() == photo.src).cloned()));
        }),
    });
    let strip = move |title: &'static str, photos: Signal<Vec<Photo>>| {
        move || {
            photos.with(|all| !all.is_empty()).then(|| {
                view! {
                    <div class="grid gap-1.5">
                        <div class="text-xs text-muted">{title}</div>
                        <PhotoStrip photos=photos tool=tool />
                    </div>
                }
            })
        }
    };
    view! {
        <Card title=td_string!(l, requests.photos) actions=move || view! {
            <Button kind=ButtonKind::Ghost size=ButtonSize::Small icon="image-plus" on_click=move |_| adding.set(true)>
                {td_string!(l, requests.add_photos)}
            </Button>
        }>
            <div class="stack">
                {strip(td_string!(l, requests.photos_before), before)}
                {strip(td_string!(l, requests.photos_after), after)}
                {move || files.with(Vec::is_empty).then(|| view! { <p class="m-0 text-muted">{td_string!(l, requests.no_photos)}</p> })}
            </div>
        </Card>
        <AddPhotos open=open shown=adding />
        {may_redact.then(|| view! { <RedactPhotoDialog open=open photo=redacting /> })}
    }
}

#[component]
fn AddPhotos(open: Open, shown: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let chosen = Chosen::new();
    let any = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let moment = RwSignal::new(Moment::Before.to_string());
    let pick = Callback::new(move |files: Vec<web_sys::File>| {
        any.set(!files.is_empty());
        chosen.set(files);
    });
    let send = move |_| {
        busy.set(true);
        let (files, moment) = (chosen.get(), moment.get_untracked().parse().unwrap_or(Moment::Before));
        spawn_local(async move {
            let answer = match upload(files).await {
                Ok(saved) => api::requests::add_files(open.id, saved.iter().map(|f| f.id).collect(), moment).await,
                Err(error) => Err(error),
            };
            busy.set(false);
            match answer {
                Ok(card) => {
                    open.take(card);
                    any.set(false);
                    shown.set(false);
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    let moments = StoredValue::new(vec![
        Opt::new(Moment::Before.as_str(), td_string!(l, requests.photos_before)),
        Opt::new(Moment::After.as_str(), td_string!(l, requests.photos_after)),
    ]);
    view! {
        <Dialog
            open=shown
            title=td_string!(l, requests.add_photos)
            footer=move || view! {
                <Button on_click=move |_| shown.set(false)>{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Primary loading=busy disabled=Signal::derive(move || !any.get()) on_click=send>
                    {td_string!(l, common.add)}
                </Button>
            }
        >
            <Field label=td_string!(l, requests.photo_moment) name="photo-moment" group=true>
                <RadioCards name="photo-moment" options=moments.get_value() value=moment />
            </Field>
            <FileDrop name="add-photos" on_change=pick help=td_string!(l, requests.photo_help) />
        </Dialog>
    }
}
