//! Header with a greeting, bottom bar, the way back.

use crate::queue::Queue;
use api::session::{use_me, use_now};
use chrono::Timelike;
use i18n::{td_string, when};
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};
use parts::{BellLink, LinkNote, locale};
use ui::prelude::*;

/// The frame of every staff page.
#[component]
pub fn Frame() -> impl IntoView {
    let l = locale();
    let queue = Queue::provide();
    let name = given_name(&use_me().name).to_owned();
    let now = use_now();
    let path = use_location().pathname;
    let place =
        |icon, label: &str, href: &str| Place { icon, label: label.to_owned(), href: href.to_owned(), count: 0 };
    let places = vec![
        place("clipboard-list", td_string!(l, staff.my_day), "/work"),
        place("user", td_string!(l, staff.profile), "/profile"),
    ];
    let on_task = Memo::new(move |_| path.with(|path| path.starts_with("/work/requests/")));
    let on_round = Memo::new(move |_| path.with(|path| path.starts_with("/work/rounds/")));
    let on_notices = Memo::new(move |_| path.with(|path| path == "/work/notices"));
    let hour = Memo::new(move |_| now.get().with_timezone(&when::zone()).hour());
    let title = Signal::derive(move || match hour.get() {
        _ if on_task.get() => td_string!(l, staff.task).to_owned(),
        _ if on_round.get() => td_string!(l, plans.round).to_owned(),
        _ if on_notices.get() => td_string!(l, notices.title).to_owned(),
        5..11 => td_string!(l, staff.morning, name = name.clone()).to_string(),
        11..18 => td_string!(l, staff.day, name = name.clone()).to_string(),
        _ => td_string!(l, staff.evening, name = name.clone()).to_string(),
    });
    let back =
        Signal::derive(move || (on_task.get() || on_round.get() || on_notices.get()).then(|| "/work".to_owned()));
    view! {
        <AppShell
            title=title
            places=places
            path=path
            back=back
            waiting=queue.as_of()
            actions=|| view! { <LinkNote /><BellLink href="/work/notices" /> }
        >
            {queue.strip()}
            <Outlet />
            // Writes steps down on the phone and sends them; no WASM is spent on it.
            <script src="/js/queue.js" defer=true></script>
        </AppShell>
    }
    .into_any()
}

/// What a person is called to their face: `Karimov Rustam Aliyevich` is greeted as Rustam.
fn given_name(full: &str) -> &str {
    match full.split_whitespace().collect::<Vec<_>>()[..] {
        [_, given, _, ..] => given,
        _ => full,
    }
}

#[cfg(test)]
mod tests {
    use super::given_name;

    #[test]
    fn greeted_by_the_given_name() {
        assert_eq!(given_name("Воробьёв Роман Петрович"), "Роман");
        assert_eq!(given_name("Rustam"), "Rustam");
        assert_eq!(given_name("Rustam Karimov"), "Rustam Karimov");
    }
}
