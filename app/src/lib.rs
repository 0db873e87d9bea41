//! The app: HTML shell, router, layouts, and the pages everybody shares (login, profile).

mod live;
mod login;
mod not_found;
mod profile;
mod shell;

pub use shell::{ShellSettings, shell};

use api::session::{Live, Now};
use chrono::{DateTime, Utc};
use i18n::I18nContextProvider;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    components::{ParentRoute, Route, Router, Routes},
    path,
};
use model::auth::Me;
use serde::{Deserialize, Serialize};
use ui::prelude::*;

/// What the server knows when it starts a page; the browser gets the same values with the HTML.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Boot {
    /// Nobody on public pages.
    pub me: Option<Me>,
    pub now: DateTime<Utc>,
}

/// The whole app, the same on server and client.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let boot =
        SharedValue::new(|| use_context::<Boot>().unwrap_or(Boot { me: None, now: DateTime::UNIX_EPOCH })).into_inner();
    provide_context(Live::default());
    provide_context(Now(live::ticking(boot.now)));
    let signed_in = boot.me.is_some();
    if let Some(me) = boot.me {
        provide_context(me);
    }
    view! {
        <I18nContextProvider>
            <Root signed_in />
        </I18nContextProvider>
    }
}

/// The design system, for those who build pages. Plain HTML: nobody else should carry it in their WASM.
#[component]
fn DevUi() -> impl IntoView {
    #[cfg(feature = "ssr")]
    view! { <ui::gallery::Gallery /> }
}

/// Inside the language context.
#[component]
fn Root(signed_in: bool) -> impl IntoView {
    Toasts::provide();
    if signed_in {
        live::connect();
    }
    // Styles and tests can tell a page that has come alive from one that is still plain HTML.
    Effect::new(|| {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-alive", "yes");
        }
    });
    view! {
        <Router>
            <Routes fallback=not_found::NotFound>
                <Route path=path!("/") view=|| () />
                <Route path=path!("/login") view=login::LoginPage />
                <Route path=path!("/login/forgot") view=login::ForgotPage />
                <Route path=path!("/login/reset") view=login::ResetPage />
                <Route path=path!("/profile") view=profile::ProfilePage />
                <Route path=path!("/dev/ui") view=DevUi />
                <ParentRoute path=path!("/desk") view=admin::Frame>
                    <Route path=path!("") view=admin::RequestsPage />
                    <Route path=path!("requests/new") view=admin::NewRequestPage />
                    <Route path=path!("requests/:id") view=admin::RequestPage />
                    <Route path=path!("buildings") view=admin::BuildingsPage />
                    <Route path=path!("buildings/:id") view=admin::BuildingPage />
                    <Route path=path!("people") view=admin::PeoplePage />
                    <Route path=path!("people/:id") view=admin::PersonPage />
                    <Route path=path!("staff") view=admin::StaffPage />
                </ParentRoute>
                <ParentRoute path=path!("/my") view=resident::Frame>
                    <Route path=path!("") view=resident::HomePage />
                    <Route path=path!("new") view=resident::NewPage />
                    <Route path=path!("requests") view=resident::RequestsPage />
                    <Route path=path!("requests/:id") view=resident::RequestPage />
                </ParentRoute>
                <ParentRoute path=path!("/work") view=staff::Frame>
                    <Route path=path!("") view=staff::DayPage />
                    <Route path=path!("requests/:id") view=staff::TaskPage />
                </ParentRoute>
            </Routes>
        </Router>
        <ToastStack />
        <UpdatePrompt />
    }
}
