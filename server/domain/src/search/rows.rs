//! SQL of the search: candidates by key, then what is shown of them. Everything is read under the policies of the
//! caller's company; `search_ids` and `search_phones` answer with ids only.

use super::{
    Rated,
    asked::{Asked, Patterns},
    marks,
};
use crate::{Result, Tx, requests::FoundRequest};
use model::{
    Phone,
    search::{Hit, Kind, Mark},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Between the parts of a subtitle.
const DOT: &str = " · ";

/// Candidates by table.
#[derive(Default)]
pub(super) struct Ids(HashMap<String, Vec<Uuid>>);

impl Ids {
    pub fn of(&self, what: &str) -> Vec<Uuid> {
        self.0.get(what).cloned().unwrap_or_default()
    }
    pub fn count(&self, what: &str) -> usize {
        self.0.get(what).map_or(0, Vec::len)
    }
}

pub(super) async fn ids(tx: &mut Tx, what: &[&str], patterns: &Patterns, most: i32, into: &mut Ids) -> Result<()> {
    let what: Vec<String> = what.iter().map(|w| (*w).to_owned()).collect();
    let rows = sqlx::query!(
        r#"select w as "what!", s as "id!" from unnest($1::text[]) w cross join lateral search_ids(w, $2, $3, $4, $5) s"#,
        &what,
        &patterns.first,
        patterns.second,
        &patterns.others,
        most
    )
    .fetch_all(tx.conn())
    .await?;
    for row in rows {
        let known = into.0.entry(row.what).or_default();
        if !known.contains(&row.id) {
            known.push(row.id);
        }
    }
    Ok(())
}

pub(crate) async fn phone_owners(tx: &mut Tx, piece: &str, most: i32) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(r#"select s as "id!" from search_phones($1, $2) s"#, piece, most)
        .fetch_all(tx.conn())
        .await?)
}

/// Whose a number is, by what whole numbers are compared by.
pub(super) async fn whole_phone(tx: &mut Tx, codes: &[String]) -> Result<Vec<Uuid>> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        "select distinct contact_id from contact_phones where company_id = $1 and code = any($2) limit 60",
        company,
        codes
    )
    .fetch_all(tx.conn())
    .await?)
}

/// How well a telephone number answers a piece of it: whole, its end, its middle.
fn phone_weight(phone: &str, piece: &str) -> u32 {
    let digits = phone.trim_start_matches('+');
    match () {
        () if digits == piece || digits.strip_prefix("998") == Some(piece) => 100,
        () if digits.ends_with(piece) => 62,
        () if digits.starts_with(piece) || digits.strip_prefix("998").is_some_and(|d| d.starts_with(piece)) => 58,
        () => 52,
    }
}

/// Joins what is known; marks the telephone when it was asked for.
fn subtitle(phone: Option<&str>, piece: Option<&str>, rest: &[&str]) -> (String, Vec<Mark>) {
    let shown = phone.map(|p| Phone::parse(p).map_or_else(|| p.to_owned(), |p| p.pretty()));
    let marks = match (&shown, piece) {
        (Some(shown), Some(piece)) => marks::of_digits(shown, piece),
        _ => Vec::new(),
    };
    let parts: Vec<&str> = shown.as_deref().into_iter().chain(rest.iter().copied()).filter(|p| !p.is_empty()).collect();
    (parts.join(DOT), marks)
}

/// Whether a number may be the one a piece of was typed. Of a covered one only the end is known.
fn answers(phone: &str, piece: &str) -> bool {
    if !phone.contains('•') {
        return phone.contains(piece);
    }
    let end: String = phone.chars().filter(char::is_ascii_digit).skip(3).collect();
    piece.len() >= end.len() && piece.ends_with(&end)
}

/// The phone that was asked for, else the first.
fn telling<'a>(phones: &'a [String], piece: Option<&str>) -> Option<&'a str> {
    let asked = piece.and_then(|piece| phones.iter().find(|phone| answers(phone, piece)));
    asked.or(phones.first()).map(String::as_str)
}

fn weight(title: &str, names: &[String], phone: Option<&str>, piece: Option<&str>) -> u32 {
    if names.is_empty() {
        return phone.zip(piece).map_or(0, |(phone, piece)| phone_weight(phone, piece));
    }
    marks::rate(title, names)
}

/// People by id; with a piece of a phone only those whom it belongs to.
pub(super) async fn people(tx: &mut Tx, ids: &[Uuid], names: &[String], piece: Option<&str>) -> Result<Vec<Rated>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select c.id, c.name,
             array(select shown from contact_phones p where p.company_id = c.company_id and p.contact_id = c.id order by position) as "phones!",
             (select b.address || ', №' || n.number from residencies r
               join units n on n.company_id = r.company_id and n.id = r.unit_id
               join buildings b on b.company_id = n.company_id and b.id = n.building_id
               where r.company_id = c.company_id and r.contact_id = c.id and r.until_on is null
               order by r.since_on, r.id limit 1) as home
           from contacts c where c.company_id = $1 and c.id = any($2)"#,
        company,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .filter(|row| piece.is_none_or(|piece| row.phones.iter().any(|phone| answers(phone, piece))))
        .map(|row| {
            let phone = telling(&row.phones, piece);
            let (subtitle, subtitle_marks) = subtitle(phone, piece, &[row.home.as_deref().unwrap_or_default()]);
            let weight = weight(&row.name, names, phone, piece);
            let title_marks = marks::of_words(&row.name, names);
            let hit = Hit {
                kind: Kind::Person,
                id: row.id,
                title: row.name,
                subtitle,
                title_marks,
                subtitle_marks,
                building_id: None,
            };
            (weight, hit)
        })
        .collect())
}

/// Staff by id, or by a piece of the phone when no id is given.
pub(super) async fn staff(tx: &mut Tx, ids: &[Uuid], names: &[String], piece: Option<&str>) -> Result<Vec<Rated>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select id, name, phone from users
         where company_id = $1 and role <> 'resident' and blocked_at is null
           and (cardinality($2::uuid[]) = 0 or id = any($2)) and ($3::text is null or strpos(phone, $3) > 0)
         order by name limit 60",
        company,
        ids,
        piece
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (subtitle, subtitle_marks) = subtitle(row.phone.as_deref(), piece, &[]);
            let weight = weight(&row.name, names, row.phone.as_deref(), piece);
            let title_marks = marks::of_words(&row.name, names);
            let hit = Hit {
                kind: Kind::Staff,
                id: row.id,
                title: row.name,
                subtitle,
                title_marks,
                subtitle_marks,
                building_id: None,
            };
            (weight, hit)
        })
        .collect())
}

/// Houses by their own id or by their complex.
pub(super) async fn buildings(tx: &mut Tx, ids: &Ids, address: &[String]) -> Result<Vec<Rated>> {
    let (own, complexes) = (ids.of("buildings"), ids.of("complexes"));
    if own.is_empty() && complexes.is_empty() {
        return Ok(Vec::new());
    }
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select b.id, b.address, c.name as "complex?"
           from buildings b left join complexes c on c.company_id = b.company_id and c.id = b.complex_id
           where b.company_id = $1 and (b.id = any($2) or b.complex_id = any($3)) order by b.address limit 120"#,
        company,
        &own,
        &complexes
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let complex = row.complex.unwrap_or_default();
            let weight = marks::rate(&row.address, address).max(marks::rate(&complex, address).saturating_sub(2));
            let hit = Hit {
                kind: Kind::Building,
                id: row.id,
                title_marks: marks::of_words(&row.address, address),
                subtitle_marks: marks::of_words(&complex, address),
                title: row.address,
                subtitle: complex,
                building_id: Some(row.id),
            };
            (weight, hit)
        })
        .collect())
}

/// Flats, shops and places with this number in these houses.
pub(super) async fn units(
    tx: &mut Tx,
    buildings: &[Uuid],
    address: &[String],
    number: &str,
    with_people: bool,
) -> Result<Vec<Rated>> {
    if buildings.is_empty() {
        return Ok(Vec::new());
    }
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select u.id, u.building_id, u.number, b.address,
             case when $4 then (select string_agg(c.name, ', ' order by r.since_on, c.name) from residencies r
               join contacts c on c.company_id = r.company_id and c.id = r.contact_id
               where r.company_id = u.company_id and r.unit_id = u.id and r.until_on is null) end as people
           from units u join buildings b on b.company_id = u.company_id and b.id = u.building_id
           where u.company_id = $1 and u.building_id = any($2) and u.search = $3
           order by u.kind <> 'flat', b.address limit 60"#,
        company,
        buildings,
        number,
        with_people
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            // Whoever names a flat means the flat more than the house around it; but `Навои 12` is a house first.
            let near = marks::rate(&row.address, address);
            let weight = if marks::names_the_end(&row.address, address) { near + 3 } else { near.saturating_sub(10) };
            let mut title_marks = marks::of_words(&row.address, address);
            let title = format!("{}, №{}", row.address, row.number);
            let start = row.address.chars().count() + 3;
            let end = start + row.number.chars().count();
            title_marks
                .extend(u32::try_from(start).ok().zip(u32::try_from(end).ok()).map(|(start, end)| Mark { start, end }));
            let hit = Hit {
                kind: Kind::Unit,
                id: row.id,
                title,
                subtitle: row.people.unwrap_or_default(),
                title_marks,
                subtitle_marks: Vec::new(),
                building_id: Some(row.building_id),
            };
            (weight, hit)
        })
        .collect())
}

/// Personal accounts by a piece of the number.
pub(super) async fn accounts(tx: &mut Tx, piece: &str) -> Result<Vec<Rated>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select a.id, a.number, a.search as "search!", a.closed_on, u.building_id, b.address || ', №' || u.number as "place!"
           from search_ids('personal_accounts', array[$2], '%', '{}', 60) s
           join personal_accounts a on a.company_id = $1 and a.id = s
           join units u on u.company_id = a.company_id and u.id = a.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id"#,
        company,
        format!("%{piece}%")
    )
    .fetch_all(tx.conn())
    .await?;
    let bare = |text: &str| text.trim_start_matches('0').to_owned();
    Ok(rows
        .into_iter()
        .map(|row| {
            let near = match () {
                () if row.search == piece => 99,
                () if bare(&row.search) == bare(piece) => 97,
                () if row.search.starts_with(piece) => 57,
                () if row.search.ends_with(piece) => 55,
                () => 50,
            };
            // A closed account is history.
            let weight = if row.closed_on.is_some() { near / 2 } else { near };
            let digits: String = piece.chars().filter(char::is_ascii_digit).collect();
            let hit = Hit {
                kind: Kind::Account,
                id: row.id,
                title_marks: marks::of_digits(&row.number, &digits),
                title: row.number,
                subtitle: row.place,
                subtitle_marks: Vec::new(),
                building_id: Some(row.building_id),
            };
            (weight, hit)
        })
        .collect())
}

/// Exactly that number, or one of the many that begin so, or words.
pub(super) fn request_weight(row: &FoundRequest, number: Option<i64>) -> u32 {
    match number {
        Some(number) if number == row.number => 98,
        Some(number) if row.number.to_string().starts_with(&number.to_string()) => 51,
        Some(_) => 49,
        None => 40,
    }
}

pub(super) fn request(row: FoundRequest, asked: &Asked) -> Hit {
    let title = format!("№{}", row.number);
    let short: String = row.description.chars().take(80).collect();
    let subtitle = if short.is_empty() { row.address } else { format!("{}{DOT}{short}", row.address) };
    let number = asked.number().map(|n| n.to_string()).unwrap_or_default();
    Hit {
        kind: Kind::Request,
        id: row.id,
        title_marks: marks::of_digits(&title, &number),
        subtitle_marks: if asked.digits.is_none() { marks::of_words(&subtitle, &asked.tokens) } else { Vec::new() },
        title,
        subtitle,
        building_id: None,
    }
}
