//! Files that clients send by themselves: announced, sent to the address they are given, confirmed.

use crate::{UploadId, requests::words};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// What a photo may come as.
    PhotoType { Jpeg = "image/jpeg", Png = "image/png", Webp = "image/webp" }
}

/// Announces a photo; nothing but a file of this type and length fits the address that is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateUpload {
    #[garde(skip)]
    pub content_type: PhotoType,
    /// How long the file is.
    #[garde(range(min = 1))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub bytes: i64,
}

/// Where an announced photo is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadTicket {
    pub id: UploadId,
    /// Always `PUT`.
    pub method: String,
    /// Whoever has it may send this one file.
    pub url: String,
    /// To be sent exactly so. Most clients set the length by themselves.
    pub headers: BTreeMap<String, String>,
    pub expires_at: DateTime<Utc>,
}
