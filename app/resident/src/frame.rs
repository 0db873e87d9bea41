//! Header, bottom bar and the way back.

use api::session::use_me;
use i18n::td_string;
use leptos::prelude::*;
use leptos_router::{
    components::Outlet,
    hooks::{use_location, use_query_map},
};
use parts::{BellLink, LinkNote, locale};
use ui::prelude::*;

/// The frame of every resident page.
#[component]
pub fn Frame() -> impl IntoView {
    let l = locale();
    let company = use_me().company;
    let path = use_location().pathname;
    let query = use_query_map();
    let place =
        |icon, label: &str, href: &str| Place { icon, label: label.to_owned(), href: href.to_owned(), count: 0 };
    let places = vec![
        place("home", td_string!(l, resident.home), "/my"),
        place("inbox", td_string!(l, resident.requests), "/my/requests"),
        place("plus", td_string!(l, resident.new), "/my/new"),
        place("user", td_string!(l, resident.profile), "/profile"),
    ];
    let title = Signal::derive(move || match path.get().as_str() {
        "/my/new" => td_string!(l, resident.new_request).to_owned(),
        "/my/documents" => td_string!(l, resident.documents).to_owned(),
        "/my/pay" => td_string!(l, payments.pay_title).to_owned(),
        "/my/homes" => td_string!(l, access.my_homes).to_owned(),
        "/my/notices" => td_string!(l, notices.title).to_owned(),
        "/my/news" => td_string!(l, news.title).to_owned(),
        "/my/bills" => td_string!(l, billing.my_bills).to_owned(),
        path if path.starts_with("/my/requests/") => td_string!(l, resident.request).to_owned(),
        path if path.starts_with("/my/news/") => td_string!(l, news.my_one).to_owned(),
        _ => company.clone(),
    });
    let back = Signal::derive(move || match path.get().as_str() {
        "/my/new" => match query.with(|query| query.get_str("step").and_then(|step| step.parse::<u8>().ok())) {
            Some(step @ 2..=3) => Some(format!("/my/new?step={}", step - 1)),
            _ => Some("/my".to_owned()),
        },
        "/my/bills" if query.with(|query| query.get_str("month").is_some()) => Some("/my/bills".to_owned()),
        "/my/documents" | "/my/notices" | "/my/news" | "/my/homes" | "/my/bills" | "/my/pay" => Some("/my".to_owned()),
        path if path.starts_with("/my/requests/") => Some("/my/requests".to_owned()),
        path if path.starts_with("/my/news/") => Some("/my/news".to_owned()),
        _ => None,
    });
    view! {
        <AppShell title=title places=places path=path back=back actions=|| view! { <LinkNote /><BellLink href="/my/notices" /> }>
            <Outlet />
        </AppShell>
    }
    .into_any()
}
