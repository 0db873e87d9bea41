//! A house's units out of a few numbers: previewed in the browser and built on the server by the same code.

use super::UnitKind;
use crate::{Failure, FieldError, requests::words, validate};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// More units than any house has: a typing error.
pub const MOST_UNITS: usize = 5000;

words! {
    /// What is on the first floor.
    Ground { Homes = "homes", Shops = "shops", Empty = "empty" }
}

/// Entrances × floors × units, and what stands beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChartPlan {
    /// `flat` or `apartment`.
    #[garde(custom(home))]
    pub kind: UnitKind,
    #[garde(range(min = 1, max = 99))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 99))]
    pub entrances: i16,
    #[garde(range(min = 1, max = 100))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100))]
    pub floors: i16,
    /// On one floor of one entrance.
    #[garde(range(min = 1, max = 50))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 50))]
    pub per_floor: i16,
    #[garde(range(min = 1, max = 99_999))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 99_999))]
    #[serde(default = "one")]
    pub first_number: i32,
    /// Floors without units: technical ones.
    #[garde(length(max = 100))]
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    #[serde(default)]
    pub skip_floors: Vec<i16>,
    #[garde(skip)]
    #[serde(default = "homes")]
    pub ground: Ground,
    /// Shops on the first floor of the whole house, when that is what is there.
    #[garde(range(min = 0, max = 500))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 500))]
    #[serde(default)]
    pub shops: i16,
    #[garde(range(min = 0, max = 1000))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1000))]
    #[serde(default)]
    pub storages: i16,
    #[garde(range(min = 0, max = 2000))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 2000))]
    #[serde(default)]
    pub parking: i16,
}

const fn one() -> i32 {
    1
}
const fn homes() -> Ground {
    Ground::Homes
}
fn home(kind: &UnitKind, _: &()) -> garde::Result {
    if kind.is_home() { Ok(()) } else { Err(garde::Error::new("unknown")) }
}

/// One unit that the plan makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedUnit {
    pub kind: UnitKind,
    pub entrance: Option<i16>,
    pub floor: i16,
    pub number: String,
}

impl ChartPlan {
    /// The units by entrance, floor and number; shops, storages and parking places after them.
    ///
    /// # Errors
    /// `invalid` when a number is out of its bounds, when there is nothing to make, or far too much.
    pub fn units(&self) -> Result<Vec<PlannedUnit>, Failure> {
        validate::check(self)?;
        let lives = |floor: &i16| !(self.skip_floors.contains(floor) || *floor == 1 && self.ground != Ground::Homes);
        let floors: Vec<i16> = (1..=self.floors).filter(lives).collect();
        let shops = if self.ground == Ground::Shops { self.shops } else { 0 };
        let homes =
            usize::from(self.entrances.unsigned_abs()) * floors.len() * usize::from(self.per_floor.unsigned_abs());
        let others =
            [shops, self.storages, self.parking].into_iter().map(|n| usize::from(n.unsigned_abs())).sum::<usize>();
        if homes + others > MOST_UNITS {
            let limit = i64::try_from(MOST_UNITS).ok();
            return Err(Failure::invalid(vec![FieldError {
                limit,
                ..FieldError::new("/per_floor", "too_many_units")
            }]));
        }
        if homes + others == 0 {
            return Err(Failure::invalid(vec![FieldError::new("/floors", "no_units")]));
        }
        let mut all = Vec::with_capacity(homes + others);
        let mut number = self.first_number;
        for entrance in 1..=self.entrances {
            for floor in &floors {
                for _ in 0..self.per_floor {
                    all.push(PlannedUnit {
                        kind: self.kind,
                        entrance: Some(entrance),
                        floor: *floor,
                        number: number.to_string(),
                    });
                    number += 1;
                }
            }
        }
        for (kind, count, floor) in
            [(UnitKind::Shop, shops, 1), (UnitKind::Storage, self.storages, -1), (UnitKind::Parking, self.parking, -1)]
        {
            all.extend((1..=count).map(|n| PlannedUnit { kind, entrance: None, floor, number: n.to_string() }));
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> ChartPlan {
        ChartPlan {
            kind: UnitKind::Flat,
            entrances: 2,
            floors: 3,
            per_floor: 4,
            first_number: 1,
            skip_floors: Vec::new(),
            ground: Ground::Homes,
            shops: 0,
            storages: 0,
            parking: 0,
        }
    }

    #[test]
    fn numbers_run_through_the_house() {
        let all = plan().units().unwrap();
        assert_eq!(all.len(), 24);
        assert_eq!((all[0].number.as_str(), all[0].floor, all[0].entrance), ("1", 1, Some(1)));
        assert_eq!((all[12].number.as_str(), all[12].floor, all[12].entrance), ("13", 1, Some(2)));
        assert_eq!(all[23].number, "24");
    }

    #[test]
    fn shops_below_and_a_technical_floor() {
        let plan = ChartPlan {
            ground: Ground::Shops,
            shops: 3,
            parking: 2,
            skip_floors: vec![2],
            first_number: 101,
            ..plan()
        };
        let all = plan.units().unwrap();
        assert_eq!(all.iter().filter(|u| u.kind == UnitKind::Flat).count(), 8);
        assert!(all.iter().all(|u| u.kind != UnitKind::Flat || u.floor == 3));
        assert_eq!(all[0].number, "101");
        assert_eq!(all.iter().filter(|u| u.kind == UnitKind::Shop && u.floor == 1).count(), 3);
        assert_eq!(all.len(), 13);
    }

    #[test]
    fn typing_errors_are_refused() {
        let code = |plan: ChartPlan| plan.units().unwrap_err().fields[0].code.clone();
        assert_eq!(code(ChartPlan { entrances: 99, floors: 100, per_floor: 50, ..plan() }), "too_many_units");
        assert_eq!(code(ChartPlan { floors: 1, ground: Ground::Empty, ..plan() }), "no_units");
        assert_eq!(code(ChartPlan { floors: 0, ..plan() }), "out_of_range");
        assert_eq!(code(ChartPlan { kind: UnitKind::Shop, ..plan() }), "unknown");
    }
}
