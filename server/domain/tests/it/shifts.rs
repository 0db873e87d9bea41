//! Duties by the week, and what one shift hands to the next.

use crate::support::{brought_to, code, field, wrong};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use domain::{Ctx, shifts};
use model::{
    Code, UserId,
    requests::Status,
    shifts::{AddShift, ChangeShift, CopyWeek, Duty, HandOverShift, ShiftFacts, ShiftFilter, ShiftWeek},
};
use testkit::{TestCtx, World};

/// The Monday on which every test's clock starts, at noon.
fn monday() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

fn at(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
}

fn duty(user_id: UserId, duty: Duty, weekdays: &[i16], hours: (u32, u32)) -> AddShift {
    AddShift {
        user_id,
        duty,
        day: monday(),
        starts: at(hours.0),
        ends: at(hours.1),
        weekdays: weekdays.to_vec(),
        until: None,
        note: None,
    }
}

fn seen(week: &ShiftWeek) -> Vec<(NaiveDate, String)> {
    week.slots.iter().map(|s| (s.day, s.person.name.clone())).collect()
}

async fn week(ctx: &Ctx, world: &World, day: NaiveDate) -> ShiftWeek {
    shifts::week(ctx, &world.a.dispatcher().await, &ShiftFilter { day: Some(day) }).await.unwrap()
}

#[tokio::test]
async fn a_week_is_planned_changed_and_copied() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, dispatcher) = (world.a.admin().await, world.a.dispatcher().await.user_id().unwrap());
    let day = |n: i64| monday() + TimeDelta::days(n);
    // Weekly on three days; once for the plumber.
    let weekly = duty(dispatcher, Duty::Dispatcher, &[1, 3, 5], (8, 20));
    assert_eq!(shifts::add(&ctx, &admin, &weekly).await.unwrap().slots.len(), 3);
    let once = duty(world.a.plumber_id, Duty::Field, &[], (20, 8));
    let now = shifts::add(&ctx, &admin, &once).await.unwrap();
    assert_eq!(now.slots.len(), 4);
    assert_eq!(week(&ctx, &world, day(9)).await.slots.len(), 3, "the single one does not come back");
    assert!(now.gaps.iter().map(|g| (g.to - g.from).num_hours()).sum::<i64>() == 7 * 24 - 36);

    // Nobody is on duty twice, also not through the night.
    let twice = duty(world.a.plumber_id, Duty::Field, &[2], (7, 12));
    assert_eq!(field(shifts::add(&ctx, &admin, &twice).await), wrong("/user_id", "on_duty"));
    // Desk people answer, field people go out, and both work here.
    let wrong_role = duty(world.a.plumber_id, Duty::Dispatcher, &[7], (8, 20));
    assert_eq!(field(shifts::add(&ctx, &admin, &wrong_role).await), wrong("/duty", "wrong_role"));
    let foreign = duty(world.b.plumber_id, Duty::Field, &[7], (8, 20));
    assert_eq!(field(shifts::add(&ctx, &admin, &foreign).await), wrong("/user_id", "unknown"));
    let ended = AddShift { until: Some(day(-1)), ..duty(dispatcher, Duty::Dispatcher, &[7], (8, 20)) };
    assert_eq!(field(shifts::add(&ctx, &admin, &ended).await), wrong("/until", "out_of_range"));

    // One day differs, and it comes back the week after.
    let wednesday = now.slots.iter().find(|s| s.day == day(2)).unwrap().shift_id;
    let change = |day, following, to| ChangeShift { id: wednesday, day, following, to };
    let later = ShiftFacts {
        user_id: dispatcher,
        duty: Duty::Dispatcher,
        starts: at(10),
        ends: at(22),
        note: Some(" замена ".to_owned()),
    };
    let changed = shifts::change(&ctx, &admin, &change(day(2), false, Some(later.clone()))).await.unwrap();
    let slot = changed.slots.iter().find(|s| s.day == day(2)).unwrap();
    assert_eq!((slot.starts, slot.weekly, slot.note.as_deref()), (at(10), false, Some("замена")));
    assert_eq!(code(shifts::change(&ctx, &admin, &change(day(2), false, None)).await), Code::NotFound);
    let next = week(&ctx, &world, day(7)).await;
    assert_eq!(next.slots.iter().find(|s| s.day == day(9)).unwrap().starts, at(8));
    // From the next week on for good; the week before stays.
    let for_good = shifts::change(&ctx, &admin, &change(day(9), true, Some(later))).await.unwrap();
    assert_eq!(for_good.slots.iter().find(|s| s.day == day(9)).unwrap().starts, at(10));
    assert!(week(&ctx, &world, day(14)).await.slots.iter().any(|s| s.day == day(16) && s.starts == at(10)));
    assert_eq!(week(&ctx, &world, day(2)).await.slots.len(), 4);

    // The week after next becomes like this one, the single duties too.
    let copy = CopyWeek { from: day(3), to: day(17) };
    let copied = shifts::copy_week(&ctx, &admin, &copy).await.unwrap();
    let shifted: Vec<_> = seen(&week(&ctx, &world, monday()).await)
        .into_iter()
        .map(|(day, name)| (day + TimeDelta::days(14), name))
        .collect();
    assert_eq!(seen(&copied), shifted);
    let again = shifts::copy_week(&ctx, &admin, &copy).await.unwrap();
    assert_eq!(seen(&again), shifted, "copied twice it is the same");
    assert_eq!(
        field(shifts::copy_week(&ctx, &admin, &CopyWeek { from: day(0), to: day(6) }).await),
        wrong("/to", "twice")
    );

    // Others look or do not even look.
    assert_eq!(code(shifts::add(&ctx, &world.a.dispatcher().await, &weekly).await), Code::Forbidden);
    assert_eq!(code(shifts::week(&ctx, &world.a.plumber().await, &ShiftFilter::default()).await), Code::Forbidden);
    assert_eq!(code(shifts::now(&ctx, &world.a.resident().await).await), Code::Forbidden);
    let b = shifts::week(&ctx, &world.b.admin().await, &ShiftFilter::default()).await.unwrap();
    assert_eq!((b.monday, b.slots.len()), (monday(), 0));
    assert_eq!(code(shifts::change(&ctx, &world.b.admin().await, &change(day(2), false, None)).await), Code::NotFound);
}

#[tokio::test]
async fn who_leaves_is_not_on_duty_any_more() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let plumber = duty(world.a.plumber_id, Duty::Field, &[1], (8, 20));
    shifts::add(&ctx, &admin, &plumber).await.unwrap();
    assert_eq!(shifts::now(&ctx, &admin).await.unwrap().now.len(), 1, "it is Monday noon");
    domain::staff::block(&ctx, &admin, world.a.plumber_id).await.unwrap();
    assert!(shifts::now(&ctx, &admin).await.unwrap().now.is_empty());
    assert!(week(&ctx, &world, monday()).await.slots.is_empty());
}

#[tokio::test]
async fn a_shift_hands_over_what_stands_and_the_next_takes_it() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let day = duty(desk.user_id().unwrap(), Duty::Dispatcher, &[1], (8, 20));
    shifts::add(&ctx, &admin, &day).await.unwrap();
    let emergency = model::requests::CreateRequest { kind: Some(model::requests::Kind::Emergency), ..world.a.draft() };
    domain::requests::create(&ctx, &desk, &emergency, None).await.unwrap();
    brought_to(&ctx, &world, Status::Done).await;
    let state = shifts::now(&ctx, &desk).await.unwrap();
    assert_eq!((state.now.len(), state.now[0].person.id), (1, desk.user_id().unwrap().0));
    // The shift began at eight in Tashkent.
    assert_eq!(state.since.to_rfc3339(), "2026-11-23T03:00:00+00:00");
    let handing = &state.handing;
    assert_eq!((handing.emergencies, handing.unassigned, handing.overdue), (1, 1, 0));
    assert_eq!((handing.filed, handing.assigned, handing.done, handing.returned), (2, 1, 1, 0));
    assert_eq!((handing.emergency_lines.len(), handing.unassigned_lines.len()), (1, 1));

    ctx.clock.advance(TimeDelta::hours(7));
    let command = HandOverShift { note: Some("Ключи у Рустама".to_owned()) };
    let handed = shifts::hand_over(&ctx, &desk, &command).await.unwrap();
    let row = &handed.handovers[0];
    assert_eq!((row.note.as_deref(), row.may_acknowledge, row.handing.overdue), (Some("Ключи у Рустама"), false, 1));
    assert_eq!(
        code(shifts::acknowledge(&ctx, &desk, row.id).await),
        Code::OwnAccess,
        "nobody takes over from themselves"
    );
    assert_eq!(code(shifts::acknowledge(&ctx, &world.b.admin().await, row.id).await), Code::NotFound);
    assert_eq!(code(shifts::hand_over(&ctx, &world.a.plumber().await, &command).await), Code::Forbidden);
    let seen = shifts::now(&ctx, &admin).await.unwrap();
    assert!(seen.handovers[0].may_acknowledge);
    let taken = shifts::acknowledge(&ctx, &admin, row.id).await.unwrap();
    let taken = &taken.handovers[0];
    assert_eq!(taken.acknowledged_by.as_ref().map(|p| p.id), admin.user_id().map(|u| u.0));
    assert!(!taken.may_acknowledge);
    assert_eq!(code(shifts::acknowledge(&ctx, &admin, row.id).await), Code::Conflict);
    // What was handed over stays as it stood; the next begins to count from there.
    crate::support::filed(&ctx, &world).await;
    let after = shifts::now(&ctx, &desk).await.unwrap();
    assert_eq!((after.since, after.handing.filed), (row.ended_at, 1));
    assert_eq!(after.handovers[0].handing, row.handing);
}
