//! Reminders of debts: whose turn it is, who is left alone, and reminding by hand.

use crate::{
    billing::{posted, price, service},
    penalties::pay,
    support::{code, field, wrong},
};
use chrono::{NaiveDate, TimeDelta};
use domain::{Actor, Ctx, billing, notices, reminders};
use model::{
    AccountId, Code, Lang, Money,
    billing::{
        DebtFilter, NewPromise, Quiet, RemindNow, ReminderKind, ReminderStep, ReminderText, SaveReminderRules,
        TariffRule, Wish,
    },
    notices::NoticeKind,
};
use testkit::{TestCtx, World};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn ladder(days: &[i16]) -> SaveReminderRules {
    let step = |(n, days): (usize, &i16)| {
        let text = format!("{{name}}, шаг {}: {{debt}} {{link}}", n + 1);
        let text = ReminderText { ru: text.clone(), uz: text.clone(), en: text };
        ReminderStep { kind: ReminderKind::ALL[n.min(3)], days: *days, wish: Wish::Any, text }
    };
    SaveReminderRules {
        enabled: true,
        least: Money::from_tiyin(1_000),
        skip_weekends: true,
        steps: days.iter().enumerate().map(step).collect(),
    }
}

/// September and October charged to three flats: late since 15 October and 15 November. It is 23 November, a Monday.
pub async fn owing(ctx: &TestCtx) -> (World, Actor, Vec<AccountId>) {
    let world = World::new(ctx).await;
    let admin = world.a.admin().await;
    let ids = crate::ledger::accounts(ctx, &world.a).await;
    let upkeep = service(ctx, &admin, "Содержание").await;
    billing::create_tariff(ctx, &admin, &price(upkeep, TariffRule::Unit, 1_000_000, "2026-01-01")).await.unwrap();
    for month in ["2026-09-01", "2026-10-01"] {
        posted(ctx, &admin, month).await;
    }
    (world, admin, ids)
}

async fn told(ctx: &Ctx, admin: &Actor, id: AccountId) -> Vec<i16> {
    billing::account(ctx, admin, id).await.unwrap().reminders.iter().map(|r| r.step).collect()
}

#[tokio::test]
async fn each_step_once_and_paying_begins_anew() {
    let ctx = TestCtx::new().await;
    let (world, admin, ids) = owing(&ctx).await;
    assert_eq!(reminders::run(&ctx).await.unwrap(), 0);
    let saved = reminders::save_rules(&ctx, &admin, 0, &ladder(&[5, 30, 60])).await.unwrap();
    assert_eq!((saved.version, saved.steps.len()), (1, 3));
    assert_eq!(code(reminders::save_rules(&ctx, &admin, 0, &ladder(&[5])).await), Code::Conflict);
    // 39 days late: the second step at once, the first is not made up for. Nobody lives in the third flat.
    assert_eq!(reminders::run(&ctx).await.unwrap(), 2);
    assert_eq!((told(&ctx, &admin, ids[0]).await, told(&ctx, &admin, ids[2]).await), (vec![2], Vec::new()));
    let author = world.a.resident().await;
    let heard = notices::list(&ctx, &author, Lang::Ru, None).await.unwrap().items;
    let debt = heard.iter().find(|notice| notice.kind == NoticeKind::Reminder).unwrap();
    let values = &debt.facts["values"];
    assert_eq!((&values["debt"], &values["account"]), (&2_000_000.into(), &"700".into()));
    assert_eq!(values["months"].as_array().map(Vec::len), Some(2));
    for _ in 0..2 {
        assert_eq!(reminders::run(&ctx).await.unwrap(), 0);
        ctx.clock.advance(TimeDelta::days(1));
    }
    // Saturday 19 December is 65 days after: the third step waits for Monday.
    ctx.clock.advance(TimeDelta::days(24));
    assert_eq!(reminders::run(&ctx).await.unwrap(), 0);
    // September is paid on Sunday: what is late now is October, for 36 days. Its first word is the second step.
    pay(&ctx, &world.a, ids[0], 1_000_000, "2026-12-20").await;
    ctx.clock.advance(TimeDelta::days(2));
    assert_eq!(reminders::run(&ctx).await.unwrap(), 2);
    assert_eq!((told(&ctx, &admin, ids[0]).await, told(&ctx, &admin, ids[1]).await), (vec![2, 2], vec![3, 2]));
    // All paid: silence.
    pay(&ctx, &world.a, ids[0], 1_000_000, "2026-12-21").await;
    ctx.clock.advance(TimeDelta::days(30));
    assert_eq!(reminders::run(&ctx).await.unwrap(), 0);
}

#[tokio::test]
async fn who_is_left_alone() {
    let ctx = TestCtx::new().await;
    let (world, admin, ids) = owing(&ctx).await;
    reminders::save_rules(&ctx, &admin, 0, &ladder(&[5, 30])).await.unwrap();
    let service = billing::book(&ctx, &admin).await.unwrap().services[0].id;
    testkit::ask_recalculation(&ctx, &admin, ids[0], service).await;
    let promise = |on: &str| NewPromise { on: day(on), note: Some("после зарплаты".to_owned()) };
    assert_eq!(field(reminders::promise(&ctx, &admin, ids[1], &promise("2026-11-22")).await), wrong("/on", "in_past"));
    reminders::promise(&ctx, &admin, ids[1], &promise("2026-11-24")).await.unwrap();
    assert_eq!(reminders::run(&ctx).await.unwrap(), 0);
    let ask = RemindNow { account_ids: ids.clone(), step: None };
    let look = reminders::look(&ctx, &admin, &ask).await.unwrap();
    let quiet: Vec<_> = look.rows.iter().map(|row| (row.account_id, row.quiet)).collect();
    for expected in [(ids[0], Some(Quiet::Dispute)), (ids[1], Some(Quiet::Promise)), (ids[2], Some(Quiet::NoRoad))] {
        assert!(quiet.contains(&expected), "{quiet:?}");
    }
    let debts = billing::debts(&ctx, &admin, &DebtFilter::default()).await.unwrap();
    let state = |id| debts.items.iter().find(|d| d.account_id == id).unwrap().reminders;
    assert!(state(ids[0]).disputed && state(ids[1]).promise == Some(day("2026-11-24")) && !state(ids[2]).disputed);
    // The promise was not kept.
    ctx.clock.advance(TimeDelta::days(2));
    assert_eq!(reminders::run(&ctx).await.unwrap(), 1);
    assert_eq!((told(&ctx, &admin, ids[1]).await, told(&ctx, &admin, ids[0]).await), (vec![2], Vec::new()));
    let _ = world;
}

#[tokio::test]
async fn by_hand_with_a_look_before() {
    let ctx = TestCtx::new().await;
    let (world, admin, ids) = owing(&ctx).await;
    let ask = |step| RemindNow { account_ids: vec![ids[0], ids[1]], step };
    assert_eq!(field(reminders::look(&ctx, &admin, &ask(None)).await), wrong("/step", "unknown"));
    let off = SaveReminderRules { enabled: false, least: Money::from_tiyin(100_000_000), ..ladder(&[5, 30]) };
    reminders::save_rules(&ctx, &admin, 0, &off).await.unwrap();
    assert_eq!(field(reminders::look(&ctx, &admin, &ask(Some(3))).await), wrong("/step", "unknown"));
    let look = reminders::look(&ctx, &admin, &ask(Some(1))).await.unwrap();
    let sample = look.sample.unwrap();
    assert_eq!((look.messages, sample.step, sample.values.debt.tiyin()), (2, 1, 2_000_000));
    assert!(told(&ctx, &admin, ids[0]).await.is_empty(), "a look sends nothing");
    let sent = reminders::remind(&ctx, &admin, &ask(None)).await.unwrap();
    assert_eq!((sent.messages, sent.rows[0].step), (2, Some(2)));
    // Nobody hears twice on one day, by hand or by the schedule.
    let again = reminders::remind(&ctx, &admin, &ask(None)).await.unwrap();
    assert_eq!((again.messages, again.rows[0].quiet), (0, Some(Quiet::Today)));
    let row = billing::account(&ctx, &admin, ids[0]).await.unwrap().reminders.remove(0);
    assert_eq!((row.step, row.days_late, row.author.as_deref()), (2, 39, Some(admin.name())));

    // Another company's accounts are not there, and others may not.
    let foreign = world.b.admin().await;
    reminders::save_rules(&ctx, &foreign, 0, &off).await.unwrap();
    assert!(reminders::remind(&ctx, &foreign, &ask(None)).await.unwrap().rows.is_empty());
    let promise = NewPromise { on: day("2026-12-01"), note: None };
    assert_eq!(code(reminders::promise(&ctx, &foreign, ids[0], &promise).await), Code::NotFound);
    for nobody in [world.a.dispatcher().await, world.a.resident().await] {
        assert_eq!(code(reminders::rules(&ctx, &nobody).await), Code::Forbidden);
        assert_eq!(code(reminders::remind(&ctx, &nobody, &ask(None)).await), Code::Forbidden);
        assert_eq!(code(reminders::promise(&ctx, &nobody, ids[0], &promise).await), Code::Forbidden);
    }
}
