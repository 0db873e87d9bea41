//! The HTML of messages, as strict as Telegram's own.

use serde_json::{Value, json};

/// A parsed text.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Parsed {
    pub text: String,
    pub entities: Vec<Value>,
    /// The same as safe HTML for a page.
    pub html: String,
}

/// Tags Telegram knows, and what it calls them.
const TAGS: [(&str, &str); 14] = [
    ("b", "bold"),
    ("strong", "bold"),
    ("i", "italic"),
    ("em", "italic"),
    ("u", "underline"),
    ("ins", "underline"),
    ("s", "strikethrough"),
    ("strike", "strikethrough"),
    ("del", "strikethrough"),
    ("code", "code"),
    ("pre", "pre"),
    ("blockquote", "blockquote"),
    ("tg-spoiler", "spoiler"),
    ("a", "text_link"),
];

pub(super) fn plain(text: &str) -> Parsed {
    Parsed { text: text.to_owned(), entities: Vec::new(), html: escape(text) }
}

/// Parses HTML; the error is Telegram's description.
pub(super) fn html(source: &str) -> Result<Parsed, String> {
    let mut out = Parsed::default();
    let mut open: Vec<(&str, &str, usize)> = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let at = source.len() - rest.len();
        if c != '<' {
            let (shown, length) = entity(rest, c);
            out.text.push(shown);
            out.html.push_str(&escape(shown.encode_utf8(&mut [0; 4])));
            rest = &rest[length..];
            continue;
        }
        let end = rest.find('>').ok_or_else(|| problem(&format!("Unclosed start tag at byte offset {at}")))?;
        let inside = &rest[1..end];
        rest = &rest[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            let Some((tag, kind, from)) = open.pop().filter(|(tag, ..)| *tag == name) else {
                return Err(problem(&format!("Unmatched end tag at byte offset {at}")));
            };
            let length = utf16(&out.text) - from;
            if length > 0 {
                out.entities.push(json!({ "type": kind, "offset": from, "length": length }));
            }
            out.html.push_str(&format!("</{}>", shown(tag)));
        } else {
            let name = inside.split(' ').next().unwrap_or_default();
            let Some((tag, kind)) = TAGS.iter().find(|(tag, _)| *tag == name) else {
                return Err(problem(&format!("Unsupported start tag \"{name}\" at byte offset {at}")));
            };
            open.push((*tag, *kind, utf16(&out.text)));
            out.html.push_str(&format!("<{}>", shown(tag)));
        }
    }
    match open.last() {
        Some((tag, ..)) => Err(problem(&format!("Can't find end tag corresponding to start tag {tag}"))),
        None => Ok(out),
    }
}

/// The page shows links and spoilers as underlined words.
fn shown(tag: &str) -> &str {
    if matches!(tag, "a" | "tg-spoiler") { "u" } else { tag }
}

fn problem(text: &str) -> String {
    format!("Bad Request: can't parse entities: {text}")
}

fn entity(rest: &str, c: char) -> (char, usize) {
    let known = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"')];
    match known.iter().find(|(name, _)| rest.starts_with(name)) {
        Some((name, shown)) => (*shown, name.len()),
        None => (c, c.len_utf8()),
    }
}

/// Length as Telegram counts it.
pub(super) fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_read_as_telegram_reads_it() {
        let parsed = html("👍 <b>№7 &lt;x&gt;</b> &amp; тест").unwrap();
        assert_eq!(parsed.text, "👍 №7 <x> & тест");
        assert_eq!(parsed.entities, [json!({ "type": "bold", "offset": 3, "length": 6 })]);
        assert_eq!(parsed.html, "👍 <b>№7 &lt;x&gt;</b> &amp; тест");
    }

    #[test]
    fn broken_markup_is_refused() {
        for broken in ["<b>x", "x</b>", "<script>x</script>", "a < b", "<b><i>x</b></i>"] {
            assert!(html(broken).unwrap_err().starts_with("Bad Request: can't parse entities"), "{broken}");
        }
    }
}
