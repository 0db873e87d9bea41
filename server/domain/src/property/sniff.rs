//! What a document really is, by its first bytes and never by what the sender says.

/// A kind of file that is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub content_type: &'static str,
    pub extension: &'static str,
}

const fn kind(extension: &'static str, content_type: &'static str) -> Kind {
    Kind { content_type, extension }
}

const PDF: Kind = kind("pdf", "application/pdf");
const JPEG: Kind = kind("jpg", "image/jpeg");
const PNG: Kind = kind("png", "image/png");
const WEBP: Kind = kind("webp", "image/webp");
const DOCX: Kind = kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
const XLSX: Kind = kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
const PPTX: Kind = kind("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation");
const ODT: Kind = kind("odt", "application/vnd.oasis.opendocument.text");
const ODS: Kind = kind("ods", "application/vnd.oasis.opendocument.spreadsheet");
const DOC: Kind = kind("doc", "application/msword");
const XLS: Kind = kind("xls", "application/vnd.ms-excel");

/// The kind of a file; none for everything that is not taken: programs, web pages, archives, office files with macros.
pub(super) fn sniff(bytes: &[u8], file_name: &str) -> Option<Kind> {
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(PDF),
        [0xFF, 0xD8, 0xFF, ..] => Some(JPEG),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(PNG),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(WEBP),
        [b'P', b'K', 3, 4, ..] => zipped(bytes),
        // The old office container says nothing cheap about its content; the name only chooses between the two.
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => match extension(file_name).as_str() {
            "doc" => Some(DOC),
            "xls" => Some(XLS),
            _ => None,
        },
        _ => None,
    }
}

/// Names of the parts stand in clear at the end of an archive.
fn zipped(bytes: &[u8]) -> Option<Kind> {
    if bytes.get(30..38) == Some(b"mimetype") {
        let kind = bytes.get(38..)?;
        return [ODT, ODS].into_iter().find(|k| kind.starts_with(k.content_type.as_bytes()));
    }
    let tail = &bytes[bytes.len().saturating_sub(256 << 10)..];
    let has = |name: &str| tail.windows(name.len()).any(|window| window == name.as_bytes());
    if !has("[Content_Types].xml") || has("vbaProject.bin") {
        return None;
    }
    [("word/document.xml", DOCX), ("xl/workbook.xml", XLSX), ("ppt/presentation.xml", PPTX)]
        .into_iter()
        .find_map(|(part, kind)| has(part).then_some(kind))
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ext)| ext.to_lowercase()).unwrap_or_default()
}

/// The name a file is offered under: without folders and what file systems refuse, with the ending of its true kind.
pub(super) fn file_name(given: &str, kind: Kind) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let refused = |c: char| c.is_control() || "<>:\"|?*%;".contains(c) || ('\u{200E}'..='\u{202E}').contains(&c);
    let clean: String = last.chars().filter(|c| !refused(*c)).collect();
    let stem = clean.rsplit_once('.').map_or(clean.as_str(), |(stem, _)| stem);
    let stem: String = stem.trim_matches([' ', '.']).chars().take(150).collect();
    format!("{}.{}", if stem.is_empty() { "document" } else { &stem }, kind.extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip(parts: &[&str]) -> Vec<u8> {
        parts.iter().fold(b"PK\x03\x04".to_vec(), |mut out, part| {
            out.extend(part.as_bytes());
            out
        })
    }

    #[test]
    fn kinds_are_told_by_their_bytes() {
        assert_eq!(sniff(b"%PDF-1.7 ...", "x.exe"), Some(PDF));
        assert_eq!(sniff(&zip(&["[Content_Types].xml", "xl/workbook.xml"]), "a"), Some(XLSX));
        assert_eq!(sniff(&zip(&["[Content_Types].xml", "word/document.xml"]), "a"), Some(DOCX));
        let old = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0];
        assert_eq!(sniff(&old, "Смета.XLS"), Some(XLS));
        for (bytes, name) in [
            (b"<html><script>".to_vec(), "a.pdf"),
            (b"MZ\x90".to_vec(), "a.pdf"),
            (zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]), "a.docx"),
            (zip(&["evil.exe"]), "a.zip"),
            (old.to_vec(), "a.msi"),
            (Vec::new(), "a.pdf"),
        ] {
            assert_eq!(sniff(&bytes, name), None, "{name}");
        }
    }

    #[test]
    fn names_are_safe_and_true() {
        assert_eq!(file_name("..\\..\\etc/Смета 2026.exe", PDF), "Смета 2026.pdf");
        assert_eq!(file_name("a\r\nb\";x=\u{202E}fdp.docx", DOCX), "abx=fdp.docx");
        assert_eq!(file_name("", PNG), "document.png");
        assert_eq!(file_name(&"д".repeat(400), PDF).chars().count(), 154);
    }
}
