use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use platform::blobs::{Blob, BlobError, Blobs};
use platform::config::Config;

use crate::support::{Process, config, eventually, free_port, http_get};

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
