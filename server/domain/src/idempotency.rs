//! `Idempotency-Key`: the answer is stored in the same transaction as its effect, so a repeat finds it or does it.

use crate::{Error, Result, Tx};
use model::Code;
use platform::tokens::hash_token;
use serde::Serialize;
use serde_json::Value;

/// The key a caller sent and the hash of what it sent with it.
pub struct Key {
    pub key: String,
    pub request_hash: Vec<u8>,
}

impl Key {
    /// The key of a `call` with this body: hashed as understood, so that spaces and the order of fields do not matter.
    ///
    /// # Errors
    /// `internal` when the body cannot be written as JSON.
    pub fn of(key: String, call: &str, body: &impl Serialize) -> Result<Self> {
        let canonical = serde_json::to_string(body).map_err(|e| Error::internal("a command as JSON", e))?;
        Ok(Self { key, request_hash: hash_token(&format!("{call}\n{canonical}")).to_vec() })
    }

    /// The key of a form on a page. Its `filling` is a word of its own for each time it is filled in: what is sent again
    /// because the answer was lost is the same call, what was corrected before is another one.
    ///
    /// # Errors
    /// As [`Key::of`].
    pub fn of_form(filling: &str, call: &str, body: &impl Serialize) -> Result<Self> {
        let Self { request_hash, .. } = Self::of(String::new(), call, &(filling, body))?;
        let key = request_hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { key, request_hash })
    }
}

/// What a call with a key finds.
pub enum Claim {
    /// First of its kind: do the work, then [`store`] the answer in the same transaction.
    Fresh,
    /// Done before: give this answer again.
    Done { status: u16, body: Value },
}

/// Claims `key` for the caller. A concurrent call with the same key waits for the first one's commit.
///
/// # Errors
/// `idempotency_mismatch` when the key came before with another body.
pub async fn claim(tx: &mut Tx, key: &Key) -> Result<Claim> {
    let Key { key, request_hash } = key;
    let (company, user, now) = (tx.actor().company_id().0, tx.actor().user()?.0, tx.now());
    let inserted = sqlx::query!(
        "insert into idempotency_keys (company_id, user_id, key, request_hash, created_at) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        company,
        user,
        key,
        request_hash,
        now
    )
    .execute(tx.conn())
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(Claim::Fresh);
    }
    let row = sqlx::query!(
        "select request_hash, status, body from idempotency_keys where company_id = $1 and user_id = $2 and key = $3",
        company,
        user,
        key
    )
    .fetch_one(tx.conn())
    .await?;
    if row.request_hash != *request_hash {
        return Err(Code::IdempotencyMismatch.into());
    }
    match (row.status.and_then(|s| u16::try_from(s).ok()), row.body) {
        (Some(status), Some(body)) => Ok(Claim::Done { status, body }),
        _ => Err(Code::IdempotencyInProgress.into()),
    }
}

/// Stores the answer under the claimed key.
pub async fn store(tx: &mut Tx, key: &Key, status: u16, body: &Value) -> Result<()> {
    let (company, user) = (tx.actor().company_id().0, tx.actor().user()?.0);
    sqlx::query!(
        "update idempotency_keys set status = $4, body = $5 where company_id = $1 and user_id = $2 and key = $3",
        company,
        user,
        key.key,
        i32::from(status),
        body
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
