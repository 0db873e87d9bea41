//! Where the numbers of requests go on.

use crate::{Actor, Ctx, Error, Result};
use model::{Failure, FieldError, Permission as P, settings::RaiseNumber, validate};
use serde_json::json;

/// Lets the next request have a larger number, as when a paper journal is continued; returns that number. Requests
/// being filed at this moment keep theirs.
///
/// # Errors
/// `invalid` on `/next` below the number that comes anyway: numbers never repeat.
pub async fn raise_request_number(ctx: &Ctx, actor: &Actor, command: &RaiseNumber) -> Result<i64> {
    let scope = actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let coming =
        sqlx::query_scalar!(r#"select raise_request_number($1, $2) as "coming!""#, scope.company(), command.next)
            .fetch_one(tx.conn())
            .await?;
    if command.next < coming {
        let field = FieldError { limit: Some(coming), ..FieldError::new("/next", "not_lower") };
        return Err(Error::Failure(Failure::invalid(vec![field])));
    }
    let (before, after) = (json!({ "next_request_number": coming }), json!({ "next_request_number": command.next }));
    tx.record("setting.update", "setting", scope.company(), Some(&before), Some(&after)).await?;
    tx.commit().await?;
    Ok(command.next)
}
