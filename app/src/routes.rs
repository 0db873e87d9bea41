//! Which page is where. The server serves all of it; each face's WASM carries its own part.

use crate::{login, not_found::NotFound, page, profile};
use leptos::prelude::*;
use leptos_router::{
    components::{ParentRoute, Route, Routes},
    path,
};
use model::Role;

/// A part of the product with a WASM of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Desk,
    My,
    Work,
}

impl Face {
    /// The name of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::My => "my",
            Self::Work => "work",
        }
    }

    /// Whose pages lie under this path; nobody's when they are shared.
    pub fn of_path(path: &str) -> Option<Self> {
        [Self::Desk, Self::My, Self::Work].into_iter().find(|face| path.split('/').nth(1) == Some(face.name()))
    }

    pub const fn of_role(role: Role) -> Self {
        match role {
            Role::SuperAdmin | Role::Admin | Role::Dispatcher => Self::Desk,
            Role::Staff => Self::Work,
            Role::Resident => Self::My,
        }
    }
}

/// The whole app, for the server.
#[component]
pub fn App() -> impl IntoView {
    page(|| {
        view! {
            <Routes fallback=NotFound>
                <Route path=path!("/") view=|| () />
                <Route path=path!("/login") view=login::LoginPage />
                <Route path=path!("/login/forgot") view=login::ForgotPage />
                <Route path=path!("/login/reset") view=login::ResetPage />
                <Route path=path!("/dev/ui") view=DevUi />
                <Profile />
                <Desk />
                <My />
                <Work />
            </Routes>
        }
    })
}

/// The desk, for the browser.
#[component]
pub fn DeskApp() -> impl IntoView {
    page(|| view! { <Routes fallback=NotFound><Profile /><Desk /></Routes> })
}

/// The residents' app, for the browser.
#[component]
pub fn MyApp() -> impl IntoView {
    page(|| view! { <Routes fallback=NotFound><Profile /><My /></Routes> })
}

/// The field staff's app, for the browser.
#[component]
pub fn WorkApp() -> impl IntoView {
    page(|| view! { <Routes fallback=NotFound><Profile /><Work /></Routes> })
}

/// The design system, for those who build pages. Plain HTML: nobody else should carry it in their WASM.
#[component]
fn DevUi() -> impl IntoView {
    #[cfg(feature = "ssr")]
    view! { <ui::gallery::Gallery /> }
}

#[component(transparent)]
fn Profile() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! { <Route path=path!("/profile") view=profile::ProfilePage /> }.into_inner()
}

#[component(transparent)]
fn Desk() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/desk") view=admin::Frame>
            <Route path=path!("") view=admin::RequestsPage />
            <Route path=path!("requests/new") view=admin::NewRequestPage />
            <Route path=path!("requests/:id") view=admin::RequestPage />
            <Route path=path!("buildings") view=admin::BuildingsPage />
            <Route path=path!("buildings/new") view=admin::NewBuildingPage />
            <Route path=path!("buildings/:id") view=admin::BuildingPage />
            <Route path=path!("buildings/:id/edit") view=admin::EditBuildingPage />
            <Route path=path!("buildings/:id/chart") view=admin::GeneratorPage />
            <Route path=path!("units/:id") view=admin::UnitPage />
            <Route path=path!("complexes") view=admin::ComplexesPage />
            <Route path=path!("documents") view=admin::DocumentsPage />
            <Route path=path!("accounts/rule") view=admin::AccountRulePage />
            <Route path=path!("companies") view=admin::CompaniesPage />
            <Route path=path!("people") view=admin::PeoplePage />
            <Route path=path!("people/:id") view=admin::PersonPage />
            <Route path=path!("staff") view=admin::StaffPage />
        </ParentRoute>
    }
    .into_inner()
}

#[component(transparent)]
fn My() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/my") view=resident::Frame>
            <Route path=path!("") view=resident::HomePage />
            <Route path=path!("new") view=resident::NewPage />
            <Route path=path!("requests") view=resident::RequestsPage />
            <Route path=path!("requests/:id") view=resident::RequestPage />
            <Route path=path!("documents") view=resident::DocumentsPage />
        </ParentRoute>
    }
    .into_inner()
}

#[component(transparent)]
fn Work() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/work") view=staff::Frame>
            <Route path=path!("") view=staff::DayPage />
            <Route path=path!("requests/:id") view=staff::TaskPage />
        </ParentRoute>
    }
    .into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_belong_to_one_face() {
        assert_eq!(Face::of_path("/desk"), Some(Face::Desk));
        assert_eq!(Face::of_path("/my/requests/1"), Some(Face::My));
        assert_eq!(Face::of_path("/work"), Some(Face::Work));
        assert_eq!(Face::of_path("/desktop"), None);
        assert_eq!(Face::of_path("/profile"), None);
    }
}
