//! Makes the cluster, its roles and its database.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use figment::Figment;
use figment::providers::{Format, Toml};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::binaries::Binaries;
use super::place::{Place, telling_line};
use super::process::command;
use super::{PgError, io_error};
use crate::secrets::write_private;
use crate::tokens::random_token;

pub(super) const SUPERUSER: &str = "uk_superuser";
pub(super) const OWNER: &str = "uk_owner";
pub(super) const APP: &str = "uk_app";
pub(super) const DATABASE: &str = "uk_crm";
pub(super) const FILE: &str = "postgres.secrets";

/// Passwords of the logins, kept in `<data_dir>/postgres.secrets` (mode 0600).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Passwords {
    superuser: SecretString,
    owner: SecretString,
    app: SecretString,
}

impl Passwords {
    pub(super) fn load_or_create(data_dir: &Path, place: &Place) -> Result<Self, PgError> {
        let path = data_dir.join(FILE);
        if !path.exists() && place.is_initialised() {
            return Err(PgError::Passwords { path });
        }
        if !path.exists() {
            // Tokens are base64url: nothing in them needs quoting, in SQL or in an address.
            let text = format!(
                "superuser = \"{}\"\nowner = \"{}\"\napp = \"{}\"\n",
                random_token(),
                random_token(),
                random_token()
            );
            write_private(&path, &text).map_err(io_error("Cannot write", &path))?;
        }
        let text = fs::read_to_string(&path).map_err(io_error("Cannot read", &path))?;
        let passwords: Result<Self, _> = Figment::from(Toml::string(&text)).extract();
        passwords.map_err(|_| PgError::Passwords { path })
    }

    fn of(&self, login: &str) -> &str {
        match login {
            OWNER => &self.owner,
            APP => &self.app,
            _ => &self.superuser,
        }
        .expose_secret()
    }

    /// `postgres://` address over the socket.
    pub(super) fn url(&self, login: &str, database: &str, socket_dir: &Path) -> SecretString {
        let host = percent_encode(socket_dir.as_os_str().as_encoded_bytes());
        // The host before the query is only there for parsers that want one.
        let url =
            format!("postgres://{login}:{}@localhost:5432/{database}?host={host}&sslmode=disable", self.of(login));
        SecretString::from(url)
    }
}

fn percent_encode(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(*byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// Makes the cluster aside and renames it when it is whole, so that an interrupted attempt leaves nothing half-made.
pub(super) async fn init(binaries: &Binaries, place: &Place, passwords: &Passwords) -> Result<(), PgError> {
    let draft = place.base.join("data.new");
    remove_folder(&draft)?;
    let password_file = place.base.join("initdb.password");
    remove_file(&password_file)?;
    write_private(&password_file, passwords.of(SUPERUSER)).map_err(io_error("Cannot write", &password_file))?;
    place.hand_over(&password_file)?;
    let made = run_initdb(binaries, place, &draft, &password_file).await;
    remove_file(&password_file)?;
    if made.is_err() {
        remove_folder(&draft)?;
    }
    made?;
    fs::rename(&draft, &place.cluster).map_err(io_error("Cannot rename", &draft))?;
    let base = fs::File::open(&place.base).and_then(|base| base.sync_all());
    base.map_err(io_error("Cannot write", &place.base))
}

async fn run_initdb(binaries: &Binaries, place: &Place, draft: &Path, password_file: &PathBuf) -> Result<(), PgError> {
    let output = command(binaries, "initdb", place)
        .arg("--pgdata")
        .arg(draft)
        .arg("--pwfile")
        .arg(password_file)
        .args(["--username", SUPERUSER, "--auth=scram-sha-256", "--encoding=UTF8"])
        // Knows letters of all alphabets and sorts the same on every machine.
        .args(["--locale=C.UTF-8", "--lc-messages=C", "--data-checksums"])
        .output()
        .await
        .map_err(io_error("Cannot run", &binaries.program("initdb")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let mut reason = telling_line(&said);
    if said.contains("No space left on device") {
        reason = format!("the disk is full; free some space under {} ({reason})", place.base.display());
    }
    Err(PgError::Init(reason))
}

/// Makes roles and database where they are missing; what is there stays as it is.
pub(super) async fn prepare(passwords: &Passwords, socket_dir: &Path) -> Result<(), PgError> {
    let mut admin = connect(passwords, socket_dir).await?;
    for (role, rights) in [(OWNER, "CREATEROLE CREATEDB"), (APP, "NOINHERIT")] {
        let exists: bool = sqlx::query_scalar("select exists(select from pg_roles where rolname = $1)")
            .bind(role)
            .fetch_one(&mut admin)
            .await?;
        if !exists {
            let sql = format!("CREATE ROLE {role} LOGIN {rights} PASSWORD '{}'", passwords.of(role));
            admin.execute(AssertSqlSafe(sql)).await?;
        }
    }
    let version: i32 =
        sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(&mut admin).await?;
    if version >= 160_000 {
        // From 16 on a role may only change roles it administers; inheriting `uk_app` would widen the owner's policies.
        admin
            .execute(AssertSqlSafe(format!("GRANT {APP} TO {OWNER} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")))
            .await?;
    }
    let exists: bool = sqlx::query_scalar("select exists(select from pg_database where datname = $1)")
        .bind(DATABASE)
        .fetch_one(&mut admin)
        .await?;
    if !exists {
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {DATABASE} OWNER {OWNER}"))).await?;
    }
    admin
        .execute(AssertSqlSafe(format!(
            "REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC; GRANT CONNECT ON DATABASE {DATABASE} TO {APP}"
        )))
        .await?;
    admin.close().await?;
    Ok(())
}

/// A superuser connection to the maintenance database.
pub(super) async fn connect(passwords: &Passwords, socket_dir: &Path) -> Result<PgConnection, sqlx::Error> {
    let url = passwords.url(SUPERUSER, "postgres", socket_dir);
    PgConnection::connect_with(&PgConnectOptions::from_str(url.expose_secret())?).await
}

fn remove_file(path: &Path) -> Result<(), PgError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io_error("Cannot remove", path)(error)),
        _ => Ok(()),
    }
}

fn remove_folder(path: &Path) -> Result<(), PgError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io_error("Cannot remove", path)(error)),
        _ => Ok(()),
    }
}
