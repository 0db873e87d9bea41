//! Who is calling: everything about a telephone number on one screen.

use super::{contacts, homes::share};
use crate::{Actor, Ctx, Result, Scope, Tx, error::word, requests};
use model::{
    Money, Permission as P, Phone,
    people::{CallCard, CallHome, CallNeighbour, CallPerson},
};
use uuid::Uuid;

/// Requests shown with each person and home; the rest is one press away.
const REQUESTS: i64 = 6;
/// Homes shown: more belongs to an owner of a whole house.
const HOMES: i64 = 12;

/// The card of a number. Nobody with it is an answer, too: the card offers to make somebody.
pub async fn call(ctx: &Ctx, actor: &Actor, phone: &Phone) -> Result<CallCard> {
    let scope = actor.scope(P::ResidentsRead)?;
    // Requests keep the reach of whoever looks.
    let sees = actor.scope(P::RequestsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let ids = contacts::owners(ctx, &mut tx, &scope, phone).await?;
    let mut people = Vec::with_capacity(ids.len());
    for contact in contacts::by_ids(&mut tx, &scope, &ids).await? {
        let note = sqlx::query_scalar!(
            "select note from contacts where company_id = $1 and id = $2",
            scope.company(),
            contact.id.0
        )
        .fetch_one(tx.conn())
        .await?;
        let requests = requests::brief(&mut tx, &sees, requests::About::Contact(contact.id), REQUESTS).await?;
        people.push(CallPerson { contact, note, requests });
    }
    let homes = homes(&mut tx, &scope, &sees, &ids).await?;
    let unknown_requests = requests::brief(&mut tx, &sees, requests::About::Phone(phone.clone()), REQUESTS).await?;
    let staff = sqlx::query_scalar!(
        "select name from users where company_id = $1 and phone = $2 and role <> 'resident' and blocked_at is null limit 1",
        scope.company(),
        phone.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(CallCard { landline: phone.is_landline(), phone: phone.clone(), people, homes, unknown_requests, staff })
}

async fn homes(tx: &mut Tx, scope: &Scope, sees: &Scope, callers: &[Uuid]) -> Result<Vec<CallHome>> {
    let units = sqlx::query!(
        r#"select u.id, u.kind, u.building_id, b.address || ', №' || u.number as "address!", e.number as "entrance?", u.floor, b.hint,
             a.number as "account?", a.id as "account_id?", m.balance_tiyin as "balance?"
           from units u join buildings b on b.company_id = u.company_id and b.id = u.building_id
           left join entrances e on e.company_id = u.company_id and e.id = u.entrance_id
           left join personal_accounts a on a.company_id = u.company_id and a.unit_id = u.id and a.id = (
             select o.id from personal_accounts o where o.company_id = u.company_id and o.unit_id = u.id and o.closed_on is null
             order by o.opened_on desc, o.id desc limit 1)
           left join account_balances m on m.company_id = a.company_id and m.account_id = a.id
           where u.company_id = $1 and u.archived_at is null and b.archived_at is null
             and u.id in (select r.unit_id from residencies r where r.company_id = $1 and r.contact_id = any($2) and r.until_on is null)
           -- where one lives before where one parks
           order by array_position(array['flat', 'apartment', 'shop', 'storage', 'parking'], u.kind), b.sort_key, u.sort_key, u.id
           limit $3"#,
        scope.company(),
        callers,
        HOMES
    )
    .fetch_all(tx.conn())
    .await?;
    let reads_money = tx.actor().role().can(P::LedgerRead);
    let mut homes = Vec::with_capacity(units.len());
    for unit in units {
        let people = neighbours(tx, scope, unit.id, callers).await?;
        let requests = requests::brief(tx, sees, requests::About::Unit(unit.id.into()), REQUESTS).await?;
        homes.push(CallHome {
            unit_id: unit.id.into(),
            building_id: unit.building_id.into(),
            kind: word(&unit.kind)?,
            address: unit.address,
            entrance: unit.entrance,
            floor: unit.floor,
            account: unit.account,
            account_id: unit.account_id.map(Into::into),
            balance: unit.balance.filter(|_| reads_money).map(Money::from_tiyin),
            hint: unit.hint,
            people,
            requests,
        });
    }
    Ok(homes)
}

async fn neighbours(tx: &mut Tx, scope: &Scope, unit: Uuid, callers: &[Uuid]) -> Result<Vec<CallNeighbour>> {
    let rows = sqlx::query!(
        r#"select c.id, c.name, r.relation, r.share_num, r.share_den, c.id = any($3) as "calls!"
           from residencies r join contacts c on c.company_id = r.company_id and c.id = r.contact_id
           where r.company_id = $1 and r.unit_id = $2 and r.until_on is null
           order by array_position(array['owner', 'tenant', 'relative'], r.relation), c.name limit 20"#,
        scope.company(),
        unit,
        callers
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(CallNeighbour {
                id: r.id.into(),
                name: r.name,
                relation: word(&r.relation)?,
                share: share(r.share_num, r.share_den),
                calls: r.calls,
            })
        })
        .collect()
}
