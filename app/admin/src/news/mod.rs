//! News at the desk: the list, writing and sending, the report, and the journal of every delivery.

mod form;
mod journal;
mod list;
mod page;
mod preview;

pub use form::NewNewsPage;
pub use journal::DeliveriesPage;
pub use list::NewsListPage;
pub use page::NewsPage;

use model::{news::NewsState, notices::DeliveryState};
use ui::prelude::*;

fn state_look(state: NewsState) -> (Tone, &'static str) {
    match state {
        NewsState::Draft => (Tone::Neutral, "pencil"),
        NewsState::Scheduled => (Tone::Info, "calendar-clock"),
        NewsState::Sending => (Tone::Brand, "send"),
        NewsState::Sent => (Tone::Success, "check"),
        NewsState::Cancelled => (Tone::Neutral, "undo-2"),
    }
}

fn delivery_look(state: DeliveryState) -> (Tone, &'static str) {
    match state {
        DeliveryState::Queued => (Tone::Neutral, "clock"),
        DeliveryState::Sending | DeliveryState::Sent => (Tone::Info, "send"),
        DeliveryState::Delivered | DeliveryState::Captured => (Tone::Success, "check"),
        DeliveryState::Read => (Tone::Success, "check-check"),
        DeliveryState::Failed => (Tone::Danger, "circle-x"),
    }
}
