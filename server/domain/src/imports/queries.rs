//! The rows of imports themselves.

use super::{Sheet, fields, missing};
use crate::{Error, Result, Scope, Tx, error::word, tasks};
use model::{
    ImportId, TaskId,
    imports::{
        CleanValue, FIRST_ROWS, Field, FirstRow, ImportCard, ImportColumn, ImportCounts, ImportKind, ImportRow,
        ImportState, KeptRow, Trouble, WrongRow,
    },
};
use serde_json::Value;
use sqlx::types::Json;

pub(super) struct New<'a> {
    pub id: ImportId,
    pub kind: ImportKind,
    pub name: &'a str,
    pub key: &'a str,
    pub size: i64,
    pub sheets: &'a [Sheet],
    pub sheet: usize,
    pub header: usize,
    pub columns: &'a [Option<Field>],
}

fn int(n: usize) -> Result<i32> {
    i32::try_from(n).map_err(|e| Error::internal("a count of an import", e))
}

pub(super) async fn insert(tx: &mut Tx, new: &New<'_>) -> Result<()> {
    let (company, user, now) = (tx.actor().company_id().0, tx.actor().user_id().map(|u| u.0), tx.now());
    let name = tx.actor().name().to_owned();
    sqlx::query!(
        "insert into imports (id, company_id, kind, file_name, blob_key, size, sheets, sheet, header_row, columns, created_by, created_by_name, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)",
        new.id.0,
        company,
        new.kind.as_str(),
        new.name,
        new.key,
        new.size,
        serde_json::to_value(new.sheets)?,
        int(new.sheet)?,
        int(new.header)?,
        serde_json::to_value(new.columns)?,
        user,
        name,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An import as the work on it needs it.
pub(super) struct Core {
    pub kind: ImportKind,
    pub state: ImportState,
    pub version: i32,
    pub file_name: String,
    pub blob_key: String,
    pub sheets: Vec<Sheet>,
    pub sheet: usize,
    pub header: usize,
    pub columns: Vec<Option<Field>>,
}

pub(super) async fn lock(tx: &mut Tx, scope: &Scope, id: ImportId) -> Result<Core> {
    let i = sqlx::query!(
        r#"select kind, state, version, file_name, blob_key, sheets as "sheets: Json<Vec<Sheet>>", sheet, header_row,
             columns as "columns: Json<Vec<Option<Field>>>"
           from imports where company_id = $1 and id = $2 for update"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Core {
        kind: word(&i.kind)?,
        state: word(&i.state)?,
        version: i.version,
        file_name: i.file_name,
        blob_key: i.blob_key,
        sheets: i.sheets.0,
        sheet: super::index(i.sheet),
        header: super::index(i.header_row),
        columns: i.columns.0,
    })
}

pub(super) async fn set_columns(
    tx: &mut Tx,
    id: ImportId,
    sheet: usize,
    header: usize,
    columns: &[Option<Field>],
) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update imports set state = 'uploaded', version = version + 1, updated_at = $3, sheet = $4, header_row = $5, columns = $6,
           rows_total = 0, rows_new = 0, rows_changed = 0, rows_same = 0, rows_wrong = 0, rows_done = 0
         where company_id = $1 and id = $2",
        company,
        id.0,
        now,
        int(sheet)?,
        int(header)?,
        serde_json::to_value(columns)?
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from import_rows where company_id = $1 and import_id = $2", company, id.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A new state; the task stays when none is named.
pub(super) async fn set_state(tx: &mut Tx, id: ImportId, state: ImportState, task: Option<TaskId>) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update imports set state = $3, version = version + 1, updated_at = $4, task_id = coalesce($5, task_id)
         where company_id = $1 and id = $2",
        company,
        id.0,
        state.as_str(),
        now,
        task.map(|t| t.0)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Counts the rows and records anew.
pub(super) async fn count(tx: &mut Tx, id: ImportId) -> Result<()> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "update imports i set rows_total = r.total, rows_new = r.new, rows_changed = r.changed, rows_same = r.same,
           rows_wrong = r.wrong, rows_done = r.done, objects_made = o.made, objects_kept = o.kept
         from (select count(*)::int as total, (count(*) filter (where verdict = 'new'))::int as new,
                 (count(*) filter (where verdict = 'changed'))::int as changed, (count(*) filter (where verdict = 'same'))::int as same,
                 (count(*) filter (where verdict = 'wrong'))::int as wrong, (count(*) filter (where done))::int as done
               from import_rows where company_id = $1 and import_id = $2) r,
              (select (count(*) filter (where undone_at is null))::int as made, count(kept)::int as kept
               from import_objects where company_id = $1 and import_id = $2) o
         where i.company_id = $1 and i.id = $2",
        company,
        id.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn list(tx: &mut Tx, scope: &Scope) -> Result<Vec<ImportRow>> {
    let rows = sqlx::query!(
        "select id, kind, state, file_name, rows_total, rows_new, rows_changed, rows_same, rows_wrong, rows_done, objects_made,
           objects_kept, created_by_name, created_at
         from imports where company_id = $1 order by created_at desc, id desc limit 100",
        scope.company()
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|i| {
            Ok(ImportRow {
                id: i.id.into(),
                kind: word(&i.kind)?,
                state: word(&i.state)?,
                file_name: i.file_name,
                counts: ImportCounts {
                    total: i.rows_total,
                    new: i.rows_new,
                    changed: i.rows_changed,
                    same: i.rows_same,
                    wrong: i.rows_wrong,
                    done: i.rows_done,
                    made: i.objects_made,
                    kept: i.objects_kept,
                },
                created_by: i.created_by_name,
                created_at: i.created_at,
            })
        })
        .collect()
}

pub(super) async fn card(tx: &mut Tx, scope: &Scope, id: ImportId) -> Result<ImportCard> {
    let i = sqlx::query!(
        r#"select kind, state, version, file_name, size, sheets as "sheets: Json<Vec<Sheet>>", sheet, header_row,
             columns as "columns: Json<Vec<Option<Field>>>", rows_total, rows_new, rows_changed, rows_same, rows_wrong, rows_done,
             objects_made, objects_kept, task_id, created_by_name, created_at
           from imports where company_id = $1 and id = $2"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let kind: ImportKind = word(&i.kind)?;
    let state: ImportState = word(&i.state)?;
    let sheet = super::index(i.sheet);
    let header = super::index(i.header_row);
    let head = i.sheets.0.get(sheet).map(|s| s.rows.clone()).unwrap_or_default();
    let titles = fields::titles(&head, header);
    let columns = (0..titles.len().max(i.columns.0.len()))
        .map(|n| ImportColumn {
            title: titles.get(n).cloned().unwrap_or_default(),
            field: i.columns.0.get(n).copied().flatten(),
            examples: head
                .iter()
                .skip(header + 1)
                .filter_map(|row| row.get(n))
                .filter(|c| !c.is_empty())
                .take(3)
                .cloned()
                .collect(),
        })
        .collect();
    let counts = ImportCounts {
        total: i.rows_total,
        new: i.rows_new,
        changed: i.rows_changed,
        same: i.rows_same,
        wrong: i.rows_wrong,
        done: i.rows_done,
        made: i.objects_made,
        kept: i.objects_kept,
    };
    let (wrong, warnings) = match state {
        ImportState::Uploaded | ImportState::Checking => (Vec::new(), Vec::new()),
        _ => (wrong(tx, scope, id, 0, 100).await?, warned(tx, scope, id).await?),
    };
    let first = if state == ImportState::Checked { first(tx, scope, id, kind).await? } else { Vec::new() };
    let kept = if counts.kept > 0 { kept(tx, scope, id).await? } else { Vec::new() };
    let task = match i.task_id {
        Some(task) => Some(tasks::view(tx, task.into()).await?),
        None => None,
    };
    Ok(ImportCard {
        id,
        version: i.version,
        kind,
        state,
        file_name: i.file_name,
        size: i.size,
        sheets: i.sheets.0.into_iter().map(|s| s.name).collect(),
        sheet: i.sheet,
        header_row: i.header_row,
        head,
        missing: missing(kind, &i.columns.0),
        columns,
        counts,
        first,
        wrong,
        warnings,
        kept,
        task,
        created_by: i.created_by_name,
        created_at: i.created_at,
    })
}

/// The first rows as they would be written.
async fn first(tx: &mut Tx, scope: &Scope, id: ImportId, kind: ImportKind) -> Result<Vec<FirstRow>> {
    let rows = sqlx::query!(
        r#"select line, verdict as "verdict!", data, problems as "troubles: Json<Vec<Trouble>>" from import_rows
           where company_id = $1 and import_id = $2 and verdict is not null order by line limit $3"#,
        scope.company(),
        id.0,
        FIRST_ROWS
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            let values = kind
                .fields()
                .iter()
                .filter_map(|field| Some(CleanValue { field: *field, value: shown(r.data.get(field.as_str())?)? }));
            let values = values.collect();
            Ok(FirstRow { line: r.line, verdict: word(&r.verdict)?, values, troubles: r.troubles.0 })
        })
        .collect()
}

/// A cleaned value as text; a share as it is written.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(pair) if pair.len() == 2 && pair.iter().all(Value::is_number) => {
            Some(format!("{}/{}", pair[0], pair[1]))
        }
        Value::Array(items) => Some(items.iter().filter_map(shown).collect::<Vec<_>>().join("; ")),
        other => Some(other.to_string()),
    }
}

/// Wrong rows after a line, in order.
pub(super) async fn wrong(tx: &mut Tx, scope: &Scope, id: ImportId, after: i32, limit: i64) -> Result<Vec<WrongRow>> {
    let rows = sqlx::query!(
        r#"select line, cells as "cells: Json<Vec<String>>", problems as "troubles: Json<Vec<Trouble>>" from import_rows
           where company_id = $1 and import_id = $2 and verdict = 'wrong' and line > $3 order by line limit $4"#,
        scope.company(),
        id.0,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| WrongRow { line: r.line, cells: r.cells.0, troubles: r.troubles.0 }).collect())
}

async fn warned(tx: &mut Tx, scope: &Scope, id: ImportId) -> Result<Vec<WrongRow>> {
    let rows = sqlx::query!(
        r#"select line, cells as "cells: Json<Vec<String>>", problems as "troubles: Json<Vec<Trouble>>" from import_rows
           where company_id = $1 and import_id = $2 and verdict <> 'wrong' and problems <> '[]' order by line limit 100"#,
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| WrongRow { line: r.line, cells: r.cells.0, troubles: r.troubles.0 }).collect())
}

async fn kept(tx: &mut Tx, scope: &Scope, id: ImportId) -> Result<Vec<KeptRow>> {
    let rows = sqlx::query!(
        r#"select object_type, kept as "reason!", count(*) as "count!", (array_agg(distinct line order by line))[1:10] as "lines!"
           from import_objects where company_id = $1 and import_id = $2 and kept is not null group by 1, 2 order by 1, 2"#,
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| KeptRow { object_type: r.object_type, reason: r.reason, count: r.count, lines: r.lines })
        .collect())
}
