//! The resident's word: a code they see, a signature they draw, or the reason why there is neither.

use super::{About, load, load::hash, locked, stop_timers};
use crate::{
    Actor, Ctx, Error, Result, Tx,
    error::word,
    requests::{READ, audit, card, queries},
};
use model::{
    Code, FileId, RequestId,
    events::Event,
    requests::{Change, RequestCard, Status},
    validate,
    work::{ConfirmWork, How, Word},
};
use platform::{
    ids::new_id,
    tokens::{constant_time_eq, random_code},
};
use serde_json::json;

/// Wrong codes that are forgiven.
const TRIES: i16 = 5;

/// Takes the resident's word over what was done; the words of the worker become the result. A word taken before about
/// something else is kept, but no longer counts.
///
/// # Errors
/// `illegal_transition` unless the work is in progress; `invalid` on a wrong code or a picture that is not the caller's.
pub async fn confirm(ctx: &Ctx, actor: &Actor, id: RequestId, command: &ConfirmWork) -> Result<RequestCard> {
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let (_, core, _) = locked(&mut tx, actor, id).await?;
    if core.status != Status::InProgress {
        return Err(Code::IllegalTransition.into());
    }
    if let Word::Code { code } = &command.word
        && let Some(wrong) = try_code(&mut tx, id, code).await?
    {
        // A wrong try counts, and is seen, although nothing else happens.
        audit(&mut tx, "request.confirm", id, json!({ "code": [null, wrong] })).await?;
        tx.commit().await?;
        return Err(Error::field("/code", wrong));
    }
    let (how, signer, reason, file) = match &command.word {
        Word::Code { .. } => (How::Code, None, None, None),
        Word::Signature { file_id, signer } => {
            attach_signature(&mut tx, id, *file_id).await?;
            (How::Signature, Some(signer.trim()), None, Some(*file_id))
        }
        Word::Absent { reason } => (How::Absent, None, Some(reason.trim()), None),
    };
    stop_timers(&mut tx, id, None).await?;
    let (company, who, now) = (tx.actor().company_id().0, tx.actor().name().to_owned(), tx.now());
    let row = sqlx::query!(
        "update requests set result = coalesce(nullif($3, ''), result), updated_at = $4 where company_id = $1 and id = $2
         returning kind, result",
        company,
        id.0,
        command.result.trim(),
        now
    )
    .fetch_one(tx.conn())
    .await?;
    let about = About {
        id,
        number: core.number,
        status: core.status,
        kind: word(&row.kind)?,
        category: core.category,
        result: row.result,
        party: None,
    };
    let hash = hash(&about, &load(&mut tx, &about).await?.totals);
    sqlx::query!(
        "update confirmations set superseded_at = $3 where company_id = $1 and request_id = $2 and superseded_at is null",
        company,
        id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into confirmations (id, company_id, request_id, how, at, by_name, signer, reason, file_id, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new_id(),
        company,
        id.0,
        how.as_str(),
        now,
        who,
        signer,
        reason,
        file.map(|f| f.0),
        hash
    )
    .execute(tx.conn())
    .await?;
    queries::history(&mut tx, id, Change::Confirmation, None, Some(how.as_str()), reason).await?;
    tx.emit(
        &core.event(|request_id, number, status| Event::RequestUpdated { request_id, number, status }),
        &core.audience(),
    )
    .await?;
    audit(&mut tx, "request.confirm", id, json!({ "confirmation": [null, how], "hash": [null, hash] })).await?;
    let card = card::card(&mut tx, &actor.scope_any(&READ)?, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Uses the code up; otherwise what was wrong with it, and the try is counted.
async fn try_code(tx: &mut Tx, id: RequestId, code: &str) -> Result<Option<&'static str>> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let row = sqlx::query!(
        "select code, wrong, used_at from confirmation_codes where company_id = $1 and request_id = $2 for update",
        company,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row.filter(|row| row.used_at.is_none() && row.wrong < TRIES) else { return Ok(Some("code_spent")) };
    let right = constant_time_eq(row.code.as_bytes(), code.as_bytes());
    sqlx::query!(
        "update confirmation_codes set used_at = case when $3 then $4::timestamptz end, wrong = wrong + (not $3)::int::smallint
         where company_id = $1 and request_id = $2",
        company,
        id.0,
        right,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok((!right).then_some("wrong_code"))
}

/// A fresh code when work starts; one that is still good stays, so that nobody reads out yesterday's.
pub(super) async fn make_code(tx: &mut Tx, id: RequestId) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "insert into confirmation_codes (company_id, request_id, code, made_at) values ($1, $2, $3, $4)
         on conflict (company_id, request_id) do update set code = excluded.code, wrong = 0, used_at = null, made_at = excluded.made_at
         where confirmation_codes.used_at is not null or confirmation_codes.wrong >= $5",
        company,
        id.0,
        random_code(4),
        now,
        TRIES
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The caller's own upload becomes a signature: whoever sees the request sees it, but not among the photos.
async fn attach_signature(tx: &mut Tx, id: RequestId, file: FileId) -> Result<()> {
    let (company, user) = (tx.actor().company_id().0, tx.actor().user_id().map(|u| u.0));
    let attached = sqlx::query!(
        "update files set request_id = $3, moment = 'after', purpose = 'signature'
         where company_id = $1 and id = $2 and request_id is null and purpose = 'photo' and uploaded_by is not distinct from $4",
        company,
        file.0,
        id.0,
        user
    )
    .execute(tx.conn())
    .await?;
    if attached.rows_affected() == 1 { Ok(()) } else { Err(Error::field("/file_id", "unknown")) }
}
