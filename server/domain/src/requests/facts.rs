//! Two people edit the facts of one request. Edits of different fields both hold; the second edit of one field is
//! refused with its name, so that the editor can show both values and let a person choose.

use super::queries::Core;
use crate::{Error, Result, Tx};
use chrono::TimeDelta;
use model::{
    Code, Failure, FieldError, ProblemId, RequestId,
    requests::{Category, Change, Kind, Priority, UpdateRequest},
};
use platform::ids::new_id;

pub(super) type Changed = (Change, Option<String>, Option<String>);

/// Rows of the history from before it kept versions cannot say when they were made, but nobody edits a page for a day.
/// Edits of the problem always kept them: without one it is the problem the request was filed with.
const FORGOTTEN: TimeDelta = TimeDelta::days(1);

fn pointer(change: Change) -> Option<&'static str> {
    Some(match change {
        Change::Description => "/description",
        Change::Category => "/category",
        Change::Problem => "/problem_id",
        Change::Kind => "/kind",
        Change::Priority => "/priority",
        Change::Due => "/due_at",
        Change::Hidden => "/hidden",
        _ => return None,
    })
}

/// The edit was made on `seen`: refuses what somebody else has changed since, field by field.
///
/// # Errors
/// `conflict` with a pointer to each field that both have changed, to different values.
pub(super) async fn mergeable(tx: &mut Tx, core: &Core, seen: i32, command: &UpdateRequest) -> Result<()> {
    if core.version == seen {
        return Ok(());
    }
    if !(1..core.version).contains(&seen) {
        return Err(Code::Conflict.into());
    }
    let (company, since) = (tx.actor().company_id().0, tx.now() - FORGOTTEN);
    let touched = sqlx::query_scalar!(
        "select distinct change from request_history
         where company_id = $1 and request_id = $2 and (version > $3 or (version is null and at > $4 and change <> 'problem'))",
        company,
        core.id.0,
        seen,
        since
    )
    .fetch_all(tx.conn())
    .await?;
    let wanted = differences(tx, core, command).await?;
    let mut fields: Vec<FieldError> = wanted
        .iter()
        .filter(|(change, ..)| meet(&touched, *change))
        .filter_map(|(change, ..)| Some(FieldError::new(pointer(*change)?, "changed")))
        .collect();
    if let Some(problem) = command.problem_id
        && meet(&touched, Change::Problem)
        && self::problem(tx, core.id).await? != problem
    {
        fields.extend(pointer(Change::Problem).map(|pointer| FieldError::new(pointer, "changed")));
    }
    if fields.is_empty() {
        return Ok(());
    }
    Err(Failure { fields, ..Failure::new(Code::Conflict) }.into())
}

/// Somebody has changed the same. The problem and its category are one choice: either takes the other along.
fn meet(touched: &[String], change: Change) -> bool {
    let has = |change: Change| touched.iter().any(|t| t == change.as_str());
    match change {
        Change::Category | Change::Problem => has(Change::Category) || has(Change::Problem),
        other => has(other),
    }
}

/// Writes what an edit changed, with the version it made.
pub(super) async fn record(tx: &mut Tx, core: &Core, changes: &[Changed]) -> Result<()> {
    let actor = tx.actor().clone();
    let now = tx.now();
    for (change, old, new) in changes {
        sqlx::query!(
            "insert into request_history (id, company_id, request_id, at, actor_id, actor_name, actor_role, change, old, new, version)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            new_id(),
            actor.company_id().0,
            core.id.0,
            now,
            actor.user_id().map(|u| u.0),
            actor.name(),
            actor.user_id().map(|_| actor.role().as_str()),
            change.as_str(),
            old.as_deref(),
            new.as_deref(),
            core.version + 1
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// What a command would change: each field that differs, old and new.
async fn differences(tx: &mut Tx, core: &Core, command: &UpdateRequest) -> Result<Vec<Changed>> {
    let company = tx.actor().company_id().0;
    let old = sqlx::query!(
        "select description, category, kind, priority, due_at, hidden from requests where company_id = $1 and id = $2",
        company,
        core.id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let mut changes: Vec<Changed> = Vec::new();
    let mut note = |change, old: Option<String>, new: Option<String>| {
        if new.is_some() && new != old {
            changes.push((change, old, new));
        }
    };
    note(Change::Description, Some(old.description), command.description.clone());
    note(Change::Category, Some(old.category), command.category.map(|v| v.to_string()));
    note(Change::Kind, Some(old.kind), command.kind.map(|v| v.to_string()));
    note(Change::Priority, Some(old.priority), command.priority.map(|v| v.to_string()));
    note(Change::Hidden, Some(old.hidden.to_string()), command.hidden.map(|v| v.to_string()));
    note(Change::Due, old.due_at.map(|d| d.to_rfc3339()), command.due_at.map(|d| d.to_rfc3339()));
    Ok(changes)
}

/// What the request is about now.
async fn problem(tx: &mut Tx, id: RequestId) -> Result<Option<ProblemId>> {
    let company = tx.actor().company_id().0;
    let found = sqlx::query_scalar!("select problem_id from requests where company_id = $1 and id = $2", company, id.0)
        .fetch_one(tx.conn())
        .await?;
    Ok(found.map(Into::into))
}

pub(super) async fn update_facts(tx: &mut Tx, core: &Core, command: &UpdateRequest) -> Result<Vec<Changed>> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let changes = differences(tx, core, command).await?;
    if changes.is_empty() {
        return Ok(changes);
    }
    sqlx::query!(
        "update requests set description = coalesce($3, description), category = coalesce($4, category),
           kind = coalesce($5, kind), priority = coalesce($6, priority), due_at = coalesce($7, due_at),
           hidden = coalesce($9, hidden), version = version + 1, updated_at = $8
         where company_id = $1 and id = $2",
        company,
        core.id.0,
        command.description,
        command.category.map(Category::as_str),
        command.kind.map(Kind::as_str),
        command.priority.map(Priority::as_str),
        command.due_at,
        now,
        command.hidden
    )
    .execute(tx.conn())
    .await?;
    Ok(changes)
}

/// Whether a request may be hidden from its resident, or shown again.
///
/// # Errors
/// `invalid` when the resident filed it, or when it is joined with others, whose authors follow it.
pub(super) async fn may_hide(tx: &mut Tx, id: RequestId) -> Result<()> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        r#"select exists (select from users u where u.id = r.created_by and u.role = 'resident') as "own!",
             r.merged_into is not null or exists (select from requests d
               where d.company_id = r.company_id and d.merged_into = r.id) as "joined!"
           from requests r where r.company_id = $1 and r.id = $2"#,
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    match (row.own, row.joined) {
        (true, _) => Err(Error::field("/hidden", "filed_by_resident")),
        (false, true) => Err(Error::field("/hidden", "joined_with_others")),
        (false, false) => Ok(()),
    }
}
