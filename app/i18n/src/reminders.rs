//! Reminders of debts in words.

use crate::{Locale, billing, td_string};
use model::billing::{Quiet, ReminderKind, Variables, Wish, fill};

pub fn kind(l: Locale, kind: ReminderKind) -> &'static str {
    match kind {
        ReminderKind::Message => td_string!(l, debts.kind_message),
        ReminderKind::Letter => td_string!(l, debts.kind_letter),
        ReminderKind::PreClaim => td_string!(l, debts.kind_pre_claim),
        ReminderKind::Claim => td_string!(l, debts.kind_claim),
    }
}

pub fn wish(l: Locale, wish: Wish) -> &'static str {
    match wish {
        Wish::Any => td_string!(l, debts.wish_any),
        Wish::Telegram => td_string!(l, debts.wish_telegram),
        Wish::Sms => td_string!(l, debts.wish_sms),
        Wish::Email => td_string!(l, debts.wish_email),
    }
}

/// Why somebody is left out.
pub fn quiet(l: Locale, quiet: Quiet) -> &'static str {
    match quiet {
        Quiet::Dispute => td_string!(l, debts.quiet_dispute),
        Quiet::Promise => td_string!(l, debts.quiet_promise),
        Quiet::Small => td_string!(l, debts.quiet_small),
        Quiet::NoRoad => td_string!(l, debts.quiet_no_road),
        Quiet::Today => td_string!(l, debts.quiet_today),
        Quiet::NotLate => td_string!(l, debts.quiet_not_late),
    }
}

/// The text of a step with its values; `address` is where people reach this server.
pub fn text(l: Locale, text: &str, of: &Variables, address: &str) -> String {
    fill(text, |word| {
        Some(match word {
            "name" => of.name.clone(),
            "account" => of.account.clone(),
            "address" => of.address.clone(),
            "debt" => billing::soum(l, of.debt),
            "months" => of.months.iter().map(|month| billing::month(l, *month)).collect::<Vec<_>>().join(", "),
            "link" => format!("{address}{}", of.link),
            _ => return None,
        })
    })
}

/// The text of a step a company may begin with, from 1.
pub fn usual(l: Locale, step: usize) -> String {
    match step {
        1 => td_string!(l, debts.usual_1),
        2 => td_string!(l, debts.usual_2),
        3 => td_string!(l, debts.usual_3),
        _ => td_string!(l, debts.usual_4),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Money;

    #[test]
    fn a_text_is_filled_in_its_language() {
        let of = Variables {
            name: "Алишер {debt}".to_owned(),
            account: "701".to_owned(),
            address: "Навои 12, №7".to_owned(),
            debt: Money::from_tiyin(12_345_600),
            months: vec!["2026-09-01".parse().unwrap(), "2026-10-01".parse().unwrap()],
            link: "/my/bills".to_owned(),
        };
        let said =
            text(Locale::ru, "{name}: {account}, {address}, {debt} за {months}. {link}", &of, "https://uk.example");
        assert_eq!(
            said.replace('\u{202f}', " "),
            "Алишер {debt}: 701, Навои 12, №7, 123 456 сум за сентябрь 2026, октябрь 2026. https://uk.example/my/bills"
        );
        for step in [1, 2, 3, 4] {
            for l in [Locale::ru, Locale::uz, Locale::en] {
                let usual = usual(l, step);
                let filled = text(l, &usual, &of, "");
                assert!(filled.contains("/my/bills") && !filled.contains("{name}"), "{filled}");
            }
        }
    }
}
