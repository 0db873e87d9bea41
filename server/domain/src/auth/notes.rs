//! What the audit keeps of signing in.

use super::sessions::{Device, Who};
use crate::{
    Actor, Ctx, Result,
    actor::View,
    audit::{self, Entry},
};
use chrono::{DateTime, Utc};
use model::Lang;
use serde_json::json;
use sqlx::PgConnection;

/// The person at the door, for the audit only: no rights come of it.
pub(super) fn person(who: &Who, name: &str, device: &Device) -> Actor {
    Actor {
        user_id: Some(who.user),
        session_id: None,
        contact_id: None,
        company_id: who.company,
        role: who.role,
        name: name.to_owned(),
        lang: Lang::default(),
        door: device.door,
        view: View::company(),
        proven: false,
        looking: None,
    }
}

/// Somebody came in.
pub(super) async fn entered(
    conn: &mut PgConnection,
    person: &Actor,
    device: &Device,
    now: DateTime<Utc>,
) -> Result<()> {
    let entry = Entry {
        action: "user.login",
        object_type: "user",
        object_id: person.user_id.map(|u| u.0),
        changes: json!({ "ip": device.ip }),
    };
    audit::write(conn, person, now, entry).await
}

/// Somebody with a known login was sent away. Written beside the answer and not before it: an unknown login must not
/// be told from a known one by the time it takes. Nobody has proven who they are, so the entry names no actor.
pub(super) fn refused(ctx: &Ctx, person: Actor, device: &Device, why: &'static str) {
    let (ctx, ip, now) = (ctx.clone(), device.ip.clone(), ctx.clock.now());
    tokio::spawn(async move {
        let object_id = person.user_id.map(|u| u.0);
        let nobody = Actor { user_id: None, name: String::new(), ..person };
        let written = async {
            let mut tx = ctx.db.begin_system("a refused login").await?;
            let changes = json!({ "ip": ip, "reason": why });
            let entry = Entry { action: "user.login_failed", object_type: "user", object_id, changes };
            audit::write(&mut tx, &nobody, now, entry).await?;
            tx.commit().await?;
            Ok::<(), crate::Error>(())
        };
        if let Err(error) = written.await {
            tracing::error!(%error, "a refused login is missing in the audit");
        }
    });
}
