//! The dialogue of one chat: who is talking, in which language, and at which step.

use crate::{
    api::BotApi,
    card, draft,
    error::BotError,
    keyboards::{self, Menu},
    news, outages, pay,
    press::Press,
    requests,
    state::{Dialogue, Step},
};
use domain::{
    Actor, Ctx, auth,
    telegram::{self, Chat},
};
use i18n::{Locale, td_string};
use model::{Code, Failure, Lang, Phone};
use teloxide::{
    types::{CallbackQuery, Contact, Message, ReplyMarkup, User},
    utils::html::escape,
};

/// A short note shown over a pressed button.
pub(crate) type Note = Option<String>;

/// One chat while one of its updates is worked on.
pub(crate) struct Talk<'a> {
    pub ctx: &'a Ctx,
    pub api: &'a BotApi,
    pub update_id: i64,
    pub chat: Chat,
    pub dialogue: Dialogue,
    was_reset: bool,
}

impl<'a> Talk<'a> {
    /// `None` when the work on this update is done already.
    async fn open(ctx: &'a Ctx, api: &'a BotApi, update_id: i64, chat_id: i64) -> Result<Option<Self>, BotError> {
        let chat = telegram::chat(ctx, api.id(), chat_id).await?;
        let (dialogue, was_reset) = Dialogue::load(&chat.dialogue);
        if dialogue.last == Some(update_id) {
            return Ok(None);
        }
        Ok(Some(Self { ctx, api, update_id, chat, dialogue, was_reset }))
    }

    /// Remembers where the dialogue stands.
    async fn close(mut self) -> Result<(), BotError> {
        self.dialogue.last = Some(self.update_id);
        self.chat.dialogue = self.dialogue.save();
        Ok(telegram::save_chat(self.ctx, &self.chat).await?)
    }

    pub fn l(&self) -> Locale {
        i18n::locale(self.chat.lang.unwrap_or_default())
    }

    pub async fn say(&self, html: &str) -> Result<(), BotError> {
        self.say_with(html, None).await.map(|_| ())
    }

    pub async fn say_with(&self, html: &str, markup: impl Into<Option<ReplyMarkup>>) -> Result<i32, BotError> {
        self.api.send(self.chat.chat_id, html, markup.into()).await
    }

    pub async fn say_failure(&self, failure: &Failure) -> Result<(), BotError> {
        self.say(&escape(&card::failure(self.l(), failure))).await
    }

    async fn actor(&self) -> Result<Option<Actor>, BotError> {
        Ok(telegram::actor(self.ctx, self.chat.bot_id, self.chat.chat_id).await?)
    }
}

/// A message from a person.
pub(crate) async fn message(ctx: &Ctx, api: &BotApi, update_id: i64, message: &Message) -> Result<(), BotError> {
    let (Some(from), Some(mut talk)) = (&message.from, Talk::open(ctx, api, update_id, message.chat.id.0).await?)
    else {
        return Ok(());
    };
    hear(&mut talk, from, message).await?;
    talk.close().await
}

async fn hear(talk: &mut Talk<'_>, from: &User, message: &Message) -> Result<(), BotError> {
    let l = talk.l();
    if talk.was_reset {
        talk.say(td_string!(l, bot.reset)).await?;
    }
    if talk.chat.lang.is_none() {
        return ask_language(talk).await;
    }
    if let Some(contact) = message.contact() {
        return link(talk, from, contact).await;
    }
    let menu = message.text().and_then(Menu::read);
    let Some(actor) = talk.actor().await? else {
        return match menu {
            // Whoever chose the wrong language can choose again.
            Some(Menu::Start | Menu::Language) => ask_language(talk).await,
            _ => ask_phone(talk, td_string!(l, bot.phone_needed)).await,
        };
    };
    match (menu, &talk.dialogue.step) {
        (Some(Menu::New), _) => draft::start(talk, &actor).await,
        (Some(Menu::Mine), _) => requests::mine(talk, &actor).await,
        (Some(Menu::Outages), _) => outages::show(talk, &actor).await,
        (Some(Menu::News), _) => news::show(talk, &actor).await,
        (Some(Menu::Pay), _) => pay::show(talk, &actor).await,
        (Some(Menu::Language), _) => ask_language(talk).await,
        (None, Step::Details { .. }) => draft::add(talk, &actor, message).await,
        (None, Step::Reason { .. }) => requests::reason(talk, &actor, message.text().unwrap_or_default()).await,
        (Some(Menu::Start) | None, _) => show_menu(talk).await,
    }
}

/// A pressed button. It is answered whatever happens, or it would spin.
pub(crate) async fn press(ctx: &Ctx, api: &BotApi, update_id: i64, query: &CallbackQuery) -> Result<(), BotError> {
    let outcome = pressed(ctx, api, update_id, query).await;
    api.answer(&query.id, outcome.as_ref().ok().and_then(Option::as_deref)).await;
    outcome.map(|_| ())
}

async fn pressed(ctx: &Ctx, api: &BotApi, update_id: i64, query: &CallbackQuery) -> Result<Note, BotError> {
    let Some(message) = query.message.as_ref().filter(|m| m.chat().is_private()) else { return Ok(None) };
    let Some(mut talk) = Talk::open(ctx, api, update_id, message.chat().id.0).await? else { return Ok(None) };
    let (id, l) = (message.id().0, talk.l());
    let note = match query.data.as_deref().and_then(Press::decode) {
        Some(Press::Language(lang)) => set_language(&mut talk, id, lang).await?,
        Some(press) => match talk.actor().await? {
            Some(actor) => act(&mut talk, &actor, id, press).await?,
            None => Some(td_string!(l, bot.phone_needed).to_owned()),
        },
        None => Some(td_string!(l, bot.button_old).to_owned()),
    };
    talk.close().await?;
    Ok(note)
}

async fn act(talk: &mut Talk<'_>, actor: &Actor, message: i32, press: Press) -> Result<Note, BotError> {
    match press {
        Press::Category(category) => draft::category(talk, actor, message, category).await,
        Press::Unit(_) | Press::Building(_) => draft::place(talk, actor, message, press).await,
        Press::Send => draft::send(talk, actor, message).await,
        Press::Drop => draft::drop(talk, message).await,
        Press::Open(id) => requests::open(talk, actor, id).await,
        Press::Rate(id, stars) => requests::rate(talk, actor, message, id, stars).await,
        Press::Step(id, action) => requests::step(talk, actor, message, id, action).await,
        Press::Decide(id, version, accept) => requests::decide(talk, actor, message, id, version, accept).await,
        Press::Keep => requests::keep(talk, message).await,
        Press::Join(id) => outages::join(talk, actor, message, id).await,
        Press::Leave(id) => outages::leave(talk, actor, message, id).await,
        Press::Language(_) => Ok(None),
    }
}

async fn ask_language(talk: &mut Talk<'_>) -> Result<(), BotError> {
    // Nobody should need to know a language to choose theirs.
    let all = Lang::ALL.map(|lang| td_string!(i18n::locale(lang), bot.choose_language));
    talk.say_with(&all.join(" · "), keyboards::languages()).await.map(|_| ())
}

async fn set_language(talk: &mut Talk<'_>, message: i32, lang: Lang) -> Result<Note, BotError> {
    talk.chat.lang = Some(lang);
    let (l, actor) = (talk.l(), talk.actor().await?);
    talk.api.edit(talk.chat.chat_id, message, td_string!(l, bot.language_set), None).await?;
    match actor {
        Some(actor) => {
            auth::set_lang(talk.ctx, &actor, lang).await?;
            show_menu(talk).await?;
        }
        None => ask_phone(talk, td_string!(l, bot.ask_phone)).await?,
    }
    Ok(None)
}

async fn ask_phone(talk: &Talk<'_>, words: &str) -> Result<(), BotError> {
    let l = talk.l();
    if talk.chat.linked {
        return talk.say(td_string!(l, bot.no_access)).await;
    }
    talk.say_with(words, keyboards::phone(l)).await.map(|_| ())
}

/// Telegram vouches for a number only when it is the sender's own.
async fn link(talk: &mut Talk<'_>, from: &User, contact: &Contact) -> Result<(), BotError> {
    let l = talk.l();
    if contact.user_id != Some(from.id) {
        return talk.say_with(td_string!(l, bot.phone_foreign), keyboards::phone(l)).await.map(|_| ());
    }
    let linked = match Phone::parse(&contact.phone_number) {
        Some(phone) => telegram::link(talk.ctx, talk.chat.bot_id, talk.chat.chat_id, &phone).await?,
        None => false,
    };
    let actor = if linked { talk.actor().await? } else { None };
    let Some(actor) = actor else {
        let phone = escape(&contact.phone_number);
        // Where the server does not know its own address there is no link to give.
        let words = match talk.ctx.config.server.public_url.as_deref() {
            Some(url) => {
                let link = format!("{}/join", url.trim_end_matches('/'));
                td_string!(l, bot.phone_apply, phone = phone, link = escape(&link)).to_string()
            }
            None => td_string!(l, bot.phone_unknown, phone = phone).to_string(),
        };
        return talk.say_with(&words, keyboards::phone(l)).await.map(|_| ());
    };
    auth::set_lang(talk.ctx, &actor, talk.chat.lang.unwrap_or_default()).await?;
    talk.dialogue.step = Step::Menu;
    let words = td_string!(l, bot.linked, name = escape(actor.name())).to_string();
    talk.say_with(&words, keyboards::menu(l)).await.map(|_| ())
}

async fn show_menu(talk: &mut Talk<'_>) -> Result<(), BotError> {
    talk.dialogue.step = Step::Menu;
    let l = talk.l();
    talk.say_with(td_string!(l, bot.menu_hint), keyboards::menu(l)).await.map(|_| ())
}

/// Tells the person that their message could not be worked on, after the last attempt.
pub(crate) async fn apologise(ctx: &Ctx, api: &BotApi, chat_id: i64) -> Result<(), BotError> {
    let chat = telegram::chat(ctx, api.id(), chat_id).await?;
    let l = i18n::locale(chat.lang.unwrap_or_default());
    api.send_text(chat_id, i18n::failure::code(l, Code::Internal)).await
}
