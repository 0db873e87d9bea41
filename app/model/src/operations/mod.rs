//! What runs in the background and below: jobs, schedules, deliveries, dependencies. For whoever keeps the product alive.

mod schedule;
mod views;

pub use schedule::{Schedule, When};
pub use views::*;
