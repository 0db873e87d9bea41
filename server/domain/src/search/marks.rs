//! How well a text answers what was asked, and which of its letters do.

use model::{fold, search::Mark};

/// A word of a text: where it stands, and how it folds.
struct Word {
    start: usize,
    chars: Vec<char>,
    folded: String,
}

fn split(text: &str) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    let mut open = false;
    for (at, c) in text.chars().enumerate() {
        if !fold::is_part(c) {
            open = false;
        } else if open && let Some(word) = out.last_mut() {
            word.chars.push(c);
        } else {
            out.push(Word { start: at, chars: vec![c], folded: String::new() });
            open = true;
        }
    }
    for word in &mut out {
        word.folded = fold::words(&word.chars.iter().collect::<String>());
    }
    out.retain(|word| !word.folded.is_empty());
    out
}

fn mark(start: usize, end: usize) -> Option<Mark> {
    Some(Mark { start: u32::try_from(start).ok()?, end: u32::try_from(end).ok()? })
}

/// How near a stored word is to a typed one, in percent.
fn nearness(word: &str, token: &str) -> u32 {
    let (bones, sound) = (fold::skeleton(word), fold::skeleton(token));
    match () {
        () if word == token => 100,
        () if word.starts_with(token) => 75,
        () if token.starts_with(|c: char| c.is_ascii_digit()) => 0,
        () if sound.len() >= 2 && bones == sound => 65,
        () if sound.len() >= 3 && bones.starts_with(&sound) => 45,
        () => 0,
    }
}

/// How well `text` answers the words, 0 to 100. Words nothing answers to were slips of the finger.
pub(super) fn rate(text: &str, tokens: &[String]) -> u32 {
    let words = split(text);
    let mut total: u32 = 0;
    for token in tokens {
        // The last word of an address is the house: `12` means house 12 before quarter 12.
        let best = words.iter().enumerate().map(|(at, word)| {
            nearness(&word.folded, token) + u32::from(at + 1 == words.len() && word.folded == *token)
        });
        total += best.max().unwrap_or(0).max(10);
    }
    let count = u32::try_from(tokens.len().max(1)).unwrap_or(u32::MAX);
    let spare = u32::try_from(words.len().saturating_sub(tokens.len()).min(4)).unwrap_or(0);
    (total / count).saturating_sub(spare)
}

/// Whether the words name the house itself: the number an address ends with.
pub(super) fn names_the_end(address: &str, tokens: &[String]) -> bool {
    split(address).last().is_some_and(|last| tokens.contains(&last.folded))
}

/// The stretches of `text` that answer the words.
pub(super) fn of_words(text: &str, tokens: &[String]) -> Vec<Mark> {
    let mut out = Vec::new();
    for word in split(text) {
        let Some(token) = tokens.iter().max_by_key(|token| nearness(&word.folded, token)) else { continue };
        let near = nearness(&word.folded, token);
        if near == 0 {
            continue;
        }
        let length = if word.folded.starts_with(token.as_str()) {
            // The shortest beginning that already says all that was typed.
            (1..=word.chars.len())
                .find(|n| fold::words(&word.chars[..*n].iter().collect::<String>()).starts_with(token.as_str()))
                .unwrap_or(word.chars.len())
        } else {
            word.chars.len()
        };
        out.extend(mark(word.start, word.start + length));
    }
    out
}

/// The stretch whose digits are the piece of a number.
pub(super) fn of_digits(text: &str, piece: &str) -> Vec<Mark> {
    let digits: Vec<(usize, char)> = text.chars().enumerate().filter(|(_, c)| c.is_ascii_digit()).collect();
    let all: String = digits.iter().map(|(_, c)| *c).collect();
    // Digits are one byte each, so the place in the text is the place in the list.
    let Some(at) = all.find(piece).filter(|_| !piece.is_empty()) else { return Vec::new() };
    mark(digits[at].0, digits[at + piece.len() - 1].0 + 1).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::search::pieces;
    use proptest::prelude::*;

    fn marked(text: &str, asked: &str) -> String {
        let tokens: Vec<String> = fold::words(asked).split(' ').map(str::to_owned).collect();
        pieces(text, &of_words(text, &tokens))
            .into_iter()
            .map(|(on, piece)| if on { format!("[{piece}]") } else { piece })
            .collect()
    }

    #[test]
    fn what_was_typed_is_marked() {
        assert_eq!(marked("Oʻktamov Ўктам", "укт"), "[Oʻktamov] [Ўктам]");
        assert_eq!(marked("Oʻktamov Ўктам", "okt"), "[Oʻkt]amov [Ўкт]ам");
        assert_eq!(marked("Shahnoza", "шах"), "[Shah]noza");
        assert_eq!(marked("Навои 12, №45", "navoi 45"), "[Навои] 12, №[45]");
        let phone = "+998 90 123-45-67";
        assert_eq!(pieces(phone, &of_digits(phone, "2345"))[1], (true, "23-45".to_owned()));
    }

    #[test]
    fn the_nearest_is_rated_highest() {
        let rate = |text: &str, asked: &str| super::rate(text, &[asked.to_owned()]);
        assert!(rate("Ким Анна", "kim") > rate("Кимов Анна", "kim"));
        assert!(rate("Амир", "amir") > rate("Умар", "amir"));
        assert!(rate("Навои 12", "12") > rate("Чиланзар 12-й квартал, 4", "12"));
    }

    proptest! {
        #[test]
        fn marks_stay_inside(text in ".{0,40}", asked in "[a-zа-яʻ0-9 ]{0,12}") {
            let tokens: Vec<String> = fold::words(&asked).split(' ').map(str::to_owned).collect();
            let length = u32::try_from(text.chars().count()).unwrap();
            for mark in of_words(&text, &tokens).into_iter().chain(of_digits(&text, "1")) {
                prop_assert!(mark.start < mark.end && mark.end <= length);
            }
            prop_assert!(super::rate(&text, &tokens) <= 101);
        }
    }
}
