//! A letter written by hand to chosen people.

use super::{Notice, Recipient, tell};
use crate::{
    Actor, Ctx, Error, Result,
    audit::Entry,
    idempotency::{self, Claim, Key},
};
use model::{
    Permission as P,
    notices::{LetterSent, NoticeKind, SendLetter},
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use std::collections::HashSet;
use uuid::Uuid;

/// Writes to the people named, each by the road they want. A repeated call with the same `key` sends nothing again.
///
/// # Errors
/// `invalid` when nobody is named, or somebody who is not of this company.
pub async fn send(ctx: &Ctx, actor: &Actor, command: &SendLetter, key: Option<&Key>) -> Result<LetterSent> {
    let scope = actor.scope(P::NotificationsSend)?;
    validate::check(command)?;
    if command.contact_ids.is_empty() && command.user_ids.is_empty() {
        return Err(Error::field("/contact_ids", "required"));
    }
    let mut tx = ctx.begin(actor).await?;
    if let Some(key) = key
        && let Claim::Done { body, .. } = idempotency::claim(&mut tx, key).await?
    {
        return Ok(serde_json::from_value(body)?);
    }
    let contacts: Vec<Uuid> = command.contact_ids.iter().map(|id| id.0).collect();
    let users: Vec<Uuid> = command.user_ids.iter().map(|id| id.0).collect();
    let known: HashSet<Uuid> = sqlx::query_scalar!(
        r#"select id as "id!" from contacts where company_id = $1 and id = any($2) and erased_at is null
           union all select id from users where company_id = $1 and id = any($3) and role <> 'resident' and blocked_at is null"#,
        scope.company(),
        &contacts,
        &users
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .collect();
    for (list, ids) in [("contact_ids", &contacts), ("user_ids", &users)] {
        if let Some(n) = ids.iter().position(|id| !known.contains(id)) {
            return Err(Error::field(&format!("/{list}/{n}"), "unknown"));
        }
    }
    let mut to: Vec<Recipient> = command.contact_ids.iter().copied().map(Recipient::Resident).collect();
    to.extend(command.user_ids.iter().copied().map(Recipient::Staff));
    let mut seen = HashSet::new();
    to.retain(|who| seen.insert(*who));
    let letter = new_id();
    let notice = Notice {
        kind: NoticeKind::Letter,
        key: format!("letter:{letter}"),
        to,
        about: None,
        facts: json!({ "title": command.title.trim(), "text": command.text.trim() }),
        urgent: false,
        wish: None,
    };
    let told = tell(&mut tx, &notice).await?;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let sent = LetterSent { people: count(told.people), messages: count(told.messages) };
    let changes = json!({ "title": [null, command.title.trim()], "people": [null, sent.people] });
    tx.audit(Entry { action: "notification.send", object_type: "notification", object_id: Some(letter), changes })
        .await?;
    if let Some(key) = key {
        idempotency::store(&mut tx, key, 202, &json!(sent)).await?;
    }
    tx.commit().await?;
    Ok(sent)
}
