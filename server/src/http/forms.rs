//! Signing in and preferences as plain form posts: they work before any WASM has loaded.

use super::{
    cookies::{self, Jar},
    identity::{ClientIp, device},
    look,
};
use api::context::{Caller, TraceId};
use axum::{
    Extension, Form,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Ctx, auth, staff};
use model::{
    Code, Failure, FieldError, Lang, Phone,
    auth::{RequestCode, RequestReset, ResetPassword, ResidentLogin, StaffLogin},
    staff::AcceptInvite,
};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct LoginForm {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    totp: Option<String>,
    #[serde(default)]
    next: String,
}

/// `POST /login`: staff. A failure goes back to the page with everything typed but the password.
pub async fn login(
    State(ctx): State<Ctx>,
    Extension(jar): Extension<Jar>,
    Extension(ip): Extension<ClientIp>,
    Extension(trace): Extension<TraceId>,
    headers: HeaderMap,
    Form(form): Form<LoginForm>,
) -> Response {
    let totp = form.totp.filter(|code| !code.trim().is_empty());
    let command = StaffLogin { login: form.login.clone(), password: form.password, totp };
    match auth::login(&ctx, &command, &device(&headers, ip)).await {
        Ok(grant) => signed_in(jar, &grant, &form.next),
        Err(error) => {
            let failure = error.into_failure(Some(trace.0));
            back("/login", &failure, &[("login", &form.login), ("next", &form.next)])
        }
    }
}

#[derive(Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    phone: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// `POST /login/code`: sends a one-time code and asks for it.
pub async fn code(
    State(ctx): State<Ctx>,
    Extension(trace): Extension<TraceId>,
    Form(form): Form<CodeForm>,
) -> Response {
    let keep = [("as", "resident"), ("phone", form.phone.as_str()), ("next", form.next.as_str())];
    let Some(phone) = Phone::parse(&form.phone) else { return back("/login", &bad_phone(), &keep) };
    match auth::request_code(&ctx, &RequestCode { phone }).await {
        Ok(()) => see_other(&format!("/login?sent=1&{}", query(&keep))),
        Err(error) => back("/login", &error.into_failure(Some(trace.0)), &keep),
    }
}

/// `POST /login/verify`: signs a resident in.
pub async fn verify(
    State(ctx): State<Ctx>,
    Extension(jar): Extension<Jar>,
    Extension(ip): Extension<ClientIp>,
    Extension(trace): Extension<TraceId>,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Response {
    let keep = [("as", "resident"), ("sent", "1"), ("phone", form.phone.as_str()), ("next", form.next.as_str())];
    let Some(phone) = Phone::parse(&form.phone) else { return back("/login", &bad_phone(), &keep) };
    let command = ResidentLogin { phone, code: form.code.trim().to_owned() };
    match auth::verify_code(&ctx, &command, &device(&headers, ip)).await {
        Ok(grant) => signed_in(jar, &grant, &form.next),
        Err(error) => back("/login", &error.into_failure(Some(trace.0)), &keep),
    }
}

/// `POST /login/forgot`: mails a reset link; the answer is the same for every address.
pub async fn forgot(
    State(ctx): State<Ctx>,
    Extension(trace): Extension<TraceId>,
    Form(form): Form<RequestReset>,
) -> Response {
    match auth::request_reset(&ctx, &form).await {
        Ok(()) => see_other("/login/forgot?sent=1"),
        Err(error) => back("/login/forgot", &error.into_failure(Some(trace.0)), &[("email", &form.email)]),
    }
}

/// `POST /login/reset`: sets a new password by a mailed token.
pub async fn reset(
    State(ctx): State<Ctx>,
    Extension(trace): Extension<TraceId>,
    Form(form): Form<ResetPassword>,
) -> Response {
    match auth::reset_password(&ctx, &form).await {
        Ok(()) => see_other("/login?reset=1"),
        Err(error) => back("/login/reset", &error.into_failure(Some(trace.0)), &[("token", &form.token)]),
    }
}

/// `POST /logout`. Who looks as another person leaves that person and is themselves again.
pub async fn logout(
    State(ctx): State<Ctx>,
    Extension(jar): Extension<Jar>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response {
    // Also when its half hour has just passed: the button leads where it led a minute ago.
    let over = caller.0.is_none() && jar.own(&headers).is_some();
    if over || caller.0.as_ref().is_some_and(|actor| actor.looking().is_some()) {
        return look::back(State(ctx), Extension(jar), Extension(caller), headers).await;
    }
    if let Some(actor) = caller.0
        && let Err(error) = auth::logout(&ctx, &actor).await
    {
        tracing::warn!(%error, "the session could not be ended; the browser forgets it all the same");
    }
    let mut response = see_other("/login");
    jar.clear(response.headers_mut());
    response
}

#[derive(Deserialize)]
pub struct JoinForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// `POST /join/staff`: an invited person makes their login and is signed in.
pub async fn join_staff(
    State(ctx): State<Ctx>,
    Extension(jar): Extension<Jar>,
    Extension(ip): Extension<ClientIp>,
    Extension(trace): Extension<TraceId>,
    headers: HeaderMap,
    Form(form): Form<JoinForm>,
) -> Response {
    let keep = [("login", form.login.as_str()), ("name", form.name.as_str())];
    let command = AcceptInvite {
        token: form.token.clone(),
        login: form.login.clone(),
        name: form.name.clone(),
        password: form.password,
    };
    match staff::accept(&ctx, &command, &device(&headers, ip)).await {
        Ok(grant) => signed_in(jar, &grant, ""),
        // Nothing but letters that a token is made of goes into the path.
        Err(error) => {
            let token: String = form.token.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
            back(&format!("/join/staff/{token}"), &error.into_failure(Some(trace.0)), &keep)
        }
    }
}

#[derive(Deserialize)]
pub struct PrefsForm {
    lang: Option<String>,
    theme: Option<String>,
    #[serde(default)]
    next: String,
}

/// `POST /prefs`: language and theme, kept in cookies (and the language with the person, for messages).
pub async fn prefs(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Form(form): Form<PrefsForm>,
) -> Response {
    let mut response = see_other(local(&form.next).unwrap_or("/"));
    if let Some(lang) = form.lang.as_deref().and_then(Lang::parse) {
        cookies::preference(response.headers_mut(), "i18n_pref_locale", lang.code());
        if let Some(actor) = caller.0
            && let Err(error) = auth::set_lang(&ctx, &actor, lang).await
        {
            tracing::warn!(%error, "the language could not be remembered");
        }
    }
    if let Some(theme) = form.theme.as_deref().filter(|t| ["light", "dark", "system"].contains(t)) {
        cookies::preference(response.headers_mut(), "theme", theme);
    }
    response
}

pub fn signed_in(jar: Jar, grant: &auth::Grant, next: &str) -> Response {
    let mut response = see_other(local(next).unwrap_or(auth::home_path(grant.role)));
    jar.set(response.headers_mut(), grant);
    response
}

pub fn bad_phone() -> Failure {
    Failure::invalid(vec![FieldError::new("/phone", "bad_phone")])
}

/// Back to a page with the failure and what was typed, in the address, so that nothing is lost.
pub fn back(page: &str, failure: &Failure, typed: &[(&str, &str)]) -> Response {
    let mut to = format!("{page}?error={}", failure.code);
    if failure.code == Code::TooManyRequests
        && let Some(wait) = failure.retry_after
    {
        to.push_str(&format!("&wait={wait}"));
    }
    if let Some(trace) = &failure.trace_id {
        to.push_str(&format!("&trace={trace}"));
    }
    for field in &failure.fields {
        let limit = field.limit.map(|n| format!(":{n}")).unwrap_or_default();
        to.push_str(&format!("&field.{}={}{limit}", field.pointer.trim_start_matches('/'), field.code));
    }
    see_other(&format!("{to}&{}", query(typed)))
}

/// `a=b&c=d`, escaped; empty values are left out.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (key, value) in pairs.iter().filter(|(_, v)| !v.is_empty()) {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(key);
        out.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                out.push(byte as char);
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
}

/// A path of ours; anything that could lead elsewhere is refused.
pub fn local(next: &str) -> Option<&str> {
    let own = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.contains(|c: char| c.is_control());
    own.then_some(next)
}

pub fn see_other(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        Err(_) => (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_followed() {
        assert_eq!(local("/desk?status=new"), Some("/desk?status=new"));
        for bad in ["", "//evil.uz", "https://evil.uz", "/\\evil.uz", "/a\r\nSet-Cookie: x"] {
            assert_eq!(local(bad), None, "{bad}");
        }
    }

    #[test]
    fn typed_text_survives_the_way_back() {
        assert_eq!(query(&[("login", "a&b=c"), ("empty", ""), ("t", "ё")]), "login=a%26b%3Dc&t=%D1%91");
    }
}
