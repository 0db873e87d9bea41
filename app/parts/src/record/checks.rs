//! The checklist: big lines to tick, and one to add.

use super::{Recorder, spent::head};
use crate::locale;
use api::session::use_now;
use i18n::{td_string, when};
use leptos::{prelude::*, task::spawn_local};
use model::work::{CheckItem, Checklist, RecordWork, WorkPart};
use ui::prelude::*;

impl Recorder {
    /// There are points, or some may be added.
    pub fn has_checks(self) -> Memo<bool> {
        let (may, items) = (self.may(), self.part(|work| !work.checklist.is_empty()));
        Memo::new(move |_| may.get() || items.get())
    }

    /// `2 of 5`, when there are points.
    pub fn checks_done(self) -> Memo<Option<String>> {
        let l = locale();
        self.part(move |work| {
            let done = work.checklist.iter().filter(|item| item.done_at.is_some()).count().to_string();
            let all = work.checklist.len().to_string();
            (!work.checklist.is_empty())
                .then(|| td_string!(l, work.checklist_progress, done = done, all = all).to_string())
        })
    }
}

/// The points, with a line to add one and the company's ready lists.
#[component]
pub fn CheckList(
    by: Recorder,
    /// Draws its own heading.
    #[prop(optional)]
    headed: bool,
) -> impl IntoView {
    let l = locale();
    let may = by.may();
    let items = by.part(|work| work.checklist.clone());
    let text = RwSignal::new(String::new());
    let ready = RwSignal::new(Vec::<Checklist>::new());
    let list = RwSignal::new(String::new());
    let progress = by.checks_done();
    let add = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let words = text.get_untracked().trim().to_owned();
        if !words.is_empty() {
            text.set(String::new());
            by.tap(RecordWork::AddCheck { text: words });
        }
    };
    let offer = move |_| {
        spawn_local(async move {
            if let Ok(all) = api::work::checklists().await {
                ready.set(all);
            }
        });
    };
    let options = Signal::derive(move || {
        ready.with(|all| all.iter().map(|c| Opt::new(c.id.to_string(), c.name.clone())).collect::<Vec<_>>())
    });
    view! {
        {headed.then(|| head(td_string!(l, work.checklist), move || progress.get().unwrap_or_default()))}
        <ul class="m-0 p-0 list-none grid">
            <For each=move || items.get() key=|item| (item.id, item.done_at) let:item>
                <Check item=item by=by may=may />
            </For>
        </ul>
        <Show when=move || may.get()>
            <form class="flex gap-2 mt-2" on:submit=add>
                <Input name="new-check" value=text maxlength=300 label=td_string!(l, work.add_check) placeholder=td_string!(l, work.add_check_placeholder) class="grow" />
                <Button icon="plus" submit=true class=by.height() disabled=Signal::derive(move || text.with(|t| t.trim().is_empty()))>
                    {td_string!(l, work.add_check)}
                </Button>
            </form>
            <Show
                when=move || ready.with(|all| !all.is_empty())
                fallback=move || view! {
                    <Button kind=ButtonKind::Ghost icon="list" class=by.height() on_click=offer>{td_string!(l, work.use_checklist)}</Button>
                }
            >
                <Select name="ready-list" options=options value=list placeholder=td_string!(l, work.use_checklist) label=td_string!(l, work.use_checklist)
                    on_change=move |id: String| {
                        if let Ok(checklist_id) = id.parse() {
                            by.tap(RecordWork::UseChecklist { checklist_id });
                            list.set(String::new());
                            ready.set(Vec::new());
                        }
                    } />
            </Show>
        </Show>
    }
}

#[component]
fn Check(item: CheckItem, by: Recorder, may: Memo<bool>) -> impl IntoView {
    let (l, now) = (locale(), use_now());
    let (id, done, added) = (item.id, item.done_at.is_some(), item.added);
    let said =
        item.done_at.zip(item.done_by).map(|(at, who)| move || format!("{who} · {}", when::moment(l, at, now.get())));
    let icon = if done { "circle-check" } else { "circle" };
    view! {
        <li class="flex gap-1 items-center">
            <button
                type="button"
                role="checkbox"
                aria-checked=if done { "true" } else { "false" }
                class=format!("grow flex gap-2.5 items-center text-left bg-transparent border-0 p-0 text-inherit {}", by.line())
                disabled=move || !may.get()
                on:click=move |_| by.tap(RecordWork::Check { item_id: id, done: !done })
            >
                <span class=if done { "tone-success tone-text" } else { "text-muted" }><Icon name=icon size=IconSize::Large /></span>
                <span class="min-w-0 [overflow-wrap:anywhere]">
                    {item.text}
                    {said.map(|said| view! { <span class="block text-sm text-muted">{said}</span> })}
                </span>
            </button>
            {added.then(|| by.remove_button(WorkPart::Check, id))}
        </li>
    }
}
