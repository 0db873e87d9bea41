//! How residents get in and leave: applications, invitations, homes.

use crate::{
    ApplicationId, BuildingId, ContactId, Failure, Phone, ResidentInviteId, UnitId, fold, people::Relation,
    requests::words, validate,
};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// What somebody asks for: a stranger a home, a resident one more home or to be forgotten.
    ApplicationKind { Home = "home", Attach = "attach", Erase = "erase" }
}
words! {
    /// Where an application stands.
    ApplicationState { Waiting = "waiting", Approved = "approved", Rejected = "rejected", Withdrawn = "withdrawn" }
}
words! {
    /// Why a contact may be the one who applies.
    Likeness { Phone = "phone", Home = "home", Name = "name" }
}

/// Letters of short codes: none that is read as another.
const CODE_LETTERS: &str = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// How many of them a code has.
pub const CODE_LENGTH: usize = 8;

/// A short code as it is compared: `k7mp-4qxr` is `K7MP4QXR`. Nothing when it cannot be one.
pub fn short_code(typed: &str) -> Option<String> {
    let plain: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' | '0' => 'Q',
            'I' | '1' => 'L',
            other => other,
        })
        .collect();
    (plain.chars().count() == CODE_LENGTH && plain.chars().all(|c| CODE_LETTERS.contains(c))).then_some(plain)
}

/// A code out of random bytes, each letter equally likely.
pub fn code_of(bytes: [u8; CODE_LENGTH]) -> String {
    let letters = CODE_LETTERS.as_bytes();
    bytes.iter().map(|byte| char::from(letters[usize::from(*byte) % letters.len()])).collect()
}

/// What of a person's name could be the last name, folded and without what sex and spelling change: `Каримова` and
/// `Karimov` are one. Names end in -ov, -ev and their like; where none does, the first word and the last may be it.
pub fn last_names(name: &str) -> Vec<String> {
    let folded = fold::words(name);
    let words: Vec<&str> = folded.split(' ').filter(|w| w.len() > 1 && !is_patronymic(w)).collect();
    let usual: Vec<&str> = words.iter().copied().filter(|w| is_usual_last_name(w)).collect();
    let candidates = if usual.is_empty() {
        words.first().into_iter().chain(words.last().filter(|_| words.len() > 1)).copied().collect()
    } else {
        usual
    };
    candidates.into_iter().map(stem).collect()
}

fn is_patronymic(word: &str) -> bool {
    ["ovich", "evich", "yevich", "ovna", "evna", "yevna"].iter().any(|end| word.ends_with(end))
        || ["ogli", "ugli", "qizi", "kizi", "kyzy", "ogly", "ugly"].contains(&word)
}

fn is_usual_last_name(word: &str) -> bool {
    const ENDS: [&str; 12] = ["ov", "ova", "ev", "eva", "yev", "yeva", "skiy", "skaya", "enko", "yan", "ina", "in"];
    word.len() > 4 && ENDS.iter().any(|end| word.ends_with(end))
}

fn stem(word: &str) -> String {
    fold::skeleton(word).trim_end_matches('a').to_owned()
}

/// A house somebody may mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseChoice {
    pub id: BuildingId,
    pub address: String,
    pub company: String,
}

/// A sheet to hang up at the entrances of a house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseSheet {
    pub address: String,
    pub company: String,
    pub company_phone: Option<Phone>,
    pub link: String,
    /// The link as a QR code (SVG).
    pub qr: String,
}

/// What somebody with a proven phone and no login sees: their own applications and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinState {
    pub phone: Phone,
    /// There is a login by now: one step further and they are in.
    pub has_access: bool,
    pub applications: Vec<OwnApplication>,
}

/// An application as the person who made it sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnApplication {
    pub id: ApplicationId,
    pub kind: ApplicationKind,
    pub state: ApplicationState,
    pub company: String,
    pub company_phone: Option<Phone>,
    /// What was asked for: an address or a personal account.
    pub place: String,
    pub reason: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// Somebody with a proven phone asks for a home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ApplyHome {
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    pub name: String,
    /// Street and house as typed; not looked at when `building_id` says which.
    #[garde(length(chars, max = 200))]
    pub house: String,
    #[garde(skip)]
    pub building_id: Option<BuildingId>,
    #[garde(length(chars, max = 20), custom(validate::not_blank))]
    pub flat: String,
    #[garde(skip)]
    pub relation: Relation,
    #[garde(inner(length(chars, max = 500)))]
    pub note: Option<String>,
}

/// Which applications to list; those that wait when nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(default)]
pub struct ApplicationFilter {
    /// All that were ever decided, too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// An application at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplicationRow {
    pub id: ApplicationId,
    pub kind: ApplicationKind,
    pub state: ApplicationState,
    pub name: String,
    pub phone: Option<Phone>,
    /// The resident who asks, or whom the applicant became.
    pub contact_id: Option<ContactId>,
    pub building_id: Option<BuildingId>,
    pub unit_id: Option<UnitId>,
    /// The house as it is known here.
    pub address: Option<String>,
    /// The flat as it was typed.
    pub flat: Option<String>,
    /// The personal account that was named.
    pub account: Option<String>,
    pub relation: Option<Relation>,
    pub note: Option<String>,
    pub created_at: DateTime<Utc>,
    pub reason: Option<String>,
    pub decided_by: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Contacts who may be the applicant, the likeliest first; only while it waits.
    pub alike: Vec<Alike>,
}

/// A contact who may be the applicant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Alike {
    pub contact_id: ContactId,
    pub name: String,
    pub why: Vec<Likeness>,
    /// Their login moves to the applicant's phone.
    pub has_login: bool,
}

/// Lets an applicant in. Absent fields are as in the application; without a contact a new one is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ApproveApplication {
    #[garde(skip)]
    pub contact_id: Option<ContactId>,
    #[garde(skip)]
    pub unit_id: Option<UnitId>,
    /// The flat's number in the house of the application, for one that was typed wrongly.
    #[garde(inner(length(chars, max = 20)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 20))]
    pub flat: Option<String>,
    #[garde(skip)]
    pub relation: Option<Relation>,
    /// For an application to be forgotten: the person's name, typed.
    #[garde(inner(length(chars, max = 200)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub confirm: Option<String>,
}

/// Turns an applicant down; they are told why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RejectApplication {
    #[garde(length(chars, max = 500), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 500))]
    pub reason: String,
}

/// Invites a known contact, or somebody new into a home.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct InviteResident {
    #[garde(skip)]
    pub contact_id: Option<ContactId>,
    /// The home it opens; a known contact needs none.
    #[garde(skip)]
    pub unit_id: Option<UnitId>,
    #[garde(skip)]
    pub relation: Option<Relation>,
    /// Whom it is meant for; they may write it otherwise.
    #[garde(inner(length(chars, max = 200)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub name: Option<String>,
}

/// An invitation as it is shown this one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResidentInvited {
    pub id: ResidentInviteId,
    pub link: String,
    /// For who cannot open a link: `K7MP-4QXR`.
    pub code: String,
    /// The link as a QR code (SVG).
    pub qr: String,
    pub expires_at: DateTime<Utc>,
}

/// Invites up to 100 known contacts, each with an invitation of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InviteMany {
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100))]
    pub ids: Vec<ContactId>,
}

/// An invitation with whom it is for, to be handed out on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Handout {
    pub name: String,
    /// Their first home of today.
    pub address: String,
    pub invitation: ResidentInvited,
}

/// How it went for one contact of many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InviteOutcome {
    pub id: ContactId,
    /// Why they were not invited.
    pub failure: Option<Failure>,
    pub handout: Option<Handout>,
}

/// An invitation that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResidentInviteRow {
    pub id: ResidentInviteId,
    pub contact_id: Option<ContactId>,
    pub name: Option<String>,
    pub unit_id: Option<UnitId>,
    pub address: Option<String>,
    pub relation: Option<Relation>,
    pub invited_by: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Which invitations to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(default)]
pub struct ResidentInviteFilter {
    /// Of one contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<ContactId>,
    /// Of one unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<UnitId>,
}

/// What somebody with the link sees before they take it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidentInviteView {
    pub company: String,
    pub address: Option<String>,
    pub relation: Option<Relation>,
    pub name: Option<String>,
    /// The company knows the person: their name is not asked for.
    pub known: bool,
    pub expires_at: DateTime<Utc>,
}

/// Takes an invitation up with a proven phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct AcceptResidentInvite {
    /// What is in the link, or the short code.
    #[garde(length(chars, max = 100))]
    pub token: String,
    #[garde(inner(length(chars, max = 200)))]
    pub name: Option<String>,
}

/// A resident names one more home of theirs, as it stands on the receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AttachHome {
    #[garde(length(chars, max = 30), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 30))]
    pub account: String,
    /// Of an owner of the home.
    #[garde(length(chars, max = 100), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub last_name: String,
    #[garde(skip)]
    pub relation: Relation,
    /// When it does not fit, let the company look instead of saying no.
    #[garde(skip)]
    #[serde(default)]
    pub ask: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attached {
    /// The home is theirs; otherwise the company looks first.
    pub at_once: bool,
}

/// A home of the resident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyHome {
    pub unit_id: UnitId,
    pub address: String,
    pub account: Option<String>,
    pub relation: Relation,
    pub since_on: NaiveDate,
    /// An owner invites those who live with them.
    pub may_invite: bool,
}

/// Homes, what was asked for, and invitations of the resident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyHomes {
    pub homes: Vec<MyHome>,
    pub applications: Vec<OwnApplication>,
    pub invitations: Vec<ResidentInviteRow>,
}

/// Ends somebody's living in a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EndResidency {
    pub contact_id: ContactId,
    pub unit_id: UnitId,
}

/// What the company decided about letting people in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessRules {
    pub version: i32,
    pub rules: SaveAccessRules,
}

/// Replaces the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[garde(allow_unvalidated)]
#[serde(deny_unknown_fields)]
pub struct SaveAccessRules {
    /// Strangers may apply for a home over the network.
    pub accept_applications: bool,
    /// A right account number with a right name opens a home without the desk.
    pub attach_at_once: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_forgive_how_they_are_typed() {
        assert_eq!(short_code(" k7mp-4qxr ").as_deref(), Some("K7MP4QXR"));
        for bad in ["", "K7MP", "K7MP-4QXR-2", "K7MP-4QX!", "КККК-КККК"] {
            assert_eq!(short_code(bad), None, "{bad}");
        }
        assert_eq!(short_code("01234567"), short_code("QL234567"));
        let code = code_of([0, 31, 32, 255, 7, 8, 9, 10]);
        assert_eq!(short_code(&code).as_deref(), Some(code.as_str()));
    }

    #[test]
    fn last_names_meet_across_scripts_and_sexes() {
        let meets = |typed: &str, name: &str| {
            let known = last_names(name);
            last_names(typed).iter().any(|one| known.contains(one))
        };
        for (typed, name) in [
            ("Каримов", "Karimov Aziz"),
            ("Karimova", "Азиз Каримов"),
            ("Yoʻldosheva", "Юлдашев Рустам Ахмедович"),
            ("Ким", "Ким Виктор"),
            ("Цой", "Виктор Цой"),
            ("Joʻrayev", "Джураева Нилуфар Анваровна"),
            ("Иванова", "Елена Иванова"),
        ] {
            assert!(meets(typed, name), "{typed} {name}");
        }
        for (typed, name) in [
            ("Азиз", "Азиз Каримов"),
            ("Рахимов", "Karimov Aziz"),
            ("Ахмедович", "Юлдашев Рустам Ахмедович"),
            ("", "Азиз Каримов"),
            ("а", "Азиз Каримов"),
        ] {
            assert!(!meets(typed, name), "{typed} {name}");
        }
    }
}
