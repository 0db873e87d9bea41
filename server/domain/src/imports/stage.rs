//! The road of the rows: read and cleaned, staged, checked as a set, written chunk by chunk.

use super::{balances, fields, people, property, queries, requests, staff};
use crate::{
    Ctx, Result, Tx,
    tasks::{Beat, Running},
};
use chrono::FixedOffset;
use model::{
    Code, ImportId,
    imports::{Field, ImportKind, ImportState},
    tasks::TaskState,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Rows written in one transaction: a second of work, and what a cancel waits for.
const CHUNK: i32 = 1_000;

/// What a worker needs to read the file of an import.
#[derive(Clone, Debug)]
pub struct Source {
    pub id: ImportId,
    pub kind: ImportKind,
    pub blob_key: String,
    pub sheet: usize,
    pub header_row: u32,
    pub columns: Vec<Option<Field>>,
}

/// A row on its way into the database.
#[derive(Clone, Debug, PartialEq)]
pub struct Staged {
    pub line: i32,
    pub cells: Vec<String>,
    pub data: Map<String, Value>,
    pub problems: Vec<Value>,
}

/// The transaction of one step, with what all its statements name.
pub(super) struct Step {
    pub ctx: Ctx,
    pub tx: Tx,
    pub company: Uuid,
    pub import: Uuid,
}

impl Step {
    pub async fn begin(ctx: &Ctx, run: &Running, id: ImportId) -> Result<Self> {
        let tx = ctx.begin(run.actor()).await?;
        Ok(Self { ctx: ctx.clone(), company: tx.actor().company_id().0, tx, import: id.0 })
    }

    /// The planner knows nothing of rows staged a moment ago and would loop over them; whole sets want hash joins. What
    /// that does to its estimates would have it compile every statement, which takes longer than to run it.
    async fn as_sets(&mut self) -> Result<()> {
        sqlx::query!(
            "select set_config('enable_nestloop', 'off', true) as nestloop, set_config('jit', 'off', true) as jit"
        )
        .fetch_one(self.tx.conn())
        .await?;
        Ok(())
    }
}

fn subject(run: &Running) -> Result<ImportId> {
    run.subject.map(ImportId).ok_or_else(|| Code::NotFound.into())
}

/// Where the file of the import is, and how to read it.
pub async fn source(ctx: &Ctx, run: &Running) -> Result<Source> {
    let id = subject(run)?;
    let scope = run.actor().scope(model::Permission::ImportsRun)?;
    let mut tx = ctx.begin(run.actor()).await?;
    let import = queries::lock(&mut tx, &scope, id).await?;
    Ok(Source {
        id,
        kind: import.kind,
        blob_key: import.blob_key,
        sheet: import.sheet,
        header_row: u32::try_from(import.header).unwrap_or(u32::MAX),
        columns: import.columns,
    })
}

/// A row of the file as values, with what is wrong with its cells. Nothing for the header and above, empty rows and
/// totals. Pure, so that it can run beside the reading.
pub fn prepare(source: &Source, zone: FixedOffset, index: u32, mut cells: Vec<String>) -> Option<Staged> {
    if index <= source.header_row || cells.iter().all(String::is_empty) || fields::is_total(&cells) {
        return None;
    }
    cells.resize(cells.len().max(source.columns.len()), String::new());
    let (mut data, mut problems) = (Map::new(), Vec::new());
    for (cell, field) in cells.iter().zip(&source.columns) {
        let Some(field) = field else { continue };
        let text = cell.trim();
        // What people write for "nothing".
        if matches!(text, "" | "-" | "—" | "–" | "#N/A" | "#Н/Д") {
            if source.kind.requires(*field) {
                problems.push(json!({ "field": field, "code": "required", "value": "" }));
            }
            continue;
        }
        match fields::read(*field, text, zone) {
            Ok(value) => {
                data.insert(field.as_str().to_owned(), value);
            }
            Err(code) => problems.push(json!({ "field": field, "code": code, "value": short(text) })),
        }
    }
    // A line of dashes or of things no column names says nothing.
    if data.is_empty() && problems.iter().all(|p| p["code"] == "required") {
        return None;
    }
    Some(Staged { line: i32::try_from(index).ok()?.checked_add(1)?, cells, data, problems })
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Empties the stage: a check begins with the first row, also when it is begun again.
pub async fn stage_begin(ctx: &Ctx, run: &Running, source: &Source) -> Result<Beat> {
    let mut step = Step::begin(ctx, run, source.id).await?;
    let beat = run.beat(&mut step.tx, 0, None).await?;
    sqlx::query!("delete from import_rows where company_id = $1 and import_id = $2", step.company, step.import)
        .execute(step.tx.conn())
        .await?;
    step.tx.commit().await?;
    Ok(beat)
}

/// Stages some rows; `seen` rows of the file are behind us.
pub async fn stage(ctx: &Ctx, run: &Running, source: &Source, rows: &[Staged], seen: i64) -> Result<Beat> {
    let mut step = Step::begin(ctx, run, source.id).await?;
    let beat = run.beat(&mut step.tx, seen, None).await?;
    let lines: Vec<i32> = rows.iter().map(|r| r.line).collect();
    let cells: Vec<Value> = rows.iter().map(|r| json!(r.cells)).collect();
    let data: Vec<Value> = rows.iter().map(|r| Value::Object(r.data.clone())).collect();
    let problems: Vec<Value> = rows.iter().map(|r| json!(r.problems)).collect();
    sqlx::query!(
        "insert into import_rows (company_id, import_id, line, cells, data, problems)
         select $1, $2, s.line, s.cells, s.data, s.problems
         from unnest($3::int[], $4::jsonb[], $5::jsonb[], $6::jsonb[]) as s (line, cells, data, problems)",
        step.company,
        step.import,
        &lines,
        &cells,
        &data,
        &problems
    )
    .execute(step.tx.conn())
    .await?;
    step.tx.commit().await?;
    Ok(beat)
}

/// Looks the staged rows up in the database and gives each its verdict. The dry run ends here.
///
/// # Errors
/// `empty_spreadsheet` when there was no row of data.
pub async fn check(ctx: &Ctx, run: &Running, source: &Source) -> Result<()> {
    let mut step = Step::begin(ctx, run, source.id).await?;
    run.beat(&mut step.tx, 0, None).await?;
    judge(&mut step, source.kind).await?;
    queries::count(&mut step.tx, source.id).await?;
    let rows = sqlx::query_scalar!(
        r#"select rows_total from imports where company_id = $1 and id = $2"#,
        step.company,
        step.import
    )
    .fetch_one(step.tx.conn())
    .await?;
    if rows == 0 {
        return Err(Code::EmptySpreadsheet.into());
    }
    queries::set_state(&mut step.tx, source.id, ImportState::Checked, None).await?;
    run.end(&mut step.tx, TaskState::Done, None, None).await?;
    step.tx.commit().await
}

/// Forgets what an earlier look found, looks again, and decides.
async fn judge(step: &mut Step, kind: ImportKind) -> Result<()> {
    step.as_sets().await?;
    sqlx::query!(
        "update import_rows set verdict = null, fresh = false, leader = null, building_id = null, unit_id = null, account_id = null,
           contact_id = null, user_id = null, request_id = null,
           problems = jsonb_path_query_array(problems, '$[*] ? (!exists(@.looked))')
         where company_id = $1 and import_id = $2 and not done",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    match kind {
        ImportKind::Property => property::look(step).await?,
        ImportKind::People => people::look(step).await?,
        ImportKind::Staff => staff::look(step).await?,
        ImportKind::Requests => requests::look(step).await?,
        ImportKind::Balances => balances::look(step).await?,
    }
    Ok(())
}

/// Marks the rows with something that keeps them from being written.
pub(super) async fn mark_wrong(step: &mut Step) -> Result<()> {
    sqlx::query!(
        "update import_rows set verdict = 'wrong' where company_id = $1 and import_id = $2 and not done
           and jsonb_path_exists(problems, '$[*] ? (!exists(@.warning))')",
        step.company,
        step.import
    )
    .execute(step.tx.conn())
    .await?;
    Ok(())
}

/// Writes the good rows, a chunk a transaction. Rows written before an interruption are not written again.
pub async fn apply(ctx: &Ctx, run: &Running) -> Result<Beat> {
    let source = source(ctx, run).await?;
    // The world went on since the check.
    let mut step = Step::begin(ctx, run, source.id).await?;
    run.beat(&mut step.tx, 0, None).await?;
    judge(&mut step, source.kind).await?;
    let todo = sqlx::query!(
        r#"select count(*) filter (where done) as "done!", count(*) as "total!" from import_rows
           where company_id = $1 and import_id = $2 and verdict in ('new', 'changed')"#,
        step.company,
        step.import
    )
    .fetch_one(step.tx.conn())
    .await?;
    step.tx.commit().await?;
    let mut done = todo.done;
    let locked = match source.kind {
        ImportKind::Staff => locked_password(ctx).await?,
        _ => String::new(),
    };
    loop {
        let mut step = Step::begin(ctx, run, source.id).await?;
        if run.beat(&mut step.tx, done, Some(todo.total)).await? == Beat::Cancel {
            step.tx.commit().await?;
            return Ok(Beat::Cancel);
        }
        let bounds = sqlx::query!(
            r#"select min(line) as "low?", max(line) as "high?", count(*) as "rows!" from (
                 select line from import_rows
                 where company_id = $1 and import_id = $2 and not done and verdict in ('new', 'changed') order by line limit $3) c"#,
            step.company,
            step.import,
            i64::from(CHUNK)
        )
        .fetch_one(step.tx.conn())
        .await?;
        let (Some(low), Some(high)) = (bounds.low, bounds.high) else {
            queries::count(&mut step.tx, source.id).await?;
            queries::set_state(&mut step.tx, source.id, ImportState::Done, None).await?;
            run.end(&mut step.tx, TaskState::Done, None, None).await?;
            step.tx.commit().await?;
            return Ok(Beat::GoOn);
        };
        step.as_sets().await?;
        write(&mut step, source.kind, low, high, &locked).await?;
        done += bounds.rows;
        step.tx.commit().await?;
    }
}

/// The hash of a password that nobody knows.
async fn locked_password(ctx: &Ctx) -> Result<String> {
    ctx.passwords.hash(&platform::tokens::random_token()).await.map_err(|e| crate::Error::internal("password hash", e))
}

/// One chunk: the records, their memory for an undo, their audit.
async fn write(step: &mut Step, kind: ImportKind, low: i32, high: i32, locked: &str) -> Result<()> {
    let before = sqlx::query_scalar!(
        r#"select coalesce(max(seq), 0) as "seq!" from import_objects where company_id = $1 and import_id = $2"#,
        step.company,
        step.import
    )
    .fetch_one(step.tx.conn())
    .await?;
    match kind {
        ImportKind::Property => property::write(step, low, high).await?,
        ImportKind::People => people::write(step, low, high).await?,
        ImportKind::Staff => staff::write(step, low, high, locked).await?,
        ImportKind::Requests => requests::write(step, low, high).await?,
        ImportKind::Balances => balances::write(step, low, high).await?,
    }
    sqlx::query!(
        "update import_rows set done = true where company_id = $1 and import_id = $2 and line between $3 and $4
           and not done and verdict in ('new', 'changed')",
        step.company,
        step.import,
        low,
        high
    )
    .execute(step.tx.conn())
    .await?;
    let actor = step.tx.actor().clone();
    let now = step.tx.now();
    sqlx::query!(
        "insert into audit_log (id, company_id, at, actor_id, actor_name, actor_role, door, action, object_type, object_id, changes)
         select gen_random_uuid(), $1, $4, $5, $6, $7, $8, o.object_type || case o.action when 'made' then '.create' else '.update' end,
           o.object_type, o.object_id, o.changes || jsonb_build_object('import', jsonb_build_array(null, $2::uuid))
         from import_objects o where o.company_id = $1 and o.import_id = $2 and o.seq > $3 order by o.seq",
        step.company,
        step.import,
        before,
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
