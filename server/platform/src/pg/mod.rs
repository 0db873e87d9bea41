//! The private PostgreSQL cluster of an installation without configuration: found binaries, a cluster in the data
//! folder, a Unix socket only, full durability. Started and stopped with the product.

mod binaries;
mod cluster;
mod keeper;
mod place;
mod process;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use cluster::Passwords;
pub use keeper::KeptPg;
use place::Place;
use process::Postmaster;

/// Major versions we are tested with begin here: older ones lack what the migrations use.
const OLDEST: u32 = 14;

/// A running private cluster. Call [`EmbeddedPg::stop`]; dropped without it the database runs on, and the next start
/// adopts it.
#[derive(Debug)]
pub struct EmbeddedPg {
    postmaster: Postmaster,
    place: Place,
    passwords: Passwords,
    socket_dir: PathBuf,
    /// Held as long as we use the data folder.
    _lock: File,
}

/// Why the embedded database does not run; each is a sentence for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum PgError {
    /// No server binaries.
    #[error(
        "PostgreSQL is not installed. Install it (Debian: apt-get install postgresql), or set UK_DATABASE__URL to use another server."
    )]
    NotInstalled,
    /// Too old to run our migrations.
    #[error("PostgreSQL {0} is too old; version {OLDEST} or newer is needed.")]
    TooOld(u32),
    /// The cluster belongs to another major version.
    #[error(
        "The database in {folder} was made by PostgreSQL {cluster}, but only version {installed} is installed. \
         Install the package postgresql-{cluster}, or run `make clean-data` to begin with an empty database."
    )]
    Version {
        /// Where the cluster is.
        folder: PathBuf,
        /// Its major version.
        cluster: String,
        /// The newest one installed.
        installed: u32,
    },
    /// Another process of ours uses the folder.
    #[error(
        "Another uk-crm (process {pid}) already uses the data folder {folder}. Stop it, or set UK_DATA_DIR to another folder."
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// Who uses it.
        pid: String,
    },
    /// The cluster is another user's.
    #[error(
        "The database in {folder} belongs to another user. Run uk-crm as that user or as root, or set UK_DATA_DIR."
    )]
    NotOurs {
        /// Where the cluster is.
        folder: PathBuf,
    },
    /// We are root and there is nobody to be instead.
    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor `nobody`. Run uk-crm as an ordinary user."
    )]
    NoUser,
    /// The passwords are gone or unreadable.
    #[error(
        "The passwords of the embedded database in {path} are missing or damaged. Restore the file from a backup, \
         or run `make clean-data` to begin with an empty database."
    )]
    Passwords {
        /// The file.
        path: PathBuf,
    },
    /// A folder or file could not be made, read or written.
    #[error("{what} {path}: {source}.")]
    Io {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// The cluster could not be made.
    #[error("The database could not be created: {0}")]
    Init(String),
    /// The server does not start.
    #[error("The database does not start: {reason} (log: {log})")]
    Start {
        /// Last line of its log.
        reason: String,
        /// The whole log.
        log: PathBuf,
    },
    /// The server does not stop.
    #[error("The database does not stop: {0}")]
    Stop(String),
    /// Roles or the database could not be made.
    #[error("The embedded database could not be prepared: {0}.")]
    Prepare(#[from] sqlx::Error),
}

impl EmbeddedPg {
    /// Starts the cluster of a data folder, making it first when it is not there, and waits until it takes logins.
    /// A server left behind by a killed process is adopted. `progress` is told what takes long.
    ///
    /// # Errors
    /// A sentence about what is in the way.
    pub async fn start(data_dir: &Path, progress: impl Fn(&str)) -> Result<Self, PgError> {
        let lock = place::lock(data_dir).await?;
        let place = Place::find(data_dir, &progress)?;
        let binaries = binaries::find(&place.cluster)?;
        let passwords = Passwords::load_or_create(data_dir, &place)?;
        if !place.is_initialised() {
            progress("Creating the database (a few seconds, once)");
            cluster::init(&binaries, &place, &passwords).await?;
        }
        let (postmaster, socket_dir) = process::start(&binaries, &place, &passwords, &progress).await?;
        cluster::prepare(&passwords, &socket_dir).await?;
        Ok(Self { postmaster, place, passwords, socket_dir, _lock: lock })
    }

    /// Address for serving, as the login `uk_app`.
    #[must_use]
    pub fn app_url(&self) -> SecretString {
        self.passwords.url(cluster::APP, cluster::DATABASE, &self.socket_dir)
    }

    /// Address for migrations, as the login `uk_owner`.
    #[must_use]
    pub fn owner_url(&self) -> SecretString {
        self.passwords.url(cluster::OWNER, cluster::DATABASE, &self.socket_dir)
    }

    /// Address of the cluster's superuser, for backup, restore and tests that clone databases.
    #[must_use]
    pub fn superuser_url(&self) -> SecretString {
        self.passwords.url(cluster::SUPERUSER, cluster::DATABASE, &self.socket_dir)
    }

    /// Folder with `pg_dump`, `pg_restore` and the other programs of the running version.
    #[must_use]
    pub fn bin_dir(&self) -> &Path {
        &self.postmaster.binaries.dir
    }

    /// Process id of the server.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.postmaster.pid
    }

    /// Whether the server was running already and was taken over.
    #[must_use]
    pub fn was_adopted(&self) -> bool {
        self.postmaster.child.is_none()
    }

    /// Ends all connections, writes everything out and stops the server.
    ///
    /// # Errors
    /// When it does not stop; it recovers at the next start.
    pub async fn stop(self) -> Result<(), PgError> {
        process::stop(self.postmaster, &self.place).await
    }
}

/// A cluster that another process of ours serves with: enough to read it beside that.
#[derive(Debug)]
pub struct RunningPg {
    /// Address of the cluster's superuser.
    pub superuser_url: SecretString,
    /// Folder with the programs of its version.
    pub bin_dir: PathBuf,
}

/// Whether a data folder has an embedded database.
#[must_use]
pub fn is_installed(data_dir: &Path) -> bool {
    data_dir.join(cluster::FILE).is_file()
}

/// The cluster of a data folder when it runs; nothing is started and nobody is stopped.
///
/// # Errors
/// As [`EmbeddedPg::start`].
pub fn running(data_dir: &Path) -> Result<Option<RunningPg>, PgError> {
    let place = Place::find(data_dir, &|_: &str| {})?;
    let Some((_, socket_dir)) = process::running(&place.cluster)? else { return Ok(None) };
    let passwords = Passwords::load_or_create(data_dir, &place)?;
    Ok(Some(RunningPg {
        superuser_url: passwords.url(cluster::SUPERUSER, cluster::DATABASE, &socket_dir),
        bin_dir: binaries::find(&place.cluster)?.dir,
    }))
}

fn io_error(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> PgError {
    let path = path.to_owned();
    move |source| PgError::Io { what, path, source }
}
