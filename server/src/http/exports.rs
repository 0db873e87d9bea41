//! Lists as files: at once when they are short, in the background when they are long.

use super::{
    forms::see_other,
    v1::{problem::Problem, tasks::attachment},
};
use api::context::{Caller, TraceId};
use axum::{
    Extension,
    extract::{FromRequestParts, Path, State},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use axum_extra::extract::{Query, QueryRejection};
use domain::{Ctx, Error, exports};
use model::{
    BuildingId, Code,
    audit::AuditFilter,
    billing::DebtFilter,
    exports::{DIRECT_ROWS, ExportCommand, ExportFormat, ExportList},
    payments::PaymentFilter,
    people::{ContactFilter, Relation},
    property::{BuildingFilter, RegisterFilter},
    requests::RequestFilter,
    staff::StaffFilter,
};
use serde::Deserialize;
use std::convert::Infallible;

/// What is asked beside the filter of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// Keys of columns, separated by commas.
    columns: Option<String>,
    text: Option<String>,
    building: Option<BuildingId>,
    relation: Option<Relation>,
    has_login: Option<bool>,
    /// Of people; the orders of the other lists are parts of their filters.
    sort: Option<String>,
    reverse: Option<bool>,
}

/// `GET /desk/requests.xlsx`: exactly what the list with the same query shows.
pub async fn requests(
    state: State<Ctx>,
    caller: Extension<Caller>,
    trace: Extension<TraceId>,
    filters: Filters,
    shown: Query<Shown>,
) -> Response {
    list(state, caller, trace, Path("requests.xlsx".to_owned()), filters, shown).await
}

/// `GET /desk/exports/{list}.{xlsx|csv}`: exactly what the list with the same query shows. A long one is made in the
/// background and waits at `/desk/exports`.
pub async fn list(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    Path(file): Path<String>,
    filters: Filters,
    Query(shown): Query<Shown>,
) -> Response {
    match export(&ctx, caller, &file, filters, shown).await {
        Ok(response) => response,
        Err(error) => Problem::from(error.into_failure(Some(trace.0))).into_response(),
    }
}

/// The query read as the filter of one list. It belongs to another list when it does not read so.
type Asked<F> = Result<Query<F>, QueryRejection>;

/// The query read as the filter of each list; the one that is taken is looked at.
pub struct Filters {
    requests: Asked<RequestFilter>,
    people: Asked<ContactFilter>,
    units: Asked<RegisterFilter>,
    payments: Asked<PaymentFilter>,
    debts: Asked<DebtFilter>,
    buildings: Asked<BuildingFilter>,
    staff: Asked<StaffFilter>,
    audit: Asked<AuditFilter>,
}

impl<S: Send + Sync> FromRequestParts<S> for Filters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self {
            requests: Query::from_request_parts(parts, state).await,
            people: Query::from_request_parts(parts, state).await,
            units: Query::from_request_parts(parts, state).await,
            payments: Query::from_request_parts(parts, state).await,
            debts: Query::from_request_parts(parts, state).await,
            buildings: Query::from_request_parts(parts, state).await,
            staff: Query::from_request_parts(parts, state).await,
            audit: Query::from_request_parts(parts, state).await,
        })
    }
}

/// The filter of the list that is taken; nothing for the others.
fn filter<F: Default>(asked: Asked<F>, taken: bool) -> Result<F, Error> {
    match asked {
        Ok(Query(filter)) if taken => Ok(filter),
        Err(_) if taken => Err(Code::BadRequest.into()),
        _ => Ok(F::default()),
    }
}

async fn export(ctx: &Ctx, caller: Caller, file: &str, asked: Filters, shown: Shown) -> Result<Response, Error> {
    let actor = caller.0.ok_or(Code::Unauthenticated)?;
    let (name, form) = file.split_once('.').ok_or(Code::NotFound)?;
    let list: ExportList = name.parse().map_err(|()| Code::NotFound)?;
    let format: ExportFormat = form.parse().map_err(|()| Code::NotFound)?;
    let columns = shown.columns.unwrap_or_default().split(',').filter(|k| !k.is_empty()).map(str::to_owned).collect();
    let people_sort = match shown.sort.as_deref().filter(|_| list == ExportList::People) {
        Some(word) => Some(word.parse().map_err(|()| Code::BadRequest)?),
        None => None,
    };
    let command = ExportCommand {
        list,
        format,
        lang: actor.lang(),
        columns,
        requests: RequestFilter { cursor: None, limit: None, ..filter(asked.requests, list == ExportList::Requests)? },
        text: shown.text,
        units: RegisterFilter { cursor: None, limit: None, ..filter(asked.units, list == ExportList::Units)? },
        payments: PaymentFilter { cursor: None, limit: None, ..filter(asked.payments, list == ExportList::Payments)? },
        debts: DebtFilter { cursor: None, limit: None, ..filter(asked.debts, list == ExportList::Debts)? },
        buildings: BuildingFilter {
            cursor: None,
            limit: None,
            ..filter(asked.buildings, list == ExportList::Buildings)?
        },
        staff: filter(asked.staff, list == ExportList::Staff)?,
        audit: AuditFilter { cursor: None, limit: None, ..filter(asked.audit, list == ExportList::Audit)? },
        building_id: shown.building,
        relation: shown.relation,
        has_login: shown.has_login,
        people_sort,
        people_reverse: list == ExportList::People && shown.reverse.unwrap_or(false),
        people_ids: filter(asked.people, list == ExportList::People)?.ids,
    };
    if exports::is_longer(ctx, &actor, &command, DIRECT_ROWS).await? {
        exports::start(ctx, &actor, &command).await?;
        return Ok(see_other("/desk/exports"));
    }
    let bytes = worker::exports::file(ctx, &actor, &command, None).await?.unwrap_or_default();
    Ok(attachment(documents::table_format(format).content_type(), &format!("{list}.{format}"), bytes))
}
