//! The life of each request: words, people, steps, comments, photos, marks.

use super::{
    Plot,
    copy::{Rows, Table},
    houses::{Building, Unit},
    people::{Household, Resident, Staff, Worker},
    pictures::Album,
    plan::{Fate, Planned, daytime},
    rng::Rng,
    texts,
};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use model::{
    Lang, Role,
    people::Skill,
    requests::{Category, Change, Kind, Moment, Priority, Source, Status},
};
use uuid::Uuid;

/// How often a category is an emergency, in the order of [`Category::ALL`].
const URGENT: [f64; 8] = [0.14, 0.08, 0.1, 0.16, 0.03, 0.04, 0.04, 0.03];
/// How often it concerns the flat and not the house.
const IN_FLAT: [f64; 8] = [0.92, 0.6, 0.9, 0.05, 0.1, 0.25, 0.0, 0.4];
/// Heating by month, January first, against about 80 for everything else.
const HEATING: [f64; 12] = [26.0, 18.0, 9.0, 2.0, 1.0, 1.0, 1.0, 1.0, 2.0, 20.0, 36.0, 28.0];

/// Who took a step.
#[derive(Clone)]
struct Who {
    id: Uuid,
    name: String,
    role: Role,
}

impl From<(&Worker, Role)> for Who {
    fn from((worker, role): (&Worker, Role)) -> Self {
        Self { id: worker.id, name: worker.name.clone(), role }
    }
}

/// Everything of one house that requests need.
pub(super) struct House<'a> {
    pub plot: &'a Plot,
    pub building: &'a Building,
    pub flats: &'a [Unit],
    pub households: &'a [Household],
    pub staff: &'a Staff,
    pub album: &'a Album,
}

/// Writes one request with everything below it.
pub(super) fn write(rows: &mut Rows, rng: &mut Rng, house: &House<'_>, planned: &Planned) {
    let (plot, flat) = (house.plot, planned.flat % house.flats.len());
    let unit = &house.flats[flat];
    let category = category(rng, house, planned.at);
    let index = Category::ALL.iter().position(|c| *c == category).unwrap_or(0);
    // An emergency is not left alone for days.
    let stale = matches!(planned.fate, Fate::Open(_)) && plot.now - planned.at > TimeDelta::days(1);
    let urgent = planned.emergency || (!stale && rng.chance(URGENT[index]));
    let kind = match (urgent, rng.unit()) {
        (true, _) => Kind::Emergency,
        (false, x) if x < 0.04 => Kind::Paid,
        (false, x) if x < 0.12 && house.building.year >= 2020 => Kind::Warranty,
        _ => Kind::Regular,
    };
    let priority = match rng.weighted(&[0.12, 0.7, 0.18]) {
        _ if urgent => Priority::Urgent,
        0 => Priority::Low,
        1 => Priority::Normal,
        _ => Priority::High,
    };
    let author = author(rng, &house.households[flat], planned, flat);
    let dispatcher = &house.staff.dispatchers[rng.below(house.staff.dispatchers.len())];
    let desk = Who::from((dispatcher, Role::Dispatcher));
    let (source, filed_by) = match (author, author.and_then(|a| a.user)) {
        (Some(a), Some(user)) if rng.chance(0.72) || planned.emergency => {
            let who = Who { id: user, name: a.name.clone(), role: Role::Resident };
            (if rng.chance(0.62) { Source::App } else { Source::Bot }, who)
        }
        _ => (if rng.chance(0.78) { Source::Call } else { Source::Desk }, desk.clone()),
    };
    let written = filed_by.role == Role::Resident;
    let lang = author.map_or(Lang::Ru, |a| a.lang);
    let own_home = author.is_some() && (flat < super::STARS || rng.chance(IN_FLAT[index]));
    let skill = skill(category);
    let mut life = Life {
        rows,
        rng,
        house,
        category,
        lang,
        urgent,
        id: Uuid::nil(),
        desk,
        worker: Who::from((house.staff.for_skill(skill, house.building.index), Role::Staff)),
        resident: written.then(|| filed_by.clone()),
        at: planned.at,
        order: 0,
        row: Row::new(planned.at),
    };
    life.id = life.rng.id(planned.at);
    // A dispatcher writes down what was said; a resident writes as they please.
    let spoken = if written { lang } else { Lang::Ru };
    let description = texts::problem(life.rng, category, spoken, urgent, unit, written);
    life.note(&filed_by, Change::Created, None, Some(Status::New.as_str()), None);
    if written && life.rng.chance(0.38) {
        life.photos(Moment::Before, &filed_by, planned.at);
    }
    life.run(planned.fate);
    let (id, row) = (life.id, life.row);
    let address = if own_home {
        format!("{}, №{}", house.building.address, unit.number)
    } else {
        house.building.address.clone()
    };
    rows.add(
        Table::Requests,
        &[
            &id,
            &plot.company,
            &planned.number,
            &row.version,
            &row.status.as_str(),
            &kind.as_str(),
            &priority.as_str(),
            &category.as_str(),
            &source.as_str(),
            &house.building.id,
            &unit.entrance,
            &own_home.then_some(unit.id),
            &address,
            &description,
            &author.map(|a| a.contact),
            &author.map(|a| a.name.as_str()),
            &author.map(|a| a.phone.as_str()),
            &filed_by.id,
            &row.assignee,
            &row.reason,
            &row.result,
            &crate::requests::due_at(kind, priority, planned.at),
            &row.deferred_until,
            &planned.at,
            &row.updated,
            &row.completed,
            &row.closed,
            &row.rating,
            &row.rating_comment,
            &row.photos,
            &row.comments,
        ],
    );
}

fn category(rng: &mut Rng, house: &House<'_>, at: DateTime<Utc>) -> Category {
    let month = usize::try_from(at.month0()).unwrap_or(0);
    let summer = if (4..10).contains(&month) { 13.0 } else { 6.0 };
    let lift = if house.building.has_lift { 12.0 } else { 0.0 };
    let weights = [26.0, 14.0, HEATING[month], lift, 12.0, 10.0, summer, 8.0];
    Category::ALL[rng.weighted(&weights)]
}

/// Somebody who already lived there; the first of the family where the demo wants to sign in as them.
fn author<'a>(rng: &mut Rng, household: &'a Household, planned: &Planned, flat: usize) -> Option<&'a Resident> {
    let here: Vec<&Resident> = household.iter().filter(|r| r.since <= planned.at).collect();
    match (here.is_empty(), flat < super::STARS) {
        (true, _) => None,
        (false, true) => Some(here[0]),
        (false, false) => Some(here[rng.below(here.len())]),
    }
}

fn skill(category: Category) -> Skill {
    match category {
        Category::Plumbing => Skill::Plumber,
        Category::Electrical => Skill::Electrician,
        Category::Heating => Skill::Heating,
        Category::Elevator => Skill::Lift,
        Category::Cleaning => Skill::Cleaner,
        Category::Doors => Skill::Locksmith,
        Category::Yard | Category::Other => Skill::Handyman,
    }
}

/// The columns that a life changes.
struct Row {
    version: i32,
    status: Status,
    assignee: Option<Uuid>,
    reason: Option<&'static str>,
    result: Option<&'static str>,
    deferred_until: Option<DateTime<Utc>>,
    updated: DateTime<Utc>,
    completed: Option<DateTime<Utc>>,
    closed: Option<DateTime<Utc>>,
    rating: Option<i16>,
    rating_comment: Option<&'static str>,
    photos: i32,
    comments: i32,
}

impl Row {
    fn new(at: DateTime<Utc>) -> Self {
        Self {
            version: 1,
            status: Status::New,
            assignee: None,
            reason: None,
            result: None,
            deferred_until: None,
            updated: at,
            completed: None,
            closed: None,
            rating: None,
            rating_comment: None,
            photos: 0,
            comments: 0,
        }
    }
}

struct Life<'a, 'b> {
    rows: &'a mut Rows,
    rng: &'a mut Rng,
    house: &'a House<'b>,
    category: Category,
    lang: Lang,
    urgent: bool,
    id: Uuid,
    desk: Who,
    worker: Who,
    /// The author, when they have a login and filed it themselves.
    resident: Option<Who>,
    at: DateTime<Utc>,
    order: u8,
    row: Row,
}

impl Life<'_, '_> {
    fn run(&mut self, fate: Fate) {
        let ended = fate == Fate::Ended;
        if fate == Fate::Open(Status::New) {
            return;
        }
        if ended && self.rng.chance(0.025) {
            let (desk, why) = (self.desk.clone(), texts::rejection(self.rng));
            self.later(10, 240);
            return self.end(&desk, Status::Rejected, why);
        }
        if ended && self.rng.chance(0.02) {
            return self.cancel();
        }
        self.assign();
        if fate == Fate::Open(Status::Assigned) {
            return;
        }
        if ended && self.rng.chance(0.02) {
            return self.cancel();
        }
        let waits = fate == Fate::Open(Status::Deferred);
        if waits || (!self.urgent && self.rng.chance(0.06)) {
            self.defer(waits);
            if waits {
                return;
            }
        }
        self.start();
        if fate == Fate::Open(Status::InProgress) {
            return;
        }
        self.complete();
        let returned = fate == Fate::Open(Status::Returned);
        if returned || (ended && self.rng.chance(0.04)) {
            self.send_back();
            if returned {
                return;
            }
            self.start();
            self.complete();
        }
        if ended {
            self.close();
        }
    }

    /// Time passes: minutes drawn from a range, in working hours unless it burns, and never beyond now.
    fn later(&mut self, low: i64, high: i64) {
        let mut next = self.at + TimeDelta::seconds(self.rng.between(low * 60, high * 60));
        if !self.urgent {
            next = daytime(self.rng, next);
        }
        self.at = next.min(self.house.plot.now).max(self.at);
    }

    fn assign(&mut self) {
        if self.urgent {
            self.later(2, 15)
        } else {
            self.later(10, 300)
        }
        let (desk, worker) = (self.desk.clone(), self.worker.clone());
        self.row.assignee = Some(worker.id);
        self.note(&desk, Change::Assignee, None, Some(&worker.name), None);
        self.status(&desk, Status::Assigned, None);
        if self.rng.chance(0.22) {
            let text = texts::internal_note(self.rng);
            self.comment(&desk, text, true);
        }
        if self.resident.is_some() && self.rng.chance(0.25) {
            let text = texts::answer(self.rng, self.lang);
            self.comment(&desk, text, false);
        }
    }

    fn defer(&mut self, still: bool) {
        self.later(60, 1200);
        let (worker, why) = (self.worker.clone(), texts::deferral(self.rng));
        self.status(&worker, Status::Deferred, Some(why));
        let days = TimeDelta::days(self.rng.between(1, 6));
        if still {
            self.row.reason = Some(why);
            self.row.deferred_until = Some(self.house.plot.now + days);
        } else {
            self.at = (self.at + days).min(self.house.plot.now);
        }
    }

    fn start(&mut self) {
        if self.urgent {
            self.later(15, 60)
        } else {
            self.later(60, 1500)
        }
        let worker = self.worker.clone();
        self.row.reason = None;
        self.status(&worker, Status::InProgress, None);
        if self.rng.chance(0.12) {
            let text = texts::internal_note(self.rng);
            self.comment(&worker, text, true);
        }
        if let Some(resident) = self.resident.clone()
            && self.rng.chance(0.14)
        {
            let text = texts::reply(self.rng, self.lang);
            self.comment(&resident, text, false);
        }
    }

    fn complete(&mut self) {
        if self.urgent {
            self.later(20, 150)
        } else {
            self.later(20, 240)
        }
        let (worker, result) = (self.worker.clone(), texts::done(self.rng, self.category, self.lang));
        self.row.result = Some(result);
        self.row.completed = Some(self.at);
        self.status(&worker, Status::Done, Some(result));
        if self.rng.chance(0.32) {
            self.photos(Moment::After, &worker, self.at);
        }
    }

    fn send_back(&mut self) {
        self.later(60, 1500);
        let who = self.resident.clone().unwrap_or_else(|| self.desk.clone());
        let why = texts::objection(self.rng, self.lang);
        self.row.completed = None;
        self.row.reason = Some(why);
        self.status(&who, Status::Returned, Some(why));
    }

    fn close(&mut self) {
        match self.resident.clone() {
            Some(resident) if self.rng.chance(0.62) => {
                self.later(5, 2000);
                let stars = [5, 4, 3, 2, 1][self.rng.weighted(&[0.6, 0.22, 0.1, 0.04, 0.04])];
                let words = self.rng.chance(0.4).then(|| texts::opinion(self.rng, self.lang, stars));
                (self.row.rating, self.row.rating_comment) = (Some(stars), words);
                self.note(&resident, Change::Rating, None, Some(&stars.to_string()), words);
                self.row.closed = Some(self.at);
                self.status(&resident, Status::Closed, None);
            }
            _ => {
                self.later(600, 4300);
                let desk = self.desk.clone();
                self.row.closed = Some(self.at);
                self.status(&desk, Status::Closed, None);
            }
        }
    }

    fn cancel(&mut self) {
        self.later(15, 900);
        let who = self.resident.clone().unwrap_or_else(|| self.desk.clone());
        let why = texts::cancellation(self.rng, self.lang);
        self.end(&who, Status::Cancelled, why);
    }

    fn end(&mut self, who: &Who, status: Status, why: &'static str) {
        self.row.reason = Some(why);
        self.row.closed = Some(self.at);
        self.status(who, status, Some(why));
    }

    fn status(&mut self, who: &Who, to: Status, reason: Option<&str>) {
        let from = self.row.status;
        self.row.status = to;
        self.row.version += 1;
        self.note(who, Change::Status, Some(from.as_str()), Some(to.as_str()), reason);
    }

    fn note(&mut self, who: &Who, change: Change, old: Option<&str>, new: Option<&str>, reason: Option<&str>) {
        self.order += 1;
        self.row.updated = self.row.updated.max(self.at);
        let id = self.rng.id_in_order(self.at, self.order);
        self.rows.add(
            Table::History,
            &[
                &id,
                &self.house.plot.company,
                &self.id,
                &self.at,
                &who.id,
                &who.name,
                &who.role.as_str(),
                &change.as_str(),
                &old,
                &new,
                &reason,
            ],
        );
    }

    fn comment(&mut self, who: &Who, body: &str, internal: bool) {
        let at = (self.at + TimeDelta::seconds(self.rng.between(40, 1500))).min(self.house.plot.now);
        self.row.comments += 1;
        self.row.updated = self.row.updated.max(at);
        let id = self.rng.id(at);
        self.rows.add(
            Table::Comments,
            &[&id, &self.house.plot.company, &self.id, &who.id, &who.name, &who.role.as_str(), &body, &internal, &at],
        );
    }

    fn photos(&mut self, moment: Moment, who: &Who, at: DateTime<Utc>) {
        let count = [1, 2, 3][self.rng.weighted(&[0.65, 0.25, 0.1])];
        let mut pictures = self.house.album.of(self.category, moment);
        let turn = self.rng.below(pictures.len());
        pictures.rotate_left(turn);
        for picture in pictures.into_iter().take(count) {
            self.row.photos += 1;
            let id = self.rng.id(at);
            self.rows.add(
                Table::Files,
                &[
                    &id,
                    &self.house.plot.company,
                    &self.id,
                    &moment.as_str(),
                    &who.id,
                    &picture.key,
                    &picture.thumb_key,
                    &"image/jpeg",
                    &picture.size,
                    &picture.width,
                    &picture.height,
                    &at,
                ],
            );
        }
    }
}
