//! Statements of the bank in the demo: three weeks, most of their lines given to accounts, some waiting for a person and
//! one put aside. A handful of lines, drawn from who owes most surely, so that size costs nothing.

use super::Plot;
use crate::Result;
use sqlx::PgConnection;
use uuid::Uuid;

/// The company's own account, as its requisites name it.
const OWN: &str = "20208000900000000001";

pub(super) async fn write(conn: &mut PgConnection, plot: &Plot, author: (Uuid, &str)) -> Result<()> {
    // Whose money a line is, and how its purpose says it: whole numbers are given at once, the rest is for a person.
    sqlx::query(
        "create temporary table seed_lines on commit drop as
         with owing as (
           select a.id as account_id, a.number as account, b.id as building_id, b.address, u.number as flat, u.id as unit_id, m.balance_tiyin,
             row_number() over (order by md5('bank' || a.id)) as n
           from account_balances m join personal_accounts a on a.id = m.account_id join units u on u.id = a.unit_id
             join buildings b on b.id = u.building_id
           where m.company_id = $1 and m.balance_tiyin > 10000000),
         drawn as (
           select o.*, ((o.n - 1) / 8)::int as week, ((o.n - 1) % 8 + 1)::int as line,
             ($2::timestamptz at time zone 'Asia/Tashkent')::date - 21 + 7 * ((o.n - 1) / 8)::int + ((o.n - 1) % 5)::int as day,
             least(o.balance_tiyin, 5000000 + o.n * 700000) as tiyin,
             case when (o.n - 1) % 8 < 5 then 'sure' when (o.n - 1) % 8 < 7 or o.n > 8 then 'waiting' else 'aside' end as fate
           from owing o where o.n <= 24)
         select d.*, $1::uuid as company_id, $3::text as own, $4::uuid as author, $5::text as author_name, md5('bank line' || d.account_id)::uuid as id, md5('bank entry' || d.account_id)::uuid as entry_id,
           md5('allocation' || d.account_id)::uuid as allocation_id, md5('bank payment' || d.account_id)::uuid as payment_id,
           md5('allocation entry' || d.account_id)::uuid as payment_entry_id, (4100 + d.n)::text as number,
           md5('statement' || $1 || d.week)::uuid as statement_id,
           (d.day + 1 + time '09:30') at time zone 'Asia/Tashkent' as taken_at,
           case when d.fate = 'aside' then 'ООО «Лифт-Сервис»' else coalesce((select c.name from residencies r join contacts c on c.id = r.contact_id
             where r.unit_id = d.unit_id and r.until_on is null order by r.relation <> 'owner', r.since_on, r.id limit 1), 'Физическое лицо') end as payer,
           case d.fate when 'sure' then 'Оплата коммунальных услуг, л/с ' || d.account
             when 'waiting' then 'За квартиру ' || d.flat || ', ' || d.address else 'Возврат аванса по договору № 18' end as purpose,
           (select max(p.number) from payments p where p.company_id = $1) + row_number() over (order by d.fate <> 'sure', d.n) as payment_number
         from drawn d",
    )
    .bind(plot.company)
    .bind(plot.now)
    .bind(OWN)
    .bind(author.0)
    .bind(author.1)
    .execute(&mut *conn)
    .await?;
    for sql in [
        "insert into bank_statements (id, company_id, file_name, file_hash, own_accounts, from_on, to_on, declared_tiyin, total_count,
           total_tiyin, repeated_count, repeated_tiyin, outgoing_count, outgoing_tiyin, notes, created_at, created_by, created_by_name)
         select s.statement_id, s.company_id, 'kl_to_1c_' || to_char(max(s.day), 'YYYY-MM-DD') || '.txt', sha256(s.statement_id::text::bytea), array[max(s.own)],
           min(s.day), max(s.day), sum(s.tiyin), count(*), sum(s.tiyin), 0, 0, 3 + s.week, 41500000 * (1 + s.week), '[]', max(s.taken_at), s.author, s.author_name
         from seed_lines s group by s.statement_id, s.week, s.company_id, s.author, s.author_name order by s.week",
        "insert into ledger_entries (id, company_id, kind, source_id, period, booked_on, created_at, created_by, created_by_name)
         select s.entry_id, s.company_id, 'payment', s.id, date_trunc('month', s.day)::date, s.day, s.taken_at, s.author, s.author_name
         from seed_lines s order by s.n",
        "insert into postings (company_id, entry_id, line, booked_on, book, amount_tiyin)
         select s.company_id, s.entry_id, l.line, s.day, l.book, s.tiyin * l.sign
         from seed_lines s cross join (values (1::smallint, 'bank', 1), (2::smallint, 'unallocated', -1)) l(line, book, sign)
         order by s.n, l.line",
        "insert into bank_lines (id, company_id, statement_id, line, own_account, received_on, number, amount_tiyin, payer, payer_account,
           purpose, fingerprint, state, left_tiyin, aside_reason, entry_id, created_at)
         select s.id, s.company_id, s.statement_id, s.line, s.own, s.day, s.number, s.tiyin, s.payer, '', s.purpose,
           sha256((s.own || '|' || s.day || '|' || s.number || '|' || s.tiyin || '|1')::bytea),
           case s.fate when 'sure' then 'allocated' else s.fate end, case s.fate when 'sure' then 0 else s.tiyin end,
           case s.fate when 'aside' then 'Возврат поставщика, не от жителя' end, s.entry_id, s.taken_at
         from seed_lines s order by s.n",
        "insert into bank_allocations (id, company_id, line_id, amount_tiyin, automatic, created_at)
         select s.allocation_id, s.company_id, s.id, s.tiyin, true, s.taken_at
         from seed_lines s where s.fate = 'sure' order by s.n",
        "insert into ledger_entries (id, company_id, kind, source_id, period, booked_on, created_at, created_by, created_by_name)
         select s.payment_entry_id, s.company_id, 'payment', s.payment_id, date_trunc('month', s.day)::date, s.day, s.taken_at, s.author, s.author_name
         from seed_lines s where s.fate = 'sure' order by s.n",
        "insert into postings (company_id, entry_id, line, booked_on, book, account_id, building_id, amount_tiyin)
         select s.company_id, s.payment_entry_id, l.line, s.day, l.book, case l.line when 2 then s.account_id end,
           case l.line when 2 then s.building_id end, s.tiyin * l.sign
         from seed_lines s cross join (values (1::smallint, 'unallocated', 1), (2::smallint, 'receivable', -1)) l(line, book, sign)
         where s.fate = 'sure' order by s.n, l.line",
        "insert into payments (id, company_id, number, source, provider_id, reference, account_id, account_number, address, building_id,
           amount_tiyin, state, paid_at, booked_on, entry_id, payer, note, created_by, created_at)
         select s.payment_id, s.company_id, s.payment_number, 'bank', s.allocation_id, s.number, s.account_id, s.account, s.address || ', №' || s.flat,
           s.building_id, s.tiyin, 'completed', (s.day + time '12:00') at time zone 'Asia/Tashkent', s.day, s.payment_entry_id, s.payer,
           s.purpose, s.author, s.taken_at
         from seed_lines s where s.fate = 'sure' order by s.n",
    ] {
        sqlx::query(sql).execute(&mut *conn).await?;
    }
    // The next real payment takes the next number.
    sqlx::query("select max(next_payment_number($1)) from seed_lines where fate = 'sure'")
        .bind(plot.company)
        .fetch_one(conn)
        .await?;
    Ok(())
}
