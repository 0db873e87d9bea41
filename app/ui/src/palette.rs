//! `Ctrl K`: everything by name. `?`: the keys themselves.

use crate::hooks::effect;
use crate::{
    dialog::{Dialog, bind_dialog},
    dom::call_method,
    hooks::use_hotkey,
    icon::Icon,
    texts,
};
use leptos::{ev::KeyboardEvent, html, prelude::*};
use model::fold;
use wasm_bindgen::JsCast;

/// What a command does.
#[derive(Clone)]
pub enum CommandAction {
    /// Goes somewhere.
    Href(String),
    /// Does something here.
    Run(Callback<()>),
}

/// One line of the palette.
#[derive(Clone)]
pub struct Command {
    /// Stable, unique.
    pub id: String,
    /// What the person reads and searches.
    pub label: String,
    /// Quiet words at the right: shortcut, place.
    pub hint: Option<String>,
    /// Icon name.
    pub icon: &'static str,
    /// Heading it stands under.
    pub group: String,
    /// What happens.
    pub action: CommandAction,
    /// It is an answer to what was typed already: not to be sifted again.
    pub found: bool,
}

/// Commands that hold every word typed, in whatever script or keyboard layout.
fn sift(all: &[Command], query: &str) -> Vec<Command> {
    let fits = |query: &str| -> Vec<Command> {
        let words = fold::words(query);
        let hit = |command: &&Command| {
            let text = format!("{} {} {}", command.label, command.group, command.hint.as_deref().unwrap_or_default());
            let text = fold::words(&text);
            command.found || words.split(' ').all(|word| text.contains(word))
        };
        all.iter().filter(hit).take(30).cloned().collect()
    };
    let near = fits(query);
    if near.iter().any(|command| !command.found) { near } else { fits(&fold::other_layout(query)) }
}

/// The palette. `on_query` lets the page add server results to `commands`.
#[component]
pub fn CommandPalette(
    open: RwSignal<bool>,
    #[prop(into)] commands: Signal<Vec<Command>>,
    #[prop(optional, into)] on_query: Option<Callback<String>>,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let list = NodeRef::<html::Div>::new();
    bind_dialog(node, open.into(), true);
    let (query, at) = (RwSignal::new(String::new()), RwSignal::new(0_usize));
    let (title, ask, nothing) = (texts::palette_title(), texts::palette_placeholder(), texts::nothing_found());
    let (move_word, open_word) = (texts::palette_move(), texts::palette_open());
    use_hotkey("ctrl+k", move |_| open.update(|on| *on = !*on));
    effect(move || {
        if open.get() {
            query.set(String::new());
            at.set(0);
        }
    });
    let rows = Signal::derive(move || commands.with(|all| sift(all, &query.get())));
    // Answers arrive while one is choosing: never beyond the end.
    effect(move || {
        let count = rows.with(Vec::len);
        if at.get_untracked() >= count {
            at.set(0);
        }
    });
    // A click on the row's own element, so that the router sees an ordinary link.
    let press = move |n: usize| {
        let row = list.get_untracked().and_then(|list| list.query_selector(&format!("#palette-{n}")).ok().flatten());
        if let Some(row) = row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()) {
            row.click();
        }
    };
    effect(move || {
        let n = at.get();
        let row = list.get().and_then(|list| list.query_selector(&format!("#palette-{n}")).ok().flatten());
        if let Some(row) = row {
            call_method(row.as_ref(), "scrollIntoViewIfNeeded");
        }
    });
    let keys = move |ev: KeyboardEvent| {
        let last = rows.with_untracked(Vec::len).saturating_sub(1);
        match ev.key().as_str() {
            "ArrowDown" => {
                ev.prevent_default();
                at.update(|n| *n = if *n >= last { 0 } else { *n + 1 });
            }
            "ArrowUp" => {
                ev.prevent_default();
                at.update(|n| *n = n.checked_sub(1).unwrap_or(last));
            }
            "Enter" => {
                ev.prevent_default();
                press(at.get_untracked());
            }
            _ => {}
        }
    };
    let item = move |n: usize, command: Command| {
        let selected = move || if at.get() == n { "true" } else { "false" };
        let inner = view! {
            <Icon name=command.icon />
            <span class="truncate shrink-0 max-w-[70%]">{command.label}</span>
            {command.hint.map(|hint| view! { <span class="hint truncate">{hint}</span> })}
        };
        let id = format!("palette-{n}");
        match command.action {
            CommandAction::Href(href) => view! {
                <a id=id class="menu-row" role="option" aria-selected=selected href=href tabindex="-1"
                    on:mousemove=move |_| at.set(n) on:click=move |_| open.set(false)>{inner}</a>
            }
            .into_any(),
            CommandAction::Run(run) => view! {
                <button id=id type="button" class="menu-row" role="option" aria-selected=selected tabindex="-1"
                    on:mousemove=move |_| at.set(n)
                    on:click=move |_| {
                        open.set(false);
                        run.run(());
                    }>{inner}</button>
            }
            .into_any(),
        }
    };
    view! {
        <dialog
            node_ref=node
            class="dialog palette"
            aria-label=move || title.get()
            on:close=move |_| open.set(false)
            on:mousedown=move |ev| {
                if ev.target() == ev.current_target() {
                    open.set(false);
                }
            }
        >
            {move || open.get().then(|| view! {
                <div class="palette-search">
                    <Icon name="search" />
                    <input
                        type="text"
                        role="combobox"
                        autofocus
                        autocomplete="off"
                        spellcheck="false"
                        aria-expanded="true"
                        aria-controls="palette-list"
                        aria-autocomplete="list"
                        aria-activedescendant=move || format!("palette-{}", at.get())
                        aria-label=move || ask.get()
                        placeholder=move || ask.get()
                        on:keydown=keys
                        on:input=move |ev| {
                            let text = event_target_value(&ev);
                            at.set(0);
                            query.set(text.clone());
                            if let Some(run) = on_query {
                                run.run(text);
                            }
                        }
                    />
                    <kbd class="kbd kbd-sm">"Esc"</kbd>
                </div>
            })}
            <div node_ref=list class="palette-list" id="palette-list" role="listbox" aria-label=move || title.get()>
                {move || {
                    let rows = if open.get() { rows.get() } else { Vec::new() };
                    if rows.is_empty() {
                        return view! { <div class="menu-title">{nothing.get()}</div> }.into_any();
                    }
                    let mut group = String::new();
                    rows.into_iter().enumerate().map(|(n, command)| {
                        let head = (command.group != group).then(|| {
                            group.clone_from(&command.group);
                            view! { <div class="menu-title" role="presentation">{command.group.clone()}</div> }
                        });
                        (head, item(n, command))
                    }).collect_view().into_any()
                }}
            </div>
            <div class="palette-foot" aria-hidden="true">
                <span><kbd class="kbd kbd-sm">"↑↓"</kbd> " " {move || move_word.get()}</span>
                <span><kbd class="kbd kbd-sm">"Enter"</kbd> " " {move || open_word.get()}</span>
            </div>
        </dialog>
    }
}

/// One shortcut for the help: keys as they are pressed, and what they do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortcut {
    /// `J`, `Ctrl`, `K`…
    pub keys: Vec<String>,
    /// What happens.
    pub label: String,
}

/// The list of keys, opened with `?`.
#[component]
pub fn ShortcutsHelp(open: RwSignal<bool>, #[prop(into)] shortcuts: Signal<Vec<Shortcut>>) -> impl IntoView {
    use_hotkey("?", move |_| open.set(true));
    view! {
        <Dialog open=open title=texts::shortcuts_title() wide=true>
            <dl class="keys">
                {move || shortcuts.get().into_iter().map(|shortcut| view! {
                    <div>
                        <dt>{shortcut.label}</dt>
                        <dd>{shortcut.keys.into_iter().map(|key| view! { <kbd class="kbd kbd-sm">{key}</kbd> }).collect_view()}</dd>
                    </div>
                }).collect_view()}
            </dl>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_in_any_script_and_layout() {
        let command = |label: &str, found: bool| Command {
            id: label.to_owned(),
            label: label.to_owned(),
            hint: None,
            icon: "inbox",
            group: "Перейти".to_owned(),
            action: CommandAction::Href("/".to_owned()),
            found,
        };
        let all = [command("Просроченные", false), command("Сотрудники", false), command("Ким Анна", true)];
        let labels = |query: &str| sift(&all, query).into_iter().map(|c| c.label).collect::<Vec<_>>();
        assert_eq!(labels("проср"), ["Просроченные", "Ким Анна"]);
        assert_eq!(labels("prosr"), ["Просроченные", "Ким Анна"]);
        assert_eq!(labels("cjnhel"), ["Сотрудники", "Ким Анна"]);
        assert_eq!(labels("").len(), 3);
        assert_eq!(labels("ничего"), ["Ким Анна"]);
    }
}
