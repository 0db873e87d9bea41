//! Money at the desk: tariffs, monthly runs, accounts, debts.

mod account;
mod bill;
mod correction;
mod debts;
mod fields;
mod houses;
mod letters;
mod moves;
mod penalties;
mod penalty_runs;
mod print;
mod recalculation;
mod relief;
mod remind;
mod run;
mod runs;
mod talks;
mod tariff_form;
mod tariffs;

pub use account::AccountPage;
pub use debts::DebtsPage;
pub(crate) use fields::{months, percent_of};
pub use penalty_runs::PenaltyRunPage;
pub use run::ChargeRunPage;
pub use runs::ChargesPage;
pub use tariffs::TariffsPage;

use i18n::{Locale, billing as words, td_string};
use model::{Money, billing::ServiceName};

/// The name of a service in the language of the page.
fn named(l: Locale, name: &ServiceName) -> String {
    name.get(i18n::lang(l)).to_owned()
}

/// What an account owes, in words: a debt, nothing, or what was paid ahead.
pub(crate) fn standing(l: Locale, balance: Money) -> (&'static str, String) {
    match balance {
        Money::ZERO => (td_string!(l, billing.balance), td_string!(l, billing.all_paid).to_owned()),
        debt if debt > Money::ZERO => (td_string!(l, billing.owed), words::soum(l, debt)),
        ahead => (td_string!(l, billing.ahead), words::soum(l, Money::ZERO.checked_sub(ahead).unwrap_or(ahead))),
    }
}
