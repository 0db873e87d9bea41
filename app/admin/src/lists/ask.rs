//! What is asked before something is done to many: which one of several, or whether at all.

use super::{Many, opened};
use crate::util::lang;
use i18n::td_string;
use leptos::prelude::*;
use model::fold;
use ui::prelude::*;

/// One of several, found by typing; Enter takes the first.
#[component]
pub(crate) fn PickMany<Ask: Copy + PartialEq + Send + Sync + 'static>(
    of: Many<Ask>,
    ask: Ask,
    #[prop(into)] title: Signal<String>,
    /// Values and words to choose from; nothing while they are fetched.
    #[prop(into)]
    options: Signal<Option<Vec<Opt>>>,
    /// What is typed, for options that the server looks for.
    #[prop(optional, into)]
    on_query: Option<Callback<String>>,
    #[prop(into)] on_pick: Callback<String>,
) -> impl IntoView {
    let l = lang();
    let open = opened(of, ask);
    let typed = RwSignal::new(String::new());
    effect(move || {
        if open.get() {
            typed.set(String::new());
        }
    });
    let settled: Signal<String> = use_debounced(typed, 200);
    effect(move || {
        if let (true, Some(run)) = (open.get(), on_query) {
            run.run(settled.get());
        }
    });
    let found = Signal::derive(move || {
        let words = fold::words(&typed.get());
        let fits = |opt: &Opt| words.split_whitespace().all(|word| fold::words(&opt.label).contains(word));
        options.get().map(|all| all.into_iter().filter(fits).collect::<Vec<_>>())
    });
    let row = move |opt: Opt| {
        let value = opt.value.clone();
        view! {
            <button type="button" class="menu-row min-h-11" disabled=move || of.busy.get() on:click=move |_| on_pick.run(value.clone())>
                {opt.icon.map(|icon| view! { <Icon name=icon /> })}
                <span class="grow min-w-0 truncate">{opt.label}</span>
                {opt.hint.map(|hint| view! { <span class="text-xs text-muted truncate">{hint}</span> })}
            </button>
        }
    };
    view! {
        <Dialog open=open title=title>
            <form on:submit=move |ev| {
                ev.prevent_default();
                if let Some(first) = found.with_untracked(|all| all.iter().flatten().next().map(|opt| opt.value.clone())) {
                    on_pick.run(first);
                }
            }>
                <Input name="pick-search" icon="search" value=typed autocomplete="off" autofocus=true
                    placeholder=td_string!(l, lists.pick_search) label=td_string!(l, lists.pick_search) />
            </form>
            <div class="grid content-start gap-0.5 h-80 max-h-[55dvh] overflow-y-auto">
                {move || match found.get() {
                    None => view! { <Skeleton lines=6 /> }.into_any(),
                    Some(all) if all.is_empty() => view! { <p class="text-muted">{td_string!(l, lists.pick_nothing)}</p> }.into_any(),
                    Some(all) => all.into_iter().map(row).collect_view().into_any(),
                }}
            </div>
        </Dialog>
    }
}

/// Whether it shall be done at all.
#[component]
pub(crate) fn ConfirmMany<Ask: Copy + PartialEq + Send + Sync + 'static>(
    of: Many<Ask>,
    ask: Ask,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] text: Signal<String>,
    /// The word on the button.
    #[prop(into)]
    verb: Signal<String>,
    #[prop(into)] on_yes: Callback<()>,
) -> impl IntoView {
    let open = opened(of, ask);
    view! {
        <Dialog open=open title=title footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(lang(), common.cancel)}</Button>
            <Button kind=ButtonKind::Danger loading=of.busy on_click=move |_| on_yes.run(())>{verb.get()}</Button>
        }>
            <p class="m-0">{move || text.get()}</p>
        </Dialog>
    }
}
