//! Outages (отключения): what is off, where and until when; risers; what the detector proposes; and common problems
//! that residents join.

mod commands;
mod views;

pub use commands::*;
pub use views::*;

use crate::requests::{Category, words};
use chrono::{DateTime, Utc};

words! {
    /// What people are without.
    Resource {
        ColdWater = "cold_water", HotWater = "hot_water", Heating = "heating", Electricity = "electricity",
        Gas = "gas", Lift = "lift", Other = "other",
    }
}
words! { OutageKind { Planned = "planned", Emergency = "emergency" } }
words! { OutageStatus { Planned = "planned", Running = "running", Ended = "ended", Cancelled = "cancelled" } }
words! {
    /// What may be done to an outage besides changing its facts.
    OutageAction { Start = "start", End = "end", Cancel = "cancel" }
}

impl Resource {
    /// The trade it belongs to.
    pub const fn category(self) -> Category {
        match self {
            Self::ColdWater | Self::HotWater | Self::Gas => Category::Plumbing,
            Self::Heating => Category::Heating,
            Self::Electricity => Category::Electrical,
            Self::Lift => Category::Elevator,
            Self::Other => Category::Other,
        }
    }

    /// What is probably off when many complain of this; nothing where complaints are no sign of an outage.
    pub const fn behind(category: Category) -> Option<Self> {
        match category {
            Category::Plumbing => Some(Self::ColdWater),
            Category::Heating => Some(Self::Heating),
            Category::Electrical => Some(Self::Electricity),
            Category::Elevator => Some(Self::Lift),
            Category::Cleaning | Category::Doors | Category::Yard | Category::Other => None,
        }
    }

    /// Comes through risers.
    pub const fn has_risers(self) -> bool {
        !matches!(self, Self::Lift | Self::Other)
    }
}

impl OutageStatus {
    /// Still ahead or going on.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Planned | Self::Running)
    }

    /// Where `action` leads from here; `None` when it makes no sense.
    pub const fn after(self, action: OutageAction) -> Option<Self> {
        match (action, self) {
            (OutageAction::Start, Self::Planned) => Some(Self::Running),
            (OutageAction::End, Self::Running) => Some(Self::Ended),
            (OutageAction::Cancel, Self::Planned | Self::Running) => Some(Self::Cancelled),
            _ => None,
        }
    }

    /// The steps that are possible now, the most likely first.
    pub fn actions(self) -> impl Iterator<Item = OutageAction> {
        OutageAction::ALL.iter().copied().filter(move |action| self.after(*action).is_some())
    }
}

/// Where an outage stands by the clock alone, when it is written down.
pub fn status_at(starts_at: DateTime<Utc>, now: DateTime<Utc>) -> OutageStatus {
    if starts_at > now { OutageStatus::Planned } else { OutageStatus::Running }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_stays_over() {
        for status in [OutageStatus::Ended, OutageStatus::Cancelled] {
            assert_eq!(status.actions().count(), 0);
        }
        assert_eq!(OutageStatus::Planned.after(OutageAction::Start), Some(OutageStatus::Running));
        assert_eq!(OutageStatus::Planned.after(OutageAction::End), None);
        assert_eq!(OutageStatus::Running.after(OutageAction::End), Some(OutageStatus::Ended));
    }

    #[test]
    fn what_is_behind_a_complaint_is_of_its_trade() {
        for category in Category::ALL {
            if let Some(resource) = Resource::behind(*category) {
                assert_eq!(resource.category(), *category);
            }
        }
    }
}
