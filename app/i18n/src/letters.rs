//! Letters to debtors: what each is called, and sums written out in words.

use crate::{Locale, td_string};
use model::{Money, billing::ReminderKind};

/// The title of a letter.
pub fn title(l: Locale, kind: ReminderKind) -> &'static str {
    match kind {
        ReminderKind::Message | ReminderKind::Letter => td_string!(l, letters.title_letter),
        ReminderKind::PreClaim => td_string!(l, letters.title_pre_claim),
        ReminderKind::Claim => td_string!(l, letters.title_claim),
    }
}

/// A sum above zero in words, its tiyin in digits: nobody adds a figure to it by hand.
pub fn spelled(l: Locale, sum: Money) -> String {
    let (soum, tiyin) = (sum.tiyin().unsigned_abs() / 100, sum.tiyin().unsigned_abs() % 100);
    let words = number(l, soum);
    let mut letters = words.chars();
    let words: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    td_string!(l, letters.n_soum, words = words, tiyin = format!("{tiyin:02}")).to_string()
}

/// One of the words of a list; those that belong together are joined by `_`.
fn nth(list: &str, at: u64) -> String {
    let word = usize::try_from(at).ok().and_then(|at| list.split(' ').nth(at));
    word.unwrap_or_default().replace('_', " ")
}

fn number(l: Locale, n: u64) -> String {
    if n == 0 {
        return nth(td_string!(l, letters.n_units), 0);
    }
    let scales = [
        (1_000_000_000_000_000, td_string!(l, letters.n_quadrillion)),
        (1_000_000_000_000, td_string!(l, letters.n_trillion)),
        (1_000_000_000, td_string!(l, letters.n_billion)),
        (1_000_000, td_string!(l, letters.n_million)),
        (1_000, td_string!(l, letters.n_thousand)),
    ];
    let (mut rest, mut words) = (n, Vec::new());
    for (size, name) in scales {
        let group = rest / size;
        rest %= size;
        if group > 0 {
            // A thousand is a woman in Russian, and nothing else is.
            below_thousand(l, group, size == 1_000, &mut words);
            words.push(nth(name, form(group)));
        }
    }
    below_thousand(l, rest, false, &mut words);
    words.join(" ")
}

fn below_thousand(l: Locale, n: u64, feminine: bool, words: &mut Vec<String>) {
    let (hundreds, rest) = (n / 100, n % 100);
    if hundreds > 0 {
        words.push(nth(td_string!(l, letters.n_hundreds), hundreds - 1));
    }
    let (tens, units) = if rest >= 20 { (rest / 10, rest % 10) } else { (0, rest) };
    let list = if feminine && units <= 2 { td_string!(l, letters.n_units_f) } else { td_string!(l, letters.n_units) };
    let tens = (tens > 0).then(|| nth(td_string!(l, letters.n_tens), tens - 2));
    let units = (units > 0).then(|| nth(list, units));
    match (tens, units) {
        (Some(tens), Some(units)) => words.push(td_string!(l, letters.n_joint, tens = tens, units = units).to_string()),
        (tens, units) => words.extend(tens.or(units)),
    }
}

/// Which of the three forms of a word follows a number.
const fn form(n: u64) -> u64 {
    match (n % 100, n % 10) {
        (11..=14, _) => 2,
        (_, 1) => 0,
        (_, 2..=4) => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_written_out() {
        let say = |l, tiyin| spelled(l, Money::from_tiyin(tiyin));
        for (tiyin, ru, uz, en) in [
            (0, "Ноль сум 00 тийин", "Nol soʻm 00 tiyin", "Zero soʻm 00 tiyin"),
            (
                12_345_605,
                "Сто двадцать три тысячи четыреста пятьдесят шесть сум 05 тийин",
                "Bir yuz yigirma uch ming toʻrt yuz ellik olti soʻm 05 tiyin",
                "One hundred twenty-three thousand four hundred fifty-six soʻm 05 tiyin",
            ),
            (
                211_200_100,
                "Два миллиона сто двенадцать тысяч один сум 00 тийин",
                "Ikki million bir yuz oʻn ikki ming bir soʻm 00 tiyin",
                "Two million one hundred twelve thousand one soʻm 00 tiyin",
            ),
            (
                100_002_101_100,
                "Один миллиард двадцать одна тысяча одиннадцать сум 00 тийин",
                "Bir milliard yigirma bir ming oʻn bir soʻm 00 tiyin",
                "One billion twenty-one thousand eleven soʻm 00 tiyin",
            ),
        ] {
            assert_eq!([say(Locale::ru, tiyin), say(Locale::uz, tiyin), say(Locale::en, tiyin)], [ru, uz, en]);
        }
        for l in [Locale::ru, Locale::uz, Locale::en] {
            // As much as a sum can hold: every list has all its words.
            for tiyin in [i64::MAX, 99_999_999_999_999_999, 1_900_000] {
                assert!(!say(l, tiyin).contains("  "), "{}", say(l, tiyin));
            }
        }
    }
}
