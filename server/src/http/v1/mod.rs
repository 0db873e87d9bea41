//! REST under `/api/v1`: the use cases as JSON, with their OpenAPI document. Handlers translate and nothing more.

pub mod access;
pub mod assignment;
pub mod audit;
pub mod auth;
pub mod bank;
pub mod billing;
mod bulk;
pub mod classifier;
mod deadlines;
pub mod extract;
pub mod files;
pub mod imports;
pub mod news;
pub mod notices;
pub mod openapi;
pub mod operations;
pub mod outages;
pub mod payments;
pub mod penalties;
pub mod people;
pub mod plans;
pub mod problem;
pub mod property;
pub mod push;
pub mod receipts;
pub mod reconciliations;
pub mod requests;
pub mod rounds;
mod routes;
pub mod search;
mod shifts;
pub mod staff;
pub mod tasks;
pub mod together;
pub mod uploads;
pub mod work;

use axum::Router;
use domain::Ctx;
use model::Code;
use problem::Problem;
use routes::Routes;
use utoipa::openapi::OpenApi;

/// Where the router is mounted; the paths of the document start with it.
pub const BASE: &str = "/api/v1";

/// The routes, to be nested at [`BASE`].
pub fn router() -> Router<Ctx> {
    operations()
        .into_router()
        .merge(openapi::pages())
        .fallback(async || Problem::from(Code::NotFound))
        .method_not_allowed_fallback(async || Problem::from(Code::MethodNotAllowed))
}

/// The OpenAPI document.
pub fn document() -> OpenApi {
    openapi::finish(operations().describe())
}

fn operations() -> Routes {
    Routes::new()
        .merge(auth::routes())
        .merge(requests::routes())
        .merge(bulk::routes())
        .merge(together::routes())
        .merge(work::routes())
        .merge(plans::routes())
        .merge(rounds::routes())
        .merge(deadlines::routes())
        .merge(classifier::routes())
        .merge(assignment::routes())
        .merge(shifts::routes())
        .merge(files::routes())
        .merge(uploads::routes())
        .merge(property::routes())
        .merge(payments::routes())
        .merge(bank::routes())
        .merge(reconciliations::routes())
        .merge(push::routes())
        .merge(people::routes())
        .merge(access::routes())
        .merge(staff::routes())
        .merge(search::routes())
        .merge(imports::routes())
        .merge(tasks::routes())
        .merge(notices::routes())
        .merge(news::routes())
        .merge(outages::routes())
        .merge(billing::routes())
        .merge(receipts::routes())
        .merge(penalties::routes())
        .merge(audit::routes())
        .merge(operations::routes())
}
