//! One thing done to many people.

use super::{contact, update_contact};
use crate::{Actor, Ctx, Result, bulk::each};
use model::{
    ContactId, Permission as P,
    bulk::Outcome,
    people::{PeopleAction, PeopleBulk, UpdateContact},
};

/// Does one thing to many people and tells how each went, in the order asked.
///
/// # Errors
/// `forbidden` without the right to change people; `invalid` on nobody or too many.
pub async fn bulk(ctx: &Ctx, actor: &Actor, command: &PeopleBulk) -> Result<Vec<Outcome>> {
    actor.scope(P::ResidentsManage)?;
    each(&command.ids, |id| one(ctx, actor, id, command.action)).await
}

/// Nobody saw a version here: the newest is meant.
async fn one(ctx: &Ctx, actor: &Actor, id: ContactId, action: PeopleAction) -> Result<()> {
    let version = contact(ctx, actor, id).await?.version;
    let nothing = UpdateContact::default();
    let change = match action {
        PeopleAction::Lang { lang } => UpdateContact { lang: Some(lang), ..nothing },
        PeopleAction::Channel { channel } => UpdateContact { channel: Some(channel), ..nothing },
    };
    update_contact(ctx, actor, id, version, &change).await?;
    Ok(())
}
