//! The built browser files: hashed names never change their bytes, so they are cached for ever.

use anyhow::{Context, Result};
use app::{Code, Face};
use axum::{
    Extension,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::Ctx;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, path::Path as FilePath};
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// Length of the hash in a file's name.
const HASH: usize = 12;

/// Names of the current build, relative to `/pkg/`.
#[derive(Clone, Debug, Deserialize)]
pub struct Names {
    css: String,
    /// By [`Face::name`].
    faces: BTreeMap<String, Code>,
}

impl Names {
    pub fn load(site: &FilePath) -> Result<Self> {
        let path = site.join("pkg/manifest.json");
        let text = std::fs::read(&path)
            .with_context(|| format!("{} is missing: build the browser files with `make build`", path.display()))?;
        let again = || format!("{} is damaged or of another version: run `make build`", path.display());
        let names: Self = serde_json::from_slice(&text).with_context(again)?;
        Face::ALL.iter().all(|face| names.faces.contains_key(face.name())).then_some(names).with_context(again)
    }

    pub fn css(&self) -> &str {
        &self.css
    }

    /// Every face is there: [`Names::load`] saw to it.
    pub fn code(&self, face: Face) -> Option<&Code> {
        self.faces.get(face.name())
    }

    /// What is served, in one word: any other file makes another release.
    fn release(&self) -> String {
        let mut hash = Sha256::new();
        for file in self.faces.values().flat_map(|code| [&code.js, &code.wasm]).chain([&self.css]) {
            hash.update(file);
        }
        hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// `/pkg/<hashed>`: cached for ever; an unknown name is a plain 404, never the app's page.
pub async fn hashed(State(ctx): State<Ctx>, Path(file): Path<String>, request: Request) -> Response {
    // `desk.0123456789ab.wasm`, and nothing else that lies there.
    let hashed = matches!(file.split('.').collect::<Vec<_>>()[..], [_, hash, _] if hash.len() == HASH);
    if !hashed {
        return StatusCode::NOT_FOUND.into_response();
    }
    with_cache(serve(&ctx, request).await, "public, max-age=31536000, immutable")
}

/// Icons, manifest, offline page: revalidated, because their names stay.
pub async fn public(State(ctx): State<Ctx>, request: Request) -> Response {
    with_cache(serve(&ctx, request).await, "public, max-age=3600")
}

/// The service worker, filled with the names of this build. It must never be cached. Its own policy rules what it fetches:
/// our files and pages, and the pictures that lead to the store.
pub async fn service_worker(State(ctx): State<Ctx>, Extension(names): Extension<Names>) -> Response {
    let path = ctx.config.server.site_dir.join("sw.js");
    let template = match tokio::fs::read_to_string(&path).await {
        Ok(template) => template,
        Err(error) => {
            tracing::error!(%error, path = %path.display(), "no service worker");
            return StatusCode::NOT_FOUND.into_response();
        }
    };
    let faces: serde_json::Map<_, _> = names
        .faces
        .iter()
        .map(|(face, code)| (face.clone(), [&code.js, &code.wasm].map(|name| format!("/pkg/{name}")).to_vec().into()))
        .collect();
    let script = template
        .replace("\"__VERSION__\"", &format!("\"{}\"", names.release()))
        .replace("\"__STYLE__\"", &format!("\"/pkg/{}\"", names.css))
        .replace("__FACES__", &serde_json::Value::Object(faces).to_string());
    let store = ctx.config.s3.origin().unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::CONTENT_SECURITY_POLICY, format!("default-src 'none'; connect-src 'self' {store}")),
        (HeaderName::from_static("service-worker-allowed"), "/".to_owned()),
    ];
    (headers, script).into_response()
}

async fn serve(ctx: &Ctx, request: Request) -> Response {
    let files = ServeDir::new(&ctx.config.server.site_dir).precompressed_br().precompressed_gzip();
    match files.oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

fn with_cache(mut response: Response, cache: &'static str) -> Response {
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    }
    response
}
