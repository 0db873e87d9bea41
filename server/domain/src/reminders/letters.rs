//! Steps of the ladder as letters on paper. Printing tells nobody anything and moves nobody on the ladder: a letter is
//! printed again and again until somebody carries it out.

use super::{
    debtors::{Debtor, debtors},
    rules,
    send::{step, values},
};
use crate::{
    Actor, Ctx, Error, Result, Scope, Tx,
    audit::Entry,
    billing, payments, penalties,
    property::today,
    tasks::{self, Beat, Running},
};
use chrono::{Datelike, NaiveDate};
use model::{
    AccountId, Code, Money, Permission as P,
    billing::{DebtFilter, Quiet, RecalculationState, ReminderRules},
    receipts::{DebtLetter, Issuer, LetterMonth, PrintLetters},
    tasks::{TaskKind, TaskView},
    validate,
};
use serde_json::json;
use std::collections::BTreeMap;
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

/// Letters made into one part of a file.
const PART: usize = 40;
/// Letters of one file at the most: a pallet of paper is a mistake.
const MOST: i64 = 5_000;

/// What all letters of one file share.
struct Desk {
    rules: ReminderRules,
    issuer: Issuer,
    day: NaiveDate,
    /// From 1; each debtor's own turn when absent.
    wanted: Option<i16>,
}

impl Desk {
    /// # Errors
    /// `invalid` on `/step` when the ladder has no such letter.
    async fn open(tx: &mut Tx, scope: &Scope, wanted: Option<i16>) -> Result<Self> {
        let rules = rules::load(tx).await?;
        let known = match wanted {
            Some(number) => step(&rules, number).is_some_and(|step| step.kind.on_paper()),
            None => rules.steps.iter().any(|step| step.kind.on_paper()),
        };
        if !known {
            return Err(Error::field("/step", "unknown"));
        }
        Ok(Self { rules, issuer: billing::issuer(tx, scope).await?, day: today(tx).await?, wanted })
    }

    /// Which letter a debtor gets; none when they must not be disturbed, or no letter is due. Who heard of their debt
    /// today may still be written to.
    fn turn(&self, debtor: &Debtor) -> Option<i16> {
        if debtor.quiet(&self.rules, true).is_some_and(|quiet| quiet != Quiet::Today) {
            return None;
        }
        let due = debtor.highest(&self.rules).unwrap_or(0);
        let letter = |number: &i16| step(&self.rules, *number).is_some_and(|step| step.kind.on_paper());
        self.wanted.or_else(|| (1..=due).rev().find(letter))
    }

    async fn write(&self, ctx: &Ctx, tx: &mut Tx, scope: &Scope, debtor: &Debtor) -> Result<Option<DebtLetter>> {
        let Some((number, oldest)) = self.turn(debtor).zip(debtor.episode()) else { return Ok(None) };
        let step = step(&self.rules, number).ok_or(Code::Internal)?;
        let mut late = BTreeMap::<NaiveDate, i64>::new();
        for row in penalties::of_account(tx, scope, debtor.account).await? {
            if row.waiver.is_none_or(|w| w.state != RecalculationState::Booked) {
                for line in row.lines {
                    *late.entry(line.month).or_default() += line.amount.tiyin();
                }
            }
        }
        let months: Vec<LetterMonth> = debtor
            .unpaid
            .iter()
            .map(|(month, debt)| {
                let penalty = Money::from_tiyin(late.remove(month).unwrap_or(0));
                LetterMonth { month: *month, debt: *debt, penalty }
            })
            .collect();
        // Payments cover penalties last, so what is owed beyond these months and their penalties are older ones.
        let shown: i64 = months.iter().map(|m| m.debt.tiyin() + m.penalty.tiyin()).sum();
        let earlier = Money::from_tiyin(debtor.balance.tiyin() - shown);
        let about = billing::about(tx, scope, self.day, debtor.account).await?;
        let pay = if about.closed { None } else { Some(payments::mark(ctx, debtor.account)?) };
        let mut values = values(debtor, &about.payer.unwrap_or_default());
        // Paper is not pressed: where the picture leads, in letters.
        match &pay {
            Some(mark) => values.link.clone_from(&mark.url),
            None => values.link.insert_str(0, &ctx.public_address()),
        }
        Ok(Some(DebtLetter {
            issuer: self.issuer.clone(),
            kind: step.kind,
            number: format!("{}/{number}-{:02}{:02}", debtor.number, oldest.month(), oldest.year() % 100),
            printed_on: self.day,
            text: step.text.clone(),
            values,
            days_late: debtor.days_late,
            months,
            earlier_penalty: earlier,
            pay,
        }))
    }
}

/// A letter to one debtor, as it is printed: the step that is named, else the highest letter that is due.
///
/// # Errors
/// `not_found` when the account is not the company's; `invalid` on `/step` when the ladder has no such letter
/// (`unknown`), or nobody may be written to now (`no_letter`).
pub async fn letter(ctx: &Ctx, actor: &Actor, id: AccountId, step: Option<i16>) -> Result<DebtLetter> {
    let scope = actor.scope(P::DebtsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let debtor = debtors(&mut tx, &[id.0]).await?.pop().ok_or(Code::NotFound)?;
    let desk = Desk::open(&mut tx, &scope, step).await?;
    desk.write(ctx, &mut tx, &scope, &debtor).await?.ok_or_else(|| Error::field("/step", "no_letter"))
}

/// Asks for the letters of many in one file; they are made in the background.
///
/// # Errors
/// `invalid` on `/step` as [`letter`], on `/older`; on `/account_ids` when nobody is meant (`required`) or more than five
/// thousand are (`too_many`).
pub async fn start_letters(ctx: &Ctx, actor: &Actor, command: &PrintLetters) -> Result<TaskView> {
    let scope = actor.scope(P::DebtsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    Desk::open(&mut tx, &scope, command.step).await?;
    if command.account_ids.is_empty() {
        let filter = filter(command);
        if billing::debts_longer(&mut tx, &scope, &filter, MOST).await? {
            return Err(Error::field("/account_ids", "too_many"));
        }
        if billing::debts_page(&mut tx, &scope, &filter, None, 1).await?.0.is_empty() {
            return Err(Error::field("/account_ids", "required"));
        }
    }
    let command = PrintLetters { lang: Some(command.lang.unwrap_or(actor.lang())), ..command.clone() };
    let id = tasks::start(&mut tx, TaskKind::Letters, None, &serde_json::to_value(&command)?).await?;
    let task = tasks::view(&mut tx, id).await?;
    tx.commit().await?;
    Ok(task)
}

/// Reads the letters of a file and sends them on, part by part, as fast as they are taken, in the order of houses and
/// homes. All are of one moment.
///
/// # Errors
/// `invalid` on `/step` (`no_letter`) when not one of them may be written to.
pub async fn read_letters(
    ctx: &Ctx,
    run: &Running,
    command: &PrintLetters,
    take: Sender<Vec<DebtLetter>>,
) -> Result<Beat> {
    let actor = run.actor();
    let scope = actor.scope(P::DebtsManage)?;
    let mut tx = ctx.begin(actor).await?;
    sqlx::query("set transaction isolation level repeatable read").execute(tx.conn()).await?;
    let desk = Desk::open(&mut tx, &scope, command.step).await?;
    let ids = meant(&mut tx, &scope, command).await?;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let (mut done, mut written) = (0, 0);
    for some in ids.chunks(PART) {
        let mut found: BTreeMap<Uuid, Debtor> =
            debtors(&mut tx, some).await?.into_iter().map(|debtor| (debtor.account.0, debtor)).collect();
        let mut part = Vec::with_capacity(some.len());
        for debtor in some.iter().filter_map(|id| found.remove(id)) {
            part.extend(desk.write(ctx, &mut tx, &scope, &debtor).await?);
        }
        written += part.len();
        let taken = part.is_empty() || take.send(part).await.is_ok();
        done += some.len();
        if run.tick(ctx, count(done), Some(count(ids.len()))).await? == Beat::Cancel {
            return Ok(Beat::Cancel);
        }
        // Whoever makes the file has failed and says why.
        if !taken {
            break;
        }
    }
    if written == 0 {
        return Err(Error::field("/step", "no_letter"));
    }
    let changes = json!({ "rows": written, "step": command.step });
    tx.audit(Entry { action: "debts.letters", object_type: "company", object_id: Some(scope.company()), changes })
        .await?;
    tx.commit().await?;
    Ok(Beat::GoOn)
}

fn filter(command: &PrintLetters) -> DebtFilter {
    DebtFilter { building_id: command.building_id, older: command.older, least: command.least, ..DebtFilter::default() }
}

/// The accounts that are meant, in the order in which somebody walks from door to door.
async fn meant(tx: &mut Tx, scope: &Scope, command: &PrintLetters) -> Result<Vec<Uuid>> {
    let mut ids: Vec<Uuid> = command.account_ids.iter().map(|id| id.0).collect();
    if ids.is_empty() {
        let (rows, _) = billing::debts_page(tx, scope, &filter(command), None, MOST).await?;
        ids = rows.iter().map(|row| row.account_id.0).collect();
    }
    Ok(sqlx::query_scalar!(
        "select a.id from personal_accounts a join units u on u.company_id = a.company_id and u.id = a.unit_id
         join buildings b on b.company_id = u.company_id and b.id = u.building_id
         where a.company_id = $1 and a.id = any($2) order by b.sort_key, b.id, u.sort_key, u.id, a.number, a.id",
        scope.company(),
        &ids
    )
    .fetch_all(tx.conn())
    .await?)
}
