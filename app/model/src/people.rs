//! People: contacts of the company.

use crate::{ContactId, Lang, Phone, UnitId, requests::words};
use serde::{Deserialize, Serialize};

words! {
    /// A road to a person.
    Channel { Sms = "sms", Email = "email", Telegram = "telegram" }
}
words! { Relation { Owner = "owner", Tenant = "tenant", Relative = "relative" } }
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
