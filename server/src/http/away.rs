//! Pages for people where programs read `application/problem+json`: while something that every page needs is away, which
//! comes again by itself, and when what a plain form sent is refused.

use super::{cookies, pages, v1};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header},
    response::Response,
};
use i18n::{Locale, failure, td_string};
use model::{Failure, Lang};

/// Seconds after which a call may be tried again.
pub(super) const AGAIN_S: u32 = 5;

/// Its own style and pictures, which need nobody else.
const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
                   frame-ancestors 'none'";

/// A person's browser that asks for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    lang: Option<Lang>,
    /// Whether the same may be asked for again; what a form sent would be gone.
    again: bool,
    /// The page it came from.
    from: Option<String>,
}

impl Asked {
    /// None for programs: they read `application/problem+json`.
    pub(super) fn of(request: &Request) -> Option<Self> {
        let (path, headers) = (request.uri().path(), request.headers());
        let program = [v1::BASE, "/rpc"].iter().any(|base| path.starts_with(base));
        let html = headers.get(header::ACCEPT)?.to_str().ok()?.contains("text/html");
        let again = matches!(*request.method(), Method::GET | Method::HEAD);
        let lang = cookies::get(headers, pages::LANGUAGE).and_then(Lang::parse);
        (html && !program).then(|| Self { lang, again, from: came_from(headers) })
    }

    /// Whether it is a form that was sent.
    pub(super) fn is_form(&self) -> bool {
        !self.again
    }

    /// Makes the answer the page that something is away; `lang` is the language of who has chosen none.
    pub(super) fn answer(self, response: &mut Response, lang: Lang, wait: u32) {
        let lang = self.lang.unwrap_or(lang);
        fill(response, lang, self.page(lang, wait), Some(wait));
    }

    /// Makes the answer the page that says why a form was refused, and leads back to where it was.
    pub(super) fn refuse(self, response: &mut Response, lang: Lang, failure: &Failure) {
        let lang = self.lang.unwrap_or(lang);
        fill(response, lang, self.refusal(lang, failure), failure.retry_after);
    }

    fn page(&self, lang: Lang, wait: u32) -> String {
        let l: Locale = i18n::locale(lang);
        let title = td_string!(l, errors.away_title);
        let (refresh, text, link) = if self.again {
            let link = format!("<a href=\"\">{}</a>", td_string!(l, ui.retry));
            (format!("<meta http-equiv=\"refresh\" content=\"{wait}\">"), td_string!(l, errors.away_page), link)
        } else {
            (String::new(), td_string!(l, errors.away_form), String::new())
        };
        html(lang, &refresh, title, &format!("<p>{text}</p>"), &link)
    }

    fn refusal(&self, lang: Lang, refused: &Failure) -> String {
        let l: Locale = i18n::locale(lang);
        // What happened stands first, what to do after it.
        let text = failure::code(l, refused.code);
        let (title, rest) = text.split_once(". ").unwrap_or((text.trim_end_matches('.'), ""));
        let mut words = vec![rest.to_owned()];
        words.extend(refused.fields.iter().map(|field| failure::field(l, field)));
        words.extend(refused.trace_id.as_ref().map(|trace| format!("{} · {trace}", refused.code)));
        let words: String = words.iter().filter(|text| !text.is_empty()).map(|text| format!("<p>{text}</p>")).collect();
        let from = self.from.as_deref().unwrap_or("/");
        html(lang, "", title, &words, &format!("<a href=\"{from}\">{}</a>", td_string!(l, ui.back)))
    }
}

/// The path of the page a form was on; only what a path of ours is made of, as it becomes a link.
fn came_from(headers: &HeaderMap) -> Option<String> {
    let page: Uri = headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    let path = page.path();
    let own = path.starts_with('/')
        && !path.starts_with("//")
        && path.chars().all(|c| c.is_ascii_alphanumeric() || "/-_".contains(c));
    own.then(|| path.to_owned())
}

fn fill(response: &mut Response, lang: Lang, page: String, wait: Option<u32>) {
    *response.body_mut() = Body::from(page);
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    put(header::CONTENT_TYPE, "text/html; charset=utf-8");
    put(header::CONTENT_LANGUAGE, lang.code());
    put(header::CONTENT_SECURITY_POLICY, CSP);
    headers.remove(header::CONTENT_LENGTH);
    if let Some(seconds) = wait {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
}

fn html(lang: Lang, head: &str, title: &str, text: &str, link: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
         <meta name=\"theme-color\" content=\"#0b6f84\"><meta name=\"robots\" content=\"noindex\">{head}\
         <title>{title} · UK CRM</title><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"/offline.css\"></head><body><main>\
         <img src=\"/icons/logo.svg\" alt=\"UK CRM\" width=\"40\" height=\"40\">\
         <section><h1>{title}</h1>{text}</section>{link}</main></body></html>",
        lang.code()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Code, FieldError};

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
        assert_eq!(asked(Method::GET, "/desk", &browser), Some(Asked { lang: None, again: true, from: None }));
        assert_eq!(asked(Method::POST, "/my/requests", &browser), Some(Asked { lang: None, again: false, from: None }));
        for path in ["/api/v1/requests", "/rpc/desk_counts"] {
            assert_eq!(asked(Method::GET, path, &browser), None, "{path}");
        }
        assert_eq!(asked(Method::GET, "/desk", &[]), None);
        assert_eq!(asked(Method::GET, "/desk", &[(header::ACCEPT, "*/*")]), None);
        let uzbek = [browser[0].clone(), (header::COOKIE, "theme=dark; i18n_pref_locale=uz")];
        assert_eq!(asked(Method::GET, "/my", &uzbek), Some(Asked { lang: Some(Lang::Uz), again: true, from: None }));
    }

    #[test]
    fn only_what_was_merely_asked_for_is_asked_for_again() {
        let page = |again| Asked { lang: None, again, from: None }.page(Lang::En, 7);
        assert!(
            page(true).contains("http-equiv=\"refresh\" content=\"7\"") && page(true).contains("<html lang=\"en\">")
        );
        assert!(!page(false).contains("refresh") && !page(false).contains("<a "));
    }

    #[test]
    fn a_refused_form_says_why_and_leads_back() {
        let from = |page: &'static str| {
            let browser = [(header::ACCEPT, "text/html"), (header::REFERER, page)];
            asked(Method::POST, "/look-as", &browser).unwrap()
        };
        let refused = Failure {
            trace_id: Some("t1".to_owned()),
            ..Failure::invalid(vec![FieldError::new("/contact_id", "cannot_sign_in")])
        };
        let page = from("https://uk.uz/desk/people/0f-1?tab=access").refusal(Lang::En, &refused);
        assert!(page.contains("<h1>Check the marked fields</h1>") && page.contains("This person cannot sign in now"));
        assert!(
            page.contains("<p>invalid · t1</p>") && page.contains("<a href=\"/desk/people/0f-1\">Back</a>"),
            "{page}"
        );
        for foreign in ["", "//evil.uz", "https://uk.uz//evil.uz", "https://uk.uz/a\"onclick=b", "javascript:b"] {
            let page = from(foreign).refusal(Lang::Uz, &Failure::new(Code::Forbidden));
            assert!(page.contains("<a href=\"/\">"), "{foreign}: {page}");
        }
    }
}
