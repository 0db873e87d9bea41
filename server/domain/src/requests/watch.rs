//! Who is on a request besides the assignee: the responsible, the watchers, and what they are told.

use super::{audit, card, queries, queries::Core, told};
use crate::{Actor, Ctx, Door, Error, Result, Scope, Tx, auth, error::word, notices::Recipient};
use model::{
    Lang, Permission as P, RequestId, UserId,
    events::Event,
    notices::NoticeKind,
    requests::{Change, PersonRef, RequestCard, SetResponsible, WatchRequest},
};
use serde_json::{Value, json};

/// The name of a colleague who sees the request. Watching, answering for it and being named in it need sight: they
/// never give it.
pub(super) async fn colleague(tx: &mut Tx, user: UserId, core: &Core) -> Result<Option<String>> {
    let company_id = tx.actor().company_id();
    let row = sqlx::query!(
        "select name, role from users where company_id = $1 and id = $2 and role <> 'resident' and blocked_at is null",
        company_id.0,
        user.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let role = word(&row.role)?;
    let person = Actor {
        user_id: Some(user),
        session_id: None,
        contact_id: None,
        company_id,
        role,
        name: row.name.clone(),
        lang: Lang::default(),
        door: Door::Job,
        view: auth::view_of(tx.conn(), user, role).await?,
        proven: false,
        looking: None,
    };
    let sees = person.scope(P::RequestsRead).is_ok_and(|scope| scope.hears(company_id, &core.audience()));
    Ok(sees.then_some(row.name))
}

/// Names who watches over the work, or nobody.
///
/// # Errors
/// `invalid` on somebody who does not see the request.
pub async fn set_responsible(ctx: &Ctx, actor: &Actor, id: RequestId, command: &SetResponsible) -> Result<RequestCard> {
    let scope = actor.scope(P::RequestsUpdate)?;
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    let name = match command.user_id {
        Some(user) => Some(colleague(&mut tx, user, &core).await?.ok_or_else(|| Error::field("/user_id", "unknown"))?),
        None => None,
    };
    let (company, now) = (scope.company(), tx.now());
    let old = sqlx::query!(
        r#"select r.responsible_id, u.name as "name?" from requests r left join users u on u.id = r.responsible_id
           where r.company_id = $1 and r.id = $2"#,
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if old.responsible_id != command.user_id.map(|u| u.0) {
        sqlx::query!(
            "update requests set responsible_id = $3, version = version + 1, updated_at = $4 where company_id = $1 and id = $2",
            company,
            id.0,
            command.user_id.map(|u| u.0),
            now
        )
        .execute(tx.conn())
        .await?;
        queries::history(&mut tx, id, Change::Responsible, old.name.as_deref(), name.as_deref(), None).await?;
        if let Some(user) = command.user_id.filter(|user| actor.user_id() != Some(*user)) {
            let part = json!({ "part": "responsible" });
            tell_one(&mut tx, &core, user, NoticeKind::Involved, part).await?;
        }
        changed(&mut tx, &core).await?;
        audit(&mut tx, "request.responsible", id, json!({ "responsible": [old.name, name] })).await?;
    }
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Adds or removes a watcher. Everybody on the staff may watch what they see; others are added by the desk.
///
/// # Errors
/// `forbidden` for workers who name others; `invalid` on somebody who does not see the request.
pub async fn watch(ctx: &Ctx, actor: &Actor, id: RequestId, command: &WatchRequest) -> Result<RequestCard> {
    let me = actor.user()?;
    let user = command.user_id.unwrap_or(me);
    let scope = actor.scope(if user == me { P::RequestsRead } else { P::RequestsUpdate })?;
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    let (company, now) = (scope.company(), tx.now());
    let name = if command.on {
        colleague(&mut tx, user, &core).await?
    } else {
        // Also who has gone can be taken off the list.
        sqlx::query_scalar!("select name from users where company_id = $1 and id = $2", company, user.0)
            .fetch_optional(tx.conn())
            .await?
    };
    let name = name.ok_or_else(|| Error::field("/user_id", "unknown"))?;
    let touched = if command.on {
        sqlx::query!(
            "insert into request_watchers (company_id, request_id, user_id, added_at) values ($1, $2, $3, $4) on conflict do nothing",
            company,
            id.0,
            user.0,
            now
        )
        .execute(tx.conn())
        .await?
        .rows_affected()
    } else {
        sqlx::query!(
            "delete from request_watchers where company_id = $1 and request_id = $2 and user_id = $3",
            company,
            id.0,
            user.0
        )
        .execute(tx.conn())
        .await?
        .rows_affected()
    };
    if touched > 0 {
        let (old, new) = if command.on { (None, Some(name.as_str())) } else { (Some(name.as_str()), None) };
        queries::history(&mut tx, id, Change::Watcher, old, new, None).await?;
        if command.on && user != me {
            let part = json!({ "part": "watching" });
            tell_one(&mut tx, &core, user, NoticeKind::Involved, part).await?;
        }
        changed(&mut tx, &core).await?;
        audit(&mut tx, "request.watch", id, json!({ "watcher": [old, new] })).await?;
    }
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// The facts are the same, but the page shows something else.
pub(super) async fn changed(tx: &mut Tx, core: &Core) -> Result<()> {
    tx.emit(
        &core.event(|request_id, number, status| Event::RequestUpdated { request_id, number, status }),
        &core.audience(),
    )
    .await
}

/// Tells one person.
pub(super) async fn tell_one(tx: &mut Tx, core: &Core, user: UserId, kind: NoticeKind, facts: Value) -> Result<()> {
    tell_these(tx, core, vec![user], kind, facts).await
}

/// Tells the watchers and the responsible, but not who does it nor `except`.
pub(super) async fn tell(tx: &mut Tx, core: &Core, kind: NoticeKind, facts: Value, except: &[UserId]) -> Result<()> {
    let company = tx.actor().company_id().0;
    let users = sqlx::query_scalar!(
        r#"select user_id as "user!" from request_watchers where company_id = $1 and request_id = $2
           union select responsible_id from requests where company_id = $1 and id = $2 and responsible_id is not null"#,
        company,
        core.id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let me = tx.actor().user_id();
    let mut seeing = Vec::with_capacity(users.len());
    for user in users.into_iter().map(UserId) {
        // Who was moved to other houses still stands among the watchers.
        if me != Some(user) && !except.contains(&user) && colleague(tx, user, core).await?.is_some() {
            seeing.push(user);
        }
    }
    tell_these(tx, core, seeing, kind, facts).await
}

async fn tell_these(tx: &mut Tx, core: &Core, users: Vec<UserId>, kind: NoticeKind, facts: Value) -> Result<()> {
    if users.is_empty() {
        return Ok(());
    }
    let about = told::facts(tx, core).await?;
    let mut facts = facts;
    facts["person"] = tx.actor().name().into();
    // A comment is news of its own; a state is, each time it is reached.
    let event = match facts["key"].as_str() {
        Some(key) => key.to_owned(),
        None => format!("{}:{}", about.version, facts["part"].as_str().unwrap_or_default()),
    };
    let key = format!("{kind}:{}:{event}", core.id);
    let to = users.into_iter().map(Recipient::Staff).collect();
    tx.notify(&told::notice(core, &about, kind, key, to, &facts)).await
}

/// The responsible and the watchers of a request.
pub(super) async fn people(tx: &mut Tx, scope: &Scope, id: RequestId) -> Result<(Option<PersonRef>, Vec<PersonRef>)> {
    let rows = sqlx::query!(
        r#"select u.id as "id!", u.name as "name!", true as "responsible!" from requests r join users u on u.company_id = r.company_id and u.id = r.responsible_id
           where r.company_id = $1 and r.id = $2
           union all
           select u.id, u.name, false from request_watchers w join users u on u.company_id = w.company_id and u.id = w.user_id
           where w.company_id = $1 and w.request_id = $2
           order by 3 desc, 2, 1"#,
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let (over, by): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.responsible);
    let person = |id, name| PersonRef { id, name };
    Ok((
        over.into_iter().next().map(|row| person(row.id, row.name)),
        by.into_iter().map(|row| person(row.id, row.name)).collect(),
    ))
}
