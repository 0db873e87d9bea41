//! Payments of the demo: two test cash registers with well-known keys, and what people have paid of the charged months.
//! Made by the database from the charges themselves, so that sums agree and size costs little.

use super::{Plot, rng::Rng};
use crate::{Error, Result, payments::SECRET};
use sqlx::PgConnection;

/// The demo's Payme kassa: its id in Payme and its key. It moves no real money.
pub const PAYME: (&str, &str) = ("65f0c1d2e3a4b5c6d7e8f901", "demo-payme-key-0123456789abcdefghijk");
/// The demo's Click service and its key.
pub const CLICK: (i64, &str) = (73_438, "demo-click-key-01");

pub(super) async fn write(conn: &mut PgConnection, plot: &Plot, author: uuid::Uuid) -> Result<()> {
    let mut rng = Rng::part(plot.seed, "kassas", 0);
    let mut kassas = Vec::new();
    for (provider, name, merchant, service, key) in
        [("payme", "Payme", PAYME.0, None, PAYME.1), ("click", "Click", "20010", Some(CLICK.0), CLICK.1)]
    {
        let id = rng.id(plot.opened);
        kassas.push(id);
        sqlx::query!(
            "insert into kassas (id, company_id, provider, name, mode, live, enabled, merchant_id, service_id, merchant_user_id,
               secret_sealed, secret_key, secret_shown, min_tiyin, max_tiyin, created_at)
             values ($1, $2, $3::text, $4, 'accumulating', false, true, $5, $6, case $3::text when 'click' then '3333' end, $7, $8, $9, 100000, 10000000000, $10)",
            id,
            plot.company,
            provider,
            name,
            merchant,
            service,
            plot.sealer.seal_steady(SECRET, id, key.as_bytes()),
            plot.sealer.blind_index(SECRET, key),
            crate::payments::shown(key),
            plot.opened
        )
        .execute(&mut *conn)
        .await?;
    }
    let [payme, click] = kassas[..] else { return Err(Error::internal("seed", "kassas")) };
    // What somebody pays, when and how is drawn from the account and the month: the same each time.
    sqlx::query(
        "create temporary table seed_paid on commit drop as
         with charged as (
           select p.account_id, p.building_id, p.booked_on, sum(p.amount_tiyin)::bigint as amount,
             ('x' || substr(md5(p.account_id::text || p.booked_on::text), 1, 7))::bit(28)::int as h
           from postings p join ledger_entries e on e.company_id = p.company_id and e.id = p.entry_id
           where p.company_id = $1 and p.book = 'receivable' and e.kind = 'charge'
           group by p.account_id, p.building_id, p.booked_on having sum(p.amount_tiyin) > 0),
         drawn as (
           select md5('payment' || c.account_id || c.booked_on)::uuid as id, md5('entry' || c.account_id || c.booked_on)::uuid as entry_id,
             md5('provider' || c.account_id || c.booked_on)::uuid as provider_id, c.account_id, c.building_id, c.amount, c.h,
             c.booked_on + 2 + c.h % 23 as day,
             case when c.h / 100 % 20 < 9 then 'payme' when c.h / 100 % 20 < 15 then 'click' when c.h / 100 % 20 < 17 then 'cash'
               when c.h / 100 % 20 < 19 then 'bank' else 'terminal' end as source
           from charged c where c.h % 100 < 86),
         timed as (
           select d.*, (d.day + time '08:00' + (d.h % 43200) * interval '1 second') at time zone 'Asia/Tashkent' as paid_at from drawn d)
         select t.*, row_number() over (order by t.paid_at, t.id) as number from timed t where t.paid_at < $2",
    )
    .bind(plot.company)
    .bind(plot.now)
    .execute(&mut *conn)
    .await?;
    for sql in [
        "insert into ledger_entries (id, company_id, kind, source_id, period, booked_on, created_at, created_by_name)
         select s.entry_id, $1, 'payment', s.id, date_trunc('month', s.day)::date, s.day, s.paid_at, initcap(s.source)
         from seed_paid s where $2::uuid is not null and $3::uuid is not null and $4::uuid is not null order by s.number",
        "insert into postings (company_id, entry_id, line, booked_on, book, account_id, building_id, kassa_id, amount_tiyin)
         select $1, s.entry_id, l.line, s.day, case l.line when 1 then s.source else 'receivable' end,
           case l.line when 2 then s.account_id end, case l.line when 2 then s.building_id end,
           case s.source when 'payme' then $2::uuid when 'click' then $3::uuid end, case l.line when 1 then s.amount else -s.amount end
         from seed_paid s cross join (values (1::smallint), (2::smallint)) l(line) where $4::uuid is not null
         order by s.account_id, s.number, l.line",
        "insert into payme_transactions (id, company_id, kassa_id, payme_id, payme_time, amount_tiyin, account, account_id, state, create_time, perform_time)
         select s.provider_id, $1, $2, substr(md5(s.provider_id::text), 1, 24), t.ms, s.amount, jsonb_build_object('account', a.number),
           s.account_id, 2, t.ms + 120, t.ms + 4800
         from seed_paid s join personal_accounts a on a.id = s.account_id,
           lateral (select (extract(epoch from s.paid_at) * 1000)::bigint - 4800 as ms) t
         where s.source = 'payme' and $3::uuid is not null and $4::uuid is not null order by s.number",
        "insert into click_attempts (id, company_id, kassa_id, click_trans_id, click_paydoc_id, merchant_trans_id, account_id,
           amount_tiyin, state, error, prepared_at, confirmed_at)
         select s.provider_id, $1, $3, 3600000000 + s.number, 2800000000 + s.number, a.number, s.account_id, s.amount, 'confirmed', 0,
           s.paid_at - interval '20 seconds', s.paid_at
         from seed_paid s join personal_accounts a on a.id = s.account_id
         where s.source = 'click' and $2::uuid is not null and $4::uuid is not null order by s.number",
        "insert into payments (id, company_id, number, source, kassa_id, provider_id, reference, account_id, account_number, address,
           building_id, amount_tiyin, state, paid_at, booked_on, entry_id, created_by, created_at)
         select s.id, $1, s.number, s.source, case s.source when 'payme' then $2::uuid when 'click' then $3::uuid end,
           case when s.source in ('payme', 'click') then s.provider_id end,
           case s.source when 'payme' then substr(md5(s.provider_id::text), 1, 24) when 'click' then (2800000000 + s.number)::text
             when 'bank' then 'ПП ' || s.number else lpad(s.number::text, 6, '0') end,
           s.account_id, a.number, b.address || ', №' || u.number, s.building_id, s.amount, 'completed', s.paid_at, s.day, s.entry_id,
           case when s.source in ('cash', 'bank', 'terminal') then $4::uuid end, s.paid_at
         from seed_paid s join personal_accounts a on a.id = s.account_id join units u on u.id = a.unit_id
           join buildings b on b.id = u.building_id order by s.number",
    ] {
        sqlx::query(sql).bind(plot.company).bind(payme).bind(click).bind(author).execute(&mut *conn).await?;
    }
    // The next real payment takes the next number; numbers are given out to the current company only.
    sqlx::query("select set_config('app.company_id', $1::text, true)")
        .bind(plot.company.to_string())
        .fetch_one(&mut *conn)
        .await?;
    sqlx::query("select max(next_payment_number($1)) from seed_paid").bind(plot.company).fetch_one(conn).await?;
    Ok(())
}
