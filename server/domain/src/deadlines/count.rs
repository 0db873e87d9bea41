//! The one function that counts deadlines. No database, no clock: what it is given decides.

use super::hours::Hours;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use model::deadlines::{Explanation, PauseReason, Step, Stretch};

/// A time in which the clock stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub reason: PauseReason,
}

/// Ten years bring no end: the calendar has no time that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no working time within ten years")]
pub struct Endless;

const FARTHEST: TimeDelta = TimeDelta::days(3653);

/// When `minutes` that count have passed since `from`, pauses left out.
///
/// Counting begins with the first full minute and a pause stops every minute it touches, so that what is promised and
/// what is shown are the same to the minute. Time outside of working hours does not count whether paused or not.
///
/// # Errors
/// [`Endless`] when the calendar never gives that much time.
pub fn due(hours: &Hours, from: DateTime<Utc>, minutes: i32, pauses: &[Pause]) -> Result<DateTime<Utc>, Endless> {
    walk(hours, from, minutes, pauses, &mut |_| {})
}

/// The same, with every step on the way.
///
/// # Errors
/// As [`due`].
pub fn explain(hours: &Hours, from: DateTime<Utc>, minutes: i32, pauses: &[Pause]) -> Result<Explanation, Endless> {
    let mut steps: Vec<Step> = Vec::new();
    let due_at = walk(hours, from, minutes, pauses, &mut |step| match steps.last_mut() {
        // The evening and the next morning are one night.
        Some(last) if last.stretch == step.stretch => last.to = step.to,
        _ => steps.push(step),
    })?;
    Ok(Explanation { counting: hours.counting(), minutes, from: full_minute(from), due_at, steps })
}

fn walk(
    hours: &Hours,
    from: DateTime<Utc>,
    minutes: i32,
    pauses: &[Pause],
    tell: &mut impl FnMut(Step),
) -> Result<DateTime<Utc>, Endless> {
    let pauses = in_full_minutes(pauses);
    let start = full_minute(from);
    let (mut at, mut left) = (start, TimeDelta::minutes(minutes.into()));
    let mut next = 0;
    while left > TimeDelta::zero() {
        if at - start > FARTHEST {
            return Err(Endless);
        }
        let (stretch, until) = hours.stretch(at);
        if stretch != Stretch::Counted {
            tell(Step { from: at, to: until, stretch });
            at = until;
            continue;
        }
        while pauses.get(next).is_some_and(|pause| pause.to <= at) {
            next += 1;
        }
        match pauses.get(next) {
            Some(pause) if pause.from <= at => {
                let to = pause.to.min(until);
                tell(Step { from: at, to, stretch: Stretch::Paused { reason: pause.reason } });
                at = to;
            }
            pause => {
                let open = pause.map_or(until, |pause| pause.from.min(until)) - at;
                let counted = left.min(open);
                tell(Step { from: at, to: at + counted, stretch: Stretch::Counted });
                at += counted;
                left -= counted;
            }
        }
    }
    Ok(at)
}

/// In order, without overlaps and in full minutes. Of two that overlap, the earlier one is named for what they share.
fn in_full_minutes(pauses: &[Pause]) -> Vec<Pause> {
    let minute = TimeDelta::minutes(1);
    let floor = |at: DateTime<Utc>| at.duration_trunc(minute).unwrap_or(at);
    let mut sorted: Vec<Pause> =
        pauses.iter().map(|p| Pause { from: floor(p.from), to: full_minute(p.to), ..*p }).collect();
    sorted.sort_by_key(|p| (p.from, p.to));
    let mut apart: Vec<Pause> = Vec::with_capacity(sorted.len());
    let mut end = DateTime::<Utc>::MIN_UTC;
    for pause in sorted {
        let from = pause.from.max(end);
        if from < pause.to {
            apart.push(Pause { from, ..pause });
            end = pause.to;
        }
    }
    apart
}

/// The moment itself, or the beginning of the next minute.
fn full_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    let minute = TimeDelta::minutes(1);
    match at.duration_trunc(minute) {
        Ok(floor) if floor < at => floor + minute,
        _ => at,
    }
}
