//! The frame of the desk: side bar with counters, search, palette, new request, live dot, person.

use crate::{
    nav::{groups, section},
    notices::Bell,
    search::{KeysHelp, Palette, SearchBox},
    util::{count, lang},
};
use api::session::{Link, use_live, use_me};
use i18n::{td_string, words};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::Outlet,
    hooks::{use_location, use_navigate},
};
use model::{Role, desk::DeskCounts};
use ui::prelude::*;
use wasm_bindgen::JsCast;

/// Counters of open work, fetched once for the frame and the list.
#[derive(Clone, Copy)]
pub(crate) struct Counts(pub Resource<api::ApiResult<DeskCounts>>);

/// Frame of every desk page; the page itself is the outlet.
#[component]
pub fn Frame() -> impl IntoView {
    let (l, me, live) = (lang(), use_me(), use_live());
    let location = use_location();
    // A storm of events asks once a second, not once an event.
    let (beat, outages): (Signal<u64>, Signal<u64>) =
        (use_debounced(live.version(), 1000), use_debounced(live.of_outages(), 1000));
    let counts = Resource::new(move || (beat.get(), outages.get()), |_| api::desk::counts());
    provide_context(Counts(counts));
    let known = known(counts);
    let navigate = use_navigate();
    use_hotkey("n", move |_| {
        // A page that knows who asks and where has a link of its own for this key.
        let own = document().query_selector("main a[aria-keyshortcuts=\"n\"]").ok().flatten();
        match own.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) {
            Some(link) => link.click(),
            None => navigate("/desk/requests/new", NavigateOptions::default()),
        }
    });

    // Who comes from outside the company sees it all day, and so does whoever looks over their shoulder.
    let support = (me.role == Role::SuperAdmin).then(|| me.company.clone());
    let who = StoredValue::new(me.clone());
    let nav = Signal::derive(move || who.with_value(|me| groups(l, me, known.get())));
    let path = Signal::derive(move || location.pathname.with(|path| section(path)));
    let link = Signal::derive(move || match live.link().get() {
        Link::Live => LinkState::Open,
        Link::Starting | Link::Polling => LinkState::Connecting,
        Link::Off => LinkState::Off,
    });
    let next = Signal::derive(move || format!("{}{}", location.pathname.get(), with_mark(&location.search.get())));
    let (palette, keys) = (RwSignal::new(false), RwSignal::new(false));
    let (name, role) = (StoredValue::new(me.name.clone()), words::role(l, me.role));
    view! {
        <DeskShell
            nav=nav
            path=path
            brand=me.company.clone()
            home="/desk"
            search=|| view! { <SearchBox /> }
            actions=move || view! {
                <Button kind=ButtonKind::Primary icon="plus" href="/desk/requests/new">
                    <span class="max-lg:sr-only">{td_string!(l, desk.new_request)}</span>
                    <kbd class="max-xl:hidden opacity-70">"N"</kbd>
                </Button>
            }
            live=move || view! { <LiveDot state=link /> }
            bell=|| view! { <Bell /> }
            person=move || view! {
                <Menu label=name.get_value() end=true trigger=move || view! { <Avatar name=name.get_value() decorative=true /> }>
                    <MenuTitle text=format!("{} · {role}", name.get_value()) />
                    <MenuItem text=td_string!(l, common.profile) icon="user" href="/profile" />
                    <div class="grid gap-2 px-2.5 py-2">
                        <LanguageSwitch current=l.to_string() next=next />
                        <ThemeSwitch next=next />
                    </div>
                    <MenuLine />
                    <form method="post" action="/logout">
                        <MenuItem text=td_string!(l, common.sign_out) icon="log-out" submit=true />
                    </form>
                </Menu>
            }
            side_foot=move || view! {
                <Quick icon="user-check" text=td_string!(l, desk.mine) href="/desk?assignee=me"
                    count=Signal::derive(move || count(known.get().requests.mine)) />
                <Quick icon="alarm-clock" text=td_string!(l, desk.overdue) href="/desk?overdue=1" tone=Tone::Danger
                    count=Signal::derive(move || count(known.get().requests.overdue)) />
            }
        >
            {support.map(|company| view! {
                <div class="mb-3">
                    <Banner tone=Tone::Info icon="shield" text=td_string!(l, settings.support, company = company).to_string() />
                </div>
            })}
            <Outlet />
        </DeskShell>
        <Palette open=palette keys=keys />
        <KeysHelp open=keys />
        <parts::ConfirmSelf />
    }
    .into_any()
}

/// The newest counters that came; says so once when the detector proposes one more outage.
fn known(counts: Resource<api::ApiResult<DeskCounts>>) -> RwSignal<DeskCounts> {
    let (l, toasts) = (lang(), use_toasts());
    let known = RwSignal::new(DeskCounts::default());
    effect_after(move |before: Option<Option<i64>>| {
        let Some(Ok(fresh)) = counts.get() else { return before.flatten() };
        known.set(fresh);
        if before.flatten().is_some_and(|before| fresh.outages.proposals > before) {
            toasts.info(td_string!(l, outages.notice));
        }
        Some(fresh.outages.proposals)
    });
    known
}

fn with_mark(search: &str) -> String {
    if search.is_empty() { String::new() } else { format!("?{}", search.trim_start_matches('?')) }
}

/// A list one looks at many times a day, with its counter.
#[component]
fn Quick(
    icon: &'static str,
    text: &'static str,
    href: &'static str,
    count: Signal<u32>,
    #[prop(optional)] tone: Tone,
) -> impl IntoView {
    view! {
        <a class="side-item" href=href title=text>
            <Icon name=icon />
            <span>{text}</span>
            <Count value=count tone=tone />
        </a>
    }
}
