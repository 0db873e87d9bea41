//! Photos that clients send by themselves: announced, sent straight to the S3 store or to an address of ours that nothing but
//! this one file fits, confirmed. Only then they are looked at, like any other photo, and something may name them.

use crate::{
    Actor, Ctx, Error, Result, files,
    idempotency::{self, Claim, Key},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use model::{
    Code, FileId, UploadId,
    requests::FileView,
    uploads::{CreateUpload, UploadTicket},
    validate,
};
use platform::{
    blobs::{BlobError, Draft},
    ids::new_id,
    tokens::constant_time_eq,
};
use std::{collections::BTreeMap, time::Duration};

/// How long the address works.
const LIFE: Duration = Duration::from_secs(15 * 60);
/// Of one person, announced and not confirmed: what waits there is held for a day.
const MOST_WAITING: i64 = 50;

fn store(error: BlobError) -> Error {
    Error::internal("blob store", error)
}

/// Announces a photo and says where to send it. A repeated call with the same `key` gives the same address.
///
/// # Errors
/// `too_large`; `invalid` on `/bytes`; `too_many_requests` while too many of theirs are not confirmed.
pub async fn create(ctx: &Ctx, actor: &Actor, command: &CreateUpload, key: Option<&Key>) -> Result<UploadTicket> {
    let scope = actor.scope_any(&files::UPLOAD)?;
    validate::check(command)?;
    let size = command.bytes.unsigned_abs();
    if size > ctx.config.server.upload_limit_bytes as u64 {
        return Err(Code::TooLarge.into());
    }
    let mut tx = ctx.begin(actor).await?;
    if let Some(key) = key
        && let Claim::Done { body, .. } = idempotency::claim(&mut tx, key).await?
    {
        return Ok(serde_json::from_value(body)?);
    }
    let waiting = sqlx::query_scalar!(
        r#"select count(*) as "n!" from uploads where company_id = $1 and uploaded_by = $2 and file_id is null"#,
        scope.company(),
        actor.user_id().map(|u| u.0)
    )
    .fetch_one(tx.conn())
    .await?;
    if waiting >= MOST_WAITING {
        return Err(Code::TooManyRequests.into());
    }
    let (id, now, kind) = (UploadId(new_id()), tx.now(), command.content_type.as_str());
    let (blob_key, expires_at) = (format!("{}/uploads/{id}", scope.company()), now + LIFE);
    let (url, headers) = match ctx.blobs.presigned_put(&blob_key, size, kind, LIFE).await.map_err(store)? {
        Some(signed) => (signed.url, signed.headers.into_iter().collect()),
        None => (own_address(ctx, id), announced(size, kind)),
    };
    sqlx::query!(
        "insert into uploads (id, company_id, uploaded_by, blob_key, content_type, size, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        scope.company(),
        actor.user_id().map(|u| u.0),
        blob_key,
        kind,
        command.bytes,
        now,
        expires_at
    )
    .execute(tx.conn())
    .await?;
    let ticket = UploadTicket { id, method: "PUT".to_owned(), url, headers, expires_at };
    if let Some(key) = key {
        idempotency::store(&mut tx, key, 201, &serde_json::to_value(&ticket)?).await?;
    }
    tx.commit().await?;
    Ok(ticket)
}

fn announced(size: u64, kind: &str) -> BTreeMap<String, String> {
    let headers = [("content-length", size.to_string()), ("content-type", kind.to_owned())];
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn own_address(ctx: &Ctx, id: UploadId) -> String {
    format!("{}/api/v1/files/uploads/{id}?token={}", ctx.public_address(), token(ctx, id))
}

/// Signs the id; what may be sent there, and until when, stands in the row.
fn token(ctx: &Ctx, id: UploadId) -> String {
    URL_SAFE_NO_PAD.encode(ctx.sealer.blind_index("uploads.address", &id.to_string()))
}

/// An announced photo on its way to the disk.
pub struct Incoming {
    draft: Draft,
    /// Bytes that have not come yet.
    left: u64,
    id: UploadId,
}

/// Opens the address of an announced photo for what a client sends there.
///
/// # Errors
/// `not_found` when the signature or the id is nobody's, and where clients send to an S3 store; `upload_expired`;
/// `upload_differs` when another type or length is about to come.
pub async fn open(ctx: &Ctx, id: UploadId, signature: &str, kind: Option<&str>, size: Option<u64>) -> Result<Incoming> {
    if !constant_time_eq(signature.as_bytes(), token(ctx, id).as_bytes()) {
        return Err(Code::NotFound.into());
    }
    let mut tx = ctx.db.begin_system("an upload, by its signed address").await?;
    let row = sqlx::query!("select blob_key, content_type, size, file_id, expires_at from uploads where id = $1", id.0)
        .fetch_one(&mut *tx)
        .await?;
    // Bytes may take their time; the database does not wait for them.
    tx.commit().await?;
    if row.file_id.is_some() || row.expires_at <= ctx.clock.now() {
        return Err(Code::UploadExpired.into());
    }
    let left = row.size.unsigned_abs();
    if kind != Some(row.content_type.as_str()) || size != Some(left) {
        return Err(Code::UploadDiffers.into());
    }
    let draft = ctx.blobs.draft(&row.blob_key, &row.content_type).await.map_err(|error| match error {
        // It is being sent already.
        BlobError::Disk(ref at) if at.kind() == std::io::ErrorKind::AlreadyExists => Code::Conflict.into(),
        error => store(error),
    })?;
    Ok(Incoming { draft: draft.ok_or(Code::NotFound)?, left, id })
}

impl Incoming {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// `upload_differs` when they are more than was announced.
    pub async fn push(&mut self, part: &[u8]) -> Result<()> {
        self.left = self.left.checked_sub(part.len() as u64).ok_or(Code::UploadDiffers)?;
        self.draft.write(part).await.map_err(store)
    }

    /// All has come.
    ///
    /// # Errors
    /// `upload_differs` when it was less than announced; `upload_expired` when another sending of it was confirmed meanwhile.
    pub async fn finish(self, ctx: &Ctx) -> Result<()> {
        if self.left > 0 {
            return Err(Code::UploadDiffers.into());
        }
        let mut tx = ctx.db.begin_system("an upload has arrived").await?;
        // Confirming takes the same lock before it lets the sent file go: what comes after it would stay for ever.
        sqlx::query!("select id from uploads where id = $1 and file_id is null for update", self.id.0)
            .fetch_optional(&mut *tx)
            .await?
            .ok_or(Code::UploadExpired)?;
        self.draft.finish().await.map_err(store)?;
        tx.commit().await?;
        Ok(())
    }
}

/// What was announced.
struct Announced {
    blob_key: String,
    content_type: String,
    size: u64,
    file_id: Option<FileId>,
}

/// Makes a photo of what arrived, as [`files::upload`] does. Confirming again answers with the same photo.
///
/// # Errors
/// `not_found` unless the caller announced it; `upload_missing` before it arrived; `upload_differs`; `not_an_image`,
/// `too_large`.
pub async fn confirm(ctx: &Ctx, actor: &Actor, id: UploadId) -> Result<FileView> {
    actor.scope_any(&files::UPLOAD)?;
    let upload = announced_by(ctx, actor, id).await?;
    if let Some(file) = upload.file_id {
        return view(ctx, actor, file).await;
    }
    let bytes = match arrived(ctx, &upload).await {
        Ok(Some(bytes)) => bytes,
        failed => {
            // It may have been confirmed while we looked, and its bytes gone.
            return match announced_by(ctx, actor, id).await?.file_id {
                Some(file) => view(ctx, actor, file).await,
                None => Err(failed.err().unwrap_or_else(|| Code::UploadMissing.into())),
            };
        }
    };
    let stored = files::store(ctx, actor, bytes).await?;
    let mut tx = ctx.begin(actor).await?;
    let company = tx.actor().company_id().0;
    let known =
        sqlx::query_scalar!("select file_id from uploads where company_id = $1 and id = $2 for update", company, id.0)
            .fetch_one(tx.conn())
            .await?;
    if let Some(file) = known {
        // Somebody was quicker: theirs is the photo.
        let view = files::view(&mut tx, file.into()).await?;
        tx.commit().await?;
        for key in [&stored.blob_key, &stored.thumb_key] {
            forget(ctx, key).await;
        }
        return Ok(view);
    }
    let view = files::insert(&mut tx, &stored).await?;
    sqlx::query!("update uploads set file_id = $3 where company_id = $1 and id = $2", company, id.0, view.id.0)
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    forget(ctx, &upload.blob_key).await;
    Ok(view)
}

/// An upload of the actor's own.
async fn announced_by(ctx: &Ctx, actor: &Actor, id: UploadId) -> Result<Announced> {
    let mut tx = ctx.begin(actor).await?;
    let row = sqlx::query!(
        "select blob_key, content_type, size, file_id from uploads
         where company_id = $1 and id = $2 and uploaded_by is not distinct from $3",
        actor.company_id().0,
        id.0,
        actor.user_id().map(|u| u.0)
    )
    .fetch_one(tx.conn())
    .await?;
    tx.commit().await?;
    let (blob_key, content_type, size) = (row.blob_key, row.content_type, row.size.unsigned_abs());
    Ok(Announced { blob_key, content_type, size, file_id: row.file_id.map(FileId) })
}

/// The bytes, once they are there. Their length is asked for first: what is longer is never read.
async fn arrived(ctx: &Ctx, upload: &Announced) -> Result<Option<Vec<u8>>> {
    let Some(size) = ctx.blobs.size(&upload.blob_key).await.map_err(store)? else { return Ok(None) };
    if size != upload.size {
        return Err(Code::UploadDiffers.into());
    }
    let Some(blob) = ctx.blobs.get(&upload.blob_key).await.map_err(store)? else { return Ok(None) };
    if blob.bytes.len() as u64 != upload.size || blob.content_type != upload.content_type {
        return Err(Code::UploadDiffers.into());
    }
    Ok(Some(blob.bytes.into()))
}

async fn view(ctx: &Ctx, actor: &Actor, file: FileId) -> Result<FileView> {
    let mut tx = ctx.begin(actor).await?;
    files::view(&mut tx, file).await
}

/// Bytes that nothing needs any more; what stays here is found by [`sweep`] or by `stored`.
async fn forget(ctx: &Ctx, key: &str) {
    if let Err(error) = ctx.blobs.delete(key).await {
        tracing::warn!(%error, key, "the bytes of an upload stay behind");
    }
}

/// Forgets what was announced more than a day ago, confirmed or not; returns the keys whose bytes can go.
pub async fn sweep(ctx: &Ctx) -> Result<Vec<String>> {
    let mut tx = ctx.db.begin_system("old uploads").await?;
    let keys = sqlx::query_scalar!(
        "delete from uploads where created_at < $1 returning blob_key",
        ctx.clock.now() - chrono::TimeDelta::days(1)
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(keys)
}
