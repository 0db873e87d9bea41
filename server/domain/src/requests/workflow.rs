//! The rules of requests, pure: no database, no clock.

use model::{
    Code, Failure, FieldError,
    requests::{Action, Party, Source, Status},
};

/// Where `action` by `party` leads.
///
/// # Errors
/// `illegal_transition` when the graph has no such edge or it is not this party's to take.
pub fn step(party: Party, from: Status, action: Action) -> Result<Status, Failure> {
    if !from.actions(party).any(|legal| legal == action) {
        return Err(Code::IllegalTransition.into());
    }
    from.after(action).ok_or_else(|| Code::IllegalTransition.into())
}

/// Through which door a new request came: the one it is filed through, unless the company says that it was told on the
/// telephone.
///
/// # Errors
/// `invalid` when another door is named: nobody passes their words off as somebody else's.
pub fn came_by(door: Source, named: Option<Source>, resident: bool) -> Result<Source, Failure> {
    match named {
        None => Ok(door),
        Some(named) if named == door || (named == Source::Call && !resident) => Ok(named),
        Some(_) => Err(Failure::invalid(vec![FieldError::new("/source", "unknown")])),
    }
}

/// Finished work may be rated once.
pub fn may_rate(status: Status, rating: Option<i16>) -> bool {
    rating.is_none() && matches!(status, Status::Done | Status::Closed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_action() -> impl Strategy<Value = Action> {
        proptest::sample::select(Action::ALL)
    }
    fn any_party() -> impl Strategy<Value = Party> {
        proptest::sample::select(vec![Party::Desk, Party::Executor, Party::Author])
    }

    #[test]
    fn only_the_company_says_that_somebody_called() {
        assert_eq!(came_by(Source::Desk, None, false), Ok(Source::Desk));
        assert_eq!(came_by(Source::Desk, Some(Source::Call), false), Ok(Source::Call));
        assert_eq!(came_by(Source::Api, Some(Source::Call), false), Ok(Source::Call), "a telephone exchange");
        assert_eq!(came_by(Source::App, Some(Source::App), true), Ok(Source::App));
        for (door, named, resident) in
            [(Source::App, Source::Call, true), (Source::Desk, Source::App, false), (Source::Api, Source::Plan, false)]
        {
            let refused = came_by(door, Some(named), resident).unwrap_err();
            assert!(refused.field("source").is_some(), "{named}");
        }
    }

    proptest! {
        /// However people act, work is never done without having been started, and the end is the end.
        #[test]
        fn no_walk_skips_the_work(walk in proptest::collection::vec((any_party(), any_action()), 0..40)) {
            let (mut status, mut started) = (Status::New, false);
            for (party, action) in walk {
                let Ok(next) = step(party, status, action) else { continue };
                prop_assert!(!matches!(status, Status::Closed | Status::Cancelled | Status::Rejected));
                started |= next == Status::InProgress;
                if matches!(next, Status::Done | Status::Closed) { prop_assert!(started); }
                status = next;
            }
        }

        /// Only the author and the desk may send finished work back; a worker may not close their own.
        #[test]
        fn workers_do_not_judge_their_own_work(status in proptest::sample::select(Status::ALL)) {
            for action in [Action::Close, Action::Return, Action::Reject, Action::Cancel, Action::Assign] {
                prop_assert!(step(Party::Executor, status, action).is_err());
            }
        }
    }
}
