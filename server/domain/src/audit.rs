//! The audit: who did what, when, through which door.

use crate::{Actor, Result};
use chrono::{DateTime, Utc};
use platform::ids::new_id;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// One audited action. `changes` holds `{field: [old, new]}` where there is something to compare.
pub struct Entry<'a> {
    pub action: &'a str,
    pub object_type: &'a str,
    pub object_id: Option<Uuid>,
    pub changes: Value,
}

pub(crate) async fn write(conn: &mut PgConnection, actor: &Actor, now: DateTime<Utc>, entry: Entry<'_>) -> Result<()> {
    sqlx::query!(
        "insert into audit_log (id, company_id, at, actor_id, actor_name, actor_role, door, action, object_type, object_id, changes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        new_id(),
        actor.company_id().0,
        now,
        actor.user_id().map(|u| u.0),
        actor.name(),
        actor.role().as_str(),
        actor.door().as_str(),
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.changes
    )
    .execute(conn)
    .await?;
    Ok(())
}
