//! The hours in which a person wants no messages.

use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// From one time of the day to another, by the clock of the company; over midnight when `till` is the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuietHours {
    pub on: bool,
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "22:00:00"))]
    pub from: NaiveTime,
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "08:00:00"))]
    pub till: NaiveTime,
}

const fn hour(hour: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, 0, 0) {
        Some(time) => time,
        None => NaiveTime::MIN,
    }
}

impl Default for QuietHours {
    fn default() -> Self {
        Self { on: true, from: hour(22), till: hour(8) }
    }
}

impl QuietHours {
    /// Whether it is quiet at this time of the day. The first moment belongs to it, the last does not; from and till the
    /// same is no time at all.
    pub fn holds(&self, time: NaiveTime) -> bool {
        self.on
            && if self.from <= self.till {
                self.from <= time && time < self.till
            } else {
                self.from <= time || time < self.till
            }
    }

    /// When a message of this moment may go out: `None` for at once.
    pub fn until<Z: TimeZone>(&self, zone: &Z, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let here = now.with_timezone(zone).naive_local();
        if !self.holds(here.time()) {
            return None;
        }
        let day = if here.time() < self.till { here.date() } else { here.date() + Days::new(1) };
        // Where the clocks are put forward the moment may not exist: then the next quarter of an hour that does.
        (0..8)
            .find_map(|quarter| {
                let wall = day.and_time(self.till) + chrono::TimeDelta::minutes(15 * quarter);
                zone.from_local_datetime(&wall).earliest()
            })
            .map(|end| end.to_utc())
            .filter(|end| *end > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn quiet(from: &str, till: &str) -> QuietHours {
        QuietHours { on: true, from: from.parse().unwrap(), till: till.parse().unwrap() }
    }

    #[test]
    fn nobody_is_woken() {
        let night = QuietHours::default();
        let noon = quiet("13:00:00", "14:30:00");
        let never = quiet("08:00:00", "08:00:00");
        let off = QuietHours { on: false, ..night };
        let (tashkent, samoa, reykjavik) = (5, -11, 0);
        let table: [(QuietHours, i32, &str, Option<&str>); 13] = [
            // hours, zone, the moment, when it goes out
            (night, tashkent, "2026-11-23T16:59:59Z", None), // 21:59:59
            (night, tashkent, "2026-11-23T17:00:00Z", Some("2026-11-24T03:00:00Z")), // 22:00
            (night, tashkent, "2026-11-23T18:59:00Z", Some("2026-11-24T03:00:00Z")), // 23:59
            (night, tashkent, "2026-11-23T19:00:00Z", Some("2026-11-24T03:00:00Z")), // midnight: the same morning
            (night, tashkent, "2026-11-24T02:59:59Z", Some("2026-11-24T03:00:00Z")), // 07:59:59
            (night, tashkent, "2026-11-24T03:00:00Z", None), // 08:00
            (night, tashkent, "2026-12-31T17:30:00Z", Some("2027-01-01T03:00:00Z")), // over the year
            (night, reykjavik, "2026-11-23T19:00:00Z", None), // the same moment elsewhere
            (night, samoa, "2026-11-23T10:00:00Z", Some("2026-11-23T19:00:00Z")), // 23:00 of the day before
            (noon, tashkent, "2026-11-23T08:00:00Z", Some("2026-11-23T09:30:00Z")), // 13:00, the same day
            (noon, tashkent, "2026-11-23T20:00:00Z", None),
            (never, tashkent, "2026-11-23T03:00:00Z", None),
            (off, tashkent, "2026-11-23T20:00:00Z", None),
        ];
        for (hours, zone, now, out) in table {
            let zone = FixedOffset::east_opt(zone * 3600).unwrap();
            assert_eq!(hours.until(&zone, at(now)), out.map(at), "{hours:?} {now}");
        }
    }
}
