//! The Telegram bot: dialogues of residents over the same use cases as every other door.
//!
//! An update travels: webhook route → [`parse_envelope`] → `domain::telegram::store` → [`work_inbox`] → [`handle`].
//! Nothing is done before the update is stored, so a crash loses none.

mod api;
mod card;
mod dialogue;
mod draft;
mod error;
mod inbox;
mod keyboards;
mod news;
mod notify;
mod outages;
mod pay;
mod press;
mod requests;
mod state;
mod webhook;

pub use api::{BotApi, Webhook};
pub use error::BotError;
pub use inbox::work_inbox;
pub use notify::{Told, tell};
pub use webhook::{parse_envelope, verify_secret};

use domain::{Ctx, telegram};
use teloxide::types::{ChatMemberKind, Update, UpdateKind};

/// What became of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled {
    Done,
    /// Of a kind, or from a chat, that the bot does not serve.
    Skipped,
}

/// Works on one stored update. Safe to repeat after a crash or a failure.
///
/// # Errors
/// When Telegram or the database did not do their part; [`BotError::is_transient`] says whether waiting helps.
pub async fn handle(ctx: &Ctx, api: &BotApi, update: &telegram::Update) -> Result<Handled, BotError> {
    // From text: teloxide reads the kind of an update only from borrowed keys.
    let Ok(parsed) = serde_json::from_str::<Update>(&update.body.to_string()) else { return Ok(Handled::Skipped) };
    match parsed.kind {
        UpdateKind::Message(message) if message.chat.is_private() => {
            dialogue::message(ctx, api, update.update_id, &message).await?;
        }
        UpdateKind::CallbackQuery(query) => dialogue::press(ctx, api, update.update_id, &query).await?,
        UpdateKind::MyChatMember(change) if change.chat.is_private() => {
            let blocked = matches!(change.new_chat_member.kind, ChatMemberKind::Banned(_) | ChatMemberKind::Left);
            telegram::set_blocked(ctx, change.chat.id.0, blocked).await?;
        }
        _ => return Ok(Handled::Skipped),
    }
    Ok(Handled::Done)
}
