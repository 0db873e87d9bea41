//! Random tokens, one-time codes and access tokens (JWT).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::config::Config;
use crate::secrets::Secrets;

const ISSUER: &str = "uk-crm";
const AUDIENCE: &str = "uk-crm-api";
/// A token "from the future" by more than this was not made by a healthy instance.
const MAX_SKEW_S: i64 = 60;

/// Bytes from the system's generator.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // Guessable keys are worse than no service.
        tracing::error!(%error, "the system gives no random numbers; stopping");
        std::process::abort();
    }
    bytes
}

/// 256 random bits as base64url text without padding, 43 characters.
#[must_use]
pub fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}

/// SHA-256 of a whole file: the same bytes again are the same file.
#[must_use]
pub fn hash_bytes(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 of a token: what is stored instead of it. Fit for random tokens, never for passwords.
#[must_use]
pub fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A code of so many decimal digits, each equally likely.
#[must_use]
pub fn random_code(digits: usize) -> String {
    let mut code = String::with_capacity(digits);
    while code.len() < digits {
        // 250 is the largest multiple of ten in a byte: taking more would favour small digits.
        let fresh =
            random_bytes::<16>().into_iter().filter(|byte| *byte < 250).map(|byte| char::from(b'0' + byte % 10));
        code.extend(fresh.take(digits - code.len()));
    }
    code
}

/// Compares without telling by its duration where the difference is.
#[must_use]
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Whose it is.
    pub sub: Uuid,
    /// Role, as text.
    pub role: String,
    /// Company; none for those above companies.
    pub company_id: Option<Uuid>,
    /// Session it belongs to.
    pub sid: Uuid,
    /// Issued at, Unix seconds.
    pub iat: i64,
    /// Expires at, Unix seconds.
    pub exp: i64,
    /// Always `uk-crm`.
    pub iss: String,
    /// Always `uk-crm-api`.
    pub aud: String,
}

/// Why a token was not accepted.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum JwtError {
    /// Not a token of ours at all, or of another algorithm, issuer or audience.
    #[error("the token is malformed")]
    Malformed,
    /// Signed with a key this installation does not have.
    #[error("the token names an unknown key")]
    UnknownKey,
    /// The signature does not fit.
    #[error("the token's signature is wrong")]
    Signature,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// It could not be signed.
    #[error("the token could not be signed: {0}")]
    Signing(String),
}

/// Signs and verifies access tokens with HS256; no other algorithm is accepted.
#[derive(Clone)]
pub struct Jwt {
    kid: String,
    signer: EncodingKey,
    verifier: DecodingKey,
    life: Duration,
}

impl Jwt {
    /// With the installation's key and the configured life of a token.
    #[must_use]
    pub fn new(secrets: &Secrets, config: &Config) -> Self {
        let key = secrets.jwt.expose();
        Self {
            kid: secrets.kid(),
            signer: EncodingKey::from_secret(key),
            verifier: DecodingKey::from_secret(key),
            life: Duration::minutes(i64::from(config.auth.access_minutes)),
        }
    }

    /// Claims of a token issued now, living as long as configured.
    #[must_use]
    pub fn claims(&self, sub: Uuid, role: &str, company_id: Option<Uuid>, sid: Uuid, now: DateTime<Utc>) -> Claims {
        Claims {
            sub,
            role: role.to_owned(),
            company_id,
            sid,
            iat: now.timestamp(),
            exp: (now + self.life).timestamp(),
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
        }
    }

    /// The signed token.
    ///
    /// # Errors
    /// [`JwtError::Signing`] when the crypto library refuses.
    pub fn sign(&self, claims: &Claims) -> Result<String, JwtError> {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(self.kid.clone());
        encode(&header, claims, &self.signer).map_err(|error| JwtError::Signing(error.to_string()))
    }

    /// The claims of a token that is ours and alive at `now`.
    ///
    /// # Errors
    /// Why it is not.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, JwtError> {
        let header = decode_header(token).map_err(|_| JwtError::Malformed)?;
        if header.kid.as_deref() != Some(&self.kid) {
            return Err(JwtError::UnknownKey);
        }
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The library would ask the system clock; ours is checked below.
        rules.validate_exp = false;
        let claims = decode::<Claims>(token, &self.verifier, &rules)
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidSignature => JwtError::Signature,
                _ => JwtError::Malformed,
            })?
            .claims;
        if claims.exp <= now.timestamp() {
            return Err(JwtError::Expired);
        }
        if claims.iat > now.timestamp() + MAX_SKEW_S {
            return Err(JwtError::Malformed);
        }
        Ok(claims)
    }
}

impl std::fmt::Debug for Jwt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Jwt({})", self.kid)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::ids::new_id;

    fn jwt(key: &str) -> Jwt {
        let dir = tempfile::tempdir().unwrap();
        let vars = [("UK_DATA_DIR", dir.path().to_str().unwrap()), ("UK_AUTH__JWT_SECRET", key)];
        let config = Config::load_from(None, vars.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap();
        Jwt::new(&Secrets::load_or_create(&config).unwrap(), &config)
    }

    const KEY: &str = "0123456789abcdef0123456789abcdef";
    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

    #[test]
    fn a_token_round_trips_and_expires_by_the_given_clock() {
        let jwt = jwt(KEY);
        let claims = jwt.claims(new_id(), "admin", Some(new_id()), new_id(), NOW);
        let token = jwt.sign(&claims).unwrap();
        assert_eq!(jwt.verify(&token, NOW).unwrap(), claims);
        assert_eq!(jwt.verify(&token, NOW + Duration::seconds(899)).unwrap(), claims);
        assert_eq!(jwt.verify(&token, NOW + Duration::minutes(15)), Err(JwtError::Expired));
        assert_eq!(jwt.verify(&token, NOW - Duration::minutes(5)), Err(JwtError::Malformed));
    }

    #[test]
    fn foreign_and_altered_tokens_are_refused() {
        let (ours, theirs) = (jwt(KEY), jwt("another key of thirty-two letters"));
        let claims = ours.claims(new_id(), "admin", None, new_id(), NOW);
        assert_eq!(ours.verify(&theirs.sign(&claims).unwrap(), NOW), Err(JwtError::UnknownKey));
        let token = ours.sign(&claims).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let mut raised = claims.clone();
        raised.role = "super_admin".into();
        let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&raised).unwrap());
        assert_eq!(ours.verify(&format!("{}.{body}.{}", parts[0], parts[2]), NOW), Err(JwtError::Signature));
        let none = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"none","kid":"{}"}}"#, ours.kid));
        assert_eq!(ours.verify(&format!("{none}.{}.", parts[1]), NOW), Err(JwtError::Malformed));
        for (iss, aud) in [("other", AUDIENCE), (ISSUER, "other")] {
            let odd = Claims { iss: iss.into(), aud: aud.into(), ..claims.clone() };
            assert_eq!(ours.verify(&ours.sign(&odd).unwrap(), NOW), Err(JwtError::Malformed));
        }
    }

    #[test]
    fn other_algorithms_are_refused_even_with_our_key() {
        let jwt = jwt(KEY);
        let claims = jwt.claims(new_id(), "admin", None, new_id(), NOW);
        let mut header = Header::new(Algorithm::HS512);
        header.kid = Some(jwt.kid.clone());
        let token = encode(&header, &claims, &jwt.signer).unwrap();
        assert_eq!(jwt.verify(&token, NOW), Err(JwtError::Malformed));
    }

    #[test]
    fn tokens_and_codes() {
        assert_eq!(random_token().len(), 43);
        assert_ne!(random_token(), random_token());
        assert_eq!(hash_token("a"), hash_token("a"));
        let codes: HashSet<String> = (0..50).map(|_| random_code(6)).collect();
        assert!(codes.len() > 45);
        assert!(codes.iter().all(|code| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())));
        assert!(constant_time_eq(b"same", b"same") && !constant_time_eq(b"same", b"diff"));
    }
}
