//! The desk: where dispatchers and administrators work all day. Pages show and send; the server decides.

mod frame;
mod people;
mod property;
pub mod requests;
mod search;
mod upload;
mod util;

pub use frame::Frame;
pub use people::{PeoplePage, PersonPage, StaffPage};
pub use property::{BuildingPage, BuildingsPage};
pub use requests::{NewRequestPage, RequestPage, RequestsPage};
pub use search::SearchPage;
