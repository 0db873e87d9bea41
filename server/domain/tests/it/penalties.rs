//! Penalties: editions, runs, what is forgiven, and who hears of it.

use crate::{
    billing::{posted, price, service},
    support::{code, field, wrong},
};
use chrono::{NaiveDate, TimeDelta};
use domain::{
    Actor, Ctx, billing, events,
    jobs::RunTask,
    ledger::{self, Book, Line, NewEntry, Source},
    penalties,
    tasks::{self, Beat},
};
use model::{
    AccountId, Code, Money, Permission as P, Role,
    billing::{
        CloseMonth, Payer, PenaltyRunCard, PenaltyTerms, RecalculationState as State, RunState, SaveBillingRules,
        SetPayer, StartPenaltyRun, TariffRule, WaivePenalty,
    },
    events::Event,
    tasks::TaskKind,
};
use testkit::{Company, TestCtx, World};
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn month(text: &str) -> StartPenaltyRun {
    StartPenaltyRun { period: day(text) }
}

async fn worked(ctx: &Ctx, admin: &Actor, card: &PenaltyRunCard) -> PenaltyRunCard {
    let job = RunTask { company_id: admin.company_id(), task_id: card.task.as_ref().unwrap().id };
    let run = tasks::claim(ctx, &job).await.unwrap().unwrap();
    let beat = match run.kind {
        TaskKind::PenaltyPreview => penalties::preview(ctx, &run).await,
        TaskKind::PenaltyPost => penalties::post(ctx, &run).await,
        TaskKind::PenaltyUndo => penalties::undo(ctx, &run).await,
        other => panic!("{other}"),
    };
    assert_eq!(beat.unwrap(), Beat::GoOn);
    penalties::get_run(ctx, admin, card.run.id).await.unwrap()
}

async fn looked(ctx: &Ctx, admin: &Actor, period: &str) -> PenaltyRunCard {
    let card = penalties::start_run(ctx, admin, &month(period)).await.unwrap();
    let card = worked(ctx, admin, &card).await;
    assert_eq!(card.run.state, RunState::Ready);
    card
}

pub async fn booked(ctx: &Ctx, admin: &Actor, period: &str) -> PenaltyRunCard {
    let card = looked(ctx, admin, period).await;
    let card = penalties::start_post(ctx, admin, card.run.id, card.run.version).await.unwrap();
    let card = worked(ctx, admin, &card).await;
    assert_eq!(card.run.state, RunState::Posted);
    card
}

/// Money that came through the bank on a day.
pub async fn pay(ctx: &Ctx, company: &Company, account: AccountId, tiyin: i64, on: &str) {
    let line =
        |book, account, tiyin| Line { book, account, service: None, kassa: None, amount: Money::from_tiyin(tiyin) };
    let entry = NewEntry {
        source: Source::Payment,
        source_id: Uuid::now_v7(),
        period: ledger::month_of(day(on)),
        booked_on: day(on),
        reason: None,
        lines: vec![line(Book::Receivable, Some(account), -tiyin), line(Book::Bank, None, tiyin)],
    };
    let mut tx = ctx.begin(&Actor::system(company.id)).await.unwrap();
    ledger::post(&mut tx, entry).await.unwrap();
    tx.commit().await.unwrap();
}

async fn balance(ctx: &Ctx, admin: &Actor, id: AccountId) -> i64 {
    billing::account(ctx, admin, id).await.unwrap().balance.tiyin()
}

/// 10 000 soʻm charged for September to each of three flats, to be paid by 15 October.
async fn september(ctx: &TestCtx) -> (World, Actor, Vec<AccountId>) {
    let world = World::new(ctx).await;
    let admin = world.a.admin().await;
    let ids = crate::ledger::accounts(ctx, &world.a).await;
    let upkeep = service(ctx, &admin, "Содержание").await;
    billing::create_tariff(ctx, &admin, &price(upkeep, TariffRule::Unit, 1_000_000, "2026-01-01")).await.unwrap();
    posted(ctx, &admin, "2026-09-01").await;
    (world, admin, ids)
}

#[tokio::test]
async fn penalties_are_looked_at_booked_taken_back_and_closed() {
    let ctx = TestCtx::new().await;
    let (world, admin, ids) = september(&ctx).await;
    // Without a rule nobody pays.
    assert_eq!(looked(&ctx, &admin, "2026-10-05").await.run.accounts, 0);
    let terms = PenaltyTerms::usual(day("2026-10-20"));
    let forecast = penalties::forecast(&ctx, &admin, &terms, None).await.unwrap();
    assert_eq!((forecast.period, forecast.accounts, forecast.amount.tiyin()), (day("2026-10-01"), 3, 3 * 16_000));
    // All houses fit into one part; behind it there is nothing.
    assert_eq!((forecast.looked, forecast.next), (forecast.total, None));
    let behind = penalties::forecast(&ctx, &admin, &terms, Some(world.a.house.id)).await.unwrap();
    assert_eq!((behind.accounts, behind.looked, behind.next), (0, forecast.total, None));
    assert_eq!(forecast.clone().and(behind).unwrap().examples, forecast.examples);
    let foreign_house = penalties::forecast(&ctx, &admin, &terms, Some(world.b.house.id)).await;
    assert_eq!(field(foreign_house), wrong("/after", "unknown"));
    let made = penalties::create_rule(&ctx, &admin, &terms).await.unwrap();
    assert_eq!((made.penalties.len(), made.penalties[0].terms.since), (1, day("2026-10-01")));
    assert!(made.penalties[0].current);
    // Half was paid on the 20th; the second flat is a legal entity's.
    pay(&ctx, &world.a, ids[0], 500_000, "2026-10-20").await;
    penalties::set_payer(&ctx, &admin, ids[1], SetPayer { payer: Some(Payer::Legal) }).await.unwrap();
    assert_eq!(billing::account(&ctx, &admin, ids[1]).await.unwrap().pays, Payer::Legal);

    let found = looked(&ctx, &admin, "2026-10-05").await;
    assert_eq!((found.run.accounts, found.run.amount.tiyin()), (3, 10_000 + 64_000 + 16_000));
    assert_eq!((found.houses.len(), found.examples[0].account_id), (1, ids[1]));
    assert_eq!(balance(&ctx, &admin, ids[2]).await, 1_000_000);
    // What is paid between the look and the booking counts.
    pay(&ctx, &world.a, ids[2], 1_000_000, "2026-10-31").await;
    let stale = penalties::start_post(&ctx, &admin, found.run.id, found.run.version - 1).await;
    assert_eq!(code(stale), Code::Conflict);
    let started = penalties::start_post(&ctx, &admin, found.run.id, found.run.version).await.unwrap();
    let done = worked(&ctx, &admin, &started).await;
    assert_eq!((done.run.state, done.run.amount.tiyin()), (RunState::Posted, 10_000 + 64_000 + 15_000));
    assert_eq!(balance(&ctx, &admin, ids[0]).await, 510_000);
    assert_eq!(ledger::check(&ctx).await.unwrap(), []);

    // The line keeps what it was counted from, for the desk and for who lives there.
    let bill = billing::month(&ctx, &world.a.resident().await, ids[0], day("2026-10-01")).await.unwrap();
    let penalty = bill.penalty.unwrap();
    assert_eq!((penalty.amount.tiyin(), bill.sums.penalty.tiyin(), penalty.payer), (10_000, 10_000, Payer::Person));
    assert_eq!((penalty.lines.len(), penalty.lines[0].steps.len(), penalty.lines[0].month), (1, 2, day("2026-09-01")));
    assert_eq!(penalty.lines[0].recount(), Some(penalty.amount));
    let neighbours = billing::month(&ctx, &world.a.neighbour().await, ids[0], day("2026-10-01")).await;
    assert_eq!(code(neighbours), Code::NotFound);

    // Running again changes nothing.
    let again = booked(&ctx, &admin, "2026-10-01").await;
    assert_eq!((again.run.accounts, balance(&ctx, &admin, ids[0]).await), (0, 510_000));
    // An edition never reaches back behind what was booked by another.
    let back = penalties::create_rule(&ctx, &admin, &PenaltyTerms::usual(day("2026-10-01"))).await;
    assert_eq!(field(back), wrong("/since", "in_past"));
    // Taken back: as if it had not been; then booked anew.
    let undone = penalties::start_undo(&ctx, &admin, done.run.id, done.run.version).await.unwrap();
    assert_eq!(worked(&ctx, &admin, &undone).await.run.state, RunState::Undone);
    assert_eq!(balance(&ctx, &admin, ids[0]).await, 500_000);
    let empty = billing::month(&ctx, &admin, ids[0], day("2026-10-01")).await.unwrap();
    assert_eq!((empty.penalty, empty.sums.penalty), (None, Money::ZERO));
    let fresh = booked(&ctx, &admin, "2026-10-01").await;
    assert_eq!((fresh.run.amount, balance(&ctx, &admin, ids[1]).await), (done.run.amount, 1_064_000));

    // The month it is has days to come; a closed one stays as it is.
    let early = penalties::start_run(&ctx, &admin, &month("2026-11-01")).await;
    assert_eq!(field(early), wrong("/period", "in_future"));
    billing::close_month(&ctx, &admin, &CloseMonth { period: day("2026-10-01") }).await.unwrap();
    let late = penalties::start_undo(&ctx, &admin, fresh.run.id, fresh.run.version).await;
    assert_eq!(code(late), Code::PeriodClosed);
    assert_eq!(code(penalties::start_run(&ctx, &admin, &month("2026-10-01")).await), Code::PeriodClosed);
    let closed = penalties::create_rule(&ctx, &admin, &PenaltyTerms::usual(day("2026-10-01"))).await;
    assert_eq!(code(closed), Code::PeriodClosed);

    // A month later: on the debt, not on the penalty.
    ctx.clock.advance(TimeDelta::days(9));
    let november = booked(&ctx, &admin, "2026-11-30").await;
    assert_eq!(november.run.accounts, 2);
    assert_eq!(balance(&ctx, &admin, ids[0]).await, 510_000 + 15_000);
    assert_eq!(ledger::check(&ctx).await.unwrap(), []);
    let mut db = ctx.database.superuser().await;
    for rewrite in [
        "update penalty_charges set amount_tiyin = 1",
        "delete from penalty_charges",
        "update penalty_rules set cap_bp = 1",
    ] {
        let refused = sqlx::query(rewrite).execute(&mut db).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}

#[tokio::test]
async fn a_penalty_is_forgiven_once_and_a_large_one_by_two() {
    let ctx = TestCtx::new().await;
    let (world, admin, ids) = september(&ctx).await;
    let rules = billing::rules(&ctx, &admin).await.unwrap();
    assert_eq!((rules.rules.version, rules.rules.due_day), (0, 15));
    let save = SaveBillingRules { due_day: 15, warn_percent: 30, approve_over: Money::from_tiyin(20_000) };
    assert_eq!(billing::save_rules(&ctx, &admin, 0, &save).await.unwrap().rules.version, 1);
    assert_eq!(code(billing::save_rules(&ctx, &admin, 0, &save).await), Code::Conflict);
    // Nobody pays a penalty on a bill that is not due.
    let early = PenaltyTerms { due_day: 10, ..PenaltyTerms::usual(day("2026-10-01")) };
    assert_eq!(field(penalties::create_rule(&ctx, &admin, &early).await), wrong("/due_day", "before_bill"));
    penalties::create_rule(&ctx, &admin, &PenaltyTerms::usual(day("2026-10-01"))).await.unwrap();
    let later = SaveBillingRules { due_day: 20, ..save };
    assert_eq!(field(billing::save_rules(&ctx, &admin, 1, &later).await), wrong("/due_day", "after_penalty"));
    penalties::set_payer(&ctx, &admin, ids[1], SetPayer { payer: Some(Payer::Legal) }).await.unwrap();
    let run = booked(&ctx, &admin, "2026-10-01").await;
    let of = async |n: usize| billing::account(&ctx, &admin, ids[n]).await.unwrap().penalties.remove(0);
    let why = WaivePenalty { reason: "Банк не работал".to_owned() };

    let small = penalties::waive(&ctx, &admin, of(0).await.id, &why).await.unwrap();
    assert_eq!(small.waiver.as_ref().map(|w| w.state), Some(State::Booked));
    assert_eq!(balance(&ctx, &admin, ids[0]).await, 1_000_000);
    assert_eq!(code(penalties::waive(&ctx, &admin, small.id, &why).await), Code::AlreadyReversed);
    // Residents read that it was, not by whom nor why.
    let seen = billing::month(&ctx, &world.a.resident().await, ids[0], day("2026-10-01")).await.unwrap();
    let told = seen.penalty.unwrap().waiver.unwrap();
    assert_eq!((told.state, told.reason.as_str(), told.author.as_str()), (State::Booked, "", ""));

    let large = penalties::waive(&ctx, &admin, of(1).await.id, &why).await.unwrap();
    let waiver = large.waiver.unwrap();
    assert_eq!((waiver.state, balance(&ctx, &admin, ids[1]).await), (State::Waiting, 1_064_000));
    assert_eq!(code(penalties::decide_waiver(&ctx, &admin, waiver.id, true).await), Code::SecondPerson);
    testkit::hire(&ctx, Some(world.a.id), Role::Admin, "second", None).await;
    let second = testkit::staff_actor(&ctx, "second").await;
    penalties::decide_waiver(&ctx, &second, waiver.id, true).await.unwrap();
    assert_eq!(balance(&ctx, &admin, ids[1]).await, 1_000_000);
    assert_eq!(code(penalties::decide_waiver(&ctx, &second, waiver.id, false).await), Code::IllegalTransition);

    // What was forgiven stays so when the run is taken back, and is not charged again.
    let undone = penalties::start_undo(&ctx, &admin, run.run.id, run.run.version).await.unwrap();
    worked(&ctx, &admin, &undone).await;
    assert_eq!(balance(&ctx, &admin, ids[2]).await, 1_000_000);
    assert_eq!(booked(&ctx, &admin, "2026-10-01").await.run.accounts, 1);
    assert_eq!(balance(&ctx, &admin, ids[0]).await, 1_000_000);
    assert_eq!(ledger::check(&ctx).await.unwrap(), []);
}

#[tokio::test]
async fn only_who_may_and_only_their_own() {
    let ctx = TestCtx::new().await;
    let (world, admin, ids) = september(&ctx).await;
    let terms = PenaltyTerms::usual(day("2026-10-01"));
    penalties::create_rule(&ctx, &admin, &terms).await.unwrap();
    let run = booked(&ctx, &admin, "2026-10-01").await.run.id;
    let penalty = billing::account(&ctx, &admin, ids[0]).await.unwrap().penalties[0].id;
    let why = WaivePenalty { reason: "…".to_owned() };
    let foreign = world.b.admin().await;
    assert!(penalties::runs(&ctx, &foreign).await.unwrap().is_empty());
    assert!(billing::rules(&ctx, &foreign).await.unwrap().penalties.is_empty());
    assert_eq!(penalties::forecast(&ctx, &foreign, &terms, None).await.unwrap().accounts, 0);
    assert_eq!(code(penalties::get_run(&ctx, &foreign, run).await), Code::NotFound);
    assert_eq!(code(penalties::waive(&ctx, &foreign, penalty, &why).await), Code::NotFound);
    let legal = SetPayer { payer: Some(Payer::Legal) };
    assert_eq!(code(penalties::set_payer(&ctx, &foreign, ids[0], legal).await), Code::NotFound);
    for nobody in [&world.a.resident().await, &world.a.dispatcher().await, &world.a.plumber().await] {
        assert_eq!(code(penalties::runs(&ctx, nobody).await), Code::Forbidden);
        assert_eq!(code(billing::rules(&ctx, nobody).await), Code::Forbidden);
        assert_eq!(code(penalties::create_rule(&ctx, nobody, &terms).await), Code::Forbidden);
        assert_eq!(code(penalties::start_run(&ctx, nobody, &month("2026-10-01")).await), Code::Forbidden);
        assert_eq!(code(penalties::waive(&ctx, nobody, penalty, &why).await), Code::Forbidden);
    }
}

#[tokio::test]
async fn news_of_money_reaches_whose_it_is() {
    let ctx = TestCtx::new().await;
    let (world, admin, ids) = september(&ctx).await;
    penalties::set_payer(&ctx, &admin, ids[0], SetPayer { payer: Some(Payer::Legal) }).await.unwrap();
    while events::publish_batch(&ctx).await.unwrap() > 0 {}
    let heard = async |actor: &Actor| {
        let scope = actor.scope_any(&[P::RequestsRead, P::RequestsReadOwn]).unwrap();
        let all = events::since(&ctx, &scope, 0).await.unwrap();
        let may = |event: &Event| event.needs().iter().any(|right| actor.role().can(*right));
        all.into_iter().map(|e| e.event).filter(may).collect::<Vec<_>>()
    };
    let (runs, accounts) = (
        |all: &[Event]| all.iter().filter(|e| matches!(e, Event::ChargesPosted { .. })).count(),
        |all: &[Event]| all.iter().filter(|e| matches!(e, Event::AccountChanged { .. })).count(),
    );
    let desk = heard(&admin).await;
    assert_eq!((runs(&desk), accounts(&desk)), (1, 1));
    assert!(desk.iter().any(|e| *e == Event::AccountChanged { account_id: ids[0] }));
    // Everybody who lives there hears that the month was charged; of one account only who lives in its flat.
    let own = heard(&world.a.resident().await).await;
    assert_eq!((runs(&own), accounts(&own)), (1, 1));
    let next_door = heard(&world.a.neighbour().await).await;
    assert_eq!((runs(&next_door), accounts(&next_door)), (1, 0));
    for nobody in [world.b.admin().await, world.b.resident().await, world.a.plumber().await] {
        assert!(heard(&nobody).await.is_empty());
    }
}
