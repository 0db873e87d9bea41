//! `uk-crm backup` and `uk-crm restore`: the database, the files and the keys as one folder, and back again.
//!
//! The files are copied before the database and once more after it: one that was deleted or came meanwhile is a file too
//! many, never one too few.

use crate::{
    cli::say,
    keep::{self, Copying},
};
use anyhow::{Context, Result, bail, ensure};
use chrono::{DateTime, Utc};
use platform::{
    backup::Copied,
    clock::Clock,
    config::{Config, Secret},
    db::{Db, DbError},
    pg::{self, EmbeddedPg},
    secrets::{self, Key, Secrets},
};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Of the folder's shape.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const DUMP: &str = "database.dump";
const FILES: &str = "blobs";
/// Login that sees all of a configured database.
const LOGIN: &str = "BACKUP_DATABASE_URL";

/// What a backup says of itself; written last, so that a folder with it is whole.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    /// Of the program that made it.
    version: String,
    made_at: DateTime<Utc>,
    /// Migrations of the database: version and checksum.
    steps: Vec<(i64, String)>,
    /// SHA-256 of the database's copy.
    dump: String,
    /// How many files; absent when they are in S3.
    files: Option<u64>,
    /// Names of the keys of encrypted fields; the first seals.
    field_keys: Vec<String>,
}

/// The database as it can be reached, and ours to stop when we have started it.
struct Reached {
    copied: Copied,
    owner: Secret,
    pg: Option<EmbeddedPg>,
}

impl Reached {
    /// `beside`: also while the product serves with it.
    async fn open(config: &Config, login: Option<String>, beside: bool) -> Result<Self> {
        let login = login.or_else(|| std::env::var(LOGIN).ok()).filter(|login| !login.is_empty());
        if let Some(url) = &config.database.url {
            let owner = config.database.owner_url.clone().unwrap_or_else(|| url.clone());
            let login = login.map_or_else(|| owner.clone(), Secret::from);
            return Ok(Self { copied: Copied::new(login, None), owner, pg: None });
        }
        if beside && let Some(running) = pg::running(&config.data_dir)? {
            let owner = running.superuser_url.clone();
            let copied = Copied::new(running.superuser_url, Some(running.bin_dir));
            return Ok(Self { copied, owner, pg: None });
        }
        let pg = EmbeddedPg::start(&config.data_dir, |line| say(&format!("  · {line}"))).await?;
        let copied = Copied::new(pg.superuser_url(), Some(pg.bin_dir().to_owned()));
        Ok(Self { copied, owner: pg.owner_url(), pg: Some(pg) })
    }

    async fn close(self) {
        if let Some(pg) = self.pg
            && let Err(error) = pg.stop().await
        {
            tracing::error!(%error, "the embedded PostgreSQL did not stop; the next start takes it over");
        }
    }
}

/// Writes a backup into a folder that is empty or not there. The product may be running.
pub async fn backup(config: &Config, folder: &Path, login: Option<String>) -> Result<()> {
    let embedded = config.database.url.is_none();
    if embedded && !pg::is_installed(&config.data_dir) {
        bail!("there is no installation in the data folder {}: set UK_DATA_DIR", config.data_dir.display());
    }
    ensure!(
        config.data_dir.join(secrets::FILE).is_file() || config.auth.field_key.is_some(),
        "there are no keys in the data folder {}: set UK_DATA_DIR to the folder the product runs with",
        config.data_dir.display()
    );
    keep::fresh_folder(folder)?;
    let reached = Reached::open(config, login, true).await?;
    let made = write(config, folder, &reached.copied).await;
    reached.close().await;
    if made.is_err() {
        // It was empty before; whatever stays without a manifest is refused by `restore`.
        let _half = fs::remove_dir_all(folder);
    }
    let made = made?;
    say(&format!("✓ backup in {}", folder.display()));
    say(
        "! It holds secrets: everybody's data, and the keys of encrypted fields and of sessions. Only its owner can read",
    );
    say("  the files (mode 0600); keep it as safe as the installation itself, and encrypted where others come near.");
    if made.files.is_none() {
        let bucket = config.s3.bucket.as_deref().unwrap_or_default();
        say(&format!("! Files are in S3 and not in it: copy the bucket `{bucket}` with the store's own tools."));
    }
    if config.auth.field_key.is_some() {
        say(
            "! The keys of encrypted fields are in the configuration and not in it: keep auth.field_key and auth.index_key too.",
        );
    }
    Ok(())
}

async fn write(config: &Config, folder: &Path, copied: &Copied) -> Result<Manifest> {
    copied.sees_all().await?;
    let steps = copied.steps().await?;
    ensure!(!steps.is_empty(), "the database is empty: there is nothing to keep");
    let before = files(config, folder).await?;
    let dump = folder.join(DUMP);
    copied.dump(&dump).await?;
    let digest = keep::digest(dump.clone()).await?;
    say(&format!("  ✓ database ({} kB)", fs::metadata(&dump)?.len() / 1024));
    let files = match (before, files(config, folder).await?) {
        (Some(before), Some(after)) => Some(before + after),
        _ => None,
    };
    if let Some(files) = files {
        say(&format!("  ✓ {files} files"));
    }
    let keys = config.data_dir.join(secrets::FILE);
    if keys.is_file() {
        keep::private_copy(&keys, &folder.join(secrets::FILE))?;
        say("  ✓ keys");
    }
    let made = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: Clock::system().now(),
        steps,
        dump: digest,
        files,
        field_keys: field_keys(config)?,
    };
    keep::private_file(&folder.join(MANIFEST), &serde_json::to_vec_pretty(&made)?)?;
    Ok(made)
}

/// Copies the files of the disk that are not copied yet, and says how many; none when they are in S3.
async fn files(config: &Config, folder: &Path) -> Result<Option<u64>> {
    match &config.s3.endpoint {
        Some(_) => Ok(None),
        None => keep::copy(config.data_dir.join("blobs"), folder.join(FILES), Copying::Missing).await.map(Some),
    }
}

/// Brings a backup back. The product must not be running; `force` replaces what is there.
pub async fn restore(config: &Config, folder: &Path, force: bool, login: Option<String>) -> Result<()> {
    let made = read(folder).await?;
    say(&format!("▸ Backup of {} by UK CRM {}", made.made_at.format("%Y-%m-%d %H:%M UTC"), made.version));
    fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("the data folder {} cannot be made", config.data_dir.display()))?;
    let reached = Reached::open(config, login, false).await?;
    let brought = bring_back(config, folder, &made, &reached, force).await;
    reached.close().await;
    brought?;
    let known = field_keys(config)?;
    let missing: Vec<&str> = made.field_keys.iter().filter(|key| !known.contains(key)).map(String::as_str).collect();
    if !missing.is_empty() {
        say(&format!(
            "! The keys {} are missing: what they sealed cannot be read. Add them to auth.field_key, and the auth.index_key \
             that goes with them.",
            missing.join(", ")
        ));
    }
    if made.files.is_none() {
        say("! Files were in S3 and are not in the backup: bring back the bucket as well, and configure it.");
    }
    say("✓ Restored. Start the product; messages that waited when the backup was made are sent now.");
    Ok(())
}

/// The manifest, when the folder is whole and this program can go on from it.
async fn read(folder: &Path) -> Result<Manifest> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).with_context(|| format!("{} is no whole backup: no {MANIFEST}", folder.display()))?;
    let made: Manifest = serde_json::from_slice(&text).with_context(|| format!("{} is damaged", path.display()))?;
    ensure!(made.format == FORMAT, "the backup was made by UK CRM {}: restore it with that version", made.version);
    match Db::goes_on_from(&made.steps) {
        Ok(()) => {}
        Err(DbError::Newer(step)) => bail!(
            "the backup was made by a newer UK CRM ({}; its step {step} is unknown to this one): restore it with that version",
            made.version
        ),
        Err(_) => {
            bail!("the backup was made by another build of UK CRM ({}): restore it with that build", made.version)
        }
    }
    let digest = keep::digest(folder.join(DUMP)).await.with_context(|| format!("{DUMP} cannot be read"))?;
    ensure!(digest == made.dump, "{} is damaged: take another backup", folder.join(DUMP).display());
    Ok(made)
}

async fn bring_back(config: &Config, folder: &Path, made: &Manifest, reached: &Reached, force: bool) -> Result<()> {
    let copied = &reached.copied;
    let open = copied.in_use().await?;
    ensure!(
        open == 0,
        "uk-crm still works with this database ({open} connections): stop every server and worker first"
    );
    let empty = copied.is_empty().await?;
    ensure!(
        empty || force,
        "the database is not empty. Restore into a new installation (another UK_DATA_DIR or database), or replace what is \
         there with --force: all of it is lost"
    );
    ensure!(
        made.files.is_none() || config.s3.endpoint.is_none(),
        "the backup holds files of a disk, and this installation keeps them in S3: restore without UK_S3__*, then configure it and run `uk-crm move-files`"
    );
    let keys = brings_keys(&config.data_dir, folder, force)?;
    if made.files.is_some() {
        let files = keep::copy(folder.join(FILES), config.data_dir.join("blobs"), Copying::Again).await?;
        say(&format!("  ✓ {files} files"));
    }
    // After the files, which may fill the disk: what is there goes on with its own keys when that fails.
    let aside = if keys { bring_keys(&config.data_dir, folder)? } else { None };
    // Last: what failed before can simply be tried again, and so can this, which leaves the database as it was.
    if let Err(error) = copied.restore(&reached.owner, &folder.join(DUMP), !empty).await {
        if let Some(aside) = aside {
            let to = config.data_dir.join(secrets::FILE);
            fs::rename(&aside, &to).with_context(|| format!("{error} {} cannot be moved back", aside.display()))?;
            say("  · the keys are again those that were there");
        }
        return Err(error.into());
    }
    let migrated = domain::migrate::run(&reached.owner).await;
    migrated.map_err(|error| anyhow::anyhow!("the database was brought back and could not be migrated: {error}"))?;
    say("  ✓ database");
    Ok(())
}

/// Whether the backup has keys that are not there yet; others may be replaced by force only.
fn brings_keys(data_dir: &Path, folder: &Path, force: bool) -> Result<bool> {
    let (from, to) = (folder.join(secrets::FILE), data_dir.join(secrets::FILE));
    if !from.is_file() {
        return Ok(false);
    }
    if to.is_file() {
        if fs::read(&from)? == fs::read(&to)? {
            return Ok(false);
        }
        ensure!(
            force,
            "{} holds other keys than the backup. Restore into a new data folder, or replace them with --force",
            to.display()
        );
    }
    Ok(true)
}

/// Other keys that are there already are kept beside: says where.
fn bring_keys(data_dir: &Path, folder: &Path) -> Result<Option<PathBuf>> {
    let (from, to) = (folder.join(secrets::FILE), data_dir.join(secrets::FILE));
    let mut kept = None;
    if to.is_file() {
        let aside = aside(&to);
        fs::rename(&to, &aside).with_context(|| format!("{} cannot be moved", to.display()))?;
        say(&format!("  · the keys that were there are now {}", aside.display()));
        kept = Some(aside);
    }
    keep::private_copy(&from, &to)?;
    say("  ✓ keys");
    Ok(kept)
}

fn aside(keys: &Path) -> PathBuf {
    keys.with_extension(format!("{}.toml", Clock::system().now().format("%Y%m%d-%H%M%S")))
}

fn field_keys(config: &Config) -> Result<Vec<String>> {
    Ok(Secrets::load_or_create(config)?.field.iter().map(Key::name).collect())
}
