//! The desk: where dispatchers and administrators work all day. Pages show and send; the server decides.

mod access;
mod audit;
mod bank;
mod billing;
mod calls;
mod frame;
mod imports;
mod lists;
mod live_page;
mod nav;
mod news;
mod notices;
mod operations;
mod outages;
mod payments;
mod people;
mod plans;
mod property;
pub mod requests;
mod rounds;
mod search;
mod settings;
mod shifts;
mod staff;
mod upload;
mod util;

pub use access::{ApplicationsPage, HouseSheetPage};
pub use audit::AuditPage;
pub use bank::{BankPage, ComparisonPage, ReconciliationPage, StatementPage};
pub use billing::{AccountPage, ChargeRunPage, ChargesPage, DebtsPage, PenaltyRunPage, TariffsPage};
pub use calls::CallsPage;
pub use frame::Frame;
pub use imports::{ExportsPage, ImportPage, ImportsPage, NewImportPage};
pub use news::{DeliveriesPage, NewNewsPage, NewsListPage, NewsPage};
pub use notices::NoticesPage;
pub use operations::OperationsPage;
pub use outages::{EditOutagePage, NewOutagePage, OutagePage, OutagesPage};
pub use payments::{PaymentPage, PaymentsPage};
pub use people::{CallPage, EditPersonPage, NewPersonPage, PeoplePage, PersonPage};
pub use plans::{NewPlanPage, PlanPage, PlansPage};
pub use property::{
    BuildingPage, BuildingsPage, CompaniesPage, ComplexesPage, DocumentsPage, EditBuildingPage, GeneratorPage,
    NewBuildingPage, UnitPage, UnitsPage,
};
pub use requests::{NewRequestPage, RequestPage, RequestsPage};
pub use rounds::{DeskRoundPage, NewRoutePage, RoundsPage, RoutePage};
pub use search::SearchPage;
pub use settings::{
    AssignmentPage, BillingPage, CalendarPage, CataloguePage, ClassifierPage, CompanyPage, DeadlinesPage, KassasPage,
    LanguagesPage, NumbersPage, PrivacyPage, ProofPage, RepliesPage, RolesPage, StartPage, TextsPage, WhatIfPage,
};
pub use shifts::ShiftsPage;
pub use staff::{StaffMemberPage, StaffPage};
