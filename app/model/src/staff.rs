//! Staff of the company.

use crate::{Phone, Role, UserId, requests::words};
use serde::{Deserialize, Serialize};

words! {
    Skill {
        Plumber = "plumber", Electrician = "electrician", Heating = "heating", Lift = "lift",
        Cleaner = "cleaner", Locksmith = "locksmith", Handyman = "handyman",
    }
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
