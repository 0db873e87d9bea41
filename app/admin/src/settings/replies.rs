//! `/desk/settings/replies`: ready replies, the company's and one's own, in three languages.

use super::{Frame, loaded};
use crate::util::{field_error, lang, toast_failure};
use api::ApiError;
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code, Permission, ReplyId,
    requests::{ReplyView, SaveReply},
};
use ui::prelude::*;

#[component]
pub fn RepliesPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| api::talk::replies());
    view! {
        <Frame path="/desk/settings/replies">
            {loaded(found, move |all| view! { <Replies all=all on_change=move |()| found.refetch() /> })}
        </Frame>
    }
    .into_any()
}

/// What the form works on.
#[derive(Clone, Debug, Default, PartialEq)]
struct Working {
    id: Option<(ReplyId, i32)>,
    reply: SaveReply,
}

#[component]
fn Replies(all: Vec<ReplyView>, #[prop(into)] on_change: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let working = RwSignal::new(None::<Working>);
    let drop_reply = move |id: ReplyId| {
        spawn_local(async move {
            match api::talk::delete_reply(id).await {
                Ok(()) => toasts.success(td_string!(l, together.reply_deleted)),
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = on_change.try_run(());
        });
    };
    let row = move |reply: ReplyView| {
        let (id, version) = (reply.id, reply.version);
        let edit = Working {
            id: Some((id, version)),
            reply: SaveReply {
                title: reply.title.clone(),
                ru: reply.ru.clone(),
                uz: reply.uz.clone(),
                en: reply.en.clone(),
                shared: reply.shared,
            },
        };
        let langs: Vec<&str> = [("RU", &reply.ru), ("UZ", &reply.uz), ("EN", &reply.en)]
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, _)| name)
            .collect();
        let first = [&reply.ru, &reply.uz, &reply.en].into_iter().find(|text| !text.is_empty()).cloned();
        let whose = if reply.shared { td_string!(l, together.reply_shared) } else { td_string!(l, together.reply_own) };
        view! {
            <div class="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 border-b border-line last:border-b-0 py-2">
                <div class="min-w-0">
                    <div class="row gap-2">
                        <strong>{reply.title.clone()}</strong>
                        <span class="text-xs text-muted">{format!("{whose} · {}", langs.join(" · "))}</span>
                    </div>
                    <div class="truncate text-sm text-muted">{first}</div>
                </div>
                {reply.may_edit.then(|| view! {
                    <div class="row flex-nowrap gap-0.5">
                        <IconButton icon="pencil" label=td_string!(l, common.edit) on_click=move |_| working.set(Some(edit.clone())) />
                        <IconButton icon="trash-2" label=td_string!(l, search.view_delete) on_click=move |_| drop_reply(id) />
                    </div>
                })}
            </div>
        }
    };
    let empty = all.is_empty();
    view! {
        <Card class="max-w-3xl" title=td_string!(l, together.replies) actions=move || view! {
            <Button kind=ButtonKind::Primary size=ButtonSize::Small icon="plus" on_click=move |_| working.set(Some(Working::default()))>
                {td_string!(l, together.reply_new)}
            </Button>
        }>
            <p class="m-0 mb-3 text-muted">{td_string!(l, together.replies_lead)}</p>
            {empty.then(|| view! { <EmptyState text=td_string!(l, together.replies_empty) icon="clipboard-list" /> })}
            {all.into_iter().map(row).collect_view()}
        </Card>
        <Form working=working on_change=on_change />
    }
}

#[component]
fn Form(working: RwSignal<Option<Working>>, on_change: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let may_share = api::session::use_me().can(Permission::SettingsManage);
    let open = RwSignal::new(false);
    let [title, ru, uz, en] = [0; 4].map(|_| RwSignal::new(String::new()));
    let shared = RwSignal::new(false);
    let id = RwSignal::new(None::<(ReplyId, i32)>);
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    effect(move || {
        let Some(Working { id: of, reply }) = working.get() else { return };
        id.set(of);
        title.set(reply.title);
        ru.set(reply.ru);
        uz.set(reply.uz);
        en.set(reply.en);
        shared.set(reply.shared);
        error.set(None);
        open.set(true);
        working.set(None);
    });
    let save = Callback::new(move |()| {
        let command = SaveReply {
            title: title.get_untracked(),
            ru: ru.get_untracked(),
            uz: uz.get_untracked(),
            en: en.get_untracked(),
            shared: shared.get_untracked(),
        };
        busy.set(true);
        error.set(None);
        let of = id.get_untracked();
        spawn_local(async move {
            let answer = match of {
                Some((id, version)) => api::talk::update_reply(id, version, command).await,
                None => api::talk::create_reply(command).await,
            };
            match answer {
                Ok(_) => {
                    open.set(false);
                    toasts.success(td_string!(l, together.reply_saved));
                    let _ = on_change.try_run(());
                }
                Err(refused) => {
                    if refused.0.fields.is_empty() {
                        toast_failure(toasts, l, &refused);
                    }
                    if refused.code() == Code::Conflict {
                        let _ = on_change.try_run(());
                    }
                    error.set(Some(refused));
                }
            }
            busy.set(false);
        });
    });
    let heading = Signal::derive(move || {
        let word = if id.with(Option::is_some) {
            td_string!(l, together.reply_edit)
        } else {
            td_string!(l, together.reply_new)
        };
        word.to_owned()
    });
    let language = move |name: &'static str, label: &'static str, value: RwSignal<String>| {
        view! {
            <Field label=label name=name error=field_error(error.into(), l, name)>
                <Textarea name=name value=value rows=3 maxlength=2000 on_submit=save />
            </Field>
        }
    };
    view! {
        <Dialog open=open title=heading wide=true footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary loading=busy on_click=move |_| save.run(())>{td_string!(l, common.save)}</Button>
        }>
            <Field label=td_string!(l, together.reply_title) name="title" required=true error=field_error(error.into(), l, "title")>
                <Input name="title" value=title maxlength=80 autocomplete="off" />
            </Field>
            {language("ru", td_string!(l, together.reply_ru), ru)}
            {language("uz", td_string!(l, together.reply_uz), uz)}
            {language("en", td_string!(l, together.reply_en), en)}
            {may_share.then(|| view! { <Checkbox name="shared" label=td_string!(l, together.reply_shared) checked=shared /> })}
        </Dialog>
    }
}
