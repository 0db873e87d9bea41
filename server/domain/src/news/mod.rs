//! News: one text to many people. Whoever sends sees before whom it reaches and what it costs, has a moment to take it
//! back, and afterwards sees who got it.
//!
//! An audience is a question, not a list: it is asked when somebody looks and again while it goes out, a few hundred
//! people a transaction. What tells them is `notices`, under one key, so nobody hears the same news twice.

mod audience;
mod feed;
mod queries;
mod send;

pub use audience::look;
pub use feed::{mine, open};
pub use send::{CHUNK, run, step, tick};

use crate::{
    Actor, Ctx, Error, Result, Tx,
    audit::Entry,
    idempotency::{self, Claim, Key},
    jobs::{self, SendNews},
    paging,
};
use chrono::{DateTime, Utc};
use model::{
    Code, Cursor, Money, NewsId, Page, Permission as P,
    news::{NewsCard, NewsFacts, NewsFilter, NewsRow, NewsState, NewsText, TAKE_BACK},
    validate,
};
use platform::ids::new_id;
use queries::Core;
use serde::Serialize;
use serde_json::json;

/// The newest news first.
///
/// # Errors
/// `invalid` on `/cursor` and `/limit`.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: &NewsFilter) -> Result<Page<NewsRow>> {
    let scope = actor.scope(P::NotificationsRead)?;
    let limit = paging::limit(filter.limit, 30, 100)?;
    let cursor = paging::cursor(filter.cursor.as_deref())?;
    let mut tx = ctx.begin(actor).await?;
    let rows = queries::page(&mut tx, &scope, filter, cursor, paging::and_one(limit)).await?;
    Ok(paging::cut(rows, limit, |last| Cursor { at: last.created_at, id: last.id.0 }.encode()))
}

/// One of them with its report.
///
/// # Errors
/// `not_found` for missing and foreign ones alike.
pub async fn get(ctx: &Ctx, actor: &Actor, id: NewsId) -> Result<NewsCard> {
    let scope = actor.scope(P::NotificationsRead)?;
    let mut tx = ctx.begin(actor).await?;
    queries::card(&mut tx, &scope, id).await
}

/// Writes a draft. A repeated call with the same `key` writes nothing again.
///
/// # Errors
/// `invalid` on what is wrong with it.
pub async fn create(ctx: &Ctx, actor: &Actor, facts: &NewsFacts, key: Option<&Key>) -> Result<NewsCard> {
    let scope = actor.scope(P::NotificationsSend)?;
    let mut tx = ctx.begin(actor).await?;
    if let Some(key) = key
        && let Claim::Done { body, .. } = idempotency::claim(&mut tx, key).await?
    {
        return Ok(serde_json::from_value(body)?);
    }
    let facts = clean(&mut tx, facts).await?;
    let core = Core::draft(new_id().into(), facts);
    queries::insert(&mut tx, &core).await?;
    let said = Said::of(&mut tx, &core).await?;
    tx.record("news.create", "news", core.id.0, None, Some(&said)).await?;
    let card = queries::card(&mut tx, &scope, core.id).await?;
    if let Some(key) = key {
        idempotency::store(&mut tx, key, 201, &json!(card)).await?;
    }
    tx.commit().await?;
    Ok(card)
}

/// Replaces what was written, which makes a draft of what was taken back. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `illegal_transition` once it is on its way, or somebody was told.
pub async fn update(ctx: &Ctx, actor: &Actor, id: NewsId, version: i32, facts: &NewsFacts) -> Result<NewsCard> {
    let scope = actor.scope(P::NotificationsSend)?;
    let mut tx = ctx.begin(actor).await?;
    let before = queries::lock(&mut tx, id).await?;
    if before.version != version {
        return Err(Code::Conflict.into());
    }
    if !before.state.may_edit(before.told) {
        return Err(Code::IllegalTransition.into());
    }
    let old = Said::of(&mut tx, &before).await?;
    let facts = clean(&mut tx, facts).await?;
    let after = Core { state: NewsState::Draft, due_at: None, facts, ..before };
    queries::update(&mut tx, &after).await?;
    let new = Said::of(&mut tx, &after).await?;
    tx.record("news.update", "news", id.0, Some(&old), Some(&new)).await?;
    let card = queries::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Sends it: at its moment when it has one ahead, else as soon as the time for taking it back is over.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `illegal_transition` when it was sent already; `invalid` on
/// `/audience` when it would reach nobody, and on `/expires_at` when it would be over before it goes out.
pub async fn send(ctx: &Ctx, actor: &Actor, id: NewsId, version: i32) -> Result<NewsCard> {
    let scope = actor.scope(P::NotificationsSend)?;
    let mut tx = ctx.begin(actor).await?;
    let before = queries::lock(&mut tx, id).await?;
    if before.version != version {
        return Err(Code::Conflict.into());
    }
    if !before.state.may_edit(before.told) {
        return Err(Code::IllegalTransition.into());
    }
    let soonest = tx.now() + TAKE_BACK;
    let due_at = before.facts.planned_at.map_or(soonest, |at| at.max(soonest));
    if before.facts.expires_at.is_some_and(|end| end <= due_at) {
        return Err(Error::field("/expires_at", "in_past"));
    }
    let people = audience::count(&mut tx, &before.facts.audience).await?;
    if people == 0 {
        return Err(Error::field("/audience", "nobody"));
    }
    let after = Core { state: NewsState::Scheduled, due_at: Some(due_at), ..before };
    queries::update(&mut tx, &after).await?;
    let job = SendNews { company_id: scope.company_id(), news_id: id };
    let wait = due_at - tx.now();
    jobs::enqueue_in(tx.conn(), &job, wait).await?;
    let changes = json!({ "due_at": [null, due_at], "people": [null, people] });
    tx.audit(Entry { action: "news.send", object_type: "news", object_id: Some(id.0), changes }).await?;
    let card = queries::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Takes it back. Before its moment nobody has heard of it; later nobody else hears of it, what still waits for the
/// morning does not go out, and it is no longer shown.
///
/// # Errors
/// `illegal_transition` when there is nothing to take back.
pub async fn cancel(ctx: &Ctx, actor: &Actor, id: NewsId) -> Result<NewsCard> {
    let scope = actor.scope(P::NotificationsSend)?;
    let mut tx = ctx.begin(actor).await?;
    let before = queries::lock(&mut tx, id).await?;
    if !before.state.may_cancel() {
        return Err(Code::IllegalTransition.into());
    }
    let told = before.told;
    let after = Core { state: NewsState::Cancelled, ..before };
    queries::update(&mut tx, &after).await?;
    let changes = json!({ "people": [null, told] });
    tx.audit(Entry { action: "news.cancel", object_type: "news", object_id: Some(id.0), changes }).await?;
    let card = queries::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// What was written, checked and in the form in which it is kept.
async fn clean(tx: &mut Tx, facts: &NewsFacts) -> Result<NewsFacts> {
    let mut facts = facts.clone();
    let trim = |text: &mut NewsText| {
        text.title = text.title.trim().to_owned();
        text.text = text.text.trim().to_owned();
    };
    trim(&mut facts.texts.ru);
    for text in [&mut facts.texts.uz, &mut facts.texts.en] {
        if let Some(written) = text.as_mut() {
            trim(written);
        }
        // A language left empty is one without a text.
        *text = text.take().filter(|written| !written.title.is_empty() || !written.text.is_empty());
    }
    let mut seen = std::collections::HashSet::new();
    facts.audience.places.retain(|place| seen.insert(*place));
    validate::check(&facts)?;
    audience::check(tx, &facts.audience).await?;
    Ok(facts)
}

/// What the audit keeps of news.
#[derive(Serialize)]
struct Said {
    title: String,
    text: String,
    text_uz: Option<String>,
    text_en: Option<String>,
    important: bool,
    who: String,
    places: Vec<String>,
    debt_from: Option<Money>,
    planned_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
}

impl Said {
    async fn of(tx: &mut Tx, core: &Core) -> Result<Self> {
        let (facts, audience) = (&core.facts, &core.facts.audience);
        let names = audience::names(tx, &[core.id]).await?.remove(&core.id).unwrap_or_default();
        let both = |text: &NewsText| format!("{}\n{}", text.title, text.text);
        Ok(Self {
            title: facts.texts.ru.title.clone(),
            text: facts.texts.ru.text.clone(),
            text_uz: facts.texts.uz.as_ref().map(both),
            text_en: facts.texts.en.as_ref().map(both),
            important: facts.important,
            who: audience.who.to_string(),
            places: names.iter().map(audience::plain).collect(),
            debt_from: audience.debt_from,
            planned_at: facts.planned_at,
            expires_at: facts.expires_at,
        })
    }
}
