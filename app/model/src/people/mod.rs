//! People: contacts of the company, their homes, and what of them is covered.

mod call;
mod share;

pub use call::{CallCard, CallHome, CallNeighbour, CallPerson};
pub use share::{Share, fits};

use crate::{
    BuildingId, ContactId, Lang, Phone, PhoneId, ResidencyId, UnitId,
    page::Sorting,
    requests::words,
    validate::{self, double},
};
use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// A road to a person.
    Channel { Sms = "sms", Email = "email", Telegram = "telegram" }
}
words! { Relation { Owner = "owner", Tenant = "tenant", Relative = "relative" } }
words! {
    /// What is kept sealed and shown covered until somebody with the right asks.
    Secret { Email = "email", Passport = "passport", Pinfl = "pinfl", Phone = "phone" }
}

/// More numbers nobody has.
pub const MOST_PHONES: usize = 10;

/// A telephone of a person, as far as the reader may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhoneView {
    pub id: PhoneId,
    /// The number; absent where the company hides numbers.
    pub number: Option<Phone>,
    /// `+998 90 123-45-67`, or `+998 •• •••-45-67`.
    pub shown: String,
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactRow {
    pub id: ContactId,
    pub name: String,
    pub phones: Vec<PhoneView>,
    pub homes: Vec<HomeRef>,
    pub has_login: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HomeRef {
    pub unit_id: UnitId,
    pub address: String,
    pub relation: Relation,
}

words! {
    /// What the list of people is ordered by: when they were entered (the newest first), or their names.
    #[derive(Default)]
    PeopleSort { #[default] Newest = "newest", Name = "name" }
}

impl Sorting for PeopleSort {
    fn descends(self) -> bool {
        self == Self::Newest
    }
}

/// What a list of people shows. Absent means "any".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct ContactFilter {
    /// Exactly these, at most 500.
    #[cfg_attr(feature = "openapi", param(max_items = 500))]
    pub ids: Vec<ContactId>,
    /// A name in any script; three digits of a phone or more; a whole e-mail, passport (`AA1234567`) or PINFL.
    pub text: Option<String>,
    /// What they are to a home of theirs.
    pub relation: Option<Relation>,
    /// With a home in this building.
    pub building_id: Option<BuildingId>,
    /// With a login, or without.
    pub has_login: Option<bool>,
    /// Exactly this number.
    pub phone: Option<Phone>,
    /// The newest first when absent.
    pub sort: Option<PeopleSort>,
    /// The other way round.
    pub reverse: bool,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// A home of a person, now or before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HomeCard {
    pub id: ResidencyId,
    /// Grows with every change; the value of `If-Match`.
    pub version: i32,
    pub unit_id: UnitId,
    pub building_id: BuildingId,
    pub address: String,
    pub relation: Relation,
    /// Of the property; owners only.
    pub share: Option<Share>,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub since: NaiveDate,
    /// The last day there; absent while it is theirs.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub until: Option<NaiveDate>,
}

/// Everything one page about a person shows. Secrets are covered: `a•••@mail.uz`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactCard {
    pub id: ContactId,
    /// Grows with every change; the value of `ETag`.
    pub version: i32,
    pub name: String,
    pub phones: Vec<PhoneView>,
    /// Covered.
    pub email: Option<String>,
    /// Covered.
    pub passport: Option<String>,
    /// Covered.
    pub pinfl: Option<String>,
    pub lang: Lang,
    /// How they want to be told things; absent when they did not say.
    pub channel: Option<Channel>,
    pub note: Option<String>,
    /// Homes of today first, then former ones.
    pub homes: Vec<HomeCard>,
    pub has_login: bool,
    /// The reader may uncover what is covered.
    pub may_reveal: bool,
}

impl ContactCard {
    /// Where they live or own something today.
    pub fn current_homes(&self) -> impl Iterator<Item = &HomeCard> {
        self.homes.iter().filter(|home| home.until.is_none())
    }
}

impl HomeCard {
    /// As a row of a list names it.
    pub fn to_row(&self) -> HomeRef {
        HomeRef { unit_id: self.unit_id, address: self.address.clone(), relation: self.relation }
    }
}

/// A telephone in a command: a new number, or one that is there already, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum PhoneEntry {
    Number(Phone),
    Kept { id: PhoneId },
}

/// Takes a person into the register.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateContact {
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// The first is the one to call.
    #[garde(length(max = MOST_PHONES))]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    #[serde(default)]
    pub phones: Vec<Phone>,
    #[garde(inner(custom(validate::email)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 254))]
    #[serde(default)]
    pub email: Option<String>,
    /// Series and number: `AA1234567`.
    #[garde(inner(custom(is_passport)))]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Z]{2}[0-9]{7}$"))]
    #[serde(default)]
    pub passport: Option<String>,
    /// Fourteen digits (ПИНФЛ, JShShIR).
    #[garde(inner(custom(is_pinfl)))]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{14}$"))]
    #[serde(default)]
    pub pinfl: Option<String>,
    /// The company's language when absent.
    #[garde(skip)]
    #[serde(default)]
    pub lang: Option<Lang>,
    #[garde(skip)]
    #[serde(default)]
    pub channel: Option<Channel>,
    #[garde(inner(length(chars, max = 2000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub note: Option<String>,
    /// Where they live, when that is known already.
    #[garde(dive)]
    #[serde(default)]
    pub home: Option<AddHome>,
}

/// What is done to many people at once; for each it is the same as done alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum PeopleAction {
    /// The language they are written to in.
    Lang { lang: Lang },
    /// The road they want to be reached by; none takes the usual one.
    Channel { channel: Option<Channel> },
}

/// Does one thing to up to 100 people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleBulk {
    pub ids: Vec<ContactId>,
    pub action: PeopleAction,
}

/// Changes a person: absent fields stay as they are, `null` empties one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateContact {
    #[garde(inner(length(chars, max = 200), custom(validate::not_blank)))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All of them, in order: a number, or `{"id": …}` of one that is there.
    #[garde(inner(length(max = MOST_PHONES)))]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phones: Option<Vec<PhoneEntry>>,
    #[garde(inner(inner(custom(validate::email))))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 254))]
    #[serde(default, deserialize_with = "double", skip_serializing_if = "Option::is_none")]
    pub email: Option<Option<String>>,
    #[garde(inner(inner(custom(is_passport))))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[serde(default, deserialize_with = "double", skip_serializing_if = "Option::is_none")]
    pub passport: Option<Option<String>>,
    #[garde(inner(inner(custom(is_pinfl))))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[serde(default, deserialize_with = "double", skip_serializing_if = "Option::is_none")]
    pub pinfl: Option<Option<String>>,
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Channel>))]
    #[serde(default, deserialize_with = "double", skip_serializing_if = "Option::is_none")]
    pub channel: Option<Option<Channel>>,
    #[garde(inner(inner(length(chars, max = 2000))))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 2000))]
    #[serde(default, deserialize_with = "double", skip_serializing_if = "Option::is_none")]
    pub note: Option<Option<String>>,
}

/// Gives a person a home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddHome {
    #[garde(skip)]
    pub unit_id: UnitId,
    #[garde(skip)]
    pub relation: Relation,
    /// `1/3`, `50 %`, `33.333` (per cent); owners only. Shares of a unit are at most one together.
    #[garde(skip)]
    #[serde(default)]
    pub share: Option<Share>,
    /// Today when absent.
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    #[serde(default)]
    pub since: Option<NaiveDate>,
}

/// Changes or ends a home: absent fields stay as they are, `null` empties one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateHome {
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[serde(default, deserialize_with = "double", skip_serializing_if = "Option::is_none")]
    pub share: Option<Option<Share>>,
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDate>,
    /// The last day there, not later than today; access ends at once.
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    #[serde(default, deserialize_with = "double", skip_serializing_if = "Option::is_none")]
    pub until: Option<Option<NaiveDate>>,
}

/// Asks for one covered value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Reveal {
    pub field: Secret,
    /// Which telephone; only for `phone`.
    #[serde(default)]
    pub phone_id: Option<PhoneId>,
}

/// The value that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Revealed {
    pub value: String,
}

/// What the company covers, and from whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Privacy {
    pub version: i32,
    pub rules: PrivacyRules,
}

/// The company's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PrivacyRules {
    /// Telephones of people are sealed and shown covered.
    pub hide_phones: bool,
    /// Dispatchers may uncover, too; administrators always may.
    pub dispatchers_reveal: bool,
}

/// Series and number of a passport or an identity card as it is kept: `AA1234567`.
pub fn passport_number(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != '№').collect::<String>().to_uppercase()
}

/// Digits of a PINFL.
pub fn pinfl_number(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn is_passport(value: &str, (): &()) -> garde::Result {
    let number = passport_number(value);
    let good = number.len() == 9
        && number.bytes().take(2).all(|b| b.is_ascii_uppercase())
        && number.bytes().skip(2).all(|b| b.is_ascii_digit());
    if good { Ok(()) } else { Err(garde::Error::new("bad_passport")) }
}

fn is_pinfl(value: &str, (): &()) -> garde::Result {
    let number = pinfl_number(value);
    let good = number.len() == 14 && number.bytes().all(|b| b.is_ascii_digit());
    if good { Ok(()) } else { Err(garde::Error::new("bad_pinfl")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn commands_tell_absent_from_empty() {
        let patch: UpdateContact =
            serde_json::from_value(json!({ "email": null, "phones": ["+998712000000", { "id": uuid::Uuid::nil() }] }))
                .unwrap();
        assert_eq!(patch.email, Some(None));
        assert_eq!(patch.passport, None);
        let phones = patch.phones.clone().unwrap();
        assert!(matches!(phones.as_slice(), [PhoneEntry::Number(_), PhoneEntry::Kept { .. }]));
        // What was not said is not sent.
        assert_eq!(
            serde_json::to_value(UpdateContact { name: Some("А".to_owned()), ..UpdateContact::default() }).unwrap(),
            json!({ "name": "А" })
        );
        assert_eq!(serde_json::from_value::<UpdateContact>(serde_json::to_value(&patch).unwrap()).unwrap(), patch);
    }

    #[test]
    fn documents_are_checked() {
        let good = CreateContact {
            name: "А".to_owned(),
            passport: Some("aa 123-4567".to_owned()),
            pinfl: Some("3 0101 1990 0001 0".to_owned()),
            ..CreateContact::default()
        };
        validate::check(&good).unwrap();
        for (passport, pinfl) in [(Some("A1234567"), None), (Some("АА1234567"), None), (None, Some("123"))] {
            let bad = CreateContact {
                passport: passport.map(str::to_owned),
                pinfl: pinfl.map(str::to_owned),
                ..good.clone()
            };
            assert_eq!(validate::check(&bad).unwrap_err().fields.len(), 1, "{passport:?} {pinfl:?}");
        }
    }
}
