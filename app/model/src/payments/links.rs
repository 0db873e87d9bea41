//! Paying: what is owed, where to go, and the page anybody may open from a receipt.

use super::Provider;
use crate::{AccountId, BillId, Money};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Asks for ways to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreatePayment {
    #[garde(skip)]
    pub account_id: AccountId,
    /// Everything that is owed when absent.
    #[garde(inner(custom(positive)))]
    #[serde(default)]
    pub amount: Option<Money>,
}

fn positive(value: &Money, _: &()) -> garde::Result {
    if *value > Money::ZERO && *value <= super::MOST { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

/// One way to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Checkout {
    pub provider: Provider,
    /// Where the browser goes.
    pub url: String,
    /// The kassa is a test one: no real money moves.
    pub test: bool,
}

/// Ways to pay a sum into an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentLinks {
    pub account_id: AccountId,
    pub amount: Money,
    /// The bill that was made, where a kassa takes bills.
    pub bill_id: Option<BillId>,
    pub checkouts: Vec<Checkout>,
    /// Our own page with the same choice; it needs no login.
    pub page: String,
    /// The address of that page as a picture.
    pub qr_svg: String,
}

/// A personal account with what is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Owed {
    pub account_id: AccountId,
    pub number: String,
    pub address: String,
    /// More than zero is owed; less is paid in advance.
    pub balance: Money,
    /// The token of its page without login: `/pay/{token}`.
    pub token: String,
    /// Who can carry money into it.
    pub providers: Vec<Provider>,
}

/// What the page without login shows to whoever has its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayPage {
    pub company: String,
    pub phone: Option<crate::Phone>,
    pub account: String,
    pub address: String,
    /// `А••• К•••••`
    pub payer: Option<String>,
    pub balance: Money,
    pub providers: Vec<Provider>,
    pub min: Money,
    pub max: Money,
}
