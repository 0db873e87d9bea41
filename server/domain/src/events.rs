//! Live events: written to the outbox with the change, given an order by the relay, handed to every connection.

use crate::{Ctx, Result, Scope};
use model::{
    BuildingId, CompanyId, ContactId, UnitId, UserId,
    events::{Envelope, Event},
    requests::{Category, Present},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use std::time::Duration;
use uuid::Uuid;

mod hub;
pub use hub::{EventHub, Heard, Live, Subscription};

/// Most events a reconnecting client is given one by one; after that it fetches everything anew.
const REPLAY_LIMIT: i64 = 500;
/// How often another instance's events are looked for when nothing wakes us.
const POLL: Duration = Duration::from_secs(1);
const CHANNEL: &str = "events";
/// Ids of people whose access has changed: their live connections look anew at what they may hear.
const ACCESS: &str = "access";
/// Who looks at a request right now. Never stored.
const PRESENCE: &str = "presence";

/// Who may hear of an event; checked against each connection's [`Scope`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Audience {
    pub building_id: BuildingId,
    #[serde(default)]
    pub unit_id: Option<UnitId>,
    pub contact_id: Option<ContactId>,
    pub assignee_id: Option<UserId>,
    /// Loses the request with this change and must see it go.
    #[serde(default)]
    pub former_assignee_id: Option<UserId>,
    /// For the company only.
    #[serde(default)]
    pub internal: bool,
    /// The request's category; with a change of it also the one before, so that who loses it sees it go.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// Further houses it concerns.
    #[serde(default)]
    pub buildings: Vec<BuildingId>,
    /// Further residents it concerns.
    #[serde(default)]
    pub contacts: Vec<ContactId>,
    /// Houses of which everybody who lives there now may hear of it.
    #[serde(default)]
    pub lived_in: Vec<BuildingId>,
    /// When somebody is named here, it is for nobody else.
    #[serde(default)]
    pub users: Vec<UserId>,
}

impl Audience {
    /// For these people alone, whatever others may see.
    pub(crate) fn only(users: Vec<UserId>) -> Self {
        // The nil id is nobody's house.
        Self { internal: true, users, ..Self::of_building(BuildingId(Uuid::nil())) }
    }

    /// The desk, and the residents of one flat.
    pub(crate) fn of_home(building: BuildingId, unit: UnitId, residents: Vec<Uuid>) -> Self {
        Self {
            unit_id: Some(unit),
            contacts: residents.into_iter().map(Into::into).collect(),
            ..Self::of_building(building)
        }
    }

    /// The desk, and everybody who lives in some houses; nobody without houses.
    pub(crate) fn of_houses(houses: &[Uuid]) -> Option<Self> {
        let all: Vec<BuildingId> = houses.iter().copied().map(Into::into).collect();
        Some(Self { buildings: all.clone(), lived_in: all, ..Self::of_building(houses.first().copied()?.into()) })
    }

    fn of_building(building_id: BuildingId) -> Self {
        Self {
            building_id,
            unit_id: None,
            contact_id: None,
            assignee_id: None,
            former_assignee_id: None,
            internal: false,
            categories: Vec::new(),
            buildings: Vec::new(),
            contacts: Vec::new(),
            lived_in: Vec::new(),
            users: Vec::new(),
        }
    }
}

/// An event on its way to connections.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Published {
    pub company_id: CompanyId,
    pub audience: Audience,
    pub envelope: Envelope,
}

/// Somebody at a request, on their way to the connections that look at the same one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Presence {
    pub company_id: CompanyId,
    pub present: Present,
    /// They have just come and do not know who is there.
    pub ask: bool,
}

/// The document's envelope as its two parts.
pub(crate) fn split(event: &Event) -> Result<(String, Value)> {
    let mut value = serde_json::to_value(event)?;
    let kind = value["type"].as_str().map(str::to_owned).unwrap_or_default();
    Ok((kind, value["data"].take()))
}

/// Publishes outbox rows for ever; every instance runs one, a lock lets one work at a time.
pub async fn relay(ctx: Ctx) {
    loop {
        match publish_batch(&ctx).await {
            Ok(0) => {
                tokio::select! {
                    () = ctx.events.woken() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "event relay failed, trying again");
                tokio::time::sleep(POLL).await;
            }
        }
    }
}

/// Gives waiting events their order, commits it, then hands them out. Returns how many.
pub async fn publish_batch(ctx: &Ctx) -> Result<usize> {
    let mut tx = ctx.db.begin_system("event relay").await?;
    // One publisher at a time, so that `seq` is the order of publication.
    let locked =
        sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(7001) as "locked!""#).fetch_one(&mut *tx).await?;
    if !locked {
        return Ok(0);
    }
    let rows = sqlx::query!(
        r#"with next as (
             select id from outbox_events where seq is null order by created_at, id limit 200
           ), numbered as (
             select id, nextval('event_seq') as seq from next
           )
           update outbox_events o set seq = n.seq, published_at = $1 from numbered n where o.id = n.id
           returning n.seq as "seq!", o.company_id, o.type as kind, o.data, o.audience"#,
        ctx.clock.now()
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let mut published = Vec::with_capacity(rows.len());
    for row in rows {
        published.push(Published {
            company_id: row.company_id.into(),
            audience: serde_json::from_value(row.audience)?,
            envelope: Envelope { id: row.seq, event: join(&row.kind, row.data)? },
        });
    }
    published.sort_by_key(|p| p.envelope.id);
    for event in &published {
        ctx.events.publish(event)?;
    }
    Ok(published.len())
}

/// What a client missed since `last`; a single `resync` when that is too much.
pub async fn since(ctx: &Ctx, scope: &Scope, last: i64) -> Result<Vec<Envelope>> {
    let mut tx = ctx.db.begin_tenant(scope.company()).await?;
    let rows = sqlx::query!(
        r#"select seq as "seq!", type as kind, data, audience from outbox_events
           where company_id = $1 and seq > $2 order by seq limit $3"#,
        scope.company(),
        last,
        REPLAY_LIMIT + 1
    )
    .fetch_all(&mut *tx)
    .await?;
    if i64::try_from(rows.len()).is_ok_and(|n| n > REPLAY_LIMIT) {
        // Up to date from here: the next gap must not ask for everything once more.
        let id = newest(&mut tx, scope).await?;
        return Ok(vec![Envelope { id, event: Event::Resync {} }]);
    }
    let mut missed = Vec::new();
    for row in rows {
        let audience: Audience = serde_json::from_value(row.audience)?;
        if scope.hears(scope.company_id(), &audience) {
            missed.push(Envelope { id: row.seq, event: join(&row.kind, row.data)? });
        }
    }
    Ok(missed)
}

/// The id of the newest published event: where a fresh client starts.
pub async fn latest(ctx: &Ctx, scope: &Scope) -> Result<i64> {
    let mut tx = ctx.db.begin_tenant(scope.company()).await?;
    newest(&mut tx, scope).await
}

async fn newest(conn: &mut PgConnection, scope: &Scope) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(max(seq), 0) as "seq!" from outbox_events where company_id = $1"#,
        scope.company()
    )
    .fetch_one(conn)
    .await?)
}

fn join(kind: &str, data: Value) -> Result<Event> {
    Ok(serde_json::from_value(serde_json::json!({ "type": kind, "data": data }))?)
}
