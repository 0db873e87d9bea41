//! Outages in words: names, places, and the text residents read when nobody wrote one.

use crate::{Locale, td_string, when};
use chrono::{DateTime, Utc};
use model::{
    outages::{OutageAction, OutageKind, OutageNotice, OutageStatus, OutageTexts, PlaceName, Resource},
    requests::RatingReason,
};

/// The facts a text is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub kind: OutageKind,
    pub resource: Resource,
    pub status: OutageStatus,
    pub starts_at: DateTime<Utc>,
    pub ends_at: Option<DateTime<Utc>>,
}

impl From<&OutageNotice> for Facts {
    fn from(notice: &OutageNotice) -> Self {
        Self {
            kind: notice.kind,
            resource: notice.resource,
            status: notice.status,
            starts_at: notice.starts_at,
            ends_at: notice.ends_at,
        }
    }
}

/// The name of what is off.
pub fn resource(l: Locale, value: Resource) -> &'static str {
    match value {
        Resource::ColdWater => td_string!(l, outages.resource_cold_water),
        Resource::HotWater => td_string!(l, outages.resource_hot_water),
        Resource::Heating => td_string!(l, outages.resource_heating),
        Resource::Electricity => td_string!(l, outages.resource_electricity),
        Resource::Gas => td_string!(l, outages.resource_gas),
        Resource::Lift => td_string!(l, outages.resource_lift),
        Resource::Other => td_string!(l, outages.resource_other),
    }
}

/// The word for a kind.
pub fn kind(l: Locale, value: OutageKind) -> &'static str {
    match value {
        OutageKind::Planned => td_string!(l, outages.kind_planned),
        OutageKind::Emergency => td_string!(l, outages.kind_emergency),
    }
}

/// The word for a status.
pub fn status(l: Locale, value: OutageStatus) -> &'static str {
    match value {
        OutageStatus::Planned => td_string!(l, outages.status_planned),
        OutageStatus::Running => td_string!(l, outages.status_running),
        OutageStatus::Ended => td_string!(l, outages.status_ended),
        OutageStatus::Cancelled => td_string!(l, outages.status_cancelled),
    }
}

/// The button of a step.
pub fn action(l: Locale, value: OutageAction) -> &'static str {
    match value {
        OutageAction::Start => td_string!(l, outages.action_start),
        OutageAction::End => td_string!(l, outages.action_end),
        OutageAction::Cancel => td_string!(l, outages.action_cancel),
    }
}

/// What is the matter, in three words: "No cold water", "Cold water will be off", "Cold water is back".
pub fn headline(l: Locale, status: OutageStatus, resource: Resource) -> &'static str {
    use Resource as R;
    match (status, resource) {
        (OutageStatus::Planned, R::ColdWater) => td_string!(l, outages.soon_cold_water),
        (OutageStatus::Planned, R::HotWater) => td_string!(l, outages.soon_hot_water),
        (OutageStatus::Planned, R::Heating) => td_string!(l, outages.soon_heating),
        (OutageStatus::Planned, R::Electricity) => td_string!(l, outages.soon_electricity),
        (OutageStatus::Planned, R::Gas) => td_string!(l, outages.soon_gas),
        (OutageStatus::Planned, R::Lift) => td_string!(l, outages.soon_lift),
        (OutageStatus::Planned, R::Other) => td_string!(l, outages.soon_other),
        (OutageStatus::Running, R::ColdWater) => td_string!(l, outages.off_cold_water),
        (OutageStatus::Running, R::HotWater) => td_string!(l, outages.off_hot_water),
        (OutageStatus::Running, R::Heating) => td_string!(l, outages.off_heating),
        (OutageStatus::Running, R::Electricity) => td_string!(l, outages.off_electricity),
        (OutageStatus::Running, R::Gas) => td_string!(l, outages.off_gas),
        (OutageStatus::Running, R::Lift) => td_string!(l, outages.off_lift),
        (OutageStatus::Running, R::Other) => td_string!(l, outages.off_other),
        (OutageStatus::Ended, R::ColdWater) => td_string!(l, outages.back_cold_water),
        (OutageStatus::Ended, R::HotWater) => td_string!(l, outages.back_hot_water),
        (OutageStatus::Ended, R::Heating) => td_string!(l, outages.back_heating),
        (OutageStatus::Ended, R::Electricity) => td_string!(l, outages.back_electricity),
        (OutageStatus::Ended, R::Gas) => td_string!(l, outages.back_gas),
        (OutageStatus::Ended, R::Lift) => td_string!(l, outages.back_lift),
        (OutageStatus::Ended, R::Other) => td_string!(l, outages.back_other),
        (OutageStatus::Cancelled, _) => td_string!(l, outages.text_cancelled),
    }
}

/// When it is over, or begins, in one phrase.
pub fn time(l: Locale, facts: &Facts, now: DateTime<Utc>) -> String {
    let moment = |at| when::moment(l, at, now);
    match (facts.status, facts.ends_at) {
        (OutageStatus::Planned, _) => td_string!(l, outages.when_from, time = moment(facts.starts_at)).to_string(),
        (OutageStatus::Running, Some(end)) if end > now && facts.kind == OutageKind::Emergency => {
            td_string!(l, outages.when_fixed, time = moment(end)).to_string()
        }
        (OutageStatus::Running, Some(end)) if end > now => {
            td_string!(l, outages.when_until, time = moment(end)).to_string()
        }
        (OutageStatus::Running, Some(_)) => td_string!(l, outages.late).to_owned(),
        (OutageStatus::Running, None) => td_string!(l, outages.when_open).to_owned(),
        (OutageStatus::Ended | OutageStatus::Cancelled, _) => status(l, facts.status).to_owned(),
    }
}

/// The ready words for residents and callers, made from the facts.
pub fn ready(l: Locale, facts: &Facts, now: DateTime<Utc>) -> String {
    let what = headline(l, facts.status, facts.resource);
    let from = when::moment(l, facts.starts_at, now);
    let to = facts.ends_at.map(|end| when::moment(l, end, now));
    match (facts.status, facts.kind, to) {
        (OutageStatus::Planned, OutageKind::Planned, Some(to)) => {
            td_string!(l, outages.text_planned, what = what, from = from, to = to).to_string()
        }
        (OutageStatus::Planned, OutageKind::Planned, None) => {
            td_string!(l, outages.text_planned_open, what = what, from = from).to_string()
        }
        (OutageStatus::Planned, OutageKind::Emergency, Some(to)) => {
            td_string!(l, outages.text_emergency_soon, what = what, from = from, to = to).to_string()
        }
        (OutageStatus::Planned, OutageKind::Emergency, None) => {
            td_string!(l, outages.text_emergency_soon_open, what = what, from = from).to_string()
        }
        (OutageStatus::Running, _, Some(_)) if facts.ends_at.is_some_and(|end| end <= now) => {
            td_string!(l, outages.text_late, what = what).to_string()
        }
        (OutageStatus::Running, OutageKind::Planned, Some(to)) => {
            td_string!(l, outages.text_running_planned, what = what, to = to).to_string()
        }
        (OutageStatus::Running, OutageKind::Planned, None) => {
            td_string!(l, outages.text_running_planned_open, what = what).to_string()
        }
        (OutageStatus::Running, OutageKind::Emergency, Some(to)) => {
            td_string!(l, outages.text_running_emergency, what = what, to = to).to_string()
        }
        (OutageStatus::Running, OutageKind::Emergency, None) => {
            td_string!(l, outages.text_running_emergency_open, what = what).to_string()
        }
        (OutageStatus::Ended, ..) => td_string!(l, outages.text_ended, what = what).to_string(),
        (OutageStatus::Cancelled, ..) => td_string!(l, outages.text_cancelled).to_owned(),
    }
}

/// What residents read: the written text of their language while the outage is live, else the ready words.
pub fn says(l: Locale, facts: &Facts, texts: &OutageTexts, now: DateTime<Utc>) -> String {
    let written = texts.get(crate::lang(l)).filter(|_| facts.status.is_live());
    written.map_or_else(|| ready(l, facts, now), str::to_owned)
}

/// `Навои 12, подъезд 2, стояк R1`.
pub fn place(l: Locale, name: &PlaceName) -> String {
    let mut parts = vec![name.address.clone()];
    parts.extend(name.entrance.map(|n| td_string!(l, outages.place_entrance, n = n.to_string()).to_string()));
    parts.extend(name.riser.as_ref().map(|r| td_string!(l, outages.place_riser, name = r.clone()).to_string()));
    parts.join(", ")
}

/// The first places in words, and how many more there are.
pub fn places(l: Locale, names: &[PlaceName], most: usize) -> String {
    let mut text = names.iter().take(most).map(|name| place(l, name)).collect::<Vec<_>>().join("; ");
    if names.len() > most {
        let more = td_string!(l, outages.places_more, n = (names.len() - most).to_string()).to_string();
        text = format!("{text} {more}");
    }
    text
}

/// Why somebody gave their stars.
pub fn rating_reason(l: Locale, value: RatingReason) -> &'static str {
    match value {
        RatingReason::Fast => td_string!(l, outages.reason_fast),
        RatingReason::Polite => td_string!(l, outages.reason_polite),
        RatingReason::Tidy => td_string!(l, outages.reason_tidy),
        RatingReason::WellDone => td_string!(l, outages.reason_well_done),
        RatingReason::ToldInTime => td_string!(l, outages.reason_told_in_time),
        RatingReason::Slow => td_string!(l, outages.reason_slow),
        RatingReason::Rude => td_string!(l, outages.reason_rude),
        RatingReason::Dirty => td_string!(l, outages.reason_dirty),
        RatingReason::NotFixed => td_string!(l, outages.reason_not_fixed),
        RatingReason::NobodyCame => td_string!(l, outages.reason_nobody_came),
        RatingReason::ToldNothing => td_string!(l, outages.reason_told_nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn the_ready_words_follow_the_facts() {
        let now = at("2026-05-12T10:00:00Z");
        let facts = Facts {
            kind: OutageKind::Emergency,
            resource: Resource::ColdWater,
            status: OutageStatus::Running,
            starts_at: at("2026-05-12T09:00:00Z"),
            ends_at: Some(at("2026-05-12T13:00:00Z")),
        };
        assert_eq!(
            ready(Locale::ru, &facts, now),
            "Нет холодной воды: авария. Мы знаем и уже работаем. Ждём, что исправим: сегодня 18:00."
        );
        let prolonged = Facts { ends_at: Some(at("2026-05-13T13:00:00Z")), ..facts.clone() };
        assert!(ready(Locale::uz, &prolonged, now).ends_with("Taxminan tuzatamiz: ertaga 18:00."));
        let late = at("2026-05-12T13:30:00Z");
        assert!(ready(Locale::en, &facts, late).contains("longer than expected"));
        assert_eq!(time(Locale::ru, &facts, late), "Срок прошёл");
        let texts = OutageTexts { ru: Some("Вода будет".to_owned()), ..OutageTexts::default() };
        assert_eq!(says(Locale::ru, &facts, &texts, now), "Вода будет");
        assert!(says(Locale::en, &facts, &texts, now).starts_with("No cold water"));
        let over = Facts { status: OutageStatus::Ended, ..facts };
        assert_eq!(says(Locale::ru, &over, &texts, now), "Холодная вода снова есть. Спасибо за терпение.");
    }

    #[test]
    fn every_state_speaks_in_every_language() {
        let now = at("2026-05-12T10:00:00Z");
        for l in [Locale::ru, Locale::uz, Locale::en] {
            for status in OutageStatus::ALL {
                for kind in OutageKind::ALL {
                    for resource in Resource::ALL {
                        for ends_at in [None, Some(at("2026-05-12T13:00:00Z"))] {
                            let facts =
                                Facts { kind: *kind, resource: *resource, status: *status, starts_at: now, ends_at };
                            assert!(ready(l, &facts, now).len() > 15);
                            assert!(!time(l, &facts, now).is_empty());
                        }
                    }
                }
            }
        }
    }
}
