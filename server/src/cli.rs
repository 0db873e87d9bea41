//! Subcommands.

use crate::{backup, compose::Platform, demo, doctor, file_store, serve};
use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use model::{Lang, Role};
use platform::{
    config::{Config, LogFormat},
    sms::Moderation,
};
use secrecy::ExposeSecret;
use std::{path::PathBuf, process::ExitCode};
use tracing_subscriber::EnvFilter;

#[derive(Parser)]
#[command(name = "uk-crm", version, about = "The working system of a housing management company")]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves HTTP and works off jobs in one process (the default)
    All,
    /// Serves HTTP only
    Serve,
    /// Works off jobs only
    Worker,
    /// Brings the database to the current schema
    Migrate,
    /// Fills an empty database with a demo company
    Seed {
        /// Flats to build
        #[arg(long, default_value_t = 1000)]
        apartments: u32,
        /// The same seed gives the same city
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Makes a company with its administrator, or the owner of the installation
    CreateAdmin {
        /// Name of the company to make
        #[arg(long, required_unless_present = "owner")]
        company: Option<String>,
        /// Of the whole installation instead of a company: companies, operations
        #[arg(long, conflicts_with = "company")]
        owner: bool,
        #[arg(long)]
        login: String,
        /// Read from the variable ADMIN_PASSWORD when absent, so that it stays out of the shell's history
        #[arg(long)]
        password: Option<String>,
        #[arg(long, default_value = "Administrator")]
        name: String,
    },
    /// Tells Telegram where to deliver (server.public_url) and which commands the bot knows
    TelegramWebhook,
    /// Says whether the SMS provider has approved our texts
    SmsTemplates {
        /// Also asks it to approve those it has not seen
        #[arg(long)]
        submit: bool,
    },
    /// Seals all encrypted fields with the newest key; broken off, it is simply run again
    RotateKeys {
        /// Only makes a new key and puts it in front (keys of the data folder). Restart all processes, then run without it
        #[arg(long)]
        new_key: bool,
    },
    /// The audit and its chain
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Writes the database, the files and the keys into a new folder. The product may go on running
    Backup {
        folder: PathBuf,
        /// Login that sees every row of a configured database (a superuser, or a role with BYPASSRLS); read from the variable
        /// BACKUP_DATABASE_URL when absent. The embedded database needs none
        #[arg(long)]
        database: Option<String>,
    },
    /// Brings a backup back into an installation without data. The product must be stopped
    Restore {
        folder: PathBuf,
        /// Replaces the data that are there: they are lost
        #[arg(long)]
        force: bool,
        /// As for `backup`
        #[arg(long)]
        database: Option<String>,
    },
    /// Copies the files of the data folder into the configured S3 store; broken off, it is simply run again
    MoveFiles {
        /// Takes each file off the disk once the store holds it whole
        #[arg(long)]
        remove: bool,
    },
    /// Says which stored files nothing names, and which names have no file
    CheckFiles {
        /// Deletes files that nothing names and that are older than a day. Never where two installations share a store
        #[arg(long)]
        remove_strays: bool,
    },
    /// Checks every dependency and says how to mend what is wrong
    Doctor,
    /// Prints the OpenAPI document
    Openapi,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Says for each company whether the audit is whole, or at which row it breaks
    Verify,
}

/// Runs a subcommand to its end.
pub fn run(cli: Cli) -> ExitCode {
    // Two crypto backends are in the graph; without a choice rustls panics at its first use.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("the TLS provider was installed twice");
        return ExitCode::FAILURE;
    }
    let command = cli.command.unwrap_or(Command::All);
    if matches!(command, Command::Openapi) {
        return match crate::http::v1::document().to_pretty_json() {
            Ok(json) => {
                say(&json);
                ExitCode::SUCCESS
            }
            Err(error) => fail(&error.into()),
        };
    }
    let config = match Config::load() {
        Ok(config) => config,
        Err(error) => return fail(&error.into()),
    };
    start_log(&config);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(dispatch(command, config)) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

async fn dispatch(command: Command, config: Config) -> Result<ExitCode> {
    match command {
        Command::All => serve::run(config, serve::Parts::All).await?,
        Command::Serve => serve::run(config, serve::Parts::Http).await?,
        Command::Worker => serve::run(config, serve::Parts::Worker).await?,
        Command::Doctor => return doctor::run(config).await,
        Command::Backup { folder, database } => backup::backup(&config, &folder, database).await?,
        Command::Restore { folder, force, database } => backup::restore(&config, &folder, force, database).await?,
        Command::MoveFiles { remove } => return file_store::move_to_s3(&config, remove).await,
        Command::CheckFiles { remove_strays } => {
            let platform = Platform::start(config).await?;
            let checked = file_store::check(&platform.ctx, remove_strays).await;
            platform.stop().await;
            return checked;
        }
        Command::Audit { command: AuditCommand::Verify } => {
            let platform = Platform::start(config).await?;
            let checked = audit_verify(&platform).await;
            platform.stop().await;
            return checked;
        }
        Command::RotateKeys { new_key: true } => {
            let name = platform::secrets::Secrets::add_field_key(&config)?;
            say(&format!("The new key is {name}. Restart all processes, then run `uk-crm rotate-keys`."));
        }
        Command::RotateKeys { new_key: false } => {
            let platform = Platform::start(config).await?;
            let rotated = rotate_keys(&platform).await;
            platform.stop().await;
            rotated?;
        }
        Command::Migrate => {
            let platform = Platform::start(config).await?;
            say("The database is at the current schema.");
            platform.stop().await;
        }
        Command::Seed { apartments, seed } => {
            let platform = Platform::start(config).await?;
            let seeded = demo::seed(&platform.ctx, apartments, seed).await;
            platform.stop().await;
            seeded?;
        }
        Command::CreateAdmin { company, owner: _, login, password, name } => {
            let password = match password {
                Some(password) => password,
                None => std::env::var("ADMIN_PASSWORD").context("give --password or set ADMIN_PASSWORD")?,
            };
            let platform = Platform::start(config).await?;
            let made = create_admin(&platform, company.as_deref(), &login, &password, &name).await;
            platform.stop().await;
            made?;
        }
        Command::TelegramWebhook => {
            let platform = Platform::start(config).await?;
            let told = telegram_webhook(&platform).await;
            platform.stop().await;
            told?;
        }
        Command::SmsTemplates { submit } => {
            let platform = Platform::start(config).await?;
            let told = sms_templates(&platform, submit).await;
            platform.stop().await;
            return told;
        }
        Command::Openapi => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Without a company: of the whole installation.
async fn create_admin(
    platform: &Platform,
    company: Option<&str>,
    login: &str,
    password: &str,
    name: &str,
) -> Result<()> {
    let ctx = &platform.ctx;
    match company {
        Some(company) => {
            domain::companies::create_with_admin(ctx, company, Lang::Ru, login, password, name).await.map_err(words)?;
        }
        None => {
            let owner = Role::SuperAdmin;
            domain::companies::create_user(ctx, None, owner, login, password, name).await.map_err(words)?;
        }
    }
    say(&format!("Administrator `{login}` can sign in."));
    Ok(())
}

/// Fails when a chain does not hold, so that a script can tell.
async fn audit_verify(platform: &Platform) -> Result<ExitCode> {
    let ctx = &platform.ctx;
    domain::audit::seal(ctx).await.map_err(words)?;
    let mut code = ExitCode::SUCCESS;
    for chain in domain::audit::verify(ctx).await.map_err(words)? {
        if !chain.is_whole() {
            code = ExitCode::FAILURE;
        }
        let name = &chain.name;
        match &chain.broken {
            Some(broken) => say(&format!("✗ {name}: row {} ({}) is {}", broken.seq, broken.audit_id, broken.how)),
            None if chain.waiting > 0 => say(&format!("✗ {name}: {} rows were never sealed", chain.waiting)),
            None => say(&format!("✓ {name}: {} rows, newest hash {}", chain.sealed, chain.head)),
        }
    }
    Ok(code)
}

async fn rotate_keys(platform: &Platform) -> Result<()> {
    let waiting = domain::people::seal_waiting(&platform.ctx).await.map_err(words)?;
    let done = domain::people::rotate(&platform.ctx, |seen| {
        if seen % 5_000 == 0 {
            say(&format!("{seen} values"));
        }
    })
    .await
    .map_err(words)?;
    say(&format!("{} values sealed anew, {} had the newest key already.", done.sealed + waiting, done.current));
    let keys: Vec<String> = platform.secrets.field.iter().map(platform::secrets::Key::name).collect();
    if let Some((newest, older)) = keys.split_first()
        && !older.is_empty()
    {
        say(&format!(
            "Everything opens with {newest}. Older keys ({}) may be taken out once no backup needs them.",
            older.join(", ")
        ));
    }
    Ok(())
}

async fn telegram_webhook(platform: &Platform) -> Result<()> {
    let config = &platform.ctx.config;
    let token = config.telegram.token.as_ref().context("telegram.token is missing")?;
    let public = config
        .server
        .public_url
        .as_deref()
        .context("server.public_url is missing: Telegram must know where to call")?;
    let api = bot::BotApi::new(token.expose_secret(), config.telegram.api_url.as_deref())?;
    api.set_webhook(&format!("{public}/telegram/webhook"), platform.secrets.telegram_webhook.expose_secret()).await?;
    api.set_commands().await?;
    let seen = api.webhook().await?;
    let now = platform.ctx.clock.now();
    let trouble = seen.trouble.map(|(at, words)| format!("{words} ({} ago)", doctor::ago(now - at)));
    say(&format!(
        "Telegram delivers to {}. Last error: {}",
        seen.url.unwrap_or_default(),
        trouble.unwrap_or_else(|| "none".to_owned())
    ));
    Ok(())
}

/// Fails while a text is not approved, so that a script can tell.
async fn sms_templates(platform: &Platform, submit: bool) -> Result<ExitCode> {
    let sms = platform
        .ctx
        .sms
        .as_ref()
        .context("no SMS provider is configured: set UK_ESKIZ__EMAIL and UK_ESKIZ__PASSWORD")?;
    let mut code = ExitCode::SUCCESS;
    for carrier in sms.carriers() {
        let Some(texts) = worker::templates::standing(carrier).await? else {
            say(&format!("✓ {}: approves no texts", carrier.name()));
            continue;
        };
        for (sample, word) in texts {
            let mut line = match word {
                Some(Moderation::Approved) => "✓ approved",
                Some(Moderation::Waiting) => "· waits for approval",
                Some(Moderation::Rejected) => "✗ rejected",
                None => "✗ not submitted",
            };
            if word != Some(Moderation::Approved) {
                code = ExitCode::FAILURE;
            }
            if word.is_none() && submit {
                carrier.submit_template(&sample.text).await?;
                line = "· submitted";
            }
            say(&format!("{line}: {} {} {}: {}", carrier.name(), sample.name, sample.lang.code(), sample.text));
        }
    }
    Ok(code)
}

/// A use case's failure for the terminal.
pub(crate) fn words(error: domain::Error) -> anyhow::Error {
    let failure = error.into_failure(None);
    let fields: Vec<String> = failure.fields.iter().map(|f| format!("{} {}", f.pointer, f.code)).collect();
    anyhow::anyhow!("{} {}", i18n::failure::code(i18n::Locale::en, failure.code), fields.join(", "))
}

fn start_log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Pretty => log.with_target(false).init(),
        LogFormat::Json => log.json().init(),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("✗ {error:#}");
    ExitCode::FAILURE
}

/// A line for the person at the terminal.
#[expect(clippy::print_stdout, reason = "the command line speaks on standard output")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}
