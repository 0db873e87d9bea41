//! Requests at the desk: the list, one request, a new one.

mod actions;
mod assign;
mod board;
mod bulk;
mod choose;
mod chosen;
mod clock;
mod control;
mod create;
mod draft;
mod edit;
mod facts;
mod files;
mod filters;
mod groups;
mod list;
mod more;
mod narrow;
mod page;
mod presence;
mod preview;
mod problem;
mod query;
mod redact;
mod related;
mod stream;
mod talk;
mod view;
mod watchers;
mod work;

pub use create::NewRequestPage;
pub use list::RequestsPage;
pub use page::RequestPage;
pub(crate) use problem::problem_options;
pub use query::{Assignee, ListQuery, View};
