//! A logical copy of the database and back again, by PostgreSQL's own programs.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin, Command};

/// Roles that the copy names. They belong to the cluster and not to the database, so a new cluster has to get them first:
/// as the first migration makes them.
const ROLES: &str = "
do $$ begin
  if not exists (select from pg_roles where rolname = 'uk_app') then create role uk_app noinherit; end if;
  if not exists (select from pg_roles where rolname = 'uk_system') then create role uk_system nologin; end if;
end $$;
alter role uk_app noinherit;
grant uk_system to uk_app;
do $$ begin
  execute format('grant uk_app, uk_system to %I', current_user);
exception when others then null; -- a superuser needs no membership
end $$;";

/// Some functions belong to `uk_system`, which may make nothing itself.
const OPEN: &str = "grant create on schema public to uk_system";
/// What the copy does not hold: a right on the database itself, and jobs that nobody works on any more.
const CLOSE: &str = "
revoke create on schema public from uk_system;
do $$ begin
  execute format('grant temporary on database %I to uk_system', current_database());
exception when insufficient_privilege then null; -- only the demo data need it
end $$;
update graphile_worker._private_jobs set locked_at = null, locked_by = null where locked_at is not null;
update graphile_worker._private_job_queues set locked_at = null, locked_by = null where locked_at is not null;";

/// Takes everything of ours out of a database.
const CLEAR: &str = "
drop schema if exists graphile_worker cascade;
drop schema public cascade;
create schema public;
alter schema public owner to pg_database_owner;
grant usage on schema public to public;";

/// Why a copy could not be made or brought back; each is a sentence for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The address is malformed.
    #[error("The address of the database is malformed.")]
    Address,
    /// It cannot be asked.
    #[error("The database cannot be read: {0}.")]
    Sql(#[from] sqlx::Error),
    /// The login would see a part only.
    #[error(
        "The login {0} does not see every row. Give one that does (a superuser, or a role with BYPASSRLS): \
         --database postgres://…, or the variable BACKUP_DATABASE_URL."
    )]
    Blind(String),
    /// What is in the copy belongs to somebody whom the login may not act for.
    #[error(
        "The copy belongs to the role {0}, which is not there or not the login's. Make the role, or give the login of a \
         superuser: --database postgres://…, or the variable BACKUP_DATABASE_URL."
    )]
    Owner(String),
    /// A program is not there.
    #[error("{0} is not installed. Install PostgreSQL's programs (Debian: apt-get install postgresql-client).")]
    NotInstalled(&'static str),
    /// A program could not do it.
    #[error("{program} failed: {reason}")]
    Failed {
        /// Its name.
        program: &'static str,
        /// Its word.
        reason: String,
    },
    /// The copy could not be written.
    #[error("{path} cannot be written: {source}.")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
}

/// A database as somebody reaches it who sees all of it, with the programs that fit it.
#[derive(Clone, Debug)]
pub struct Copied {
    url: SecretString,
    programs: Option<PathBuf>,
}

impl Copied {
    /// Without a folder the programs are looked for where the system keeps them.
    #[must_use]
    pub fn new(url: SecretString, programs: Option<PathBuf>) -> Self {
        Self { url, programs }
    }

    async fn connect(&self) -> Result<PgConnection, BackupError> {
        connect(&self.url).await
    }

    /// Refuses a login that row-level security binds: its copy would be short without a word.
    ///
    /// # Errors
    /// When it is such a login, or the database does not answer.
    pub async fn sees_all(&self) -> Result<(), BackupError> {
        let mut connection = self.connect().await?;
        let (login, sees): (String, bool) =
            sqlx::query_as("select rolname::text, rolsuper or rolbypassrls from pg_roles where rolname = current_user")
                .fetch_one(&mut connection)
                .await?;
        connection.close().await?;
        if sees { Ok(()) } else { Err(BackupError::Blind(login)) }
    }

    /// The migrations it has: version and checksum. None when it is not a database of ours.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn steps(&self) -> Result<Vec<(i64, String)>, BackupError> {
        let mut connection = self.connect().await?;
        let listed: bool = sqlx::query_scalar("select to_regclass('public._sqlx_migrations') is not null")
            .fetch_one(&mut connection)
            .await?;
        let steps = if listed {
            let steps =
                "select version, encode(checksum, 'hex') from public._sqlx_migrations where success order by version";
            sqlx::query_as(steps).fetch_all(&mut connection).await?
        } else {
            Vec::new()
        };
        connection.close().await?;
        Ok(steps)
    }

    /// Whether there are tables of anybody in it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_empty(&self) -> Result<bool, BackupError> {
        let mut connection = self.connect().await?;
        let full: bool = sqlx::query_scalar(
            "select exists(select from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
                 and n.nspname not like 'pg\\_toast%' and n.nspname not like 'pg\\_temp%')",
        )
        .fetch_one(&mut connection)
        .await?;
        connection.close().await?;
        Ok(!full)
    }

    /// How many connections of ours are open to it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn in_use(&self) -> Result<i64, BackupError> {
        let mut connection = self.connect().await?;
        let open = sqlx::query_scalar(
            "select count(*) from pg_stat_activity
             where datname = current_database() and application_name = 'uk-crm' and pid <> pg_backend_pid()",
        )
        .fetch_one(&mut connection)
        .await?;
        connection.close().await?;
        Ok(open)
    }

    /// Writes everything as of one moment into a file that only its owner can read. Nobody has to stop working.
    ///
    /// # Errors
    /// When the program is missing or fails, or the file is there already.
    pub async fn dump(&self, to: &Path) -> Result<(), BackupError> {
        let io = |source| BackupError::Io { path: to.to_owned(), source };
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).map_err(io)?;
        let mut command = self.command("pg_dump")?;
        command.args(["--format=custom", "--lock-wait-timeout=30000", "--file"]).arg(to);
        run("pg_dump", command).await?;
        std::fs::File::open(to).and_then(|file| file.sync_all()).map_err(io)
    }

    /// Brings a copy back into a database without tables, whole or not at all. `owner` is who migrates it; with `clear`
    /// what is in the way goes first, in the same transaction: when the copy cannot be read, all is as it was.
    ///
    /// # Errors
    /// When a program is missing or fails.
    pub async fn restore(&self, owner: &SecretString, from: &Path, clear: bool) -> Result<(), BackupError> {
        let mut migrator = connect(owner).await?;
        sqlx::raw_sql(ROLES).execute(&mut migrator).await?;
        migrator.close().await?;
        let mut connection = self.connect().await?;
        // Such a copy would stop half-way, after all the time that takes.
        if let Some(owner) = self.stranger(&mut connection, from).await? {
            return Err(BackupError::Owner(owner));
        }
        connection.close().await?;
        // A transaction of pg_restore's own has no place for words of ours: it only writes the script.
        let mut script = self.program("pg_restore");
        // Words about extensions and the schema may be written by their owners only, who may be others here.
        script.args(["--exit-on-error", "--no-comments", "--file", "-"]).arg(from);
        let script = script.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let script = script.map_err(|error| not_started("pg_restore", &error))?;
        let mut psql = self.command("psql")?;
        psql.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", "-"]);
        let psql = psql.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut psql = psql.map_err(|error| not_started("psql", &error))?;
        let input = psql.stdin.take().ok_or_else(|| failed("psql", "it reads nothing"))?;
        let begin = format!("begin;\n{}\n{OPEN};\n", if clear { CLEAR } else { "" });
        let (written, loaded) = tokio::join!(feed(&begin, script, input), psql.wait_with_output());
        if let Ok(output) = &written {
            said("pg_restore", output)?;
        }
        // Whoever stopped to listen says why.
        said("psql", &loaded.map_err(|error| failed("psql", error))?)?;
        written.map(drop).map_err(|error| failed("psql", error))
    }

    /// An owner in the copy whom the login may not act for.
    async fn stranger(&self, connection: &mut PgConnection, from: &Path) -> Result<Option<String>, BackupError> {
        let mut command = self.command("pg_restore")?;
        command.arg("--list").arg(from);
        // The owner is the last word of a line; extensions have none.
        let owners: BTreeSet<String> = run("pg_restore", command)
            .await?
            .lines()
            .filter(|line| !line.starts_with(';'))
            .filter_map(|line| line.rsplit(' ').next())
            .filter(|owner| !owner.is_empty() && !owner.starts_with("pg_"))
            .map(str::to_owned)
            .collect();
        let missing = "select owner from unnest($1::text[]) owner where not exists
               (select from pg_roles where rolname = owner and pg_has_role(oid, 'member')) limit 1";
        let owners: Vec<String> = owners.into_iter().collect();
        Ok(sqlx::query_scalar(missing).bind(owners).fetch_optional(connection).await?)
    }

    /// Tells a program where the database is. The password goes through its environment: arguments are read by anybody.
    fn command(&self, name: &'static str) -> Result<Command, BackupError> {
        let mut address = reqwest::Url::parse(self.url.expose_secret()).map_err(|_| BackupError::Address)?;
        let password = address.password().map(decoded);
        if password.is_some() {
            address.set_password(None).map_err(|()| BackupError::Address)?;
        }
        let mut command = self.program(name);
        command.args(["--no-password", "--dbname"]).arg(address.as_str());
        if let Some(password) = password {
            command.env("PGPASSWORD", password);
        }
        Ok(command)
    }

    /// A program that is told nothing yet.
    fn program(&self, name: &'static str) -> Command {
        // A folder with the server alone leaves the rest to PATH.
        let beside = self.programs.as_ref().map(|folder| folder.join(name)).filter(|path| path.is_file());
        let program = beside.unwrap_or_else(|| PathBuf::from(name));
        let mut command = Command::new(program);
        // A stray PGHOST or PGSERVICE must not lead it astray.
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("PG") {
                command.env_remove(variable);
            }
        }
        command.env("LC_ALL", "C.UTF-8").env("PGAPPNAME", "uk-crm backup").kill_on_drop(true);
        command.stdin(Stdio::null());
        command
    }
}

async fn connect(url: &SecretString) -> Result<PgConnection, BackupError> {
    let options = PgConnectOptions::from_str(url.expose_secret()).map_err(|_| BackupError::Address)?;
    Ok(PgConnection::connect_with(&options).await?)
}

/// Gives psql what begins a transaction and the script of a copy, and has it committed once the script is whole: of a
/// damaged copy a part is written, which psql alone would take for all of it.
async fn feed(begin: &str, mut script: Child, mut psql: ChildStdin) -> io::Result<Output> {
    psql.write_all(begin.as_bytes()).await?;
    let mut lines = script.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let (_, output) = tokio::try_join!(tokio::io::copy(&mut lines, &mut psql), script.wait_with_output())?;
    if output.status.success() {
        psql.write_all(format!("{CLOSE}\ncommit;\n").as_bytes()).await?;
    }
    Ok(output)
}

/// What a program said.
async fn run(program: &'static str, mut command: Command) -> Result<String, BackupError> {
    let output = command.output().await.map_err(|error| not_started(program, &error))?;
    said(program, &output)
}

fn said(program: &'static str, output: &Output) -> Result<String, BackupError> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let tells = |line: &&str| line.contains("error:") || line.contains("ERROR:");
    let telling = said.lines().find(tells).or_else(|| said.lines().last());
    Err(failed(program, telling.unwrap_or("it said nothing")))
}

fn not_started(program: &'static str, error: &io::Error) -> BackupError {
    match error.kind() {
        io::ErrorKind::NotFound => BackupError::NotInstalled(program),
        _ => failed(program, error),
    }
}

fn failed(program: &'static str, reason: impl ToString) -> BackupError {
    BackupError::Failed { program, reason: reason.to_string() }
}

/// `p%40ss` -> `p@ss`, in bytes: a password need not be UTF-8 once it is decoded.
fn decoded(text: &str) -> std::ffi::OsString {
    use std::os::unix::ffi::OsStringExt;
    let (bytes, mut plain, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let coded = text.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, coded) {
            (b'%', Some(coded)) => {
                plain.push(coded);
                at += 3;
            }
            _ => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    std::ffi::OsString::from_vec(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_decoded_and_never_among_the_arguments() {
        for (coded, plain) in [("p%40s%25s", "p@s%s"), ("100%", "100%"), ("%zz", "%zz"), ("%D1%8F", "я"), ("", "")] {
            assert_eq!(decoded(coded), plain, "{coded}");
        }
        let copied = Copied::new("postgres://uk:hunter%32@h:5432/d?sslmode=disable".to_owned().into(), None);
        let command = copied.command("pg_dump").unwrap();
        let arguments: Vec<_> = command.as_std().get_args().map(|a| a.to_string_lossy().into_owned()).collect();
        assert!(arguments.contains(&"postgres://uk@h:5432/d?sslmode=disable".to_owned()), "{arguments:?}");
        let mut set = command.as_std().get_envs();
        assert!(set.any(|(name, value)| name == "PGPASSWORD" && value.is_some_and(|value| value == "hunter2")));
        assert!(Copied::new("nonsense".to_owned().into(), None).command("pg_dump").is_err());
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let copied = Copied::new("postgres://h/d".to_owned().into(), Some(dir.path().to_owned()));
        let text = run("pg_nothing", copied.command("pg_nothing").unwrap()).await.unwrap_err().to_string();
        assert!(text.contains("pg_nothing is not installed"), "{text}");
    }
}
