//! When requests come: two years at the rhythm of a house, and how far each has come by now.

use super::{Plot, houses::Building, rng::Rng};
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use model::requests::Status;

/// Requests for each apartment and year.
const RATE: f64 = 0.7;
pub(super) const DAYS: i64 = 730;
/// Tashkent has no summer time.
const ZONE: TimeDelta = TimeDelta::hours(5);

/// January to December: heating fails in autumn, little happens in spring.
const MONTHS: [f64; 12] = [1.35, 1.2, 0.95, 0.85, 0.85, 0.95, 1.05, 1.0, 0.9, 1.15, 1.5, 1.4];
/// Monday to Sunday: what broke at the weekend is reported on Monday.
const WEEKDAYS: [f64; 7] = [1.2, 1.0, 1.0, 1.0, 0.95, 0.9, 0.7];
/// Before work and after it.
const HOURS: [f64; 24] = [
    0.08, 0.05, 0.04, 0.04, 0.05, 0.12, 0.35, 0.7, 0.95, 0.9, 0.7, 0.6, 0.5, 0.5, 0.55, 0.6, 0.65, 0.8, 1.0, 1.0, 0.9,
    0.6, 0.35, 0.18,
];

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Closed, cancelled or rejected.
    Ended,
    /// Finished, waits for the resident's word.
    Done,
    Open(Status),
}

/// One request before it has words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planned {
    pub at: DateTime<Utc>,
    pub flat: usize,
    pub number: i64,
    pub fate: Fate,
    /// Wanted in the demo whatever chance says.
    pub emergency: bool,
}

/// What the demo always shows: flat of the first house, age in minutes, state, emergency. The first four belong to
/// the residents one can sign in as.
const SHOWN: &[(usize, i64, Fate, bool)] = &[
    (0, 9 * 1440 + 95, Fate::Done, false),
    (0, 190, Fate::Open(Status::InProgress), false),
    (1, 6 * 1440 + 310, Fate::Done, false),
    (1, 1500, Fate::Open(Status::Assigned), false),
    (2, 2 * 1440 + 45, Fate::Open(Status::InProgress), false),
    (3, 8 * 1440 + 700, Fate::Done, false),
    (3, 75, Fate::Open(Status::New), false),
    (4, 38, Fate::Open(Status::New), true),
    (5, 5 * 1440 + 130, Fate::Open(Status::New), false),
    (6, 3 * 1440 + 260, Fate::Open(Status::Returned), false),
    (7, 4 * 1440 + 520, Fate::Open(Status::Deferred), false),
    (8, 130, Fate::Open(Status::InProgress), true),
    (9, 7 * 1440 + 40, Fate::Open(Status::Assigned), false),
];

/// Draws all requests and numbers them by time; answers house by house. A few words of memory for each.
pub(super) fn plan(plot: &Plot, buildings: &[Building]) -> Vec<Vec<Planned>> {
    let mut rng = Rng::part(plot.seed, "rhythm", 0);
    let ends: Vec<usize> = buildings
        .iter()
        .scan(0, |sum, building| {
            *sum += building.flats;
            Some(*sum)
        })
        .collect();
    let years = f64::from(u32::try_from(DAYS).unwrap_or(0)) / 365.0;
    let count = f64::from(u32::try_from(plot.apartments).unwrap_or(u32::MAX)) * RATE * years;
    let mut all: Vec<(usize, Planned)> = Vec::new();
    let mut drawn = 0.0;
    while drawn < count {
        drawn += 1.0;
        let at = moment(&mut rng, plot.now);
        let index = rng.below(plot.apartments);
        let building = ends.partition_point(|end| *end <= index);
        let flat = index - (ends[building] - buildings[building].flats);
        let fate = fate(&mut rng, plot.now - at);
        all.push((building, Planned { at, flat, number: 0, fate, emergency: false }));
    }
    for (flat, minutes, fate, emergency) in SHOWN {
        let (at, emergency) = (plot.now - TimeDelta::minutes(*minutes), *emergency);
        all.push((0, Planned { at, flat: *flat, number: 0, fate: *fate, emergency }));
    }
    all.sort_by_key(|(building, p)| (p.at, *building, p.flat));
    let mut houses = vec![Vec::new(); buildings.len()];
    for ((building, planned), number) in all.into_iter().zip(1..) {
        houses[building].push(Planned { number, ..planned });
    }
    houses
}

/// A moment of the last two years, drawn again until it fits the rhythm.
fn moment(rng: &mut Rng, now: DateTime<Utc>) -> DateTime<Utc> {
    const TOP: f64 = 1.5 * 1.2;
    loop {
        let at = now - TimeDelta::seconds(rng.between(600, DAYS * 86_400));
        let local = at + ZONE;
        let index = |n: u32| usize::try_from(n).unwrap_or(0);
        let weight = MONTHS[index(local.month0())]
            * WEEKDAYS[index(local.weekday().num_days_from_monday())]
            * HOURS[index(local.hour())];
        if rng.chance(weight / TOP) {
            return at;
        }
    }
}

fn fate(rng: &mut Rng, age: TimeDelta) -> Fate {
    use Status as S;
    let days = age.num_days();
    let open = match days {
        0 => 0.95,
        1..3 => 0.75,
        3..7 => 0.5,
        7..14 => 0.32,
        14..30 => 0.14,
        30..60 => 0.04,
        _ => 0.0,
    };
    if !rng.chance(open) {
        return if days < 5 && rng.chance(0.6) { Fate::Done } else { Fate::Ended };
    }
    let (states, weights) = (
        [S::New, S::Assigned, S::InProgress, S::Deferred, S::Returned],
        match days {
            0 => [0.5, 0.28, 0.22, 0.0, 0.0],
            1..3 => [0.16, 0.38, 0.34, 0.08, 0.04],
            _ => [0.03, 0.25, 0.3, 0.32, 0.1],
        },
    );
    Fate::Open(states[rng.weighted(&weights)])
}

/// The same moment, or the next one in working hours.
pub(super) fn daytime(rng: &mut Rng, at: DateTime<Utc>) -> DateTime<Utc> {
    let local = at + ZONE;
    let hour = local.hour();
    let wait = match hour {
        0..8 => i64::from(8 - hour),
        8..19 => return at,
        _ => i64::from(32 - hour),
    };
    at + TimeDelta::hours(wait) + TimeDelta::minutes(rng.between(-20, 50))
}
