//! Buildings with their entrances, units and accounts.

use super::stage::{Step, mark_wrong};
use crate::Result;

/// Finds the building a row names, by its address in one spelling.
pub(super) async fn find_buildings(step: &mut Step) -> Result<()> {
    sqlx::query!(
        "with b as materialized (
           select import_fold(address) as address, (array_agg(id))[1] as id, count(*) as n from buildings where company_id = $1 group by 1)
         update import_rows r set building_id = case when b.n = 1 then b.id end,
           problems = r.problems || case when b.n > 1 then jsonb_build_array(jsonb_build_object(
             'field', 'address', 'code', 'ambiguous_address', 'value', r.data->>'address', 'looked', true)) else '[]' end
         from b where r.company_id = $1 and r.import_id = $2 and not r.done and b.address = import_fold(r.data->>'address')",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn look(step: &mut Step) -> Result<()> {
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
    // The first row about a unit counts; a second one is a slip in the file.
    sqlx::query!(
        "with d as (select line, first_value(line) over (partition by import_fold(data->>'address'),
             coalesce(data->>'unit_kind', 'flat'), import_number(data->>'unit') order by line) as leader
           from import_rows where company_id = $1 and import_id = $2 and data ? 'address' and data ? 'unit')
         update import_rows r set leader = d.leader, problems = r.problems || case when d.leader < r.line then
           jsonb_build_array(jsonb_build_object('field', 'unit', 'code', 'repeated_row', 'value', d.leader::text, 'looked', true)) else '[]' end
         from d where r.company_id = $1 and r.import_id = $2 and not r.done and d.line = r.line",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "with d as (select line, first_value(line) over (partition by data->>'account' order by line) as leader
           from import_rows where company_id = $1 and import_id = $2 and data ? 'account')
         update import_rows r set problems = r.problems || jsonb_build_array(jsonb_build_object(
           'field', 'account', 'code', 'repeated_account', 'value', d.leader::text, 'looked', true))
         from d where r.company_id = $1 and r.import_id = $2 and not r.done and d.line = r.line and d.leader < r.line
           and not jsonb_path_exists(r.problems, '$[*] ? (@.code == \"repeated_row\")')",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "update import_rows r set account_id = case when a.unit_id = r.unit_id then a.id end,
           problems = r.problems || case when a.unit_id is distinct from r.unit_id then jsonb_build_array(jsonb_build_object(
             'field', 'account', 'code', 'account_of_other_unit', 'value', b.address || ', №' || u.number, 'looked', true)) else '[]' end
         from personal_accounts a join units u on u.company_id = a.company_id and u.id = a.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
         where r.company_id = $1 and r.import_id = $2 and not r.done and a.company_id = $1 and a.number = r.data->>'account'",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "update import_rows r set problems = r.problems || jsonb_build_array(jsonb_build_object(
           'field', 'area', 'code', 'no_area', 'value', '', 'looked', true, 'warning', true))
         where r.company_id = $1 and r.import_id = $2 and not r.done and r.unit_id is null and not r.data ? 'area'
           and r.problems = '[]' and exists (select from import_rows o where o.company_id = $1 and o.import_id = $2 and o.data ? 'area')",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    mark_wrong(step).await?;
    sqlx::query!(
        "update import_rows r set verdict = 'new' where r.company_id = $1 and r.import_id = $2 and not r.done and r.verdict is null and r.unit_id is null",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "update import_rows r set verdict = case when
             (r.data ? 'area' and u.area_cm2 is distinct from (r.data->>'area')::bigint)
             or (r.data ? 'rooms' and u.rooms is distinct from (r.data->>'rooms')::smallint)
             or (r.data ? 'floor' and u.floor is distinct from (r.data->>'floor')::smallint)
             or (r.data ? 'entrance' and e.number is distinct from (r.data->>'entrance')::smallint)
             or (r.data ? 'account' and r.account_id is null)
           then 'changed' else 'same' end
         from units u left join entrances e on e.company_id = u.company_id and e.id = u.entrance_id
         where r.company_id = $1 and r.import_id = $2 and not r.done and r.verdict is null and u.company_id = $1 and u.id = r.unit_id",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn write(step: &mut Step, low: i32, high: i32) -> Result<()> {
    buildings(step, low, high).await?;
    units(step, low, high).await?;
    accounts(step, low, high).await
}

async fn buildings(step: &mut Step, low: i32, high: i32) -> Result<()> {
    sqlx::query!(
        "with wanted as (
           select min(line) as line, (array_agg(data->>'complex' order by line))[1] as name from import_rows
           where company_id = $1 and import_id = $2 and line between $3 and $4 and not done and verdict in ('new', 'changed')
             and data ? 'complex' and building_id is null
           group by import_fold(data->>'complex')
         ), made as (
           insert into complexes (id, company_id, name) select gen_random_uuid(), $1, w.name from wanted w
           where not exists (select from complexes c where c.company_id = $1 and import_fold(c.name) = import_fold(w.name))
           returning id, name)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, changes)
         select $1, $2, w.line, 'complex', m.id, 'made', jsonb_build_object('name', jsonb_build_array(null, m.name))
         from made m join wanted w on w.name = m.name",
        step.company,
        step.import,
        low,
        high
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "with wanted as (
           select min(line) as line, (array_agg(data->>'address' order by line))[1] as address,
             (array_agg(data->>'complex' order by line) filter (where data ? 'complex'))[1] as complex,
             max((data->>'year')::smallint) as year, bool_or((data->>'lift')::boolean) as lift,
             coalesce(max((data->>'storeys')::smallint), greatest(max((data->>'floor')::smallint), 1)) as storeys
           from import_rows
           where company_id = $1 and import_id = $2 and line between $3 and $4 and not done and verdict in ('new', 'changed')
             and building_id is null
           group by import_fold(data->>'address')
         ), made as (
           insert into buildings (id, company_id, complex_id, address, year, storeys, has_lift)
           select gen_random_uuid(), $1,
             (select c.id from complexes c where c.company_id = $1 and import_fold(c.name) = import_fold(w.complex) order by c.id limit 1),
             w.address, w.year, coalesce(w.storeys, 1), coalesce(w.lift, false)
           from wanted w
           where not exists (select from buildings b where b.company_id = $1 and import_fold(b.address) = import_fold(w.address))
           returning id, address)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, changes)
         select $1, $2, w.line, 'building', m.id, 'made', jsonb_build_object('address', jsonb_build_array(null, m.address))
         from made m join wanted w on w.address = m.address",
        step.company,
        step.import,
        low,
        high
    )
    .execute(step.tx.conn())
    .await?;
    // A later chunk meets the buildings of an earlier one.
    sqlx::query!(
        "with b as materialized (select id, import_fold(address) as address from buildings where company_id = $1)
         update import_rows r set building_id = b.id from b
         where r.company_id = $1 and r.import_id = $2 and r.line between $3 and $4 and not r.done and r.verdict in ('new', 'changed')
           and r.building_id is null and b.address = import_fold(r.data->>'address')",
        step.company,
        step.import,
        low,
        high
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "with wanted as (
           select building_id, (data->>'entrance')::smallint as number, min(line) as line from import_rows
           where company_id = $1 and import_id = $2 and line between $3 and $4 and not done and verdict in ('new', 'changed')
             and data ? 'entrance' group by 1, 2
         ), made as (
           insert into entrances (id, company_id, building_id, number) select gen_random_uuid(), $1, building_id, number from wanted
           on conflict (company_id, building_id, number) do nothing returning id, building_id, number)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, changes)
         select $1, $2, w.line, 'entrance', m.id, 'made', jsonb_build_object('number', jsonb_build_array(null, m.number))
         from made m join wanted w on w.building_id = m.building_id and w.number = m.number",
        step.company,
        step.import,
        low,
        high
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

async fn units(step: &mut Step, low: i32, high: i32) -> Result<()> {
    sqlx::query!(
        "with fresh as (
           update import_rows set unit_id = gen_random_uuid()
           where company_id = $1 and import_id = $2 and line between $3 and $4 and not done and verdict = 'new' and unit_id is null
           returning line, unit_id, building_id, data
         ), made as (
           insert into units (id, company_id, building_id, entrance_id, kind, number, floor, rooms, area_cm2)
           select f.unit_id, $1, f.building_id, e.id, coalesce(f.data->>'unit_kind', 'flat'), f.data->>'unit',
             (f.data->>'floor')::smallint, (f.data->>'rooms')::smallint, (f.data->>'area')::bigint
           from fresh f left join entrances e on e.company_id = $1 and e.building_id = f.building_id
             and e.number = (f.data->>'entrance')::smallint
           returning id)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, changes)
         select $1, $2, f.line, 'unit', m.id, 'made', jsonb_strip_nulls(jsonb_build_object(
           'number', jsonb_build_array(null, f.data->'unit'),
           'floor', case when f.data ? 'floor' then jsonb_build_array(null, f.data->'floor') end,
           'rooms', case when f.data ? 'rooms' then jsonb_build_array(null, f.data->'rooms') end,
           'area_cm2', case when f.data ? 'area' then jsonb_build_array(null, f.data->'area') end))
         from made m join fresh f on f.unit_id = m.id",
        step.company,
        step.import,
        low,
        high
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "with old as (
           select r.line, r.data, u.id, u.floor, u.rooms, u.area_cm2, u.entrance_id, e.id as entrance
           from import_rows r join units u on u.company_id = $1 and u.id = r.unit_id
             left join entrances e on e.company_id = $1 and e.building_id = r.building_id and e.number = (r.data->>'entrance')::smallint
           where r.company_id = $1 and r.import_id = $2 and r.line between $3 and $4 and not r.done and r.verdict = 'changed'
         ), changed as (
           update units u set area_cm2 = coalesce((o.data->>'area')::bigint, u.area_cm2), rooms = coalesce((o.data->>'rooms')::smallint, u.rooms),
             floor = coalesce((o.data->>'floor')::smallint, u.floor), entrance_id = coalesce(o.entrance, u.entrance_id)
           from old o where u.company_id = $1 and u.id = o.id
             and (u.area_cm2, u.rooms, u.floor, u.entrance_id) is distinct from
               (coalesce((o.data->>'area')::bigint, u.area_cm2), coalesce((o.data->>'rooms')::smallint, u.rooms),
                coalesce((o.data->>'floor')::smallint, u.floor), coalesce(o.entrance, u.entrance_id))
           returning u.id, u.area_cm2, u.rooms, u.floor, u.entrance_id)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, before, changes)
         select $1, $2, o.line, 'unit', c.id, 'changed',
           jsonb_build_object('area_cm2', o.area_cm2, 'rooms', o.rooms, 'floor', o.floor, 'entrance_id', o.entrance_id),
           jsonb_strip_nulls(jsonb_build_object(
             'area_cm2', case when c.area_cm2 is distinct from o.area_cm2 then jsonb_build_array(o.area_cm2, c.area_cm2) end,
             'rooms', case when c.rooms is distinct from o.rooms then jsonb_build_array(o.rooms, c.rooms) end,
             'floor', case when c.floor is distinct from o.floor then jsonb_build_array(o.floor, c.floor) end,
             'entrance_id', case when c.entrance_id is distinct from o.entrance_id then jsonb_build_array(o.entrance_id, c.entrance_id) end))
         from changed c join old o on o.id = c.id",
        step.company,
        step.import,
        low,
        high
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

async fn accounts(step: &mut Step, low: i32, high: i32) -> Result<()> {
    let today = step.tx.now().date_naive();
    sqlx::query!(
        "with fresh as (
           update import_rows set account_id = gen_random_uuid()
           where company_id = $1 and import_id = $2 and line between $3 and $4 and not done and verdict in ('new', 'changed')
             and data ? 'account' and account_id is null
           returning line, account_id, unit_id, data
         ), made as (
           insert into personal_accounts (id, company_id, unit_id, number, opened_on)
           select account_id, $1, unit_id, data->>'account', $5 from fresh returning id)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, changes)
         select $1, $2, f.line, 'account', m.id, 'made', jsonb_build_object('number', jsonb_build_array(null, f.data->'account'))
         from made m join fresh f on f.account_id = m.id",
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
