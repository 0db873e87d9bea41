//! Staff. Somebody made here has a password that nobody knows: they set their own over "forgot my password", or are
//! given one. Roles of people who are there already are not touched.

use super::stage::{Step, mark_wrong};
use crate::Result;

pub(super) async fn look(step: &mut Step) -> Result<()> {
    sqlx::query!(
        "update import_rows r set user_id = u.id from users u
         where r.company_id = $1 and r.import_id = $2 and not r.done and u.company_id = $1 and u.role <> 'resident' and u.login = r.data->>'login'",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "with d as (select line, first_value(line) over (partition by data->>'login' order by line) as leader
           from import_rows where company_id = $1 and import_id = $2 and data ? 'login')
         update import_rows r set leader = d.leader, problems = r.problems || case when d.leader < r.line then
           jsonb_build_array(jsonb_build_object('field', 'login', 'code', 'repeated_row', 'value', d.leader::text, 'looked', true)) else '[]' end
         from d where r.company_id = $1 and r.import_id = $2 and not r.done and d.line = r.line",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "with b as materialized (select import_fold(address) as address, count(*) as n from buildings where company_id = $1 group by 1),
           z as (select r.line, v.zone, coalesce(b.n, 0) as n
             from import_rows r cross join lateral jsonb_array_elements_text(r.data->'zones') v (zone)
               left join b on b.address = import_fold(v.zone)
             where r.company_id = $1 and r.import_id = $2 and not r.done and r.data ? 'zones'),
           bad as (select line, jsonb_agg(jsonb_build_object('field', 'zones', 'code',
               case when n = 0 then 'no_such_address' else 'ambiguous_address' end, 'value', zone, 'looked', true)) as problems
             from z where n <> 1 group by line)
         update import_rows r set problems = r.problems || bad.problems from bad
         where r.company_id = $1 and r.import_id = $2 and r.line = bad.line",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    mark_wrong(step).await?;
    sqlx::query!(
        "update import_rows r set verdict = 'new' where r.company_id = $1 and r.import_id = $2 and not r.done and r.verdict is null and r.user_id is null",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "update import_rows r set verdict = case when u.name <> r.data->>'name'
             or (r.data ? 'phone' and u.phone is distinct from r.data->>'phone') or (r.data ? 'email' and u.email is distinct from r.data->>'email')
             or exists (select from jsonb_array_elements_text(r.data->'skills') k (skill) where not exists (
               select from staff_skills s where s.company_id = $1 and s.user_id = u.id and s.skill = k.skill))
             or exists (select from jsonb_array_elements_text(r.data->'zones') k (zone) where not exists (
               select from staff_zones s join buildings b on b.company_id = $1 and b.id = s.building_id
               where s.company_id = $1 and s.user_id = u.id and import_fold(b.address) = import_fold(k.zone)))
           then 'changed' else 'same' end
         from users u where r.company_id = $1 and r.import_id = $2 and not r.done and r.verdict is null and u.company_id = $1 and u.id = r.user_id",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn write(step: &mut Step, low: i32, high: i32, locked: &str) -> Result<()> {
    let now = step.tx.now();
    // A login belongs to one person of all companies; whose it is, is not said.
    sqlx::query!(
        "with wanted as (
           select line, gen_random_uuid() as id, data from import_rows
           where company_id = $1 and import_id = $2 and line between $3 and $4 and not done and verdict = 'new' and user_id is null
         ), made as (
           insert into users (id, company_id, role, login, password_hash, name, email, phone, lang, created_at)
           select id, $1, coalesce(data->>'role', 'staff'), data->>'login', $5, data->>'name', data->>'email', data->>'phone',
             (select lang from companies where id = $1), $6 from wanted
           on conflict (login) do nothing returning id, role
         ), linked as (
           update import_rows r set user_id = m.id,
             verdict = case when m.id is null then 'wrong' else r.verdict end,
             problems = case when m.id is null then r.problems || jsonb_build_array(jsonb_build_object(
               'field', 'login', 'code', 'login_taken', 'value', r.data->>'login', 'looked', true)) else r.problems end
           from wanted w left join made m on m.id = w.id where r.company_id = $1 and r.import_id = $2 and r.line = w.line)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, changes)
         select $1, $2, w.line, 'user', m.id, 'made', jsonb_strip_nulls(jsonb_build_object('name', jsonb_build_array(null, w.data->'name'),
           'login', jsonb_build_array(null, w.data->'login'), 'role', jsonb_build_array(null, m.role),
           'phone', case when w.data ? 'phone' then jsonb_build_array(null, '***') end))
         from made m join wanted w on w.id = m.id",
        step.company,
        step.import,
        low,
        high,
        locked,
        now
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "with old as (
           select r.line, r.data, u.id, u.name, u.phone, u.email,
             array(select skill from staff_skills s where s.company_id = $1 and s.user_id = u.id) as skills,
             array(select building_id from staff_zones s where s.company_id = $1 and s.user_id = u.id) as zones
           from import_rows r join users u on u.company_id = $1 and u.id = r.user_id
           where r.company_id = $1 and r.import_id = $2 and r.line between $3 and $4 and not r.done and r.verdict = 'changed'
         ), changed as (
           update users u set name = o.data->>'name', phone = coalesce(o.data->>'phone', u.phone), email = coalesce(o.data->>'email', u.email)
           from old o where u.company_id = $1 and u.id = o.id returning u.id, u.name, u.phone, u.email)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, before, changes)
         select $1, $2, o.line, 'user', o.id, 'changed', jsonb_build_object('name', o.name, 'phone', o.phone, 'email', o.email,
             'skills', to_jsonb(o.skills), 'zones', to_jsonb(o.zones)),
           jsonb_strip_nulls(jsonb_build_object('name', case when c.name <> o.name then jsonb_build_array(o.name, c.name) end,
             'phone', case when c.phone is distinct from o.phone then '[\"***\", \"***\"]'::jsonb end,
             'email', case when c.email is distinct from o.email then '[\"***\", \"***\"]'::jsonb end,
             'skills', case when o.data ? 'skills' then jsonb_build_array(to_jsonb(o.skills), o.data->'skills') end,
             'zones', case when o.data ? 'zones' then jsonb_build_array(null, o.data->'zones') end))
         from old o join changed c on c.id = o.id",
        step.company,
        step.import,
        low,
        high
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "insert into staff_skills (company_id, user_id, skill)
         select $1, r.user_id, v.skill from import_rows r cross join lateral jsonb_array_elements_text(r.data->'skills') v (skill)
         where r.company_id = $1 and r.import_id = $2 and r.line between $3 and $4 and not r.done and r.verdict in ('new', 'changed')
           and r.user_id is not null
         on conflict do nothing",
        step.company,
        step.import,
        low,
        high
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "with b as materialized (select id, import_fold(address) as address from buildings where company_id = $1)
         insert into staff_zones (company_id, user_id, building_id)
         select $1, r.user_id, b.id from import_rows r cross join lateral jsonb_array_elements_text(r.data->'zones') v (zone)
           join b on b.address = import_fold(v.zone)
         where r.company_id = $1 and r.import_id = $2 and r.line between $3 and $4 and not r.done and r.verdict in ('new', 'changed')
           and r.user_id is not null
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
