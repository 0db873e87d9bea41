//! The rows of a page under headings: by house, assignee or status.

use super::query::Show;
use i18n::{Locale, td_string, words};
use model::requests::{RequestRow, Status};

/// A heading with its rows, in the order they came.
#[derive(Clone, PartialEq)]
pub(super) struct Group {
    pub title: String,
    pub rows: Vec<RequestRow>,
}

/// The house of an address: without the flat.
fn house(address: &str) -> &str {
    address.rsplit_once(", №").map_or(address, |(house, _)| house)
}

/// Headings stand in the order of their words; statuses in the order of the work.
pub(super) fn groups(l: Locale, rows: Vec<RequestRow>, show: Show) -> Vec<Group> {
    let key = |row: &RequestRow| match show {
        Show::Assignee => match &row.assignee {
            Some(person) => (1, person.name.clone()),
            None => (0, td_string!(l, common.nobody).to_owned()),
        },
        Show::Status => {
            let place = Status::ALL.iter().position(|status| *status == row.status).unwrap_or_default();
            (place, words::status(l, row.status).to_owned())
        }
        _ => (0, house(&row.address).to_owned()),
    };
    let mut out: Vec<((usize, String), Vec<RequestRow>)> = Vec::new();
    for row in rows {
        let key = key(&row);
        // A page has few headings: each finds its place as it comes.
        let at = out.partition_point(|(known, _)| *known < key);
        match out.get_mut(at) {
            Some((known, rows)) if *known == key => rows.push(row),
            _ => out.insert(at, (key, vec![row])),
        }
    }
    out.into_iter().map(|((_, title), rows)| Group { title, rows }).collect()
}

#[cfg(test)]
mod tests {
    use super::house;

    #[test]
    fn a_house_is_an_address_without_its_flat() {
        assert_eq!(house("Навои 12, №45"), "Навои 12");
        assert_eq!(house("Чиланзар 5-й квартал, 12, №45"), "Чиланзар 5-й квартал, 12");
        assert_eq!(house("Чиланзар 5-й квартал, 12"), "Чиланзар 5-й квартал, 12");
        assert_eq!(house("Навои 12"), "Навои 12");
    }
}
