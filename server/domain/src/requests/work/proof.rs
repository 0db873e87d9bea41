//! What must be there before work is done: pure.

use model::{
    requests::{Category, Kind},
    work::{Need, Proof, ProofRule},
};

/// What is there.
pub(super) struct Facts {
    pub photos: i64,
    pub open_checks: i64,
    /// Minutes, or a clock that runs.
    pub time: bool,
    /// Materials that went in.
    pub parts: bool,
    /// Something was spent beside them.
    pub cost: bool,
    /// The resident's word, about what the request says now.
    pub word: bool,
}

/// Everything the rules want of a request, each once, in one order.
pub(super) fn required(rules: &[ProofRule], kind: Kind, category: Category, facts: &Facts) -> Vec<Proof> {
    let wanted = |need: Need| rules.iter().any(|rule| rule.applies(kind, category) && rule.needs.contains(&need));
    Need::ALL
        .iter()
        .copied()
        .filter(|need| wanted(*need))
        .map(|need| {
            let (met, open) = match need {
                Need::Photo => (facts.photos > 0, 0),
                Need::Checklist => (facts.open_checks == 0, facts.open_checks),
                Need::Time => (facts.time, 0),
                Need::Parts => (facts.parts, 0),
                Need::Cost => (facts.cost, 0),
                Need::Confirmation => (facts.word, 0),
            };
            Proof { need, met, open }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_rule() -> impl Strategy<Value = ProofRule> {
        let kind = proptest::option::of(proptest::sample::select(Kind::ALL));
        let category = proptest::option::of(proptest::sample::select(Category::ALL));
        let needs = proptest::sample::subsequence(Need::ALL.to_vec(), 1..=6);
        (kind, category, needs).prop_map(|(kind, category, needs)| ProofRule { kind, category, needs })
    }

    proptest! {
        /// A rule more never asks for less, and nothing is asked for twice.
        #[test]
        fn rules_only_add(rules in proptest::collection::vec(any_rule(), 0..6), more in any_rule(),
            kind in proptest::sample::select(Kind::ALL), category in proptest::sample::select(Category::ALL)) {
            let facts = Facts { photos: 0, open_checks: 3, time: false, parts: false, cost: false, word: false };
            let needs = |rules: &[ProofRule]| required(rules, kind, category, &facts).into_iter().map(|p| p.need).collect::<Vec<_>>();
            let before = needs(&rules);
            let after = needs(&[rules, vec![more]].concat());
            prop_assert!(before.iter().all(|need| after.contains(need)));
            let mut once = after.clone();
            once.dedup();
            prop_assert_eq!(once, after);
        }
    }

    #[test]
    fn what_is_there_is_met() {
        let all = [ProofRule { kind: None, category: None, needs: Need::ALL.to_vec() }];
        let facts = Facts { photos: 1, open_checks: 0, time: true, parts: true, cost: true, word: true };
        assert!(required(&all, Kind::Regular, Category::Yard, &facts).iter().all(|proof| proof.met));
        let missing = |facts: Facts| {
            let open = required(&all, Kind::Regular, Category::Yard, &facts).into_iter().filter(|proof| !proof.met);
            open.map(|proof| proof.need).collect::<Vec<_>>()
        };
        let there = || Facts { photos: 1, open_checks: 0, time: true, parts: true, cost: true, word: true };
        assert_eq!(missing(Facts { parts: false, ..there() }), [Need::Parts]);
        assert_eq!(missing(Facts { cost: false, ..there() }), [Need::Cost]);
        let other = [ProofRule { kind: Some(Kind::Paid), category: None, needs: vec![Need::Photo] }];
        assert!(required(&other, Kind::Regular, Category::Yard, &facts).is_empty());
    }
}
