//! Our books beside those of a provider. A registry from its cabinet is compared with what we have; what needs no file
//! is looked at every day. Nothing is mended by itself: each difference is shown to a person, who says how it ended.

mod compare;
mod look;
mod registry;
mod show;
mod take;

pub use look::{findings, look, look_all};
pub use show::{get, kassa_names, list, settle};
pub use take::{NewRegistry, reconcile};
