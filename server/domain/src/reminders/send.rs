//! Sending: by the schedule, each step once for an episode of debt; by hand, for chosen accounts.

use super::{
    debtors::{Debtor, debtors},
    rules,
};
use crate::{
    Actor, Ctx, Error, Result, Tx, billing,
    notices::{self, Notice, Reach, Recipient},
    property::today,
};
use chrono::{Datelike, Weekday};
use model::{
    CompanyId, Permission as P, UnitId,
    billing::{
        Quiet, RemindNow, ReminderLook, ReminderLookRow, ReminderRules, ReminderSample, ReminderStep, Variables, Wish,
    },
    notices::{NoticeKind, NoticeObject},
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use uuid::Uuid;

/// Accounts looked at in one transaction of the schedule.
const CHUNK: i64 = 200;
/// Where one sees what is owed, and pays.
const LINK: &str = "/my/bills";

/// Who of an account can be told.
struct Heard {
    to: Vec<Recipient>,
    reach: Vec<Reach>,
}

/// Sends in every company what is due today; tells how many accounts were reminded. A company that fails stops no other.
pub async fn run(ctx: &Ctx) -> Result<usize> {
    let mut tx = ctx.db.begin_system("reminders of debts").await?;
    let companies = sqlx::query_scalar!("select company_id from reminder_rules where enabled order by company_id")
        .fetch_all(&mut *tx)
        .await?;
    drop(tx);
    let mut sent = 0;
    for company in companies {
        match of_company(ctx, CompanyId(company)).await {
            Ok(count) => sent += count,
            Err(error) => tracing::error!(%error, %company, "debts could not be reminded of"),
        }
    }
    Ok(sent)
}

async fn of_company(ctx: &Ctx, company: CompanyId) -> Result<usize> {
    let actor = Actor::system(company);
    let (mut after, mut sent) = (Uuid::nil(), 0);
    loop {
        let mut tx = ctx.begin(&actor).await?;
        let rules = rules::load(&mut tx).await?;
        let weekend = matches!(today(&mut tx).await?.weekday(), Weekday::Sat | Weekday::Sun);
        if !rules.enabled || (weekend && rules.skip_weekends) {
            return Ok(sent);
        }
        let ids = sqlx::query_scalar!(
            "select m.account_id from account_balances m join personal_accounts a on a.company_id = m.company_id and a.id = m.account_id
             where m.company_id = $1 and m.balance_tiyin > 0 and m.balance_tiyin >= $2 and m.account_id > $3 order by m.account_id limit $4",
            company.0,
            rules.least.tiyin(),
            after,
            CHUNK
        )
        .fetch_all(tx.conn())
        .await?;
        let Some(last) = ids.last() else { return Ok(sent) };
        after = *last;
        for debtor in debtors(&mut tx, &ids).await? {
            let due = debtor.turn(&rules).filter(|_| debtor.quiet(&rules, false).is_none());
            let Some((number, step)) = due.and_then(|n| Some((n, step(&rules, n)?))) else { continue };
            let people = heard(&mut tx, debtor.unit, step.wish).await?;
            if !people.reach.is_empty() && tell(&mut tx, &debtor, number, step, &people).await? {
                sent += 1;
            }
        }
        tx.commit().await?;
    }
}

/// A step by its number, from 1.
pub(super) fn step(rules: &ReminderRules, number: i16) -> Option<&ReminderStep> {
    usize::try_from(number).ok()?.checked_sub(1).and_then(|at| rules.steps.get(at))
}

/// Who would get what, before anything is sent.
///
/// # Errors
/// `invalid` on `/step` when the ladder has no such step, on `/account_ids`.
pub async fn look(ctx: &Ctx, actor: &Actor, command: &RemindNow) -> Result<ReminderLook> {
    by_hand(ctx, actor, command, false).await
}

/// Reminds some accounts now. Who must not be disturbed is left out, and it is said why.
///
/// # Errors
/// As [`look`].
pub async fn remind(ctx: &Ctx, actor: &Actor, command: &RemindNow) -> Result<ReminderLook> {
    by_hand(ctx, actor, command, true).await
}

async fn by_hand(ctx: &Ctx, actor: &Actor, command: &RemindNow, send: bool) -> Result<ReminderLook> {
    actor.scope(P::DebtsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let rules = rules::load(&mut tx).await?;
    if rules.steps.is_empty() || command.step.is_some_and(|n| step(&rules, n).is_none()) {
        return Err(Error::field("/step", "unknown"));
    }
    let ids: Vec<Uuid> = command.account_ids.iter().map(|id| id.0).collect();
    let mut found = ReminderLook::default();
    for debtor in debtors(&mut tx, &ids).await? {
        // Without a wish the step whose turn it is; who has heard all that is due hears the last of it once more.
        let number = command.step.or(debtor.turn(&rules)).or(debtor.highest(&rules)).unwrap_or(1);
        let Some(step) = step(&rules, number) else { continue };
        let mut row = ReminderLookRow {
            account_id: debtor.account,
            number: debtor.number.clone(),
            quiet: debtor.quiet(&rules, true),
            step: None,
            people: 0,
        };
        if row.quiet.is_none() {
            let people = heard(&mut tx, debtor.unit, step.wish).await?;
            let told = !people.reach.is_empty() && (!send || tell(&mut tx, &debtor, number, step, &people).await?);
            match people.reach.first() {
                Some(first) if told => {
                    row.step = Some(number);
                    row.people = i32::try_from(people.reach.len()).map_err(|e| Error::internal("reminders", e))?;
                    found.messages += row.people;
                    found.sample.get_or_insert_with(|| sample(&debtor, number, step, first));
                }
                Some(_) => row.quiet = Some(Quiet::Today),
                None => row.quiet = Some(Quiet::NoRoad),
            }
        }
        found.rows.push(row);
    }
    if send {
        tx.commit().await?;
    }
    Ok(found)
}

fn sample(debtor: &Debtor, number: i16, step: &ReminderStep, to: &Reach) -> ReminderSample {
    let text = step.text.get(to.lang).to_owned();
    ReminderSample { step: number, kind: step.kind, lang: to.lang, text, values: values(debtor, &to.name) }
}

pub(super) fn values(debtor: &Debtor, name: &str) -> Variables {
    Variables {
        name: name.to_owned(),
        account: debtor.number.clone(),
        address: debtor.address.clone(),
        debt: debtor.balance,
        months: debtor.unpaid.iter().map(|(month, _)| *month).collect(),
        link: LINK.to_owned(),
    }
}

/// Writes the reminder down and tells each person. Says no when somebody was quicker.
async fn tell(tx: &mut Tx, debtor: &Debtor, number: i16, step: &ReminderStep, people: &Heard) -> Result<bool> {
    let Some(episode) = debtor.episode() else { return Ok(false) };
    let (company, now, sent_on) = (tx.actor().company_id().0, tx.now(), today(tx).await?);
    let user = tx.actor().user_id().map(|u| u.0);
    let name = Some(tx.actor().name().to_owned()).filter(|name| user.is_some() && !name.is_empty());
    let roads: Vec<String> = people.reach.iter().map(|person| person.road.as_str().to_owned()).collect();
    let written = sqlx::query!(
        "insert into reminders (id, company_id, account_id, episode, step, kind, sent_on, sent_at, debt_tiyin, days_late, roads, created_by,
           created_by_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing",
        new_id(),
        company,
        debtor.account.0,
        episode,
        number,
        step.kind.as_str(),
        sent_on,
        now,
        debtor.balance.tiyin(),
        debtor.days_late,
        &roads,
        user,
        name
    )
    .execute(tx.conn())
    .await?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    let notice = Notice {
        kind: NoticeKind::Reminder,
        key: format!("debt:{}:{episode}:{number}:{sent_on}", debtor.account),
        to: people.to.clone(),
        about: Some((NoticeObject::Account, debtor.account.0)),
        facts: json!({ "step": step.kind, "texts": step.text, "values": values(debtor, "") }),
        urgent: false,
        wish: step.wish.channel(),
    };
    tx.notify(&notice).await?;
    let changes = json!({ "step": [null, number], "debt": [null, debtor.balance] });
    let entry = crate::audit::Entry {
        action: "account.remind",
        object_type: "account",
        object_id: Some(debtor.account.0),
        changes,
    };
    tx.audit(entry).await?;
    billing::live::account_changed(tx, debtor.account).await?;
    Ok(true)
}

async fn heard(tx: &mut Tx, unit: UnitId, wish: Wish) -> Result<Heard> {
    let (company, to) = (tx.actor().company_id(), people_of(tx, unit).await?);
    let reach = notices::reach(tx.conn(), company, NoticeKind::Reminder, &to, wish.channel()).await?;
    Ok(Heard { to, reach })
}

/// Whom to tell about a flat: its owners who live there, else everybody who does.
async fn people_of(tx: &mut Tx, unit: UnitId) -> Result<Vec<Recipient>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select contact_id, bool_or(relation = 'owner') as \"owns!\" from residencies
         where company_id = $1 and unit_id = $2 and until_on is null group by contact_id order by contact_id",
        company,
        unit.0
    )
    .fetch_all(tx.conn())
    .await?;
    let owned = rows.iter().any(|row| row.owns);
    Ok(rows
        .into_iter()
        .filter(|row| row.owns || !owned)
        .map(|row| Recipient::Resident(row.contact_id.into()))
        .collect())
}
