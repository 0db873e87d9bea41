//! `GET /desk/print/{sheet|act}?ids=…&lang=…`: the paper a worker takes along and the one a resident signs. Plain
//! HTML, a page of paper for each request; no WASM is needed to print it. What is recorded is printed; lines are left for
//! what is not known and for signatures.

mod work;

use super::{
    forms::{query, see_other},
    v1::problem::Problem,
};
use api::context::{Caller, TraceId};
use axum::{
    Extension,
    extract::{Path, State},
    http::header,
    response::{Html, IntoResponse, Response},
};
use axum_extra::extract::Query;
use chrono::{DateTime, Utc};
use domain::{Actor, Ctx, Error, access, auth, requests};
use i18n::{Locale, td_string, when, words};
use model::{
    Code, Lang, RequestId,
    auth::Me,
    requests::{PRINT_MOST, PrintKind, RequestCard},
};
use platform::ids::new_id;
use serde::Deserialize;
use std::fmt::Write as _;

/// What is printed, and in which language.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Separated by commas, at most fifty.
    ids: String,
    lang: Option<Lang>,
}

pub async fn print(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    Path(kind): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(actor) = caller.0 else {
        let next = format!("/desk/print/{kind}?ids={}", asked.ids);
        return see_other(&format!("/login?{}", query(&[("next", next.as_str())])));
    };
    match page(&ctx, &actor, &kind, &asked).await {
        Ok(response) => response,
        Err(error) => Problem::from(error.into_failure(Some(trace.0))).into_response(),
    }
}

async fn page(ctx: &Ctx, actor: &Actor, kind: &str, asked: &Asked) -> Result<Response, Error> {
    let kind: PrintKind = kind.parse().map_err(|()| Code::NotFound)?;
    if !actor.role().is_desk() {
        return Err(Code::Forbidden.into());
    }
    let ids: Vec<RequestId> = asked
        .ids
        .split(',')
        .filter(|id| !id.is_empty())
        .map(|id| id.parse().map_err(|_| Error::field("/ids", "unknown")))
        .collect::<Result<_, _>>()?;
    if ids.len() > PRINT_MOST {
        return Err(Error::field("/ids", "out_of_range"));
    }
    let me = auth::me(ctx, actor).await?;
    let (mut papers, mut missing) = (Vec::new(), 0_usize);
    for id in &ids {
        match requests::get(ctx, actor, *id).await {
            // Scanned by the worker at the door: their own page of the request.
            Ok(card) => papers.push((access::page_qr(ctx, &format!("/work/requests/{id}"))?, card)),
            // One that went away does not spoil the batch.
            Err(error) if error.code() == Code::NotFound => missing += 1,
            Err(error) => return Err(error),
        }
    }
    if papers.is_empty() && missing > 0 {
        return Err(Code::NotFound.into());
    }
    let lang = asked.lang.unwrap_or(actor.lang());
    let nonce = new_id().simple().to_string();
    let html = document(i18n::locale(lang), &nonce, kind, asked, &me, &papers, missing);
    // The signature may be in a store.
    let store = ctx.config.s3.origin().unwrap_or_default();
    let csp = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src 'self' {store}; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    Ok(([(header::CONTENT_SECURITY_POLICY, csp), (header::CACHE_CONTROL, "no-store".to_owned())], Html(html))
        .into_response())
}

const STYLE: &str = "
@page { size: A4; margin: 15mm }
* { box-sizing: border-box }
body { font: 11pt/1.4 system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; color: #000; background: #fff; margin: 0 auto; max-width: 190mm; padding: 8mm }
nav { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; border-bottom: 1px solid #999; padding-bottom: 10px; margin-bottom: 16px }
nav a, nav button { font: inherit; color: inherit; padding: 6px 12px; border: 1px solid #999; border-radius: 8px; background: #fff; text-decoration: none; cursor: pointer }
nav a[aria-current] { border-color: #000; font-weight: 600 }
article { break-after: page; padding-bottom: 12mm }
article:last-of-type { break-after: auto }
header { display: flex; justify-content: space-between; gap: 16px; border-bottom: 2px solid #000; padding-bottom: 6px }
figure { margin: 0 } figure svg { width: 26mm; height: 26mm; display: block }
h1 { font-size: 15pt; margin: 14px 0 6px }
h2 { font-size: 11pt; margin: 14px 0 4px }
dl { display: grid; grid-template-columns: 42mm 1fr; gap: 4px 12px; margin: 8px 0 }
dt { color: #444 } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap }
.words { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
.lines div { border-bottom: 1px solid #777; height: 9mm }
.sign { display: grid; grid-template-columns: 1fr 1fr; gap: 14mm; margin-top: 16mm; break-inside: avoid }
.sign div { border-top: 1px solid #000; padding-top: 3px; font-size: 9pt; color: #444 }
.sign b { display: block; color: #000; font-size: 11pt; min-height: 1.4em }
@media print { nav { display: none } body { padding: 0; max-width: none } }
";

fn document(
    l: Locale,
    nonce: &str,
    kind: PrintKind,
    asked: &Asked,
    me: &Me,
    papers: &[(String, RequestCard)],
    missing: usize,
) -> String {
    let mut out = String::new();
    let _ = write!(
        out,
        "<!doctype html><html lang=\"{l}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{}</title><style nonce=\"{nonce}\">{STYLE}{}</style></head><body>",
        escape(title(l, kind)),
        work::STYLE
    );
    bar(&mut out, l, kind, asked);
    if missing > 0 {
        let text = td_string!(l, together.print_failed, n = missing.to_string()).to_string();
        let _ = write!(out, "<p role=\"status\">{}</p>", escape(&text));
    }
    if papers.is_empty() {
        let _ = write!(out, "<p>{}</p>", escape(td_string!(l, together.print_none)));
    }
    for (qr, card) in papers {
        sheet(&mut out, l, kind, me, qr, card);
    }
    let _ = write!(
        out,
        "<script nonce=\"{nonce}\">document.getElementById('print').addEventListener('click', () => window.print())</script></body></html>"
    );
    out
}

fn title(l: Locale, kind: PrintKind) -> &'static str {
    match kind {
        PrintKind::Sheet => td_string!(l, together.print_sheet),
        PrintKind::Act => td_string!(l, together.print_act),
    }
}

/// The other paper and the other language; not printed.
fn bar(out: &mut String, l: Locale, kind: PrintKind, asked: &Asked) {
    let _ = write!(out, "<nav><button id=\"print\" type=\"button\">{}</button>", td_string!(l, together.print_now));
    let mut link = |to: PrintKind, lang: Lang, text: &str, current: bool| {
        let current = if current { " aria-current=\"page\"" } else { "" };
        let address = query(&[("ids", asked.ids.as_str()), ("lang", lang.code())]);
        let _ = write!(out, "<a href=\"/desk/print/{to}?{}\"{current}>{}</a>", escape(&address), escape(text));
    };
    let lang = i18n::lang(l);
    for other in PrintKind::ALL {
        link(*other, lang, title(l, *other), *other == kind);
    }
    for (other, name) in [(Lang::Ru, "Русский"), (Lang::Uz, "Oʻzbekcha"), (Lang::En, "English")] {
        link(kind, other, name, other == lang);
    }
    out.push_str("</nav>");
}

fn sheet(out: &mut String, l: Locale, kind: PrintKind, me: &Me, qr: &str, card: &RequestCard) {
    let phone = me.company_phone.as_ref().map(model::Phone::pretty).unwrap_or_default();
    let number = td_string!(l, together.print_number, number = card.number.to_string()).to_string();
    let _ = write!(
        out,
        "<article><header><span><strong>{}</strong><br>{}</span><figure>{}</figure></header><h1>{}. {}</h1><dl>",
        escape(&me.company),
        escape(&phone),
        // Drawn by us: a picture, no text of anybody's.
        qr.split_once("?>").map_or(qr, |(_, svg)| svg),
        escape(title(l, kind)),
        escape(&number)
    );
    let time = |at: Option<DateTime<Utc>>| at.map(|at| when::full(l, at)).unwrap_or_default();
    let contact = [card.contact_name.clone(), card.contact_phone.as_ref().map(model::Phone::pretty)];
    let contact: Vec<String> = contact.into_iter().flatten().collect();
    let worker = card.assignee.as_ref().map(|person| person.name.clone()).unwrap_or_default();
    let sort = format!("{}, {}", words::category(l, card.category), words::kind(l, card.kind).to_lowercase());
    let act = kind == PrintKind::Act;
    let began = work::began(card);
    let facts = [
        (td_string!(l, requests.address), card.address.clone()),
        (td_string!(l, together.print_contact), contact.join(", ")),
        (td_string!(l, requests.category), sort),
        (td_string!(l, together.print_filed), time(Some(card.created_at))),
        (td_string!(l, together.print_due), time(card.due_at)),
        (td_string!(l, together.print_assignee), worker.clone()),
        (td_string!(l, together.print_began), time(began.filter(|_| act))),
        (td_string!(l, together.print_ended), time(card.completed_at.filter(|_| act))),
        (td_string!(l, together.print_agreed), work::agreed(l, &card.work).unwrap_or_default()),
        (td_string!(l, together.print_hint), card.building_hint.clone().filter(|_| !act).unwrap_or_default()),
    ];
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = write!(out, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
    }
    out.push_str("</dl>");
    section(out, td_string!(l, together.print_problem), &card.description, 0);
    match kind {
        PrintKind::Sheet => to_take_along(out, l, card),
        PrintKind::Act => to_sign(out, l, card, began.is_some() && card.completed_at.is_some()),
    }
    let caller = card.contact_name.clone().unwrap_or_default();
    let _ = write!(out, "<div class=\"sign\">");
    for (who, name) in
        [(td_string!(l, together.print_sign_worker), worker), (td_string!(l, together.print_sign_resident), caller)]
    {
        let _ = write!(
            out,
            "<div><b>{}</b>{}: {}</div>",
            escape(&name),
            escape(who),
            escape(td_string!(l, together.print_sign_date))
        );
    }
    out.push_str("</div></article>");
}

/// Words under a heading, and lines to write on.
fn section(out: &mut String, name: &str, text: &str, lines: usize) {
    let _ = write!(out, "<h2>{}</h2>", escape(name));
    if !text.is_empty() {
        let _ = write!(out, "<p class=\"words\">{}</p>", escape(text));
    }
    if lines > 0 {
        blank(out, lines);
    }
}

/// Lines to write on.
fn blank(out: &mut String, lines: usize) {
    let _ = write!(out, "<div class=\"lines\">{}</div>", "<div></div>".repeat(lines));
}

/// The worker's paper: what is recorded so far, and lines for what comes.
fn to_take_along(out: &mut String, l: Locale, card: &RequestCard) {
    work::checklist(out, l, &card.work);
    section(out, td_string!(l, together.print_done), card.result.as_deref().unwrap_or_default(), 4);
    if card.work.materials.is_empty() {
        section(out, td_string!(l, together.print_materials), "", 3);
    } else {
        work::materials(out, l, &card.work);
        blank(out, 2);
    }
    work::time(out, l, &card.work);
    section(out, td_string!(l, together.print_time), "", 1);
}

/// The resident's paper: what was done and used, and lines only where nobody has written it down.
fn to_sign(out: &mut String, l: Locale, card: &RequestCard, dated: bool) {
    let result = card.result.as_deref().unwrap_or_default();
    section(out, td_string!(l, together.print_done), result, if result.is_empty() { 4 } else { 0 });
    work::checklist(out, l, &card.work);
    if work::is_known(&card.work) {
        work::materials(out, l, &card.work);
        work::time(out, l, &card.work);
        work::costs(out, l, &card.work);
    } else {
        section(out, td_string!(l, together.print_materials), "", 2);
    }
    if !dated {
        section(out, td_string!(l, together.print_time), "", 1);
    }
    if let Some(word) = &card.work.confirmation {
        work::confirmation(out, l, word);
    }
    let _ = write!(out, "<p>{}</p>", escape(td_string!(l, together.print_act_text)));
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
