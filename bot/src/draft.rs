//! Writing a new request: section, place, words and photos, send.

use crate::{
    card,
    dialogue::{Note, Talk},
    error::{BotError, spoken},
    keyboards, outages,
    press::Press,
    state::{Draft, Step},
};
use domain::{Actor, files, idempotency::Key, property, requests};
use i18n::{td_string, when};
use model::{Code, Failure, FileId, property::Home, requests::Category, validate};
use teloxide::types::{FileId as TelegramFile, Message};
use uuid::Uuid;

/// Asks for the section.
pub(crate) async fn start(talk: &mut Talk<'_>, actor: &Actor) -> Result<(), BotError> {
    let l = talk.l();
    if homes(talk, actor).await?.is_empty() {
        return talk.say(td_string!(l, bot.no_homes)).await;
    }
    talk.dialogue.step = Step::Category;
    let keyboard = keyboards::categories(l);
    talk.say_with(td_string!(l, bot.ask_category), Some(keyboard.into())).await.map(|_| ())
}

/// The section is chosen; asks for the place in the same message.
pub(crate) async fn category(
    talk: &mut Talk<'_>,
    actor: &Actor,
    message: i32,
    category: Category,
) -> Result<Note, BotError> {
    let l = talk.l();
    if !matches!(talk.dialogue.step, Step::Category | Step::Place { .. }) {
        return Ok(Some(td_string!(l, bot.button_old).to_owned()));
    }
    let keyboard = keyboards::places(l, &homes(talk, actor).await?);
    talk.api.edit(talk.chat.chat_id, message, td_string!(l, bot.ask_place), Some(keyboard)).await?;
    talk.dialogue.step = Step::Place { category };
    Ok(None)
}

/// The place is chosen; the same message becomes the draft.
pub(crate) async fn place(talk: &mut Talk<'_>, actor: &Actor, message: i32, press: Press) -> Result<Note, BotError> {
    let l = talk.l();
    let homes = homes(talk, actor).await?;
    let found = homes.iter().find(|home| match press {
        Press::Unit(unit) => home.unit_id == unit,
        Press::Building(building) => home.building_id == building,
        _ => false,
    });
    let (Step::Place { category }, Some(home)) = (&talk.dialogue.step, found) else {
        return Ok(Some(td_string!(l, bot.button_old).to_owned()));
    };
    let whole_house = matches!(press, Press::Building(_));
    let mut draft = Draft {
        category: *category,
        unit_id: (!whole_house).then_some(home.unit_id),
        building_id: Some(home.building_id),
        address: if whole_house { keyboards::house(home).to_owned() } else { home.address.clone() },
        text: String::new(),
        file_ids: Vec::new(),
        message,
        album: None,
    };
    let keyboard = keyboards::draft(l, true);
    draft.message = talk.api.edit(talk.chat.chat_id, message, &card::draft(l, &draft), Some(keyboard)).await?;
    let unit = draft.unit_id;
    talk.dialogue.step = Step::Details { draft };
    outages::mention(talk, actor, unit, home.building_id).await?;
    Ok(None)
}

/// Adds words or a photo, and shows the draft below them.
pub(crate) async fn add(talk: &mut Talk<'_>, actor: &Actor, message: &Message) -> Result<(), BotError> {
    let l = talk.l();
    let Step::Details { draft } = &talk.dialogue.step else { return Ok(()) };
    let mut next = draft.clone();
    let words = message.text().or(message.caption()).map(str::trim).filter(|w| !w.is_empty());
    let photo = photo_of(message);
    if words.is_none() && photo.is_none() {
        return talk.say(td_string!(l, bot.draft_not_understood)).await;
    }
    if let Some(words) = words {
        next.text = if next.text.is_empty() { words.to_owned() } else { format!("{}\n{words}", next.text) };
    }
    if photo.is_some() {
        // Is there room for one more? Asked before it is downloaded.
        next.file_ids.push(FileId(Uuid::nil()));
    }
    if let Err(failure) = validate::check(&next.command()) {
        let full = failure.field("file_ids").is_some();
        return if full { talk.say(td_string!(l, bot.draft_full)).await } else { talk.say_failure(&failure).await };
    }
    if let Some((file, size)) = photo {
        next.file_ids.pop();
        match upload(talk, actor, &file, size).await? {
            Ok(id) => next.file_ids.push(id),
            Err(failure) => return talk.say_failure(&failure).await,
        }
    }
    let album = message.media_group_id().map(|group| group.0.clone());
    let (text, keyboard) = (card::draft(l, &next), keyboards::draft(l, false));
    // Parts of one album share one answer; everything else moves the draft below what was written.
    next.message = if album.is_some() && album == next.album {
        talk.api.edit(talk.chat.chat_id, next.message, &text, Some(keyboard)).await?
    } else {
        talk.api.strip(talk.chat.chat_id, next.message).await?;
        talk.say_with(&text, Some(keyboard.into())).await?
    };
    next.album = album;
    talk.dialogue.step = Step::Details { draft: next };
    Ok(())
}

/// The largest size of a photo, or a picture sent as a file; with its bytes as Telegram states them.
fn photo_of(message: &Message) -> Option<(TelegramFile, u32)> {
    let photo = message.photo().and_then(|sizes| sizes.iter().max_by_key(|size| size.width * size.height));
    let picture = message.document().filter(|d| d.mime_type.as_ref().is_some_and(|m| m.type_() == "image"));
    photo.map(|p| &p.file).or(picture.map(|d| &d.file)).map(|file| (file.id.clone(), file.size))
}

async fn upload(
    talk: &Talk<'_>,
    actor: &Actor,
    file: &TelegramFile,
    size: u32,
) -> Result<Result<FileId, Failure>, BotError> {
    let limit = talk.ctx.config.server.upload_limit_bytes;
    let stated = usize::try_from(size).unwrap_or(usize::MAX);
    // teloxide writes `u32::MAX` for a size that Telegram did not state.
    if size != u32::MAX && stated > limit {
        return Ok(Err(Code::TooLarge.into()));
    }
    let Some(bytes) = talk.api.download(file, limit).await? else { return Ok(Err(Code::TooLarge.into())) };
    Ok(spoken(files::upload(talk.ctx, actor, bytes).await)?.map(|view| view.id))
}

/// Files the request. The draft's message becomes the request's card.
pub(crate) async fn send(talk: &mut Talk<'_>, actor: &Actor, message: i32) -> Result<Note, BotError> {
    let l = talk.l();
    let Step::Details { draft } = &talk.dialogue.step else {
        talk.api.strip(talk.chat.chat_id, message).await?;
        return Ok(Some(td_string!(l, bot.draft_gone).to_owned()));
    };
    if draft.is_empty() {
        return Ok(Some(td_string!(l, bot.ask_details).to_owned()));
    }
    // The same press after a crash finds the request it made.
    let key = format!("telegram:{}:{}", talk.chat.bot_id, talk.update_id);
    let key = Key { request_hash: key.clone().into_bytes(), key };
    match spoken(requests::create(talk.ctx, actor, &draft.command(), Some(&key)).await)? {
        Ok(card) => {
            let now = talk.ctx.clock.now();
            let due = card.due_at.map(|due| when::moment(l, due, now)).unwrap_or_default();
            let accepted = td_string!(l, bot.accepted, number = card.number.to_string(), due = due).to_string();
            let text = format!("{accepted}\n\n{}", card::card(l, &card, now));
            talk.api.edit(talk.chat.chat_id, message, &text, keyboards::card(l, &card)).await?;
            talk.dialogue.step = Step::Menu;
        }
        Err(failure) => talk.say_failure(&failure).await?,
    }
    Ok(None)
}

/// Throws the draft away; its photos are swept later.
pub(crate) async fn drop(talk: &mut Talk<'_>, message: i32) -> Result<Note, BotError> {
    let l = talk.l();
    match talk.dialogue.step {
        Step::Category | Step::Place { .. } | Step::Details { .. } => {
            talk.api.edit(talk.chat.chat_id, message, td_string!(l, bot.draft_dropped), None).await?;
            talk.dialogue.step = Step::Menu;
            Ok(None)
        }
        _ => {
            talk.api.strip(talk.chat.chat_id, message).await?;
            Ok(Some(td_string!(l, bot.draft_gone).to_owned()))
        }
    }
}

async fn homes(talk: &Talk<'_>, actor: &Actor) -> Result<Vec<Home>, BotError> {
    Ok(property::homes(talk.ctx, actor).await?)
}
