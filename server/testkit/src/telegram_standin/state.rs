//! What the stand-in remembers: chats, messages, files, the webhook, faults to play.

use super::{Options, deliver};
use platform::clock::Clock;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::mpsc::UnboundedSender;

/// Calls kept for looking at.
const CALLS: usize = 1000;

pub(super) type Shared = Arc<Standin>;

pub(super) struct Standin {
    pub token: String,
    pub bot_id: i64,
    pub phones: Vec<String>,
    pub client: reqwest::Client,
    clock: Clock,
    inner: Mutex<Inner>,
}

#[derive(Default)]
pub(super) struct Inner {
    pub webhook: Webhook,
    pub chats: BTreeMap<i64, Chat>,
    pub files: HashMap<String, File>,
    pub faults: VecDeque<Fault>,
    pub calls: VecDeque<Value>,
    /// Presses that may still be answered, with their chat.
    pub presses: HashMap<String, i64>,
    /// Every update sent, for repeats.
    pub updates: BTreeMap<i64, Value>,
    pub commands: BTreeMap<String, Value>,
    /// Grows with each reset: deliveries of an earlier life stop.
    pub life: u64,
    serial: i64,
}

#[derive(Clone, Default)]
pub(super) struct Webhook {
    pub url: Option<String>,
    pub secret: Option<String>,
    pub last_error: Option<(i64, String)>,
    pub pending: u32,
}

pub(super) struct File {
    pub path: String,
    pub bytes: axum::body::Bytes,
}

/// Trouble to play for the next calls.
pub(super) struct Fault {
    pub kind: FaultKind,
    pub left: u32,
    /// Lower case; any method when absent.
    pub method: Option<String>,
}

#[derive(Clone, Copy)]
pub(super) enum FaultKind {
    /// 429 with this many seconds.
    Throttle(u32),
    /// 500.
    Error,
    /// Answers after this many milliseconds.
    Slow(u64),
    /// Does the work and breaks the connection instead of answering.
    Drop,
}

/// A private chat of a virtual person; their user id is the chat's id.
pub(super) struct Chat {
    pub id: i64,
    pub name: String,
    pub phone: String,
    pub lang: String,
    pub blocked: bool,
    pub messages: Vec<Message>,
    /// The reply keyboard on screen.
    pub keyboard: Option<Value>,
    /// Notes over pressed buttons.
    pub notes: Vec<String>,
    pub queue: UnboundedSender<(i64, Value)>,
}

#[derive(Clone, Default)]
pub(super) struct Message {
    pub id: i64,
    pub date: i64,
    pub from_bot: bool,
    pub text: String,
    /// The text as safe HTML.
    pub html: String,
    pub entities: Vec<Value>,
    /// Sizes of a photo, the largest last; `text` is then its caption.
    pub photo: Option<Value>,
    pub contact: Option<Value>,
    pub album: Option<String>,
    /// The inline keyboard.
    pub markup: Option<Value>,
    pub edited: bool,
}

impl Standin {
    pub fn new(options: Options) -> Self {
        let bot_id = options.token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or(7_000_001);
        let webhook = Webhook { url: options.webhook_url, secret: options.secret, ..Webhook::default() };
        let clock = Clock::system();
        // Ids go on where an earlier process stopped: the product remembers the updates it has seen.
        let serial = clock.now().timestamp() % 1_000_000_000;
        Self {
            token: options.token,
            bot_id,
            phones: options.phones,
            client: reqwest::Client::builder().timeout(std::time::Duration::from_secs(30)).build().unwrap_or_default(),
            clock,
            inner: Mutex::new(Inner { webhook, serial, ..Inner::default() }),
        }
    }

    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn now(&self) -> i64 {
        self.clock.now().timestamp()
    }

    pub fn bot_user(&self) -> Value {
        json!({ "id": self.bot_id, "is_bot": true, "first_name": "UK CRM", "username": "uk_crm_standin_bot" })
    }

    /// A message as the Bot API shows it.
    pub fn message_json(&self, chat: &Chat, message: &Message) -> Value {
        let from = if message.from_bot { self.bot_user() } else { chat.user() };
        let mut out = json!({ "message_id": message.id, "date": message.date, "chat": chat.json(), "from": from });
        match (&message.photo, &message.contact) {
            (Some(sizes), _) => {
                out["photo"] = sizes.clone();
                if !message.text.is_empty() {
                    out["caption"] = message.text.clone().into();
                }
            }
            (None, Some(contact)) => out["contact"] = contact.clone(),
            (None, None) => {
                out["text"] = message.text.clone().into();
                if !message.entities.is_empty() {
                    out["entities"] = message.entities.clone().into();
                }
            }
        }
        if let Some(album) = &message.album {
            out["media_group_id"] = album.clone().into();
        }
        if let Some(markup) = &message.markup {
            out["reply_markup"] = markup.clone();
        }
        out
    }

    /// Makes a chat for a new virtual person.
    pub fn open_chat(self: &Arc<Self>, name: &str, phone: &str, lang: &str) -> i64 {
        let mut inner = self.lock();
        let id = inner.next();
        let queue = deliver::start(self.clone(), inner.life);
        let chat = Chat {
            id,
            name: name.to_owned(),
            phone: phone.to_owned(),
            lang: lang.to_owned(),
            blocked: false,
            messages: Vec::new(),
            keyboard: None,
            notes: Vec::new(),
            queue,
        };
        inner.chats.insert(id, chat);
        id
    }
}

impl Inner {
    /// The next number; updates, messages, chats and files share one row of numbers.
    pub fn next(&mut self) -> i64 {
        self.serial += 1;
        self.serial
    }

    /// Numbers an update, keeps it and puts it into the chat's queue.
    pub fn push(&mut self, chat: i64, mut update: Value) -> i64 {
        let id = self.next();
        update["update_id"] = id.into();
        self.updates.insert(id, update.clone());
        if let Some(chat) = self.chats.get(&chat)
            && chat.queue.send((id, update)).is_ok()
        {
            self.webhook.pending += 1;
        }
        id
    }

    pub fn record(&mut self, call: Value) {
        self.calls.push_back(call);
        if self.calls.len() > CALLS {
            self.calls.pop_front();
        }
    }

    /// Takes the first fault that fits the method.
    pub fn fault(&mut self, method: &str) -> Option<FaultKind> {
        let fits = |fault: &Fault| fault.method.as_deref().is_none_or(|m| m == method);
        let at = self.faults.iter().position(fits)?;
        let fault = self.faults.get_mut(at)?;
        fault.left = fault.left.saturating_sub(1);
        let kind = fault.kind;
        if fault.left == 0 {
            self.faults.remove(at);
        }
        Some(kind)
    }

    /// Forgets everything but the webhook and the numbers.
    pub fn reset(&mut self) {
        let webhook = Webhook { pending: 0, last_error: None, ..self.webhook.clone() };
        *self = Self { webhook, serial: self.serial, life: self.life + 1, ..Self::default() };
    }
}

impl Chat {
    pub fn json(&self) -> Value {
        json!({ "id": self.id, "type": "private", "first_name": self.name })
    }

    pub fn user(&self) -> Value {
        json!({ "id": self.id, "is_bot": false, "first_name": self.name, "language_code": self.lang })
    }

    /// A message of the bot.
    pub fn bots_message(&mut self, id: i64) -> Option<&mut Message> {
        self.messages.iter_mut().find(|m| m.id == id && m.from_bot)
    }

    /// What the chat page and tests look at.
    pub fn view(&self) -> Value {
        let messages: Vec<Value> = self
            .messages
            .iter()
            .map(|m| {
                json!({
                    "message_id": m.id, "date": m.date, "from_bot": m.from_bot, "text": m.text, "html": m.html,
                    "photo": m.photo.as_ref().and_then(|sizes| sizes.as_array()?.last()?.get("file_id").cloned()),
                    "contact": m.contact, "buttons": m.markup.as_ref().map(|k| &k["inline_keyboard"]), "edited": m.edited,
                })
            })
            .collect();
        json!({
            "chat_id": self.id, "first_name": self.name, "phone": self.phone, "blocked": self.blocked, "messages": messages,
            "keyboard": self.keyboard.as_ref().map(|k| &k["keyboard"]), "notes": self.notes,
        })
    }
}
