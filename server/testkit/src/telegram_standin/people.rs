//! What virtual people do: write, share a contact, send photos, press buttons, block the bot.

use super::{
    api::{keep_file, photo_sizes},
    markup,
    state::{Message, Shared},
};
use axum::body::Bytes;
use serde_json::{Value, json};

/// The id of the update that tells the bot, or what is wrong.
pub(super) type Done = Result<i64, &'static str>;

const NO_CHAT: &str = "there is no such chat";

/// Puts a message of the person into the chat and tells the bot.
fn write(standin: &Shared, chat_id: i64, message: Message) -> Done {
    let now = standin.now();
    let mut inner = standin.lock();
    let id = inner.next();
    let chat = inner.chats.get_mut(&chat_id).ok_or(NO_CHAT)?;
    let message = Message { id, date: now, ..message };
    let update = json!({ "message": standin.message_json(chat, &message) });
    chat.messages.push(message);
    Ok(inner.push(chat_id, update))
}

pub(super) fn text(standin: &Shared, chat: i64, text: &str) -> Done {
    let parsed = markup::plain(text);
    let mut message = Message { text: parsed.text, html: parsed.html, ..Message::default() };
    if let Some(end) = text.starts_with('/').then(|| text.split(' ').next().map_or(0, markup::utf16)) {
        message.entities = vec![json!({ "type": "bot_command", "offset": 0, "length": end })];
    }
    write(standin, chat, message)
}

/// Shares a contact: the own one unless another phone is named.
pub(super) fn contact(standin: &Shared, chat_id: i64, other: Option<&str>) -> Done {
    let contact = {
        let inner = standin.lock();
        let chat = inner.chats.get(&chat_id).ok_or(NO_CHAT)?;
        match other {
            None => json!({ "phone_number": chat.phone, "first_name": chat.name, "user_id": chat.id }),
            Some(phone) => json!({ "phone_number": phone, "first_name": "Somebody", "user_id": chat.id + 1 }),
        }
    };
    write(standin, chat_id, Message { contact: Some(contact), ..Message::default() })
}

/// Sends photos; several make an album, the caption goes with the first.
pub(super) fn photos(standin: &Shared, chat: i64, caption: &str, photos: Vec<Bytes>) -> Done {
    let album = (photos.len() > 1).then(|| format!("album{}", standin.lock().next()));
    let mut last = Err("there is no photo");
    for (at, bytes) in photos.into_iter().enumerate() {
        let sizes = {
            let mut inner = standin.lock();
            let id = keep_file(&mut inner, bytes);
            photo_sizes(&inner, &id)
        };
        let parsed = markup::plain(if at == 0 { caption } else { "" });
        let message = Message {
            photo: Some(sizes),
            album: album.clone(),
            text: parsed.text,
            html: parsed.html,
            ..Message::default()
        };
        last = write(standin, chat, message);
    }
    last
}

/// Presses a button that is there.
pub(super) fn press(standin: &Shared, chat_id: i64, message_id: i64, data: &str) -> Done {
    let mut inner = standin.lock();
    let id = format!("press{}", inner.next());
    let chat = inner.chats.get_mut(&chat_id).ok_or(NO_CHAT)?;
    let (from, name) = (chat.user(), chat_id.to_string());
    let message = chat.bots_message(message_id).ok_or("there is no such message")?.clone();
    let rows = message.markup.as_ref().and_then(|m| m["inline_keyboard"].as_array());
    let buttons = rows.into_iter().flatten().filter_map(Value::as_array).flatten();
    if !buttons.into_iter().any(|button| button["callback_data"] == data) {
        return Err("there is no such button");
    }
    let shown = standin.message_json(chat, &message);
    inner.presses.insert(id.clone(), chat_id);
    let query = json!({ "id": id, "from": from, "message": shown, "chat_instance": name, "data": data });
    Ok(inner.push(chat_id, json!({ "callback_query": query })))
}

/// Blocks the bot, or lets it in again.
pub(super) fn block(standin: &Shared, chat_id: i64, blocked: bool) -> Done {
    let (now, bot) = (standin.now(), standin.bot_user());
    let mut inner = standin.lock();
    let chat = inner.chats.get_mut(&chat_id).ok_or(NO_CHAT)?;
    chat.blocked = blocked;
    let (member, kicked) =
        (json!({ "status": "member", "user": bot }), json!({ "status": "kicked", "user": bot, "until_date": 0 }));
    let (old, new) = if blocked { (member, kicked) } else { (kicked, member) };
    let change = json!({ "chat": chat.json(), "from": chat.user(), "date": now, "old_chat_member": old, "new_chat_member": new });
    Ok(inner.push(chat_id, json!({ "my_chat_member": change })))
}
