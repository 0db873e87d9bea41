//! Parts of a photo that nobody is to see any more.

use super::{
    audit,
    queries::{self, Core},
};
use crate::{
    Actor, Ctx, Error, Result, Scope, Tx,
    events::Audience,
    files::{self, Stored},
    jobs::DiscardFiles,
    stored,
};
use model::{
    FileId, Permission as P, RequestId,
    events::Event,
    requests::{Change, FileView, RedactPhoto},
    validate,
};
use serde_json::json;

/// Paints parts of a photo of a request black, for good. What is made takes the photo's place under an id of its own, and the photo
/// as it was is deleted.
///
/// The bytes behind an id never change, so no address and nobody's cache shows again what was hidden, and painting needs no
/// lock: of two who hide parts of one photo the second finds it gone.
///
/// # Errors
/// `not_found` unless it is a photo of a request the caller may change; `invalid` on rectangles.
pub async fn redact(ctx: &Ctx, actor: &Actor, id: FileId, command: &RedactPhoto) -> Result<FileView> {
    let scope = actor.scope(P::RequestsUpdate)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let blob_key = hold(&mut tx, &scope, id).await?.blob_key;
    // Bytes may take their time; the database does not wait for them.
    tx.commit().await?;
    let painted = files::redact(ctx, actor, &blob_key, command).await?;
    match replace(ctx, actor, &scope, id, command, &painted).await {
        Ok((view, gone)) => {
            discard(ctx, &gone).await;
            Ok(view)
        }
        Err(error) => {
            // After a fault of ours it is not known what was committed.
            if matches!(error, Error::Failure(_)) {
                discard(ctx, &files_of(actor, vec![painted.blob_key, painted.thumb_key])).await;
            }
            Err(error)
        }
    }
}

async fn replace(
    ctx: &Ctx,
    actor: &Actor,
    scope: &Scope,
    id: FileId,
    command: &RedactPhoto,
    painted: &Stored,
) -> Result<(FileView, DiscardFiles)> {
    let mut tx = ctx.begin(actor).await?;
    let Held { core, internal, .. } = hold(&mut tx, scope, id).await?;
    let gone = files_of(actor, files::replace(&mut tx, id, painted).await?);
    tx.enqueue(&gone).await?;
    let parts = command.rectangles.len();
    queries::history(&mut tx, core.id, Change::Redacted, None, Some(&parts.to_string()), None).await?;
    tx.emit(
        &core.event(|request_id, number, status| Event::RequestUpdated { request_id, number, status }),
        &Audience { internal, ..core.audience() },
    )
    .await?;
    audit(&mut tx, "request.redact", core.id, json!({ "file": [id, painted.id], "parts": parts })).await?;
    let view = files::view(&mut tx, painted.id).await?;
    tx.commit().await?;
    Ok((view, gone))
}

/// A photo and its request, held for this transaction.
struct Held {
    core: Core,
    blob_key: String,
    /// It came with a comment that residents do not see.
    internal: bool,
}

async fn hold(tx: &mut Tx, scope: &Scope, id: FileId) -> Result<Held> {
    let request = sqlx::query_scalar!(
        r#"select request_id as "request_id!" from files where company_id = $1 and id = $2 and request_id is not null"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let core = queries::lock(tx, scope, RequestId(request)).await?;
    // It may have been split off or replaced before its request was held. A signature is no photo.
    let file = sqlx::query!(
        r#"select f.blob_key, coalesce(c.internal, false) as "internal!" from files f
           left join request_comments c on c.company_id = f.company_id and c.id = f.comment_id
           where f.company_id = $1 and f.id = $2 and f.request_id = $3 and f.purpose = 'photo' and c.deleted_at is null
           for update of f"#,
        scope.company(),
        id.0,
        request
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Held { core, blob_key: file.blob_key, internal: file.internal })
}

fn files_of(actor: &Actor, keys: Vec<String>) -> DiscardFiles {
    DiscardFiles { company_id: actor.company_id(), keys }
}

/// At once; what this misses is the job's.
async fn discard(ctx: &Ctx, files: &DiscardFiles) {
    if let Err(error) = stored::discard(ctx, files).await {
        tracing::warn!(%error, keys = ?files.keys, "stored photos are not deleted yet");
    }
}
