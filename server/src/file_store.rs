//! Subcommands about stored files: from the disk into S3, and the store beside the database.

use crate::cli::{say, words};
use anyhow::{Result, ensure};
use domain::{Ctx, stored};
use platform::{
    blobs::{Blobs, move_files},
    config::Config,
};
use std::process::ExitCode;

/// Keys that are said one by one; the rest are counted.
const SAID: usize = 20;

/// Copies the files of the data folder into the store. Fails when some are there already with another length.
pub(crate) async fn move_to_s3(config: &Config, remove: bool) -> Result<ExitCode> {
    let (disk, store) = (Blobs::on_disk(config), Blobs::from_config(config));
    ensure!(store.is_remote(), "no S3 store is configured: set UK_S3__ENDPOINT and what belongs to it");
    store.check().await?;
    let moved = move_files(&disk, &store, remove, |seen| say(&format!("{seen} files"))).await?;
    say(&format!("{} files sent, {} were there already.", moved.sent, moved.there));
    if moved.differ.is_empty() {
        if !remove {
            say("The data folder still has them: when all is well, run it once more with --remove.");
        }
        return Ok(ExitCode::SUCCESS);
    }
    say_keys("have another length in the store; both were left as they are", &moved.differ);
    Ok(ExitCode::FAILURE)
}

/// Says what does not fit together. Fails when a file is missing, so that a script can tell.
pub(crate) async fn check(ctx: &Ctx, remove_strays: bool) -> Result<ExitCode> {
    let found = stored::compare(ctx).await.map_err(words)?;
    say(&format!("{} files stored.", found.files));
    if !found.strays.is_empty() {
        say_keys("are named by nothing", &found.strays);
        if remove_strays {
            let gone = stored::remove(ctx, &found.strays).await.map_err(words)?;
            say(&format!("{gone} deleted."));
        }
    }
    if found.missing.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    say_keys("are missing: bring them back from a backup", &found.missing);
    Ok(ExitCode::FAILURE)
}

fn say_keys(what: &str, keys: &[String]) {
    say(&format!("✗ {} files {what}:", keys.len()));
    for key in keys.iter().take(SAID) {
        say(&format!("    {key}"));
    }
    if keys.len() > SAID {
        say(&format!("    … and {} more", keys.len() - SAID));
    }
}
