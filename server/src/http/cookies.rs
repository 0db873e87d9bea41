//! The two cookies of a browser session.

use axum::http::{HeaderMap, HeaderValue, header};
use domain::auth::Grant;

/// `__Host-` cookies need a secure context: HTTPS, or the browser's own machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jar {
    secure: bool,
}

impl Jar {
    /// For the address this request was sent to.
    pub fn of(headers: &HeaderMap, public_url: Option<&str>) -> Self {
        let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let local = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
        Self { secure: local || public_url.is_some_and(|url| url.starts_with("https://")) }
    }

    fn names(self) -> (&'static str, &'static str) {
        if self.secure { ("__Host-uk_access", "__Host-uk_refresh") } else { ("uk_access", "uk_refresh") }
    }

    pub fn access(self, headers: &HeaderMap) -> Option<&str> {
        get(headers, self.names().0)
    }

    pub fn refresh(self, headers: &HeaderMap) -> Option<&str> {
        get(headers, self.names().1)
    }

    /// Puts a fresh pair on the way to the browser.
    pub fn set(self, headers: &mut HeaderMap, grant: &Grant) {
        let (access, refresh) = self.names();
        self.append(headers, access, &grant.tokens.access_token, grant.tokens.expires_in);
        self.append(headers, refresh, &grant.tokens.refresh_token, grant.refresh_expires_in);
    }

    fn applicant_name(self) -> &'static str {
        if self.secure { "__Host-uk_applicant" } else { "uk_applicant" }
    }

    /// The token of somebody who proved a phone and has no login.
    pub fn applicant(self, headers: &HeaderMap) -> Option<&str> {
        get(headers, self.applicant_name())
    }

    /// Keeps that token for so many seconds; none takes it away.
    pub fn set_applicant(self, headers: &mut HeaderMap, token: &str, seconds: i64) {
        self.append(headers, self.applicant_name(), token, seconds);
    }

    fn own_name(self) -> &'static str {
        if self.secure { "__Host-uk_own" } else { "uk_own" }
    }

    /// The refresh token of one's own session, while the browser looks as another person.
    pub fn own(self, headers: &HeaderMap) -> Option<&str> {
        get(headers, self.own_name())
    }

    /// Keeps that token for so many seconds; none takes it away.
    pub fn set_own(self, headers: &mut HeaderMap, token: &str, seconds: i64) {
        self.append(headers, self.own_name(), token, seconds);
    }

    /// Whether an answer says what becomes of one's own session.
    pub fn sets_own(self, headers: &HeaderMap) -> bool {
        sets(headers, self.own_name())
    }

    /// Whether an answer signs somebody in or out.
    pub fn sets_session(self, headers: &HeaderMap) -> bool {
        sets(headers, self.names().1)
    }

    /// Takes both away.
    pub fn clear(self, headers: &mut HeaderMap) {
        let (access, refresh) = self.names();
        self.append(headers, access, "", 0);
        self.append(headers, refresh, "", 0);
    }

    fn append(self, headers: &mut HeaderMap, name: &str, value: &str, max_age: i64) {
        let secure = if self.secure { "; Secure" } else { "" };
        let cookie = format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, value);
        }
    }
}

/// A cookie that scripts may read: a preference, never a credential.
pub fn preference(headers: &mut HeaderMap, name: &str, value: &str) {
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// The value of a cookie.
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value)
}

fn sets(headers: &HeaderMap, name: &str) -> bool {
    let said = headers.get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok());
    said.into_iter().any(|cookie| cookie.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (k.clone(), HeaderValue::from_str(v).unwrap())).collect()
    }

    #[test]
    fn secure_names_on_https_and_on_this_machine_only() {
        let at = |host| Jar::of(&headers(&[(header::HOST, host)]), None).names().0;
        assert_eq!(at("127.0.0.1:8080"), "__Host-uk_access");
        assert_eq!(at("localhost:3000"), "__Host-uk_access");
        assert_eq!(at("192.168.1.5:8080"), "uk_access");
        assert_eq!(
            Jar::of(&headers(&[(header::HOST, "crm.uz")]), Some("https://crm.uz")).names().0,
            "__Host-uk_access"
        );
    }

    #[test]
    fn finds_one_among_many() {
        let headers = headers(&[(header::COOKIE, "theme=dark; uk_access=a.b.c;i18n=ru")]);
        assert_eq!(get(&headers, "uk_access"), Some("a.b.c"));
        assert_eq!(get(&headers, "access"), None);
    }
}
