//! CSV as Excel and people write it: any of three separators, UTF-8, UTF-16 or windows-1251.

use super::{EachRow, MAX_COLUMNS, MAX_ROWS, ReadError, xlsx::tidy};
use encoding_rs::{Encoding, WINDOWS_1251};
use std::borrow::Cow;

pub(super) fn rows(bytes: &[u8], each: &mut EachRow<'_>) -> Result<(), ReadError> {
    let text = decode(bytes)?;
    // Excel's own hint in the first line.
    let (hint, body) = match text.split_once('\n') {
        Some((first, rest)) if first.to_ascii_lowercase().starts_with("sep=") => {
            (first.as_bytes().get(4).copied(), rest)
        }
        _ => (None, &*text),
    };
    let separator = hint.unwrap_or_else(|| separator(body));
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(body.as_bytes());
    let skipped = u32::from(hint.is_some());
    let mut record = csv::StringRecord::new();
    loop {
        // The reader counts the empty lines it skips to the record after them.
        let start = reader.position();
        let from = usize::try_from(start.byte()).unwrap_or(usize::MAX);
        let empty = body.as_bytes().get(from..).unwrap_or_default().iter().take_while(|b| matches!(b, b'\n' | b'\r'));
        let line = start.line() + empty.filter(|b| **b == b'\n').count() as u64;
        if !reader.read_record(&mut record).map_err(|_| ReadError::NotASpreadsheet)? {
            return Ok(());
        }
        let index = (u32::try_from(line).unwrap_or(u32::MAX).saturating_add(skipped)).saturating_sub(1);
        let mut cells: Vec<String> = record.iter().map(tidy).collect();
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if cells.is_empty() {
            continue;
        }
        if index >= MAX_ROWS || cells.len() > MAX_COLUMNS as usize {
            return Err(ReadError::TooLarge);
        }
        if each(index, cells).is_break() {
            return Ok(());
        }
    }
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0,
        None => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => WINDOWS_1251.decode_without_bom_handling(bytes).0,
        },
    };
    // Pictures, old .xls files and the like: no text has these.
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().take(100_000).any(control) || text.trim().is_empty() {
        return Err(if text.trim().is_empty() { ReadError::Empty } else { ReadError::NotASpreadsheet });
    }
    Ok(text)
}

/// The separator that splits the first lines into most columns, and into the same number of them.
fn separator(text: &str) -> u8 {
    let score = |separator: u8| {
        let mut counts: Vec<usize> = Vec::new();
        let (mut quoted, mut count) = (false, 0_usize);
        for byte in text.bytes().take(64 * 1024) {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' if !quoted => counts.push(std::mem::take(&mut count)),
                byte if byte == separator && !quoted => count += 1,
                _ => {}
            }
            if counts.len() == 20 {
                break;
            }
        }
        counts.push(count);
        let most = counts.iter().copied().max().unwrap_or(0);
        let alike = counts.iter().filter(|n| **n == most).count();
        (most.min(1) * alike, most)
    };
    // In Excel's Russian and Uzbek the semicolon is the usual one: it wins a draw.
    [b';', b'\t', b','].into_iter().rev().max_by_key(|s| score(*s)).unwrap_or(b';')
}
