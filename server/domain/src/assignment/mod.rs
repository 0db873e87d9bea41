//! Assignment on the server, at any hour: a rule of the company, else trade, zone, shift and load, else the dispatcher on
//! duty. The rule itself is in `choice`; what people did is compared in `replay`.

mod choice;
mod queries;
mod replay;
mod rules;

pub use choice::{Candidate, Wanted, choose, rank};
pub use replay::replay;
pub use rules::{add_rule, remove_rule, save_modes, settings};

use crate::{Actor, Ctx, Result, Tx, jobs::AssignNew, requests, shifts};
use model::{
    CompanyId, Permission as P, RequestId,
    assignment::{Mode, Proposal},
    requests::Kind,
};

/// Everybody a request can be given to, the best first, each with the reason.
///
/// # Errors
/// `not_found` for missing, foreign and out-of-scope requests alike.
pub async fn proposals(ctx: &Ctx, actor: &Actor, id: RequestId) -> Result<Vec<Proposal>> {
    let scope = actor.scope(P::RequestsAssign)?;
    let mut tx = ctx.begin(actor).await?;
    let about = queries::about(&mut tx, &scope, id).await?;
    let wanted = queries::wanted(&mut tx, &about).await?;
    let candidates = queries::candidates(&mut tx, &about).await?;
    Ok(rank(&wanted, &candidates))
}

/// What the desk shows before anybody asked: the system's choice for a new request, where the company wants to see it.
///
/// # Errors
/// As [`proposals`].
pub async fn proposal(ctx: &Ctx, actor: &Actor, id: RequestId) -> Result<Option<Proposal>> {
    let scope = actor.scope(P::RequestsAssign)?;
    let mut tx = ctx.begin(actor).await?;
    let about = queries::about(&mut tx, &scope, id).await?;
    if !about.waits || rules::modes(&mut tx).await?.of(about.kind) == Mode::Off {
        return Ok(None);
    }
    let wanted = queries::wanted(&mut tx, &about).await?;
    let candidates = queries::candidates(&mut tx, &about).await?;
    Ok(choose(&wanted, &candidates))
}

/// Sends a fresh request on its way to somebody, where the company wants that.
pub(crate) async fn on_filed(tx: &mut Tx, id: RequestId, kind: Kind) -> Result<()> {
    if rules::modes(tx).await?.of(kind) != Mode::Auto {
        return Ok(());
    }
    let job = AssignNew { company_id: tx.actor().company_id(), request_id: id };
    tx.enqueue(&job).await
}

/// Finds somebody for a new request and gives it to them; says whether it did.
///
/// # Errors
/// `not_found` for a request that is not there.
pub async fn assign_new(ctx: &Ctx, company: CompanyId, id: RequestId) -> Result<bool> {
    let actor = Actor::system(company);
    let scope = actor.scope(P::RequestsAssign)?;
    let mut tx = ctx.begin(&actor).await?;
    // One after another: each choice must see the load that the one before it made.
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 7075))", company.to_string())
        .fetch_one(tx.conn())
        .await?;
    let about = queries::about(&mut tx, &scope, id).await?;
    // The kind or the setting may have changed since it was filed.
    if !about.waits || rules::modes(&mut tx).await?.of(about.kind) != Mode::Auto {
        return Ok(false);
    }
    let wanted = queries::wanted(&mut tx, &about).await?;
    let candidates = queries::candidates(&mut tx, &about).await?;
    let Some(choice) = choose(&wanted, &candidates) else { return Ok(false) };
    let done = requests::assign_by_itself(&mut tx, &scope, id, choice.user_id, &choice.why).await?;
    tx.commit().await?;
    Ok(done)
}

/// Tries again for what was filed today and found nobody. Says how many found somebody now.
pub async fn assign_waiting(ctx: &Ctx) -> Result<usize> {
    let waiting = queries::waiting(ctx).await?;
    let mut assigned = 0;
    for (company, id) in waiting {
        match assign_new(ctx, company, id).await {
            Ok(done) => assigned += usize::from(done),
            // The others must not wait for this one.
            Err(error) => tracing::warn!(%error, request = %id, "a waiting request was not assigned"),
        }
    }
    Ok(assigned)
}

/// Whether anybody is in the duty schedule.
async fn has_shifts(tx: &mut Tx) -> Result<bool> {
    shifts::kept(tx).await
}
