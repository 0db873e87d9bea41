//! Looking at the product as another person: plain forms, because they change which session the browser is in.

use super::{
    cookies::Jar,
    forms::{see_other, signed_in},
    identity::{ClientIp, device},
    v1::problem::Problem,
};
use api::context::{Caller, TraceId};
use axum::{
    Extension, Form,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::{Ctx, Error, auth};
use model::auth::LookAs;

/// `POST /look-as`: the browser goes on as that person, and keeps its own session beside.
pub async fn begin(
    State(ctx): State<Ctx>,
    Extension(jar): Extension<Jar>,
    Extension(ip): Extension<ClientIp>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    headers: HeaderMap,
    Form(command): Form<LookAs>,
) -> Response {
    let Some(actor) = caller.0 else { return see_other("/login") };
    match auth::look_as(&ctx, &actor, &command, &device(&headers, ip)).await {
        Ok(grant) => {
            let mut response = signed_in(jar, &grant, "");
            if let Some(own) = jar.refresh(&headers) {
                let seconds = i64::from(ctx.config.auth.refresh_days) * 86_400;
                jar.set_own(response.headers_mut(), own, seconds);
            }
            response
        }
        Err(error) => Problem::from(error.into_failure(Some(trace.0))).into_response(),
    }
}

/// `POST /look-as/return`: ends the look; the browser goes on with its own session.
pub async fn back(
    State(ctx): State<Ctx>,
    Extension(jar): Extension<Jar>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response {
    match &caller.0 {
        Some(actor) if actor.looking().is_none() => return see_other(auth::home_path(actor.role())),
        Some(actor) => {
            if let Err(error) = auth::logout(&ctx, actor).await {
                return Problem::from(error).into_response();
            }
        }
        // Its half hour is over already.
        None => {}
    }
    let own = match jar.own(&headers) {
        Some(token) => match auth::refresh(&ctx, token).await {
            Ok(grant) => Some(grant),
            Err(Error::Failure(_)) => None,
            Err(error) => return Problem::from(error).into_response(),
        },
        None => None,
    };
    let mut response = match own {
        Some(grant) => signed_in(jar, &grant, ""),
        None => {
            let mut response = see_other("/login");
            jar.clear(response.headers_mut());
            response
        }
    };
    if jar.own(&headers).is_some() {
        jar.set_own(response.headers_mut(), "", 0);
    }
    response
}
