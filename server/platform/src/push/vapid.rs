//! Who sends, for push services (VAPID, RFC 8292): a key of this installation, and a short-lived word signed with it.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::config::Secret;
use crate::secrets::Secrets;

/// The installation's key; cheap to clone. `Debug` shows the public half.
#[derive(Clone)]
pub struct VapidKey {
    pair: Arc<EcdsaKeyPair>,
    /// As browsers and push services want it.
    public: String,
}

impl fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VapidKey({})", self.public)
    }
}

impl VapidKey {
    /// From the configuration.
    ///
    /// # Errors
    /// A sentence when it is no key.
    pub fn from_setting(setting: &Secret) -> Result<Self, String> {
        let bytes = URL_SAFE_NO_PAD.decode(setting.expose_secret().trim().trim_end_matches('='));
        bytes
            .ok()
            .and_then(|bytes| Self::from_bytes(&bytes))
            .ok_or_else(|| "push.vapid_key must be base64url of the 32 bytes of a P-256 private key.".to_owned())
    }

    /// The one made from the installation's keys: the same after each start and in each instance.
    #[must_use]
    pub fn derived(secrets: &Secrets) -> Option<Self> {
        // All but one of some four billion byte strings are a key; another try costs nothing.
        (0..8u8).find_map(|turn| Self::from_bytes(&secrets.derived(&format!("vapid {turn}"))))
    }

    fn from_bytes(private: &[u8]) -> Option<Self> {
        let public = PrivateKey::from_private_key(&ECDH_P256, private).ok()?.compute_public_key().ok()?;
        let public = public.as_ref();
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, private, public).ok()?;
        Some(Self { pair: Arc::new(pair), public: URL_SAFE_NO_PAD.encode(public) })
    }

    /// The public half as base64url: what a page subscribes with.
    #[must_use]
    pub fn public(&self) -> &str {
        &self.public
    }

    /// A short name: subscriptions remember which key they were made with.
    #[must_use]
    pub fn id(&self) -> String {
        Sha256::digest(self.public.as_bytes())[..4].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The word for one push service, good until `expires` (Unix seconds), as the `Authorization` header carries it.
    pub(super) fn authorization(&self, audience: &str, expires: i64, contact: &str) -> Option<String> {
        let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let claims = json!({ "aud": audience, "exp": expires, "sub": contact });
        let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
        let signed = format!("{header}.{claims}");
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        Some(format!("vapid t={signed}.{}, k={}", URL_SAFE_NO_PAD.encode(signature.as_ref()), self.public))
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn the_word_is_signed_by_the_key_it_names() {
        let key = VapidKey::from_setting(&Secret::from("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap();
        let word = key.authorization("https://push.example", 1_800_000_000, "mailto:a@example.uz").unwrap();
        let (token, public) = word.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(public, key.public());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let public = URL_SAFE_NO_PAD.decode(public).unwrap();
        let verifier = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public);
        verifier.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        let wanted = json!({ "aud": "https://push.example", "exp": 1_800_000_000, "sub": "mailto:a@example.uz" });
        assert_eq!(claims, wanted);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "not base64 at all!"] {
            assert!(VapidKey::from_setting(&Secret::from(text)).is_err(), "{text}");
        }
    }
}
