//! One box that finds everything: people, phones, flats, houses, accounts, requests, staff. What was meant is decided
//! in `asked`, what matches how well in `marks`, the SQL is in `rows`.
//!
//! Each try goes further than the one before and stops when something was found: as typed, as the other keyboard
//! layout would have typed it, with a slip of the finger.

mod asked;
mod marks;
mod rows;

use crate::{Actor, Ctx, Error, Result, Scope, Tx, people, requests};
use asked::{Asked, Level};
use model::{
    Permission as P, fold,
    search::{Found, Group, Hit, Kind, SearchQuery},
};
use std::cmp::Reverse;
use uuid::Uuid;

pub(crate) use asked::places;
pub(crate) use rows::phone_owners;

/// Looked at of each kind; the best of them are shown.
const CANDIDATES: i32 = 60;
const NEAR: &[Level] = &[Level::Whole, Level::Begun, Level::Bones];

/// What the caller may find.
struct Reach {
    requests: Scope,
    /// Workers find requests within their reach and nothing else.
    people: bool,
    houses: bool,
    staff: bool,
}

/// A hit with its weight: 0 (hardly) to 100 (exactly that).
type Rated = (u32, Hit);

/// Finds what a text names, the likeliest kind first.
///
/// # Errors
/// `forbidden` for residents; `invalid` on a limit outside 1–50.
pub async fn search(ctx: &Ctx, actor: &Actor, query: &SearchQuery) -> Result<Found> {
    let scope = actor.scope(P::RequestsRead)?;
    let limit = query.limit.unwrap_or(6);
    if !(1..=50).contains(&limit) {
        return Err(Error::field("/limit", "out_of_range"));
    }
    let whole = scope.requests().all;
    let can = |permission| whole && actor.scope(permission).is_ok();
    let reach = Reach {
        people: can(P::ResidentsRead),
        houses: can(P::BuildingsRead),
        staff: can(P::StaffRead),
        requests: scope,
    };
    let text = query.q.replace('\0', " ");
    let asked = Asked::read(&text);
    if asked.is_empty() {
        return Ok(Found::default());
    }
    let mut tx = ctx.begin(actor).await?;
    let hits = look(ctx, &mut tx, &reach, &asked, NEAR).await?;
    if !hits.is_empty() || asked.digits.is_some() {
        return Ok(arrange(hits, limit, None));
    }
    let instead = fold::other_layout(text.trim());
    let other = Asked::read(&instead);
    if !other.is_empty() {
        let hits = look(ctx, &mut tx, &reach, &other, NEAR).await?;
        if !hits.is_empty() {
            return Ok(arrange(hits, limit, Some(instead)));
        }
    }
    let hits = look(ctx, &mut tx, &reach, &asked, &[Level::Slip]).await?;
    Ok(arrange(hits, limit, None))
}

async fn look(ctx: &Ctx, tx: &mut Tx, reach: &Reach, asked: &Asked, levels: &[Level]) -> Result<Vec<Rated>> {
    let mut hits = Vec::new();
    let near = levels == NEAR;
    if near {
        hits.extend(requests_like(tx, reach, asked).await?);
    }
    if asked.only_requests {
        return Ok(hits);
    }
    if near && let Some(piece) = asked.phone() {
        hits.extend(by_phone(ctx, tx, reach, piece).await?);
    }
    if near
        && reach.houses
        && let Some(account) = asked.account()
    {
        hits.extend(rows::accounts(tx, &account).await?);
    }
    if let Some((names, phone)) = asked.name() {
        hits.extend(by_name(tx, reach, &names, phone, levels).await?);
    }
    if reach.houses && asked.digits.is_none() {
        let address = asked.address();
        let ids = gather(tx, &["buildings", "complexes"], &address, levels).await?;
        hits.extend(rows::buildings(tx, &ids, &address).await?);
    }
    if reach.houses
        && let Some((address, number)) = &asked.flat
    {
        let ids = gather(tx, &["buildings"], address, levels).await?;
        hits.extend(rows::units(tx, &ids.of("buildings"), address, number, reach.people).await?);
    }
    Ok(hits)
}

/// People whose name holds these words in any script; when none is spelt so, those whose name sounds so. A piece of the
/// telephone may stand beside the name.
pub(crate) async fn people_named(tx: &mut Tx, text: &str, most: i32) -> Result<Vec<Uuid>> {
    let asked = Asked::read(text);
    let Some((names, phone)) = asked.name() else { return Ok(Vec::new()) };
    for level in [Level::Begun, Level::Bones] {
        let mut ids = rows::Ids::default();
        for patterns in asked::patterns(&names, level) {
            rows::ids(tx, &["contacts"], &patterns, most, &mut ids).await?;
        }
        let mut found = ids.of("contacts");
        if let Some(piece) = phone {
            let owners = rows::phone_owners(tx, piece, most).await?;
            found.retain(|id| owners.contains(id));
        }
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

async fn requests_like(tx: &mut Tx, reach: &Reach, asked: &Asked) -> Result<Vec<Rated>> {
    let number = asked.number();
    let found =
        requests::find(tx, &reach.requests, number, asked.phone().filter(|p| p.len() >= 5), &asked.tokens).await?;
    Ok(found.into_iter().map(|row| (rows::request_weight(&row, number), rows::request(row, asked))).collect())
}

async fn by_phone(ctx: &Ctx, tx: &mut Tx, reach: &Reach, piece: &str) -> Result<Vec<Rated>> {
    let mut hits = Vec::new();
    if reach.people {
        let mut ids = rows::phone_owners(tx, piece, CANDIDATES).await?;
        // A hidden number is found whole.
        if let Some(codes) = people::full_number(ctx, piece) {
            ids.extend(rows::whole_phone(tx, &codes).await?);
        }
        hits.extend(rows::people(tx, &ids, &[], Some(piece)).await?);
    }
    if reach.staff {
        hits.extend(rows::staff(tx, &[], &[], Some(piece)).await?);
    }
    Ok(hits)
}

async fn by_name(
    tx: &mut Tx,
    reach: &Reach,
    names: &[String],
    phone: Option<&str>,
    levels: &[Level],
) -> Result<Vec<Rated>> {
    let mut what = Vec::new();
    what.extend(reach.people.then_some("contacts"));
    what.extend(reach.staff.then_some("users"));
    if what.is_empty() {
        return Ok(Vec::new());
    }
    let ids = gather(tx, &what, names, levels).await?;
    let mut hits = rows::people(tx, &ids.of("contacts"), names, phone).await?;
    let staff = ids.of("users");
    if !staff.is_empty() {
        hits.extend(rows::staff(tx, &staff, names, phone).await?);
    }
    Ok(hits)
}

/// Ids by table, nearest first. A table that has enough is not asked for what is further away.
async fn gather(tx: &mut Tx, what: &[&'static str], tokens: &[String], levels: &[Level]) -> Result<rows::Ids> {
    let mut ids = rows::Ids::default();
    for level in levels {
        let wanting: Vec<&str> =
            what.iter().copied().filter(|what| ids.count(what) < usize::try_from(CANDIDATES).unwrap_or(0)).collect();
        for patterns in asked::patterns(tokens, *level) {
            if !wanting.is_empty() {
                rows::ids(tx, &wanting, &patterns, CANDIDATES, &mut ids).await?;
            }
        }
    }
    Ok(ids)
}

/// Groups the hits: the best of each kind, the kind with the best hit first.
fn arrange(mut hits: Vec<Rated>, limit: u32, instead: Option<String>) -> Found {
    hits.sort_by(|(one, a), (two, b)| two.cmp(one).then_with(|| (&a.title, a.id).cmp(&(&b.title, b.id))));
    let mut groups: Vec<(u32, Group)> = Vec::new();
    for kind in Kind::ALL {
        let mut of: Vec<Rated> = hits.iter().filter(|(_, hit)| hit.kind == *kind).cloned().collect();
        let mut seen = std::collections::HashSet::new();
        of.retain(|(_, hit)| seen.insert(hit.id));
        of.truncate(limit as usize);
        if let Some((best, _)) = of.first() {
            groups.push((*best, Group { kind: *kind, hits: of.into_iter().map(|(_, hit)| hit).collect() }));
        }
    }
    // Stable: of equal kinds the one named first stays first.
    groups.sort_by_key(|(best, _)| Reverse(*best));
    Found { groups: groups.into_iter().map(|(_, group)| group).collect(), instead }
}
