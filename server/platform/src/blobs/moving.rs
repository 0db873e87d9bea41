//! Bringing files from one store to another. What is there already is not sent again, so a move that was broken off is simply
//! begun anew.

use super::{BlobError, Blobs};

/// What a move found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Files that were sent.
    pub sent: u64,
    /// Files that were there already.
    pub there: u64,
    /// Keys of files that are there with another length; both sides were left as they are.
    pub differ: Vec<String>,
}

/// Copies every file of `from` into `to`; with `remove` each is deleted from `from` once `to` holds it whole. `told` hears how
/// many files were looked at after each thousand.
///
/// # Errors
/// When one of the stores fails. What was done until then stays done.
pub async fn move_files(from: &Blobs, to: &Blobs, remove: bool, mut told: impl FnMut(u64)) -> Result<Moved, BlobError> {
    let (mut moved, mut last, mut seen) = (Moved::default(), String::new(), 0);
    loop {
        let page = from.list("", &last).await?;
        let Some(end) = page.last() else { return Ok(moved) };
        last.clone_from(&end.key);
        for file in &page {
            seen += 1;
            match to.size(&file.key).await? {
                Some(size) if size == file.size => moved.there += 1,
                Some(_) => {
                    moved.differ.push(file.key.clone());
                    continue;
                }
                None => {
                    // Deleted meanwhile: nobody needs it any more.
                    let Some(blob) = from.get(&file.key).await? else { continue };
                    let length = blob.bytes.len() as u64;
                    to.put(&file.key, blob.bytes, &blob.content_type).await?;
                    if to.size(&file.key).await? != Some(length) {
                        let words = format!("`{}` reads back with another length", file.key);
                        return Err(BlobError::Refused(words));
                    }
                    moved.sent += 1;
                }
            }
            if remove {
                from.delete(&file.key).await?;
            }
        }
        told(seen);
    }
}
