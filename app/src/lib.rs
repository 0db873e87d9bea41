//! The app: HTML shell, router, layouts, and the pages everybody shares (login, profile).
//!
//! The server knows every page ([`App`]); a browser is sent only the face it looks at ([`Face`]).

mod apply;
mod join;
mod live;
mod login;
mod looking;
mod messages;
mod not_found;
mod pay;
mod profile;
mod routes;
mod shell;

pub use routes::{
    App, DeskApp, DeskRequestApp, Face, HousesApp, MoneyApp, MyApp, MyHomeApp, MyRequestApp, OfficeApp, OutagesApp,
    PeopleApp, ProfileApp, SettingsApp, WorkApp,
};
pub use shell::{Code, ShellSettings, shell};

use api::{
    confirm::Confirming,
    session::{Live, Now},
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::Router;
use model::{Lang, auth::Me};
use serde::{Deserialize, Serialize};
use ui::prelude::*;

/// What the server knows when it starts a page; the browser gets the same values with the HTML.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Boot {
    /// Nobody on public pages.
    pub me: Option<Me>,
    pub now: DateTime<Utc>,
    /// The newest event when the page began to read: the live link asks for what came later.
    pub heard: Option<i64>,
    /// What the page speaks …
    pub language: Lang,
    /// … of what the reader may choose from.
    pub languages: Vec<Lang>,
}

/// Everything around the routes, the same on server and client; `routes` draws what is in between.
fn page<V: IntoView + 'static>(routes: impl Fn() -> V + Send + Sync + 'static) -> impl IntoView {
    provide_meta_context();
    let boot = SharedValue::new(|| use_context::<Boot>().unwrap_or_default()).into_inner();
    i18n::provide_locale(i18n::locale(boot.language));
    provide_context(OfferedLanguages(boot.languages.iter().map(|lang| lang.code()).collect()));
    provide_context(Live::default());
    provide_context(Confirming::default());
    provide_context(Now(live::ticking(boot.now)));
    let signed_in = boot.me.is_some();
    let looking = boot.me.as_ref().and_then(|me| me.looking.clone().map(|real| (me.name.clone(), real.until)));
    if let Some(me) = boot.me {
        provide_context(me);
    }
    Toasts::provide();
    if signed_in {
        live::connect(boot.heard);
    }
    // Styles and tests can tell a page that has come alive from one that is still plain HTML.
    effect(|| {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-alive", "yes");
        }
    });
    view! {
        {looking.map(|(name, until)| view! { <looking::LookingStrip name=name until=until /> })}
        <Router>{routes().into_any()}</Router>
        <ToastStack />
        <UpdatePrompt />
    }
}
