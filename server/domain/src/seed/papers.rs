//! Two documents: the contract of the company for everybody, a report of the first house for its residents.

use super::{
    Plot,
    copy::{Rows, Table},
    houses::Building,
    rng::Rng,
};
use crate::{Ctx, Error, Result};
use bytes::Bytes;
use std::fmt::Write as _;

/// A document before it has a row.
pub(super) struct Paper {
    title: &'static str,
    visibility: &'static str,
    file_name: &'static str,
    of_first_house: bool,
    key: String,
    size: i64,
}

const CONTRACT: &[&str] = &[
    "SHARTNOMA",
    "Ko'p kvartirali uyni boshqarish to'g'risida",
    "",
    "1. Boshqaruv kompaniyasi uyning umumiy mulkini saqlaydi va ta'mirlaydi.",
    "2. Avariya xizmati kecha-yu kunduz ishlaydi.",
    "3. Har chorakda mulkdorlarga hisobot beriladi.",
];
const REPORT: &[&str] = &[
    "HISOBOT",
    "Uy bo'yicha bajarilgan ishlar, III chorak",
    "",
    "Tom ta'mirlandi: 2-yo'lak",
    "Yerto'lada quvurlar almashtirildi: 24 m",
    "Lift moyi almashtirildi: 2 marta",
];

/// Writes the files. The same keys each time, so that a second attempt overwrites the first.
pub(super) async fn store(ctx: &Ctx, plot: &Plot) -> Result<Vec<Paper>> {
    let mut papers = Vec::new();
    for (title, visibility, file_name, of_first_house, lines) in [
        ("Договор управления многоквартирным домом", "public", "Договор управления.pdf", false, CONTRACT),
        ("Отчёт о работах за III квартал", "residents", "Отчёт III квартал.pdf", true, REPORT),
    ] {
        let bytes = pdf(lines);
        let key = format!("{}/demo/document-{visibility}.pdf", plot.company);
        let size = i64::try_from(bytes.len()).map_err(|e| Error::internal("demo document", e))?;
        ctx.blobs
            .put(&key, Bytes::from(bytes), "application/pdf")
            .await
            .map_err(|e| Error::internal("blob store", e))?;
        papers.push(Paper { title, visibility, file_name, of_first_house, key, size });
    }
    Ok(papers)
}

pub(super) fn write(rows: &mut Rows, plot: &Plot, buildings: &[Building], papers: &[Paper]) {
    let mut rng = Rng::part(plot.seed, "papers", 0);
    for paper in papers {
        let building = buildings.first().filter(|_| paper.of_first_house).map(|b| b.id);
        let at = plot.now - chrono::TimeDelta::days(rng.between(20, 60));
        rows.add(
            Table::Documents,
            &[
                &rng.id(at),
                &plot.company,
                &building,
                &paper.title,
                &paper.visibility,
                &paper.file_name,
                &"application/pdf",
                &paper.size,
                &paper.key,
                &at,
                &at,
            ],
        );
    }
}

/// One page of Latin lines, as small as a PDF can be.
fn pdf(lines: &[&str]) -> Vec<u8> {
    let mut text = String::from("BT /F1 14 Tf 60 780 Td 22 TL\n");
    for line in lines {
        let _ = writeln!(text, "({}) Tj T*", line.replace('(', "\\(").replace(')', "\\)"));
    }
    text.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(out.len());
        let _ = write!(out, "{number} 0 obj\n{object}\nendobj\n");
    }
    let start = out.len();
    let _ = write!(out, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(out, "{place:010} 00000 n ");
    }
    let _ = write!(out, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    out.into_bytes()
}
