//! What paying late brings in the demo: an edition of penalties with one posted run, a ladder of reminders, and what it
//! has sent. Counted by the rules themselves from the history of each account; only charged houses have one.

use super::{Plot, rng::Rng};
use crate::{Error, Result, billing, ledger, penalties as late};
use chrono::{DateTime, Days, FixedOffset, Months, NaiveDate, TimeZone, Utc};
use model::{
    Money,
    billing::{PenaltyTerms, Rates, ReminderKind, ReminderStep, ReminderText, Wish, penalties},
};
use sqlx::PgConnection;
use uuid::Uuid;

/// By when bills are to be paid, as a company has it that has decided nothing else.
const DUE_DAY: i16 = 15;

/// Days after that, and the words.
const STEPS: [(i16, ReminderKind, [&str; 3]); 4] = [
    (
        5,
        ReminderKind::Message,
        [
            "{name}, здравствуйте! По счёту {account} ({address}) не оплачено {debt} за {months}. Оплатить: {link}",
            "Assalomu alaykum, {name}! {account} hisob ({address}) boʻyicha {months} uchun {debt} toʻlanmagan. Toʻlash: {link}",
            "Hello {name}! {debt} for {months} is not paid on account {account} ({address}). Pay here: {link}",
        ],
    ),
    (
        30,
        ReminderKind::Letter,
        [
            "{name}, долг по счёту {account} ({address}) составляет {debt}, не оплачены {months}. Пожалуйста, оплатите или напишите нам, если не согласны. {link}",
            "{name}, {account} hisob ({address}) boʻyicha qarz {debt}, {months} toʻlanmagan. Iltimos, toʻlang yoki rozi boʻlmasangiz, bizga yozing. {link}",
            "{name}, account {account} ({address}) owes {debt}; {months} are not paid. Please pay, or write to us if you disagree. {link}",
        ],
    ),
    (
        60,
        ReminderKind::PreClaim,
        [
            "{name}, долг по счёту {account} ({address}) {debt} не оплачен больше двух месяцев ({months}). Если он не будет погашен, мы подготовим требование в суд. {link}",
            "{name}, {account} hisob ({address}) boʻyicha {debt} qarz ikki oydan ortiq toʻlanmagan ({months}). Qarz yopilmasa, sudga talab tayyorlaymiz. {link}",
            "{name}, {debt} on account {account} ({address}) has not been paid for more than two months ({months}). Unless it is settled we prepare a claim. {link}",
        ],
    ),
    (
        90,
        ReminderKind::Claim,
        [
            "{name}, по счёту {account} ({address}) готовится иск о взыскании {debt} за {months}. До подачи долг ещё можно оплатить: {link}",
            "{name}, {account} hisob ({address}) boʻyicha {months} uchun {debt} undirish daʼvosi tayyorlanmoqda. Topshirilguncha qarzni toʻlash mumkin: {link}",
            "{name}, a claim for {debt} ({months}) on account {account} ({address}) is being prepared. Until it is filed you can still pay: {link}",
        ],
    ),
];

pub(super) async fn write(conn: &mut PgConnection, plot: &Plot, author: (Uuid, &str)) -> Result<()> {
    let zone = FixedOffset::east_opt(5 * 3600).ok_or_else(|| Error::internal("seed", "time zone"))?;
    let today = plot.now.with_timezone(&zone).date_naive();
    let charged = sqlx::query_scalar!(
        r#"select distinct account_id as "id!" from postings where company_id = $1 and book = 'receivable' order by 1"#,
        plot.company
    )
    .fetch_all(&mut *conn)
    .await?;
    let all = late::histories(conn, plot.company, &charged).await?;
    book(conn, plot, &all, today, zone, author).await?;
    remind(conn, plot, &all, today, zone, author).await
}

fn at(zone: FixedOffset, day: NaiveDate, hour: u32) -> Result<DateTime<Utc>> {
    let moment = day.and_hms_opt(hour, 0, 0).and_then(|moment| zone.from_local_datetime(&moment).single());
    Ok(moment.ok_or_else(|| Error::internal("seed", "time"))?.to_utc())
}

/// The edition in force, and the days of the last whole month.
async fn book(
    conn: &mut PgConnection,
    plot: &Plot,
    all: &[late::Owing],
    today: NaiveDate,
    zone: FixedOffset,
    author: (Uuid, &str),
) -> Result<()> {
    let mut rng = Rng::part(plot.seed, "penalties", 0);
    let month = ledger::month_of(today);
    let back = |n| month.checked_sub_months(Months::new(n)).ok_or_else(|| Error::internal("seed", "month"));
    let (since, period, last) = (back(3)?, back(1)?, month - Days::new(1));
    let terms = PenaltyTerms::usual(since);
    sqlx::query!(
        "insert into penalty_rules (id, company_id, since, due_day, grace_days, person_rate, legal_rate, cap_bp, created_at, created_by,
           created_by_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        rng.id(plot.opened),
        plot.company,
        terms.since,
        terms.due_day,
        terms.grace_days,
        terms.person_rate,
        terms.legal_rate,
        terms.cap_bp,
        plot.opened,
        author.0,
        author.1
    )
    .execute(&mut *conn)
    .await?;
    let mut rates = Rates::new(vec![terms], period, last);
    let (mut accounts, mut buildings, mut payers, mut sums, mut lines) = (vec![], vec![], vec![], vec![], vec![]);
    for owing in all {
        let found = penalties(&mut rates, owing.payer, &owing.history).ok_or_else(late::too_large)?;
        let sum = late::sum(&found)?;
        if sum > Money::ZERO {
            accounts.push(owing.account.0);
            buildings.push(owing.building.0);
            payers.push(owing.payer.to_string());
            sums.push(sum.tiyin());
            lines.push(serde_json::to_value(&found)?);
        }
    }
    let (run, posted) = (rng.id(plot.now), at(zone, month, 9)?.min(plot.now));
    sqlx::query(
        "insert into penalty_runs (id, company_id, period, state, accounts, amount_tiyin, created_at, created_by, created_by_name, posted_at)
         values ($1, $2, $3, 'posted', $4, $5, $6, $7, $8, $6)",
    )
    .bind(run)
    .bind(plot.company)
    .bind(period)
    .bind(i32::try_from(sums.len()).map_err(|e| Error::internal("seed", e))?)
    .bind(sums.iter().sum::<i64>())
    .bind(posted)
    .bind(author.0)
    .bind(author.1)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into penalty_finds (company_id, run_id, account_id, building_id, payer, lines, amount_tiyin)
         select $1, $2, f.* from unnest($3::uuid[], $4::uuid[], $5::text[], $6::jsonb[], $7::bigint[]) f",
    )
    .bind(plot.company)
    .bind(run)
    .bind(&accounts)
    .bind(&buildings)
    .bind(&payers)
    .bind(&lines)
    .bind(&sums)
    .execute(&mut *conn)
    .await?;
    for sql in [
        "insert into ledger_entries (id, company_id, kind, source_id, period, booked_on, created_at, created_by, created_by_name)
         select md5('penalty entry' || f.account_id)::uuid, r.company_id, 'penalty', md5('penalty' || f.account_id)::uuid, r.period,
           (r.period + interval '1 month')::date - 1, r.created_at, r.created_by, r.created_by_name
         from penalty_runs r join penalty_finds f on f.company_id = r.company_id and f.run_id = r.id where r.id = $1 order by f.account_id",
        "insert into postings (company_id, entry_id, line, booked_on, book, account_id, building_id, amount_tiyin)
         select r.company_id, md5('penalty entry' || f.account_id)::uuid, l.line, (r.period + interval '1 month')::date - 1, l.book,
           case l.line when 1 then f.account_id end, case l.line when 1 then f.building_id end, f.amount_tiyin * l.sign
         from penalty_runs r join penalty_finds f on f.company_id = r.company_id and f.run_id = r.id
           cross join (values (1::smallint, 'receivable', 1), (2::smallint, 'penalty_income', -1)) l(line, book, sign)
         where r.id = $1 order by f.account_id, l.line",
        "insert into penalty_charges (id, company_id, run_id, period, account_id, building_id, payer, lines, amount_tiyin, entry_id)
         select md5('penalty' || f.account_id)::uuid, r.company_id, r.id, r.period, f.account_id, f.building_id, f.payer, f.lines,
           f.amount_tiyin, md5('penalty entry' || f.account_id)::uuid
         from penalty_runs r join penalty_finds f on f.company_id = r.company_id and f.run_id = r.id where r.id = $1 order by f.account_id",
    ] {
        sqlx::query(sql).bind(run).execute(&mut *conn).await?;
    }
    Ok(())
}

/// The ladder, and the last word to most who owed on some morning of the last ten days; a few promised to pay.
async fn remind(
    conn: &mut PgConnection,
    plot: &Plot,
    all: &[late::Owing],
    today: NaiveDate,
    zone: FixedOffset,
    author: (Uuid, &str),
) -> Result<()> {
    let steps: Vec<ReminderStep> = STEPS
        .iter()
        .map(|(days, kind, [ru, uz, en])| ReminderStep {
            kind: *kind,
            days: *days,
            wish: Wish::Any,
            text: ReminderText { ru: (*ru).to_owned(), uz: (*uz).to_owned(), en: (*en).to_owned() },
        })
        .collect();
    sqlx::query!(
        "insert into reminder_rules (company_id, enabled, least_tiyin, skip_weekends, steps) values ($1, true, 1000000, true, $2)",
        plot.company,
        serde_json::to_value(&steps)?
    )
    .execute(&mut *conn)
    .await?;
    let mut rng = Rng::part(plot.seed, "reminders", 0);
    let (mut accounts, mut episodes, mut numbers, mut kinds) = (vec![], vec![], vec![], vec![]);
    let (mut days, mut moments, mut debts, mut lates) = (vec![], vec![], vec![], vec![]);
    let mut promised = Vec::new();
    for owing in all {
        let (told, ago, promises) = (rng.chance(0.8), rng.between(1, 10), rng.chance(0.05));
        let on = today - Days::new(ago.unsigned_abs());
        let unpaid = owing.history.unpaid(on);
        let Some((episode, _)) = unpaid.first().filter(|_| told) else { continue };
        let late = (on - billing::due_on(*episode, DUE_DAY)?).num_days();
        let Some((number, (_, kind, _))) = (1_i16..).zip(&STEPS).filter(|(_, step)| i64::from(step.0) <= late).last()
        else {
            continue;
        };
        accounts.push(owing.account.0);
        episodes.push(*episode);
        numbers.push(number);
        kinds.push(kind.as_str());
        days.push(on);
        moments.push(at(zone, on, 9)?);
        debts.push(unpaid.iter().map(|(_, sum)| sum.tiyin()).sum::<i64>());
        lates.push(i32::try_from(late).map_err(|e| Error::internal("seed", e))?);
        if promises && promised.len() < 20 {
            promised.push(owing.account.0);
        }
    }
    // Only where somebody lives, by the road everybody has.
    sqlx::query(
        "insert into reminders (id, company_id, account_id, episode, step, kind, sent_on, sent_at, debt_tiyin, days_late, roads)
         select md5('reminder' || r.account_id)::uuid, $1, r.*, array['sms']
         from unnest($2::uuid[], $3::date[], $4::smallint[], $5::text[], $6::date[], $7::timestamptz[], $8::bigint[], $9::int[])
           r(account_id, episode, step, kind, sent_on, sent_at, debt, late)
         where exists (select from personal_accounts a join residencies h on h.unit_id = a.unit_id and h.until_on is null
           where a.id = r.account_id)
         order by r.account_id",
    )
    .bind(plot.company)
    .bind(&accounts)
    .bind(&episodes)
    .bind(&numbers)
    .bind(&kinds)
    .bind(&days)
    .bind(&moments)
    .bind(&debts)
    .bind(&lates)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into debt_promises (id, company_id, account_id, promised_on, note, created_at, created_by, created_by_name)
         select md5('promise' || id)::uuid, $1, id, $3, 'После зарплаты', $4, $5, $6 from unnest($2::uuid[]) id order by id",
    )
    .bind(plot.company)
    .bind(&promised)
    .bind(today + Days::new(5))
    .bind(at(zone, today - Days::new(1), 15)?)
    .bind(author.0)
    .bind(author.1)
    .execute(conn)
    .await?;
    Ok(())
}
