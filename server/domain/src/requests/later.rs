//! Steps of the field staff that are told later: the same steps with the same rules, at the time they were taken.

use super::{READ, card, finished, queries, shown, take, talk, work};
use crate::{
    Actor, Ctx, Error, Result, Tx,
    idempotency::{self, Claim, Key},
};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Code, CommentId, RequestId, Role,
    requests::{FieldStep, RequestCard, TOLD_WITHIN, TellStep},
    validate,
};
use serde_json::json;

/// So soon after it was taken a step counts as told at once: the way to the server takes time, too.
const AT_ONCE: TimeDelta = TimeDelta::seconds(10);
/// A clock that is a little fast is nobody's lie.
const FAST: TimeDelta = TimeDelta::minutes(5);

/// Takes a step of a worker at the time they took it. Repeated with the same `key` it is taken once. Says nothing about
/// a request that the worker does not see any more when the step was taken before.
///
/// # Errors
/// Those of the step itself; `invalid` when it lies in the future or more than three days back; `forbidden` for anybody
/// but the field staff.
pub async fn tell(
    ctx: &Ctx,
    actor: &Actor,
    id: RequestId,
    command: &TellStep,
    key: Option<&Key>,
) -> Result<Option<RequestCard>> {
    let read = actor.scope_any(&READ)?;
    if actor.role() != Role::Staff {
        return Err(Code::Forbidden.into());
    }
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    if let Some(key) = key
        && let Claim::Done { .. } = idempotency::claim(&mut tx, key).await?
    {
        return match card::card(&mut tx, &read, id).await {
            Ok(card) => Ok(Some(card)),
            Err(error) if error.code() == Code::NotFound => Ok(None),
            Err(error) => Err(error),
        };
    }
    queries::lock(&mut tx, &read, id).await?;
    let now = tx.now();
    // What somebody says is answered when it can be read; it only remembers when it was written.
    if let FieldStep::Comment(comment) = &command.step {
        let at = taken_at(command, now, None)?;
        let said = talk::say(&mut tx, actor, id, comment).await?;
        if let Some(at) = at {
            written(&mut tx, said, at).await?;
        }
    } else {
        let floor = last_move(&mut tx, id).await?;
        tx.happens_at(taken_at(command, now, floor)?);
        match &command.step {
            FieldStep::Move(command) => take(&mut tx, actor, id, command).await?,
            FieldStep::Complete(command) => finished(&mut tx, actor, id, command).await?,
            FieldStep::Work(command) => work::note(&mut tx, actor, id, command).await?,
            FieldStep::Photos(command) => shown(&mut tx, &read, id, &command.file_ids, command.moment).await?,
            FieldStep::Comment(_) => {}
        }
        tx.happens_at(None);
    }
    if let Some(key) = key {
        idempotency::store(&mut tx, key, 200, &json!(id)).await?;
    }
    let card = card::card(&mut tx, &read, id).await?;
    tx.commit().await?;
    Ok(Some(card))
}

/// When a step was taken, by the server's clock; nothing when that was just now. The story of a request does not run
/// backwards: what was done before its last move counts from that move.
fn taken_at(command: &TellStep, now: DateTime<Utc>, floor: Option<DateTime<Utc>>) -> Result<Option<DateTime<Utc>>> {
    let age = command.sent_at.unwrap_or(now) - command.happened_at;
    if age < -FAST {
        return Err(Error::field("/happened_at", "in_future"));
    }
    if age > TOLD_WITHIN {
        return Err(Error::field("/happened_at", "too_long_ago"));
    }
    if age <= AT_ONCE {
        return Ok(None);
    }
    let at = now - age;
    Ok(Some(floor.map_or(at, |floor| at.max(floor)).min(now)))
}

/// When the request last came into a state, changed hands, or began or ceased to wait.
async fn last_move(tx: &mut Tx, id: RequestId) -> Result<Option<DateTime<Utc>>> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        "select max(at) from request_history
         where company_id = $1 and request_id = $2 and change in ('created', 'status', 'assignee', 'waiting')",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?)
}

async fn written(tx: &mut Tx, comment: CommentId, at: DateTime<Utc>) -> Result<()> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "update request_comments set written_at = $3 where company_id = $1 and id = $2",
        company,
        comment.0,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::work::RecordWork;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-05-12T{text}Z").parse().unwrap()
    }

    fn told(happened: &str, sent: Option<&str>) -> TellStep {
        let step = FieldStep::Work(RecordWork::StartTimer);
        TellStep { happened_at: at(happened), sent_at: sent.map(at), step }
    }

    #[test]
    fn the_clock_of_the_device_may_be_wrong() {
        let now = at("12:00:00");
        let when = |told: &TellStep, floor: Option<&str>| taken_at(told, now, floor.map(at)).ok().flatten();
        assert_eq!(when(&told("10:00:00", None), None), Some(at("10:00:00")));
        assert_eq!(when(&told("09:00:00", Some("10:30:00")), None), Some(at("10:30:00")), "an hour and a half ago");
        assert_eq!(when(&told("13:00:00", Some("13:00:05")), None), None, "just now, on a clock that is fast");
        assert_eq!(when(&told("10:00:00", None), Some("11:00:00")), Some(at("11:00:00")), "not before the last move");
        assert_eq!(when(&told("10:00:00", None), Some("12:30:00")), Some(now), "nor in the future");
    }

    #[test]
    fn neither_tomorrow_nor_last_week() {
        let now = at("12:00:00");
        let refused = |told: &TellStep| {
            let error = taken_at(told, now, None).err().unwrap();
            error.into_failure(None).fields[0].code.clone()
        };
        assert_eq!(refused(&told("12:06:00", None)), "in_future");
        let old = TellStep { happened_at: now - TOLD_WITHIN - TimeDelta::seconds(1), ..told("10:00:00", None) };
        assert_eq!(refused(&old), "too_long_ago");
        let just = TellStep { happened_at: now - TOLD_WITHIN, ..old };
        assert_eq!(taken_at(&just, now, None).ok().flatten(), Some(now - TOLD_WITHIN));
    }
}
