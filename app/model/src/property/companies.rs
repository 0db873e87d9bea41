//! Companies, as the owner of the system sees them, and residential complexes.

use crate::{CompanyId, ComplexId, Lang, Phone, validate};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompanyRow {
    pub id: CompanyId,
    pub name: String,
    pub phone: Option<Phone>,
    pub lang: Lang,
    pub demo: bool,
    pub buildings: i32,
    pub units: i32,
    pub created_at: DateTime<Utc>,
    /// The reader works in it now.
    pub current: bool,
}

/// What the owner of the system writes about a company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CompanyFacts {
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// The telephone for residents.
    #[garde(skip)]
    #[serde(default)]
    pub phone: Option<Phone>,
    /// The language of what the company sends.
    #[garde(skip)]
    #[serde(default)]
    pub lang: Lang,
}

/// A residential complex (ЖК).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComplexRow {
    pub id: ComplexId,
    pub name: String,
    /// Grows with every change; the value of `ETag`.
    pub version: i32,
    /// Houses in it, without archived ones.
    pub buildings: i32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ComplexFacts {
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
}
