//! Every failure a person or a client can meet, as a code. Texts live in `i18n` (`errors.json`), one per code.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:tt, $status:literal;)+) => {
        /// A stable error code; its text form is part of the API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Code { $($(#[$doc])* #[serde(rename = $text)] $name),+ }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $text),+ } }
            /// The HTTP status this code answers with.
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status),+ } }
        }
    };
}

codes! {
    /// The body or a parameter does not parse.
    BadRequest = "bad_request", 400;
    /// Nobody is signed in, or the token is no longer good.
    Unauthenticated = "unauthenticated", 401;
    /// Login or password is wrong; which of them is never said.
    WrongCredentials = "wrong_credentials", 401;
    /// The one-time code is wrong, used or expired.
    WrongCode = "wrong_code", 401;
    /// The account asks for a second factor.
    TotpRequired = "totp_required", 401;
    /// A refresh token was used twice: the whole session was ended.
    SessionRevoked = "session_revoked", 401;
    Forbidden = "forbidden", 403;
    /// The action is dangerous and the last proof of who calls is older than ten minutes.
    ConfirmNeeded = "confirm_needed", 403;
    /// Who looks at the product as another person changes nothing in their name.
    LookingAs = "looking_as", 403;
    /// The call came from another site.
    CrossSite = "cross_site", 403;
    /// Missing and foreign objects answer the same.
    NotFound = "not_found", 404;
    MethodNotAllowed = "method_not_allowed", 405;
    /// Somebody changed the object meanwhile.
    Conflict = "conflict", 409;
    /// The state machine does not allow this step.
    IllegalTransition = "illegal_transition", 409;
    /// The company wants to see more before work is done; `fields` says what: `need_photo`, `need_checklist` (how many
    /// points are open as the limit), `need_time`, `need_parts`, `need_cost`, `need_confirmation`.
    ProofMissing = "proof_missing", 409;
    /// Paid work waits for the resident's yes to its estimate.
    EstimateWaits = "estimate_waits", 409;
    /// The estimate was decided, replaced, or is out of date.
    EstimateEnded = "estimate_ended", 409;
    /// Somebody must be left who can run the company.
    LastAdmin = "last_admin", 409;
    /// Nobody changes their own role, view or access.
    OwnAccess = "own_access", 409;
    /// The invitation was used, taken back or is too old.
    InvitationEnded = "invitation_ended", 410;
    /// No personal account of the company has this number and this name.
    NoSuchAccount = "no_such_account", 422;
    /// The company takes no applications over the network.
    ApplicationsClosed = "applications_closed", 409;
    /// Somebody has decided about the application already.
    ApplicationDecided = "application_decided", 409;
    /// The phone is the login of somebody else in this company.
    PhoneInUse = "phone_in_use", 409;
    /// Real records hang on the sample data.
    SampleInUse = "sample_in_use", 409;
    /// Something still depends on it; `fields` says what, with how many as the limit.
    InUse = "in_use", 409;
    /// The movement is in the ledger already.
    AlreadyPosted = "already_posted", 409;
    /// The movement was taken back before, or is itself the taking back of another.
    AlreadyReversed = "already_reversed", 409;
    /// Whoever asked for it may not decide about it.
    SecondPerson = "second_person", 409;
    /// The month is closed: nothing is booked into it any more.
    PeriodClosed = "period_closed", 409;
    /// Booking on a day that has passed needs a right of its own.
    BackDating = "back_dating", 403;
    /// The provider gives this money back from its own cabinet.
    RefundAtProvider = "refund_at_provider", 409;
    /// The same Idempotency-Key came with another body.
    IdempotencyMismatch = "idempotency_mismatch", 422;
    /// The first call with this Idempotency-Key is still running.
    IdempotencyInProgress = "idempotency_in_progress", 409;
    TooLarge = "too_large", 413;
    UnsupportedMedia = "unsupported_media", 415;
    /// The file is not a photo we can read.
    NotAnImage = "not_an_image", 422;
    /// The upload was confirmed before its bytes arrived.
    UploadMissing = "upload_missing", 409;
    /// The address of the upload is too old, or what it was for is done.
    UploadExpired = "upload_expired", 410;
    /// What was sent is of another length or type than was announced.
    UploadDiffers = "upload_differs", 422;
    /// The file is no spreadsheet we can read.
    NotASpreadsheet = "not_a_spreadsheet", 422;
    /// The spreadsheet would unpack to something enormous, or has cells too far out.
    SpreadsheetTooLarge = "spreadsheet_too_large", 422;
    /// A table without a row of data.
    EmptySpreadsheet = "empty_spreadsheet", 422;
    /// The work was broken off and could not be taken up again.
    Interrupted = "interrupted", 409;
    /// One or more fields are wrong; `fields` says which.
    Invalid = "invalid", 422;
    /// `If-Match` is required on this edit.
    PreconditionRequired = "precondition_required", 428;
    TooManyRequests = "too_many_requests", 429;
    Internal = "internal", 500;
    /// A dependency is away; nothing was lost.
    Unavailable = "unavailable", 503;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// JSON pointer to the field, e.g. `/description`.
    pub pointer: String,
    /// `required`, `too_short`, `too_long`, `out_of_range`, `bad_phone`, `bad_email`, `bad_login`, `unknown`, `in_past`,
    /// `taken`, `twice`, `bad_account`, `bad_template`, `account_open`, `too_many`, `too_many_units`, `no_units`, `open_requests`,
    /// `has_people`, `has_buildings`, `bad_passport`, `bad_pinfl`, `bad_share`, `shares_over`, `only_owners`, `in_future`,
    /// `before_since`, `lives_there`, `several`, `not_the_name`, `no_home`, `has_login`, `invited`, `need_photo`,
    /// `need_checklist`, `need_time`, `need_parts`, `need_cost`, `need_confirmation`, `too_long_ago`, `no_dates`, `not_paid`, `unmarked`, `wrong_code`, `code_spent`,
    /// `changed`, `has_duplicates`, `no_columns`, `wrong_secret`, `cannot_sign_in`.
    pub code: String,
    /// The limit that was crossed, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

impl FieldError {
    pub fn new(pointer: impl Into<String>, code: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.into(), limit: None }
    }
}

/// The failure of a use case as every door hands it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}")]
pub struct Failure {
    pub code: Code,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// Finds the cause in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// Seconds to wait before trying again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

impl Failure {
    pub fn new(code: Code) -> Self {
        Self { code, fields: Vec::new(), trace_id: None, retry_after: None }
    }

    pub fn invalid(fields: Vec<FieldError>) -> Self {
        Self { fields, ..Self::new(Code::Invalid) }
    }

    /// The error of one field, by its name.
    pub fn field(&self, name: &str) -> Option<&FieldError> {
        self.fields.iter().find(|f| f.pointer.trim_start_matches('/') == name)
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}
