//! People: contacts of the company and its staff.

use crate::{ContactId, Lang, Phone, Role, UnitId, UserId, requests::words};
use serde::{Deserialize, Serialize};

words! {
    /// A road to a person.
    Channel { Sms = "sms", Email = "email", Telegram = "telegram" }
}
words! { Relation { Owner = "owner", Tenant = "tenant", Relative = "relative" } }
words! {
    Skill {
        Plumber = "plumber", Electrician = "electrician", Heating = "heating", Lift = "lift",
        Cleaner = "cleaner", Locksmith = "locksmith", Handyman = "handyman",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactRow {
    pub id: ContactId,
    pub name: String,
    pub phones: Vec<Phone>,
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactCard {
    pub id: ContactId,
    pub name: String,
    pub phones: Vec<Phone>,
    pub email: Option<String>,
    pub lang: Lang,
    pub note: Option<String>,
    pub homes: Vec<HomeRef>,
    pub has_login: bool,
}

/// A person a request can be given to.
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
}
