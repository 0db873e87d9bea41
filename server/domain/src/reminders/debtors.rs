//! Who owes, since when, and what keeps them from being reminded.

use crate::{Result, Tx, billing, error::word, penalties, property::today};
use chrono::NaiveDate;
use model::{
    AccountId, Money, UnitId,
    billing::{LastReminder, Quiet, ReminderRules, ReminderState},
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// An account with its debt.
pub(super) struct Debtor {
    pub account: AccountId,
    pub number: String,
    pub unit: UnitId,
    pub address: String,
    pub balance: Money,
    /// Months that are not paid with what is owed for each, the oldest first.
    pub unpaid: Vec<(NaiveDate, Money)>,
    /// Since the oldest of them was to be paid.
    pub days_late: i32,
    pub disputed: bool,
    /// Promised to be paid by a day that is not over.
    pub promise: Option<NaiveDate>,
    /// About the debt they have now.
    pub last: Option<LastReminder>,
    /// The highest step of this episode.
    reached: i16,
    told_today: bool,
}

impl Debtor {
    /// The month whose payment begins the ladder anew.
    pub fn episode(&self) -> Option<NaiveDate> {
        self.unpaid.first().map(|(month, _)| *month)
    }

    /// Why nobody is reminded now. Who is reminded by hand may owe less than the company reminds of by itself.
    pub fn quiet(&self, rules: &ReminderRules, by_hand: bool) -> Option<Quiet> {
        if self.balance <= Money::ZERO || self.unpaid.is_empty() || self.days_late < 1 {
            Some(Quiet::NotLate)
        } else if self.disputed {
            Some(Quiet::Dispute)
        } else if self.promise.is_some() {
            Some(Quiet::Promise)
        } else if self.told_today {
            Some(Quiet::Today)
        } else if !by_hand && self.balance < rules.least {
            Some(Quiet::Small)
        } else {
            None
        }
    }

    /// The step whose turn it is, from 1: the highest of those due, when it is higher than what they heard already.
    /// Lower steps that were missed are not made up for.
    pub fn turn(&self, rules: &ReminderRules) -> Option<i16> {
        self.highest(rules).filter(|step| *step > self.reached)
    }

    /// The highest step that is due.
    pub fn highest(&self, rules: &ReminderRules) -> Option<i16> {
        let due = rules.steps.iter().filter(|step| i32::from(step.days) <= self.days_late).count();
        i16::try_from(due).ok().filter(|step| *step > 0)
    }

    pub fn state(&self) -> ReminderState {
        ReminderState { last: self.last, promise: self.promise, disputed: self.disputed }
    }
}

/// Some accounts, in the order of their ids.
pub(super) async fn debtors(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Debtor>> {
    let (company, day) = (tx.actor().company_id().0, today(tx).await?);
    let due_day = billing::rules::load(tx).await?.due_day;
    let rows = sqlx::query!(
        r#"select a.id, a.number, a.unit_id, b.address || ', №' || u.number as "address!", m.balance_tiyin,
             exists (select from recalculations r where r.company_id = $1 and r.account_id = a.id and r.state = 'waiting')
               or exists (select from penalty_waivers w where w.company_id = $1 and w.account_id = a.id and w.state = 'waiting')
               or exists (select from payments p where p.company_id = $1 and p.account_id = a.id and p.disputed_at is not null)
               or exists (select from corrections c where c.company_id = $1 and c.state = 'waiting' and (c.account_id = a.id or c.other_id = a.id))
               as "disputed!",
             (select p.promised_on from debt_promises p where p.company_id = $1 and p.account_id = a.id
               order by p.created_at desc, p.id desc limit 1) as promise,
             exists (select from reminders r where r.company_id = $1 and r.account_id = a.id and r.sent_on = $3) as "told_today!"
           from personal_accounts a join units u on u.company_id = a.company_id and u.id = a.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           join account_balances m on m.company_id = a.company_id and m.account_id = a.id
           where a.company_id = $1 and a.id = any($2) order by a.id"#,
        company,
        ids,
        day
    )
    .fetch_all(tx.conn())
    .await?;
    let told = sqlx::query!(
        r#"select account_id, episode, max(step) as "reached!", (array_agg(step order by sent_at desc))[1] as "step!",
             (array_agg(kind order by sent_at desc))[1] as "kind!", max(sent_on) as "on!"
           from reminders where company_id = $1 and account_id = any($2) group by account_id, episode"#,
        company,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    let mut heard = BTreeMap::new();
    for t in told {
        let last = LastReminder { step: t.step, kind: word(&t.kind)?, on: t.on };
        heard.insert((t.account_id, t.episode), (t.reached, last));
    }
    let mut unpaid: BTreeMap<Uuid, Vec<(NaiveDate, Money)>> = BTreeMap::new();
    for owing in penalties::owing(tx, ids).await? {
        unpaid.insert(owing.account.0, owing.history.unpaid(day));
    }
    rows.into_iter()
        .map(|row| {
            let unpaid = unpaid.remove(&row.id).unwrap_or_default();
            let oldest = unpaid.first().map(|(month, _)| *month);
            let late = oldest.map(|month| Ok::<_, crate::Error>((day - billing::due_on(month, due_day)?).num_days()));
            let about_this = oldest.and_then(|month| heard.remove(&(row.id, month)));
            Ok(Debtor {
                account: row.id.into(),
                number: row.number,
                unit: row.unit_id.into(),
                address: row.address,
                balance: Money::from_tiyin(row.balance_tiyin),
                unpaid,
                days_late: late.transpose()?.and_then(|days| i32::try_from(days).ok()).unwrap_or(0),
                disputed: row.disputed,
                promise: row.promise.filter(|on| *on >= day),
                last: about_this.map(|(_, last)| last),
                reached: about_this.map_or(0, |(reached, _)| reached),
                told_today: row.told_today,
            })
        })
        .collect()
}

/// Where some debtors stand.
pub(crate) async fn states(tx: &mut Tx, ids: &[Uuid]) -> Result<BTreeMap<Uuid, ReminderState>> {
    Ok(debtors(tx, ids).await?.into_iter().map(|d| (d.account.0, d.state())).collect())
}
