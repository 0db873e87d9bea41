//! A [`Failure`] as the error of server functions.

use crate::codec::JsonText;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use model::{Code, Failure};
use serde::{Deserialize, Serialize};

pub type ApiResult<T> = Result<T, ApiError>;

/// What a page gets when a server function fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(transparent)]
#[error("{0}")]
pub struct ApiError(pub Failure);

impl ApiError {
    pub fn code(&self) -> Code {
        self.0.code
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Self(code.into())
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let code = match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Code::BadRequest,
            // Here, a call that does not parse.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => Code::BadRequest,
            // There, the network, or an answer that is not ours (a proxy's page): nothing was lost.
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) => Code::Unavailable,
            _ => Code::Internal,
        };
        #[cfg(feature = "ssr")]
        crate::context::answer_with(code);
        Self(code.into())
    }
}
