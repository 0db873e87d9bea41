use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use platform::blobs::{Blob, BlobError, Blobs, Moved, move_files};
use platform::config::Config;

use crate::support::{Process, config, eventually, free_port, http_get, http_put};

const SECRET: &str = "a secret for the tests";

fn nanio(dir: &Path, port: u16) -> Process {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/nanio.sh");
    let output = Command::new(script).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let python = String::from_utf8(output.stdout).unwrap();
    let mut command = Command::new(python.trim());
    command.args(["-m", "nanio", "serve", "--host", "127.0.0.1", "--port", &port.to_string(), "--data-dir"]);
    Process::start(command.arg(dir).env("NANIO_ACCESS_KEY", "tester").env("NANIO_SECRET_KEY", SECRET))
}

fn s3(port: u16, secret: &str) -> Config {
    let endpoint = format!("http://127.0.0.1:{port}");
    config(
        Path::new("/nowhere"),
        &[
            ("UK_S3__ENDPOINT", &endpoint),
            ("UK_S3__BUCKET", "uk-crm"),
            ("UK_S3__ACCESS_KEY", "tester"),
            ("UK_S3__SECRET_KEY", secret),
        ],
    )
}

#[tokio::test]
async fn files_live_in_s3_with_checked_signatures() {
    let dir = tempfile::tempdir().unwrap();
    let port = free_port();
    let _server = nanio(dir.path(), port);
    let blobs = Blobs::from_config(&s3(port, SECRET));
    assert!(blobs.is_remote());
    // The first file makes the bucket.
    eventually("nanio", || async { blobs.put("c1/first.txt", Bytes::new(), "text/plain").await.ok() }).await;
    blobs.check().await.unwrap();

    let key = "c1/requests/photo.jpg";
    let bytes = Bytes::from(vec![7; 300_000]);
    assert_eq!(blobs.get(key).await.unwrap(), None);
    blobs.put(key, bytes.clone(), "image/jpeg").await.unwrap();
    let stored = Blob { bytes: bytes.clone(), content_type: "image/jpeg".into() };
    assert_eq!(blobs.get(key).await.unwrap(), Some(stored));

    let url = blobs.presigned_get(key, Duration::from_secs(60)).await.unwrap().unwrap();
    assert_eq!(http_get(&url), (200, bytes.to_vec()));
    let (bare, _) = url.split_once('?').unwrap();
    assert_eq!(http_get(bare).0, 403);
    assert_eq!(http_get(&url.replace("photo.jpg", "other.jpg")).0, 403);

    let intruder = Blobs::from_config(&s3(port, "a wrong secret"));
    let refused = intruder.get(key).await.unwrap_err();
    assert!(matches!(refused, BlobError::Refused(_)) && refused.to_string().contains("s3.secret_key"), "{refused}");
    let refused = intruder.put("c1/x.txt", Bytes::new(), "text/plain").await.unwrap_err();
    assert!(matches!(refused, BlobError::Refused(_)), "{refused}");
    assert!(matches!(intruder.check().await, Err(BlobError::Refused(_))));
    let forged = intruder.presigned_get(key, Duration::from_secs(60)).await.unwrap().unwrap();
    assert_eq!(http_get(&forged).0, 403);

    blobs.delete(key).await.unwrap();
    blobs.delete(key).await.unwrap();
    assert_eq!(blobs.get(key).await.unwrap(), None);
    assert!(matches!(blobs.get("../x").await, Err(BlobError::Key(_))));
}

#[tokio::test]
async fn one_file_fits_a_signed_address() {
    let dir = tempfile::tempdir().unwrap();
    let port = free_port();
    let _server = nanio(dir.path(), port);
    let blobs = Blobs::from_config(&s3(port, SECRET));
    eventually("nanio", || async { blobs.check().await.ok() }).await;
    let ttl = Duration::from_secs(60);
    let signed = blobs.presigned_put("c1/up", 4, "image/png", ttl).await.unwrap().unwrap();
    for (name, value) in [("content-length", "4"), ("content-type", "image/png")] {
        assert!(signed.headers.contains(&(name.to_owned(), value.to_owned())), "{:?}", signed.headers);
    }
    for (kind, body) in [("image/png", &b"longer"[..]), ("image/png", &b"on"[..]), ("image/jpeg", &b"four"[..])] {
        assert_eq!(http_put(&signed.url, kind, body), 403, "{kind} {body:?}");
    }
    assert_eq!(http_put(&signed.url.replace("c1/up", "c1/ot"), "image/png", b"four"), 403);
    assert_eq!(blobs.size("c1/up").await.unwrap(), None);
    assert_eq!(http_put(&signed.url, "image/png", b"four"), 200);
    assert_eq!(blobs.size("c1/up").await.unwrap(), Some(4));
    let stored = Blob { bytes: Bytes::from_static(b"four"), content_type: "image/png".into() };
    assert_eq!(blobs.get("c1/up").await.unwrap(), Some(stored));
    assert!(blobs.draft("c1/up", "image/png").await.unwrap().is_none());

    blobs.put("c2/a", Bytes::from_static(b"x"), "text/plain").await.unwrap();
    blobs.put("c1/a/b", Bytes::from_static(b"x"), "text/plain").await.unwrap();
    let keys = async |prefix: &str, after: &str| -> Vec<String> {
        blobs.list(prefix, after).await.unwrap().into_iter().map(|listed| listed.key).collect()
    };
    assert_eq!(keys("c1/", "").await, ["c1/a/b", "c1/up"]);
    assert_eq!(keys("", "c1/up").await, ["c2/a"]);
    assert!(keys("c2/", "c2/a").await.is_empty() && keys("c3/", "").await.is_empty());
    assert!(matches!(blobs.list("c1", "").await, Err(BlobError::Key(_))));
}

#[tokio::test]
async fn a_move_that_was_broken_off_goes_on() {
    let (dir, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let disk = Blobs::on_disk(&config(data.path(), &[]));
    for name in ["0", "1", "2", "3", "4"] {
        disk.put(&format!("c1/{name}.jpg"), Bytes::from_static(b"photo"), "image/jpeg").await.unwrap();
    }
    let away = Blobs::from_config(&s3(free_port(), SECRET));
    assert!(matches!(move_files(&disk, &away, true, |_| ()).await, Err(BlobError::Away(_))));
    let port = free_port();
    let _server = nanio(dir.path(), port);
    let store = Blobs::from_config(&s3(port, SECRET));
    eventually("nanio", || async { store.check().await.ok() }).await;
    // As a move leaves it that was broken off; and a file that somebody has replaced.
    store.put("c1/0.jpg", Bytes::from_static(b"photo"), "image/jpeg").await.unwrap();
    store.put("c1/1.jpg", Bytes::from_static(b"another"), "image/jpeg").await.unwrap();
    let differ = vec!["c1/1.jpg".to_owned()];
    let mut told = Vec::new();
    let moved = move_files(&disk, &store, false, |seen| told.push(seen)).await.unwrap();
    assert_eq!(moved, Moved { sent: 3, there: 1, differ: differ.clone() });
    assert_eq!((told, disk.list("", "").await.unwrap().len()), (vec![5], 5));
    let again = move_files(&disk, &store, true, |_| ()).await.unwrap();
    assert_eq!(again, Moved { sent: 0, there: 4, differ });
    // Only what is whole over there was taken off the disk.
    let left: Vec<String> = disk.list("", "").await.unwrap().into_iter().map(|listed| listed.key).collect();
    assert_eq!(left, ["c1/1.jpg"]);
    let stored = Blob { bytes: Bytes::from_static(b"photo"), content_type: "image/jpeg".into() };
    assert_eq!(store.get("c1/4.jpg").await.unwrap(), Some(stored));
}

#[tokio::test]
async fn a_store_that_is_away_is_an_error() {
    let blobs = Blobs::from_config(&s3(free_port(), SECRET));
    assert!(matches!(blobs.get("a").await, Err(BlobError::Away(_))));
}

#[tokio::test]
async fn without_s3_files_are_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = Blobs::from_config(&config(dir.path(), &[]));
    blobs.check().await.unwrap();
    blobs.put("a/b.txt", Bytes::from_static(b"x"), "text/plain").await.unwrap();
    assert_eq!(std::fs::read(dir.path().join("blobs/files/a/b.txt")).unwrap(), b"x");
    assert_eq!(blobs.presigned_get("a/b.txt", Duration::from_secs(1)).await.unwrap(), None);
}
