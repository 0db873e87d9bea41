//! Comments and history in one stream, the newest on top, under the box to write in.

use super::{
    page::Open,
    talk::{Comment, CommentBox, Mending},
};
use crate::util::lang;
use api::session::use_now;
use chrono::{DateTime, Utc};
use i18n::{Locale, td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    assignment::Explanation,
    classifier::Names,
    requests::{Change, CommentView, HistoryEntry, LinkKind, RequestCard, Status},
};
use ui::prelude::*;

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

    /// Changes with what is shown, so that everything else stays where it is, with what is typed in it.
    fn key(&self) -> String {
        match self {
            Self::Comment(c) => {
                // A photo with hidden parts is another one, and newer.
                let photo = c.file_ids.iter().max();
                format!("{}-{:?}-{:?}-{}-{}-{photo:?}", c.id, c.edited_at, c.deleted_at, c.unread, c.may_edit)
            }
            Self::Change(h) => format!("{}-{}-{:?}", h.at, h.change, h.new),
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
    let nothing = Memo::new(move |_| list.with(Vec::is_empty));
    let mending = Mending::new();
    // Who has the page before them has read what is on it.
    let unread = open.part(|card| card.comments.iter().rfind(|comment| comment.unread).map(|comment| comment.id));
    effect(move || {
        if unread.get().is_some() && !document().hidden() {
            spawn_local(async move {
                // It will be tried again with the next comment; nobody needs to be told.
                let _ = api::talk::read(open.id).await;
            });
        }
    });
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
                        if nothing.get() {
                            return view! { <p class="m-0 text-muted">{td_string!(l, requests.no_comments)}</p> }.into_any();
                        }
                        view! {
                            <Timeline>
                                <For each=move || list.get() key=Item::key let:item>
                                    {match item {
                                        Item::Comment(comment) => view! { <Comment open=open comment=comment mending=mending /> }.into_any(),
                                        Item::Change(entry) => view! { <ChangeLine entry=entry /> }.into_any(),
                                    }}
                                </For>
                            </Timeline>
                        }
                        .into_any()
                    }}
                </div>
            </div>
        </section>
    }
}

pub(super) fn signed(l: Locale, name: &str, role: Option<model::Role>) -> String {
    match (name.is_empty(), role) {
        (true, _) => td_string!(l, requests.system).to_owned(),
        (false, Some(role)) => format!("{name}, {}", words::role(l, role).to_lowercase()),
        (false, None) => name.to_owned(),
    }
}

#[component]
fn ChangeLine(entry: HistoryEntry) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let at = entry.at;
    let (icon, tone) = look(&entry);
    let who = signed(l, &entry.actor, entry.actor_role);
    let reason = entry.reason.clone().filter(|text| !text.is_empty());
    // Done without a connection: both moments count.
    let late = entry.sent_at.map(|sent| (at, sent));
    let texts = (entry.change == Change::Description).then(|| (entry.old.clone(), entry.new.clone()));
    view! {
        <Step title=sentence(l, &entry) icon=icon tone=tone
            time=Signal::derive(move || format!("{who} · {}", match late {
                Some((done, sent)) => when::done_sent(l, done, sent, now.get()),
                None => when::moment(l, at, now.get()),
            }))>
            {reason.map(|text| view! { <div class="whitespace-pre-wrap wrap-anywhere">{text}</div> })}
            {texts.map(|(old, new)| view! {
                <del class="block whitespace-pre-wrap wrap-anywhere text-muted">{old}</del>
                <ins class="block whitespace-pre-wrap wrap-anywhere no-underline">{new}</ins>
            })}
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
        Change::Work => ("wrench", Tone::Neutral),
        Change::Due => ("clock", Tone::Neutral),
        Change::Waiting => ("circle-pause", Tone::Warning),
        Change::Chosen => ("sparkles", Tone::Info),
        Change::Category
        | Change::Problem
        | Change::Kind
        | Change::Priority
        | Change::Description
        | Change::Comment => ("pencil", Tone::Neutral),
        Change::Responsible | Change::Watcher => ("eye", Tone::Neutral),
        Change::Link | Change::Unlink | Change::Split => ("link", Tone::Neutral),
        Change::Joined | Change::TakenOut => ("git-merge", Tone::Info),
        Change::Control => ("phone-call", Tone::Neutral),
        Change::Hidden | Change::Redacted => ("eye-off", Tone::Warning),
    }
}

/// The change as a line: `In progress → Done`.
fn sentence(l: Locale, entry: &HistoryEntry) -> String {
    let word = |value: &Option<String>| match (value.as_deref(), entry.change) {
        (None | Some(""), Change::Assignee | Change::Responsible) => td_string!(l, common.nobody).to_owned(),
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
        Change::Confirmation | Change::Estimate | Change::Work => {
            i18n::work_words::change(l, entry.change, entry.old.as_deref(), entry.new.as_deref())
        }
        Change::Waiting if entry.new.as_deref() == Some("true") => td_string!(l, deadlines.change_waiting).to_owned(),
        Change::Waiting => td_string!(l, deadlines.change_waiting_over).to_owned(),
        Change::Responsible => td_string!(l, together.change_responsible, name = new).to_string(),
        Change::Watcher if entry.new.is_some() => td_string!(l, together.change_watcher_on, name = new).to_string(),
        Change::Watcher => td_string!(l, together.change_watcher_off, name = old).to_string(),
        Change::Comment => td_string!(l, together.change_comment).to_owned(),
        Change::Link => {
            let kind = entry.old.as_deref().and_then(|kind| kind.parse().ok()).unwrap_or(LinkKind::Related);
            let kind = super::related::link_word(l, kind, false);
            td_string!(l, together.change_link, number = new, kind = kind).to_string()
        }
        Change::Hidden if entry.new.as_deref() == Some("true") => td_string!(l, requests.change_hidden).to_owned(),
        Change::Hidden => td_string!(l, requests.change_shown).to_owned(),
        Change::Redacted => td_string!(l, requests.change_redacted, n = new).to_string(),
        Change::Unlink => td_string!(l, together.change_unlink, number = old).to_string(),
        // The duplicate's own line keeps where it stood.
        Change::Joined if entry.old.is_some() => td_string!(l, together.change_joined_to, number = new).to_string(),
        Change::Joined => td_string!(l, together.change_joined, number = new).to_string(),
        Change::TakenOut if entry.new.is_some() => td_string!(l, together.taken_out).to_owned(),
        Change::TakenOut => td_string!(l, together.change_taken_out, number = old).to_string(),
        Change::Split => td_string!(l, together.change_split, number = new).to_string(),
        Change::Control => {
            let outcome = match entry.new.as_deref() {
                Some("satisfied") => td_string!(l, together.control_good),
                Some("unsatisfied") => td_string!(l, together.control_bad),
                _ => td_string!(l, together.control_no),
            };
            td_string!(l, together.change_control, outcome = outcome).to_string()
        }
    }
}
