//! The talk on a request: bubbles, oldest first, and a line to write in.

use crate::{File, PhotoField, Uploads, locale};
use api::ApiResult;
use i18n::{failure, td_string, when, words};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use model::{
    RequestId,
    requests::{AddComment, CommentView, RequestCard},
};
use std::pin::Pin;
use ui::prelude::*;

/// What somebody says, with the photos that are not sent yet.
pub type Said = (AddComment, Vec<File>);
/// The newer card, or nothing while what was said waits for a connection.
pub type OnItsWay = Pin<Box<dyn Future<Output = ApiResult<Option<RequestCard>>>>>;

/// Comments with photo sending. A sent message puts the new card into `card`.
#[component]
pub fn Talk(
    #[prop(into)] id: Signal<RequestId>,
    #[prop(into)] comments: Signal<Vec<CommentView>>,
    card: Resource<ApiResult<RequestCard>>,
    /// Offers "seen by the company only".
    #[prop(optional)]
    may_internal: bool,
    /// Another road for what is said: one that can wait for a connection.
    #[prop(optional, into)]
    via: Option<Callback<Said, OnItsWay>>,
    /// Shown while nobody wrote.
    #[prop(into)]
    empty: String,
) -> impl IntoView {
    let l = locale();
    let now = api::session::use_now();
    let toasts = use_toasts();
    let body = RwSignal::new(String::new());
    let internal = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let with_photos = RwSignal::new(false);
    let uploads = if via.is_some() { Uploads::patient() } else { Uploads::default() };
    let blank = Memo::new(move |_| body.with(|text| text.trim().is_empty()) && uploads.is_empty());
    let locked = Signal::derive(move || blank.get() || uploads.busy());

    let send = move || {
        if locked.get_untracked() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (id, text, internal) = (id.get_untracked(), body.get_untracked(), internal.get_untracked());
        let (file_ids, unsent) = untrack(move || (uploads.ids(), uploads.unsent()));
        spawn_local(async move {
            let command = AddComment { body: text, internal, file_ids, mentions: Vec::new() };
            let said = match via {
                Some(via) => via.run((command, unsent)).await,
                None => api::requests::comment(id, command).await.map(Some),
            };
            match said {
                Ok(newest) => {
                    uploads.clear();
                    body.set(String::new());
                    with_photos.set(false);
                    match newest {
                        Some(newest) => card.set(Some(Ok(newest))),
                        None => toasts.info(td_string!(l, staff.kept)),
                    }
                }
                Err(error) => toasts.error(failure::code(l, error.code()), error.0.trace_id),
            }
            busy.set(false);
        });
    };
    let bubble = move |comment: CommentView| {
        let side = if comment.mine { "justify-self-end" } else { "justify-self-start" };
        let ground = match (comment.internal, comment.mine) {
            (true, _) => "border-dashed border-control bg-base-200",
            (false, true) => "border-transparent bg-primary/12",
            (false, false) => "border-line bg-base-100",
        };
        // Nobody needs their own name.
        let author = (!comment.mine)
            .then(|| format!("{}, {}", comment.author, words::role(l, comment.author_role).to_lowercase()));
        let internal = comment.internal.then(|| td_string!(l, common.company_only).to_owned());
        let head: Vec<String> = [author, internal].into_iter().flatten().collect();
        let (at, written) = (comment.created_at, comment.written_at);
        let edited = comment.edited_at.filter(|_| comment.deleted_at.is_none()).map(|_| td_string!(l, together.edited));
        let shots: Vec<Photo> = comment
            .file_ids
            .iter()
            .map(|id| Photo { src: format!("/files/{id}"), thumb: format!("/files/{id}/thumb"), ..Photo::default() })
            .collect();
        view! {
            <li class=format!("max-w-[88%] rounded-panel border px-3 py-2 grid gap-0.5 {side} {ground}")>
                {(!head.is_empty()).then(|| view! { <span class="text-sm text-muted">{head.join(" · ")}</span> })}
                {if comment.deleted_at.is_some() {
                    view! { <span class="italic text-muted">{td_string!(l, together.taken_back)}</span> }.into_any()
                } else {
                    view! { <span class="whitespace-pre-wrap [overflow-wrap:anywhere] empty:hidden">{comment.body}</span> }.into_any()
                }}
                {(!shots.is_empty()).then(|| view! { <PhotoStrip photos=shots /> })}
                <time class="text-xs text-muted justify-self-end" datetime=at.to_rfc3339()>
                    {edited.map(|word| format!("{word} · "))}
                    {move || match written {
                        Some(written) => when::written_sent(l, written, at, now.get()),
                        None => when::moment(l, at, now.get()),
                    }}
                </time>
            </li>
        }
    };
    view! {
        <div class="stack gap-3">
            <ul class="grid gap-2 m-0 p-0 list-none empty:hidden" aria-live="polite">
                {move || comments.get().into_iter().map(bubble).collect_view()}
            </ul>
            {move || comments.with(Vec::is_empty).then(|| view! { <p class="m-0 text-muted">{empty.clone()}</p> })}
            <form
                class="stack gap-2"
                on:submit=move |ev: SubmitEvent| {
                    ev.prevent_default();
                    send();
                }
            >
                {move || with_photos.get().then(|| view! { <PhotoField uploads=uploads /> })}
                <div class="flex items-end gap-2">
                    <IconButton
                        icon="camera"
                        label=td_string!(l, common.add_photo)
                        pressed=Signal::derive(move || Some(with_photos.get()))
                        on_click=move |_| {
                            with_photos.update(|on| *on = !*on);
                            if !with_photos.get_untracked() {
                                uploads.clear();
                            }
                        }
                    />
                    <div class="grow min-w-0">
                        <Textarea
                            name="comment"
                            value=body
                            rows=1
                            maxlength=4000
                            class="min-h-11! resize-none"
                            label=td_string!(l, common.write_message)
                            placeholder=td_string!(l, common.write_message)
                            on_submit=move || send()
                        />
                    </div>
                    <Button kind=ButtonKind::Primary icon="send" submit=true loading=busy disabled=locked>
                        <span class="sr-only">{td_string!(l, common.send)}</span>
                    </Button>
                </div>
                {may_internal.then(|| view! {
                    <Checkbox name="internal" label=td_string!(l, common.company_only_long) checked=internal switch=true />
                })}
            </form>
        </div>
    }
}
