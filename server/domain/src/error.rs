//! What a use case can fail with.

use model::{Code, Failure, FieldError};
use platform::{blobs::BlobError, db::DbError};

pub type Result<T, E = Error> = std::result::Result<T, E>;

tokio::task_local! {
    /// Whether the call that is being answered comes from somebody who looks as another person.
    static LOOKS: bool;
}

/// Answers a call, knowing whether its caller looks as another person.
pub async fn answering<F: Future>(looks: bool, answer: F) -> F::Output {
    LOOKS.scope(looks, answer).await
}

/// A failure for the caller, or a fault of ours whose cause goes to the log and never to the caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Failure(#[from] Failure),
    #[error("{context}: {source}")]
    Internal { context: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
}

impl Error {
    pub fn internal(context: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal { context, source: source.into() }
    }

    /// The failure of one field.
    pub fn field(pointer: &str, code: &str) -> Self {
        Self::Failure(Failure::invalid(vec![FieldError::new(pointer, code)]))
    }

    pub fn code(&self) -> Code {
        match self {
            Self::Failure(failure) => failure.code,
            Self::Internal { source, .. } if passes(source.as_ref()) || self.is_conflict() => Code::Unavailable,
            Self::Internal { .. } => Code::Internal,
        }
    }

    /// Two transactions stood in each other's way and this one gave in: it can be tried again at once.
    pub(crate) fn is_conflict(&self) -> bool {
        let Self::Internal { source, .. } = self else { return false };
        let Some(sqlx::Error::Database(error)) = sql(source.as_ref()) else { return false };
        matches!(error.code().as_deref(), Some("40001" | "40P01"))
    }

    /// What the caller may know. The cause of an internal fault is logged here under `trace_id`.
    pub fn into_failure(self, trace_id: Option<String>) -> Failure {
        match self {
            Self::Failure(failure) => failure,
            Self::Internal { ref context, ref source } => {
                tracing::error!(error = %source, context, trace_id, "internal error");
                Failure { trace_id, ..Failure::new(self.code()) }
            }
        }
    }
}

/// SQLSTATEs of a database that waits too long for somebody's lock or is crowded, full, starting or going.
const LATER: [&str; 8] = ["55P03", "57014", "53100", "53300", "57P01", "57P02", "57P03", "25006"];

/// What the database or the way to it said, also where the platform wrapped it.
fn sql<'a>(source: &'a (dyn std::error::Error + Send + Sync + 'static)) -> Option<&'a sqlx::Error> {
    match source.downcast_ref::<DbError>() {
        Some(DbError::Sql(error) | DbError::Unreachable(error)) => Some(error),
        Some(_) => None,
        None => source.downcast_ref::<sqlx::Error>(),
    }
}

/// Whether the fault lies in what we lean on, and the same call may work in a moment.
fn passes(source: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    if let Some(error) = source.downcast_ref::<BlobError>() {
        return matches!(error, BlobError::Disk(_) | BlobError::Away(_));
    }
    match sql(source) {
        Some(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed) => true,
        Some(sqlx::Error::Database(error)) => error.code().is_some_and(|code| LATER.contains(&code.as_ref())),
        _ => false,
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::Failure(code.into())
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Code::NotFound.into(),
            // A NUL in a text (22021, in JSON 22P05) or a moment out of range (22008): values no column can hold.
            sqlx::Error::Database(ref e) if matches!(e.code().as_deref(), Some("22021" | "22P05" | "22008")) => {
                Code::Invalid.into()
            }
            // Who looks as another person reads in a transaction that refuses changes (see `Tx`). Anybody else has met a
            // database that takes none for now.
            sqlx::Error::Database(ref e)
                if e.code().as_deref() == Some("25006") && LOOKS.try_with(|looks| *looks).unwrap_or(true) =>
            {
                Code::LookingAs.into()
            }
            // Raised by the ledger (see its migration).
            sqlx::Error::Database(ref e) if e.code().as_deref() == Some("UK001") => Code::PeriodClosed.into(),
            error => Self::internal("database", error),
        }
    }
}

impl From<platform::db::DbError> for Error {
    fn from(error: platform::db::DbError) -> Self {
        Self::internal("database", error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal("json", error)
    }
}

/// Reads a word the database keeps; one it should not hold is our fault.
pub(crate) fn word<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::internal("unknown word in the database", text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_away_come_back_and_a_refusal_is_our_fault() {
        let code = |error: BlobError| Error::internal("files", error).code();
        assert_eq!(code(BlobError::Away("no answer".to_owned())), Code::Unavailable);
        assert_eq!(code(BlobError::Disk(std::io::ErrorKind::StorageFull.into())), Code::Unavailable);
        assert_eq!(code(BlobError::Refused("a wrong key".to_owned())), Code::Internal);
    }
}
