//! What is kept of a person besides their requests: the money of their homes while they lived there, calls, notices,
//! devices.

use crate::{Result, Tx, error::word};
use model::{
    ContactId, Money, Phone,
    billing::ServiceName,
    privacy::{PersonalAccount, PersonalCall, PersonalCharge, PersonalDevice, PersonalNotice, PersonalPayment},
};
use uuid::Uuid;

/// The accounts of the homes they live in now. What a home owes later is nobody's business who has left it.
pub(super) async fn accounts(tx: &mut Tx, contact: ContactId) -> Result<Vec<PersonalAccount>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select a.number, b.address || ', №' || u.number as "address!", a.opened_on, a.closed_on,
             coalesce(l.balance_tiyin, 0) as "balance!"
           from (select distinct unit_id from residencies
             where company_id = $1 and contact_id = $2 and until_on is null) r
           join units u on u.company_id = $1 and u.id = r.unit_id
           join buildings b on b.company_id = $1 and b.id = u.building_id
           join personal_accounts a on a.company_id = $1 and a.unit_id = u.id
           left join account_balances l on l.company_id = $1 and l.account_id = a.id
           order by a.opened_on, a.number"#,
        company,
        contact.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|a| PersonalAccount {
            number: a.number,
            address: a.address,
            opened_on: a.opened_on,
            closed_on: a.closed_on,
            balance: Money::from_tiyin(a.balance),
        })
        .collect())
}

/// What was charged in the months they lived there.
pub(super) async fn charges(tx: &mut Tx, contact: ContactId) -> Result<Vec<PersonalCharge>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select distinct l.period, a.number, s.position, s.name_ru, s.name_uz, s.name_en, l.amount_tiyin
         from residencies r
         join personal_accounts a on a.company_id = r.company_id and a.unit_id = r.unit_id
         join charge_lines l on l.company_id = a.company_id and l.account_id = a.id and l.undone_at is null
         join services s on s.company_id = l.company_id and s.id = l.service_id
         where r.company_id = $1 and r.contact_id = $2
           and l.period >= date_trunc('month', r.since_on)::date and (r.until_on is null or l.period <= r.until_on)
         order by l.period, a.number, s.position, s.name_ru",
        company,
        contact.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|l| PersonalCharge {
            period: l.period,
            account: l.number,
            service: ServiceName { ru: l.name_ru, uz: l.name_uz, en: l.name_en },
            amount: Money::from_tiyin(l.amount_tiyin),
        })
        .collect())
}

/// What was paid for their homes while they lived there; never by whom.
pub(super) async fn payments(tx: &mut Tx, contact: ContactId) -> Result<Vec<PersonalPayment>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select distinct p.paid_at, p.number, p.account_number, p.amount_tiyin, p.source, p.state, p.reference
         from residencies r
         join personal_accounts a on a.company_id = r.company_id and a.unit_id = r.unit_id
         join payments p on p.company_id = a.company_id and p.account_id = a.id
         where r.company_id = $1 and r.contact_id = $2
           and p.booked_on >= r.since_on and (r.until_on is null or p.booked_on <= r.until_on)
         order by p.paid_at, p.number",
        company,
        contact.0
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|p| {
            Ok(PersonalPayment {
                at: p.paid_at,
                number: p.number,
                account: p.account_number,
                amount: Money::from_tiyin(p.amount_tiyin),
                source: word(&p.source)?,
                state: word(&p.state)?,
                reference: p.reference,
            })
        })
        .collect()
}

/// Calls with them; what the desk wrote for itself stays there.
pub(super) async fn calls(tx: &mut Tx, contact: ContactId, phones: &[String]) -> Result<Vec<PersonalCall>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select at, direction, result, phone from calls
         where company_id = $1 and (contact_id = $2 or (contact_id is null and phone = any($3))) order by at, id",
        company,
        contact.0,
        phones
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|c| {
            Ok(PersonalCall {
                at: c.at,
                direction: word(&c.direction)?,
                result: word(&c.result)?,
                phone: c.phone.as_deref().and_then(Phone::parse),
            })
        })
        .collect()
}

/// What they were told, and what of it they have read: news are notices, too.
pub(super) async fn notices(tx: &mut Tx, contact: ContactId, login: Option<Uuid>) -> Result<Vec<PersonalNotice>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select at, kind, read_at from notices
         where company_id = $1 and (contact_id = $2 or user_id = $3) and shown order by at, id",
        company,
        contact.0,
        login
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|n| PersonalNotice { at: n.at, kind: n.kind, read_at: n.read_at }).collect())
}

/// Devices that get notifications. Their addresses are keys, and stay here.
pub(super) async fn devices(tx: &mut Tx, login: Option<Uuid>) -> Result<Vec<PersonalDevice>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select kind, user_agent, created_at, seen_at from push_devices
         where company_id = $1 and user_id = $2 order by created_at, id",
        company,
        login
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|d| PersonalDevice { kind: d.kind, device: d.user_agent, at: d.created_at, last_seen_at: d.seen_at })
        .collect())
}
