//! Photos: a strip of thumbnails and a full-screen viewer. Before hydration a thumbnail is a link to the picture.

use crate::{dialog::bind_dialog, icon::Icon, icon::IconSize, texts};
use leptos::{ev::KeyboardEvent, prelude::*};

/// One picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Photo {
    /// Full size.
    pub src: String,
    /// Small; empty = the full one.
    pub thumb: String,
    /// What is seen, for those who do not see.
    pub alt: String,
    /// Who and when, under the picture.
    pub caption: String,
}

/// What else can be done with the shown picture; the viewer closes for it.
#[derive(Clone, Copy)]
pub struct PhotoTool {
    pub icon: &'static str,
    pub label: &'static str,
    pub run: Callback<Photo>,
}

/// A strip of thumbnails that opens the viewer.
#[component]
pub fn PhotoStrip(
    #[prop(into)] photos: Signal<Vec<Photo>>,
    #[prop(optional_no_strip)] tool: Option<PhotoTool>,
) -> impl IntoView {
    let at = RwSignal::new(None::<usize>);
    view! {
        <ul class="thumbs">
            {move || photos.get().into_iter().enumerate().map(|(n, photo)| {
                let small = if photo.thumb.is_empty() { photo.src.clone() } else { photo.thumb };
                view! {
                    <li>
                        <a
                            class="thumb"
                            href=photo.src
                            rel="external"
                            on:click=move |ev| {
                                ev.prevent_default();
                                at.set(Some(n));
                            }
                        >
                            <img src=small alt=photo.alt loading="lazy" decoding="async" />
                        </a>
                    </li>
                }
            }).collect_view()}
        </ul>
        <PhotoViewer photos=photos at=at tool=tool />
    }
}

/// The viewer; `at` is the shown picture, `None` = closed. Arrows turn, Escape closes.
#[component]
pub fn PhotoViewer(
    #[prop(into)] photos: Signal<Vec<Photo>>,
    at: RwSignal<Option<usize>>,
    #[prop(optional_no_strip)] tool: Option<PhotoTool>,
) -> impl IntoView {
    let node = NodeRef::new();
    bind_dialog(node, Signal::derive(move || at.get().is_some()), true);
    let (close, previous, next, word) = (texts::close(), texts::previous(), texts::next(), texts::photo());
    let count = move || photos.with(Vec::len);
    let turn = move |forward: bool| {
        at.update(|at| {
            if let Some(n) = at {
                let last = photos.with_untracked(Vec::len).saturating_sub(1);
                *n = if forward { (*n + 1).min(last) } else { n.saturating_sub(1) };
            }
        });
    };
    let title = move || at.get().map(|n| format!("{} {} / {}", word.get(), n + 1, count()));
    view! {
        <dialog
            node_ref=node
            class="dialog dialog-viewer"
            aria-label=move || word.get()
            on:close=move |_| at.set(None)
            on:keydown=move |ev: KeyboardEvent| match ev.key().as_str() {
                "ArrowRight" => turn(true),
                "ArrowLeft" => turn(false),
                _ => {}
            }
        >
            {move || at.get().and_then(|n| photos.with(|all| all.get(n).cloned()).map(|photo| (n, photo))).map(|(n, photo)| view! {
                <div class="viewer-bar">
                    <span class="grow" aria-live="polite">{title}</span>
                    {tool.map(|tool| {
                        let photo = photo.clone();
                        let run = move |_| {
                            at.set(None);
                            tool.run.run(photo.clone());
                        };
                        view! {
                            <button type="button" class="viewer-btn" aria-label=tool.label title=tool.label on:click=run>
                                <Icon name=tool.icon size=IconSize::Large />
                            </button>
                        }
                    })}
                    <a class="viewer-btn" href=photo.src.clone() download="" aria-label=photo.alt.clone()><Icon name="download" size=IconSize::Large /></a>
                    <button type="button" class="viewer-btn" aria-label=move || close.get() on:click=move |_| at.set(None)>
                        <Icon name="x" size=IconSize::Large />
                    </button>
                </div>
                <div class="viewer-stage">
                    <img src=photo.src alt=photo.alt />
                    <button type="button" class="viewer-btn" disabled={n == 0} aria-label=move || previous.get() on:click=move |_| turn(false)>
                        <Icon name="chevron-left" size=IconSize::Large />
                    </button>
                    <button type="button" class="viewer-btn viewer-next" disabled={move || n + 1 >= count()} aria-label=move || next.get() on:click=move |_| turn(true)>
                        <Icon name="chevron-right" size=IconSize::Large />
                    </button>
                </div>
                <div class="viewer-caption">{photo.caption}</div>
            })}
        </dialog>
    }
}
