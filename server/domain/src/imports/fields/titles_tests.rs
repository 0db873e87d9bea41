use super::*;
use proptest::prelude::*;

fn titled(kind: ImportKind, titles: &[&str]) -> Vec<Option<Field>> {
    guess(kind, &titles.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>())
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
fn totals_are_no_rows() {
    let row = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
    assert!(is_total(&row(&["", "Итого:", "", "123"])) && is_total(&row(&["JAMI", "5"])));
    assert!(!is_total(&row(&["Навои 12", "1"])));
}

proptest! {
    #[test]
    fn headers_never_panic(cells in proptest::collection::vec(proptest::collection::vec(".{0,12}", 0..6), 0..8)) {
        let row = header_row(ImportKind::People, &cells);
        let _ = guess(ImportKind::People, &titles(&cells, row));
    }
}
