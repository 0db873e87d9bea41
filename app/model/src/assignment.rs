//! Who gets a request: what the company decided, and why the system chose somebody.

use crate::{
    AssignmentRuleId, BuildingId, ComplexId, ProblemId, RequestId, UserId,
    classifier::Names,
    requests::{Category, Kind, PersonRef, words},
    staff::Skill,
};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// What the system does about a new request that nobody has.
    Mode {
        // Nothing; names the best one to whoever assigns; assigns by itself, at any hour.
        Off = "off", Suggest = "suggest", Auto = "auto",
    }
}

/// What is done for each kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Modes {
    #[garde(skip)]
    pub emergency: Mode,
    #[garde(skip)]
    pub regular: Mode,
    #[garde(skip)]
    pub paid: Mode,
    #[garde(skip)]
    pub warranty: Mode,
}

impl Default for Modes {
    /// An emergency must reach somebody who is there, at night too; the rest waits for a person's word.
    fn default() -> Self {
        Self { emergency: Mode::Auto, regular: Mode::Suggest, paid: Mode::Suggest, warranty: Mode::Suggest }
    }
}

impl Modes {
    pub const fn of(&self, kind: Kind) -> Mode {
        match kind {
            Kind::Emergency => self.emergency,
            Kind::Regular => self.regular,
            Kind::Paid => self.paid,
            Kind::Warranty => self.warranty,
        }
    }
}

/// The company's way of assigning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AssignmentSettings {
    pub version: i32,
    pub modes: Modes,
    pub rules: Vec<AssignmentRule>,
    /// Somebody is in the duty schedule: without one nobody counts as being on shift.
    pub has_shifts: bool,
}

/// Requests like this go to this person or trade. The narrowest rule that fits holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AssignmentRule {
    pub id: AssignmentRuleId,
    pub problem: Option<RuleProblem>,
    pub category: Option<Category>,
    pub building: Option<RulePlace>,
    pub complex: Option<RulePlace>,
    pub user: Option<PersonRef>,
    pub skill: Option<Skill>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleProblem {
    pub id: ProblemId,
    pub names: Names,
}

/// A house or a complex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RulePlace {
    pub id: uuid::Uuid,
    pub name: String,
}

/// Adds a rule. A problem or a category; a house, a complex or neither; a person or a trade.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AddRule {
    #[garde(skip)]
    pub problem_id: Option<ProblemId>,
    #[garde(skip)]
    pub category: Option<Category>,
    #[garde(skip)]
    pub building_id: Option<BuildingId>,
    #[garde(skip)]
    pub complex_id: Option<ComplexId>,
    #[garde(skip)]
    pub user_id: Option<UserId>,
    #[garde(skip)]
    pub skill: Option<Skill>,
}

words! {
    /// What led to a person.
    By {
        // A rule of the company; the problem's usual assignee; trade, zone, shift and load; the dispatcher on duty,
        // because nobody else was there.
        Rule = "rule", Usual = "usual", Skill = "skill", Duty = "duty",
    }
}

/// Why somebody: the facts at that moment, to be told in any language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = AssignmentExplanation))]
pub struct Explanation {
    pub by: By,
    pub name: String,
    /// The trade that was looked for, when they have it.
    pub skill: Option<Skill>,
    /// Looks after this house.
    pub in_zone: bool,
    pub on_shift: bool,
    /// Open requests in hand.
    pub open: i32,
    /// Nobody else who fits had less, weighed by urgency.
    pub fewest: bool,
    /// How many fitted.
    pub among: i32,
}

/// Somebody a request can be given to, the best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proposal {
    pub user_id: UserId,
    /// Fits in every respect: the system itself would choose among these.
    pub fits: bool,
    pub why: Explanation,
}

/// What the last ninety days would have looked like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Replay {
    /// Requests that people assigned.
    pub assigned: i32,
    /// Where the system finds somebody.
    pub found: i32,
    /// Where it finds the same person.
    pub same: i32,
    /// Where it finds somebody else of the same trade.
    pub same_skill: i32,
    /// Minutes a request waited for its assignee, in the middle; the system needs none.
    pub median_wait: i32,
    /// Waited longer than an hour.
    pub waited_hour: i32,
    /// The newest that differ.
    pub differences: Vec<Difference>,
}

/// A request that people gave to somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = AssignmentDifference))]
pub struct Difference {
    pub id: RequestId,
    pub number: i64,
    pub category: Category,
    pub address: String,
    pub created_at: DateTime<Utc>,
    pub people: String,
    pub system: Explanation,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_mode() {
        let modes = Modes { emergency: Mode::Auto, regular: Mode::Off, paid: Mode::Suggest, warranty: Mode::Auto };
        let of: Vec<Mode> = Kind::ALL.iter().map(|kind| modes.of(*kind)).collect();
        assert_eq!(of, [Mode::Off, Mode::Auto, Mode::Suggest, Mode::Auto]);
    }
}
