//! What the company holds about a person, and forgetting it.

use crate::{
    ContactId, Lang, Money, Phone, RequestId,
    billing::ServiceName,
    payments::{PaymentSource, PaymentState},
    people::Relation,
    requests::{CallDirection, CallResult},
};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Everything the company holds about one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalData {
    pub made_at: DateTime<Utc>,
    pub company: String,
    pub contact: PersonalContact,
    pub homes: Vec<PersonalHome>,
    /// Personal accounts of the homes they live in now.
    pub accounts: Vec<PersonalAccount>,
    /// What was charged and paid while they lived there.
    pub charges: Vec<PersonalCharge>,
    pub payments: Vec<PersonalPayment>,
    pub requests: Vec<PersonalRequest>,
    pub calls: Vec<PersonalCall>,
    pub sign_ins: Vec<PersonalSignIn>,
    /// Devices that get notifications.
    pub devices: Vec<PersonalDevice>,
    pub applications: Vec<PersonalApplication>,
    pub invitations: Vec<PersonalInvitation>,
    /// What they were told in the app, news included, and what of it they have read.
    pub notices: Vec<PersonalNotice>,
    /// Messages sent to the person's phones and mail address.
    pub messages: Vec<PersonalMessage>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalContact {
    pub id: ContactId,
    pub name: String,
    pub phones: Vec<Phone>,
    pub email: Option<String>,
    pub passport: Option<String>,
    pub pinfl: Option<String>,
    pub lang: Lang,
    pub note: Option<String>,
    pub known_since: DateTime<Utc>,
    /// The telephone they sign in with.
    pub login_phone: Option<Phone>,
    /// Chats with the bot.
    pub telegram_chats: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalHome {
    pub address: String,
    pub relation: Relation,
    pub share: Option<String>,
    pub since_on: NaiveDate,
    pub until_on: Option<NaiveDate>,
    pub accounts: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalAccount {
    pub number: String,
    pub address: String,
    pub opened_on: NaiveDate,
    pub closed_on: Option<NaiveDate>,
    /// A debt above zero, below it what was paid ahead.
    pub balance: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalCharge {
    /// The first day of the month.
    pub period: NaiveDate,
    pub account: String,
    pub service: ServiceName,
    pub amount: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalPayment {
    pub at: DateTime<Utc>,
    pub number: i64,
    pub account: String,
    pub amount: Money,
    pub source: PaymentSource,
    pub state: PaymentState,
    pub reference: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalCall {
    pub at: DateTime<Utc>,
    pub direction: CallDirection,
    pub result: CallResult,
    pub phone: Option<Phone>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalNotice {
    pub at: DateTime<Utc>,
    pub kind: String,
    pub read_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalDevice {
    /// `web` or `fcm`.
    pub kind: String,
    pub device: String,
    pub at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalRequest {
    pub id: RequestId,
    pub number: i64,
    pub status: crate::requests::Status,
    pub category: crate::requests::Category,
    pub address: String,
    pub description: String,
    pub contact_name: Option<String>,
    pub contact_phone: Option<Phone>,
    pub rating: Option<i16>,
    pub rating_comment: Option<String>,
    pub created_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    /// What the person wrote and what was written to them; never what the staff say among themselves.
    pub comments: Vec<PersonalComment>,
    pub files: Vec<PersonalFile>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalComment {
    pub at: DateTime<Utc>,
    pub author: String,
    pub own: bool,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalFile {
    pub at: DateTime<Utc>,
    pub own: bool,
    pub content_type: String,
    pub size: i64,
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalSignIn {
    pub at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub ip: String,
    pub device: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalApplication {
    pub at: DateTime<Utc>,
    pub kind: crate::access::ApplicationKind,
    pub state: crate::access::ApplicationState,
    pub place: String,
    pub name: String,
    pub note: Option<String>,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalInvitation {
    pub at: DateTime<Utc>,
    pub name: Option<String>,
    pub used_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalMessage {
    pub at: DateTime<Utc>,
    pub channel: crate::notices::NoticeChannel,
    pub address: String,
    pub about: String,
}

/// Forgets a person for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ErasePerson {
    /// The person's name, typed.
    #[garde(length(chars, max = 200))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub confirm: String,
}

/// How much was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Erased {
    pub requests: i64,
    pub comments: i64,
    /// Entries of the audit whose personal data are covered now.
    pub audit_entries: i64,
}
