//! Files on disk: content under `files/`, MIME types under `types/`, so that the content can be copied as it is.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::{Blob, BlobError};
use crate::ids::new_id;

const UNKNOWN_TYPE: &str = "application/octet-stream";

#[derive(Clone, Debug)]
pub(super) struct Local {
    files: PathBuf,
    types: PathBuf,
}

impl Local {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { files: root.join("files"), types: root.join("types") }
    }

    pub(super) async fn put(&self, key: &str, bytes: Bytes, content_type: &str) -> Result<(), BlobError> {
        let (file, kind) = (self.files.join(key), self.types.join(key));
        let content_type = content_type.to_owned();
        blocking(move || {
            // The type first: a file is never seen without it.
            write_whole(&kind, content_type.as_bytes())?;
            write_whole(&file, &bytes)
        })
        .await
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Blob>, BlobError> {
        let (file, kind) = (self.files.join(key), self.types.join(key));
        blocking(move || {
            let Some(bytes) = found(fs::read(&file))? else { return Ok(None) };
            let content_type = found(fs::read_to_string(&kind))?.unwrap_or_else(|| UNKNOWN_TYPE.to_owned());
            Ok(Some(Blob { bytes: bytes.into(), content_type }))
        })
        .await
    }

    pub(super) async fn delete(&self, key: &str) -> Result<(), BlobError> {
        let (file, kind) = (self.files.join(key), self.types.join(key));
        blocking(move || {
            found(fs::remove_file(&file))?;
            found(fs::remove_file(&kind))?;
            Ok(())
        })
        .await
    }
}

/// A reader sees the old content or the new, also after a power cut: written aside, synced, renamed, folder synced.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Keys never begin with a dot, so a draft cannot be read as a file.
    let draft = folder.join(format!(".{}", new_id()));
    let written = (|| {
        let mut file = File::create_new(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        File::open(folder)?.sync_all()
    })();
    if written.is_err() {
        // Nothing to add when even this fails: the first error is the one to tell.
        let _gone = fs::remove_file(&draft);
    }
    written
}

fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        // `a` is a file and `a/b` is asked for: not there either.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, BlobError> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(io::Error::other)??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_round_trip_and_leave_no_drafts() {
        let dir = tempfile::tempdir().unwrap();
        let local = Local::new(dir.path().to_owned());
        assert_eq!(local.get("c/a.jpg").await.unwrap(), None);
        local.put("c/a.jpg", Bytes::from_static(b"one"), "image/jpeg").await.unwrap();
        local.put("c/a.jpg", Bytes::from_static(b"two"), "image/png").await.unwrap();
        let blob = local.get("c/a.jpg").await.unwrap().unwrap();
        assert_eq!((blob.bytes.as_ref(), blob.content_type.as_str()), (b"two".as_slice(), "image/png"));
        assert_eq!(fs::read_dir(dir.path().join("files/c")).unwrap().count(), 1);
        local.delete("c/a.jpg").await.unwrap();
        local.delete("c/a.jpg").await.unwrap();
        assert_eq!(local.get("c/a.jpg").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_failing_disk_is_an_error_and_not_a_missing_file() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("types"), "in the way").unwrap();
        let local = Local::new(dir.path().to_owned());
        assert!(matches!(local.put("a", Bytes::new(), "x/y").await, Err(BlobError::Disk(_))));
    }
}
