//! Notifications to devices: who wants them, sending one, and forgetting devices that are gone.
//!
//! A device belongs to a signed-in session. When that ends, so do its notifications: nobody reads on a phone they have
//! signed out of.

use crate::{Actor, Ctx, Error, Result};
use model::{
    Code, Permission as P, PushDeviceId, UserId,
    push::{PushDevice, PushDevices, SaveDevice},
    validate,
};
use platform::{
    ids::new_id,
    push::{Handling, Notification, PushError, Subscription},
    tokens::hash_token,
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// More than a person has; the one unused longest makes room.
const MOST: i64 = 20;
/// A device that failed so often in a row, each time for good, is forgotten.
const PATIENCE: i32 = 10;

/// The caller's devices, and the key a browser subscribes with.
pub async fn devices(ctx: &Ctx, actor: &Actor) -> Result<PushDevices> {
    actor.scope(P::ProfileManage)?;
    let mut tx = ctx.db.begin_system("own devices").await?;
    let rows = sqlx::query!(
        "select d.id, d.session_id, d.user_agent, d.created_at, d.last_sent_at
         from push_devices d join sessions s on s.id = d.session_id
         where d.user_id = $1 and s.ended_at is null and s.expires_at > $2 order by d.created_at desc, d.id",
        actor.user()?.0,
        ctx.clock.now()
    )
    .fetch_all(&mut *tx)
    .await?;
    let devices = rows.into_iter().map(|d| PushDevice {
        id: d.id.into(),
        user_agent: d.user_agent,
        created_at: d.created_at,
        last_sent_at: d.last_sent_at,
        current: actor.session_id() == Some(d.session_id.into()),
    });
    Ok(PushDevices { key: ctx.push.key().public().to_owned(), devices: devices.collect() })
}

/// Adds the caller's device, or renews it: browsers tell theirs again with each visit. One that was somebody else's is now
/// the caller's.
///
/// # Errors
/// `invalid` on the keys or on `/endpoint` when it belongs to no push service we know.
pub async fn subscribe(ctx: &Ctx, actor: &Actor, command: &SaveDevice) -> Result<PushDeviceId> {
    actor.scope(P::ProfileManage)?;
    actor.acts()?;
    validate::check(command)?;
    let session = actor.session_id().ok_or(Code::Forbidden)?;
    let (kind, address, keys) = match command {
        SaveDevice::Web { endpoint, p256dh, auth } => {
            if !ctx.push.allows(endpoint) {
                return Err(Error::field("/endpoint", "push_service"));
            }
            if Subscription::parse(endpoint, p256dh, auth).is_none() {
                return Err(Error::field("/p256dh", "push_key"));
            }
            ("web", endpoint, Some((p256dh, auth)))
        }
        SaveDevice::Fcm { token } => ("fcm", token, None),
    };
    let (now, hash, user) = (ctx.clock.now(), hash_token(address), actor.user()?);
    // A device may have been another user's, whose row the caller's company does not see.
    let mut tx = ctx.db.begin_system("a device wants notifications").await?;
    let id = sqlx::query_scalar!(
        r#"insert into push_devices (id, company_id, user_id, session_id, kind, address, address_hash, p256dh, auth, vapid,
             user_agent, created_at, seen_at)
           select $1, s.company_id, $2, s.id, $4, $5, $6, $7, $8, $9, s.user_agent, $10, $10
           from sessions s where s.id = $3 and s.user_id = $2 and s.ended_at is null
           on conflict (address_hash) do update set company_id = excluded.company_id, user_id = excluded.user_id,
             session_id = excluded.session_id, kind = excluded.kind, p256dh = excluded.p256dh, auth = excluded.auth,
             vapid = excluded.vapid, user_agent = excluded.user_agent, seen_at = excluded.seen_at, failures = 0
           returning id"#,
        new_id(),
        user.0,
        session.0,
        kind,
        address,
        &hash[..],
        keys.map(|(p256dh, _)| p256dh),
        keys.map(|(_, auth)| auth),
        keys.map(|_| ctx.push.key().id()),
        now
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Code::Unauthenticated)?;
    sqlx::query!(
        "delete from push_devices where id in
           (select id from push_devices where user_id = $1 order by seen_at desc, id desc offset $2)",
        user.0,
        MOST
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(id.into())
}

/// Ends the notifications of one of the caller's devices.
///
/// # Errors
/// `not_found` when it is none of theirs.
pub async fn unsubscribe(ctx: &Ctx, actor: &Actor, id: PushDeviceId) -> Result<()> {
    actor.scope(P::ProfileManage)?;
    actor.acts()?;
    let mut tx = ctx.db.begin_system("a device wants no more notifications").await?;
    let gone = sqlx::query!("delete from push_devices where id = $1 and user_id = $2", id.0, actor.user()?.0)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    if gone.rows_affected() == 0 { Err(Code::NotFound.into()) } else { Ok(()) }
}

/// A device of a person, with the channel it is reached over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    pub user: UserId,
    pub device: PushDeviceId,
    /// An Android app; else a browser.
    pub app: bool,
}

/// Where people are reached now: devices of sessions that have not ended.
pub async fn of_users(conn: &mut PgConnection, users: &[Uuid]) -> Result<Vec<Reached>> {
    let rows = sqlx::query!(
        "select d.id, d.user_id, d.kind from push_devices d join sessions s on s.id = d.session_id
         where d.user_id = any($1) and s.ended_at is null order by d.created_at desc, d.id",
        users
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|d| Reached { user: d.user_id.into(), device: d.id.into(), app: d.kind == "fcm" })
        .collect())
}

/// How a notification ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    Sent,
    /// The device is gone, or was never there: it is forgotten.
    Gone,
    /// Nobody carries it here.
    NoProvider,
    Refused(String),
    Later(String),
}

struct Device {
    kind: String,
    address: String,
    p256dh: Option<String>,
    auth: Option<String>,
    vapid: Option<String>,
}

/// Sends one notification to one device, as long as it is `user`'s, and forgets the device when it is gone.
pub async fn send(
    ctx: &Ctx,
    id: PushDeviceId,
    user: Option<Uuid>,
    what: &Notification<'_>,
    handling: &Handling<'_>,
) -> Result<Pushed> {
    let Some(device) = load(ctx, id, user).await? else { return Ok(Pushed::Gone) };
    let sent = match (&device.p256dh, &device.auth) {
        (Some(p256dh), Some(auth)) => {
            // Made with a key we no longer have: the push service would refuse us for ever.
            let ours = device.vapid.as_deref() == Some(ctx.push.key().id().as_str());
            let Some(to) = Subscription::parse(&device.address, p256dh, auth).filter(|_| ours) else {
                forget(ctx, id, "its keys are not good any more").await?;
                return Ok(Pushed::Gone);
            };
            let note = json!({
                "v": 1, "title": what.title, "body": what.body, "url": what.url, "tag": what.tag,
                "ts": ctx.clock.now().timestamp_millis(),
            });
            ctx.push.send(&to, note.to_string().as_bytes(), handling).await
        }
        _ if device.kind == "fcm" => match &ctx.fcm {
            Some(fcm) => fcm.send(&device.address, what, handling).await,
            None => return Ok(Pushed::NoProvider),
        },
        _ => return Err(Error::internal("a device without keys", id.to_string())),
    };
    match sent {
        Ok(()) => {
            note(ctx, id, true).await?;
            Ok(Pushed::Sent)
        }
        Err(PushError::Gone(why)) => {
            forget(ctx, id, &why).await?;
            Ok(Pushed::Gone)
        }
        Err(PushError::Permanent(why)) => {
            note(ctx, id, false).await?;
            Ok(Pushed::Refused(why))
        }
        // Not the device's fault: it stays.
        Err(PushError::Ours(why)) => {
            tracing::error!(why, "a push service refuses this installation");
            Ok(Pushed::Refused(why))
        }
        Err(PushError::Transient { why, .. }) => Ok(Pushed::Later(why)),
    }
}

/// Somebody else may have signed in there since the message was written.
async fn load(ctx: &Ctx, id: PushDeviceId, user: Option<Uuid>) -> Result<Option<Device>> {
    let mut tx = ctx.db.begin_system("a device to notify").await?;
    let device = sqlx::query_as!(
        Device,
        "select d.kind, d.address, d.p256dh, d.auth, d.vapid from push_devices d join sessions s on s.id = d.session_id
         where d.id = $1 and d.user_id = $3 and s.ended_at is null and s.expires_at > $2",
        id.0,
        ctx.clock.now(),
        user
    )
    .fetch_optional(&mut *tx)
    .await?;
    Ok(device)
}

async fn note(ctx: &Ctx, id: PushDeviceId, well: bool) -> Result<()> {
    let mut tx = ctx.db.begin_system("how a device was reached").await?;
    sqlx::query!(
        "update push_devices set failures = case when $2 then 0 else failures + 1 end,
           last_sent_at = case when $2 then $3 else last_sent_at end where id = $1",
        id.0,
        well,
        ctx.clock.now()
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("delete from push_devices where id = $1 and failures >= $2", id.0, PATIENCE).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

async fn forget(ctx: &Ctx, id: PushDeviceId, why: &str) -> Result<()> {
    let mut tx = ctx.db.begin_system("a device is gone").await?;
    sqlx::query!("delete from push_devices where id = $1", id.0).execute(&mut *tx).await?;
    tx.commit().await?;
    tracing::info!(device = %id, why, "a device that gets no more notifications is forgotten");
    Ok(())
}

/// Forgets devices of sessions that have ended; says how many.
pub async fn sweep(ctx: &Ctx) -> Result<u64> {
    let mut tx = ctx.db.begin_system("devices of ended sessions").await?;
    let gone = sqlx::query!(
        "delete from push_devices d using sessions s where s.id = d.session_id and (s.ended_at is not null or s.expires_at < $1)",
        ctx.clock.now()
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(gone.rows_affected())
}
