//! The list of the desk: columns as data, sticky header, selection, row click, skeleton, empty slot.

use crate::{icon::Icon, icon::IconSize, texts};
use leptos::{ev::MouseEvent, prelude::*};
use std::{collections::BTreeSet, sync::Arc};
use wasm_bindgen::JsCast;

/// Direction of a sorted column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortDir {
    /// Smallest first.
    Asc,
    /// Largest first.
    Desc,
}

type CellFn<T> = Arc<dyn Fn(&T) -> AnyView + Send + Sync>;

/// One column as data.
#[derive(Clone)]
pub struct Column<T: 'static> {
    /// Stable name, for saved column sets and sorting.
    pub key: &'static str,
    /// Header words.
    pub header: Signal<String>,
    /// Classes for header and cells: `num`, `cell-cut`, `text-muted`…
    pub class: &'static str,
    /// Not shown when true.
    pub hidden: Signal<bool>,
    /// Can the header be clicked to sort?
    pub sortable: bool,
    cell: CellFn<T>,
}

impl<T: 'static> Column<T> {
    /// A visible column.
    pub fn new<V: IntoView + 'static>(
        key: &'static str,
        header: impl Into<Signal<String>>,
        cell: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        let cell: CellFn<T> = Arc::new(move |row| cell(row).into_any());
        Self { key, header: header.into(), class: "", hidden: Signal::stored(false), sortable: false, cell }
    }

    /// Sets the classes.
    #[must_use]
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// Right-aligned tabular numbers.
    #[must_use]
    pub fn num(self) -> Self {
        self.class("num")
    }

    /// Hides the column by a signal.
    #[must_use]
    pub fn hidden(mut self, hidden: impl Into<Signal<bool>>) -> Self {
        self.hidden = hidden.into();
        self
    }

    /// Lets the header sort.
    #[must_use]
    pub fn sortable(mut self) -> Self {
        self.sortable = true;
        self
    }
}

/// A click on a link, button or checkbox inside a row is not a click on the row.
fn is_control(ev: &MouseEvent) -> bool {
    ev.target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .and_then(|element| element.closest("a,button,input,label,summary,select").ok().flatten())
        .is_some()
}

/// A table over `rows` (`None` = loading). Always with `<tbody>`; server-side paging and sorting.
#[component]
pub fn DataTable<T>(
    columns: Vec<Column<T>>,
    #[prop(into)] rows: Signal<Option<Vec<T>>>,
    /// Identity of a row.
    key: impl Fn(&T) -> String + Send + Sync + 'static,
    /// What the table is, for screen readers.
    #[prop(into)]
    caption: Signal<String>,
    /// Checkbox column; holds the chosen keys.
    #[prop(optional)]
    selected: Option<RwSignal<BTreeSet<String>>>,
    /// False leaves the checkboxes out all the same: for who may do nothing with a choice.
    #[prop(default = true)]
    selectable: bool,
    /// Address of a row: the first cell becomes a link, double click follows it.
    #[prop(optional, into)]
    href: Option<Callback<T, String>>,
    /// One click on a row (side panel).
    #[prop(optional, into)]
    on_open: Option<Callback<T>>,
    /// Key of the row under the cursor or in the panel.
    #[prop(optional, into)]
    active: MaybeProp<String>,
    /// Current sorting, shown in the header.
    #[prop(optional, into)]
    sort: MaybeProp<(String, SortDir)>,
    #[prop(optional, into)] on_sort: Option<Callback<String>>,
    #[prop(optional, into)] empty: ViewFn,
    /// Rows of a `<tfoot>`, e.g. totals.
    #[prop(optional, into)]
    footer: Option<ViewFn>,
    #[prop(default = 8)] skeleton_rows: usize,
    /// On a phone each row becomes a small card.
    #[prop(optional)]
    stack: bool,
    /// Own scroll area with a fixed header (max 70 % of the screen).
    #[prop(optional)]
    tall: bool,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    let selected = selected.filter(|_| selectable);
    let columns = StoredValue::new(columns);
    let key = StoredValue::new(key);
    let (all_word, one_word) = (texts::select_all(), texts::select_row());
    let visible = move || columns.with_value(|all| all.iter().filter(|c| !c.hidden.get()).cloned().collect::<Vec<_>>());
    let keys =
        move || rows.with(|rows| rows.iter().flatten().map(|row| key.with_value(|key| key(row))).collect::<Vec<_>>());

    let head = move || {
        visible()
            .into_iter()
            .map(|column| {
                let name = column.key;
                let dir = move || sort.get().filter(|(by, _)| by == name).map(|(_, dir)| dir);
                let header = column.header;
                let content = if let (true, Some(run)) = (column.sortable, on_sort) {
                    view! {
                        <button type="button" class="sort" on:click=move |_| run.run(name.to_string())>
                            {move || header.get()}
                            {move || dir().map(|dir| {
                                let icon = if dir == SortDir::Asc { "arrow-up" } else { "arrow-down" };
                                view! { <Icon name=icon size=IconSize::Small /> }
                            })}
                        </button>
                    }
                    .into_any()
                } else {
                    view! { <span>{move || header.get()}</span> }.into_any()
                };
                let aria = move || dir().map(|dir| if dir == SortDir::Asc { "ascending" } else { "descending" });
                view! { <th scope="col" class=column.class aria-sort=aria>{content}</th> }
            })
            .collect_view()
    };

    let row_view = move |row: T| {
        let id = key.with_value(|key| key(&row));
        let link = href.map(|href| href.run(row.clone()));
        let pick = selected.map(|selected| {
            let (sent, own, for_change) = (id.clone(), id.clone(), id.clone());
            view! {
                <td class="cell-pick">
                    <label>
                        <input
                            type="checkbox"
                            class="checkbox"
                            name="ids"
                            value=sent
                            aria-label=move || one_word.get()
                            checked=selected.with_untracked(|set| set.contains(&id))
                            prop:checked=move || selected.with(|set| set.contains(&own))
                            on:change=move |ev| {
                                let on = event_target_checked(&ev);
                                selected.update(|set| {
                                    if on { set.insert(for_change.clone()); } else { set.remove(&for_change); }
                                });
                            }
                        />
                    </label>
                </td>
            }
        });
        let cells = visible()
            .into_iter()
            .enumerate()
            .map(|(n, column)| {
                let inner = (column.cell)(&row);
                let class = if n == 0 {
                    format!("{} cell-lead", column.class).trim().to_string()
                } else {
                    column.class.to_string()
                };
                let header = column.header;
                let label = stack.then_some(move || header.get());
                let content = match (n, link.clone()) {
                    (0, Some(link)) => view! { <a class="row-link" href=link>{inner}</a> }.into_any(),
                    _ => inner,
                };
                view! { <td class=class data-label=label>{content}</td> }
            })
            .collect_view();
        let (picked, current) = (id.clone(), id.clone());
        let open = move |ev: MouseEvent| {
            if let (Some(run), false) = (on_open, is_control(&ev)) {
                run.run(row.clone());
            }
        };
        let follow = move |ev: MouseEvent| {
            let anchor = ev
                .current_target()
                .and_then(|row| row.dyn_into::<web_sys::Element>().ok())
                .and_then(|row| row.query_selector("a.row-link").ok().flatten())
                .and_then(|anchor| anchor.dyn_into::<web_sys::HtmlElement>().ok());
            if let (Some(anchor), false) = (anchor, is_control(&ev)) {
                anchor.click();
            }
        };
        view! {
            <tr
                data-key=id.clone()
                data-open=on_open.map(|_| "")
                data-active=move || active.get().is_some_and(|key| key == current).then_some("")
                aria-selected=move || {
                    selected.map(|selected| if selected.with(|set| set.contains(&picked)) { "true" } else { "false" })
                }
                on:click=open
                on:dblclick=follow
            >
                {pick}
                {cells}
            </tr>
        }
    };

    let width = move || visible().len() + usize::from(selected.is_some());
    let body = move || match rows.get() {
        None => (0..skeleton_rows)
            .map(|n| {
                let bar = ["w-3/4", "w-1/2", "w-2/3"][n % 3];
                view! {
                    <tr aria-hidden="true">
                        {(0..width()).map(|_| view! {
                            <td><div class=format!("skeleton skeleton-late h-3 {bar}")></div></td>
                        }).collect_view()}
                    </tr>
                }
            })
            .collect_view()
            .into_any(),
        Some(rows) if rows.is_empty() => view! { <tr><td colspan=width>{empty.run()}</td></tr> }.into_any(),
        Some(rows) => rows.into_iter().map(&row_view).collect_view().into_any(),
    };
    let pick_all = selected.map(|selected| {
        let all = move || {
            let keys = keys();
            !keys.is_empty() && selected.with(|set| keys.iter().all(|key| set.contains(key)))
        };
        view! {
            <th scope="col" class="cell-pick">
                <label>
                    <input
                        type="checkbox"
                        class="checkbox"
                        aria-label=move || all_word.get()
                        prop:checked=all
                        prop:indeterminate=move || !all() && selected.with(|set| !set.is_empty())
                        on:change=move |ev| {
                            let on = event_target_checked(&ev);
                            selected.update(|set| {
                                set.clear();
                                if on {
                                    set.extend(keys());
                                }
                            });
                        }
                    />
                </label>
            </th>
        }
    });
    // A frame that scrolls is reached by the keyboard: by the links in its rows, or by itself.
    let focusable = tall || href.is_none();
    view! {
        <div class=if tall { "table-frame is-tall" } else { "table-frame" } tabindex=focusable.then_some("0")>
            <table class=if stack { "tbl tbl-stack" } else { "tbl" } aria-busy=move || rows.with(Option::is_none).then_some("true")>
                <caption class="sr-only">{move || caption.get()}</caption>
                <thead>
                    <tr>{pick_all} {head}</tr>
                </thead>
                <tbody>{body}</tbody>
                {footer.map(|footer| view! { <tfoot>{footer.run()}</tfoot> })}
            </table>
        </div>
    }
}

/// The bar that rises when rows are selected; its children are the actions.
#[component]
pub fn SelectionBar(selected: RwSignal<BTreeSet<String>>, children: ChildrenFn) -> impl IntoView {
    let (word, clear) = (texts::selected(), texts::clear());
    move || {
        let count = selected.with(BTreeSet::len);
        (count > 0).then(|| {
            view! {
                <div class="action-bar glass-raised" role="toolbar" aria-label=move || word.get()>
                    <strong>{count} " " {move || word.get()}</strong>
                    <span class="grow"></span>
                    {children()}
                    <crate::button::IconButton icon="x" label=clear on_click=move |_| selected.set(BTreeSet::new()) />
                </div>
            }
        })
    }
}
