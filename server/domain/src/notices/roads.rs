//! What a delivery asks before it goes out, and where it goes when a road is closed.

use super::{
    Recipient,
    people::{self, morning, quiet},
    tell,
};
use crate::{Actor, Ctx, Result, Tx, error::word, people as register};
use chrono::{DateTime, Utc};
use model::{
    CompanyId,
    notices::{FailReason, Mode, NoticeChannel, NoticeKind, NoticeObject},
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// The night of the person a delivery goes to, when it has to wait for its end.
pub(crate) async fn held(conn: &mut PgConnection, delivery: Uuid, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let row = sqlx::query!(
        r#"select n.kind, n.urgent, c.time_zone, h.quiet as "quiet?", h.quiet_from as "from?", h.quiet_till as "till?"
           from deliveries d
           join notices n on n.company_id = d.company_id and n.id = d.notice_id
           join companies c on c.id = d.company_id
           left join notice_hours h on h.company_id = n.company_id and h.person_id = n.person_id
           where d.id = $1"#,
        delivery
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    if row.urgent || !word::<NoticeKind>(&row.kind)?.waits() {
        return Ok(None);
    }
    Ok(morning(&quiet(row.quiet, row.from, row.till), &row.time_zone, now))
}

/// Where a delivery really goes. What a contact keeps to themselves is opened for the moment of sending.
pub(crate) async fn address(
    ctx: &Ctx,
    company: CompanyId,
    contact: Uuid,
    channel: NoticeChannel,
) -> Result<Option<String>> {
    let mut tx = ctx.begin(&Actor::system(company)).await?;
    match channel {
        NoticeChannel::Email => register::email_of(ctx, &mut tx, contact.into()).await,
        NoticeChannel::Sms => register::phone_of(ctx, &mut tx, contact.into()).await,
        NoticeChannel::InApp | NoticeChannel::Telegram | NoticeChannel::WebPush | NoticeChannel::Fcm => Ok(None),
    }
}

/// Whether a notice is still news, and still theirs to know: a newer step has a notice of its own, and who has moved out
/// hears nothing more of the house.
pub(crate) async fn still_true(
    conn: &mut PgConnection,
    kind: NoticeKind,
    about: Option<(NoticeObject, Uuid)>,
    contact: Option<Uuid>,
    facts: &Value,
    now: DateTime<Utc>,
) -> Result<bool> {
    let request = match about {
        Some((NoticeObject::Request, request)) => request,
        // What was taken back, or is over by the morning, is told to nobody else.
        Some((NoticeObject::News, news)) => {
            return Ok(sqlx::query_scalar!(
                r#"select exists (select from news where id = $1 and state <> 'cancelled' and (expires_at is null or expires_at > $2)) as "so!""#,
                news,
                now
            )
            .fetch_one(conn)
            .await?);
        }
        // Charges may be taken back before the morning.
        Some((NoticeObject::Account, _)) if kind == NoticeKind::Bill => {
            let run: Option<Uuid> = facts["run"].as_str().and_then(|run| run.parse().ok());
            return Ok(sqlx::query_scalar!(
                r#"select exists (select from charge_runs where id = $1 and state = 'posted') as "so!""#,
                run
            )
            .fetch_one(conn)
            .await?);
        }
        _ => return Ok(true),
    };
    // It was hidden meanwhile: whoever waits to be told of it is not.
    let hidden = sqlx::query_scalar!("select hidden from requests where id = $1", request);
    if contact.is_some() && hidden.fetch_optional(&mut *conn).await? == Some(true) {
        return Ok(false);
    }
    match kind {
        NoticeKind::RequestStep | NoticeKind::RequestCommon => {
            let status = facts["status"].as_str();
            Ok(sqlx::query_scalar!(
                r#"select $2 in (r.status, coalesce(m.status, r.status)) and ($3::uuid is null or exists (
                     select from residencies h join units u on u.company_id = h.company_id and u.id = h.unit_id
                     where h.company_id = r.company_id and h.contact_id = $3 and h.until_on is null
                       and (u.id = r.unit_id or (r.unit_id is null and u.building_id = r.building_id)))) as "so!"
                   from requests r left join requests m on m.company_id = r.company_id and m.id = r.merged_into where r.id = $1"#,
                request,
                status,
                contact
            )
            .fetch_optional(conn)
            .await?
            .unwrap_or(false))
        }
        NoticeKind::RequestEstimate => {
            let version = facts["version"].as_i64().and_then(|version| i32::try_from(version).ok());
            Ok(sqlx::query_scalar!(
                r#"select exists (select from estimates e where e.request_id = $1 and e.version = $2 and e.state = 'sent') as "so!""#,
                request,
                version
            )
            .fetch_one(conn)
            .await?)
        }
        // Words may be taken back before anybody has read them.
        NoticeKind::Comment | NoticeKind::Mention => {
            let comment: Option<Uuid> = facts["key"].as_str().and_then(|key| key.parse().ok());
            Ok(sqlx::query_scalar!(
                r#"select not exists (select from request_comments where id = $1 and deleted_at is not null) as "so!""#,
                comment
            )
            .fetch_one(conn)
            .await?)
        }
        _ => Ok(true),
    }
}

/// After a delivery failed for good: the next road, when none of the others carries the notice already.
pub(crate) async fn fall_back(tx: &mut Tx, delivery: Uuid, reason: FailReason) -> Result<()> {
    // Nothing to say any more, or said perhaps: another road would not help.
    if matches!(reason, FailReason::Overtaken | FailReason::Unconfirmed) {
        return Ok(());
    }
    // In a statement of its own: two addresses that fail together would each see the other still on its way.
    sqlx::query!(
        "select n.id from deliveries d join notices n on n.company_id = d.company_id and n.id = d.notice_id where d.id = $1 for update of n",
        delivery
    )
    .fetch_optional(tx.conn())
    .await?;
    let row = sqlx::query!(
        r#"select n.id, n.kind, n.urgent, n.user_id, n.contact_id, c.time_zone,
             array(select distinct o.channel from deliveries o where o.company_id = n.company_id and o.notice_id = n.id) as "tried!",
             exists (select from deliveries o where o.company_id = n.company_id and o.notice_id = n.id and o.state <> 'failed') as "carried!"
           from deliveries d
           join notices n on n.company_id = d.company_id and n.id = d.notice_id
           join companies c on c.id = n.company_id
           where d.id = $1 and n.read_at is null"#,
        delivery
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row.filter(|row| !row.carried) else { return Ok(()) };
    let kind: NoticeKind = word(&row.kind)?;
    if kind.mode() == Mode::All {
        return Ok(());
    }
    let who = match (row.user_id, row.contact_id) {
        (Some(user), _) => Recipient::Staff(user.into()),
        (None, Some(contact)) => Recipient::Resident(contact.into()),
        (None, None) => return Ok(()),
    };
    let company = tx.actor().company_id();
    let Some(person) = people::load(tx.conn(), company, kind, &[who], row.urgent).await?.pop() else { return Ok(()) };
    let next = person.roads(kind, None).into_iter().find(|road| !row.tried.iter().any(|tried| tried == road.as_str()));
    let Some(road) = next else { return Ok(()) };
    let night = if row.urgent || !kind.waits() { None } else { morning(&person.quiet, &row.time_zone, tx.now()) };
    tell::by_road(tx, kind, row.id, &person, road, night, row.urgent).await
}
