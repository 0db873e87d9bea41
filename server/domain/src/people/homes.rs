//! Who lives where and owns how much of it.

use crate::{Actor, Ctx, Error, Result, Scope, Tx, access, error::word, property::today};
use chrono::NaiveDate;
use model::{
    Code, ContactId, Permission as P, ResidencyId, UnitId, UserId,
    people::{AddHome, HomeCard, Relation, Share, UpdateHome, fits},
    validate,
};
use platform::ids::new_id;
use serde::Serialize;
use uuid::Uuid;

/// A home as the history of its person shows it.
#[derive(Serialize)]
struct Facts<'a> {
    address: &'a str,
    relation: Relation,
    share: Option<Share>,
    since: NaiveDate,
    until: Option<NaiveDate>,
}

/// A home without its id while its facts are compared.
fn facts(home: &HomeCard) -> Facts<'_> {
    Facts { address: &home.address, relation: home.relation, share: home.share, since: home.since, until: home.until }
}

/// Homes of a person: those of today, then former ones.
pub async fn homes_of(ctx: &Ctx, actor: &Actor, contact: ContactId) -> Result<Vec<HomeCard>> {
    let scope = actor.scope(P::ResidentsRead)?;
    let mut tx = ctx.begin(actor).await?;
    sqlx::query!("select id from contacts where company_id = $1 and id = $2", scope.company(), contact.0)
        .fetch_one(tx.conn())
        .await?;
    load(&mut tx, &scope, contact).await
}

pub(super) async fn load(tx: &mut Tx, scope: &Scope, contact: ContactId) -> Result<Vec<HomeCard>> {
    select(tx, scope, Some(contact.0), None).await
}

async fn one(tx: &mut Tx, scope: &Scope, id: ResidencyId) -> Result<HomeCard> {
    select(tx, scope, None, Some(id.0)).await?.pop().ok_or_else(|| Code::NotFound.into())
}

async fn select(tx: &mut Tx, scope: &Scope, contact: Option<Uuid>, id: Option<Uuid>) -> Result<Vec<HomeCard>> {
    let rows = sqlx::query!(
        r#"select r.id, r.version, r.unit_id, n.building_id, b.address || ', №' || n.number as "address!", r.relation,
             r.share_num, r.share_den, r.since_on, r.until_on
           from residencies r join units n on n.company_id = r.company_id and n.id = r.unit_id
           join buildings b on b.company_id = n.company_id and b.id = n.building_id
           where r.company_id = $1 and ($2::uuid is null or r.contact_id = $2) and ($3::uuid is null or r.id = $3)
             and ($2::uuid is not null or $3::uuid is not null)
           order by r.until_on desc nulls first, r.since_on, r.id"#,
        scope.company(),
        contact,
        id
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(HomeCard {
                id: r.id.into(),
                version: r.version,
                unit_id: r.unit_id.into(),
                building_id: r.building_id.into(),
                address: r.address,
                relation: word(&r.relation)?,
                share: share(r.share_num, r.share_den),
                since: r.since_on,
                until: r.until_on,
            })
        })
        .collect()
}

/// A stored share.
pub(crate) fn share(num: Option<i32>, den: Option<i32>) -> Option<Share> {
    Share::new(u32::try_from(num?).ok()?, u32::try_from(den?).ok()?)
}

/// A share for the database. Its nine digits fit.
fn stored(share: Option<Share>) -> (Option<i32>, Option<i32>) {
    (share.and_then(|s| i32::try_from(s.num()).ok()), share.and_then(|s| i32::try_from(s.den()).ok()))
}

/// Gives a person a home.
///
/// # Errors
/// `invalid` when the unit is not there, they live there already, a share is not an owner's, the shares of the unit
/// would be more than one, or the day is still to come.
pub async fn add_home(ctx: &Ctx, actor: &Actor, contact: ContactId, command: &AddHome) -> Result<HomeCard> {
    let scope = actor.scope(P::ResidentsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    sqlx::query!(
        "select id from contacts where company_id = $1 and id = $2 and erased_at is null for key share",
        scope.company(),
        contact.0
    )
    .fetch_one(tx.conn())
    .await?;
    let home = insert(&mut tx, &scope, contact, command).await?;
    access_changed(&mut tx, &scope, contact).await?;
    tx.commit().await?;
    Ok(home)
}

pub(super) async fn insert(tx: &mut Tx, scope: &Scope, contact: ContactId, command: &AddHome) -> Result<HomeCard> {
    hold_unit(tx, scope, command.unit_id, true).await?;
    let today = today(tx).await?;
    let since = command.since.unwrap_or(today);
    check(command.relation, command.share, since, None, today)?;
    let (id, (num, den)) = (ResidencyId(new_id()), stored(command.share));
    sqlx::query!(
        "insert into residencies (id, company_id, unit_id, contact_id, relation, share_num, share_den, since_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        scope.company(),
        command.unit_id.0,
        contact.0,
        command.relation.as_str(),
        num,
        den,
        since
    )
    .execute(tx.conn())
    .await
    .map_err(once)?;
    at_most_one(tx, scope, command.unit_id).await?;
    let home = one(tx, scope, id).await?;
    tx.record("residency.create", "residency", id.0, None, Some(&facts(&home))).await?;
    Ok(home)
}

/// Changes a home, or ends it. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` as in [`add_home`].
pub async fn update_home(
    ctx: &Ctx,
    actor: &Actor,
    id: ResidencyId,
    version: i32,
    command: &UpdateHome,
) -> Result<HomeCard> {
    let scope = actor.scope(P::ResidentsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let place = sqlx::query!(
        "select unit_id, contact_id from residencies where company_id = $1 and id = $2",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let (unit, contact) = (UnitId(place.unit_id), ContactId(place.contact_id));
    // An ended home may be put right even where the unit is in the archive by now.
    let revives = command.until == Some(None);
    hold_unit(&mut tx, &scope, unit, revives).await?;
    let old = one(&mut tx, &scope, id).await?;
    if old.version != version {
        return Err(Code::Conflict.into());
    }
    let relation = command.relation.unwrap_or(old.relation);
    // Who is no owner any more owns nothing.
    let kept = if relation == Relation::Owner { old.share } else { None };
    let new = HomeCard {
        relation,
        share: command.share.unwrap_or(kept),
        since: command.since.unwrap_or(old.since),
        until: command.until.unwrap_or(old.until),
        ..old.clone()
    };
    let today = today(&mut tx).await?;
    check(new.relation, new.share, new.since, new.until, today)?;
    let action = if new.until.is_some() && old.until.is_none() { "residency.end" } else { "residency.update" };
    if tx.record(action, "residency", id.0, Some(&facts(&old)), Some(&facts(&new))).await? {
        let (num, den) = stored(new.share);
        sqlx::query!(
            "update residencies set relation = $3, share_num = $4, share_den = $5, since_on = $6, until_on = $7,
               version = version + 1 where company_id = $1 and id = $2",
            scope.company(),
            id.0,
            new.relation.as_str(),
            num,
            den,
            new.since,
            new.until
        )
        .execute(tx.conn())
        .await
        .map_err(once)?;
        at_most_one(&mut tx, &scope, unit).await?;
        match (old.until, new.until) {
            (None, Some(_)) => access::left(&mut tx, contact, unit).await?,
            (Some(_), None) => access_changed(&mut tx, &scope, contact).await?,
            _ => {}
        }
    }
    let home = one(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(home)
}

fn check(
    relation: Relation,
    share: Option<Share>,
    since: NaiveDate,
    until: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<()> {
    if share.is_some() && relation != Relation::Owner {
        return Err(Error::field("/share", "only_owners"));
    }
    if since > today {
        return Err(Error::field("/since", "in_future"));
    }
    match until {
        Some(until) if until > today => Err(Error::field("/until", "in_future")),
        Some(until) if until < since => Err(Error::field("/until", "before_since")),
        _ => Ok(()),
    }
}

/// Editors of one unit's people come one after another, so that each sees the shares the other gave.
async fn hold_unit(tx: &mut Tx, scope: &Scope, unit: UnitId, in_use: bool) -> Result<()> {
    let row = sqlx::query!(
        r#"select u.archived_at is not null or b.archived_at is not null as "archived!"
           from units u join buildings b on b.company_id = u.company_id and b.id = u.building_id
           where u.company_id = $1 and u.id = $2 for no key update of u"#,
        scope.company(),
        unit.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Error::field("/unit_id", "unknown"))?;
    if in_use && row.archived { Err(Error::field("/unit_id", "archived")) } else { Ok(()) }
}

/// The owners of a unit own at most all of it.
async fn at_most_one(tx: &mut Tx, scope: &Scope, unit: UnitId) -> Result<()> {
    let rows = sqlx::query!(
        "select share_num, share_den from residencies
         where company_id = $1 and unit_id = $2 and until_on is null and share_num is not null",
        scope.company(),
        unit.0
    )
    .fetch_all(tx.conn())
    .await?;
    let shares: Vec<Share> = rows.into_iter().filter_map(|r| share(r.share_num, r.share_den)).collect();
    if fits(&shares) { Ok(()) } else { Err(Error::field("/share", "shares_over")) }
}

fn once(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(e) if e.constraint() == Some("residencies_once") => {
            Error::field("/unit_id", "lives_there")
        }
        _ => error.into(),
    }
}

/// What a resident may see and do hangs on their homes.
async fn access_changed(tx: &mut Tx, scope: &Scope, contact: ContactId) -> Result<()> {
    let user = sqlx::query_scalar!(
        "select id from users where company_id = $1 and contact_id = $2",
        scope.company(),
        contact.0
    )
    .fetch_optional(tx.conn())
    .await?;
    if let Some(user) = user {
        tx.access_changed(UserId(user));
    }
    Ok(())
}
