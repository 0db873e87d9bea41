//! Letting residents in: the queue of applications, invitations on cards of people and units, the sheet at the entrance;
//! and what a person may ask about their data.

mod applications;
mod invite;
mod look;
mod person;
mod sheet;

pub use applications::ApplicationsPage;
pub(crate) use invite::InviteButton;
pub(crate) use look::LookAsButton;
pub(crate) use person::PersonAccess;
pub use sheet::HouseSheetPage;
