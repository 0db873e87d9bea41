//! Files of the 1C exchange with banks (`1CClientBankExchange`): texts in UTF-8, windows-1251 or the DOS code page.

use encoding_rs::{Encoding, IBM866, WINDOWS_1251};

const MARK: &str = "1CClientBankExchange";
/// A word that every such file has; read in a wrong code page it is not there.
const PROOF: &str = "Секция";

/// The text of an exchange file; nothing when the file is something else.
pub fn exchange(bytes: &[u8]) -> Option<String> {
    let decode = |encoding: &'static Encoding| encoding.decode_without_bom_handling(bytes).0.into_owned();
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => encoding.decode_without_bom_handling(bytes.get(mark..)?).0.into_owned(),
        // The mark is plain ASCII: without it there is nothing to decode.
        None if !bytes.trim_ascii_start().starts_with(MARK.as_bytes()) => return None,
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => Some(decode(WINDOWS_1251)).filter(|text| text.contains(PROOF)).unwrap_or_else(|| decode(IBM866)),
        },
    };
    text.trim_start().starts_with(MARK).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: &str = "1CClientBankExchange\r\nВерсияФормата=1.03\r\nСекцияДокумент=Платежное поручение\r\nСумма=10.00\r\nКонецДокумента\r\nКонецФайла\r\n";

    /// The DOS code page cannot be written by the library that reads it.
    fn dos(text: &str) -> Vec<u8> {
        text.chars()
            .map(|c| match u32::from(c) {
                code @ 0..=0x7F => u8::try_from(code).unwrap(),
                code @ 0x410..=0x43F => u8::try_from(code - 0x410 + 0x80).unwrap(),
                code @ 0x440..=0x44F => u8::try_from(code - 0x440 + 0xE0).unwrap(),
                _ => b'?',
            })
            .collect()
    }

    #[test]
    fn a_file_reads_in_any_code_page() {
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(FILE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for bytes in [
            FILE.as_bytes().to_vec(),
            format!("\u{feff}{FILE}").into_bytes(),
            WINDOWS_1251.encode(FILE).0.into_owned(),
            dos(FILE),
            utf16,
        ] {
            assert_eq!(exchange(&bytes).as_deref(), Some(FILE));
        }
    }

    #[test]
    fn other_files_are_not_taken_for_one() {
        for bytes in [&b""[..], b"PK\x03\x04", b"a;b\n1;2\n", "Дата;Сумма\n".as_bytes(), b"\xff\xfe1\0"] {
            assert_eq!(exchange(bytes), None);
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = exchange(&bytes);
            let _ = exchange(&[MARK.as_bytes(), &bytes].concat());
        }
    }
}
