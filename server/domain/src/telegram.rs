//! Telegram: the durable inbox of updates and the chats that belong to residents.
//!
//! The webhook stores an update and answers at once; a worker takes updates of one chat in order
//! (integrations spec §1.3). A repeat is ignored by its key.

use crate::{Actor, Ctx, Result, actor::Door, auth};
use model::{ContactId, Lang, Phone};
use serde_json::Value;

/// Attempts after which an update that keeps failing is put aside.
const MAX_ATTEMPTS: i32 = 5;
/// Name space of the inbox among advisory locks.
const INBOX_LOCK: i64 = 0x7467_0000_0000_0000;

pub use platform::db::Lead;

/// Stores a raw update. `false` when it was there already.
pub async fn store(ctx: &Ctx, bot_id: i64, update_id: i64, chat_id: Option<i64>, body: &Value) -> Result<bool> {
    let mut tx = ctx.db.begin_system("telegram inbox").await?;
    let stored = sqlx::query!(
        "insert into telegram_inbox (bot_id, update_id, chat_id, body, received_at) values ($1, $2, $3, $4, $5) on conflict do nothing",
        bot_id,
        update_id,
        chat_id,
        body,
        ctx.clock.now()
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    tx.commit().await?;
    Ok(stored == 1)
}

/// An update to work on.
pub struct Update {
    pub bot_id: i64,
    pub update_id: i64,
    pub chat_id: Option<i64>,
    pub body: Value,
}

impl Update {
    /// Updates with the same key are worked on one after another: those of a chat, or this one alone.
    pub fn key(&self) -> i64 {
        self.chat_id.unwrap_or(-self.update_id)
    }
}

/// The oldest waiting updates, at most one for each chat, so that a chat's updates stay in order.
/// Chats in `busy` (see [`Update::key`]) are left out.
pub async fn waiting(ctx: &Ctx, bot_id: i64, busy: &[i64], limit: i64) -> Result<Vec<Update>> {
    let mut tx = ctx.db.begin_system("telegram inbox").await?;
    let rows = sqlx::query!(
        r#"select bot_id as "bot_id!", update_id as "update_id!", chat_id, body as "body!" from (
             select distinct on (coalesce(chat_id, -update_id)) bot_id, update_id, chat_id, body from telegram_inbox
             where done_at is null and bot_id = $1 and coalesce(chat_id, -update_id) <> all($2)
             order by coalesce(chat_id, -update_id), update_id) oldest
           order by update_id limit $3"#,
        bot_id,
        busy,
        limit
    )
    .fetch_all(&mut *tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|u| Update { bot_id: u.bot_id, update_id: u.update_id, chat_id: u.chat_id, body: u.body })
        .collect())
}

/// The right to work on the inbox, held by one process at a time and lost with its connection.
pub async fn lead(ctx: &Ctx, bot_id: i64) -> Result<Option<Lead>> {
    Ok(ctx.db.lead(INBOX_LOCK ^ bot_id).await?)
}

/// How the work on an update ended.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    Done,
    /// Nothing for us, or nothing that another attempt would mend.
    Skipped(&'a str),
    /// Worth another attempt, up to five.
    Failed(&'a str),
}

/// Records the end of an attempt; `true` when the update will not be tried again.
pub async fn finish(ctx: &Ctx, update: &Update, outcome: Outcome<'_>) -> Result<bool> {
    let (text, again) = match outcome {
        Outcome::Done => ("done", false),
        Outcome::Skipped(why) => (why, false),
        Outcome::Failed(why) => (why, true),
    };
    let mut tx = ctx.db.begin_system("telegram inbox").await?;
    let ended = sqlx::query_scalar!(
        r#"update telegram_inbox set attempts = attempts + 1, outcome = $4,
             done_at = case when $5 and attempts + 1 < $6 then null else $3::timestamptz end
           where bot_id = $1 and update_id = $2 returning done_at is not null as "ended!""#,
        update.bot_id,
        update.update_id,
        ctx.clock.now(),
        text,
        again,
        MAX_ATTEMPTS
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(ended)
}

/// A chat with its language and the step of its dialogue.
#[derive(Clone, Debug)]
pub struct Chat {
    pub bot_id: i64,
    pub chat_id: i64,
    pub lang: Option<Lang>,
    pub linked: bool,
    pub dialogue: Value,
}

/// The chat, made on first sight.
pub async fn chat(ctx: &Ctx, bot_id: i64, chat_id: i64) -> Result<Chat> {
    let mut tx = ctx.db.begin_system("telegram chat").await?;
    let row = sqlx::query!(
        r#"insert into telegram_chats (bot_id, chat_id, updated_at) values ($1, $2, $3)
           on conflict (bot_id, chat_id) do update set updated_at = excluded.updated_at
           returning lang, user_id is not null as "linked!", dialogue"#,
        bot_id,
        chat_id,
        ctx.clock.now()
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Chat {
        bot_id,
        chat_id,
        lang: row.lang.as_deref().and_then(Lang::parse),
        linked: row.linked,
        dialogue: row.dialogue,
    })
}

/// Remembers language and dialogue.
pub async fn save_chat(ctx: &Ctx, chat: &Chat) -> Result<()> {
    let mut tx = ctx.db.begin_system("telegram chat").await?;
    sqlx::query!(
        "update telegram_chats set lang = $3, dialogue = $4, updated_at = $5 where bot_id = $1 and chat_id = $2",
        chat.bot_id,
        chat.chat_id,
        chat.lang.map(Lang::code),
        chat.dialogue,
        ctx.clock.now()
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Links the chat to the resident whose phone the person shared as their own. `false` when nobody has it.
pub async fn link(ctx: &Ctx, bot_id: i64, chat_id: i64, phone: &Phone) -> Result<bool> {
    let Some(user) = auth::resident_user(ctx, phone).await? else { return Ok(false) };
    let mut tx = ctx.db.begin_system("telegram link").await?;
    sqlx::query!(
        "update telegram_chats set user_id = $3, blocked_at = null, updated_at = $4 where bot_id = $1 and chat_id = $2",
        bot_id,
        chat_id,
        user.0,
        ctx.clock.now()
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// The resident behind a linked chat.
pub async fn actor(ctx: &Ctx, bot_id: i64, chat_id: i64) -> Result<Option<Actor>> {
    let mut tx = ctx.db.begin_system("telegram actor").await?;
    let user =
        sqlx::query_scalar!("select user_id from telegram_chats where bot_id = $1 and chat_id = $2", bot_id, chat_id)
            .fetch_optional(&mut *tx)
            .await?
            .flatten();
    drop(tx);
    match user {
        Some(user) => auth::actor_of_user(ctx, user.into(), Door::Bot).await,
        None => Ok(None),
    }
}

/// The live chats of a contact, with the language each chose.
pub async fn chats_of(ctx: &Ctx, contact: ContactId) -> Result<Vec<(i64, Lang)>> {
    let mut tx = ctx.db.begin_system("telegram chats of a contact").await?;
    let rows = sqlx::query!(
        "select c.chat_id, coalesce(c.lang, u.lang) as \"lang!\" from telegram_chats c join users u on u.id = c.user_id
         where u.contact_id = $1 and c.blocked_at is null and u.blocked_at is null",
        contact.0
    )
    .fetch_all(&mut *tx)
    .await?;
    Ok(rows.into_iter().map(|r| (r.chat_id, Lang::parse(&r.lang).unwrap_or_default())).collect())
}

/// The person blocked the bot (or came back): stop using (or use again) this chat.
pub async fn set_blocked(ctx: &Ctx, chat_id: i64, blocked: bool) -> Result<()> {
    let mut tx = ctx.db.begin_system("telegram block").await?;
    sqlx::query!(
        "update telegram_chats set blocked_at = case when $2 then $3::timestamptz end where chat_id = $1",
        chat_id,
        blocked,
        ctx.clock.now()
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}
