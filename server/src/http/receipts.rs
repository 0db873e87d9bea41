//! `POST /desk/receipts`: the bills of a house as one file. `POST /desk/letters`: letters to debtors. Plain forms: the
//! work is seen at `/desk/exports`. `GET /accounts/{id}/letter`: one letter, at once.

use super::{
    forms::{back, see_other},
    v1::{
        extract::{Id, Query},
        receipts::{LetterQuery, letter_paper},
    },
};
use api::context::{Caller, TraceId};
use axum::{Extension, Form, extract::State, response::Response};
use chrono::NaiveDate;
use domain::{Ctx, Error, billing, reminders};
use model::{
    AccountId, Code, Money,
    receipts::{PrintLetters, PrintReceipts},
};
use serde::Deserialize;
use std::str::FromStr;

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

/// A letter in a tab of its own; a refusal is said on the page of the account.
pub async fn letter(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    Id(id): Id<AccountId>,
    Query(query): Query<LetterQuery>,
) -> Response {
    match one_letter(&ctx, caller, id, &query).await {
        Ok(paper) => paper,
        Err(error) => back(&format!("/desk/accounts/{id}"), &error.into_failure(Some(trace.0)), &[]),
    }
}

async fn one_letter(ctx: &Ctx, caller: Caller, id: AccountId, query: &LetterQuery) -> Result<Response, Error> {
    let actor = caller.0.ok_or(Code::Unauthenticated)?;
    letter_paper(ctx, &actor, id, query).await
}

/// Which debtors were meant: those that are named, else all of the filter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Debtors {
    /// Ids with commas between them.
    accounts: String,
    building: String,
    older: String,
    least: String,
    step: String,
    lang: String,
}

pub async fn print_letters(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    Form(form): Form<Debtors>,
) -> Response {
    match start_letters(&ctx, caller, &form).await {
        Ok(()) => see_other("/desk/exports"),
        Err(error) => {
            let filter = [("building", form.building.as_str()), ("older", &form.older), ("least", &form.least)];
            back("/desk/debts", &error.into_failure(Some(trace.0)), &filter)
        }
    }
}

async fn start_letters(ctx: &Ctx, caller: Caller, form: &Debtors) -> Result<(), Error> {
    /// What is empty was not chosen; what cannot be read is wrong.
    fn chosen<T: FromStr>(text: &str, pointer: &'static str) -> Result<Option<T>, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| Error::field(pointer, "out_of_range"))
    }
    let actor = caller.0.ok_or(Code::Unauthenticated)?;
    let ids = form.accounts.split(',').filter_map(|id| chosen(id, "/account_ids").transpose());
    let least = form.least.trim();
    let least = (!least.is_empty()).then(|| Money::read(least).ok_or_else(|| Error::field("/least", "out_of_range")));
    let command = PrintLetters {
        account_ids: ids.collect::<Result<_, _>>()?,
        building_id: chosen(&form.building, "/building_id")?,
        older: chosen(&form.older, "/older")?,
        least: least.transpose()?.map(Money::tiyin),
        step: chosen(&form.step, "/step")?,
        lang: model::Lang::parse(&form.lang),
    };
    reminders::start_letters(ctx, &actor, &command).await?;
    Ok(())
}
