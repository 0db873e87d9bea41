//! Who is calling: everything a dispatcher needs while the telephone rings.

use super::{ContactRow, Relation, Share};
use crate::{AccountId, BuildingId, ContactId, Money, Phone, UnitId, property::UnitKind, requests::RequestRow};
use serde::{Deserialize, Serialize};

/// The card of one telephone number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallCard {
    pub phone: Phone,
    /// The number of an office rather than of a pocket.
    pub landline: bool,
    /// Everybody with that number.
    pub people: Vec<CallPerson>,
    /// All their homes, each once.
    pub homes: Vec<CallHome>,
    /// Requests that were filed with this number and without a known person.
    pub unknown_requests: Vec<RequestRow>,
    /// The colleague whose number it is.
    pub staff: Option<String>,
}

/// Somebody who may be calling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallPerson {
    pub contact: ContactRow,
    pub note: Option<String>,
    /// Open ones first, then the latest.
    pub requests: Vec<RequestRow>,
}

/// A home of somebody who may be calling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallHome {
    pub unit_id: UnitId,
    pub building_id: BuildingId,
    pub kind: UnitKind,
    /// `Навои 12, №45`.
    pub address: String,
    pub entrance: Option<i16>,
    pub floor: Option<i16>,
    pub account: Option<String>,
    pub account_id: Option<AccountId>,
    /// What the account owes, below zero what was paid ahead; for readers of the ledger.
    pub balance: Option<Money>,
    /// Where the valve is, who holds the key.
    pub hint: Option<String>,
    pub people: Vec<CallNeighbour>,
    /// Open ones first, then the latest.
    pub requests: Vec<RequestRow>,
}

/// Who lives in a home or owns it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallNeighbour {
    pub id: ContactId,
    pub name: String,
    pub relation: Relation,
    pub share: Option<Share>,
    /// Has the number that calls.
    pub calls: bool,
}
