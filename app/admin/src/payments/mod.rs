//! Payments at the desk: the list with its sums, one payment, money by hand.

mod list;
mod page;
mod query;
mod record;

pub use list::PaymentsPage;
pub use page::PaymentPage;

use i18n::{Locale, billing::payment_state, td_string};
use leptos::prelude::*;
use model::payments::{ClickAnswer, FiscalReceipt, FiscalState, PaymentSource, PaymentState};
use ui::prelude::*;

/// How money came in, in its word.
pub(crate) fn source(l: Locale, value: PaymentSource) -> &'static str {
    match value {
        PaymentSource::Payme => td_string!(l, payments.source_payme),
        PaymentSource::Click => td_string!(l, payments.source_click),
        PaymentSource::Cash => td_string!(l, payments.source_cash),
        PaymentSource::Bank => td_string!(l, payments.source_bank),
        PaymentSource::Terminal => td_string!(l, payments.source_terminal),
    }
}

/// What Click said of a payment.
pub(crate) fn answer(l: Locale, value: ClickAnswer) -> &'static str {
    match value {
        ClickAnswer::Paid => td_string!(l, payments.click_paid),
        ClickAnswer::Waiting => td_string!(l, payments.click_waiting),
        ClickAnswer::Failed => td_string!(l, payments.click_failed),
        ClickAnswer::Missing => td_string!(l, payments.click_missing),
    }
}

/// How far a fiscal receipt is, with the provider's own words behind it.
pub(crate) fn fiscal(l: Locale, of: &FiscalReceipt) -> String {
    let said = match of.state {
        FiscalState::Due => td_string!(l, payments.fiscal_due),
        FiscalState::Unknown => td_string!(l, payments.fiscal_unknown),
        FiscalState::Sent => td_string!(l, payments.fiscal_sent),
        FiscalState::Made => td_string!(l, payments.fiscal_made),
        FiscalState::Refused => td_string!(l, payments.fiscal_refused),
        FiscalState::NoTaxId => td_string!(l, payments.fiscal_no_tax_id),
    };
    of.note.as_ref().map_or_else(|| said.to_owned(), |note| format!("{said} ({note})"))
}

/// Where a payment stands; a dispute comes before everything.
#[component]
fn StateMark(value: PaymentState, disputed: bool) -> impl IntoView {
    let l = crate::util::lang();
    let (text, tone, icon) = match value {
        _ if disputed => (td_string!(l, payments.disputed), Tone::Warning, "circle-alert"),
        PaymentState::Completed => (payment_state(l, value), Tone::Success, "check"),
        PaymentState::Refunded => (payment_state(l, value), Tone::Neutral, "undo-2"),
    };
    view! { <Pill text=text tone=tone icon=icon /> }
}
