//! Files on disk: content under `files/`, MIME types under `types/`, so that the content can be copied as it is.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use tokio::io::AsyncWriteExt;

use super::{Blob, BlobError, Listed, PAGE};
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

    pub(super) async fn size(&self, key: &str) -> Result<Option<u64>, BlobError> {
        let file = self.files.join(key);
        blocking(move || Ok(found(fs::metadata(&file))?.filter(fs::Metadata::is_file).map(|facts| facts.len()))).await
    }

    pub(super) async fn list(&self, prefix: &str, after: &str) -> Result<Vec<Listed>, BlobError> {
        let (folder, prefix, after) = (self.files.join(prefix), prefix.to_owned(), after.to_owned());
        blocking(move || {
            let mut page = Vec::new();
            walk(&folder, &prefix, &after, &mut page)?;
            Ok(page)
        })
        .await
    }

    pub(super) async fn draft(&self, key: &str, content_type: &str) -> Result<Draft, BlobError> {
        let target = self.files.join(key);
        let folder = target.parent().unwrap_or(Path::new(".")).to_owned();
        tokio::fs::create_dir_all(&folder).await?;
        // One at a time: a second that sends the same file is told so. The dot keeps it out of reach of keys.
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let path = folder.join(format!(".{name}.part"));
        let file = tokio::fs::File::create_new(&path).await?;
        let content_type = content_type.to_owned();
        Ok(Draft { file, path, target, kind: self.types.join(key), content_type, finished: false })
    }

    pub(super) async fn sweep_drafts(&self, before: DateTime<Utc>) -> Result<u64, BlobError> {
        let folders = [self.files.clone(), self.types.clone()];
        blocking(move || {
            let mut gone = 0;
            for folder in &folders {
                gone += sweep(folder, before)?;
            }
            Ok(gone)
        })
        .await
    }
}

/// A file that arrives piece by piece. Nobody sees it before it is finished; given up, it leaves nothing behind.
#[derive(Debug)]
pub struct Draft {
    file: tokio::fs::File,
    path: PathBuf,
    target: PathBuf,
    kind: PathBuf,
    content_type: String,
    finished: bool,
}

impl Draft {
    /// Adds to it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn write(&mut self, part: &[u8]) -> Result<(), BlobError> {
        Ok(self.file.write_all(part).await?)
    }

    /// Puts it in its place, replacing a file that was there.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn finish(mut self) -> Result<(), BlobError> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        let (path, target, kind) = (self.path.clone(), self.target.clone(), self.kind.clone());
        let content_type = self.content_type.clone();
        blocking(move || {
            // The type first: a file is never seen without it.
            write_whole(&kind, content_type.as_bytes())?;
            fs::rename(&path, &target)?;
            File::open(target.parent().unwrap_or(Path::new(".")))?.sync_all()
        })
        .await?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.finished {
            // Nobody is left to be told; the sweep finds what stays.
            let _gone = fs::remove_file(&self.path);
        }
    }
}

/// Files below a folder after a key, in the order of keys. A folder counts as its name with the slash, as in its keys.
fn walk(folder: &Path, prefix: &str, after: &str, page: &mut Vec<Listed>) -> io::Result<()> {
    let Some(entries) = found(fs::read_dir(folder))? else { return Ok(()) };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        // Drafts begin with a dot; what is no text is no key of ours.
        let Some(mut name) = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.')) else {
            continue;
        };
        if entry.file_type()?.is_dir() {
            name.push('/');
        }
        names.push(name);
    }
    names.sort_unstable();
    for name in names {
        if page.len() >= PAGE {
            break;
        }
        let key = format!("{prefix}{name}");
        if let Some(below) = name.strip_suffix('/') {
            if key.as_str() > after || after.starts_with(&key) {
                walk(&folder.join(below), &key, after, page)?;
            }
        } else if key.as_str() > after
            && let Some(facts) = found(fs::metadata(folder.join(&name)))?
        {
            page.push(Listed { key, size: facts.len(), modified: facts.modified()?.into() });
        }
    }
    Ok(())
}

/// Removes drafts that nobody has written to for long: their process ended before they were finished.
fn sweep(folder: &Path, before: DateTime<Utc>) -> io::Result<u64> {
    let Some(entries) = found(fs::read_dir(folder))? else { return Ok(0) };
    let mut gone = 0;
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            gone += sweep(&entry.path(), before)?;
        } else if entry.file_name().as_encoded_bytes().starts_with(b".")
            && let Some(facts) = found(entry.metadata())?
            && DateTime::<Utc>::from(facts.modified()?) < before
            && found(fs::remove_file(entry.path()))?.is_some()
        {
            gone += 1;
        }
    }
    Ok(gone)
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
    async fn pages_of_a_listing_follow_the_order_of_keys() {
        let dir = tempfile::tempdir().unwrap();
        let local = Local::new(dir.path().to_owned());
        for key in ["c1/x/2", "c1/x.jpg", "c1/a", "c1/x/1", "c2/a"] {
            local.put(key, Bytes::from_static(b"four"), "x/y").await.unwrap();
        }
        fs::write(dir.path().join("files/c1/.draft"), "half").unwrap();
        let keys = async |prefix: &str, after: &str| -> Vec<String> {
            local.list(prefix, after).await.unwrap().into_iter().map(|listed| listed.key).collect()
        };
        assert_eq!(keys("c1/", "").await, ["c1/a", "c1/x.jpg", "c1/x/1", "c1/x/2"]);
        assert_eq!(keys("", "c1/x.jpg").await, ["c1/x/1", "c1/x/2", "c2/a"]);
        assert_eq!(keys("c1/", "c1/x/1").await, ["c1/x/2"]);
        assert!(keys("c1/", "c1/x/2").await.is_empty() && keys("c3/", "").await.is_empty());
        assert_eq!(local.list("c2/", "").await.unwrap()[0].size, 4);
        assert_eq!((local.size("c1/a").await.unwrap(), local.size("c1/x").await.unwrap()), (Some(4), None));
    }

    #[tokio::test]
    async fn a_draft_is_seen_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let local = Local::new(dir.path().to_owned());
        let count = || fs::read_dir(dir.path().join("files/c")).unwrap().count();
        let mut draft = local.draft("c/a", "image/png").await.unwrap();
        draft.write(b"on").await.unwrap();
        assert_eq!((local.get("c/a").await.unwrap(), count()), (None, 1));
        draft.write(b"e").await.unwrap();
        draft.finish().await.unwrap();
        let blob = local.get("c/a").await.unwrap().unwrap();
        assert_eq!((blob.bytes.as_ref(), blob.content_type.as_str()), (b"one".as_slice(), "image/png"));
        drop(local.draft("c/b", "image/png").await.unwrap());
        assert_eq!(count(), 1);
        // What a process that was killed leaves goes when it is old.
        let left = dir.path().join("files/c/.left");
        fs::write(&left, "half").unwrap();
        let written = DateTime::<Utc>::from(fs::metadata(&left).unwrap().modified().unwrap());
        assert_eq!(local.sweep_drafts(written).await.unwrap(), 0);
        assert_eq!(local.sweep_drafts(written + chrono::TimeDelta::days(1)).await.unwrap(), 1);
        assert_eq!(count(), 1);
    }

    #[tokio::test]
    async fn a_failing_disk_is_an_error_and_not_a_missing_file() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("types"), "in the way").unwrap();
        let local = Local::new(dir.path().to_owned());
        assert!(matches!(local.put("a", Bytes::new(), "x/y").await, Err(BlobError::Disk(_))));
    }
}
