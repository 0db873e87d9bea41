//! How the due times of one request came about.

use super::{
    clocks::{Clocks, Terms},
    count::{Pause, explain},
    policy,
};
use crate::{Actor, Ctx, Result, requests};
use model::{
    RequestId,
    deadlines::{Clock, PauseView, Promise, RequestDeadlines},
};

/// The promises of a request with the steps to them. A due time and its steps never differ: when they would, because the
/// time was named by hand or comes from before there were rules, there are no steps.
///
/// # Errors
/// `not_found` for missing, foreign and out-of-scope requests alike.
pub async fn of_request(ctx: &Ctx, actor: &Actor, id: RequestId) -> Result<RequestDeadlines> {
    let scope = requests::may_read(actor)?;
    let mut tx = ctx.begin(actor).await?;
    requests::must_see(&mut tx, &scope, id).await?;
    let clocks = Clocks::load(&mut tx, id).await?;
    let rule = match clocks.rule.and_then(|n| usize::try_from(n).ok()) {
        Some(n) => policy::edition(&mut tx, clocks.policy).await?.into_iter().nth(n),
        None => None,
    };
    let mut promises = Vec::new();
    if let Some(due_at) = clocks.respond_by {
        let steps = |terms: Terms| steps(&clocks, terms.answer_minutes, terms, &[]);
        promises.push(Promise {
            clock: Clock::Answer,
            due_at,
            met_at: clocks.responded_at,
            by_hand: false,
            explanation: clocks.terms.and_then(steps).filter(|told| told.due_at == due_at),
        });
    }
    if let Some(due_at) = clocks.due_at {
        let steps = |terms: Terms| steps(&clocks, terms.solution_minutes, terms, &clocks.solution_pauses());
        promises.push(Promise {
            clock: Clock::Solution,
            due_at,
            met_at: clocks.completed_at,
            by_hand: clocks.by_hand,
            explanation: clocks.terms.filter(|_| !clocks.by_hand).and_then(steps).filter(|told| told.due_at == due_at),
        });
    }
    let view = |p: &Pause| PauseView { from: p.from, to: Some(p.to), reason: p.reason };
    let lasting = clocks.paused.map(|(from, reason)| PauseView { from, to: None, reason });
    Ok(RequestDeadlines {
        promises,
        pauses: clocks.pauses.iter().map(view).chain(lasting).collect(),
        policy: rule.is_some().then(|| clocks.policy.unwrap_or(0)),
        rule,
    })
}

fn steps(clocks: &Clocks, minutes: i32, terms: Terms, pauses: &[Pause]) -> Option<model::deadlines::Explanation> {
    explain(&clocks.hours(terms), clocks.created_at, minutes, pauses).ok()
}
