//! The audit: who did what, when, through which door. Reading is in `read`, the chain that shows tampering in `chain`.

mod chain;
mod read;

pub use chain::{Broken, Checked, seal, verify};
pub(crate) use read::{count_up_to, rows};
pub use read::{list, of_object};

use crate::{Actor, Result};
use chrono::{DateTime, Utc};
use platform::ids::new_id;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// One audited action. `changes` holds `{field: [old, new]}` where there is something to compare.
pub struct Entry<'a> {
    pub action: &'a str,
    pub object_type: &'a str,
    pub object_id: Option<Uuid>,
    pub changes: Value,
}

/// `{field: [old, new]}` of every field in which two states of a record differ; nothing stands for a record that is
/// not there yet, or no longer. Secrets and sealed values must not be fields of `T`.
pub(crate) fn diff<T: Serialize>(before: Option<&T>, after: Option<&T>) -> Result<Map<String, Value>> {
    let fields = |state: Option<&T>| match state.map(serde_json::to_value).transpose() {
        Ok(Some(Value::Object(fields))) => Ok(fields),
        Ok(None) => Ok(Map::new()),
        Ok(Some(other)) => Err(crate::Error::internal("audit", format!("not a record: {other}"))),
        Err(error) => Err(error.into()),
    };
    let (old, new) = (fields(before)?, fields(after)?);
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let value = |side: &Map<String, Value>, name: &String| side.get(name).cloned().unwrap_or(Value::Null);
    Ok(names
        .into_iter()
        .map(|name| (name, value(&old, name), value(&new, name)))
        .filter(|(_, old, new)| old != new)
        .map(|(name, old, new)| (name.clone(), json!([old, new])))
        .collect())
}

/// A field that the audit must not show: how it looks with most of it covered, before and after, and whether it changed.
pub(crate) type Masked<'a> = (&'a str, Option<String>, Option<String>, bool);

/// `+998 90 •••-••-67`: enough to see which number is meant, not enough to call it.
pub fn mask_phone(phone: &str) -> String {
    match (phone.get(..6), phone.get(phone.len().saturating_sub(2)..)) {
        (Some(head), Some(tail)) if phone.len() == 13 => format!("{} {} •••-••-{tail}", &head[..4], &head[4..]),
        _ => "•••".to_owned(),
    }
}

/// `a•••@mail.uz`.
pub fn mask_email(email: &str) -> String {
    match email.split_once('@') {
        Some((user, domain)) => format!("{}•••@{domain}", user.chars().take(1).collect::<String>()),
        None => "•••".to_owned(),
    }
}

pub(crate) async fn write(conn: &mut PgConnection, actor: &Actor, now: DateTime<Utc>, entry: Entry<'_>) -> Result<()> {
    // Who looks as another person is named themselves.
    let (actor_id, actor_name, actor_role) = match actor.looking() {
        Some(real) => (Some(real.user_id), real.name.as_str(), real.role),
        None => (actor.user_id(), actor.name(), actor.role()),
    };
    sqlx::query!(
        "insert into audit_log (id, company_id, at, actor_id, actor_name, actor_role, door, action, object_type, object_id, changes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        new_id(),
        actor.company_id().0,
        now,
        actor_id.map(|u| u.0),
        actor_name,
        actor_role.as_str(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Flat {
        number: &'static str,
        rooms: Option<i16>,
        area: i64,
    }

    #[test]
    fn covered_values_stay_covered() {
        assert_eq!(mask_phone("+998901234567"), "+998 90 •••-••-67");
        assert_eq!(mask_phone("кв. 5"), "•••");
        assert_eq!(mask_email("aziza@mail.uz"), "a•••@mail.uz");
        assert_eq!(mask_email("nonsense"), "•••");
    }

    #[test]
    fn only_what_changed_is_kept() {
        let (old, new) =
            (Flat { number: "12", rooms: None, area: 45 }, Flat { number: "12а", rooms: Some(2), area: 45 });
        let changes = Value::Object(diff(Some(&old), Some(&new)).unwrap());
        assert_eq!(changes, json!({ "number": ["12", "12а"], "rooms": [null, 2] }));
        let born = Value::Object(diff(None, Some(&old)).unwrap());
        assert_eq!(born, json!({ "number": [null, "12"], "area": [null, 45] }));
        assert!(diff(Some(&old), Some(&old)).unwrap().is_empty());
    }
}
