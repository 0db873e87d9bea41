//! Worked examples of penalties, and laws that hold for all of them.

use super::{EntryKind as K, History, Moved, Payer, PenaltyLine, PenaltyTerms, Rates, penalties};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn moved(kind: K, day: NaiveDate, amount: i64) -> Moved {
    let period = chrono::Datelike::with_day(&day, 1).unwrap();
    Moved { kind, period, day, amount }
}

fn usual() -> PenaltyTerms {
    PenaltyTerms::usual(day("2026-01-01"))
}

fn lines(terms: &[PenaltyTerms], payer: Payer, moves: &[Moved], from: NaiveDate, to: NaiveDate) -> Vec<PenaltyLine> {
    let history = History::of(moves.iter().copied());
    penalties(&mut Rates::new(terms.to_vec(), from, to), payer, &history).unwrap()
}

fn total(lines: &[PenaltyLine]) -> i64 {
    lines.iter().map(|line| line.amount.tiyin()).sum()
}

/// What the days of a month cost.
fn month(terms: &[PenaltyTerms], payer: Payer, moves: &[Moved], first: &str) -> i64 {
    let first = day(first);
    let last = super::MonthTurn::first_of_next(first).unwrap() - Days::new(1);
    total(&lines(terms, payer, moves, first, last))
}

/// 10 000 soʻm charged for October, to be paid by 15 November; November has fifteen days after it.
#[test]
fn examples_by_hand() {
    let (person, legal, nov) = (Payer::Person, Payer::Legal, "2026-11-01");
    let october = moved(K::Charge, day("2026-10-31"), 1_000_000);
    let paid = |on: &str, amount: i64| moved(K::Payment, day(on), -amount);
    let with = |more: &[Moved]| [&[october], more].concat();
    let since = |text: &str| PenaltyTerms { since: day(text), ..usual() };
    let one = |terms: PenaltyTerms, payer, moves: &[Moved], of: &str| month(&[terms], payer, moves, of);
    let same = |moves: &[Moved]| month(&[usual()], person, moves, nov);

    // Fifteen days at 0.1 %, thirty-one in December, twenty-eight in February.
    assert_eq!(same(&[october]), 15_000);
    assert_eq!(one(usual(), person, &[october], "2026-12-01"), 31_000);
    assert_eq!(one(usual(), person, &[october], "2027-02-01"), 28_000);
    // Legal entities at 0.4 %.
    assert_eq!(one(usual(), legal, &[october], nov), 60_000);
    // Paid by the last day, or one day late: the day of paying costs nothing.
    assert_eq!(same(&with(&[paid("2026-11-15", 1_000_000)])), 0);
    assert_eq!(same(&with(&[paid("2026-11-16", 1_000_000)])), 0);
    assert_eq!(same(&with(&[paid("2026-11-17", 1_000_000)])), 1_000);
    assert_eq!(same(&with(&[paid("2026-11-30", 1_000_000)])), 14_000);
    // Half of it on the 20th: four days of all, eleven of a half.
    assert_eq!(same(&with(&[paid("2026-11-20", 500_000)])), 9_500);
    // Two payments of one day are one.
    assert_eq!(same(&with(&[paid("2026-11-20", 200_000), paid("2026-11-20", 300_000)])), 9_500);
    // Paid ahead, and more than all.
    assert_eq!(same(&with(&[paid("2026-10-03", 400_000)])), 9_000);
    assert_eq!(same(&with(&[paid("2026-10-03", 4_000_000)])), 0);
    // Five days of grace.
    assert_eq!(one(PenaltyTerms { grace_days: 5, ..usual() }, person, &[october], nov), 10_000);
    // Another due day.
    assert_eq!(one(PenaltyTerms { due_day: 25, ..usual() }, person, &[october], nov), 5_000);
    // No rule, or one that has not begun: nothing.
    assert_eq!(month(&[], person, &[october], nov), 0);
    assert_eq!(one(since("2026-12-01"), person, &[october], nov), 0);
    assert_eq!(one(since("2026-12-01"), person, &[october], "2026-12-01"), 31_000);
    // A new edition from December on: twice the rate, or none at all.
    let twice = PenaltyTerms { person_rate: 2_000, ..since("2026-12-01") };
    let never = PenaltyTerms { person_rate: 0, ..since("2026-12-01") };
    assert_eq!(month(&[usual(), twice], person, &[october], "2026-12-01"), 62_000);
    assert_eq!(month(&[usual(), twice], person, &[october], nov), 15_000);
    assert_eq!(month(&[usual(), never], person, &[october], "2026-12-01"), 0);
    // Of two editions of one month the last counts.
    assert_eq!(month(&[usual(), PenaltyTerms { person_rate: 3_000, ..usual() }], person, &[october], nov), 45_000);
    // The oldest is paid first: September's half is late for thirty days, October's for fifteen.
    let halves = [moved(K::Charge, day("2026-09-30"), 500_000), moved(K::Charge, day("2026-10-31"), 500_000)];
    assert_eq!(same(&halves), 15_000 + 7_500);
    assert_eq!(same(&[&halves[..], &[paid("2026-11-01", 500_000)]].concat()), 7_500);
    // Never on penalties.
    assert_eq!(same(&with(&[moved(K::Penalty, day("2026-10-31"), 900_000)])), 15_000);
    // A refund brings the debt back from its day on.
    let refund = [paid("2026-11-10", 1_000_000), moved(K::Refund, day("2026-11-25"), 1_000_000)];
    assert_eq!(same(&with(&refund)), 6_000);
    // A charge that was taken back never was.
    assert_eq!(same(&with(&[moved(K::Charge, day("2026-10-31"), -1_000_000)])), 0);
    // Recalculations count from their day, and one that adds belongs to its month.
    assert_eq!(same(&with(&[moved(K::Correction, day("2026-11-01"), -200_000)])), 12_000);
    assert_eq!(same(&with(&[moved(K::Correction, day("2026-11-20"), -1_000_000)])), 4_000);
    assert_eq!(same(&with(&[moved(K::Correction, day("2026-10-10"), 200_000)])), 18_000);
    // What was owed, or paid ahead, when the company took over.
    assert_eq!(same(&[moved(K::Opening, day("2026-09-20"), 1_000_000)]), 30_000);
    assert_eq!(same(&with(&[moved(K::Opening, day("2026-09-20"), -300_000)])), 10_500);
    // Rounded down, once a line.
    assert_eq!(same(&[moved(K::Charge, day("2026-10-31"), 1)]), 0);
    assert_eq!(same(&[moved(K::Charge, day("2026-10-31"), 999)]), 14);
    // Half the debt at 0.4 % is reached after 125 days: on 20 March.
    assert_eq!(one(usual(), legal, &[october], "2027-03-01"), 80_000);
    assert_eq!(one(usual(), legal, &[october], "2027-04-01"), 0);
    // The last day before the cap costs what is left of it: 0.3 + 0.3 + 0.3 + 0.1 %.
    assert_eq!(one(PenaltyTerms { person_rate: 3_000, cap_bp: 100, ..usual() }, person, &[october], nov), 10_000);
    // The month itself is never late; across the turn of the year.
    assert_eq!(same(&[moved(K::Charge, day("2026-11-30"), 1_000_000)]), 0);
    assert_eq!(one(usual(), person, &[moved(K::Charge, day("2026-12-31"), 1_000_000)], "2027-01-01"), 16_000);
}

#[test]
fn a_line_shows_its_days() {
    let moves = [
        moved(K::Charge, day("2026-10-31"), 1_000_000),
        moved(K::Payment, day("2026-11-20"), -500_000),
        moved(K::Payment, day("2026-11-25"), -100),
        moved(K::Refund, day("2026-11-25"), 100),
    ];
    let found = lines(&[usual()], Payer::Person, &moves, day("2026-11-01"), day("2026-11-30"));
    let steps: Vec<_> = found[0].steps.iter().map(|s| (s.from, s.to, s.debt.tiyin(), s.rate, s.days())).collect();
    assert_eq!(
        steps,
        [
            (day("2026-11-16"), day("2026-11-19"), 1_000_000, 1_000, 4),
            (day("2026-11-20"), day("2026-11-30"), 500_000, 1_000, 11),
        ]
    );
    assert_eq!((found[0].month, found[0].capped), (day("2026-10-01"), None));
    let terms = PenaltyTerms { cap_bp: 100, ..usual() };
    let capped = lines(&[terms], Payer::Person, &moves[..1], day("2026-11-01"), day("2026-11-30"));
    assert_eq!((capped[0].capped, capped[0].amount.tiyin()), (Some(100), 10_000));
}

/// An account of a year: charges, payments, corrections, and penalties that must not matter.
fn account() -> impl Strategy<Value = Vec<Moved>> {
    let one = (0_u64..400, 0_u8..10, 1_i64..50_000_000).prop_map(|(n, what, amount)| {
        let on = day("2026-01-01") + Days::new(n);
        match what {
            0..=4 => moved(K::Charge, on, amount),
            5..=7 => moved(K::Payment, on, -amount),
            8 => moved(K::Correction, on, amount - 25_000_000),
            _ => moved(K::Opening, on, amount - 25_000_000),
        }
    });
    prop::collection::vec(one, 0..25)
}

fn terms() -> impl Strategy<Value = Vec<PenaltyTerms>> {
    let one = (0_u32..14, 1_i16..29, 0_i16..40, 0_i32..20_001, 0_i32..20_001, 0_i32..10_001).prop_map(
        |(month, due_day, grace_days, person_rate, legal_rate, cap_bp)| PenaltyTerms {
            since: day("2026-01-01") + chrono::Months::new(month),
            due_day,
            grace_days,
            person_rate,
            legal_rate,
            cap_bp,
        },
    );
    prop::collection::vec(one, 0..4).prop_map(|mut all| {
        all.sort_by_key(|t| t.since);
        all
    })
}

fn payer() -> impl Strategy<Value = Payer> {
    prop_oneof![Just(Payer::Person), Just(Payer::Legal)]
}

fn exact(lines: &[PenaltyLine]) -> i128 {
    let step = |s: &super::PenaltyStep| i128::from(s.debt.tiyin()) * i128::from(s.rate) * i128::from(s.days());
    lines.iter().flat_map(|line| &line.steps).map(step).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// All months of a debt together never cost more than the largest cap of what was charged.
    #[test]
    fn never_above_the_cap(moves in account(), terms in terms(), payer in payer()) {
        let found = lines(&terms, payer, &moves, day("2026-01-01"), day("2029-12-31"));
        let cap = terms.iter().map(|t| i128::from(t.cap_bp)).max().unwrap_or(0);
        for line in &found {
            let largest = line.steps.iter().map(|s| s.debt.tiyin()).max().unwrap();
            prop_assert!(i128::from(line.amount.tiyin()) * 10_000 <= i128::from(largest) * cap);
        }
    }

    /// Whatever was charged as a penalty, or forgiven of it, changes nothing.
    #[test]
    fn never_on_penalties(moves in account(), terms in terms(), payer in payer(), extra in prop::collection::vec((0_u64..400, -50_000_000_i64..50_000_000), 0..9)) {
        let (from, to) = (day("2026-01-01"), day("2027-06-30"));
        let more = extra.into_iter().map(|(n, amount)| moved(K::Penalty, day("2026-01-01") + Days::new(n), amount));
        let with: Vec<Moved> = moves.iter().copied().chain(more).collect();
        prop_assert_eq!(lines(&terms, payer, &moves, from, to), lines(&terms, payer, &with, from, to));
    }

    /// Days cost the same counted together or one span after the other; only rounding can take a tiyin a line.
    #[test]
    fn days_add_up(moves in account(), terms in terms(), payer in payer(), cut in 1_u64..500) {
        let (from, to) = (day("2026-01-01"), day("2027-06-30"));
        let middle = from + Days::new(cut);
        let whole = lines(&terms, payer, &moves, from, to);
        let (first, second) = (lines(&terms, payer, &moves, from, middle), lines(&terms, payer, &moves, middle + Days::new(1), to));
        // A span of less than a tiyin has no line: at most one less for each part and month.
        let parts = total(&first) + total(&second);
        let months = i64::try_from(moves.len()).unwrap();
        prop_assert!(parts <= total(&whole) && total(&whole) <= parts + 2 * months, "{} {}", parts, total(&whole));
        prop_assert!(exact(&first) + exact(&second) <= exact(&whole));
    }

    /// Who pays some days earlier, or pays more, never pays a higher penalty.
    #[test]
    fn paying_earlier_never_costs_more(moves in account(), terms in terms(), payer in payer(), earlier in 0_u64..90, more in 0_i64..1_000_000) {
        let (from, to) = (day("2026-01-01"), day("2027-06-30"));
        let sooner: Vec<Moved> = moves.iter().map(|m| match m.kind {
            K::Payment => Moved { amount: m.amount - more, ..moved(K::Payment, m.day - Days::new(earlier), m.amount) },
            _ => *m,
        }).collect();
        prop_assert!(total(&lines(&terms, payer, &sooner, from, to)) <= total(&lines(&terms, payer, &moves, from, to)));
    }

    /// A line counted again from its steps gives the same, and so does the whole in any order of its movements.
    #[test]
    fn counted_again_it_is_the_same(moves in account(), terms in terms(), payer in payer()) {
        let (from, to) = (day("2026-01-01"), day("2027-06-30"));
        let found = lines(&terms, payer, &moves, from, to);
        for line in &found {
            prop_assert_eq!(line.recount(), Some(line.amount));
        }
        let backwards: Vec<Moved> = moves.iter().rev().copied().collect();
        prop_assert_eq!(found, lines(&terms, payer, &backwards, from, to));
    }
}
