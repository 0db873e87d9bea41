//! The steps of one request from filing to closing, with who took them and when.

use super::{
    copy::{Rows, Table},
    people::Worker,
    plan::{Fate, daytime},
    requests::House,
    rng::Rng,
    texts,
};
use crate::deadlines::Pause;
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Lang, Role,
    deadlines::PauseReason,
    requests::{Category, Change, Moment, Status},
};
use uuid::Uuid;

/// Who took a step.
#[derive(Clone)]
pub(super) struct Who {
    pub id: Uuid,
    pub name: String,
    pub role: Role,
}

impl From<(&Worker, Role)> for Who {
    fn from((worker, role): (&Worker, Role)) -> Self {
        Self { id: worker.id, name: worker.name.clone(), role }
    }
}

/// The columns that a life changes.
pub(super) struct Row {
    pub version: i32,
    pub status: Status,
    pub assignee: Option<Uuid>,
    pub reason: Option<&'static str>,
    pub result: Option<&'static str>,
    pub deferred_until: Option<DateTime<Utc>>,
    pub updated: DateTime<Utc>,
    pub completed: Option<DateTime<Utc>>,
    pub closed: Option<DateTime<Utc>>,
    pub rating: Option<i16>,
    pub rating_comment: Option<&'static str>,
    pub photos: i32,
    pub comments: i32,
    pub returns: i32,
    pub responded: Option<DateTime<Utc>>,
    pub paused_since: Option<DateTime<Utc>>,
    pub pauses: Vec<Pause>,
    /// When somebody last wrote, with the resident and inside the company.
    pub talked: Option<DateTime<Utc>>,
    pub noted: Option<DateTime<Utc>>,
    pub awaits_answer: bool,
}

impl Row {
    pub fn new(at: DateTime<Utc>) -> Self {
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
            returns: 0,
            responded: None,
            paused_since: None,
            pauses: Vec::new(),
            talked: None,
            noted: None,
            awaits_answer: false,
        }
    }
}

/// A request while it lives.
pub(super) struct Life<'a, 'b> {
    pub rows: &'a mut Rows,
    pub rng: &'a mut Rng,
    pub house: &'a House<'b>,
    pub category: Category,
    pub lang: Lang,
    pub urgent: bool,
    pub id: Uuid,
    pub desk: Who,
    pub worker: Who,
    /// The author, when they have a login and filed it themselves.
    pub resident: Option<Who>,
    pub at: DateTime<Utc>,
    pub order: u8,
    pub row: Row,
}

impl Life<'_, '_> {
    /// Lives until its fate.
    pub fn run(&mut self, fate: Fate) {
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

    /// The first range of minutes in an emergency, else the second.
    fn sooner_or_later(&mut self, urgent: (i64, i64), calm: (i64, i64)) {
        let (low, high) = if self.urgent { urgent } else { calm };
        self.later(low, high);
    }

    fn assign(&mut self) {
        self.sooner_or_later((2, 15), (10, 300));
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
        self.row.paused_since = Some(self.at);
        let days = TimeDelta::days(self.rng.between(1, 6));
        if still {
            self.row.reason = Some(why);
            self.row.deferred_until = Some(self.house.plot.now + days);
        } else {
            self.at = (self.at + days).min(self.house.plot.now);
        }
    }

    fn start(&mut self) {
        self.sooner_or_later((15, 60), (60, 1500));
        let worker = self.worker.clone();
        self.row.reason = None;
        self.resume();
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

    fn resume(&mut self) {
        if let Some(from) = self.row.paused_since.take() {
            self.row.pauses.push(Pause { from, to: self.at, reason: PauseReason::Deferred });
        }
    }

    fn complete(&mut self) {
        self.sooner_or_later((20, 150), (20, 240));
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
        if let Some(from) = self.row.completed.take() {
            self.row.pauses.push(Pause { from, to: self.at, reason: PauseReason::Done });
        }
        self.row.reason = Some(why);
        self.row.returns += 1;
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
        if who.role != Role::Resident {
            self.row.responded.get_or_insert(self.at);
        }
        self.row.version += 1;
        self.note(who, Change::Status, Some(from.as_str()), Some(to.as_str()), reason);
    }

    pub fn note(&mut self, who: &Who, change: Change, old: Option<&str>, new: Option<&str>, reason: Option<&str>) {
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
        if internal {
            self.row.noted = self.row.noted.max(Some(at));
        } else if self.row.talked.is_none_or(|last| last <= at) {
            self.row.talked = Some(at);
            self.row.awaits_answer = who.role == Role::Resident;
        }
        let id = self.rng.id(at);
        self.rows.add(
            Table::Comments,
            &[&id, &self.house.plot.company, &self.id, &who.id, &who.name, &who.role.as_str(), &body, &internal, &at],
        );
    }

    pub fn photos(&mut self, moment: Moment, who: &Who, at: DateTime<Utc>) {
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
