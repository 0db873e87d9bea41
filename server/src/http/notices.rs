//! `/notices/{id}`: from a notice to what it is about. It is read now, whatever part of the product it leads to.

use super::v1::{extract::Id, problem::Problem};
use api::context::Caller;
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use domain::{Ctx, notices};
use model::{Code, NoticeId, Role};

pub async fn open(State(ctx): State<Ctx>, Extension(caller): Extension<Caller>, Id(id): Id<NoticeId>) -> Response {
    let Some(actor) = caller.0 else { return Redirect::to("/login").into_response() };
    match notices::open(&ctx, &actor, id).await {
        Ok((kind, about)) => {
            let list = match actor.role() {
                Role::Resident => "/my/notices",
                Role::Staff => "/work/notices",
                _ => "/desk/notices",
            };
            let page = i18n::notices::leads(actor.role(), kind, about);
            Redirect::to(page.as_deref().unwrap_or(list)).into_response()
        }
        Err(error) if error.code() == Code::NotFound => Problem::from(Code::NotFound).into_response(),
        Err(error) => Problem::from(error.into_failure(None)).into_response(),
    }
}
