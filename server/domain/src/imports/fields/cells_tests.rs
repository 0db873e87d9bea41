use super::*;
use proptest::prelude::*;

fn zone() -> FixedOffset {
    FixedOffset::east_opt(5 * 3600).unwrap()
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

proptest! {
    #[test]
    fn no_cell_panics(text in ".{0,40}", field in proptest::sample::select(Field::ALL)) {
        let _ = read(field, &text, zone());
    }
    #[test]
    fn sums_read_back(tiyin in -1_000_000_000_000_i64..1_000_000_000_000) {
        prop_assert_eq!(decimal(&model::Money::from_tiyin(tiyin).to_string(), 2), Some(tiyin));
    }
}
