//! The talk on a request: comments with photos and mentions, mended or taken back by their author, and what each
//! person has read.

use super::{READ, audit, card, queries, queries::Core, told, watch};
use crate::{Actor, Ctx, Error, Result, Tx, deadlines::steps, error::word, events::Audience, files, notices};
use chrono::{DateTime, Utc};
use model::{
    Code, CommentId, FileId, Permission as P, RequestId, Role, UserId,
    events::Event,
    notices::NoticeKind,
    requests::{
        AddComment, COMMENT_GRACE, Change, CommentVersion, CommentView, EditComment, Moment, PersonRef, RequestCard,
    },
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// Adds a comment: for everybody on the request, or for the company only.
///
/// # Errors
/// `invalid` when it says nothing and shows nothing, or names somebody who does not see the request.
pub async fn comment(ctx: &Ctx, actor: &Actor, id: RequestId, command: &AddComment) -> Result<RequestCard> {
    let mut tx = ctx.begin(actor).await?;
    say(&mut tx, actor, id, command).await?;
    let card = card::card(&mut tx, &actor.scope_any(&READ)?, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Adds a comment inside the caller's transaction.
pub(super) async fn say(tx: &mut Tx, actor: &Actor, id: RequestId, command: &AddComment) -> Result<CommentId> {
    let scope = if command.internal { actor.scope(P::RequestsCommentInternal)? } else { actor.scope_any(&READ)? };
    validate::check(command)?;
    if command.body.trim().is_empty() && command.file_ids.is_empty() {
        return Err(Error::field("/body", "required"));
    }
    let core = queries::lock(tx, &scope, id).await?;
    let mentioned = mentioned(tx, actor, &core, &command.mentions).await?;
    let comment = insert(tx, &core, command, &mentioned).await?;
    if steps::after_comment(tx, id, command.internal).await? {
        queries::history(tx, id, Change::Waiting, None, Some("false"), None).await?;
    }
    let head = beginning(&command.body);
    let facts = json!({ "key": comment, "words": head });
    for user in &mentioned {
        watch::tell_one(tx, &core, *user, NoticeKind::Mention, facts.clone()).await?;
    }
    watch::tell(tx, &core, NoticeKind::Comment, facts, &mentioned).await?;
    if !command.internal {
        told::written(tx, &core, comment, &head).await?;
    }
    announce(tx, &core, command.internal).await?;
    audit(
        tx,
        "request.comment",
        id,
        json!({ "internal": command.internal, "photos": command.file_ids.len(), "mentions": mentioned.len() }),
    )
    .await?;
    Ok(comment)
}

/// Mends one's own comment, within half an hour. What it said before is kept.
///
/// # Errors
/// `illegal_transition` when it is too late or it was taken back; `not_found` for comments of others.
pub async fn edit(
    ctx: &Ctx,
    actor: &Actor,
    id: RequestId,
    comment: CommentId,
    command: &EditComment,
) -> Result<RequestCard> {
    let scope = actor.scope_any(&READ)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    let own = own(&mut tx, id, comment).await?;
    let (company, now, body) = (scope.company(), tx.now(), command.body.trim());
    if body != own.body {
        keep_version(&mut tx, comment, &own.body).await?;
        sqlx::query!(
            "update request_comments set body = $3, edited_at = $4 where company_id = $1 and id = $2",
            company,
            comment.0,
            body,
            now
        )
        .execute(tx.conn())
        .await?;
        reword(&mut tx, comment, Some(body)).await?;
        announce(&mut tx, &core, own.internal).await?;
        audit(&mut tx, "request.comment_edit", id, json!({ "internal": own.internal })).await?;
    }
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Takes back one's own comment with its photos, within half an hour. That there was one stays to be seen.
///
/// # Errors
/// As [`edit`].
pub async fn take_back(ctx: &Ctx, actor: &Actor, id: RequestId, comment: CommentId) -> Result<RequestCard> {
    let scope = actor.scope_any(&READ)?;
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    let own = own(&mut tx, id, comment).await?;
    let (company, now) = (scope.company(), tx.now());
    if !own.body.is_empty() {
        keep_version(&mut tx, comment, &own.body).await?;
    }
    sqlx::query!(
        "update request_comments set body = '', deleted_at = $3 where company_id = $1 and id = $2",
        company,
        comment.0,
        now
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update requests r set comments = comments - 1, updated_at = $4,
           photos = photos - (select count(*)::int from files f where f.company_id = $1 and f.comment_id = $3),
           awaits_answer = coalesce((select c.author_role = 'resident' from request_comments c
             where c.company_id = $1 and c.request_id = $2 and not c.internal and c.deleted_at is null
             order by c.created_at desc, c.id desc limit 1), false)
         where r.company_id = $1 and r.id = $2",
        company,
        id.0,
        comment.0,
        now
    )
    .execute(tx.conn())
    .await?;
    reword(&mut tx, comment, None).await?;
    announce(&mut tx, &core, own.internal).await?;
    audit(&mut tx, "request.comment_delete", id, json!({ "internal": own.internal })).await?;
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// What a comment said before, oldest first; for the company only.
pub async fn versions(ctx: &Ctx, actor: &Actor, id: RequestId, comment: CommentId) -> Result<Vec<CommentVersion>> {
    let scope = actor.scope(P::RequestsCommentInternal)?;
    let mut tx = ctx.begin(actor).await?;
    super::list::must_see(&mut tx, &scope, id).await?;
    let rows = sqlx::query!(
        "select v.at, c.author_name, v.body from request_comment_versions v
         join request_comments c on c.company_id = v.company_id and c.id = v.comment_id
         where v.company_id = $1 and v.comment_id = $2 and c.request_id = $3 order by v.at, v.id",
        scope.company(),
        comment.0,
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|v| CommentVersion { at: v.at, actor: v.author_name, body: v.body }).collect())
}

/// The caller has read all there is, and seen what they were told of the request.
pub async fn read(ctx: &Ctx, actor: &Actor, id: RequestId) -> Result<()> {
    let scope = actor.scope_any(&READ)?;
    let user = actor.user()?;
    let mut tx = ctx.begin(actor).await?;
    super::list::must_see(&mut tx, &scope, id).await?;
    // Somebody else's look is not the person's own reading.
    if actor.looking().is_some() {
        return Ok(());
    }
    mark(&mut tx, id, user, true, actor.role() != Role::Resident).await?;
    notices::read_about(&mut tx, actor, id.0).await?;
    // What one person has read is no business of the audit, and nobody else's page changes.
    tx.commit().await
}

async fn mark(tx: &mut Tx, id: RequestId, user: UserId, public: bool, internal: bool) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "insert into request_reads as m (company_id, request_id, user_id, public_at, internal_at)
         values ($1, $2, $3, case when $4 then $6::timestamptz end, case when $5 then $6::timestamptz end)
         on conflict (company_id, user_id, request_id) do update
           set public_at = greatest(m.public_at, excluded.public_at), internal_at = greatest(m.internal_at, excluded.internal_at)",
        company,
        id.0,
        user.0,
        public,
        internal,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Those named, each once and without the author.
async fn mentioned(tx: &mut Tx, actor: &Actor, core: &Core, named: &[UserId]) -> Result<Vec<UserId>> {
    let mut known = Vec::new();
    for (n, user) in named.iter().enumerate() {
        // Residents do not know who works here.
        let seen = actor.role() != Role::Resident && watch::colleague(tx, *user, core).await?.is_some();
        if !seen {
            return Err(Error::field(&format!("/mentions/{n}"), "unknown"));
        }
        if actor.user_id() != Some(*user) && !known.contains(user) {
            known.push(*user);
        }
    }
    Ok(known)
}

async fn insert(tx: &mut Tx, core: &Core, command: &AddComment, mentioned: &[UserId]) -> Result<CommentId> {
    let actor = tx.actor().clone();
    let (now, comment) = (tx.now(), new_id());
    let mentions: Vec<Uuid> = mentioned.iter().map(|user| user.0).collect();
    sqlx::query!(
        "insert into request_comments (id, company_id, request_id, author_id, author_name, author_role, body, internal, created_at, mentions)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        comment,
        actor.company_id().0,
        core.id.0,
        actor.user_id().map(|u| u.0),
        actor.name(),
        actor.role().as_str(),
        command.body.trim(),
        command.internal,
        now,
        &mentions
    )
    .execute(tx.conn())
    .await?;
    if !command.file_ids.is_empty() {
        // Workers show what they did, others the trouble; after the work everybody shows the outcome.
        let work = actor.role() == Role::Staff || !core.status.is_open();
        let moment = if work { Moment::After } else { Moment::Before };
        files::attach(tx, core.id, &command.file_ids, moment).await?;
        let ids: Vec<Uuid> = command.file_ids.iter().map(|id| id.0).collect();
        sqlx::query!(
            "update files set comment_id = $3 where company_id = $1 and id = any($2)",
            actor.company_id().0,
            &ids,
            comment
        )
        .execute(tx.conn())
        .await?;
    }
    sqlx::query!(
        "update requests set comments = comments + 1, updated_at = $3,
           talked_at = case when $4 then talked_at else $3 end, noted_at = case when $4 then $3 else noted_at end,
           awaits_answer = case when $4 then awaits_answer else $5 end
         where company_id = $1 and id = $2",
        actor.company_id().0,
        core.id.0,
        now,
        command.internal,
        actor.role() == Role::Resident
    )
    .execute(tx.conn())
    .await?;
    if let Some(user) = actor.user_id() {
        // Who answers has read what they answer to.
        mark(tx, core.id, user, !command.internal, command.internal).await?;
    }
    Ok(comment.into())
}

struct Own {
    body: String,
    internal: bool,
}

/// One's own comment that may still be changed.
async fn own(tx: &mut Tx, id: RequestId, comment: CommentId) -> Result<Own> {
    let (company, me, now) = (tx.actor().company_id().0, tx.actor().user()?.0, tx.now());
    let row = sqlx::query!(
        "select body, internal, created_at, deleted_at from request_comments
         where company_id = $1 and request_id = $2 and id = $3 and author_id = $4 for update",
        company,
        id.0,
        comment.0,
        me
    )
    .fetch_one(tx.conn())
    .await?;
    if row.deleted_at.is_some() || row.created_at + COMMENT_GRACE < now {
        return Err(Code::IllegalTransition.into());
    }
    Ok(Own { body: row.body, internal: row.internal })
}

/// Notices that carry a comment say what it says now; of one that was taken back they say nothing.
async fn reword(tx: &mut Tx, comment: CommentId, body: Option<&str>) -> Result<()> {
    let (company, words) = (tx.actor().company_id().0, body.map(beginning));
    sqlx::query!(
        "update notices set shown = shown and $3::text is not null,
           facts = case when $3 is null then facts - 'words' else facts || jsonb_build_object('words', $3) end
         where company_id = $1 and object_id = (select request_id from request_comments where company_id = $1 and id = $2)
           and kind in ('comment', 'mention') and facts ->> 'key' = $2::text",
        company,
        comment.0,
        words
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn keep_version(tx: &mut Tx, comment: CommentId, body: &str) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "insert into request_comment_versions (id, company_id, comment_id, at, body) values ($1, $2, $3, $4, $5)",
        new_id(),
        company,
        comment.0,
        now,
        body
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn announce(tx: &mut Tx, core: &Core, internal: bool) -> Result<()> {
    tx.emit(
        &core.event(|request_id, number, status| Event::RequestCommented { request_id, number, status }),
        &Audience { internal, ..core.audience() },
    )
    .await
}

fn beginning(body: &str) -> String {
    body.trim().chars().take(160).collect()
}

/// The comments of a request, with those of the duplicates joined to it, as the reader may see them.
pub(super) async fn comments(tx: &mut Tx, id: RequestId, ids: &[Uuid], resident: bool) -> Result<Vec<CommentView>> {
    let (company, me, now) = (tx.actor().company_id().0, tx.actor().user_id().map(|u| u.0), tx.now());
    let rows = sqlx::query!(
        r#"select c.id, c.request_id, c.author_id, c.author_name, c.author_role, c.body, c.internal, c.created_at, c.written_at, c.edited_at,
             c.deleted_at, c.mentions, r.number,
             array(select f.id from files f where f.company_id = c.company_id and f.comment_id = c.id and c.deleted_at is null
               order by f.created_at, f.id) as "files!",
             case when c.internal then m.internal_at else m.public_at end as read_at
           from request_comments c
           join requests r on r.company_id = c.company_id and r.id = c.request_id
           left join request_reads m on m.company_id = c.company_id and m.request_id = c.request_id and m.user_id = $4
           where c.company_id = $1 and c.request_id = any($2) and not ($3 and c.internal) order by c.created_at, c.id"#,
        company,
        ids,
        resident,
        me
    )
    .fetch_all(tx.conn())
    .await?;
    let named: Vec<Uuid> = rows.iter().flat_map(|c| c.mentions.iter().copied()).collect();
    let names = if resident { HashMap::new() } else { names(tx, &named).await? };
    rows.into_iter()
        .map(|c| {
            let mine = me.is_some() && c.author_id == me;
            let unread = |read: Option<DateTime<Utc>>| !mine && read.is_none_or(|read| read < c.created_at);
            Ok(CommentView {
                id: c.id.into(),
                author: c.author_name,
                author_role: word(&c.author_role)?,
                body: c.body,
                internal: c.internal,
                created_at: c.created_at,
                written_at: c.written_at,
                edited_at: c.edited_at,
                deleted_at: c.deleted_at,
                mine,
                may_edit: mine && c.deleted_at.is_none() && now <= c.created_at + COMMENT_GRACE && c.request_id == id.0,
                unread: c.deleted_at.is_none() && unread(c.read_at),
                mentions: c
                    .mentions
                    .iter()
                    .filter_map(|user| Some(PersonRef { id: *user, name: names.get(user)?.clone() }))
                    .collect(),
                file_ids: c.files.into_iter().map(FileId).collect(),
                from_number: (c.request_id != id.0).then_some(c.number),
            })
        })
        .collect()
}

async fn names(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!("select id, name from users where company_id = $1 and id = any($2)", company, ids)
        .fetch_all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}
