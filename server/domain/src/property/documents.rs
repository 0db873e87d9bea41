//! Documents of a house or of the company: kept as they came, handed out only as downloads.

use super::sniff::{self, Kind};
use crate::{Actor, Ctx, Error, Result, Scope, Tx, error::word};
use bytes::Bytes;
use model::{
    BuildingId, Code, DocumentId, Permission as P,
    property::{DOCUMENT_LIMIT, DocumentFacts, DocumentFilter, DocumentRow},
    validate,
};
use platform::ids::new_id;
use serde::Serialize;
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

const SELECT: &str = "select d.id, d.version, d.building_id, b.address, d.title, d.visibility, d.file_name, d.content_type, \
     d.size, d.created_at, d.updated_at from documents d \
     left join buildings b on b.company_id = d.company_id and b.id = d.building_id where d.company_id = ";
const ORDER: &str = " order by d.updated_at desc, d.id desc limit 500";

fn read(row: &PgRow) -> Result<DocumentRow> {
    Ok(DocumentRow {
        id: row.try_get::<Uuid, _>("id")?.into(),
        version: row.try_get("version")?,
        building_id: row.try_get::<Option<Uuid>, _>("building_id")?.map(Into::into),
        address: row.try_get("address")?,
        title: row.try_get("title")?,
        visibility: word(row.try_get("visibility")?)?,
        file_name: row.try_get("file_name")?,
        content_type: row.try_get("content_type")?,
        size: row.try_get("size")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}

/// The documents of a house, or of the company itself, the latest first.
pub async fn documents(ctx: &Ctx, actor: &Actor, filter: &DocumentFilter) -> Result<Vec<DocumentRow>> {
    let scope = actor.scope(P::BuildingsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let mut sql = QueryBuilder::<Postgres>::new(SELECT);
    sql.push_bind(scope.company());
    sql.push(" and d.building_id is not distinct from ").push_bind(filter.building_id.map(|b| b.0)).push(ORDER);
    sql.build().fetch_all(tx.conn()).await?.iter().map(read).collect()
}

/// What a resident may read: documents for residents and for everybody, of the company and of their own houses.
pub async fn my_documents(ctx: &Ctx, actor: &Actor) -> Result<Vec<DocumentRow>> {
    let scope = actor.scope(P::RequestsReadOwn)?;
    scope.own_contact().ok_or(Code::Forbidden)?;
    let mut tx = ctx.begin(actor).await?;
    let mut sql = QueryBuilder::<Postgres>::new(SELECT);
    sql.push_bind(scope.company());
    of_resident(&mut sql, &scope);
    sql.push(ORDER);
    sql.build().fetch_all(tx.conn()).await?.iter().map(read).collect()
}

/// The reach of a resident as SQL; nothing for who is none.
fn of_resident(sql: &mut QueryBuilder<Postgres>, scope: &Scope) {
    sql.push(
        " and d.visibility in ('residents', 'public') and exists (select from residencies r \
           join units u on u.company_id = r.company_id and u.id = r.unit_id and u.archived_at is null \
           join buildings h on h.company_id = u.company_id and h.id = u.building_id and h.archived_at is null \
           where r.company_id = d.company_id and r.until_on is null and (d.building_id is null or u.building_id = d.building_id) \
             and r.contact_id = ",
    );
    sql.push_bind(scope.own_contact().map(|c| c.0)).push(")");
}

/// The bytes of a document and how to hand them out.
pub struct DocumentFile {
    pub file_name: String,
    pub content_type: String,
    pub bytes: Bytes,
}

/// A document's file: for the company's people, for the residents it is meant for, and for anybody when it is public.
///
/// # Errors
/// `not_found` for everything else.
pub async fn document_file(ctx: &Ctx, actor: Option<&Actor>, id: DocumentId) -> Result<DocumentFile> {
    let found = match actor {
        Some(actor) => own_file(ctx, actor, id).await?,
        None => None,
    };
    let (blob_key, file_name, content_type) = match found {
        Some(found) => found,
        None => public_file(ctx, id).await?.ok_or(Code::NotFound)?,
    };
    let blob = ctx.blobs.get(&blob_key).await.map_err(|e| Error::internal("blob store", e))?;
    let blob = blob.ok_or_else(|| Error::internal("blob store", format!("the bytes of document {id} are gone")))?;
    Ok(DocumentFile { file_name, content_type, bytes: blob.bytes })
}

type Stored = (String, String, String);

async fn own_file(ctx: &Ctx, actor: &Actor, id: DocumentId) -> Result<Option<Stored>> {
    let Ok(scope) = actor.scope_any(&[P::BuildingsRead, P::RequestsReadOwn]) else { return Ok(None) };
    let mut tx = ctx.begin(actor).await?;
    let mut sql = QueryBuilder::<Postgres>::new(
        "select d.blob_key, d.file_name, d.content_type from documents d where d.company_id = ",
    );
    sql.push_bind(scope.company()).push(" and d.id = ").push_bind(id.0);
    if scope.own_contact().is_some() {
        of_resident(&mut sql, &scope);
    }
    Ok(sql.build_query_as::<Stored>().fetch_optional(tx.conn()).await?)
}

async fn public_file(ctx: &Ctx, id: DocumentId) -> Result<Option<Stored>> {
    let mut tx = ctx.db.begin_system("a public document, by its address").await?;
    let row = sqlx::query!(
        "select blob_key, file_name, content_type from documents where id = $1 and visibility = 'public'",
        id.0
    )
    .fetch_optional(&mut *tx)
    .await?;
    Ok(row.map(|r| (r.blob_key, r.file_name, r.content_type)))
}

/// An upload: its name as the sender gave it, and its bytes.
pub struct NewFile {
    pub file_name: String,
    pub bytes: Vec<u8>,
}

/// What the audit keeps of a document.
#[derive(Serialize)]
struct Kept<'a> {
    building_id: Option<BuildingId>,
    title: &'a str,
    visibility: model::property::Visibility,
    file_name: &'a str,
    size: i64,
}

impl<'a> From<&'a DocumentRow> for Kept<'a> {
    fn from(row: &'a DocumentRow) -> Self {
        Self {
            building_id: row.building_id,
            title: &row.title,
            visibility: row.visibility,
            file_name: &row.file_name,
            size: row.size,
        }
    }
}

fn inspect(file: &NewFile) -> Result<(Kind, String)> {
    if file.bytes.len() > DOCUMENT_LIMIT {
        return Err(Code::TooLarge.into());
    }
    let kind = sniff::sniff(&file.bytes, &file.file_name).ok_or_else(|| Error::field("/file", "bad_file"))?;
    Ok((kind, sniff::file_name(&file.file_name, kind)))
}

/// Stores the bytes under a key of their own: a replaced file never overwrites what somebody is reading.
async fn store(ctx: &Ctx, actor: &Actor, kind: Kind, bytes: Vec<u8>) -> Result<(String, i64)> {
    let key = format!("{}/documents/{}.{}", actor.company_id(), new_id(), kind.extension);
    let size = i64::try_from(bytes.len()).map_err(|e| Error::internal("document size", e))?;
    ctx.blobs.put(&key, Bytes::from(bytes), kind.content_type).await.map_err(|e| Error::internal("blob store", e))?;
    Ok((key, size))
}

/// Bytes that no row names any more. A failure leaves litter, not a hole.
async fn forget(ctx: &Ctx, key: &str) {
    if let Err(error) = ctx.blobs.delete(key).await {
        tracing::warn!(%error, key, "a document's bytes stay behind");
    }
}

/// Takes a document in.
///
/// # Errors
/// `too_large`; `invalid` on `/file` when it is of a kind that is not taken, on `/building_id` when it is unknown.
pub async fn create_document(
    ctx: &Ctx,
    actor: &Actor,
    building: Option<BuildingId>,
    command: &DocumentFacts,
    file: NewFile,
) -> Result<DocumentRow> {
    let scope = actor.scope(P::BuildingsManage)?;
    validate::check(command)?;
    let (kind, file_name) = inspect(&file)?;
    let mut tx = ctx.begin(actor).await?;
    if let Some(building) = building {
        sqlx::query!("select id from buildings where company_id = $1 and id = $2", scope.company(), building.0)
            .fetch_optional(tx.conn())
            .await?
            .ok_or_else(|| Error::field("/building_id", "unknown"))?;
    }
    let (key, size) = store(ctx, actor, kind, file.bytes).await?;
    let (id, now) = (DocumentId(new_id()), tx.now());
    sqlx::query!(
        "insert into documents (id, company_id, building_id, title, visibility, file_name, content_type, size, blob_key,
           created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        id.0,
        scope.company(),
        building.map(|b| b.0),
        command.title.trim(),
        command.visibility.as_str(),
        file_name,
        kind.content_type,
        size,
        key,
        now
    )
    .execute(tx.conn())
    .await?;
    let (row, _) = one(&mut tx, &scope, id).await?;
    tx.record("document.create", "document", id.0, None, Some(&Kept::from(&row))).await?;
    tx.commit().await?;
    Ok(row)
}

/// Changes a document's title and who may read it.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile.
pub async fn update_document(
    ctx: &Ctx,
    actor: &Actor,
    id: DocumentId,
    version: i32,
    command: &DocumentFacts,
) -> Result<DocumentRow> {
    let scope = actor.scope(P::BuildingsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let (known, _) = lock(&mut tx, &scope, id, version).await?;
    let title = command.title.trim();
    let after = Kept { title, visibility: command.visibility, ..Kept::from(&known) };
    if tx.record("document.update", "document", id.0, Some(&Kept::from(&known)), Some(&after)).await? {
        let now = tx.now();
        sqlx::query!(
            "update documents set title = $3, visibility = $4, version = version + 1, updated_at = $5
             where company_id = $1 and id = $2",
            scope.company(),
            id.0,
            title,
            command.visibility.as_str(),
            now
        )
        .execute(tx.conn())
        .await?;
    }
    let (row, _) = one(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Puts another file in the place of a document's.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `too_large`; `invalid` on `/file`.
pub async fn replace_document(
    ctx: &Ctx,
    actor: &Actor,
    id: DocumentId,
    version: i32,
    file: NewFile,
) -> Result<DocumentRow> {
    let scope = actor.scope(P::BuildingsManage)?;
    let (kind, file_name) = inspect(&file)?;
    let mut tx = ctx.begin(actor).await?;
    let (known, old_key) = lock(&mut tx, &scope, id, version).await?;
    let (key, size) = store(ctx, actor, kind, file.bytes).await?;
    let now = tx.now();
    sqlx::query!(
        "update documents set file_name = $3, content_type = $4, size = $5, blob_key = $6, version = version + 1,
           updated_at = $7 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        file_name,
        kind.content_type,
        size,
        key,
        now
    )
    .execute(tx.conn())
    .await?;
    let (row, _) = one(&mut tx, &scope, id).await?;
    let files =
        |of: &DocumentRow, key: &str| serde_json::json!({ "file_name": of.file_name, "size": of.size, "file": key });
    tx.record("document.replace", "document", id.0, Some(&files(&known, &old_key)), Some(&files(&row, &key))).await?;
    tx.commit().await?;
    forget(ctx, &old_key).await;
    Ok(row)
}

/// Removes a document and its file; the audit remembers that it was there.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile.
pub async fn delete_document(ctx: &Ctx, actor: &Actor, id: DocumentId, version: i32) -> Result<()> {
    let scope = actor.scope(P::BuildingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let (known, key) = lock(&mut tx, &scope, id, version).await?;
    sqlx::query!("delete from documents where company_id = $1 and id = $2", scope.company(), id.0)
        .execute(tx.conn())
        .await?;
    tx.record("document.delete", "document", id.0, Some(&Kept::from(&known)), None).await?;
    tx.commit().await?;
    forget(ctx, &key).await;
    Ok(())
}

async fn one(tx: &mut Tx, scope: &Scope, id: DocumentId) -> Result<(DocumentRow, String)> {
    let mut sql = QueryBuilder::<Postgres>::new(SELECT);
    sql.push_bind(scope.company()).push(" and d.id = ").push_bind(id.0);
    let row = read(&sql.build().fetch_one(tx.conn()).await?)?;
    let key =
        sqlx::query_scalar!("select blob_key from documents where company_id = $1 and id = $2", scope.company(), id.0)
            .fetch_one(tx.conn())
            .await?;
    Ok((row, key))
}

async fn lock(tx: &mut Tx, scope: &Scope, id: DocumentId, version: i32) -> Result<(DocumentRow, String)> {
    sqlx::query!("select id from documents where company_id = $1 and id = $2 for update", scope.company(), id.0)
        .fetch_one(tx.conn())
        .await?;
    let known = one(tx, scope, id).await?;
    if known.0.version == version { Ok(known) } else { Err(Code::Conflict.into()) }
}
