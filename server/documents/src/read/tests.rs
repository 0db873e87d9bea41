use super::*;
use flate2::{Compression, write::DeflateEncoder};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::io::Write;

fn all(bytes: &[u8]) -> Result<Vec<(u32, Vec<String>)>, ReadError> {
    let mut out = Vec::new();
    rows(bytes, 0, &mut |line, cells| {
        out.push((line, cells));
        ControlFlow::Continue(())
    })?;
    Ok(out)
}

/// An archive of deflated entries; `claim` lies about the unpacked size in the directory.
fn archive(entries: &[(&str, Vec<u8>)], claim: Option<u32>) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
        packer.write_all(content).unwrap();
        let packed = packer.finish().unwrap();
        let at = u32::try_from(out.len()).unwrap();
        let mut sizes = Vec::new();
        sizes.extend(0_u32.to_le_bytes()); // checksum: nobody looks before the limits do
        sizes.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
        sizes.extend(claim.unwrap_or(u32::try_from(content.len()).unwrap()).to_le_bytes());
        let name_len = u16::try_from(name.len()).unwrap().to_le_bytes();
        out.extend(b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0");
        out.extend(&sizes);
        out.extend(name_len);
        out.extend([0, 0]);
        out.extend(name.bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0");
        directory.extend(&sizes);
        directory.extend(name_len);
        directory.extend([0; 12]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.bytes());
    }
    let (at, size) = (u32::try_from(out.len()).unwrap(), u32::try_from(directory.len()).unwrap());
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count);
    out.extend(count);
    out.extend(size.to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn workbook(sheet: &str) -> Vec<(&'static str, Vec<u8>)> {
    let xml = |body: &str| format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{body}").into_bytes();
    vec![
        ("[Content_Types].xml", xml("<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>")),
        (
            "xl/workbook.xml",
            xml(
                "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            xml(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes().to_vec()),
    ]
}

const SHEET: &str = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";

#[test]
fn a_workbook_reads_as_people_see_it() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.merge_range(0, 0, 0, 3, "Реестр", &Format::new()).unwrap();
    sheet.write_string(2, 0, "  12а ").unwrap();
    sheet.write_number(2, 1, 45.0).unwrap();
    sheet.write_number(2, 2, 45.55).unwrap();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    sheet.write_datetime_with_format(2, 3, ExcelDateTime::from_ymd(2025, 5, 12).unwrap(), &day).unwrap();
    sheet.write_number(2, 4, 998_901_234_567.0).unwrap();
    sheet.write_boolean(2, 5, true).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let rows = all(&bytes).unwrap();
    assert_eq!(rows[0], (0, vec!["Реестр".to_owned()]));
    assert_eq!(rows[1].0, 2);
    assert_eq!(rows[1].1, ["12а", "45", "45.55", "2025-05-12", "998901234567", "true"]);
    let head = peek(&bytes).unwrap();
    assert_eq!(head[0].rows.len(), 3);
    assert!(head[0].rows[1].is_empty());
}

#[test]
fn a_hand_made_workbook_opens() {
    let sheet =
        format!("{SHEET}<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>да</t></is></c></row></sheetData></worksheet>");
    assert_eq!(all(&archive(&workbook(&sheet), None)).unwrap(), [(0, vec!["да".to_owned()])]);
}

#[test]
fn a_bomb_is_not_unpacked() {
    // 40 MB of spaces in 40 kB.
    let bomb = archive(&workbook(&format!("{SHEET}{}</sheetData></worksheet>", " ".repeat(40 << 20))), None);
    assert!(bomb.len() < 200_000);
    assert_eq!(peek(&bomb), Err(ReadError::TooLarge));
    // The same with a directory that says it is small.
    let liar = archive(&workbook(&format!("{SHEET}{}</sheetData></worksheet>", " ".repeat(40 << 20))), Some(1000));
    assert_eq!(peek(&liar), Err(ReadError::TooLarge));
}

#[test]
fn far_cells_are_refused() {
    for cell in ["XFD1", "A1048576", "A4294967295"] {
        let row: String = cell.chars().filter(char::is_ascii_digit).collect();
        let sheet = format!("{SHEET}<row r=\"{row}\"><c r=\"{cell}\"><v>1</v></c></row></sheetData></worksheet>");
        let refused = all(&archive(&workbook(&sheet), None)).map(|_| ());
        let broken = cell.len() > 10;
        assert_eq!(refused, Err(if broken { ReadError::NotASpreadsheet } else { ReadError::TooLarge }), "{cell}");
    }
}

#[test]
fn entities_are_not_expanded() {
    let laughs = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>";
    let sheet = format!(
        "{laughs}{SHEET}<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&c;</t></is></c></row></sheetData></worksheet>"
    );
    assert_eq!(peek(&archive(&workbook(&sheet), None)), Err(ReadError::NotASpreadsheet));
    // Without a type declaration there is nothing to expand: an unknown entity is an error or its own text.
    let sheet = format!(
        "{SHEET}<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>x &c;</t></is></c></row></sheetData></worksheet>"
    );
    match all(&archive(&workbook(&sheet), None)) {
        Ok(rows) => assert!(rows.iter().flat_map(|(_, cells)| cells).all(|cell| cell.len() < 20), "{rows:?}"),
        Err(error) => assert_eq!(error, ReadError::NotASpreadsheet),
    }
}

#[test]
fn what_is_broken_says_so() {
    let good = archive(&workbook(&format!("{SHEET}</sheetData></worksheet>")), None);
    assert_eq!(peek(&good[..good.len() / 2]), Err(ReadError::NotASpreadsheet));
    assert_eq!(peek(&good[..good.len() - 10]), Err(ReadError::NotASpreadsheet));
    assert_eq!(peek(b"PK\x03\x04"), Err(ReadError::NotASpreadsheet));
    // An old .xls.
    assert_eq!(peek(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0, 1, 2]), Err(ReadError::NotASpreadsheet));
    assert_eq!(peek(b""), Err(ReadError::Empty));
    assert_eq!(peek(b" \n\n"), Err(ReadError::Empty));
}

#[test]
fn csv_in_any_dress() {
    let text = "Адрес;Квартира\nНавои 12;12а\n\n\"Навои; 12\";\"1\"\n";
    let want = [
        (0, vec!["Адрес".to_owned(), "Квартира".to_owned()]),
        (1, vec!["Навои 12".to_owned(), "12а".to_owned()]),
        (3, vec!["Навои; 12".to_owned(), "1".to_owned()]),
    ];
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cp1251 = encoding_rs::WINDOWS_1251.encode(text).0.into_owned();
    let bom = format!("\u{feff}{text}").into_bytes();
    for bytes in [text.as_bytes().to_vec(), bom, cp1251, utf16] {
        assert_eq!(all(&bytes).unwrap(), want);
    }
    let commas = "a,b,c\n1,\"2,5\",3\n";
    assert_eq!(all(commas.as_bytes()).unwrap()[1].1, ["1", "2,5", "3"]);
    let tabs = "a\tb\n1\t2,5\n";
    assert_eq!(all(tabs.as_bytes()).unwrap()[1].1, ["1", "2,5"]);
    let hint = "sep=,\na,b\n";
    assert_eq!(all(hint.as_bytes()).unwrap(), [(1, vec!["a".to_owned(), "b".to_owned()])]);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = peek(&bytes);
        let _ = peek(&[b"PK\x03\x04".as_slice(), &bytes].concat());
    }

    /// A damaged workbook is refused or read, never a crash.
    #[test]
    fn no_damage_panics(at in 0_usize..1200, byte in any::<u8>()) {
        let sheet = format!("{SHEET}<row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>");
        let mut bytes = archive(&workbook(&sheet), None);
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = peek(&bytes);
    }
}
