//! Turns `locales/<language>/<feature>.json` into checked keys.

use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos};
use std::{env, error::Error, fs, path::PathBuf};

/// One file per feature; the same names in every language.
const FEATURES: &[&str] = &[
    "common",
    "errors",
    "ui",
    "auth",
    "requests",
    "property",
    "push",
    "people",
    "desk",
    "resident",
    "staff",
    "bot",
    "messages",
    "search",
    "imports",
    "staff_admin",
    "settings",
    "audit",
    "work",
    "plans",
    "outages",
    "deadlines",
    "access",
    "lists",
    "payments",
    "billing",
    "bank",
    "debts",
    "classifier",
    "assignment",
    "shifts",
    "together",
    "receipts",
    "notices",
    "letters",
    "operations",
    "news",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let config = Config::new("ru")?
        .add_locales(["uz", "en"])?
        .add_namespaces(FEATURES)?
        .parse_options(ParseOptions::new().interpolate_display(true));
    let translations = TranslationsInfos::parse(config)?;
    translations.emit_diagnostics();
    translations.rerun_if_locales_changed();
    let folder = PathBuf::from(env::var("OUT_DIR")?).join("i18n");
    translations.generate_i18n_module(folder.clone())?;
    // It comes as one line of seven megabytes, in which the compiler and clippy count letters for every place they name.
    let module = folder.join("mod.rs");
    let lines = prettyplease::unparse(&syn::parse_file(&fs::read_to_string(&module)?)?);
    Ok(fs::write(module, lines)?)
}
