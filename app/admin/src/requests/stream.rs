//! Comments and history in one stream, the newest on top, under the box to write in.

use super::page::Open;
use crate::util::{lang, toast_failure};
use api::session::use_now;
use chrono::{DateTime, Utc};
use i18n::{Locale, td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    assignment::Explanation,
    classifier::Names,
    requests::{AddComment, Change, CommentView, HistoryEntry, RequestCard, Status},
};
use ui::{
    dom::{store, stored},
    prelude::*,
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Show {
    #[default]
    All,
    Comments,
    History,
}

#[derive(Clone, PartialEq)]
enum Item {
    Comment(CommentView),
    Change(HistoryEntry),
}

impl Item {
    fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Comment(comment) => comment.created_at,
            Self::Change(entry) => entry.at,
        }
    }
}

fn items(card: &RequestCard, show: Show) -> Vec<Item> {
    let comments = card.comments.iter().filter(|_| show != Show::History).cloned().map(Item::Comment);
    let history = card.history.iter().filter(|_| show != Show::Comments).cloned().map(Item::Change);
    let mut all: Vec<Item> = comments.chain(history).collect();
    all.sort_by_key(|item| std::cmp::Reverse(item.at()));
    all
}

#[component]
pub(super) fn Stream(open: Open) -> impl IntoView {
    let l = lang();
    let show = RwSignal::new(Show::All);
    let list = Memo::new(move |_| open.card.with(|card| items(card, show.get())));
    let counts = open.part(|card| (card.comments.len(), card.history.len()));
    let tab = move |which: Show, word: &'static str, n: Option<usize>| {
        view! {
            <button type="button" aria-pressed=move || if show.get() == which { "true" } else { "false" } on:click=move |_| show.set(which)>
                {word} {n.map(|n| format!(" {n}"))}
            </button>
        }
    };
    view! {
        <section class="panel lg:sticky lg:top-16" aria-label=td_string!(l, requests.talk)>
            <div class="panel-body grid gap-4">
                <CommentBox open=open />
                <div class="segmented justify-self-start" role="group" aria-label=td_string!(l, requests.talk)>
                    {tab(Show::All, td_string!(l, common.all), None)}
                    {move || tab(Show::Comments, td_string!(l, requests.comments), Some(counts.get().0))}
                    {move || tab(Show::History, td_string!(l, requests.history), Some(counts.get().1))}
                </div>
                <div class="lg:max-h-[calc(100dvh-24rem)] lg:min-h-48 lg:overflow-y-auto" tabindex="0">
                    {move || {
                        let all = list.get();
                        if all.is_empty() {
                            return view! { <p class="m-0 text-muted">{td_string!(l, requests.no_comments)}</p> }.into_any();
                        }
                        view! {
                            <Timeline>
                                {all.into_iter().map(|item| match item {
                                    Item::Comment(comment) => view! { <Comment comment=comment /> }.into_any(),
                                    Item::Change(entry) => view! { <ChangeLine entry=entry /> }.into_any(),
                                }).collect_view()}
                            </Timeline>
                        }
                        .into_any()
                    }}
                </div>
            </div>
        </section>
    }
}

fn signed(l: Locale, name: &str, role: Option<model::Role>) -> String {
    match (name.is_empty(), role) {
        (true, _) => td_string!(l, requests.system).to_owned(),
        (false, Some(role)) => format!("{name}, {}", words::role(l, role).to_lowercase()),
        (false, None) => name.to_owned(),
    }
}

#[component]
fn Comment(comment: CommentView) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let at = comment.created_at;
    let (tone, icon, reach) = if comment.internal {
        (Tone::Warning, "lock", td_string!(l, requests.internal))
    } else {
        (Tone::Brand, "message-circle", td_string!(l, requests.with_resident))
    };
    view! {
        <Step title=signed(l, &comment.author, Some(comment.author_role)) icon=icon tone=tone
            time=Signal::derive(move || format!("{reach} · {}", when::moment(l, at, now.get())))>
            <div class=if comment.internal { "banner tone-warning" } else { "banner tone-brand" }>
                <span class="whitespace-pre-wrap wrap-anywhere">{comment.body}</span>
            </div>
        </Step>
    }
}

#[component]
fn ChangeLine(entry: HistoryEntry) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let at = entry.at;
    let (icon, tone) = look(&entry);
    let who = signed(l, &entry.actor, entry.actor_role);
    let reason = entry.reason.clone().filter(|text| !text.is_empty());
    view! {
        <Step title=sentence(l, &entry) icon=icon tone=tone
            time=Signal::derive(move || format!("{who} · {}", when::moment(l, at, now.get())))>
            {reason.map(|text| view! { <div class="whitespace-pre-wrap wrap-anywhere">{text}</div> })}
        </Step>
    }
}

fn look(entry: &HistoryEntry) -> (&'static str, Tone) {
    match entry.change {
        Change::Created => ("plus", Tone::Neutral),
        Change::Status => entry.new.as_deref().and_then(|s| s.parse::<Status>().ok()).map_or(
            ("circle-dot", Tone::Neutral),
            |status| {
                let (tone, icon) = crate::util::status_look(status);
                (icon, tone)
            },
        ),
        Change::Assignee => ("user-check", Tone::Info),
        Change::Rating => ("star", Tone::Success),
        Change::File => ("camera", Tone::Neutral),
        Change::Confirmation => ("badge-check", Tone::Success),
        Change::Estimate => ("receipt", Tone::Info),
        Change::Due => ("clock", Tone::Neutral),
        Change::Waiting => ("circle-pause", Tone::Warning),
        Change::Chosen => ("sparkles", Tone::Info),
        Change::Category | Change::Problem | Change::Kind | Change::Priority | Change::Description => {
            ("pencil", Tone::Neutral)
        }
    }
}

/// The change as a line: `In progress → Done`.
fn sentence(l: Locale, entry: &HistoryEntry) -> String {
    let word = |value: &Option<String>| match (value.as_deref(), entry.change) {
        (None | Some(""), Change::Assignee) => td_string!(l, common.nobody).to_owned(),
        (None | Some(""), _) => "—".to_owned(),
        (Some(v), Change::Status) => v.parse().map_or_else(|()| v.to_owned(), |v| words::status(l, v).to_owned()),
        (Some(v), Change::Category) => v.parse().map_or_else(|()| v.to_owned(), |v| words::category(l, v).to_owned()),
        (Some(v), Change::Kind) => v.parse().map_or_else(|()| v.to_owned(), |v| words::kind(l, v).to_owned()),
        (Some(v), Change::Priority) => v.parse().map_or_else(|()| v.to_owned(), |v| words::priority(l, v).to_owned()),
        (Some(v), Change::Problem) => {
            serde_json::from_str::<Names>(v).map_or_else(|_| v.to_owned(), |names| names.of(i18n::lang(l)).to_owned())
        }
        (Some(v), Change::Due) => v.parse::<DateTime<Utc>>().map_or_else(|_| v.to_owned(), |at| when::full(l, at)),
        (Some(v), _) => v.to_owned(),
    };
    let (old, new) = (word(&entry.old), word(&entry.new));
    let named = |name: &str| format!("{name}: {old} → {new}");
    match entry.change {
        Change::Created => td_string!(l, requests.change_created).to_owned(),
        Change::Status => format!("{old} → {new}"),
        Change::Assignee => td_string!(l, requests.change_assignee, name = new).to_string(),
        Change::Category => named(td_string!(l, requests.category)),
        Change::Problem if entry.new.is_none() => td_string!(l, classifier.change_none).to_owned(),
        Change::Problem => td_string!(l, classifier.change_problem, name = new).to_string(),
        Change::Chosen => match entry.new.as_deref().and_then(|v| serde_json::from_str::<Explanation>(v).ok()) {
            Some(why) => format!("{}: {}", td_string!(l, assignment.chosen), words::why(l, &why)),
            None => td_string!(l, assignment.chosen).to_owned(),
        },
        Change::Kind => named(td_string!(l, requests.kind)),
        Change::Priority => named(td_string!(l, requests.priority)),
        Change::Due => named(td_string!(l, requests.due)),
        Change::Description => td_string!(l, requests.change_description).to_owned(),
        Change::Rating => td_string!(l, requests.change_rating, stars = new).to_string(),
        Change::File => td_string!(l, requests.change_files, n = new).to_string(),
        Change::Confirmation | Change::Estimate => {
            i18n::work_words::change(l, entry.change, entry.old.as_deref(), entry.new.as_deref())
        }
        Change::Waiting if entry.new.as_deref() == Some("true") => td_string!(l, deadlines.change_waiting).to_owned(),
        Change::Waiting => td_string!(l, deadlines.change_waiting_over).to_owned(),
    }
}

/// The box to write in. Who will read it is told by word, icon and colour; the draft lives on this device.
#[component]
fn CommentBox(open: Open) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let key = StoredValue::new(format!("draft-comment-{}", open.id));
    let body = RwSignal::new(String::new());
    let internal = RwSignal::new(true);
    let busy = RwSignal::new(false);
    Effect::new(move |known: Option<()>| {
        let text = body.get();
        if known.is_some() {
            key.with_value(|key| store(key, Some(text.as_str()).filter(|t| !t.trim().is_empty())));
        } else if let Some(draft) = key.with_value(|key| stored(key)) {
            body.set(draft);
        }
    });
    let send = Callback::new(move |()| {
        let text = body.get_untracked().trim().to_owned();
        if text.is_empty() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        let command = AddComment { body: text, internal: internal.get_untracked() };
        spawn_local(async move {
            match api::requests::comment(open.id, command).await {
                Ok(card) => {
                    open.take(card);
                    body.set(String::new());
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
        if internal.get() { td_string!(l, requests.internal_help) } else { td_string!(l, requests.with_resident_help) }
    };
    view! {
        <div class=move || if internal.get() { "banner tone-warning flex-col gap-2" } else { "banner tone-brand flex-col gap-2" }>
            <div class="segmented" role="group" aria-label=td_string!(l, requests.reach)>
                {side(true, "lock", td_string!(l, requests.internal))}
                {side(false, "message-circle", td_string!(l, requests.with_resident))}
            </div>
            <Textarea name="comment" value=body rows=3 maxlength=4000 on_submit=send class="w-full"
                placeholder=td_string!(l, requests.comment_placeholder) label=td_string!(l, requests.comment_label) />
            <div class="row w-full">
                <span class="grow text-xs text-muted">{reach}</span>
                <Button kind=ButtonKind::Primary icon="send" loading=busy
                    disabled=Signal::derive(move || body.with(|text| text.trim().is_empty())) on_click=move |_| send.run(())>
                    {move || if internal.get() { td_string!(l, requests.write_internal) } else { td_string!(l, requests.write_resident) }}
                </Button>
            </div>
        </div>
    }
}
