//! The detector's rule, pure: which places have so many different callers that it is no coincidence. It looks at all
//! requests of the window at once, so the order in which they came cannot matter.

use chrono::{DateTime, Utc};
use model::{EntranceId, RequestId, RiserId, outages::DetectorRules, requests::Category};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One open request of a house, within the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub request: RequestId,
    pub category: Category,
    pub entrance: Option<EntranceId>,
    /// The risers that feed the unit with what is probably off.
    pub risers: Vec<RiserId>,
    /// The unit, or whoever called: three calls from one flat are one.
    pub caller: Uuid,
    pub at: DateTime<Utc>,
}

/// Where in the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    House,
    Entrance(EntranceId),
    Riser(RiserId),
}

/// Something that looks like an outage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub category: Category,
    /// Sorted; never two that hold each other.
    pub places: Vec<Place>,
    /// What the places hold, sorted.
    pub requests: Vec<RequestId>,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
}

/// What the requests of one house say, at most one finding for a category.
///
/// The house, when enough callers are spread over it; otherwise each entrance with enough callers, narrowed to the one
/// riser that all of them hang on; otherwise each riser with enough callers.
pub(super) fn find(reports: &[Report], rules: &DetectorRules) -> Vec<Finding> {
    let mut by_category: BTreeMap<Category, Vec<&Report>> = BTreeMap::new();
    for report in reports {
        by_category.entry(report.category).or_default().push(report);
    }
    by_category.into_iter().filter_map(|(category, all)| judge(category, &all, rules)).collect()
}

fn judge(category: Category, all: &[&Report], rules: &DetectorRules) -> Option<Finding> {
    let places = places(all, rules);
    let held: Vec<&&Report> = all.iter().filter(|report| places.iter().any(|place| holds(*place, report))).collect();
    let mut requests: Vec<RequestId> = held.iter().map(|report| report.request).collect();
    requests.sort_unstable();
    Some(Finding {
        category,
        first_at: held.iter().map(|report| report.at).min()?,
        last_at: held.iter().map(|report| report.at).max()?,
        requests,
        places: places.into_iter().collect(),
    })
}

fn places(all: &[&Report], rules: &DetectorRules) -> BTreeSet<Place> {
    let enough = |callers: usize, wanted: i16| usize::try_from(wanted).is_ok_and(|wanted| callers >= wanted);
    let entrances: BTreeSet<EntranceId> = all.iter().filter_map(|report| report.entrance).collect();
    let spread = entrances.len() > 1 || all.iter().any(|report| report.entrance.is_none());
    let house = enough(callers(all), rules.house);
    if house && spread {
        return BTreeSet::from([Place::House]);
    }
    let mut found = BTreeSet::new();
    for entrance in entrances {
        let here: Vec<&Report> = all.iter().copied().filter(|report| report.entrance == Some(entrance)).collect();
        if house || enough(callers(&here), rules.entrance) {
            let shared = risers(&here).into_iter().find(|riser| {
                here.iter().all(|report| report.risers.contains(riser)) && enough(callers(&here), rules.riser)
            });
            found.insert(shared.map_or(Place::Entrance(entrance), Place::Riser));
        }
    }
    let rest: Vec<&Report> =
        all.iter().copied().filter(|report| !found.iter().any(|place| holds(*place, report))).collect();
    for riser in risers(&rest) {
        let here: Vec<&Report> = rest.iter().copied().filter(|report| report.risers.contains(&riser)).collect();
        if enough(callers(&here), rules.riser) {
            found.insert(Place::Riser(riser));
        }
    }
    found
}

fn callers(reports: &[&Report]) -> usize {
    reports.iter().map(|report| report.caller).collect::<BTreeSet<_>>().len()
}

fn risers(reports: &[&Report]) -> BTreeSet<RiserId> {
    reports.iter().flat_map(|report| report.risers.iter().copied()).collect()
}

fn holds(place: Place, report: &Report) -> bool {
    match place {
        Place::House => true,
        Place::Entrance(entrance) => report.entrance == Some(entrance),
        Place::Riser(riser) => report.risers.contains(&riser),
    }
}

/// What is known of a house and a category already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing<Id> {
    /// Nothing.
    Free,
    /// A proposal waits for somebody's word, with these requests and places.
    Open { id: Id, places: Vec<Place>, requests: Vec<RequestId> },
    /// Somebody said that it is nothing, not long ago.
    Quiet,
}

/// What to do about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict<Id> {
    Propose,
    /// The open proposal becomes this finding.
    Grow(Id),
    Nothing,
}

/// A house has one open proposal for a category at most; one that says the same is left alone.
pub(super) fn weigh<Id>(finding: &Finding, standing: Standing<Id>) -> Verdict<Id> {
    match standing {
        Standing::Free => Verdict::Propose,
        Standing::Quiet => Verdict::Nothing,
        Standing::Open { id, places, requests } => {
            let news = finding.requests.iter().any(|request| !requests.contains(request));
            if news || finding.places != places && requests.iter().all(|known| finding.requests.contains(known)) {
                Verdict::Grow(id)
            } else {
                Verdict::Nothing
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    const RULES: DetectorRules = DetectorRules { minutes: 60, riser: 3, entrance: 4, house: 6, quiet_hours: 6 };

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn start() -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    /// A request from a flat: four on a floor, each position its own riser.
    fn report(n: u128, entrance: u128, position: u128, caller: u128) -> Report {
        Report {
            request: id(n).into(),
            category: Category::Plumbing,
            entrance: Some(id(100 + entrance).into()),
            risers: vec![id(1000 + entrance * 10 + position).into()],
            caller: id(10_000 + caller),
            at: start() + TimeDelta::seconds(i64::try_from(n).unwrap()),
        }
    }

    fn places_of(reports: &[Report]) -> Vec<Place> {
        find(reports, &RULES).into_iter().flat_map(|finding| finding.places).collect()
    }

    #[test]
    fn the_narrowest_place_that_explains_it() {
        let riser = [report(1, 1, 2, 1), report(2, 1, 2, 2), report(3, 1, 2, 3)];
        assert_eq!(places_of(&riser), [Place::Riser(id(1012).into())]);
        let mut entrance = riser.to_vec();
        entrance.push(report(4, 1, 1, 4));
        assert_eq!(places_of(&entrance), [Place::Entrance(id(101).into())]);
        let mut house = entrance.clone();
        house.extend([report(5, 2, 1, 5), report(6, 3, 1, 6)]);
        assert_eq!(places_of(&house), [Place::House]);
        assert_eq!(find(&house, &RULES)[0].requests.len(), 6);
    }

    #[test]
    fn two_risers_are_two_places_of_one_finding() {
        let reports: Vec<_> =
            (0..6).map(|n| report(n, 1 + n / 3, 2, n)).filter(|r| r.request != RequestId(id(5))).collect();
        assert_eq!(places_of(&reports), [Place::Riser(id(1012).into())], "two callers are not three");
        let rules = DetectorRules { house: 100, ..RULES };
        let reports: Vec<_> = (0..6).map(|n| report(n, 1 + n / 3, 2, n)).collect();
        let found = find(&reports, &rules);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].places, [Place::Riser(id(1012).into()), Place::Riser(id(1022).into())]);
    }

    #[test]
    fn one_angry_flat_is_no_outage() {
        let reports: Vec<_> = (0..20).map(|n| report(n, 1, 1, 7)).collect();
        assert!(find(&reports, &RULES).is_empty());
    }

    #[test]
    fn categories_do_not_add_up() {
        let mut reports: Vec<_> = (0..4).map(|n| report(n, 1, n, n)).collect();
        reports[0].category = Category::Electrical;
        assert!(find(&reports, &RULES).is_empty());
    }

    /// A replayed stream with the table of proposals beside it, as the database keeps it.
    #[derive(Default)]
    struct Replay {
        seen: Vec<Report>,
        proposals: Vec<Finding>,
    }

    impl Replay {
        fn hear(&mut self, report: Report, rules: &DetectorRules) {
            self.seen.push(report);
            for finding in find(&self.seen, rules) {
                let at = self.proposals.iter().position(|known| known.category == finding.category);
                let standing = at.map_or(Standing::Free, |at| Standing::Open {
                    id: at,
                    places: self.proposals[at].places.clone(),
                    requests: self.proposals[at].requests.clone(),
                });
                match weigh(&finding, standing) {
                    Verdict::Propose => self.proposals.push(finding),
                    Verdict::Grow(at) => self.proposals[at] = finding,
                    Verdict::Nothing => {}
                }
            }
        }
    }

    fn any_stream() -> impl Strategy<Value = Vec<Report>> {
        let one =
            (0u128..4, 0u128..4, 0u128..12, proptest::sample::select(vec![Category::Plumbing, Category::Heating]));
        proptest::collection::vec(one, 0..24).prop_map(|all| {
            let reports = all.into_iter().enumerate().map(|(n, (entrance, position, caller, category))| {
                // A caller is a flat: it has one place.
                let (entrance, position) = if caller < 6 { (caller % 2, caller % 3) } else { (entrance, position) };
                let caller = if caller < 6 { caller } else { 100 + entrance * 10 + position };
                Report { category, ..report(n as u128, entrance, position, caller) }
            });
            reports.collect()
        })
    }

    fn any_rules() -> impl Strategy<Value = DetectorRules> {
        (2i16..6, 2i16..8, 2i16..10).prop_map(|(riser, entrance, house)| DetectorRules {
            riser,
            entrance,
            house,
            ..RULES
        })
    }

    proptest! {
        /// However the requests of a window arrive, the proposals at its end are the same.
        #[test]
        fn order_does_not_matter(stream in any_stream(), rules in any_rules(), seed in any::<u64>()) {
            let play = |reports: &[Report]| {
                let mut replay = Replay::default();
                for report in reports {
                    replay.hear(report.clone(), &rules);
                }
                replay.proposals.sort_by_key(|finding| finding.category);
                replay.proposals
            };
            let mut shuffled = stream.clone();
            shuffled.sort_by_key(|r| r.request.0.as_u128().wrapping_mul(u128::from(seed) | 1) % 997);
            prop_assert_eq!(play(&stream), play(&shuffled));
        }

        /// Nothing is proposed that has not enough callers.
        #[test]
        fn never_below_the_threshold(stream in any_stream(), rules in any_rules()) {
            for finding in find(&stream, &rules) {
                for place in &finding.places {
                    let callers = |wanted: &dyn Fn(&Report) -> bool| stream
                        .iter()
                        .filter(|r| r.category == finding.category && wanted(r))
                        .map(|r| r.caller)
                        .collect::<BTreeSet<_>>()
                        .len();
                    let here = callers(&|r| holds(*place, r));
                    let needed = match place {
                        Place::House => rules.house,
                        Place::Entrance(_) => rules.entrance.min(rules.house),
                        Place::Riser(_) => rules.riser,
                    };
                    prop_assert!(here >= usize::try_from(needed).unwrap(), "{place:?}: {here} of {needed}");
                }
            }
        }

        /// A house never has two open proposals for one category, and each request is held once.
        #[test]
        fn no_proposal_twice(stream in any_stream(), rules in any_rules()) {
            let mut replay = Replay::default();
            for report in stream {
                replay.hear(report, &rules);
                let kinds: BTreeSet<_> = replay.proposals.iter().map(|f| f.category).collect();
                prop_assert_eq!(kinds.len(), replay.proposals.len());
            }
            for finding in &replay.proposals {
                let once: BTreeSet<_> = finding.requests.iter().collect();
                prop_assert_eq!(once.len(), finding.requests.len());
            }
        }

        /// What was dismissed stays quiet, and what says nothing new is left alone.
        #[test]
        fn quiet_is_quiet(stream in any_stream(), rules in any_rules()) {
            for finding in find(&stream, &rules) {
                prop_assert_eq!(weigh::<u8>(&finding, Standing::Quiet), Verdict::Nothing);
                let same = Standing::Open { id: 1u8, places: finding.places.clone(), requests: finding.requests.clone() };
                prop_assert_eq!(weigh(&finding, same), Verdict::Nothing);
            }
        }
    }
}
