//! Keys of this installation: from the configuration, else made once and kept in `<data_dir>/secrets.toml` (mode 0600).

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use figment::Figment;
use figment::providers::{Format, Toml};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::tokens::{random_bytes, random_token};

/// Name of the file in the data folder.
pub const FILE: &str = "secrets.toml";
const MIN_JWT_SECRET: usize = 32;

/// A symmetric key and its public name. `Debug` shows the name only.
#[derive(Clone)]
pub struct Key {
    /// First four bytes of the key's SHA-256.
    pub id: [u8; 4],
    bytes: Vec<u8>,
}

impl Key {
    fn new(bytes: Vec<u8>) -> Self {
        let digest = Sha256::digest(&bytes);
        Self { id: [digest[0], digest[1], digest[2], digest[3]], bytes }
    }

    /// The key itself.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.bytes
    }

    /// The name as hexadecimal text.
    #[must_use]
    pub fn name(&self) -> String {
        self.id.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.name())
    }
}

/// All keys of this installation.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// Signs access tokens.
    pub jwt: Key,
    /// Encrypt columns: the first seals, all open.
    pub field: Vec<Key>,
    /// Makes blind indexes.
    pub index: Key,
    /// Repeated by Telegram in each delivery.
    pub telegram_webhook: SecretString,
}

/// Why the keys could not be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The file could not be read or written.
    #[error("The keys in {path} cannot be read or written: {source}.")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// The file is damaged.
    #[error(
        "{path} is damaged ({problem}). Restore it from a backup: without these keys encrypted fields cannot be read."
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A configured key has the wrong form.
    #[error("{setting} {problem}.")]
    Setting {
        /// Name of the setting.
        setting: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    jwt: String,
    /// The first seals; put a new one in front to rotate.
    field: Vec<String>,
    index: String,
    telegram_webhook: String,
}

impl Stored {
    fn text(&self) -> String {
        let field: Vec<String> = self.field.iter().map(|key| format!("\"{key}\"")).collect();
        format!(
            "# Keys of this installation. Keep a copy in a safe place: encrypted fields cannot be read without them.\n\
             jwt = \"{}\"\nfield = [{}]\nindex = \"{}\"\ntelegram_webhook = \"{}\"\n",
            self.jwt,
            field.join(", "),
            self.index,
            self.telegram_webhook
        )
    }
}

impl Secrets {
    /// Takes configured keys and, for those that are not, the file; makes the file when it is not there.
    ///
    /// # Errors
    /// When the file cannot be used or a configured key has the wrong form.
    pub fn load_or_create(config: &Config) -> Result<Self, SecretsError> {
        let auth = &config.auth;
        let telegram = config.telegram.webhook_secret.clone();
        if let (Some(jwt), Some(field), Some(index), Some(telegram_webhook)) =
            (&auth.jwt_secret, &auth.field_key, &auth.index_key, &telegram)
        {
            // Everything is configured: a stateless instance writes nothing.
            return Ok(Self {
                jwt: jwt_key(jwt)?,
                field: field_keys(field)?,
                index: index_key(index)?,
                telegram_webhook: telegram_webhook.clone(),
            });
        }
        let path = config.data_dir.join(FILE);
        let stored = read(&path)?.map_or_else(|| create(&path), Ok)?;
        let damaged = |problem: &str| SecretsError::Damaged { path: path.clone(), problem: problem.to_owned() };
        let key = |text: &str| decode(text).ok_or_else(|| damaged("a key is not base64 of 32 bytes"));
        let stored_field = stored.field.iter().map(|text| key(text)).collect::<Result<Vec<_>, _>>()?;
        if stored_field.is_empty() {
            return Err(damaged("`field` has no key"));
        }
        Ok(Self {
            jwt: auth.jwt_secret.as_ref().map_or_else(|| key(&stored.jwt), jwt_key)?,
            field: auth.field_key.as_ref().map_or(Ok(stored_field), field_keys)?,
            index: auth.index_key.as_ref().map_or_else(|| key(&stored.index), index_key)?,
            telegram_webhook: telegram.unwrap_or_else(|| SecretString::from(stored.telegram_webhook)),
        })
    }

    /// Puts a new key in front of those that encrypt columns, in the file of this installation; returns its name. Older
    /// keys go on opening. Processes that run already know nothing of it until they start anew.
    ///
    /// # Errors
    /// When the keys are configured (then they are changed there), or the file cannot be read or written.
    pub fn add_field_key(config: &Config) -> Result<String, SecretsError> {
        if config.auth.field_key.is_some() {
            let problem = "is configured: put the new key in front of it, separated by a comma";
            return Err(SecretsError::Setting { setting: "auth.field_key", problem });
        }
        let path = config.data_dir.join(FILE);
        let mut stored = read(&path)?.map_or_else(|| create(&path), Ok)?;
        let fresh = STANDARD.encode(random_bytes::<32>());
        let name = decode(&fresh).map(|key| key.name()).unwrap_or_default();
        stored.field.insert(0, fresh);
        replace_private(&path, &stored.text()).map_err(|source| SecretsError::Io { path, source })?;
        Ok(name)
    }

    /// A key for one purpose, made from the index key: nothing more has to be kept, and instances that share that key
    /// agree. Telling this one tells nothing of the other.
    #[must_use]
    pub fn derived(&self, purpose: &str) -> [u8; 32] {
        let mut mac = match Hmac::<Sha256>::new_from_slice(self.index.expose()) {
            Ok(mac) => mac,
            Err(never) => unreachable!("HMAC takes keys of any length: {never}"),
        };
        mac.update(b"uk-crm/derived/");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Name of the key that signs access tokens.
    #[must_use]
    pub fn kid(&self) -> String {
        self.jwt.name()
    }
}

fn jwt_key(secret: &SecretString) -> Result<Key, SecretsError> {
    let text = secret.expose_secret();
    if text.len() < MIN_JWT_SECRET {
        return Err(SecretsError::Setting { setting: "auth.jwt_secret", problem: "must have 32 characters or more" });
    }
    Ok(Key::new(text.as_bytes().to_vec()))
}

fn field_keys(secret: &SecretString) -> Result<Vec<Key>, SecretsError> {
    let problem = SecretsError::Setting {
        setting: "auth.field_key",
        problem: "must be base64 of 32 bytes, several separated by commas",
    };
    secret.expose_secret().split(',').map(|part| decode(part.trim())).collect::<Option<Vec<_>>>().ok_or(problem)
}

fn index_key(secret: &SecretString) -> Result<Key, SecretsError> {
    decode(secret.expose_secret().trim())
        .ok_or(SecretsError::Setting { setting: "auth.index_key", problem: "must be base64 of 32 bytes" })
}

fn decode(text: &str) -> Option<Key> {
    let bytes = STANDARD.decode(text).ok()?;
    (bytes.len() == 32).then(|| Key::new(bytes))
}

fn read(path: &Path) -> Result<Option<Stored>, SecretsError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(SecretsError::Io { path: path.to_owned(), source }),
    };
    Figment::from(Toml::string(&text))
        .extract()
        .map(Some)
        .map_err(|error| SecretsError::Damaged { path: path.to_owned(), problem: error.kind.to_string() })
}

fn create(path: &Path) -> Result<Stored, SecretsError> {
    let key = || STANDARD.encode(random_bytes::<32>());
    let stored = Stored { jwt: key(), field: vec![key()], index: key(), telegram_webhook: random_token() };
    write_private(path, &stored.text()).map_err(|source| SecretsError::Io { path: path.to_owned(), source })?;
    // Two processes may have raced: what is on disk counts.
    Ok(read(path)?.unwrap_or(stored))
}

/// Writes a file that only its owner can read, whole or not at all. An existing file stays as it is.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let draft = draft(path, text)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Writes a file that only its owner can read in the place of another, whole or not at all.
fn replace_private(path: &Path, text: &str) -> io::Result<()> {
    fs::rename(draft(path, text)?, path)
}

fn draft(path: &Path, text: &str) -> io::Result<PathBuf> {
    let draft = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(draft)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn config(dir: &Path, vars: &[(&str, &str)]) -> Config {
        let dir = ("UK_DATA_DIR".to_owned(), dir.to_str().unwrap().to_owned());
        let vars = vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load_from(None, vars.chain([dir])).unwrap()
    }

    #[test]
    fn keys_are_made_once_and_private() {
        let dir = tempfile::tempdir().unwrap();
        let config = config(dir.path(), &[]);
        let first = Secrets::load_or_create(&config).unwrap();
        let second = Secrets::load_or_create(&config).unwrap();
        assert_eq!(first.jwt.expose(), second.jwt.expose());
        assert_eq!(first.kid(), second.kid());
        assert_ne!(first.jwt.expose(), first.index.expose());
        let mode = fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!format!("{first:?}").contains(first.telegram_webhook.expose_secret()));
    }

    #[test]
    fn a_new_field_key_stands_in_front_and_the_old_one_stays() {
        let dir = tempfile::tempdir().unwrap();
        let config = config(dir.path(), &[]);
        let before = Secrets::load_or_create(&config).unwrap();
        let name = Secrets::add_field_key(&config).unwrap();
        let after = Secrets::load_or_create(&config).unwrap();
        assert_eq!((after.field.len(), after.field[0].name()), (2, name));
        assert_eq!(after.field[1].expose(), before.field[0].expose());
        assert_eq!((after.jwt.expose(), after.index.expose()), (before.jwt.expose(), before.index.expose()));
        assert_eq!(fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        let key = STANDARD.encode([1; 32]);
        let configured = self::config(dir.path(), &[("UK_AUTH__FIELD_KEY", &key), ("UK_AUTH__INDEX_KEY", &key)]);
        assert!(matches!(Secrets::add_field_key(&configured), Err(SecretsError::Setting { .. })));
    }

    #[test]
    fn configured_keys_win_and_several_field_keys_are_kept_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (STANDARD.encode([1; 32]), STANDARD.encode([2; 32]));
        let config = config(
            dir.path(),
            &[
                ("UK_AUTH__JWT_SECRET", "0123456789abcdef0123456789abcdef"),
                ("UK_AUTH__FIELD_KEY", &format!("{a},{b}")),
                ("UK_AUTH__INDEX_KEY", &b),
                ("UK_TELEGRAM__WEBHOOK_SECRET", "a_secret_for_telegram"),
            ],
        );
        let secrets = Secrets::load_or_create(&config).unwrap();
        assert_eq!(secrets.field[0].expose(), [1; 32]);
        assert_eq!(secrets.field[1].expose(), [2; 32]);
        assert!(!dir.path().join(FILE).exists());
    }

    #[test]
    fn short_keys_and_damaged_files_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let short = config(dir.path(), &[("UK_AUTH__JWT_SECRET", "short")]);
        assert!(Secrets::load_or_create(&short).unwrap_err().to_string().contains("32 characters"));
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join(FILE), "jwt = 1").unwrap();
        assert!(matches!(Secrets::load_or_create(&config(other.path(), &[])), Err(SecretsError::Damaged { .. })));
    }
}
