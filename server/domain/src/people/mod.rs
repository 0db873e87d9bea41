//! People: contacts of the company, their homes, who is calling, and what of them is kept covered.

mod bulk;
mod call;
mod contacts;
mod edit;
mod homes;
mod phones;
mod privacy;
mod reveal;
mod seal;

pub use bulk::bulk;
pub use call::call;
pub use contacts::{contact, contacts};
pub use edit::{create_contact, update_contact};
pub use homes::{add_home, homes_of, update_home};
pub use privacy::{apply as apply_privacy, privacy, save_privacy};
pub use reveal::reveal;
pub use seal::{Rotated, rotate, seal_waiting};

pub(crate) use contacts::{Caller, caller, rows};
pub(crate) use homes::share;
pub(crate) use phones::full_number;
pub(crate) use phones::{add_phone, codes};
pub(crate) use privacy::hides_phones;
pub(crate) use reveal::{email_of, open_all, phone_of};
pub(crate) use seal::{
    Closed, any_sealed, close_steady, email_code, phone_code, refresh_emails, seal_phones, waiting_emails,
};
