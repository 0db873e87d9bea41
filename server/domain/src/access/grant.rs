//! Giving a person a home and a login, and taking the home away: the only place where either happens.

use crate::{Error, Result, Tx, audit, audit::Entry, auth, people, property};
use model::{Code, ContactId, Lang, Phone, UnitId, UserId, people::Relation};
use platform::ids::new_id;
use serde_json::json;

/// A new contact of the company.
pub(super) async fn new_contact(tx: &mut Tx, name: &str, phone: &Phone, lang: Lang) -> Result<ContactId> {
    let (company, now, id) = (tx.actor().company_id().0, tx.now(), new_id());
    sqlx::query!(
        "insert into contacts (id, company_id, name, lang, created_at) values ($1, $2, $3, $4, $5)",
        id,
        company,
        name,
        lang.code(),
        now
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "name": [null, name], "phone": [null, audit::mask_phone(phone.as_str())] });
    tx.audit(Entry { action: "contact.create", object_type: "contact", object_id: Some(id), changes }).await?;
    Ok(ContactId(id))
}

/// Where a home is, for the books. The unit is held, so that it is not put away meanwhile.
pub(super) async fn home(tx: &mut Tx, unit: UnitId) -> Result<String> {
    let company = tx.actor().company_id().0;
    let address = sqlx::query_scalar!(
        r#"select b.address || ', №' || u.number as "address!" from units u
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           where u.company_id = $1 and u.id = $2 and u.archived_at is null and b.archived_at is null
           for key share of u, b"#,
        company,
        unit.0
    )
    .fetch_optional(tx.conn())
    .await?;
    address.ok_or_else(|| Error::field("/unit_id", "unknown"))
}

/// The contact lives in the unit from today on. Nothing happens when they do already.
pub(super) async fn admit(tx: &mut Tx, contact: ContactId, unit: UnitId, relation: Relation) -> Result<()> {
    let address = home(tx, unit).await?;
    let (company, today, id) = (tx.actor().company_id().0, property::today(tx).await?, new_id());
    let made = sqlx::query!(
        "insert into residencies (id, company_id, unit_id, contact_id, relation, since_on) values ($1, $2, $3, $4, $5, $6)
         on conflict (company_id, unit_id, contact_id) where until_on is null do nothing",
        id,
        company,
        unit.0,
        contact.0,
        relation.as_str(),
        today
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if made == 0 {
        return Ok(());
    }
    let changes = json!({ "address": [null, address], "relation": [null, relation] });
    tx.audit(Entry { action: "residency.create", object_type: "residency", object_id: Some(id), changes }).await?;
    if let Some(user) = login_of(tx, contact).await? {
        tx.access_changed(user);
    }
    Ok(())
}

/// The contact signs in with this phone from now on. A login that had another phone moves to this one: its devices are
/// signed out and its chats let go, because the old number may be somebody else's by now.
///
/// # Errors
/// `phone_in_use` when somebody else who lives here signs in with it.
pub(super) async fn bind(tx: &mut Tx, contact: ContactId, phone: &Phone, lang: Lang) -> Result<UserId> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let name = sqlx::query_scalar!(
        "select name from contacts where company_id = $1 and id = $2 and erased_at is null for update",
        company,
        contact.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Error::field("/contact_id", "unknown"))?;
    let other = sqlx::query_scalar!(
        r#"select exists(select from users u where u.company_id = $1 and u.role = 'resident' and u.phone = $2
             and u.contact_id <> $3 and u.blocked_at is null and exists (select from residencies r
               where r.company_id = $1 and r.contact_id = u.contact_id and r.until_on is null)) as "taken!""#,
        company,
        phone.as_str(),
        contact.0
    )
    .fetch_one(tx.conn())
    .await?;
    if other {
        return Err(Code::PhoneInUse.into());
    }
    people::add_phone(tx, contact, phone).await?;
    let known = sqlx::query!(
        "select id, phone, blocked_at from users where company_id = $1 and contact_id = $2 for update",
        company,
        contact.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let covered = audit::mask_phone(phone.as_str());
    let Some(known) = known else {
        let id = new_id();
        sqlx::query!(
            "insert into users (id, company_id, role, name, phone, lang, contact_id, created_at)
             values ($1, $2, 'resident', $3, $4, $5, $6, $7)",
            id,
            company,
            name,
            phone.as_str(),
            lang.code(),
            contact.0,
            now
        )
        .execute(tx.conn())
        .await?;
        let changes = json!({ "name": [null, name], "role": [null, "resident"], "phone": [null, covered] });
        tx.audit(Entry { action: "user.create", object_type: "user", object_id: Some(id), changes }).await?;
        return Ok(UserId(id));
    };
    // Blocked by the company: an invitation or an approval is no way around that.
    if known.blocked_at.is_some() {
        return Err(Code::Forbidden.into());
    }
    let id = UserId(known.id);
    if known.phone.as_deref() != Some(phone.as_str()) {
        sqlx::query!("update users set phone = $3 where company_id = $1 and id = $2", company, id.0, phone.as_str())
            .execute(tx.conn())
            .await?;
        auth::end_sessions(tx.conn(), id, "phone", now).await?;
        sqlx::query!("select unlink_chats($1)", id.0).fetch_one(tx.conn()).await?;
        let changes = json!({ "phone": [known.phone.as_deref().map(audit::mask_phone), covered] });
        tx.audit(Entry { action: "user.update", object_type: "user", object_id: Some(id.0), changes }).await?;
        tx.access_changed(id);
    }
    Ok(id)
}

/// The contact does not live in the unit any more. With the last home the login goes as well: every device is signed out
/// and the bot lets go. Live connections end with the commit either way.
///
/// # Errors
/// `not_found` when they do not live there.
pub(super) async fn take_away(tx: &mut Tx, contact: ContactId, unit: UnitId) -> Result<()> {
    let (company, today) = (tx.actor().company_id().0, property::today(tx).await?);
    let ended = sqlx::query!(
        r#"update residencies r set until_on = greatest(r.since_on, $4), version = r.version + 1
           from units u join buildings b on b.company_id = u.company_id and b.id = u.building_id
           where r.company_id = $1 and r.contact_id = $2 and r.unit_id = $3 and r.until_on is null
             and u.company_id = r.company_id and u.id = r.unit_id
           returning r.id, r.relation, b.address || ', №' || u.number as "address!""#,
        company,
        contact.0,
        unit.0,
        today
    )
    .fetch_one(tx.conn())
    .await?;
    let changes = json!({ "address": [ended.address, null], "relation": [ended.relation, null] });
    tx.audit(Entry { action: "residency.end", object_type: "residency", object_id: Some(ended.id), changes }).await?;
    left(tx, contact, unit).await
}

/// What goes with a home that has ended: the invitations given for it, and with the last home everything that is signed in.
pub(crate) async fn left(tx: &mut Tx, contact: ContactId, unit: UnitId) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let Some(user) = login_of(tx, contact).await? else { return Ok(()) };
    // Nobody lets others into a home they have left.
    sqlx::query!(
        "update resident_invites set revoked_at = $4
         where company_id = $1 and unit_id = $2 and invited_by = $3 and used_at is null and revoked_at is null",
        company,
        unit.0,
        user.0,
        now
    )
    .execute(tx.conn())
    .await?;
    if !has_home(tx, contact).await? {
        auth::end_sessions(tx.conn(), user, "left", now).await?;
        sqlx::query!("select unlink_chats($1)", user.0).fetch_one(tx.conn()).await?;
    }
    tx.access_changed(user);
    Ok(())
}

/// Whether the contact lives anywhere today.
pub(super) async fn has_home(tx: &mut Tx, contact: ContactId) -> Result<bool> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        r#"select exists(select from residencies r
             join units n on n.company_id = r.company_id and n.id = r.unit_id and n.archived_at is null
             join buildings b on b.company_id = n.company_id and b.id = n.building_id and b.archived_at is null
             where r.company_id = $1 and r.contact_id = $2 and r.until_on is null) as "lives!""#,
        company,
        contact.0
    )
    .fetch_one(tx.conn())
    .await?)
}

/// The login of a contact.
pub(super) async fn login_of(tx: &mut Tx, contact: ContactId) -> Result<Option<UserId>> {
    let company = tx.actor().company_id().0;
    let id = sqlx::query_scalar!("select id from users where company_id = $1 and contact_id = $2", company, contact.0)
        .fetch_optional(tx.conn())
        .await?;
    Ok(id.map(Into::into))
}
