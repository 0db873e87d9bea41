//! Money in words: months, rules of prices, how a line of a bill was counted.

use crate::{Locale, td_string};
use chrono::{Datelike, NaiveDate};
use model::{
    Money,
    billing::{BillLine, EntryKind, RunState, SharedBy, TariffRow, TariffRule, WarningKind},
    payments::PaymentState,
};

/// `ноябрь 2026`.
pub fn month(l: Locale, day: NaiveDate) -> String {
    let name = td_string!(l, billing.months).split(',').nth(day.month0() as usize).unwrap_or("?");
    format!("{name} {}", day.year())
}

/// `05.12.2026`.
pub fn day(day: NaiveDate) -> String {
    crate::when::date(&day)
}

/// `1 250 сум`.
pub fn soum(l: Locale, sum: Money) -> String {
    td_string!(l, billing.soum, sum = sum.to_string()).to_string()
}

pub fn rule(l: Locale, rule: TariffRule) -> &'static str {
    match rule {
        TariffRule::Area => td_string!(l, billing.rule_area),
        TariffRule::Unit => td_string!(l, billing.rule_unit),
        TariffRule::Person => td_string!(l, billing.rule_person),
        TariffRule::Shared => td_string!(l, billing.rule_shared),
    }
}

pub fn share(l: Locale, share: SharedBy) -> &'static str {
    match share {
        SharedBy::Area => td_string!(l, billing.share_area),
        SharedBy::Unit => td_string!(l, billing.share_unit),
        SharedBy::Person => td_string!(l, billing.share_person),
    }
}

/// The rule with how a sum is shared.
pub fn whole_rule(l: Locale, tariff: &TariffRow) -> String {
    match tariff.share_by {
        Some(by) => format!("{}, {}", rule(l, tariff.rule), share(l, by)),
        None => rule(l, tariff.rule).to_owned(),
    }
}

/// Where an edition holds.
pub fn scope(l: Locale, tariff: &TariffRow) -> String {
    let place = tariff.address.clone().or_else(|| tariff.complex.clone());
    let mut parts = vec![place.unwrap_or_else(|| td_string!(l, billing.scope_company).to_owned())];
    if tariff.storeys_from.is_some() || tariff.storeys_to.is_some() {
        let bound = |storeys: Option<i16>| storeys.map(|n| n.to_string()).unwrap_or_default();
        let (from, to) = (bound(tariff.storeys_from), bound(tariff.storeys_to));
        parts.push(td_string!(l, billing.storeys, from = from, to = to).to_string());
    }
    match tariff.has_lift {
        Some(true) => parts.push(td_string!(l, billing.lift_yes).to_owned()),
        Some(false) => parts.push(td_string!(l, billing.lift_no).to_owned()),
        None => {}
    }
    parts.join(", ")
}

pub fn payment_state(l: Locale, state: PaymentState) -> &'static str {
    match state {
        PaymentState::Completed => td_string!(l, payments.state_completed),
        PaymentState::Refunded => td_string!(l, payments.state_refunded),
    }
}

pub fn run_state(l: Locale, state: RunState) -> &'static str {
    match state {
        RunState::Previewing => td_string!(l, billing.run_previewing),
        RunState::Ready => td_string!(l, billing.run_ready),
        RunState::Posting => td_string!(l, billing.run_posting),
        RunState::Posted => td_string!(l, billing.run_posted),
        RunState::Undoing => td_string!(l, billing.run_undoing),
        RunState::Undone => td_string!(l, billing.run_undone),
        RunState::Stopped => td_string!(l, billing.run_stopped),
    }
}

pub fn warning(l: Locale, kind: WarningKind) -> &'static str {
    match kind {
        WarningKind::NoArea => td_string!(l, billing.warn_no_area),
        WarningKind::NoPeople => td_string!(l, billing.warn_no_people),
        WarningKind::NoTariff => td_string!(l, billing.warn_no_tariff),
        WarningKind::MuchMore => td_string!(l, billing.warn_much_more),
        WarningKind::MuchLess => td_string!(l, billing.warn_much_less),
        WarningKind::NothingToShare => td_string!(l, billing.warn_nothing_to_share),
    }
}

/// What a movement is; a taking back says of what.
pub fn movement(l: Locale, kind: EntryKind, of: Option<EntryKind>) -> String {
    match (kind, of) {
        (EntryKind::Reversal, Some(of)) => {
            td_string!(l, billing.kind_reversal, what = movement(l, of, None)).to_string()
        }
        (EntryKind::Opening, _) => td_string!(l, billing.kind_opening).to_owned(),
        (EntryKind::Charge, _) => td_string!(l, billing.kind_charge).to_owned(),
        (EntryKind::Payment, _) => td_string!(l, billing.kind_payment).to_owned(),
        (EntryKind::Refund, _) => td_string!(l, billing.kind_refund).to_owned(),
        (EntryKind::Correction | EntryKind::Reversal, _) => td_string!(l, billing.kind_correction).to_owned(),
        (EntryKind::Penalty, _) => td_string!(l, billing.kind_penalty).to_owned(),
    }
}

/// The arithmetic of a line, as one would write it by hand.
pub fn explain(l: Locale, line: &BillLine) -> String {
    let of = &line.inputs;
    let price = of.price.to_string();
    let area = || decimal(l, i128::from(of.area_cm2.unwrap_or_default()), 10_000);
    let persons = || of.persons.unwrap_or_default().to_string();
    // Of a shared sum, days are in the parts already; over the whole month they are what people know.
    let days = i128::from(of.month_days.max(1));
    let total = |unit: i128| decimal(l, i128::from(of.share_total.unwrap_or_default()), unit * days);
    let mut text = match (of.rule, of.share_by) {
        (TariffRule::Area, _) => td_string!(l, billing.x_area, area = area(), price = price).to_string(),
        (TariffRule::Unit, _) => td_string!(l, billing.x_unit, price = price).to_string(),
        (TariffRule::Person, _) => td_string!(l, billing.x_person, n = persons(), price = price).to_string(),
        (TariffRule::Shared, Some(SharedBy::Area)) => {
            td_string!(l, billing.x_shared_area, price = price, part = area(), total = total(10_000)).to_string()
        }
        (TariffRule::Shared, Some(SharedBy::Person)) => {
            td_string!(l, billing.x_shared_person, price = price, part = persons(), total = total(1)).to_string()
        }
        (TariffRule::Shared, _) => td_string!(l, billing.x_shared_unit, price = price, total = total(1)).to_string(),
    };
    if of.days < of.month_days {
        text.push_str(
            &td_string!(l, billing.x_days, days = of.days.to_string(), of = of.month_days.to_string()).to_string(),
        );
    }
    if of.share_extra > 0 {
        text.push_str(td_string!(l, billing.x_extra));
    }
    text.push_str(&td_string!(l, billing.x_is, sum = line.base.to_string()).to_string());
    if line.relief > Money::ZERO {
        let (relief, sum) = (line.relief.to_string(), line.amount.to_string());
        text.push_str(&match of.relief_bp {
            Some(bp) => {
                let percent = decimal(l, i128::from(bp), 100);
                td_string!(l, billing.x_relief_percent, percent = percent, relief = relief, sum = sum).to_string()
            }
            None => td_string!(l, billing.x_relief, relief = relief, sum = sum).to_string(),
        });
    }
    text
}

/// A percentage kept in hundredths.
pub fn percent(l: Locale, bp: i32) -> String {
    decimal(l, i128::from(bp), 100)
}

/// `54,3`: at most two digits after the mark, cut where more would be known.
fn decimal(l: Locale, num: i128, den: i128) -> String {
    let hundredths = num * 100 / den.max(1);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    let mark = if matches!(l, Locale::en) { '.' } else { ',' };
    match rest {
        0 => whole.to_string(),
        rest if rest % 10 == 0 => format!("{whole}{mark}{}", rest / 10),
        rest => format!("{whole}{mark}{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::billing::{Inputs, ServiceName, count};

    fn line(inputs: Inputs) -> BillLine {
        let counted = count(&inputs).unwrap();
        BillLine {
            service_id: uuid(),
            service: ServiceName::default(),
            inputs,
            base: counted.base,
            relief: counted.relief,
            amount: counted.amount,
            relief_reason: None,
        }
    }

    fn uuid() -> model::ServiceId {
        "01890000-0000-7000-8000-000000000000".parse().unwrap()
    }

    fn inputs(rule: TariffRule, price: i64) -> Inputs {
        Inputs {
            rule,
            share_by: None,
            price: Money::from_tiyin(price),
            area_cm2: Some(543_000),
            persons: Some(3),
            days: 30,
            month_days: 30,
            share_total: None,
            share_extra: 0,
            relief_bp: None,
            relief_sum: None,
        }
    }

    #[test]
    fn the_arithmetic_reads_as_by_hand() {
        let say = |l, inputs| explain(l, &line(inputs)).replace('\u{202f}', " ");
        let russian = Locale::ru;
        assert_eq!(say(russian, inputs(TariffRule::Area, 150_000)), "54,3 м² × 1 500 сум = 81 450 сум");
        let half = Inputs { days: 12, relief_bp: Some(5_000), ..inputs(TariffRule::Person, 500_000) };
        assert_eq!(
            say(russian, half),
            "3 чел. × 5 000 сум × 12 из 30 дн. = 6 000 сум − льгота 50 % (3 000 сум) = 3 000 сум"
        );
        let shared = Inputs {
            share_by: Some(SharedBy::Area),
            share_total: Some(543_000 * 30 * 2),
            ..inputs(TariffRule::Shared, 1_000_000)
        };
        assert_eq!(say(Locale::en, shared), "10 000 soʻm for the house × a share of 54.3 of 108.6 m² = 5 000 soʻm");
        assert_eq!(month(Locale::uz, "2026-11-23".parse().unwrap()), "noyabr 2026");
    }
}
