//! Looks at an archive before it is parsed: how much it unpacks to is measured, not believed.

use super::ReadError;
use flate2::read::DeflateDecoder;
use std::io::Read;

const MAX_ENTRIES: usize = 2_000;
/// A worksheet is read as a stream; everything else is held in memory by the reader.
const MAX_SHEET: u64 = 256 << 20;
const MAX_OTHER: u64 = 48 << 20;
const MAX_TOTAL: u64 = 384 << 20;
/// Repetitive tables pack well, but not like this.
const MAX_RATIO: u64 = 200;
/// Below that a ratio says nothing.
const SMALL: u64 = 4 << 20;

const END: &[u8] = b"PK\x05\x06";
const ENTRY: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

struct Entry<'a> {
    name: &'a [u8],
    method: u16,
    packed: u64,
    unpacked: u64,
    data: &'a [u8],
}

/// Passes an archive whose every entry stays within the limits when unpacked.
pub(super) fn check(bytes: &[u8]) -> Result<(), ReadError> {
    let entries = entries(bytes).ok_or(ReadError::NotASpreadsheet)?;
    if entries.len() > MAX_ENTRIES {
        return Err(ReadError::TooLarge);
    }
    // What the directory admits to is checked first: it costs nothing.
    let mut total = 0_u64;
    for entry in &entries {
        total = total.saturating_add(within(entry, entry.unpacked)?);
    }
    if total > MAX_TOTAL {
        return Err(ReadError::TooLarge);
    }
    let mut total = 0_u64;
    for entry in &entries {
        total = total.saturating_add(measure(entry, MAX_TOTAL - total)?);
    }
    Ok(())
}

fn limit(entry: &Entry<'_>) -> u64 {
    if entry.name.starts_with(b"xl/worksheets/") { MAX_SHEET } else { MAX_OTHER }
}

fn within(entry: &Entry<'_>, size: u64) -> Result<u64, ReadError> {
    let inflated = size > SMALL && size / entry.packed.max(1) > MAX_RATIO;
    if size > limit(entry) || inflated { Err(ReadError::TooLarge) } else { Ok(size) }
}

/// Unpacks an entry into nothing and says how much it was.
fn measure(entry: &Entry<'_>, left: u64) -> Result<u64, ReadError> {
    if entry.method == 0 {
        return within(entry, entry.data.len() as u64);
    }
    if entry.method != 8 {
        return Err(ReadError::NotASpreadsheet);
    }
    let mut unpacked = DeflateDecoder::new(entry.data);
    let (mut size, mut buffer) = (0_u64, [0_u8; 16 * 1024]);
    loop {
        let n = unpacked.read(&mut buffer).map_err(|_| ReadError::NotASpreadsheet)?;
        if n == 0 {
            return Ok(size);
        }
        // Office never writes a document type; it is only there to declare entities.
        if size == 0 && buffer[..n].windows(9).take(1024).any(|part| part.eq_ignore_ascii_case(b"<!doctype")) {
            return Err(ReadError::NotASpreadsheet);
        }
        size += n as u64;
        within(entry, size)?;
        if size > left {
            return Err(ReadError::TooLarge);
        }
    }
}

/// The central directory; `None` when it is not one we understand. Archives that need 64-bit sizes are far too large.
fn entries(bytes: &[u8]) -> Option<Vec<Entry<'_>>> {
    // The end record is 22 bytes and a comment of at most 65535.
    let from = bytes.len().saturating_sub(22 + 65_535);
    let end = bytes.get(from..)?.windows(4).rposition(|part| part == END)? + from;
    let (count, mut at) = (u16_at(bytes, end + 10)?, u32_at(bytes, end + 16)? as usize);
    let mut entries = Vec::with_capacity(usize::from(count).min(MAX_ENTRIES + 1));
    for _ in 0..usize::from(count).min(MAX_ENTRIES + 1) {
        if bytes.get(at..at + 4)? != ENTRY {
            return None;
        }
        let (packed, unpacked) = (u32_at(bytes, at + 20)?, u32_at(bytes, at + 24)?);
        let (name, extra, comment) = (u16_at(bytes, at + 28)?, u16_at(bytes, at + 30)?, u16_at(bytes, at + 32)?);
        let local = u32_at(bytes, at + 42)? as usize;
        if bytes.get(local..local.checked_add(4)?)? != LOCAL {
            return None;
        }
        let data = local + 30 + usize::from(u16_at(bytes, local + 26)?) + usize::from(u16_at(bytes, local + 28)?);
        entries.push(Entry {
            name: bytes.get(at + 46..at + 46 + usize::from(name))?,
            method: u16_at(bytes, at + 10)?,
            packed: packed.into(),
            unpacked: unpacked.into(),
            data: bytes.get(data..data.checked_add(packed as usize)?)?,
        });
        at += 46 + usize::from(name) + usize::from(extra) + usize::from(comment);
    }
    Some(entries)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}
