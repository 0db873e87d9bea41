//! What the lists of the desk have in common: saved views and columns kept on the server, sorting by the header, one
//! action on all chosen rows.

mod ask;
mod many;
mod setup;
mod sort;

pub(crate) use ask::{ConfirmMany, PickMany};
pub(crate) use many::{Many, Refusals, count_of, opened};
pub(crate) use setup::{Columns, Setup, ViewsMenu};
pub(crate) use sort::Order;
