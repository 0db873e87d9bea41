//! What the bell, the page of preferences and the journal of deliveries show, and what is asked of them.

use super::{DeliveryState, NoticeChannel, NoticeKind, NoticeObject, QuietHours};
use crate::{ContactId, Lang, NoticeId, UserId, requests::words, validate};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One thing a person was told, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeView {
    pub id: NoticeId,
    pub kind: NoticeKind,
    pub title: String,
    pub text: String,
    /// The page it leads to, for the reader's part of the product.
    pub href: Option<String>,
    pub at: DateTime<Utc>,
    pub read: bool,
}

/// A page of notices, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notices {
    pub items: Vec<NoticeView>,
    /// Not read yet, also beyond this page.
    pub unread: i64,
    /// Where the next page starts.
    pub next: Option<NoticeId>,
}

/// Which notices to mark as read: one, all about an object, or all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadNotices {
    #[serde(default)]
    pub id: Option<NoticeId>,
    #[serde(default)]
    pub object_id: Option<Uuid>,
}

/// A square of the grid of preferences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeChoice {
    pub kind: NoticeKind,
    pub channel: NoticeChannel,
    pub wanted: bool,
}

/// What a person decided about their messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticePreferences {
    /// Every kind of their role by every channel.
    pub choices: Vec<NoticeChoice>,
    pub quiet: QuietHours,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub lang: Lang,
    /// Channels by which they can be reached now.
    pub reachable: Vec<NoticeChannel>,
}

impl NoticePreferences {
    pub fn wants(&self, kind: NoticeKind, channel: NoticeChannel) -> bool {
        self.choices.iter().any(|c| c.kind == kind && c.channel == channel && c.wanted)
    }
}

/// Changes of preferences; what is not named stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveNoticePreferences {
    #[garde(length(max = 200))]
    #[serde(default)]
    pub choices: Vec<NoticeChoice>,
    #[garde(skip)]
    #[serde(default)]
    pub quiet: Option<QuietHours>,
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[serde(default)]
    pub lang: Option<Lang>,
}

words! {
    /// Why a message did not arrive.
    FailReason {
        /// Nobody carries the channel here.
        NoProvider = "no_provider",
        /// The person has no address for it any more.
        NoAddress = "no_address",
        /// The address takes nothing: a closed chat, a mailbox that is gone.
        Refused = "refused",
        /// Tried to the end.
        GaveUp = "gave_up",
        /// Something newer has overtaken it, or it is no longer theirs to know.
        Overtaken = "overtaken",
        /// The attempt broke off: nobody knows whether it is out, so it is not repeated.
        Unconfirmed = "unconfirmed",
        /// The text could not be made.
        BadText = "bad_text",
    }
}

/// A line of the journal: did they get it?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryView {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub kind: NoticeKind,
    pub channel: NoticeChannel,
    pub state: DeliveryState,
    pub reason: Option<FailReason>,
    /// Who it is for.
    pub name: String,
    /// The address, covered as far as it is a secret.
    pub address: String,
    /// Waits for this moment.
    pub run_at: Option<DateTime<Utc>>,
    /// When it came this far.
    pub done_at: Option<DateTime<Utc>>,
    pub object: Option<NoticeObject>,
    pub object_id: Option<Uuid>,
}

/// What the journal shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct DeliveryFilter {
    #[serde(default)]
    pub kind: Option<NoticeKind>,
    #[serde(default)]
    pub channel: Option<NoticeChannel>,
    #[serde(default)]
    pub state: Option<DeliveryState>,
    /// Of one request, outage or payment.
    #[serde(default)]
    pub object_id: Option<Uuid>,
    #[serde(default)]
    pub after: Option<Uuid>,
}

/// A page of the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deliveries {
    pub items: Vec<DeliveryView>,
    pub next: Option<Uuid>,
}

/// A letter to chosen people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendLetter {
    /// Residents, as people of the register.
    #[garde(length(max = 500))]
    #[serde(default)]
    pub contact_ids: Vec<ContactId>,
    /// Staff.
    #[garde(length(max = 500))]
    #[serde(default)]
    pub user_ids: Vec<UserId>,
    #[garde(length(chars, min = 1, max = 150), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 150))]
    pub title: String,
    #[garde(length(chars, min = 1, max = 2000), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
    pub text: String,
}

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LetterSent {
    /// People it was written to.
    pub people: i64,
    /// Messages on their way besides the list in the app.
    pub messages: i64,
}
