//! Files of a backup: private, written whole, copied as they are.

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// What to do with a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Copying {
    /// It is the same one, of a moment ago: left.
    Missing,
    /// It is the same one of an earlier try, or an older one: replaced.
    Again,
}

/// Makes a folder that only its owner can enter, or takes an empty one.
pub(crate) fn fresh_folder(folder: &Path) -> Result<()> {
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            ensure!(entries.next().is_none(), "{} is not empty: name a new folder for each backup", folder.display());
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", folder.display())),
    }
    let made = private_folder(folder).and_then(|()| fs::set_permissions(folder, Permissions::from_mode(0o700)));
    made.with_context(|| format!("{} cannot be made", folder.display()))
}

/// The SHA-256 of a file.
pub(crate) async fn digest(path: PathBuf) -> Result<String> {
    let digest = tokio::task::spawn_blocking(move || -> io::Result<String> {
        let (mut file, mut hash, mut part) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
        loop {
            let read = file.read(&mut part)?;
            let Some(bytes) = part.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            hash.update(bytes);
        }
        Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    });
    Ok(digest.await??)
}

/// Writes a file that only its owner can read.
pub(crate) fn private_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let written = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    written().with_context(|| format!("{} cannot be written", path.display()))
}

/// Copies a file to a place where nothing is; only its owner can read the copy.
pub(crate) fn private_copy(from: &Path, to: &Path) -> Result<()> {
    private_file(to, &fs::read(from).with_context(|| format!("{} cannot be read", from.display()))?)
}

/// Copies the files of a disk store with their types, without drafts; how many there were.
pub(crate) async fn copy(from: PathBuf, to: PathBuf, how: Copying) -> Result<u64> {
    let copied = tokio::task::spawn_blocking(move || -> Result<u64> {
        let mut files = 0;
        // Files first: each had its type before it was there itself.
        for part in ["files", "types"] {
            let copied = copy_folder(&from.join(part), &to.join(part), how)?;
            if part == "files" {
                files = copied;
            }
        }
        Ok(files)
    });
    copied.await?
}

fn copy_folder(from: &Path, to: &Path, how: Copying) -> Result<u64> {
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", from.display())),
    };
    private_folder(to).with_context(|| format!("{} cannot be made", to.display()))?;
    let mut files = 0;
    for entry in entries {
        let entry = entry.with_context(|| format!("{} cannot be read", from.display()))?;
        let name = entry.file_name();
        // Drafts begin with a dot; names of files never do.
        if name.as_encoded_bytes().first() == Some(&b'.') {
            continue;
        }
        let (source, target) = (entry.path(), to.join(&name));
        if entry.file_type().with_context(|| format!("{} cannot be read", source.display()))?.is_dir() {
            files += copy_folder(&source, &target, how)?;
        } else if copy_file(&source, &target, how)? {
            files += 1;
        }
    }
    Ok(files)
}

/// Whether it was copied: the product may delete one meanwhile.
fn copy_file(from: &Path, to: &Path, how: Copying) -> Result<bool> {
    if how == Copying::Missing && to.exists() {
        return Ok(false);
    }
    let mut source = match File::open(from) {
        Ok(source) => source,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", from.display())),
    };
    let mut copied = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).mode(0o600);
        match how {
            Copying::Missing => options.create_new(true),
            Copying::Again => options.create(true).truncate(true),
        };
        let mut target = options.open(to)?;
        io::copy(&mut source, &mut target)?;
        target.sync_all()
    };
    copied().with_context(|| format!("{} cannot be written", to.display()))?;
    Ok(true)
}

fn private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_are_copied_whole_private_and_without_drafts() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        for (path, text) in
            [("files/c1/a.jpg", "picture"), ("files/c1/.draft", "half"), ("types/c1/a.jpg", "image/jpeg")]
        {
            let path = from.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        assert_eq!(copy(from.clone(), to.clone(), Copying::Missing).await.unwrap(), 1);
        assert_eq!(copy(from.clone(), to.clone(), Copying::Missing).await.unwrap(), 0, "it is there already");
        assert_eq!(copy(from.clone(), to.clone(), Copying::Again).await.unwrap(), 1);
        assert_eq!(fs::read_to_string(to.join("files/c1/a.jpg")).unwrap(), "picture");
        assert_eq!(fs::read_to_string(to.join("types/c1/a.jpg")).unwrap(), "image/jpeg");
        assert!(!to.join("files/c1/.draft").exists());
        let mode = |path: &str| fs::metadata(to.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("files/c1/a.jpg"), mode("files")), (0o600, 0o700));
        assert_eq!(copy(dir.path().join("nothing"), to, Copying::Missing).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_digest_is_of_the_whole_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        private_file(&path, &[7; 200_000]).unwrap();
        let whole: String = Sha256::digest([7_u8; 200_000]).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest(path.clone()).await.unwrap(), whole);
        assert!(private_file(&path, b"again").is_err(), "nothing is written over");
        assert!(fresh_folder(dir.path()).is_err());
        fresh_folder(&dir.path().join("new")).unwrap();
    }
}
