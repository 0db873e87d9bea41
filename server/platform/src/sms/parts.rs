//! How many parts a text takes. A part is 160 letters of the GSM alphabet or 70 of any other; in a text of several
//! parts each gives some letters to the joint.

/// GSM 03.38, the letters that take one place. Escape is left out: it is not a letter.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                     ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Letters that take two.
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// How large a text is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// What is paid for.
    pub parts: u16,
    /// Letters as the network counts them.
    pub letters: usize,
    /// Whether all of it is in the cheap alphabet.
    pub gsm: bool,
}

/// Counts the parts of a text.
#[must_use]
pub fn size(text: &str) -> Size {
    let widths: Option<Vec<usize>> = text.chars().map(gsm_width).collect();
    let (gsm, widths, whole, joined) = match widths {
        Some(widths) => (true, widths, 160, 153),
        None => (false, text.chars().map(char::len_utf16).collect(), 70, 67),
    };
    let letters = widths.iter().sum();
    let parts = if letters <= whole { 1 } else { pack(&widths, joined) };
    Size { parts, letters, gsm }
}

/// A letter of two places is never cut in two: it goes to the next part as a whole.
fn pack(widths: &[usize], limit: usize) -> u16 {
    let (mut parts, mut filled) = (1u16, 0);
    for width in widths {
        if filled + width > limit {
            parts = parts.saturating_add(1);
            filled = 0;
        }
        filled += width;
    }
    parts
}

fn gsm_width(letter: char) -> Option<usize> {
    if BASIC.contains(letter) {
        Some(1)
    } else if EXTENDED.contains(letter) {
        Some(2)
    } else {
        None
    }
}

/// Typographic marks made plain when that brings the whole text into the cheap alphabet: one `ʻ` of `oʻ` would otherwise
/// turn a message of 160 letters into one of 70. Texts that need the other alphabet anyway stay as they are.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            'ʻ' | 'ʼ' | '‘' | '’' | '`' | '´' | 'ʹ' => plain.push('\''),
            '“' | '”' | '„' | '«' | '»' => plain.push('"'),
            '–' | '—' | '−' | '‑' | '·' | '•' => plain.push('-'),
            '…' => plain.push_str("..."),
            '\u{a0}' | '\u{202f}' | '\u{2009}' | '\t' => plain.push(' '),
            '×' => plain.push('x'),
            '\u{200b}' | '\u{feff}' => {}
            other => plain.push(other),
        }
    }
    if plain.chars().all(|letter| gsm_width(letter).is_some()) { plain } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (u16, bool) {
        let size = size(text);
        (size.parts, size.gsm)
    }

    #[test]
    fn parts_are_counted_as_networks_count_them() {
        assert_eq!(parts(""), (1, true));
        assert_eq!(parts(&"a".repeat(160)), (1, true));
        assert_eq!(parts(&"a".repeat(161)), (2, true));
        assert_eq!(parts(&"a".repeat(306)), (2, true));
        assert_eq!(parts(&"a".repeat(307)), (3, true));
        assert_eq!(parts(&"ы".repeat(70)), (1, false));
        assert_eq!(parts(&"ы".repeat(71)), (2, false));
        assert_eq!(parts(&"ы".repeat(134)), (2, false));
        assert_eq!(parts(&"ы".repeat(135)), (3, false));
        // The euro takes two places, an emoji two of the other alphabet.
        assert_eq!(parts(&"€".repeat(80)), (1, true));
        assert_eq!(parts(&"€".repeat(81)), (2, true));
        assert_eq!(parts(&"🚰".repeat(35)), (1, false));
        // 67 is odd: 33 pairs fit, and the 34th starts the next part.
        assert_eq!(parts(&"🚰".repeat(67)), (3, false));
        // 153 is odd, too.
        assert_eq!(parts(&"€".repeat(153)), (3, true));
    }

    #[test]
    fn uzbek_latin_stays_cheap() {
        let text = "Toʻlov qabul qilindi – “Bogʻishamol” MChJ, maʼlumot…";
        let folded = fold(text);
        assert_eq!(folded, "To'lov qabul qilindi - \"Bog'ishamol\" MChJ, ma'lumot...");
        assert!(size(&folded).gsm && !size(text).gsm);
        // Folding a Russian text would only spoil its looks.
        assert_eq!(fold("Дом «Боғ» – ул. Oʻzbekiston"), "Дом «Боғ» – ул. Oʻzbekiston");
    }
}
