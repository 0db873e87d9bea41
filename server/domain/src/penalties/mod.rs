//! What paying late costs. The rule is `model::billing::penalties`, pure; here are the editions of each company, the
//! history of debts it is given, the runs that book it, and what is forgiven.

mod history;
mod rules;
mod runs;
mod waivers;
mod work;

pub(crate) use history::{Owing, histories, owing};
pub use rules::{create_rule, forecast};
pub(crate) use rules::{earliest_due_day, settings};
pub(crate) use runs::broken_off;
pub use runs::{get_run, runs, start_post, start_run, start_undo};
pub(crate) use waivers::of as of_account;
pub use waivers::{decide_waiver, set_payer, waive};
pub use work::{post, preview, undo};
pub(crate) use work::{sum, too_large};
