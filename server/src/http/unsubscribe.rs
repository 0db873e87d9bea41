//! `/u/{token}`: a letter's link that stops letters of one kind, without a login.
//!
//! Looking changes nothing: mail programs open links by themselves. The page has one button; a mail program presses it
//! with a POST of its own (RFC 8058).

use super::v1::problem::Problem;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::{
    Ctx, Error,
    notices::{self, Unsubscriber},
};
use i18n::{Locale, td_string};
use model::Code;

const CSP: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What would be stopped, and the button.
pub async fn page(State(ctx): State<Ctx>, Path(token): Path<String>) -> Response {
    answer(notices::unsubscriber(&ctx, &token).await, |l, found| {
        let lead = td_string!(
            l,
            notices.unsubscribe_lead,
            company = found.company.as_str(),
            kind = i18n::notices::kind(l, found.kind)
        )
        .to_string();
        let button = td_string!(l, notices.unsubscribe_do);
        format!("<p>{}</p><form method=\"post\"><button>{button}</button></form>", escape(&lead))
    })
}

/// Stops them.
pub async fn stop(State(ctx): State<Ctx>, Path(token): Path<String>) -> Response {
    answer(notices::unsubscribe(&ctx, &token).await, |l, _| {
        format!("<p>{}</p>", td_string!(l, notices.unsubscribe_done))
    })
}

fn answer(found: Result<Unsubscriber, Error>, body: impl FnOnce(Locale, &Unsubscriber) -> String) -> Response {
    match found {
        Ok(found) => {
            let l = i18n::locale(found.lang);
            html(StatusCode::OK, l, &body(l, &found))
        }
        Err(error) if error.code() == Code::NotFound => {
            let l = Locale::ru;
            html(StatusCode::NOT_FOUND, l, &format!("<p>{}</p>", td_string!(l, notices.unsubscribe_unknown)))
        }
        Err(error) => Problem::from(error.into_failure(None)).into_response(),
    }
}

fn html(status: StatusCode, l: Locale, body: &str) -> Response {
    let title = td_string!(l, notices.unsubscribe_title);
    let page = format!(
        "<!doctype html><html lang=\"{l}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\"><style>\
         body{{margin:0;font:16px/24px system-ui,'Segoe UI',Roboto,sans-serif;background:#f1f5f9;color:#0f172a}}\
         main{{max-width:28rem;margin:10vh auto;padding:24px;background:#fff;border-radius:10px}}h1{{font-size:20px;margin:0 0 12px}}\
         button{{font:inherit;font-weight:600;min-height:44px;padding:0 20px;border:0;border-radius:8px;background:#0f766e;color:#fff}}\
         @media (prefers-color-scheme:dark){{body{{background:#0b1220;color:#e2e8f0}}main{{background:#111c2e}}}}</style></head>\
         <body><main><h1>{title}</h1>{body}</main></body></html>"
    );
    (status, [(header::CONTENT_SECURITY_POLICY, CSP)], Html(page)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
