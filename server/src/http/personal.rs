//! What the company holds about a person, to take away: as JSON for machines and as a page for people.

use super::v1::{problem::Problem, tasks::attachment};
use api::context::{Caller, TraceId};
use axum::{
    Extension,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::{Ctx, Error, privacy};
use i18n::{Locale, billing, notices, td_string, when, words};
use model::{
    Code, ContactId, Phone,
    notices::NoticeKind,
    payments::PaymentState,
    privacy::PersonalData,
    requests::{CallDirection, CallResult},
};
use std::fmt::Write as _;

/// `GET /my/data.json`.
pub async fn own_json(state: State<Ctx>, caller: Extension<Caller>, trace: Extension<TraceId>) -> Response {
    answer(load(&state, &caller, None).await.and_then(|(data, _)| as_json(&data)), trace)
}

/// `GET /my/data.html`.
pub async fn own_page(state: State<Ctx>, caller: Extension<Caller>, trace: Extension<TraceId>) -> Response {
    answer(load(&state, &caller, None).await.map(|(data, l)| as_page(&data, l)), trace)
}

/// `GET /desk/people/{id}/data.json`: on a person's request, to hand over.
pub async fn json(
    state: State<Ctx>,
    caller: Extension<Caller>,
    trace: Extension<TraceId>,
    Path(id): Path<String>,
) -> Response {
    answer(load(&state, &caller, Some(&id)).await.and_then(|(data, _)| as_json(&data)), trace)
}

/// `GET /desk/people/{id}/data.html`.
pub async fn page(
    state: State<Ctx>,
    caller: Extension<Caller>,
    trace: Extension<TraceId>,
    Path(id): Path<String>,
) -> Response {
    answer(load(&state, &caller, Some(&id)).await.map(|(data, l)| as_page(&data, l)), trace)
}

fn answer(made: Result<Response, Error>, Extension(trace): Extension<TraceId>) -> Response {
    made.unwrap_or_else(|error| Problem::from(error.into_failure(Some(trace.0))).into_response())
}

async fn load(ctx: &Ctx, caller: &Caller, id: Option<&str>) -> Result<(PersonalData, Locale), Error> {
    let actor = caller.0.as_ref().ok_or(Code::Unauthenticated)?;
    let data = match id {
        None => privacy::export_own(ctx, actor).await?,
        Some(id) => {
            let id: ContactId = id.parse().map_err(|_| Code::NotFound)?;
            privacy::export(ctx, actor, id).await?
        }
    };
    Ok((data, i18n::locale(actor.lang())))
}

fn as_json(data: &PersonalData) -> Result<Response, Error> {
    Ok(attachment("application/json", "my-data.json", serde_json::to_vec_pretty(data)?))
}

fn as_page(data: &PersonalData, l: Locale) -> Response {
    attachment("text/html; charset=utf-8", "my-data.html", html(data, l).into_bytes())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// One table: its title, the names of its columns, its rows.
fn table(out: &mut String, title: &str, columns: &[&str], rows: &[Vec<String>]) {
    if rows.is_empty() {
        return;
    }
    let cells = |tag: &str, cells: &mut dyn Iterator<Item = &str>| {
        cells.fold(String::new(), |mut line, text| {
            let _ = write!(line, "<{tag}>{}</{tag}>", escaped(text));
            line
        })
    };
    let _ = write!(out, "<h2>{}</h2><table><tr>{}</tr>", escaped(title), cells("th", &mut columns.iter().copied()));
    for row in rows {
        let _ = write!(out, "<tr>{}</tr>", cells("td", &mut row.iter().map(String::as_str)));
    }
    out.push_str("</table>");
}

/// A page of its own, without anything to load: it will be opened from a disk.
fn html(data: &PersonalData, l: Locale) -> String {
    let at = |moment: DateTime<Utc>| when::full(l, moment);
    let day = |day: chrono::NaiveDate| day.format("%d.%m.%Y").to_string();
    let text = |value: Option<String>| value.unwrap_or_default();
    let title = td_string!(l, access.data_title, name = data.contact.name.clone()).to_string();
    let mut out = format!(
        "<!doctype html><html lang=\"{l}\"><meta charset=\"utf-8\"><title>{0}</title><style>body{{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}table{{border-collapse:collapse;width:100%}}th,td{{border:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}}</style><h1>{0}</h1><p>{1}</p>",
        escaped(&title),
        escaped(&td_string!(l, access.data_lead, company = data.company.clone(), time = at(data.made_at)).to_string())
    );
    let c = &data.contact;
    let phones: Vec<String> = c.phones.iter().map(Phone::pretty).collect();
    let facts = [
        (td_string!(l, people.name), c.name.clone()),
        (td_string!(l, people.phones), phones.join(", ")),
        (td_string!(l, people.email), text(c.email.clone())),
        (td_string!(l, people.passport), text(c.passport.clone())),
        (td_string!(l, people.pinfl), text(c.pinfl.clone())),
        (td_string!(l, people.language), words::language(c.lang).to_owned()),
        (td_string!(l, people.note), text(c.note.clone())),
        (td_string!(l, access.data_known_since), at(c.known_since)),
        (td_string!(l, access.data_login_phone), text(c.login_phone.as_ref().map(Phone::pretty))),
        (td_string!(l, access.data_chats), c.telegram_chats.to_string()),
    ];
    let facts: Vec<Vec<String>> = facts.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    table(
        &mut out,
        td_string!(l, people.contact),
        &[td_string!(l, access.data_what), td_string!(l, access.data_value)],
        &facts,
    );
    let homes: Vec<Vec<String>> = data
        .homes
        .iter()
        .map(|h| {
            let until = h.until_on.map(day).unwrap_or_default();
            vec![
                h.address.clone(),
                words::relation(l, h.relation).to_owned(),
                text(h.share.clone()),
                day(h.since_on),
                until,
                h.accounts.join(", "),
            ]
        })
        .collect();
    let columns = [
        td_string!(l, property.address),
        td_string!(l, access.relation),
        td_string!(l, access.data_share),
        td_string!(l, access.data_since),
        td_string!(l, access.data_until),
        td_string!(l, property.accounts),
    ];
    table(&mut out, td_string!(l, people.homes), &columns, &homes);
    money(&mut out, data, l);
    let requests: Vec<Vec<String>> = data
        .requests
        .iter()
        .map(|r| {
            let talk: Vec<String> =
                r.comments.iter().map(|c| format!("{} {}: {}", at(c.at), c.author, c.text)).collect();
            let files: Vec<String> = r.files.iter().map(|f| f.url.clone()).collect();
            vec![
                r.number.to_string(),
                at(r.created_at),
                words::status(l, r.status).to_owned(),
                words::category(l, r.category).to_owned(),
                r.address.clone(),
                r.description.clone(),
                talk.join("; "),
                files.join(", "),
            ]
        })
        .collect();
    let columns = [
        "№",
        td_string!(l, messages.export_created),
        td_string!(l, messages.export_status),
        td_string!(l, messages.export_category),
        td_string!(l, messages.export_address),
        td_string!(l, messages.export_description),
        td_string!(l, messages.export_comments),
        td_string!(l, messages.export_photos),
    ];
    table(&mut out, td_string!(l, common.requests), &columns, &requests);
    let signs: Vec<Vec<String>> =
        data.sign_ins.iter().map(|s| vec![at(s.at), at(s.last_seen_at), s.ip.clone(), s.device.clone()]).collect();
    let columns = [
        td_string!(l, access.data_when),
        td_string!(l, access.data_last_seen),
        td_string!(l, access.data_ip),
        td_string!(l, access.data_device),
    ];
    table(&mut out, td_string!(l, auth.sessions), &columns, &signs);
    contacts(&mut out, data, l);
    let asked: Vec<Vec<String>> = data
        .applications
        .iter()
        .map(|a| {
            vec![
                at(a.at),
                words::application_kind(l, a.kind).to_owned(),
                words::application_state(l, a.state).to_owned(),
                a.place.clone(),
                text(a.note.clone()),
                text(a.reason.clone()),
            ]
        })
        .collect();
    let columns = [
        td_string!(l, access.data_when),
        td_string!(l, access.data_what),
        td_string!(l, access.state),
        td_string!(l, access.place),
        td_string!(l, access.note),
        td_string!(l, access.reason),
    ];
    table(&mut out, td_string!(l, access.applications), &columns, &asked);
    let messages: Vec<Vec<String>> = data
        .messages
        .iter()
        .map(|m| vec![at(m.at), m.channel.to_string(), m.address.clone(), m.about.clone()])
        .collect();
    let columns = [
        td_string!(l, access.data_when),
        td_string!(l, access.data_channel),
        td_string!(l, access.data_address),
        td_string!(l, access.data_what),
    ];
    table(&mut out, td_string!(l, access.data_messages), &columns, &messages);
    out.push_str("</html>");
    out
}

/// The accounts of their homes, what was charged and paid while they lived there.
fn money(out: &mut String, data: &PersonalData, l: Locale) {
    let account = td_string!(l, payments.account);
    let accounts: Vec<Vec<String>> = data
        .accounts
        .iter()
        .map(|a| vec![a.number.clone(), a.address.clone(), billing::day(a.opened_on), billing::soum(l, a.balance)])
        .collect();
    let columns =
        [account, td_string!(l, property.address), td_string!(l, access.data_since), td_string!(l, billing.balance)];
    table(out, td_string!(l, billing.accounts), &columns, &accounts);
    let charges: Vec<Vec<String>> = data
        .charges
        .iter()
        .map(|c| {
            let service = c.service.get(i18n::lang(l)).to_owned();
            vec![billing::month(l, c.period), c.account.clone(), service, billing::soum(l, c.amount)]
        })
        .collect();
    let columns =
        [td_string!(l, billing.run_month), account, td_string!(l, billing.service), td_string!(l, billing.amount)];
    table(out, td_string!(l, billing.charges), &columns, &charges);
    let payments: Vec<Vec<String>> = data
        .payments
        .iter()
        .map(|p| {
            let state = match p.state {
                PaymentState::Completed => td_string!(l, payments.state_completed),
                PaymentState::Refunded => td_string!(l, payments.state_refunded),
            };
            let (amount, state) = (billing::soum(l, p.amount), state.to_owned());
            vec![when::full(l, p.at), p.number.to_string(), p.account.clone(), amount, state, p.reference.clone()]
        })
        .collect();
    let columns = [
        td_string!(l, payments.when),
        "№",
        account,
        td_string!(l, billing.amount),
        td_string!(l, payments.state),
        td_string!(l, payments.reference),
    ];
    table(out, td_string!(l, payments.title), &columns, &payments);
}

/// How the company spoke with them: calls, devices, notices with what was read of them.
fn contacts(out: &mut String, data: &PersonalData, l: Locale) {
    let calls: Vec<Vec<String>> = data
        .calls
        .iter()
        .map(|c| {
            let direction = match c.direction {
                CallDirection::In => td_string!(l, together.call_in),
                CallDirection::Out => td_string!(l, together.call_out),
            };
            let result = match c.result {
                CallResult::Request => td_string!(l, together.result_request),
                CallResult::Answered => td_string!(l, together.result_answered),
                CallResult::PassedOn => td_string!(l, together.result_passed_on),
                CallResult::NoAnswer => td_string!(l, together.result_no_answer),
                CallResult::WrongNumber => td_string!(l, together.result_wrong_number),
                CallResult::Other => td_string!(l, together.result_other),
            };
            let phone = c.phone.as_ref().map(Phone::pretty).unwrap_or_default();
            vec![when::full(l, c.at), direction.to_owned(), phone, result.to_owned()]
        })
        .collect();
    let columns = [
        td_string!(l, access.data_when),
        td_string!(l, access.data_what),
        td_string!(l, people.phone),
        td_string!(l, access.data_result),
    ];
    table(out, td_string!(l, together.calls), &columns, &calls);
    let devices: Vec<Vec<String>> = data
        .devices
        .iter()
        .map(|d| vec![when::full(l, d.at), when::full(l, d.last_seen_at), d.device.clone()])
        .collect();
    let columns =
        [td_string!(l, access.data_when), td_string!(l, access.data_last_seen), td_string!(l, access.data_device)];
    table(out, td_string!(l, access.data_devices), &columns, &devices);
    let told: Vec<Vec<String>> = data
        .notices
        .iter()
        .map(|n| {
            let kind = match n.kind.parse::<NoticeKind>() {
                Ok(kind) => notices::kind(l, kind).to_owned(),
                Err(()) => n.kind.clone(),
            };
            vec![when::full(l, n.at), kind, n.read_at.map(|at| when::full(l, at)).unwrap_or_default()]
        })
        .collect();
    let columns = [td_string!(l, access.data_when), td_string!(l, access.data_what), td_string!(l, access.data_read)];
    table(out, td_string!(l, notices.title), &columns, &told);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_typed_stays_text() {
        let mut out = String::new();
        table(&mut out, "a & b", &["<x>"], &[vec!["<script>alert(1)</script>".to_owned()]]);
        assert_eq!(
            out,
            "<h2>a &amp; b</h2><table><tr><th>&lt;x&gt;</th></tr><tr><td>&lt;script&gt;alert(1)&lt;/script&gt;</td></tr></table>"
        );
        let mut empty = String::new();
        table(&mut empty, "a", &["b"], &[]);
        assert_eq!(empty, "");
    }
}
