//! A company's own words for what people are told. Versions are added and never changed: the newest counts, and one
//! without words gives the product's back. The product's words are in `i18n`; here are those somebody wrote.

use super::{Recipient, people, tell};
use crate::{Actor, Ctx, Error, Result, Tx, audit::Entry, error::word, events::Audience};
use model::{
    Code, Permission as P,
    events::Event,
    notices::{LetterSent, NoticeChannel, NoticeKind, SaveText, TextKey, TextVersion, TextWords, names},
    validate,
};
use platform::ids::new_id;
use serde_json::{Value, json};

/// Earlier versions shown.
const SHOWN: i64 = 20;

struct Row {
    kind: String,
    channel: String,
    lang: String,
    version: i32,
    title: Option<String>,
    body: Option<String>,
    author_name: String,
    at: chrono::DateTime<chrono::Utc>,
}

impl Row {
    fn read(self) -> Result<TextVersion> {
        let key = TextKey { kind: word(&self.kind)?, channel: word(&self.channel)?, lang: people::lang(&self.lang)? };
        let words = self.title.zip(self.body).map(|(title, text)| TextWords { title, text });
        Ok(TextVersion { key, version: self.version, words, author: self.author_name, at: self.at })
    }
}

/// The newest version of everything somebody wrote.
pub async fn texts(ctx: &Ctx, actor: &Actor) -> Result<Vec<TextVersion>> {
    actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    newest(&mut tx, None).await
}

async fn newest(tx: &mut Tx, kind: Option<NoticeKind>) -> Result<Vec<TextVersion>> {
    let company = tx.actor().company_id().0;
    sqlx::query_as!(
        Row,
        "select distinct on (kind, channel, lang) kind, channel, lang, version, title, body, author_name, at
         from message_texts where company_id = $1 and ($2::text is null or kind = $2) order by kind, channel, lang, version desc",
        company,
        kind.map(NoticeKind::as_str)
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(Row::read)
    .collect()
}

/// The versions of one text, the newest first; twenty at most.
pub async fn text_history(ctx: &Ctx, actor: &Actor, key: TextKey) -> Result<Vec<TextVersion>> {
    let scope = actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    sqlx::query_as!(
        Row,
        "select kind, channel, lang, version, title, body, author_name, at from message_texts
         where company_id = $1 and kind = $2 and channel = $3 and lang = $4 order by version desc limit $5",
        scope.company(),
        key.kind.as_str(),
        key.channel.as_str(),
        key.lang.code(),
        SHOWN
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(Row::read)
    .collect()
}

/// Adds a version; the newest of every text of its kind afterwards.
///
/// # Errors
/// `conflict` when somebody else was quicker; `invalid` on a kind whose words are fixed, and on names a text of it may
/// not use.
pub async fn save_text(ctx: &Ctx, actor: &Actor, command: &SaveText) -> Result<Vec<TextVersion>> {
    let scope = actor.scope(P::SettingsManage)?;
    check(command)?;
    let key = command.key();
    let mut tx = ctx.begin(actor).await?;
    let known = newest(&mut tx, Some(key.kind)).await?;
    let before = known.into_iter().find(|own| own.key == key);
    if before.as_ref().map_or(0, |own| own.version) != command.version {
        return Err(Code::Conflict.into());
    }
    let words = command.words.as_ref().map(trimmed);
    if before.as_ref().and_then(|own| own.words.as_ref()) != words.as_ref() {
        let (now, author) = (tx.now(), actor.name().to_owned());
        let written = sqlx::query!(
            "insert into message_texts (company_id, kind, channel, lang, version, title, body, author_name, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
            scope.company(),
            key.kind.as_str(),
            key.channel.as_str(),
            key.lang.code(),
            command.version + 1,
            words.as_ref().map(|words| words.title.as_str()),
            words.as_ref().map(|words| words.text.as_str()),
            author,
            now
        )
        .execute(tx.conn())
        .await?;
        if written.rows_affected() == 0 {
            return Err(Code::Conflict.into());
        }
        let said = |words: Option<&TextWords>| words.map(|words| format!("{}\n{}", words.title, words.text));
        let old = said(before.as_ref().and_then(|own| own.words.as_ref()));
        let name = format!("{}.{}.{}", key.kind, key.channel, key.lang.code());
        let changes = json!({ "message": [null, name], "text": [old, said(words.as_ref())] });
        tx.audit(Entry { action: "setting.update", object_type: "setting", object_id: None, changes }).await?;
    }
    let all = newest(&mut tx, Some(key.kind)).await?;
    tx.commit().await?;
    Ok(all)
}

fn trimmed(words: &TextWords) -> TextWords {
    TextWords { title: words.title.trim().to_owned(), text: words.text.trim().to_owned() }
}

fn check(command: &SaveText) -> Result<()> {
    if !command.kind.is_editable() {
        return Err(Error::field("/kind", "unknown"));
    }
    validate::check(command)?;
    if let Some(words) = &command.words {
        for (field, text) in [("/words/title", &words.title), ("/words/text", &words.text)] {
            if names(text).any(|name| !command.kind.knows(name)) {
                return Err(Error::field(field, "bad_variable"));
            }
        }
    }
    Ok(())
}

/// The facts of the newest message of a kind, with the name of the company: for seeing a text with real data.
pub async fn sample(ctx: &Ctx, actor: &Actor, kind: NoticeKind) -> Result<(Option<Value>, String)> {
    let scope = actor.scope(P::SettingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let row = sqlx::query!(
        r#"select c.name, (select n.facts from notices n where n.company_id = c.id and n.kind = $2 order by n.at desc, n.id desc limit 1) as "facts?"
           from companies c where c.id = $1"#,
        scope.company(),
        kind.as_str()
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((row.facts, row.name))
}

/// Sends the text as it is stored now to the caller alone, by the channel and in the language it is for, whatever they
/// want themselves. By no other channel: its text is another.
///
/// # Errors
/// `invalid` on a kind whose words are fixed. Who cannot be reached, or belongs to no company, is told nothing.
pub async fn try_text(ctx: &Ctx, actor: &Actor, key: TextKey, example: &Value) -> Result<LetterSent> {
    actor.scope(P::SettingsManage)?;
    if !key.kind.is_editable() {
        return Err(Error::field("/kind", "unknown"));
    }
    let (facts, _) = sample(ctx, actor, key.kind).await?;
    let facts = facts.unwrap_or_else(|| example.clone());
    let user = actor.user()?;
    let nobody = LetterSent { people: 0, messages: 0 };
    let mut tx = ctx.begin(actor).await?;
    let (company, now) = (tx.actor().company_id(), tx.now());
    let found = people::load(tx.conn(), company, key.kind, &[Recipient::Staff(user)], true).await?.pop();
    let Some(mut person) = found else { return Ok(nobody) };
    for (_, _, lang) in &mut person.addresses {
        *lang = key.lang;
    }
    let listed = key.channel == NoticeChannel::InApp;
    let messages = person.at(key.channel).count();
    if !listed && messages == 0 {
        return Ok(nobody);
    }
    let id = new_id();
    sqlx::query!(
        "insert into notices (id, company_id, user_id, kind, key, facts, urgent, shown, at)
         values ($1, $2, $3, $4, $5, $6, true, $7, $8)",
        id,
        company.0,
        user.0,
        key.kind.as_str(),
        format!("test:{id}"),
        facts,
        listed,
        now
    )
    .execute(tx.conn())
    .await?;
    tell::by_road(&mut tx, key.kind, id, &person, key.channel, None, true).await?;
    if listed {
        tx.emit(&Event::NoticeCreated { kind: key.kind }, &Audience::only(vec![user])).await?;
    }
    tx.commit().await?;
    let messages = i64::try_from(messages).map_err(|e| Error::internal("a test message", e))?;
    Ok(LetterSent { people: 1, messages })
}
