//! The desk: side bar, top bar, content. On a phone the side bar is a popover and needs no script.

use crate::{
    badge::Count,
    dom::{call_method, store},
    icon::Icon,
    icon::IconSize,
    texts,
    tone::Tone,
};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// One line of the side bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NavItem {
    /// Icon name.
    pub icon: &'static str,
    /// Word.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Shown when above zero.
    pub count: u32,
    /// Colour of the count (overdue = danger).
    pub tone: Tone,
}

/// Lines under one heading; an empty title draws none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NavGroup {
    /// Heading.
    pub title: String,
    /// Lines.
    pub items: Vec<NavItem>,
}

/// The longest address that is the current path or stands above it.
pub fn current_href<'a>(all: impl Iterator<Item = &'a str>, path: &str) -> Option<String> {
    all.filter(|href| {
        let base = href.split('?').next().unwrap_or(href);
        path == base || (base != "/" && path.strip_prefix(base).is_some_and(|rest| rest.starts_with('/')))
    })
    .max_by_key(|href| href.len())
    .map(str::to_string)
}

/// Folds the side bar and remembers it on this device (`/js/boot.js` restores it before the first paint).
fn fold() {
    if let Some(root) = document().document_element() {
        let slim = root.get_attribute("data-side").as_deref() == Some("slim");
        let _ = if slim { root.remove_attribute("data-side") } else { root.set_attribute("data-side", "slim") };
        store("side", (!slim).then_some("slim"));
    }
}

/// The desk frame.
#[component]
pub fn DeskShell(
    #[prop(into)] nav: Signal<Vec<NavGroup>>,
    /// Current path, usually `use_location().pathname`.
    #[prop(into)]
    path: Signal<String>,
    /// Product or company name beside the mark.
    #[prop(into)]
    brand: Signal<String>,
    #[prop(default = "/".to_string(), into)] home: String,
    /// Company switcher, under the brand.
    #[prop(optional, into)]
    switcher: ViewFn,
    /// Search field of the top bar.
    #[prop(optional, into)]
    search: ViewFn,
    /// Main actions (new request).
    #[prop(optional, into)]
    actions: ViewFn,
    /// Live dot.
    #[prop(optional, into)]
    live: ViewFn,
    /// Bell.
    #[prop(optional, into)]
    bell: ViewFn,
    /// Person menu.
    #[prop(optional, into)]
    person: ViewFn,
    /// At the foot of the side bar.
    #[prop(optional, into)]
    side_foot: ViewFn,
    children: Children,
) -> impl IntoView {
    let side = NodeRef::<html::Nav>::new();
    let (skip, menu, fold_word) = (texts::skip(), texts::menu(), texts::fold());
    let current = Memo::new(move |_| {
        let path = path.get();
        nav.with(|groups| current_href(groups.iter().flat_map(|g| &g.items).map(|item| item.href.as_str()), &path))
    });
    let item = move |item: NavItem| {
        let (href, title) = (item.href.clone(), item.label.clone());
        view! {
            <a
                class="side-item"
                href=item.href
                title=title
                aria-current=move || current.with(|now| now.as_deref() == Some(href.as_str())).then_some("page")
            >
                <Icon name=item.icon />
                <span>{item.label}</span>
                <Count value=item.count tone=item.tone />
            </a>
        }
    };
    view! {
        <a class="skip-link" href="#main">{move || skip.get()}</a>
        <div class="desk">
            <nav
                node_ref=side
                id="desk-side"
                popover="auto"
                class="desk-side glass"
                aria-label=move || menu.get()
                on:click=move |ev| {
                    let went = ev
                        .target()
                        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                        .is_some_and(|element| element.closest("a").ok().flatten().is_some());
                    if let (true, Some(side)) = (went, side.get_untracked()) {
                        call_method(side.as_ref(), "hidePopover");
                    }
                }
            >
                <a class="side-brand" href=home>
                    <img src="/icons/logo.svg" alt="" width="24" height="24" />
                    <span>{move || brand.get()}</span>
                </a>
                {switcher.run()}
                {move || nav.get().into_iter().map(|group| view! {
                    {(!group.title.is_empty()).then(|| view! { <div class="side-title">{group.title}</div> })}
                    {group.items.into_iter().map(item).collect_view()}
                }).collect_view()}
                <div class="side-foot">
                    {side_foot.run()}
                    <button type="button" class="side-item side-fold" title=move || fold_word.get() on:click=move |_| fold()>
                        <Icon name="panel-left" />
                        <span>{move || fold_word.get()}</span>
                    </button>
                </div>
            </nav>
            <div class="desk-main">
                <header class="desk-bar glass">
                    <button type="button" class="btn btn-quiet btn-square bar-menu" popovertarget="desk-side" aria-label=move || menu.get()>
                        <Icon name="menu" size=IconSize::Large />
                    </button>
                    <div class="bar-search">{search.run()}</div>
                    {actions.run()}
                    <span class="wide-only">{live.run()}</span>
                    {bell.run()}
                    {person.run()}
                </header>
                <main id="main" class="desk-content" tabindex="-1">{children()}</main>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::current_href;

    #[test]
    fn the_longest_address_wins() {
        let all = ["/", "/desk", "/desk/list"];
        assert_eq!(current_href(all.into_iter(), "/desk/list/7").as_deref(), Some("/desk/list"));
        assert_eq!(current_href(all.into_iter(), "/desk/listen").as_deref(), Some("/desk"));
        assert_eq!(current_href(all.into_iter(), "/other"), None);
    }
}
