//! My requests: the list, one request, a new one.

mod actions;
mod create;
mod list;
mod page;
mod tile;
mod timeline;
mod work;

pub use create::NewPage;
pub use list::RequestsPage;
pub use page::RequestPage;
pub(crate) use tile::{RequestTile, headline};

use model::requests::Status;

/// What still wants something from somebody; finished work waits for the resident's word.
pub(crate) const OPEN: [Status; 6] =
    [Status::New, Status::Assigned, Status::InProgress, Status::Deferred, Status::Returned, Status::Done];
/// What is over.
pub(crate) const FINISHED: [Status; 3] = [Status::Closed, Status::Cancelled, Status::Rejected];
