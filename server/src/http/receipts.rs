//! `POST /desk/receipts`: the bills of a house as one file. A plain form: the work is seen at `/desk/exports`.

use super::forms::{back, see_other};
use api::context::{Caller, TraceId};
use axum::{Extension, Form, extract::State, response::Response};
use chrono::NaiveDate;
use domain::{Ctx, Error, billing};
use model::{Code, receipts::PrintReceipts};
use serde::Deserialize;

/// What was chosen; nothing of it may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    house: String,
    month: String,
    lang: String,
}

pub async fn print(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    Form(form): Form<Chosen>,
) -> Response {
    match start(&ctx, caller, &form).await {
        Ok(()) => see_other("/desk/exports"),
        Err(error) => {
            let typed = [("house", form.house.as_str()), ("month", &form.month), ("lang", &form.lang)];
            back("/desk/charges", &error.into_failure(Some(trace.0)), &typed)
        }
    }
}

async fn start(ctx: &Ctx, caller: Caller, form: &Chosen) -> Result<(), Error> {
    let actor = caller.0.ok_or(Code::Unauthenticated)?;
    let command = PrintReceipts {
        // What cannot be an id names nothing.
        building_id: form.house.parse().map_err(|_| Code::NotFound)?,
        period: form.month.parse::<NaiveDate>().map_err(|_| Error::field("/period", "out_of_range"))?,
        lang: model::Lang::parse(&form.lang),
    };
    billing::start_receipts(ctx, &actor, &command).await?;
    Ok(())
}
