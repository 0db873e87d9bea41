//! Work in the background with progress. A task is a row that the page looks at and a job that points to it. The
//! worker that has it holds a lease, renewed with every step; when the lease runs out, the task is given out again.

use crate::{Actor, Ctx, Door, Result, Tx, actor::View, auth, error::word, imports, jobs::RunTask};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Code, CompanyId, Lang, Permission as P, Role, TaskId, UserId,
    tasks::{TaskKind, TaskState, TaskView},
};
use platform::ids::new_id;
use serde_json::Value;
use uuid::Uuid;

/// A step takes seconds; twice as long and the worker is taken for dead.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How often a task is given out before it is given up.
const MAX_ATTEMPTS: i16 = 3;
/// How long a made file can be taken away.
pub const RESULT_LIFE: TimeDelta = TimeDelta::hours(24);

const SEE: [P; 5] = [P::ImportsRun, P::RequestsExport, P::ChargesManage, P::PaymentsRead, P::DebtsManage];

/// A task in the hands of this worker.
#[derive(Clone, Debug)]
pub struct Running {
    pub id: TaskId,
    pub kind: TaskKind,
    pub subject: Option<Uuid>,
    pub params: Value,
    /// Which time this is; a worker that lost its lease meanwhile is told so by it.
    attempt: i16,
    actor: Actor,
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    GoOn,
    /// Somebody asked to stop.
    Cancel,
}

/// A file that a task made.
pub struct Made {
    pub key: String,
    pub name: String,
    pub content_type: &'static str,
}

/// Queues a task, within the transaction that changes what it is about.
pub(crate) async fn start(tx: &mut Tx, kind: TaskKind, subject: Option<Uuid>, params: &Value) -> Result<TaskId> {
    let id = TaskId(new_id());
    let (company, user) = (tx.actor().company_id().0, tx.actor().user_id().map(|u| u.0));
    let (name, role, lang) = (tx.actor().name().to_owned(), tx.actor().role().as_str(), tx.actor().lang().code());
    let now = tx.now();
    sqlx::query!(
        "insert into tasks (id, company_id, kind, subject_id, params, created_by, created_by_name, created_by_role, created_by_lang, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.0,
        company,
        kind.as_str(),
        subject,
        params,
        user,
        name,
        role,
        lang,
        now
    )
    .execute(tx.conn())
    .await?;
    tx.enqueue(&RunTask { company_id: company.into(), task_id: id }).await?;
    Ok(id)
}

/// Takes a task into work; nothing when it is over, or another worker has it.
pub async fn claim(ctx: &Ctx, job: &RunTask) -> Result<Option<Running>> {
    let now = ctx.clock.now();
    let mut tx = ctx.begin(&Actor::system(job.company_id)).await?;
    let row = sqlx::query!(
        "update tasks set state = 'running', attempts = attempts + 1, lease_until = $4, started_at = coalesce(started_at, $3)
         where company_id = $1 and id = $2 and state in ('waiting', 'running') and (lease_until is null or lease_until <= $3)
         returning kind, subject_id, params, attempts, created_by, created_by_name, created_by_role, created_by_lang",
        job.company_id.0,
        job.task_id.0,
        now,
        now + LEASE
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else {
        tx.commit().await?;
        return Ok(None);
    };
    let role = word::<Role>(&row.created_by_role)?;
    // What they may see now, not what they might have seen then.
    let view = match row.created_by {
        Some(user) if role != Role::SuperAdmin => match auth::view_of(tx.conn(), UserId(user), role).await {
            Ok(view) => Some(view),
            Err(error) if error.code() == Code::Forbidden => None,
            Err(error) => return Err(error),
        },
        _ => Some(View::company()),
    };
    tx.commit().await?;
    let blocked = view.is_none();
    let actor = Actor {
        user_id: row.created_by.map(UserId),
        session_id: None,
        contact_id: None,
        company_id: job.company_id,
        role,
        name: row.created_by_name,
        lang: Lang::parse(&row.created_by_lang).unwrap_or_default(),
        door: Door::Job,
        view: view.unwrap_or(View::nothing()),
        // They proved it when they asked for the work.
        proven: true,
        looking: None,
    };
    let running = Running {
        id: job.task_id,
        kind: word(&row.kind)?,
        subject: row.subject_id,
        params: row.params,
        attempt: row.attempts,
        actor,
    };
    if blocked {
        running.fail(ctx, Code::Forbidden).await?;
        return Ok(None);
    }
    if row.attempts > MAX_ATTEMPTS {
        running.fail(ctx, Code::Interrupted).await?;
        return Ok(None);
    }
    Ok(Some(running))
}

impl Running {
    /// Acts as whoever asked for it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Says how far the work is and renews the lease, in the transaction of the step itself: a step and its progress
    /// are true together, and a worker that was given up cannot write any more.
    ///
    /// # Errors
    /// `interrupted` when another worker has the task.
    pub async fn beat(&self, tx: &mut Tx, done: i64, total: Option<i64>) -> Result<Beat> {
        let (company, lease) = (self.actor.company_id().0, tx.now() + LEASE);
        let asked = sqlx::query_scalar!(
            r#"update tasks set done = $4, total = coalesce($5, total), lease_until = $6
               where company_id = $1 and id = $2 and attempts = $3 and state = 'running'
               returning cancel_requested_at is not null as "asked!""#,
            company,
            self.id.0,
            self.attempt,
            done,
            total,
            lease
        )
        .fetch_optional(tx.conn())
        .await?
        .ok_or(Code::Interrupted)?;
        Ok(if asked { Beat::Cancel } else { Beat::GoOn })
    }

    /// A beat of its own, for work that writes nothing yet.
    ///
    /// # Errors
    /// As [`Self::beat`].
    pub async fn tick(&self, ctx: &Ctx, done: i64, total: Option<i64>) -> Result<Beat> {
        let mut tx = ctx.begin(&self.actor).await?;
        let beat = self.beat(&mut tx, done, total).await?;
        tx.commit().await?;
        Ok(beat)
    }

    /// The end, in the transaction of the last step.
    pub(crate) async fn end(
        &self,
        tx: &mut Tx,
        state: TaskState,
        message: Option<Code>,
        made: Option<&Made>,
    ) -> Result<()> {
        let now = tx.now();
        let ended = sqlx::query!(
            "update tasks set state = $4, message = $5, finished_at = $6, lease_until = null, result_key = $7, result_name = $8,
               result_type = $9, expires_at = $10, done = case when $4 = 'done' then coalesce(total, done) else done end
             where company_id = $1 and id = $2 and attempts = $3 and state = 'running'",
            self.actor.company_id().0,
            self.id.0,
            self.attempt,
            state.as_str(),
            message.map(Code::as_str),
            now,
            made.map(|m| m.key.as_str()),
            made.map(|m| m.name.as_str()),
            made.map(|m| m.content_type),
            made.map(|_| now + RESULT_LIFE)
        )
        .execute(tx.conn())
        .await?;
        if ended.rows_affected() == 0 {
            return Err(Code::Interrupted.into());
        }
        Ok(())
    }

    /// Ends well, with a file to take away.
    pub async fn finish(&self, ctx: &Ctx, made: Option<&Made>) -> Result<()> {
        let mut tx = ctx.begin(&self.actor).await?;
        self.end(&mut tx, TaskState::Done, None, made).await?;
        tx.commit().await
    }

    /// Ends without success and leaves what it is about in a state from which a person can go on.
    pub async fn fail(&self, ctx: &Ctx, why: Code) -> Result<()> {
        self.leave(ctx, TaskState::Failed, Some(why)).await
    }

    /// Ends because somebody asked to.
    pub async fn cancelled(&self, ctx: &Ctx) -> Result<()> {
        self.leave(ctx, TaskState::Cancelled, None).await
    }

    async fn leave(&self, ctx: &Ctx, state: TaskState, why: Option<Code>) -> Result<()> {
        let mut tx = ctx.begin(&self.actor).await?;
        self.end(&mut tx, state, why, None).await?;
        if let Some(subject) = self.subject {
            imports::broken_off(&mut tx, subject, self.kind).await?;
        }
        tx.commit().await
    }

    /// Gives the task back after a fault of ours, to be tried again; the last time it fails.
    pub async fn release(&self, ctx: &Ctx, why: Code) -> Result<()> {
        if self.attempt >= MAX_ATTEMPTS {
            return self.fail(ctx, why).await;
        }
        let mut tx = ctx.begin(&self.actor).await?;
        sqlx::query!(
            "update tasks set lease_until = null where company_id = $1 and id = $2 and attempts = $3 and state = 'running'",
            self.actor.company_id().0,
            self.id.0,
            self.attempt
        )
        .execute(tx.conn())
        .await?;
        tx.commit().await
    }
}

/// One task of the caller's, or any of an import for those who run imports.
///
/// # Errors
/// `not_found` for everything else.
pub async fn get(ctx: &Ctx, actor: &Actor, id: TaskId) -> Result<TaskView> {
    actor.scope_any(&SEE)?;
    let mut tx = ctx.begin(actor).await?;
    view(&mut tx, id).await
}

/// The caller's exports that run or can be taken away, newest first.
pub async fn own(ctx: &Ctx, actor: &Actor) -> Result<Vec<TaskView>> {
    let scope = actor.scope_any(&SEE)?;
    let mut tx = ctx.begin(actor).await?;
    let now = tx.now();
    let ids = sqlx::query_scalar!(
        "select id from tasks where company_id = $1 and created_by is not distinct from $2 and kind in ('export', 'receipts', 'letters')
           and (state in ('waiting', 'running') or expires_at > $3 or finished_at > $3 - interval '10 minutes')
         order by created_at desc, id desc limit 20",
        scope.company(),
        actor.user_id().map(|u| u.0),
        now
    )
    .fetch_all(tx.conn())
    .await?;
    let mut tasks = Vec::with_capacity(ids.len());
    for id in ids {
        tasks.push(view(&mut tx, id.into()).await?);
    }
    Ok(tasks)
}

/// A task as a page sees it; the actor's own, or one of an import or a run of charges when they may run those.
pub(crate) async fn view(tx: &mut Tx, id: TaskId) -> Result<TaskView> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let (user, all) = (tx.actor().user_id().map(|u| u.0), tx.actor().role().can(P::ImportsRun));
    let charges = tx.actor().role().can(P::ChargesManage);
    let t = sqlx::query!(
        "select kind, state, done, total, message, result_name, expires_at, cancel_requested_at, created_at, finished_at
         from tasks where company_id = $1 and id = $2
           and (created_by is not distinct from $3 or ($4 and kind in ('import_check', 'import_run', 'import_undo'))
             or ($5 and kind in ('charge_preview', 'charge_post', 'charge_undo', 'penalty_preview', 'penalty_post', 'penalty_undo')))",
        company,
        id.0,
        user,
        all,
        charges
    )
    .fetch_one(tx.conn())
    .await?;
    let there = t.expires_at.is_some_and(|until| until > now);
    Ok(TaskView {
        id,
        kind: word(&t.kind)?,
        state: word(&t.state)?,
        done: t.done,
        total: t.total,
        message: t.message,
        file_name: t.result_name.filter(|_| there),
        expires_at: t.expires_at.filter(|_| there),
        cancelling: t.cancel_requested_at.is_some(),
        created_at: t.created_at,
        finished_at: t.finished_at,
    })
}

/// Asks a task to stop. It does so after the step it is in.
///
/// # Errors
/// `not_found` when it is not the caller's to stop.
pub async fn cancel(ctx: &Ctx, actor: &Actor, id: TaskId) -> Result<TaskView> {
    let scope = actor.scope_any(&SEE)?;
    let mut tx = ctx.begin(actor).await?;
    let before = view(&mut tx, id).await?;
    if !before.state.is_over() && !before.cancelling {
        let now = tx.now();
        sqlx::query!(
            "update tasks set cancel_requested_at = $3 where company_id = $1 and id = $2",
            scope.company(),
            id.0,
            now
        )
        .execute(tx.conn())
        .await?;
    }
    let after = view(&mut tx, id).await?;
    tx.commit().await?;
    Ok(after)
}

/// A file made by a task of the caller's own, while it can be taken away.
pub struct Located {
    pub key: String,
    pub name: String,
    pub content_type: String,
}

/// Where the file of a task is.
///
/// # Errors
/// `not_found` when there is none, it has expired, or somebody else asked for it.
pub async fn locate(ctx: &Ctx, actor: &Actor, id: TaskId) -> Result<Located> {
    let scope = actor.scope_any(&SEE)?;
    let mut tx = ctx.begin(actor).await?;
    let now = tx.now();
    let row = sqlx::query!(
        r#"select result_key as "key!", result_name as "name!", result_type as "kind!" from tasks
           where company_id = $1 and id = $2 and created_by is not distinct from $3 and result_key is not null and expires_at > $4"#,
        scope.company(),
        id.0,
        actor.user_id().map(|u| u.0),
        now
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Located { key: row.key, name: row.name, content_type: row.kind })
}

/// Gives out again the tasks whose worker is gone; returns how many.
pub async fn revive(ctx: &Ctx) -> Result<usize> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("tasks without a worker").await?;
    let lost = sqlx::query!(
        "select id, company_id from tasks where state = 'running' and (lease_until is null or lease_until <= $1)
           and started_at <= $1 - interval '1 second' order by created_at limit 100 for update skip locked",
        now
    )
    .fetch_all(&mut *tx)
    .await?;
    for task in &lost {
        let job = RunTask { company_id: CompanyId(task.company_id), task_id: task.id.into() };
        crate::jobs::enqueue(&mut tx, &job).await?;
    }
    tx.commit().await?;
    Ok(lost.len())
}

/// Forgets made files whose time is over; returns the keys whose bytes can go. The rows follow after a month.
pub async fn sweep(ctx: &Ctx) -> Result<Vec<String>> {
    let now: DateTime<Utc> = ctx.clock.now();
    let mut tx = ctx.db.begin_system("expired files of tasks").await?;
    let keys = sqlx::query_scalar!(
        r#"with old as (select id, result_key from tasks where result_key is not null and expires_at <= $1 for update)
           update tasks t set result_key = null from old where t.id = old.id returning old.result_key as "key!""#,
        now
    )
    .fetch_all(&mut *tx)
    .await?;
    sqlx::query!(
        "delete from tasks t where kind in ('export', 'receipts', 'letters') and finished_at < $1 and result_key is null",
        now - TimeDelta::days(30)
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(keys)
}
