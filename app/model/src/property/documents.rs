//! Documents of a house or of the company.

use crate::{BuildingId, DocumentId, requests::words, validate};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// The largest document, in bytes.
pub const DOCUMENT_LIMIT: usize = 20 << 20;

words! {
    /// Who may read a document: the company; its residents, those of the house when it belongs to one; anybody who has
    /// the address.
    #[cfg_attr(feature = "openapi", schema(as = DocumentVisibility))]
    Visibility { Internal = "internal", Residents = "residents", Public = "public" }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentRow {
    pub id: DocumentId,
    /// Grows with every change; the value of `ETag`.
    pub version: i32,
    /// Absent for a document of the whole company.
    pub building_id: Option<BuildingId>,
    /// Of the building.
    pub address: Option<String>,
    pub title: String,
    pub visibility: Visibility,
    pub file_name: String,
    pub content_type: String,
    /// Bytes.
    pub size: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl DocumentRow {
    /// Where a browser gets the file.
    pub fn url(&self) -> String {
        format!("/documents/{}", self.id)
    }
}

/// What one can write about a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DocumentFacts {
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub title: String,
    #[garde(skip)]
    pub visibility: Visibility,
}

/// What a list of documents shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct DocumentFilter {
    /// The house; without it the documents of the whole company.
    pub building_id: Option<BuildingId>,
}
