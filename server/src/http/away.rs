//! The page for people while something that every page needs is away: it says so and comes again by itself.

use super::{cookies, pages, v1};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, Method, header},
    response::Response,
};
use i18n::{Locale, td_string};
use model::Lang;

/// Seconds after which a call may be tried again.
pub(super) const AGAIN_S: u32 = 5;

/// Its own style and pictures, which need nobody else.
const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
                   frame-ancestors 'none'";

/// A person's browser that asks for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    lang: Option<Lang>,
    /// Whether the same may be asked for again; what a form sent would be gone.
    again: bool,
}

impl Asked {
    /// None for programs: they read `application/problem+json`.
    pub(super) fn of(request: &Request) -> Option<Self> {
        let (path, headers) = (request.uri().path(), request.headers());
        let program = [v1::BASE, "/rpc"].iter().any(|base| path.starts_with(base));
        let html = headers.get(header::ACCEPT)?.to_str().ok()?.contains("text/html");
        let again = matches!(*request.method(), Method::GET | Method::HEAD);
        let lang = cookies::get(headers, pages::LANGUAGE).and_then(Lang::parse);
        (html && !program).then_some(Self { lang, again })
    }

    /// Makes the answer this page; `lang` is the language of who has chosen none.
    pub(super) fn answer(self, response: &mut Response, lang: Lang, wait: u32) {
        let lang = self.lang.unwrap_or(lang);
        *response.body_mut() = Body::from(self.page(lang, wait));
        let headers = response.headers_mut();
        let mut put = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
        put(header::CONTENT_TYPE, "text/html; charset=utf-8");
        put(header::CONTENT_LANGUAGE, lang.code());
        put(header::CONTENT_SECURITY_POLICY, CSP);
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::RETRY_AFTER, wait.into());
    }

    fn page(self, lang: Lang, wait: u32) -> String {
        let l: Locale = i18n::locale(lang);
        let title = td_string!(l, errors.away_title);
        let (refresh, text, link) = if self.again {
            let link = format!("<a href=\"\">{}</a>", td_string!(l, ui.retry));
            (format!("<meta http-equiv=\"refresh\" content=\"{wait}\">"), td_string!(l, errors.away_page), link)
        } else {
            (String::new(), td_string!(l, errors.away_form), String::new())
        };
        format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
             <meta name=\"theme-color\" content=\"#0b6f84\"><meta name=\"robots\" content=\"noindex\">{refresh}\
             <title>{title} · UK CRM</title><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
             <link rel=\"stylesheet\" href=\"/offline.css\"></head><body><main>\
             <img src=\"/icons/logo.svg\" alt=\"UK CRM\" width=\"40\" height=\"40\">\
             <section><h1>{title}</h1><p>{text}</p></section>{link}</main></body></html>",
            lang.code()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: Method, path: &str, headers: &[(HeaderName, &str)]) -> Option<Asked> {
        let mut request = axum::http::Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        Asked::of(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn people_get_a_page_and_programs_do_not() {
        let browser = [(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")];
        assert_eq!(asked(Method::GET, "/desk", &browser), Some(Asked { lang: None, again: true }));
        assert_eq!(asked(Method::POST, "/my/requests", &browser), Some(Asked { lang: None, again: false }));
        for path in ["/api/v1/requests", "/rpc/desk_counts"] {
            assert_eq!(asked(Method::GET, path, &browser), None, "{path}");
        }
        assert_eq!(asked(Method::GET, "/desk", &[]), None);
        assert_eq!(asked(Method::GET, "/desk", &[(header::ACCEPT, "*/*")]), None);
        let uzbek = [browser[0].clone(), (header::COOKIE, "theme=dark; i18n_pref_locale=uz")];
        assert_eq!(asked(Method::GET, "/my", &uzbek), Some(Asked { lang: Some(Lang::Uz), again: true }));
    }

    #[test]
    fn only_what_was_merely_asked_for_is_asked_for_again() {
        let page = |again| Asked { lang: None, again }.page(Lang::En, 7);
        assert!(
            page(true).contains("http-equiv=\"refresh\" content=\"7\"") && page(true).contains("<html lang=\"en\">")
        );
        assert!(!page(false).contains("refresh") && !page(false).contains("<a "));
    }
}
