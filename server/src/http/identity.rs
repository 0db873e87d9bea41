//! Who calls: a bearer token, or the cookies of a browser, refreshed on the way when they are old.

use super::{cookies::Jar, server::Peer, v1::problem::Problem};
use api::context::{Applicant, Caller, TraceId};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    Actor, Ctx, Door, Error, Result,
    auth::{self, Device, Grant},
};
use std::net::IpAddr;

/// How the caller was recognised; cookie-authenticated calls are checked for their origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    Nothing,
    Bearer,
    Cookie,
}

/// The address of the client, past trusted proxies.
#[derive(Clone, Copy, Debug)]
pub struct ClientIp(pub IpAddr);

/// Paths that are the same for everybody.
fn is_static(path: &str) -> bool {
    ["/pkg/", "/icons/", "/js/", "/healthz", "/readyz", "/sw.js", "/offline.", "/favicon.", "/telegram/"]
        .iter()
        .any(|p| path.starts_with(p))
}

/// What the browser is given with the answer.
enum Kept {
    Same,
    Renewed(Grant),
    /// A look as another person is over: one's own session goes on.
    Back(Grant),
    /// It is over, and the own session is, too.
    Lost,
}

pub async fn resolve(State(ctx): State<Ctx>, mut request: Request, next: Next) -> Response {
    let ip = client_ip(&ctx, &request);
    request.extensions_mut().insert(ClientIp(ip));
    let jar = Jar::of(request.headers(), ctx.config.server.public_url.as_deref());
    let recognised = if is_static(request.uri().path()) {
        Ok((None, Proof::Nothing, Kept::Same))
    } else if let Some(token) = bearer(request.headers()) {
        actor(auth::authenticate(&ctx, token, Door::Api).await).map(|caller| (caller, Proof::Bearer, Kept::Same))
    } else if has_session(jar, request.headers()) {
        let page = is_page(&request);
        from_cookies(&ctx, jar, request.headers(), page).await.map(|(caller, kept)| (caller, Proof::Cookie, kept))
    } else {
        Ok((None, Proof::Nothing, Kept::Same))
    };
    let (caller, proof, kept) = match recognised {
        Ok(known) => known,
        Err(error) => {
            let trace = request.extensions().get::<TraceId>().map(|t| t.0.clone());
            return Problem::from(error.into_failure(trace)).into_response();
        }
    };
    // One's own token is kept beside a look and nowhere else: it must not lead into a session nobody expects.
    let own_is_left = jar.own(request.headers()).is_some();
    let (known, looks) = (caller.is_some(), caller.as_ref().is_some_and(|actor| actor.looking().is_some()));
    let applicant = jar.applicant(request.headers()).map(str::to_owned);
    request.extensions_mut().insert(Applicant(applicant));
    request.extensions_mut().insert(Caller(caller));
    request.extensions_mut().insert(proof);
    request.extensions_mut().insert(jar);
    let mut response = next.run(request).await;
    if looks {
        // What was seen as another person stays nowhere, not even for hours without a network.
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let said = jar.sets_session(response.headers());
    let forget = own_is_left && !jar.sets_own(response.headers());
    match kept {
        // A login or logout in the same answer has set its own cookies.
        Kept::Renewed(grant) | Kept::Back(grant) if !said => jar.set(response.headers_mut(), &grant),
        Kept::Lost if forget => jar.set_own(response.headers_mut(), "", 0),
        _ => {}
    }
    if forget && (known && !looks || said) && !jar.sets_own(response.headers()) {
        jar.set_own(response.headers_mut(), "", 0);
    }
    response
}

fn has_session(jar: Jar, headers: &HeaderMap) -> bool {
    jar.access(headers).or(jar.refresh(headers)).or(jar.own(headers)).is_some()
}

async fn from_cookies(ctx: &Ctx, jar: Jar, headers: &HeaderMap, page: bool) -> Result<(Option<Actor>, Kept)> {
    if let Some(token) = jar.access(headers)
        && let Some(actor) = actor(auth::authenticate(ctx, token, Door::Web).await)?
    {
        return Ok((Some(actor), Kept::Same));
    }
    if let Some(refresh) = jar.refresh(headers)
        && let Some(grant) = renew(ctx, refresh).await?
    {
        let caller = actor(auth::authenticate(ctx, &grant.tokens.access_token, Door::Web).await)?;
        return Ok((caller, Kept::Renewed(grant)));
    }
    // A look as another person has run out: the next page is one's own. What the page that still shows the other person
    // calls is refused: it was meant for them.
    let Some(own) = jar.own(headers).filter(|_| page) else { return Ok((None, Kept::Same)) };
    match renew(ctx, own).await? {
        Some(grant) => {
            let caller = actor(auth::authenticate(ctx, &grant.tokens.access_token, Door::Web).await)?;
            Ok((caller, Kept::Back(grant)))
        }
        None => Ok((None, Kept::Lost)),
    }
}

/// The next pair of a session; none when it is over.
async fn renew(ctx: &Ctx, token: &str) -> Result<Option<Grant>> {
    match auth::refresh(ctx, token).await {
        Ok(grant) => Ok(Some(grant)),
        Err(Error::Failure(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Links of a page that lead to no page.
const FILES: [&str; 9] =
    ["/api/", "/files/", "/documents/", "/accounts/", "/tasks/", "/imports/", "/notices/", "/desk/print/", "/my/data."];

/// A page is loaded, and nothing a page calls, shows in itself or hands out as a file.
fn is_page(request: &Request) -> bool {
    let path = request.uri().path();
    // Browsers say what they want an answer for; those that do not are asked for by the address.
    let dest = request.headers().get("sec-fetch-dest").and_then(|v| v.to_str().ok());
    request.method() == Method::GET
        && dest.is_none_or(|dest| dest == "document")
        && !FILES.iter().any(|part| path.starts_with(part))
        && !path.ends_with(".xlsx")
}

/// A token that is no longer good makes the caller nobody. A database that is away does not: clients would sign out.
fn actor(result: Result<Actor>) -> Result<Option<Actor>> {
    match result {
        Ok(actor) => Ok(Some(actor)),
        Err(Error::Failure(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What a login remembers of the device.
pub fn device(headers: &HeaderMap, ip: ClientIp) -> Device {
    let user_agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    Device { user_agent, ip: ip.0.to_string(), door: Door::Web }
}

/// Walks `X-Forwarded-For` from the right while the hops are trusted: anything further left is the client's own claim.
pub(super) fn client_ip(ctx: &Ctx, request: &Request) -> IpAddr {
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |p| p.0.ip());
    let trusted = |ip: IpAddr| ctx.config.limits.trusted_proxies.iter().any(|net| contains(net, ip));
    if !trusted(peer) {
        return peer;
    }
    let forwarded = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .collect::<Vec<_>>()
        .join(",");
    let mut client = peer;
    for hop in forwarded.rsplit(',').map(str::trim) {
        let Ok(ip) = hop.parse() else { break };
        client = ip;
        if !trusted(ip) {
            break;
        }
    }
    client
}

/// Whether `net` (an address or a CIDR network) holds `ip`.
fn contains(net: &str, ip: IpAddr) -> bool {
    let (base, bits) = match net.split_once('/') {
        Some((base, bits)) => (base, bits.parse::<u32>().ok()),
        None => (net, Some(128)),
    };
    let bytes = |ip: IpAddr| match ip {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    };
    let (Ok(base), Some(bits)) = (base.parse::<IpAddr>(), bits) else { return false };
    let bits = if base.is_ipv4() && net.contains('/') { bits.saturating_add(96) } else { bits };
    let mask = u128::MAX.checked_shl(128u32.saturating_sub(bits)).unwrap_or(0);
    u128::from_be_bytes(bytes(base)) & mask == u128::from_be_bytes(bytes(ip)) & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        let ip = |s: &str| s.parse().unwrap();
        assert!(contains("10.0.0.0/8", ip("10.9.8.7")));
        assert!(!contains("10.0.0.0/8", ip("11.0.0.1")));
        assert!(contains("127.0.0.1", ip("127.0.0.1")));
        assert!(!contains("127.0.0.1", ip("127.0.0.2")));
        assert!(contains("fd00::/8", ip("fd12::1")));
        assert!(!contains("nonsense", ip("1.2.3.4")));
        assert!(contains("0.0.0.0/0", ip("8.8.8.8")));
    }
}
