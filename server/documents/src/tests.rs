use super::*;
use calamine::{Data, Reader, Xlsx};
use chrono::TimeDelta;
use model::{
    Phone,
    imports::ImportKind,
    requests::{Category, Kind, PersonRef, Priority, Source, Status},
};
use std::io::Cursor;
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-05-12T19:30:00Z").unwrap().to_utc()
}

fn row(number: i64, description: &str) -> RequestRow {
    RequestRow {
        id: Uuid::from_u128(number.unsigned_abs().into()).into(),
        number,
        status: Status::InProgress,
        kind: Kind::Emergency,
        priority: Priority::Urgent,
        category: Category::Plumbing,
        source: Source::App,
        address: "Навои 12, №45".to_owned(),
        description: description.to_owned(),
        contact_name: Some("Gʻulomov Aʼzam".to_owned()),
        contact_phone: Phone::parse("901234567"),
        assignee: Some(PersonRef { id: Uuid::nil(), name: "Мастер".to_owned() }),
        photos: 2,
        comments: 0,
        created_at: now(),
        respond_by: None,
        responded_at: None,
        due_at: Some(now() - TimeDelta::hours(1)),
        paused_since: None,
        paused: None,
        deferred_until: None,
        soon_at: None,
        overdue: true,
        due_soon: false,
        late: false,
        returns: 0,
        completed_at: None,
        rating: Some(5),
        responsible: None,
        unread_public: false,
        unread_internal: false,
        awaits_answer: false,
        hidden: false,
    }
}

fn requests_xlsx(
    rows: impl Iterator<Item = RequestRow>,
    l: Locale,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, DocumentError> {
    let mut file = ListFile::new(ExportList::Requests, ExportFormat::Xlsx, &[], l, now)?;
    file.requests(&rows.collect::<Vec<_>>())?;
    file.finish()
}

fn read(bytes: Vec<u8>) -> (String, calamine::Range<Data>, calamine::Range<String>) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    let (cells, formulas) = (book.worksheet_range(&name).unwrap(), book.worksheet_formula(&name).unwrap());
    (name, cells, formulas)
}

#[test]
fn cells_keep_their_kinds() {
    let (name, cells, _) = read(requests_xlsx([row(7, "Течёт кран")].into_iter(), Locale::ru, now()).unwrap());
    assert_eq!(name, "Заявки");
    assert_eq!(cells.get_value((0, 0)), Some(&Data::String("Номер".to_owned())));
    assert_eq!(cells.get_value((1, 0)), Some(&Data::Float(7.0)));
    let created = match cells.get_value((1, 1)) {
        Some(Data::DateTime(at)) => at.as_f64(),
        other => panic!("{other:?}"),
    };
    // 00:30 on the 13th in Tashkent, counted from 1899-12-30.
    assert!((created - 46_155.020_833).abs() < 1e-5, "{created}");
    assert_eq!(cells.get_value((1, 2)), Some(&Data::String("В работе".to_owned())));
    assert_eq!(cells.get_value((1, 9)), Some(&Data::String("+998 90 123-45-67".to_owned())));
    assert_eq!(cells.get_value((1, 12)), Some(&Data::String("Да".to_owned())));
}

#[test]
fn what_looks_like_a_formula_stays_text() {
    for evil in ["=HYPERLINK(\"http://x\")", "+1+1", "-2", "@SUM(A1)", "\t=1", "0123"] {
        let (_, cells, formulas) = read(requests_xlsx([row(1, evil)].into_iter(), Locale::uz, now()).unwrap());
        assert_eq!(cells.get_value((1, 7)), Some(&Data::String(evil.to_owned())), "{evil}");
        assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()), "{evil}");
    }
}

#[test]
fn an_empty_list_and_a_long_one_open() {
    let (_, cells, _) = read(requests_xlsx(std::iter::empty(), Locale::en, now()).unwrap());
    assert_eq!(cells.height(), 1);
    let many = (1..=3000).map(|n| row(n, "x"));
    let (_, cells, _) = read(requests_xlsx(many, Locale::en, now()).unwrap());
    assert_eq!(cells.height(), 3001);
}

#[test]
fn only_the_columns_shown_are_taken_in_their_order() {
    let keys = ["text", "number", "nonsense"].map(str::to_owned);
    let mut file = ListFile::new(ExportList::Requests, ExportFormat::Csv, &keys, Locale::ru, now()).unwrap();
    file.requests(&[row(7, "=1+1")]).unwrap();
    assert_eq!(String::from_utf8(file.finish().unwrap()).unwrap(), "\u{feff}Описание;Номер\r\n'=1+1;7\r\n");
}

#[test]
fn templates_read_back_as_what_they_are() {
    for l in [Locale::ru, Locale::uz, Locale::en] {
        for kind in ImportKind::ALL {
            let bytes = crate::template_xlsx(*kind, l, now()).unwrap();
            let sheets = crate::read::peek(&bytes).unwrap();
            assert_eq!((sheets.len(), sheets[0].rows.len()), (2, 3), "{kind} {l:?}");
            let titles: Vec<&str> = kind.fields().iter().map(|f| import_words::field(l, *f)).collect();
            assert_eq!(sheets[0].rows[0], titles);
        }
    }
}

#[test]
fn debts_are_written_as_the_list_shows_them() {
    use model::billing::Ages;
    let sum = Money::from_tiyin;
    let ages = Ages { total: sum(250_050), to_30: sum(100_050), to_60: sum(150_000), ..Ages::default() };
    let row = DebtRow {
        account_id: Uuid::nil().into(),
        number: "0104500123".to_owned(),
        unit_id: Uuid::nil().into(),
        address: "Навои 12, №45".to_owned(),
        owner: Some("=Gʻulomov".to_owned()),
        ages,
        reminders: Default::default(),
    };
    let file = |format| {
        let mut file = ListFile::new(ExportList::Debts, format, &[], Locale::ru, now()).unwrap();
        file.debts(std::slice::from_ref(&row)).unwrap();
        file.finish().unwrap()
    };
    let csv = String::from_utf8(file(ExportFormat::Csv)).unwrap();
    let (head, line) = csv.trim_start_matches('\u{feff}').trim_end().split_once("\r\n").unwrap();
    assert_eq!(head, "Счёт;Адрес;Собственник;до 30 дней;31–60;61–90;больше 90;Долг");
    assert_eq!(line, "0104500123;\"Навои 12, №45\";'=Gʻulomov;1000,5;1500;;;2500,5");
    let (name, cells, _) = read(file(ExportFormat::Xlsx));
    assert_eq!((name.as_str(), cells.get_value((1, 7))), ("Долги", Some(&Data::Float(2_500.5))));
    assert_eq!(cells.get_value((1, 0)), Some(&Data::String("0104500123".to_owned())));
}
