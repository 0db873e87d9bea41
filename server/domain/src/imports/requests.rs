//! Requests of the past, with their states and dates. They write no history of their own: the audit holds their
//! origin, and an undo can take them back as long as nobody worked on them.

use super::{
    people::{find_contacts, find_units},
    stage::{Step, mark_wrong},
};
use crate::Result;

pub(super) async fn look(step: &mut Step) -> Result<()> {
    find_units(step).await?;
    sqlx::query!(
        "update import_rows r set problems = r.problems || jsonb_build_array(jsonb_build_object(
           'field', 'address', 'code', 'required', 'value', '', 'looked', true))
         where r.company_id = $1 and r.import_id = $2 and not r.done and not r.data ? 'address' and not r.data ? 'account'
           and not jsonb_path_exists(r.problems, '$[*] ? (@.field == \"address\" || @.field == \"account\")')",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    find_contacts(step).await?;
    sqlx::query!(
        "with w as materialized (select (array_agg(id))[1] as id, import_fold(name) as name, count(*) as n from users
           where company_id = $1 and role in ('admin', 'dispatcher', 'staff') group by 2)
         update import_rows r set user_id = case when w.n = 1 then w.id end from w
         where r.company_id = $1 and r.import_id = $2 and not r.done and w.name = import_fold(r.data->>'assignee')",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    let now = step.tx.now();
    sqlx::query!(
        "update import_rows r set problems = r.problems
           || case when r.user_id is null and r.data ? 'assignee' then jsonb_build_array(jsonb_build_object(
                'field', 'assignee', 'code', 'no_such_worker', 'value', r.data->>'assignee', 'looked', true, 'warning', true)) else '[]' end
           || case when r.user_id is null and r.data->>'status' in ('assigned', 'in_progress') then jsonb_build_array(jsonb_build_object(
                'field', 'status', 'code', 'needs_worker', 'value', '', 'looked', true)) else '[]' end
           || case when (r.data->>'created')::timestamptz > $3 then jsonb_build_array(jsonb_build_object(
                'field', 'created', 'code', 'in_future', 'value', '', 'looked', true)) else '[]' end
           || case when (r.data->>'completed')::timestamptz < (r.data->>'created')::timestamptz then jsonb_build_array(jsonb_build_object(
                'field', 'completed', 'code', 'before_created', 'value', '', 'looked', true)) else '[]' end
           || case when r.data ? 'rating' and coalesce(r.data->>'status', 'new') not in ('done', 'closed') then jsonb_build_array(jsonb_build_object(
                'field', 'rating', 'code', 'rating_of_open', 'value', r.data->>'rating', 'looked', true)) else '[]' end
         where r.company_id = $1 and r.import_id = $2 and not r.done",
        step.company,
        step.import,
        now
    )
    .execute(step.tx.conn())
    .await?;
    mark_wrong(step).await?;
    // The same words about the same house at the same moment are the same request.
    sqlx::query!(
        "update import_rows r set request_id = q.id, verdict = 'same' from requests q
         where r.company_id = $1 and r.import_id = $2 and not r.done and r.verdict is null and q.company_id = $1
           and q.building_id = r.building_id and q.created_at = (r.data->>'created')::timestamptz and q.description = r.data->>'description'",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "with d as (select line, first_value(line) over (partition by building_id, unit_id, data->>'created', data->>'description' order by line) as leader
           from import_rows where company_id = $1 and import_id = $2 and verdict is distinct from 'wrong')
         update import_rows r set leader = d.leader, verdict = case when d.leader < r.line then 'same' else coalesce(r.verdict, 'new') end
         from d where r.company_id = $1 and r.import_id = $2 and not r.done and d.line = r.line",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn write(step: &mut Step, low: i32, high: i32) -> Result<()> {
    let (now, user) = (step.tx.now(), step.tx.actor().user_id().map(|u| u.0));
    sqlx::query!(
        "with fresh as (
           update import_rows set request_id = gen_random_uuid()
           where company_id = $1 and import_id = $2 and line between $3 and $4 and not done and verdict = 'new' and request_id is null
           returning line, request_id, building_id, unit_id, contact_id, user_id, data
         ), told as (
           select f.*, (f.data->>'created')::timestamptz as created, coalesce(f.data->>'status', 'new') as status,
             coalesce((f.data->>'completed')::timestamptz, (f.data->>'created')::timestamptz) as completed,
             coalesce(f.data->>'request_kind', 'regular') as kind
           from fresh f order by f.data->>'created', f.line
         ), made as (
           insert into requests (id, company_id, number, status, kind, priority, category, source, building_id, entrance_id, unit_id, address,
             description, contact_id, contact_name, contact_phone, created_by, assignee_id, result, created_at, updated_at, completed_at,
             closed_at, rating)
           select t.request_id, $1, next_request_number($1), t.status, t.kind,
             coalesce(t.data->>'priority', case when t.kind = 'emergency' then 'urgent' else 'normal' end),
             coalesce(t.data->>'category', 'other'), 'desk', t.building_id, u.entrance_id, t.unit_id,
             b.address || coalesce(', №' || u.number, ''), t.data->>'description', t.contact_id, t.data->>'name', t.data->>'phone', $5,
             t.user_id, t.data->>'result', t.created, $6,
             case when t.status in ('done', 'closed') then t.completed end,
             case when t.status in ('closed', 'cancelled', 'rejected') then t.completed end, (t.data->>'rating')::smallint
           from told t join buildings b on b.company_id = $1 and b.id = t.building_id
             left join units u on u.company_id = $1 and u.id = t.unit_id
           order by t.created, t.line
           returning id, number, status)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, changes)
         select $1, $2, f.line, 'request', m.id, 'made', jsonb_build_object('number', jsonb_build_array(null, m.number),
           'status', jsonb_build_array(null, m.status))
         from made m join fresh f on f.request_id = m.id",
        step.company,
        step.import,
        low,
        high,
        user,
        now
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}
