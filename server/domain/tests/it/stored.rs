//! The file store beside the database.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{files, stored};
use std::{fs::File, time::SystemTime};
use testkit::{TestCtx, World, photo};

/// Every column that names a stored file. A new one belongs into `stored::named`, or its files would be strays.
const NAMES: &[&str] = &[
    "documents.blob_key",
    "files.blob_key",
    "files.thumb_key",
    "imports.blob_key",
    "tasks.result_key",
    "uploads.blob_key",
];

fn stored_at(ctx: &TestCtx, key: &str, at: DateTime<Utc>) {
    let file = File::options().write(true).open(ctx.dir.path().join("blobs/files").join(key)).unwrap();
    file.set_modified(SystemTime::from(at)).unwrap();
}

#[tokio::test]
async fn no_column_that_names_files_was_forgotten() {
    let ctx = TestCtx::new().await;
    let mut db = ctx.database.superuser().await;
    let columns: Vec<String> = sqlx::query_scalar(
        "select table_name || '.' || column_name from information_schema.columns
         where table_schema = 'public' and (column_name like '%blob%' or column_name like '%thumb_key' or column_name like '%result_key')
         order by 1",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(columns, NAMES);
}

#[tokio::test]
async fn files_that_nothing_names_and_names_without_a_file_are_found() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let resident = world.a.resident().await;
    files::upload(&ctx, &resident, photo()).await.unwrap();
    let (stray, young) = (format!("{}/documents/lost.pdf", world.a.id), format!("{}/coming.jpg", world.a.id));
    for key in [&stray, &young] {
        ctx.blobs.put(key, Bytes::from_static(b"x"), "text/plain").await.unwrap();
    }
    let now = ctx.clock.now();
    let folder = format!("{}/", world.a.id);
    let keys: Vec<String> = ctx.blobs.list(&folder, "").await.unwrap().into_iter().map(|listed| listed.key).collect();
    for key in &keys {
        stored_at(&ctx, key, now - TimeDelta::days(2));
    }
    stored_at(&ctx, &young, now - TimeDelta::hours(1));
    // Of nobody: another installation may keep it there.
    ctx.blobs.put("elsewhere/a.jpg", Bytes::from_static(b"x"), "text/plain").await.unwrap();
    stored_at(&ctx, "elsewhere/a.jpg", now - TimeDelta::days(2));
    let found = stored::compare(&ctx).await.unwrap();
    assert_eq!((found.files, &found.strays, found.missing.len()), (4, &vec![stray.clone()], 0));

    assert_eq!(stored::remove(&ctx, &found.strays).await.unwrap(), 1);
    let thumb = keys.iter().find(|key| key.ends_with(".thumb.jpg")).unwrap();
    ctx.blobs.delete(thumb).await.unwrap();
    let found = stored::compare(&ctx).await.unwrap();
    assert_eq!((found.files, found.strays.len(), &found.missing), (2, 0, &vec![thumb.clone()]));
}
