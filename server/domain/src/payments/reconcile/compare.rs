//! Two lists of payments side by side. Pure: nothing is mended here, everything that differs is named.

use super::registry::Theirs;
use chrono::{DateTime, Utc};
use model::payments::{DifferenceKind, Standing};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A payment as we have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ours {
    pub id: Uuid,
    /// The provider's numbers of it: Click has two.
    pub references: Vec<String>,
    pub tiyin: i64,
    pub standing: Standing,
    pub payment: Option<Uuid>,
    pub at: DateTime<Utc>,
    /// It belongs to the days that are compared by every clock: made and paid within them.
    pub inside: bool,
    /// It was paid within the days that are compared.
    pub counts: bool,
}

/// Where the two differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Differs {
    pub kind: DifferenceKind,
    pub reference: String,
    pub payment: Option<Uuid>,
    pub at: Option<DateTime<Utc>>,
    pub theirs: Option<(i64, Standing)>,
    pub ours: Option<(i64, Standing)>,
}

/// How many rows agree, and every difference.
pub(super) fn compare(theirs: &[Theirs], ours: &[Ours]) -> (usize, Vec<Differs>) {
    let by_reference: HashMap<&str, &Ours> =
        ours.iter().flat_map(|row| row.references.iter().map(move |reference| (reference.as_str(), row))).collect();
    let (mut agreed, mut differences, mut seen) = (0, Vec::new(), HashSet::new());
    for row in theirs {
        let known = by_reference.get(row.reference.as_str()).copied();
        let differs = |kind| Differs {
            kind,
            reference: row.reference.clone(),
            payment: known.and_then(|ours| ours.payment),
            at: row.at.or(known.map(|ours| ours.at)),
            theirs: Some((row.tiyin, row.standing)),
            ours: known.map(|ours| (ours.tiyin, ours.standing)),
        };
        // One of ours answers for one of theirs.
        let first = known.is_none_or(|ours| seen.insert(ours.id));
        if row.times > 1 || !first {
            differences.push(differs(DifferenceKind::Twice));
        }
        match known {
            // What was never paid need not be known.
            None if row.standing == Standing::Paid => differences.push(differs(DifferenceKind::MissingHere)),
            None => agreed += 1,
            Some(ours) => {
                let paid = (row.standing == Standing::Paid, ours.standing == Standing::Paid);
                if paid.0 != paid.1 {
                    differences.push(differs(DifferenceKind::State));
                } else if paid.0 && ours.tiyin != row.tiyin {
                    differences.push(differs(DifferenceKind::Sum));
                } else {
                    agreed += 1;
                }
            }
        }
    }
    for row in ours.iter().filter(|row| row.inside && row.standing == Standing::Paid && !seen.contains(&row.id)) {
        differences.push(Differs {
            kind: DifferenceKind::MissingThere,
            reference: row.references.first().cloned().unwrap_or_else(|| row.id.to_string()),
            payment: row.payment,
            at: Some(row.at),
            theirs: None,
            ours: Some((row.tiyin, row.standing)),
        });
    }
    (agreed, differences)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn theirs(reference: &str, tiyin: i64, standing: Standing) -> Theirs {
        Theirs { reference: reference.to_owned(), tiyin, at: None, day: None, standing, times: 1 }
    }

    fn ours(n: u128, reference: &str, tiyin: i64, standing: Standing) -> Ours {
        Ours {
            id: Uuid::from_u128(n),
            references: vec![reference.to_owned(), format!("{reference}-click")],
            tiyin,
            standing,
            payment: Some(Uuid::from_u128(n)),
            at: DateTime::UNIX_EPOCH,
            inside: true,
            counts: true,
        }
    }

    #[test]
    fn each_kind_of_difference_is_found() {
        use Standing::{Cancelled, Paid, Waiting};
        let file = [
            theirs("same", 10, Paid),
            theirs("other-number-click", 10, Paid),
            theirs("nobody", 10, Paid),
            theirs("nobody-cancelled", 10, Cancelled),
            theirs("sum", 11, Paid),
            theirs("cancelled-there", 10, Cancelled),
            theirs("cancelled-here", 10, Paid),
            theirs("waits-here", 10, Paid),
            theirs("both-cancelled", 12, Cancelled),
            Theirs { times: 2, ..theirs("twice", 10, Paid) },
        ];
        let mut far = ours(20, "next-day", 10, Paid);
        far.inside = false;
        let books = [
            ours(1, "same", 10, Paid),
            ours(2, "other-number", 10, Paid),
            ours(3, "sum", 10, Paid),
            ours(4, "cancelled-there", 10, Paid),
            ours(5, "cancelled-here", 10, Cancelled),
            ours(6, "waits-here", 10, Waiting),
            ours(7, "both-cancelled", 10, Cancelled),
            ours(8, "twice", 10, Paid),
            ours(9, "lost", 10, Paid),
            ours(10, "never-paid", 10, Waiting),
            far,
        ];
        let (agreed, found) = compare(&file, &books);
        let short: Vec<(DifferenceKind, &str)> = found.iter().map(|d| (d.kind, d.reference.as_str())).collect();
        use DifferenceKind as K;
        assert_eq!(
            short,
            [
                (K::MissingHere, "nobody"),
                (K::Sum, "sum"),
                (K::State, "cancelled-there"),
                (K::State, "cancelled-here"),
                (K::State, "waits-here"),
                (K::Twice, "twice"),
                (K::MissingThere, "lost"),
            ]
        );
        assert_eq!(agreed, 5);
    }

    proptest! {
        /// Whatever is left out, added or changed: exactly that is found.
        #[test]
        fn planted_differences_are_found(plan in proptest::collection::vec(0..5_u8, 1..60)) {
            let (mut file, mut books, mut planted) = (Vec::new(), Vec::new(), 0);
            for (n, what) in plan.iter().enumerate() {
                let reference = format!("r{n}");
                let here = ours(n as u128, &reference, 100, Standing::Paid);
                let there = theirs(&reference, 100, Standing::Paid);
                match what {
                    0 => { file.push(there); books.push(here); }
                    1 => { planted += 1; file.push(there); }
                    2 => { planted += 1; books.push(here); }
                    3 => { planted += 1; file.push(Theirs { tiyin: 101, ..there }); books.push(here); }
                    _ => { planted += 1; file.push(Theirs { standing: Standing::Cancelled, ..there }); books.push(here); }
                }
            }
            let (agreed, found) = compare(&file, &books);
            prop_assert_eq!(found.len(), planted);
            prop_assert_eq!(agreed, plan.len() - planted);
        }
    }
}
