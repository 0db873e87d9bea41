//! What the list shows, as it stands in the address: a link reproduces the view.

pub use super::view::{Assignee, Show, View};
use crate::util::{day, day_start, encode};
use chrono::{DateTime, Days, NaiveDate, SecondsFormat, Utc};
use model::{
    BuildingId, ComplexId, ContactId, EntranceId, ProblemId, UserId,
    requests::{Category, Kind, Priority, RequestFilter, Sort, Source},
};

/// Everything the address of the list may say. Unknown values are ignored: an old link still opens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Absent: open requests, or everything while searching.
    pub view: Option<View>,
    pub kind: Option<Kind>,
    pub category: Option<Category>,
    pub building: Option<BuildingId>,
    pub assignee: Assignee,
    /// The first answer or the deadline was missed.
    pub overdue: bool,
    /// Near the next deadline.
    pub soon: bool,
    /// Finished after their deadline.
    pub late: bool,
    /// Sent back to work once or more.
    pub reopened: bool,
    pub complex: Option<ComplexId>,
    pub entrance: Option<EntranceId>,
    pub problem: Option<ProblemId>,
    /// Who it is from.
    pub contact: Option<ContactId>,
    pub due_from: Option<NaiveDate>,
    /// The last day, included.
    pub due_to: Option<NaiveDate>,
    pub priority: Option<Priority>,
    pub source: Option<Source>,
    pub responsible: Option<UserId>,
    /// The resident has the last word.
    pub unanswered: bool,
    pub unread: bool,
    /// What the reader watches or answers for.
    pub watching: bool,
    /// Finished work that waits for a call back.
    pub control: bool,
    pub photos: bool,
    /// Rated so or worse.
    pub rating: Option<i16>,
    pub show: Show,
    pub from: Option<NaiveDate>,
    /// The last day, included.
    pub to: Option<NaiveDate>,
    pub text: Option<String>,
    /// Absent: the usual order.
    pub sort: Option<Sort>,
    pub cursor: Option<String>,
}

impl ListQuery {
    /// Reads the parameters `status, kind, category, building, assignee, overdue, soon, late, from, to, text, sort, cursor`
    /// and the seldom ones.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let word = |name: &str| get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let (overdue, soon) = (word("overdue").is_some(), word("soon").is_some());
        Self {
            view: word("status").and_then(|v| View::read(&v)),
            kind: word("kind").and_then(|v| v.parse().ok()),
            category: word("category").and_then(|v| v.parse().ok()),
            building: word("building").and_then(|v| v.parse().ok()),
            assignee: match word("assignee").as_deref() {
                Some("me") => Assignee::Me,
                Some("none") => Assignee::Nobody,
                Some(id) => id.parse().map_or(Assignee::Anyone, Assignee::User),
                None => Assignee::Anyone,
            },
            overdue,
            soon,
            late: word("late").is_some(),
            reopened: word("reopened").is_some(),
            complex: word("complex").and_then(|v| v.parse().ok()),
            entrance: word("entrance").and_then(|v| v.parse().ok()),
            problem: word("problem").and_then(|v| v.parse().ok()),
            contact: word("contact").and_then(|v| v.parse().ok()),
            due_from: word("due_from").and_then(|v| day(&v)),
            due_to: word("due_to").and_then(|v| day(&v)),
            priority: word("priority").and_then(|v| v.parse().ok()),
            source: word("source").and_then(|v| v.parse().ok()),
            responsible: word("responsible").and_then(|v| v.parse().ok()),
            unanswered: word("unanswered").is_some(),
            unread: word("unread").is_some(),
            watching: word("watching").is_some(),
            control: word("control").is_some(),
            photos: word("photos").is_some(),
            rating: word("rating").and_then(|v| v.parse().ok()).filter(|stars| (1..=5).contains(stars)),
            show: word("show").and_then(|v| Show::read(&v)).unwrap_or_default(),
            from: word("from").and_then(|v| day(&v)),
            to: word("to").and_then(|v| day(&v)),
            text: word("text"),
            sort: word("sort").and_then(|v| v.parse().ok()).filter(|sort| overdue || soon || *sort != Sort::Newest),
            cursor: word("cursor"),
        }
    }

    /// The parameters that say something.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let assignee = match self.assignee {
            Assignee::Anyone => None,
            Assignee::Me => Some("me".to_owned()),
            Assignee::Nobody => Some("none".to_owned()),
            Assignee::User(id) => Some(id.to_string()),
        };
        let on = |on: bool| on.then(|| "1".to_owned());
        [
            ("status", self.view.map(|v| v.as_str().to_owned())),
            ("kind", self.kind.map(|v| v.to_string())),
            ("category", self.category.map(|v| v.to_string())),
            ("building", self.building.map(|v| v.to_string())),
            ("assignee", assignee),
            ("overdue", on(self.overdue)),
            ("soon", on(self.soon)),
            ("late", on(self.late)),
            ("reopened", on(self.reopened)),
            ("complex", self.complex.map(|v| v.to_string())),
            ("entrance", self.entrance.map(|v| v.to_string())),
            ("problem", self.problem.map(|v| v.to_string())),
            ("contact", self.contact.map(|v| v.to_string())),
            ("due_from", self.due_from.map(|v| v.to_string())),
            ("due_to", self.due_to.map(|v| v.to_string())),
            ("priority", self.priority.map(|v| v.to_string())),
            ("source", self.source.map(|v| v.to_string())),
            ("responsible", self.responsible.map(|v| v.to_string())),
            ("unanswered", on(self.unanswered)),
            ("unread", on(self.unread)),
            ("watching", on(self.watching)),
            ("control", on(self.control)),
            ("photos", on(self.photos)),
            ("rating", self.rating.map(|v| v.to_string())),
            ("show", (self.show != Show::List).then(|| self.show.as_str().to_owned())),
            ("from", self.from.map(|v| v.to_string())),
            ("to", self.to.map(|v| v.to_string())),
            ("text", self.text.clone()),
            ("sort", self.sort.map(|v| v.to_string())),
            ("cursor", self.cursor.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)))
        .collect()
    }

    /// The address of this view.
    pub fn href(&self) -> String {
        address("/desk", &self.pairs())
    }

    /// The address of this view with other parameters, from its first page on; `None` takes one away.
    pub fn but(&self, changes: &[(&'static str, Option<&str>)]) -> String {
        let mut pairs = self.pairs();
        pairs.retain(|(name, _)| *name != "cursor" && changes.iter().all(|(changed, _)| changed != name));
        for (name, value) in changes {
            if let Some(value) = value {
                pairs.push((name, (*value).to_owned()));
            }
        }
        address("/desk", &pairs)
    }

    /// What a saved view keeps: the address without the page.
    pub fn kept(&self) -> String {
        let href = self.but(&[]);
        href.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
    }

    /// The same rows, all pages of them, as a table file. That door speaks the language of the API.
    pub fn export_href(&self, me: UserId, columns: &[&str]) -> String {
        let filter = self.filter(me);
        let mut pairs: Vec<(&str, String)> = Vec::new();
        for status in &filter.status {
            pairs.push(("status", status.to_string()));
        }
        for (name, value) in [
            ("kind", self.kind.map(Kind::as_str)),
            ("category", self.category.map(Category::as_str)),
            ("priority", self.priority.map(Priority::as_str)),
            ("source", self.source.map(Source::as_str)),
            ("sort", filter.sort.map(Sort::as_str)),
            ("text", filter.text.as_deref()),
        ] {
            if let Some(value) = value {
                pairs.push((name, value.to_owned()));
            }
        }
        for (name, id) in [
            ("building_id", self.building.map(|v| v.0)),
            ("assignee_id", filter.assignee_id.map(|v| v.0)),
            ("complex_id", self.complex.map(|v| v.0)),
            ("entrance_id", self.entrance.map(|v| v.0)),
            ("problem_id", self.problem.map(|v| v.0)),
            ("contact_id", self.contact.map(|v| v.0)),
            ("responsible_id", self.responsible.map(|v| v.0)),
        ] {
            if let Some(id) = id {
                pairs.push((name, id.to_string()));
            }
        }
        for (name, on) in [
            ("unassigned", filter.unassigned),
            ("overdue", filter.overdue),
            ("late", filter.late),
            ("soon", filter.soon),
            ("reopened", filter.reopened),
            ("unanswered", filter.unanswered),
            ("unread", filter.unread),
            ("watching", filter.watching),
            ("control", filter.control),
            ("photos", filter.photos),
        ] {
            if on {
                pairs.push((name, "true".to_owned()));
            }
        }
        for (name, at) in
            [("due_from", filter.due_from), ("due_to", filter.due_to), ("from", filter.from), ("to", filter.to)]
        {
            if let Some(at) = at {
                pairs.push((name, at.to_rfc3339_opts(SecondsFormat::Secs, true)));
            }
        }
        if let Some(stars) = filter.rating {
            pairs.push(("rating", stars.to_string()));
        }
        if !columns.is_empty() {
            pairs.push(("columns", columns.join(",")));
        }
        address("/desk/requests.xlsx", &pairs)
    }

    /// As [`Self::export_href`], as CSV.
    pub fn csv_href(&self, me: UserId, columns: &[&str]) -> String {
        self.export_href(me, columns).replacen("/desk/requests.xlsx", "/desk/exports/requests.csv", 1)
    }

    /// The tab this query stands on.
    pub fn shown(&self) -> View {
        // A question, a mark, a call back and a return may come when the work is over.
        let anywhere = self.text.is_some()
            || self.unanswered
            || self.control
            || self.rating.is_some()
            || self.late
            || self.reopened;
        self.view.unwrap_or(if anywhere { View::All } else { View::Open })
    }

    /// The same among what still runs: finished work is neither overdue nor due soon.
    pub fn running(self) -> Self {
        Self { view: self.running_tab(), late: false, ..self }
    }

    /// The tab that was chosen, unless only what is over stands on it.
    pub fn running_tab(&self) -> Option<View> {
        self.view.filter(|view| match view {
            View::Open => true,
            View::Only(status) => status.is_open(),
            _ => false,
        })
    }

    /// How many filters are on, besides tab, words and layout.
    pub fn active(&self) -> usize {
        let on = [
            self.kind.is_some(),
            self.category.is_some(),
            self.building.is_some(),
            self.assignee != Assignee::Anyone,
            self.overdue,
            self.soon,
            self.late,
            self.reopened,
            self.complex.is_some(),
            self.entrance.is_some(),
            self.problem.is_some(),
            self.contact.is_some(),
            self.due_from.is_some() || self.due_to.is_some(),
            self.priority.is_some(),
            self.source.is_some(),
            self.responsible.is_some(),
            self.unanswered,
            self.unread,
            self.watching,
            self.control,
            self.photos,
            self.rating.is_some(),
            self.from.is_some() || self.to.is_some(),
        ];
        on.into_iter().filter(|on| *on).count()
    }

    /// The order of the rows.
    pub fn order(&self) -> Sort {
        self.sort.unwrap_or_else(|| Sort::usual(self.overdue || self.soon))
    }

    /// The same view without any filter.
    pub fn bare(&self) -> Self {
        Self { view: self.view, text: self.text.clone(), sort: self.sort, show: self.show, ..Self::default() }
    }

    /// The filter behind the view; `me` answers for "mine".
    pub fn filter(&self, me: UserId) -> RequestFilter {
        RequestFilter {
            status: self.shown().statuses(),
            kind: self.kind.into_iter().collect(),
            category: self.category.into_iter().collect(),
            building_id: self.building,
            unit_id: None,
            contact_id: self.contact,
            assignee_id: match self.assignee {
                Assignee::Me => Some(me),
                Assignee::User(id) => Some(id),
                Assignee::Anyone | Assignee::Nobody => None,
            },
            unassigned: self.assignee == Assignee::Nobody,
            overdue: self.overdue,
            soon: self.soon,
            late: self.late,
            reopened: self.reopened,
            complex_id: self.complex,
            entrance_id: self.entrance,
            problem_id: self.problem,
            due_from: self.due_from.and_then(day_start),
            due_to: self.due_to.and_then(day_after),
            from: self.from.and_then(day_start),
            to: self.to.and_then(day_after),
            text: self.text.clone(),
            sort: self.sort,
            cursor: self.cursor.clone(),
            limit: None,
            priority: self.priority.into_iter().collect(),
            source: self.source.into_iter().collect(),
            responsible_id: self.responsible,
            unanswered: self.unanswered,
            unread: self.unread,
            watching: self.watching,
            control: self.control,
            photos: self.photos,
            rating: self.rating,
            ..RequestFilter::default()
        }
    }
}

/// The end of a day that is included.
fn day_after(day: NaiveDate) -> Option<DateTime<Utc>> {
    day.checked_add_days(Days::new(1)).and_then(day_start)
}

fn address(path: &str, pairs: &[(&str, String)]) -> String {
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::requests::Status;

    fn read(pairs: &[(&str, &str)]) -> ListQuery {
        ListQuery::read(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn an_address_reads_back() {
        let pairs = [
            ("status", "in_progress"),
            ("kind", "emergency"),
            ("assignee", "me"),
            ("overdue", "1"),
            ("from", "2026-05-01"),
        ];
        let query = read(&pairs);
        assert_eq!(query.pairs(), pairs.map(|(n, v)| (n, v.to_owned())).to_vec());
        assert_eq!(query.href(), "/desk?status=in_progress&kind=emergency&assignee=me&overdue=1&from=2026-05-01");
    }

    #[test]
    fn what_may_be_over_is_looked_for_everywhere() {
        let query = read(&[("unanswered", "1"), ("priority", "urgent"), ("show", "board"), ("rating", "9")]);
        assert_eq!((query.shown(), query.active(), query.rating), (View::All, 2, None));
        assert_eq!(query.href(), "/desk?priority=urgent&unanswered=1&show=board");
        assert_eq!(query.bare().href(), "/desk?show=board");
        assert_eq!(read(&[("watching", "1")]).shown(), View::Open);
    }

    #[test]
    fn what_only_the_window_asks_stands_in_the_address_and_in_the_export() {
        let id = "00000000-0000-0000-0000-000000000001";
        let pairs = [
            ("soon", "1"),
            ("reopened", "1"),
            ("complex", id),
            ("entrance", id),
            ("problem", id),
            ("contact", id),
            ("due_from", "2026-05-01"),
            ("due_to", "2026-05-02"),
        ];
        let query = read(&pairs);
        assert_eq!(query.pairs(), pairs.map(|(n, v)| (n, v.to_owned())).to_vec());
        assert_eq!((query.shown(), query.active(), query.bare().active()), (View::All, 7, 0));
        let me = UserId(uuid::Uuid::nil());
        let filter = query.filter(me);
        assert_eq!((filter.due_to.unwrap() - filter.due_from.unwrap()).num_hours(), 48);
        let export = query.export_href(me, &[]);
        for name in
            ["soon=true", "reopened=true", "complex_id=", "entrance_id=", "problem_id=", "contact_id=", "due_from="]
        {
            assert!(export.contains(name), "{name}: {export}");
        }
    }

    #[test]
    fn searching_looks_everywhere_unless_told() {
        assert_eq!(read(&[]).shown(), View::Open);
        assert_eq!(read(&[("text", "кран")]).shown(), View::All);
        assert_eq!(read(&[("text", "кран"), ("status", "new")]).shown(), View::Only(Status::New));
        assert_eq!(read(&[("status", "nonsense"), ("kind", "x"), ("from", "y")]), ListQuery::default());
    }

    #[test]
    fn an_order_that_was_asked_for_stays_in_the_address() {
        assert_eq!((read(&[]).order(), read(&[("overdue", "1")]).order()), (Sort::Newest, Sort::Due));
        for (pairs, href) in [
            (&[("sort", "newest")][..], "/desk"),
            (&[("sort", "due")], "/desk?sort=due"),
            (&[("soon", "1"), ("sort", "due")], "/desk?soon=1&sort=due"),
            (&[("soon", "1"), ("sort", "newest")], "/desk?soon=1&sort=newest"),
        ] {
            assert_eq!(read(pairs).href(), href);
        }
    }

    #[test]
    fn the_last_day_is_included() {
        let filter = read(&[("from", "2026-05-01"), ("to", "2026-05-01")]).filter(UserId(uuid::Uuid::nil()));
        assert_eq!((filter.to.unwrap() - filter.from.unwrap()).num_hours(), 24);
    }

    #[test]
    fn the_export_names_every_status_of_the_tab() {
        let query = read(&[("status", "ended"), ("overdue", "1"), ("cursor", "5.x")]);
        assert_eq!(
            query.export_href(UserId(uuid::Uuid::nil()), &[]),
            "/desk/requests.xlsx?status=closed&status=cancelled&status=rejected&overdue=true"
        );
    }
}
