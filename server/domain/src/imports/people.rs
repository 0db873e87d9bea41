//! People with their homes. The same phone and the same last name is the same person, however the name is spelt.

use super::{
    property::find_buildings,
    stage::{Step, mark_wrong},
};
use crate::{Result, people};
use serde_json::{Map, Value};

/// Finds the unit a row names: by account, or by address and number. The two must agree.
pub(super) async fn find_units(step: &mut Step) -> Result<()> {
    find_buildings(step).await?;
    sqlx::query!(
        "with u as materialized (select id, building_id, kind, import_number(number) as number from units where company_id = $1)
         update import_rows r set unit_id = u.id from u
         where r.company_id = $1 and r.import_id = $2 and not r.done and u.building_id = r.building_id
           and u.kind = coalesce(r.data->>'unit_kind', 'flat') and u.number = import_number(r.data->>'unit')",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "with found as materialized (select r.line, r.unit_id as named, a.id as account_id, a.unit_id, u.building_id
           from import_rows r join personal_accounts a on a.company_id = $1 and a.number = r.data->>'account'
             join units u on u.company_id = $1 and u.id = a.unit_id
           where r.company_id = $1 and r.import_id = $2 and not r.done)
         update import_rows r set account_id = f.account_id, unit_id = f.unit_id, building_id = f.building_id,
           problems = r.problems || case when f.named <> f.unit_id then jsonb_build_array(jsonb_build_object(
             'field', 'account', 'code', 'account_of_other_unit', 'value', r.data->>'account', 'looked', true)) else '[]' end
         from found f where r.company_id = $1 and r.import_id = $2 and r.line = f.line",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "update import_rows r set problems = r.problems || jsonb_build_array(case
             when r.data ? 'account' then jsonb_build_object('field', 'account', 'code', 'no_such_account', 'value', r.data->>'account', 'looked', true)
             when r.building_id is null then jsonb_build_object('field', 'address', 'code', 'no_such_address', 'value', r.data->>'address', 'looked', true)
             else jsonb_build_object('field', 'unit', 'code', 'no_such_unit', 'value', r.data->>'unit', 'looked', true) end)
         where r.company_id = $1 and r.import_id = $2 and not r.done
           and ((r.data ? 'account' and r.account_id is null)
             or (r.data ? 'address' and not r.data ? 'account' and r.building_id is null
               and not jsonb_path_exists(r.problems, '$[*] ? (@.code == \"ambiguous_address\")'))
             or (r.data ? 'unit' and not r.data ? 'account' and r.building_id is not null and r.unit_id is null))",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

/// Rows whose keys are made at once.
const KEYS: i32 = 20_000;

/// What secrets of the rows are compared by, beside them: the register holds only sealed ones.
async fn keys(step: &mut Step) -> Result<()> {
    let hidden = people::any_sealed(&mut step.tx).await?;
    let mut after = 0;
    loop {
        let rows = sqlx::query!(
            "select line, data->>'email' as email, data->>'phone' as phone, data->>'phone2' as phone2 from import_rows
             where company_id = $1 and import_id = $2 and not done and line > $3 and (data ? 'email' or ($4 and data ? 'phone'))
             order by line limit $5",
            step.company,
            step.import,
            after,
            hidden,
            i64::from(KEYS)
        )
        .fetch_all(step.tx.conn())
        .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.line;
        let lines: Vec<i32> = rows.iter().map(|row| row.line).collect();
        let made: Vec<Value> = rows
            .iter()
            .map(|row| {
                let mut keys = Map::new();
                let code = |phone: &String| Value::String(people::phone_code(&step.ctx, phone));
                if let Some(email) = &row.email {
                    keys.insert("email_key".to_owned(), Value::String(people::email_code(&step.ctx, email)));
                }
                for (name, phone) in [("phone_code", &row.phone), ("phone2_code", &row.phone2)] {
                    if let Some(phone) = phone.as_ref().filter(|_| hidden) {
                        keys.insert(name.to_owned(), code(phone));
                    }
                }
                Value::Object(keys)
            })
            .collect();
        sqlx::query!(
            "update import_rows r set data = r.data || s.made from unnest($3::int[], $4::jsonb[]) s (line, made)
             where r.company_id = $1 and r.import_id = $2 and r.line = s.line",
            step.company,
            step.import,
            &lines,
            &made
        )
        .execute(step.tx.conn())
        .await?;
    }
}

/// Seals what this chunk has just written in the open.
async fn seal(step: &mut Step) -> Result<()> {
    while people::waiting_emails(&step.ctx, &mut step.tx, 1_000).await? > 0 {}
    if people::hides_phones(&mut step.tx).await? {
        while people::seal_phones(&step.ctx, &mut step.tx, 1_000).await? > 0 {}
    }
    Ok(())
}

/// Finds the person a row names.
pub(super) async fn find_contacts(step: &mut Step) -> Result<()> {
    keys(step).await?;
    sqlx::query!(
        "with known as materialized (
           select p.code, c.id, split_part(import_fold(c.name), ' ', 1) as last
           from contact_phones p join contacts c on c.company_id = p.company_id and c.id = p.contact_id where p.company_id = $1
         ), asked as (
           select r.line, v.code, split_part(import_fold(r.data->>'name'), ' ', 1) as last
           from import_rows r cross join lateral (values (r.data->>'phone'), (r.data->>'phone2'), (r.data->>'phone_code'), (r.data->>'phone2_code')) v (code)
           where r.company_id = $1 and r.import_id = $2 and not r.done and v.code is not null
         ), found as (select a.line, (array_agg(k.id order by k.id))[1] as id from asked a join known k on k.code = a.code and k.last = a.last group by 1)
         update import_rows r set contact_id = f.id from found f where r.company_id = $1 and r.import_id = $2 and r.line = f.line",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    // Without a phone: somebody of the same name in the same home.
    sqlx::query!(
        "with known as materialized (
           select s.unit_id, import_fold(c.name) as name, c.id from residencies s
             join contacts c on c.company_id = s.company_id and c.id = s.contact_id
           where s.company_id = $1 and s.until_on is null)
         update import_rows r set contact_id = k.id from known k
         where r.company_id = $1 and r.import_id = $2 and not r.done and r.contact_id is null and not r.data ? 'phone'
           and k.unit_id = r.unit_id and k.name = import_fold(r.data->>'name')",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn look(step: &mut Step) -> Result<()> {
    find_units(step).await?;
    sqlx::query!(
        "update import_rows r set problems = r.problems || jsonb_build_array(jsonb_build_object(
           'field', 'unit', 'code', 'required', 'value', '', 'looked', true))
         where r.company_id = $1 and r.import_id = $2 and not r.done and r.data ? 'address' and not r.data ? 'unit' and not r.data ? 'account'
           and not jsonb_path_exists(r.problems, '$[*] ? (@.field == \"unit\")')",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    find_contacts(step).await?;
    mark_wrong(step).await?;
    sqlx::query!(
        "with d as (select line, first_value(line) over (partition by coalesce(contact_id::text,
             data->>'phone' || ' ' || split_part(import_fold(data->>'name'), ' ', 1),
             import_fold(data->>'name') || ' ' || coalesce(unit_id::text, line::text)) order by line) as leader
           from import_rows where company_id = $1 and import_id = $2 and verdict is distinct from 'wrong')
         update import_rows r set leader = d.leader from d where r.company_id = $1 and r.import_id = $2 and not r.done and d.line = r.line",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    warnings(step).await?;
    sqlx::query!(
        "update import_rows r set verdict = case
             when r.contact_id is null and r.leader = r.line then 'new'
             when r.unit_id is not null and not exists (select from residencies s where s.company_id = $1 and s.unit_id = r.unit_id
               and s.contact_id = r.contact_id and s.until_on is null)
               and not exists (select from import_rows o where o.company_id = $1 and o.import_id = $2 and o.leader = r.leader
                 and o.unit_id = r.unit_id and o.line < r.line) then 'new'
             else 'same' end
         where r.company_id = $1 and r.import_id = $2 and not r.done and r.verdict is null",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "update import_rows r set verdict = 'changed' from contacts c
         where r.company_id = $1 and r.import_id = $2 and not r.done and r.verdict = 'same' and c.company_id = $1 and c.id = r.contact_id
           and (c.name <> r.data->>'name' or (r.data ? 'email' and encode(c.email_key, 'hex') is distinct from r.data->>'email_key')
             or (r.data ? 'note' and c.note is distinct from r.data->>'note') or (r.data ? 'lang' and c.lang <> r.data->>'lang')
             or exists (select from (values (r.data->>'phone', r.data->>'phone_code'), (r.data->>'phone2', r.data->>'phone2_code')) v (phone, code)
               where v.phone is not null
               and not exists (select from contact_phones p where p.company_id = $1 and p.contact_id = c.id and p.code in (v.phone, v.code)))
             or exists (select from residencies s where s.company_id = $1 and s.unit_id = r.unit_id and s.contact_id = c.id and s.until_on is null
               and ((r.data ? 'relation' and s.relation <> r.data->>'relation')
                 or (r.data ? 'share' and (s.share_num, s.share_den) is distinct from ((r.data->'share'->>0)::int, (r.data->'share'->>1)::int)))))",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

/// What is good but worth a look: a phone that other people have, too.
async fn warnings(step: &mut Step) -> Result<()> {
    sqlx::query!(
        "with known as materialized (
           select p.code, (array_agg(c.name order by c.id))[1] as name from contact_phones p
             join contacts c on c.company_id = p.company_id and c.id = p.contact_id where p.company_id = $1 group by 1
         ), asked as (
           select r.line, min(k.name) as name from import_rows r
             cross join lateral (values (r.data->>'phone'), (r.data->>'phone_code')) v (code) join known k on k.code = v.code
           where r.company_id = $1 and r.import_id = $2 and not r.done group by 1)
         update import_rows r set problems = r.problems || jsonb_build_array(jsonb_build_object(
           'field', 'phone', 'code', 'phone_of_other', 'value', k.name, 'looked', true, 'warning', true))
         from asked k where r.company_id = $1 and r.import_id = $2 and not r.done and r.verdict is null and r.contact_id is null
           and k.line = r.line",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "with d as (select line, leader, first_value(line) over w as first, first_value(leader) over w as whose
           from import_rows where company_id = $1 and import_id = $2 and data ? 'phone' and leader is not null
           window w as (partition by data->>'phone' order by line))
         update import_rows r set problems = r.problems || jsonb_build_array(jsonb_build_object(
           'field', 'phone', 'code', 'repeated_phone', 'value', d.first::text, 'looked', true, 'warning', true))
         from d where r.company_id = $1 and r.import_id = $2 and not r.done and d.line = r.line and d.leader <> d.whose",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn write(step: &mut Step, low: i32, high: i32) -> Result<()> {
    new_contacts(step, low, high).await?;
    known_contacts(step, low, high).await?;
    seal(step).await?;
    homes(step, low, high).await
}

async fn new_contacts(step: &mut Step, low: i32, high: i32) -> Result<()> {
    let now = step.tx.now();
    sqlx::query!(
        "with fresh as (
           update import_rows set contact_id = gen_random_uuid(), fresh = true
           where company_id = $1 and import_id = $2 and line between $3 and $4 and not done and verdict = 'new'
             and contact_id is null and leader = line
           returning line, contact_id, data
         ), made as (
           insert into contacts (id, company_id, name, email, lang, note, created_at)
           select contact_id, $1, data->>'name', data->>'email',
             coalesce(data->>'lang', (select lang from companies where id = $1)), data->>'note', $5 from fresh
           returning id)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, changes)
         select $1, $2, f.line, 'contact', m.id, 'made', jsonb_strip_nulls(jsonb_build_object(
           'name', jsonb_build_array(null, f.data->'name'),
           'phones', case when f.data ? 'phone' then jsonb_build_array(null, '***') end,
           'email', case when f.data ? 'email' then jsonb_build_array(null, '***') end))
         from made m join fresh f on f.contact_id = m.id",
        step.company,
        step.import,
        low,
        high,
        now
    )
    .execute(step.tx.conn())
    .await?;
    // Other rows about the same person.
    sqlx::query!(
        "update import_rows r set contact_id = l.contact_id, fresh = l.fresh from import_rows l
         where r.company_id = $1 and r.import_id = $2 and r.line between $3 and $4 and not r.done and r.contact_id is null
           and l.company_id = $1 and l.import_id = $2 and l.line = r.leader and l.contact_id is not null",
        step.company,
        step.import,
        low,
        high
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "insert into contact_phones (company_id, contact_id, phone, position)
         select $1, r.contact_id, v.phone, min(v.position)
         from import_rows r cross join lateral (values (r.data->>'phone', 0), (r.data->>'phone2', 1)) v (phone, position)
         where r.company_id = $1 and r.import_id = $2 and r.line between $3 and $4 and not r.done and r.verdict in ('new', 'changed')
           and r.fresh and v.phone is not null
         group by r.contact_id, v.phone
         on conflict do nothing",
        step.company,
        step.import,
        low,
        high
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

/// What a row says overwrites, what it does not say stays; phones are only added.
async fn known_contacts(step: &mut Step, low: i32, high: i32) -> Result<()> {
    sqlx::query!(
        "with said as (
           select distinct on (r.contact_id) r.line, r.data, r.contact_id from import_rows r
           where r.company_id = $1 and r.import_id = $2 and r.line between $3 and $4 and not r.done and r.verdict in ('new', 'changed')
             and not r.fresh
           order by r.contact_id, r.line
         ), old as (
           select s.line, s.data, c.id, c.name, c.lang, c.note,
             encode(c.email_sealed, 'base64') as email_sealed, encode(c.email_key, 'hex') as email_key, c.email_shown,
             array(select p.id::text from contact_phones p where p.company_id = $1 and p.contact_id = c.id order by position) as phones,
             array(select v.phone from (values (s.data->>'phone', s.data->>'phone_code'), (s.data->>'phone2', s.data->>'phone2_code')) v (phone, code)
               where v.phone is not null
               and not exists (select from contact_phones p where p.company_id = $1 and p.contact_id = c.id and p.code in (v.phone, v.code))) as added
           from said s join contacts c on c.company_id = $1 and c.id = s.contact_id
         ), differs as (
           select o.* from old o where o.added <> '{}' or o.name <> o.data->>'name'
             or (o.data ? 'email' and o.email_key is distinct from o.data->>'email_key')
             or (o.data ? 'note' and o.note is distinct from o.data->>'note') or (o.data ? 'lang' and o.lang <> o.data->>'lang')
         ), changed as (
           update contacts c set name = d.data->>'name', version = c.version + 1,
             email = case when d.email_key is distinct from d.data->>'email_key' then d.data->>'email' end,
             lang = coalesce(d.data->>'lang', c.lang), note = coalesce(d.data->>'note', c.note)
           from differs d where c.company_id = $1 and c.id = d.id
         ), called as (
           insert into contact_phones (company_id, contact_id, phone, position)
           select $1, d.id, p.phone, cardinality(d.phones) + p.n - 1 from differs d
             cross join lateral unnest(d.added) with ordinality p (phone, n)
           on conflict do nothing)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, before, changes)
         select $1, $2, d.line, 'contact', d.id, 'changed',
           jsonb_build_object('name', d.name, 'email_sealed', d.email_sealed, 'email_key', d.email_key, 'email_shown', d.email_shown,
             'lang', d.lang, 'note', d.note, 'phone_ids', to_jsonb(d.phones)),
           jsonb_strip_nulls(jsonb_build_object(
             'name', case when d.name <> d.data->>'name' then jsonb_build_array(d.name, d.data->>'name') end,
             'email', case when d.data ? 'email' and d.email_key is distinct from d.data->>'email_key' then '[\"***\", \"***\"]'::jsonb end,
             'phones', case when d.added <> '{}' then '[\"***\", \"***\"]'::jsonb end,
             'note', case when d.data ? 'note' and d.note is distinct from d.data->>'note' then jsonb_build_array(d.note, d.data->>'note') end,
             'lang', case when d.data ? 'lang' and d.lang <> d.data->>'lang' then jsonb_build_array(d.lang, d.data->>'lang') end))
         from differs d",
        step.company,
        step.import,
        low,
        high
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

async fn homes(step: &mut Step, low: i32, high: i32) -> Result<()> {
    let today = step.tx.now().date_naive();
    sqlx::query!(
        "with old as (
           select distinct on (s.id) r.line, r.data, s.id, s.relation, s.share_num, s.share_den
           from import_rows r join residencies s on s.company_id = $1 and s.unit_id = r.unit_id and s.contact_id = r.contact_id and s.until_on is null
           where r.company_id = $1 and r.import_id = $2 and r.line between $3 and $4 and not r.done and r.verdict = 'changed'
             and ((r.data ? 'relation' and s.relation <> r.data->>'relation')
               or (r.data ? 'share' and (s.share_num, s.share_den) is distinct from ((r.data->'share'->>0)::int, (r.data->'share'->>1)::int)))
           order by s.id, r.line
         ), changed as (
           update residencies s set version = s.version + 1, relation = coalesce(o.data->>'relation', s.relation),
             share_num = coalesce((o.data->'share'->>0)::int, s.share_num), share_den = coalesce((o.data->'share'->>1)::int, s.share_den)
           from old o where s.company_id = $1 and s.id = o.id returning s.id, s.version, s.relation, s.share_num, s.share_den)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, before, changes)
         select $1, $2, o.line, 'residency', c.id, 'changed',
           jsonb_build_object('relation', o.relation, 'share_num', o.share_num, 'share_den', o.share_den, 'version', c.version),
           jsonb_strip_nulls(jsonb_build_object(
             'relation', case when c.relation <> o.relation then jsonb_build_array(o.relation, c.relation) end,
             'share', case when (c.share_num, c.share_den) is distinct from (o.share_num, o.share_den) then jsonb_build_array(
               o.share_num || '/' || o.share_den, c.share_num || '/' || c.share_den) end))
         from changed c join old o on o.id = c.id",
        step.company,
        step.import,
        low,
        high
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "with wanted as (
           select distinct on (unit_id, contact_id) line, unit_id, contact_id, data from import_rows r
           where company_id = $1 and import_id = $2 and line between $3 and $4 and not done and verdict in ('new', 'changed')
             and unit_id is not null and contact_id is not null
             and not exists (select from residencies s where s.company_id = $1 and s.unit_id = r.unit_id and s.contact_id = r.contact_id
               and s.until_on is null)
           order by unit_id, contact_id, line
         ), made as (
           insert into residencies (id, company_id, unit_id, contact_id, relation, share_num, share_den, since_on)
           select gen_random_uuid(), $1, unit_id, contact_id, coalesce(data->>'relation', 'owner'),
             (data->'share'->>0)::int, (data->'share'->>1)::int, coalesce((data->>'since')::date, $5) from wanted
           returning id, unit_id, contact_id, relation)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, changes)
         select $1, $2, w.line, 'residency', m.id, 'made', jsonb_build_object('contact_id', jsonb_build_array(null, m.contact_id),
           'unit_id', jsonb_build_array(null, m.unit_id), 'relation', jsonb_build_array(null, m.relation))
         from made m join wanted w on w.unit_id = m.unit_id and w.contact_id = m.contact_id",
        step.company,
        step.import,
        low,
        high,
        today
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}
