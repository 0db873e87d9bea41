//! How one line of a bill is counted. The database counts whole months by the same rule (`charges_for`); this counts a
//! line again from what it kept, and the words beside it (`i18n::billing`) follow these steps.

use super::{SharedBy, TariffRule};
use crate::Money;
use serde::{Deserialize, Serialize};

/// Everything a line was counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Inputs {
    pub rule: TariffRule,
    /// How the sum of a house is shared; only with `shared`.
    pub share_by: Option<SharedBy>,
    /// For a square metre, a unit, a person; or the sum of the whole house.
    pub price: Money,
    pub area_cm2: Option<i64>,
    pub persons: Option<i32>,
    /// Days of the month the account was open.
    pub days: i16,
    pub month_days: i16,
    /// All parts of a shared sum: areas, units or persons times days.
    pub share_total: Option<i64>,
    /// The tiyin of the sum that could not be divided and went here: 0 or 1.
    pub share_extra: i16,
    /// The relief in hundredths of a percent.
    pub relief_bp: Option<i32>,
    /// The relief as a sum.
    pub relief_sum: Option<Money>,
}

/// A counted line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Before the relief.
    pub base: Money,
    pub relief: Money,
    pub amount: Money,
}

/// Counts a line. `None` when what it needs is missing or no sum could hold it.
///
/// Rounding: once, at the end, half a tiyin and more counts as one. A shared sum is cut down to whole tiyin, and what is
/// left over goes to the largest remainders, one each, so that the house pays exactly its sum.
pub fn count(of: &Inputs) -> Option<Counted> {
    let price = i128::from(of.price.tiyin());
    let weight = weight(of)?;
    let base = match of.rule {
        TariffRule::Shared => {
            price.checked_mul(weight)? / i128::from(of.share_total.filter(|total| *total > 0)?)
                + i128::from(of.share_extra)
        }
        TariffRule::Area => rounded(price.checked_mul(weight)?, i128::from(of.month_days) * 10_000)?,
        TariffRule::Unit | TariffRule::Person => rounded(price.checked_mul(weight)?, i128::from(of.month_days))?,
    };
    let relief = match (of.relief_bp, of.relief_sum) {
        (Some(bp), _) => rounded(base.checked_mul(i128::from(bp))?, 10_000)?,
        (None, Some(sum)) => i128::from(sum.tiyin()).min(base),
        (None, None) => 0,
    };
    let money = |tiyin: i128| i64::try_from(tiyin).ok().map(Money::from_tiyin);
    Some(Counted { base: money(base)?, relief: money(relief)?, amount: money(base - relief)? })
}

/// The part of a line: what is counted, times the days.
fn weight(of: &Inputs) -> Option<i128> {
    let by = match of.rule {
        TariffRule::Area => SharedBy::Area,
        TariffRule::Unit => SharedBy::Unit,
        TariffRule::Person => SharedBy::Person,
        TariffRule::Shared => of.share_by?,
    };
    let amount = match by {
        SharedBy::Area => i128::from(of.area_cm2?),
        SharedBy::Unit => 1,
        SharedBy::Person => i128::from(of.persons?),
    };
    Some(amount * i128::from(of.days))
}

/// Half and more counts as one; both above zero.
fn rounded(num: i128, den: i128) -> Option<i128> {
    num.checked_mul(2)?.checked_add(den)?.checked_div(den.checked_mul(2)?)
}

/// Shares a sum by parts to the tiyin: cut down, then one more for the largest remainders, of equal ones the first.
pub fn share(sum: Money, parts: &[i64]) -> Vec<Money> {
    let (sum, total) = (i128::from(sum.tiyin()), parts.iter().map(|p| i128::from(*p)).sum::<i128>());
    if total <= 0 {
        return vec![Money::ZERO; parts.len()];
    }
    let mut shares: Vec<i128> = parts.iter().map(|p| sum * i128::from(*p) / total).collect();
    let left = sum - shares.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..parts.len()).filter(|n| parts.get(*n).is_some_and(|p| *p > 0)).collect();
    order.sort_by_key(|n| (std::cmp::Reverse(parts.get(*n).map(|p| sum * i128::from(*p) % total)), *n));
    for n in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(share) = shares.get_mut(n) {
            *share += 1;
        }
    }
    shares.into_iter().map(|tiyin| Money::from_tiyin(i64::try_from(tiyin).unwrap_or(i64::MAX))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(rule: TariffRule, price: i64) -> Inputs {
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

    fn amount(of: &Inputs) -> i64 {
        count(of).unwrap().amount.tiyin()
    }

    #[test]
    fn examples_by_hand() {
        // 54.3 m² at 1,500 soʻm.
        assert_eq!(amount(&plain(TariffRule::Area, 150_000)), 8_145_000);
        assert_eq!(amount(&plain(TariffRule::Unit, 1_200_000)), 1_200_000);
        assert_eq!(amount(&plain(TariffRule::Person, 400_000)), 1_200_000);
        // Ten days of thirty: a third, and a third of 100 tiyin is 33.
        let days = Inputs { days: 10, ..plain(TariffRule::Unit, 100) };
        assert_eq!(amount(&days), 33);
        // Half a tiyin counts as one.
        assert_eq!(amount(&Inputs { days: 15, ..plain(TariffRule::Unit, 101) }), 51);
        let relief = Inputs { relief_bp: Some(5_000), ..plain(TariffRule::Unit, 101) };
        assert_eq!(amount(&relief), 50);
        assert_eq!(count(&relief).unwrap().relief.tiyin(), 51);
        let more = Inputs { relief_sum: Some(Money::from_tiyin(500)), ..plain(TariffRule::Unit, 101) };
        assert_eq!(amount(&more), 0);
        assert_eq!(count(&Inputs { area_cm2: None, ..plain(TariffRule::Area, 1) }), None);
    }

    #[test]
    fn a_shared_sum_is_shared_to_the_last_tiyin() {
        let parts = share(Money::from_tiyin(100), &[1, 1, 1]);
        assert_eq!(parts.iter().map(|m| m.tiyin()).collect::<Vec<_>>(), [34, 33, 33]);
        let parts = share(Money::from_tiyin(100), &[0, 5, 2]);
        assert_eq!(parts.iter().map(|m| m.tiyin()).collect::<Vec<_>>(), [0, 71, 29]);
        assert_eq!(share(Money::from_tiyin(5), &[0, 0]), [Money::ZERO, Money::ZERO]);
    }
}
