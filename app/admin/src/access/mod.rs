//! Letting residents in: the queue of applications, invitations on cards of people and units and as slips for many, the
//! sheet at the entrance; and what a person may ask about their data.

mod applications;
mod handout;
mod invite;
mod look;
mod person;
mod sheet;

pub use applications::ApplicationsPage;
pub(crate) use handout::Handouts;
pub(crate) use invite::InviteButton;
pub(crate) use look::LookAsButton;
pub(crate) use person::PersonAccess;
pub use sheet::HouseSheetPage;
