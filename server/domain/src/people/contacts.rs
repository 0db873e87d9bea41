//! The list of people and one person's card.

use super::{homes, phones::codes, privacy::may_reveal, seal};
use crate::{Actor, Ctx, Error, Result, Scope, Tx, error::word, paging, search};
use chrono::{DateTime, Utc};
use model::{
    ContactId, KeyCursor, Lang, Page, Permission as P, Phone,
    page::Sorting,
    people::{
        ContactCard, ContactFilter, ContactRow, HomeRef, PeopleSort, PhoneView, Secret, passport_number, pinfl_number,
    },
    requests::CHOSEN_MOST,
};
use serde::Deserialize;
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow, types::Json};
use uuid::Uuid;

const LIMIT: usize = 50;
/// People a text may name at once; who types less than a name gets the newest of so many.
const NAMED: i32 = 5_000;

#[derive(Debug, Deserialize)]
struct HomeJson {
    unit_id: Uuid,
    address: String,
    relation: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct PhoneJson {
    id: Uuid,
    phone: Option<String>,
    shown: String,
}

impl PhoneJson {
    pub fn view(self) -> PhoneView {
        let number = self.phone.as_deref().and_then(Phone::parse);
        let shown = number.as_ref().map_or(self.shown, Phone::pretty);
        PhoneView { id: self.id.into(), number, shown }
    }
}

/// Telephones of the contact `c`, as JSON.
pub(super) const PHONES: &str = "coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'phone', p.phone, 'shown', p.shown) \
    order by p.position, p.id) from contact_phones p where p.company_id = c.company_id and p.contact_id = c.id), '[]')";

/// People by any mix of filters, in the order of the filter, 50 a page.
///
/// # Errors
/// `invalid` on a cursor that is not ours or more than 500 ids.
pub async fn contacts(ctx: &Ctx, actor: &Actor, filter: &ContactFilter) -> Result<Page<ContactRow>> {
    let scope = actor.scope(P::ResidentsRead)?;
    let cursor = paging::key_cursor(filter.cursor.as_deref())?;
    let mut tx = ctx.begin(actor).await?;
    let found = rows(ctx, &mut tx, &scope, filter, cursor, paging::and_one(LIMIT)).await?;
    let Page { items, next } = paging::cut(found, LIMIT, |(_, cursor)| cursor.encode());
    Ok(Page { items: items.into_iter().map(|(row, _)| row).collect(), next })
}

/// The next rows of a filter after `cursor`, each with the place where the rows behind it begin.
pub(crate) async fn rows(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &Scope,
    filter: &ContactFilter,
    cursor: Option<KeyCursor>,
    limit: i64,
) -> Result<Vec<(ContactRow, KeyCursor)>> {
    if filter.ids.len() > CHOSEN_MOST {
        return Err(Error::field("/ids", "out_of_range"));
    }
    let mut sql = select(scope);
    if !filter.ids.is_empty() {
        let ids: Vec<Uuid> = filter.ids.iter().map(|id| id.0).collect();
        sql.push(" and c.id = any(").push_bind(ids).push(")");
    }
    if let Some(text) = filter.text.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        sql.push(" and c.id = any(").push_bind(meant(ctx, tx, scope, text).await?).push(")");
    }
    if let Some(phone) = &filter.phone {
        sql.push(" and exists (select from contact_phones p where p.company_id = c.company_id and p.contact_id = c.id and p.code = any(");
        sql.push_bind(codes(ctx, phone)).push("))");
    }
    if let Some(has_login) = filter.has_login {
        sql.push(if has_login { " and exists" } else { " and not exists" });
        sql.push(" (select from users u where u.company_id = c.company_id and u.contact_id = c.id)");
    }
    if filter.relation.is_some() || filter.building_id.is_some() {
        sql.push(
            " and exists (select from residencies r join units n on n.company_id = r.company_id and n.id = r.unit_id \
             where r.company_id = c.company_id and r.contact_id = c.id and r.until_on is null",
        );
        if let Some(relation) = filter.relation {
            sql.push(" and r.relation = ").push_bind(relation.as_str());
        }
        if let Some(building) = filter.building_id {
            sql.push(" and n.building_id = ").push_bind(building.0);
        }
        sql.push(")");
    }
    let sort = filter.sort.unwrap_or_default();
    let (after, way) = if sort.descends() == filter.reverse { (">", "asc") } else { ("<", "desc") };
    let column = match sort {
        PeopleSort::Newest => "c.created_at",
        PeopleSort::Name => "c.name",
    };
    if let Some(KeyCursor { key, id }) = cursor {
        sql.push(format!(" and ({column}, c.id) {after} ("));
        match sort {
            PeopleSort::Newest => sql.push_bind(moment(&key)?),
            PeopleSort::Name => sql.push_bind(key),
        };
        sql.push(", ").push_bind(id).push(")");
    }
    sql.push(format!(" order by {column} {way}, c.id {way} limit ")).push_bind(limit);
    let found = sql.build().fetch_all(tx.conn()).await?;
    found
        .iter()
        .map(|row| {
            let (row, at) = read(row)?;
            let key = match sort {
                PeopleSort::Newest => at.timestamp_micros().to_string(),
                PeopleSort::Name => row.name.clone(),
            };
            let id = row.id.0;
            Ok((row, KeyCursor { key, id }))
        })
        .collect()
}

/// The time in a cursor.
fn moment(key: &str) -> Result<DateTime<Utc>> {
    let micros = key.parse().ok().and_then(DateTime::from_timestamp_micros);
    micros.ok_or_else(|| Error::field("/cursor", "unknown"))
}

/// People by id, as rows of a list.
pub(super) async fn by_ids(tx: &mut Tx, scope: &Scope, ids: &[Uuid]) -> Result<Vec<ContactRow>> {
    let mut sql = select(scope);
    sql.push(" and c.id = any(").push_bind(ids).push(") order by c.name, c.id");
    sql.build().fetch_all(tx.conn()).await?.iter().map(|row| Ok(read(row)?.0)).collect()
}

fn select(scope: &Scope) -> QueryBuilder<Postgres> {
    // Not `exists`: the planner would read all users once instead of looking for those of a page.
    let mut sql = QueryBuilder::<Postgres>::new(
        "select c.id, c.name, c.created_at, \
         (select true from users u where u.company_id = c.company_id and u.contact_id = c.id limit 1) is not null as has_login, \
         coalesce((select jsonb_agg(jsonb_build_object('unit_id', n.id, 'relation', r.relation, \
           'address', b.address || ', №' || n.number) order by r.since_on, r.id) \
           from residencies r join units n on n.company_id = r.company_id and n.id = r.unit_id \
           join buildings b on b.company_id = n.company_id and b.id = n.building_id \
           where r.company_id = c.company_id and r.contact_id = c.id and r.until_on is null), '[]') as homes, ",
    );
    sql.push(PHONES)
        .push(" as phones from contacts c where c.erased_at is null and c.company_id = ")
        .push_bind(scope.company());
    sql
}

/// A row, and when it was entered.
fn read(row: &PgRow) -> Result<(ContactRow, DateTime<Utc>)> {
    let id: Uuid = row.try_get("id")?;
    let at: DateTime<Utc> = row.try_get("created_at")?;
    let homes: Json<Vec<HomeJson>> = row.try_get("homes")?;
    let phones: Json<Vec<PhoneJson>> = row.try_get("phones")?;
    let homes = homes
        .0
        .into_iter()
        .map(|h| Ok(HomeRef { unit_id: h.unit_id.into(), address: h.address, relation: word(&h.relation)? }))
        .collect::<Result<_>>()?;
    let phones = phones.0.into_iter().map(PhoneJson::view).collect();
    let (name, has_login) = (row.try_get("name")?, row.try_get("has_login")?);
    Ok((ContactRow { id: id.into(), name, phones, homes, has_login }, at))
}

/// Whom a text means: by a whole secret, by a telephone or a piece of it, by name.
async fn meant(ctx: &Ctx, tx: &mut Tx, scope: &Scope, text: &str) -> Result<Vec<Uuid>> {
    let text = text.replace('\0', " ");
    let key = |secret: Secret, value: &str| seal::key(ctx, secret, value);
    let (pinfl, passport) = (pinfl_number(&text), passport_number(&text));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let secrets = [
        text.contains('@').then(|| key(Secret::Email, &text)),
        (passport.len() == 9).then(|| key(Secret::Passport, &passport)),
        (pinfl.len() == 14).then(|| key(Secret::Pinfl, &pinfl)),
    ];
    let mut ids: Vec<Uuid> = Vec::new();
    if let [email, passport, pinfl] = &secrets
        && secrets.iter().any(Option::is_some)
    {
        ids = sqlx::query_scalar!(
            "select id from contacts where company_id = $1 and (email_key = $2 or passport_key = $3 or pinfl_key = $4)",
            scope.company(),
            email.as_deref(),
            passport.as_deref(),
            pinfl.as_deref()
        )
        .fetch_all(tx.conn())
        .await?;
    }
    if !text.contains(char::is_alphabetic) && (3..=12).contains(&digits.len()) {
        ids.extend(search::phone_owners(tx, &digits, NAMED).await?);
        if let Some(phone) = Phone::parse(&text) {
            ids.extend(owners(ctx, tx, scope, &phone).await?);
        }
        return Ok(ids);
    }
    ids.extend(search::people_named(tx, &text, NAMED).await?);
    Ok(ids)
}

/// Everybody with this very number.
pub(super) async fn owners(ctx: &Ctx, tx: &mut Tx, scope: &Scope, phone: &Phone) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select distinct contact_id from contact_phones where company_id = $1 and code = any($2) limit 50",
        scope.company(),
        &codes(ctx, phone)
    )
    .fetch_all(tx.conn())
    .await?)
}

/// One person.
pub async fn contact(ctx: &Ctx, actor: &Actor, id: ContactId) -> Result<ContactCard> {
    let scope = actor.scope(P::ResidentsRead)?;
    let mut tx = ctx.begin(actor).await?;
    card(&mut tx, &scope, id).await
}

pub(super) async fn card(tx: &mut Tx, scope: &Scope, id: ContactId) -> Result<ContactCard> {
    let c = sqlx::query!(
        r#"select c.version, c.name, c.lang, c.channel, c.note, c.email_shown, c.passport_shown, c.pinfl_shown,
             exists (select from users u where u.company_id = c.company_id and u.contact_id = c.id) as "has_login!",
             coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'phone', p.phone, 'shown', p.shown) order by p.position, p.id)
               from contact_phones p where p.company_id = c.company_id and p.contact_id = c.id), '[]') as "phones!: Json<Vec<PhoneJson>>"
           from contacts c where c.company_id = $1 and c.id = $2"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let homes = homes::load(tx, scope, id).await?;
    let may_reveal = may_reveal(tx).await?;
    Ok(ContactCard {
        id,
        version: c.version,
        name: c.name,
        phones: c.phones.0.into_iter().map(PhoneJson::view).collect(),
        email: c.email_shown,
        passport: c.passport_shown,
        pinfl: c.pinfl_shown,
        lang: Lang::parse(&c.lang).unwrap_or_default(),
        channel: c.channel.as_deref().map(word).transpose()?,
        note: c.note,
        homes,
        has_login: c.has_login,
        may_reveal,
    })
}

/// Who a request is from.
#[derive(Default)]
pub(crate) struct Caller {
    pub id: Option<ContactId>,
    pub name: Option<String>,
    pub phone: Option<Phone>,
}

/// A number the company hides is not copied anywhere: whoever files the request gives the one to call back.
pub(crate) async fn caller(tx: &mut Tx, id: ContactId) -> Result<Caller> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select c.name, (select phone from contact_phones p where p.company_id = c.company_id and p.contact_id = c.id
           and p.phone is not null order by position limit 1) as phone from contacts c where c.company_id = $1 and c.id = $2",
        company,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Error::field("/contact_id", "unknown"))?;
    Ok(Caller { id: Some(id), name: Some(row.name), phone: row.phone.as_deref().and_then(Phone::parse) })
}
