//! The order of a list as its header shows it and its address says it.

use model::page::Sorting;
use ui::prelude::SortDir;

/// By what, and whether the other way round than is usual for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Order<S> {
    pub by: S,
    pub reverse: bool,
}

impl<S: Sorting> Order<S> {
    /// Reads `sort` and `reverse`; unknown words mean the usual order.
    pub fn read(sort: Option<&str>, reverse: Option<&str>) -> Self {
        Self { by: sort.and_then(|word| word.parse().ok()).unwrap_or_default(), reverse: reverse.is_some() }
    }

    /// What the address says of it; the usual order needs no words.
    pub fn pairs(self) -> impl Iterator<Item = (&'static str, String)> {
        let sort = (self.by != S::default()).then(|| ("sort", self.by.to_string()));
        sort.into_iter().chain(self.reverse.then(|| ("reverse", "1".to_owned())))
    }

    /// As the header of the table shows it: columns bear the names of what they sort by.
    pub fn shown(self) -> (String, SortDir) {
        let dir = if self.by.descends() == self.reverse { SortDir::Asc } else { SortDir::Desc };
        (self.by.to_string(), dir)
    }

    /// After a press on a header: another column in its usual order, or the same one the other way round.
    pub fn pressed(self, column: &str) -> Self {
        match column.parse::<S>() {
            Ok(by) if by == self.by => Self { by, reverse: !self.reverse },
            Ok(by) => Self { by, reverse: false },
            Err(_) => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::property::BuildingSort as By;

    #[test]
    fn a_second_press_turns_the_order() {
        let usual = Order::<By>::default();
        assert_eq!(usual.shown(), ("address".to_owned(), SortDir::Asc));
        let open = usual.pressed("open");
        assert_eq!(open.shown(), ("open".to_owned(), SortDir::Desc), "the most first");
        assert_eq!(open.pressed("open").shown().1, SortDir::Asc);
        assert_eq!(open.pressed("units"), open, "no such order");
        assert_eq!(usual.pairs().count(), 0);
        assert_eq!(Order::<By>::read(Some("open"), Some("1")), open.pressed("open"));
        assert_eq!(Order::<By>::read(Some("nonsense"), None), usual);
    }
}
