//! Requests (заявки): their states and the graph between them; what is said about them is in `commands` and `views`.

mod commands;
mod joined;
pub mod narrow;
mod redact;
mod talk;
mod told;
mod views;

pub use commands::*;
pub use joined::*;
pub use redact::*;
pub use talk::*;
pub use told::*;
pub use views::*;

/// A text enum: serde, database and OpenAPI agree on one spelling.
// `tt`, not `literal`: a literal fragment hides its text from the OpenAPI derive.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$mark:meta])* $variant:ident = $text:tt),+ $(,)? }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        $(#[$doc])*
        pub enum $name { $($(#[$mark])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),+ } }
        }
        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(s: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|v| v.as_str() == s).ok_or(())
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
    };
}
pub(crate) use words;

words! {
    /// Where a request stands.
    Status {
        New = "new", Assigned = "assigned", InProgress = "in_progress", Deferred = "deferred",
        Done = "done", Returned = "returned", Closed = "closed", Cancelled = "cancelled", Rejected = "rejected",
    }
}
words! {
    /// What may be done to a request; each moves it along the graph.
    Action {
        Assign = "assign", Start = "start", Defer = "defer", Complete = "complete",
        Return = "return", Close = "close", Cancel = "cancel", Reject = "reject",
    }
}
words! { Kind { Regular = "regular", Emergency = "emergency", Paid = "paid", Warranty = "warranty" } }
words! { Priority { Low = "low", Normal = "normal", High = "high", Urgent = "urgent" } }
words! {
    /// Through which door the request came, or what made it: a plan, a failed point of a round.
    Source {
        Desk = "desk", App = "app", Bot = "bot", Api = "api", Call = "call", Plan = "plan", Round = "round",
    }
}
words! {
    Category {
        Plumbing = "plumbing", Electrical = "electrical", Heating = "heating", Elevator = "elevator",
        Cleaning = "cleaning", Doors = "doors", Yard = "yard", Other = "other",
    }
}

impl Category {
    /// Where nobody said better.
    pub const fn other() -> Self {
        Self::Other
    }

    /// The trade that mends it.
    pub const fn skill(self) -> crate::staff::Skill {
        use crate::staff::Skill;
        match self {
            Self::Plumbing => Skill::Plumber,
            Self::Electrical => Skill::Electrician,
            Self::Heating => Skill::Heating,
            Self::Elevator => Skill::Lift,
            Self::Cleaning => Skill::Cleaner,
            Self::Doors => Skill::Locksmith,
            Self::Yard | Self::Other => Skill::Handyman,
        }
    }
}

words! {
    /// When a photo was taken, in the life of the request.
    Moment { Before = "before", After = "after" }
}

words! {
    /// Why a resident gave the stars they gave.
    RatingReason {
        Fast = "fast", Polite = "polite", Tidy = "tidy", WellDone = "well_done", ToldInTime = "told_in_time",
        Slow = "slow", Rude = "rude", Dirty = "dirty", NotFixed = "not_fixed", NobodyCame = "nobody_came",
        ToldNothing = "told_nothing",
    }
}

impl RatingReason {
    /// Praise goes with four and five stars, blame with one to three.
    pub const fn fits(self, stars: i16) -> bool {
        let praise = matches!(self, Self::Fast | Self::Polite | Self::Tidy | Self::WellDone | Self::ToldInTime);
        praise == (stars >= 4)
    }

    /// The reasons to offer beside so many stars.
    pub fn of_stars(stars: i16) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |reason| reason.fits(stars))
    }
}

/// Who takes a step: the desk (dispatchers and up), the assigned worker, or the person who filed the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    Desk,
    Executor,
    Author,
}

impl Status {
    /// Still waits for somebody's work.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Done | Self::Closed | Self::Cancelled | Self::Rejected)
    }

    /// Where an open request stands when another worker takes it over, or nobody does: begun work begins anew, a pause
    /// stays a pause.
    pub const fn handed_over(self, to_somebody: bool) -> Self {
        match (self, to_somebody) {
            (Self::Assigned | Self::InProgress | Self::Returned, true) => Self::Assigned,
            (Self::Assigned | Self::InProgress, false) => Self::New,
            (other, _) => other,
        }
    }

    /// Where work that was put off goes on when its day has come.
    pub const fn resumed(self, has_worker: bool) -> Self {
        match (self, has_worker) {
            (Self::Deferred, true) => Self::Assigned,
            (Self::Deferred, false) => Self::New,
            (other, _) => other,
        }
    }

    /// Where `action` leads from here; `None` when the graph has no such edge.
    pub const fn after(self, action: Action) -> Option<Self> {
        use Status as S;
        match (action, self) {
            (Action::Assign, S::New | S::Assigned | S::InProgress | S::Deferred | S::Returned) => Some(S::Assigned),
            (Action::Start, S::Assigned | S::Deferred | S::Returned) => Some(S::InProgress),
            (Action::Defer, S::New | S::Assigned | S::InProgress | S::Returned) => Some(S::Deferred),
            (Action::Complete, S::InProgress) => Some(S::Done),
            (Action::Return, S::Done) => Some(S::Returned),
            (Action::Close, S::Done) => Some(S::Closed),
            (Action::Cancel, S::New | S::Assigned | S::Deferred) => Some(S::Cancelled),
            (Action::Reject, S::New | S::Assigned) => Some(S::Rejected),
            _ => None,
        }
    }

    /// Which action leads from here to `to`; `None` when no single one does.
    pub fn road_to(self, to: Self) -> Option<Action> {
        // Handing over is no move: the request stays where it was.
        Action::ALL.iter().copied().find(|action| self != to && self.after(*action) == Some(to))
    }

    /// Whether a step that led here from `to` can be taken back as if it had not been. What finished or ended work
    /// cannot: the resident has heard the verdict, their rating and word are gone, and the wait is in the deadline.
    pub const fn goes_back(self, to: Self) -> bool {
        use Status as S;
        matches!(
            (self, to),
            (S::Assigned, S::New | S::Deferred)
                | (S::InProgress, S::Assigned | S::Deferred)
                | (S::Deferred, S::New | S::Assigned | S::InProgress)
        )
    }

    /// Where a duplicate stands once it was joined to the request under which the work is done. From any open state:
    /// nobody will work on it any more, and that is neither a refusal nor the author's change of mind.
    pub const fn joined(self) -> Option<Self> {
        if self.is_open() { Some(Self::Cancelled) } else { None }
    }

    /// The legal next steps of a party, the most likely first.
    pub fn actions(self, party: Party) -> impl Iterator<Item = Action> {
        use Action as A;
        let order: &[Action] = match party {
            Party::Desk => &[A::Assign, A::Start, A::Complete, A::Close, A::Return, A::Defer, A::Cancel, A::Reject],
            Party::Executor => &[A::Start, A::Complete, A::Defer],
            Party::Author => &[A::Return, A::Cancel],
        };
        order.iter().copied().filter(move |action| self.after(*action).is_some())
    }
}

impl Action {
    /// The step makes no sense without a reason in words.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Defer | Self::Return | Self::Cancel | Self::Reject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_road_is_open() {
        let road = [
            (Action::Assign, Status::Assigned),
            (Action::Start, Status::InProgress),
            (Action::Complete, Status::Done),
            (Action::Close, Status::Closed),
        ];
        road.into_iter().fold(Status::New, |from, (action, to)| {
            assert_eq!(from.after(action), Some(to));
            to
        });
    }

    #[test]
    fn ended_requests_stay_ended() {
        for status in [Status::Closed, Status::Cancelled, Status::Rejected] {
            for action in Action::ALL {
                assert_eq!(status.after(*action), None, "{status} {action}");
            }
        }
    }

    #[test]
    fn every_open_state_has_a_way_forward_for_the_desk() {
        for status in Status::ALL.iter().filter(|s| s.is_open()) {
            assert!(status.actions(Party::Desk).next().is_some(), "{status}");
        }
    }

    #[test]
    fn only_a_step_of_the_graph_is_taken_back() {
        for from in Status::ALL {
            for to in Status::ALL.iter().filter(|to| from.goes_back(**to)) {
                assert!(to.road_to(*from).is_some(), "{to} does not lead to {from}");
                assert!(from.is_open() && to.is_open(), "{from} {to}");
            }
        }
    }

    #[test]
    fn words_read_back() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
            assert_eq!(serde_json::to_string(status).unwrap(), format!("\"{status}\""));
        }
    }
}
