//! Who should do it: the rule, pure. Facts about people in, an order with reasons out; the same facts give the same
//! order, whatever order they came in.

use model::{
    Role, UserId,
    assignment::{By, Explanation, Proposal},
    shifts::Duty,
    staff::Skill,
};
use std::cmp::Ordering;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Named by a rule or as the problem's usual assignee.
    pub person: Option<(UserId, By)>,
    pub skill: Skill,
    /// What named the trade.
    pub by: By,
    /// Only somebody who is there now will do.
    pub urgent: bool,
    /// The company keeps a duty schedule: who is not in it now is not there.
    pub has_shifts: bool,
}

/// What is known of somebody at this moment.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub id: UserId,
    pub name: String,
    pub role: Role,
    pub skills: Vec<Skill>,
    pub in_zone: bool,
    /// On duty now.
    pub duty: Option<Duty>,
    /// Open requests in hand, and the same weighed by urgency.
    pub open: i32,
    pub weight: i32,
    /// Open requests in hand in this very house.
    pub here: i32,
}

/// How well somebody fits, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Named,
    /// Trade, zone and on shift.
    Whole,
    /// Trade and on shift, another zone.
    Near,
    /// Trade and zone, off shift.
    Off,
    Trade,
    /// The dispatcher on duty.
    Duty,
    Zone,
    Other,
}

impl Fit {
    /// Good enough to be given work without a person's word.
    fn is_enough(self) -> bool {
        matches!(self, Self::Named | Self::Whole | Self::Duty)
    }
}

impl Wanted {
    fn there(&self, c: &Candidate) -> bool {
        c.duty.is_some() || !(self.has_shifts || self.urgent)
    }

    fn fit(&self, c: &Candidate) -> Fit {
        let there = self.there(c);
        let able = c.role == Role::Staff && c.skills.contains(&self.skill);
        if self.person.is_some_and(|(id, _)| id == c.id) && (there || !self.urgent) {
            return Fit::Named;
        }
        match (able, c.in_zone, there) {
            (true, true, true) => Fit::Whole,
            (true, false, true) => Fit::Near,
            (true, true, false) => Fit::Off,
            (true, false, false) => Fit::Trade,
            _ if c.role.is_desk() && c.duty == Some(Duty::Dispatcher) => Fit::Duty,
            (false, true, _) if c.role == Role::Staff => Fit::Zone,
            _ => Fit::Other,
        }
    }
}

/// Less in hand first; then who is in the house anyway; then by id, so that ties are settled the same way every time.
fn before(a: &Candidate, b: &Candidate) -> Ordering {
    a.weight.cmp(&b.weight).then(b.here.cmp(&a.here)).then(a.open.cmp(&b.open)).then(a.id.cmp(&b.id))
}

/// How somebody stands among those who fit as well.
#[derive(Clone, Copy)]
struct Among {
    count: usize,
    least: i32,
}

impl Among {
    fn of<'a>(group: impl Iterator<Item = &'a Candidate>) -> Self {
        group.fold(Self { count: 0, least: i32::MAX }, |so_far, c| Self {
            count: so_far.count + 1,
            least: so_far.least.min(c.weight),
        })
    }
}

/// Everybody, the best first. The first that [fits](Proposal::fits) is the system's choice.
pub fn rank(wanted: &Wanted, candidates: &[Candidate]) -> Vec<Proposal> {
    let mut all: Vec<(Fit, &Candidate)> = candidates.iter().map(|c| (wanted.fit(c), c)).collect();
    all.sort_by(|(f, a), (g, b)| f.cmp(g).then_with(|| before(a, b)));
    all.chunk_by(|(f, _), (g, _)| f == g)
        .flat_map(|group| {
            let among = Among::of(group.iter().map(|(_, c)| *c));
            group.iter().map(move |(fit, c)| proposal(wanted, *fit, c, among))
        })
        .collect()
}

/// Whom the system would give it to: the first of [`rank`] that fits; nobody when nobody does.
pub fn choose(wanted: &Wanted, candidates: &[Candidate]) -> Option<Proposal> {
    let fitting = || candidates.iter().map(|c| (wanted.fit(c), c)).filter(|(fit, _)| fit.is_enough());
    let (best, chosen) = fitting().min_by(|(f, a), (g, b)| f.cmp(g).then_with(|| before(a, b)))?;
    let among = Among::of(fitting().filter(|(fit, _)| *fit == best).map(|(_, c)| c));
    Some(proposal(wanted, best, chosen, among))
}

fn proposal(wanted: &Wanted, fit: Fit, c: &Candidate, among: Among) -> Proposal {
    Proposal {
        user_id: c.id,
        fits: fit.is_enough(),
        why: Explanation {
            by: match fit {
                Fit::Named => wanted.person.map_or(By::Rule, |(_, by)| by),
                Fit::Duty => By::Duty,
                _ => wanted.by,
            },
            name: c.name.clone(),
            skill: c.skills.contains(&wanted.skill).then_some(wanted.skill),
            in_zone: c.in_zone,
            on_shift: c.duty.is_some(),
            open: c.open,
            fewest: among.count > 1 && among.least == c.weight,
            among: i32::try_from(among.count).unwrap_or(i32::MAX),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn candidate() -> impl Strategy<Value = Candidate> {
        let skills = proptest::collection::vec(proptest::sample::select(Skill::ALL), 0..3);
        let role = proptest::sample::select(vec![Role::Staff, Role::Staff, Role::Dispatcher, Role::Admin]);
        let duty = proptest::sample::select(vec![None, Some(Duty::Field), Some(Duty::Dispatcher)]);
        (1..50_u128, role, skills, any::<bool>(), duty, 0..5_i32, 0..9_i32, 0..2_i32).prop_map(
            |(id, role, skills, in_zone, duty, open, weight, here)| Candidate {
                id: Uuid::from_u128(id).into(),
                name: id.to_string(),
                role,
                skills,
                in_zone,
                duty,
                open,
                weight,
                here,
            },
        )
    }

    fn people() -> impl Strategy<Value = Vec<Candidate>> {
        proptest::collection::vec(candidate(), 0..12).prop_map(|mut all| {
            all.sort_by_key(|c| c.id);
            all.dedup_by_key(|c| c.id);
            all
        })
    }

    fn wanted() -> impl Strategy<Value = Wanted> {
        let person = proptest::option::of((1..50_u128).prop_map(|id| (Uuid::from_u128(id).into(), By::Rule)));
        (person, proptest::sample::select(Skill::ALL), any::<bool>(), any::<bool>())
            .prop_map(|(person, skill, urgent, has_shifts)| Wanted { person, skill, by: By::Skill, urgent, has_shifts })
    }

    proptest! {
        /// The order people come in does not matter.
        #[test]
        fn the_choice_is_one((wanted, all) in (wanted(), people()), turn in 0..12_usize) {
            let mut turned = all.clone();
            if !turned.is_empty() {
                let by = turn % turned.len();
                turned.rotate_left(by);
                turned.reverse();
            }
            prop_assert_eq!(rank(&wanted, &all), rank(&wanted, &turned));
        }

        /// What must be done now goes to somebody who is there now.
        #[test]
        fn nobody_is_woken((wanted, all) in (wanted(), people())) {
            if let Some(choice) = choose(&wanted, &all).filter(|_| wanted.urgent) {
                prop_assert!(choice.why.on_shift);
            }
        }

        /// Somebody of the trade, of the house and on shift has never more in hand than the chosen one of them.
        #[test]
        fn the_least_loaded_gets_it((wanted, all) in (wanted(), people())) {
            let Some(choice) = choose(&wanted, &all) else { return Ok(()) };
            let of = |id| all.iter().find(|c| c.id == id).unwrap();
            let chosen = of(choice.user_id);
            if wanted.fit(chosen) == Fit::Whole {
                prop_assert!(all.iter().filter(|c| wanted.fit(c) == Fit::Whole).all(|c| c.weight >= chosen.weight));
            }
            // The dispatcher comes last of all who fit.
            if wanted.fit(chosen) == Fit::Duty {
                prop_assert!(all.iter().all(|c| !matches!(wanted.fit(c), Fit::Named | Fit::Whole)));
            }
        }

        #[test]
        fn everybody_is_ranked_once((wanted, all) in (wanted(), people())) {
            let mut ids: Vec<UserId> = rank(&wanted, &all).into_iter().map(|p| p.user_id).collect();
            ids.sort_unstable();
            prop_assert_eq!(ids, all.iter().map(|c| c.id).collect::<Vec<_>>());
        }

        #[test]
        fn the_choice_is_the_first_that_fits((wanted, all) in (wanted(), people())) {
            prop_assert_eq!(choose(&wanted, &all), rank(&wanted, &all).into_iter().find(|proposal| proposal.fits));
        }
    }

    fn worker(id: u128, in_zone: bool, duty: Option<Duty>, weight: i32) -> Candidate {
        Candidate {
            id: Uuid::from_u128(id).into(),
            name: format!("w{id}"),
            role: Role::Staff,
            skills: vec![Skill::Plumber],
            in_zone,
            duty,
            open: weight,
            weight,
            here: 0,
        }
    }

    fn plumber(urgent: bool, has_shifts: bool) -> Wanted {
        Wanted { person: None, skill: Skill::Plumber, by: By::Skill, urgent, has_shifts }
    }

    #[test]
    fn the_road_from_trade_to_the_dispatcher() {
        let there = Some(Duty::Field);
        let dispatcher =
            Candidate { role: Role::Dispatcher, skills: Vec::new(), ..worker(9, false, Some(Duty::Dispatcher), 0) };
        let all = [
            worker(1, true, there, 3),
            worker(2, true, there, 2),
            worker(3, true, None, 0),
            worker(4, false, there, 0),
            dispatcher.clone(),
        ];
        let choice = choose(&plumber(true, true), &all).unwrap();
        assert_eq!((choice.why.name.as_str(), choice.why.fewest, choice.why.among), ("w2", true, 2));
        // Off shift or of another house: the dispatcher decides.
        let choice = choose(&plumber(true, true), &all[2..]).unwrap();
        assert_eq!((choice.user_id, choice.why.by), (dispatcher.id, By::Duty));
        assert_eq!(choose(&plumber(true, true), &all[2..4]), None);
        // Without a schedule ordinary work goes by trade, house and load; an emergency waits for a person's word.
        assert_eq!(choose(&plumber(false, false), &all[2..3]).unwrap().why.name, "w3");
        assert_eq!(choose(&plumber(true, false), &all[2..3]), None);
    }

    #[test]
    fn a_named_person_comes_first_but_not_from_their_bed() {
        let named = |urgent| Wanted { person: Some((Uuid::from_u128(3).into(), By::Usual)), ..plumber(urgent, true) };
        let all = [worker(1, true, Some(Duty::Field), 3), worker(3, false, None, 9)];
        assert_eq!(choose(&named(false), &all).unwrap().why.by, By::Usual);
        assert_eq!(choose(&named(true), &all).unwrap().why.name, "w1");
    }
}
