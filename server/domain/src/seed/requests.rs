//! Requests: what they are about, whose they are, and the row itself; what happens to them is in `life`.

use super::{
    Plot, clocks,
    copy::{Rows, Table},
    houses::{Building, Unit},
    life::{Life, Row, Who},
    people::{Household, Resident, Staff},
    pictures::Album,
    plan::{Fate, Planned},
    rng::Rng,
    texts,
};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use model::{
    Lang, Role,
    requests::{Category, Change, Kind, Moment, Priority, Source, Status},
};
use uuid::Uuid;

/// How often a category is an emergency, in the order of [`Category::ALL`].
const URGENT: [f64; 8] = [0.14, 0.08, 0.1, 0.16, 0.03, 0.04, 0.04, 0.03];
/// How often it concerns the flat and not the house.
const IN_FLAT: [f64; 8] = [0.92, 0.6, 0.9, 0.05, 0.1, 0.25, 0.0, 0.4];
/// Heating by month, January first, against about 80 for everything else.
const HEATING: [f64; 12] = [26.0, 18.0, 9.0, 2.0, 1.0, 1.0, 1.0, 1.0, 2.0, 20.0, 36.0, 28.0];

/// Everything of one house that requests need.
pub(super) struct House<'a> {
    pub plot: &'a Plot,
    pub building: &'a Building,
    pub flats: &'a [Unit],
    pub households: &'a [Household],
    pub staff: &'a Staff,
    pub album: &'a Album,
    pub sorter: &'a super::sorter::Sorted,
}

/// Writes one request with everything below it.
pub(super) fn write(rows: &mut Rows, rng: &mut Rng, house: &House<'_>, planned: &Planned) {
    let (plot, flat) = (house.plot, planned.flat % house.flats.len());
    let unit = &house.flats[flat];
    let star = plot.star(house.building, flat);
    let category = category(rng, house, planned.at, star);
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
    let author = author(rng, &house.households[flat], planned, star);
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
    let own_home = author.is_some() && (star || rng.chance(IN_FLAT[index]));
    let skill = category.skill();
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
    let (request, row) = (life.id, life.row);
    let clocks = clocks::of(kind, priority, category, planned.at, &row);
    let problem = house.sorter.problem(&description, category);
    // What nobody has looked at yet, the words alone have sorted.
    let auto = problem.is_some() && written && row.status == Status::New;
    let address = if own_home {
        format!("{}, №{}", house.building.address, unit.number)
    } else {
        house.building.address.clone()
    };
    rows.add(
        Table::Requests,
        &[
            &request,
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
            &clocks.due_at,
            &row.deferred_until,
            &planned.at,
            &row.updated,
            &row.completed,
            &row.closed,
            &row.rating,
            &row.rating_comment,
            &row.photos,
            &row.comments,
            &clocks.respond_by,
            &row.responded,
            &clocks.answer_minutes,
            &clocks.solution_minutes,
            &clocks.counting,
            &clocks.rule,
            &row.paused_since,
            &row.paused_since.map(|_| "deferred"),
            &clocks.late,
            &clocks.alert_at,
            &problem,
            &auto,
            // What is long over was read long ago.
            &row.talked.filter(|_| row.status.is_open()),
            &row.noted.filter(|_| row.status.is_open()),
            &(row.awaits_answer && row.status.is_open()),
            &row.returns,
            &clocks.soon_at,
        ],
    );
    for (id, pause) in row.pauses.iter().map(|pause| (rng.id(pause.to), pause)) {
        let cells: [&dyn super::copy::Cell; 6] =
            [&id, &plot.company, &request, &pause.reason.as_str(), &pause.from, &pause.to];
        rows.add(Table::Pauses, &cells);
    }
}

/// By season and house; who can be signed in as complains about their own home.
fn category(rng: &mut Rng, house: &House<'_>, at: DateTime<Utc>, star: bool) -> Category {
    let month = usize::try_from(at.month0()).unwrap_or(0);
    let summer = if (4..10).contains(&month) { 13.0 } else { 6.0 };
    let lift = if house.building.has_lift { 12.0 } else { 0.0 };
    let weights = [26.0, 14.0, HEATING[month], lift, 12.0, 10.0, summer, 8.0];
    Category::ALL[rng.weighted(if star { &weights[..3] } else { &weights })]
}

/// Somebody who already lived there; the first of the family where the demo wants to sign in as them.
fn author<'a>(rng: &mut Rng, household: &'a Household, planned: &Planned, star: bool) -> Option<&'a Resident> {
    let here: Vec<&Resident> = household.iter().filter(|r| r.since <= planned.at).collect();
    match (here.is_empty(), star) {
        (true, _) => None,
        (false, true) => Some(here[0]),
        (false, false) => Some(here[rng.below(here.len())]),
    }
}
