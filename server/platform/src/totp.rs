//! Second factor by an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds).

use totp_rs::{Builder, Secret, Totp};

use crate::tokens::{constant_time_eq, random_bytes};

const STEP_S: i64 = 30;

/// Why a secret or an address is unusable.
#[derive(Debug, thiserror::Error)]
pub enum TotpError {
    /// Not base32, or too short.
    #[error("the authenticator secret is malformed")]
    Secret,
    /// The account cannot be put into an address.
    #[error("the authenticator address cannot be made: {0}")]
    Address(String),
}

/// A new secret of 160 bits as base32 text. Store it sealed.
#[must_use]
pub fn new_secret() -> String {
    Secret::from(random_bytes::<20>()).to_base32()
}

/// The `otpauth://` address to show as a QR code.
///
/// # Errors
/// When the secret is malformed or the account is empty.
pub fn otpauth_url(secret: &str, issuer: &str, account: &str) -> Result<String, TotpError> {
    // A colon separates issuer and account in the address.
    let tidy = |text: &str| text.replace(':', " ");
    let totp = builder(secret)
        .ok_or(TotpError::Secret)?
        .with_issuer(Some(tidy(issuer)))
        .with_account_name(tidy(account))
        .build()
        .map_err(|error| TotpError::Address(error.to_string()))?;
    totp.to_url().map_err(|error| TotpError::Address(error.to_string()))
}

/// The time step that `code` belongs to, when it is now, the one before or the one after, and later than the step used
/// last (each code counts once). Store the step on success.
#[must_use]
pub fn check(secret: &str, code: &str, now_unix: i64, last_used_step: Option<i64>) -> Option<i64> {
    let totp = totp(secret)?;
    let current = now_unix.div_euclid(STEP_S);
    let mut found = None;
    for step in current - 1..=current + 1 {
        let expected = code_at(&totp, step)?;
        if constant_time_eq(expected.as_bytes(), code.trim().as_bytes())
            && last_used_step.is_none_or(|last| step > last)
        {
            found = found.or(Some(step));
        }
    }
    found
}

/// The code of a moment, as the app shows it.
#[must_use]
pub fn code(secret: &str, unix: i64) -> Option<String> {
    code_at(&totp(secret)?, unix.div_euclid(STEP_S))
}

fn code_at(totp: &Totp, step: i64) -> Option<String> {
    let time = u64::try_from(step * STEP_S).ok()?;
    Some(totp.generate(time).to_string())
}

fn totp(secret: &str) -> Option<Totp> {
    builder(secret)?.build().ok()
}

fn builder(secret: &str) -> Option<Builder> {
    Some(Builder::new().with_secret(Secret::try_from_base32(secret).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238 appendix B.
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn agrees_with_the_standard() {
        assert_eq!(code(RFC, 59).unwrap(), "287082");
        assert_eq!(code(RFC, 1_111_111_109).unwrap(), "081804");
        assert_eq!(code(RFC, 2_000_000_000).unwrap(), "279037");
    }

    #[test]
    fn accepts_one_step_of_skew_and_each_code_once() {
        let now = 1_800_000_000;
        let step = now / STEP_S;
        let code = code(RFC, now).unwrap();
        for skew in [-30, 0, 30] {
            assert_eq!(check(RFC, &code, now + skew, None), Some(step));
        }
        assert_eq!(check(RFC, &code, now + 60, None), None);
        assert_eq!(check(RFC, &code, now, Some(step)), None);
        assert_eq!(check(RFC, &code, now, Some(step - 1)), Some(step));
        assert_eq!(check(RFC, "000000x", now, None), None);
        assert_eq!(check("not base32!", &code, now, None), None);
    }

    #[test]
    fn makes_secrets_and_addresses() {
        let secret = new_secret();
        assert_eq!(secret.len(), 32);
        let url = otpauth_url(&secret, "UK: CRM", "admin@example.uz").unwrap();
        assert!(url.starts_with("otpauth://totp/") && url.contains(&secret), "{url}");
    }
}
