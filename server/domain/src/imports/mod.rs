//! Imports of spreadsheets: taken in, mapped, checked as a set, written in chunks, undone as a whole.
//!
//! Reading the bytes is the work of `documents`; doors and the worker hand rows over. Everything that is decided about
//! them is decided here, in SQL over the staged rows (`import_rows`), one file for each kind.

mod balances;
pub(crate) mod fields;
mod people;
mod property;
mod queries;
mod requests;
mod staff;
mod stage;
mod text;
mod undo;

pub use stage::{Source, Staged, apply, check, prepare, source, stage, stage_begin};
pub use text::fold;
pub use undo::undo_all;

use crate::{Actor, Ctx, Error, Result, Tx, audit::Entry, tasks};
use bytes::Bytes;
use model::{
    Code, ImportId, Permission as P,
    auth::Danger,
    imports::{Field, ImportCard, ImportKind, ImportRow, ImportState, SetColumns, WrongRow},
    tasks::TaskKind,
    validate,
};
use platform::ids::new_id;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// Rows of a sheet among which the header is looked for.
const HEAD_SEARCH: usize = 15;

/// A file that was just taken in, with the first rows of its sheets.
pub struct NewImport {
    pub kind: ImportKind,
    pub file_name: String,
    pub bytes: Bytes,
    pub content_type: &'static str,
    pub sheets: Vec<Sheet>,
}

/// A sheet and its first rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    pub name: String,
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    fn is_empty(&self) -> bool {
        self.rows.iter().flatten().all(String::is_empty)
    }
}

/// Takes a file in, finds its header and guesses its columns.
pub async fn create(ctx: &Ctx, actor: &Actor, new: NewImport) -> Result<ImportCard> {
    let scope = actor.scope(P::ImportsRun)?;
    if new.bytes.is_empty() {
        return Err(Code::EmptySpreadsheet.into());
    }
    let sheet = new.sheets.iter().position(|s| !s.is_empty()).ok_or(Code::EmptySpreadsheet)?;
    let size = i64::try_from(new.bytes.len()).map_err(|e| Error::internal("file size", e))?;
    let (header, columns) = guessed(new.kind, &new.sheets[sheet], None);
    let id = ImportId(new_id());
    let key = format!("{}/imports/{id}", scope.company());
    ctx.blobs.put(&key, new.bytes, new.content_type).await.map_err(|e| Error::internal("blob store", e))?;
    let mut tx = ctx.begin(actor).await?;
    let name: String = new.file_name.chars().filter(|c| !c.is_control()).take(200).collect();
    let name = if name.trim().is_empty() { "import".to_owned() } else { name };
    let import = queries::New {
        id,
        kind: new.kind,
        name: &name,
        key: &key,
        size,
        sheets: &new.sheets,
        sheet,
        header,
        columns: &columns,
    };
    queries::insert(&mut tx, &import).await?;
    audit(&mut tx, "import.create", id, json!({ "kind": [null, new.kind], "file_name": [null, name] })).await?;
    let card = queries::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

fn guessed(kind: ImportKind, sheet: &Sheet, header: Option<usize>) -> (usize, Vec<Option<Field>>) {
    let header = header.unwrap_or_else(|| fields::header_row(kind, &sheet.rows));
    (header, fields::guess(kind, &fields::titles(&sheet.rows, header)))
}

/// The company's imports, newest first; the last hundred.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<ImportRow>> {
    let scope = actor.scope(P::ImportsRun)?;
    let mut tx = ctx.begin(actor).await?;
    queries::list(&mut tx, &scope).await
}

pub async fn get(ctx: &Ctx, actor: &Actor, id: ImportId) -> Result<ImportCard> {
    let scope = actor.scope(P::ImportsRun)?;
    let mut tx = ctx.begin(actor).await?;
    queries::card(&mut tx, &scope, id).await
}

/// Chooses the sheet, the header row and what each column is. What was checked before is checked anew.
///
/// # Errors
/// `conflict` on a version seen before; `illegal_transition` once the import has begun to write.
pub async fn set_columns(
    ctx: &Ctx,
    actor: &Actor,
    id: ImportId,
    version: i32,
    command: &SetColumns,
) -> Result<ImportCard> {
    let scope = actor.scope(P::ImportsRun)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let import = queries::lock(&mut tx, &scope, id).await?;
    if import.version != version {
        return Err(Code::Conflict.into());
    }
    if !import.state.may_map() {
        return Err(Code::IllegalTransition.into());
    }
    let (sheet, header) = (index(command.sheet), index(command.header_row));
    let rows = import.sheets.get(sheet).ok_or_else(|| Error::field("/sheet", "unknown"))?;
    if header >= rows.rows.len() {
        return Err(Error::field("/header_row", "out_of_range"));
    }
    let width = fields::titles(&rows.rows, header).len();
    let columns = match &command.columns {
        None => guessed(import.kind, rows, Some(header)).1,
        Some(columns) => {
            let chosen = |f: &Field| columns.iter().filter(|c| **c == Some(*f)).count();
            for (n, field) in columns.iter().enumerate() {
                let Some(field) = field else { continue };
                if !import.kind.fields().contains(field) {
                    return Err(Error::field(&format!("/columns/{n}"), "unknown"));
                }
                if chosen(field) > 1 {
                    return Err(Error::field(&format!("/columns/{n}"), "twice"));
                }
            }
            let mut columns = columns.clone();
            columns.resize(width.max(columns.len()), None);
            columns
        }
    };
    queries::set_columns(&mut tx, id, sheet, header, &columns).await?;
    let card = queries::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

fn index(n: i32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// Checks every row against the rules and the database; writes nothing but what it found.
///
/// # Errors
/// `invalid` while a required column is missing; `illegal_transition` when it is busy or has begun to write.
pub async fn start_check(ctx: &Ctx, actor: &Actor, id: ImportId) -> Result<ImportCard> {
    begin(ctx, actor, id, TaskKind::ImportCheck, ImportState::Checking, ImportState::may_map).await
}

/// Writes the good rows. The wrong ones stay for the error file.
///
/// # Errors
/// `illegal_transition` before it was checked, or when it is busy or over.
pub async fn start_run(ctx: &Ctx, actor: &Actor, id: ImportId) -> Result<ImportCard> {
    begin(ctx, actor, id, TaskKind::ImportRun, ImportState::Running, ImportState::may_run).await
}

/// Takes back what the import made and restores what it changed, but for what was touched since.
///
/// # Errors
/// `illegal_transition` when it wrote nothing, or is busy.
pub async fn start_undo(ctx: &Ctx, actor: &Actor, id: ImportId) -> Result<ImportCard> {
    begin(ctx, actor, id, TaskKind::ImportUndo, ImportState::Undoing, ImportState::may_undo).await
}

async fn begin(
    ctx: &Ctx,
    actor: &Actor,
    id: ImportId,
    work: TaskKind,
    to: ImportState,
    may: fn(ImportState) -> bool,
) -> Result<ImportCard> {
    let scope = actor.scope(P::ImportsRun)?;
    if work == TaskKind::ImportUndo {
        actor.proves(Danger::UndoImport)?;
    }
    let mut tx = ctx.begin(actor).await?;
    let import = queries::lock(&mut tx, &scope, id).await?;
    if !may(import.state) {
        return Err(Code::IllegalTransition.into());
    }
    if work == TaskKind::ImportCheck && !missing(import.kind, &import.columns).is_empty() {
        return Err(Error::field("/columns", "required"));
    }
    let task = tasks::start(&mut tx, work, Some(id.0), &json!({})).await?;
    queries::set_state(&mut tx, id, to, Some(task)).await?;
    audit(&mut tx, action_of(work), id, json!({ "state": [import.state, to] })).await?;
    let card = queries::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

const fn action_of(work: TaskKind) -> &'static str {
    match work {
        TaskKind::ImportCheck => "import.check",
        TaskKind::ImportRun => "import.run",
        TaskKind::ImportUndo => "import.undo",
        TaskKind::Export => "export",
        TaskKind::Receipts => "receipts",
        TaskKind::Letters => "letters",
        TaskKind::ChargePreview => "charge_preview",
        TaskKind::ChargePost => "charge_post",
        TaskKind::ChargeUndo => "charge_undo",
        TaskKind::PenaltyPreview => "penalty_preview",
        TaskKind::PenaltyPost => "penalty_post",
        TaskKind::PenaltyUndo => "penalty_undo",
    }
}

/// Asks the running work on an import to stop.
pub async fn cancel(ctx: &Ctx, actor: &Actor, id: ImportId) -> Result<ImportCard> {
    let card = get(ctx, actor, id).await?;
    if let Some(task) = card.task.filter(|task| !task.state.is_over()) {
        tasks::cancel(ctx, actor, task.id).await?;
    }
    get(ctx, actor, id).await
}

/// Required fields that no column gives.
fn missing(kind: ImportKind, columns: &[Option<Field>]) -> Vec<Field> {
    kind.fields().iter().copied().filter(|f| kind.requires(*f) && !columns.contains(&Some(*f))).collect()
}

/// The work on an import ended early: back to where a person can go on.
pub(crate) async fn broken_off(tx: &mut Tx, id: Uuid, work: TaskKind) -> Result<()> {
    let state = match work {
        TaskKind::ImportCheck => ImportState::Uploaded,
        TaskKind::ImportRun | TaskKind::ImportUndo => ImportState::Stopped,
        TaskKind::Export | TaskKind::Receipts | TaskKind::Letters => return Ok(()),
        TaskKind::ChargePreview | TaskKind::ChargePost | TaskKind::ChargeUndo => {
            return crate::billing::broken_off(tx, id).await;
        }
        TaskKind::PenaltyPreview | TaskKind::PenaltyPost | TaskKind::PenaltyUndo => {
            return crate::penalties::broken_off(tx, id).await;
        }
    };
    queries::count(tx, ImportId(id)).await?;
    queries::set_state(tx, ImportId(id), state, None).await?;
    audit(tx, "import.stop", ImportId(id), json!({ "state": [null, state] })).await
}

/// What the error file of an import is made of.
pub struct ErrorFile {
    pub kind: ImportKind,
    pub file_name: String,
    pub titles: Vec<String>,
    pub rows: Vec<WrongRow>,
}

/// The wrong rows as the file had them, with their reasons.
pub async fn error_file(ctx: &Ctx, actor: &Actor, id: ImportId) -> Result<ErrorFile> {
    const PAGE: i64 = 2_000;
    let scope = actor.scope(P::ImportsRun)?;
    let mut tx = ctx.begin(actor).await?;
    let import = queries::lock(&mut tx, &scope, id).await?;
    let titles = import.sheets.get(import.sheet).map(|s| fields::titles(&s.rows, import.header)).unwrap_or_default();
    let mut rows: Vec<WrongRow> = Vec::new();
    loop {
        let page = queries::wrong(&mut tx, &scope, id, rows.last().map_or(0, |r| r.line), PAGE).await?;
        let last = i64::try_from(page.len()).is_ok_and(|n| n < PAGE);
        rows.extend(page);
        if last {
            break;
        }
    }
    Ok(ErrorFile { kind: import.kind, file_name: import.file_name, titles, rows })
}

async fn audit(tx: &mut Tx, action: &str, id: ImportId, changes: serde_json::Value) -> Result<()> {
    tx.audit(Entry { action, object_type: "import", object_id: Some(id.0), changes }).await
}
