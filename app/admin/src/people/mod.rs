//! People: residents and other contacts, their homes, and who is calling.

mod call;
mod contacts;
mod form;
mod homes;
mod many;
mod parts;
mod person;

pub use call::CallPage;
pub use contacts::PeoplePage;
pub use form::{EditPersonPage, NewPersonPage};
pub use person::PersonPage;

pub(crate) use homes::{HomeDialog, HomeTask};
pub(crate) use parts::share_text;
