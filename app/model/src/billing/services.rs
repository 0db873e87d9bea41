//! What a company charges for.

use crate::{Lang, ServiceId, validate};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// The name of a service in every language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceName {
    pub ru: String,
    pub uz: String,
    pub en: String,
}

impl ServiceName {
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ru => &self.ru,
            Lang::Uz => &self.uz,
            Lang::En => &self.en,
        }
    }
}

/// Everything one can write about a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceFacts {
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name_ru: String,
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name_uz: String,
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name_en: String,
    /// 17 digits of the national catalogue (ИКПУ), for fiscal receipts.
    #[garde(inner(custom(catalogue_code)))]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{17}$"))]
    #[serde(default)]
    pub ikpu: Option<String>,
    /// The package code that goes with it.
    #[garde(inner(custom(package_digits)))]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{1,20}$"))]
    #[serde(default)]
    pub package_code: Option<String>,
    #[garde(range(min = 0, max = 100))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100))]
    #[serde(default)]
    pub vat_percent: i16,
}

fn catalogue_code(code: &str, (): &()) -> garde::Result {
    if code.len() == 17 && code.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(garde::Error::new("bad_code"))
    }
}

fn package_digits(code: &str, (): &()) -> garde::Result {
    if (1..=20).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(garde::Error::new("bad_code"))
    }
}

/// A service of the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceRow {
    pub id: ServiceId,
    pub version: i32,
    pub name: ServiceName,
    pub ikpu: Option<String>,
    pub package_code: Option<String>,
    pub vat_percent: i16,
}
