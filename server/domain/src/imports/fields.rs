//! The columns of imports: how their titles are recognised and how their cells are read.

use super::text::{self, fold};
use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use model::{
    Phone,
    imports::{Field, ImportKind},
};
use serde_json::{Value, json};

/// Titles that mean a column, folded (see [`fold`]): Russian, Uzbek in both scripts, English.
pub fn synonyms(field: Field) -> &'static [&'static str] {
    use Field as F;
    match field {
        F::Complex => &[
            "jk",
            "jiloy kompleks",
            "kompleks",
            "turar joy majmuasi",
            "turarjoy majmuasi",
            "majmua",
            "complex",
            "residential complex",
        ],
        F::Address => &[
            "adres",
            "adres doma",
            "dom",
            "ulitsa dom",
            "zdanie",
            "manzil",
            "uy manzili",
            "uy",
            "bino",
            "address",
            "building",
            "building address",
            "house",
        ],
        F::Year => &["god", "god postroyki", "qurilgan yili", "yil", "year", "year built"],
        F::Storeys => &[
            "etajey",
            "etajnost",
            "kolichestvo etajey",
            "qavatlar",
            "qavatlar soni",
            "storeys",
            "floors",
            "number of floors",
        ],
        F::Lift => &["lift", "est lift", "elevator"],
        F::Entrance => &["podezd", "podyezd", "pod", "nomer podezda", "yolak", "kirish", "entrance"],
        F::Floor => &["etaj", "qavat", "floor", "storey"],
        F::Unit => &[
            "kvartira",
            "kv",
            "nomer kvartiri",
            "pomeshenie",
            "pomesh",
            "nomer pomesheniya",
            "n kv",
            "n kvartiri",
            "xonadon",
            "xonadon raqami",
            "kvartira raqami",
            "flat",
            "apartment",
            "unit",
            "flat number",
            "apartment number",
            "unit number",
        ],
        F::UnitKind => {
            &["tip", "tip pomesheniya", "vid pomesheniya", "vid", "turi", "xona turi", "type", "unit type", "kind"]
        }
        F::Area => &[
            "ploshad",
            "ploshad kv m",
            "obshaya ploshad",
            "ploshad m2",
            "s",
            "maydon",
            "maydoni",
            "umumiy maydon",
            "area",
            "area m2",
            "square",
        ],
        F::Rooms => &[
            "komnat",
            "komnati",
            "kolichestvo komnat",
            "kol vo komnat",
            "xonalar",
            "xonalar soni",
            "rooms",
            "number of rooms",
        ],
        F::Account => &[
            "litsevoy schet",
            "litsevoy schyot",
            "schyot",
            "nomer litsevogo schyota",
            "ls",
            "l s",
            "nomer ls",
            "nomer litsevogo scheta",
            "schet",
            "shaxsiy hisobvaraq",
            "hisobvaraq",
            "hisob raqami",
            "hisobvaraq raqami",
            "account",
            "personal account",
            "account number",
        ],
        F::Name => &[
            "fio",
            "f i o",
            "imya",
            "familiya imya otchestvo",
            "sobstvennik",
            "vladelets",
            "jilets",
            "zayavitel",
            "sotrudnik",
            "ism",
            "f i sh",
            "fish",
            "familiya ism",
            "egasi",
            "mulkdor",
            "yashovchi",
            "xodim",
            "arizachi",
            "name",
            "full name",
            "owner",
            "resident",
            "employee",
            "contact",
        ],
        F::Phone => &[
            "telefon",
            "tel",
            "nomer telefona",
            "mobilniy",
            "mobilniy telefon",
            "sotoviy",
            "kontakt",
            "telefon raqami",
            "raqam",
            "phone",
            "phone number",
            "mobile",
        ],
        F::Phone2 => &[
            "telefon 2",
            "vtoroy telefon",
            "dop telefon",
            "dopolnitelniy telefon",
            "ikkinchi telefon",
            "qoshimcha telefon",
            "phone 2",
            "second phone",
        ],
        F::Email => &["email", "e mail", "pochta", "elektronnaya pochta", "elektron pochta", "mail"],
        F::Lang => &["yazik", "til", "language", "lang"],
        F::Note => &["primechanie", "kommentariy", "zametka", "izoh", "eslatma", "note", "comment"],
        F::Relation => {
            &["kto eto", "otnoshenie", "status jiltsa", "rol jiltsa", "kim", "munosabat", "kimligi", "relation", "who"]
        }
        F::Share => {
            &["dolya", "dolya sobstvennosti", "dolya v sobstvennosti", "ulush", "ulushi", "share", "ownership share"]
        }
        F::Since => &[
            "s kakogo dnya",
            "data vseleniya",
            "projivaet s",
            "data",
            "kochib kelgan sana",
            "qachondan",
            "since",
            "from",
            "moved in",
        ],
        F::Login => &["login", "imya polzovatelya", "foydalanuvchi nomi", "user", "username"],
        F::Role => &["rol", "doljnost", "vazifa", "lavozim", "role", "position"],
        F::Skills => &[
            "spetsialnost",
            "spetsialnosti",
            "navik",
            "naviki",
            "mutaxassislik",
            "mutaxassisliklar",
            "skill",
            "skills",
        ],
        F::Zones => &["zona", "zoni", "doma", "obslujivaet", "hudud", "uylar", "zone", "zones", "buildings"],
        F::Created => &[
            "data",
            "sozdana",
            "data sozdaniya",
            "data zayavki",
            "data obrasheniya",
            "sana",
            "yaratilgan",
            "ariza sanasi",
            "created",
            "date",
            "created at",
        ],
        F::Status => &["status", "sostoyanie", "holat", "holati", "state"],
        F::Category => &["kategoriya", "razdel", "vid rabot", "toifa", "bolim", "category"],
        F::RequestKind => &["vid zayavki", "tip zayavki", "ariza turi", "kind", "request type", "type"],
        F::Priority => &["prioritet", "vajnost", "srochnost", "muhimligi", "priority"],
        F::Description => &[
            "opisanie",
            "tekst",
            "problema",
            "soderjanie",
            "sut",
            "zayavka",
            "tavsif",
            "muammo",
            "matn",
            "ariza",
            "description",
            "text",
            "problem",
        ],
        F::Assignee => &["ispolnitel", "master", "ijrochi", "usta", "assignee", "worker"],
        F::Completed => &[
            "vipolnena",
            "data vipolneniya",
            "zavershena",
            "bajarilgan",
            "bajarilgan sana",
            "completed",
            "done",
            "completed at",
        ],
        F::Result => &["rezultat", "chto sdelano", "natija", "nima qilindi", "result"],
        F::Rating => &["otsenka", "baho", "rating", "stars"],
        F::Amount => &[
            "saldo",
            "ostatok",
            "summa",
            "dolg",
            "zadoljennost",
            "nachalniy ostatok",
            "vxodyashee saldo",
            "qoldiq",
            "qarz",
            "boshlangich qoldiq",
            "amount",
            "balance",
            "opening balance",
            "debt",
        ],
        F::AsOf => &["na datu", "data", "data ostatka", "sana", "qoldiq sanasi", "as of", "date"],
    }
}

/// How well a title is one of these words; zero is not at all.
fn likeness(title: &str, words: &[&str]) -> u32 {
    let plain = fold(title);
    // What stands in brackets explains: `Площадь (кв. м)`, `Телефон, +998`.
    let head = fold(title.split(['(', ',', ';', '\n']).next().unwrap_or_default());
    if plain.is_empty() {
        return 0;
    }
    let best = |word: &&str| {
        let rank = |text: &str| -> u32 {
            if text == *word {
                100
            } else if text::near(text, word) {
                80
            } else if word.len() > 3 && (text.starts_with(&format!("{word} ")) || text.ends_with(&format!(" {word}"))) {
                60
            } else {
                0
            }
        };
        rank(&plain).max(rank(&head).saturating_sub(5))
    };
    words.iter().map(best).max().unwrap_or(0)
}

/// Gives each field of the kind to the column that names it best, each column to one field.
pub fn guess(kind: ImportKind, titles: &[String]) -> Vec<Option<Field>> {
    let fields: Vec<(Field, &[&str])> = kind.fields().iter().map(|field| (*field, synonyms(*field))).collect();
    guess_among(&fields, titles)
}

/// As [`guess`], for columns of any kind with the titles that mean them, folded.
pub fn guess_among<T: Copy + PartialEq>(fields: &[(T, &[&str])], titles: &[String]) -> Vec<Option<T>> {
    let mut found: Vec<(u32, usize, usize, T)> = Vec::new();
    for (column, title) in titles.iter().enumerate() {
        for (order, (field, words)) in fields.iter().enumerate() {
            let likeness = likeness(title, words);
            if likeness > 0 {
                found.push((likeness, column, order, *field));
            }
        }
    }
    found.sort_by_key(|(likeness, column, order, _)| (std::cmp::Reverse(*likeness), *column, *order));
    let mut columns = vec![None; titles.len()];
    for (_, column, _, field) in found {
        if columns[column].is_none() && !columns.contains(&Some(field)) {
            columns[column] = Some(field);
        }
    }
    columns
}

/// The titles above a row of data: a header of several rows is read from below, merged cells count for the columns
/// under them.
pub fn titles(rows: &[Vec<String>], header: usize) -> Vec<String> {
    let width = rows.iter().take(header + 12).map(Vec::len).max().unwrap_or(0);
    let cell =
        |row: usize, column: usize| rows.get(row).and_then(|r| r.get(column)).map(String::as_str).unwrap_or_default();
    let mut titles: Vec<String> = (0..width).map(|column| cell(header, column).to_owned()).collect();
    if titles.iter().any(String::is_empty) && header > 0 {
        for (column, title) in titles.iter_mut().enumerate() {
            if title.is_empty() {
                // Only the cell right above: a merged head over several columns names a group, not each of them.
                *title = cell(header - 1, column).to_owned();
            }
        }
    }
    titles
}

/// The row in which the header ends: the one whose titles are recognised best.
pub fn header_row(kind: ImportKind, rows: &[Vec<String>]) -> usize {
    let score = |row: usize| {
        let titles = titles(rows, row);
        let own = rows.get(row).map_or(&[][..], Vec::as_slice);
        let known = guess(kind, &titles);
        // A title of the row itself says more than one borrowed from above.
        known
            .iter()
            .enumerate()
            .filter(|(_, f)| f.is_some())
            .map(|(c, _)| if own.get(c).is_some_and(|t| !t.is_empty()) { 3 } else { 2 })
            .sum::<u32>()
    };
    let last = rows.len().min(super::HEAD_SEARCH);
    let best = (0..last).max_by_key(|row| (score(*row), std::cmp::Reverse(*row)));
    match best {
        Some(row) if score(row) > 0 => row,
        // Nothing recognised: the first row with something in it.
        _ => rows.iter().position(|row| row.iter().any(|cell| !cell.is_empty())).unwrap_or(0),
    }
}

/// A row that sums others up.
pub fn is_total(cells: &[String]) -> bool {
    let first = cells.iter().map(String::as_str).find(|cell| !cell.is_empty()).map(fold).unwrap_or_default();
    let first = first.split(' ').next().unwrap_or_default();
    matches!(first, "itogo" | "vsego" | "jami" | "hammasi" | "total" | "sum" | "summa")
        && cells.iter().filter(|cell| !cell.is_empty()).count() <= 4
}

/// A cell as a value for the database, or the code of what is wrong with it.
pub fn read(field: Field, cell: &str, zone: FixedOffset) -> Result<Value, &'static str> {
    use Field as F;
    match field {
        F::Complex | F::Name | F::Assignee => short(&text::line(cell), 200),
        F::Address => short(&text::line(cell), 300),
        F::Unit => short(&text::unit_number(cell), 20),
        F::Account => short(&text::whole(cell).unwrap_or_else(|| cell.split_whitespace().collect()), 30),
        F::Note | F::Result => short(cell.trim(), 2000),
        F::Description => short(cell.trim(), 4000),
        F::Year => integer(cell, 1850, 2100),
        F::Storeys => integer(cell, 1, 200),
        F::Entrance => integer(cell, 1, 99),
        F::Floor => integer(cell, -10, 200),
        F::Rooms => integer(cell, 0, 50),
        F::Rating => integer(cell, 1, 5),
        F::Area => match decimal(cell, 4) {
            Some(cm2) if (1..=1_000_000_000_000).contains(&cm2) => Ok(json!(cm2)),
            _ => Err("bad_number"),
        },
        F::Amount => match decimal(cell, 2) {
            // A hundred billion soʻm: more is a slip.
            Some(tiyin) if tiyin.abs() <= 10_000_000_000_000 => Ok(json!(tiyin)),
            _ => Err("bad_amount"),
        },
        F::Phone | F::Phone2 => phone(cell).map(|phone| json!(phone.as_str())).ok_or("bad_phone"),
        F::Email => {
            let email = cell.trim().to_lowercase();
            model::validate::email(&email, &()).map(|()| json!(email)).map_err(|_| "bad_email")
        }
        F::Login => {
            let login = cell.trim().to_lowercase();
            let good = (1..=100).contains(&login.chars().count()) && !login.chars().any(char::is_whitespace);
            if good { Ok(json!(login)) } else { Err("bad_login") }
        }
        F::Lift => word(
            cell,
            &[
                ("true", &["da", "est", "1", "true", "ha", "bor", "yes"]),
                ("false", &["net", "0", "false", "yoq", "no"]),
            ],
        )
        .map(|word| json!(word == "true")),
        F::Share => share(cell).map(|(n, d)| json!([n, d])).ok_or("bad_share"),
        F::Since | F::AsOf => day(cell).map(|day| json!(day)).ok_or("bad_date"),
        F::Created | F::Completed => moment(cell, zone).map(|at| json!(at)).ok_or("bad_date"),
        F::Skills => list(cell, SKILLS),
        F::Zones => Ok(json!(cell.split([';', '\n']).map(text::line).filter(|z| !z.is_empty()).collect::<Vec<_>>())),
        F::UnitKind => word(cell, UNIT_KINDS).map(Into::into),
        F::Lang => word(cell, LANGS).map(Into::into),
        F::Relation => word(cell, RELATIONS).map(Into::into),
        F::Role => word(cell, ROLES).map(Into::into),
        F::Status => word(cell, STATUSES).map(Into::into),
        F::Category => word(cell, CATEGORIES).map(Into::into),
        F::RequestKind => word(cell, KINDS).map(Into::into),
        F::Priority => word(cell, PRIORITIES).map(Into::into),
    }
}

fn short(text: &str, most: usize) -> Result<Value, &'static str> {
    if text.chars().count() > most { Err("too_long") } else { Ok(text.into()) }
}

fn integer(cell: &str, least: i64, most: i64) -> Result<Value, &'static str> {
    let compact: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text::whole(&compact).unwrap_or(compact);
    // `2 этаж`, `5-etaj`.
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, '-' | '.' | '\'' | 'ʻ' | 'ʼ'));
    let n: i64 = digits.parse().map_err(|_| "bad_number")?;
    if (least..=most).contains(&n) { Ok(json!(n)) } else { Err("out_of_range") }
}

/// A decimal in the smallest unit: `digits` after the point, exactly. `1 234,5`, `1,234.50`, `−12.5`.
pub fn decimal(cell: &str, digits: u32) -> Option<i64> {
    let mut text: String = cell
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\'')
        .map(|c| if matches!(c, '−' | '–') { '-' } else { c })
        .collect();
    for unit in ["м²", "м2", "кв.м.", "кв.м", "m²", "m2", "kv.m", "сум", "soʻm", "so'm", "som", "uzs"] {
        if let Some(head) = text.to_lowercase().strip_suffix(unit) {
            text = head.to_owned();
            break;
        }
    }
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.to_owned()),
        None => (false, text.strip_prefix('+').unwrap_or(&text).to_owned()),
    };
    // The last of the two marks is the decimal one; the other, and a repeated one, groups thousands.
    let point = match (text.rfind('.'), text.rfind(',')) {
        (Some(dot), Some(comma)) => Some(dot.max(comma)),
        (Some(at), None) | (None, Some(at)) => {
            let mark = text.get(at..=at)?;
            let groups = text.matches(mark).count() > 1;
            (!groups).then_some(at)
        }
        (None, None) => None,
    };
    let (head, tail) = match point {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text.as_str(), ""),
    };
    let groups: Vec<&str> = head.split(['.', ',']).collect();
    if groups.len() > 1 && (groups[0].is_empty() || groups[0].len() > 3 || groups[1..].iter().any(|g| g.len() != 3)) {
        return None;
    }
    let head = groups.concat();
    let tail = tail.trim_end_matches('0');
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if head.is_empty() || !all_digits(&head) || !all_digits(tail) || tail.len() > digits as usize {
        return None;
    }
    let fraction = format!("{tail:0<width$}", width = digits as usize);
    let value: i64 = format!("{head}{fraction}").parse().ok()?;
    Some(if negative { -value } else { value })
}

/// A phone in any form people write it, also with a leading 8 or stored as a number.
pub fn phone(cell: &str) -> Option<Phone> {
    let text = text::whole(cell.trim()).unwrap_or_else(|| cell.trim().to_owned());
    let text = text.trim_start_matches(['\'', '`']);
    let cleaned: String =
        text.chars().filter(|c| !matches!(c, '/' | '\u{a0}' | '\u{202f}' | '–' | '‑' | '_' | '*')).collect();
    Phone::parse(&cleaned).or_else(|| {
        let digits: String = cleaned.chars().filter(char::is_ascii_digit).collect();
        let only = cleaned.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
        (only && digits.len() == 10).then(|| digits.strip_prefix('8').and_then(Phone::parse)).flatten()
    })
}

/// `1/2`, `50 %`, `0,5`, `1` as an exact fraction.
fn share(cell: &str) -> Option<(i32, i32)> {
    let text: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
    let reduced = |n: i64, d: i64| {
        let divisor = gcd(n, d).max(1);
        let (n, d) = (i32::try_from(n / divisor).ok()?, i32::try_from(d / divisor).ok()?);
        (n > 0 && d >= n).then_some((n, d))
    };
    if let Some((n, d)) = text.split_once('/') {
        return reduced(n.parse().ok()?, d.parse().ok()?);
    }
    if let Some(percent) = text.strip_suffix('%') {
        return reduced(decimal(percent, 4)?, 1_000_000);
    }
    reduced(decimal(&text, 6)?, 1_000_000)
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

/// `12.05.2025`, `2025-05-12`, `12/05/25`, an Excel serial; a time behind it is left out.
pub fn day(cell: &str) -> Option<NaiveDate> {
    let text = cell.trim();
    let date = text.split([' ', 'T']).next()?.trim_end_matches(['г', '.']);
    let parsed = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y.%m.%d", "%Y/%m/%d"]
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(date, format).ok().filter(plausible))
        .or_else(|| {
            ["%d.%m.%y", "%d/%m/%y"]
                .iter()
                .find_map(|format| NaiveDate::parse_from_str(date, format).ok().filter(plausible))
        });
    parsed.or_else(|| {
        let serial: f64 = text.replace(',', ".").parse().ok()?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the two bounds")]
        let days = (20_000.0..=80_000.0).contains(&serial).then_some(serial.trunc() as u64)?;
        NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
    })
}

/// Years people mean; `05` is not the year five.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "as `filter` wants it")]
fn plausible(day: &NaiveDate) -> bool {
    use chrono::Datelike;
    (1950..2100).contains(&day.year())
}

/// A day with or without a time, in the company's zone.
pub fn moment(cell: &str, zone: FixedOffset) -> Option<DateTime<chrono::Utc>> {
    let day = day(cell)?;
    let time = cell.trim().split_once([' ', 'T']).map(|(_, time)| time.trim()).filter(|time| time.contains(':'));
    let time = match time {
        Some(text) => ["%H:%M:%S", "%H:%M"].iter().find_map(|format| NaiveTime::parse_from_str(text, format).ok())?,
        // Noon: a day without a time should not turn into the day before somewhere.
        None => NaiveTime::from_hms_opt(12, 0, 0)?,
    };
    zone.from_local_datetime(&NaiveDateTime::new(day, time)).single().map(|at| at.to_utc())
}

type Words = &'static [(&'static str, &'static [&'static str])];

/// Codes with the words that mean them, folded.
const UNIT_KINDS: Words = &[
    ("flat", &["flat", "kvartira", "kv", "xonadon", "apartment", "jiloe"]),
    ("shop", &["shop", "magazin", "dokon", "nejiloe", "kommercheskoe", "ofis", "office", "noturarjoy"]),
    ("storage", &["storage", "kladovaya", "kladovka", "omborxona", "ombor"]),
    ("parking", &["parking", "parkovka", "mashinomesto", "avtoturargoh", "turargoh", "garaj"]),
];
const LANGS: Words = &[
    ("ru", &["ru", "russkiy", "rus", "rus tili", "ruscha", "russian"]),
    ("uz", &["uz", "uzbekskiy", "ozbek", "ozbekcha", "ozbek tili", "uzbek"]),
    ("en", &["en", "angliyskiy", "inglizcha", "english"]),
];
const RELATIONS: Words = &[
    ("owner", &["owner", "sobstvennik", "vladelets", "xozyain", "mulkdor", "egasi", "uy egasi"]),
    ("tenant", &["tenant", "arendator", "kvartirant", "nanimatel", "ijarachi"]),
    ("relative", &["relative", "rodstvennik", "chlen semi", "semya", "jilets", "propisan", "oila azosi", "qarindosh"]),
];
const ROLES: Words = &[
    ("admin", &["admin", "administrator", "direktor", "rahbar"]),
    ("dispatcher", &["dispatcher", "dispetcher", "operator"]),
    ("staff", &["staff", "ispolnitel", "master", "rabochiy", "sotrudnik", "ijrochi", "usta", "xodim", "worker"]),
];
const SKILLS: Words = &[
    ("plumber", &["plumber", "santexnik"]),
    ("electrician", &["electrician", "elektrik"]),
    ("heating", &["heating", "otoplenie", "teplotexnik", "isitish ustasi", "isitish"]),
    ("lift", &["lift", "lifter", "lift ustasi", "liftyor", "elevator"]),
    ("cleaner", &["cleaner", "uborshik", "uborshitsa", "uborka", "dvornik", "farrosh"]),
    ("locksmith", &["locksmith", "slesar", "chilangar"]),
    ("handyman", &["handyman", "raznorabochiy", "master", "usta", "plotnik"]),
];
const STATUSES: Words = &[
    ("new", &["new", "novaya", "noviy", "yangi"]),
    ("assigned", &["assigned", "naznachena", "tayinlangan"]),
    ("in_progress", &["in progress", "v rabote", "bajarilmoqda", "ishda"]),
    ("deferred", &["deferred", "otlojena", "kechiktirilgan"]),
    ("done", &["done", "vipolnena", "vipolneno", "gotovo", "bajarildi", "bajarilgan"]),
    ("closed", &["closed", "zakrita", "zakrito", "yopilgan", "yopildi"]),
    ("cancelled", &["cancelled", "canceled", "otmenena", "otmena", "bekor qilingan"]),
    ("rejected", &["rejected", "otklonena", "otkaz", "rad etilgan"]),
];
const CATEGORIES: Words = &[
    ("plumbing", &["plumbing", "santexnika", "voda", "kanalizatsiya", "suv"]),
    ("electrical", &["electrical", "elektrika", "elektrichestvo", "svet", "elektr"]),
    ("heating", &["heating", "otoplenie", "isitish"]),
    ("elevator", &["elevator", "lift"]),
    ("cleaning", &["cleaning", "uborka", "tozalash"]),
    ("doors", &["doors", "dveri", "domofon", "dveri i domofon", "eshik", "eshik va domofon"]),
    ("yard", &["yard", "dvor", "territoriya", "hovli"]),
    ("other", &["other", "drugoe", "prochee", "boshqa"]),
];
const KINDS: Words = &[
    ("regular", &["regular", "obichnaya", "oddiy"]),
    ("emergency", &["emergency", "avariya", "avariynaya"]),
    ("paid", &["paid", "platnaya", "pullik"]),
    ("warranty", &["warranty", "garantiynaya", "po garantii", "kafolat", "kafolat boyicha"]),
];
const PRIORITIES: Words = &[
    ("low", &["low", "nizkiy", "past"]),
    ("normal", &["normal", "obichniy", "sredniy", "oddiy"]),
    ("high", &["high", "visokiy", "yuqori"]),
    ("urgent", &["urgent", "srochniy", "srochno", "shoshilinch"]),
];

fn word(cell: &str, words: Words) -> Result<&'static str, &'static str> {
    let cell = fold(&cell.replace('_', " "));
    let exact = words.iter().find(|(_, all)| all.contains(&cell.as_str()));
    let found = exact.or_else(|| words.iter().find(|(_, all)| all.iter().any(|w| text::near(&cell, w))));
    found.map(|(code, _)| *code).ok_or("unknown_word")
}

fn list(cell: &str, words: Words) -> Result<Value, &'static str> {
    let mut codes = Vec::new();
    for part in cell.split([',', ';', '\n', '/']).filter(|part| !part.trim().is_empty()) {
        let code = word(part, words)?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    Ok(json!(codes))
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;
