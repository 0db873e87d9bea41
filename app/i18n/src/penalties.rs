//! Penalties in words: how a line was counted, step by step.

use crate::{Locale, billing, td_string};
use model::{
    Money,
    billing::{Payer, PenaltyLine, PenaltyStep},
};

pub fn payer(l: Locale, payer: Payer) -> &'static str {
    match payer {
        Payer::Person => td_string!(l, debts.payer_person),
        Payer::Legal => td_string!(l, debts.payer_legal),
    }
}

/// A rate kept in hundredths of a basis point, as percent: `0,1`.
pub fn rate(l: Locale, units: i32) -> String {
    let (whole, rest) = (units / 10_000, units % 10_000);
    let rest = format!("{rest:04}");
    let rest = rest.trim_end_matches('0');
    let mark = if matches!(l, Locale::en) { '.' } else { ',' };
    if rest.is_empty() { whole.to_string() } else { format!("{whole}{mark}{rest}") }
}

/// The arithmetic of a line, as one would write it by hand.
pub fn explain(l: Locale, line: &PenaltyLine) -> String {
    let step = |s: &PenaltyStep| {
        let (from, to) = (billing::day(s.from), billing::day(s.to));
        let (debt, days) = (s.debt.to_string(), s.days().to_string());
        td_string!(l, debts.x_step, debt = debt, rate = rate(l, s.rate), days = days, from = from, to = to).to_string()
    };
    let steps: Vec<String> = line.steps.iter().map(step).collect();
    let mut text = td_string!(l, debts.x_month, month = billing::month(l, line.month)).to_string();
    text.push_str(&steps.join(" + "));
    text.push_str(&td_string!(l, debts.x_is, sum = line.amount.to_string()).to_string());
    if !whole(line) {
        text.push_str(td_string!(l, debts.x_rounded));
    }
    if let Some(cap) = line.capped {
        text.push_str(&td_string!(l, debts.x_capped, cap = billing::percent(l, cap)).to_string());
    }
    text
}

/// Nothing was cut off.
fn whole(line: &PenaltyLine) -> bool {
    let exact = |s: &PenaltyStep| i128::from(s.debt.tiyin()) * i128::from(s.rate) * i128::from(s.days());
    let sum: i128 = line.steps.iter().map(exact).sum();
    sum == i128::from(line.amount.tiyin()) * 1_000_000
}

/// All lines, each on its own.
pub fn explain_all(l: Locale, lines: &[PenaltyLine]) -> Vec<(Money, String)> {
    lines.iter().map(|line| (line.amount, explain(l, line))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(capped: Option<i32>) -> PenaltyLine {
        let step = |from: &str, to: &str, debt| PenaltyStep {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            debt: Money::from_tiyin(debt),
            rate: 1_000,
        };
        let steps = vec![step("2026-11-16", "2026-11-19", 1_000_000), step("2026-11-20", "2026-11-30", 500_000)];
        let line = PenaltyLine { month: "2026-10-01".parse().unwrap(), steps, capped, amount: Money::ZERO };
        PenaltyLine { amount: line.recount().unwrap(), ..line }
    }

    #[test]
    fn the_arithmetic_reads_as_by_hand() {
        let say = |l, line: &PenaltyLine| explain(l, line).replace('\u{202f}', " ");
        assert_eq!(
            say(Locale::ru, &line(None)),
            "октябрь 2026: 10 000 сум × 0,1 % × 4 дн. (16.11.2026 – 19.11.2026) + 5 000 сум × 0,1 % × 11 дн. \
             (20.11.2026 – 30.11.2026) = 95 сум"
        );
        assert!(say(Locale::uz, &line(Some(5_000))).ends_with("= 95 soʻm; qarzning 50 % chegarasiga yetdi"));
        assert!(say(Locale::en, &line(None)).starts_with("October 2026: 10 000 soʻm × 0.1 % × 4 days"));
        assert_eq!([1, 1_000, 4_050, 20_000].map(|units| rate(Locale::en, units)), ["0.0001", "0.1", "0.405", "2"]);
    }

    #[test]
    fn what_is_cut_off_is_said() {
        let mut odd = line(None);
        odd.steps[0].debt = Money::from_tiyin(1_000_001);
        odd.amount = odd.recount().unwrap();
        assert!(explain(Locale::ru, &odd).ends_with(", округлено вниз"));
    }
}
