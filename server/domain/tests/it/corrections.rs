//! Sums booked on an account by hand.

use crate::{
    ledger::{accounts, booked, entry},
    support::{code, field, wrong},
};
use domain::{Actor, billing, ledger};
use model::{
    AccountId, Code, EntryId, Money, Role,
    billing::{DebtFilter, NewCorrection, RecalculationState as S},
};
use testkit::{TestCtx, World};
use uuid::Uuid;

fn by(tiyin: i64) -> NewCorrection {
    NewCorrection {
        amount: Money::from_tiyin(tiyin),
        service_id: None,
        other: None,
        booked_on: None,
        reason: " Ошибка начисления ".to_owned(),
    }
}

struct Desk {
    ctx: TestCtx,
    world: World,
    admin: Actor,
    second: Actor,
    ids: Vec<AccountId>,
}

impl Desk {
    async fn new() -> Self {
        let ctx = TestCtx::new().await;
        let world = World::new(&ctx).await;
        let admin = world.a.admin().await;
        testkit::hire(&ctx, Some(world.a.id), Role::Admin, "second", None).await;
        let second = testkit::staff_actor(&ctx, "second").await;
        let ids = accounts(&ctx, &world.a).await;
        Self { ctx, world, admin, second, ids }
    }

    async fn owes(&self, account: AccountId) -> i64 {
        billing::account(&self.ctx, &self.admin, account).await.unwrap().balance.tiyin()
    }

    /// A charge on a day; a payment when below zero.
    async fn booked(&self, account: AccountId, tiyin: i64, on: &str) -> EntryId {
        booked(&self.ctx, &self.world.a, entry(account, tiyin, on.parse().unwrap())).await.unwrap()
    }

    /// The debt of an account: all of it, up to 30, 60 and 90 days old, and older.
    async fn ages(&self, account: AccountId) -> [i64; 5] {
        let debts = billing::debts(&self.ctx, &self.admin, &DebtFilter::default()).await.unwrap();
        let a = debts.items.iter().find(|d| d.account_id == account).map(|d| d.ages).unwrap_or_default();
        [a.total, a.to_30, a.to_60, a.to_90, a.over_90].map(Money::tiyin)
    }
}

#[tokio::test]
async fn a_correction_has_its_reason_and_a_large_one_needs_two() {
    let desk = Desk::new().await;
    let (ctx, admin, second, id) = (&desk.ctx, &desk.admin, &desk.second, desk.ids[0]);
    let more = billing::correct(ctx, admin, id, &by(50_000), None).await.unwrap();
    assert_eq!((more.state, more.amount.tiyin(), more.reason.as_str()), (S::Booked, 50_000, "Ошибка начисления"));
    assert!(more.booked_on.is_some() && more.own);
    let less = billing::correct(ctx, admin, id, &by(-20_000), None).await.unwrap();
    assert_eq!((less.state, desk.owes(id).await), (S::Booked, 30_000));
    // Over the limit it waits, whichever way the sum goes, and not for whoever asked.
    for sum in [200_000_000, -200_000_000] {
        let large = billing::correct(ctx, admin, id, &by(sum), None).await.unwrap();
        assert_eq!((large.state, large.booked_on), (S::Waiting, None));
        assert_eq!(desk.owes(id).await, 30_000);
        assert_eq!(code(billing::decide_correction(ctx, admin, large.id, true).await), Code::SecondPerson);
        let approve = sum > 0;
        let done = billing::decide_correction(ctx, second, large.id, approve).await.unwrap();
        assert_eq!(done.state, if approve { S::Booked } else { S::Refused });
        let again = billing::decide_correction(ctx, second, large.id, true).await;
        assert_eq!(code(again), Code::IllegalTransition);
        if approve {
            assert_eq!(desk.owes(id).await, 200_030_000);
            let back = billing::correct(ctx, second, id, &by(-100_000_000), None).await.unwrap();
            assert_eq!(back.state, S::Booked, "up to the limit one person is enough");
            billing::correct(ctx, second, id, &by(-100_000_000), None).await.unwrap();
        }
        assert_eq!(desk.owes(id).await, 30_000);
    }
    // The account says it all, the newest first, and its months add up.
    let money = billing::account(ctx, admin, id).await.unwrap();
    assert_eq!((money.corrections.len(), money.corrections[0].state), (6, S::Refused));
    assert_eq!((money.months[0].recalculated.tiyin(), money.months[0].closing.tiyin()), (30_000, 30_000));
    assert_eq!(ledger::check(ctx).await.unwrap(), []);
}

#[tokio::test]
async fn a_payment_of_the_wrong_account_is_moved_to_the_right_one() {
    let desk = Desk::new().await;
    let (ctx, admin, [a, b]) = (&desk.ctx, &desk.admin, [desk.ids[0], desk.ids[1]]);
    let move_to = |number: &str| NewCorrection { other: Some(number.to_owned()), ..by(15_075_000) };
    let row = billing::correct(ctx, admin, a, &move_to("701"), None).await.unwrap();
    assert_eq!((row.other.as_deref(), row.amount.tiyin()), (Some("701"), 15_075_000));
    assert_eq!((desk.owes(a).await, desk.owes(b).await), (15_075_000, -15_075_000));
    let other = &billing::account(ctx, admin, b).await.unwrap().corrections[0];
    assert_eq!((other.other.as_deref(), other.amount.tiyin()), (Some("700"), -15_075_000), "seen from its own side");
    for number in ["700", "no-such"] {
        assert_eq!(field(billing::correct(ctx, admin, a, &move_to(number), None).await), wrong("/other", "unknown"));
    }
    let service = crate::billing::service(ctx, admin, "Содержание").await;
    let both = NewCorrection { service_id: Some(service), ..move_to("701") };
    assert_eq!(field(billing::correct(ctx, admin, a, &both, None).await), wrong("/service_id", "unknown"));
    assert_eq!(ledger::check(ctx).await.unwrap(), []);
}

#[tokio::test]
async fn what_a_moved_or_refunded_payment_had_covered_is_as_old_as_it_was() {
    let desk = Desk::new().await;
    let (ctx, admin, [a, b, c]) = (&desk.ctx, &desk.admin, [desk.ids[0], desk.ids[1], desk.ids[2]]);
    let moved = async |from: AccountId, to: &str, tiyin: i64, on: Option<&str>| {
        let booked_on = on.map(|on| on.parse().unwrap());
        let command = NewCorrection { other: Some(to.to_owned()), booked_on, ..by(tiyin) };
        billing::correct(ctx, admin, from, &command, None).await.unwrap();
    };
    // Today is 23 November.
    desk.booked(a, 100_003, "2026-07-31").await;
    desk.booked(a, 50_005, "2026-10-31").await;
    desk.booked(a, -120_007, "2026-11-05").await;
    desk.booked(b, 130_007, "2026-09-30").await;
    assert_eq!(desk.ages(a).await, [30_001, 30_001, 0, 0, 0]);
    assert_eq!(desk.ages(b).await, [130_007, 0, 130_007, 0, 0]);
    moved(a, "701", 120_007, None).await;
    assert_eq!(desk.ages(a).await, [150_008, 50_005, 0, 0, 100_003], "the charge of July is unpaid again");
    assert_eq!(desk.ages(b).await, [10_000, 0, 10_000, 0, 0]);
    // A part of it goes back, and uncovers what is there.
    moved(b, "700", 20_000, None).await;
    assert_eq!(desk.ages(a).await, [130_008, 50_005, 0, 0, 80_003]);
    assert_eq!(desk.ages(b).await, [30_000, 0, 30_000, 0, 0]);
    // Nothing was ever charged there: what is owed is as old as the move.
    moved(c, "700", 7_001, Some("2026-10-05")).await;
    assert_eq!(desk.ages(c).await, [7_001, 0, 7_001, 0, 0]);
    assert_eq!(desk.ages(a).await, [123_007, 50_005, 0, 0, 73_002]);
    moved(b, "702", 101_000, None).await;
    assert_eq!(desk.ages(b).await, [131_000, 993, 130_007, 0, 0], "beyond all that was charged");
    assert_eq!(desk.ages(c).await, [0; 5]);
    // A correction against income is a debt of its own day.
    billing::correct(ctx, admin, b, &by(11), None).await.unwrap();
    assert_eq!(desk.ages(b).await, [131_011, 1_004, 130_007, 0, 0]);
    let paid = desk.booked(a, -73_002, "2026-11-20").await;
    assert_eq!(desk.ages(a).await, [50_005, 50_005, 0, 0, 0]);
    let mut tx = ctx.begin(&Actor::system(desk.world.a.id)).await.unwrap();
    let today = "2026-11-23".parse().unwrap();
    ledger::reverse(&mut tx, paid, ledger::Source::Refund, Uuid::now_v7(), today, "Отозван банком").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(desk.ages(a).await, [123_007, 50_005, 0, 0, 73_002]);
    let all = billing::debts(ctx, admin, &DebtFilter::default()).await.unwrap();
    assert_eq!(all.ages.total.tiyin(), 123_007 + 131_011, "ages of the house");
    assert_eq!((all.ages.to_30.tiyin(), all.ages.over_90.tiyin()), (50_005 + 1_004, 73_002));
}

#[tokio::test]
async fn what_was_charged_years_ago_is_an_old_debt_when_its_payment_is_moved() {
    let desk = Desk::new().await;
    let (ctx, admin, [a, b]) = (&desk.ctx, &desk.admin, [desk.ids[0], desk.ids[1]]);
    desk.booked(a, 100_003, "2023-01-31").await;
    desk.booked(a, -100_003, "2023-02-05").await;
    desk.booked(b, 40_001, "2023-01-31").await;
    assert_eq!(desk.ages(a).await, [0; 5]);
    assert_eq!(desk.ages(b).await, [40_001, 0, 0, 0, 40_001]);
    let away = NewCorrection { other: Some("701".to_owned()), ..by(100_003) };
    billing::correct(ctx, admin, a, &away, None).await.unwrap();
    assert_eq!(desk.ages(a).await, [100_003, 0, 0, 0, 100_003]);
}

#[tokio::test]
async fn a_past_day_is_open_and_the_future_is_not() {
    let desk = Desk::new().await;
    let (ctx, admin, id) = (&desk.ctx, &desk.admin, desk.ids[0]);
    let on = |day: &str| NewCorrection { booked_on: Some(day.parse().unwrap()), ..by(500) };
    let past = billing::correct(ctx, admin, id, &on("2026-10-05"), None).await.unwrap();
    assert_eq!(past.booked_on, Some("2026-10-05".parse().unwrap()));
    assert_eq!(
        field(billing::correct(ctx, admin, id, &on("2026-11-24"), None).await),
        wrong("/booked_on", "in_future")
    );
    // It waits with its day, and the day may be closed when the second person comes.
    let large = NewCorrection { amount: Money::from_tiyin(200_000_000), ..on("2026-10-06") };
    let waits = billing::correct(ctx, admin, id, &large, None).await.unwrap();
    let mut tx = ctx.begin(admin).await.unwrap();
    ledger::close(&mut tx, "2026-10-01".parse().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(code(billing::correct(ctx, admin, id, &on("2026-10-05"), None).await), Code::PeriodClosed);
    assert_eq!(code(billing::decide_correction(ctx, &desk.second, waits.id, true).await), Code::PeriodClosed);
    let refused = billing::decide_correction(ctx, &desk.second, waits.id, false).await.unwrap();
    assert_eq!((refused.state, desk.owes(id).await), (S::Refused, 500));
}

#[tokio::test]
async fn who_may_correct_and_what_is_a_sum() {
    let desk = Desk::new().await;
    let (ctx, id) = (&desk.ctx, desk.ids[0]);
    for nobody in [desk.world.a.dispatcher().await, desk.world.a.resident().await] {
        assert_eq!(code(billing::correct(ctx, &nobody, id, &by(1), None).await), Code::Forbidden);
    }
    let foreign = desk.world.b.admin().await;
    assert_eq!(code(billing::correct(ctx, &foreign, id, &by(1), None).await), Code::NotFound);
    for sum in [0, 10_000_000_001, -10_000_000_001] {
        let refused = billing::correct(ctx, &desk.admin, id, &by(sum), None).await;
        assert_eq!(field(refused), wrong("/amount", "out_of_range"), "{sum}");
    }
    let silent = NewCorrection { reason: " ".to_owned(), ..by(1) };
    assert_eq!(code(billing::correct(ctx, &desk.admin, id, &silent, None).await), Code::Invalid);
    assert_eq!(desk.owes(id).await, 0);
}
