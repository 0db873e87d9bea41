//! Signing in and the person's own settings.

use crate::{CompanyId, ContactId, Lang, Permission, Phone, Role, SessionId, UserId, requests::words};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Staff sign in with login and password; residents with phone and one-time code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Login {
    Staff(#[garde(dive)] StaffLogin),
    Resident(#[garde(dive)] ResidentLogin),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StaffLogin {
    #[garde(length(chars, min = 1, max = 100))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub login: String,
    #[garde(length(chars, min = 1, max = 200))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub password: String,
    /// The six digits of the authenticator, or a recovery code, where the account asks for it.
    #[garde(inner(length(chars, max = 40)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 40))]
    #[serde(default)]
    pub totp: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResidentLogin {
    #[garde(skip)]
    pub phone: Phone,
    #[garde(length(chars, min = 4, max = 8))]
    #[cfg_attr(feature = "openapi", schema(min_length = 4, max_length = 8))]
    pub code: String,
}

/// Asks for a one-time code. The answer never tells whether the phone is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestCode {
    pub phone: Phone,
}

/// What a successful login or refresh answers over REST.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tokens {
    pub access_token: String,
    pub refresh_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds the access token lives.
    pub expires_in: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    pub refresh_token: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    #[garde(length(chars, min = 1, max = 200))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub current: String,
    #[garde(length(chars, min = 10, max = 200))]
    #[cfg_attr(feature = "openapi", schema(min_length = 10, max_length = 200))]
    pub new: String,
}

/// Asks for a reset link by mail. The answer never tells whether the address is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestReset {
    #[garde(custom(crate::validate::email))]
    #[cfg_attr(feature = "openapi", schema(format = "email", min_length = 3, max_length = 254))]
    pub email: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    #[garde(length(chars, min = 20, max = 100))]
    #[cfg_attr(feature = "openapi", schema(min_length = 20, max_length = 100))]
    pub token: String,
    #[garde(length(chars, min = 10, max = 200))]
    #[cfg_attr(feature = "openapi", schema(min_length = 10, max_length = 200))]
    pub new: String,
}

/// The person behind the current call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    pub user_id: UserId,
    pub contact_id: Option<ContactId>,
    pub role: Role,
    pub company_id: CompanyId,
    pub company: String,
    /// The company's telephone for residents.
    pub company_phone: Option<Phone>,
    pub name: String,
    pub phone: Option<Phone>,
    pub email: Option<String>,
    pub lang: Lang,
    pub totp: bool,
    pub permissions: Vec<Permission>,
    /// Set while somebody looks at the product as this person.
    pub looking: Option<Looking>,
}

impl Me {
    pub fn can(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

/// How long a look at the product as another person lasts at most.
pub const LOOK_MINUTES: i64 = 30;

/// Looks at the product as another person sees it, and changes nothing: exactly one of the two ids, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LookAs {
    /// A staff member.
    #[garde(skip)]
    #[serde(default)]
    pub user_id: Option<UserId>,
    /// A resident with a login.
    #[garde(skip)]
    #[serde(default)]
    pub contact_id: Option<ContactId>,
    /// Kept in the audit of that person.
    #[garde(length(chars, max = 500), custom(crate::validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 500))]
    pub reason: String,
}

/// Who really reads, where the product is looked at as another person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Looking {
    pub name: String,
    /// When it ends by itself.
    pub until: DateTime<Utc>,
}

/// How long a proof of who one is holds for dangerous actions.
pub const PROOF_MINUTES: i64 = 10;

words! {
    /// What a session left open on a desk must not be enough for: it needs a sign-in, or its confirmation, of the last
    /// [`PROOF_MINUTES`].
    Danger {
        /// Keys and requisites of a kassa: where residents' money goes.
        Kassas = "kassas",
        /// Money goes back to a payer.
        Refund = "refund",
        /// What was charged is taken back, or a large reduction gets its second word.
        Reversal = "reversal",
        /// A month is closed for good.
        Period = "period",
        /// A person is forgotten for good.
        Erase = "erase",
        /// Who works here and in which role, and the address that their link for a new password goes to.
        Access = "access",
        /// One's own second factor.
        Totp = "totp",
        /// What an import wrote is taken back.
        UndoImport = "undo_import",
        /// Personal data leave the product as a file.
        ExportPeople = "export_people",
        /// The product is looked at as another person.
        LookAs = "look_as",
    }
}

/// Proves once more who one is: by the password, or by a code of the second factor where it is on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmSelf {
    #[garde(inner(length(chars, max = 200)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    #[serde(default)]
    pub password: Option<String>,
    /// The six digits of the authenticator, or a recovery code.
    #[garde(inner(length(chars, max = 40)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 40))]
    #[serde(default)]
    pub totp: Option<String>,
}

/// One signed-in device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    pub id: SessionId,
    pub user_agent: String,
    pub ip: String,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub current: bool,
}

/// The secret to put into an authenticator app, before it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpSetup {
    pub secret: String,
    pub otpauth_url: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TotpConfirm {
    #[garde(length(chars, min = 6, max = 40))]
    #[cfg_attr(feature = "openapi", schema(min_length = 6, max_length = 40))]
    pub code: String,
}

/// Shown once; each works one time instead of a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    pub codes: Vec<String>,
}
