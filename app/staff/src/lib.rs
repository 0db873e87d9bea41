//! The field staff's app: my day and one task at a time. Big buttons, few words, gloves on.

mod day;
mod frame;
mod queue;
mod round;
mod task;

pub use day::DayPage;
pub use frame::Frame;
pub use round::RoundPage;
pub use task::TaskPage;
