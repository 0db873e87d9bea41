//! A copy of all that the company holds about a person.

use super::more;
use crate::{Actor, Ctx, Result, Tx, audit::Entry, error::word, people};
use model::{
    Code, ContactId, Lang, Permission as P, Phone,
    auth::Danger,
    privacy::{
        PersonalApplication, PersonalComment, PersonalContact, PersonalData, PersonalFile, PersonalHome,
        PersonalInvitation, PersonalMessage, PersonalRequest, PersonalSignIn,
    },
};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// A copy for the resident who asks.
pub async fn export_own(ctx: &Ctx, actor: &Actor) -> Result<PersonalData> {
    actor.scope(P::ProfileManage)?;
    let contact = actor.contact_id().ok_or(Code::Forbidden)?;
    collect(ctx, actor, contact).await
}

/// A copy for the desk to hand over.
pub async fn export(ctx: &Ctx, actor: &Actor, contact: ContactId) -> Result<PersonalData> {
    actor.scope(P::ResidentsManage)?;
    actor.proves(Danger::ExportPeople)?;
    collect(ctx, actor, contact).await
}

async fn collect(ctx: &Ctx, actor: &Actor, id: ContactId) -> Result<PersonalData> {
    let mut tx = ctx.begin(actor).await?;
    let (company, now) = (actor.company_id().0, tx.now());
    let c = sqlx::query!(
        r#"select k.name as company, c.name, c.lang, c.note, c.created_at, u.id as "login?", u.phone as "login_phone?",
             coalesce(count_chats(u.id), 0) as "chats!"
           from contacts c join companies k on k.id = c.company_id
           left join users u on u.company_id = c.company_id and u.contact_id = c.id
           where c.company_id = $1 and c.id = $2 and c.erased_at is null"#,
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let known = people::open_all(&mut tx, id).await?;
    let mut addresses = known.phones.clone();
    addresses.extend(known.email.clone());
    addresses.extend(c.login_phone.clone());
    let data = PersonalData {
        made_at: now,
        company: c.company,
        contact: PersonalContact {
            id,
            name: c.name,
            phones: known.phones.iter().filter_map(|p| Phone::parse(p)).collect(),
            email: known.email,
            passport: known.passport,
            pinfl: known.pinfl,
            lang: Lang::parse(&c.lang).unwrap_or_default(),
            note: c.note,
            known_since: c.created_at,
            login_phone: c.login_phone.as_deref().and_then(Phone::parse),
            telegram_chats: c.chats,
        },
        homes: homes(&mut tx, id).await?,
        accounts: more::accounts(&mut tx, id).await?,
        charges: more::charges(&mut tx, id).await?,
        payments: more::payments(&mut tx, id).await?,
        requests: requests(&mut tx, id, c.login).await?,
        calls: more::calls(&mut tx, id, &known.phones).await?,
        sign_ins: sign_ins(&mut tx, c.login).await?,
        devices: more::devices(&mut tx, c.login).await?,
        applications: applications(&mut tx, id, &known.phones).await?,
        invitations: invitations(&mut tx, id, c.login).await?,
        notices: more::notices(&mut tx, id, c.login).await?,
        messages: messages(&mut tx, id, c.login, &addresses).await?,
    };
    let entry = Entry { action: "contact.export", object_type: "contact", object_id: Some(id.0), changes: json!({}) };
    tx.audit(entry).await?;
    tx.commit().await?;
    Ok(data)
}

async fn homes(tx: &mut Tx, contact: ContactId) -> Result<Vec<PersonalHome>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select b.address || ', №' || u.number as "address!", r.relation, r.share_num || '/' || r.share_den as share,
             r.since_on, r.until_on,
             array(select a.number from personal_accounts a where a.company_id = u.company_id and a.unit_id = u.id
               and (a.closed_on is null or a.closed_on >= r.since_on) and (r.until_on is null or a.opened_on <= r.until_on)
               order by a.opened_on) as "accounts!"
           from residencies r join units u on u.company_id = r.company_id and u.id = r.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           where r.company_id = $1 and r.contact_id = $2 order by r.since_on, r.id"#,
        company,
        contact.0
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|h| {
            Ok(PersonalHome {
                address: h.address,
                relation: word(&h.relation)?,
                share: h.share,
                since_on: h.since_on,
                until_on: h.until_on,
                accounts: h.accounts,
            })
        })
        .collect()
}

async fn requests(tx: &mut Tx, contact: ContactId, login: Option<Uuid>) -> Result<Vec<PersonalRequest>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select id, number, status, category, address, description, contact_name, contact_phone, rating, rating_comment,
           created_at, closed_at from requests where company_id = $1 and shown_to = $2 order by created_at, id",
        company,
        contact.0
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|r| r.id).collect();
    let mut comments: HashMap<Uuid, Vec<PersonalComment>> = HashMap::new();
    let said = sqlx::query!(
        r#"select request_id, author_id, author_name, body, created_at from request_comments
           where company_id = $1 and request_id = any($2) and not internal order by created_at, id"#,
        company,
        &ids
    )
    .fetch_all(tx.conn())
    .await?;
    for c in said {
        let own = c.author_id.is_some() && c.author_id == login;
        let comment = PersonalComment { at: c.created_at, author: c.author_name, own, text: c.body };
        comments.entry(c.request_id).or_default().push(comment);
    }
    let mut files: HashMap<Uuid, Vec<PersonalFile>> = HashMap::new();
    let kept = sqlx::query!(
        r#"select id, request_id as "request_id!", uploaded_by, content_type, size, created_at from files
           where company_id = $1 and request_id = any($2) order by created_at, id"#,
        company,
        &ids
    )
    .fetch_all(tx.conn())
    .await?;
    for f in kept {
        let own = f.uploaded_by.is_some() && f.uploaded_by == login;
        let url = format!("/files/{}", f.id);
        let file = PersonalFile { at: f.created_at, own, content_type: f.content_type, size: f.size, url };
        files.entry(f.request_id).or_default().push(file);
    }
    rows.into_iter()
        .map(|r| {
            Ok(PersonalRequest {
                comments: comments.remove(&r.id).unwrap_or_default(),
                files: files.remove(&r.id).unwrap_or_default(),
                id: r.id.into(),
                number: r.number,
                status: word(&r.status)?,
                category: word(&r.category)?,
                address: r.address,
                description: r.description,
                contact_name: r.contact_name,
                contact_phone: r.contact_phone.as_deref().and_then(Phone::parse),
                rating: r.rating,
                rating_comment: r.rating_comment,
                created_at: r.created_at,
                closed_at: r.closed_at,
            })
        })
        .collect()
}

async fn sign_ins(tx: &mut Tx, login: Option<Uuid>) -> Result<Vec<PersonalSignIn>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select created_at, last_seen_at, ended_at, ip, user_agent from sessions
         where company_id = $1 and user_id = $2 and acting_user_id is null order by created_at, id",
        company,
        login
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|s| PersonalSignIn {
            at: s.created_at,
            last_seen_at: s.last_seen_at,
            ended_at: s.ended_at,
            ip: s.ip,
            device: s.user_agent,
        })
        .collect())
}

async fn applications(tx: &mut Tx, contact: ContactId, phones: &[String]) -> Result<Vec<PersonalApplication>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select a.created_at, a.kind, a.state, a.name, a.flat, a.account, a.note, a.reason, b.address as "address?"
           from applications a left join buildings b on b.company_id = a.company_id and b.id = a.building_id
           where a.company_id = $1 and (a.contact_id = $2 or a.phone = any($3)) order by a.created_at, a.id"#,
        company,
        contact.0,
        phones
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|a| {
            let place = [a.address, a.flat.map(|f| format!("№{f}")), a.account].into_iter().flatten();
            Ok(PersonalApplication {
                at: a.created_at,
                kind: word(&a.kind)?,
                state: word(&a.state)?,
                place: place.collect::<Vec<_>>().join(", "),
                name: a.name,
                note: a.note,
                reason: a.reason,
            })
        })
        .collect()
}

async fn invitations(tx: &mut Tx, contact: ContactId, login: Option<Uuid>) -> Result<Vec<PersonalInvitation>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select created_at, name, used_at from resident_invites
         where company_id = $1 and (contact_id = $2 or user_id = $3) order by created_at, id",
        company,
        contact.0,
        login
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|i| PersonalInvitation { at: i.created_at, name: i.name, used_at: i.used_at }).collect())
}

async fn messages(
    tx: &mut Tx,
    contact: ContactId,
    login: Option<Uuid>,
    addresses: &[String],
) -> Result<Vec<PersonalMessage>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select created_at, channel, address, template from deliveries
         where company_id = $1 and (user_id = $2 or address = any($3) or contact_id = $4) order by created_at, id",
        company,
        login,
        addresses,
        contact.0
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|m| {
            Ok(PersonalMessage { at: m.created_at, channel: word(&m.channel)?, address: m.address, about: m.template })
        })
        .collect()
}
