//! What is on a paper, read back from the PDF.

use super::*;
use crate::paper::{letter, receipt::data};
use calamine::{Data as Value, Reader, Xlsx};
use lopdf::Document;
use model::{
    AccountId, Money, Phone,
    billing::{
        BillLine, EntryKind, Inputs, MonthBill, MonthSums, Movement, Payer, PenaltyLine, PenaltyRow, PenaltyStep,
        ReminderKind, ReminderText, ServiceName, SharedBy, Statement, TariffRule, Variables, count,
    },
    receipts::{DebtLetter, LetterMonth, PayMark, Receipt, StatementPaper},
};
use std::io::Cursor;
use uuid::Uuid;

const ALL: [Locale; 3] = [Locale::ru, Locale::uz, Locale::en];

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-23T07:30:00Z").unwrap().to_utc()
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn tiyin(n: i64) -> Money {
    Money::from_tiyin(n)
}

fn issuer() -> Issuer {
    Issuer {
        name: "Чистый дом".to_owned(),
        legal_name: Some("ООО «Chistiy Doʻm Servis»".to_owned()),
        tax_id: Some("301234567".to_owned()),
        bank_account: Some("20208000123456789001".to_owned()),
        bank_name: Some("АКБ «Агробанк»".to_owned()),
        bank_code: Some("00084".to_owned()),
        address: Some("Ташкент, Навои 1".to_owned()),
        phone: Phone::parse("712004050"),
    }
}

fn line(name: &str, inputs: Inputs) -> BillLine {
    let counted = count(&inputs).unwrap();
    BillLine {
        service_id: Uuid::nil().into(),
        service: ServiceName {
            ru: name.to_owned(), uz: format!("{name} oʻzbekcha"), en: format!("{name} in English")
        },
        inputs,
        base: counted.base,
        relief: counted.relief,
        amount: counted.amount,
        relief_reason: (counted.relief > Money::ZERO).then(|| "Указ № 7".to_owned()),
    }
}

fn inputs(rule: TariffRule, price: i64) -> Inputs {
    Inputs {
        rule,
        share_by: None,
        price: tiyin(price),
        area_cm2: Some(543_000),
        persons: Some(3),
        days: 31,
        month_days: 31,
        share_total: None,
        share_extra: 0,
        relief_bp: None,
        relief_sum: None,
    }
}

fn movement(on: &str, kind: EntryKind, amount: i64, reason: Option<&str>) -> Movement {
    Movement {
        booked_on: day(on),
        kind,
        of: None,
        amount: tiyin(amount),
        balance: tiyin(amount),
        reason: reason.map(str::to_owned),
        author: None,
    }
}

/// Two months that were late; the first had a payment in between.
fn penalty() -> PenaltyRow {
    let step =
        |from: &str, to: &str, debt| PenaltyStep { from: day(from), to: day(to), debt: tiyin(debt), rate: 1_000 };
    let line =
        |month: &str, steps, amount| PenaltyLine { month: day(month), steps, capped: None, amount: tiyin(amount) };
    let august = vec![step("2026-10-01", "2026-10-11", 40_000), step("2026-10-12", "2026-10-31", 10_000)];
    PenaltyRow {
        id: Uuid::nil().into(),
        period: day("2026-10-01"),
        payer: Payer::Person,
        amount: tiyin(777),
        lines: vec![
            line("2026-08-01", august, 640),
            line("2026-09-01", vec![step("2026-10-16", "2026-10-31", 8_563)], 137),
        ],
        waiver: None,
    }
}

/// A bill with every kind of line; its sums add up.
fn receipt(number: &str, more: usize) -> Receipt {
    let shared = Inputs {
        share_by: Some(SharedBy::Area),
        share_total: Some(543_000 * 31 * 40),
        share_extra: 1,
        ..inputs(TariffRule::Shared, 123_456_789)
    };
    let mut lines = vec![
        line("Содержание общего имущества", inputs(TariffRule::Area, 150_037)),
        line("Лифт", inputs(TariffRule::Unit, 1_500_000)),
        line("Вывоз мусора", Inputs { days: 12, relief_bp: Some(5_000), ..inputs(TariffRule::Person, 500_000) }),
        line("Освещение двора", shared),
    ];
    lines.extend((0..more).map(|n| line(&format!("Услуга {n}"), inputs(TariffRule::Unit, 100_000))));
    let charged = lines.iter().map(|l| l.amount.tiyin()).sum::<i64>();
    let sums = MonthSums {
        period: day("2026-10-01"),
        opening: tiyin(12_345_678),
        charged: tiyin(charged),
        recalculated: tiyin(-50_001),
        penalty: tiyin(777),
        paid: tiyin(10_000_000),
        closing: tiyin(12_345_678 + charged - 50_001 + 777 - 10_000_000),
    };
    let bill = MonthBill {
        account_id: AccountId(Uuid::nil()),
        number: number.to_owned(),
        address: "Навои 12, №45".to_owned(),
        sums,
        due_on: day("2026-11-15"),
        lines,
        penalty: Some(penalty()),
        movements: vec![
            movement("2026-10-05", EntryKind::Payment, -10_000_000, None),
            movement("2026-10-20", EntryKind::Correction, -50_001, Some("Отъезд")),
            movement("2026-10-31", EntryKind::Penalty, 777, None),
        ],
    };
    let side = 33;
    Receipt {
        issuer: issuer(),
        bill,
        payer: Some("Gʻulomov Aʼzam Oʻktam oʻgʻli".to_owned()),
        printed_on: day("2026-11-23"),
        balance: tiyin(5_000_000),
        pay: Some(PayMark {
            url: "https://crm.uz/pay/x".to_owned(),
            side,
            dark: (0..side * side).map(|n| n % 3 == 0).collect(),
        }),
    }
}

/// The words of a page without the spaces between them, which a PDF may set as it likes.
fn text(bytes: &[u8], page: u32) -> String {
    let text = Document::load_mem(bytes).unwrap().extract_text(&[page]).unwrap();
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn tight(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn pages(bytes: &[u8]) -> usize {
    Document::load_mem(bytes).unwrap().get_pages().len()
}

#[test]
fn the_numbers_on_paper_are_those_of_the_bill() {
    for l in ALL {
        let of = receipt("0104500123", 0);
        let bytes = receipts_pdf(std::slice::from_ref(&of), l, true, now()).unwrap();
        assert_eq!(pages(&bytes), 1, "{l:?}");
        let page = text(&bytes, 1);
        let mut wanted: Vec<String> = of.bill.lines.iter().map(|line| line.amount.to_string()).collect();
        let sums = of.bill.sums;
        for sum in [sums.opening, sums.charged, sums.recalculated, sums.penalty, sums.paid, sums.closing, of.balance] {
            wanted.push(sum.to_string());
        }
        wanted.extend(of.bill.lines.iter().map(|line| i18n::billing::explain(l, line)));
        wanted.extend(penalty().lines.iter().map(|line| i18n::penalties::explain(l, line)));
        wanted.extend(of.bill.movements.iter().map(|m| format!("{}", m.amount)));
        wanted.extend(["0104500123", "Навои 12, №45", "Gʻulomov Aʼzam Oʻktam oʻgʻli", "15.11.2026"].map(str::to_owned));
        wanted.extend(["301234567", "20208000123456789001", "00084", "ООО «Chistiy Doʻm Servis»"].map(str::to_owned));
        wanted.push(i18n::billing::month(l, sums.period));
        for one in wanted {
            assert!(page.contains(&tight(&one)), "{l:?}: {one} is not on the paper: {page}");
        }
    }
}

#[test]
fn the_sums_add_up_as_they_are_shown() {
    let shown = &data(&[receipt("1", 0)], Locale::ru).receipts[0];
    let read = |text: &str| {
        let plain = text.replace('\u{202f}', "");
        let (sign, digits) = plain.strip_prefix('−').map_or((1, plain.as_str()), |rest| (-1, rest));
        sign * Money::read(digits).unwrap().tiyin()
    };
    let values: Vec<i64> = shown.sums.iter().map(|sum| read(&sum.value)).collect();
    let [opening, charged, recalculated, penalty, paid] = values[..] else { panic!("{values:?}") };
    assert_eq!(opening + charged + recalculated + penalty - paid, read(&shown.total.value));
    assert_eq!(shown.lines.iter().map(|line| read(&line.amount)).sum::<i64>(), read(&shown.charged));
    assert_eq!(shown.penalty.iter().map(|line| read(&line.amount)).sum::<i64>(), penalty);
    let moved: i64 = shown.movements.iter().map(|m| read(&m.amount)).sum();
    assert_eq!(moved, recalculated + penalty - paid);
}

#[test]
fn whoever_paid_ahead_is_not_asked_to_pay() {
    let mut of = receipt("1", 0);
    (of.bill.sums.closing, of.balance, of.pay) = (tiyin(-150), Money::ZERO, None);
    let shown = &data(std::slice::from_ref(&of), Locale::ru).receipts[0];
    assert_eq!((shown.total.value.as_str(), shown.due.as_ref()), ("1,50", None));
    // Nothing charged, nobody known, nothing told of the company: still a paper.
    (of.bill.lines, of.bill.movements, of.bill.penalty, of.payer) = (Vec::new(), Vec::new(), None, None);
    of.issuer = Issuer { name: "Дом".to_owned(), ..Issuer::default() };
    assert_eq!(pages(&receipts_pdf(&[of], Locale::uz, true, now()).unwrap()), 1);
}

#[test]
fn what_people_typed_is_never_taken_for_a_template() {
    let mut of = receipt("1", 0);
    of.payer = Some("#read(\"/etc/passwd\") $x$ *b* <y> @z [".to_owned());
    let bytes = receipts_pdf(&[of], Locale::ru, true, now()).unwrap();
    assert!(text(&bytes, 1).contains("#read(\"/etc/passwd\")$x$*b*<y>@z["));
}

#[test]
fn a_long_bill_goes_on_and_a_house_is_one_file_in_its_order() {
    let long = receipts_pdf(&[receipt("1", 60)], Locale::ru, true, now()).unwrap();
    assert!(pages(&long) > 1);
    let part = |numbers: &[&str]| {
        let all: Vec<Receipt> = numbers.iter().map(|number| receipt(number, 0)).collect();
        receipts_pdf(&all, Locale::uz, false, now()).unwrap()
    };
    let parts = vec![part(&["90001", "90002"]), part(&["90003"]), part(&["90004", "90005"])];
    let apart: usize = parts.iter().map(Vec::len).sum();
    let whole = join(parts).unwrap();
    assert_eq!(pages(&whole), 5);
    for (page, number) in (1..).zip(["90001", "90002", "90003", "90004", "90005"]) {
        assert!(text(&whole, page).contains(number), "{number}");
    }
    assert!(whole.len() < apart + 2_000, "{} from {apart}", whole.len());
}

#[test]
fn every_letter_has_a_glyph() {
    let of = receipt("1", 0);
    for l in ALL {
        let mut shown = serde_json::to_string(&data(std::slice::from_ref(&of), l)).unwrap();
        shown += &serde_json::to_string(&letter::data(&[letter_to("Gʻulomov")], l)).unwrap();
        for font in &PRESS.fonts {
            let lost: String = shown.chars().filter(|c| !font.info().coverage.contains(u32::from(*c))).collect();
            assert_eq!(lost, "", "{l:?} {:?}", font.info().family);
        }
    }
}

#[test]
fn a_statement_is_the_same_on_paper_and_in_a_workbook() {
    let statement = Statement {
        from: day("2026-09-01"),
        to: day("2026-11-23"),
        opening: tiyin(-5_000),
        movements: vec![
            Movement { balance: tiyin(95_050), ..movement("2026-09-30", EntryKind::Charge, 100_050, None) },
            Movement { balance: tiyin(45_050), ..movement("2026-10-05", EntryKind::Payment, -50_000, Some("=1+1")) },
        ],
        closing: tiyin(45_050),
    };
    let of = StatementPaper {
        issuer: issuer(),
        account_id: AccountId(Uuid::nil()),
        number: "0104500123".to_owned(),
        address: "Навои 12, №45".to_owned(),
        payer: None,
        printed_on: day("2026-11-23"),
        statement,
    };
    for l in ALL {
        let page = text(&statement_pdf(&of, l, now()).unwrap(), 1);
        for one in ["−50", "1 000,50", "950,50", "−500", "450,50", "30.09.2026", "0104500123", "1/1"] {
            assert!(page.contains(&tight(one)), "{l:?} {one}: {page}");
        }
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(statement_xlsx(&of, l, now()).unwrap())).unwrap();
        let cells = book.worksheet_range_at(0).unwrap().unwrap();
        let sums: Vec<Option<&Value>> = (1..=4).map(|row| cells.get_value((row, 3))).collect();
        assert_eq!(sums, [-50.0, 950.5, 450.5, 450.5].map(Value::Float).iter().map(Some).collect::<Vec<_>>());
        assert_eq!(cells.get_value((3, 2)), Some(&Value::Float(-500.0)));
    }
    let empty = StatementPaper { statement: Statement { movements: Vec::new(), ..of.statement.clone() }, ..of };
    assert_eq!(pages(&statement_pdf(&empty, Locale::en, now()).unwrap()), 1);
}

fn letter_to(name: &str) -> DebtLetter {
    let text = |word: &str| format!("{{name}}, {word} {{debt}}: {{link}}");
    let month =
        |month: &str, debt, penalty| LetterMonth { month: day(month), debt: tiyin(debt), penalty: tiyin(penalty) };
    DebtLetter {
        issuer: issuer(),
        kind: ReminderKind::PreClaim,
        number: "0104500123/3-0926".to_owned(),
        printed_on: day("2026-11-23"),
        text: ReminderText { ru: text("долг"), uz: text("qarz"), en: text("you owe") },
        values: Variables {
            name: name.to_owned(),
            account: "0104500123".to_owned(),
            address: "Навои 12, №45".to_owned(),
            debt: tiyin(12_345_605),
            months: vec![day("2026-09-01"), day("2026-10-01")],
            link: "https://crm.uz/pay/x".to_owned(),
        },
        days_late: 39,
        months: vec![month("2026-09-01", 7_000_000, 145_605), month("2026-10-01", 5_000_000, 0)],
        earlier_penalty: tiyin(200_000),
        pay: receipt("1", 0).pay,
    }
}

#[test]
fn a_letter_says_who_owes_what_and_since_when() {
    for l in ALL {
        let of = letter_to("Gʻulomov Aʼzam");
        let bytes = letters_pdf(&[of.clone(), letter_to("")], l, true, now()).unwrap();
        assert_eq!(pages(&bytes), 2, "{l:?}");
        let page = text(&bytes, 1);
        let mut wanted = vec![
            i18n::letters::title(l, of.kind).to_owned(),
            i18n::letters::spelled(l, of.values.debt),
            i18n::reminders::text(l, of.text.get(i18n::lang(l)), &of.values, ""),
            of.values.debt.to_string(),
            of.earlier_penalty.to_string(),
        ];
        for month in &of.months {
            wanted.extend([i18n::billing::month(l, month.month), month.debt.to_string()]);
        }
        let facts = ["Gʻulomov Aʼzam", "Навои 12, №45", "0104500123/3-0926", "23.11.2026", "1 456,05", "301234567"];
        wanted.extend(facts.map(str::to_owned));
        for one in wanted {
            assert!(page.contains(&tight(&one)), "{l:?}: {one} is not in the letter: {page}");
        }
        // Nobody is known there: the letter goes to the owner, whoever it is.
        assert!(!text(&bytes, 2).contains("Gʻulomov"));
    }
    // What is in the letter adds up.
    let of = letter_to("");
    let all: i64 = of.months.iter().map(|m| m.debt.tiyin() + m.penalty.tiyin()).sum();
    assert_eq!(all + of.earlier_penalty.tiyin(), of.values.debt.tiyin());
}
