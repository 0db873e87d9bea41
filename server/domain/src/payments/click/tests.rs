//! The reader takes anything and never panics; the table of states; sums.

use super::{
    receipt::{lines, vat},
    rules::{self, Stored, Verdict},
    wire::{Form, Note, tiyin},
};
use model::payments::Fiscal;
use proptest::prelude::*;
use serde_json::json;

fn stored(state: &str, disputed: bool) -> Stored {
    Stored {
        id: uuid::Uuid::nil(),
        prepare_id: 9001,
        click_trans_id: 1,
        click_paydoc_id: 2,
        merchant_trans_id: "7".to_owned(),
        account_id: uuid::Uuid::nil(),
        bill_id: None,
        amount: 500,
        state: state.to_owned(),
        disputed_at: disputed.then(chrono::DateTime::default),
    }
}

/// Click 9: the whole table of states.
#[test]
fn click_9_the_table_of_states() {
    let say = Verdict::Say;
    for (state, prepare, complete, failed) in [
        ("prepared", Verdict::Stored, Verdict::Credit, Verdict::Cancel),
        ("confirmed", say(Note::Paid), say(Note::Paid), Verdict::Dispute),
        ("cancelled", say(Note::Cancelled), say(Note::Cancelled), say(Note::Cancelled)),
    ] {
        let known = stored(state, false);
        assert_eq!(rules::prepare(&known, "7", Some(500)), prepare, "{state}");
        assert_eq!(rules::complete(&known, 0, Some(500)), complete, "{state}");
        assert_eq!(rules::complete(&known, -5017, Some(500)), failed, "{state}");
    }
    assert_eq!(rules::complete(&stored("confirmed", true), -1, Some(500)), say(Note::Cancelled), "told once");
    assert_eq!(rules::prepare(&stored("prepared", false), "8", Some(500)), say(Note::Request));
    assert_eq!(rules::prepare(&stored("prepared", false), "7", None), say(Note::Amount));
    assert_eq!(rules::complete(&stored("prepared", false), 0, Some(501)), say(Note::Amount));
    // -4 before -2 (19).
    assert_eq!(rules::complete(&stored("confirmed", false), 0, Some(501)), say(Note::Paid));
}

/// Click 11: digits, a dot, at most two decimals.
#[test]
fn click_11_sums_are_read_exactly() {
    for (text, expected) in [
        ("1000", Some(100_000)),
        ("1000.0", Some(100_000)),
        ("33139.73", Some(3_313_973)),
        ("0.01", Some(1)),
        ("92233720368547758.07", Some(i64::MAX)),
        ("92233720368547758.08", None),
        ("1.", None),
        (".1", None),
        ("1.234", None),
        ("-1", None),
        ("+1", None),
        ("1e2", None),
        ("١٢", None),
        ("", None),
    ] {
        assert_eq!(tiyin(text), expected, "{text}");
    }
}

/// Click 16: the line total is the whole sum in tiyin, its tax is within it, and one of the two numbers says whose it is.
#[test]
fn click_16_lines_name_sums_in_tiyin_and_the_tax_within() {
    for (tiyin, percent, tax) in [(2_000_000, 12, 214_286), (15_075_000, 12, 1_615_179), (112, 12, 12), (500, 0, 0)] {
        assert_eq!(vat(tiyin, percent), tax, "{tiyin} {percent}");
    }
    let fiscal = Fiscal {
        title: "Uy-joyni boshqarish xizmati, xizmat".to_owned(),
        code: "00702001001000001".to_owned(),
        package: "123456".to_owned(),
        vat_percent: 12,
    };
    let line = &lines(&fiscal, 2_000_000, "301234567")[0];
    assert_eq!(line["SPIC"], "00702001001000001", "leading zeros stay");
    assert_eq!(
        (&line["Price"], &line["GoodPrice"], &line["Amount"]),
        (&json!(2_000_000), &json!(2_000_000), &json!(1))
    );
    assert_eq!((&line["VAT"], &line["VATPercent"]), (&json!(214_286), &json!(12)));
    assert_eq!((&line["PackageCode"], &line["CommissionInfo"]), (&json!("123456"), &json!({ "TIN": "301234567" })));
    assert_eq!(lines(&fiscal, 1, "31234567890123")[0]["CommissionInfo"], json!({ "PINFL": "31234567890123" }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(form) = Form::read(&body) {
            let _ = (form.is_signed_with("x"), form.call(Some(1)));
        }
    }

    #[test]
    fn any_values_are_read_or_refused(values in prop::collection::vec("[ -~%+&=а-я]{0,24}", 11)) {
        let names = ["click_trans_id", "service_id", "click_paydoc_id", "merchant_trans_id", "merchant_prepare_id", "amount",
            "action", "error", "error_note", "sign_time", "sign_string"];
        let body: Vec<String> = names.iter().zip(&values).map(|(name, value)| format!("{name}={value}")).collect();
        if let Ok(form) = Form::read(body.join("&").as_bytes()) {
            prop_assert!(!form.is_signed_with("the key"), "no chance signature fits");
            let _ = form.call(Some(1));
            let _ = form.reply(Note::Request).json();
        }
    }

    #[test]
    fn sums_come_back(sum in 0i64..=i64::MAX) {
        prop_assert_eq!(tiyin(&format!("{}.{:02}", sum / 100, sum % 100)), Some(sum));
    }

    #[test]
    fn any_text_is_a_sum_or_none(text in "\\PC{0,30}") {
        let _ = tiyin(&text);
    }
}
