//! Requests at the desk: the list, one request, a new one.

mod actions;
mod assign;
mod bulk;
mod choose;
mod clock;
mod create;
mod draft;
mod facts;
mod files;
mod filters;
mod list;
mod page;
mod preview;
mod problem;
mod query;
mod stream;
mod work;

pub use create::NewRequestPage;
pub use list::RequestsPage;
pub use page::RequestPage;
pub(crate) use problem::problem_options;
pub use query::{Assignee, ListQuery, View};
