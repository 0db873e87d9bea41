//! Staff of the company: who they are, what they see, how they come and go.

use crate::{
    BuildingId, ComplexId, InviteId, Lang, Phone, RequestId, Role, UserId,
    page::Sorting,
    requests::{Category, Status, words},
    validate::{self, double},
};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    Skill {
        Plumber = "plumber", Electrician = "electrician", Heating = "heating", Lift = "lift",
        Cleaner = "cleaner", Locksmith = "locksmith", Handyman = "handyman",
    }
}

impl Skill {
    /// The kinds of trouble this trade mends.
    pub fn categories(self) -> impl Iterator<Item = Category> {
        Category::ALL.iter().copied().filter(move |category| category.skill() == self)
    }
}

words! {
    /// Which requests a staff member sees besides those they were given.
    Visibility {
        Company = "company", Zone = "zone", ZoneSkill = "zone_skill", Assigned = "assigned",
    }
}

impl Visibility {
    /// What a role sees unless somebody decided otherwise.
    pub const fn usual(role: Role) -> Self {
        match role {
            Role::Staff => Self::Zone,
            _ => Self::Company,
        }
    }

    /// The levels that make sense for a role: who runs the company sees it, a dispatcher has no trade.
    pub const fn choices(role: Role) -> &'static [Self] {
        match role {
            Role::Staff => Self::ALL,
            Role::Dispatcher => &[Self::Company, Self::Zone],
            _ => &[Self::Company],
        }
    }
}

/// Roles that a company gives to its people.
pub const ROLES: [Role; 3] = [Role::Admin, Role::Dispatcher, Role::Staff];

/// A staff member in lists, also as a person a request can be given to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffRow {
    pub id: UserId,
    pub name: String,
    pub role: Role,
    pub phone: Option<Phone>,
    pub skills: Vec<Skill>,
    /// Open requests in hand.
    pub load: i32,
    pub visibility: Visibility,
    /// Complexes and addresses they look after; in lists at most three, in no order.
    pub zone: Vec<String>,
    /// How many more.
    pub zone_more: i32,
    pub blocked: bool,
    /// Has left the company.
    pub dismissed: bool,
}

words! {
    /// What a list of staff is ordered by. `Free`: those who can be given work first, the least loaded first.
    #[derive(Default)]
    StaffSort { #[default] Free = "free", Name = "name", Role = "role", Load = "load" }
}

impl Sorting for StaffSort {
    fn descends(self) -> bool {
        self == Self::Load
    }
}

/// Which staff a list shows. A company has hundreds of people at most: a list is one page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct StaffFilter {
    /// Also those who are blocked or have left.
    pub all: bool,
    /// Words of the name, or a piece of the phone.
    pub text: Option<String>,
    pub role: Option<Role>,
    pub skill: Option<Skill>,
    /// Who looks after this house, on its own or with its complex.
    pub building_id: Option<BuildingId>,
    /// The least loaded first when absent.
    pub sort: Option<StaffSort>,
    /// The other way round.
    pub reverse: bool,
}

/// What is done to many staff members at once; for each it is the same as done alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum StaffAction {
    AddSkill { skill: Skill },
    AddBuilding { building_id: BuildingId },
    AddComplex { complex_id: ComplexId },
    Block,
}

/// Does one thing to up to 100 staff members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffBulk {
    pub ids: Vec<UserId>,
    pub action: StaffAction,
}

/// A part of a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ZoneBuilding {
    pub id: BuildingId,
    pub address: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ZoneComplex {
    pub id: ComplexId,
    pub name: String,
}

/// Everything one page about a staff member shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffCard {
    pub id: UserId,
    /// Grows with every change; the value of `ETag`.
    pub version: i32,
    pub name: String,
    pub role: Role,
    pub phone: Option<Phone>,
    /// Shown to those who manage staff.
    pub login: Option<String>,
    /// Shown to those who manage staff.
    pub email: Option<String>,
    pub lang: Lang,
    pub skills: Vec<Skill>,
    pub visibility: Visibility,
    pub buildings: Vec<ZoneBuilding>,
    pub complexes: Vec<ZoneComplex>,
    pub load: i32,
    pub totp: bool,
    pub last_seen_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub blocked_at: Option<DateTime<Utc>>,
    pub dismissed_at: Option<DateTime<Utc>>,
    /// The reader may change this person's facts.
    pub may_edit: bool,
    /// The reader may change role, visibility and zone, block and dismiss: never their own.
    pub may_manage: bool,
}

/// Invites somebody by a link that works once, for a week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InviteStaff {
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// `admin`, `dispatcher` or `staff`; never above the inviter's own.
    #[garde(skip)]
    pub role: Role,
    #[garde(skip)]
    #[serde(default)]
    pub phone: Option<Phone>,
    /// Where the link is mailed; without it the link is handed over by the inviter.
    #[garde(inner(custom(validate::email)))]
    #[cfg_attr(feature = "openapi", schema(format = "email", max_length = 254))]
    #[serde(default)]
    pub email: Option<String>,
    #[garde(skip)]
    #[serde(default)]
    pub lang: Lang,
    #[garde(skip)]
    #[serde(default)]
    pub visibility: Option<Visibility>,
    #[garde(length(max = 7))]
    #[cfg_attr(feature = "openapi", schema(max_items = 7))]
    #[serde(default)]
    pub skills: Vec<Skill>,
    #[garde(length(max = 1000))]
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    #[serde(default)]
    pub building_ids: Vec<BuildingId>,
    #[garde(length(max = 1000))]
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    #[serde(default)]
    pub complex_ids: Vec<ComplexId>,
}

/// An invitation that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteRow {
    pub id: InviteId,
    pub name: String,
    pub role: Role,
    pub phone: Option<Phone>,
    pub email: Option<String>,
    pub invited_by: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A fresh invitation with its link, which is shown this one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invited {
    pub id: InviteId,
    pub link: String,
    /// The link was mailed.
    pub mailed: bool,
    pub expires_at: DateTime<Utc>,
}

/// What the invited person sees before they have a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteView {
    pub company: String,
    pub name: String,
    pub role: Role,
    pub expires_at: DateTime<Utc>,
}

/// Takes an invitation up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptInvite {
    #[garde(length(chars, min = 20, max = 100))]
    #[cfg_attr(feature = "openapi", schema(min_length = 20, max_length = 100))]
    pub token: String,
    #[garde(custom(login_name))]
    #[cfg_attr(feature = "openapi", schema(min_length = 3, max_length = 60))]
    pub login: String,
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    #[garde(length(chars, min = 10, max = 200))]
    #[cfg_attr(feature = "openapi", schema(min_length = 10, max_length = 200))]
    pub password: String,
}

/// 3 to 60 small Latin letters, digits, dots, dashes and underscores: a name one can say over the phone.
fn login_name(value: &str, _: &()) -> garde::Result {
    let good = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
    match value.trim() {
        name if name.chars().count() < 3 => Err(garde::Error::new("length is lower than 3")),
        name if name.chars().count() > 60 => Err(garde::Error::new("length is greater than 60")),
        name if !name.chars().all(good) => Err(garde::Error::new("bad_login")),
        _ => Ok(()),
    }
}

/// Changes a staff member. Absent fields stay as they are, `null` empties.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct UpdateStaff {
    #[garde(inner(length(chars, max = 200), custom(validate::not_blank)))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Phone>))]
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "double")]
    pub phone: Option<Option<Phone>>,
    #[garde(inner(inner(custom(validate::email))))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = "email", max_length = 254))]
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "double")]
    pub email: Option<Option<String>>,
    #[garde(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    #[garde(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    #[garde(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    #[garde(inner(length(max = 7)))]
    #[cfg_attr(feature = "openapi", schema(max_items = 7))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skills: Option<Vec<Skill>>,
    #[garde(inner(length(max = 1000)))]
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub building_ids: Option<Vec<BuildingId>>,
    #[garde(inner(length(max = 1000)))]
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complex_ids: Option<Vec<ComplexId>>,
}

/// Ends somebody's work here: their login is blocked, their zone is freed, their open requests go to others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct DismissStaff {
    /// Who takes the open requests; nobody returns them to the new ones.
    #[garde(skip)]
    pub to: Option<UserId>,
    /// Requests that go elsewhere than the rest.
    #[garde(length(max = 1000))]
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub except: Vec<HandOver>,
}

/// One request on its way to another worker, or back to the new ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    pub request_id: RequestId,
    #[serde(default)]
    pub to: Option<UserId>,
}

/// A request that waits in somebody's hands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenWork {
    pub id: RequestId,
    pub number: i64,
    pub status: Status,
    pub category: Category,
    pub address: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_has_its_trade() {
        for category in Category::ALL {
            assert!(category.skill().categories().any(|c| c == *category), "{category}");
        }
    }

    #[test]
    fn nobody_is_offered_a_level_beyond_the_role() {
        for role in Role::ALL {
            assert!(Visibility::choices(role).contains(&Visibility::usual(role)));
        }
        assert_eq!(Visibility::choices(Role::Admin), [Visibility::Company]);
    }

    #[test]
    fn absent_and_empty_are_told_apart() {
        let read = |text: &str| serde_json::from_str::<UpdateStaff>(text).unwrap();
        assert_eq!(read("{}").phone, None);
        assert_eq!(read(r#"{"phone":null}"#).phone, Some(None));
        assert_eq!(read(r#"{"phone":"901234567"}"#).phone, Some(Phone::parse("901234567")));
        assert_eq!(
            serde_json::to_string(&UpdateStaff { email: Some(None), ..Default::default() }).unwrap(),
            r#"{"email":null}"#
        );
    }

    #[test]
    fn logins_can_be_said_aloud() {
        let accept = |login: &str| AcceptInvite {
            token: "t".repeat(32),
            login: login.to_owned(),
            name: "Имя".to_owned(),
            password: "p".repeat(10),
        };
        assert!(validate::check(&accept("rustam.a")).is_ok());
        for (bad, code) in [("ab", "too_short"), ("рустам", "bad_login"), ("a b c", "bad_login")] {
            assert_eq!(validate::check(&accept(bad)).unwrap_err().fields[0].code, code, "{bad}");
        }
    }
}
