//! Taking an import back: what it made goes, what it changed is restored; what was touched since stays, with a reason.

use super::{
    queries,
    stage::{Step, source},
};
use crate::{
    Ctx, Result, people,
    tasks::{Beat, Running},
};
use model::{imports::ImportState, tasks::TaskState};
use uuid::Uuid;

/// Records that others refer to come last.
const ORDER: [(&str, &str); 10] = [
    ("opening_balance", "opening_balances"),
    ("request", "requests"),
    ("residency", "residencies"),
    ("contact", "contacts"),
    ("user", "users"),
    ("account", "personal_accounts"),
    ("unit", "units"),
    ("entrance", "entrances"),
    ("building", "buildings"),
    ("complex", "complexes"),
];
const BATCH: i64 = 1_000;

/// Undoes a whole import, a batch a transaction. Begun again after an interruption, it goes on where it was.
pub async fn undo_all(ctx: &Ctx, run: &Running) -> Result<Beat> {
    let source = source(ctx, run).await?;
    let mut step = Step::begin(ctx, run, source.id).await?;
    let total = sqlx::query_scalar!(
        r#"select count(*) as "total!" from import_objects where company_id = $1 and import_id = $2"#,
        step.company,
        step.import
    )
    .fetch_one(step.tx.conn())
    .await?;
    run.beat(&mut step.tx, 0, Some(total)).await?;
    sqlx::query!(
        "update import_objects set kept = null where company_id = $1 and import_id = $2 and undone_at is null",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    step.tx.commit().await?;
    for (object_type, table) in ORDER {
        loop {
            let mut step = Step::begin(ctx, run, source.id).await?;
            let done = sqlx::query_scalar!(
                r#"select count(*) as "done!" from import_objects where company_id = $1 and import_id = $2
                     and (undone_at is not null or kept is not null)"#,
                step.company,
                step.import
            )
            .fetch_one(step.tx.conn())
            .await?;
            if run.beat(&mut step.tx, done, Some(total)).await? == Beat::Cancel {
                step.tx.commit().await?;
                return Ok(Beat::Cancel);
            }
            let more = batch(&mut step, object_type, table).await?;
            step.tx.commit().await?;
            if !more {
                break;
            }
        }
    }
    let mut step = Step::begin(ctx, run, source.id).await?;
    queries::count(&mut step.tx, source.id).await?;
    queries::set_state(&mut step.tx, source.id, ImportState::Undone, None).await?;
    run.end(&mut step.tx, TaskState::Done, None, None).await?;
    step.tx.commit().await?;
    Ok(Beat::GoOn)
}

/// The latest records of one kind; false when there are none left.
async fn batch(step: &mut Step, object_type: &str, table: &str) -> Result<bool> {
    let seqs = sqlx::query_scalar!(
        "select seq from import_objects where company_id = $1 and import_id = $2 and object_type = $3
           and undone_at is null and kept is null order by seq desc limit $4",
        step.company,
        step.import,
        object_type,
        BATCH
    )
    .fetch_all(step.tx.conn())
    .await?;
    if seqs.is_empty() {
        return Ok(false);
    }
    keep_touched(step, object_type, &seqs).await?;
    let made = sqlx::query_scalar!(
        "select object_id from import_objects where company_id = $1 and import_id = $2 and seq = any($3) and action = 'made' and kept is null",
        step.company,
        step.import,
        &seqs
    )
    .fetch_all(step.tx.conn())
    .await?;
    if !made.is_empty() {
        let used: Vec<Uuid> =
            sqlx::query_scalar!(r#"select import_delete($1, $2, $3) as "id!""#, table, step.company, &made)
                .fetch_all(step.tx.conn())
                .await?;
        sqlx::query!(
            "update import_objects set kept = 'in_use' where company_id = $1 and import_id = $2 and seq = any($3) and action = 'made' and object_id = any($4)",
            step.company,
            step.import,
            &seqs,
            &used
        )
        .execute(step.tx.conn())
        .await?;
    }
    restore(step, object_type, &seqs).await?;
    finish(step, &seqs).await?;
    Ok(true)
}

/// What somebody changed, signed in to or worked on since then stays.
async fn keep_touched(step: &mut Step, object_type: &str, seqs: &[i64]) -> Result<()> {
    sqlx::query!(
        "update import_objects o set kept = 'changed_since'
         where o.company_id = $1 and o.import_id = $2 and o.seq = any($3) and exists (
           select from audit_log a where a.company_id = $1 and a.object_type = o.object_type and a.object_id = o.object_id
             -- looking changes nothing
             and a.action <> 'contact.reveal'
             and coalesce(a.changes->'import'->>1, '') <> $2::uuid::text
             -- signing in changes nothing of a record that was there before, and a refused try nothing at all
             and a.action <> 'user.login_failed' and (o.action = 'made' or a.action not in ('user.login', 'user.logout'))
             -- what another import did and took back is as if it had not been
             and not exists (select from import_objects x where x.company_id = $1 and x.object_type = a.object_type
               and x.object_id = a.object_id and x.undone_at is not null and x.import_id::text = a.changes->'import'->>1)
             and (o.action = 'made' or a.at >= (select min(w.at) from audit_log w where w.company_id = $1 and w.object_type = o.object_type
               and w.object_id = o.object_id and w.changes->'import'->>1 = $2::uuid::text)))",
        step.company,
        step.import,
        seqs
    )
    .execute(step.tx.conn())
    .await?;
    match object_type {
        "request" => {
            sqlx::query!(
                "update import_objects o set kept = 'changed_since' from requests q
                 where o.company_id = $1 and o.import_id = $2 and o.seq = any($3) and q.company_id = $1 and q.id = o.object_id
                   and (q.version > 1 or q.comments > 0 or q.photos > 0
                     or exists (select from request_history h where h.company_id = $1 and h.request_id = q.id))",
                step.company,
                step.import,
                seqs
            )
            .execute(step.tx.conn())
            .await?;
        }
        "residency" => {
            // Its history is kept with the person; the version tells.
            sqlx::query!(
                "update import_objects o set kept = 'changed_since' from residencies s
                 where o.company_id = $1 and o.import_id = $2 and o.seq = any($3) and s.company_id = $1 and s.id = o.object_id
                   and s.version <> coalesce((o.before->>'version')::int, 1)",
                step.company,
                step.import,
                seqs
            )
            .execute(step.tx.conn())
            .await?;
        }
        "contact" => {
            sqlx::query!(
                "update import_objects o set kept = 'has_login' from users u
                 where o.company_id = $1 and o.import_id = $2 and o.seq = any($3) and o.action = 'made'
                   and u.company_id = $1 and u.contact_id = o.object_id",
                step.company,
                step.import,
                seqs
            )
            .execute(step.tx.conn())
            .await?;
        }
        "user" => {
            sqlx::query!(
                "update import_objects o set kept = 'has_login' from sessions s
                 where o.company_id = $1 and o.import_id = $2 and o.seq = any($3) and o.action = 'made'
                   and s.company_id = $1 and s.user_id = o.object_id",
                step.company,
                step.import,
                seqs
            )
            .execute(step.tx.conn())
            .await?;
        }
        _ => {}
    }
    Ok(())
}

/// Puts changed records back as they were.
async fn restore(step: &mut Step, object_type: &str, seqs: &[i64]) -> Result<()> {
    let (company, import) = (step.company, step.import);
    let conn = step.tx.conn();
    match object_type {
        "unit" => {
            sqlx::query!(
                "update units u set area_cm2 = (o.before->>'area_cm2')::bigint, rooms = (o.before->>'rooms')::smallint,
                   floor = (o.before->>'floor')::smallint, entrance_id = (o.before->>'entrance_id')::uuid
                 from import_objects o where o.company_id = $1 and o.import_id = $2 and o.seq = any($3) and o.action = 'changed' and o.kept is null
                   and u.company_id = $1 and u.id = o.object_id",
                company,
                import,
                seqs
            )
            .execute(conn)
            .await?;
        }
        "contact" => {
            sqlx::query!(
                "with o as (select object_id, before from import_objects where company_id = $1 and import_id = $2 and seq = any($3)
                     and action = 'changed' and kept is null),
                   fewer as (delete from contact_phones p using o where p.company_id = $1 and p.contact_id = o.object_id
                     and not case when o.before ? 'phone_ids' then o.before->'phone_ids' ? p.id::text else o.before->'phones' ? p.phone end)
                 update contacts c set name = o.before->>'name', lang = o.before->>'lang', note = o.before->>'note', version = c.version + 1,
                   email = o.before->>'email', email_sealed = decode(o.before->>'email_sealed', 'base64'),
                   email_key = decode(o.before->>'email_key', 'hex'), email_shown = o.before->>'email_shown'
                 from o where c.company_id = $1 and c.id = o.object_id",
                company,
                import,
                seqs
            )
            .execute(conn)
            .await?;
            // What was sealed then may have been sealed with a key of then.
            people::refresh_emails(&step.ctx, &mut step.tx, import, seqs).await?;
        }
        "residency" => {
            sqlx::query!(
                "update residencies s set version = s.version + 1, relation = o.before->>'relation', share_num = (o.before->>'share_num')::int,
                   share_den = (o.before->>'share_den')::int
                 from import_objects o where o.company_id = $1 and o.import_id = $2 and o.seq = any($3) and o.action = 'changed' and o.kept is null
                   and s.company_id = $1 and s.id = o.object_id",
                company,
                import,
                seqs
            )
            .execute(conn)
            .await?;
        }
        "user" => {
            sqlx::query!(
                "with o as (select object_id, before from import_objects where company_id = $1 and import_id = $2 and seq = any($3)
                     and action = 'changed' and kept is null),
                   skills as (delete from staff_skills s using o where s.company_id = $1 and s.user_id = o.object_id
                     and not o.before->'skills' ? s.skill),
                   zones as (delete from staff_zones z using o where z.company_id = $1 and z.user_id = o.object_id
                     and not o.before->'zones' ? z.building_id::text)
                 update users u set name = o.before->>'name', phone = o.before->>'phone', email = o.before->>'email'
                 from o where u.company_id = $1 and u.id = o.object_id",
                company,
                import,
                seqs
            )
            .execute(conn)
            .await?;
        }
        "opening_balance" => {
            sqlx::query!(
                "update opening_balances b set amount_tiyin = (o.before->>'amount_tiyin')::bigint, as_of = (o.before->>'as_of')::date,
                   import_id = (o.before->>'import_id')::uuid
                 from import_objects o where o.company_id = $1 and o.import_id = $2 and o.seq = any($3) and o.action = 'changed' and o.kept is null
                   and b.company_id = $1 and b.id = o.object_id",
                company,
                import,
                seqs
            )
            .execute(conn)
            .await?;
        }
        _ => {}
    }
    Ok(())
}

async fn finish(step: &mut Step, seqs: &[i64]) -> Result<()> {
    let (now, actor) = (step.tx.now(), step.tx.actor().clone());
    sqlx::query!(
        "with gone as (
           update import_objects set undone_at = $4 where company_id = $1 and import_id = $2 and seq = any($3) and kept is null
           returning line, object_type, object_id, action, changes
         ), open as (
           update import_rows r set done = false from gone g where r.company_id = $1 and r.import_id = $2 and r.line = g.line)
         insert into audit_log (id, company_id, at, actor_id, actor_name, actor_role, door, action, object_type, object_id, changes)
         select gen_random_uuid(), $1, $4, $5, $6, $7, $8, g.object_type || case g.action when 'made' then '.delete' else '.update' end,
           g.object_type, g.object_id,
           (select coalesce(jsonb_object_agg(c.key, jsonb_build_array(c.value->1, c.value->0)), '{}') from jsonb_each(g.changes) c)
             || jsonb_build_object('import', jsonb_build_array(null, $2::uuid))
         from gone g",
        step.company,
        step.import,
        seqs,
        now,
        actor.user_id().map(|u| u.0),
        actor.name(),
        actor.role().as_str(),
        actor.door().as_str()
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}
