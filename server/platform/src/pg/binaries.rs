//! Finds the server programs: of the version that made the cluster, else the newest.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{OLDEST, PgError, io_error};

/// Programs of one major version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) dir: PathBuf,
    pub(super) major: u32,
}

impl Binaries {
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// The programs for the cluster in `cluster`, which need not exist yet.
pub(super) fn find(cluster: &Path) -> Result<Binaries, PgError> {
    let version_file = cluster.join("PG_VERSION");
    let wanted = match fs::read_to_string(&version_file) {
        Ok(text) => Some(text.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(io_error("Cannot read", &version_file)(error)),
    };
    choose(installed(), wanted, cluster)
}

fn choose(mut found: Vec<Binaries>, wanted: Option<String>, cluster: &Path) -> Result<Binaries, PgError> {
    found.sort_by_key(|binaries| binaries.major);
    let newest = found.last().cloned().ok_or(PgError::NotInstalled)?;
    let Some(wanted) = wanted else {
        return if newest.major < OLDEST { Err(PgError::TooOld(newest.major)) } else { Ok(newest) };
    };
    found.into_iter().rfind(|binaries| binaries.major.to_string() == wanted).ok_or_else(|| PgError::Version {
        folder: cluster.to_owned(),
        cluster: wanted,
        installed: newest.major,
    })
}

fn installed() -> Vec<Binaries> {
    let under = |root: &str, prefix: &str| -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(root) else { return Vec::new() };
        let ours = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
        ours.map(|entry| entry.path().join("bin")).collect()
    };
    // Debian and Red Hat keep the server out of PATH.
    let mut dirs = under("/usr/lib/postgresql", "");
    dirs.extend(under("/usr", "pgsql-"));
    dirs.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    let whole = |dir: &PathBuf| ["postgres", "initdb", "pg_ctl"].iter().all(|name| dir.join(name).is_file());
    dirs.into_iter().filter(whole).filter_map(|dir| Some(Binaries { major: major(&dir)?, dir })).collect()
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` -> 15
fn major(dir: &Path) -> Option<u32> {
    let output = Command::new(dir.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let version = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binaries(major: u32) -> Binaries {
        Binaries { dir: format!("/usr/lib/postgresql/{major}/bin").into(), major }
    }

    #[test]
    fn the_clusters_version_wins_then_the_newest() {
        let cluster = Path::new("/data/postgres");
        let found = || vec![binaries(17), binaries(15)];
        assert_eq!(choose(found(), None, cluster).unwrap().major, 17);
        assert_eq!(choose(found(), Some("15".into()), cluster).unwrap().major, 15);
        let text = choose(found(), Some("16".into()), cluster).unwrap_err().to_string();
        assert!(
            text.contains("PostgreSQL 16") && text.contains("postgresql-16") && text.contains("make clean-data"),
            "{text}"
        );
        assert!(matches!(choose(Vec::new(), None, cluster), Err(PgError::NotInstalled)));
        assert!(matches!(choose(vec![binaries(11)], None, cluster), Err(PgError::TooOld(11))));
    }

    #[test]
    fn this_machine_has_a_server() {
        assert!(!installed().is_empty(), "install PostgreSQL to run the tests");
    }
}
