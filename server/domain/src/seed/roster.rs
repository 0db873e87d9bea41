//! Duties of the demo staff: the phone is answered round the clock, everybody in the field works by day, and the trades
//! that cannot wait share the nights.

use super::{
    Plot,
    copy::{Rows, Table},
    people::{Staff, Worker},
    rng::Rng,
};
use model::{shifts::Duty, staff::Skill};

/// Trades that are called at night.
const AT_NIGHT: [Skill; 4] = [Skill::Plumber, Skill::Electrician, Skill::Lift, Skill::Heating];

pub(super) fn write(rows: &mut Rows, plot: &Plot, staff: &Staff) {
    let mut rng = Rng::part(plot.seed, "roster", 0);
    let mut put = |worker: &Worker, duty: Duty, weekday: usize, (starts, ends): (&str, &str)| {
        let id = rng.id(plot.opened);
        let weekday = i16::try_from(weekday + 1).unwrap_or(1);
        let day = plot.opened.date_naive();
        rows.add(
            Table::Shifts,
            &[&id, &plot.company, &worker.id, &duty.as_str(), &weekday, &day, &starts, &ends, &plot.opened],
        );
    };
    let desk = &staff.dispatchers;
    for weekday in 0..7 {
        // Three take turns so that a night is followed by a free day; two keep day and night apart.
        let (day, night) = if desk.len() > 2 { (weekday % 3, (weekday + 2) % 3) } else { (0, 1) };
        put(&desk[day], Duty::Dispatcher, weekday, ("08:00", "20:00"));
        put(&desk[night], Duty::Dispatcher, weekday, ("20:00", "08:00"));
        for (index, worker) in staff.field.iter().enumerate() {
            if weekday < 6 || index % 2 == 0 {
                put(worker, Duty::Field, weekday, ("08:00", "18:00"));
            }
        }
        for skill in AT_NIGHT {
            // By the trade they are known for: nobody stands two nights at once.
            let able: Vec<&Worker> = staff.field.iter().filter(|w| w.skills.first() == Some(&skill)).collect();
            let turn = weekday % 2;
            if let Some(worker) = able.get(turn.min(able.len().saturating_sub(1))) {
                put(worker, Duty::Field, weekday, ("20:00", "08:00"));
            }
        }
    }
}
