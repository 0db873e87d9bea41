//! The desk: where dispatchers and administrators work all day. Pages show and send; the server decides.

mod audit;
mod frame;
mod people;
mod property;
pub mod requests;
mod settings;
mod staff;
mod upload;
mod util;

pub use audit::AuditPage;
pub use frame::Frame;
pub use people::{PeoplePage, PersonPage};
pub use property::{BuildingPage, BuildingsPage};
pub use requests::{NewRequestPage, RequestPage, RequestsPage};
pub use settings::{CalendarPage, CompanyPage, DeadlinesPage, RolesPage};
pub use staff::{StaffMemberPage, StaffPage};
