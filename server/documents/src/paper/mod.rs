//! Documents on paper: Typst as a library. Templates hold the form, data come as JSON with every word already found, so
//! that a template is the same in all languages. Nothing is read from the machine: fonts and templates are in the binary.

mod join;
mod letter;
mod receipt;
mod statement;

pub use join::join;
pub use letter::letters_pdf;
pub use receipt::receipts_pdf;
pub use statement::{statement_pdf, statement_xlsx};

use crate::DocumentError;
use chrono::{DateTime, Datelike, Timelike, Utc};
use i18n::{Locale, td_string};
use model::receipts::{Issuer, PayMark};
use serde::Serialize;
use std::sync::LazyLock;
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

/// How many compilations ago something was used last before it is forgotten: pieces of the fonts and of the templates
/// stay, what was laid out for one account goes.
const REMEMBERED: usize = 2;

/// A template of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Template {
    Letter,
    Receipt,
    Statement,
}

/// What every compilation shares, made once.
struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    data: FileId,
    common: Source,
    letter: Source,
    receipt: Source,
    statement: Source,
}

static PRESS: LazyLock<Press> = LazyLock::new(|| {
    let fonts: Vec<Font> = [
        include_bytes!("../../fonts/NotoSans-Regular.ttf").as_slice(),
        include_bytes!("../../fonts/NotoSans-Bold.ttf").as_slice(),
    ]
    .into_iter()
    .flat_map(|bytes| Font::iter(Bytes::new(bytes)))
    .collect();
    let source = |name, text: &str| Source::new(file(name), text.to_owned());
    Press {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        data: file("data.json"),
        common: source("common.typ", include_str!("../../templates/common.typ")),
        letter: source("letter.typ", include_str!("../../templates/letter.typ")),
        receipt: source("receipt.typ", include_str!("../../templates/receipt.typ")),
        statement: source("statement.typ", include_str!("../../templates/statement.typ")),
    }
});

/// The names are constants of ours, which a test goes through.
#[allow(clippy::expect_used)]
fn file(name: &str) -> FileId {
    RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).expect("a plain name")).intern()
}

/// One document being made: the shared press and the data of this document.
struct Sheet {
    main: FileId,
    data: Bytes,
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &PRESS.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &PRESS.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let all = [&PRESS.common, &PRESS.letter, &PRESS.receipt, &PRESS.statement];
        all.into_iter().find(|source| source.id() == id).cloned().ok_or_else(|| missing(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == PRESS.data { Ok(self.data.clone()) } else { Err(missing(id)) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        PRESS.fonts.get(index).cloned()
    }

    /// A paper says when it was made by its data, not by the clock.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}

/// Lays the data out by a template and writes the pages as PDF.
fn pdf(template: Template, data: &impl Serialize, tagged: bool, now: DateTime<Utc>) -> Result<Vec<u8>, DocumentError> {
    let main = match template {
        Template::Letter => PRESS.letter.id(),
        Template::Receipt => PRESS.receipt.id(),
        Template::Statement => PRESS.statement.id(),
    };
    let data = Bytes::new(serde_json::to_vec(data)?);
    let made = typst::compile::<PagedDocument>(&Sheet { main, data });
    let pages = made.output.map_err(|errors| said(&errors));
    let bytes = pages.and_then(|pages| {
        let options = PdfOptions {
            creator: Smart::Custom(Some("UK CRM".to_owned())),
            timestamp: moment(now).map(Timestamp::new_utc),
            tagged,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&pages, &options).map_err(|errors| said(&errors))
    });
    typst::comemo::evict(REMEMBERED);
    bytes
}

fn said(errors: &[SourceDiagnostic]) -> DocumentError {
    DocumentError::Paper(errors.iter().map(|error| error.message.to_string()).collect::<Vec<_>>().join("; "))
}

fn moment(at: DateTime<Utc>) -> Option<Datetime> {
    let part = |n: u32| u8::try_from(n).ok();
    let (month, day) = (part(at.month())?, part(at.day())?);
    Datetime::from_ymd_hms(at.year(), month, day, part(at.hour())?, part(at.minute())?, part(at.second())?)
}

/// A name and what stands beside it.
#[derive(Debug, PartialEq, Serialize)]
struct Fact {
    name: String,
    value: String,
}

fn fact(name: &str, value: impl Into<String>) -> Fact {
    Fact { name: name.to_owned(), value: value.into() }
}

/// The head of a paper: who wrote it, and the details that a bank asks for.
#[derive(Debug, PartialEq, Serialize)]
struct Head {
    name: String,
    details: Vec<String>,
}

fn head(l: Locale, of: &Issuer) -> Head {
    let bank = [
        of.tax_id.as_ref().map(|n| td_string!(l, receipts.tax_id, n = n.clone()).to_string()),
        of.bank_account.as_ref().map(|n| td_string!(l, receipts.bank_account, n = n.clone()).to_string()),
        of.bank_name.clone(),
        of.bank_code.as_ref().map(|n| td_string!(l, receipts.bank_code, n = n.clone()).to_string()),
    ];
    let reach = [
        of.address.clone(),
        of.phone.as_ref().map(|phone| td_string!(l, receipts.phone, n = phone.pretty()).to_string()),
    ];
    let line = |parts: &[Option<String>]| parts.iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    let details = [line(&bank), line(&reach)].into_iter().filter(|line| !line.is_empty()).collect();
    Head { name: of.legal_name.clone().unwrap_or_else(|| of.name.clone()), details }
}

/// The picture of the address: one byte a square.
#[derive(Debug, PartialEq, Serialize)]
struct Mark {
    side: usize,
    pixels: Vec<u8>,
}

fn mark(of: &PayMark) -> Mark {
    Mark { side: of.side, pixels: of.dark.iter().map(|dark| if *dark { 0 } else { 255 }).collect() }
}

/// The language of a text, for whoever reads it aloud.
fn code(l: Locale) -> &'static str {
    i18n::lang(l).code()
}

#[cfg(test)]
mod tests;
