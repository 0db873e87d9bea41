use super::*;
use proptest::prelude::*;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 5, 31).unwrap()
}

const OWN: &str = "20208000900123456001";

fn document(facts: &[(&str, &str)]) -> String {
    let body: String = facts.iter().map(|(key, value)| format!("{key}={value}\r\n")).collect();
    format!("СекцияДокумент=Платежное поручение\r\n{body}КонецДокумента\r\n")
}

fn file(documents: &[String]) -> String {
    format!(
        "1CClientBankExchange\r\nВерсияФормата=1.03\r\nКодировка=Windows\r\nДатаНачала=01.05.2026\r\nДатаКонца=31.05.2026\r\n\
         РасчСчет={OWN}\r\nСекцияРасчСчет\r\nДатаНачала=01.05.2026\r\nНачальныйОстаток=100.00\r\nРасчСчет={OWN}\r\n\
         ВсегоПоступило=1500.50\r\nВсегоСписано=200\r\nКонецРасчСчет\r\n{}КонецФайла\r\n",
        documents.concat()
    )
}

#[test]
fn a_document_without_its_end_is_named_whatever_follows() {
    for next in ["СекцияДокумент=Ещё", "СекцияРасчСчет", "КонецРасчСчет", "КонецФайла"]
    {
        let text = format!("СекцияДокумент=Платежное поручение\r\nНомер=1\r\n{next}\r\n");
        let parsed = exchange(&text, today()).unwrap();
        assert_eq!(parsed.skipped.first().map(|line| line.why), Some(SkipReason::Unfinished), "{next}");
    }
}

#[test]
fn an_exchange_file_is_read() {
    let text = file(&[
        document(&[
            ("Номер", "17"),
            ("Дата", "11.05.2026"),
            ("Сумма", "1500.50"),
            ("Плательщик", "КАРИМОВ  АЗИЗ"),
            ("ПлательщикСчет", "2261 8000 1 00000001 001"),
            ("ПолучательСчет", OWN),
            ("ДатаПоступило", "12.05.2026"),
            ("НазначениеПлатежа", "За л/с 0104500123 = май"),
        ]),
        document(&[("Номер", "18"), ("Сумма", "200"), ("ПлательщикСчет", OWN), ("ПолучательСчет", "1"), ("Дата", "1")]),
    ]);
    let parsed = exchange(&text, today()).unwrap();
    assert_eq!(parsed.own_accounts, [OWN.to_owned()].into());
    assert_eq!((parsed.from, parsed.to), (NaiveDate::from_ymd_opt(2026, 5, 1), NaiveDate::from_ymd_opt(2026, 5, 31)));
    assert_eq!((parsed.declared, parsed.outgoing_count, parsed.outgoing_tiyin), (Some(150_050), 1, 20_000));
    assert_eq!(
        parsed.incoming,
        [Incoming {
            line: 1,
            own_account: OWN.to_owned(),
            day: NaiveDate::from_ymd_opt(2026, 5, 12).unwrap(),
            number: "17".to_owned(),
            tiyin: 150_050,
            payer: "КАРИМОВ АЗИЗ".to_owned(),
            payer_account: "22618000100000001001".to_owned(),
            purpose: "За л/с 0104500123 = май".to_owned(),
        }]
    );
    assert!(parsed.skipped.is_empty());
}

#[test]
fn what_cannot_be_booked_is_named() {
    let to_us = |sum: &'static str, day: &'static str| {
        document(&[("Номер", "1"), ("Сумма", sum), ("ПолучательСчет", OWN), ("Дата", day)])
    };
    let own_transfer =
        document(&[("Сумма", "5"), ("ПлательщикСчет", OWN), ("ПолучательСчет", OWN), ("Дата", "01.05.2026")]);
    let foreign = document(&[("Сумма", "5"), ("ПлательщикСчет", "1"), ("ПолучательСчет", "2"), ("Дата", "01.05.2026")]);
    let text = file(&[
        to_us("1,200", "01.05.2026"),
        to_us("-5", "01.05.2026"),
        to_us("5", "когда-то"),
        to_us("5", "01.06.2026"),
        to_us("20000000000", "01.05.2026"),
        own_transfer,
        foreign,
        "СекцияДокумент=x\r\nСумма=5\r\n".to_owned(),
    ]);
    let parsed = exchange(&text, today()).unwrap();
    use SkipReason as W;
    let why: Vec<(i32, W)> = parsed.skipped.iter().map(|skipped| (skipped.line, skipped.why)).collect();
    let mut wanted = vec![
        (1, W::BadSum),
        (2, W::BadSum),
        (3, W::BadDate),
        (4, W::InFuture),
        (5, W::BadSum),
        (7, W::NoDirection),
        (8, W::Unfinished),
    ];
    wanted.sort_unstable();
    assert_eq!(why, wanted);
    assert_eq!((parsed.incoming.len(), parsed.outgoing_count), (0, 1));
}

fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect()
}

#[test]
fn tables_of_banks_are_read_by_their_titles() {
    let credit = "Выписка;;;;;\nДата документа;№ документа;Дебет;Кредит;Плательщик;Назначение платежа\n12.05.2026;5;;150 000,00;Каримов;лс 12\n12.05.2026;6;100,00;;Банк;комиссия\nИтого;;100,00;150 000,00;;";
    let parsed = table(&rows(credit), Some(OWN), today()).unwrap();
    assert_eq!(parsed.incoming.len(), 1);
    assert_eq!((parsed.incoming[0].tiyin, parsed.incoming[0].number.as_str()), (15_000_000, "5"));
    assert_eq!(parsed.incoming[0].purpose, "лс 12");
    assert_eq!((parsed.outgoing_count, parsed.outgoing_tiyin), (1, 10_000));
    let signed = "Sana;Summa;Toʻlov maqsadi\n2026-05-12;500.00;12-xonadon\n2026-05-13;-7;komissiya\n2026-05-14;x;?";
    let parsed = table(&rows(signed), Some(OWN), today()).unwrap();
    assert_eq!((parsed.incoming.len(), parsed.outgoing_tiyin, parsed.skipped.len()), (1, 700, 1));
    assert_eq!(table(&rows(signed), None, today()), Err(Refused::NoAccount));
    assert_eq!(table(&rows("a;b\n1;2"), Some(OWN), today()), Err(Refused::NoColumns));
    assert_eq!(table(&[], Some(OWN), today()), Err(Refused::NoColumns));
}

#[test]
fn a_huge_file_is_refused() {
    let one = document(&[("Сумма", "1")]);
    assert_eq!(exchange(&one.repeat(MOST_LINES + 1), today()), Err(Refused::TooLarge));
    assert_eq!(table(&vec![Vec::new(); MOST_LINES + 1], Some(OWN), today()), Err(Refused::TooLarge));
}

/// Lines as a bank, a tired programmer or an attacker would write them.
fn line() -> impl Strategy<Value = String> {
    let keys = [
        "Сумма",
        "Дата",
        "ДатаПоступило",
        "ДатаСписано",
        "Номер",
        "ПолучательСчет",
        "ПлательщикСчет",
        "РасчСчет",
        "НазначениеПлатежа",
        "СекцияДокумент",
        "КонецДокумента",
        "СекцияРасчСчет",
        "КонецРасчСчет",
        "КонецФайла",
    ];
    prop_oneof![
        (proptest::sample::select(keys.to_vec()), ".{0,30}").prop_map(|(key, value)| format!("{key}={value}")),
        (proptest::sample::select(keys.to_vec()), "[0-9., -]{0,30}").prop_map(|(key, value)| format!("{key}={value}")),
        Just(format!("ПолучательСчет={OWN}")),
        Just(format!("РасчСчет={OWN}")),
        Just("Дата=01.05.2026".to_owned()),
        ".{0,40}",
    ]
}

proptest! {
    #[test]
    fn nothing_panics_and_every_document_is_accounted_for(lines in proptest::collection::vec(line(), 0..60)) {
        let text = lines.join("\r\n");
        let parsed = exchange(&text, today()).unwrap();
        for found in &parsed.incoming {
            prop_assert!(found.tiyin > 0 && found.tiyin <= MOST.tiyin() && found.day <= today());
            prop_assert!(found.purpose.chars().count() <= 1000 && found.number.chars().count() <= 50);
            prop_assert!(!found.own_account.is_empty() && found.own_account.len() <= 34);
        }
        let opened = text.lines().filter(|l| l.split('=').next().unwrap_or("").trim().to_lowercase() == "секциядокумент").count();
        prop_assert_eq!(parsed.incoming.len() + parsed.outgoing_count + parsed.skipped.len(), opened);
    }

    #[test]
    fn tables_do_not_panic(rows in proptest::collection::vec(proptest::collection::vec("[0-9.,а-я -]{0,14}", 0..7), 0..20)) {
        let mut all = vec!["Дата".to_owned(), "Сумма".to_owned(), "Назначение".to_owned()];
        all.extend(["Дебет".to_owned(), "Кредит".to_owned()]);
        let rows: Vec<Vec<String>> = std::iter::once(all).chain(rows).collect();
        let parsed = table(&rows, Some(OWN), today()).unwrap();
        prop_assert!(parsed.incoming.iter().all(|found| found.tiyin > 0));
    }
}
