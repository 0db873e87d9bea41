//! The postmaster: started apart from our terminal, adopted when it outlived us, stopped in an orderly way.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use sqlx::Connection;
use tokio::process::{Child, Command};

use super::binaries::Binaries;
use super::cluster::{self, Passwords};
use super::place::{Place, telling_line};
use super::{PgError, io_error};

/// Recovery after a crash may replay up to `max_wal_size`.
const START_TIME: Duration = Duration::from_secs(120);
/// After this the person waiting is told why.
const QUIET_TIME: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(25);
const STOP_TIME_S: u32 = 30;
const PORT: &str = "5432";

/// Small and safe: a few hundred megabytes of data on a small machine, and no acknowledged write is ever lost.
const SETTINGS: [&str; 20] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=60",
    "shared_buffers=64MB",
    "work_mem=8MB",
    "maintenance_work_mem=64MB",
    "effective_cache_size=512MB",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "wal_compression=on",
    "max_wal_size=512MB",
    "random_page_cost=1.1",
    "jit=off",
    "max_parallel_workers_per_gather=1",
    "autovacuum_max_workers=2",
    "password_encryption=scram-sha-256",
    "log_checkpoints=off",
    "log_line_prefix=%m [%p] ",
    "timezone=UTC",
];

/// A running server. `child` is ours to reap; an adopted one has another parent.
#[derive(Debug)]
pub(super) struct Postmaster {
    pub(super) pid: u32,
    pub(super) child: Option<Child>,
    pub(super) binaries: Binaries,
}

impl Postmaster {
    pub(super) fn is_alive(&mut self, place: &Place) -> bool {
        match &mut self.child {
            // An error here means that it cannot be waited for: it is gone.
            Some(child) => matches!(child.try_wait(), Ok(None)),
            None => is_of_cluster(self.pid, &place.cluster),
        }
    }
}

/// A program of the server, run as the account with a clean environment: a stray PGDATA or PGHOST must not lead it astray.
pub(super) fn command(binaries: &Binaries, program: &str, place: &Place) -> Command {
    let mut command = Command::new(binaries.program(program));
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", &place.base)
        .env("LC_ALL", "C.UTF-8")
        .env("LANGUAGE", "C")
        .current_dir(&place.base)
        .stdin(Stdio::null());
    if let Some(account) = place.account {
        // The standard library drops root's supplementary groups along with the user id.
        command.gid(account.gid).uid(account.uid);
    }
    command
}

/// Starts or adopts the server and waits until it takes logins. Also tells where its socket is.
pub(super) async fn start(
    binaries: &Binaries,
    place: &Place,
    passwords: &Passwords,
    progress: &impl Fn(&str),
) -> Result<(Postmaster, PathBuf), PgError> {
    let begun = Instant::now();
    let mut told = false;
    let (mut server, mut socket_dir) = match running(&place.cluster)? {
        Some((pid, socket_dir)) => {
            progress("Taking over the database server that is still running");
            (Postmaster { pid, child: None, binaries: binaries.clone() }, socket_dir)
        }
        None => (spawn(binaries, place).await?, place.socket_dir.clone()),
    };
    loop {
        let last = match cluster::connect(passwords, &socket_dir).await {
            Ok(connection) => {
                connection.close().await?;
                return Ok((server, socket_dir));
            }
            // A wrong password will not become right by waiting.
            Err(error) if is_refusal(&error) => {
                if server.child.is_some() {
                    stop(server, place).await?;
                }
                return Err(error.into());
            }
            Err(error) => error,
        };
        if !server.is_alive(place) {
            if server.child.is_some() {
                return Err(PgError::Start { reason: place.last_log_line(), log: place.log.clone() });
            }
            // The adopted one was on its way out.
            server = spawn(binaries, place).await?;
            socket_dir.clone_from(&place.socket_dir);
        }
        if begun.elapsed() > START_TIME {
            return Err(PgError::Start { reason: last.to_string(), log: place.log.clone() });
        }
        if begun.elapsed() > QUIET_TIME && !std::mem::replace(&mut told, true) {
            progress("Waiting for the database (it may be recovering from an unclean stop)");
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Stops fast: running transactions are rolled back, everything committed is written out.
pub(super) async fn stop(mut server: Postmaster, place: &Place) -> Result<(), PgError> {
    if server.is_alive(place) {
        let output = command(&server.binaries, "pg_ctl", place)
            .args(["stop", "--mode=fast", "--wait", "--silent", "--timeout", &STOP_TIME_S.to_string()])
            .arg("--pgdata")
            .arg(&place.cluster)
            .output()
            .await
            .map_err(io_error("Cannot run", &server.binaries.program("pg_ctl")))?;
        // It may have ended by itself meanwhile.
        if !output.status.success() && server.is_alive(place) {
            return Err(PgError::Stop(telling_line(&String::from_utf8_lossy(&output.stderr))));
        }
    }
    if let Some(child) = &mut server.child {
        child.wait().await.map_err(io_error("Cannot wait for", &place.cluster))?;
    }
    Ok(())
}

async fn spawn(binaries: &Binaries, place: &Place) -> Result<Postmaster, PgError> {
    clear_leftovers(place).await?;
    let log = place.open_log()?;
    let errors = log.try_clone().map_err(io_error("Cannot open", &place.log))?;
    let mut socket_setting = std::ffi::OsString::from("unix_socket_directories=");
    socket_setting.push(&place.socket_dir);
    let child = command(binaries, "postgres", place)
        .arg("-D")
        .arg(&place.cluster)
        .args(["-p", PORT])
        .args(SETTINGS.iter().flat_map(|setting| ["-c", setting]))
        .arg("-c")
        .arg(socket_setting)
        .stdout(log)
        .stderr(errors)
        // A Ctrl-C in the terminal is for us: the database must live until we have drained.
        .process_group(0)
        .spawn()
        .map_err(io_error("Cannot run", &binaries.program("postgres")))?;
    let pid = child.id().ok_or_else(|| PgError::Start { reason: place.last_log_line(), log: place.log.clone() })?;
    Ok(Postmaster { pid, child: Some(child), binaries: binaries.clone() })
}

/// The running server of a cluster and its socket folder, from `postmaster.pid`.
pub(super) fn running(cluster: &Path) -> Result<Option<(u32, PathBuf)>, PgError> {
    let path = cluster.join("postmaster.pid");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error("Cannot read", &path)(error)),
    };
    let mut lines = text.lines();
    let pid = lines.next().and_then(|line| line.trim().parse::<u32>().ok());
    // Lines: pid, folder, start time, port, socket folder.
    let socket_dir = lines.nth(3).map(PathBuf::from);
    Ok(pid.filter(|pid| is_of_cluster(*pid, cluster)).zip(socket_dir))
}

/// Whether a process works in the cluster's folder, as all its server processes do. A process id alone may have been
/// given to somebody else since.
fn is_of_cluster(pid: u32, cluster: &Path) -> bool {
    let folder = fs::read_link(format!("/proc/{pid}/cwd"));
    folder.is_ok_and(|folder| cluster.canonicalize().is_ok_and(|cluster| cluster == folder))
}

/// After a killed postmaster: waits for its orphaned children, then removes the files that name it. PostgreSQL would do
/// so too, unless the process id belongs to somebody else by now, as it often does in a restarted container.
async fn clear_leftovers(place: &Place) -> Result<(), PgError> {
    let begun = Instant::now();
    while let Some(pid) = process_of_cluster(&place.cluster)? {
        if begun.elapsed() > START_TIME {
            let reason = format!("process {pid} of a killed server still runs in {}; end it", place.cluster.display());
            return Err(PgError::Start { reason, log: place.log.clone() });
        }
        tokio::time::sleep(POLL).await;
    }
    let socket = place.socket_dir.join(format!(".s.PGSQL.{PORT}"));
    let socket_lock = place.socket_dir.join(format!(".s.PGSQL.{PORT}.lock"));
    for path in [place.cluster.join("postmaster.pid"), socket, socket_lock] {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(io_error("Cannot remove", &path)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn process_of_cluster(cluster: &Path) -> Result<Option<u32>, PgError> {
    let proc = Path::new("/proc");
    let entries = fs::read_dir(proc).map_err(io_error("Cannot look into", proc))?;
    let mut pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    Ok(pids.find(|pid| is_of_cluster(*pid, cluster)))
}

/// Class 28: invalid authorisation.
fn is_refusal(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code.starts_with("28"))
}
