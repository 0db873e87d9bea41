//! Pages and server functions: the Leptos app on our router.

use super::{
    assets::{self, Names},
    cookies,
    forms::{query, see_other},
    v1::problem::Problem,
    ws,
};
use api::context::{Applicant, Caller, TraceId};
use app::{App, Boot, Face, ShellSettings, shell};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{Actor, Ctx, auth, events, settings};
use leptos::{
    nonce::use_nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::{
    ResponseOptions, generate_route_list, handle_server_fns_with_context, render_app_to_stream_in_order_with_context,
};
use model::{Lang, auth::Me, settings::Offered};

/// The cookie that remembers the reader's language.
pub(super) const LANGUAGE: &str = "i18n_pref_locale";

/// Adds the app's routes, the server functions and the public files.
pub fn mount(router: Router<Ctx>, ctx: &Ctx, names: &Names) -> Router<Ctx> {
    let page = {
        let (ctx, names) = (ctx.clone(), names.clone());
        move |request: Request| page(ctx.clone(), names.clone(), request)
    };
    let rpc = {
        let ctx = ctx.clone();
        move |request: Request| {
            let context = context(&ctx, &request, None);
            async move { handle_server_fns_with_context(context, request).await.into_response() }
        }
    };
    let mut router = router.route("/rpc/{*name}", post(rpc));
    for path in paths() {
        router = router.route(&path, get(page.clone()));
    }
    let fallback = {
        let page = page.clone();
        move |State(ctx): State<Ctx>, request: Request| fallback(ctx, page.clone(), request)
    };
    router.fallback(fallback)
}

/// The paths of all pages.
pub fn paths() -> Vec<String> {
    // Leptos writes `:id`, axum wants `{id}`.
    generate_route_list(App).iter().map(|route| axum_path(route.path())).collect()
}

/// Renders a page, after sending away whoever has no business there.
async fn page(ctx: Ctx, names: Names, request: Request) -> Response {
    if request.uri().path().starts_with("/dev/") && !ctx.config.is_dev() {
        return Problem::from(model::Code::NotFound).into_response();
    }
    let actor = request.extensions().get::<Caller>().and_then(|c| c.0.clone());
    if let Some(to) = elsewhere(&request, actor.as_ref()) {
        return see_other(&to);
    }
    let (heard, me) = match &actor {
        Some(actor) => match known(&ctx, actor).await {
            Ok((heard, me)) => (heard, Some(me)),
            Err(error) => {
                let trace = request.extensions().get::<TraceId>().map(|t| t.0.clone());
                return Problem::from(error.into_failure(trace)).into_response();
            }
        },
        None => (None, None),
    };
    // A page is worth more than the choice of its language.
    let offered = settings::offered(&ctx, actor.as_ref()).await.unwrap_or_default();
    let language = language(request.headers(), &offered);
    let theme = match cookies::get(request.headers(), "theme") {
        Some("dark") => Some("uk-dark"),
        Some("light") => Some("uk-light"),
        _ => None,
    };
    let path = request.uri().path();
    let face = Face::of_path(path).filter(|_| actor.is_some());
    let settings = ShellSettings {
        code: face.and_then(|face| names.code(face)).cloned(),
        css: names.css().to_owned(),
        language,
        theme,
    };
    let boot = Boot { me, now: ctx.clock.now(), heard, language, languages: offered.languages };
    let context = context(&ctx, &request, Some(boot));
    let store = ctx.config.s3.origin().unwrap_or_default().to_owned();
    let document = move || {
        content_security_policy(&store);
        shell(settings.clone())
    };
    // In order: a page must be whole without scripts, too.
    let mut response = render_app_to_stream_in_order_with_context(context, document)(request).await.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
    response
}

/// Who reads, and where their live link goes on; asked before the page reads anything, so that nothing falls in between.
async fn known(ctx: &Ctx, actor: &Actor) -> domain::Result<(Option<i64>, Me)> {
    let heard = match actor.scope_any(ws::HEARERS) {
        Ok(scope) => Some(events::latest(ctx, &scope).await?),
        Err(_) => None,
    };
    Ok((heard, auth::me(ctx, actor).await?))
}

/// The language to draw a page in: the reader's own where it is offered, else the company's default.
fn language(headers: &HeaderMap, offered: &Offered) -> Lang {
    let wished = cookies::get(headers, LANGUAGE).and_then(Lang::parse).or_else(|| {
        let tags = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        tags.split([',', ';']).find_map(|tag| Lang::parse(tag.trim()))
    });
    wished.filter(|lang| offered.languages.contains(lang)).unwrap_or(offered.default)
}

/// Where a visitor should be instead: the login page, or the app of their own role.
fn elsewhere(request: &Request, actor: Option<&Actor>) -> Option<String> {
    let path = request.uri().path();
    let home = actor.map(|a| auth::home_path(a.role()));
    let within = |app: &str| path == app || path.strip_prefix(app).is_some_and(|rest| rest.starts_with('/'));
    match home {
        Some(home) if path == "/" || path == "/login" => Some(home.to_owned()),
        Some(home) if ["/desk", "/my", "/work"].into_iter().any(|app| app != home && within(app)) => {
            Some(home.to_owned())
        }
        None if path == "/" => Some("/login".to_owned()),
        None if ["/desk", "/my", "/work", "/profile"].into_iter().any(within) => {
            let asked = request.uri().path_and_query().map_or(path, |p| p.as_str());
            Some(format!("/login?{}", query(&[("next", asked)])))
        }
        _ => None,
    }
}

/// Only our own files, pictures from the `store` they are kept in, and the scripts that carry this page's nonce.
fn content_security_policy(store: &str) {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data: {store}; \
         connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// A file of the site, else the app's own "nothing here" page.
async fn fallback<F, R>(ctx: Ctx, page: F, request: Request) -> Response
where
    F: FnOnce(Request) -> R,
    R: Future<Output = Response>,
{
    let path = request.uri().path().to_owned();
    if path.contains('.') {
        return assets::public(State(ctx), request).await;
    }
    let html =
        request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|a| a.contains("text/html"));
    if !html {
        return Problem::from(model::Code::NotFound).into_response();
    }
    let mut response = page(request).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// What pages and server functions find in their context.
fn context(
    ctx: &Ctx,
    request: &Request<Body>,
    boot: Option<Boot>,
) -> impl Fn() + Clone + Send + Sync + 'static + use<> {
    let ctx = ctx.clone();
    let caller = request.extensions().get::<Caller>().cloned().unwrap_or(Caller(None));
    let trace = request.extensions().get::<TraceId>().cloned();
    let applicant = request.extensions().get::<Applicant>().cloned().unwrap_or_default();
    move || {
        provide_context(ctx.clone());
        provide_context(caller.clone());
        provide_context(applicant.clone());
        if let Some(boot) = boot.clone() {
            provide_context(boot);
        }
        if let Some(trace) = trace.clone() {
            provide_context(trace);
        }
    }
}

fn axum_path(path: &str) -> String {
    let parts: Vec<String> = path
        .split('/')
        .map(|part| part.strip_prefix(':').map_or_else(|| part.to_owned(), |name| format!("{{{name}}}")))
        .collect();
    let joined = parts.join("/");
    if joined.is_empty() { "/".to_owned() } else { joined }
}
