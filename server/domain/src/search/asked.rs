//! What a person meant by the words in the search box, and the patterns that find it. Pure.

use model::fold;

/// More than this nobody types; the rest is not looked at.
const LONGEST: usize = 100;
const FLAT: [&str; 8] = ["kv", "kvartira", "kvartiri", "hona", "honadon", "honadoni", "flat", "apt"];
/// Words of addresses that tell no house from another.
const FILLERS: [&str; 15] = [
    "dom", "d", "ul", "ulitsa", "uy", "uyi", "kocha", "kochasi", "massiv", "street", "house", "g", "tashkent",
    "toshkent", "y",
];

/// A search as understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Folded words.
    pub tokens: Vec<String>,
    /// All digits, when nothing but a number was typed.
    pub digits: Option<String>,
    /// `#1234` means a request and nothing else.
    pub only_requests: bool,
    /// Address words and the number of a flat.
    pub flat: Option<(Vec<String>, String)>,
}

impl Asked {
    pub fn read(text: &str) -> Self {
        let text: String = text.trim().chars().take(LONGEST).collect();
        let only_requests = text.starts_with(['#', '№']) && text.chars().any(|c| c.is_ascii_digit());
        let tokens: Vec<String> = fold::words(&text).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
        let letters = tokens.iter().any(|token| is_name(token));
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let digits =
            Some(digits).filter(|digits| !letters && !digits.is_empty() && tokens.iter().all(|t| is_number(t)));
        let flat = flat(&tokens);
        Self { tokens, digits, only_requests, flat }
    }

    /// The number of a request.
    pub fn number(&self) -> Option<i64> {
        self.digits.as_deref().filter(|d| d.len() <= 12).and_then(|d| d.parse().ok()).filter(|n| *n > 0)
    }

    /// A piece of a telephone number.
    pub fn phone(&self) -> Option<&str> {
        self.digits.as_deref().filter(|d| (3..=12).contains(&d.len()))
    }

    /// A name, perhaps with a piece of the phone: `Каримов 4567`.
    pub fn name(&self) -> Option<(Vec<String>, Option<&str>)> {
        let (names, numbers): (Vec<&String>, Vec<&String>) = self.tokens.iter().partition(|t| is_name(t));
        let phone = match numbers.as_slice() {
            [] => None,
            [piece] if piece.len() >= 3 && is_number(piece) => Some(piece.as_str()),
            _ => return None,
        };
        (!names.is_empty()).then(|| (names.into_iter().cloned().collect(), phone))
    }

    /// Words of an address without what all addresses say.
    pub fn address(&self) -> Vec<String> {
        telling(&self.tokens)
    }

    /// Something that may be an account: few letters, at least three digits.
    pub fn account(&self) -> Option<String> {
        let all = self.tokens.join(" ");
        let (digits, letters) = all.chars().filter(|c| *c != ' ').fold((0, 0), |(digits, letters), c| {
            if c.is_ascii_digit() { (digits + 1, letters) } else { (digits, letters + 1) }
        });
        (digits >= 3 && letters <= 4 && self.tokens.len() <= 4).then_some(all)
    }

    /// Too short to mean anything.
    pub fn is_empty(&self) -> bool {
        self.tokens.iter().map(String::len).sum::<usize>() < 2 && self.digits.is_none()
    }
}

fn is_number(token: &str) -> bool {
    token.bytes().all(|b| b.is_ascii_digit())
}

/// Words of letters only.
fn is_name(token: &str) -> bool {
    token.bytes().all(|b| b.is_ascii_alphabetic())
}

fn is_flat_word(token: &str) -> bool {
    FLAT.contains(&token)
}

fn telling(tokens: &[String]) -> Vec<String> {
    let told: Vec<String> = tokens.iter().filter(|t| !FILLERS.contains(&t.as_str())).cloned().collect();
    if told.is_empty() { tokens.to_vec() } else { told }
}

/// Address words without what all addresses say, and every way to read a flat's number out of them, each with the address
/// words that are left: none of them where there is a number alone.
pub(crate) fn places(text: &str) -> (Vec<String>, Vec<(Vec<String>, String)>) {
    let tokens: Vec<String> = fold::words(text).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
    let mut flats: Vec<(Vec<String>, String)> = split(&tokens).into_iter().collect();
    // Shops and parking places: `М3`, `П-3`.
    if let Some((last, head)) = tokens.split_last()
        && last.bytes().any(|b| b.is_ascii_digit())
    {
        if !starts_number(last) {
            flats.push((head.to_vec(), last.clone()));
        } else if let Some((letter, head)) = head.split_last()
            && letter.len() <= 2
            && is_name(letter)
            && !is_flat_word(letter)
            && !FILLERS.contains(&letter.as_str())
        {
            flats.push((head.to_vec(), format!("{letter}{last}")));
        }
    }
    let flats = flats.into_iter().map(|(head, number)| (telling(&head), number)).collect();
    (telling(&tokens), flats)
}

/// `navoi 12 kv 45`, `12 45`, `navoi 12a 45`, `kv45 navoi 12`, `12 uy 45 honadon`.
fn flat(tokens: &[String]) -> Option<(Vec<String>, String)> {
    split(tokens).filter(|(address, _)| !address.is_empty()).map(|(address, number)| (telling(&address), number))
}

/// The words of an address, perhaps none, and the flat's number.
fn split(tokens: &[String]) -> Option<(Vec<String>, String)> {
    let mut parts: Vec<String> = Vec::new();
    for token in tokens {
        let glued = FLAT.iter().find_map(|word| token.strip_prefix(word).filter(|rest| starts_number(rest)));
        let letter = token.len() == 1 && is_name(token);
        match (glued, parts.last_mut()) {
            (Some(rest), _) => parts.extend(["kv".to_owned(), rest.to_owned()]),
            // `12-а` is one number, `16-й квартал` is not.
            (None, Some(last)) if letter && token != "y" && token != "d" && is_number(last) => last.push_str(token),
            _ => parts.push(token.clone()),
        }
    }
    let marked = parts.iter().position(|part| is_flat_word(part));
    let at = match marked {
        Some(at) if parts.get(at + 1).is_some_and(|next| starts_number(next)) => at + 1,
        Some(at) if at > 0 && starts_number(&parts[at - 1]) => at - 1,
        Some(_) => return None,
        None => parts.len().checked_sub(1).filter(|at| starts_number(&parts[*at]))?,
    };
    let number = parts.remove(at);
    parts.retain(|part| !is_flat_word(part));
    Some((parts, number))
}

fn starts_number(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_digit())
}

/// How far the stored words may be from the typed ones; each level is tried when the ones before found too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// The very words.
    Whole,
    /// Words that begin so.
    Begun,
    /// Words that sound so.
    Bones,
    /// One word with a slip of the finger.
    Slip,
}

/// The arguments of `search_ids`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Patterns {
    pub first: Vec<String>,
    pub second: String,
    pub others: Vec<String>,
}

/// The patterns of a level: one set, for slips one for each word that may have slipped.
pub(super) fn patterns(tokens: &[String], level: Level) -> Vec<Patterns> {
    let like = |level: Level| -> Vec<String> { tokens.iter().map(|token| pattern(token, level)).collect() };
    if level != Level::Slip {
        let mut all = like(level);
        // The longest is the rarest: the index looks for it first.
        all.sort_by_key(|pattern| std::cmp::Reverse(pattern.len()));
        return all.split_first().map(|(first, rest)| set(vec![first.clone()], rest)).into_iter().collect();
    }
    let rest = like(Level::Bones);
    tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| is_name(token))
        .map(|(at, token)| (at, slips(&fold::skeleton(token))))
        .filter(|(_, slips)| !slips.is_empty())
        .map(|(at, slips)| {
            let mut others: Vec<String> =
                rest.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, p)| p.clone()).collect();
            others.sort_by_key(|pattern| std::cmp::Reverse(pattern.len()));
            set(slips, &others)
        })
        .collect()
}

fn set(first: Vec<String>, rest: &[String]) -> Patterns {
    let (second, others) =
        rest.split_first().map_or(("%".to_owned(), Vec::new()), |(second, others)| (second.clone(), others.to_vec()));
    Patterns { first, second, others }
}

/// Folded words are letters and digits only, so nothing needs escaping.
fn pattern(token: &str, level: Level) -> String {
    let bones = fold::skeleton(token);
    match level {
        // A house number is that number, not one that begins with it.
        _ if starts_number(token) => match token.strip_suffix(|c: char| c.is_ascii_lowercase()) {
            // `21а` is kept as `21-а`, too.
            Some(number) => format!("% {number}%{} %", &token[number.len()..]),
            None => format!("% {token} %"),
        },
        Level::Whole => format!("% {token} %"),
        Level::Begun => format!("% {token}%"),
        // One vowel sounds like any other, two letters like too much.
        _ if bones.len() < 2 => format!("% {token} %"),
        _ if bones.len() < 3 => format!("% q{bones} %"),
        _ => format!("% q{bones}%"),
    }
}

/// A word as it would be with one consonant wrong, missing, too much or swapped with its neighbour.
fn slips(bones: &str) -> Vec<String> {
    let letters: Vec<char> = bones.chars().collect();
    if letters.len() < 4 {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut add = |letters: Vec<char>| {
        // Whatever was joined by the slip folds as it would have been written.
        let word = fold::skeleton(&letters.into_iter().collect::<String>());
        if word.len() >= 3 {
            out.push(format!("% q{word}%"));
        }
    };
    for at in 0..letters.len() {
        let mut wrong = letters.clone();
        if letters[at] == 'a' {
            // A consonant fell out between two vowels.
            wrong.splice(at..=at, ['a', '_', 'a']);
        } else {
            wrong[at] = '_';
            let mut extra = letters.clone();
            extra.remove(at);
            add(extra);
            // One Russian letter is two of ours.
            if matches!(letters.get(at..at + 2), Some(['s' | 'c', 'h'])) {
                let mut extra = letters.clone();
                extra.drain(at..at + 2);
                add(extra);
            }
        }
        add(wrong);
        let mut missing = letters.clone();
        missing.insert(at, '_');
        add(missing);
        if at + 1 < letters.len() {
            let mut swapped = letters.clone();
            swapped.swap(at, at + 1);
            add(swapped);
        }
        // Каримов, Камиров: neighbours among the consonants.
        if at + 2 < letters.len() && letters[at + 1] == 'a' && letters[at] != 'a' {
            let mut swapped = letters.clone();
            swapped.swap(at, at + 2);
            add(swapped);
        }
    }
    out.sort();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn flats_are_understood() {
        for (text, address, number) in [
            ("Навои 12 кв 45", "navoi 12", "45"),
            ("navoi 12 45", "navoi 12", "45"),
            ("12-45", "12", "45"),
            ("Навои 12/45", "navoi 12", "45"),
            ("кв45 Навои 12", "navoi 12", "45"),
            ("Навои 12, кв. 45а", "navoi 12", "45a"),
            ("ул. Навои, дом 12-а, кв. 45-б", "navoi 12a", "45b"),
            ("Navoiy 12-uy 45-xonadon", "navoiy 12", "45"),
            ("Юнусабад 4, дом 7, №12", "yunusabad 4 7", "12"),
        ] {
            let (words, flat) = Asked::read(text).flat.unwrap_or_else(|| panic!("{text}"));
            assert_eq!((words.join(" ").as_str(), flat.as_str()), (address, number), "{text}");
        }
        assert_eq!(Asked::read("Навои").flat, None);
        assert_eq!(Asked::read("45").flat, None);
    }

    #[test]
    fn places_are_read_in_every_way() {
        for (text, wanted) in [
            ("45", vec![("", "45")]),
            ("Навои 12 кв 45", vec![("navoi 12", "45")]),
            ("Навои 12, №М3", vec![("navoi 12", "m3")]),
            ("Навои 12, П-3", vec![("navoi 12p", "3"), ("navoi 12", "p3")]),
            ("ул. Навои, дом 12-а", vec![("navoi", "12a")]),
            ("Навои", vec![]),
        ] {
            let (_, flats) = places(text);
            let read: Vec<(String, String)> =
                flats.into_iter().map(|(head, number)| (head.join(" "), number)).collect();
            let wanted: Vec<(String, String)> = wanted.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
            assert_eq!(read, wanted, "{text}");
        }
        assert_eq!(places("дом 12, ул. Навои").0, ["12", "navoi"]);
        assert_eq!(places("…"), (Vec::new(), Vec::new()));
    }

    #[test]
    fn numbers_are_understood() {
        let asked = Asked::read("#1234");
        assert!(asked.only_requests && asked.number() == Some(1234));
        assert_eq!(Asked::read("№ 77").number(), Some(77));
        assert_eq!(Asked::read("+998 (90) 123-45").phone(), Some("9989012345"));
        assert_eq!(Asked::read("12").phone(), None);
        assert_eq!(Asked::read("Каримов 4567").name(), Some((vec!["karimov".to_owned()], Some("4567"))));
        assert_eq!(Asked::read("Навои 12").name(), None);
        assert_eq!(Asked::read("ЛС-00123").account().as_deref(), Some("ls 00123"));
        assert_eq!(Asked::read("Навои 123").account(), None);
        assert!(Asked::read("я").tokens == ["ya"] && Asked::read("й").is_empty() && Asked::read("…").is_empty());
    }

    #[test]
    fn slips_hold_the_right_word() {
        for (typed, meant) in [
            ("karamaf", "karamav"),
            ("kamav", "karamav"),
            ("amadav", "ahmadav"),
            ("kamarav", "karamav"),
            ("karmav", "karamav"),
        ] {
            let hit = slips(typed).iter().any(|pattern| {
                let body: Vec<char> = pattern.trim_start_matches("% q").trim_end_matches('%').chars().collect();
                let word: Vec<char> = meant.chars().collect();
                body.len() <= word.len() && body.iter().zip(&word).all(|(p, c)| p == c || *p == '_')
            });
            assert!(hit, "{typed} {meant} {:?}", slips(typed));
        }
        assert!(slips("aba").is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,120}") {
            let asked = Asked::read(&text);
            for level in [Level::Whole, Level::Begun, Level::Bones, Level::Slip] {
                for set in patterns(&asked.tokens, level) {
                    let all = set.first.iter().chain(&set.others).chain([&set.second]);
                    prop_assert!(all.into_iter().all(|p| p.chars().all(|c| c.is_ascii_alphanumeric() || "% _".contains(c))));
                }
            }
            let _ = (asked.name(), asked.account(), asked.address(), asked.number(), asked.phone().is_some());
        }
    }
}
