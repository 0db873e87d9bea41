//! The desk: where dispatchers and administrators work all day. Pages show and send; the server decides.

mod access;
mod audit;
mod frame;
mod imports;
mod lists;
mod people;
mod property;
pub mod requests;
mod search;
mod settings;
mod shifts;
mod staff;
mod upload;
mod util;

pub use access::{ApplicationsPage, HouseSheetPage};
pub use audit::AuditPage;
pub use frame::Frame;
pub use imports::{ExportsPage, ImportPage, ImportsPage, NewImportPage};
pub use people::{CallPage, EditPersonPage, NewPersonPage, PeoplePage, PersonPage};
pub use property::{
    BuildingPage, BuildingsPage, CompaniesPage, ComplexesPage, DocumentsPage, EditBuildingPage, GeneratorPage,
    NewBuildingPage, UnitPage, UnitsPage,
};
pub use requests::{NewRequestPage, RequestPage, RequestsPage};
pub use search::SearchPage;
pub use settings::{
    AssignmentPage, CalendarPage, ClassifierPage, CompanyPage, DeadlinesPage, LanguagesPage, NumbersPage, PrivacyPage,
    RolesPage, WhatIfPage,
};
pub use shifts::ShiftsPage;
pub use staff::{StaffMemberPage, StaffPage};
