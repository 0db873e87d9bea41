//! `/desk/settings/texts`: the words of messages by kind, channel and language, seen as their reader would.

use super::{Frame, loaded};
use crate::{
    property::form::{Refusal, Sending},
    util::{lang, tell_failure, toast_failure},
};
use i18n::{notices as words, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Lang,
    notices::{NoticeChannel, NoticeKind, SaveText, TextKey, TextKind, TextPreview, TextVersion, TextWords, Var},
};
use std::collections::HashMap;
use ui::prelude::*;

#[component]
pub fn TextsPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| api::texts::list());
    view! {
        <Frame path="/desk/settings/texts">
            {loaded(found, |all| view! { <Editor all=all /> })}
        </Frame>
    }
    .into_any()
}

#[component]
fn Editor(all: Vec<TextKind>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let kinds: Vec<Opt> = all.iter().map(|k| Opt::new(k.kind.as_str(), words::kind(l, k.kind))).collect();
    let channels: Vec<Opt> = NoticeChannel::ALL.iter().map(|c| Opt::new(c.as_str(), words::channel(l, *c))).collect();
    let langs: Vec<Opt> = Lang::ALL.iter().map(|x| Opt::new(x.code(), i18n::words::language(*x))).collect();
    let first = all.first().map_or(NoticeKind::RequestStep, |k| k.kind);
    let all = RwSignal::new(all);
    let kind = RwSignal::new(first.to_string());
    let channel = RwSignal::new(NoticeChannel::Telegram.to_string());
    let spoken = RwSignal::new(i18n::lang(l).code().to_owned());
    let key = Memo::new(move |_| TextKey {
        kind: kind.with(|text| text.parse().unwrap_or(first)),
        channel: channel.with(|text| text.parse().unwrap_or(NoticeChannel::Telegram)),
        lang: spoken.with(|text| Lang::parse(text).unwrap_or_default()),
    });
    let of_kind = Memo::new(move |_| all.with(|all| all.iter().find(|k| k.kind == key.get().kind).cloned()));
    let newest = Memo::new(move |_| {
        let key = key.get();
        of_kind.with(|of| of.as_ref().and_then(|of| of.newest(key.channel, key.lang)).cloned())
    });
    let (title, text) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let fill = move |words: TextWords| {
        title.set(words.title);
        text.set(words.text);
    };
    let written = move || TextWords { title: title.get(), text: text.get() };
    let stored = Memo::new(move |_| {
        let key = key.get();
        of_kind.with(|of| of.as_ref().map(|of| of.words(key.channel, key.lang))).unwrap_or_default()
    });
    // What is written and not saved waits while one looks at other texts.
    let unsaved = StoredValue::new(HashMap::<TextKey, TextWords>::new());
    // Another text is another form; the server draws the first one.
    let show = move || {
        let (key, stored) = (key.get(), stored.get());
        fill(unsaved.with_value(|all| all.get(&key).cloned()).unwrap_or(stored));
    };
    untrack(show);
    effect(show);
    let differs = Memo::new(move |_| trimmed(written()) != trimmed(stored.get()));
    effect(move || {
        let words = written();
        let key = key.get_untracked();
        unsaved.update_value(|all| {
            if differs.get_untracked() {
                all.insert(key, words);
            } else {
                all.remove(&key);
            }
        });
    });
    let sending = Sending::new();
    let save = Callback::new(move |words: Option<TextWords>| {
        let key = key.get_untracked();
        let version = newest.with_untracked(|own| own.as_ref().map_or(0, |own| own.version));
        let sent = words.clone();
        let command = SaveText { kind: key.kind, channel: key.channel, lang: key.lang, version, words };
        sending.send(api::texts::save(command), move |fresh| {
            unsaved.update_value(|all| {
                // What was written since stays.
                if sent.is_none() || all.get(&key) == sent.as_ref() {
                    all.remove(&key);
                }
            });
            all.update(|all| {
                if let Some(known) = all.iter_mut().find(|k| k.kind == fresh.kind) {
                    *known = fresh;
                }
            });
            toasts.success(td_string!(l, news.texts_saved));
        });
    });
    let try_out = move |_| {
        let key = key.get_untracked();
        spawn_local(async move {
            match api::texts::try_out(key).await {
                Ok(sent) if sent.messages > 0 => {
                    toasts.success(td_string!(l, news.texts_tested, n = sent.messages.to_string()).to_string());
                }
                Ok(sent) if sent.people > 0 => toasts.success(td_string!(l, news.texts_tested_list)),
                Ok(_) => toasts.error(td_string!(l, news.texts_test_nowhere), None),
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    let own = Memo::new(move |_| newest.with(|own| own.as_ref().is_some_and(|own| own.words.is_some())));
    let insert = move |var: Var| text.update(|text| text.push_str(&format!("{{{var}}}")));
    let vars = move || {
        let common = [Var::Name, Var::Company, Var::Link];
        let of = of_kind.with(|of| of.as_ref().map(|of| of.vars.clone()).unwrap_or_default());
        of.into_iter()
            .chain(common)
            .map(|var| {
                let label = format!("{{{var}}} {}", words::var(l, var));
                view! { <Chip text=label on_click=move |()| insert(var) /> }
            })
            .collect_view()
    };
    view! {
        <Card title=td_string!(l, news.texts_tab) class="max-w-3xl">
            <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(Some(untrack(written))); } novalidate>
                <Refusal of=sending />
                <p class="m-0 text-muted">{td_string!(l, news.texts_lead)}</p>
                <div class="grid gap-3 sm:grid-cols-3">
                    <Field label=td_string!(l, news.texts_kind) name="kind"><Select name="kind" options=kinds value=kind /></Field>
                    <Field label=td_string!(l, news.texts_channel) name="channel"><Select name="channel" options=channels value=channel /></Field>
                    <Field label=td_string!(l, news.texts_lang) name="lang"><Select name="lang" options=langs value=spoken /></Field>
                </div>
                {move || {
                    let (text, tone) = if own.get() {
                        (td_string!(l, news.texts_own), Tone::Brand)
                    } else {
                        (td_string!(l, news.texts_default), Tone::Neutral)
                    };
                    view! { <div><Pill text=text tone=tone icon="pencil" /></div> }
                }}
                <Field label=td_string!(l, news.texts_title) name="title" error=sending.error("words/title")>
                    <Input name="title" value=title maxlength=150 autocomplete="off" />
                </Field>
                <Field label=td_string!(l, news.texts_body) name="text" error=sending.error("words/text")>
                    <Textarea name="text" value=text rows=5 maxlength=2000 />
                </Field>
                <div class="grid gap-1">
                    <span class="text-sm text-muted">{td_string!(l, news.texts_vars)}</span>
                    <div class="row gap-1.5">{vars}</div>
                </div>
                <Seen key=key written=Memo::new(move |_| written()) />
                {move || differs.get().then(|| view! { <p class="m-0 text-sm text-muted">{td_string!(l, news.texts_test_saved)}</p> })}
                <div class="row justify-end">
                    <Button icon="send" disabled=differs on_click=try_out>{td_string!(l, news.texts_test)}</Button>
                    {move || own.get().then(|| view! {
                        <Button icon="rotate-ccw" on_click=move |_| save.run(None)>{td_string!(l, news.texts_reset)}</Button>
                    })}
                    <Button kind=ButtonKind::Primary submit=true loading=sending.busy>{td_string!(l, news.texts_save)}</Button>
                </div>
                <Versions key=key newest=newest on_take=fill />
            </form>
        </Card>
    }
}

/// As they are kept.
fn trimmed(words: TextWords) -> TextWords {
    TextWords { title: words.title.trim().to_owned(), text: words.text.trim().to_owned() }
}

/// What the reader would see, made by the server while one writes.
#[component]
fn Seen(key: Memo<TextKey>, written: Memo<TextWords>) -> impl IntoView {
    let l = lang();
    let seen = RwSignal::new(None::<TextPreview>);
    let wanted = Memo::new(move |_| (key.get(), written.get()));
    let settled: Signal<(TextKey, TextWords)> = use_debounced(wanted, 300);
    effect(move || {
        let asked = settled.get();
        spawn_local(async move {
            let (key, words) = asked.clone();
            if let Ok(fresh) = api::texts::preview(key, words).await
                && settled.try_get_untracked() == Some(asked)
            {
                seen.set(Some(fresh));
            }
        });
    });
    view! {
        <div class="grid gap-1" aria-live="polite">
            <span class="text-sm text-muted">{td_string!(l, news.texts_preview)}</span>
            <div class="panel p-3 min-h-20">
                {move || seen.get().map(|found| {
                    let note = if found.real { td_string!(l, news.texts_sample) } else { td_string!(l, news.texts_example) };
                    view! {
                        <strong class="block [overflow-wrap:anywhere]">{found.words.title}</strong>
                        <p class="m-0 whitespace-pre-line [overflow-wrap:anywhere]">{found.words.text}</p>
                        <p class="m-0 mt-2 text-sm text-muted">{note}</p>
                    }
                })}
            </div>
        </div>
    }
}

/// Earlier versions; one of them can be taken into the form again.
#[component]
fn Versions(
    key: Memo<TextKey>,
    newest: Memo<Option<TextVersion>>,
    #[prop(into)] on_take: Callback<TextWords>,
) -> impl IntoView {
    let (l, now) = (lang(), api::session::use_now());
    let found = Resource::new(
        move || (key.get(), newest.with(|own| own.as_ref().map(|own| own.version))),
        |(key, version)| async move {
            match version {
                Some(_) => api::texts::history(key).await,
                None => Ok(Vec::new()),
            }
        },
    );
    tell_failure(found);
    let row = move |of: TextVersion| {
        let at = when::moment(l, of.at, now.get_untracked());
        let head = td_string!(l, news.texts_version, n = of.version.to_string()).to_string();
        let said = of.words.as_ref().map_or(td_string!(l, news.texts_default).to_owned(), |words| words.title.clone());
        view! {
            <li class="flex flex-wrap items-center gap-x-3 py-1.5 border-b border-line last:border-b-0">
                <span class="grow min-w-0">
                    <span class="block truncate">{said}</span>
                    <span class="block text-sm text-muted">{format!("{head} · {} · {at}", of.author)}</span>
                </span>
                {of.words.map(|words| view! {
                    <Button size=ButtonSize::Small kind=ButtonKind::Ghost on_click=move |_| on_take.run(words.clone())>{td_string!(l, news.texts_take)}</Button>
                })}
            </li>
        }
    };
    view! {
        <Transition>
            {move || {
                let rows = found.get().and_then(Result::ok).unwrap_or_default();
                (!rows.is_empty()).then(|| view! {
                    <details>
                        <summary class="cursor-pointer text-muted">{td_string!(l, news.texts_history)}</summary>
                        <ul class="m-0 mt-2 p-0 list-none">{rows.into_iter().map(row).collect_view()}</ul>
                    </details>
                })
            }}
        </Transition>
    }
}
