//! Cash registers (kassas): what a company has agreed with Payme and Click.

use super::{KassaMode, Provider};
use crate::{BuildingId, KassaId, Money, validate};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// The most a kassa can ever take at once: 10,000 million soʻm.
pub const MOST: Money = Money::from_tiyin(1_000_000_000_000);

/// A kassa as its managers see it. The key itself is never shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KassaView {
    pub id: KassaId,
    pub version: i32,
    pub facts: KassaFacts,
    /// The addresses of its houses, in the order of their ids.
    pub houses: Vec<String>,
    /// `••••3456`
    pub secret_shown: String,
    /// What to write into the provider's cabinet.
    pub endpoint: String,
    /// When the provider called last.
    pub last_call: Option<chrono::DateTime<chrono::Utc>>,
}

/// What is known of a kassa; makes one, and replaces what was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct KassaFacts {
    #[garde(skip)]
    pub provider: Provider,
    #[garde(length(chars, max = 100), custom(validate::not_blank))]
    pub name: String,
    #[garde(skip)]
    pub mode: KassaMode,
    /// The key is the one of production, not of the sandbox.
    #[garde(skip)]
    pub live: bool,
    #[garde(skip)]
    pub enabled: bool,
    /// Whether a payment may still be taken back after it was credited.
    #[garde(skip)]
    pub refundable: bool,
    /// For these houses only; for all when empty.
    #[garde(length(max = 500))]
    #[serde(default)]
    pub buildings: Vec<BuildingId>,
    /// Payme: the id of the kassa. Click: `merchant_id`.
    #[garde(custom(plain_id))]
    pub merchant_id: String,
    /// Click only.
    #[garde(inner(range(min = 1)))]
    #[serde(default)]
    pub service_id: Option<i64>,
    /// Click only: who calls its Merchant API.
    #[garde(inner(custom(plain_id)))]
    #[serde(default)]
    pub merchant_user_id: Option<String>,
    /// Payme only: the name of the account among the kassa's fields.
    #[garde(custom(field_name))]
    pub account_field: String,
    #[garde(custom(sum))]
    pub min: Money,
    #[garde(custom(sum))]
    pub max: Money,
    /// What Payme hears when a bill is being paid already.
    #[garde(custom(busy))]
    pub busy_code: i32,
    /// Lines of the fiscal receipt.
    #[garde(dive)]
    #[serde(default)]
    pub fiscal: Option<Fiscal>,
}

/// What the tax office wants to know of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Fiscal {
    #[garde(length(chars, max = 63), custom(validate::not_blank))]
    pub title: String,
    /// IKPU (MXIK) of 17 digits.
    #[garde(custom(ikpu))]
    pub code: String,
    #[garde(length(chars, max = 20), custom(validate::not_blank))]
    pub package: String,
    #[garde(range(min = 0, max = 100))]
    pub vat_percent: i16,
}

/// Makes a kassa, or replaces its facts; without a key the one that is there stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SaveKassa {
    #[garde(dive)]
    pub facts: KassaFacts,
    #[garde(inner(custom(key)))]
    #[serde(default)]
    pub secret: Option<String>,
}

/// One question of the test and what our own endpoint said to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KassaCheck {
    /// `auth`, `wrong_key`, `unknown_account`.
    pub what: String,
    pub good: bool,
    /// The HTTP status and the body, as the provider would have got them.
    pub status: u16,
    pub answer: String,
}

fn plain_id(value: &str, _: &()) -> garde::Result {
    let good = (1..=40).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if good { Ok(()) } else { Err(garde::Error::new("unknown")) }
}

fn field_name(value: &str, _: &()) -> garde::Result {
    let first = value.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    let good = first && value.len() <= 40 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if good { Ok(()) } else { Err(garde::Error::new("unknown")) }
}

fn sum(value: &Money, _: &()) -> garde::Result {
    if *value > Money::ZERO && *value <= MOST { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

fn busy(value: &i32, _: &()) -> garde::Result {
    if *value == -31008 || (-31099..=-31050).contains(value) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

fn ikpu(value: &str, _: &()) -> garde::Result {
    let good = value.len() == 17 && value.bytes().all(|b| b.is_ascii_digit());
    if good { Ok(()) } else { Err(garde::Error::new("unknown")) }
}

/// Printable and not short: the key is all that keeps strangers out.
fn key(value: &str, _: &()) -> garde::Result {
    let good = (8..=100).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_graphic());
    if good { Ok(()) } else { Err(garde::Error::new("bad_key")) }
}
