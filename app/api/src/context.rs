//! What the server puts into the context of every page and server function.

use crate::{ApiError, ApiResult};
use domain::{Actor, Ctx};
use http::StatusCode;
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use model::Code;

/// The caller of this request; nobody when absent.
#[derive(Clone)]
pub struct Caller(pub Option<Actor>);

/// The token of somebody who proved a phone and has no login; it is no proof of being a caller.
#[derive(Clone, Debug, Default)]
pub struct Applicant(pub Option<String>);

/// Finds the id of this request in the log.
#[derive(Clone)]
pub struct TraceId(pub String);

/// Runs a use case for the signed-in caller and translates its failure.
pub(crate) async fn run<T, F>(use_case: impl FnOnce(Ctx, Actor) -> F) -> ApiResult<T>
where
    F: Future<Output = domain::Result<T>>,
{
    let ctx = expect_context::<Ctx>();
    let result = match use_context::<Caller>().and_then(|caller| caller.0) {
        Some(actor) => use_case(ctx, actor).await,
        None => Err(Code::Unauthenticated.into()),
    };
    result.map_err(translate)
}

/// Runs a use case that anybody may call.
pub(crate) async fn run_open<T, F>(use_case: impl FnOnce(Ctx) -> F) -> ApiResult<T>
where
    F: Future<Output = domain::Result<T>>,
{
    use_case(expect_context::<Ctx>()).await.map_err(translate)
}

fn translate(error: domain::Error) -> ApiError {
    let failure = error.into_failure(use_context::<TraceId>().map(|t| t.0));
    answer_with(failure.code);
    failure.into()
}

/// Gives the HTTP answer the status of a failure.
pub(crate) fn answer_with(code: Code) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(code.status())) {
        response.set_status(status);
    }
}
