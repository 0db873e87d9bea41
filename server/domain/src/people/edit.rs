//! Taking people into the register and changing what is known of them.

use super::{contacts::card, homes, phones, privacy, seal};
use crate::{
    Actor, Ctx, Result, Scope, Tx,
    idempotency::{self, Claim, Key},
    staff::trimmed,
};
use model::{
    Code, ContactId, Lang, Permission as P,
    people::{Channel, ContactCard, CreateContact, PhoneEntry, Secret, UpdateContact, passport_number, pinfl_number},
    validate,
};
use platform::ids::new_id;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// What the audit shows in full.
#[derive(Serialize)]
struct Facts<'a> {
    name: &'a str,
    lang: Lang,
    channel: Option<Channel>,
    note: Option<&'a str>,
}

/// Takes a person into the register. A repeated call with the same `key` answers with the person made by the first.
///
/// # Errors
/// `invalid` with the wrong fields; `forbidden` for a home without the right to manage residents.
pub async fn create_contact(
    ctx: &Ctx,
    actor: &Actor,
    command: &CreateContact,
    key: Option<&Key>,
) -> Result<ContactCard> {
    let scope = actor.scope(P::ResidentsCreate)?;
    // Who lives where decides who may enter a house: that is not for everybody who answers the telephone.
    let manages = command.home.as_ref().map(|_| actor.scope(P::ResidentsManage)).transpose()?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    if let Some(key) = key
        && let Claim::Done { body, .. } = idempotency::claim(&mut tx, key).await?
    {
        let id: ContactId = serde_json::from_value(body)?;
        return card(&mut tx, &scope, id).await;
    }
    let id = insert(ctx, &mut tx, &scope, command).await?;
    if let (Some(home), Some(manages)) = (&command.home, &manages) {
        homes::insert(&mut tx, manages, id, home).await.map_err(|e| within(e, "/home"))?;
    }
    if let Some(key) = key {
        idempotency::store(&mut tx, key, 201, &json!(id)).await?;
    }
    let card = card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Says of a part's fields where they stand in the whole.
fn within(error: crate::Error, prefix: &str) -> crate::Error {
    match error {
        crate::Error::Failure(mut failure) => {
            for field in &mut failure.fields {
                field.pointer = format!("{prefix}{}", field.pointer);
            }
            crate::Error::Failure(failure)
        }
        other => other,
    }
}

async fn insert(ctx: &Ctx, tx: &mut Tx, scope: &Scope, command: &CreateContact) -> Result<ContactId> {
    let (id, now) = (ContactId(new_id()), tx.now());
    let name = command.name.trim();
    let note = trimmed(command.note.clone());
    let lang = match command.lang {
        Some(lang) => lang,
        None => company_lang(tx, scope).await?,
    };
    sqlx::query!(
        "insert into contacts (id, company_id, name, lang, channel, note, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        scope.company(),
        name,
        lang.code(),
        command.channel.map(Channel::as_str),
        note,
        now
    )
    .execute(tx.conn())
    .await?;
    let hide = privacy::rules(tx).await?.hide_phones;
    let entries: Vec<PhoneEntry> = command.phones.iter().cloned().map(PhoneEntry::Number).collect();
    let phones = phones::replace(ctx, tx, scope, id, &entries, hide).await?;
    let mut covered = vec![("phones", phones.before, phones.after, phones.changed)];
    for (secret, value) in
        [(Secret::Email, &command.email), (Secret::Passport, &command.passport), (Secret::Pinfl, &command.pinfl)]
    {
        let value = trimmed(value.clone()).map(|value| clean(secret, &value));
        let (before, after, changed) = keep(ctx, tx, id, secret, value.as_deref()).await?;
        covered.push((secret.as_str(), before, after, changed));
    }
    let facts = Facts { name, lang, channel: command.channel, note: note.as_deref() };
    tx.record_masked("contact.create", "contact", id.0, None, Some(&facts), &covered).await?;
    Ok(id)
}

async fn company_lang(tx: &mut Tx, scope: &Scope) -> Result<Lang> {
    let lang =
        sqlx::query_scalar!("select lang from companies where id = $1", scope.company()).fetch_one(tx.conn()).await?;
    Ok(Lang::parse(&lang).unwrap_or_default())
}

fn clean(secret: Secret, value: &str) -> String {
    match secret {
        Secret::Passport => passport_number(value),
        Secret::Pinfl => pinfl_number(value),
        Secret::Email | Secret::Phone => value.trim().to_owned(),
    }
}

/// Writes a secret of a person, or takes it away; says how it was and is shown and whether it changed.
async fn keep(
    ctx: &Ctx,
    tx: &mut Tx,
    id: ContactId,
    secret: Secret,
    value: Option<&str>,
) -> Result<(Option<String>, Option<String>, bool)> {
    let company = tx.actor().company_id().0;
    let closed = value.map(|value| seal::close(ctx, secret, id.0, value));
    let (key, sealed, shown) =
        closed.map_or((None, None, None), |closed| (Some(closed.key), Some(closed.sealed), Some(closed.shown)));
    let old = seal::stored(tx, company, id, secret).await?;
    let (old_shown, old_key) = old.map_or((None, None), |old| (Some(old.shown), Some(old.key)));
    if old_key == key {
        return Ok((old_shown, shown, false));
    }
    let (column, row): (&str, Uuid) = (secret.as_str(), id.0);
    seal::write(tx, company, row, column, key, sealed, shown.as_deref()).await?;
    Ok((old_shown, shown, true))
}

/// Changes what is known of a person. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` with the wrong fields.
pub async fn update_contact(
    ctx: &Ctx,
    actor: &Actor,
    id: ContactId,
    version: i32,
    command: &UpdateContact,
) -> Result<ContactCard> {
    let scope = actor.scope(P::ResidentsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let old = sqlx::query!(
        "select version, name, lang, channel, note from contacts where company_id = $1 and id = $2 and erased_at is null for update",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if old.version != version {
        return Err(Code::Conflict.into());
    }
    let channel = old.channel.as_deref().map(crate::error::word).transpose()?;
    let lang = Lang::parse(&old.lang).unwrap_or_default();
    let note = command.note.clone().map_or_else(|| old.note.clone(), trimmed);
    let before = Facts { name: &old.name, lang, channel, note: old.note.as_deref() };
    let after = Facts {
        name: command.name.as_deref().map_or(old.name.as_str(), str::trim),
        lang: command.lang.unwrap_or(lang),
        channel: command.channel.unwrap_or(channel),
        note: note.as_deref(),
    };
    let mut covered = Vec::new();
    if let Some(entries) = &command.phones {
        let hide = privacy::rules(&mut tx).await?.hide_phones;
        let phones = phones::replace(ctx, &mut tx, &scope, id, entries, hide).await?;
        covered.push(("phones", phones.before, phones.after, phones.changed));
    }
    for (secret, value) in
        [(Secret::Email, &command.email), (Secret::Passport, &command.passport), (Secret::Pinfl, &command.pinfl)]
    {
        if let Some(value) = value {
            let value = trimmed(value.clone()).map(|value| clean(secret, &value));
            let (before, after, changed) = keep(ctx, &mut tx, id, secret, value.as_deref()).await?;
            covered.push((secret.as_str(), before, after, changed));
        }
    }
    if tx.record_masked("contact.update", "contact", id.0, Some(&before), Some(&after), &covered).await? {
        sqlx::query!(
            "update contacts set name = $3, lang = $4, channel = $5, note = $6, version = version + 1
             where company_id = $1 and id = $2",
            scope.company(),
            id.0,
            after.name,
            after.lang.code(),
            after.channel.map(Channel::as_str),
            after.note
        )
        .execute(tx.conn())
        .await?;
    }
    let card = card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}
