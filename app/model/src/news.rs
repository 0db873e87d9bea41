//! News: one text to many people, who they are, and what became of it.

use crate::{
    BuildingId, ComplexId, EntranceId, Lang, Money, NewsId, RiserId,
    notices::{DeliveryState, NoticeChannel},
    requests::words,
    validate,
};
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// How far news have come.
    NewsState {
        Draft = "draft",
        /// Goes out at its moment; until then it can be taken back without a trace.
        Scheduled = "scheduled",
        Sending = "sending",
        Sent = "sent",
        /// Taken back: nobody hears of it any more.
        Cancelled = "cancelled",
    }
}

words! {
    /// Whom news are for.
    NewsWho { Residents = "residents", Staff = "staff", Everybody = "everybody" }
}

/// So long one may still take back what was sent by mistake.
pub const TAKE_BACK: TimeDelta = TimeDelta::seconds(15);

impl NewsState {
    /// Whether the words and the audience may still change: once somebody was told, they may not.
    pub const fn may_edit(self, told: i32) -> bool {
        matches!(self, Self::Draft | Self::Cancelled) && told == 0
    }

    pub const fn may_cancel(self) -> bool {
        matches!(self, Self::Scheduled | Self::Sending | Self::Sent)
    }

    /// Something is going to move by itself.
    pub const fn is_moving(self) -> bool {
        matches!(self, Self::Scheduled | Self::Sending)
    }
}

/// A complex; a house; one of its entrances; or a riser of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NewsPlace {
    pub complex_id: Option<ComplexId>,
    pub building_id: Option<BuildingId>,
    pub entrance_id: Option<EntranceId>,
    /// Exactly the units on it; leave `entrance_id` empty then.
    pub riser_id: Option<RiserId>,
}

impl NewsPlace {
    /// One complex or one house, and of a house one narrower part at most.
    pub const fn makes_sense(&self) -> bool {
        match (self.complex_id, self.building_id) {
            (Some(_), None) => self.entrance_id.is_none() && self.riser_id.is_none(),
            (None, Some(_)) => self.entrance_id.is_none() || self.riser_id.is_none(),
            _ => false,
        }
    }
}

/// Whom news are for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewsAudience {
    /// Staff are those who look after the places; all of them when there are none.
    #[garde(skip)]
    pub who: NewsWho,
    /// None means the whole company.
    #[garde(length(max = 200), custom(sensible))]
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    #[serde(default)]
    pub places: Vec<NewsPlace>,
    /// Only who lives where at least so much is owed; for residents alone.
    #[garde(custom(debt(self.who)))]
    #[serde(default)]
    pub debt_from: Option<Money>,
}

fn sensible(places: &[NewsPlace], _: &()) -> garde::Result {
    if places.iter().all(NewsPlace::makes_sense) { Ok(()) } else { Err(garde::Error::new("unknown")) }
}

fn debt(who: NewsWho) -> impl FnOnce(&Option<Money>, &()) -> garde::Result {
    move |least, ()| match least {
        Some(least) if who != NewsWho::Residents || *least <= Money::ZERO => Err(garde::Error::new("out_of_range")),
        _ => Ok(()),
    }
}

/// What is written, in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewsText {
    #[garde(length(chars, min = 1, max = 150), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 150))]
    pub title: String,
    #[garde(length(chars, min = 1, max = 2000), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
    pub text: String,
}

/// The words in every language; who has none in theirs reads Russian.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewsTexts {
    #[garde(dive)]
    pub ru: NewsText,
    #[garde(dive)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uz: Option<NewsText>,
    #[garde(dive)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<NewsText>,
}

impl NewsTexts {
    /// What a reader of this language gets.
    pub fn get(&self, lang: Lang) -> &NewsText {
        match lang {
            Lang::Ru => &self.ru,
            Lang::Uz => self.uz.as_ref().unwrap_or(&self.ru),
            Lang::En => self.en.as_ref().unwrap_or(&self.ru),
        }
    }
}

/// Everything one can write about news. Makes them, and replaces what was written on an edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewsFacts {
    #[garde(dive)]
    pub texts: NewsTexts,
    #[garde(dive)]
    pub audience: NewsAudience,
    /// Does not wait for the morning, and goes by SMS to who can be reached by nothing else.
    #[garde(skip)]
    #[serde(default)]
    pub important: bool,
    /// When it goes out; absent for as soon as it is sent.
    #[garde(inner(custom(validate::calendar)))]
    #[serde(default)]
    pub planned_at: Option<DateTime<Utc>>,
    /// From then on it is no longer shown, and told to nobody.
    #[garde(inner(custom(validate::calendar)))]
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// Whom would it reach, and what would it cost?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskAudience {
    #[garde(dive)]
    pub audience: NewsAudience,
    #[garde(skip)]
    #[serde(default)]
    pub important: bool,
    /// The words, for the price of text messages; they may still be empty.
    #[garde(skip)]
    #[serde(default)]
    pub texts: NewsTexts,
}

/// How many people are first tried by a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelCount {
    /// The list in the app when nothing else reaches them; nothing for who has not even that.
    pub channel: Option<NoticeChannel>,
    pub people: i64,
}

/// Somebody who would be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewsReader {
    pub name: String,
    pub staff: bool,
    pub channel: Option<NoticeChannel>,
}

/// What text messages of it would cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SmsCost {
    pub people: i64,
    pub parts: i64,
    /// Absent where no provider is configured.
    pub cost: Option<Money>,
}

/// Whom it would reach now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AudienceLook {
    pub people: i64,
    /// Adds up to `people`.
    pub channels: Vec<ChannelCount>,
    pub sms: SmsCost,
    /// Some of them, for recognising whom one means.
    pub first: Vec<NewsReader>,
}

/// A place as people know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewsPlaceName {
    pub place: NewsPlace,
    /// The complex, or the address of the house.
    pub name: String,
    pub entrance: Option<i16>,
    pub riser: Option<String>,
}

/// How far the telling has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewsCounts {
    /// Counted when the telling began.
    pub expected: i32,
    pub told: i32,
    pub read: i64,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewsRow {
    pub id: NewsId,
    pub state: NewsState,
    pub title: String,
    pub important: bool,
    pub who: NewsWho,
    pub debt_from: Option<Money>,
    pub places: Vec<NewsPlaceName>,
    pub counts: NewsCounts,
    /// When it goes out, or went.
    pub due_at: Option<DateTime<Utc>>,
    pub author: String,
    pub created_at: DateTime<Utc>,
}

/// How many people it ended for by which channel in which state. A person counts once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewsReportLine {
    /// The list in the app when there was no other message; nothing for who could not be reached at all.
    pub channel: Option<NoticeChannel>,
    pub state: DeliveryState,
    pub people: i64,
}

/// Everything one page about news shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewsCard {
    pub id: NewsId,
    /// Grows with every change; the value of `ETag`.
    pub version: i32,
    pub state: NewsState,
    pub facts: NewsFacts,
    pub places: Vec<NewsPlaceName>,
    pub counts: NewsCounts,
    /// People by channel and state; adds up to `counts.told`.
    pub report: Vec<NewsReportLine>,
    pub due_at: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
    pub author: String,
    pub created_at: DateTime<Utc>,
    pub may_edit: bool,
    pub may_send: bool,
    pub may_cancel: bool,
}

/// Which news to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct NewsFilter {
    pub state: Option<NewsState>,
    /// Words of the title.
    pub text: Option<String>,
    pub cursor: Option<String>,
    /// 1 to 100; 30 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
}

/// News as somebody reads them who was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyNews {
    pub id: NewsId,
    pub title: String,
    pub text: String,
    pub important: bool,
    pub at: DateTime<Utc>,
    pub read: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_says_whom_it_means() {
        let audience = |who, debt_from| NewsAudience { who, places: Vec::new(), debt_from };
        let sum = Some(Money::from_tiyin(100));
        assert!(validate::check(&audience(NewsWho::Residents, sum)).is_ok());
        for wrong in [audience(NewsWho::Everybody, sum), audience(NewsWho::Residents, Some(Money::ZERO))] {
            let failure = validate::check(&wrong).unwrap_err();
            assert_eq!(failure.fields[0].pointer, "/debt_from");
        }
        let house = NewsPlace { building_id: Some(uuid::Uuid::nil().into()), ..NewsPlace::default() };
        let both = NewsPlace { complex_id: Some(uuid::Uuid::nil().into()), ..house };
        assert!(house.makes_sense() && !both.makes_sense() && !NewsPlace::default().makes_sense());
    }

    #[test]
    fn what_has_been_told_is_not_rewritten() {
        use NewsState as S;
        assert!(S::Draft.may_edit(0) && S::Cancelled.may_edit(0));
        assert!(!S::Cancelled.may_edit(1) && !S::Scheduled.may_edit(0) && !S::Sent.may_edit(5));
        assert!(S::Sent.may_cancel() && !S::Draft.may_cancel() && !S::Cancelled.may_cancel());
    }

    #[test]
    fn who_has_no_text_in_their_language_reads_russian() {
        let text = |title: &str| NewsText { title: title.to_owned(), text: "t".to_owned() };
        let texts = NewsTexts { ru: text("ru"), uz: Some(text("uz")), en: None };
        assert_eq!([Lang::Ru, Lang::Uz, Lang::En].map(|lang| texts.get(lang).title.as_str()), ["ru", "uz", "ru"]);
    }
}
