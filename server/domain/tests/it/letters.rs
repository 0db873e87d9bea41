//! Steps of the ladder as letters on paper.

use crate::{
    penalties::booked,
    reminders::{ladder, owing},
    support::{code, field, wrong},
};
use domain::{Actor, Ctx, billing, jobs::RunTask, penalties, reminders, tasks};
use model::{
    AccountId, Code, Lang, Money,
    billing::{NewPromise, PenaltyTerms, ReminderKind},
    receipts::{DebtLetter, PrintLetters},
    tasks::TaskKind,
};
use testkit::TestCtx;

/// The letters of one file, as they are handed to who lays them out.
async fn printed(ctx: &Ctx, admin: &Actor, command: &PrintLetters) -> domain::Result<Vec<DebtLetter>> {
    let task = reminders::start_letters(ctx, admin, command).await?;
    assert_eq!(task.kind, TaskKind::Letters);
    let job = RunTask { company_id: admin.company_id(), task_id: task.id };
    let run = tasks::claim(ctx, &job).await?.unwrap();
    let command: PrintLetters = serde_json::from_value(run.params.clone())?;
    assert_eq!(command.lang, Some(Lang::Ru));
    let (send, mut receive) = tokio::sync::mpsc::channel(100);
    reminders::read_letters(ctx, &run, &command, send).await?;
    let mut letters = Vec::new();
    while let Some(part) = receive.recv().await {
        letters.extend(part);
    }
    Ok(letters)
}

fn to(ids: &[AccountId], step: Option<i16>) -> PrintLetters {
    PrintLetters { account_ids: ids.to_vec(), step, ..PrintLetters::default() }
}

/// September and October are late on 23 November; October's days of September are booked as a penalty.
#[tokio::test]
async fn a_letter_adds_up_to_what_is_owed() {
    let ctx = TestCtx::new().await;
    let (world, admin, ids) = owing(&ctx).await;
    assert_eq!(field(reminders::letter(&ctx, &admin, ids[0], None).await), wrong("/step", "unknown"));
    reminders::save_rules(&ctx, &admin, 0, &ladder(&[5, 30, 60])).await.unwrap();
    penalties::create_rule(&ctx, &admin, &PenaltyTerms::usual("2026-10-01".parse().unwrap())).await.unwrap();
    booked(&ctx, &admin, "2026-10-01").await;

    let letter = reminders::letter(&ctx, &admin, ids[0], None).await.unwrap();
    assert_eq!((letter.kind, letter.days_late, letter.number.as_str()), (ReminderKind::Letter, 39, "700/2-0926"));
    assert_eq!(letter.values.name, "Азиз Каримов");
    assert!(letter.values.link.contains("/pay/"), "{}", letter.values.link);
    let months: Vec<_> = letter.months.iter().map(|m| (m.debt.tiyin(), m.penalty.tiyin())).collect();
    assert_eq!((months, letter.earlier_penalty), (vec![(1_000_000, 16_000), (1_000_000, 0)], Money::ZERO));
    let account = billing::account(&ctx, &admin, ids[0]).await.unwrap();
    assert_eq!((letter.values.debt, account.balance.tiyin()), (account.balance, 2_016_000));
    assert!(account.reminders.is_empty(), "printing tells nobody");
    // September is paid; what it cost to pay it late is still owed.
    crate::penalties::pay(&ctx, &world.a, ids[0], 1_000_000, "2026-11-20").await;
    let letter = reminders::letter(&ctx, &admin, ids[0], Some(3)).await.unwrap();
    assert_eq!((letter.kind, letter.number.as_str()), (ReminderKind::PreClaim, "700/3-1026"));
    assert_eq!((letter.months.len(), letter.earlier_penalty.tiyin()), (1, 16_000));
    // Five days is no letter but a message.
    assert_eq!(field(reminders::letter(&ctx, &admin, ids[0], Some(1)).await), wrong("/step", "unknown"));
    assert_eq!(field(reminders::letter(&ctx, &admin, ids[0], None).await), wrong("/step", "no_letter"));

    assert_eq!(code(reminders::letter(&ctx, &world.b.admin().await, ids[0], None).await), Code::NotFound);
    for nobody in [world.a.dispatcher().await, world.a.resident().await] {
        assert_eq!(code(reminders::letter(&ctx, &nobody, ids[0], None).await), Code::Forbidden);
        assert_eq!(code(reminders::start_letters(&ctx, &nobody, &to(&ids, None)).await), Code::Forbidden);
    }
}

#[tokio::test]
async fn many_letters_are_one_file_without_those_left_alone() {
    let ctx = TestCtx::new().await;
    let (world, admin, ids) = owing(&ctx).await;
    reminders::save_rules(&ctx, &admin, 0, &ladder(&[5, 30])).await.unwrap();
    // Who was reminded this morning may be written to, too.
    assert_eq!(reminders::run(&ctx).await.unwrap(), 2);
    let chosen = printed(&ctx, &admin, &to(&[ids[2], ids[0]], None)).await.unwrap();
    let numbers: Vec<&str> = chosen.iter().map(|letter| letter.values.account.as_str()).collect();
    assert_eq!(numbers, ["700", "702"], "in the order of the flats, and nobody has to live there");
    assert_eq!(chosen[1].values.name, "");

    let promise = NewPromise { on: "2026-11-30".parse().unwrap(), note: None };
    reminders::promise(&ctx, &admin, ids[0], &promise).await.unwrap();
    let house = PrintLetters { building_id: Some(world.a.house.id), older: Some(30), ..to(&[], Some(2)) };
    let all = printed(&ctx, &admin, &house).await.unwrap();
    assert_eq!(all.iter().map(|letter| letter.values.account.as_str()).collect::<Vec<_>>(), ["701", "702"]);
    assert_eq!(field(printed(&ctx, &admin, &to(&[ids[0]], None)).await), wrong("/step", "no_letter"));
    let nobody = PrintLetters { least: Some(1_000_000_000), ..to(&[], None) };
    assert_eq!(field(printed(&ctx, &admin, &nobody).await), wrong("/account_ids", "required"));
    assert_eq!(
        field(printed(&ctx, &admin, &PrintLetters { older: Some(31), ..to(&[], None) }).await),
        wrong("/older", "out_of_range")
    );
}
