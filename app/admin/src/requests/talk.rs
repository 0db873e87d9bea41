//! Comments: one as it is read, and the box to write in. What is written lives on this device until it is sent.

use super::page::Open;
use crate::{
    upload::{Chosen, upload},
    util::{lang, toast_failure},
};
use api::{ApiResult, session::use_now};
use i18n::{Locale, td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    CommentId, FileId, UserId,
    requests::{AddComment, CommentVersion, CommentView, EditComment, FilledReply},
    staff::StaffRow,
};
use serde::{Deserialize, Serialize};
use ui::hooks::{effect, effect_after};
use ui::{
    dom::{store, stored},
    prelude::*,
};

/// A comment being mended. It lives beside the stream, so that a live change does not take the words away.
#[derive(Clone, Copy)]
pub(super) struct Mending {
    id: RwSignal<Option<CommentId>>,
    body: RwSignal<String>,
}

impl Mending {
    pub(super) fn new() -> Self {
        Self { id: RwSignal::new(None), body: RwSignal::new(String::new()) }
    }
}

fn pictures(l: Locale, ids: &[FileId]) -> Vec<Photo> {
    ids.iter()
        .enumerate()
        .map(|(n, id)| Photo {
            src: format!("/files/{id}"),
            thumb: format!("/files/{id}/thumb"),
            alt: td_string!(l, requests.photo_n, n = (n + 1).to_string()).to_string(),
            caption: String::new(),
        })
        .collect()
}

#[component]
pub(super) fn Comment(open: Open, comment: CommentView, mending: Mending) -> impl IntoView {
    let (l, now, toasts) = (lang(), use_now(), use_toasts());
    let (id, at, written) = (comment.id, comment.created_at, comment.written_at);
    let (tone, icon, reach) = if comment.internal {
        (Tone::Warning, "lock", td_string!(l, requests.internal))
    } else {
        (Tone::Brand, "message-circle", td_string!(l, requests.with_resident))
    };
    let edited = comment.edited_at.is_some();
    let ground =
        if comment.internal { "banner tone-warning flex-col gap-2" } else { "banner tone-brand flex-col gap-2" };
    let body = StoredValue::new(comment.body.clone());
    let photos = pictures(l, &comment.file_ids);
    let here = Signal::derive(move || mending.id.get() == Some(id));
    let old = RwSignal::new(None::<Vec<CommentVersion>>);
    let save = Callback::new(move |()| {
        let command = EditComment { body: mending.body.get_untracked().trim().to_owned() };
        spawn_local(async move {
            match api::talk::edit(open.id, id, command).await {
                Ok(card) => {
                    mending.id.set(None);
                    open.take(card);
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    });
    let take_back = move || super::watchers::send(open, toasts, api::talk::take_back(open.id, id));
    let look_back = move |_| {
        if old.with_untracked(Option::is_some) {
            old.set(None);
            return;
        }
        spawn_local(async move {
            match api::talk::versions(open.id, id).await {
                Ok(all) => old.set(Some(all)),
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    let marks = view! {
        {comment.unread.then(|| view! { <Pill text=td_string!(l, together.unread) tone=Tone::Brand icon="circle-dot" plain=true /> })}
        {comment.from_number.map(|number| view! {
            <span class="text-xs text-muted">{td_string!(l, together.from_joined, number = number.to_string()).to_string()}</span>
        })}
        {edited.then(|| view! {
            <button type="button" class="link text-xs" title=td_string!(l, together.versions) on:click=look_back>{td_string!(l, together.edited)}</button>
        })}
    };
    let tools = comment.may_edit.then(|| {
        view! {
            <span class="ml-auto row flex-nowrap gap-0.5">
                <IconButton icon="pencil" label=td_string!(l, together.edit_comment) on_click=move |_| {
                    mending.body.set(body.get_value());
                    mending.id.set(Some(id));
                } />
                <IconButton icon="undo-2" label=td_string!(l, together.take_back) on_click=move |_| take_back() />
            </span>
        }
    });
    let gone = comment.deleted_at.is_some();
    let names: Vec<String> = comment.mentions.iter().map(|person| format!("@{}", person.name)).collect();
    view! {
        <Step title=super::stream::signed(l, &comment.author, Some(comment.author_role)) icon=icon tone=tone
            time=Signal::derive(move || format!("{reach} · {}", match written {
                Some(written) => when::written_sent(l, written, at, now.get()),
                None => when::moment(l, at, now.get()),
            }))>
            <div class="row gap-2 empty:hidden">{marks} {tools}</div>
            {if gone {
                view! { <p class="m-0 italic text-muted">{td_string!(l, together.taken_back)}</p> }.into_any()
            } else {
                view! {
                    {move || if here.get() {
                        view! {
                            <form class="grid gap-2" on:submit=move |ev| { ev.prevent_default(); save.run(()); }>
                                <Textarea name="mend-comment" value=mending.body rows=3 maxlength=4000 on_submit=save label=td_string!(l, together.edit_comment) />
                                <div class="row justify-end gap-2">
                                    <Button size=ButtonSize::Small on_click=move |_| mending.id.set(None)>{td_string!(l, common.cancel)}</Button>
                                    <Button size=ButtonSize::Small kind=ButtonKind::Primary submit=true>{td_string!(l, common.save)}</Button>
                                </div>
                            </form>
                        }.into_any()
                    } else {
                        let text = body.get_value();
                        (!text.is_empty()).then(|| view! {
                            <div class=ground><span class="whitespace-pre-wrap wrap-anywhere">{mentioned(&text, &names)}</span></div>
                        }).into_any()
                    }}
                    {(!photos.is_empty()).then(|| view! { <PhotoStrip photos=photos /> })}
                }.into_any()
            }}
            {move || old.get().map(|all| all.into_iter().map(|version| {
                let at = version.at;
                view! {
                    <div class="border-l-2 border-line pl-2 text-sm text-muted">
                        <div class="text-xs">{version.actor} " · " {move || when::moment(l, at, now.get())}</div>
                        <div class="whitespace-pre-wrap wrap-anywhere">{version.body}</div>
                    </div>
                }
            }).collect_view())}
        </Step>
    }
}

/// The text with the names of those who were called standing out.
fn mentioned(text: &str, names: &[String]) -> Vec<AnyView> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((at, name)) = names.iter().filter_map(|name| Some((rest.find(name.as_str())?, name))).min() {
        let (before, after) = rest.split_at(at);
        out.push(before.to_owned().into_any());
        out.push(view! { <strong class="text-primary">{name.clone()}</strong> }.into_any());
        rest = after.get(name.len()..).unwrap_or_default();
    }
    out.push(rest.to_owned().into_any());
    out
}

/// What is written and not sent yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Draft {
    body: String,
    with_resident: bool,
    /// Colleagues who were called, with the names that stand in the text.
    called: Vec<(UserId, String)>,
}

/// The name being typed after the last `@`.
fn calling(text: &str) -> Option<String> {
    let (before, name) = text.rsplit_once('@')?;
    let begins = before.is_empty() || before.ends_with(|c: char| c.is_whitespace());
    (begins && !name.contains(char::is_whitespace)).then(|| name.to_lowercase())
}

/// The box to write in. Who will read it is told by word, icon and colour.
#[component]
pub(super) fn CommentBox(open: Open) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let key = StoredValue::new(format!("draft-comment-{}-{}", open.id, open.me));
    let body = RwSignal::new(String::new());
    let internal = RwSignal::new(true);
    let called = RwSignal::new(Vec::<(UserId, String)>::new());
    let (busy, with_photos) = (RwSignal::new(false), RwSignal::new(false));
    let chosen = Chosen::new();
    let any_photo = RwSignal::new(false);
    let picking_reply = RwSignal::new(false);
    effect_after(move |known: Option<()>| {
        let draft = Draft { body: body.get(), with_resident: !internal.get(), called: called.get() };
        if known.is_some() {
            let kept = (!draft.body.trim().is_empty()).then(|| serde_json::to_string(&draft).ok()).flatten();
            key.with_value(|key| store(key, kept.as_deref()));
        } else if let Some(draft) =
            key.with_value(|key| stored(key)).and_then(|text| serde_json::from_str::<Draft>(&text).ok())
        {
            body.set(draft.body);
            internal.set(!draft.with_resident);
            called.set(draft.called);
        }
    });
    // Writing is a change of the words; a text that only stands there is not.
    let settled: Signal<String> = use_debounced(body, 2_500);
    effect(move || {
        let writing = body.with(|text| !text.trim().is_empty()) && body.get() != settled.get();
        if open.typing.get_untracked() != writing {
            open.typing.set(writing);
        }
    });
    let empty = Signal::derive(move || body.with(|text| text.trim().is_empty()) && !any_photo.get());
    let send = Callback::new(move |()| {
        if empty.get_untracked() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        let text = body.get_untracked().trim().to_owned();
        let inner = internal.get_untracked();
        let named = called.get_untracked();
        let mentions = named.into_iter().filter(|(_, name)| text.contains(&format!("@{name}"))).map(|(id, _)| id);
        let mut command = AddComment {
            internal: inner,
            file_ids: Vec::new(),
            mentions: if inner { mentions.collect() } else { Vec::new() },
            body: text,
        };
        let files = if any_photo.get_untracked() { chosen.get() } else { Vec::new() };
        spawn_local(async move {
            let answer = match upload(files).await {
                Ok(saved) => {
                    command.file_ids = saved.iter().map(|file| file.id).collect();
                    api::requests::comment(open.id, command).await
                }
                Err(error) => Err(error),
            };
            match answer {
                Ok(card) => {
                    open.take(card);
                    body.set(String::new());
                    called.set(Vec::new());
                    any_photo.set(false);
                    with_photos.set(false);
                    chosen.set(Vec::new());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            busy.set(false);
        });
    });
    let side = move |inner: bool, icon: &'static str, word: &'static str| {
        view! {
            <button type="button" aria-pressed=move || if internal.get() == inner { "true" } else { "false" } on:click=move |_| internal.set(inner)>
                <Icon name=icon size=IconSize::Small /> {word}
            </button>
        }
    };
    let reach = move || {
        if internal.get() { td_string!(l, together.mention_help) } else { td_string!(l, requests.with_resident_help) }
    };
    let pick = Callback::new(move |files: Vec<web_sys::File>| {
        any_photo.set(!files.is_empty());
        chosen.set(files);
    });
    view! {
        <div class=move || if internal.get() { "banner tone-warning flex-col gap-2" } else { "banner tone-brand flex-col gap-2" }>
            <div class="row w-full gap-2">
                <div class="segmented" role="group" aria-label=td_string!(l, requests.reach)>
                    {side(true, "lock", td_string!(l, requests.internal))}
                    {side(false, "message-circle", td_string!(l, requests.with_resident))}
                </div>
                <span class="ml-auto row flex-nowrap gap-0.5">
                    <IconButton icon="clipboard-list" label=td_string!(l, together.replies) on_click=move |_| picking_reply.set(true) />
                    <IconButton icon="image-plus" label=td_string!(l, together.attach) pressed=with_photos
                        on_click=move |_| with_photos.update(|on| *on = !*on) />
                </span>
            </div>
            <Textarea name="comment" value=body rows=3 maxlength=4000 on_submit=send class="w-full"
                placeholder=td_string!(l, requests.comment_placeholder) label=td_string!(l, requests.comment_label) />
            <Call body=body internal=internal called=called />
            {move || with_photos.get().then(|| view! {
                <div class="w-full"><FileDrop name="comment-photos" camera=false on_change=pick help=td_string!(l, requests.photo_help) /></div>
            })}
            <div class="row w-full">
                <span class="grow text-xs text-muted">{reach}</span>
                <Button kind=ButtonKind::Primary icon="send" loading=busy disabled=empty on_click=move |_| send.run(())>
                    {move || if internal.get() { td_string!(l, requests.write_internal) } else { td_string!(l, requests.write_resident) }}
                </Button>
            </div>
        </div>
        <Replies open=open shown=picking_reply on_pick=Callback::new(move |text: String| {
            internal.set(false);
            body.update(|body| {
                if !body.trim().is_empty() {
                    body.push_str("\n\n");
                }
                body.push_str(&text);
            });
        }) />
    }
}

/// Colleagues whose names begin like what stands after the last `@`.
#[component]
fn Call(body: RwSignal<String>, internal: RwSignal<bool>, called: RwSignal<Vec<(UserId, String)>>) -> impl IntoView {
    let l = lang();
    let staff = RwSignal::new(None::<Vec<StaffRow>>);
    let wanted = Memo::new(move |_| if internal.get() { body.with(|text| calling(text)) } else { None });
    effect(move || {
        if wanted.with(Option::is_some) && staff.with_untracked(Option::is_none) {
            spawn_local(async move { staff.set(api::staff::list().await.ok()) });
        }
    });
    let choose = move |person: &StaffRow| {
        body.update(|text| {
            if let Some(at) = text.rfind('@') {
                text.truncate(at);
            }
            text.push('@');
            text.push_str(&person.name);
            text.push(' ');
        });
        let (id, name) = (person.id, person.name.clone());
        called.update(|all| {
            if !all.iter().any(|(known, _)| *known == id) {
                all.push((id, name));
            }
        });
    };
    move || {
        let typed = wanted.get()?;
        let found: Vec<StaffRow> = staff.with(|all| {
            let fits =
                |person: &&StaffRow| person.name.to_lowercase().split_whitespace().any(|word| word.starts_with(&typed));
            all.iter().flatten().filter(fits).take(6).cloned().collect()
        });
        (!found.is_empty()).then(|| {
            view! {
                <div class="row gap-1.5" role="group" aria-label=td_string!(l, together.mention)>
                    {found.into_iter().map(|person| {
                        let (text, about) = (format!("@{}", person.name), words::role(l, person.role));
                        view! { <span title=about><Chip text=text on_click=move |()| choose(&person) /></span> }
                    }).collect_view()}
                </div>
            }
        })
    }
}

/// Ready replies with the facts filled in, in the resident's language.
#[component]
fn Replies(open: Open, shown: RwSignal<bool>, on_pick: Callback<String>) -> impl IntoView {
    let l = lang();
    let all = RwSignal::new(None::<ApiResult<Vec<FilledReply>>>);
    let typed = RwSignal::new(String::new());
    effect(move || {
        if shown.get() {
            typed.set(String::new());
            all.set(None);
            spawn_local(async move { all.set(Some(api::talk::filled(open.id).await)) });
        }
    });
    let row = move |reply: FilledReply| {
        let body = reply.body.clone();
        let whose = if reply.shared { td_string!(l, together.reply_shared) } else { td_string!(l, together.reply_own) };
        view! {
            <button type="button" class="menu-row min-h-12 text-left" on:click=move |_| {
                on_pick.run(body.clone());
                shown.set(false);
            }>
                <span class="grow min-w-0">
                    <span class="block truncate font-semibold">{reply.title}</span>
                    <span class="block line-clamp-2 text-xs text-muted">{reply.body}</span>
                </span>
                <span class="text-xs text-muted whitespace-nowrap">{whose}</span>
            </button>
        }
    };
    view! {
        <Dialog open=shown title=td_string!(l, together.replies) footer=move || view! {
            <Button href="/desk/settings/replies" icon="settings">{td_string!(l, together.replies_manage)}</Button>
        }>
            <Input name="reply-search" icon="search" value=typed autocomplete="off" autofocus=true
                placeholder=td_string!(l, together.reply_search) label=td_string!(l, together.reply_search) />
            <div class="grid content-start gap-0.5 h-80 max-h-[55dvh] overflow-y-auto">
                {move || match all.get() {
                    None => view! { <Skeleton lines=6 /> }.into_any(),
                    Some(Err(error)) => view! { <ErrorState text=i18n::failure::code(l, error.code()) code=error.code().to_string() /> }.into_any(),
                    Some(Ok(found)) => {
                        let wanted = typed.with(|text| text.trim().to_lowercase());
                        let found: Vec<_> = found.into_iter()
                            .filter(|reply| format!("{} {}", reply.title, reply.body).to_lowercase().contains(&wanted))
                            .collect();
                        if found.is_empty() {
                            view! { <p class="text-muted">{td_string!(l, together.replies_empty)}</p> }.into_any()
                        } else {
                            found.into_iter().map(row).collect_view().into_any()
                        }
                    }
                }}
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::calling;

    #[test]
    fn a_name_is_called_by_its_beginning() {
        assert_eq!(calling("Взгляните, @Рус"), Some("рус".to_owned()));
        assert_eq!(calling("@"), Some(String::new()));
        assert_eq!(calling("пишите на a@b.uz"), None);
        assert_eq!(calling("@Рустам готово"), None);
        assert_eq!(calling("ничего"), None);
    }
}
