//! Opening balances of accounts, in tiyin. Above zero is owed, below zero was paid ahead.

use super::stage::{Step, mark_wrong};
use crate::Result;

pub(super) async fn look(step: &mut Step) -> Result<()> {
    sqlx::query!(
        "update import_rows r set account_id = a.id, unit_id = a.unit_id from personal_accounts a
         where r.company_id = $1 and r.import_id = $2 and not r.done and a.company_id = $1 and a.number = r.data->>'account'",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    sqlx::query!(
        "with d as (select line, first_value(line) over (partition by data->>'account' order by line) as leader
           from import_rows where company_id = $1 and import_id = $2 and data ? 'account')
         update import_rows r set leader = d.leader, problems = r.problems
           || case when d.leader < r.line then jsonb_build_array(jsonb_build_object(
                'field', 'account', 'code', 'repeated_row', 'value', d.leader::text, 'looked', true)) else '[]' end
           || case when r.account_id is null then jsonb_build_array(jsonb_build_object(
                'field', 'account', 'code', 'no_such_account', 'value', r.data->>'account', 'looked', true)) else '[]' end
         from d where r.company_id = $1 and r.import_id = $2 and not r.done and d.line = r.line",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    mark_wrong(step).await?;
    sqlx::query!(
        "with judged as (select r.line, case when b.id is null then 'new'
             when b.amount_tiyin = (r.data->>'amount')::bigint and b.as_of = (r.data->>'as_of')::date then 'same' else 'changed' end as verdict
           from import_rows r left join opening_balances b on b.company_id = $1 and b.account_id = r.account_id
           where r.company_id = $1 and r.import_id = $2 and not r.done and r.verdict is null)
         update import_rows r set verdict = j.verdict from judged j where r.company_id = $1 and r.import_id = $2 and r.line = j.line",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn write(step: &mut Step, low: i32, high: i32) -> Result<()> {
    let now = step.tx.now();
    sqlx::query!(
        "with wanted as (
           select r.line, r.account_id, (r.data->>'amount')::bigint as amount, (r.data->>'as_of')::date as as_of, b.id as known,
             b.amount_tiyin as old_amount, b.as_of as old_as_of, b.import_id as old_import
           from import_rows r left join opening_balances b on b.company_id = $1 and b.account_id = r.account_id
           where r.company_id = $1 and r.import_id = $2 and r.line between $3 and $4 and not r.done and r.verdict in ('new', 'changed')
         ), kept as (
           insert into opening_balances as b (id, company_id, account_id, amount_tiyin, as_of, import_id, created_at)
           select gen_random_uuid(), $1, account_id, amount, as_of, $2, $5 from wanted
           on conflict (company_id, account_id) do update set amount_tiyin = excluded.amount_tiyin, as_of = excluded.as_of, import_id = excluded.import_id
           returning b.id, b.account_id)
         insert into import_objects (company_id, import_id, line, object_type, object_id, action, before, changes)
         select $1, $2, w.line, 'opening_balance', k.id, case when w.known is null then 'made' else 'changed' end,
           case when w.known is not null then jsonb_build_object('amount_tiyin', w.old_amount, 'as_of', w.old_as_of, 'import_id', w.old_import) end,
           jsonb_build_object('amount_tiyin', jsonb_build_array(w.old_amount, w.amount), 'as_of', jsonb_build_array(w.old_as_of, w.as_of),
             'account_id', jsonb_build_array(null, w.account_id))
         from kept k join wanted w on w.account_id = k.account_id",
        step.company,
        step.import,
        low,
        high,
        now
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}
