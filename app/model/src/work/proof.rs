//! What proves that work was done: the company's rules, and the resident's word.

use crate::{
    FileId,
    requests::{Category, Kind, words},
    validate,
};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// What may be asked for before work is reported as done: a photo of the result, every point of the checklist, time
    /// spent, the parts that went in, what was spent beside them, the resident's word (or why there is none).
    Need {
        Photo = "photo", Checklist = "checklist", Time = "time", Parts = "parts", Cost = "cost",
        Confirmation = "confirmation",
    }
}

impl Need {
    /// Its code among the fields of a refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Photo => "need_photo",
            Self::Checklist => "need_checklist",
            Self::Time => "need_time",
            Self::Parts => "need_parts",
            Self::Cost => "need_cost",
            Self::Confirmation => "need_confirmation",
        }
    }
}

/// One thing a request needs, and whether it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proof {
    pub need: Need,
    pub met: bool,
    /// How many points of the checklist are open.
    pub open: i64,
}

/// For which requests something is needed; what is left out means any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProofRule {
    #[garde(skip)]
    #[serde(default)]
    pub kind: Option<Kind>,
    #[garde(skip)]
    #[serde(default)]
    pub category: Option<Category>,
    #[garde(length(min = 1, max = 6))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 6))]
    pub needs: Vec<Need>,
}

impl ProofRule {
    pub fn applies(&self, kind: Kind, category: Category) -> bool {
        self.kind.is_none_or(|k| k == kind) && self.category.is_none_or(|c| c == category)
    }
}

/// The company's rules of field work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkRules {
    pub version: i32,
    pub rules: Vec<ProofRule>,
    /// Paid work starts only after the resident accepted its estimate.
    pub paid_waits: bool,
}

/// Replaces the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveWorkRules {
    #[garde(length(max = 40), dive)]
    #[cfg_attr(feature = "openapi", schema(max_items = 40))]
    pub rules: Vec<ProofRule>,
    #[garde(skip)]
    pub paid_waits: bool,
}

words! {
    /// How a resident gave their word.
    How { Code = "code", Signature = "signature", Absent = "absent" }
}

/// The resident's word that the work was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Confirmation {
    pub how: How,
    pub at: DateTime<Utc>,
    /// Who took it.
    pub by: String,
    /// Who signed.
    pub signer: Option<String>,
    /// Why there is neither code nor signature.
    pub reason: Option<String>,
    /// The drawn signature.
    pub file_id: Option<FileId>,
    /// SHA-256 over number, result and totals of that moment.
    pub hash: String,
    /// The request still says what was confirmed.
    #[serde(default)]
    pub intact: bool,
}

/// Takes the resident's word over what was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmWork {
    /// What was done, in the worker's words; becomes the result of the request.
    #[garde(length(chars, max = 2000))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub result: String,
    #[garde(dive)]
    pub word: Word,
}

/// The word itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
pub enum Word {
    /// The four digits the resident sees.
    Code {
        #[garde(length(chars, min = 4, max = 4))]
        code: String,
    },
    /// A picture drawn on the phone, uploaded like a photo.
    Signature {
        #[garde(skip)]
        file_id: FileId,
        #[garde(length(chars, max = 200), custom(validate::not_blank))]
        signer: String,
    },
    /// Nobody is home, or a neighbour let the worker in.
    Absent {
        #[garde(length(chars, max = 1000), custom(validate::not_blank))]
        reason: String,
    },
}
