//! Photos: as pictures on the page, and as uploads that run while the person goes on.

use i18n::{Locale, failure, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code, Failure, FileId,
    requests::{FileView, Moment},
};
use send_wrapper::SendWrapper;
use ui::prelude::*;
pub use web_sys::File;
use web_sys::wasm_bindgen::JsCast;
use web_sys::{Event, EventInit, HtmlInputElement};

/// Stored files as pictures of a strip or viewer.
pub fn photos(l: Locale, files: &[FileView]) -> Vec<Photo> {
    files
        .iter()
        .map(|file| {
            let moment = match file.moment {
                Moment::Before => td_string!(l, common.photo_before),
                Moment::After => td_string!(l, common.photo_after),
            };
            let at = when::full(l, file.created_at);
            Photo {
                src: file.url(),
                thumb: file.thumb_url(),
                alt: format!("{moment}, {at}"),
                caption: format!("{moment} · {at}"),
            }
        })
        .collect()
}

#[derive(Clone)]
struct Item {
    key: u32,
    file: SendWrapper<File>,
    percent: u32,
    outcome: Option<Result<FileId, Failure>>,
}

/// Chosen photos and how far each is sent. They go one after another: two halves of a slow line send neither.
#[derive(Clone, Copy)]
pub struct Uploads {
    items: RwSignal<Vec<Item>>,
    last: StoredValue<u32>,
    sending: StoredValue<bool>,
    reset: RwSignal<u32>,
    /// Without a connection photos wait with the step they belong to.
    patient: bool,
}

impl Default for Uploads {
    fn default() -> Self {
        Self {
            items: RwSignal::new(Vec::new()),
            last: StoredValue::new(0),
            sending: StoredValue::new(false),
            reset: RwSignal::new(0),
            patient: false,
        }
    }
}

impl Uploads {
    /// For steps that can wait for a connection: see [`Uploads::unsent`].
    pub fn patient() -> Self {
        Self { patient: true, ..Self::default() }
    }

    fn waits(self, item: &Item) -> bool {
        self.patient && matches!(&item.outcome, Some(Err(why)) if why.code == Code::Unavailable)
    }

    /// The photos that found no connection and go with their step.
    pub fn unsent(self) -> Vec<File> {
        self.items.with(|items| items.iter().filter(|item| self.waits(item)).map(|item| (*item.file).clone()).collect())
    }

    /// Takes the files as they are chosen now; what is known already is not sent twice.
    pub fn choose(self, files: Vec<File>) {
        self.items.update(|items| {
            let known = std::mem::take(items);
            *items = files
                .into_iter()
                .map(|file| {
                    known.iter().find(|item| *item.file == file).cloned().unwrap_or_else(|| {
                        let key = self.last.get_value().wrapping_add(1);
                        self.last.set_value(key);
                        Item { key, file: SendWrapper::new(file), percent: 0, outcome: None }
                    })
                })
                .collect();
        });
        self.send_waiting();
    }

    /// Sends again what was refused.
    pub fn retry(self) {
        self.items.update(|items| {
            for item in items.iter_mut().filter(|item| matches!(item.outcome, Some(Err(_)))) {
                item.outcome = None;
                item.percent = 0;
            }
        });
        self.send_waiting();
    }

    /// Empties the list, after the photos found their place.
    pub fn clear(self) {
        self.items.set(Vec::new());
        self.reset.update(|n| *n = n.wrapping_add(1));
    }

    /// Nothing is chosen.
    pub fn is_empty(self) -> bool {
        self.items.with(Vec::is_empty)
    }

    /// Something is still on its way.
    pub fn busy(self) -> bool {
        self.items.with(|items| items.iter().any(|item| item.outcome.is_none()))
    }

    /// Something was refused.
    pub fn failed(self) -> bool {
        self.items.with(|items| items.iter().any(|item| matches!(item.outcome, Some(Err(_))) && !self.waits(item)))
    }

    /// The saved photos.
    pub fn ids(self) -> Vec<FileId> {
        self.items.with(|items| items.iter().filter_map(|item| item.outcome.clone()?.ok()).collect())
    }

    fn states(self, l: Locale) -> Vec<UploadState> {
        self.items.with(|items| {
            let state = |item: &Item| match &item.outcome {
                None => UploadState { percent: item.percent, error: None },
                Some(Err(_)) if self.waits(item) => {
                    UploadState { percent: 0, error: Some(td_string!(l, staff.photo_waits).to_owned()) }
                }
                Some(Ok(_)) => UploadState { percent: 100, error: None },
                Some(Err(why)) => UploadState { percent: 0, error: Some(failure::code(l, why.code).to_owned()) },
            };
            items.iter().map(state).collect()
        })
    }

    fn send_waiting(self) {
        if self.sending.get_value() {
            return;
        }
        self.sending.set_value(true);
        spawn_local(async move {
            while let Some((key, file)) = self.next_waiting() {
                let report = move |percent| self.change(key, |item| item.percent = percent);
                let outcome = api::upload::photo(&file, report).await;
                self.change(key, |item| item.outcome = Some(outcome.map(|view| view.id).map_err(|error| error.0)));
            }
            self.sending.try_set_value(false);
        });
    }

    // The page may be gone before its photos are: every touch asks first.
    fn next_waiting(self) -> Option<(u32, SendWrapper<File>)> {
        self.items
            .try_with_untracked(|items| {
                items.iter().find(|item| item.outcome.is_none()).map(|item| (item.key, item.file.clone()))
            })
            .flatten()
    }

    fn change(self, key: u32, change: impl FnOnce(&mut Item)) {
        self.items.try_update(|items| {
            if let Some(item) = items.iter_mut().find(|item| item.key == key) {
                change(item);
            }
        });
    }
}

/// Camera, gallery or drop; what is chosen is sent at once. The input is named `photos`, so a plain form works too.
#[component]
pub fn PhotoField(
    uploads: Uploads,
    #[prop(default = 10)] max: usize,
    #[prop(optional, into)] help: MaybeProp<String>,
) -> impl IntoView {
    let l = crate::locale();
    Effect::new(|_| request_animation_frame(take_over));
    view! {
        <div class="stack gap-2">
            <FileDrop
                max=max
                help=help
                progress=Signal::derive(move || uploads.states(l))
                reset=Signal::derive(move || uploads.reset.get())
                on_change=move |files| uploads.choose(files)
            />
            {move || uploads.failed().then(|| view! {
                <Button icon="rotate-ccw" on_click=move |_| uploads.retry()>{td_string!(l, ui.retry)}</Button>
            })}
        </div>
    }
}

/// Photos chosen before the page came alive are still in the input: let the component hear of them.
fn take_over() {
    let input = document()
        .query_selector("input[type=file][name=photos]")
        .ok()
        .flatten()
        .and_then(|element| element.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = input.filter(|input| input.files().is_some_and(|files| files.length() > 0)) else { return };
    let options = EventInit::new();
    options.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict("change", &options) {
        let _ = input.dispatch_event(&event);
    }
}
