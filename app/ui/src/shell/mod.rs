//! Page frames: desk, apps, plain page, page header.

mod app;
mod desk;
mod plain;

pub use app::{AppShell, Place};
pub use desk::{DeskShell, NavGroup, NavItem, current_href};
pub use plain::{PageHeader, PlainShell};
