//! Forgetting a person, for good. Homes, accounts, requests and photos of the work stay, with nobody's name on them.

use crate::{Actor, Ctx, Error, Result, Tx, audit::Entry, auth, people, property};
use model::{
    ContactId, Permission as P, UserId,
    auth::Danger,
    privacy::{ErasePerson, Erased},
    validate,
};
use serde_json::json;

/// Forgets a contact: name, phones, mail, note, login, devices, chats, messages, their names on requests and comments,
/// what imports kept of them; the audit keeps that something happened and not what. There is no way back.
///
/// # Errors
/// `invalid` on `/confirm` unless it is the contact's name; `not_found` when they are forgotten already.
pub async fn erase(ctx: &Ctx, actor: &Actor, id: ContactId, command: &ErasePerson) -> Result<Erased> {
    actor.scope(P::ResidentsManage)?;
    actor.proves(Danger::Erase)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let erased = erase_in(&mut tx, id, &command.confirm).await?;
    tx.commit().await?;
    Ok(erased)
}

pub(crate) async fn erase_in(tx: &mut Tx, contact: ContactId, confirm: &str) -> Result<Erased> {
    let (company, now, today) = (tx.actor().company_id().0, tx.now(), property::today(tx).await?);
    let person = sqlx::query!(
        r#"select name, email, (select id from users u where u.company_id = c.company_id and u.contact_id = c.id) as login,
             (select phone from users u where u.company_id = c.company_id and u.contact_id = c.id) as login_phone
           from contacts c where company_id = $1 and id = $2 and erased_at is null for update"#,
        company,
        contact.0
    )
    .fetch_one(tx.conn())
    .await?;
    if confirm.trim() != person.name.trim() {
        return Err(Error::field("/confirm", "not_the_name"));
    }
    let login = person.login.map(UserId);
    let opened = people::open_all(tx, contact).await?;
    let mut phones = opened.phones;
    phones.extend(person.login_phone);
    let mail = opened.email.or(person.email);
    // First the traces that are found by what is about to go.
    let traces = sqlx::query!(
        r#"select covered as "covered!", seal as "seal!" from erase_traces($1, $2, $3, $4, $5, $6)"#,
        company,
        contact.0,
        person.login,
        &phones,
        mail,
        now
    )
    .fetch_one(tx.conn())
    .await?;
    let requests = forget_requests(tx, contact, &phones).await?;
    let comments = match login {
        Some(login) => forget_login(tx, login).await?,
        None => 0,
    };
    forget_paths(tx, contact, login, &phones).await?;
    sqlx::query!(
        "update residencies set until_on = greatest(since_on, $3), version = version + 1 where company_id = $1 and contact_id = $2 and until_on is null",
        company,
        contact.0,
        today
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from contact_phones where company_id = $1 and contact_id = $2", company, contact.0)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "update contacts set name = '—', email = null, note = null, channel = null, erased_at = $3, version = version + 1,
           email_sealed = null, email_key = null, email_shown = null, passport_sealed = null, passport_key = null,
           passport_shown = null, pinfl_sealed = null, pinfl_key = null, pinfl_shown = null
         where company_id = $1 and id = $2",
        company,
        contact.0,
        now
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "covered": [null, traces.covered], "seal": [null, traces.seal] });
    tx.audit(Entry { action: "contact.erase", object_type: "contact", object_id: Some(contact.0), changes }).await?;
    if let Some(login) = login {
        tx.access_changed(login);
    }
    Ok(Erased { requests, comments, audit_entries: traces.covered })
}

/// Requests stay what they are: work that was done somewhere. Who asked for it goes.
async fn forget_requests(tx: &mut Tx, contact: ContactId, phones: &[String]) -> Result<i64> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "delete from outage_joins where company_id = $1 and (contact_id = $2 or (contact_id is null and phone = any($3)))",
        company,
        contact.0,
        phones
    )
    .execute(tx.conn())
    .await?;
    let done = sqlx::query!(
        "update requests set contact_name = null, contact_phone = null
         where company_id = $1 and (contact_id = $2 or (contact_id is null and contact_phone = any($3)))",
        company,
        contact.0,
        phones
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    forget_beside(tx, contact, phones).await?;
    Ok(i64::try_from(done).unwrap_or(i64::MAX))
}

/// Where a name or a number stands beside the work: calls, the word that it was done, estimates, news of the desk.
async fn forget_beside(tx: &mut Tx, contact: ContactId, phones: &[String]) -> Result<()> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "update calls set contact_name = null, phone = null
         where company_id = $1 and (contact_id = $2 or (contact_id is null and phone = any($3)))",
        company,
        contact.0,
        phones
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update confirmations set signer = null
         where company_id = $1 and request_id in (select id from requests where company_id = $1 and contact_id = $2)",
        company,
        contact.0
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "with names as (
           select name from contacts where company_id = $1 and id = $2
           union select name from users where company_id = $1 and contact_id = $2),
         told as (
           update notices set facts = facts || jsonb_build_object('person', '—') where company_id = $1 and facts->>'person' in (select name from names)
             and object_id in (select id from requests where company_id = $1 and contact_id = $2)),
         gone as (delete from notices where company_id = $1 and contact_id = $2)
         update estimates set decided_by = '—' where company_id = $1 and decided_by in (select name from names)
           and request_id in (select id from requests where company_id = $1 and contact_id = $2)",
        company,
        contact.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The login opens nothing any more, and tells nothing of who had it. Returns how many comments lost their author.
async fn forget_login(tx: &mut Tx, login: UserId) -> Result<i64> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    auth::end_sessions(tx.conn(), login, "erased", now).await?;
    sqlx::query!("delete from push_devices where company_id = $1 and user_id = $2", company, login.0)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "update sessions set ip = '', user_agent = '' where company_id = $1 and user_id = $2",
        company,
        login.0
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update users set name = '—', phone = null, email = null, blocked_at = coalesce(blocked_at, $3)
         where company_id = $1 and id = $2",
        company,
        login.0,
        now
    )
    .execute(tx.conn())
    .await?;
    let comments = sqlx::query!(
        "update request_comments set author_name = '—' where company_id = $1 and author_id = $2",
        company,
        login.0
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    // Photos of the work stay with the request; those that never got there go with the next sweep.
    sqlx::query!("update files set uploaded_by = null where company_id = $1 and uploaded_by = $2", company, login.0)
        .execute(tx.conn())
        .await?;
    sqlx::query!("delete from idempotency_keys where company_id = $1 and user_id = $2", company, login.0)
        .execute(tx.conn())
        .await?;
    sqlx::query!("delete from attach_attempts where company_id = $1 and user_id = $2", company, login.0)
        .execute(tx.conn())
        .await?;
    Ok(i64::try_from(comments).unwrap_or(i64::MAX))
}

/// How the person came in: applications, invitations, imports.
async fn forget_paths(tx: &mut Tx, contact: ContactId, login: Option<UserId>, phones: &[String]) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update applications set name = '—', phone = null, note = null, account = null,
           reason = case when state = 'rejected' then '—' end,
           state = case when state = 'waiting' then 'withdrawn' else state end
         where company_id = $1 and (contact_id = $2 or phone = any($3))",
        company,
        contact.0,
        phones
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update resident_invites set name = null,
           revoked_at = case when used_at is null then coalesce(revoked_at, $4) else revoked_at end
         where company_id = $1 and (contact_id = $2 or user_id = $3 or invited_by = $3)",
        company,
        contact.0,
        login.map(|l| l.0),
        now
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update import_rows set cells = '[]', data = '{}', problems = '[]' where company_id = $1 and contact_id = $2",
        company,
        contact.0
    )
    .execute(tx.conn())
    .await?;
    // An undo of the import has nothing left to bring back.
    sqlx::query!(
        "update import_objects set before = null, changes = '{}', undone_at = coalesce(undone_at, $4)
         where company_id = $1 and ((object_type = 'contact' and object_id = $2) or (object_type = 'user' and object_id = $3))",
        company,
        contact.0,
        login.map(|l| l.0),
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
