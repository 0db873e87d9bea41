//! Contacts with their homes.

use crate::{Actor, Ctx, Error, Result, Tx, error::word};
use model::{
    ContactId, Cursor, Page, Permission as P, Phone,
    people::{ContactCard, ContactRow, HomeRef},
};
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

#[derive(Debug, Deserialize)]
pub(crate) struct HomeJson {
    unit_id: Uuid,
    address: String,
    relation: String,
}

pub(crate) fn homes(json: Json<Vec<HomeJson>>) -> Result<Vec<HomeRef>> {
    json.0
        .into_iter()
        .map(|h| Ok(HomeRef { unit_id: h.unit_id.into(), address: h.address, relation: word(&h.relation)? }))
        .collect()
}

fn phones(list: Vec<String>) -> Vec<Phone> {
    list.iter().filter_map(|p| Phone::parse(p)).collect()
}

/// Contacts by name or a piece of a phone, newest first, 50 a page.
pub async fn contacts(ctx: &Ctx, actor: &Actor, text: Option<&str>, cursor: Option<&str>) -> Result<Page<ContactRow>> {
    const LIMIT: usize = 50;
    let scope = actor.scope(P::ResidentsRead)?;
    let cursor = match cursor {
        Some(text) => Some(Cursor::decode(text).ok_or_else(|| Error::field("/cursor", "unknown"))?),
        None => None,
    };
    let text = text.map(str::trim).filter(|t| !t.is_empty());
    let name = text.map(|t| format!("%{}%", t.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
    let digits: Option<String> =
        text.map(|t| t.chars().filter(char::is_ascii_digit).collect()).filter(|d: &String| d.len() >= 3);
    let mut tx = ctx.begin(actor).await?;
    let rows = sqlx::query!(
        r#"select c.id, c.name, c.created_at, u.id is not null as "has_login!",
             array(select phone from contact_phones p where p.company_id = c.company_id and p.contact_id = c.id order by position) as "phones!",
             coalesce((select jsonb_agg(jsonb_build_object('unit_id', n.id, 'relation', r.relation, 'address', b.address || ', №' || n.number))
               from residencies r join units n on n.company_id = r.company_id and n.id = r.unit_id
               join buildings b on b.company_id = n.company_id and b.id = n.building_id
               where r.company_id = c.company_id and r.contact_id = c.id and r.until_on is null), '[]') as "homes!: Json<Vec<HomeJson>>"
           from contacts c left join users u on u.company_id = c.company_id and u.contact_id = c.id
           where c.company_id = $1
             and ($2::text is null or c.name ilike $2 or exists (select from contact_phones p
               where p.company_id = c.company_id and p.contact_id = c.id and p.phone like '%' || $3 || '%'))
             and ($4::timestamptz is null or (c.created_at, c.id) < ($4, $5))
           order by c.created_at desc, c.id desc limit 51"#,
        scope.company(),
        name,
        digits,
        cursor.map(|c| c.at),
        cursor.map(|c| c.id)
    )
    .fetch_all(tx.conn())
    .await?;
    let next = (rows.len() > LIMIT).then(|| &rows[LIMIT - 1]).map(|r| Cursor { at: r.created_at, id: r.id }.encode());
    let items = rows
        .into_iter()
        .take(LIMIT)
        .map(|c| {
            Ok(ContactRow {
                id: c.id.into(),
                name: c.name,
                phones: phones(c.phones),
                homes: homes(c.homes)?,
                has_login: c.has_login,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Page { items, next })
}

/// One contact.
pub async fn contact(ctx: &Ctx, actor: &Actor, id: ContactId) -> Result<ContactCard> {
    let scope = actor.scope(P::ResidentsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let c = sqlx::query!(
        r#"select c.name, c.email, c.lang, c.note, u.id is not null as "has_login!",
             array(select phone from contact_phones p where p.company_id = c.company_id and p.contact_id = c.id order by position) as "phones!",
             coalesce((select jsonb_agg(jsonb_build_object('unit_id', n.id, 'relation', r.relation, 'address', b.address || ', №' || n.number))
               from residencies r join units n on n.company_id = r.company_id and n.id = r.unit_id
               join buildings b on b.company_id = n.company_id and b.id = n.building_id
               where r.company_id = c.company_id and r.contact_id = c.id and r.until_on is null), '[]') as "homes!: Json<Vec<HomeJson>>"
           from contacts c left join users u on u.company_id = c.company_id and u.contact_id = c.id
           where c.company_id = $1 and c.id = $2"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(ContactCard {
        id,
        name: c.name,
        phones: phones(c.phones),
        email: c.email,
        lang: model::Lang::parse(&c.lang).unwrap_or_default(),
        note: c.note,
        homes: homes(c.homes)?,
        has_login: c.has_login,
    })
}

/// Who a request is from.
#[derive(Default)]
pub(crate) struct Caller {
    pub id: Option<ContactId>,
    pub name: Option<String>,
    pub phone: Option<Phone>,
}

pub(crate) async fn caller(tx: &mut Tx, id: ContactId) -> Result<Caller> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select c.name, (select phone from contact_phones p where p.company_id = c.company_id and p.contact_id = c.id
           order by position limit 1) as phone from contacts c where c.company_id = $1 and c.id = $2",
        company,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Error::field("/contact_id", "unknown"))?;
    Ok(Caller { id: Some(id), name: Some(row.name), phone: row.phone.as_deref().and_then(Phone::parse) })
}
