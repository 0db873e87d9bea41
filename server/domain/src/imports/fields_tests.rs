use super::*;
use proptest::prelude::*;

fn titled(kind: ImportKind, titles: &[&str]) -> Vec<Option<Field>> {
    guess(kind, &titles.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>())
}

fn zone() -> FixedOffset {
    FixedOffset::east_opt(5 * 3600).unwrap()
}

#[test]
fn titles_are_known_in_three_languages_and_with_slips() {
    use Field as F;
    let ru = ["Адрес дома", "Подъезд", "Этаж", "Кв.", "Площадь (кв. м)", "Лицевой счёт"];
    let uz = ["Uy manzili", "Yoʻlak", "Qavat", "Xonadon", "Maydon, m²", "Shaxsiy hisobvaraq"];
    let en = ["Building address", "Entrance", "Floor", "Flat", "Area, m2", "Account number"];
    let want = [F::Address, F::Entrance, F::Floor, F::Unit, F::Area, F::Account].map(Some);
    for titles in [ru, uz, en] {
        assert_eq!(titled(ImportKind::Property, &titles), want, "{titles:?}");
    }
    let slips = ["ФИО", "Телефн", "Кваритра", "что-то ещё", "Примечаиие"];
    assert_eq!(titled(ImportKind::People, &slips)[..2], [Some(F::Name), Some(F::Phone)],);
    assert_eq!(titled(ImportKind::People, &slips)[3], None);
}

#[test]
fn a_header_of_two_rows_is_found_under_its_banner() {
    let row = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
    let rows = vec![
        row(&["Реестр квартир на 01.05.2026"]),
        row(&[]),
        row(&["Дом", "Квартира", "", "", "Лицевой счёт"]),
        row(&["", "номер квартиры", "этаж", "площадь", ""]),
        row(&["Навои 12", "1", "1", "45,5", "100"]),
    ];
    assert_eq!(header_row(ImportKind::Property, &rows), 3);
    let titles = titles(&rows, 3);
    assert_eq!(titles, ["Дом", "номер квартиры", "этаж", "площадь", "Лицевой счёт"]);
    let want = [Field::Address, Field::Unit, Field::Floor, Field::Area, Field::Account].map(Some);
    assert_eq!(guess(ImportKind::Property, &titles), want);
}

#[test]
fn sums_are_exact() {
    for (text, tiyin) in [
        ("1 234 567,89", Some(123_456_789)),
        ("1,234,567.89", Some(123_456_789)),
        ("1.234.567,89", Some(123_456_789)),
        ("-12.5", Some(-1250)),
        ("−12,50 сум", Some(-1250)),
        ("0.1", Some(10)),
        ("12,345", None),
        ("1.2.3,4,5", None),
        ("сто", None),
        ("", None),
        ("-", None),
    ] {
        assert_eq!(decimal(text, 2), tiyin, "{text}");
    }
    assert_eq!(decimal("45.5 м²", 4), Some(455_000));
}

#[test]
fn phones_in_any_form() {
    for text in ["90 123-45-67", "998901234567.0", "+998(90)1234567", "8901234567", "'901234567", "90/123/45/67"] {
        assert_eq!(phone(text).map(|p| p.to_string()).as_deref(), Some("+998901234567"), "{text}");
    }
    for text in ["12345", "нет", "+7 901 123 45 67", "901234567, 931234567"] {
        assert_eq!(phone(text), None, "{text}");
    }
}

#[test]
fn days_in_any_form() {
    let want = NaiveDate::from_ymd_opt(2025, 5, 12);
    for text in [
        "12.05.2025",
        "2025-05-12",
        "12/05/2025",
        "12.05.25",
        "45789",
        "45789.5",
        "12.05.2025 14:30",
        "2025-05-12T09:00",
    ] {
        assert_eq!(day(text), want, "{text}");
    }
    for text in ["32.01.2025", "мая", "5", ""] {
        assert_eq!(day(text), None, "{text}");
    }
    assert_eq!(moment("12.05.2025 01:30", zone()).unwrap().to_rfc3339(), "2025-05-11T20:30:00+00:00");
}

#[test]
fn shares_are_fractions() {
    for (text, want) in [
        ("1/2", Some((1, 2))),
        ("50 %", Some((1, 2))),
        ("0,25", Some((1, 4))),
        ("1", Some((1, 1))),
        ("3/2", None),
        ("0", None),
        ("1/0", None),
    ] {
        assert_eq!(share(text), want, "{text}");
    }
}

#[test]
fn words_become_codes() {
    assert_eq!(read(Field::Relation, "Собственник", zone()), Ok("owner".into()));
    assert_eq!(read(Field::Relation, "mulkdor", zone()), Ok("owner".into()));
    assert_eq!(read(Field::Status, "В работе", zone()), Ok("in_progress".into()));
    assert_eq!(
        read(Field::Skills, "Сантехник, Elektrik; плотник", zone()),
        Ok(json!(["plumber", "electrician", "handyman"]))
    );
    assert_eq!(read(Field::Role, "космонавт", zone()), Err("unknown_word"));
    assert_eq!(read(Field::Floor, "2 этаж", zone()), Ok(json!(2)));
    assert_eq!(read(Field::Floor, "45.0", zone()), Ok(json!(45)));
    assert_eq!(read(Field::Area, "очень большая", zone()), Err("bad_number"));
}

#[test]
fn totals_are_no_rows() {
    let row = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
    assert!(is_total(&row(&["", "Итого:", "", "123"])) && is_total(&row(&["JAMI", "5"])));
    assert!(!is_total(&row(&["Навои 12", "1"])));
}

proptest! {
    #[test]
    fn no_cell_panics(text in ".{0,40}", field in proptest::sample::select(Field::ALL)) {
        let _ = read(field, &text, zone());
    }
    #[test]
    fn sums_read_back(tiyin in -1_000_000_000_000_i64..1_000_000_000_000) {
        prop_assert_eq!(decimal(&model::Money::from_tiyin(tiyin).to_string(), 2), Some(tiyin));
    }
    #[test]
    fn headers_never_panic(cells in proptest::collection::vec(proptest::collection::vec(".{0,12}", 0..6), 0..8)) {
        let row = header_row(ImportKind::People, &cells);
        let _ = guess(ImportKind::People, &titles(&cells, row));
    }
}
