//! Password hashing: argon2id with 19 MiB, two passes, one lane, at most two at a time.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::tokens::random_bytes;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Each hash fills a core and 19 MiB; more at once would only make all of them slow.
const AT_ONCE: usize = 2;

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The algorithm refused, for instance a password of 4 GiB.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
    /// The process is stopping.
    #[error("the password could not be hashed: the server is stopping")]
    Stopping,
}

/// Hashes and verifies passwords off the async threads; cheap to clone.
#[derive(Clone, Debug)]
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Passwords {
    /// With room for two hashes at a time.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }

    /// The PHC string to store.
    ///
    /// # Errors
    /// When the algorithm refuses or the process is stopping.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let password = password.to_owned();
        let hashed = self.run(move || {
            let salt = random_bytes::<16>();
            let hash = argon()?.hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hash(error.to_string()))
        });
        hashed.await.ok_or(PasswordError::Stopping)?
    }

    /// Whether `password` is the one behind the stored PHC string. A malformed string is logged and says no.
    pub async fn verify(&self, password: &str, phc: &str) -> bool {
        let (password, phc) = (password.to_owned(), phc.to_owned());
        let verified = self.run(move || match PasswordHash::new(&phc) {
            // The stored parameters decide, so that old hashes still work.
            Ok(hash) => Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
            Err(error) => {
                tracing::error!(%error, "a stored password hash is malformed");
                false
            }
        });
        verified.await.unwrap_or(false)
    }

    /// Takes as long as [`Passwords::verify`] and tells nothing: for logins that do not exist.
    pub async fn verify_nobody(&self, password: &str) -> bool {
        let password = password.to_owned();
        let spent = self.run(move || {
            let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
            argon().map(|argon| argon.hash_password_into(password.as_bytes(), b"nobody has a salt", &mut out).is_ok())
        });
        if let Some(Err(error)) = spent.await {
            tracing::error!(%error, "the time of a password check could not be spent");
        }
        false
    }

    /// Whether a stored hash was made with other parameters than today's. Rehash after the next good login.
    #[must_use]
    pub fn needs_rehash(&self, phc: &str) -> bool {
        let Ok(hash) = PasswordHash::new(phc) else { return true };
        let today = Params::try_from(&hash)
            .is_ok_and(|params| (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES));
        !(today && hash.algorithm == Algorithm::Argon2id.ident())
    }

    /// Runs on a blocking thread once there is room; none when the process is stopping.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let permit = self.0.clone().acquire_owned().await.ok()?;
        let done = tokio::task::spawn_blocking(move || {
            // Held by the thread: a caller that goes away does not make room for a third hash.
            let _permit = permit;
            work()
        });
        done.await.ok()
    }
}

fn argon() -> Result<Argon2<'static>, PasswordError> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn hashes_verify_and_differ() {
        let passwords = Passwords::new();
        let (first, second) = (passwords.hash("пароль").await.unwrap(), passwords.hash("пароль").await.unwrap());
        assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{first}");
        assert_ne!(first, second);
        assert!(passwords.verify("пароль", &first).await);
        assert!(!passwords.verify("парол", &first).await);
        assert!(!passwords.verify("пароль", "nonsense").await);
        assert!(!passwords.verify_nobody("пароль").await);
    }

    #[tokio::test]
    async fn old_parameters_verify_but_ask_for_a_new_hash() {
        let passwords = Passwords::new();
        let params = Params::new(8192, 1, 1, None).unwrap();
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let old = weak.hash_password_with_salt(b"secret", &[7; 16]).unwrap().to_string();
        assert!(passwords.verify("secret", &old).await);
        assert!(passwords.needs_rehash(&old));
        assert!(!passwords.needs_rehash(&passwords.hash("secret").await.unwrap()));
        assert!(passwords.needs_rehash("nonsense"));
    }
}
