//! Which page is where. The server serves all of it. A browser is sent the WASM of the face it looks at: a face is a
//! handful of pages that people use together, and going to another one is an ordinary page load ([`Elsewhere`]).

use crate::{
    join, login,
    not_found::{Elsewhere, NotFound},
    page, profile,
};
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::IntoAnyNestedRoute,
    components::{ParentRoute, Route, Routes},
    path,
};

/// Pages with a WASM of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// The desk's requests.
    Desk,
    /// Houses, people, staff.
    Registry,
    /// What a resident opens every day.
    My,
    /// Filing a request and following it.
    MyRequest,
    /// Field staff.
    Work,
    /// Everybody's own page.
    Profile,
}

impl Face {
    pub const ALL: [Self; 6] = [Self::Desk, Self::Registry, Self::My, Self::MyRequest, Self::Work, Self::Profile];

    /// The name of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Registry => "registry",
            Self::My => "my",
            Self::MyRequest => "my-request",
            Self::Work => "work",
            Self::Profile => "profile",
        }
    }

    /// Whose page this is; nobody's when it is plain HTML.
    pub fn of_path(path: &str) -> Option<Self> {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        Some(match (parts.next()?, parts.next(), parts.next()) {
            ("desk", None | Some("requests"), _) => Self::Desk,
            ("desk", ..) => Self::Registry,
            ("my", Some("new"), _) | ("my", Some("requests"), Some(_)) => Self::MyRequest,
            ("my", ..) => Self::My,
            ("work", ..) => Self::Work,
            ("profile", ..) => Self::Profile,
            _ => return None,
        })
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
                <Route path=path!("/join/staff/:id") view=join::JoinStaffPage />
                <Route path=path!("/dev/ui") view=DevUi />
                <Profile />
                <ParentRoute path=path!("/desk") view=admin::Frame>
                    <Desk />
                    <Registry />
                    <Office />
                </ParentRoute>
                <ParentRoute path=path!("/my") view=resident::Frame>
                    <My />
                    <MyRequest />
                </ParentRoute>
                <Work />
            </Routes>
        }
    })
}

#[component]
pub fn DeskApp() -> impl IntoView {
    page(|| {
        view! { <Routes fallback=Elsewhere><ParentRoute path=path!("/desk") view=admin::Frame><Desk /></ParentRoute></Routes> }
    })
}

#[component]
pub fn RegistryApp() -> impl IntoView {
    page(|| {
        view! { <Routes fallback=Elsewhere><ParentRoute path=path!("/desk") view=admin::Frame><Registry /><Office /></ParentRoute></Routes> }
    })
}

#[component]
pub fn MyApp() -> impl IntoView {
    page(|| {
        view! { <Routes fallback=Elsewhere><ParentRoute path=path!("/my") view=resident::Frame><My /></ParentRoute></Routes> }
    })
}

#[component]
pub fn MyRequestApp() -> impl IntoView {
    page(|| {
        view! { <Routes fallback=Elsewhere><ParentRoute path=path!("/my") view=resident::Frame><MyRequest /></ParentRoute></Routes> }
    })
}

#[component]
pub fn WorkApp() -> impl IntoView {
    page(|| view! { <Routes fallback=Elsewhere><Work /></Routes> })
}

#[component]
pub fn ProfileApp() -> impl IntoView {
    page(|| view! { <Routes fallback=Elsewhere><Profile /></Routes> })
}

/// The design system, for those who build pages. Plain HTML: nobody else should carry it in their WASM.
#[component]
fn DevUi() -> impl IntoView {
    #[cfg(feature = "ssr")]
    view! { <ui::gallery::Gallery /> }
}

#[component(transparent)]
fn Desk() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("") view=admin::RequestsPage />
        <Route path=path!("requests/new") view=admin::NewRequestPage />
        <Route path=path!("requests/:id") view=admin::RequestPage />
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn Registry() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("buildings") view=admin::BuildingsPage />
        <Route path=path!("buildings/:id") view=admin::BuildingPage />
        <Route path=path!("people") view=admin::PeoplePage />
        <Route path=path!("people/:id") view=admin::PersonPage />
    }
    .into_inner()
    .into_any_nested_route()
}

/// Staff, audit, settings: beside the registers, for those who run the company.
#[component(transparent)]
fn Office() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("staff") view=admin::StaffPage />
        <Route path=path!("staff/:id") view=admin::StaffMemberPage />
        <Route path=path!("audit") view=admin::AuditPage />
        <Route path=path!("settings") view=admin::CompanyPage />
        <Route path=path!("settings/calendar") view=admin::CalendarPage />
        <Route path=path!("settings/deadlines") view=admin::DeadlinesPage />
        <Route path=path!("settings/roles") view=admin::RolesPage />
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn My() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("") view=resident::HomePage />
        <Route path=path!("requests") view=resident::RequestsPage />
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn MyRequest() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("new") view=resident::NewPage />
        <Route path=path!("requests/:id") view=resident::RequestPage />
    }
    .into_inner()
    .into_any_nested_route()
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

#[component(transparent)]
fn Profile() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! { <Route path=path!("/profile") view=profile::ProfilePage /> }.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_one_face() {
        for (path, face) in [
            ("/desk", Some(Face::Desk)),
            ("/desk/requests/new", Some(Face::Desk)),
            ("/desk/people/1", Some(Face::Registry)),
            ("/desk/nothing", Some(Face::Registry)),
            ("/my", Some(Face::My)),
            ("/my/requests", Some(Face::My)),
            ("/my/requests/1", Some(Face::MyRequest)),
            ("/my/new", Some(Face::MyRequest)),
            ("/work/requests/1", Some(Face::Work)),
            ("/profile", Some(Face::Profile)),
            ("/login", None),
            ("/desktop", None),
            ("/", None),
        ] {
            assert_eq!(Face::of_path(path), face, "{path}");
        }
    }
}
