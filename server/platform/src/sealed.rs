//! Encrypted columns (XChaCha20-Poly1305) and blind indexes (HMAC-SHA256).
//!
//! A sealed value is bound to its column and row: moved elsewhere, it does not open. Layout: key id (4 bytes),
//! nonce (24), ciphertext with tag.

use std::sync::Arc;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::secrets::{Key, Secrets};
use crate::tokens::random_bytes;

const ID: usize = 4;
const NONCE: usize = 24;

/// Why a value did not open.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    /// Too short to be a sealed value.
    #[error("the sealed value is cut off")]
    Truncated,
    /// Sealed with a key that is not among ours.
    #[error("the sealed value names an unknown key")]
    UnknownKey,
    /// Altered, or of another column or row.
    #[error("the sealed value does not belong here or was altered")]
    Wrong,
}

/// Seals and opens column values; cheap to clone.
#[derive(Clone)]
pub struct Sealer(Arc<Inner>);

struct Inner {
    /// Never empty: the first seals.
    sealing: (Key, XChaCha20Poly1305),
    older: Vec<(Key, XChaCha20Poly1305)>,
    index: Key,
}

impl Sealer {
    /// With the installation's keys.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`] when there is no usable key.
    pub fn new(secrets: &Secrets) -> Result<Self, SealError> {
        let mut ciphers = secrets.field.iter().map(|key| {
            let cipher = XChaCha20Poly1305::new_from_slice(key.expose()).map_err(|_| SealError::UnknownKey)?;
            Ok((key.clone(), cipher))
        });
        let sealing = ciphers.next().ok_or(SealError::UnknownKey)??;
        let older = ciphers.collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(Inner { sealing, older, index: secrets.index.clone() })))
    }

    /// Encrypts `plain` for the column `place` (`table.column`) of `row`. Every call gives other bytes.
    #[must_use]
    pub fn seal(&self, place: &str, row: Uuid, plain: &[u8]) -> Vec<u8> {
        self.seal_with(random_bytes::<NONCE>(), place, row, plain)
    }

    /// As [`Sealer::seal`], but the same value in the same place gives the same bytes: the nonce is made of them. Tells
    /// whether a value was changed and changed back; meant for demo data that must be built twice alike.
    #[must_use]
    pub fn seal_steady(&self, place: &str, row: Uuid, plain: &[u8]) -> Vec<u8> {
        let whole = [b"nonce\0".as_slice(), &context(place, row), &[0], plain].concat();
        let mut nonce = [0; NONCE];
        for (to, from) in nonce.iter_mut().zip(self.mac(&[&whole])) {
            *to = from;
        }
        self.seal_with(nonce, place, row, plain)
    }

    fn seal_with(&self, nonce: [u8; NONCE], place: &str, row: Uuid, plain: &[u8]) -> Vec<u8> {
        let (key, cipher) = &self.0.sealing;
        let payload = Payload { msg: plain, aad: &context(place, row) };
        let Ok(text) = cipher.encrypt(&XNonce::from(nonce), payload) else {
            // Only a value of 256 GiB is refused, which no memory holds.
            std::process::abort();
        };
        [key.id.as_slice(), &nonce, &text].concat()
    }

    /// Decrypts what [`Sealer::seal`] made for the same place and row, under any of our keys.
    ///
    /// # Errors
    /// Why it did not open.
    pub fn open(&self, place: &str, row: Uuid, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (id, rest) = sealed.split_at_checked(ID).ok_or(SealError::Truncated)?;
        let (nonce, text) = rest.split_at_checked(NONCE).ok_or(SealError::Truncated)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| SealError::Truncated)?;
        let keys = std::iter::once(&self.0.sealing).chain(&self.0.older);
        let (_, cipher) = keys.into_iter().find(|(key, _)| key.id == id).ok_or(SealError::UnknownKey)?;
        cipher.decrypt(&nonce, Payload { msg: text, aad: &context(place, row) }).map_err(|_| SealError::Wrong)
    }

    /// Whether a value is sealed with the newest key; the others wait for rotation.
    #[must_use]
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        sealed.starts_with(&self.0.sealing.0.id)
    }

    /// Id of the newest key: the first bytes of every value sealed now.
    #[must_use]
    pub fn current_key_id(&self) -> [u8; ID] {
        self.0.sealing.0.id
    }

    /// 32 bytes that are equal for equal values of one place and tell nothing else. Normalise the value first.
    #[must_use]
    pub fn blind_index(&self, place: &str, value: &str) -> Vec<u8> {
        self.mac(&[place.as_bytes(), &[0], value.as_bytes()])
    }

    fn mac(&self, parts: &[&[u8]]) -> Vec<u8> {
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(self.0.index.expose()) else {
            // HMAC takes keys of every length.
            std::process::abort();
        };
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().to_vec()
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealer({:?}, {} older)", self.0.sealing.0, self.0.older.len())
    }
}

/// The zero byte keeps `a` + row and `ab` + row apart: it occurs in no column name.
fn context(place: &str, row: Uuid) -> Vec<u8> {
    [place.as_bytes(), &[0], row.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::config::Config;
    use crate::ids::new_id;

    fn sealer(keys: &[u8]) -> Sealer {
        let dir = tempfile::tempdir().unwrap();
        let text: Vec<String> = keys.iter().map(|byte| STANDARD.encode([*byte; 32])).collect();
        let vars = [
            ("UK_DATA_DIR", dir.path().to_str().unwrap().to_owned()),
            ("UK_AUTH__FIELD_KEY", text.join(",")),
            ("UK_AUTH__INDEX_KEY", STANDARD.encode([9; 32])),
        ];
        let config = Config::load_from(None, vars.map(|(name, value)| (name.to_owned(), value))).unwrap();
        Sealer::new(&Secrets::load_or_create(&config).unwrap()).unwrap()
    }

    #[test]
    fn values_open_only_in_their_place() {
        let sealer = sealer(&[1]);
        let row = new_id();
        let sealed = sealer.seal("contacts.phone", row, b"+998901234567");
        assert_eq!(sealer.open("contacts.phone", row, &sealed).unwrap(), b"+998901234567");
        assert_ne!(sealed, sealer.seal("contacts.phone", row, b"+998901234567"));
        assert_eq!(sealer.open("contacts.email", row, &sealed), Err(SealError::Wrong));
        assert_eq!(sealer.open("contacts.phone", new_id(), &sealed), Err(SealError::Wrong));
        for at in ID..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(sealer.open("contacts.phone", row, &altered), Err(SealError::Wrong));
        }
        assert_eq!(sealer.open("contacts.phone", row, &sealed[..20]), Err(SealError::Truncated));
        assert_eq!(sealer.open("contacts.phone", row, &sealed[..30]), Err(SealError::Wrong));
    }

    #[test]
    fn steady_values_are_the_same_bytes_and_no_others() {
        let sealer = sealer(&[1]);
        let row = new_id();
        let sealed = sealer.seal_steady("t.c", row, b"x");
        assert_eq!(sealed, sealer.seal_steady("t.c", row, b"x"));
        assert_eq!(sealer.open("t.c", row, &sealed).unwrap(), b"x");
        let nonce = |sealed: &[u8]| sealed[ID..ID + NONCE].to_vec();
        for other in [
            sealer.seal_steady("t.c", row, b"y"),
            sealer.seal_steady("t.d", row, b"x"),
            sealer.seal_steady("t.c", new_id(), b"x"),
        ] {
            assert_ne!(nonce(&sealed), nonce(&other));
        }
    }

    #[test]
    fn rotation_opens_old_values_and_seals_with_the_new_key() {
        let (old, both, new) = (sealer(&[1]), sealer(&[2, 1]), sealer(&[2]));
        let row = new_id();
        let sealed = old.seal("t.c", row, b"x");
        assert_eq!(both.open("t.c", row, &sealed).unwrap(), b"x");
        assert!(!both.is_current(&sealed));
        let resealed = both.seal("t.c", row, b"x");
        assert!(both.is_current(&resealed));
        assert_eq!(new.open("t.c", row, &resealed).unwrap(), b"x");
        assert_eq!(new.open("t.c", row, &sealed), Err(SealError::UnknownKey));
        assert_eq!(old.blind_index("t.c", "v"), new.blind_index("t.c", "v"));
    }

    #[test]
    fn blind_indexes_differ_by_place_and_value() {
        let sealer = sealer(&[1]);
        assert_eq!(sealer.blind_index("a.b", "x").len(), 32);
        assert_ne!(sealer.blind_index("a.b", "x"), sealer.blind_index("a.c", "x"));
        assert_ne!(sealer.blind_index("a.b", "x"), sealer.blind_index("a.b", "y"));
    }
}
