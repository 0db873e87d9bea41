//! Tariffs, monthly runs, bills, debts.

use crate::support::{code, field, wrong};
use chrono::{NaiveDate, TimeDelta};
use domain::{
    Actor, Ctx, billing,
    jobs::RunTask,
    ledger,
    tasks::{self, Beat},
};
use model::{
    AccountId, Code, Money, ServiceId,
    billing::{
        BillLine, CloseMonth, DebtFilter, EndTariff, NewRecalculation, NewRelief, NewTariff, RecalculationState,
        RunCard, RunState, ServiceFacts, SharedBy, StartRun, TariffRule, WarningKind, count, share,
    },
    tasks::TaskKind,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use testkit::{Company, TestCtx, World};
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) async fn service(ctx: &Ctx, admin: &Actor, name: &str) -> ServiceId {
    let facts = ServiceFacts {
        name_ru: name.to_owned(),
        name_uz: name.to_owned(),
        name_en: name.to_owned(),
        ..ServiceFacts::default()
    };
    billing::create_service(ctx, admin, &facts).await.unwrap().id
}

pub(crate) fn price(service_id: ServiceId, rule: TariffRule, tiyin: i64, since: &str) -> NewTariff {
    NewTariff {
        service_id,
        rule,
        share_by: None,
        price: Money::from_tiyin(tiyin),
        since: day(since),
        complex_id: None,
        building_id: None,
        storeys_from: None,
        storeys_to: None,
        has_lift: None,
    }
}

/// Works on the task of a run, as the worker does.
pub(crate) async fn worked(ctx: &Ctx, admin: &Actor, card: &RunCard) -> RunCard {
    let job = RunTask { company_id: admin.company_id(), task_id: card.task.as_ref().unwrap().id };
    let run = tasks::claim(ctx, &job).await.unwrap().unwrap();
    let beat = match run.kind {
        TaskKind::ChargePreview => billing::preview(ctx, &run).await,
        TaskKind::ChargePost => billing::post(ctx, &run).await,
        TaskKind::ChargeUndo => billing::undo(ctx, &run).await,
        other => panic!("{other}"),
    };
    assert_eq!(beat.unwrap(), Beat::GoOn);
    billing::get_run(ctx, admin, card.run.id).await.unwrap()
}

async fn looked(ctx: &Ctx, admin: &Actor, period: &str) -> RunCard {
    let command = StartRun { period: day(period), building_ids: Vec::new() };
    let card = billing::start_run(ctx, admin, &command).await.unwrap();
    worked(ctx, admin, &card).await
}

pub(crate) async fn posted(ctx: &Ctx, admin: &Actor, period: &str) -> RunCard {
    let card = looked(ctx, admin, period).await;
    assert_eq!(card.run.state, RunState::Ready);
    let card = billing::start_post(ctx, admin, card.run.id, card.run.version).await.unwrap();
    let card = worked(ctx, admin, &card).await;
    assert_eq!(card.run.state, RunState::Posted);
    card
}

async fn set_area(db: &mut PgConnection, company: &Company, unit: usize, cm2: Option<i64>) {
    sqlx::query("update units set area_cm2 = $3 where company_id = $1 and id = $2")
        .bind(company.id.0)
        .bind(company.house.units[unit].0)
        .bind(cm2)
        .execute(db)
        .await
        .unwrap();
}

async fn lines(ctx: &Ctx, admin: &Actor, id: AccountId, period: &str) -> Vec<BillLine> {
    billing::month(ctx, admin, id, day(period)).await.unwrap().lines
}

#[tokio::test]
async fn a_month_is_looked_at_booked_taken_back_and_closed() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, mut db) = (world.a.admin().await, ctx.database.superuser().await);
    let ids = crate::ledger::accounts(&ctx, &world.a).await;
    set_area(&mut db, &world.a, 0, Some(543_000)).await;
    set_area(&mut db, &world.a, 1, Some(600_000)).await;
    set_area(&mut db, &world.a, 2, None).await;
    let upkeep = service(&ctx, &admin, "Содержание").await;
    let lift = service(&ctx, &admin, "Лифт").await;
    billing::create_tariff(&ctx, &admin, &price(upkeep, TariffRule::Area, 150_000, "2026-01-15")).await.unwrap();
    billing::create_tariff(&ctx, &admin, &price(lift, TariffRule::Unit, 800_000, "2026-01-01")).await.unwrap();
    // A house before the company, and only from its month on.
    let own = NewTariff { building_id: Some(world.a.house.id), ..price(lift, TariffRule::Unit, 900_000, "2026-10-01") };
    billing::create_tariff(&ctx, &admin, &own).await.unwrap();

    let looked = looked(&ctx, &admin, "2026-10-20").await;
    assert_eq!((looked.run.state, looked.run.period, looked.run.lines), (RunState::Ready, day("2026-10-01"), 5));
    assert_eq!(looked.run.amount.tiyin(), 8_145_000 + 9_000_000 + 3 * 900_000);
    assert!(looked.warnings.iter().any(|w| w.kind == WarningKind::NoArea && w.account_id == Some(ids[2])));
    // A look books nothing.
    assert_eq!(billing::account(&ctx, &admin, ids[0]).await.unwrap().balance, Money::ZERO);
    let stale = billing::start_post(&ctx, &admin, looked.run.id, looked.run.version - 1).await;
    assert_eq!(code(stale), Code::Conflict);
    let started = billing::start_post(&ctx, &admin, looked.run.id, looked.run.version).await.unwrap();
    let done = worked(&ctx, &admin, &started).await;
    let sum = billing::account(&ctx, &admin, ids[0]).await.unwrap();
    assert_eq!(sum.balance.tiyin(), 8_145_000 + 900_000);
    assert_eq!((sum.months.len(), sum.months[0].charged), (1, sum.balance));
    let bill = billing::month(&ctx, &admin, ids[0], day("2026-10-05")).await.unwrap();
    assert_eq!((bill.lines.len(), bill.due_on, bill.sums.closing), (2, day("2026-11-15"), sum.balance));
    assert_eq!(code(billing::start_post(&ctx, &admin, done.run.id, done.run.version).await), Code::IllegalTransition);

    // Running again changes nothing.
    let again = posted(&ctx, &admin, "2026-10-01").await;
    assert_eq!(billing::account(&ctx, &admin, ids[0]).await.unwrap().balance, sum.balance);
    // Taken back: as if it had not been, and then charged anew.
    let back = billing::start_undo(&ctx, &admin, done.run.id, done.run.version).await.unwrap();
    let back = worked(&ctx, &admin, &back).await;
    assert_eq!(back.run.state, RunState::Undone);
    assert_eq!(billing::account(&ctx, &admin, ids[0]).await.unwrap().balance, Money::ZERO);
    assert!(lines(&ctx, &admin, ids[0], "2026-10-01").await.is_empty());
    let fresh = posted(&ctx, &admin, "2026-10-01").await;
    assert_eq!(billing::account(&ctx, &admin, ids[0]).await.unwrap().balance, sum.balance);
    assert_eq!(ledger::check(&ctx).await.unwrap(), []);

    // Closed for good, but not while the month lasts.
    let month = CloseMonth { period: day("2026-11-01") };
    assert_eq!(field(billing::close_month(&ctx, &admin, &month).await), wrong("/period", "in_future"));
    let closed = billing::close_month(&ctx, &admin, &CloseMonth { period: day("2026-10-31") }).await.unwrap();
    assert_eq!(closed.closed_until, Some(day("2026-10-01")));
    for run in [&again, &fresh] {
        assert_eq!(code(billing::start_undo(&ctx, &admin, run.run.id, run.run.version).await), Code::PeriodClosed);
    }
    let late = StartRun { period: day("2026-09-01"), building_ids: Vec::new() };
    assert_eq!(code(billing::start_run(&ctx, &admin, &late).await), Code::PeriodClosed);
    let next = StartRun { period: day("2026-12-01"), building_ids: Vec::new() };
    assert_eq!(field(billing::start_run(&ctx, &admin, &next).await), wrong("/period", "in_future"));
    // What was charged by an edition holds it.
    let used = billing::book(&ctx, &admin).await.unwrap().tariffs.into_iter().find(|t| t.service_id == upkeep).unwrap();
    let end = billing::end_tariff(&ctx, &admin, used.id, &EndTariff { until: day("2026-10-01") }).await;
    assert_eq!(field(end), wrong("/until", "in_past"));
    billing::end_tariff(&ctx, &admin, used.id, &EndTariff { until: day("2026-12-01") }).await.unwrap();
    let rewrite = sqlx::query("update tariffs set price_tiyin = 1").execute(&mut db).await.unwrap_err();
    assert!(rewrite.to_string().contains("never changed"), "{rewrite}");
}

#[tokio::test]
async fn only_who_may_and_only_their_own() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, resident, neighbour) = (world.a.admin().await, world.a.resident().await, world.a.neighbour().await);
    let ids = crate::ledger::accounts(&ctx, &world.a).await;
    let upkeep = service(&ctx, &admin, "Содержание").await;
    billing::create_tariff(&ctx, &admin, &price(upkeep, TariffRule::Unit, 500, "2026-01-01")).await.unwrap();
    posted(&ctx, &admin, "2026-10-01").await;
    let mine = billing::mine(&ctx, &resident).await.unwrap();
    assert_eq!((mine.len(), mine[0].account_id, mine[0].balance.tiyin()), (1, ids[0], 500));
    assert_eq!(mine[0].due_on, Some(day("2026-11-15")));
    let of = async |actor: &Actor| billing::month(&ctx, actor, ids[0], day("2026-10-01")).await;
    assert_eq!(of(&resident).await.unwrap().lines.len(), 1);
    assert_eq!(code(of(&neighbour).await), Code::NotFound);
    assert_eq!(code(of(&world.b.admin().await).await), Code::NotFound);
    assert_eq!(code(of(&world.a.plumber().await).await), Code::Forbidden);
    let span = (day("2026-10-01"), day("2026-11-30"));
    assert_eq!(code(billing::statement(&ctx, &neighbour, ids[0], span.0, span.1).await), Code::NotFound);
    let statement = billing::statement(&ctx, &resident, ids[0], span.0, span.1).await.unwrap();
    assert_eq!((statement.movements.len(), statement.closing.tiyin()), (1, 500));
    assert_eq!(statement.movements[0].author, None);
    for nobody in [&resident, &world.a.dispatcher().await, &world.a.plumber().await] {
        assert_eq!(code(billing::runs(&ctx, nobody).await), Code::Forbidden);
        assert_eq!(code(billing::debts(&ctx, nobody, &DebtFilter::default()).await), Code::Forbidden);
        let tariff = price(upkeep, TariffRule::Unit, 1, "2026-01-01");
        assert_eq!(code(billing::create_tariff(&ctx, nobody, &tariff).await), Code::Forbidden);
    }
    let foreign = price(upkeep, TariffRule::Unit, 1, "2026-01-01");
    assert_eq!(code(billing::create_tariff(&ctx, &world.b.admin().await, &foreign).await), Code::NotFound);
}

#[tokio::test]
async fn debts_are_as_old_as_the_oldest_that_is_not_paid() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let ids = crate::ledger::accounts(&ctx, &world.a).await;
    let upkeep = service(&ctx, &admin, "Содержание").await;
    billing::create_tariff(&ctx, &admin, &price(upkeep, TariffRule::Unit, 1_000, "2026-01-01")).await.unwrap();
    // Today is 23 November: charged on the last days of July, August, September and October.
    for month in ["2026-07-01", "2026-08-01", "2026-09-01", "2026-10-01"] {
        posted(&ctx, &admin, month).await;
    }
    let mut db = ctx.database.superuser().await;
    sqlx::query("insert into opening_balances (id, company_id, account_id, amount_tiyin, as_of, created_at) values (gen_random_uuid(), $1, $2, -1500, '2026-11-01', now()), (gen_random_uuid(), $1, $3, -9000, '2026-11-01', now())")
        .bind(world.a.id.0)
        .bind(ids[0].0)
        .bind(ids[1].0)
        .execute(&mut db)
        .await
        .unwrap();
    let all = billing::debts(&ctx, &admin, &DebtFilter::default()).await.unwrap();
    // The one who paid ahead owes nothing.
    assert_eq!(all.items.iter().map(|d| d.account_id).collect::<Vec<_>>(), [ids[2], ids[0]]);
    let ages = |row: usize| {
        let a = all.items[row].ages;
        [a.total, a.to_30, a.to_60, a.to_90, a.over_90].map(Money::tiyin)
    };
    assert_eq!(ages(0), [4_000, 1_000, 1_000, 1_000, 1_000]);
    assert_eq!(ages(1), [2_500, 1_000, 1_000, 500, 0]);
    assert_eq!((all.houses.len(), all.houses[0].accounts, all.ages.total.tiyin()), (1, 2, 6_500));
    let old = DebtFilter { older: Some(90), ..DebtFilter::default() };
    assert_eq!(billing::debts(&ctx, &admin, &old).await.unwrap().items.len(), 1);
    let first = DebtFilter { limit: Some(1), ..DebtFilter::default() };
    let page = billing::debts(&ctx, &admin, &first).await.unwrap();
    let second = DebtFilter { cursor: page.next.clone(), ..first.clone() };
    let rest = billing::debts(&ctx, &admin, &second).await.unwrap();
    assert_eq!((page.items.len(), rest.items[0].account_id, rest.next), (1, ids[0], None));
    let bad = DebtFilter { cursor: Some("x".to_owned()), ..DebtFilter::default() };
    assert_eq!(field(billing::debts(&ctx, &admin, &bad).await), wrong("/cursor", "unknown"));
    assert!(billing::debts(&ctx, &world.b.admin().await, &DebtFilter::default()).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn what_is_taken_off_is_never_more_than_was_charged_and_large_sums_need_two() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let second = testkit::hire(&ctx, Some(world.a.id), model::Role::Admin, "second", None).await;
    let ids = crate::ledger::accounts(&ctx, &world.a).await;
    let upkeep = service(&ctx, &admin, "Содержание").await;
    billing::create_tariff(&ctx, &admin, &price(upkeep, TariffRule::Unit, 310_000_000, "2026-10-01")).await.unwrap();
    posted(&ctx, &admin, "2026-10-01").await;
    let off = |from, to, percent_bp| NewRecalculation {
        service_id: upkeep,
        from: day(from),
        to: day(to),
        percent_bp,
        reason: "Отъезд".to_owned(),
    };
    let balance = async || billing::account(&ctx, &admin, ids[0]).await.unwrap().balance.tiyin();
    // Ten days of thirty-one, in full: within the limit it is booked at once.
    let small = billing::recalculate(&ctx, &admin, ids[0], &off("2026-10-01", "2026-10-10", 10_000)).await.unwrap();
    assert_eq!((small.amount.tiyin(), small.state), (100_000_000, RecalculationState::Booked));
    assert_eq!(balance().await, 210_000_000);
    // More than the limit waits, and not for whoever asked.
    let large = billing::recalculate(&ctx, &admin, ids[0], &off("2026-10-11", "2026-10-30", 10_000)).await.unwrap();
    assert_eq!((large.amount.tiyin(), large.state), (200_000_000, RecalculationState::Waiting));
    assert_eq!(balance().await, 210_000_000);
    assert_eq!(code(billing::decide_recalculation(&ctx, &admin, large.id, true).await), Code::SecondPerson);
    let other = testkit::staff_actor(&ctx, "second").await;
    assert_eq!(other.user_id(), Some(second));
    let done = billing::decide_recalculation(&ctx, &other, large.id, true).await.unwrap();
    assert_eq!(done.state, RecalculationState::Booked);
    assert_eq!(balance().await, 10_000_000);
    assert_eq!(code(billing::decide_recalculation(&ctx, &other, large.id, false).await), Code::IllegalTransition);
    // What is left of the charge bounds the next one.
    let more = billing::recalculate(&ctx, &admin, ids[0], &off("2026-10-01", "2026-10-02", 10_000)).await;
    assert_eq!(field(more), wrong("/percent_bp", "out_of_range"));
    let other_month = billing::recalculate(&ctx, &admin, ids[0], &off("2026-09-01", "2026-09-02", 10_000)).await;
    assert_eq!(field(other_month), wrong("/service_id", "not_charged"));
    let two_months = billing::recalculate(&ctx, &admin, ids[0], &off("2026-10-30", "2026-11-02", 10_000)).await;
    assert_eq!(field(two_months), wrong("/to", "out_of_range"));
    for nobody in [world.a.dispatcher().await, world.a.resident().await] {
        let asked = billing::recalculate(&ctx, &nobody, ids[0], &off("2026-10-31", "2026-10-31", 1)).await;
        assert_eq!(code(asked), Code::Forbidden);
    }
    let foreigner = world.b.admin().await;
    let foreign = billing::recalculate(&ctx, &foreigner, ids[0], &off("2026-10-31", "2026-10-31", 1)).await;
    assert_eq!(code(foreign), Code::NotFound);
    let months = billing::account(&ctx, &admin, ids[0]).await.unwrap().months;
    assert_eq!((months[0].recalculated.tiyin(), months[0].closing.tiyin()), (-300_000_000, 10_000_000));
    assert_eq!(ledger::check(&ctx).await.unwrap(), []);
}

/// A house as chance makes it.
#[derive(Clone, Debug)]
struct Chance {
    areas: Vec<Option<i64>>,
    people: Vec<usize>,
    /// Per m², unit, person; the sums of the house by area, unit and person.
    prices: [i64; 6],
    /// The last day of the second account, if it was closed within the month, and of the month the first opened.
    closed: Option<u32>,
    opened: u32,
    relief: Option<i32>,
    relief_sum: Option<i64>,
}

fn chance() -> impl Strategy<Value = Chance> {
    let area = prop_oneof![1 => Just(None), 9 => (1_i64..3_000_000).prop_map(Some)];
    (
        prop::collection::vec(area, 3),
        prop::collection::vec(0_usize..4, 3),
        prop::array::uniform6(prop_oneof![0_i64..20, 0_i64..10_000_000_000]),
        prop::option::of(2_u32..31),
        1_u32..31,
        prop::option::of(1_i32..10_001),
        prop::option::of(1_i64..1_000_000),
    )
        .prop_map(|(areas, people, prices, closed, opened, relief, relief_sum)| Chance {
            areas,
            people,
            prices,
            closed,
            opened,
            relief,
            relief_sum,
        })
}

#[tokio::test]
async fn the_database_counts_as_the_rule_in_words_to_the_tiyin() {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() });
    for _ in 0..6 {
        let given = chance().new_tree(&mut runner).unwrap().current();
        counted_alike(&given).await;
    }
}

async fn counted_alike(given: &Chance) {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, mut db) = (world.a.admin().await, ctx.database.superuser().await);
    let ids = crate::ledger::accounts(&ctx, &world.a).await;
    for (n, area) in given.areas.iter().enumerate() {
        set_area(&mut db, &world.a, n, *area).await;
        for _ in 0..given.people[n] {
            testkit::lodge(&ctx, world.a.id, "Жилец", world.a.house.units[n]).await;
        }
    }
    let october = |n: u32| NaiveDate::from_ymd_opt(2026, 10, n).unwrap();
    sqlx::query("update personal_accounts set closed_on = $2 where id = $1")
        .bind(ids[1].0)
        .bind(given.closed.map(october))
        .execute(&mut db)
        .await
        .unwrap();
    sqlx::query("update personal_accounts set opened_on = $2 where id = $1")
        .bind(ids[0].0)
        .bind(october(given.opened))
        .execute(&mut db)
        .await
        .unwrap();
    let rules = [
        (TariffRule::Area, None),
        (TariffRule::Unit, None),
        (TariffRule::Person, None),
        (TariffRule::Shared, Some(SharedBy::Area)),
        (TariffRule::Shared, Some(SharedBy::Unit)),
        (TariffRule::Shared, Some(SharedBy::Person)),
    ];
    let mut services = Vec::new();
    for (n, (rule, share_by)) in rules.into_iter().enumerate() {
        let id = service(&ctx, &admin, &format!("Услуга {n}")).await;
        let tariff = NewTariff { share_by, ..price(id, rule, given.prices[n], "2026-01-01") };
        billing::create_tariff(&ctx, &admin, &tariff).await.unwrap();
        services.push(id);
    }
    let relief = |percent_bp, sum: Option<i64>, service_id| NewRelief {
        service_id,
        percent_bp,
        sum: sum.map(Money::from_tiyin),
        since: day("2026-01-01"),
        until: None,
        reason: "Указ".to_owned(),
    };
    if given.relief.is_some() {
        billing::create_relief(&ctx, &admin, ids[0], &relief(given.relief, None, None)).await.unwrap();
    }
    if given.relief_sum.is_some() {
        billing::create_relief(&ctx, &admin, ids[0], &relief(None, given.relief_sum, Some(services[1]))).await.unwrap();
    }
    posted(&ctx, &admin, "2026-10-01").await;
    let mut found: BTreeMap<AccountId, Vec<BillLine>> = BTreeMap::new();
    for id in &ids {
        found.insert(*id, lines(&ctx, &admin, *id, "2026-10-01").await);
    }
    let check = |found: &BTreeMap<AccountId, Vec<BillLine>>| {
        for line in found.values().flatten() {
            let counted = count(&line.inputs).unwrap();
            assert_eq!(
                (counted.base, counted.relief, counted.amount),
                (line.base, line.relief, line.amount),
                "{line:?} {given:?}"
            );
        }
    };
    check(&found);
    // A shared sum is all there, and divided as the pure rule divides it.
    for (service, price) in services.iter().zip(given.prices).take(6).skip(3) {
        let mut parts: Vec<(Uuid, i64, Money)> = Vec::new();
        for (id, lines) in &found {
            for line in lines.iter().filter(|l| l.service_id == *service) {
                let weight = match line.inputs.share_by.unwrap() {
                    SharedBy::Area => line.inputs.area_cm2.unwrap(),
                    SharedBy::Unit => 1,
                    SharedBy::Person => i64::from(line.inputs.persons.unwrap()),
                } * i64::from(line.inputs.days);
                parts.push((id.0, weight, line.base));
            }
        }
        parts.sort_by_key(|(id, ..)| *id);
        let total = parts.iter().map(|(.., sum)| sum.tiyin()).sum::<i64>();
        if parts.len() == 3 {
            let weights: Vec<i64> = parts.iter().map(|(_, weight, _)| *weight).collect();
            let sums: Vec<Money> = parts.iter().map(|(.., sum)| *sum).collect();
            assert_eq!(share(Money::from_tiyin(price), &weights), sums, "{given:?}");
        }
        assert!(total == price || parts.is_empty(), "{total} of {given:?}");
    }
    assert_eq!(ledger::check(&ctx).await.unwrap(), []);
    // What changes afterwards changes nothing of the old month.
    set_area(&mut db, &world.a, 0, Some(1)).await;
    for (n, (rule, share_by)) in rules.into_iter().enumerate() {
        let tariff = NewTariff { share_by, ..price(services[n], rule, 7, "2026-10-01") };
        billing::create_tariff(&ctx, &admin, &tariff).await.unwrap();
    }
    ctx.clock.advance(TimeDelta::days(40));
    for id in &ids {
        assert_eq!(lines(&ctx, &admin, *id, "2026-10-01").await, found[id]);
    }
    check(&found);
}
