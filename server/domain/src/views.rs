//! Lists as people keep them: saved views, own and shared, hidden columns, the view a list opens with.

use crate::{Actor, Ctx, Error, Result, Tx, error::word};
use model::{
    Code, Permission as P, Role, SavedViewId,
    search::{CreateView, KeepList, List, ListSetup, SavedView, UpdateView, may_list, name_taken},
    validate,
};
use platform::{db::constraint_of, ids::new_id};
use serde::Serialize;
use sqlx::types::Uuid;

/// So many views of one list a person can tell apart.
const MOST: i64 = 50;

/// A view as the audit compares it.
#[derive(Serialize)]
struct State {
    name: String,
    query: String,
    shared: bool,
}

/// The caller's views of a list, those shared with them, and how they keep the list.
///
/// # Errors
/// `forbidden` when the caller's role has no such list.
pub async fn setup(ctx: &Ctx, actor: &Actor, list: List) -> Result<ListSetup> {
    let user = reader(actor, list)?;
    let mut tx = ctx.begin(actor).await?;
    let views = read(&mut tx, user, list, None).await?;
    let kept = sqlx::query!(
        "select hidden, default_view from list_settings where company_id = $1 and user_id = $2 and list = $3",
        actor.company_id().0,
        user,
        list.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    let (hidden, default_view) = kept.map(|kept| (kept.hidden, kept.default_view)).unwrap_or_default();
    // Somebody may have stopped sharing it.
    let default_view = default_view.map(SavedViewId::from).filter(|id| views.iter().any(|view| view.id == *id));
    Ok(ListSetup { views, hidden, default_view })
}

/// Saves a view.
///
/// # Errors
/// `invalid` on a name the caller already uses for this list, or when they have too many.
pub async fn create(ctx: &Ctx, actor: &Actor, command: &CreateView) -> Result<SavedView> {
    let user = reader(actor, command.list)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let (id, now) = (new_id(), tx.now());
    let made = sqlx::query!(
        "insert into saved_views (id, company_id, owner_id, list, name, query, shared, created_at)
         select $1, $2, $3, $4, $5, $6, $7, $8
         where (select count(*) from saved_views where company_id = $2 and owner_id = $3 and list = $4) < $9",
        id,
        actor.company_id().0,
        user,
        command.list.as_str(),
        command.name.trim(),
        command.query.trim_start_matches('?'),
        command.shared,
        now,
        MOST
    )
    .execute(tx.conn())
    .await
    .map_err(taken)?;
    if made.rows_affected() == 0 {
        return Err(Error::field("/name", "out_of_range"));
    }
    let view = one(&mut tx, user, id.into()).await?;
    tx.record("view.create", "setting", id, None, Some(&state(&view))).await?;
    tx.commit().await?;
    Ok(view)
}

/// Renames, changes or shares a view. `version` is the one the editor saw.
///
/// # Errors
/// `not_found` for views of others that are not shared; `forbidden` for shared ones without the right to settings;
/// `conflict` when somebody changed it meanwhile.
pub async fn update(
    ctx: &Ctx,
    actor: &Actor,
    id: SavedViewId,
    version: i32,
    command: &UpdateView,
) -> Result<SavedView> {
    let user = reader_of_any(actor)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let old = editable(&mut tx, user, id).await?;
    let changed = sqlx::query!(
        "update saved_views set name = coalesce($3, name), query = coalesce($4, query), shared = coalesce($5, shared),
           version = version + 1
         where company_id = $1 and id = $2 and version = $6",
        actor.company_id().0,
        id.0,
        command.name.as_deref().map(str::trim),
        command.query.as_deref().map(|query| query.trim_start_matches('?')),
        command.shared,
        version
    )
    .execute(tx.conn())
    .await
    .map_err(taken)?;
    if changed.rows_affected() == 0 {
        return Err(Code::Conflict.into());
    }
    let view = match one(&mut tx, user, id).await {
        // An administrator who made somebody else's view private sees it no more.
        Err(error) if error.code() == Code::NotFound => {
            SavedView { shared: false, version: version + 1, ..old.clone() }
        }
        found => found?,
    };
    tx.record("view.update", "setting", id.0, Some(&state(&old)), Some(&state(&view))).await?;
    tx.commit().await?;
    Ok(view)
}

/// Deletes a view; lists that opened with it open as they are.
///
/// # Errors
/// As [`update`].
pub async fn delete(ctx: &Ctx, actor: &Actor, id: SavedViewId) -> Result<()> {
    let user = reader_of_any(actor)?;
    let mut tx = ctx.begin(actor).await?;
    let old = editable(&mut tx, user, id).await?;
    sqlx::query!("delete from saved_views where company_id = $1 and id = $2", actor.company_id().0, id.0)
        .execute(tx.conn())
        .await?;
    tx.record("view.delete", "setting", id.0, Some(&state(&old)), None).await?;
    tx.commit().await
}

/// Keeps which columns the caller hides and which view their list opens with.
///
/// # Errors
/// `invalid` on a view that is not theirs to see.
pub async fn keep(ctx: &Ctx, actor: &Actor, command: &KeepList) -> Result<()> {
    let user = reader(actor, command.list)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    if let Some(id) = command.default_view {
        let known = read(&mut tx, user, command.list, Some(id)).await?;
        if known.is_empty() {
            return Err(Error::field("/default_view", "unknown"));
        }
    }
    // What one person sees on their own screen is no business of the audit.
    sqlx::query!(
        "insert into list_settings (company_id, user_id, list, hidden, default_view) values ($1, $2, $3, $4, $5)
         on conflict (company_id, user_id, list) do update set hidden = excluded.hidden, default_view = excluded.default_view",
        actor.company_id().0,
        user,
        command.list.as_str(),
        &command.hidden,
        command.default_view.map(|id| id.0)
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// The caller, who may look at the list.
fn reader(actor: &Actor, list: List) -> Result<Uuid> {
    if !may_list(actor.role(), list) {
        return Err(Code::Forbidden.into());
    }
    Ok(actor.user()?.0)
}

fn reader_of_any(actor: &Actor) -> Result<Uuid> {
    reader(actor, List::Requests)
}

fn may_edit_shared(role: Role) -> bool {
    role.can(P::SettingsManage)
}

async fn read(tx: &mut Tx, user: Uuid, list: List, only: Option<SavedViewId>) -> Result<Vec<SavedView>> {
    let company = tx.actor().company_id().0;
    let manages = may_edit_shared(tx.actor().role());
    let rows = sqlx::query!(
        // A super admin's login lies outside the company: their view has no owner to show.
        r#"select v.id, v.name, v.query, v.shared, v.version, v.owner_id, coalesce(u.name, '') as "owner!"
         from saved_views v left join users u on u.id = v.owner_id
         where v.company_id = $1 and v.list = $3 and (v.owner_id = $2 or v.shared) and ($4::uuid is null or v.id = $4)
         order by v.shared, lower(v.name), v.id"#,
        company,
        user,
        list.as_str(),
        only.map(|id| id.0)
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| SavedView {
            id: row.id.into(),
            list,
            name: row.name,
            query: row.query,
            shared: row.shared,
            owner: row.owner,
            mine: row.owner_id == user,
            may_edit: row.owner_id == user || manages,
            version: row.version,
        })
        .collect())
}

async fn one(tx: &mut Tx, user: Uuid, id: SavedViewId) -> Result<SavedView> {
    let company = tx.actor().company_id().0;
    let list = sqlx::query_scalar!("select list from saved_views where company_id = $1 and id = $2", company, id.0)
        .fetch_one(tx.conn())
        .await?;
    let list: List = word(&list)?;
    if !may_list(tx.actor().role(), list) {
        return Err(Code::NotFound.into());
    }
    read(tx, user, list, Some(id)).await?.into_iter().next().ok_or_else(|| Code::NotFound.into())
}

async fn editable(tx: &mut Tx, user: Uuid, id: SavedViewId) -> Result<SavedView> {
    let view = one(tx, user, id).await?;
    if view.may_edit { Ok(view) } else { Err(Code::Forbidden.into()) }
}

fn state(view: &SavedView) -> State {
    State { name: view.name.clone(), query: view.query.clone(), shared: view.shared }
}

fn taken(error: sqlx::Error) -> Error {
    if constraint_of(&error) == Some("saved_views_name") {
        return Error::Failure(model::Failure::invalid(vec![name_taken()]));
    }
    error.into()
}
