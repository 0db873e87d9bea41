//! Ready replies: the company's and one's own, in several languages, with the facts of a request filled in.

use super::list::must_see;
use crate::{Actor, Ctx, Error, Result, Tx};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use model::{
    Code, Failure, FieldError, Lang, Permission as P, ReplyId, RequestId,
    requests::{FilledReply, ReplyView, SaveReply, fill},
    validate,
};
use platform::{db::constraint_of, ids::new_id};
use serde::Serialize;

/// So many replies of one kind can still be found.
const MOST: i64 = 100;

#[derive(Serialize)]
struct State<'a> {
    title: &'a str,
    ru: &'a str,
    uz: &'a str,
    en: &'a str,
    shared: bool,
}

fn state(reply: &ReplyView) -> State<'_> {
    State { title: &reply.title, ru: &reply.ru, uz: &reply.uz, en: &reply.en, shared: reply.shared }
}

/// The company's replies and the caller's own.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<ReplyView>> {
    actor.scope(P::RequestsCommentInternal)?;
    let mut tx = ctx.begin(actor).await?;
    read(&mut tx, None).await
}

/// Makes a reply.
///
/// # Errors
/// `forbidden` for the company's without the right to its settings; `invalid` on a title that is there, on a reply
/// without words, or when there are too many.
pub async fn create(ctx: &Ctx, actor: &Actor, command: &SaveReply) -> Result<ReplyView> {
    allowed(actor, command.shared)?;
    check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let (id, now) = (new_id(), tx.now());
    let owner = owner(actor, command.shared)?;
    let made = sqlx::query!(
        "insert into saved_replies (id, company_id, owner_id, title, body_ru, body_uz, body_en, created_at)
         select $1, $2, $3, $4, $5, $6, $7, $8
         where (select count(*) from saved_replies where company_id = $2 and owner_id is not distinct from $3::uuid) < $9",
        id,
        actor.company_id().0,
        owner,
        command.title.trim(),
        command.ru.trim(),
        command.uz.trim(),
        command.en.trim(),
        now,
        MOST
    )
    .execute(tx.conn())
    .await
    .map_err(taken)?;
    if made.rows_affected() == 0 {
        let limit = Some(MOST);
        return Err(Failure::invalid(vec![FieldError { limit, ..FieldError::new("/title", "too_many") }]).into());
    }
    let reply = one(&mut tx, id.into()).await?;
    tx.record("reply.create", "setting", id, None, Some(&state(&reply))).await?;
    tx.commit().await?;
    Ok(reply)
}

/// Replaces a reply. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; the others as [`create`].
pub async fn update(ctx: &Ctx, actor: &Actor, id: ReplyId, version: i32, command: &SaveReply) -> Result<ReplyView> {
    actor.scope(P::RequestsCommentInternal)?;
    check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let old = one(&mut tx, id).await?;
    allowed(actor, old.shared || command.shared)?;
    let owner = owner(actor, command.shared)?;
    let changed = sqlx::query!(
        "update saved_replies set owner_id = $3, title = $4, body_ru = $5, body_uz = $6, body_en = $7, version = version + 1
         where company_id = $1 and id = $2 and version = $8",
        actor.company_id().0,
        id.0,
        owner,
        command.title.trim(),
        command.ru.trim(),
        command.uz.trim(),
        command.en.trim(),
        version
    )
    .execute(tx.conn())
    .await
    .map_err(taken)?;
    if changed.rows_affected() == 0 {
        return Err(Code::Conflict.into());
    }
    let reply = one(&mut tx, id).await?;
    tx.record("reply.update", "setting", id.0, Some(&state(&old)), Some(&state(&reply))).await?;
    tx.commit().await?;
    Ok(reply)
}

/// Deletes a reply.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: ReplyId) -> Result<()> {
    actor.scope(P::RequestsCommentInternal)?;
    let mut tx = ctx.begin(actor).await?;
    let old = one(&mut tx, id).await?;
    allowed(actor, old.shared)?;
    sqlx::query!("delete from saved_replies where company_id = $1 and id = $2", actor.company_id().0, id.0)
        .execute(tx.conn())
        .await?;
    tx.record("reply.delete", "setting", id.0, Some(&state(&old)), None).await?;
    tx.commit().await
}

/// The replies with the facts of a request filled in, in the language of the resident who filed it.
pub async fn filled(ctx: &Ctx, actor: &Actor, id: RequestId) -> Result<Vec<FilledReply>> {
    let scope = actor.scope(P::RequestsCommentInternal)?;
    let mut tx = ctx.begin(actor).await?;
    must_see(&mut tx, &scope, id).await?;
    let row = sqlx::query!(
        r#"select r.number, r.address, r.contact_name, r.due_at, u.name as "assignee?", coalesce(c.lang, m.lang) as "lang!", m.time_zone
           from requests r join companies m on m.id = r.company_id
           left join contacts c on c.company_id = r.company_id and c.id = r.contact_id
           left join users u on u.id = r.assignee_id
           where r.company_id = $1 and r.id = $2"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let lang = Lang::parse(&row.lang).unwrap_or_default();
    let zone: Tz = row.time_zone.parse().unwrap_or(chrono_tz::Asia::Tashkent);
    let value = |name: &str| match name {
        "number" => Some(row.number.to_string()),
        "address" => Some(row.address.clone()),
        "name" => row.contact_name.clone(),
        "assignee" => row.assignee.clone(),
        "due" => row.due_at.map(|due| moment(due, zone)),
        _ => None,
    };
    Ok(read(&mut tx, None)
        .await?
        .into_iter()
        .map(|reply| FilledReply {
            id: reply.id,
            body: fill(reply.body(lang), value),
            title: reply.title,
            shared: reply.shared,
        })
        .collect())
}

/// Numbers read alike in all languages.
fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%d.%m.%Y %H:%M").to_string()
}

fn allowed(actor: &Actor, shared: bool) -> Result<()> {
    actor.scope(if shared { P::SettingsManage } else { P::RequestsCommentInternal })?;
    Ok(())
}

fn owner(actor: &Actor, shared: bool) -> Result<Option<uuid::Uuid>> {
    if shared { Ok(None) } else { Ok(Some(actor.user()?.0)) }
}

fn check(command: &SaveReply) -> Result<()> {
    validate::check(command)?;
    if [&command.ru, &command.uz, &command.en].iter().all(|text| text.trim().is_empty()) {
        return Err(Error::field("/ru", "required"));
    }
    Ok(())
}

fn taken(error: sqlx::Error) -> Error {
    if constraint_of(&error) == Some("saved_replies_title") {
        return Error::field("/title", "taken");
    }
    error.into()
}

async fn one(tx: &mut Tx, id: ReplyId) -> Result<ReplyView> {
    read(tx, Some(id)).await?.into_iter().next().ok_or_else(|| Code::NotFound.into())
}

async fn read(tx: &mut Tx, only: Option<ReplyId>) -> Result<Vec<ReplyView>> {
    let actor = tx.actor().clone();
    let manages = actor.role().can(P::SettingsManage);
    let rows = sqlx::query!(
        "select id, owner_id, title, body_ru, body_uz, body_en, version from saved_replies
         where company_id = $1 and (owner_id is null or owner_id = $2) and ($3::uuid is null or id = $3)
         order by owner_id is null, lower(title), id",
        actor.company_id().0,
        actor.user_id().map(|u| u.0),
        only.map(|id| id.0)
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ReplyView {
            id: row.id.into(),
            title: row.title,
            ru: row.body_ru,
            uz: row.body_uz,
            en: row.body_en,
            shared: row.owner_id.is_none(),
            may_edit: row.owner_id.is_some() || manages,
            version: row.version,
        })
        .collect())
}
