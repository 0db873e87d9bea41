//! Who looks at a request right now. Said over the bus and never stored: who falls silent is forgotten by the others.

use super::list::must_see;
use crate::{Actor, Ctx, Result};
use model::{
    Permission as P,
    requests::{Here, Present},
};

/// Tells the others on the request that the actor is there, after proving that they may see it. With `ask` the others
/// say at once that they are there too.
///
/// # Errors
/// `forbidden` for residents, `not_found` without sight.
pub async fn announce(ctx: &Ctx, actor: &Actor, here: Here, ask: bool) -> Result<()> {
    let scope = actor.scope(P::RequestsRead)?;
    actor.user()?;
    let mut tx = ctx.begin(actor).await?;
    must_see(&mut tx, &scope, here.request_id).await?;
    say(ctx, actor, here, ask, false);
    Ok(())
}

/// Answers who has just come. The right to be there was proven a few seconds ago.
pub fn answer(ctx: &Ctx, actor: &Actor, here: Here) {
    say(ctx, actor, here, false, false);
}

/// Tells the others that the actor has left.
pub fn leave(ctx: &Ctx, actor: &Actor, here: Here) {
    say(ctx, actor, here, false, true);
}

fn say(ctx: &Ctx, actor: &Actor, here: Here, ask: bool, gone: bool) {
    let Some(user_id) = actor.user_id() else { return };
    let present = Present {
        request_id: here.request_id,
        user_id,
        name: actor.name().to_owned(),
        typing: here.typing && !gone,
        gone,
    };
    ctx.events.present(actor.company_id(), present, ask);
}
