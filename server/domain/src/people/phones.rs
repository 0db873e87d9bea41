//! Telephones of people: written openly, or sealed where the company hides them.

use super::seal;
use crate::{Ctx, Error, Result, Scope, Tx, audit::mask_phone};
use model::{
    ContactId, Phone, PhoneId,
    people::{PhoneEntry, Secret},
};
use platform::ids::new_id;
use uuid::Uuid;

/// What a number is compared by, open and sealed: while a company changes its mind, both are there.
pub(crate) fn codes(ctx: &Ctx, phone: &Phone) -> Vec<String> {
    vec![phone.as_str().to_owned(), hex(&seal::key(ctx, Secret::Phone, phone.as_str()))]
}

/// A whole number typed as digits.
pub(crate) fn full_number(ctx: &Ctx, digits: &str) -> Option<Vec<String>> {
    Phone::parse(digits).map(|phone| codes(ctx, &phone))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The last four digits.
pub(super) fn end(phone: &str) -> &str {
    phone.get(phone.len().saturating_sub(4)..).unwrap_or_default()
}

/// How the audit names the telephones before and after; and whether anything changed.
pub(super) struct Changed {
    pub before: Option<String>,
    pub after: Option<String>,
    pub changed: bool,
}

struct Known {
    id: Uuid,
    code: String,
    covered: String,
}

async fn known(tx: &mut Tx, scope: &Scope, contact: ContactId) -> Result<Vec<Known>> {
    let rows = sqlx::query!(
        "select id, code, phone, shown from contact_phones where company_id = $1 and contact_id = $2 order by position, id",
        scope.company(),
        contact.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Known { id: r.id, code: r.code, covered: r.phone.as_deref().map_or(r.shown, mask_phone) })
        .collect())
}

fn names(list: impl Iterator<Item = String>) -> Option<String> {
    Some(list.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
}

/// Makes the telephones of a person these, in this order. A number that stays keeps its row.
///
/// # Errors
/// `invalid` on an id that is not theirs, and on a number given twice.
pub(super) async fn replace(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &Scope,
    contact: ContactId,
    wanted: &[PhoneEntry],
    hide: bool,
) -> Result<Changed> {
    let there = known(tx, scope, contact).await?;
    let mut kept: Vec<Uuid> = Vec::new();
    let mut after: Vec<String> = Vec::new();
    let mut fresh: Vec<(Uuid, &Phone)> = Vec::new();
    for (n, entry) in wanted.iter().enumerate() {
        let pointer = format!("/phones/{n}");
        let old = match entry {
            PhoneEntry::Kept { id: PhoneId(id) } => {
                Some(there.iter().find(|k| k.id == *id).ok_or_else(|| Error::field(&pointer, "unknown"))?)
            }
            PhoneEntry::Number(phone) => {
                let codes = codes(ctx, phone);
                if fresh.iter().any(|(_, other)| *other == phone) {
                    return Err(Error::field(&pointer, "twice"));
                }
                there.iter().find(|k| codes.contains(&k.code))
            }
        };
        match (old, entry) {
            (Some(old), _) if kept.contains(&old.id) => return Err(Error::field(&pointer, "twice")),
            (Some(old), _) => {
                kept.push(old.id);
                after.push(old.covered.clone());
            }
            (None, PhoneEntry::Number(phone)) => {
                let id = new_id();
                fresh.push((id, phone));
                kept.push(id);
                after.push(mask_phone(phone.as_str()));
            }
            (None, PhoneEntry::Kept { .. }) => {}
        }
    }
    let changed = there.iter().map(|k| k.id).ne(kept.iter().copied());
    let before = names(there.into_iter().map(|k| k.covered));
    if changed {
        sqlx::query!(
            "delete from contact_phones where company_id = $1 and contact_id = $2 and id <> all($3)",
            scope.company(),
            contact.0,
            &kept
        )
        .execute(tx.conn())
        .await?;
        for (id, phone) in fresh {
            insert(ctx, tx, scope, contact, id, phone, hide).await?;
        }
        sqlx::query!(
            "update contact_phones p set position = o.n - 1 from unnest($3::uuid[]) with ordinality o (id, n)
             where p.company_id = $1 and p.contact_id = $2 and p.id = o.id",
            scope.company(),
            contact.0,
            &kept
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(Changed { before, after: names(after.into_iter()), changed })
}

/// Adds a telephone behind those a person has; nothing happens when it is there already.
pub(crate) async fn add_phone(tx: &mut Tx, contact: ContactId, phone: &Phone) -> Result<()> {
    let (ctx, company) = (tx.ctx(), tx.actor().company_id().0);
    let hide = super::privacy::hides_phones(tx).await?;
    let (number, id) = (phone.as_str(), new_id());
    let sealed = hide.then(|| ctx.sealer.seal(seal::place(Secret::Phone), id, number.as_bytes()));
    sqlx::query!(
        "insert into contact_phones (id, company_id, contact_id, phone, sealed, key, last4, position)
         select $1, $2, $3, $4, $5, $6, $7, coalesce(max(position) + 1, 0) from contact_phones where company_id = $2 and contact_id = $3
         having not coalesce(bool_or(code = any($8)), false)",
        id,
        company,
        contact.0,
        (!hide).then_some(number),
        sealed,
        hide.then(|| seal::key(&ctx, Secret::Phone, number)),
        hide.then(|| end(number)),
        &codes(&ctx, phone)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn insert(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &Scope,
    contact: ContactId,
    id: Uuid,
    phone: &Phone,
    hide: bool,
) -> Result<()> {
    let number = phone.as_str();
    let sealed = hide.then(|| ctx.sealer.seal(seal::place(Secret::Phone), id, number.as_bytes()));
    let key = hide.then(|| seal::key(ctx, Secret::Phone, number));
    sqlx::query!(
        "insert into contact_phones (id, company_id, contact_id, phone, sealed, key, last4) values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        scope.company(),
        contact.0,
        (!hide).then_some(number),
        sealed,
        key,
        hide.then(|| end(number))
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
