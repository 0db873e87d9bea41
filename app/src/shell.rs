//! The HTML document around the app.

use crate::App;
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use model::Lang;
use serde::Deserialize;

/// Names of the built files, and how the document begins.
#[derive(Clone, Debug)]
pub struct ShellSettings {
    pub css: String,
    /// Script and WASM. Public pages have none: they are light, plain HTML.
    pub code: Option<Code>,
    pub language: Lang,
    /// From the theme cookie: `uk-light`, `uk-dark`, or nothing for the system's choice.
    pub theme: Option<&'static str>,
}

/// The built files of one face.
#[derive(Clone, Debug, Deserialize)]
pub struct Code {
    pub js: String,
    pub wasm: String,
}

/// The document.
pub fn shell(settings: ShellSettings) -> impl IntoView {
    let scripts = settings.code.map(|code| {
        let (js, wasm) = (format!("/pkg/{}", code.js), format!("/pkg/{}", code.wasm));
        let start = format!("import init from '{js}';init({{module_or_path:'{wasm}'}});");
        view! {
            <link rel="modulepreload" href=js.clone() />
            <link rel="preload" href={wasm} as="fetch" r#type="application/wasm" crossorigin="anonymous" />
            <script type="module" nonce=use_nonce()>{start}</script>
        }
    });
    view! {
        <!DOCTYPE html>
        <html lang=settings.language.code() data-theme=settings.theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <script src="/js/boot.js"></script>
                <link rel="stylesheet" href=format!("/pkg/{}", settings.css) />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/icons/apple-touch-180.png" />
                <meta name="theme-color" content="#0b6f84" />
                {scripts}
                <MetaTags />
            </head>
            // Browser translation would rewrite text under the hydrated page; the product speaks three languages itself.
            <body translate="no">
                <App />
            </body>
        </html>
    }
}
