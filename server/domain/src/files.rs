//! Photos: uploaded first, attached to a request with the command that mentions them.

use crate::{Actor, Ctx, Error, Result, Tx, error::word};
use bytes::Bytes;
use model::{
    Code, FileId, Permission as P, RequestId,
    requests::{FileView, Moment, RedactPhoto, TOLD_WITHIN},
};
use platform::{
    ids::new_id,
    images::{self, Part, Photo, PhotoError},
};

pub(crate) const UPLOAD: [P; 3] = [P::RequestsCreate, P::RequestsUpdate, P::RequestsUpdateOwn];
const READ: [P; 2] = [P::RequestsRead, P::RequestsReadOwn];

/// Takes a photo in: decoded with limits, re-encoded without metadata, with a thumbnail.
///
/// # Errors
/// `not_an_image`, `too_large`.
pub async fn upload(ctx: &Ctx, actor: &Actor, bytes: Vec<u8>) -> Result<FileView> {
    actor.scope_any(&UPLOAD)?;
    let stored = store(ctx, actor, bytes).await?;
    let mut tx = ctx.begin(actor).await?;
    let view = insert(&mut tx, &stored).await?;
    tx.commit().await?;
    Ok(view)
}

/// A photo in the store that no row names yet.
pub(crate) struct Stored {
    pub(crate) id: FileId,
    pub(crate) blob_key: String,
    pub(crate) thumb_key: String,
    size: i64,
    width: i32,
    height: i32,
}

/// Re-encodes a photo and stores it with its thumbnail.
pub(crate) async fn store(ctx: &Ctx, actor: &Actor, bytes: Vec<u8>) -> Result<Stored> {
    if bytes.len() as u64 > ctx.config.server.upload_limit_bytes as u64 {
        return Err(Code::TooLarge.into());
    }
    let photo = images::process_photo(bytes).await.map_err(|error| match error {
        PhotoError::TooLarge => Error::from(Code::TooLarge),
        PhotoError::NotAnImage | PhotoError::Broken(_) => Code::NotAnImage.into(),
    })?;
    keep(ctx, actor, photo).await
}

/// Stores a photo of ours anew, with parts of it painted black.
///
/// # Errors
/// `not_found` when its bytes are gone: another photo has taken its place.
pub(crate) async fn redact(ctx: &Ctx, actor: &Actor, blob_key: &str, command: &RedactPhoto) -> Result<Stored> {
    let blob = ctx.blobs.get(blob_key).await.map_err(|e| Error::internal("blob store", e))?;
    let blob = blob.ok_or(Code::NotFound)?;
    let parts = command.rectangles.iter().map(|r| Part { x: r.x, y: r.y, w: r.w, h: r.h }).collect();
    let photo = images::redact_photo(blob.bytes.into(), parts).await.map_err(|e| Error::internal("stored photo", e))?;
    keep(ctx, actor, photo).await
}

async fn keep(ctx: &Ctx, actor: &Actor, photo: Photo) -> Result<Stored> {
    let id = FileId(new_id());
    let company = actor.company_id();
    let (blob_key, thumb_key) = (format!("{company}/{id}.jpg"), format!("{company}/{id}.thumb.jpg"));
    let size = i64::try_from(photo.full.len()).map_err(|e| Error::internal("photo size", e))?;
    let (width, height) = (photo.width.cast_signed(), photo.height.cast_signed());
    put(ctx, &blob_key, photo.full).await?;
    put(ctx, &thumb_key, photo.thumb).await?;
    Ok(Stored { id, blob_key, thumb_key, size, width, height })
}

/// Gives a stored photo its row.
pub(crate) async fn insert(tx: &mut Tx, stored: &Stored) -> Result<FileView> {
    let Stored { id, blob_key, thumb_key, .. } = stored;
    let (id, size, width, height) = (*id, stored.size, stored.width, stored.height);
    let (company, user, now) = (tx.actor().company_id().0, tx.actor().user_id().map(|u| u.0), tx.now());
    sqlx::query!(
        "insert into files (id, company_id, uploaded_by, blob_key, thumb_key, content_type, size, width, height, created_at)
         values ($1, $2, $3, $4, $5, 'image/jpeg', $6, $7, $8, $9)",
        id.0,
        company,
        user,
        blob_key,
        thumb_key,
        size,
        width,
        height,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(FileView { id, moment: Moment::Before, width, height, size, created_at: now, comment_id: None })
}

/// Puts a stored photo in the place of another, whose row goes: whatever named that one names this one now. Answers with the keys of
/// the bytes that can go.
pub(crate) async fn replace(tx: &mut Tx, old: FileId, stored: &Stored) -> Result<Vec<String>> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "insert into files (id, company_id, request_id, comment_id, moment, purpose, uploaded_by, created_at, blob_key, thumb_key,
           content_type, size, width, height)
         select $3::uuid, company_id, request_id, comment_id, moment, purpose, uploaded_by, created_at, $4::text, $5::text,
           'image/jpeg', $6::bigint, $7::int, $8::int
         from files where company_id = $1 and id = $2",
        company,
        old.0,
        stored.id.0,
        stored.blob_key,
        stored.thumb_key,
        stored.size,
        stored.width,
        stored.height
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update round_points set file_id = $3 where company_id = $1 and file_id = $2",
        company,
        old.0,
        stored.id.0
    )
    .execute(tx.conn())
    .await?;
    // What was sent goes at once when it is confirmed; should that have failed, it goes now.
    let mut keys = sqlx::query_scalar!(
        "update uploads set file_id = $3 where company_id = $1 and file_id = $2 returning blob_key",
        company,
        old.0,
        stored.id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let gone = sqlx::query!(
        "delete from files where company_id = $1 and id = $2 returning blob_key, thumb_key",
        company,
        old.0
    )
    .fetch_one(tx.conn())
    .await?;
    keys.extend([gone.blob_key, gone.thumb_key]);
    Ok(keys)
}

/// A photo of the actor's company, whose right to see it was proven.
pub(crate) async fn view(tx: &mut Tx, id: FileId) -> Result<FileView> {
    let company = tx.actor().company_id().0;
    let f = sqlx::query!(
        "select moment, width, height, size, created_at, comment_id from files where company_id = $1 and id = $2",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(FileView {
        id,
        moment: word(&f.moment)?,
        width: f.width,
        height: f.height,
        size: f.size,
        created_at: f.created_at,
        comment_id: f.comment_id.map(Into::into),
    })
}

async fn put(ctx: &Ctx, key: &str, bytes: Bytes) -> Result<()> {
    ctx.blobs.put(key, bytes, "image/jpeg").await.map_err(|e| Error::internal("blob store", e))
}

/// Where to read a file's bytes, after the right to see it was proven.
pub struct Located {
    pub key: String,
    pub content_type: String,
}

/// A file of a request or a round the actor may see, or their own upload that is not attached yet.
///
/// # Errors
/// `not_found` for everything else.
pub async fn locate(ctx: &Ctx, actor: &Actor, id: FileId, thumb: bool) -> Result<Located> {
    let scope = actor.scope_any(&READ)?;
    let mut tx = ctx.begin(actor).await?;
    let reach = scope.requests();
    let row = sqlx::query!(
        "select f.blob_key, f.thumb_key, f.content_type from files f
         left join requests r on r.company_id = f.company_id and r.id = f.request_id
         where f.company_id = $1 and f.id = $2
           and ((r.id is null and f.uploaded_by = $3)
             or ($11 and exists(select from round_points p join rounds w on w.company_id = p.company_id and w.id = p.round_id
               where p.company_id = $1 and p.file_id = f.id and ($12 or w.assignee_id = $3)))
             -- the staff see the photos of a duplicate with the request it was joined to
             or exists (select from requests q where q.company_id = $1 and (q.id = r.id or ($7::uuid is null and q.id = r.merged_into))
               and ($4 or q.assignee_id = $5 or (q.shown_to = $7 and (q.unit_id = any($9) or (q.unit_id is null and q.building_id = any($10))))
                 or (q.building_id = any($6) and ($8::text[] is null or q.category = any($8))))))
           and not exists (select from request_comments c where c.company_id = $1 and c.id = f.comment_id
             and (c.deleted_at is not null or (c.internal and $7::uuid is not null)))",
        scope.company(),
        id.0,
        actor.user_id().map(|u| u.0),
        reach.all,
        reach.user,
        &reach.zones,
        reach.contact,
        reach.trades.as_deref(),
        &reach.units,
        &reach.buildings,
        actor.role().can(P::RoundsWalk),
        actor.role().can(P::PlansManage)
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Located { key: if thumb { row.thumb_key } else { row.blob_key }, content_type: row.content_type })
}

/// Attaches the actor's own uploads to a request they were given the right to change.
pub(crate) async fn attach(tx: &mut Tx, request: RequestId, ids: &[FileId], moment: Moment) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    // A photo that is sent later was taken with the step it belongs to.
    let (company, user, now) = (tx.actor().company_id().0, tx.actor().user_id().map(|u| u.0), tx.now());
    let attached = sqlx::query!(
        "update files set request_id = $3, moment = $4, created_at = least(created_at, $6)
         where company_id = $1 and id = any($2) and request_id is null and purpose = 'photo'
           and uploaded_by is not distinct from $5",
        company,
        &ids,
        request.0,
        moment.as_str(),
        user,
        now
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if attached != ids.len() as u64 {
        return Err(Error::field("/file_ids", "unknown"));
    }
    sqlx::query!(
        "update requests set photos = photos + $3 where company_id = $1 and id = $2",
        company,
        request.0,
        i32::try_from(ids.len()).map_err(|e| Error::internal("photo count", e))?
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets uploads that were never attached, once no step can come from a telephone that names them; returns the keys whose
/// bytes can go.
pub async fn sweep_orphans(ctx: &Ctx) -> Result<Vec<String>> {
    let mut tx = ctx.db.begin_system("orphan uploads").await?;
    let rows = sqlx::query!(
        "delete from files where request_id is null and purpose = 'photo' and created_at < $1 returning blob_key, thumb_key",
        ctx.clock.now() - TOLD_WITHIN - chrono::TimeDelta::days(1)
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(rows.into_iter().flat_map(|row| [row.blob_key, row.thumb_key]).collect())
}
