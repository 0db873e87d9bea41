//! The client of the Bot API: time-outs, patience with limits, and errors by class.

use crate::error::BotError;
use chrono::{DateTime, Utc};
use futures::StreamExt;
use i18n::{Locale, td_string};
use platform::pulse::Pulse;
use std::{fmt, future::Future, time::Duration};
use teloxide::{
    Bot,
    net::{self, Download},
    payloads::{
        AnswerCallbackQuerySetters, EditMessageReplyMarkupSetters, EditMessageTextSetters, SendMessageSetters,
        SetMyCommandsSetters, SetWebhookSetters,
    },
    requests::Requester,
    types::{
        AllowedUpdate, BotCommand, CallbackQueryId, ChatId, FileId, InlineKeyboardMarkup, LinkPreviewOptions,
        MessageId, ParseMode, ReplyMarkup,
    },
};

/// One call; files get longer.
const TIMEOUT: Duration = Duration::from_secs(20);
const FILE_TIMEOUT: Duration = Duration::from_secs(120);
/// Telegram lets bots download this much.
const DOWNLOAD_LIMIT: usize = 20 * 1024 * 1024;
/// How often a call is made when Telegram asks to wait.
const TRIES: u32 = 3;
/// A longer wait is left to whoever called.
const PATIENCE: u32 = 30;
const NO_PREVIEW: LinkPreviewOptions = LinkPreviewOptions {
    is_disabled: true,
    url: None,
    prefer_small_media: false,
    prefer_large_media: false,
    show_above_text: false,
};

/// How Telegram delivers, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Where to.
    pub url: Option<String>,
    /// Updates that have not arrived yet.
    pub waiting: u32,
    /// The last one, however long ago: Telegram goes on telling of it when all is well again.
    pub trouble: Option<(DateTime<Utc>, String)>,
}

/// The bot's connection to Telegram; cheap to clone. `Debug` does not show the token.
#[derive(Clone)]
pub struct BotApi {
    calls: Bot,
    files: Bot,
    id: i64,
    /// Waits where Telegram asks for a short pause.
    waits: bool,
    pulse: Pulse,
}

impl fmt::Debug for BotApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BotApi({})", self.id)
    }
}

impl BotApi {
    /// From a token of @BotFather, and the address of the Bot API when it is not Telegram's own.
    ///
    /// # Errors
    /// When one of them is malformed.
    pub fn new(token: &str, api_url: Option<&str>) -> Result<Self, BotError> {
        let id = token.split_once(':').and_then(|(id, _)| id.parse().ok());
        let id = id.ok_or(BotError::Config("telegram.token must look like 123456:token."))?;
        let address = match api_url {
            Some(text) => Some(text.parse().map_err(|_| BotError::Config("telegram.api_url is not an address."))?),
            None => None,
        };
        let bot = |timeout| -> Result<Bot, BotError> {
            let client = net::default_reqwest_settings().timeout(timeout).build();
            let bot = Bot::with_client(token, client.map_err(|_| BotError::Config("TLS could not be set up."))?);
            Ok(match &address {
                Some(address) => bot.set_api_url(Clone::clone(address)),
                None => bot,
            })
        };
        Ok(Self { calls: bot(TIMEOUT)?, files: bot(FILE_TIMEOUT)?, id, waits: true, pulse: Pulse::default() })
    }

    /// The number before the colon of the token.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The same for whoever can come again later: a pause that Telegram asks for is an error at once, so that nobody is
    /// kept waiting behind it and nothing breaks off half-way through it.
    #[must_use]
    pub fn hurried(&self) -> Self {
        Self { waits: false, ..self.clone() }
    }

    /// When Telegram last answered.
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    async fn patiently<T, F>(&self, call: impl FnMut() -> F) -> Result<T, BotError>
    where
        F: Future<Output = Result<T, teloxide::RequestError>>,
    {
        let tries = if self.waits { TRIES } else { 1 };
        self.pulse.note(patiently(tries, call).await, |error| matches!(error, BotError::Away(_)))
    }

    /// Sends a text in HTML; user's words in it must be escaped.
    pub(crate) async fn send(&self, chat: i64, html: &str, markup: Option<ReplyMarkup>) -> Result<i32, BotError> {
        let call = |html: String, mode: Option<ParseMode>| {
            let mut call = self.calls.send_message(ChatId(chat), html).link_preview_options(NO_PREVIEW);
            call.parse_mode = mode;
            call.reply_markup = markup.clone();
            call
        };
        let sent = match self.patiently(|| call(html.to_owned(), Some(ParseMode::Html)).into_future()).await {
            Err(BotError::Markup(problem)) => {
                tracing::error!(problem, "broken markup, sent as plain text");
                self.patiently(|| call(plain(html), None).into_future()).await
            }
            other => other,
        };
        Ok(sent?.id.0)
    }

    /// Sends plain text to a chat, for messages that are not part of a dialogue.
    ///
    /// # Errors
    /// As every call; see [`BotError`].
    pub async fn send_text(&self, chat: i64, text: &str) -> Result<(), BotError> {
        self.send(chat, &teloxide::utils::html::escape(text), None).await.map(|_| ())
    }

    /// Replaces a message's text and buttons. A message that can no longer be edited is sent anew.
    pub(crate) async fn edit(
        &self,
        chat: i64,
        message: i32,
        html: &str,
        keyboard: Option<InlineKeyboardMarkup>,
    ) -> Result<i32, BotError> {
        let edited = self
            .patiently(|| {
                let mut call = self
                    .calls
                    .edit_message_text(ChatId(chat), MessageId(message), html)
                    .parse_mode(ParseMode::Html)
                    .link_preview_options(NO_PREVIEW);
                call.reply_markup = keyboard.clone();
                call.into_future()
            })
            .await;
        match edited {
            Ok(_) => Ok(message),
            Err(BotError::Refused(text)) if text.contains("not modified") => Ok(message),
            Err(BotError::Refused(_) | BotError::Markup(_)) => self.send(chat, html, keyboard.map(Into::into)).await,
            Err(error) => Err(error),
        }
    }

    /// Takes the buttons of an old message away; that it is gone does not matter.
    pub(crate) async fn strip(&self, chat: i64, message: i32) -> Result<(), BotError> {
        let stripped = self
            .patiently(|| {
                let none = InlineKeyboardMarkup::new(Vec::<Vec<_>>::new());
                self.calls.edit_message_reply_markup(ChatId(chat), MessageId(message)).reply_markup(none).into_future()
            })
            .await;
        match stripped {
            Ok(_) | Err(BotError::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Stops the spinner of a pressed button, with a short note. Too late is no error.
    pub(crate) async fn answer(&self, query: &CallbackQueryId, note: Option<&str>) {
        let answered = self
            .patiently(|| {
                let call = self.calls.answer_callback_query(query.clone());
                match note {
                    Some(note) => call.text(note.chars().take(190).collect::<String>()).into_future(),
                    None => call.into_future(),
                }
            })
            .await;
        if let Err(error) = answered {
            tracing::debug!(%error, "a press was not answered");
        }
    }

    /// The bytes of a file; `None` when it is larger than `limit`.
    pub(crate) async fn download(&self, file: &FileId, limit: usize) -> Result<Option<Vec<u8>>, BotError> {
        let limit = limit.min(DOWNLOAD_LIMIT);
        let file = self.patiently(|| self.calls.get_file(file.clone()).into_future()).await?;
        let mut stream = Box::pin(self.files.download_file_stream(&file.path));
        let mut bytes = Vec::new();
        while let Some(part) = stream.next().await {
            let part = part.map_err(|_| BotError::Away("a file did not arrive".to_owned()))?;
            if bytes.len() + part.len() > limit {
                return Ok(None);
            }
            bytes.extend_from_slice(&part);
        }
        Ok(Some(bytes))
    }

    /// Asks Telegram to deliver updates to `url` (`https://…/telegram/webhook`) with `secret` in the header.
    ///
    /// # Errors
    /// As every call.
    pub async fn set_webhook(&self, url: &str, secret: &str) -> Result<(), BotError> {
        let url = url.parse().map_err(|_| BotError::Config("the webhook's address is malformed."))?;
        self.patiently(|| {
            self.calls
                .set_webhook(Clone::clone(&url))
                .secret_token(secret)
                .allowed_updates([AllowedUpdate::Message, AllowedUpdate::CallbackQuery, AllowedUpdate::MyChatMember])
                .into_future()
        })
        .await
        .map(|_| ())
    }

    /// How Telegram delivers to us.
    ///
    /// # Errors
    /// As every call.
    pub async fn webhook(&self) -> Result<Webhook, BotError> {
        let info = self.patiently(|| self.calls.get_webhook_info().into_future()).await?;
        Ok(Webhook {
            url: info.url.map(|url| url.to_string()),
            waiting: info.pending_update_count,
            trouble: info.last_error_date.zip(info.last_error_message),
        })
    }

    /// Puts the commands into the bot's menu, in every language.
    ///
    /// # Errors
    /// As every call.
    pub async fn set_commands(&self) -> Result<(), BotError> {
        for (l, code) in [(Locale::ru, None), (Locale::uz, Some("uz")), (Locale::en, Some("en"))] {
            let commands = [
                BotCommand::new("new", td_string!(l, bot.command_new)),
                BotCommand::new("mine", td_string!(l, bot.command_mine)),
                BotCommand::new("pay", td_string!(l, payments.pay_title)),
                BotCommand::new("outages", td_string!(l, outages.title)),
                BotCommand::new("news", td_string!(l, news.title)),
                BotCommand::new("language", td_string!(l, bot.command_language)),
                BotCommand::new("start", td_string!(l, bot.command_start)),
            ];
            self.patiently(|| {
                let call = self.calls.set_my_commands(commands.clone());
                match code {
                    Some(code) => call.language_code(code).into_future(),
                    None => call.into_future(),
                }
            })
            .await?;
        }
        Ok(())
    }
}

/// Waits as long as Telegram asks, when that is not too long, and tries again.
async fn patiently<T, F>(tries: u32, mut call: impl FnMut() -> F) -> Result<T, BotError>
where
    F: Future<Output = Result<T, teloxide::RequestError>>,
{
    for _ in 1..tries {
        match call().await.map_err(BotError::from) {
            Err(BotError::Throttled(seconds)) if seconds <= PATIENCE => {
                tokio::time::sleep(Duration::from_secs(u64::from(seconds))).await;
            }
            other => return other,
        }
    }
    call().await.map_err(BotError::from)
}

/// The words of an HTML text.
fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
