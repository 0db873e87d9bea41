//! Choosing photos and files: drop, gallery, camera. Before hydration it is a plain file input named `photos`.

use crate::hooks::effect_after;
use crate::{hooks::use_hydrated, icon::Icon, icon::IconSize, texts};
use leptos::{ev::DragEvent, html, prelude::*};
use send_wrapper::SendWrapper;
use web_sys::{DataTransfer, File, FileList, Url};

/// How the upload of one file goes; the page reports it, in the order of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadState {
    /// 0–100; 100 = saved.
    pub percent: u32,
    /// Why it was refused.
    pub error: Option<String>,
}

#[derive(Clone)]
struct Chosen {
    id: u32,
    name: String,
    /// Object URL of a picture.
    preview: Option<String>,
    file: SendWrapper<File>,
}

fn files_of(list: Option<FileList>) -> Vec<File> {
    list.map(|list| (0..list.length()).filter_map(|n| list.item(n)).collect()).unwrap_or_default()
}

fn forget(chosen: &Chosen) {
    if let Some(url) = &chosen.preview {
        let _ = Url::revoke_object_url(url);
    }
}

/// Drop zone with previews. `on_change` gets all chosen files after every change (browser only).
#[component]
pub fn FileDrop(
    /// Form name of the input; the chosen files stay in it, so a plain form post works too.
    #[prop(default = "photos".to_string(), into)]
    name: String,
    #[prop(default = "image/*")] accept: &'static str,
    /// A camera button (`capture`), for phones.
    #[prop(default = true)]
    camera: bool,
    #[prop(default = 10)] max: usize,
    /// What may be chosen, in words.
    #[prop(optional, into)]
    help: MaybeProp<String>,
    #[prop(optional, into)] progress: Signal<Vec<UploadState>>,
    /// Raise it to empty the list (after sending).
    #[prop(optional, into)]
    reset: Signal<u32>,
    #[prop(optional, into)] on_change: Option<Callback<Vec<File>>>,
) -> impl IntoView {
    let alive = use_hydrated();
    let chosen = RwSignal::new(Vec::<Chosen>::new());
    let last = StoredValue::new(0_u32);
    let over = RwSignal::new(false);
    let node = NodeRef::<html::Input>::new();
    let camera_node = NodeRef::<html::Input>::new();
    let (drop_word, choose, photo, remove) =
        (texts::drop_files(), texts::choose_file(), texts::take_photo(), texts::remove());

    // The input always holds exactly what is shown.
    let publish = move || {
        let files: Vec<File> = chosen.with_untracked(|all| all.iter().map(|one| (*one.file).clone()).collect());
        if let (Some(input), Ok(transfer)) = (node.get_untracked(), DataTransfer::new()) {
            for file in &files {
                let _ = transfer.items().add_with_file(file);
            }
            input.set_files(transfer.files().as_ref());
        }
        if let Some(run) = on_change {
            run.run(files);
        }
    };
    let add = move |files: Vec<File>| {
        chosen.update(|all| {
            for file in files {
                if all.len() >= max {
                    break;
                }
                let id = last.get_value().wrapping_add(1);
                last.set_value(id);
                let preview =
                    file.type_().starts_with("image/").then(|| Url::create_object_url_with_blob(&file).ok()).flatten();
                all.push(Chosen { id, name: file.name(), preview, file: SendWrapper::new(file) });
            }
        });
        publish();
    };
    let take = move |id: u32| {
        chosen.update(|all| {
            all.iter().filter(|one| one.id == id).for_each(forget);
            all.retain(|one| one.id != id);
        });
        publish();
    };
    effect_after(move |known: Option<u32>| {
        let now = reset.get();
        if known.is_some_and(|known| known != now) {
            chosen.with_untracked(|all| all.iter().for_each(forget));
            chosen.set(Vec::new());
            publish();
        }
        now
    });
    on_cleanup(move || {
        let _ = chosen.try_with_untracked(|all| all.iter().for_each(forget));
    });

    view! {
        <div class="stack gap-2">
            <div
                class=move || if over.get() { "drop is-over" } else { "drop" }
                on:dragover=move |ev: DragEvent| {
                    ev.prevent_default();
                    over.set(true);
                }
                on:dragleave=move |_| over.set(false)
                on:drop=move |ev: DragEvent| {
                    ev.prevent_default();
                    over.set(false);
                    add(files_of(ev.data_transfer().and_then(|data| data.files())));
                }
            >
                <Icon name="image-plus" size=IconSize::Huge />
                <span class="max-sm:hidden">{move || drop_word.get()}</span>
                <div class="row justify-center">
                    <input
                        node_ref=node
                        type="file"
                        multiple={max > 1}
                        accept=accept
                        name=name
                        aria-label=move || choose.get()
                        class=move || if alive.get() { "sr-file" } else { "drop-input" }
                        tabindex=move || alive.get().then_some("-1")
                        on:change=move |_| {
                            if let Some(input) = node.get_untracked() {
                                // What was chosen before stays: the browser would replace it.
                                let known: Vec<String> = chosen.with_untracked(|all| {
                                    all.iter().map(|one| format!("{}{}", one.name, one.file.size())).collect()
                                });
                                let fresh = files_of(input.files());
                                add(fresh.into_iter().filter(|file| !known.contains(&format!("{}{}", file.name(), file.size()))).collect());
                            }
                        }
                    />
                    {move || alive.get().then(|| view! {
                        <button type="button" class="btn btn-plain" on:click=move |_| {
                            if let Some(input) = node.get_untracked() {
                                input.click();
                            }
                        }>
                            <Icon name="image" />
                            {move || choose.get()}
                        </button>
                    })}
                    {move || (camera && alive.get()).then(|| view! {
                        <input node_ref=camera_node type="file" accept="image/*" capture="environment" class="sr-file" tabindex="-1" aria-hidden="true"
                            on:change=move |_| {
                                if let Some(input) = camera_node.get_untracked() {
                                    add(files_of(input.files()));
                                    input.set_value("");
                                }
                            } />
                        <button type="button" class="btn btn-plain" on:click=move |_| {
                            if let Some(input) = camera_node.get_untracked() {
                                input.click();
                            }
                        }>
                            <Icon name="camera" />
                            {move || photo.get()}
                        </button>
                    })}
                </div>
                {move || help.get().map(|text| view! { <span class="field-help">{text}</span> })}
            </div>
            {move || {
                let all = chosen.get();
                (!all.is_empty()).then(|| view! {
                    <ul class="thumbs">
                        {all.into_iter().enumerate().map(|(n, one)| {
                            let id = one.id;
                            let name = one.name.clone();
                            let state = move || progress.with(|all| all.get(n).cloned());
                            view! {
                                <li>
                                    <div class="thumb">
                                        {match one.preview {
                                            Some(src) => view! { <img src=src alt=one.name.clone() /> }.into_any(),
                                            None => view! { <Icon name="file-text" size=IconSize::Huge /> }.into_any(),
                                        }}
                                        <button type="button" class="thumb-x" aria-label=move || format!("{} {name}", remove.get())
                                            on:click=move |_| take(id)><Icon name="x" /></button>
                                        {move || state().filter(|state| state.percent < 100 && state.error.is_none()).map(|state| view! {
                                            <progress class="progress" max="100" value=state.percent.to_string()></progress>
                                        })}
                                    </div>
                                    {move || state().and_then(|state| state.error).map(|text| view! { <span class="field-error">{text}</span> })}
                                </li>
                            }
                        }).collect_view()}
                    </ul>
                })
            }}
        </div>
    }
}
