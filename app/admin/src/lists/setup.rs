//! Saved views of a list and its hidden columns, both kept on the server.

use crate::util::{lang, toast_failure};
use i18n::{failure, td_string};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use model::{
    SavedViewId,
    search::{CreateView, KeepList, List, ListSetup, SavedView, UpdateView},
};
use ui::prelude::*;

/// How the reader keeps one list: fetched once, changed in place.
#[derive(Clone, Copy)]
pub(crate) struct Setup {
    list: List,
    /// Where the list lives.
    path: &'static str,
    pub state: RwSignal<ListSetup>,
}

impl Setup {
    pub fn load(list: List, path: &'static str) -> Self {
        let (location, navigate) = (use_location(), use_navigate());
        let state = RwSignal::new(ListSetup::default());
        let setup = Self { list, path, state };
        let arrived = location.search.get_untracked();
        effect(move || {
            let (navigate, bare) = (navigate.clone(), arrived.is_empty());
            spawn_local(async move {
                let Ok(fresh) = api::search::setup(list).await else { return };
                let first = fresh.default_view.and_then(|id| fresh.views.iter().find(|view| view.id == id).cloned());
                // Nobody looks at this list any more.
                if state.try_set(fresh).is_some() {
                    return;
                }
                // Only who came without wishes of their own is shown the usual view.
                if let (true, Some(view)) = (bare && location.search.get_untracked().is_empty(), first) {
                    navigate(&setup.href(&view), NavigateOptions { replace: true, ..Default::default() });
                }
            });
        });
        setup
    }

    pub fn hides(self, column: &str) -> bool {
        self.state.with(|state| state.hidden.iter().any(|hidden| hidden == column))
    }

    /// For a column of the table.
    pub fn hidden(self, column: &'static str) -> Signal<bool> {
        Signal::derive(move || self.hides(column))
    }

    pub fn toggle(self, column: &str) {
        self.state.update(|state| {
            if let Some(at) = state.hidden.iter().position(|hidden| hidden == column) {
                state.hidden.remove(at);
            } else {
                state.hidden.push(column.to_owned());
            }
        });
        self.keep();
    }

    fn keep(self) {
        let ListSetup { hidden, default_view, .. } = self.state.get_untracked();
        let command = KeepList { list: self.list, hidden, default_view };
        let (l, toasts) = (lang(), use_toasts());
        spawn_local(async move {
            if let Err(error) = api::search::keep(command).await {
                toast_failure(toasts, l, &error);
            }
        });
    }

    fn href(self, view: &SavedView) -> String {
        if view.query.is_empty() { self.path.to_owned() } else { format!("{}?{}", self.path, view.query) }
    }

    async fn refresh(self) {
        if let Ok(fresh) = api::search::setup(self.list).await {
            self.state.set(fresh);
        }
    }
}

/// Which columns of a list are shown, chosen from its menu.
#[component]
pub(crate) fn Columns(
    setup: Setup,
    /// Keys and header words of the columns that can be hidden.
    of: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let columns = of.into_iter().map(|(key, title)| (key, title.to_owned())).collect();
    view! {
        <ColumnMenu columns=columns label=td_string!(lang(), desk.columns).to_owned()
            hides=move |key| setup.hides(key) on_toggle=move |key| setup.toggle(key) />
    }
}

/// The menu of views. `query` is what the list shows now, as its address says it, without the page.
#[component]
pub(crate) fn ViewsMenu(setup: Setup, #[prop(into)] query: Signal<String>) -> impl IntoView {
    let l = lang();
    let (saving, managing) = (RwSignal::new(false), RwSignal::new(false));
    let part = move |shared: bool| {
        let views: Vec<SavedView> =
            setup.state.with(|state| state.views.iter().filter(|view| view.shared == shared).cloned().collect());
        let title = if shared { td_string!(l, search.views_shared) } else { td_string!(l, search.views_own) };
        (!views.is_empty()).then(|| view! {
            <MenuTitle text=title />
            {views.into_iter().map(|view| {
                let icon = if setup.state.with(|state| state.default_view == Some(view.id)) { "star" } else { "list" };
                view! { <MenuItem text=view.name.clone() icon=icon href=setup.href(&view) /> }
            }).collect_view()}
            <MenuLine />
        })
    };
    view! {
        <Menu label=td_string!(l, search.views) end=true bordered=true trigger=move || view! {
            <Icon name="layout-grid" />
            <span class="max-2xl:sr-only">{td_string!(l, search.views)}</span>
        }>
            {move || part(false)}
            {move || part(true)}
            <MenuItem text=td_string!(l, search.view_save) icon="save" on_click=move |()| saving.set(true) />
            {move || setup.state.with(|state| !state.views.is_empty()).then(|| view! {
                <MenuItem text=td_string!(l, search.view_manage) icon="settings" on_click=move |()| managing.set(true) />
            })}
        </Menu>
        <SaveDialog setup=setup query=query open=saving />
        <ManageDialog setup=setup query=query open=managing />
    }
}

#[component]
fn SaveDialog(setup: Setup, query: Signal<String>, open: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let (name, shared, busy) = (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(false));
    let error = RwSignal::new(None::<String>);
    let save = Callback::new(move |()| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let command = CreateView {
            list: setup.list,
            name: name.get_untracked(),
            query: query.get_untracked(),
            shared: shared.get_untracked(),
        };
        spawn_local(async move {
            match api::search::save_view(command).await {
                Ok(_) => {
                    setup.refresh().await;
                    name.set(String::new());
                    shared.set(false);
                    error.set(None);
                    open.set(false);
                    toasts.success(td_string!(l, search.view_saved).to_owned());
                }
                Err(refusal) => match refusal.0.field("name") {
                    Some(wrong) => error.set(Some(failure::field(l, wrong))),
                    None => toast_failure(toasts, l, &refusal),
                },
            }
            busy.set(false);
        });
    });
    view! {
        <Dialog open=open title=td_string!(l, search.view_save) footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary loading=busy on_click=move |_| save.run(())>{td_string!(l, common.save)}</Button>
        }>
            <form class="grid gap-3" on:submit=move |ev| { ev.prevent_default(); save.run(()); }>
                <Field label=td_string!(l, search.view_name) name="view-name" help=td_string!(l, search.view_name_help) error=error>
                    <Input name="view-name" value=name maxlength=60 autocomplete="off" />
                </Field>
                <Checkbox name="view-shared" label=td_string!(l, search.view_shared) checked=shared />
            </form>
        </Dialog>
    }
}

/// What may be done to a view.
#[derive(Clone)]
enum Change {
    Update(UpdateView),
    Delete,
}

#[component]
fn ManageDialog(setup: Setup, query: Signal<String>, open: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let run = Callback::new(move |(id, version, change): (SavedViewId, i32, Change)| {
        spawn_local(async move {
            let (answer, said) = match change {
                Change::Update(command) => {
                    (api::search::change_view(id, version, command).await.map(|_| ()), td_string!(l, search.view_saved))
                }
                Change::Delete => (api::search::drop_view(id).await, td_string!(l, search.view_deleted)),
            };
            match answer {
                Ok(()) => toasts.success(said.to_owned()),
                Err(error) => toast_failure(toasts, l, &error),
            }
            // Also after a refusal: somebody may have changed it meanwhile.
            setup.refresh().await;
        });
    });
    let row = move |view: SavedView| {
        let (id, version, owner) = (view.id, view.version, view.owner.clone());
        let name = RwSignal::new(view.name.clone());
        let known = StoredValue::new(view.name.clone());
        let shared = view.shared;
        let is_default = move || setup.state.with(|state| state.default_view == Some(id));
        let rename = move || {
            let fresh = name.get_untracked();
            if fresh.trim() != known.get_value() {
                run.run((id, version, Change::Update(UpdateView { name: Some(fresh), ..Default::default() })));
            }
        };
        let tools = view.may_edit.then(|| view! {
            <IconButton icon="users" label=td_string!(l, search.view_shared) pressed=shared
                on_click=move |_| run.run((id, version, Change::Update(UpdateView { shared: Some(!shared), ..Default::default() }))) />
            <IconButton icon="save" label=td_string!(l, search.view_replace)
                on_click=move |_| run.run((id, version, Change::Update(UpdateView { query: Some(query.get_untracked()), ..Default::default() }))) />
            <IconButton icon="trash-2" label=td_string!(l, search.view_delete) on_click=move |_| run.run((id, version, Change::Delete)) />
        });
        let star = move || {
            if is_default() { td_string!(l, search.view_default_off) } else { td_string!(l, search.view_default) }
        };
        view! {
            <div class="flex flex-wrap items-center gap-1 border-b border-line py-1 last:border-b-0">
                <IconButton icon="star" label=Signal::derive(move || star().to_owned()) pressed=Signal::derive(is_default)
                    on_click=move |_| {
                        setup.state.update(|state| {
                            state.default_view = (state.default_view != Some(id)).then_some(id);
                        });
                        setup.keep();
                    } />
                <form class="min-w-40 grow" on:submit=move |ev| { ev.prevent_default(); rename(); }>
                    {if view.may_edit {
                        view! { <Input name=format!("view-{id}") value=name maxlength=60 label=td_string!(l, search.view_rename) on_change=move |_| rename() /> }.into_any()
                    } else {
                        view! { <span class="px-2">{view.name.clone()}</span> }.into_any()
                    }}
                </form>
                {(!view.mine).then(|| view! { <span class="text-xs text-muted">{td_string!(l, search.view_of, name = owner).to_string()}</span> })}
                {tools}
            </div>
        }
    };
    view! {
        <Dialog open=open title=td_string!(l, search.view_manage) wide=true>
            {move || {
                let views = setup.state.with(|state| state.views.clone());
                if views.is_empty() {
                    view! { <p class="text-muted">{td_string!(l, search.views_empty)}</p> }.into_any()
                } else {
                    views.into_iter().map(row).collect_view().into_any()
                }
            }}
        </Dialog>
    }
}
