//! Writes the gallery as static HTML: `cargo run -p ui --features ssr --example gallery -- <folder>`.

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use i18n::{I18nContextProvider, Locale, use_i18n};
use leptos::prelude::*;
use std::{env, fs, io};
use ui::{
    gallery::{AppFrame, DeskFrame, PlainFrame},
    toast::Toasts,
};

/// A still page has no futures to run.
struct Nobody;

impl CustomExecutor for Nobody {
    fn spawn(&self, _future: PinnedFuture<()>) {}
    fn spawn_local(&self, _future: PinnedLocalFuture<()>) {}
    fn poll_local(&self) {}
}

fn page(theme: &str, body: String) -> String {
    format!(
        r#"<!doctype html><html lang="en" data-theme="uk-{theme}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>UI</title><link rel="stylesheet" href="/x.css"></head><body>{body}</body></html>"#
    )
}

/// The gallery is English; the built-in words follow.
#[component]
fn English() -> impl IntoView {
    use_i18n().set_locale(Locale::en);
    Toasts::provide();
}

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "/tmp/gallery".into());
    Executor::init_custom_executor(Nobody).map_err(io::Error::other)?;
    fs::create_dir_all(&folder)?;
    for (name, view) in [
        ("desk", (|| view! { <DeskFrame /> }.into_any()) as fn() -> AnyView),
        ("app", || view! { <AppFrame /> }.into_any()),
        ("plain", || view! { <PlainFrame /> }.into_any()),
    ] {
        for theme in ["light", "dark"] {
            let owner = Owner::new();
            let html = owner.with(|| {
                view! {
                    <I18nContextProvider set_lang_attr_on_html=false>
                        <English />
                        {view()}
                    </I18nContextProvider>
                }
                .to_html()
            });
            fs::write(format!("{folder}/{name}-{theme}.html"), page(theme, html))?;
        }
    }
    Ok(())
}
