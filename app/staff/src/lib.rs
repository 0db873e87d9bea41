//! The field staff's app: my day and one task at a time. Big buttons, few words, gloves on.

mod day;
mod frame;
mod task;

pub use day::DayPage;
pub use frame::Frame;
pub use task::TaskPage;
