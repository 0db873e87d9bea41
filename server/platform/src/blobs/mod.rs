//! Files: on the local disk, or in an S3-compatible store. Private by default.

mod local;
mod moving;
mod s3;

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};

pub use self::local::Draft;
pub use self::moving::{Moved, move_files};
use crate::config::Config;
use crate::pulse::Pulse;

const MAX_KEY: usize = 512;
/// Files of a listing at once; an S3 store gives no more.
const PAGE: usize = 1000;

/// A stored file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Content.
    pub bytes: Bytes,
    /// MIME type given when it was stored.
    pub content_type: String,
}

/// A stored file without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Under which it is stored.
    pub key: String,
    /// How long it is.
    pub size: u64,
    /// When it was stored, by the clock of the store.
    pub modified: DateTime<Utc>,
}

/// An address to which one file of known length and type can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedPut {
    /// The address.
    pub url: String,
    /// Headers that are signed with it and must be sent so.
    pub headers: Vec<(String, String)>,
}

/// Why a file could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The key is not of the form `folder/name.ext` (letters, digits, `.`, `_`, `-`).
    #[error("`{0}` cannot be the key of a file")]
    Key(String),
    /// The disk refused.
    #[error("the file store on disk failed: {0}")]
    Disk(#[from] std::io::Error),
    /// The store does not answer, or says that it cannot now: the same call may work in a moment.
    #[error("the S3 store is away: {0}")]
    Away(String),
    /// The store answers and does not do it, with a hint for whoever set it up: waiting does not help.
    #[error("the S3 store refused: {0}")]
    Refused(String),
}

/// The file store; cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs {
    place: Place,
    pulse: Pulse,
}

#[derive(Clone, Debug)]
enum Place {
    Local(local::Local),
    S3(Box<s3::S3>),
}

impl Blobs {
    /// S3 when configured, else `<data_dir>/blobs`. Touches neither.
    #[must_use]
    pub fn from_config(config: &Config) -> Self {
        let place = match s3::S3::from_config(&config.s3) {
            Some(s3) => Place::S3(Box::new(s3)),
            None => Place::Local(local::Local::new(config.data_dir.join("blobs"))),
        };
        Self { place, pulse: Pulse::default() }
    }

    /// The files of the data folder, also where S3 is configured.
    #[must_use]
    pub fn on_disk(config: &Config) -> Self {
        Self { place: Place::Local(local::Local::new(config.data_dir.join("blobs"))), pulse: Pulse::default() }
    }

    /// Stores a file, replacing one under the same key; whole or not at all.
    ///
    /// # Errors
    /// When the key is malformed or the store fails.
    pub async fn put(&self, key: &str, bytes: Bytes, content_type: &str) -> Result<(), BlobError> {
        check_key(key)?;
        let done = match &self.place {
            Place::Local(local) => local.put(key, bytes, content_type).await,
            Place::S3(s3) => s3.put(key, bytes, content_type).await,
        };
        self.pulse.note(done, |_| true)
    }

    /// A file, or none when there is none under this key.
    ///
    /// # Errors
    /// When the key is malformed or the store fails.
    pub async fn get(&self, key: &str) -> Result<Option<Blob>, BlobError> {
        check_key(key)?;
        let done = match &self.place {
            Place::Local(local) => local.get(key).await,
            Place::S3(s3) => s3.get(key).await,
        };
        self.pulse.note(done, |_| true)
    }

    /// Deletes a file; one that is not there is fine.
    ///
    /// # Errors
    /// When the key is malformed or the store fails.
    pub async fn delete(&self, key: &str) -> Result<(), BlobError> {
        check_key(key)?;
        let done = match &self.place {
            Place::Local(local) => local.delete(key).await,
            Place::S3(s3) => s3.delete(key).await,
        };
        self.pulse.note(done, |_| true)
    }

    /// An address that lets a browser read the file for `ttl`; none on the local disk, where we serve it ourselves.
    ///
    /// # Errors
    /// When the key is malformed or `ttl` exceeds a week.
    pub async fn presigned_get(&self, key: &str, ttl: Duration) -> Result<Option<String>, BlobError> {
        check_key(key)?;
        match &self.place {
            Place::Local(_) => Ok(None),
            Place::S3(s3) => s3.presigned_get(key, ttl).await.map(Some),
        }
    }

    /// An address that takes one file of `size` bytes and of this type for `ttl`; none on the local disk.
    ///
    /// # Errors
    /// When the key is malformed, the size is no file's or `ttl` exceeds a week.
    pub async fn presigned_put(
        &self,
        key: &str,
        size: u64,
        content_type: &str,
        ttl: Duration,
    ) -> Result<Option<SignedPut>, BlobError> {
        check_key(key)?;
        match &self.place {
            Place::Local(_) => Ok(None),
            Place::S3(s3) => s3.presigned_put(key, size, content_type, ttl).await.map(Some),
        }
    }

    /// A file to be written piece by piece; none in S3, where clients send it themselves.
    ///
    /// # Errors
    /// When the key is malformed or the disk refuses.
    pub async fn draft(&self, key: &str, content_type: &str) -> Result<Option<Draft>, BlobError> {
        check_key(key)?;
        match &self.place {
            Place::Local(local) => self.pulse.note(local.draft(key, content_type).await, |_| true).map(Some),
            Place::S3(_) => Ok(None),
        }
    }

    /// Removes what was left half written before a moment; how many there were. A store of S3 has none.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn sweep_drafts(&self, before: DateTime<Utc>) -> Result<u64, BlobError> {
        match &self.place {
            Place::Local(local) => local.sweep_drafts(before).await,
            Place::S3(_) => Ok(0),
        }
    }

    /// How long a file is; none when there is none under this key.
    ///
    /// # Errors
    /// When the key is malformed or the store fails.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, BlobError> {
        check_key(key)?;
        let done = match &self.place {
            Place::Local(local) => local.size(key).await,
            Place::S3(s3) => s3.size(key).await,
        };
        self.pulse.note(done, |_| true)
    }

    /// Files after a key in the order of keys, a thousand at most; an empty page is the end. `prefix` is empty or a folder with
    /// its slash, `after` is empty or the last key of the page before.
    ///
    /// # Errors
    /// When the prefix is malformed or the store fails.
    pub async fn list(&self, prefix: &str, after: &str) -> Result<Vec<Listed>, BlobError> {
        if !prefix.is_empty() {
            check_key(prefix.strip_suffix('/').unwrap_or_default())?;
        }
        let done = match &self.place {
            Place::Local(local) => local.list(prefix, after).await,
            Place::S3(s3) => s3.list(prefix, after).await,
        };
        self.pulse.note(done, |_| true)
    }

    /// Proves that the store works by writing, reading and deleting a file; makes a missing bucket. For start and `doctor`.
    ///
    /// # Errors
    /// What does not work.
    pub async fn check(&self) -> Result<(), BlobError> {
        if let Place::S3(s3) = &self.place {
            s3.ensure_bucket().await?;
        }
        let key = format!("check/{}", crate::ids::new_id());
        let bytes = Bytes::from_static(b"uk-crm");
        self.put(&key, bytes.clone(), "text/plain").await?;
        let back = self.get(&key).await?;
        self.delete(&key).await?;
        match back {
            Some(blob) if blob.bytes == bytes => Ok(()),
            _ => Err(BlobError::Refused("a file just written reads back differently".to_owned())),
        }
    }

    /// When the store last answered.
    #[must_use]
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    /// Whether files are in S3.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        matches!(self.place, Place::S3(_))
    }
}

fn check_key(key: &str) -> Result<(), BlobError> {
    let good = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    };
    if key.len() <= MAX_KEY && key.split('/').all(good) { Ok(()) } else { Err(BlobError::Key(key.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_cannot_leave_the_store() {
        for good in ["a", "c1/requests/0190-ab_c.jpg"] {
            check_key(good).unwrap();
        }
        for bad in
            ["", "/a", "a/", "a//b", "..", "a/../b", ".hidden", "a/.x", "a\\b", "a b", "a\0", "фото", &"x".repeat(513)]
        {
            assert!(check_key(bad).is_err(), "{bad}");
        }
    }
}
