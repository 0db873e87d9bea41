//! Which page is where. The server serves all of it. A browser is sent the WASM of the face it looks at: a face is a
//! handful of pages that people use together, and going to another one is an ordinary page load ([`Elsewhere`]).

use crate::{
    apply, join, login,
    not_found::{Elsewhere, NotFound},
    page, pay, profile,
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
    /// The desk's list of requests.
    Desk,
    /// One request, and writing a new one.
    DeskRequest,
    /// Houses: buildings, units, documents.
    Houses,
    /// People: residents, the caller card, the search.
    People,
    /// What is looked after: staff, imports, audit, companies.
    Office,
    /// What houses are told of: outages, news.
    Outages,
    /// Money: tariffs, charges, accounts, debts, payments.
    Money,
    /// What the company decides for itself.
    Settings,
    /// What a resident opens every day.
    My,
    /// What a resident opens now and then: homes, documents.
    MyHome,
    /// Filing a request and following it.
    MyRequest,
    /// Field staff.
    Work,
    /// Everybody's own page.
    Profile,
}

impl Face {
    pub const ALL: [Self; 13] = [
        Self::Desk,
        Self::DeskRequest,
        Self::Houses,
        Self::People,
        Self::Office,
        Self::Outages,
        Self::Money,
        Self::Settings,
        Self::My,
        Self::MyHome,
        Self::MyRequest,
        Self::Work,
        Self::Profile,
    ];

    /// The name of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::DeskRequest => "desk-request",
            Self::Houses => "houses",
            Self::People => "people",
            Self::Office => "office",
            Self::Outages => "outages",
            Self::Money => "money",
            Self::Settings => "settings",
            Self::My => "my",
            Self::MyHome => "my-home",
            Self::MyRequest => "my-request",
            Self::Work => "work",
            Self::Profile => "profile",
        }
    }

    /// Whose page this is; nobody's when it is plain HTML.
    pub fn of_path(path: &str) -> Option<Self> {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        Some(match (parts.next()?, parts.next(), parts.next()) {
            ("desk", None, _) => Self::Desk,
            ("desk", Some("requests"), _) => Self::DeskRequest,
            ("desk", Some("buildings" | "units" | "complexes" | "documents"), _) => Self::Houses,
            ("desk", Some("people" | "call" | "search"), _) => Self::People,
            ("desk", Some("outages" | "news"), _) => Self::Outages,
            ("desk", Some("tariffs" | "charges" | "accounts" | "debts" | "payments"), _) => Self::Money,
            ("desk", Some("settings"), _) => Self::Settings,
            ("desk", ..) => Self::Office,
            ("my", Some("new"), _) | ("my", Some("requests"), Some(_)) => Self::MyRequest,
            ("my", Some("homes" | "bills" | "documents" | "pay" | "news" | "notices"), _) => Self::MyHome,
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
                <Route path=path!("/join") view=apply::JoinPage />
                <Route path=path!("/join/home/:id") view=apply::JoinHomePage />
                <Route path=path!("/join/staff/:id") view=join::JoinStaffPage />
                <Route path=path!("/pay/:id") view=pay::PayPage />
                <Route path=path!("/dev/ui") view=DevUi />
                <Profile />
                <ParentRoute path=path!("/desk") view=admin::Frame>
                    <Desk />
                    <DeskRequest />
                    <Houses />
                    <People />
                    <Office />
                    <Outages />
                    <Money />
                    <Settings />
                </ParentRoute>
                <ParentRoute path=path!("/my") view=resident::Frame>
                    <My />
                    <MyHome />
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
pub fn DeskRequestApp() -> impl IntoView {
    page(|| {
        view! { <Routes fallback=Elsewhere><ParentRoute path=path!("/desk") view=admin::Frame><DeskRequest /></ParentRoute></Routes> }
    })
}

#[component]
pub fn HousesApp() -> impl IntoView {
    page(|| {
        view! { <Routes fallback=Elsewhere><ParentRoute path=path!("/desk") view=admin::Frame><Houses /></ParentRoute></Routes> }
    })
}

#[component]
pub fn PeopleApp() -> impl IntoView {
    page(|| {
        view! { <Routes fallback=Elsewhere><ParentRoute path=path!("/desk") view=admin::Frame><People /></ParentRoute></Routes> }
    })
}

#[component]
pub fn OfficeApp() -> impl IntoView {
    page(|| {
        view! { <Routes fallback=Elsewhere><ParentRoute path=path!("/desk") view=admin::Frame><Office /></ParentRoute></Routes> }
    })
}

#[component]
pub fn OutagesApp() -> impl IntoView {
    page(|| {
        view! { <Routes fallback=Elsewhere><ParentRoute path=path!("/desk") view=admin::Frame><Outages /></ParentRoute></Routes> }
    })
}

#[component]
pub fn MoneyApp() -> impl IntoView {
    page(|| {
        view! { <Routes fallback=Elsewhere><ParentRoute path=path!("/desk") view=admin::Frame><Money /></ParentRoute></Routes> }
    })
}

#[component]
pub fn SettingsApp() -> impl IntoView {
    page(|| {
        view! { <Routes fallback=Elsewhere><ParentRoute path=path!("/desk") view=admin::Frame><Settings /></ParentRoute></Routes> }
    })
}

#[component]
pub fn MyApp() -> impl IntoView {
    page(|| {
        view! { <Routes fallback=Elsewhere><ParentRoute path=path!("/my") view=resident::Frame><My /></ParentRoute></Routes> }
    })
}

#[component]
pub fn MyHomeApp() -> impl IntoView {
    page(|| {
        view! { <Routes fallback=Elsewhere><ParentRoute path=path!("/my") view=resident::Frame><MyHome /></ParentRoute></Routes> }
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
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn DeskRequest() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("requests/new") view=admin::NewRequestPage />
        <Route path=path!("requests/:id") view=admin::RequestPage />
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn Houses() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("buildings") view=admin::BuildingsPage />
        <Route path=path!("buildings/new") view=admin::NewBuildingPage />
        <Route path=path!("buildings/:id") view=admin::BuildingPage />
        <Route path=path!("buildings/:id/edit") view=admin::EditBuildingPage />
        <Route path=path!("buildings/:id/chart") view=admin::GeneratorPage />
        <Route path=path!("units") view=admin::UnitsPage />
        <Route path=path!("buildings/:id/sheet") view=admin::HouseSheetPage />
        <Route path=path!("units/:id") view=admin::UnitPage />
        <Route path=path!("complexes") view=admin::ComplexesPage />
        <Route path=path!("documents") view=admin::DocumentsPage />
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn People() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("people") view=admin::PeoplePage />
        <Route path=path!("people/new") view=admin::NewPersonPage />
        <Route path=path!("people/applications") view=admin::ApplicationsPage />
        <Route path=path!("people/:id") view=admin::PersonPage />
        <Route path=path!("people/:id/edit") view=admin::EditPersonPage />
        <Route path=path!("call/:id") view=admin::CallPage />
        <Route path=path!("search") view=admin::SearchPage />
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn Office() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("notices") view=admin::NoticesPage />
        <Route path=path!("staff") view=admin::StaffPage />
        <Route path=path!("staff/:id") view=admin::StaffMemberPage />
        <Route path=path!("audit") view=admin::AuditPage />
        <Route path=path!("calls") view=admin::CallsPage />
        <Route path=path!("shifts") view=admin::ShiftsPage />
        <Route path=path!("plans") view=admin::PlansPage />
        <Route path=path!("plans/new") view=admin::NewPlanPage />
        <Route path=path!("plans/:id") view=admin::PlanPage />
        <Route path=path!("rounds") view=admin::RoundsPage />
        <Route path=path!("rounds/:id") view=admin::DeskRoundPage />
        <Route path=path!("routes/new") view=admin::NewRoutePage />
        <Route path=path!("routes/:id") view=admin::RoutePage />
        <Route path=path!("imports") view=admin::ImportsPage />
        <Route path=path!("imports/new") view=admin::NewImportPage />
        <Route path=path!("imports/:id") view=admin::ImportPage />
        <Route path=path!("exports") view=admin::ExportsPage />
        <Route path=path!("companies") view=admin::CompaniesPage />
        <Route path=path!("operations") view=admin::OperationsPage />
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn Outages() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("outages") view=admin::OutagesPage />
        <Route path=path!("outages/new") view=admin::NewOutagePage />
        <Route path=path!("outages/:id") view=admin::OutagePage />
        <Route path=path!("outages/:id/edit") view=admin::EditOutagePage />
        <Route path=path!("news") view=admin::NewsListPage />
        <Route path=path!("news/new") view=admin::NewNewsPage />
        <Route path=path!("news/deliveries") view=admin::DeliveriesPage />
        <Route path=path!("news/:id") view=admin::NewsPage />
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn Money() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("tariffs") view=admin::TariffsPage />
        <Route path=path!("charges") view=admin::ChargesPage />
        <Route path=path!("charges/:id") view=admin::ChargeRunPage />
        <Route path=path!("charges/penalties/:id") view=admin::PenaltyRunPage />
        <Route path=path!("accounts/:id") view=admin::AccountPage />
        <Route path=path!("debts") view=admin::DebtsPage />
        <Route path=path!("payments") view=admin::PaymentsPage />
        <Route path=path!("payments/bank") view=admin::BankPage />
        <Route path=path!("payments/bank/:id") view=admin::StatementPage />
        <Route path=path!("payments/reconciliation") view=admin::ReconciliationPage />
        <Route path=path!("payments/reconciliation/:id") view=admin::ComparisonPage />
        <Route path=path!("payments/:id") view=admin::PaymentPage />
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn Settings() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("settings") view=admin::CompanyPage />
        <Route path=path!("settings/start") view=admin::StartPage />
        <Route path=path!("settings/calendar") view=admin::CalendarPage />
        <Route path=path!("settings/deadlines") view=admin::DeadlinesPage />
        <Route path=path!("settings/deadlines/what-if") view=admin::WhatIfPage />
        <Route path=path!("settings/numbers") view=admin::NumbersPage />
        <Route path=path!("settings/languages") view=admin::LanguagesPage />
        <Route path=path!("settings/kassas") view=admin::KassasPage />
        <Route path=path!("settings/billing") view=admin::BillingPage />
        <Route path=path!("settings/privacy") view=admin::PrivacyPage />
        <Route path=path!("settings/roles") view=admin::RolesPage />
        <Route path=path!("settings/proof") view=admin::ProofPage />
        <Route path=path!("settings/catalogue") view=admin::CataloguePage />
        <Route path=path!("settings/classifier") view=admin::ClassifierPage />
        <Route path=path!("settings/assignment") view=admin::AssignmentPage />
        <Route path=path!("settings/replies") view=admin::RepliesPage />
        <Route path=path!("settings/texts") view=admin::TextsPage />
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
fn MyHome() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("documents") view=resident::DocumentsPage />
        <Route path=path!("homes") view=resident::HomesPage />
        <Route path=path!("pay") view=resident::PayPage />
        <Route path=path!("bills") view=resident::BillsPage />
        <Route path=path!("notices") view=parts::NoticesPage />
        <Route path=path!("news") view=resident::NewsPage />
        <Route path=path!("news/:id") view=resident::OneNewsPage />
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
            <Route path=path!("rounds/:id") view=staff::RoundPage />
            <Route path=path!("notices") view=parts::NoticesPage />
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
            ("/desk/requests/new", Some(Face::DeskRequest)),
            ("/desk/requests/1", Some(Face::DeskRequest)),
            ("/desk/people/1", Some(Face::People)),
            ("/desk/people/applications", Some(Face::People)),
            ("/join", None),
            ("/desk/units/1", Some(Face::Houses)),
            ("/desk/outages/1/edit", Some(Face::Outages)),
            ("/desk/nothing", Some(Face::Office)),
            ("/desk/settings/roles", Some(Face::Settings)),
            ("/desk/outages", Some(Face::Outages)),
            ("/desk/news/1", Some(Face::Outages)),
            ("/my/news/1", Some(Face::MyHome)),
            ("/my/homes", Some(Face::MyHome)),
            ("/my/pay", Some(Face::MyHome)),
            ("/pay/abc", None),
            ("/desk/payments/1", Some(Face::Money)),
            ("/desk/payments/bank/1", Some(Face::Money)),
            ("/my/bills", Some(Face::MyHome)),
            ("/desk/accounts/1", Some(Face::Money)),
            ("/my", Some(Face::My)),
            ("/my/requests", Some(Face::My)),
            ("/my/requests/1", Some(Face::MyRequest)),
            ("/my/new", Some(Face::MyRequest)),
            ("/work/requests/1", Some(Face::Work)),
            ("/profile", Some(Face::Profile)),
            ("/desk/notices", Some(Face::Office)),
            ("/my/notices", Some(Face::MyHome)),
            ("/work/notices", Some(Face::Work)),
            ("/login", None),
            ("/desktop", None),
            ("/", None),
        ] {
            assert_eq!(Face::of_path(path), face, "{path}");
        }
    }
}
