//! What the register of units shows, as its address says it.

use crate::{lists::Order, util::encode};
use model::{
    BuildingId,
    property::{RegisterFilter, UnitKind, UnitSort},
};

pub(super) const PATH: &str = "/desk/units";

/// Everything the address may say. Unknown values are ignored: an old link still opens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UnitsQuery {
    pub text: Option<String>,
    pub building: Option<BuildingId>,
    pub entrance: Option<i16>,
    pub kind: Option<UnitKind>,
    pub people: Option<bool>,
    pub account: Option<bool>,
    pub no_area: bool,
    pub archived: bool,
    pub order: Order<UnitSort>,
    pub cursor: Option<String>,
}

fn yes(word: &str) -> Option<bool> {
    match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

const fn word_of(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

impl UnitsQuery {
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let word = |name: &str| get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let building = word("building").and_then(|v| v.parse().ok());
        Self {
            text: word("text"),
            building,
            // An entrance says nothing without its house.
            entrance: building.and_then(|_| word("entrance")).and_then(|v| v.parse().ok()),
            kind: word("kind").and_then(|v| v.parse().ok()),
            people: word("people").and_then(|v| yes(&v)),
            account: word("account").and_then(|v| yes(&v)),
            no_area: word("no_area").is_some(),
            archived: word("archived").is_some(),
            order: Order::read(word("sort").as_deref(), word("reverse").as_deref()),
            cursor: word("cursor"),
        }
    }

    /// The parameters that say something, without order and page.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        [
            ("text", self.text.clone()),
            ("building", self.building.map(|v| v.to_string())),
            ("entrance", self.entrance.map(|v| v.to_string())),
            ("kind", self.kind.map(|v| v.to_string())),
            ("people", self.people.map(|v| word_of(v).to_owned())),
            ("account", self.account.map(|v| word_of(v).to_owned())),
            ("no_area", self.no_area.then(|| "1".to_owned())),
            ("archived", self.archived.then(|| "1".to_owned())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }

    /// What a saved view keeps: the address without the page.
    pub fn kept(&self) -> String {
        query(self.pairs().into_iter().chain(self.order.pairs()))
    }

    pub fn href(&self) -> String {
        let cursor = self.cursor.clone().map(|cursor| ("cursor", cursor));
        let all = query(self.pairs().into_iter().chain(self.order.pairs()).chain(cursor));
        if all.is_empty() { PATH.to_owned() } else { format!("{PATH}?{all}") }
    }

    /// The same rows, all pages of them, as a table file, with the columns that are shown.
    pub fn export_href(&self, form: &str, columns: &[&str]) -> String {
        let RegisterFilter { text, building_id, entrance, kind, people, account, no_area, archived, .. } =
            self.filter();
        let pairs = [
            ("text", text),
            ("building_id", building_id.map(|v| v.to_string())),
            ("entrance", entrance.map(|v| v.to_string())),
            ("kind", kind.map(|v| v.to_string())),
            ("people", people.map(|v| v.to_string())),
            ("account", account.map(|v| v.to_string())),
            ("no_area", no_area.then(|| "true".to_owned())),
            ("archived", archived.then(|| "true".to_owned())),
            ("columns", (!columns.is_empty()).then(|| columns.join(","))),
        ];
        let order =
            self.order.pairs().map(|(name, value)| (name, if name == "reverse" { "true".to_owned() } else { value }));
        let all = query(pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).chain(order));
        let file = format!("/desk/exports/units.{form}");
        if all.is_empty() { file } else { format!("{file}?{all}") }
    }

    /// Whether anything but the order is chosen.
    pub fn is_narrow(&self) -> bool {
        !self.pairs().is_empty()
    }

    pub fn filter(&self) -> RegisterFilter {
        RegisterFilter {
            text: self.text.clone(),
            building_id: self.building,
            entrance: self.entrance,
            kind: self.kind,
            people: self.people,
            account: self.account,
            no_area: self.no_area,
            archived: self.archived,
            sort: Some(self.order.by),
            reverse: self.order.reverse,
            cursor: self.cursor.clone(),
            limit: None,
        }
    }
}

fn query(pairs: impl Iterator<Item = (&'static str, String)>) -> String {
    pairs.map(|(name, value)| format!("{name}={}", encode(&value))).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> UnitsQuery {
        UnitsQuery::read(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn an_address_reads_back() {
        let pairs = [("text", "12"), ("kind", "flat"), ("people", "no"), ("account", "yes"), ("no_area", "1")];
        let query = read(&pairs);
        assert_eq!(query.pairs(), pairs.map(|(n, v)| (n, v.to_owned())).to_vec());
        let by_area = UnitsQuery { order: query.order.pressed("area"), cursor: Some("a:b".to_owned()), ..query };
        assert_eq!(
            by_area.href(),
            "/desk/units?text=12&kind=flat&people=no&account=yes&no_area=1&sort=area&cursor=a%3Ab"
        );
        assert_eq!(
            by_area.export_href("xlsx", &["number"]),
            "/desk/exports/units.xlsx?text=12&kind=flat&people=false&account=true&no_area=true&columns=number&sort=area"
        );
        assert_eq!(read(&[]).href(), PATH);
    }

    #[test]
    fn an_entrance_needs_its_house() {
        assert_eq!(read(&[("entrance", "2"), ("people", "maybe"), ("kind", "x")]), UnitsQuery::default());
        let house = uuid::Uuid::nil().to_string();
        assert_eq!(read(&[("entrance", "2"), ("building", &house)]).entrance, Some(2));
    }
}
