//! Many known contacts invited at once: each gets an invitation of their own, to be handed out on paper.

use super::invites::make;
use crate::{Actor, Ctx, Error, Result, bulk::each};
use model::{
    ContactId, Permission as P,
    access::{Handout, InviteMany, InviteOutcome, InviteResident},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Invites each of them who lives somewhere and has neither a login nor an invitation that waits; tells how it went, in
/// the order asked. An invitation is a link and a code: no telephone is needed here, the person proves one with it.
///
/// # Errors
/// `forbidden` without the right to change people; `invalid` on nobody or too many. For one of them: `not_found`, or
/// `invalid` with `has_login`, `invited` or `no_home`.
pub async fn invite_many(ctx: &Ctx, actor: &Actor, command: &InviteMany) -> Result<Vec<InviteOutcome>> {
    actor.scope(P::ResidentsManage)?;
    let made = Mutex::new(HashMap::new());
    let keep = &made;
    let told = each(&command.ids, move |id| async move {
        let handout = one(ctx, actor, id).await?;
        keep.lock().unwrap_or_else(PoisonError::into_inner).insert(id, handout);
        Ok(())
    })
    .await?;
    let mut made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(told
        .into_iter()
        .map(|one| {
            let id = ContactId(one.id);
            InviteOutcome { id, failure: one.failure, handout: made.remove(&id) }
        })
        .collect())
}

async fn one(ctx: &Ctx, actor: &Actor, contact: ContactId) -> Result<Handout> {
    let mut tx = ctx.begin(actor).await?;
    let (company, now) = (tx.actor().company_id().0, tx.now());
    // Of two who invite at the same moment the second sees what the first did.
    let name = sqlx::query_scalar!(
        "select name from contacts where company_id = $1 and id = $2 and erased_at is null for update",
        company,
        contact.0
    )
    .fetch_one(tx.conn())
    .await?;
    let row = sqlx::query!(
        r#"select exists(select from users where company_id = $1 and contact_id = $2) as "has_login!",
             exists(select from resident_invites where company_id = $1 and contact_id = $2 and used_at is null
               and revoked_at is null and expires_at > $3) as "invited!",
             (select b.address || ', №' || n.number from residencies r
                join units n on n.company_id = r.company_id and n.id = r.unit_id and n.archived_at is null
                join buildings b on b.company_id = n.company_id and b.id = n.building_id and b.archived_at is null
                where r.company_id = $1 and r.contact_id = $2 and r.until_on is null
                order by r.since_on, r.id limit 1) as address"#,
        company,
        contact.0,
        now
    )
    .fetch_one(tx.conn())
    .await?;
    let refusal = match (row.has_login, row.invited) {
        (true, _) => Some("has_login"),
        (_, true) => Some("invited"),
        _ => None,
    };
    if let Some(why) = refusal {
        return Err(Error::field("/contact_id", why));
    }
    let address = row.address.ok_or_else(|| Error::field("/contact_id", "no_home"))?;
    let command = InviteResident { contact_id: Some(contact), ..InviteResident::default() };
    let invitation = make(&mut tx, &command, Some(&name)).await?;
    tx.commit().await?;
    Ok(Handout { name, address, invitation })
}
