//! How staff lose their access: at once, and with their work in other hands.

use super::{may_touch, not_oneself, one_admin_stays, queries, queries::Member};
use crate::{Actor, Ctx, Result, auth, error::word, requests};
use model::{
    Permission as P, Role, UserId,
    auth::Danger,
    staff::{DismissStaff, OpenWork, StaffCard},
    validate,
};

/// Stops somebody from working: every device is signed out and every live connection ended at once. Their work stays
/// in their hands until they come back or are dismissed.
///
/// # Errors
/// `own_access` on oneself; `last_admin`; `forbidden` above one's own role.
pub async fn block(ctx: &Ctx, actor: &Actor, id: UserId) -> Result<StaffCard> {
    let scope = actor.scope(P::StaffManage)?;
    actor.proves(Danger::Access)?;
    let mut tx = ctx.begin(actor).await?;
    let old = queries::lock(&mut tx, &scope, id).await?;
    shut_out(&mut tx, actor, &old, false).await?;
    let card = queries::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Lets somebody work again, also one who had left. They sign in anew.
pub async fn unblock(ctx: &Ctx, actor: &Actor, id: UserId) -> Result<StaffCard> {
    let scope = actor.scope(P::StaffManage)?;
    actor.proves(Danger::Access)?;
    let mut tx = ctx.begin(actor).await?;
    let old = queries::lock(&mut tx, &scope, id).await?;
    may_touch(actor, &old)?;
    not_oneself(actor, id)?;
    queries::save(&mut tx, &old, &Member { blocked_at: None, dismissed_at: None, ..old.clone() }).await?;
    let card = queries::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Blocks somebody for good, frees their zone and gives their open work to others, or back to the new requests; all of
/// it or nothing. The person's name stays in everything they did.
///
/// # Errors
/// As [`block`]; `invalid` when work goes to somebody who cannot take it.
pub async fn dismiss(ctx: &Ctx, actor: &Actor, id: UserId, command: &DismissStaff) -> Result<StaffCard> {
    let scope = actor.scope(P::StaffManage)?;
    actor.proves(Danger::Access)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let old = queries::lock(&mut tx, &scope, id).await?;
    shut_out(&mut tx, actor, &old, true).await?;
    requests::hand_over(&mut tx, id, command).await?;
    let card = queries::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

async fn shut_out(tx: &mut crate::Tx, actor: &Actor, old: &Member, for_good: bool) -> Result<()> {
    may_touch(actor, old)?;
    not_oneself(actor, old.id)?;
    if old.role == Role::Admin && old.blocked_at.is_none() {
        one_admin_stays(tx, old.id).await?;
    }
    let now = tx.now();
    let mut new = Member { blocked_at: old.blocked_at.or(Some(now)), ..old.clone() };
    if for_good {
        new.dismissed_at = old.dismissed_at.or(Some(now));
        new.buildings.clear();
        new.complexes.clear();
    }
    queries::save(tx, old, &new).await?;
    auth::end_sessions(tx.conn(), old.id, "blocked", now).await?;
    tx.access_changed(old.id);
    Ok(())
}

/// What somebody has in hand: what a dismissal has to give to others.
pub async fn open_work(ctx: &Ctx, actor: &Actor, id: UserId) -> Result<Vec<OpenWork>> {
    let scope = actor.scope(P::StaffManage)?;
    let mut tx = ctx.begin(actor).await?;
    queries::lock(&mut tx, &scope, id).await?;
    let rows = sqlx::query!(
        "select id, number, status, category, address from requests
         where company_id = $1 and assignee_id = $2 and status in ('assigned', 'in_progress', 'deferred', 'returned')
         order by created_at, id limit 1000",
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(OpenWork {
                id: r.id.into(),
                number: r.number,
                status: word(&r.status)?,
                category: word(&r.category)?,
                address: r.address,
            })
        })
        .collect()
}
