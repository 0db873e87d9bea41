//! Money of the demo: services with their prices, what accounts owed when the company took over, and three charged
//! months, of which the first is closed. Whole months are charged by the database, as a run of a real month is.

use super::{Plot, houses::Building, rng::Rng};
use crate::{Error, Result, ledger};
use chrono::{DateTime, Days, FixedOffset, Months, NaiveDate, TimeZone, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// So many houses are charged: enough for every screen, however large the city is.
const HOUSES: usize = 40;
const MONTHS: u32 = 3;

struct Price {
    rule: &'static str,
    share_by: Option<&'static str>,
    tiyin: i64,
    lift: Option<bool>,
    /// Months before the first charged one; the newest price begins within the charged ones.
    age: i32,
}

struct Service {
    name: [&'static str; 3],
    prices: &'static [Price],
}

const fn price(rule: &'static str, tiyin: i64) -> Price {
    Price { rule, share_by: None, tiyin, lift: None, age: 12 }
}

const SERVICES: [Service; 5] = [
    Service {
        name: ["Содержание и ремонт", "Saqlash va taʼmirlash", "Upkeep and repairs"],
        prices: &[price("area", 150_000), Price { age: -2, ..price("area", 165_000) }],
    },
    Service {
        name: ["Вывоз мусора", "Chiqindi olib chiqish", "Waste"], prices: &[price("person", 450_000)]
    },
    Service { name: ["Лифт", "Lift", "Lift"], prices: &[Price { lift: Some(true), ..price("area", 32_000) }] },
    Service { name: ["Домофон", "Domofon", "Intercom"], prices: &[price("unit", 800_000)] },
    Service {
        name: ["Освещение двора и подъездов", "Hovli va yoʻlaklarni yoritish", "Light of yard and entrances"],
        prices: &[Price { share_by: Some("area"), ..price("shared", 62_500_000) }],
    },
];

/// Writes all of it.
pub(super) async fn write(
    conn: &mut PgConnection,
    plot: &Plot,
    houses: &[Building],
    author: (Uuid, &str),
) -> Result<()> {
    let zone = FixedOffset::east_opt(5 * 3600).ok_or_else(|| Error::internal("seed", "time zone"))?;
    let month = ledger::month_of(plot.now.with_timezone(&zone).date_naive());
    let first = back(month, MONTHS)?;
    services(conn, plot, first, author).await?;
    sqlx::query!("select learn_city()").execute(&mut *conn).await?;
    let houses: Vec<Uuid> = houses.iter().take(HOUSES).map(|b| b.id).collect();
    openings(conn, plot, &houses, first).await?;
    for n in (1..=MONTHS).rev() {
        let period = back(month, n)?;
        let last = back(month, n - 1)? - Days::new(1);
        let at = zone
            .from_local_datetime(&last.and_hms_opt(18, 0, 0).ok_or_else(|| Error::internal("seed", "time"))?)
            .single()
            .ok_or_else(|| Error::internal("seed", "time"))?
            .to_utc();
        charge(conn, plot, &houses, period, last, at, author).await?;
    }
    sqlx::query!(
        "insert into closed_periods (company_id, period, closed_at, closed_by, closed_by_name) values ($1, $2, $3, $4, $5)",
        plot.company,
        first,
        plot.now,
        author.0,
        author.1
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn back(month: NaiveDate, n: u32) -> Result<NaiveDate> {
    month.checked_sub_months(Months::new(n)).ok_or_else(|| Error::internal("seed", "month"))
}

async fn services(conn: &mut PgConnection, plot: &Plot, first: NaiveDate, author: (Uuid, &str)) -> Result<()> {
    let mut rng = Rng::part(plot.seed, "billing", 0);
    for (n, service) in SERVICES.iter().enumerate() {
        let id = rng.id(plot.opened);
        sqlx::query!(
            "insert into services (id, company_id, name_ru, name_uz, name_en, vat_percent, position) values ($1, $2, $3, $4, $5, 0, $6)",
            id,
            plot.company,
            service.name[0],
            service.name[1],
            service.name[2],
            i32::try_from(n + 1).map_err(|e| Error::internal("seed", e))?
        )
        .execute(&mut *conn)
        .await?;
        for price in service.prices {
            let since = match u32::try_from(price.age) {
                Ok(age) => back(first, age)?,
                Err(_) => first
                    .checked_add_months(Months::new(price.age.unsigned_abs()))
                    .ok_or_else(|| Error::internal("seed", "month"))?,
            };
            sqlx::query!(
                "insert into tariffs (id, company_id, service_id, rule, share_by, price_tiyin, since, has_lift, created_at, created_by, created_by_name)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                rng.id(plot.opened),
                plot.company,
                id,
                price.rule,
                price.share_by,
                price.tiyin,
                since,
                price.lift,
                plot.opened,
                author.0,
                author.1
            )
            .execute(&mut *conn)
            .await?;
        }
    }
    Ok(())
}

/// Most had paid ahead, some owed nothing, every eighth had an old debt. Drawn from the account itself.
async fn openings(conn: &mut PgConnection, plot: &Plot, houses: &[Uuid], first: NaiveDate) -> Result<()> {
    sqlx::query!(
        "insert into opening_balances (id, company_id, account_id, amount_tiyin, as_of, created_at)
         select md5('opening' || a.id)::uuid, a.company_id, a.id,
           case when h.n % 8 = 0 then 20000000 + h.n % 97 * 1000000 when h.n % 8 = 1 then 0 else -(h.n % 61) * 1000000 end,
           $3::date - 40, $4
         from personal_accounts a join units u on u.company_id = a.company_id and u.id = a.unit_id,
           lateral (select ('x' || substr(md5(a.id::text), 1, 7))::bit(28)::int as n) h
         where a.company_id = $1 and u.building_id = any($2) and a.closed_on is null order by a.id",
        plot.company,
        houses,
        first,
        plot.opened
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn charge(
    conn: &mut PgConnection,
    plot: &Plot,
    houses: &[Uuid],
    period: NaiveDate,
    booked_on: NaiveDate,
    at: DateTime<Utc>,
    author: (Uuid, &str),
) -> Result<()> {
    let run = Rng::part(plot.seed, "run", usize::try_from(booked_on.to_epoch_days()).unwrap_or(0)).id(at);
    sqlx::query!(
        "insert into charge_runs (id, company_id, period, state, building_ids, created_at, created_by, created_by_name, posted_at)
         values ($1, $2, $3, 'posted', $4, $5, $6, $7, $5)",
        run,
        plot.company,
        period,
        houses,
        at,
        author.0,
        author.1
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query_scalar!(
        r#"select charge_houses($1, $2, $3, $4, $5, $6, $7, $8) as "made!""#,
        plot.company,
        run,
        period,
        booked_on,
        houses,
        author.0,
        author.1,
        at
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into charge_totals (company_id, run_id, building_id, service_id, lines, amount_tiyin, before_tiyin)
         select l.company_id, l.run_id, l.building_id, l.service_id, count(*), sum(l.amount_tiyin), coalesce((
             select sum(p.amount_tiyin) from charge_lines p where p.company_id = l.company_id and p.building_id = l.building_id
               and p.service_id = l.service_id and p.period = l.period - interval '1 month'), 0)
         from charge_lines l where l.company_id = $1 and l.run_id = $2 group by l.company_id, l.run_id, l.building_id, l.service_id, l.period",
        plot.company,
        run
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update charge_runs r set lines = t.lines, amount_tiyin = t.amount, before_tiyin = t.before,
           accounts = (select count(distinct account_id) from charge_lines where company_id = $1 and run_id = $2)
         from (select sum(lines)::int as lines, sum(amount_tiyin)::bigint as amount, sum(before_tiyin)::bigint as before
           from charge_totals where company_id = $1 and run_id = $2 having count(*) > 0) t
         where r.company_id = $1 and r.id = $2",
        plot.company,
        run
    )
    .execute(conn)
    .await?;
    Ok(())
}
