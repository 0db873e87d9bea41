//! What the list shows, as it stands in the address: a link reproduces the view.

use crate::util::{day_start, encode};
use chrono::{Days, NaiveDate, SecondsFormat};
use model::{
    BuildingId, UserId,
    requests::{Category, Kind, Priority, RequestFilter, Sort, Source, Status},
};

/// A tab of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Everything that waits for work.
    Open,
    Only(Status),
    /// Closed, cancelled and rejected.
    Ended,
    All,
}

impl View {
    fn read(text: &str) -> Option<Self> {
        match text {
            "open" => Some(Self::Open),
            "ended" => Some(Self::Ended),
            "all" => Some(Self::All),
            status => status.parse().ok().map(Self::Only),
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Ended => "ended",
            Self::All => "all",
            Self::Only(status) => status.as_str(),
        }
    }

    fn statuses(self) -> Vec<Status> {
        match self {
            Self::Open => Status::ALL.iter().copied().filter(|s| s.is_open()).collect(),
            Self::Ended => vec![Status::Closed, Status::Cancelled, Status::Rejected],
            Self::Only(status) => vec![status],
            Self::All => Vec::new(),
        }
    }
}

/// Whose requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assignee {
    #[default]
    Anyone,
    Me,
    Nobody,
    User(UserId),
}

/// How the rows are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    #[default]
    List,
    /// The same rows under headings.
    House,
    Assignee,
    Status,
    /// Columns of cards by status.
    Board,
}

impl Show {
    pub const ALL: [Self; 5] = [Self::List, Self::House, Self::Assignee, Self::Status, Self::Board];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::House => "house",
            Self::Assignee => "assignee",
            Self::Status => "status",
            Self::Board => "board",
        }
    }

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|show| show.as_str() == text)
    }
}

/// Everything the address of the list may say. Unknown values are ignored: an old link still opens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Absent: open requests, or everything while searching.
    pub view: Option<View>,
    pub kind: Option<Kind>,
    pub category: Option<Category>,
    pub building: Option<BuildingId>,
    pub assignee: Assignee,
    pub overdue: bool,
    /// Finished after their deadline.
    pub late: bool,
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
    /// Absent: newest first.
    pub sort: Option<Sort>,
    pub cursor: Option<String>,
}

impl ListQuery {
    /// Reads the parameters `status, kind, category, building, assignee, overdue, late, from, to, text, sort, cursor` and
    /// the seldom ones.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let word = |name: &str| get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
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
            overdue: word("overdue").is_some(),
            late: word("late").is_some(),
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
            from: word("from").and_then(|v| v.parse().ok()),
            to: word("to").and_then(|v| v.parse().ok()),
            text: word("text"),
            sort: word("sort").and_then(|v| v.parse().ok()).filter(|sort| *sort != Sort::Newest),
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
        [
            ("status", self.view.map(|v| v.as_str().to_owned())),
            ("kind", self.kind.map(|v| v.to_string())),
            ("category", self.category.map(|v| v.to_string())),
            ("building", self.building.map(|v| v.to_string())),
            ("assignee", assignee),
            ("overdue", self.overdue.then(|| "1".to_owned())),
            ("late", self.late.then(|| "1".to_owned())),
            ("priority", self.priority.map(|v| v.to_string())),
            ("source", self.source.map(|v| v.to_string())),
            ("responsible", self.responsible.map(|v| v.to_string())),
            ("unanswered", self.unanswered.then(|| "1".to_owned())),
            ("unread", self.unread.then(|| "1".to_owned())),
            ("watching", self.watching.then(|| "1".to_owned())),
            ("control", self.control.then(|| "1".to_owned())),
            ("photos", self.photos.then(|| "1".to_owned())),
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

    /// What a saved view keeps: the address without the page.
    pub fn kept(&self) -> String {
        let href = Self { cursor: None, ..self.clone() }.href();
        href.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
    }

    /// The same rows, all pages of them, as a table file. That door speaks the language of the API.
    pub fn export_href(&self, me: UserId, columns: &[&str]) -> String {
        let filter = self.filter(me);
        let mut pairs: Vec<(&str, String)> = Vec::new();
        pairs.extend(filter.status.iter().map(|v| ("status", v.to_string())));
        pairs.extend(filter.kind.iter().map(|v| ("kind", v.to_string())));
        pairs.extend(filter.category.iter().map(|v| ("category", v.to_string())));
        pairs.extend(filter.building_id.map(|v| ("building_id", v.to_string())));
        pairs.extend(filter.assignee_id.map(|v| ("assignee_id", v.to_string())));
        pairs.extend(filter.unassigned.then(|| ("unassigned", "true".to_owned())));
        pairs.extend(filter.overdue.then(|| ("overdue", "true".to_owned())));
        pairs.extend(filter.late.then(|| ("late", "true".to_owned())));
        pairs.extend(filter.priority.iter().map(|v| ("priority", v.to_string())));
        pairs.extend(filter.source.iter().map(|v| ("source", v.to_string())));
        pairs.extend(filter.responsible_id.map(|v| ("responsible_id", v.to_string())));
        for (name, on) in [
            ("unanswered", filter.unanswered),
            ("unread", filter.unread),
            ("watching", filter.watching),
            ("control", filter.control),
            ("photos", filter.photos),
        ] {
            pairs.extend(on.then(|| (name, "true".to_owned())));
        }
        pairs.extend(filter.rating.map(|v| ("rating", v.to_string())));
        pairs.extend(filter.from.map(|v| ("from", v.to_rfc3339_opts(SecondsFormat::Secs, true))));
        pairs.extend(filter.to.map(|v| ("to", v.to_rfc3339_opts(SecondsFormat::Secs, true))));
        pairs.extend(filter.text.map(|v| ("text", v)));
        pairs.extend(filter.sort.map(|v| ("sort", v.to_string())));
        pairs.extend((!columns.is_empty()).then(|| ("columns", columns.join(","))));
        address("/desk/requests.xlsx", &pairs)
    }

    /// The tab this query stands on.
    pub fn shown(&self) -> View {
        // A question, a mark and a call back may come when the work is over.
        let anywhere = self.text.is_some() || self.unanswered || self.control || self.rating.is_some() || self.late;
        self.view.unwrap_or(if anywhere { View::All } else { View::Open })
    }

    /// How many filters are on, besides tab, words and layout.
    pub fn active(&self) -> usize {
        let on = [
            self.kind.is_some(),
            self.category.is_some(),
            self.building.is_some(),
            self.assignee != Assignee::Anyone,
            self.overdue,
            self.late,
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
            contact_id: None,
            assignee_id: match self.assignee {
                Assignee::Me => Some(me),
                Assignee::User(id) => Some(id),
                Assignee::Anyone | Assignee::Nobody => None,
            },
            unassigned: self.assignee == Assignee::Nobody,
            overdue: self.overdue,
            late: self.late,
            from: self.from.and_then(day_start),
            to: self.to.and_then(|day| day.checked_add_days(Days::new(1))).and_then(day_start),
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

fn address(path: &str, pairs: &[(&str, String)]) -> String {
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn searching_looks_everywhere_unless_told() {
        assert_eq!(read(&[]).shown(), View::Open);
        assert_eq!(read(&[("text", "кран")]).shown(), View::All);
        assert_eq!(read(&[("text", "кран"), ("status", "new")]).shown(), View::Only(Status::New));
        assert_eq!(read(&[("status", "nonsense"), ("kind", "x"), ("from", "y")]), ListQuery::default());
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
