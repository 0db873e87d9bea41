//! What in the words of a payment may be the number of a personal account. Pure: the database says which of them are.

use crate::imports::fold;
use std::collections::BTreeMap;

/// A piece of the purpose that may be a number of an account or a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub text: String,
    /// Words before it say that it is one: `л/с`, `лицевой счёт`, `hisob raqami`.
    pub marked: bool,
}

/// Numbers without such words are believed from this length on: shorter ones are flats, months and contracts.
pub(super) const LONG: usize = 6;
/// More pieces than any purpose has.
const MOST: usize = 300;
/// Groups of digits that may be one number written with gaps.
const GROUPS: usize = 5;

/// Folded words that mean a personal account.
const MARKS: &[&str] = &[
    "ls",
    "l s",
    "lits",
    "lits schet",
    "lits schyot",
    "lits scheta",
    "litsevoy",
    "litsevoy schet",
    "litsevoy schyot",
    "litsevogo scheta",
    "litsevogo schyota",
    "litsevomu schetu",
    "litsevomu schyotu",
    "hisob",
    "hisobi",
    "hisob raqam",
    "hisob raqami",
    "hisobvaraq",
    "hisobvarag",
    "shaxsiy hisob",
    "h r",
    "x r",
    "sh h",
    "account",
    "acc",
];
/// Folded words that stand between the mark and the number.
const FILLERS: &[&str] = &["n", "no", "nomer", "nomeri", "raqam", "raqami", "raqamli", "number"];

/// A run of characters of one kind.
#[derive(Debug)]
struct Piece<'a> {
    text: &'a str,
    /// Where it begins in the purpose.
    at: usize,
}

/// Every piece that may be a number, the marked ones first. `sum` in tiyin is no account, whatever it looks like.
pub(super) fn candidates(purpose: &str, sum: i64) -> Vec<Candidate> {
    let mut found: BTreeMap<String, bool> = BTreeMap::new();
    let mut add = |text: String, marked: bool| {
        if (1..=30).contains(&text.chars().count()) && (marked || !is_sum(&text, sum)) && found.len() < MOST {
            let known = found.entry(text).or_default();
            *known = *known || marked;
        }
    };
    for chain in chains(purpose) {
        let marked = chain.first().is_some_and(|first| is_marked(purpose.get(..first.at).unwrap_or_default()));
        for from in 0..chain.len() {
            let mut joined = String::new();
            for piece in chain.iter().skip(from).take(GROUPS) {
                joined.push_str(piece.text);
                add(joined.clone(), marked && from == 0);
            }
        }
    }
    // Numbers with letters in them: of bills, and of accounts where a company makes such.
    for piece in split(purpose, |c| c.is_alphanumeric() || matches!(c, '-' | '/' | '_')) {
        let word = piece.text.trim_matches(|c: char| !c.is_alphanumeric());
        let mixed = word.chars().any(|c| c.is_ascii_digit()) && word.chars().any(|c| !c.is_ascii_digit());
        if mixed && !is_date(word) {
            let marked = is_marked(purpose.get(..piece.at).unwrap_or_default());
            add(word.to_owned(), marked);
            add(word.to_uppercase(), marked);
        }
    }
    let mut all: Vec<Candidate> = found.into_iter().map(|(text, marked)| Candidate { text, marked }).collect();
    all.sort_by_key(|candidate| !candidate.marked);
    all
}

/// The sum of the payment in soʻm or tiyin.
fn is_sum(text: &str, sum: i64) -> bool {
    text.parse::<i64>().is_ok_and(|n| n == sum || n.checked_mul(100) == Some(sum))
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), '\0')]) {
        match (belongs(c) && at < text.len(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                pieces.push(Piece { text: text.get(from..at).unwrap_or_default(), at: from });
                start = None;
            }
            _ => {}
        }
    }
    pieces
}

/// Groups of digits with one gap or hyphen between them. Days and sums with kopecks part chains.
fn chains(purpose: &str) -> Vec<Vec<Piece<'_>>> {
    let mut chains: Vec<Vec<Piece<'_>>> = Vec::new();
    let mut end = usize::MAX;
    for piece in split(purpose, |c| c.is_ascii_digit() || matches!(c, '.' | ',' | '/' | ':')) {
        let text = piece.text.trim_matches(|c: char| !c.is_ascii_digit());
        let shift = piece.text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
        if text.is_empty() {
            end = usize::MAX;
            continue;
        }
        let at = piece.at + shift;
        if text.chars().any(|c| !c.is_ascii_digit()) {
            end = usize::MAX;
            // `л/с:0104500123,кв.12` are numbers beside each other; days and sums are none.
            if !is_date(text) && !is_decimal(text) {
                let mut offset = at;
                for part in text.split(|c: char| !c.is_ascii_digit()) {
                    if !part.is_empty() {
                        chains.push(vec![Piece { text: part, at: offset }]);
                    }
                    offset += part.len() + 1;
                }
            }
            continue;
        }
        let gap = purpose.get(end..at).unwrap_or("…");
        let joins = matches!(gap, " " | "-" | "\u{a0}" | "\u{202f}" | "–");
        match chains.last_mut() {
            Some(chain) if joins => chain.push(Piece { text, at }),
            _ => chains.push(vec![Piece { text, at }]),
        }
        end = if piece.text.ends_with(|c: char| c.is_ascii_digit()) { at + text.len() } else { usize::MAX };
    }
    chains
}

/// `12.05.2026`, `05/26`, `2026-05-12`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['.', '/', '-']).collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|p| matches!(p.len(), 1 | 2 | 4) && p.bytes().all(|b| b.is_ascii_digit()))
}

/// `150000.00`, `150,5`.
fn is_decimal(text: &str) -> bool {
    text.rsplit_once(['.', ',']).is_some_and(|(_, tail)| (1..=2).contains(&tail.len()))
}

/// Whether the words before a number end with one that means an account.
fn is_marked(before: &str) -> bool {
    let from = before.char_indices().rev().nth(59).map_or(0, |(at, _)| at);
    // A sign for "number" is no word of its own.
    let tail = fold(&before.get(from..).unwrap_or_default().replace(['№', '#'], " "));
    let ends = |words: &str| MARKS.iter().any(|mark| words == *mark || words.ends_with(&format!(" {mark}")));
    if ends(&tail) {
        return true;
    }
    let less = tail.rsplit_once(' ').filter(|(_, last)| FILLERS.contains(last)).map(|(rest, _)| rest);
    less.is_some_and(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(purpose: &str) -> Vec<String> {
        candidates(purpose, 15_000_000).into_iter().filter(|c| c.marked).map(|c| c.text).collect()
    }

    fn has(purpose: &str, text: &str) -> bool {
        candidates(purpose, 15_000_000).iter().any(|c| c.text == text)
    }

    #[test]
    fn numbers_are_found_behind_their_words() {
        for purpose in [
            "Оплата коммунальных услуг л/с 0104500123 за май",
            "Лицевой счёт № 0104500123",
            "лицевой счет:0104500123",
            "ЛС0104500123",
            "л/с №0104500123,кв.12",
            "за лиц. счёт N 0104500123",
            "Kommunal toʻlov, hisob raqami: 0104500123",
            "shaxsiy hisobvaraq 0104500123 uchun",
            "ш/ҳ №0104500123",
            "account 0104500123",
            "л/с 01 045 00123, ул. Навои 12",
            "л/с 01-045-00123",
        ] {
            assert!(marked(purpose).contains(&"0104500123".to_owned()), "{purpose}: {:?}", candidates(purpose, 0));
        }
    }

    #[test]
    fn a_number_without_words_is_found_too() {
        assert!(has("0104500123", "0104500123"));
        assert!(has("оплата 01 045 00123 май", "0104500123"));
        assert!(has("Счёт B100123 от 12.05.2026", "B100123"));
        assert!(has("по счёту b100123", "B100123"));
        assert!(marked("оплата 0104500123 за кв 12").is_empty());
    }

    #[test]
    fn days_sums_and_the_sum_itself_are_no_accounts() {
        let purpose = "Оплата за 05.2026 по договору от 12.05.2026 сумма 150000.00, в т.ч. НДС 150 000,00";
        let all = candidates(purpose, 15_000_000);
        assert!(all.iter().all(|c| c.text != "150000" && c.text != "12052026" && c.text != "052026"), "{all:?}");
        assert!(!has("внесено 150000 сум", "150000"));
        // Said to be one, it is.
        assert!(has("л/с 150000", "150000"));
    }

    proptest! {
        #[test]
        fn nothing_panics_and_little_comes_out(purpose in ".{0,300}", sum in any::<i64>()) {
            let all = candidates(&purpose, sum);
            prop_assert!(all.len() <= MOST);
            prop_assert!(all.iter().all(|c| (1..=30).contains(&c.text.chars().count())));
        }

        #[test]
        fn any_number_with_its_word_is_found(digits in "[0-9]{4,20}", before in "[а-я ]{0,20}", after in "[ а-я]{0,20}") {
            let purpose = format!("{before} л/с № {digits} {after}");
            let wanted = Candidate { text: digits, marked: true };
            prop_assert!(candidates(&purpose, 1).contains(&wanted));
        }

        #[test]
        fn gaps_do_not_hide_a_number(groups in proptest::collection::vec("[0-9]{2,5}", 2..5)) {
            let purpose = format!("лицевой счет {}", groups.join(" "));
            let wanted = Candidate { text: groups.concat(), marked: true };
            prop_assert!(candidates(&purpose, 1).contains(&wanted));
        }
    }
}
