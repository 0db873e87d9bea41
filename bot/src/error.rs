//! What can go wrong, in the classes that decide what happens next.

use model::{Code, Failure};
use teloxide::{ApiError, DownloadError, RequestError};

/// A failed call of the bot. Never holds a URL: the bot's token is part of it.
#[derive(Debug, thiserror::Error)]
pub enum BotError {
    /// The chat is closed to us: stop using it.
    #[error("the chat is closed to the bot: {0}")]
    Blocked(String),
    /// No earlier than in this many seconds.
    #[error("Telegram asks to wait {0} s")]
    Throttled(u32),
    /// Telegram refused the message; another attempt would be refused as well.
    #[error("Telegram refused: {0}")]
    Refused(String),
    /// The markup of a text is broken.
    #[error("Telegram cannot parse the text: {0}")]
    Markup(String),
    /// The network, or Telegram itself, failed for now.
    #[error("Telegram is away: {0}")]
    Away(String),
    /// A use case failed by no fault of the person.
    #[error(transparent)]
    Domain(domain::Error),
    /// Settings that cannot work.
    #[error("{0}")]
    Config(&'static str),
}

impl BotError {
    /// Whether waiting helps, however long it takes.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Throttled(_) | Self::Away(_) => true,
            Self::Domain(error) => error.code() == Code::Unavailable,
            _ => false,
        }
    }
}

/// Sorts out what to tell the person; our own faults stay errors.
pub(crate) fn spoken<T>(result: domain::Result<T>) -> Result<Result<T, Failure>, BotError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(domain::Error::Failure(failure)) => Ok(Err(failure)),
        Err(error) => Err(BotError::Domain(error)),
    }
}

impl From<domain::Error> for BotError {
    fn from(error: domain::Error) -> Self {
        Self::Domain(error)
    }
}

impl From<RequestError> for BotError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::RetryAfter(seconds) => Self::Throttled(seconds.seconds()),
            RequestError::Api(error) => refused(error),
            RequestError::Network(error) => Self::Away(network(error.is_timeout(), error.is_connect()).to_owned()),
            RequestError::InvalidJson { .. } => Self::Away("the answer is not the Bot API's".to_owned()),
            RequestError::Io(error) => Self::Away(error.kind().to_string()),
            RequestError::MigrateToChatId(_) => Self::Refused("the chat became a supergroup".to_owned()),
        }
    }
}

impl From<DownloadError> for BotError {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::Network(error) => Self::Away(network(error.is_timeout(), error.is_connect()).to_owned()),
            DownloadError::Io(error) => Self::Away(error.kind().to_string()),
        }
    }
}

fn network(timeout: bool, connect: bool) -> &'static str {
    match (timeout, connect) {
        (true, _) => "no answer in time",
        (_, true) => "no connection",
        _ => "the connection broke",
    }
}

fn refused(error: ApiError) -> BotError {
    use ApiError as E;
    let text = error.to_string();
    match error {
        E::BotBlocked | E::UserDeactivated | E::ChatNotFound | E::CantInitiateConversation | E::BotKicked => {
            BotError::Blocked(text)
        }
        E::CantParseEntities(_) => BotError::Markup(text),
        // The operator's mistake: updates wait until the token is right.
        E::InvalidToken => BotError::Away(text),
        E::Unknown(text) if !["Bad Request", "Forbidden", "Conflict"].iter().any(|kind| text.starts_with(kind)) => {
            BotError::Away(text)
        }
        _ => BotError::Refused(text),
    }
}
