//! `POST /pay`: from our page to the provider's. A plain form, so it works without script.

use super::forms::back;
use api::context::TraceId;
use axum::{
    Extension, Form,
    extract::State,
    response::{Html, IntoResponse, Response},
};
use domain::{Ctx, Error, payments};
use model::{Lang, Money, payments::Provider};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct PayForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    sum: String,
    #[serde(default)]
    provider: String,
    /// Where to come back to when something is wrong: the resident's own page, else the one of the link.
    #[serde(default)]
    page: String,
}

/// Sends the payer on. The page says where in a link, too: what a form may lead to is limited to our own site, and a
/// redirect would count as such.
pub async fn go(State(ctx): State<Ctx>, Extension(trace): Extension<TraceId>, Form(form): Form<PayForm>) -> Response {
    match address(&ctx, &form).await {
        Ok((provider, url)) => {
            let (url, name) = (escape(&url), if provider == Provider::Payme { "Payme" } else { "Click" });
            let page = format!(
                "<!doctype html><html><head><meta charset=\"utf-8\"><title>{name}</title>\
                 <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"referrer\" content=\"no-referrer\">\
                 <meta http-equiv=\"refresh\" content=\"0;url={url}\"></head>\
                 <body><p><a href=\"{url}\" rel=\"noreferrer\">{name} →</a></p></body></html>"
            );
            Html(page).into_response()
        }
        Err(error) => {
            let page = if form.page == "/my/pay" { form.page.clone() } else { format!("/pay/{}", path(&form.token)) };
            back(&page, &error.into_failure(Some(trace.0)), &[("sum", &form.sum)])
        }
    }
}

async fn address(ctx: &Ctx, form: &PayForm) -> Result<(Provider, String), Error> {
    let provider: Provider = form.provider.parse().map_err(|()| Error::field("/provider", "unknown"))?;
    let amount = Money::read(&form.sum).ok_or_else(|| Error::field("/amount", "out_of_range"))?;
    let url = payments::page_links(ctx, &form.token, provider, amount, Lang::Ru).await?;
    Ok((provider, url))
}

/// A token is letters, digits, `-` and `_`; anything else leads nowhere.
fn path(token: &str) -> String {
    token.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).take(64).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
