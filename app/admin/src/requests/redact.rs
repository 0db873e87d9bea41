//! Hiding parts of a photo: homes, faces and licence plates are nobody's business.

use super::page::Open;
use crate::util::{lang, toast_failure};
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code,
    requests::{FileView, REDACT_MOST, Rectangle, RedactPhoto},
};
use ui::prelude::*;

/// `photo` is the one that is worked on.
#[component]
pub(super) fn RedactPhotoDialog(open: Open, photo: RwSignal<Option<FileView>>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let shown = RwSignal::new(false);
    let areas = RwSignal::new(Vec::<Area>::new());
    let busy = RwSignal::new(false);
    effect(move || {
        if photo.with(Option::is_some) {
            areas.set(Vec::new());
            shown.set(true);
        }
    });
    let nothing = Signal::derive(move || areas.with(Vec::is_empty));
    let save = move |_| {
        let Some(file) = photo.with_untracked(|photo| photo.as_ref().map(|photo| photo.id)) else { return };
        let rectangle = |area: Area| Rectangle { x: area.x, y: area.y, w: area.w, h: area.h };
        let command = RedactPhoto { rectangles: areas.get_untracked().into_iter().map(rectangle).collect() };
        busy.set(true);
        spawn_local(async move {
            let answer = api::requests::redact(file, command).await;
            busy.set(false);
            match answer {
                Ok(_) => toasts.success(td_string!(l, requests.redacted)),
                Err(error) => {
                    toast_failure(toasts, l, &error);
                    // Somebody else was quicker: another photo is in its place.
                    if error.code() != Code::NotFound {
                        return;
                    }
                }
            }
            shown.set(false);
            open.reload();
        });
    };
    let src = Signal::derive(move || photo.with(|photo| photo.as_ref().map(FileView::url).unwrap_or_default()));
    view! {
        <Dialog
            open=shown
            wide=true
            title=td_string!(l, requests.redact)
            on_close=move |()| photo.set(None)
            footer=move || view! {
                <Button kind=ButtonKind::Ghost icon="undo-2" disabled=nothing on_click=move |_| areas.update(|all| { all.pop(); })>
                    {td_string!(l, requests.redact_undo)}
                </Button>
                <Button on_click=move |_| shown.set(false)>{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Danger loading=busy disabled=nothing on_click=save>{td_string!(l, common.save)}</Button>
            }
        >
            <p class="mt-0 text-muted">{td_string!(l, requests.redact_help)}</p>
            <AreaPicker src=src alt=td_string!(l, requests.photos) areas=areas most=REDACT_MOST />
        </Dialog>
    }
}
