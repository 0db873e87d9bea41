//! What the lists of the desk have in common: saved views and columns kept on the server, sorting by the header, one
//! action on all chosen rows.

mod ask;
mod many;
mod setup;
mod sort;
mod take;

pub(crate) use ask::{ConfirmMany, PickMany};
pub(crate) use many::{Many, Refusals, count_of, opened};
pub(crate) use setup::{Columns, Setup, ViewsMenu};
pub(crate) use sort::Order;
pub(crate) use take::{FileLink, TakeAway, TakeChosen};
