//! Money from the bank and differences with providers, in words.

use crate::{Locale, td_string};
use model::payments::{DifferenceKind, FindingKind, Ground, LineState, SkipReason, Standing};

/// Why a line of a statement was not taken.
pub fn skipped(l: Locale, why: SkipReason) -> &'static str {
    match why {
        SkipReason::Known => td_string!(l, bank.why_known),
        SkipReason::ByHand => td_string!(l, bank.why_by_hand),
        SkipReason::BadSum => td_string!(l, bank.why_bad_sum),
        SkipReason::BadDate => td_string!(l, bank.why_bad_date),
        SkipReason::InFuture => td_string!(l, bank.why_in_future),
        SkipReason::NoDirection => td_string!(l, bank.why_no_direction),
        SkipReason::Unfinished => td_string!(l, bank.why_unfinished),
    }
}

pub fn state(l: Locale, state: LineState) -> &'static str {
    match state {
        LineState::Waiting => td_string!(l, bank.state_waiting),
        LineState::Allocated => td_string!(l, bank.state_allocated),
        LineState::Aside => td_string!(l, bank.state_aside),
    }
}

/// What speaks for an account.
pub fn ground(l: Locale, ground: Ground) -> &'static str {
    match ground {
        Ground::Marked => td_string!(l, bank.ground_marked),
        Ground::Number => td_string!(l, bank.ground_number),
        Ground::Bill => td_string!(l, bank.ground_bill),
        Ground::Debt => td_string!(l, bank.ground_debt),
        Ground::Name => td_string!(l, bank.ground_name),
    }
}

pub fn difference(l: Locale, kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::MissingHere => td_string!(l, bank.kind_missing_here),
        DifferenceKind::MissingThere => td_string!(l, bank.kind_missing_there),
        DifferenceKind::Sum => td_string!(l, bank.kind_sum),
        DifferenceKind::State => td_string!(l, bank.kind_state),
        DifferenceKind::Twice => td_string!(l, bank.kind_twice),
    }
}

/// What to do about a difference; `paid_here` says which side of a state has the money.
pub fn remedy(l: Locale, kind: DifferenceKind, paid_here: bool) -> &'static str {
    match kind {
        DifferenceKind::MissingHere => td_string!(l, bank.do_missing_here),
        DifferenceKind::MissingThere => td_string!(l, bank.do_missing_there),
        DifferenceKind::Sum => td_string!(l, bank.do_sum),
        DifferenceKind::State if paid_here => td_string!(l, bank.do_state_paid_here),
        DifferenceKind::State => td_string!(l, bank.do_state_paid_there),
        DifferenceKind::Twice => td_string!(l, bank.do_twice),
    }
}

pub fn standing(l: Locale, standing: Standing) -> &'static str {
    match standing {
        Standing::Paid => td_string!(l, bank.standing_paid),
        Standing::Cancelled => td_string!(l, bank.standing_cancelled),
        Standing::Waiting => td_string!(l, bank.standing_waiting),
    }
}

/// What the nightly look found, and what it means.
pub fn finding(l: Locale, kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::PaymeStuck => td_string!(l, bank.find_payme_stuck),
        FindingKind::ClickStuck => td_string!(l, bank.find_click_stuck),
        FindingKind::NotCredited => td_string!(l, bank.find_not_credited),
        FindingKind::NotTakenBack => td_string!(l, bank.find_not_taken_back),
        FindingKind::EntryDiffers => td_string!(l, bank.find_entry_differs),
        FindingKind::Disputed => td_string!(l, bank.find_disputed),
    }
}
