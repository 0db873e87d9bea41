//! Uncovering one secret of one person: a right of its own, and always remembered.

use super::{privacy::may_reveal, seal};
use crate::{Actor, Ctx, Error, Result, Tx, audit::Entry};
use model::{
    Code, ContactId, Permission as P,
    people::{Reveal, Revealed, Secret},
};
use serde_json::json;

/// The value behind a cover. The audit keeps who looked at which field of whom, not the value.
///
/// # Errors
/// `forbidden` without the right; `not_found` when there is nothing behind it.
pub async fn reveal(ctx: &Ctx, actor: &Actor, id: ContactId, command: Reveal) -> Result<Revealed> {
    let scope = actor.scope(P::ResidentsRead)?;
    let mut tx = ctx.begin(actor).await?;
    if !may_reveal(&mut tx).await? {
        return Err(Code::Forbidden.into());
    }
    let value = match command.field {
        Secret::Phone => phone(ctx, &mut tx, id, command).await?,
        secret => {
            let stored = seal::stored(&mut tx, scope.company(), id, secret).await?.ok_or(Code::NotFound)?;
            seal::open(ctx, secret, id.0, &stored.sealed)?
        }
    };
    let changes = json!({ "revealed": command.field });
    tx.audit(Entry { action: "contact.reveal", object_type: "contact", object_id: Some(id.0), changes }).await?;
    tx.commit().await?;
    Ok(Revealed { value })
}

/// Everything covered of a person, opened: for what is told to themselves, and for forgetting it.
pub(crate) struct Opened {
    /// In their order.
    pub phones: Vec<String>,
    pub email: Option<String>,
    pub passport: Option<String>,
    pub pinfl: Option<String>,
}

/// Opens what is covered of a person. Whoever calls it has proven the right and writes the audit.
pub(crate) async fn open_all(tx: &mut Tx, id: ContactId) -> Result<Opened> {
    let (ctx, company) = (tx.ctx(), tx.actor().company_id().0);
    let rows = sqlx::query!(
        "select id, phone, sealed from contact_phones where company_id = $1 and contact_id = $2 order by position, id",
        company,
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let mut phones = Vec::with_capacity(rows.len());
    for row in rows {
        match (row.phone, row.sealed) {
            (Some(open), _) => phones.push(open),
            (None, Some(sealed)) => phones.push(seal::open(&ctx, Secret::Phone, row.id, &sealed)?),
            (None, None) => {}
        }
    }
    let mut secrets = [None, None, None];
    for (slot, secret) in secrets.iter_mut().zip([Secret::Email, Secret::Passport, Secret::Pinfl]) {
        let stored = seal::stored(tx, company, id, secret).await?;
        *slot = stored.map(|s| seal::open(&ctx, secret, id.0, &s.sealed)).transpose()?;
    }
    let [email, passport, pinfl] = secrets;
    Ok(Opened { phones, email, passport, pinfl })
}

/// The mail address of a person, for sending to it.
pub(crate) async fn email_of(ctx: &Ctx, tx: &mut Tx, id: ContactId) -> Result<Option<String>> {
    let company = tx.actor().company_id().0;
    if let Some(sealed) = seal::stored(tx, company, id, Secret::Email).await? {
        return seal::open(ctx, Secret::Email, id.0, &sealed.sealed).map(Some);
    }
    // What came in a moment ago waits in the open to be sealed.
    let open = sqlx::query_scalar!("select email from contacts where company_id = $1 and id = $2", company, id.0);
    Ok(open.fetch_optional(tx.conn()).await?.flatten())
}

/// The first telephone of a person, for sending to it.
pub(crate) async fn phone_of(ctx: &Ctx, tx: &mut Tx, id: ContactId) -> Result<Option<String>> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select id, phone, sealed from contact_phones where company_id = $1 and contact_id = $2 order by position, id limit 1",
        company,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    match row.map(|row| (row.id, row.phone, row.sealed)) {
        Some((_, Some(open), _)) => Ok(Some(open)),
        Some((id, None, Some(sealed))) => seal::open(ctx, Secret::Phone, id, &sealed).map(Some),
        _ => Ok(None),
    }
}

async fn phone(ctx: &Ctx, tx: &mut Tx, id: ContactId, command: Reveal) -> Result<String> {
    let company = tx.actor().company_id().0;
    let which = command.phone_id.ok_or_else(|| Error::field("/phone_id", "required"))?;
    let row = sqlx::query!(
        "select phone, sealed from contact_phones where company_id = $1 and contact_id = $2 and id = $3",
        company,
        id.0,
        which.0
    )
    .fetch_one(tx.conn())
    .await?;
    match (row.phone, row.sealed) {
        (Some(open), _) => Ok(open),
        (None, Some(sealed)) => seal::open(ctx, Secret::Phone, which.0, &sealed),
        (None, None) => Err(Code::NotFound.into()),
    }
}
