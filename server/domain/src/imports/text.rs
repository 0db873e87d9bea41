//! Texts from spreadsheets in one spelling: mixed alphabets, marks, spaces.

/// Latin letters that people type for the Cyrillic ones beside them.
const ALIKE: [(char, char); 21] = [
    ('A', 'А'),
    ('B', 'В'),
    ('C', 'С'),
    ('E', 'Е'),
    ('H', 'Н'),
    ('K', 'К'),
    ('M', 'М'),
    ('O', 'О'),
    ('P', 'Р'),
    ('T', 'Т'),
    ('X', 'Х'),
    ('Y', 'У'),
    ('a', 'а'),
    ('c', 'с'),
    ('e', 'е'),
    ('o', 'о'),
    ('p', 'р'),
    ('x', 'х'),
    ('y', 'у'),
    ('k', 'к'),
    ('b', 'в'),
];

fn cyrillic(c: char) -> bool {
    ('\u{400}'..='\u{52f}').contains(&c)
}

fn alike(c: char) -> char {
    ALIKE.iter().find(|(latin, _)| *latin == c).map_or(c, |(_, cyrillic)| *cyrillic)
}

/// Words that mix the alphabets become Cyrillic where a Latin letter only looks the part: `Кapимoв` is `Каримов`.
pub fn unmix(text: &str) -> String {
    text.split_inclusive(|c: char| !c.is_alphanumeric())
        .map(|word| {
            let mixed = word.chars().any(cyrillic) && word.chars().any(|c| c.is_ascii_alphabetic());
            // A word like `Wi-Fiя` cannot be saved that way.
            let whole = word.chars().all(|c| !c.is_ascii_alphabetic() || alike(c) != c);
            if mixed && whole { word.chars().map(alike).collect() } else { word.to_owned() }
        })
        .collect()
}

/// One line, single spaces, no mixed words.
pub fn line(text: &str) -> String {
    unmix(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The number of a flat: `12a` and `12 а` are `12а`, `45.0` is `45`, `12-A` keeps its hyphen.
pub fn unit_number(text: &str) -> String {
    let text = text.trim().trim_start_matches(['№', '#', 'N']);
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = whole(&text).unwrap_or(text);
    let suffix =
        text.chars().any(|c| c.is_ascii_digit()) && text.chars().all(|c| !c.is_ascii_alphabetic() || alike(c) != c);
    if suffix { text.chars().map(alike).collect() } else { text }
}

/// `45.0`, `45,00` → `45`.
pub fn whole(text: &str) -> Option<String> {
    let (head, tail) = text.split_once(['.', ','])?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    (digits(head) && !tail.is_empty() && tail.bytes().all(|b| b == b'0')).then(|| head.to_owned())
}

/// One spelling for comparing: the same as `import_fold` in the database.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in unmix(text).chars().flat_map(char::to_lowercase) {
        let latin = match c {
            'а' => "a",
            'б' => "b",
            'в' => "v",
            'г' | 'ғ' => "g",
            'д' => "d",
            'е' | 'э' => "e",
            'ё' => "yo",
            'ж' => "j",
            'з' => "z",
            'и' | 'ы' => "i",
            'й' => "y",
            'к' => "k",
            'л' => "l",
            'м' => "m",
            'н' => "n",
            'о' | 'ў' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'у' => "u",
            'ф' => "f",
            'х' => "x",
            'ц' => "ts",
            'ч' => "ch",
            'ш' | 'щ' => "sh",
            'ю' => "yu",
            'я' => "ya",
            'қ' => "q",
            'ҳ' => "h",
            'ъ' | 'ь' | 'ʻ' | 'ʼ' | '\'' | '‘' | '’' | '`' => "",
            c if c.is_ascii_alphanumeric() => {
                out.push(c);
                continue;
            }
            _ => " ",
        };
        if latin == " " && (out.is_empty() || out.ends_with(' ')) {
            continue;
        }
        out.push_str(latin);
    }
    out.truncate(out.trim_end().len());
    out
}

/// Whether two words are the same but for a slip: one letter in five.
pub fn near(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let allowed = a.len().min(b.len()) / 5;
    if allowed == 0 || a.len().abs_diff(b.len()) > allowed {
        return false;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let here = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], here);
        }
    }
    row[b.len()] <= allowed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_flats() {
        // The expected letters are Cyrillic.
        for (typed, read) in
            [("12a", "12а"), ("12 а", "12а"), ("12-A", "12-А"), ("45.0", "45"), ("№7", "7"), ("45,00", "45")]
        {
            assert_eq!(unit_number(typed), read, "{typed}");
        }
        // No Cyrillic letter looks like it.
        assert_eq!(unit_number("12D"), "12D");
    }

    #[test]
    fn alphabets_meet() {
        assert_eq!(unmix("Кapимoв Aзиз"), "Каримов Азиз");
        assert_eq!(unmix("Karimov Aziz"), "Karimov Aziz");
        assert_eq!(fold("Каримов"), fold("Karimov"));
        assert_eq!(fold("Ўктам"), fold("Oʻktam"));
        assert_eq!(fold("  ул. Навои,  12 "), "ul navoi 12");
    }

    #[test]
    fn slips_are_forgiven_and_other_words_are_not() {
        assert!(near("kvartira", "kvartria") || near("kvartira", "kvartra"));
        assert!(near("telefon", "telefn"));
        assert!(!near("etaj", "etap") && !near("dom", "doma"));
    }

    proptest! {
        #[test]
        fn nothing_panics(text in ".{0,60}", other in ".{0,30}") {
            let _ = (unmix(&text), fold(&text), unit_number(&text), near(&text, &other), line(&text));
        }
    }
}
