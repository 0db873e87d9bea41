//! Where the cluster lives and as whom it runs. PostgreSQL refuses to be root, so root hands it to `postgres` or
//! `nobody`, who must be able to reach the folder.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::{PgError, io_error};

/// A socket's path must fit 107 bytes with `/.s.PGSQL.5432` at its end.
const LONGEST_SOCKET_DIR: usize = 90;
const POINTER: &str = "postgres.location";
const ELSEWHERE: &str = "/var/lib/uk-crm";
/// The log is begun anew when it is longer.
const LONGEST_LOG: u64 = 10 * 1024 * 1024;
const LOCK_PATIENCE: Duration = Duration::from_secs(1);
const LOCK_POLL: Duration = Duration::from_millis(20);

/// An account to run the server as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// Folders of the cluster and who owns them.
#[derive(Debug)]
pub(super) struct Place {
    /// Holds the rest; home of the account.
    pub(super) base: PathBuf,
    /// The cluster itself.
    pub(super) cluster: PathBuf,
    /// Socket folder for a new server.
    pub(super) socket_dir: PathBuf,
    /// Output of the server.
    pub(super) log: PathBuf,
    /// Set when we are root.
    pub(super) account: Option<Account>,
}

/// Takes the data folder for this process, until the file is closed.
pub(super) async fn lock(data_dir: &Path) -> Result<File, PgError> {
    fs::create_dir_all(data_dir).map_err(io_error("Cannot create the folder", data_dir))?;
    let path = data_dir.join("uk-crm.lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(io_error("Cannot open", &path))?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            // A predecessor may be on its way out, and a child it is just starting holds the lock until its `exec`.
            Err(TryLockError::WouldBlock) if begun.elapsed() < LOCK_PATIENCE => tokio::time::sleep(LOCK_POLL).await,
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                file.read_to_string(&mut pid).map_err(io_error("Cannot read", &path))?;
                return Err(PgError::InUse { folder: data_dir.to_owned(), pid: pid.trim().to_owned() });
            }
            Err(TryLockError::Error(error)) => return Err(io_error("Cannot lock", &path)(error)),
        }
    }
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(io_error("Cannot write", &path))?;
    Ok(file)
}

impl Place {
    /// Decides on folders and account, and makes the folders.
    pub(super) fn find(data_dir: &Path, progress: &impl Fn(&str)) -> Result<Self, PgError> {
        let data_dir = data_dir.canonicalize().map_err(io_error("Cannot find the folder", data_dir))?;
        let me = effective_uid()?;
        let account = if me == 0 { Some(unprivileged()?) } else { None };
        let pointer = data_dir.join(POINTER);
        let (base, run) = match fs::read_to_string(&pointer) {
            Ok(text) => {
                let base = PathBuf::from(text.trim());
                (base.join("postgres"), base.join("run"))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let near = data_dir.join("postgres");
                let hidden = match account {
                    Some(account) => !can_reach(&data_dir, account)?,
                    None => false,
                };
                if hidden && !near.join("data").exists() {
                    let base = Path::new(ELSEWHERE).join(short_hash(&data_dir));
                    fs::write(&pointer, format!("{}\n", base.display())).map_err(io_error("Cannot write", &pointer))?;
                    progress(&format!(
                        "The database user cannot enter {}: the database lives in {} instead (noted in {})",
                        data_dir.display(),
                        base.display(),
                        pointer.display()
                    ));
                    (base.join("postgres"), base.join("run"))
                } else {
                    (near, data_dir.join("run"))
                }
            }
            Err(error) => return Err(io_error("Cannot read", &pointer)(error)),
        };
        let cluster = base.join("data");
        let account = owner_of(&cluster, me, account)?;
        private_folder(&base, account)?;
        let socket_dir = if run.as_os_str().len() <= LONGEST_SOCKET_DIR {
            run
        } else {
            Path::new("/tmp").join(format!("uk-crm-{}", short_hash(&data_dir)))
        };
        private_folder(&socket_dir, account)?;
        let log = base.join("server.log");
        Ok(Self { base, cluster, socket_dir, log, account })
    }

    pub(super) fn is_initialised(&self) -> bool {
        self.cluster.join("PG_VERSION").exists()
    }

    /// Gives a file or folder to the account.
    pub(super) fn hand_over(&self, path: &Path) -> Result<(), PgError> {
        hand_over(path, self.account)
    }

    /// The log to append to; a long one is begun anew and the old one kept beside it.
    pub(super) fn open_log(&self) -> Result<File, PgError> {
        if fs::metadata(&self.log).is_ok_and(|log| log.len() > LONGEST_LOG) {
            fs::rename(&self.log, self.base.join("server.log.1")).map_err(io_error("Cannot rename", &self.log))?;
        }
        let file = OpenOptions::new().append(true).create(true).open(&self.log);
        let file = file.map_err(io_error("Cannot open", &self.log))?;
        self.hand_over(&self.log)?;
        Ok(file)
    }

    /// The last line of the log that says something.
    pub(super) fn last_log_line(&self) -> String {
        let text = fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        telling_line(&text.unwrap_or_else(|error| format!("its log cannot be read: {error}")))
    }
}

/// The last error of some program output, else its last line.
pub(super) fn telling_line(text: &str) -> String {
    let lines = || text.lines().rev().map(str::trim).filter(|line| !line.is_empty());
    let telling = |line: &&str| ["FATAL", "PANIC", "error:", "No space left"].iter().any(|word| line.contains(word));
    // Only the end of a long log speaks of this start.
    lines().take(15).find(telling).or_else(|| lines().next()).unwrap_or("it said nothing").to_owned()
}

/// Who the server runs as: the owner of an existing cluster, else the account chosen.
fn owner_of(cluster: &Path, me: u32, account: Option<Account>) -> Result<Option<Account>, PgError> {
    let owner = match fs::metadata(cluster) {
        Ok(found) => Account { uid: found.uid(), gid: found.gid() },
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(account),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(PgError::NotOurs { folder: cluster.to_owned() });
        }
        Err(error) => return Err(io_error("Cannot look into", cluster)(error)),
    };
    match account {
        Some(_) if owner.uid != 0 => Ok(Some(owner)),
        Some(account) => Ok(Some(account)),
        None if owner.uid == me => Ok(None),
        None => Err(PgError::NotOurs { folder: cluster.to_owned() }),
    }
}

fn private_folder(path: &Path, account: Option<Account>) -> Result<(), PgError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(io_error("Cannot create the folder", parent))?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(io_error("Cannot create the folder", path)(error));
        }
        _ => {}
    }
    // Under /tmp anybody may have put a link or a folder of his there before.
    let found = fs::symlink_metadata(path).map_err(io_error("Cannot look into", path))?;
    let mine = effective_uid()?;
    let ours = found.uid() == mine || account.is_some_and(|account| account.uid == found.uid());
    if !found.is_dir() || !ours {
        return Err(PgError::NotOurs { folder: path.to_owned() });
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(io_error("Cannot protect", path))?;
    hand_over(path, account)
}

fn hand_over(path: &Path, account: Option<Account>) -> Result<(), PgError> {
    match account {
        Some(account) => chown(path, Some(account.uid), Some(account.gid)).map_err(io_error("Cannot hand over", path)),
        None => Ok(()),
    }
}

fn effective_uid() -> Result<u32, PgError> {
    let path = Path::new("/proc/self");
    Ok(fs::metadata(path).map_err(io_error("Cannot look into", path))?.uid())
}

fn unprivileged() -> Result<Account, PgError> {
    let path = Path::new("/etc/passwd");
    let text = fs::read_to_string(path).map_err(io_error("Cannot read", path))?;
    ["postgres", "nobody"].into_iter().find_map(|name| account(&text, name)).ok_or(PgError::NoUser)
}

/// `postgres:x:101:104:…` -> 101, 104
fn account(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        Some(Account { uid: fields.nth(1)?.parse().ok()?, gid: fields.next()?.parse().ok()? })
    })
}

/// Whether the account may pass through a folder and all above it.
fn can_reach(path: &Path, account: Account) -> Result<bool, PgError> {
    for folder in path.ancestors() {
        let found = fs::metadata(folder).map_err(io_error("Cannot look into", folder))?;
        let bit = if found.uid() == account.uid {
            0o100
        } else if found.gid() == account.gid {
            0o010
        } else {
            0o001
        };
        if found.mode() & bit == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

fn short_hash(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_from_passwd() {
        let text = "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\n";
        assert_eq!(account(text, "postgres"), Some(Account { uid: 101, gid: 104 }));
        assert_eq!(account(text, "nobody"), None);
    }

    #[test]
    fn a_closed_folder_above_hides_all_below() {
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        let stranger = Account { uid: 65_533, gid: 65_533 };
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(can_reach(&inner, stranger).unwrap());
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!can_reach(&inner, stranger).unwrap());
    }

    #[test]
    fn the_telling_line_is_the_error() {
        assert_eq!(telling_line("a\nx FATAL: no\nhint\n\n"), "x FATAL: no");
        assert_eq!(telling_line("a\nb\n"), "b");
        assert_eq!(telling_line(""), "it said nothing");
    }

    #[tokio::test]
    async fn a_folder_is_locked_once() {
        let dir = tempfile::tempdir().unwrap();
        let held = lock(dir.path()).await.unwrap();
        let text = lock(dir.path()).await.unwrap_err().to_string();
        assert!(text.contains(&std::process::id().to_string()) && text.contains("UK_DATA_DIR"), "{text}");
        drop(held);
        lock(dir.path()).await.unwrap();
    }
}
